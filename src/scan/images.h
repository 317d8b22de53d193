/* images.h - the images that containers name, as objects of the estate.
 *
 * Every image that a container, or a volume, of the estate names is read once: names that mean the same digest share one object of the kind
 * Image (image/lint/facts.h), whose member `manifests` lists the names as containers write them. Rules and the graph find it by those
 * (image/named.h). An image that cannot be read becomes a problem at the first container that names it. */
#pragma once

#include <stdatomic.h>

#include "image/lint/facts.h"
#include "image/open/image_map.h"

struct images_settings {
        const struct image_map *map; /* what is read instead of what a name means; NULL: nothing */
        bool only_map; /* what the map does not have is left out, which is a note, and no registry is asked for it */
        bool offline;  /* no registry is asked at all */
        struct str
                platform; /* of several, for all; empty: what the Pod asks for, that of the nodes shown, that of this machine */
        struct str authorities; /* PEM, whom to trust as a registry; empty: whom the system trusts */
        bool plain;             /* registries are asked by http */
        struct facts_settings facts;
        const struct str *folders; /* that are written to later */
        size_t folder_count;
        _Atomic uint64_t *read; /* counts images as they are read; NULL: nobody asks */
};

/* Finds the images, gives up all rights but to read them and to write the folders (image_confine()), reads them in parallel, and adds
 * them to the estate, whose sources stay sorted. `settings` is a struct images_settings; as scan_settings.add. False with `err` when
 * rights cannot be given up. */
bool images_add(void *settings, struct estate *estate, struct err *err);
