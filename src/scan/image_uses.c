/* image_uses.c - which containers run an image. */

#include "scan/image_uses.h"

enum { MOST_USES = 5 }; /* named with an image that has more */

struct use {
        const struct object *object;
        struct str path; /* of the image's name, in the document */
        uint32_t at;
};

struct use_list {
        VEC(struct use) uses;
};

static struct str key_of(const struct object *const *image)
{
        return (struct str){(const char *)image, sizeof(*image)};
}

static void add_use(struct arena *arena, struct image_uses *uses, const struct object *image, struct use use)
{
        const struct object **kept;
        void **slot;

        if (!map_get(&uses->by_image, key_of(&image))) {
                kept = arena_new(arena, const struct object *);
                *kept = image;
                *map_slot(arena, &uses->by_image, key_of(kept)) = arena_new(arena, struct use_list);
        }
        slot = map_slot(arena, &uses->by_image, key_of(&image));
        *vec_push(arena, &((struct use_list *)*slot)->uses) = use;
}

static void find_in(struct arena *arena, struct image_uses *uses, const struct named_images *images,
                    const struct object *object)
{
        struct container container = {0};

        if (object->malformed)
                return;
        while (object_next_container(object, &container)) {
                const struct node *name = value_node(&container.node->value, KEY_image);
                const struct named_image *image = name
                        ? named_images_of(arena, images, object,
                                          value_is(&name->value, VALUE_STRING) ? value_text(&name->value) : STR(""))
                                          : NULL;

                if (image)
                        add_use(arena, uses, image->object,
                                (struct use){object,
                                             str_format(arena, "%.*s/spec/%.*s/%u/image", STR_ARG(object->pod_path),
                                                        STR_ARG(intern_text(container.list)), container.index),
                                             name->at});
        }
}

void image_uses_find(struct arena *arena, const struct estate *estate, struct image_uses *uses)
{
        struct index *index;
        const struct named_images *images;
        const struct object_list *pods;

        if (uses->found)
                return;
        uses->found = true;
        index = index_new(arena, estate);
        images = named_images_of_all(arena, index);
        pods = index_pods(index);
        for (size_t i = 0; images && i < pods->objects.count; i++)
                find_in(arena, uses, images, pods->objects.items[i]);
}

static struct finding_related relate(const struct use *use)
{
        const struct object *object = use->object;
        const struct estate_source *source = (const struct estate_source *)(const void *)object->source;

        return (struct finding_related){
                .object = {object->api_version, object->kind, object->ns, object->name},
                .location = {.file = object->source->name,
                             .document = source->documents > 1 ? (int32_t)object->document : -1,
                             .has_path = true,
                             .path = use->path},
                .message = STR("this runs the image"), .source = object->source, .at = use->at,
                };
}

void image_uses_relate(struct arena *arena, const struct image_uses *uses, struct finding *finding)
{
        const struct use_list *list = map_get(&uses->by_image, key_of(&finding->subject));

        if (!list || finding->related_count)
                return;
        finding->related = arena_array(arena, struct finding_related, min_size(list->uses.count, MOST_USES));
        for (size_t i = 0; i < list->uses.count && i < MOST_USES; i++)
                finding->related[finding->related_count++] = relate(&list->uses.items[i]);
}
