/* reference.c - what a Pod needs by name: ConfigMaps, Secrets, claims; and the Service that governs a StatefulSet.
 *
 * Secrets above all are often made by somebody else, and never stand among manifests. So a name is missing only where other
 * objects of its kind and namespace were shown. */

#include <stdarg.h>
#include <stdio.h>

#include "workload/joins.h"

enum { MOST_COMPARED = 100, MOST_LOOKED_AT = 1000 };

/* Where a Pod names something. */
struct mention {
        struct join_run *run;
        struct str name;
        const struct value *optional;
};

/* The name among those that were shown that was most likely meant; empty if none is near, or there are too many to compare. */
static struct str nearest(struct join_run *run, struct str name)
{
        const struct object_list *list = index_all(run->index, run->with);
        struct str *names = arena_array(run->arena, struct str, MOST_COMPARED);
        size_t count = 0;

        for (size_t i = 0; i < list->objects.count && i < MOST_LOOKED_AT; i++) {
                const struct object *object = list->objects.items[i];

                if (!str_equal(object->ns, run->object->ns))
                        continue;
                if (count == MOST_COMPARED)
                        return (struct str){0};
                names[count++] = object->name;
        }
        return str_nearest(name, names, count);
}

/* `kind`, `name`, `namespace`, `near` (a name that was shown and may have been meant, or empty). */
static void judge_mention(const struct mention *mention, const char *path)
{
        struct join_run *run = mention->run;
        struct str kind = run->with;
        struct join_fact *fact;

        if (!mention->name.len || value_is_true(mention->optional)
            || index_find(run->index, kind, run->object->ns, mention->name))
                return;
        fact = join_find_in_pod(run, "%s", path);
        join_tell_text(run, fact, "kind", kind);
        join_tell_text(run, fact, "name", mention->name);
        join_tell_text(run, fact, "namespace", namespace_name(run->object->ns));
        join_tell_text(run, fact, "near", nearest(run, mention->name));
}

static void mention_in(struct join_run *run, const struct value *value, uint32_t name_key, const char *path, ...)
        PRINTF_LIKE(4, 5);

static void mention_in(struct join_run *run, const struct value *value, uint32_t name_key, const char *path, ...)
{
        struct mention mention = {
                .run = run,
                .name = value_get_text(value, name_key),
                .optional = value_get(value, KEY_optional),
        };
        va_list arguments;
        char text[128];

        va_start(arguments, path);
        vsnprintf(text, sizeof(text), path, arguments);
        va_end(arguments);
        judge_mention(&mention, text);
}

static void judge_volumes(struct join_run *run, const struct value *spec)
{
        bool secrets = str_is(run->with, "Secret"), maps = str_is(run->with, "ConfigMap");
        unsigned index = 0;

        value_each (value_get(spec, KEY_volumes), node) {
                const struct value *volume = &node->value;
                unsigned source = 0;

                if (secrets)
                        mention_in(run, value_get(volume, KEY_secret), KEY_secretName,
                                   "/spec/volumes/%u/secret/secretName", index);
                else if (maps)
                        mention_in(run, value_get(volume, KEY_configMap), KEY_name, "/spec/volumes/%u/configMap/name",
                                   index);
                else
                        mention_in(run, value_get(volume, KEY_persistentVolumeClaim), KEY_claimName,
                                   "/spec/volumes/%u/persistentVolumeClaim/claimName", index);
                value_each (value_get(value_get(volume, KEY_projected), KEY_sources), item) {
                        if (secrets)
                                mention_in(run, value_get(&item->value, KEY_secret), KEY_name,
                                           "/spec/volumes/%u/projected/sources/%u/secret/name", index, source);
                        else if (maps)
                                mention_in(run, value_get(&item->value, KEY_configMap), KEY_name,
                                           "/spec/volumes/%u/projected/sources/%u/configMap/name", index, source);
                        source++;
                }
                index++;
        }
}

/* The environment of a container; `key` and `from` are the members that name the kind. */
static void judge_environment(struct join_run *run, const struct container *container, uint32_t key, uint32_t from)
{
        struct str list = intern_text(container->list), key_name = intern_text(key), from_name = intern_text(from);
        unsigned index = 0;

        value_each (value_get(&container->node->value, KEY_env), variable) {
                mention_in(run, value_get(value_get(&variable->value, KEY_valueFrom), key), KEY_name,
                           "/spec/%.*s/%u/env/%u/valueFrom/%.*s/name", STR_ARG(list), container->index, index,
                           STR_ARG(key_name));
                index++;
        }
        index = 0;
        value_each (value_get(&container->node->value, KEY_envFrom), source) {
                mention_in(run, value_get(&source->value, from), KEY_name, "/spec/%.*s/%u/envFrom/%u/%.*s/name",
                           STR_ARG(list), container->index, index, STR_ARG(from_name));
                index++;
        }
}

static void judge_reference(struct join_run *run)
{
        const struct value *spec = value_get(&run->object->pod.value, KEY_spec);
        struct container container = {0};
        bool secrets = str_is(run->with, "Secret");

        if (!index_has_kind(run->index, run->with, run->object->ns))
                return;
        judge_volumes(run, spec);
        if (str_is(run->with, "PersistentVolumeClaim"))
                return;
        while (object_next_container(run->object, &container))
                judge_environment(run, &container, secrets ? KEY_secretKeyRef : KEY_configMapKeyRef,
                                  secrets ? KEY_secretRef : KEY_configMapRef);
}

static const void *prepare_references(struct arena *arena, const struct index *index)
{
        static const struct str kinds[] = {STR_INIT("ConfigMap"), STR_INIT("Secret"),
                                           STR_INIT("PersistentVolumeClaim")};
        static const bool yes = true;

        (void)arena;
        for (size_t i = 0; i < COUNT_OF(kinds); i++) {
                if (index_all(index, kinds[i])->objects.count)
                        return &yes;
        }
        return NULL;
}

const struct join join_pod_reference = {
        .name = STR_INIT("pod-reference"),
        .takes_with = true,
        .prepare = prepare_references,
        .judge = judge_reference,
};

/* `service`, `namespace`: the Service that a StatefulSet names; not there, though others are. */
static void judge_governing(struct join_run *run)
{
        struct str name = value_get_text(value_get(&run->object->root.value, KEY_spec), KEY_serviceName);
        struct join_fact *fact;

        if (!name.len
            || !index_has_kind(run->index, STR("Service"), run->object->ns)
                               || index_find(run->index, STR("Service"), run->object->ns, name))
                return;
        fact = join_find(run, "/spec/serviceName");
        join_tell_text(run, fact, "service", name);
        join_tell_text(run, fact, "namespace", namespace_name(run->object->ns));
}

static const struct str governed_kinds[] = {STR_INIT("StatefulSet.apps")};

const struct join join_governing_service = {
        .name = STR_INIT("governing-service"),
        .kinds = governed_kinds,
        .kind_count = COUNT_OF(governed_kinds),
        .judge = judge_governing,
};
