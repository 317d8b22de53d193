/* named.c - from the name that a container gives its image to what is known of the image. */

#include "image/named.h"

bool object_is_image(const struct object *object)
{
        return str_is(object->kind, "Image") && str_is(object->group, "image.strake.dev");
}

static struct str key_of(struct arena *arena, struct str text, struct str platform)
{
        return str_format(arena, "%.*s\n%.*s", STR_ARG(text), STR_ARG(platform));
}

void named_images_add(struct arena *arena, struct named_images *images, const struct object *object)
{
        const struct value *names = value_get(&object->root.value, intern(STR("manifests")));
        unsigned index = 0;

        if (!object_is_image(object) || !value_is(names, VALUE_LIST))
                return;
        value_each (names, name) {
                struct str text = value_get_text(&name->value, KEY_image);
                struct str platform = value_get_text(&name->value, intern(STR("platform")));
                void **slot = map_slot(arena, &images->entries, key_of(arena, text, platform));
                struct named_image *entry;

                if (!*slot) {
                        *slot = entry = arena_new(arena, struct named_image);
                        *entry = (struct named_image){
                                .object = object,
                                .digest = value_get_text(
                                        &name->value, intern(STR("digest"))),
                                        .read = value_get_text(&name->value, intern(STR("read"))),
                                                               .path = str_format(arena, "/manifests/%u", index),
                                        };
                }
                index++;
        }
}

const struct named_image *named_images_find(struct arena *scratch, const struct named_images *images, struct str text,
                                            struct str platform)
{
        const struct named_image *entry = map_get(&images->entries, key_of(scratch, text, platform));

        return entry || !platform.len ? entry : map_get(&images->entries, key_of(scratch, text, STR("")));
}

const struct named_image *named_images_of(struct arena *scratch, const struct named_images *images,
                                          const struct object *object, struct str text)
{
        return text.len ? named_images_find(scratch, images, text, pod_platform_wanted(scratch, object, images->nodes))
                        : NULL;
}

const struct named_images *named_images_of_all(struct arena *arena, const struct index *index)
{
        const struct object_list *list = index_all(index, STR("Image.image.strake.dev")), *nodes;
        struct str architectures[PLATFORM_MOST];
        struct named_images *images;
        size_t count = 0;

        if (!list->objects.count)
                return NULL;
        images = arena_new(arena, struct named_images);
        for (size_t i = 0; i < list->objects.count; i++)
                named_images_add(arena, images, list->objects.items[i]);
        nodes = index_all(index, STR("Node"));
        for (size_t i = 0; i < nodes->objects.count; i++)
                count = platform_add_node(nodes->objects.items[i], architectures, count);
        images->nodes = count == 1 ? architectures[0] : STR("");
        return images->entries.count ? images : NULL;
}

struct str named_image_pin(struct arena *arena, struct str text, struct str digest)
{
        struct str name = str_sub(text, 0, str_find(text, STR("@"), 0)), latest = STR(":latest");

        if (!digest.len)
                return STR("");
        if (str_ends(name, latest))
                name = str_sub(name, 0, name.len - latest.len);
        return str_format(arena, "%.*s@%.*s", STR_ARG(name), STR_ARG(digest));
}
