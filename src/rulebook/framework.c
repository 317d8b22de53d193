/* framework.c - frameworks are read when somebody asks for one: their files are in the program as they are. */

#include "rulebook/framework.h"

#include <stdio.h>
#include <stdlib.h>

#include "doc/document.h"

extern const struct str embedded_cis_yaml, embedded_cis_docker_yaml, embedded_mitre_yaml, embedded_nist_800_190_yaml,
        embedded_nsa_yaml, embedded_owasp_yaml, embedded_pod_security_yaml;

const struct str framework_names[] = {
        STR_INIT("cis"), STR_INIT("cis-docker"), STR_INIT("mitre"),        STR_INIT("nist-800-190"),
        STR_INIT("nsa"), STR_INIT("owasp"),      STR_INIT("pod-security"),
};
const size_t framework_count = COUNT_OF(framework_names);

static const struct str *const texts[] = {
        &embedded_cis_yaml, &embedded_cis_docker_yaml, &embedded_mitre_yaml,        &embedded_nist_800_190_yaml,
        &embedded_nsa_yaml, &embedded_owasp_yaml,      &embedded_pod_security_yaml,
};

static bool take(const struct value *map, const char *name, bool required, struct str *out, struct err *err)
{
        const struct value *value = value_member(map, name);

        if (!value && !required)
                return true;
        if (!value_is(value, VALUE_STRING))
                return err_set(err, "\"%s\" has to be a text", name);
        *out = value_text(value);
        return true;
}

static bool read_control(const struct value *map, struct control *out, struct err *err)
{
        if (!take(map, "id", true, &out->id, err) || !take(map, "title", true, &out->title, err)
            || !take(map, "beyond", false, &out->beyond, err))
                return err_within(err, "control %.*s", STR_ARG(out->id));
        if (map->len > (out->beyond.len ? 3U : 2U))
                return err_set(err, "control %.*s: it has id, title and beyond, nothing else", STR_ARG(out->id));
        return true;
}

bool framework_read(struct arena *arena, struct str text, struct framework *out, struct err *err)
{
        struct document document;
        const struct value *list;
        struct control *controls;

        TRY(yaml_read_one(arena, text, &document, err));
        TRY(take(&document.root, "framework", true, &out->name, err));
        TRY(take(&document.root, "title", true, &out->title, err));
        TRY(take(&document.root, "source", true, &out->source, err));
        list = value_member(&document.root, "controls");
        if (!value_is(list, VALUE_LIST))
                return err_set(err, "\"controls\" has to be a list");
        controls = arena_array(arena, struct control, list->len);
        value_each (list, node)
                TRY(read_control(&node->value, &controls[node - list->nodes], err));
        out->controls = controls;
        out->count = list->len;
        return true;
}

bool framework_find(struct arena *arena, struct str name, struct framework *out)
{
        struct err err = {0};

        for (size_t i = 0; i < framework_count; i++) {
                if (!str_equal(framework_names[i], name))
                        continue;
                if (framework_read(arena, *texts[i], out, &err))
                        return true;
                fprintf(stderr, "strake: the framework %.*s in this program is broken: %.*s\n", STR_ARG(name),
                        STR_ARG(err_text(&err)));
                abort(); /* a test reads each */
        }
        return false;
}
