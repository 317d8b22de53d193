/* apply.c - two states of an object, and what the server says of who set what: whatever is sent is about the same object, and laid over the first
 * state it says what the second does, but for what was taken away. Three documents of JSON: before, after, live. */

#include "doc/document.h"
#include "doc/key.h"
#include "kube/apply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
        if (!holds)
                __builtin_trap();
}

static bool has_null(const struct value *value)
{
        bool found = value->kind == VALUE_NULL;

        value_each (value, item)
                found |= has_null(&item->value);
        return found;
}

/* A null that was there before is no removal, so only states without any say something. */
static void must_become(struct arena *arena, const struct value *before, const struct value *after,
                        const struct value *sent)
{
        struct value become = apply_overlay(arena, before, sent);

        if (has_null(before) || has_null(after) || has_null(sent))
                return;
        become = apply_in_order(arena, &become, after);
        must(value_equal(&become, after));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct arena arena = {0};
        struct document_stream stream = {0};
        const struct document *documents;
        struct value sent, owned;
        struct err err = {0};

        json_read(&arena, (struct str){(const char *)data, size}, &document_default_limits, &stream);
        documents = stream.documents.items;
        if (stream.documents.count == 3 && documents[0].root.kind == VALUE_MAP && documents[1].root.kind == VALUE_MAP) {
                owned = apply_owned(&arena, &documents[2].root, STR("strake"));
                if (apply_difference(&arena, &documents[0].root, &documents[1].root, true, &sent, &err)) {
                        must(value_is(value_get(&sent, KEY_metadata), VALUE_MAP));
                        must_become(&arena, &documents[0].root, &documents[1].root, &sent);
                        sent = apply_overlay(&arena, &owned, &sent);
                        apply_in_order(&arena, &sent, &documents[2].root);
                } else {
                        must(err.length);
                }
        }
        arena_free(&arena);
        return 0;
}
