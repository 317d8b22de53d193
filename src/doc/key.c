/* key.c - interning the known keys first, so that their numbers are the constants of key.h. */

#include "doc/key.h"

#include <stdlib.h>

__attribute__((constructor(101))) static void intern_known_keys(void)
{
        static const struct str names[] = {
                [KEY_NONE] = {0},
#define KEY(name) [KEY_##name] = STR_INIT(#name),
#include "doc/key.def"
#undef KEY
        };

        for (uint32_t key = 1; key < KEY_COUNT; key++) {
                if (intern(names[key]) != key)
                        abort(); /* someone interned before us, or a key stands twice in key.def */
        }
}
