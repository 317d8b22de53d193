/* rule_reader.h - what the files that read a rule share: tables of fields, and errors with their place. */
#pragma once

#include "rulebook/internal.h"

struct rule_reader {
        struct arena *arena;
        struct str text;
        struct rule_text *rule;
        struct origin *origin; /* NULL: nobody asks */
        struct err *err;
};

/* A field of one of the maps of the format, and the function that reads it. */
struct field {
        struct str name;
        bool required;
        bool (*read)(struct rule_reader *reader, const struct node *node, void *out);
};

/* Sets the reader's error, with the place of the node. False. */
bool rule_wrong(struct rule_reader *reader, const struct node *node, const char *format, ...) PRINTF_LIKE(3, 4);

/* The node of a member's key, for messages about it. */
struct node rule_key_of(const struct rule_reader *reader, const struct node *member);

/* Reads a map by its table. `of` is what its members are called: "field of a rule". */
bool rule_read_fields(struct rule_reader *reader, const struct node *map, const char *of, const struct field *fields,
                      size_t count, void *out);

/* Each reads one kind of value into `out`; false with the reader's error if it is another. */
bool rule_read_text(struct rule_reader *reader, const struct node *node, void *out); /* struct str, not empty */
bool rule_read_line(struct rule_reader *reader, const struct node *node, void *out); /* and of one line */
bool rule_read_flag(struct rule_reader *reader, const struct node *node, void *out); /* bool */
bool rule_read_message(struct rule_reader *reader, const struct node *node,
                       void *out); /* struct str with {CEL} in it */
bool rule_read_pointer(struct rule_reader *reader, const struct node *node, void *out); /* struct rule_place */
bool rule_read_pointer_text(struct rule_reader *reader, const struct node *node, struct str text,
                            struct rule_place *place);

/* Whether it is a list with something in it; `of` says of what. */
bool rule_read_list(struct rule_reader *reader, const struct node *node, const char *of);

/* A value as JSON. */
struct str rule_as_json(struct arena *arena, const struct value *value);

/* The `fix` of a rule: into `out`, a struct rule_text (rule_read_fix.c). */
bool rule_read_fix(struct rule_reader *reader, const struct node *node, void *out);
