/* jsonpath.c - JSONPath templates: what is found stands in the document, and is the same the second time.
 *
 * The input is a template, a zero byte, and a JSON document. */

#include "doc/document.h"
#include "doc/jsonpath.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition)
{
        if (!condition)
                __builtin_trap();
}

static bool is_below(const struct node *node, const struct node *wanted)
{
        if (node == wanted)
                return true;
        value_each (&node->value, child) {
                if (is_below(child, wanted))
                        return true;
        }
        return false;
}

static bool print(struct arena *arena, const struct jsonpath *path, const struct node *root,
                  enum jsonpath_missing missing, struct buf *out)
{
        struct jsonpath_results results;
        struct err err = {0};

        if (!jsonpath_find(arena, path, root, missing, &results, &err)) {
                check(err.length > 0);
                return false;
        }
        for (size_t i = 0; i < results.list.count; i++) {
                const struct jsonpath_result *result = &results.list.items[i];

                check(!result->node || result->value == &result->node->value);
                check(i == 0 || result->group >= result[-1].group);
                if (result->node && i < 100)
                        check(is_below(root, result->node));
        }
        if (results.list.count < 1000)
                jsonpath_print(out, &results);
        return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct buf strict CLEANUP(buf_free) = {0}, lenient CLEANUP(buf_free) = {0}, again CLEANUP(buf_free) = {0};
        struct str json = {(const char *)data, size}, template;
        const struct jsonpath *path;
        struct document document;
        struct err err = {0};
        struct node root;
        bool done;

        if (!str_split(&json, '\0', &template) || utf8_check(template) < template.len)
                return 0;
        path = jsonpath_compile(&arena, template, &err);
        check(path || err.length > 0);
        if (!path || !json.data || !json_read_one(&arena, json, &document, &err))
                return 0;
        root = (struct node){.at = document.at, .value = document.root};
        print(&arena, path, &root, JSONPATH_MISSING_FAILS, &strict);
        done = print(&arena, path, &root, JSONPATH_MISSING_IS_EMPTY, &lenient);
        check(done == print(&arena, path, &root, JSONPATH_MISSING_IS_EMPTY, &again));
        check(str_equal(buf_text(&lenient), buf_text(&again)));
        check(utf8_check(buf_text(&strict)) == strict.len);
        return 0;
}
