/* image_uses.h - which containers run an image: what a finding about the image is led on to. */
#pragma once

#include "image/named.h"
#include "report/finding.h"

struct image_uses {
        bool found;
        struct map by_image; /* the address of an object of the kind Image: who runs it */
};

/* Finds all uses in the estate, once. */
void image_uses_find(struct arena *arena, const struct estate *estate, struct image_uses *uses);

/* Names some of those who run the image that a finding is about, if it names no other places. */
void image_uses_relate(struct arena *arena, const struct image_uses *uses, struct finding *finding);
