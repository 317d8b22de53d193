/* build_access.c - who is given which role, and the roles themselves. */

#include "graph/build_access.h"

#include <stdlib.h>

/* Whether the API server makes an object itself and would make it again. */
static bool is_default(const struct object *object)
{
        return !object
               || value_is_text(value_member(object_labels(object), "kubernetes.io/bootstrapping"), "rbac-defaults");
}

/* The object of a binding; NULL: it was not shown, but every new cluster has it. */
static const struct object *shown(const struct access_binding *binding)
{
        return binding->built_in ? NULL : binding->object;
}

/* --- evidence in roles --- */

static struct str rule_words(struct builder *builder, const struct access_role *role, const struct access_rule *rule)
{
        CLEANUP(buf_free) struct buf room = {0};

        buf_add_format(&room, "%s %.*s allows ", role->ns.len ? "Role" : "ClusterRole", STR_ARG(role->name));
        for (uint32_t i = 0; i < rule->verbs.count; i++) {
                if (i)
                        buf_add_literal(&room, ", ");
                buf_add(&room, intern_text(rule->verbs.items[i]));
        }
        buf_add_literal(&room, " of ");
        for (uint32_t i = 0; i < rule->resources.count; i++) {
                if (i)
                        buf_add_literal(&room, ", ");
                buf_add(&room, intern_text(rule->resources.items[i]));
        }
        for (uint32_t i = 0; i < rule->names.count; i++) {
                buf_add(&room, i ? STR(", ") : STR(" named "));
                buf_add(&room, intern_text(rule->names.items[i]));
        }
        return str_copy(builder->arena, buf_text(&room));
}

/* What is known of a rule, made once. */
struct rule_proof {
        const struct object *object;
        struct str path, words;
        uint32_t change;
};

static struct rule_proof *make_proof(struct rights *rights, uint32_t role, uint32_t rule)
{
        struct builder *builder = rights->builder;
        struct rule_proof *proof = arena_new(builder->arena, struct rule_proof);
        const struct access_role *of = access_role(builder->access, role);
        struct access_rule_origin origin = of->origins ? of->origins[rule] : (struct access_rule_origin){role, rule};
        const struct access_role *home = access_role(builder->access, origin.role);

        *proof = (struct rule_proof){.object = home->built_in ? NULL : home->object, .change = GRAPH_NONE};
        proof->words = rule_words(builder, home, &of->rules->items[rule]);
        if (!proof->object)
                return proof;
        proof->path = build_path(builder, home->object, "/rules/%u", origin.index);
        if (is_default(home->object))
                return proof;
        proof->change = graph_change(builder->graph, home->object, 2,
                                     build_words(builder, "take rule %u out of %.*s", origin.index,
                                                 STR_ARG(build_object_words(builder, home->object))));
        graph_patch(builder->graph, proof->change, PATCH_REMOVE, proof->path, VALUE_OF_NULL);
        return proof;
}

void rights_prove(struct rights *rights, uint32_t edge, uint32_t role, uint32_t rule)
{
        struct builder *builder = rights->builder;
        uint32_t key[2] = {role, rule};
        struct str text = {(const char *)key, sizeof(key)};
        struct rule_proof *proof = map_get(&rights->changes, text);

        if (!proof) {
                proof = make_proof(rights, role, rule);
                *map_slot(builder->arena, &rights->changes, str_copy(builder->arena, text)) = proof;
        }
        graph_prove(builder->graph, edge, proof->object, proof->path, proof->words, proof->change);
}

/* --- subjects --- */

static uint32_t subject_node(struct builder *builder, const struct access_subject *subject)
{
        struct str none = {0};

        if (subject->kind == ACCESS_SERVICE_ACCOUNT)
                return build_node(builder, GRAPH_ACCOUNT, namespace_name(subject->ns), subject->name);
        return build_node(builder, subject->kind == ACCESS_USER ? GRAPH_USER : GRAPH_GROUP, none, subject->name);
}

static uint32_t uses_of(const struct builder *builder, uint32_t node)
{
        uintptr_t uses = (uintptr_t)map_get(&builder->uses, builder->graph->nodes.items[node].id);

        return builder->graph->nodes.items[node].kind == GRAPH_ACCOUNT ? (uint32_t)uses : 1;
}

static uint32_t subject_change(struct builder *builder, const struct access_binding *binding, uint32_t node,
                               uint32_t place)
{
        const struct object *object = binding->object;
        CLEANUP(buf_free) struct buf who = {0};
        uint32_t change;

        if (is_default(object))
                return GRAPH_NONE;
        graph_print_node(&who, &builder->graph->nodes.items[node]);
        change = graph_change(builder->graph, object, 2,
                              build_words(builder, "take %.*s out of %.*s", STR_ARG(buf_text(&who)),
                                          STR_ARG(build_object_words(builder, object))));
        builder->graph->changes.items[change].breaks = uses_of(builder, node);
        graph_patch(builder->graph, change, PATCH_REMOVE, build_path(builder, object, "/subjects/%u", place),
                    VALUE_OF_NULL);
        return change;
}

static void add_subjects(struct builder *builder, const struct access_binding *binding, uint32_t permission)
{
        for (uint32_t i = 0; i < binding->subject_count; i++) {
                uint32_t node = subject_node(builder, access_subject(builder->access, binding->subjects[i]));
                uint32_t edge = graph_edge(builder->graph, EDGE_PERMISSION_DISCOVER, node, permission);

                if (!shown(binding))
                        graph_prove(builder->graph, edge, NULL, (struct str){0},
                                    STR("every new cluster has this binding"), GRAPH_NONE);
                else
                        graph_prove(builder->graph, edge, binding->object,
                                    build_path(builder, binding->object, "/subjects/%u", binding->places[i]),
                                    (struct str){0}, subject_change(builder, binding, node, binding->places[i]));
        }
}

/* --- roles --- */

static uint32_t role_node(struct builder *builder, const struct access_binding *binding, const struct space *space)
{
        enum graph_kind kind = !binding->cluster_role ? GRAPH_ROLE : space ? GRAPH_CLUSTER_ROLE_IN : GRAPH_CLUSTER_ROLE;

        return build_node(builder, kind, space ? space->name : (struct str){0}, binding->role_name);
}

/* The steps of a role where it holds; once for each such place. */
static void lead_role(struct rights *rights, uint32_t node, uint32_t role, struct space *space)
{
        struct builder *builder = rights->builder;

        if (!access_role(builder->access, role)->built_in)
                builder->graph->nodes.items[node].object = access_role(builder->access, role)->object;
        rights_lead(rights, node, role, space);
        rights_lead_by_name(rights, node, role, space);
}

static void add_binding(struct rights *rights, const struct access_binding *binding)
{
        struct builder *builder = rights->builder;
        struct space *space = binding->ns.len ? build_space(builder, binding->ns) : NULL;
        uint32_t permission = space ? build_node(builder, GRAPH_PERMISSION, space->name, binding->name)
                                    : build_node(builder, GRAPH_CLUSTER_PERMISSION, (struct str){0}, binding->name);
        size_t before = builder->graph->nodes.count;
        uint32_t role, edge;

        builder->graph->nodes.items[permission].object = shown(binding);
        add_subjects(builder, binding, permission);
        before = builder->graph->nodes.count;
        role = role_node(builder, binding, space);
        edge = graph_edge(builder->graph, EDGE_GRANTS_ROLE, permission, role);
        if (shown(binding))
                graph_prove(builder->graph, edge, binding->object, build_path(builder, binding->object, "/roleRef"),
                            (struct str){0}, GRAPH_NONE);
        if (builder->graph->nodes.count == before)
                return;
        if (binding->role != ACCESS_NONE)
                lead_role(rights, role, binding->role, space);
}

/* Roles that somebody may bind though nobody has yet. */
static void add_bindable_roles(struct rights *rights)
{
        struct builder *builder = rights->builder;
        bool everywhere = graph_find(builder->graph, STR("all-roles")) != GRAPH_NONE;

        for (uint32_t i = 0; i < access_role_count(builder->access); i++) {
                const struct access_role *role = access_role(builder->access, i);
                struct space *space;
                size_t before;
                uint32_t hub, node;

                if (!role->ns.len)
                        continue;
                space = build_space(builder, role->ns);
                hub = graph_find(builder->graph, build_words(builder, "roles/%.*s", STR_ARG(space->name)));
                if (hub == GRAPH_NONE && !everywhere)
                        continue;
                hub = build_node(builder, GRAPH_ROLES_OF, (struct str){0}, space->name);
                before = builder->graph->nodes.count;
                node = build_node(builder, GRAPH_ROLE, space->name, role->name);
                if (builder->graph->nodes.count > before)
                        lead_role(rights, node, i, space);
                graph_edge(builder->graph, EDGE_MEMBER, hub, node);
        }
}

/* --- several bindings of one subject --- */

struct number_list {
        VEC(uint32_t) items;
};

static void add_bindings_of(struct builder *builder, struct arena *scratch, uint32_t subject, bool cluster_only,
                            struct number_list *out)
{
        const struct access_subject *of;

        if (subject == ACCESS_NONE)
                return;
        of = access_subject(builder->access, subject);
        for (uint32_t i = 0; i < of->binding_count; i++) {
                if (!cluster_only || !access_binding(builder->access, of->bindings[i])->ns.len)
                        *vec_push(scratch, &out->items) = of->bindings[i];
        }
}

/* Of groups only what holds in the whole cluster: the rest would be looked at again for each of very many members. */
static void add_groups_of(struct builder *builder, struct arena *scratch, const struct access_subject *subject,
                          struct number_list *out)
{
        const struct access *access = builder->access;
        char room[300] = "system:serviceaccounts:";
        size_t len = strlen(room);

        if (subject->kind != ACCESS_GROUP)
                add_bindings_of(builder, scratch, access_find_group(access, STR("system:authenticated")), true, out);
        if (subject->kind != ACCESS_SERVICE_ACCOUNT)
                return;
        add_bindings_of(builder, scratch, access_find_group(access, STR("system:serviceaccounts")), true, out);
        if (subject->ns.len > sizeof(room) - len)
                return;
        if (subject->ns.len)
                memcpy(room + len, subject->ns.data, subject->ns.len);
        add_bindings_of(builder, scratch, access_find_group(access, (struct str){room, len + subject->ns.len}), true,
                        out);
}

struct sorting {
        const struct access *access;
};

static int by_space(const void *a, const void *b, void *context)
{
        const struct sorting *sorting = context;
        uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;
        int order = str_compare(access_binding(sorting->access, one)->ns, access_binding(sorting->access, other)->ns);

        if (order)
                return order;
        return one < other ? -1 : one > other;
}

static void add_joint_powers(struct rights *rights)
{
        struct builder *builder = rights->builder;
        struct sorting sorting = {builder->access};
        struct arena scratch CLEANUP(arena_free) = {0};

        for (uint32_t i = 0; i < access_subject_count(builder->access); i++) {
                const struct access_subject *subject = access_subject(builder->access, i);
                struct number_list bindings = {0};

                arena_reset(&scratch);
                add_bindings_of(builder, &scratch, i, false, &bindings);
                if (!bindings.items.count)
                        continue;
                add_groups_of(builder, &scratch, subject, &bindings);
                if (bindings.items.count < 2)
                        continue;
                qsort_r(bindings.items.items, bindings.items.count, sizeof(uint32_t), by_space, &sorting);
                rights_lead_together(rights, subject_node(builder, subject), bindings.items.items,
                                     bindings.items.count);
        }
}

/* How many subjects each rule of a role serves: what taking it away would break. */
static void count_breaks(struct rights *rights)
{
        struct builder *builder = rights->builder;
        uint32_t *served = arena_array(builder->arena, uint32_t, access_role_count(builder->access));

        for (uint32_t i = 0; i < access_binding_count(builder->access); i++) {
                const struct access_binding *binding = access_binding(builder->access, i);

                if (binding->role != ACCESS_NONE)
                        served[binding->role] += binding->subject_count;
        }
        for (size_t i = 0; i < rights->changes.count; i++) {
                const struct rule_proof *proof = rights->changes.entries[i].value;
                uint32_t role;

                memcpy(&role, rights->changes.entries[i].key.data, sizeof(role));
                if (proof->change != GRAPH_NONE)
                        builder->graph->changes.items[proof->change].breaks += served[role];
        }
}

void build_access(struct builder *builder)
{
        struct rights rights;
        uint32_t masters;

        rights_read(&rights, builder);
        for (uint32_t i = 0; i < access_binding_count(builder->access); i++)
                add_binding(&rights, access_binding(builder->access, i));
        add_joint_powers(&rights);
        add_bindable_roles(&rights);
        count_breaks(&rights);
        masters = graph_find(builder->graph, STR("group/system:masters"));
        if (masters != GRAPH_NONE)
                graph_edge(builder->graph, EDGE_MASTERS, masters, builder->cluster_admin);
}
