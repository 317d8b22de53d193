/* related.c - evidence for findings that stands in other objects. */

#include "scan/related.h"

#include "base/map.h"
#include "scan/image_uses.h"

enum { MOST_BINDINGS = 5 }; /* named with a role that has more */

#define RBAC "rbac.authorization.k8s.io"

struct binding_list {
        VEC(const struct object *) bindings;
};

static bool is_role(const struct object *object)
{
        return object && str_is(object->group, RBAC)
               && (str_is(object->kind, "Role") || str_is(object->kind, "ClusterRole"));
}

/* "Role/shop/web"; a ClusterRole has no namespace. */
static struct str role_key(struct arena *arena, struct str kind, struct str ns, struct str name)
{
        return str_format(arena, "%.*s/%.*s/%.*s", STR_ARG(kind),
                          STR_ARG(str_is(kind, "Role") ? ns : STR("")), STR_ARG(name));
}

static void add_binding(struct arena *arena, struct map *by_role, const struct object *binding)
{
        const struct value *role = value_get(&binding->root.value, KEY_roleRef);
        void **slot =
                map_slot(arena, by_role,
                         role_key(arena, value_get_text(role, KEY_kind), binding->ns, value_get_text(role, KEY_name)));

        if (!*slot)
                *slot = arena_new(arena, struct binding_list);
        *vec_push(arena, &((struct binding_list *)*slot)->bindings) = binding;
}

static void find_bindings(struct arena *arena, const struct estate *estate, struct map *by_role)
{
        for (size_t s = 0; s < estate->source_count; s++) {
                for (size_t i = 0; i < estate->sources[s].objects.count; i++) {
                        const struct object *object = &estate->sources[s].objects.items[i];

                        if (str_is(object->group, RBAC) && str_ends(object->kind, STR("RoleBinding")))
                                add_binding(arena, by_role, object);
                }
        }
}

static void relate(struct finding *finding, const struct object *binding)
{
        const struct estate_source *source = (const struct estate_source *)(const void *)binding->source;
        const struct node *role = value_node(&binding->root.value, KEY_roleRef);

        finding->related[finding->related_count++] = (struct finding_related){
                .object = {binding->api_version, binding->kind, binding->ns, binding->name},
                .location = {.file = binding->source->name,
                             .document = source->documents > 1 ? (int32_t)binding->document : -1,
                             .has_path = true},
                .message = STR("this binding gives the role"), .source = binding->source,
                               .at = role ? role->at : binding->root.at,
                };
}

static void add_bindings(struct arena *arena, const struct map *by_role, struct finding *finding)
{
        const struct object *role = finding->subject;
        const struct binding_list *list = map_get(by_role, role_key(arena, role->kind, role->ns, role->name));

        if (!list || finding->related_count)
                return;
        finding->related = arena_array(arena, struct finding_related, min_size(list->bindings.count, MOST_BINDINGS));
        for (size_t i = 0; i < list->bindings.count && i < MOST_BINDINGS; i++) {
                const struct object *binding = list->bindings.items[i];

                relate(finding, binding);
                finding->related[i].location.path = str_format(arena, "%.*s/roleRef", STR_ARG(binding->path));
        }
}

/* Evidence may stand in other sources than what it is evidence for; what is known of an image stands in no text. */
static void set_places(struct arena *arena, struct finding *finding)
{
        for (size_t r = 0; r < finding->related_count; r++) {
                struct finding_related *related = &finding->related[r];
                struct place place;

                if (!related->source->text.data)
                        continue;
                place = source_place(arena, related->source, related->at);

                related->location.line = place.line;
                related->location.column = place.column;
        }
}

void related_drop(struct finding_list *findings)
{
        for (size_t i = 0; i < findings->count; i++) {
                findings->items[i].related = NULL;
                findings->items[i].related_count = 0;
        }
}

void related_finish(struct scan *scan)
{
        struct map by_role = {0};
        struct image_uses uses = {0};
        bool looked = false;

        for (size_t i = 0; i < scan->report.finding_count; i++) {
                struct finding *finding = &scan->report.findings[i];

                if (finding->rule->area == AREA_ACCESS && is_role(finding->subject)) {
                        if (!looked)
                                find_bindings(&scan->arena, &scan->estate, &by_role);
                        looked = true;
                        add_bindings(&scan->arena, &by_role, finding);
                }
                if (finding->subject && object_is_image(finding->subject)) {
                        image_uses_find(&scan->arena, &scan->estate, &uses);
                        image_uses_relate(&scan->arena, &uses, finding);
                }
                set_places(&scan->arena, finding);
        }
}
