/* edit.c - patches of texts: whatever edit_plan() lets through says what the patch makes of the document, and leaves every byte
 * around its document as it was.
 *
 * The input is a text, a zero byte, and what a patch is made from: each two bytes choose a node and what to do to it, so that
 * most steps name something that is there. */

#include "doc/edit.h"
#include "doc/pointer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_STEPS = 8 };

static void check(bool condition)
{
        if (!condition)
                __builtin_trap();
}

/* ---- A patch from bytes ---- */

struct choice {
        struct arena *arena;
        struct buf path;
        size_t left; /* how many nodes to go on for */
};

/* The path of the node with a number, in the order of the document. */
static bool find_path(struct choice *choice, const struct value *value)
{
        size_t len = choice->path.len;
        uint32_t index = 0;

        if (choice->left-- == 0)
                return true;
        value_each (value, node) {
                struct str name = node->key ? intern_text(node->key) : str_format(choice->arena, "%u", index);

                pointer_add(&choice->path, name);
                if (find_path(choice, &node->value))
                        return true;
                choice->path.len = len;
                index++;
        }
        return false;
}

static size_t count_nodes(const struct value *value)
{
        size_t count = 1;

        value_each (value, node)
                count += count_nodes(&node->value);
        return count;
}

static struct value value_from(struct arena *arena, uint8_t byte)
{
        static const char *const values[] = {
                "1",
                "\"text\"",
                "null",
                "{}",
                "[]",
                "true",
                "\"yes\"",
                "\"a: b\"",
                "\"one\\ntwo\\n\"",
                "{\"x\": 1}",
                "[1]",
                "{\"a\": {\"b\": [\"c\", {\"d\": 1}]}, \"e\": \"f\"}",
                "[[1, 2], [], {\"x\": [3]}]",
                "\"it's\"",
                "\"\"",
                "\"a, b\"",
                "\"\\n x\"",
                "1.5",
                "\"# x\"",
                "\"<<\"",
                "[{\"a\": \"x\\n\\ny\"}]",
                "\"\\u0001\"",
                "\"a\\n\\n\"",
        };
        struct document document;
        struct err err = {0};

        check(json_read_one(arena, str_of(values[byte % COUNT_OF(values)]), &document, &err));
        return document.root;
}

static struct str name_from(uint8_t byte)
{
        static const char *const names[] = {"new", "-", "0", "a", "1", "yes", "a b", "x: y", "<<", "", "~1"};

        return str_of(names[byte % COUNT_OF(names)]);
}

/* What a step does: the lower bits the operation, the upper ones the value. */
static struct patch_step step_from(struct arena *arena, const struct value *root, uint8_t where, uint8_t what)
{
        static const enum patch_op ops[] = {PATCH_ADD, PATCH_REPLACE, PATCH_REMOVE, PATCH_ADD, PATCH_TEST};
        struct patch_step step = {.op = ops[what % COUNT_OF(ops)], .value = value_from(arena, what / 5)};
        struct choice choice = {.arena = arena, .left = where % count_nodes(root)};

        find_path(&choice, root);
        if (what % COUNT_OF(ops) == 3)
                pointer_add(&choice.path, name_from((uint8_t)(what / 5)));
        step.path = str_copy(arena, buf_text(&choice.path));
        buf_free(&choice.path);
        return step;
}

/* Steps that can all be done, one after the other. */
static struct patch patch_from(struct arena *arena, const struct value *root, struct str bytes)
{
        struct patch_step *steps = arena_array(arena, struct patch_step, MOST_STEPS);
        struct value value = *root, next;
        size_t count = 0;

        for (size_t i = 0; i + 1 < bytes.len && count < MOST_STEPS; i += 2) {
                struct err err = {0};

                steps[count] = step_from(arena, &value, (uint8_t)bytes.data[i], (uint8_t)bytes.data[i + 1]);
                if (patch_apply(arena, &value, &(struct patch){&steps[count], 1}, &next, &err)) {
                        value = next;
                        count++;
                }
        }
        return (struct patch){steps, count};
}

/* ---- What has to hold ---- */

static bool is_json(struct arena *arena, struct str text, struct document_stream *stream)
{
        struct str trimmed = str_trim(str_starts(text, STR("\xef\xbb\xbf")) ? str_from(text, 3) : text);

        *stream = (struct document_stream){0};
        if (!trimmed.len || (trimmed.data[0] != '{' && trimmed.data[0] != '['))
                return false;
        json_read(arena, text, &document_default_limits, stream);
        return !stream->problems.count;
}

static void read_stream(struct arena *arena, struct str text, bool json, struct document_stream *stream)
{
        *stream = (struct document_stream){0};
        if (json)
                json_read(arena, text, &document_default_limits, stream);
        else
                yaml_read(arena, text, &document_default_limits, stream);
}

static void check_edit(struct arena *arena, struct str text, bool json, const struct document_stream *stream,
                       size_t number, const struct patch *patch)
{
        const struct document *document = &stream->documents.items[number];
        struct buf out CLEANUP(buf_free) = {0};
        struct document_stream now;
        struct text_edits edits;
        struct value wanted;
        struct err err = {0};

        if (!edit_plan(arena, text, document->index, patch, &edits, &err)) {
                check(err.length && !edits.edits.count);
                return;
        }
        check(patch_apply(arena, &document->root, patch, &wanted, &err));
        for (size_t i = 0; i < edits.edits.count; i++) {
                check(edits.edits.items[i].begin >= (i ? edits.edits.items[i - 1].end : document->begin));
                check(edits.edits.items[i].end <= document->end);
        }
        edit_apply(text, &edits, &out);
        read_stream(arena, buf_text(&out), json, &now);
        check(now.documents.count == stream->documents.count && now.problems.count == stream->problems.count);
        for (size_t i = 0; i < now.documents.count; i++)
                check(value_equal(&now.documents.items[i].root,
                                  i == number ? &wanted : &stream->documents.items[i].root));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct str rest = {(const char *)data, size}, text;
        struct document_stream stream;
        bool json;

        if (!str_split(&rest, '\0', &text) || !rest.len || utf8_check(text) < text.len)
                return 0;
        json = is_json(&arena, text, &stream);
        if (!json)
                read_stream(&arena, text, false, &stream);
        for (size_t i = 0; i < stream.documents.count && i < 3; i++) {
                const struct value *root = &stream.documents.items[i].root;
                struct patch patch;

                if (!value_equal(root, root) || count_nodes(root) > 2000)
                        continue; /* not even equal to itself: it holds a .nan */
                patch = patch_from(&arena, root, rest);
                check_edit(&arena, text, json, &stream, i, &patch);
        }
        return 0;
}
