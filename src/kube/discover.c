/* discover.c - aggregated discovery, and the older way. */

#include "kube/discover.h"

#include <stdlib.h>

#define AGGREGATED(version) "application/json;g=apidiscovery.k8s.io;v=" version ";as=APIGroupDiscoveryList"

static const char accept_all[] = AGGREGATED("v2") "," AGGREGATED("v2beta1") ",application/json";

static bool has_word(const struct value *list, const char *word)
{
        value_each (list, item) {
                if (value_is(&item->value, VALUE_STRING) && str_equal(value_text(&item->value), str_of(word)))
                        return true;
        }
        return false;
}

/* The first version in which a resource stands is the preferred one. */
static void add(struct arena *arena, struct discovery *out, struct api_resource resource)
{
        if (!resource.name.len || !resource.kind.len || memchr(resource.name.data, '/', resource.name.len))
                return;
        for (size_t i = 0; i < out->resources.count; i++) {
                if (str_equal(out->resources.items[i].group, resource.group)
                    && str_equal(out->resources.items[i].name, resource.name))
                        return;
        }
        *vec_push(arena, &out->resources) = resource;
}

static void add_gap(struct arena *arena, struct discovery *out, struct str group, struct str version, struct str why)
{
        *vec_push(arena, &out->gaps) = (struct discovery_gap){group, version, why};
}

static void read_version(struct arena *arena, const struct value *version, struct str group, struct discovery *out)
{
        struct str name = value_member_text(version, "version");

        if (value_is_text(value_member(version, "freshness"), "Stale"))
                add_gap(arena, out, group, name, STR("the server behind it does not answer"));
        value_each (value_member(version, "resources"), item) {
                const struct value *resource = &item->value;

                add(arena, out,
                    (struct api_resource){
                            .group = group,
                            .version = name,
                            .name = value_member_text(resource, "resource"),
                            .kind = value_member_text(value_member(resource, "responseKind"), "kind"),
                            .namespaced = value_is_text(value_member(resource, "scope"), "Namespaced"),
                            .can_list = has_word(value_member(resource, "verbs"), "list"),
                            .can_watch = has_word(value_member(resource, "verbs"), "watch"),
                    });
        }
}

bool discovery_read_aggregated(struct arena *arena, struct str text, struct discovery *out)
{
        struct document document = {0};
        struct err ignored = {0};

        TRY(json_read_one(arena, text, &document, &ignored));
        TRY(value_is_text(value_member(&document.root, "kind"), "APIGroupDiscoveryList"));
        value_each (value_member(&document.root, "items"), group) {
                value_each (value_member(&group->value, "versions"), version)
                        read_version(arena, &version->value,
                                     value_member_text(value_member(&group->value, "metadata"), "name"), out);
        }
        return true;
}

bool discovery_read_list(struct arena *arena, struct str text, struct discovery *out)
{
        struct document document = {0};
        struct err ignored = {0};
        struct str version, group = {0};

        TRY(json_read_one(arena, text, &document, &ignored));
        TRY(value_is_text(value_member(&document.root, "kind"), "APIResourceList"));
        version = value_member_text(&document.root, "groupVersion");
        if (memchr(version.data ? version.data : "", '/', version.len))
                str_split(&version, '/', &group);
        value_each (value_member(&document.root, "resources"), item) {
                const struct value *resource = &item->value;

                add(arena, out,
                    (struct api_resource){
                            .group = group,
                            .version = version,
                            .name = value_member_text(resource, "name"),
                            .kind = value_member_text(resource, "kind"),
                            .namespaced = value_is_true(value_member(resource, "namespaced")),
                            .can_list = has_word(value_member(resource, "verbs"), "list"),
                            .can_watch = has_word(value_member(resource, "verbs"), "watch"),
                    });
        }
        return true;
}

/* --- the older way --- */

static void ask_version(struct api_line *line, struct arena *arena, struct str group, struct str version,
                        struct discovery *out)
{
        struct str path = group.len ? str_format(arena, "/apis/%.*s/%.*s", STR_ARG(group), STR_ARG(version))
                                    : str_format(arena, "/api/%.*s", STR_ARG(version));
        struct api_answer answer;
        struct err why = {0};

        if (!api_get(line, arena, path, NULL, &answer, &why))
                add_gap(arena, out, group, version, str_copy(arena, err_text(&why)));
        else if (!discovery_read_list(arena, answer.text, out))
                add_gap(arena, out, group, version, STR("the answer is no list of resources"));
}

/* The preferred version first. */
static void ask_group(struct api_line *line, struct arena *arena, const struct value *group, struct discovery *out)
{
        struct str name = value_member_text(group, "name"),
                   preferred = value_member_text(value_member(group, "preferredVersion"), "version");

        if (preferred.len)
                ask_version(line, arena, name, preferred, out);
        value_each (value_member(group, "versions"), version) {
                struct str other = value_member_text(&version->value, "version");

                if (!str_equal(other, preferred))
                        ask_version(line, arena, name, other, out);
        }
}

static bool ask_all(struct api_line *line, struct arena *arena, struct str text, struct discovery *out, struct err *err)
{
        struct document document = {0};
        struct err inner = {0};

        if (!json_read_one(arena, text, &document, &inner)
            || (!value_member(&document.root, "groups") && !value_member(&document.root, "versions")))
                return err_set(err,
                               "what answers there is no Kubernetes API server: check the address in the kubeconfig");
        value_each (value_member(&document.root, "versions"), version) {
                if (version->value.kind == VALUE_STRING)
                        ask_version(line, arena, STR(""), value_text(&version->value), out);
        }
        value_each (value_member(&document.root, "groups"), group)
                ask_group(line, arena, &group->value, out);
        return true;
}

static bool ask_root(struct api_line *line, struct arena *arena, struct str path, struct discovery *out,
                     struct err *err)
{
        struct api_answer answer;

        TRY(api_get(line, arena, path, accept_all, &answer, err));
        return discovery_read_aggregated(arena, answer.text, out) || ask_all(line, arena, answer.text, out, err);
}

static int by_group_and_name(const void *a, const void *b)
{
        const struct api_resource *left = a, *right = b;
        int order = str_compare(left->group, right->group);

        return order ? order : str_compare(left->name, right->name);
}

bool discover(struct api_line *line, struct arena *arena, struct discovery *out, struct err *err)
{
        *out = (struct discovery){0};
        TRY(ask_root(line, arena, STR("/api"), out, err));
        TRY(ask_root(line, arena, STR("/apis"), out, err));
        if (out->resources.count)
                qsort(out->resources.items, out->resources.count, sizeof(*out->resources.items), by_group_and_name);
        return true;
}
