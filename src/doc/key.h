/* key.h - the object keys that C code asks for, as constants.
 *
 * KEY_name is the interned number of "name". The list is in key.def; it is interned before main(), in order. */
#pragma once

#include "base/intern.h"

enum key {
        KEY_NONE,
#define KEY(name) KEY_##name,
#include "doc/key.def"
#undef KEY
        KEY_COUNT
};
