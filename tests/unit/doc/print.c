/* Tests of doc/print.c and doc/print_yaml.c. */

#include "doc/print.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>

#include "tests.h"

static void prints(struct value value, const char *expected)
{
        struct buf out CLEANUP(buf_free) = {0};

        json_print(&out, &value, 0);
        buf_add_char(&out, '\0');
        assert_string_equal(out.data, expected);
}

static void prints_yaml(struct value value, const char *expected)
{
        struct buf out CLEANUP(buf_free) = {0};

        yaml_print(&out, &value, 0);
        buf_add_char(&out, '\0');
        assert_string_equal(out.data, expected);
}

static void strings(void **state)
{
        prints(value_string(STR("")), "\"\"");
        prints(value_string((struct str){0}), "\"\"");
        prints(value_string(STR("a\"b\\c/")), "\"a\\\"b\\\\c/\"");
        prints(value_string(STR("\b\t\n\f\r")), "\"\\b\\t\\n\\f\\r\"");
        prints(value_string(STR("\0\1\x1f\x7f")), "\"\\u0000\\u0001\\u001f\x7f\"");
        prints(value_string(STR("grün \U0001F600 <&>")), "\"grün \U0001F600 <&>\"");
        prints(value_string(STR("long enough for a word at a time\nand \"more")),
                            "\"long enough for a word at a time\\nand \\\"more\"");
        prints(value_string(STR("a\xC2\x80\xC2\x9B\xC2\xA0")), "\"a\\u0080\\u009b\u00A0\"");
        prints(value_string(STR("a\xFFz\xC3")), "\"a\uFFFDz\uFFFD\"");
        prints(value_string(STR("\xED\xA0\x80")), "\"\uFFFD\uFFFD\uFFFD\"");
}

static void numbers(void **state)
{
        prints(value_int(0), "0");
        prints(value_int(INT64_MIN), "-9223372036854775808");
        prints(value_uint(UINT64_MAX), "18446744073709551615");
        prints(value_double(1), "1");
        prints(value_double(-0.0), "-0");
        prints(value_double(0.1), "0.1");
        prints(value_double(1.5), "1.5");
        prints(value_double(-123.456), "-123.456");
        prints(value_double(100), "100");
        prints(value_double(1e20), "100000000000000000000");
        prints(value_double(1e21), "1e+21");
        prints(value_double(1.25e-6), "0.00000125");
        prints(value_double(1e-7), "1e-7");
        prints(value_double(DBL_MAX), "1.7976931348623157e+308");
        prints(value_double(5e-324), "5e-324");
        prints(value_double(0.1 + 0.2), "0.30000000000000004");
        prints(value_double(NAN), "\"NaN\"");
        prints(value_double(-INFINITY), "\"-Infinity\"");
}

static void numbers_read_back(void **state)
{
        uint64_t bits = 0x9E3779B97F4A7C15ULL;

        for (int i = 0; i < 20000; i++) {
                struct buf out CLEANUP(buf_free) = {0};
                double number, again;

                bits = bits * 6364136223846793005ULL + 1442695040888963407ULL;
                memcpy(&number, &bits, sizeof(number));
                if (!isfinite(number))
                        continue;
                print_double(&out, number);
                buf_add_char(&out, '\0');
                again = strtod(out.data, NULL);
                assert_memory_equal(&again, &number, sizeof(number));
        }
}

static void the_locale_changes_nothing(void **state)
{
        const char *const locales[] = {"de_DE.UTF-8", "tr_TR.UTF-8", "fa_IR.UTF-8", "C"};

        for (size_t i = 0; i < COUNT_OF(locales); i++) {
                setlocale(LC_ALL, locales[i]);
                prints(value_double(1.5), "1.5");
                prints(value_int(1234567), "1234567");
                prints_yaml(value_double(1.5), "1.5\n");
                prints_yaml(value_string(STR("NIL")), "NIL\n");
                prints_yaml(value_string(STR("NULL")), "\"NULL\"\n");
        }
}

static void kinds_of_engines(void **state)
{
        struct value text = value_string(STR("x"));
        struct entry entries[] = {{value_int(1), value_bool(true)}, {value_bool(false), VALUE_OF_NULL}, {text, text}};
        struct value map = {.kind = VALUE_ENTRIES, .len = 3, .entries = entries};
        struct buf out CLEANUP(buf_free) = {0};

        prints((struct value){.kind = VALUE_BYTES}, "\"\"");
        prints((struct value){.kind = VALUE_BYTES, .text = "a", .len = 1}, "\"YQ==\"");
        prints((struct value){.kind = VALUE_BYTES, .text = "ab", .len = 2}, "\"YWI=\"");
        prints((struct value){.kind = VALUE_BYTES, .text = "abc\xFF", .len = 4}, "\"YWJj/w==\"");
        prints((struct value){.kind = VALUE_DURATION, .i = 3, .len = 500000000}, "\"3.5s\"");
        prints((struct value){.kind = VALUE_DURATION, .i = 0, .len = (uint32_t)-1}, "\"-0.000000001s\"");
        prints((struct value){.kind = VALUE_DURATION, .i = -7}, "\"-7s\"");
        prints((struct value){.kind = VALUE_TIMESTAMP, .i = 0}, "\"1970-01-01T00:00:00Z\"");
        prints((struct value){.kind = VALUE_TIMESTAMP, .i = 951782400, .len = 120},
               "\"2000-02-29T00:00:00.00000012Z\"");
        prints((struct value){.kind = VALUE_TIMESTAMP, .i = -62135596800}, "\"0001-01-01T00:00:00Z\"");
        prints((struct value){.kind = VALUE_TIMESTAMP, .i = 253402300799}, "\"9999-12-31T23:59:59Z\"");
        prints((struct value){.kind = VALUE_TIMESTAMP, .i = -1}, "\"1969-12-31T23:59:59Z\"");
        prints((struct value){.kind = VALUE_OPTIONAL}, "null");
        prints((struct value){.kind = VALUE_OPTIONAL, .held = &text}, "\"x\"");
        prints((struct value){.kind = VALUE_OPAQUE}, "\"<opaque>\"");
        prints((struct value){.kind = VALUE_TYPE}, "\"<opaque>\"");
        prints((struct value){.kind = VALUE_ERROR}, "\"<opaque>\"");
        prints(map, "{\"1\":true,\"false\":null,\"x\":\"x\"}");
        json_print_canonical(&out, &map);
        assert_text(buf_text(&out), "{\"1\":true,\"false\":null,\"x\":\"x\"}");
        prints_yaml(map, "\"1\": true\n\"false\": null\nx: x\n");
}

/* {"b": [1, {"z": [], "a": {}}], "a": 2.0} */
static struct value sample(struct arena *arena)
{
        struct node *inner = arena_array(arena, struct node, 2), *items = arena_array(arena, struct node, 2),
                    *outer = arena_array(arena, struct node, 2);

        inner[0] = (struct node){.key = intern(STR("z")), .value = value_list(NULL, 0)};
        inner[1] = (struct node){.key = intern(STR("a")), .value = value_map(arena, NULL, 0)};
        items[0] = (struct node){.value = value_int(1)};
        items[1] = (struct node){.value = value_map(arena, inner, 2)};
        outer[0] = (struct node){.key = intern(STR("b")), .value = value_list(items, 2)};
        outer[1] = (struct node){.key = intern(STR("a")), .value = value_double(2)};
        return value_map(arena, outer, 2);
}

static void layouts(void **state)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct value value = sample(&arena);
        struct buf out CLEANUP(buf_free) = {0};

        json_print(&out, &value, 0);
        assert_text(buf_text(&out), "{\"b\":[1,{\"z\":[],\"a\":{}}],\"a\":2}");
        out.len = 0;
        json_print_canonical(&out, &value);
        assert_text(buf_text(&out), "{\"a\":2,\"b\":[1,{\"a\":{},\"z\":[]}]}");
        out.len = 0;
        json_print(&out, &value, 2);
        assert_text(buf_text(&out),
                    "{\n  \"b\": [\n    1,\n    {\n      \"z\": [],\n      \"a\": {}\n    }\n  ],\n  \"a\": 2\n}");
        out.len = 0;
        yaml_print(&out, &value, 4);
        assert_text(buf_text(&out), "b:\n    - 1\n    - z: []\n      a: {}\n    a: 2\n");
}

static void equal_values_have_equal_canonical_text(void **state)
{
        const struct value pairs[][2] = {
                {value_int(0), value_double(-0.0)},
                {value_int(1000000), value_double(1e6)},
                {value_int(INT64_MIN), value_double(-0x1p63)},
                {value_uint((uint64_t)1 << 63), value_double(0x1p63)},
        };

        for (size_t i = 0; i < COUNT_OF(pairs); i++) {
                struct buf a CLEANUP(buf_free) = {0}, b CLEANUP(buf_free) = {0};

                assert_true(value_equal(&pairs[i][0], &pairs[i][1]));
                json_print_canonical(&a, &pairs[i][0]);
                json_print_canonical(&b, &pairs[i][1]);
                assert_true(str_equal(buf_text(&a), buf_text(&b)));
        }
}

static void yaml_strings_that_stand_as_they_are(void **state)
{
        static const char *const plain[] = {
                "nginx",         "nginx:1.25",  "a b",  "--flag=x",       "-c",          "10.0.0.1", "1.2.3-alpine",
                "100m",          "1Gi",         "a#b",  "http://a/b?c=d", "kube-system", "Nope",     "it's",
                "say \"hello\"", "back\\slash", "grün", "\U0001F600",     "a, b",        "x",        "v1",
        };

        for (size_t i = 0; i < COUNT_OF(plain); i++) {
                struct buf expected CLEANUP(buf_free) = {0};

                buf_add_format(&expected, "%s\n%c", plain[i], 0);
                prints_yaml(value_string(str_of(plain[i])), expected.data);
        }
}

static void yaml_strings_that_need_quotes(void **state)
{
        static const char *const quoted[] = {
                "",     "yes",   "No",   "on",   "OFF",  "y",          "N",
                "true", "False", "null", "~",    "NULL", "1",          "-1",
                "+1",   "1_000", "0x1F", "0o17", "017",  "0b11",       "0b+1",
                "0_x1", "1e_+5", "1.5",  ".5",   "1e3",  "1.",         "1:20",
                ".inf", "-.INF", ".NaN", "<<",   "=",    "2024-01-02", "2024-1-2T3:4:5Z",
                " a",   "a ",    "a: b", "a #b", "a:",   "- a",        "-",
                "---",  "... x", "? a",  ":a",   "[a",   "]",          "{a",
                "}",    "#a",    "&a",   "*a",   "!a",   "|",          ">",
                "'a'",  "%a",    "@a",   "`a`",  ",a",
        };

        for (size_t i = 0; i < COUNT_OF(quoted); i++) {
                struct buf expected CLEANUP(buf_free) = {0};

                buf_add_format(&expected, "\"%s\"\n%c", quoted[i], 0);
                prints_yaml(value_string(str_of(quoted[i])), expected.data);
        }
        prints_yaml(value_string(STR("\"a\"")), "\"\\\"a\\\"\"\n");
        prints_yaml(value_string(STR("a\tb\r\x1b\x7f\xC2\x85\u2028\uFEFF")),
                                 "\"a\\tb\\r\\x1b\\x7f\\x85\\u2028\\ufeff\"\n");
        prints_yaml(value_string(STR("a\xFF")), "\"a\\ufffd\"\n");
}

static void yaml_blocks(void **state)
{
        prints_yaml(value_string(STR("a\nb")), "|-\n  a\n  b\n");
        prints_yaml(value_string(STR("a\nb\n")), "|\n  a\n  b\n");
        prints_yaml(value_string(STR("a\n\n  b\n\n\n")), "|+\n  a\n\n    b\n\n\n");
        prints_yaml(value_string(STR(" a\nb")), "\" a\\nb\"\n");
        prints_yaml(value_string(STR("a\n \nb")), "\"a\\n \\nb\"\n");
        prints_yaml(value_string(STR("\n")), "\"\\n\"\n");
        prints_yaml(value_string(STR("a\r\nb")), "\"a\\r\\nb\"\n");
}

static void yaml_doubles_have_a_point(void **state)
{
        prints_yaml(value_double(2), "2\n");
        prints_yaml(value_double(1e21), "1.0e+21\n");
        prints_yaml(value_double(1.5e-9), "1.5e-9\n");
        prints_yaml(value_double(1e20), "100000000000000000000.0\n");
        prints_yaml(value_double(-0.0), "-0.0\n");
        prints_yaml(value_double(-INFINITY), "-.inf\n");
        prints_yaml(value_double(NAN), ".nan\n");
}

static void yaml_keys(void **state)
{
        struct arena arena CLEANUP(arena_free) = {0};
        char text[1101];
        struct node node = {.value = value_int(1)};
        struct buf expected CLEANUP(buf_free) = {0};

        memset(text, 'k', sizeof(text) - 1);
        text[sizeof(text) - 1] = 0;
        buf_add_format(&expected, "? \"%s\"\n: 1\n%c", text, 0);
        node.key = intern(str_of(text));
        prints_yaml(value_map(&arena, &node, 1), expected.data);
        node.key = intern(STR("yes"));
        prints_yaml(value_map(&arena, &node, 1), "\"yes\": 1\n");
        node.key = intern(STR("a\nb"));
        prints_yaml(value_map(&arena, &node, 1), "\"a\\nb\": 1\n");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(strings),
                cmocka_unit_test(numbers),
                cmocka_unit_test(numbers_read_back),
                cmocka_unit_test(the_locale_changes_nothing),
                cmocka_unit_test(kinds_of_engines),
                cmocka_unit_test(layouts),
                cmocka_unit_test(equal_values_have_equal_canonical_text),
                cmocka_unit_test(yaml_strings_that_stand_as_they_are),
                cmocka_unit_test(yaml_strings_that_need_quotes),
                cmocka_unit_test(yaml_blocks),
                cmocka_unit_test(yaml_doubles_have_a_point),
                cmocka_unit_test(yaml_keys),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
