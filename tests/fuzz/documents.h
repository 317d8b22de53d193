/* documents.h - what must hold for whatever was read, be it YAML or JSON. */
#pragma once

#include "doc/document.h"
#include "doc/print.h"

static const struct document_limits fuzz_limits = {
        .depth = 64, .nodes = 20000, .line_bytes = 4096, .scalar_bytes = 8192, .text_bytes = 1 << 20};

static void must(bool holds)
{
        if (!holds)
                __builtin_trap();
}

static void must_be_text(struct str text)
{
        must(utf8_check(text) == text.len);
}

static void must_be_sound(struct str text, const struct value *value, unsigned depth)
{
        must(value->kind <= VALUE_MAP && value->kind != VALUE_BYTES && depth <= fuzz_limits.depth);
        if (value->kind == VALUE_STRING)
                must_be_text(value_text(value));
        if (value->kind == VALUE_DOUBLE)
                must(value->d - value->d == 0);
        if (value->kind == VALUE_UINT)
                must(value->u > INT64_MAX);
        value_each (value, node) {
                must(node->at <= text.len);
                must((node->key != 0) == (value->kind == VALUE_MAP));
                if (node->key) {
                        must_be_text(intern_text(node->key));
                        must(value_node(value, node->key) == node); /* no key twice */
                }
                must_be_sound(text, &node->value, depth + 1);
        }
}

/* What is printed reads back as the same. */
static void must_read_back(struct arena *arena, const struct value *value)
{
        struct buf json CLEANUP(buf_free) = {0}, yaml CLEANUP(buf_free) = {0};
        struct document again;
        struct err err = {0};

        json_print(&json, value, 0);
        must(json_read_one(arena, buf_text(&json), &again, &err) && value_equal(value, &again.root));
        yaml_print(&yaml, value, 0);
        must(yaml_read_one(arena, buf_text(&yaml), &again, &err) && value_equal(value, &again.root));
}

static void must_be_a_stream(struct arena *arena, struct str text, const struct document_stream *stream)
{
        for (size_t i = 0; i < stream->documents.count; i++) {
                const struct document *document = &stream->documents.items[i];

                must(document->begin <= document->at && document->at <= document->end && document->end <= text.len);
                must(i == 0 || document->index > document[-1].index);
                must(i == 0 || document->begin >= document[-1].end);
                must_be_sound(text, &document->root, 0);
                must_read_back(arena, &document->root);
        }
        for (size_t i = 0; i < stream->problems.count; i++) {
                const struct document_problem *problem = &stream->problems.items[i];

                must(problem->at <= text.len && problem->message.len);
                must(!memchr(problem->message.data, '\n', problem->message.len));
                must_be_text(problem->message);
                for (size_t j = 0; j < stream->documents.count; j++)
                        must(stream->documents.items[j].index != problem->index);
        }
}
