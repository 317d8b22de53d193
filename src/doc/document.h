/* document.h - reading text into values: what YAML and JSON have in common.
 *
 * A stream holds several documents. What cannot be read becomes a problem with its place, and what stands before and after it
 * is still read wherever the format allows. Nothing is passed over in silence. */
#pragma once

#include "base/err.h"
#include "base/vec.h"
#include "doc/source.h"
#include "doc/value.h"

struct document {
        struct value root;
        uint32_t at;         /* where the root stands */
        uint32_t index;      /* counts every part of the stream that is not empty, from 0, those with problems too */
        uint32_t begin, end; /* the bytes of the stream that the document takes, its `---` line not among them */
};

enum document_problem_kind {
        DOCUMENT_WRONG,     /* no YAML, or no JSON */
        DOCUMENT_TOO_LARGE, /* beyond a limit: deeper, longer, or with more values and aliases than a reader accepts */
};

struct document_problem {
        enum document_problem_kind kind;
        uint32_t at;        /* byte offset in the text */
        uint32_t index;     /* of the document that has it */
        struct str message; /* what is wrong and what to do, one line, without the place */
};

struct document_stream {
        VEC(struct document) documents;
        VEC(struct document_problem) problems; /* in the order of their places */
};

/* What a reader accepts. Input beyond is a problem, not a crash. */
struct document_limits {
        uint32_t depth;      /* nested lists and maps */
        uint32_t nodes;      /* values in one document, aliases expanded */
        uint32_t line_bytes; /* of one line of YAML */
        uint32_t scalar_bytes;
        uint64_t text_bytes; /* of the whole text */
        bool repeated_keys;  /* a key may stand twice in a map: what is read last counts */
};

/* depth 512, nodes 20 million, line 4 MiB, scalar 64 MiB, text 1 GiB - 1 */
extern const struct document_limits document_default_limits;

/* Reads YAML 1.1 as Kubernetes reads it (sigs.k8s.io/yaml): scalars resolved by YAML 1.1, merge keys, keys as text. JSON is
 * read too, being YAML. Values and problems go to the arena; strings may point into `text`. */
void yaml_read(struct arena *arena, struct str text, const struct document_limits *limits, struct document_stream *out);

/* Where a stream may be cut in two, at or behind an offset: both parts read as they do in the whole, unless one of them has a
 * problem. The length of the text if nowhere. */
size_t yaml_cut(struct str text, size_t at);

/* Reads the part of a stream between two cuts, or between one and an end of the text. Places are counted from the begin of the
 * text, documents from that of the part. */
void yaml_read_part(struct arena *arena, struct str text, size_t begin, size_t end,
                    const struct document_limits *limits, struct document_stream *out);

/* Reads JSON (RFC 8259): one document, or several one after the other. A key that stands twice is a problem. */
void json_read(struct arena *arena, struct str text, const struct document_limits *limits, struct document_stream *out);

/* Reads text that may be JSON, or YAML, in braces or not. Returns whether it is JSON. */
bool document_read(struct arena *arena, struct str text, struct document_stream *out);

/* Reads text that holds exactly one document, or says in `err`, with line and column, why not. */
bool yaml_read_one(struct arena *arena, struct str text, struct document *out, struct err *err);
bool json_read_one(struct arena *arena, struct str text, struct document *out, struct err *err);

/* The same of JSON that others wrote for their own programs, which take more than RFC 8259 has: of a key that stands twice what is
 * read last counts, and bytes that are no UTF-8 become U+FFFD. */
bool json_read_one_freely(struct arena *arena, struct str text, struct document *out, struct err *err);
