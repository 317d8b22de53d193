/* Tests of doc/value.c. */

#include "doc/value.h"

#include <stdio.h>

#include "tests.h"

static void members_are_found(void **state)
{
        for (size_t count = 0; count < 60; count++) {
                struct arena arena CLEANUP(arena_free) = {0};
                struct node nodes[60] = {0};
                struct value map;

                for (size_t i = 0; i < count; i++) {
                        char name[20];
                        int len = snprintf(name, sizeof(name), "member-%zu", (i * 37) % count);

                        nodes[i] = (struct node){intern((struct str){name, (size_t)len}), (uint32_t)i,
                                                 value_int((int64_t)i)};
                }
                map = value_map(&arena, nodes, count);
                assert_int_equal((map.flags & VALUE_INDEXED) != 0, count > VALUE_SCAN_LIMIT);
                assert_int_equal(value_count(&map), count);
                for (size_t i = 0; i < count; i++) {
                        /* 37 and the count may have a common factor: then names repeat, which maps must not */
                        if (count % 37 == 0 && count)
                                break;
                        assert_int_equal(value_node(&map, nodes[i].key)->at, i);
                        assert_int_equal(map.nodes[i].key, nodes[i].key);
                }
                assert_null(value_node(&map, intern(STR("absent"))));
        }
}

static void nothing_has_no_members(void **state)
{
        struct value text = value_string(STR("x")), list = value_list(NULL, 0);

        assert_null(value_node(NULL, 1));
        assert_null(value_get(&text, 1));
        assert_null(value_item(&list, 0));
        assert_null(value_item(&text, 0));
        assert_null(value_item(NULL, 0));
        assert_null(value_nodes(&text));
        assert_int_equal(value_count(NULL), 0);
        assert_int_equal(value_get_text(NULL, 1).len, 0);
        value_each (NULL, node)
                fail_msg("%p", (const void *)node);
}

static void texts_of_members(void **state)
{
        struct arena arena CLEANUP(arena_free) = {0};
        uint32_t a = intern(STR("a")), b = intern(STR("b"));
        struct node nodes[] = {{a, 0, value_string(STR("x"))}, {b, 1, value_int(1)}};
        struct value map = value_map(&arena, nodes, 2);

        assert_true(str_is(value_get_text(&map, a), "x"));
        assert_ptr_equal(value_member(&map, "b"), value_get(&map, b));
        assert_null(value_member(&map, "never interned anywhere"));
        assert_null(value_member(NULL, "a"));
        assert_true(str_is(value_member_text(&map, "a"), "x"));
        assert_int_equal(value_member_text(&map, "b").len, 0);
        assert_int_equal(value_get_text(&map, b).len, 0);
        assert_true(value_is_text(value_get(&map, a), "x"));
        assert_false(value_is_text(value_get(&map, b), "x"));
        assert_false(value_is_true(value_get(&map, b)));
}

static void equal_scalars(void **state)
{
        const struct {
                struct value a, b;
                bool equal;
        } cases[] = {
                {VALUE_OF_NULL, VALUE_OF_NULL, true},
                {VALUE_OF_NULL, value_bool(false), false},
                {value_bool(true), value_bool(true), true},
                {value_bool(true), value_bool(false), false},
                {value_bool(true), value_int(1), false},
                {value_int(1), value_double(1), true},
                {value_int(0), value_double(-0.0), true},
                {value_int(1), value_double(1.5), false},
                {value_int(-1), value_uint(UINT64_MAX), false},
                {value_uint(UINT64_MAX), value_uint(UINT64_MAX), true},
                {value_string(STR("a")), value_string(STR("a")), true},
                 {value_string(STR("a")), value_string(STR("b")), false},
                  {value_string(STR("")), value_string((struct str){0}), true},
                   {value_string(STR("1")), value_int(1), false},
                    {value_string(STR("a")), {.kind = VALUE_BYTES, .text = "a", .len = 1}, false},
                   };

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                assert_int_equal(value_equal(&cases[i].a, &cases[i].b), cases[i].equal);
                assert_int_equal(value_equal(&cases[i].b, &cases[i].a), cases[i].equal);
        }
}

static void equal_lists_and_maps(void **state)
{
        struct arena arena CLEANUP(arena_free) = {0};
        uint32_t a = intern(STR("a")), b = intern(STR("b"));
        struct node ab[] = {{a, 0, value_int(1)}, {b, 0, value_int(2)}},
                    ba[] = {{b, 9, value_int(2)}, {a, 9, value_int(1)}},
                    other[] = {{a, 0, value_int(1)}, {b, 0, value_int(3)}};
        struct value first = value_map(&arena, ab, 2), second = value_map(&arena, ba, 2),
                     third = value_map(&arena, other, 2), fewer = value_map(&arena, ab, 1), list = value_list(ab, 2),
                     turned = value_list(ba, 2);

        assert_true(value_equal(&first, &second));
        assert_false(value_equal(&first, &third));
        assert_false(value_equal(&first, &fewer));
        assert_false(value_equal(&first, &list));
        assert_true(value_equal(&list, &list));
        assert_false(value_equal(&list, &turned));
}

static void names_of_kinds(void **state)
{
        struct value value = VALUE_OF_NULL;

        assert_string_equal(value_kind_name(&value), "null");
        assert_string_equal(value_kind_name(NULL), "nothing");
        for (value.kind = 0; value.kind <= VALUE_ERROR; value.kind++)
                assert_non_null(value_kind_name(&value));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(members_are_found),    cmocka_unit_test(nothing_has_no_members),
                cmocka_unit_test(texts_of_members),     cmocka_unit_test(equal_scalars),
                cmocka_unit_test(equal_lists_and_maps), cmocka_unit_test(names_of_kinds),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
