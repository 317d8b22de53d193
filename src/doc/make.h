/* make.h - values that stand in no text: maps and lists put together member by member.
 *
 *     struct value_maker maker = {.arena = arena};
 *     make_text(&maker, "name", name);
 *     make_number(&maker, "size", size);
 *     return make_map(&maker);
 *
 * Members come in the order in which they were added; the caller adds none twice. Places are 0. */
#pragma once

#include "base/str.h"
#include "base/vec.h"
#include "doc/value.h"

struct value_maker {
        struct arena *arena;
        VEC(struct node) nodes;
};

/* A member of a map. */
void make_member(struct value_maker *maker, const char *key, struct value value);

/* The same of a text that may hold any bytes, see make_string(). */
void make_text(struct value_maker *maker, const char *key, struct str text);
void make_number(struct value_maker *maker, const char *key, uint64_t number);
void make_bool(struct value_maker *maker, const char *key, bool boolean);

/* The same, but nothing is added for an empty text. */
void make_text_if(struct value_maker *maker, const char *key, struct str text);

/* A member whose key is any text. */
void make_named(struct value_maker *maker, struct str key, struct value value);

/* An item of a list. */
void make_item(struct value_maker *maker, struct value value);

/* What was added, as a map or a list, which takes over the memory. The maker is empty afterwards and can be used again. */
struct value make_map(struct value_maker *maker);
struct value make_list(struct value_maker *maker);

/* A text as a value, which has only UTF-8: bytes that are none become U+FFFD, then in the arena. */
struct value make_string(struct arena *arena, struct str text);

/* A number that may be larger than an int. */
struct value make_unsigned(uint64_t number);

/* The same value with nothing in common: all of it lies in the arena. Of what documents have (value.h). */
struct value make_copy(struct arena *arena, const struct value *value);
