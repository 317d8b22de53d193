/* print.h - values as JSON and YAML text. */
#pragma once

#include "base/buf.h"
#include "doc/value.h"

/* JSON text of a string, with its quotes: ", \ and control characters escaped, everything else as it is. */
void json_print_string(struct buf *out, struct str text);

/* A value as JSON. `indent` 0: one line without spaces (members in the order of the document); otherwise so many spaces a
 * level. Doubles are printed in the shortest form that reads back the same; whole ones with ".0" left out. */
void json_print(struct buf *out, const struct value *value, unsigned indent);

/* Canonical JSON: one line, members sorted by key (byte order of their UTF-8), the same bytes for equal values. */
void json_print_canonical(struct buf *out, const struct value *value);

/* Block-style YAML that yaml_read() reads back to an equal value: strings that would resolve to something else are quoted.
 * `indent` is the column at which the text begins; the first line is not indented. Ends with a line feed. */
void yaml_print(struct buf *out, const struct value *value, unsigned indent);
