/* Tests of doc/pointer.c: RFC 6901, its examples and its limits. */

#include "doc/pointer.h"

#include "doc/document.h"
#include "tests.h"

static struct arena arena;

/* The document of RFC 6901, section 5. */
static struct node rfc_document(void)
{
        static const char text[] =
                "{\"foo\": [\"bar\", \"baz\"], \"\": 0, \"a/b\": 1, \"c%d\": 2, \"e^f\": 3, \"g|h\": 4,"
                " \"i\\\\j\": 5, \"k\\\"l\": 6, \" \": 7, \"m~n\": 8}";
        struct document document;
        struct err err = {0};

        if (!json_read_one(&arena, STR(text), &document, &err))
                fail_msg("%s", err.text);
        return (struct node){.at = document.at, .value = document.root};
}

static void examples_of_the_rfc(void **state)
{
        static const struct {
                const char *pointer;
                int64_t number;
        } cases[] = {{"/", 0},     {"/a~1b", 1}, {"/c%d", 2}, {"/e^f", 3}, {"/g|h", 4},
                     {"/i\\j", 5}, {"/k\"l", 6}, {"/ ", 7},   {"/m~0n", 8}};
        struct node root = rfc_document();
        const struct node *found;

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                found = pointer_find(&root, str_of(cases[i].pointer), NULL);
                if (!found || found->value.kind != VALUE_INT || found->value.i != cases[i].number)
                        fail_msg("%s", cases[i].pointer);
        }
        assert_ptr_equal(pointer_find(&root, STR(""), NULL), &root);
        found = pointer_find(&root, STR("/foo"), NULL);
        assert_non_null(found);
        assert_int_equal(found->value.kind, VALUE_LIST);
        found = pointer_find(&root, STR("/foo/0"), NULL);
        assert_non_null(found);
        assert_text(value_text(&found->value), "bar");
}

static void a_node_that_is_found_knows_its_place(void **state)
{
        struct node root = rfc_document();

        assert_int_equal(pointer_find(&root, STR("/foo/1"), NULL)->at, 16);
        assert_int_equal(pointer_find(&root, STR(""), NULL)->at, root.at);
}

static void what_is_not_there_has_a_nearest_node(void **state)
{
        static const struct {
                const char *pointer, *nearest;
        } cases[] = {{"/missing", ""},       {"/foo/2", "/foo"}, {"/foo/-", "/foo"},   {"/foo/00", "/foo"},
                     {"/foo/0/x", "/foo/0"}, {"/foo/a", "/foo"}, {"/a~1b/c", "/a~1b"}, {"//x", "/"},
                     {"missing", ""},        {"/foo/", "/foo"},  {"/foo/1/", "/foo/1"}};
        struct node root = rfc_document();

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                const struct node *nearest = NULL;

                if (pointer_find(&root, str_of(cases[i].pointer), &nearest))
                        fail_msg("%s is there", cases[i].pointer);
                if (nearest != pointer_find(&root, str_of(cases[i].nearest), NULL))
                        fail_msg("%s is not near %s", cases[i].nearest, cases[i].pointer);
        }
}

static void an_existing_node_is_its_own_nearest(void **state)
{
        struct node root = rfc_document();
        const struct node *nearest = NULL, *found = pointer_find(&root, STR("/foo/0"), &nearest);

        assert_non_null(found);
        assert_ptr_equal(found, nearest);
}

static void what_is_a_pointer(void **state)
{
        static const char *const good[] = {"", "/", "//", "/a", "/a/b", "/~0", "/~1", "/~01", "/a~1b~0c/", "/ä", "/ "};
        static const struct {
                const char *pointer, *why;
        } bad[] = {{"a", "begin"}, {"a/b", "begin"}, {"#/a", "begin"}, {"~", "begin"},  {"/~", "~0"},
                   {"/~2", "~0"},  {"/a~/b", "~0"},  {"/a~", "~0"},    {" /a", "begin"}};

        for (size_t i = 0; i < COUNT_OF(good); i++) {
                struct err err = {0};

                if (!pointer_check(str_of(good[i]), &err))
                        fail_msg("%s: %s", good[i], err.text);
        }
        for (size_t i = 0; i < COUNT_OF(bad); i++) {
                struct err err = {0};

                if (pointer_check(str_of(bad[i].pointer), &err))
                        fail_msg("%s is none", bad[i].pointer);
                if (!strstr(err.text, bad[i].why))
                        fail_msg("%s: %s", bad[i].pointer, err.text);
        }
}

static void names_are_escaped_and_read_back(void **state)
{
        static const struct {
                const char *name, *escaped;
        } cases[] = {{"", "/"},       {"a", "/a"},           {"a/b", "/a~1b"},
                     {"~", "/~0"},    {"~1", "/~01"},        {"~0", "/~00"},
                     {"/", "/~1"},    {"//~~", "/~1~1~0~0"}, {"example.com/x", "/example.com~1x"},
                     {"ä/ö", "/ä~1ö"}};

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct buf pointer CLEANUP(buf_free) = {0};
                struct str rest, part;

                pointer_add(&pointer, str_of(cases[i].name));
                assert_text(buf_text(&pointer), cases[i].escaped);
                rest = buf_text(&pointer);
                assert_true(pointer_take(&arena, &rest, &part));
                assert_text(part, cases[i].name);
                assert_false(pointer_take(&arena, &rest, &part));
        }
}

static void parts_are_taken_in_order(void **state)
{
        struct str pointer = STR("/a//~1/b"), part;

        assert_true(pointer_take(&arena, &pointer, &part));
        assert_text(part, "a");
        assert_true(pointer_take(&arena, &pointer, &part));
        assert_text(part, "");
        assert_true(pointer_take(&arena, &pointer, &part));
        assert_text(part, "/");
        assert_text(pointer, "/b");
        assert_true(pointer_take(&arena, &pointer, &part));
        assert_text(part, "b");
        assert_false(pointer_take(&arena, &pointer, &part));
}

static void an_index_has_no_sign_and_no_leading_zero(void **state)
{
        static const char *const none[] = {
                "",  "-",  "-1", "+1",  "01",         "00",          "1a",
                "a", " 1", "1 ", "1.0", "4294967296", "99999999999", "184467440737095516160"};
        uint32_t index;

        for (size_t i = 0; i < COUNT_OF(none); i++) {
                if (pointer_index(str_of(none[i]), &index))
                        fail_msg("'%s' is no index", none[i]);
        }
        assert_true(pointer_index(STR("0"), &index));
        assert_int_equal(index, 0);
        assert_true(pointer_index(STR("10"), &index));
        assert_int_equal(index, 10);
        assert_true(pointer_index(STR("4294967295"), &index));
        assert_int_equal(index, UINT32_MAX);
}

static int drop(void **state)
{
        arena_free(&arena);
        return 0;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(examples_of_the_rfc),
                cmocka_unit_test(a_node_that_is_found_knows_its_place),
                cmocka_unit_test(what_is_not_there_has_a_nearest_node),
                cmocka_unit_test(an_existing_node_is_its_own_nearest),
                cmocka_unit_test(what_is_a_pointer),
                cmocka_unit_test(names_are_escaped_and_read_back),
                cmocka_unit_test(parts_are_taken_in_order),
                cmocka_unit_test(an_index_has_no_sign_and_no_leading_zero),
        };

        return cmocka_run_group_tests(tests, NULL, drop);
}
