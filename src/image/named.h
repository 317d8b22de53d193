/* named.h - from the name that a container gives its image to what is known of the image.
 *
 * An object of the kind Image says in `manifests` by which names, and for which platforms, the manifests ask for it:
 *
 *     manifests:
 *       - image: registry.example/shop/web:latest
 *         digest: sha256:…          # what the name stands for now
 *         read: oci:layouts/web     # where it was read instead, if it was
 *         platform: linux/arm64     # that the Pod needs, where it says so */
#pragma once

#include "base/map.h"
#include "kube/object.h"
#include "kube/platform.h"

struct named_image {
        const struct object *object;
        struct str digest, read; /* may be empty */
        struct str path;         /* of the entry, in the object */
};

struct named_images {
        struct map entries; /* image and platform: struct named_image */
        struct str nodes;   /* the architecture of all nodes that were shown; empty: several, or none was */
};

bool object_is_image(const struct object *object);

/* Takes what an object says, if it is an Image; what was said first stays. */
void named_images_add(struct arena *arena, struct named_images *images, const struct object *object);

/* The image of a name for a platform, which may be empty; without one for that platform, that for any. NULL: nobody read it. */
const struct named_image *named_images_find(struct arena *scratch, const struct named_images *images, struct str text,
                                            struct str platform);

/* The image that a container of an object names. */
const struct named_image *named_images_of(struct arena *scratch, const struct named_images *images,
                                          const struct object *object, struct str text);

/* All of an estate; NULL if there is none. */
const struct named_images *named_images_of_all(struct arena *arena, const struct index *index);

/* The name of an image with the digest that it stands for; empty if that is not known. ":latest" is left out, other tags stay. */
struct str named_image_pin(struct arena *arena, struct str text, struct str digest);
