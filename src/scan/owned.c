/* owned.c - findings of Pods that are those of their Deployment. */

#include "scan/owned.h"

#include "base/map.h"
#include "doc/key.h"
#include "kube/owner.h"

enum { LONGEST_CHAIN = 8 };

struct owned_family {
        struct arena *arena;
        struct arena scratch;
        struct map objects; /* by uid */
        struct map told;    /* what uppermost controllers have, by keys as made below */
        struct map first;   /* the first object of each controller with a finding that the controller has not */
        bool has_owned;     /* else there is nothing to do */
};

static struct str uid_of(const struct object *object)
{
        return value_get_text(value_get(&object->root.value, KEY_metadata), KEY_uid);
}

static void free_scratch(void *family)
{
        arena_free(&((struct owned_family *)family)->scratch);
}

struct owned_family *owned_begin(struct arena *arena)
{
        struct owned_family *family = arena_new(arena, struct owned_family);

        family->arena = arena;
        arena_at_end(arena, free_scratch, family);
        return family;
}

void owned_add_object(struct owned_family *family, const struct object *object)
{
        struct str uid = uid_of(object);
        struct owner owner;

        if (!uid.len)
                return;
        *map_slot(family->arena, &family->objects, uid) = (void *)object;
        family->has_owned |= object_controller(object, &owner);
}

/* The uppermost controller that was read; the object itself if it has none. */
static const struct object *head_of(const struct owned_family *family, const struct object *object)
{
        struct owner owner;

        for (int i = 0; i < LONGEST_CHAIN && object_controller(object, &owner) && owner.uid.len; i++) {
                const struct object *above = map_get(&family->objects, owner.uid);

                if (!above)
                        break;
                object = above;
        }
        return object;
}

/* Where a finding stands, from the pod template on, if it is in there. */
static struct str place_of(const struct finding *finding)
{
        struct str path = finding->location.path, pod = finding->subject->pod_path;

        return finding->subject->pod.value.kind == VALUE_MAP && str_starts(path, pod) ? str_from(path, pod.len) : path;
}

static struct str key_of(struct arena *arena, const struct finding *finding, const struct object *head, bool by_place)
{
        return str_format(arena, "%.*s %.*s %.*s %c %.*s", STR_ARG(uid_of(head)), STR_ARG(finding->rule->id),
                          STR_ARG(finding->container), by_place ? 'p' : 'm',
                          STR_ARG(by_place ? place_of(finding) : finding->message));
}

static void note_head(struct owned_family *family, const struct finding *finding)
{
        *map_slot(family->arena, &family->told, key_of(family->arena, finding, finding->subject, true)) = family;
        *map_slot(family->arena, &family->told, key_of(family->arena, finding, finding->subject, false)) = family;
}

/* Whether another object of the same controller has the finding at the same place. */
static bool has_sibling(struct owned_family *family, const struct finding *finding, const struct object *head)
{
        void **first = map_slot(family->arena, &family->first, key_of(family->arena, finding, head, true));

        if (!*first)
                *first = (void *)finding->subject;
        return !str_equal(uid_of(*first), uid_of(finding->subject));
}

void owned_note(struct owned_family *family, const struct finding *finding)
{
        struct owner owner;

        if (family->has_owned && finding->subject && !object_controller(finding->subject, &owner))
                note_head(family, finding);
}

bool owned_is_repeated(struct owned_family *family, const struct finding *finding)
{
        const struct object *head = family->has_owned && finding->subject ? head_of(family, finding->subject) : NULL;
        struct arena *scratch = &family->scratch;

        if (!head || head == finding->subject || str_equal(uid_of(head), uid_of(finding->subject)))
                return false;
        arena_reset(scratch);
        return map_get(&family->told, key_of(scratch, finding, head, true))
               || map_get(&family->told, key_of(scratch, finding, head, false)) || has_sibling(family, finding, head);
}

void owned_drop_repeated(const struct estate *estate, struct finding_list *findings)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct owned_family *family = owned_begin(&arena);
        size_t kept = 0;

        for (size_t i = 0; i < estate->source_count; i++) {
                for (size_t j = 0; j < estate->sources[i].objects.count; j++)
                        owned_add_object(family, &estate->sources[i].objects.items[j]);
        }
        if (!family->has_owned)
                return;
        for (size_t i = 0; i < findings->count; i++)
                owned_note(family, &findings->items[i]);
        for (size_t i = 0; i < findings->count; i++) {
                if (!owned_is_repeated(family, &findings->items[i]))
                        findings->items[kept++] = findings->items[i];
        }
        findings->count = kept;
}
