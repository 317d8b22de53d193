/* uuid.h - names as UUIDs (RFC 9562, version 5): the same name, the same UUID. */
#pragma once

#include "base/str.h"

struct uuid {
        unsigned char bytes[16];
};

enum { UUID_TEXT = 37 }; /* with a zero at the end */

/* The UUID of a name in a namespace. */
struct uuid uuid_of_name(struct uuid space, struct str name);

/* "886313e1-3b8a-5372-9b90-0c9aee199e5d" and a zero. */
void uuid_print(struct uuid uuid, char text[UUID_TEXT]);
