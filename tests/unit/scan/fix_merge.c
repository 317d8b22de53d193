/* Patches of one document: which go together, and what they come to. */

#include "scan/fix_merge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "doc/document.h"
#include "doc/print.h"

/* A test does not need the state that cmocka hands it. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

static struct arena arena;

static struct value value_of(const char *yaml)
{
        struct document document;
        struct err err = {0};

        assert_true(yaml_read_one(&arena, str_of(yaml), &document, &err));
        return document.root;
}

/* `patches` is a list of lists of steps; `taken` has a 1 or 0 for each. */
static void expect(const char *document, const char *patches, const char *taken, const char *wanted)
{
        struct value before = value_of(document), list = value_of(patches), after, right = value_of(wanted);
        const struct patch *pointers[16];
        struct patch read[16], merged;
        struct err err = {0};
        bool is_taken[16];

        for (uint32_t i = 0; i < list.len; i++) {
                assert_true(patch_read(&arena, &list.nodes[i].value, &read[i], &err));
                pointers[i] = &read[i];
        }
        fix_merge(&arena, &before, pointers, list.len, is_taken, &merged);
        for (uint32_t i = 0; i < list.len; i++)
                assert_int_equal(is_taken[i], taken[i] == '1');
        assert_true(patch_apply(&arena, &before, &merged, &after, &err));
        assert_true(value_equal(&after, &right));
}

static void parents_are_shared(void **state)
{
        expect("{a: {}}",
               "[[{op: add, path: /a/c, value: {x: 1}}], [{op: add, path: /a/c, value: {y: {z: 2}}}],"
               " [{op: add, path: /a/c, value: {y: {w: 3}}}], [{op: add, path: /a/c, value: {x: 1}}]]",
               "1111", "{a: {c: {x: 1, y: {z: 2, w: 3}}}}");
        expect("{a: null}", "[[{op: replace, path: /a, value: {x: 1}}], [{op: replace, path: /a, value: {y: 2}}]]",
               "11", "{a: {x: 1, y: 2}}");
}

static void contradictions_wait(void **state)
{
        expect("{a: 1}", "[[{op: replace, path: /a, value: 2}], [{op: replace, path: /a, value: 3}]]", "10", "{a: 2}");
        expect("{a: {}}",
               "[[{op: add, path: /a/x, value: {y: 1}}], [{op: add, path: /b, value: 1}, {op: add, path: /a/x, value: "
               "{y: 2}}]]",
               "10", "{a: {x: {y: 1}}}");
        expect("{a: {b: 1}}", "[[{op: remove, path: /a}], [{op: replace, path: /a/b, value: 2}]]", "10", "{}");
        expect("{a: {b: 1}}", "[[{op: replace, path: /a/b, value: 2}], [{op: remove, path: /a}]]", "10", "{a: {b: 2}}");
        expect("{a: {b: 1}}", "[[{op: replace, path: /a/b, value: 2}], [{op: replace, path: /c, value: 2}]]", "10",
               "{a: {b: 2}}");
}

static void items_go_from_behind(void **state)
{
        expect("{a: [0, 1, 2, 3], b: 1, c: [[5, 6], 7]}",
               "[[{op: remove, path: /a/1}], [{op: remove, path: /a/3}], [{op: remove, path: /a/1}],"
               " [{op: replace, path: /a/2, value: 9}], [{op: remove, path: /b}], [{op: remove, path: /c/0/0}], [{op: "
               "remove, path: /c/1}]]",
               "1111111", "{a: [0, 9], c: [[6]]}");
}

static void items_of_a_list_are_merged_by_themselves(void **state)
{
        expect("{items: [{a: 1, b: [1, 2]}, {a: 1}]}",
               "[[{op: replace, path: /items/0/a, value: 2}], [{op: add, path: /items/1/c, value: {x: 1}}],"
               " [{op: add, path: /items/1/c, value: {y: 1}}], [{op: remove, path: /items/0/b/0}],"
               " [{op: add, path: /items/0/d, value: 1}, {op: replace, path: /items/0/a, value: 3}],"
               " [{op: add, path: /k, value: 1}], [{op: add, path: /items/7/c, value: 1}]]",
               "1111010", "{k: 1, items: [{a: 2, b: [2]}, {a: 1, c: {x: 1, y: 1}}]}");
}

static void what_is_odd_is_made_by_itself(void **state)
{
        const char *insert = "[[{op: add, path: /a/0, value: 8}], [{op: add, path: /a/0, value: 9}]]";

        expect("{a: [1]}", insert, "10", "{a: [8, 1]}");
        expect("{a: [1], b: 1}", "[[{op: add, path: /a/0, value: 8}], [{op: replace, path: /b, value: 9}]]", "01",
               "{a: [1], b: 9}");
        expect("{a: [1, 2, 3]}", "[[{op: remove, path: /a/0}, {op: remove, path: /a/0}]]", "1", "{a: [3]}");
        expect("{a: 1}", "[[{op: move, from: /a, path: /b}]]", "1", "{b: 1}");
}

static void nothing_gives_nothing(void **state)
{
        expect("{a: 1}", "[]", "", "{a: 1}");
        expect("{a: 1}", "[[{op: replace, path: /a, value: 1}]]", "1", "{a: 1}");
}

static int drop(void **state)
{
        arena_free(&arena);
        return 0;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_teardown(parents_are_shared, drop),
                cmocka_unit_test_teardown(contradictions_wait, drop),
                cmocka_unit_test_teardown(items_go_from_behind, drop),
                cmocka_unit_test_teardown(items_of_a_list_are_merged_by_themselves, drop),
                cmocka_unit_test_teardown(what_is_odd_is_made_by_itself, drop),
                cmocka_unit_test_teardown(nothing_gives_nothing, drop),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
