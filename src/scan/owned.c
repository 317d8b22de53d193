/* owned.c - findings of Pods that are those of their Deployment. */

#include "scan/owned.h"

#include "base/map.h"
#include "doc/key.h"
#include "kube/owner.h"

enum { LONGEST_CHAIN = 8 };

struct family {
        struct arena arena;
        struct map objects; /* by uid */
        struct map told;    /* what uppermost controllers have, by keys as made below */
        struct map first;   /* the first object of each controller with a finding that the controller has not */
};

static struct str uid_of(const struct object *object)
{
        return value_get_text(value_get(&object->root.value, KEY_metadata), KEY_uid);
}

/* Whether anything has a controller; else there is nothing to do. */
static bool index_objects(struct family *family, const struct estate *estate)
{
        bool has_owned = false;
        struct owner owner;

        for (size_t i = 0; i < estate->source_count; i++) {
                for (size_t j = 0; j < estate->sources[i].objects.count; j++) {
                        const struct object *object = &estate->sources[i].objects.items[j];
                        struct str uid = uid_of(object);

                        if (!uid.len)
                                continue;
                        *map_slot(&family->arena, &family->objects, uid) = (void *)object;
                        has_owned |= object_controller(object, &owner);
                }
        }
        return has_owned;
}

/* The uppermost controller that was read; the object itself if it has none. */
static const struct object *head_of(const struct family *family, const struct object *object)
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

static void note_head(struct family *family, const struct finding *finding)
{
        *map_slot(&family->arena, &family->told, key_of(&family->arena, finding, finding->subject, true)) = family;
        *map_slot(&family->arena, &family->told, key_of(&family->arena, finding, finding->subject, false)) = family;
}

/* Whether another object of the same controller has the finding at the same place. */
static bool has_sibling(struct family *family, const struct finding *finding, const struct object *head)
{
        void **first = map_slot(&family->arena, &family->first, key_of(&family->arena, finding, head, true));

        if (!*first)
                *first = (void *)finding->subject;
        return !str_equal(uid_of(*first), uid_of(finding->subject));
}

static bool is_repeated(struct family *family, struct arena *scratch, const struct finding *finding)
{
        const struct object *head = finding->subject ? head_of(family, finding->subject) : NULL;

        if (!head || head == finding->subject || str_equal(uid_of(head), uid_of(finding->subject)))
                return false;
        return map_get(&family->told, key_of(scratch, finding, head, true))
               || map_get(&family->told, key_of(scratch, finding, head, false)) || has_sibling(family, finding, head);
}

void owned_drop_repeated(const struct estate *estate, struct finding_list *findings)
{
        struct family family = {0};
        struct arena scratch CLEANUP(arena_free) = {0};
        struct owner owner;
        size_t kept = 0;

        if (!index_objects(&family, estate)) {
                arena_free(&family.arena);
                return;
        }
        for (size_t i = 0; i < findings->count; i++) {
                if (findings->items[i].subject && !object_controller(findings->items[i].subject, &owner))
                        note_head(&family, &findings->items[i]);
        }
        for (size_t i = 0; i < findings->count; i++) {
                arena_reset(&scratch);
                if (!is_repeated(&family, &scratch, &findings->items[i]))
                        findings->items[kept++] = findings->items[i];
        }
        findings->count = kept;
        arena_free(&family.arena);
}
