/* owner.h - which object another one belongs to. */
#pragma once

#include "kube/object.h"

struct owner {
        struct str api_version, kind, name, uid; /* uid may be empty */
};

/* The owner that controls the object: the owner reference with `controller: true`. False if it has none. An object that has
 * one is made from its owner's template: what is wrong with it has to be repaired there. */
bool object_controller(const struct object *object, struct owner *out);
