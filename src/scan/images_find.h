/* images_find.h - which images the containers of an estate name, and where each is to be read. */
#pragma once

#include "scan/images.h"

struct image_wish;

/* What is opened, once, whatever names lead to it. */
struct image_reading {
        struct str reference;                 /* as image_open() takes it */
        const struct registry_access *access; /* NULL: it is in no registry */
        struct str platform;                  /* empty: any */
        bool any_platform;
        struct str problem;  /* why it cannot be read; empty: it can */
        struct arena arena;  /* of the image while it is open */
        struct image *image; /* NULL: not open, or not any more */
        bool was_open;
        struct str identity; /* what tells the image from others */
        struct digest named, manifest;
        struct image_reading *same;     /* the first that is the same image; itself */
        VEC(struct image_wish *) names; /* that lead to it, of the first */
        struct arena kept;              /* of what follows, and then of the source */
        struct value root;              /* the object */
        VEC(struct str) problems;
};

/* An image as containers name it, and for which platform they want it. */
struct image_wish {
        struct str text;
        struct str platform; /* "linux/arm64"; empty: the Pod does not say */
        struct estate_source *source;
        const struct object *object; /* the first that names it, and where */
        struct str path;
        uint32_t at;
        size_t uses;
        struct registry_reference name;
        const struct image_map_entry *entry; /* NULL: not in the map */
        struct image_reading *reading;       /* NULL: it is not read */
        struct str problem;
};

struct image_wishes {
        struct arena *arena;
        VEC(struct image_wish) items; /* in the order in which they are named */
        VEC(struct image_reading *) readings;
        struct map names, by_reference;
        size_t left_out; /* not in the map */
};

/* All images that are named and are not known already. */
void images_find(struct image_wishes *wishes, struct estate *estate);

/* Decides where each is read, and gets ready what registries take. */
void images_resolve(struct image_wishes *wishes, const struct images_settings *settings);
