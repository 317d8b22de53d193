/* yaml_block.h - the text of literal and folded blocks (YAML 1.1, 9.3 and 9.4). */
#pragma once

#include "base/str.h"

struct yaml_block {
        struct str text;
        size_t end; /* behind its lines and the indentation of the next one */
        size_t tab; /* a tab that stands where indentation does; SIZE_MAX if there is none */
};

/* The block whose | or > stands at an offset. `parent` is the column of the map or list that it is in, -1 if there is none: its
 * lines are indented further. */
void yaml_block_read(struct arena *arena, struct str text, size_t at, int64_t parent, struct yaml_block *out);
