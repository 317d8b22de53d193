/* language.h - what the readers of the language ecosystems' files have in common. */
#pragma once

#include "doc/document.h"
#include "image/package/formats.h"

/* A member of a map by its name; NULL if it is not there, or `map` is NULL or no map. */
const struct value *language_get(const struct value *map, const char *key);
const struct node *language_node(const struct value *map, const char *key);

/* The text of a member; empty if it is not there or no text. */
struct str language_text(const struct value *map, const char *key);

/* Reads a whole file as one JSON or YAML document whose root is a map. Values live in the scratch arena. */
bool language_json(struct arena *scratch, struct str text, struct document *out, struct err *err);
bool language_yaml(struct arena *scratch, struct str text, struct document *out, struct err *err);

/* The text of a scalar as it stands in the file: YAML reads 1.10 as a number. Empty for lists and maps. */
struct str language_scalar(struct str text, const struct node *node);

/* Adds a package of a type, name and version. A package without a name becomes a problem of the file. */
bool language_add(struct package_sink *sink, const char *type, struct str name, struct str version, unsigned flags,
                  struct err *err);
bool language_add_licensed(struct package_sink *sink, const struct package *package, const struct value *license,
                           struct err *err);

/* "name@version" and "@scope/name@version" at the first '@' behind the first letter. False where there is none. */
bool language_split_at(struct str text, struct str *name, struct str *version);

/* Without one pair of quotes around it. */
struct str language_unquote(struct str text);

/* How far a line is set in. */
size_t language_indent(struct str line);

/* What stands before the first of some bytes; the whole text where there is none. */
struct str language_before(struct str text, const char *any);
