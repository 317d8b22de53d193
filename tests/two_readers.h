/* two_readers.h - whether the fast reader of YAML and the other one read the same out of a text. */
#pragma once

#include "doc/yaml_internal.h"

static inline bool same_value(const struct value *a, const struct value *b);

static inline bool same_nodes(const struct value *a, const struct value *b)
{
        for (uint32_t i = 0; i < a->len; i++) {
                if (a->nodes[i].key != b->nodes[i].key || a->nodes[i].at != b->nodes[i].at
                    || !same_value(&a->nodes[i].value, &b->nodes[i].value))
                        return false;
        }
        return true;
}

/* Not only equal: of the same kind, with the same flags, the parts at the same places. */
static inline bool same_value(const struct value *a, const struct value *b)
{
        if (a->kind != b->kind || a->flags != b->flags || a->tag != b->tag || a->len != b->len)
                return false;
        switch ((enum value_kind)a->kind) {
        case VALUE_LIST:
        case VALUE_MAP:
                return same_nodes(a, b);
        case VALUE_STRING:
                return str_equal(value_text(a), value_text(b));
        default:
                return a->u == b->u;
        }
}

static inline bool same_document(const struct document *a, const struct document *b)
{
        return a->at == b->at && a->index == b->index && a->begin == b->begin && a->end == b->end
               && same_value(&a->root, &b->root);
}

static inline bool same_problem(const struct document_problem *a, const struct document_problem *b)
{
        return a->kind == b->kind && a->at == b->at && a->index == b->index && str_equal(a->message, b->message);
}

/* NULL, or what differs. */
static inline const char *differing(const struct document_stream *a, const struct document_stream *b)
{
        if (a->problems.count != b->problems.count)
                return "the number of problems";
        for (size_t i = 0; i < a->problems.count; i++) {
                if (!same_problem(&a->problems.items[i], &b->problems.items[i]))
                        return "a problem";
        }
        if (a->documents.count != b->documents.count)
                return "the number of documents";
        for (size_t i = 0; i < a->documents.count; i++) {
                if (!same_document(&a->documents.items[i], &b->documents.items[i]))
                        return "a document";
        }
        return NULL;
}

/* NULL, or in what reading a text with both readers differs from reading it with the slow one alone. */
static inline const char *readers_differ(struct arena *arena, struct str text, const struct document_limits *limits)
{
        struct document_stream both, slow;

        yaml_read(arena, text, limits, &both);
        yaml_read_slowly(arena, text, limits, &slow);
        return differing(&both, &slow);
}

/* How many bytes from the begin of a text the fast reader takes before it meets something for the other. */
static inline size_t fast_bytes(struct arena *arena, struct str text, const struct document_limits *limits)
{
        struct reading reading;
        struct fast fast = {0};
        struct document_stream stream;
        size_t from = str_starts(text, STR("\xEF\xBB\xBF")) ? 3 : 0;

        if (reading_begin(&reading, arena, text, limits, &stream)) {
                fast_begin(&fast, &reading, from);
                fast_read(&fast, &from);
                fast_end(&fast);
        }
        reading_end(&reading);
        return from;
}
