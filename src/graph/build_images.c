/* build_images.c - images, once they were read: who could put another in their place.
 *
 * A name with a tag means whatever whoever may write to the registry last put there; a name with a digest cannot be made to mean anything
 * else. Without images that were read, the graph has nothing of this. */

#include "graph/build_internal.h"
#include "image/open/registry.h"

/* Whether the image runs as somebody else than root unless it is told to. */
static bool runs_as_other(const struct named_image *image)
{
        const struct value *config = value_member(&image->object->root.value, "config");
        struct str user = value_member_text(config, "user"), name = user;

        str_split(&user, ':', &name);
        return name.len && !str_is(name, "0") && !str_is(name, "root");
}

const struct named_image *build_image_of(struct builder *builder, const struct pod *pod, const struct box *box)
{
        struct str text = value_get_text(&box->container.node->value, KEY_image);

        return builder->images ? named_images_of(builder->arena, builder->images, pod->object, text) : NULL;
}

bool build_image_is_not_root(struct builder *builder, const struct pod *pod, const struct box *box)
{
        const struct named_image *image = build_image_of(builder, pod, box);

        return image && runs_as_other(image);
}

/* The change that makes the container run what the name stands for now. */
static uint32_t pin_change(struct builder *builder, const struct pod *pod, const struct box *box,
                           const struct named_image *image, struct str path)
{
        struct str text = value_get_text(&box->container.node->value, KEY_image);
        uint32_t change = graph_change(builder->graph, pod->object, 1,
                                       build_words(builder, "pin the image of container %.*s of %.*s by its digest",
                                                   STR_ARG(box->container.name),
                                                   STR_ARG(build_object_words(builder, pod->object))));
        struct str pinned = named_image_pin(builder->arena, text, image->digest);

        builder->graph->changes.items[change].breaks = 1;
        if (pinned.len)
                graph_patch(builder->graph, change, PATCH_REPLACE, path, value_string(pinned));
        return change;
}

/* Who has a login of the registry may have one that writes. */
static void add_logins(struct builder *builder, const struct pod *pod, uint32_t registry)
{
        unsigned index = 0;

        value_each (value_get(pod->spec, KEY_imagePullSecrets), reference) {
                struct str name = value_get_text(&reference->value, KEY_name);
                uint32_t edge;

                if (name.len) {
                        edge = build_step(builder, EDGE_REGISTRY_LOGIN,
                                          build_node(builder, GRAPH_SECRET, pod->space->name, name), registry,
                                          pod->object,
                                          build_pod_path(builder, pod->object, "/spec/imagePullSecrets/%u", index),
                                          (struct str){0}, GRAPH_NONE);
                        builder->graph->edges.items[edge].verdict = GRAPH_UNKNOWN;
                }
                index++;
        }
}

void build_image(struct builder *builder, const struct pod *pod, const struct box *box, uint32_t node)
{
        const struct named_image *image = build_image_of(builder, pod, box);
        struct str text = value_get_text(&box->container.node->value, KEY_image), path;
        struct registry_reference name;
        struct err err = {0};
        uint32_t registry, run = graph_edge(builder->graph, EDGE_IMAGE_RUN, node, box->node);

        if (!image || !registry_read_reference(builder->arena, text, &name, &err))
                return;
        builder->graph->nodes.items[node].object = image->object;
        path = build_pod_path(builder, pod->object, "/spec/%.*s/%u/image", STR_ARG(intern_text(box->container.list)),
                              box->container.index);
        if (name.digest.len) {
                graph_prove(builder->graph, run, pod->object, path, (struct str){0}, GRAPH_NONE);
                return;
        }
        graph_prove(builder->graph, run, pod->object, path,
                    build_words(builder, "container %.*s runs whatever %.*s stands for", STR_ARG(box->container.name),
                                STR_ARG(text)),
                    pin_change(builder, pod, box, image, path));
        registry = build_node(builder, GRAPH_REGISTRY, (struct str){0}, name.domain);
        add_logins(builder, pod, registry);
        if (map_get(&builder->replaced, text))
                return;
        *map_slot(builder->arena, &builder->replaced, text) = builder;
        build_step(builder, EDGE_IMAGE_REPLACE, registry, node, image->object, image->path,
                   image->digest.len ? build_words(
                           builder, "whoever may write to the registry puts another image behind the tag, now %.*s",
                           STR_ARG(image->digest))
                                     : (struct str){0},
                   GRAPH_NONE);
}
