/* json_writer.h - JSON documents written from top to bottom, two spaces a level.
 *
 * The caller says what stands there, in order; commas, line ends and indentation come by themselves:
 *
 *     json_begin(&writer, '{');
 *     json_key(&writer, "line");
 *     json_number(&writer, 12);
 *     json_end(&writer, '}');
 */
#pragma once

#include "base/buf.h"
#include "doc/value.h"

struct json_writer {
        struct buf *out;
        unsigned depth;
        bool filled;  /* something stands in the innermost list or map already */
        bool keyed;   /* a key was written that waits for its value */
        bool in_line; /* everything stands in one line */
};

/* A document: a map with "schema" as its first member. */
struct json_writer json_document(struct buf *out, const char *schema);
void json_document_end(struct json_writer *writer);

void json_begin(struct json_writer *writer, char bracket);
void json_end(struct json_writer *writer, char bracket);

/* Keys are Strake's own words: nothing in them is escaped. */
void json_key(struct json_writer *writer, const char *key);

/* What is no UTF-8 in the text becomes U+FFFD. */
void json_text(struct json_writer *writer, struct str text);
void json_number(struct json_writer *writer, uint64_t number);
void json_bool(struct json_writer *writer, bool boolean);
void json_value(struct json_writer *writer, const struct value *value);

/* Where the caller writes the text of a value itself. */
struct buf *json_raw(struct json_writer *writer) NONNULL_RESULT;

/* A member that is a list or map, which json_end() closes, or one that is empty; a list of texts; a text, a number, a boolean. */
void json_member_begin(struct json_writer *writer, const char *key, char bracket);
void json_member_empty(struct json_writer *writer, const char *key, const char *brackets);
void json_member_texts(struct json_writer *writer, const char *key, const struct str *texts, size_t count);
void json_member(struct json_writer *writer, const char *key, struct str text);
void json_member_number(struct json_writer *writer, const char *key, uint64_t number);
void json_member_bool(struct json_writer *writer, const char *key, bool boolean);

/* The same, but nothing at all if the text is empty. */
void json_member_if(struct json_writer *writer, const char *key, struct str text);
