/* Commas, line ends and indentation. */

#include "sample.h"

static void nested(void **state)
{
        CLEANUP(buf_free) struct buf out = {0};
        struct json_writer writer = {.out = &out};
        struct node nodes[] = {{.value = value_int(-1)}, {.value = value_list(NULL, 0)}};
        struct value list = value_list(nodes, COUNT_OF(nodes));

        json_begin(&writer, '{');
        json_member(&writer, "a", STR("x\"y"));
        json_member_if(&writer, "left out", STR(""));
        json_member_number(&writer, "b", UINT64_MAX);
        json_member_number(&writer, "zero", 0);
        json_member_bool(&writer, "c", true);
        json_member_empty(&writer, "d", "[]");
        json_key(&writer, "e");
        json_begin(&writer, '[');
        json_begin(&writer, '{');
        json_end(&writer, '}');
        json_text(&writer, STR(""));
        json_bool(&writer, false);
        json_value(&writer, &list);
        json_end(&writer, ']');
        json_end(&writer, '}');
        buf_add_char(&out, 0);
        assert_string_equal(out.data, "{\n"
                                      "  \"a\": \"x\\\"y\",\n"
                                      "  \"b\": 18446744073709551615,\n"
                                      "  \"zero\": 0,\n"
                                      "  \"c\": true,\n"
                                      "  \"d\": [],\n"
                                      "  \"e\": [\n"
                                      "    {},\n"
                                      "    \"\",\n"
                                      "    false,\n"
                                      "    [\n"
                                      "      -1,\n"
                                      "      []\n"
                                      "    ]\n"
                                      "  ]\n"
                                      "}");
}

/* A writer may begin in the middle of a list that others have begun. */
static void pieces(void **state)
{
        CLEANUP(buf_free) struct buf out = {0};
        struct json_writer first = {.out = &out, .depth = 1}, second = {.out = &out, .depth = 1, .filled = true};

        json_number(&first, 1);
        json_number(&second, 2);
        buf_add_char(&out, 0);
        assert_string_equal(out.data, "\n  1,\n  2");
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(nested), cmocka_unit_test(pieces)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
