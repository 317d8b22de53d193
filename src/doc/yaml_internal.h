/* yaml_internal.h - what the files of the YAML reader share: the state of reading one text. */
#pragma once

#include "base/map.h"
#include "doc/fast.h"
#include "doc/reading.h"
#include "doc/yaml_scalar.h"
#include "doc/yaml_tokens.h"

struct yaml_anchor {
        struct node node;
        size_t nodes;    /* how many values it stands for */
        uint32_t height; /* how many levels of lists and maps */
        bool is_open;    /* still being read: an alias to it is inside of it */
};

struct yaml_reader {
        struct reading base;
        struct yaml_tokens tokens;
        struct arena scratch; /* anchors and tags of one document */
        struct map anchors;   /* of struct yaml_anchor, by name */
        uint32_t deepest;     /* the deepest level since the innermost open anchor */
        size_t from_aliases;  /* how many of the document's values */
        uint32_t block_at;    /* where the innermost block map or list begins; UINT32_MAX: none */
        size_t directive;     /* before the document that is sought; SIZE_MAX: none */
        struct fast fast;
        bool is_alone; /* the fast reader is not asked */
};

#define yaml_problem(reader, ...) reading_problem(&(reader)->base, __VA_ARGS__)
#define yaml_too_large(reader, ...) reading_too_large(&(reader)->base, __VA_ARGS__)

/* yaml_node.c: reads the value at hand, a document's root. False when the text cannot be understood from here on (there is a
 * problem then); mistakes that leave the rest readable are problems, too, and true. */
bool yaml_read_root(struct yaml_reader *reader, struct node *out);

/* yaml.c: yaml_read() without the fast reader; what that one reads must be the same. For tests. */
void yaml_read_slowly(struct arena *arena, struct str text, const struct document_limits *limits,
                      struct document_stream *out);
