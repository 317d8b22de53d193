/* streams.h - what the tests of the YAML and JSON readers share: what was read, as text to compare. */
#pragma once

#include "doc/document.h"
#include "doc/print.h"
#include "tests.h"

typedef void reads(struct arena *arena, struct str text, const struct document_limits *limits,
                   struct document_stream *out);

static inline void add_problem(struct buf *out, struct str text, const struct document_problem *problem,
                               bool with_words)
{
        struct place place = place_in(text, problem->at);

        buf_add_format(out, "%u!%u:%u", problem->index, place.line, place.column);
        if (with_words)
                buf_add_format(out, " %.*s", STR_ARG(problem->message));
}

/* "0 {"a":1}" for a document, "1!2:3" for a problem in line 2, column 3 (and its words if wanted); a line for each, in the
 * order of the text. */
static inline void describe(struct buf *out, reads *read, struct str text, const struct document_limits *limits,
                            bool with_words)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct document_stream stream;
        size_t documents = 0, problems = 0;

        read(&arena, text, limits, &stream);
        while (documents < stream.documents.count || problems < stream.problems.count) {
                const struct document *document = &stream.documents.items[documents];
                const struct document_problem *problem = &stream.problems.items[problems];

                if (out->len)
                        buf_add_char(out, '\n');
                if (documents == stream.documents.count
                    || (problems < stream.problems.count && problem->index <= document->index)) {
                        add_problem(out, text, problem, with_words);
                        problems++;
                } else {
                        buf_add_format(out, "%u ", document->index);
                        json_print(out, &document->root, 0);
                        documents++;
                }
        }
        buf_add_char(out, '\0');
}

static inline void reads_within(reads *read, const struct document_limits *limits, struct str text, const char *wanted)
{
        struct buf out CLEANUP(buf_free) = {0};

        describe(&out, read, text, limits, false);
        if (strcmp(out.data, wanted) != 0)
                print_error("of: %.*s\n", STR_ARG(text));
        assert_string_equal(out.data, wanted);
}

static inline void reads_as(reads *read, struct str text, const char *wanted)
{
        reads_within(read, &document_default_limits, text, wanted);
}

/* The first problem, with its words. */
static inline void complains(reads *read, const char *text, const char *wanted)
{
        struct buf out CLEANUP(buf_free) = {0};

        describe(&out, read, str_of(text), &document_default_limits, true);
        if (!strstr(out.data, wanted))
                print_error("of: %s\nis: %s\nwanted: %s\n", text, out.data, wanted);
        assert_non_null(strstr(out.data, wanted));
}

/* "{a@1 b@5[@6 @9]}": where each value stands. */
static inline void add_places(struct buf *out, const struct node *node)
{
        if (node->key)
                buf_add(out, intern_text(node->key));
        buf_add_format(out, "@%u", node->at);
        if (node->value.kind != VALUE_LIST && node->value.kind != VALUE_MAP)
                return;
        buf_add_char(out, node->value.kind == VALUE_LIST ? '[' : '{');
        value_each (&node->value, inner) {
                if (inner != value_nodes(&node->value))
                        buf_add_char(out, ' ');
                add_places(out, inner);
        }
        buf_add_char(out, node->value.kind == VALUE_LIST ? ']' : '}');
}

/* The places of everything in the first document, which must be without problems. */
static inline void stands_at(reads *read, const char *text, const char *wanted)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct buf out CLEANUP(buf_free) = {0};
        struct document_stream stream;

        read(&arena, str_of(text), &document_default_limits, &stream);
        assert_int_equal(stream.problems.count, 0);
        assert_true(stream.documents.count > 0);
        add_places(&out, &(struct node){.at = stream.documents.items[0].at, .value = stream.documents.items[0].root});
        buf_add_char(&out, '\0');
        if (strcmp(out.data, wanted) != 0)
                print_error("of: %s\n", text);
        assert_string_equal(out.data, wanted);
}
