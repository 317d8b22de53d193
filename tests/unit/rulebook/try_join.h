/* try_join.h - a join and manifests in, facts out: for tests of what joins say. */
#pragma once

#include "base/buf.h"
#include "doc/print.h"
#include "rulebook/try.h"

/* One line for each fact, in the order of the objects: "Kind name PATH {facts as JSON}". Empty if there is nothing to find. */
static inline const char *try_join(struct arena *arena, const struct join *join, const char *with,
                                   const char *manifests)
{
        struct estate *estate = arena_new(arena, struct estate);
        struct buf text = {0};
        struct index *index;
        const void *prepared = NULL;
        char *out;

        estate_read_text(estate, STR("a.yaml"), str_of(manifests));
        if (estate->sources->problems.count)
                fail_msg("%.*s", STR_ARG(estate->sources->problems.items[0].message));
        index = index_new(arena, estate);
        if (join->prepare)
                prepared = join->prepare(arena, index);
        for (size_t i = 0; i < estate->sources->objects.count && (prepared || !join->prepare); i++) {
                const struct object *object = &estate->sources->objects.items[i];
                struct join_run run = {
                        .object = object, .with = str_of(with), .index = index, .prepared = prepared, .arena = arena};
                bool wanted = !join->kind_count && object->pod.value.kind == VALUE_MAP;

                if (join->prepare_space && index_pods_of(index, object->ns)->objects.count)
                        run.space = join->prepare_space(arena, index, prepared, object->ns);
                for (size_t k = 0; k < join->kind_count; k++)
                        wanted |= str_starts(join->kinds[k], object->kind)
                                  && (join->kinds[k].len == object->kind.len
                                      || join->kinds[k].data[object->kind.len] == '.');
                if (wanted && (!join->applies || join->applies(object)))
                        join->judge(&run);
                for (size_t k = 0; k < run.facts.count; k++) {
                        struct value facts =
                                value_map(arena, run.facts.items[k].members.items, run.facts.items[k].members.count);

                        buf_add_format(&text, "%.*s %.*s %.*s ", STR_ARG(object->kind), STR_ARG(object->name),
                                       STR_ARG(run.facts.items[k].path));
                        json_print(&text, &facts, 0);
                        buf_add_char(&text, '\n');
                }
        }
        out = arena_take(arena, text.len + 1);
        if (text.len)
                memcpy(out, text.data, text.len);
        out[text.len] = 0;
        buf_free(&text);
        estate_free(estate);
        return out;
}

/* Whether a join says exactly this. */
#define assert_join(join, with, manifests, wanted)                                                                     \
        do {                                                                                                           \
                struct arena arena_of = {0};                                                                           \
                assert_string_equal(try_join(&arena_of, &(join), (with), (manifests)), (wanted));                      \
                arena_free(&arena_of);                                                                                 \
        } while (0)

/* Manifests in flow style, one a document. */
#define DEPLOYMENT_WITH(name, ns, labels, spec)                                                                        \
        "---\n{apiVersion: apps/v1, kind: Deployment, metadata: {name: " name ", namespace: " ns                       \
        "}, spec: {replicas: 3, "                                                                                      \
        "selector: {matchLabels: " labels "}, template: {metadata: {labels: " labels "}, spec: {" spec                 \
        "containers: [{name: c, image: 'a:1', ports: [{name: http, containerPort: 80}]}]}}}}\n"
#define DEPLOYMENT(name, ns) DEPLOYMENT_WITH(name, ns, "{app: " name "}", "")
#define SERVICE(name, ns, spec)                                                                                        \
        "---\n{apiVersion: v1, kind: Service, metadata: {name: " name ", namespace: " ns "}, spec: {" spec "}}\n"
#define OBJECT(version, kind, name, ns, rest)                                                                          \
        "---\n{apiVersion: " version ", kind: " kind ", metadata: {name: " name ", namespace: " ns "}" rest "}\n"
