/* own_roles.c - roles that call themselves Kubernetes' own: are they? */

#include "access/internal.h"
#include "access/joins.h"

static bool is_labelled(const struct object *object)
{
        return value_is_text(value_member(object_labels(object), "kubernetes.io/bootstrapping"), "rbac-defaults");
}

static const struct str kinds[] = {STR_INIT("ClusterRole." RBAC_GROUP), STR_INIT("Role." RBAC_GROUP)};

/* The authorizer of a new cluster, if any role has the label. */
static const void *prepare(struct arena *arena, const struct index *index)
{
        static const struct estate nothing;
        bool any = false;

        for (size_t k = 0; k < COUNT_OF(kinds) && !any; k++) {
                const struct object_list *list = index_all(index, kinds[k]);

                for (size_t i = 0; i < list->objects.count && !any; i++)
                        any = is_labelled(list->objects.items[i]);
        }
        return any ? access_new(arena, &nothing, &(struct access_settings){.default_bindings = true}) : NULL;
}

/* Whether the API server keeps a right to itself with care: no program is given it by Kubernetes but where it needs it. */
static bool is_strong(const struct access_rule *part)
{
        static const struct str verbs[] = {STR_INIT("*"), STR_INIT("escalate"), STR_INIT("bind"),
                                           STR_INIT("impersonate")};
        static const struct str resources[] = {STR_INIT("*"),
                                               STR_INIT("secrets"),
                                               STR_INIT("pods/exec"),
                                               STR_INIT("serviceaccounts/token"),
                                               STR_INIT("nodes/proxy"),
                                               STR_INIT("*/exec"),
                                               STR_INIT("*/token"),
                                               STR_INIT("*/proxy"),
                                               STR_INIT("rolebindings"),
                                               STR_INIT("clusterrolebindings"),
                                               STR_INIT("mutatingwebhookconfigurations")};

        for (size_t i = 0; i < COUNT_OF(verbs); i++) {
                if (str_equal(intern_text(part->verbs.items[0]), verbs[i]))
                        return true;
        }
        for (size_t i = 0; part->resources.count && i < COUNT_OF(resources); i++) {
                if (str_equal(intern_text(part->resources.items[0]), resources[i]))
                        return true;
        }
        return false;
}

/* A role with the label of Kubernetes that gives a strong right which Kubernetes does not give it: `more`, that right, and how many
 * `others`. Versions differ in small rights, which are left out. What is collected from other roles is not this role's. */
static void judge(struct join_run *run)
{
        const struct access *access = run->prepared;
        static const struct access_rules none;
        struct access_rules given, uncovered = {0};
        const struct access_rule *first = NULL;
        struct buf text CLEANUP(buf_free) = {0};
        struct join_fact *fact;
        struct err err = {0};
        uint64_t strong = 0;
        uint32_t number;

        if (!is_labelled(run->object) || value_get(&run->object->root.value, KEY_aggregationRule)
            || !access_rules_read(run->arena, value_get(&run->object->root.value, KEY_rules), &given, &err))
                return;
        number = access_find_role(access,
                                  str_is(run->object->kind, "Role") ? run->object->ns : STR(""), run->object->name);
        access_rules_cover(run->arena, number == ACCESS_NONE ? &none : access_role(access, number)->rules, &given,
                           &uncovered);
        for (size_t i = 0; i < uncovered.count; i++) {
                if (!is_strong(&uncovered.items[i]))
                        continue;
                first = first ? first : &uncovered.items[i];
                strong++;
        }
        if (!first)
                return;
        access_rule_print(&text, first);
        fact = join_find(run, "/rules");
        join_tell_text(run, fact, "more", str_copy(run->arena, buf_text(&text)));
        join_tell(run, fact, "others", value_int((int64_t)strong - 1));
        join_tell(run, fact, "known", value_bool(number != ACCESS_NONE));
}

const struct join join_own_role = {
        .name = STR_INIT("own-role"),
        .kinds = kinds,
        .kind_count = COUNT_OF(kinds),
        .prepare = prepare,
        .judge = judge,
};
