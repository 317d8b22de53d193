/* print.h - values as JSON and YAML text.
 *
 * What JSON has no word for: bytes are base64 (RFC 4648), durations seconds ("3.5s"), timestamps RFC 3339 in UTC, doubles that
 * are no numbers "NaN", "Infinity" and "-Infinity" (all four as protobuf's JSON has them), an optional what it holds or null.
 * Maps with keys of any kind have the text of their keys. An engine's own objects, which nobody here can read, are "<opaque>".
 * Bytes that are no UTF-8 become U+FFFD, so that the output always is. */
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

/* The text of a scalar as it stands between the quotes, or instead of them: the string itself, "true", "3.5s". Nothing for
 * null, "<opaque>" for lists, maps and objects. */
void print_text(struct buf *out, const struct value *scalar);

/* A text in single quotes, as YAML has it: nothing in it is escaped but the quote, which is doubled. */
void yaml_print_single_quoted(struct buf *out, struct str text);

/* A double in its shortest form, as JavaScript and Go's encoding/json write it: 100, 0.1, 1e+21, 1e-7. */
void print_double(struct buf *out, double number);
