/* access.c - RBAC: the tables of Kubernetes itself, for rules, users, subjects and escalation.
 *
 *     conformance-access FOLDER
 *
 * In $STRAKE_CORPUS, or else FOLDER, rbac/kubernetes/{covers,authorizer,resolver}.json. */

#include <stdio.h>
#include <stdlib.h>

#include "access/authorizer.h"
#include "base/file.h"
#include "doc/document.h"
#include "doc/print.h"

enum { POINTS = 23 + 14 + 34 + 70 + 4 + 9 + 6 + 6 + 12, MOST_BYTES = 1 << 20 };

#define RBAC "rbac.authorization.k8s.io/v1"

static unsigned points, failures;

static void point(bool right, const char *what, struct str name)
{
        points++;
        failures += !right;
        printf("%sok %u - %s: %.*s\n", right ? "" : "not ", points, what, STR_ARG(name));
}

static const struct value *get(const struct value *map, const char *key)
{
        return value_get(map, intern(str_of(key)));
}

static struct str text(const struct value *map, const char *key)
{
        return value_get_text(map, intern(str_of(key)));
}

static struct access_rules rules_of(struct arena *arena, const struct value *list)
{
        struct access_rules rules;
        struct err err = {0};

        if (!access_rules_read(arena, list, &rules, &err)) {
                printf("Bail out! %s\n", err.text);
                exit(1);
        }
        return rules;
}

static struct access_rules rules_of_one(struct arena *arena, const struct value *rule)
{
        struct node *node = arena_new(arena, struct node);
        struct value list;

        node->value = *rule;
        list = value_list(node, 1);
        return rules_of(arena, &list);
}

static struct access_request request_of(const struct value *value)
{
        const struct value *is_resource = get(value, "resource_request");

        return (struct access_request){
                .verb = text(value, "verb"),
                .group = text(value, "apiGroup"),
                .resource = text(value, "resource"),
                .subresource = text(value, "subresource"),
                .ns = text(value, "namespace"),
                .name = text(value, "name"),
                .path = text(value, "path"),
                .is_path = is_resource && !value_is_true(is_resource),
        };
}

/* Whether each list has the rules of the other one, as often. */
static bool same_rules(const struct access_rules *one, const struct access_rules *other)
{
        size_t counted = 0;

        for (size_t i = 0; i < one->count; i++) {
                size_t here = 0, there = 0;

                for (size_t k = 0; k < one->count; k++)
                        here += access_rule_equal(&one->items[i], &one->items[k]);
                for (size_t k = 0; k < other->count; k++)
                        there += access_rule_equal(&one->items[i], &other->items[k]);
                counted += here == there;
        }
        return one->count == other->count && counted == one->count;
}

/* --- a world of roles and bindings as an estate --- */

static void put_member(struct buf *out, const char *key, const struct value *value)
{
        buf_add_format(out, ",\"%s\":", key);
        if (value)
                json_print(out, value, 0);
        else
                buf_add_literal(out, "null");
}

static void put_object(struct buf *out, const char *kind, const struct value *item, unsigned number)
{
        struct str name = text(item, "name"), ns = text(item, "namespace");

        buf_add_format(out, "---\n{\"apiVersion\":\"" RBAC "\",\"kind\":\"%s\",\"metadata\":{\"name\":", kind);
        if (name.len)
                json_print_string(out, name);
        else
                buf_add_format(out, "\"binding-%u\"", number);
        if (ns.len) {
                buf_add_literal(out, ",\"namespace\":");
                json_print_string(out, ns);
        }
        buf_add_char(out, '}');
        if (get(item, "rules"))
                put_member(out, "rules", get(item, "rules"));
        if (get(item, "roleRef")) {
                put_member(out, "roleRef", get(item, "roleRef"));
                put_member(out, "subjects", get(item, "subjects"));
        }
        buf_add_literal(out, "}\n");
}

struct world {
        struct arena arena;
        struct estate estate;
        struct buf text;
        struct access *access;
};

static void world_make(struct world *world, const struct value *value)
{
        static const char *const lists[][2] = {{"roles", "Role"},
                                               {"clusterRoles", "ClusterRole"},
                                               {"roleBindings", "RoleBinding"},
                                               {"clusterRoleBindings", "ClusterRoleBinding"}};

        *world = (struct world){0};
        for (size_t i = 0; i < COUNT_OF(lists); i++) {
                unsigned number = 0;

                value_each (get(value, lists[i][0]), item)
                        put_object(&world->text, lists[i][1], &item->value, number++);
        }
        estate_read_text(&world->estate, STR("world.yaml"), buf_text(&world->text));
        world->access = access_new(&world->arena, &world->estate, &(struct access_settings){.no_bootstrap = true});
}

static void world_end(struct world *world)
{
        estate_free(&world->estate);
        arena_free(&world->arena);
        buf_free(&world->text);
}

static struct access_user user_of(struct arena *arena, const struct value *value)
{
        const struct value *groups = get(value, "groups");
        struct str *texts = arena_array(arena, struct str, value_count(groups));
        struct access_user user = {.name = text(value, "user"), .groups = texts};

        value_each (groups, group)
                texts[user.group_count++] = value_text(&group->value);
        return user;
}

/* --- the tables --- */

static void covers(struct arena *arena, const struct value *row)
{
        struct access_rules owner = rules_of(arena, get(row, "owner")), servant = rules_of(arena, get(row, "servant"));
        struct access_rules wanted = rules_of(arena, get(row, "uncovered")), uncovered;
        bool covered = access_rules_cover(arena, &owner, &servant, &uncovered);

        point(covered == value_is_true(get(row, "covered")) && same_rules(&uncovered, &wanted), "covers",
              text(row, "name"));
}

static void covers_url(struct arena *arena, const struct value *row)
{
        (void)arena;
        point(access_url_covers(text(row, "owner"), text(row, "requested")) == value_is_true(get(row, "covered")),
              "URL covers", text(row, "owner"));
}

static void asks_world(struct arena *arena, const struct value *row)
{
        struct world world;

        world_make(&world, row);
        for (int allow = 0; allow < 2; allow++)
                value_each (get(row, allow ? "allow" : "deny"), item) {
                        struct access_request request = request_of(&item->value);
                        struct access_user user = user_of(arena, &item->value);

                        point(access_can(world.access, &user, &request) == (allow ? ACCESS_YES : ACCESS_NO),
                              "authorizer", text(&item->value, "verb"));
                }
        world_end(&world);
}

static void matches(struct arena *arena, const struct value *row)
{
        struct access_rules rules = rules_of_one(arena, get(row, "rule"));

        value_each (get(row, "requests"), item) {
                struct access_request request = request_of(&item->value);
                struct access_question question = access_question_of(&request);

                point(access_rule_allows(&rules.items[0], &question) == value_is_true(get(&item->value, "allowed")),
                      "rule matches", text(row, "name"));
        }
}

static void rules_for(struct arena *arena, const struct value *row)
{
        struct world world;

        world_make(&world, row);
        value_each (get(row, "queries"), item) {
                struct access_user user = user_of(arena, &item->value);
                struct access_rules found =
                        access_rules_of(arena, world.access, &user, text(&item->value, "namespace"));
                struct access_rules wanted = rules_of(arena, get(&item->value, "rules"));

                point(same_rules(&found, &wanted), "rules for", text(&item->value, "user"));
        }
        world_end(&world);
}

static void applies_to(struct arena *arena, const struct value *row)
{
        struct str ns = text(row, "namespace");
        struct access_user user = user_of(arena, row);
        struct access_request request = {.verb = STR("get"), .resource = STR("pods"), .ns = ns};
        struct world world = {0};

        buf_add_literal(&world.text,
                        "{\"apiVersion\":\"" RBAC "\",\"kind\":\"ClusterRole\",\"metadata\":{\"name\":\"r\"},"
                        "\"rules\":[{\"apiGroups\":[\"\"],\"resources\":[\"pods\"],\"verbs\":[\"get\"]}]}\n");
        buf_add_format(&world.text, "---\n{\"apiVersion\":\"" RBAC "\",\"kind\":\"%s\",\"metadata\":{\"name\":\"b\"",
                       ns.len ? "RoleBinding" : "ClusterRoleBinding");
        if (ns.len)
                buf_add_format(&world.text, ",\"namespace\":\"%.*s\"", STR_ARG(ns));
        buf_add_literal(&world.text, "},\"roleRef\":{\"kind\":\"ClusterRole\",\"name\":\"r\"}");
        put_member(&world.text, "subjects", get(row, "subjects"));
        buf_add_literal(&world.text, "}\n");
        estate_read_text(&world.estate, STR("world.yaml"), buf_text(&world.text));
        world.access = access_new(&world.arena, &world.estate, &(struct access_settings){.no_bootstrap = true});
        point(access_can(world.access, &user, &request)
                      == (value_is_true(get(row, "applies")) ? ACCESS_YES : ACCESS_NO),
              "applies to", text(row, "name"));
        world_end(&world);
}

/* Whether the subjects are those that are wanted, in order, without the two that no binding has. A namespace "*" is that of the
 * cluster: no binding is in it. */
static bool subjects_are(const struct access *access, const struct access_grants *grants, const struct value *wanted,
                         struct str super_user)
{
        size_t at = 0;

        value_each (wanted, item) {
                struct str name = text(&item->value, "name");
                const struct access_subject *subject;

                if (str_is(name, "system:masters") || str_equal(name, super_user))
                        continue;
                if (at == grants->items.count)
                        return false;
                subject = access_subject(access, grants->items.items[at++].subject);
                if (!str_equal(subject->name, name)
                    || (subject->kind == ACCESS_GROUP) != str_is(text(&item->value, "kind"), "Group"))
                        return false;
        }
        return at == grants->items.count;
}

static void allowed_subjects(struct arena *arena, const struct value *row)
{
        struct world world;

        world_make(&world, row);
        value_each (get(row, "actions"), item) {
                struct access_request request = request_of(&item->value);
                struct access_grants grants;

                access_who_can(arena, world.access, &request, false, &grants);
                point(subjects_are(world.access, &grants, get(&item->value, "subjects"), text(row, "superUser")),
                      "who can", text(row, "name"));
        }
        world_end(&world);
}

static bool null_verbs_stay(const struct access_rules *rules, const struct access_rules *wanted)
{
        size_t here = 0, there = 0;

        for (size_t i = 0; i < rules->count; i++)
                here += !rules->items[i].verbs.items;
        for (size_t i = 0; i < wanted->count; i++)
                there += !wanted->items[i].verbs.items;
        return here == there;
}

static void compact_rules(struct arena *arena, const struct value *row)
{
        struct access_rules rules = rules_of(arena, get(row, "rules")), wanted = rules_of(arena, get(row, "expected"));
        struct access_rules compact = access_rules_compact(arena, &rules);

        point(same_rules(&compact, &wanted) && null_verbs_stay(&compact, &wanted)
                      && access_rules_cover(arena, &compact, &rules, NULL)
                      && access_rules_cover(arena, &rules, &compact, NULL),
              "compact", text(row, "name"));
}

static void is_simple(struct arena *arena, const struct value *row)
{
        struct access_rules rules = rules_of_one(arena, get(row, "rule"));

        point(access_rule_is_simple(&rules.items[0]) == value_is_true(get(row, "simple")), "simple", text(row, "name"));
}

static const struct table {
        const char *file, *name;
        void (*judge)(struct arena *arena, const struct value *row);
} tables[] = {
        {"covers", "covers", covers},
        {"covers", "non_resource_url_covers", covers_url},
        {"authorizer", "worlds", asks_world},
        {"authorizer", "rule_matches", matches},
        {"resolver", "rules_for", rules_for},
        {"resolver", "applies_to", applies_to},
        {"resolver", "allowed_subjects", allowed_subjects},
        {"resolver", "compact_rules", compact_rules},
        {"resolver", "is_simple_rule", is_simple},
};

int main(int argc, char **argv)
{
        struct arena arena CLEANUP(arena_free) = {0};
        const char *corpus = getenv("STRAKE_CORPUS");

        for (size_t i = 0; i < COUNT_OF(tables); i++) {
                struct str path = str_format(&arena, "%s/rbac/kubernetes/%s.json",
                                             corpus     ? corpus
                                             : argc > 1 ? argv[1]
                                                        : ".",
                                             tables[i].file);
                struct file_text file;
                struct document document;
                struct err err = {0};

                if (file_read(&arena, path.data, MOST_BYTES, &file) != FILE_OK) {
                        printf("1..0 # SKIP %d rows: there is no %s\n", POINTS, path.data);
                        return 0;
                }
                if (!json_read_one(&arena, file.text, &document, &err)) {
                        printf("Bail out! %s: %s\n", path.data, err.text);
                        return 1;
                }
                value_each (get(&document.root, tables[i].name), row)
                        tables[i].judge(&arena, &row->value);
        }
        if (points != POINTS)
                printf("# there are %u rows, not %d\n", points, POINTS);
        printf("1..%u\n", points);
        return failures > 0 || points != POINTS;
}
