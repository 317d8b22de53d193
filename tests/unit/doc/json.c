/* Tests of doc/json.c: RFC 8259 to the letter, where values stand, and what is said when it is broken. */

#include "streams.h"

#define READS(text, wanted) reads_as(json_read, STR(text), wanted)

static void values(void **state)
{
        READS("null", "0 null");
        READS("true", "0 true");
        READS("false", "0 false");
        READS("\"\"", "0 \"\"");
        READS("[]", "0 []");
        READS("{}", "0 {}");
        READS(" \t\r\n[ ] ", "0 []");
        READS("[1 , 2,[3],{ \"a\" : { } }]", "0 [1,2,[3],{\"a\":{}}]");
        READS("{\"a\":1,\"b\":[true,null],\n\"c\":{}}", "0 {\"a\":1,\"b\":[true,null],\"c\":{}}");
        READS("\xEF\xBB\xBF{}", "0 {}");
        READS("", "");
        READS(" \n", "");
}

static void strings(void **state)
{
        READS("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "0 \"\\\"\\\\/\\b\\f\\n\\r\\t\"");
        READS("\"\\u0041\\u00e9\\u20AC\\ud83d\\uDE00\"", "0 \"Aé€\U0001F600\"");
        READS("\"\\u0000\"", "0 \"\\u0000\"");
        READS("\"\\udc00x\\ud83d\"", "0 \"\uFFFDx\uFFFD\"");
        READS("\"\\ud83d\\u0041\"", "0 \"\uFFFDA\"");
        READS("\"grün \U0001F600 \x7F\"", "0 \"grün \U0001F600 \x7F\"");
        READS("\"a text that is longer than eight bytes\\n\"", "0 \"a text that is longer than eight bytes\\n\"");
        READS("{\"\\u0061\":1,\"\":2}", "0 {\"a\":1,\"\":2}");
}

static void numbers(void **state)
{
        static const struct {
                const char *text;
                enum value_kind kind;
                unsigned flags;
                const char *printed;
        } cases[] = {
                {"0", VALUE_INT, 0, "0"},
                {"-0", VALUE_INT, 0, "0"},
                {"-1", VALUE_INT, 0, "-1"},
                {"9223372036854775807", VALUE_INT, 0, "9223372036854775807"},
                {"-9223372036854775808", VALUE_INT, 0, "-9223372036854775808"},
                {"9223372036854775808", VALUE_UINT, 0, "9223372036854775808"},
                {"18446744073709551615", VALUE_UINT, 0, "18446744073709551615"},
                {"18446744073709551616", VALUE_DOUBLE, 0, "18446744073709552000"},
                {"18446744073709551617", VALUE_DOUBLE, VALUE_INEXACT, "18446744073709552000"},
                {"-9223372036854775809", VALUE_DOUBLE, VALUE_INEXACT, "-9223372036854776000"},
                {"1.0", VALUE_DOUBLE, 0, "1"},
                {"-0.0", VALUE_DOUBLE, 0, "-0"},
                {"1e3", VALUE_DOUBLE, 0, "1000"},
                {"1E+2", VALUE_DOUBLE, 0, "100"},
                {"25e-1", VALUE_DOUBLE, 0, "2.5"},
                {"0.1", VALUE_DOUBLE, VALUE_INEXACT, "0.1"},
                {"0.25", VALUE_DOUBLE, 0, "0.25"},
                {"1e-400", VALUE_DOUBLE, VALUE_INEXACT, "0"},
                {"0e-400", VALUE_DOUBLE, 0, "0"},
                {"1e22", VALUE_DOUBLE, 0, "1e+22"},
                {"1e23", VALUE_DOUBLE, VALUE_INEXACT, "1e+23"},
                {"123456789012345678901234567890", VALUE_DOUBLE, VALUE_INEXACT, "1.2345678901234568e+29"},
                {"1.7976931348623157e308", VALUE_DOUBLE, VALUE_INEXACT, "1.7976931348623157e+308"},
                {"2251799813685249.5", VALUE_DOUBLE, 0, "2251799813685249.5"},
                {"4503599627370497.5", VALUE_DOUBLE, VALUE_INEXACT, "4503599627370498"},
                {"9007199254740993", VALUE_INT, 0, "9007199254740993"},
        };

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct arena arena CLEANUP(arena_free) = {0};
                struct buf printed CLEANUP(buf_free) = {0};
                struct document document = {0};
                struct err err = {0};

                if (!json_read_one(&arena, str_of(cases[i].text), &document, &err))
                        print_error("%s: %s\n", cases[i].text, err.text);
                assert_int_equal(document.root.kind, cases[i].kind);
                assert_int_equal(document.root.flags, cases[i].flags);
                json_print(&printed, &document.root, 0);
                assert_text(buf_text(&printed), cases[i].printed);
        }
}

static void broken(void **state)
{
        static const char *const cases[][2] = {
                {"{", "0!1:2"},
                {"[", "0!1:2"},
                {"[1", "0!1:3"},
                {"[1,", "0!1:4"},
                {"{\"a\"", "0!1:5"},
                {"{\"a\":", "0!1:6"},
                {"{\"a\":1", "0!1:7"},
                {"{\"a\":1,", "0!1:8"},
                {"[1,]", "0!1:4"},
                {"{\"a\":1,}", "0!1:8"},
                {"[1 2]", "0!1:4"},
                {"[,1]", "0!1:2"},
                {"{a: 1}", "0!1:2"},
                {"{'a': 1}", "0!1:2"},
                {"{\"a\" 1}", "0!1:6"},
                {"{\"a\"::1}", "0!1:6"},
                {"{\"a\":1 \"b\":2}", "0!1:8"},
                {"{\"a\":1,,}", "0!1:8"},
                {"{1:2}", "0!1:2"},
                {"[1}", "0!1:3"},
                {"]", "0!1:1"},
                {"}", "0!1:1"},
                {",", "0!1:1"},
                {":", "0!1:1"},
                {"tru", "0!1:1"},
                {"True", "0!1:1"},
                {"nulls", "0!1:1"},
                {"NaN", "0!1:1"},
                {"-Infinity", "0!1:2"},
                {"+1", "0!1:1"},
                {"01", "0!1:1"},
                {"-01", "0!1:1"},
                {"0x1", "0 0\n1!1:2"},
                {"1.", "0!1:3"},
                {".5", "0!1:1"},
                {"1e", "0!1:3"},
                {"1e+", "0!1:4"},
                {"-", "0!1:2"},
                {"1e999", "0!1:1"},
                {"\"a", "0!1:1"},
                {"\"a\\", "0!1:1"},
                {"\"a\\\"", "0!1:1"},
                {"\"\\x41\"", "0!1:2"},
                {"\"a\\u12\"", "0!1:3"},
                {"\"\\u12g4\"", "0!1:2"},
                {"\"a\nb\"", "0!1:3"},
                {"\"a\tb\"", "0!1:3"},
                {"\"\x1F\"", "0!1:2"},
                {"\"\xFF\"", "0!1:2"},
                {"\"a\xC3\"", "0!1:3"},
                {"\"\xED\xA0\x80\"", "0!1:2"},
                {"\xFF", "0!1:1"},
                {"/* c */ 1", "0!1:1"},
                {"[1] // c", "0 [1]\n1!1:5"},
                {"{\"a\":\n\n  tru}", "0!3:3"},
                {"\"ü\" x", "0 \"ü\"\n1!1:5"},
        };

        for (size_t i = 0; i < COUNT_OF(cases); i++)
                reads_as(json_read, str_of(cases[i][0]), cases[i][1]);
        READS("[\0]", "0!1:2");
        READS("\"a\0b\"", "0!1:3");
}

static void words(void **state)
{
        complains(json_read, "[1,]", "something has to follow the comma");
        complains(json_read, "{a:1}", "a key in double quotes");
        complains(json_read, "[", "the text ends too early");
        complains(json_read, "\"a", "no closing quote");
        complains(json_read, "\"a\n\"", "write \\n for a line end");
        complains(json_read, "[True]", "the only words are true, false and null");
        complains(json_read, "007", "does not begin with a zero");
        complains(json_read, "1e999", "too large");
        complains(json_read, "\"\xFF\"", "not UTF-8");
        complains(json_read, "\"\\q\"", "no such escape");
        complains(json_read, "{\n \"a\": 1,\n  \"a\": 2}",
                  "0!3:3 the key `a` stands twice in this map, first in line 2 column 2: remove one of them");
}

static void streams(void **state)
{
        READS("{\"a\":1}\n{\"b\":2}\n", "0 {\"a\":1}\n1 {\"b\":2}");
        READS("{}{} [] 1 2\"x\"null", "0 {}\n1 {}\n2 []\n3 1\n4 2\n5 \"x\"\n6 null");
        READS("{\"a\":1}\n{\"a\":1,\"a\":2}\n{\"b\":2}", "0 {\"a\":1}\n1!2:8\n2 {\"b\":2}");
        READS("{\"a\":1}\n{\"b\":\n", "0 {\"a\":1}\n1!3:1");
        READS("{}\n}", "0 {}\n1!2:1");
        READS("{\"a\":1,\"\\u0061\":2}", "0!1:8");
}

static void same_key_twice_among_many(void **state)
{
        struct buf text CLEANUP(buf_free) = {0};

        buf_add_char(&text, '{');
        for (int i = 0; i < 40; i++)
                buf_add_format(&text, "\"k%d\":%d,\n", i, i);
        buf_add_literal(&text, "\"k7\":1}");
        reads_as(json_read, buf_text(&text), "0!41:1");
}

static void places(void **state)
{
        stands_at(json_read, " {\"a\": 1,\n \"b\":[true, \"x\", {\"c\":null}]}", "@1{a@7 b@15[@16 @22 @27{c@32}]}");
        stands_at(json_read, "\xEF\xBB\xBF[\"ü\", 1]", "@3[@4 @10]");
}

static void spans(void **state)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct document_stream stream;

        json_read(&arena, STR(" {} \n[1] "), &document_default_limits, &stream);
        assert_int_equal(stream.documents.count, 2);
        assert_int_equal(stream.documents.items[0].begin, 1);
        assert_int_equal(stream.documents.items[0].end, 3);
        assert_int_equal(stream.documents.items[1].begin, 5);
        assert_int_equal(stream.documents.items[1].end, 8);
}

static void limits(void **state)
{
        const struct document_limits few = {.depth = 3, .nodes = 4, .scalar_bytes = 4, .text_bytes = 30};

        reads_within(json_read, &few, STR("[[[1]]]"), "0 [[[1]]]");
        reads_within(json_read, &few, STR("[[[[]]]]"), "0!1:4");
        reads_within(json_read, &few, STR("[1,2,3] 4"), "0 [1,2,3]\n1 4");
        reads_within(json_read, &few, STR("[1,2,3,4]"), "0!1:8");
        reads_within(json_read, &few, STR("[\"1234\"]"), "0 [\"1234\"]");
        reads_within(json_read, &few, STR("[\"12345\"]"), "0!1:2");
        reads_within(json_read, &few, STR("[                             ]"), "0!1:1");
}

static void deep_nesting_is_refused_and_not_a_crash(void **state)
{
        struct buf text CLEANUP(buf_free) = {0};

        for (int i = 0; i < 100000; i++)
                buf_add_literal(&text, "[{\"a\":");
        reads_as(json_read, buf_text(&text), "0!1:1537");
}

static void streams_of_wrong_documents_are_read_in_linear_time(void **state)
{
        struct buf text CLEANUP(buf_free) = {0};
        struct arena arena CLEANUP(arena_free) = {0};
        struct document_stream stream;

        for (int i = 0; i < 100000; i++)
                buf_add_literal(&text, "{\"a\":1,\"a\":2}\n");
        json_read(&arena, buf_text(&text), &document_default_limits, &stream);
        assert_int_equal(stream.problems.count, 100000);
        assert_non_null(strstr(stream.problems.items[99999].message.data, "first in line 100000 column 2"));
}

/* A text that ends where its memory ends, so that reading past it is seen. */
static void ends_are_not_passed(void **state)
{
        static const char text[] = "{\"a\":[true,false,null,-1.5e-3,\"\\u00e9\\ud83d\\ude00 and more\"]}";

        for (size_t len = 1; len < sizeof(text); len++) {
                struct arena arena CLEANUP(arena_free) = {0};
                struct document_stream stream;
                char *copy = test_malloc(len);

                memcpy(copy, text, len);
                json_read(&arena, (struct str){copy, len}, &document_default_limits, &stream);
                assert_int_equal(stream.documents.count, len == sizeof(text) - 1);
                assert_int_equal(stream.problems.count, len < sizeof(text) - 1);
                test_free(copy);
        }
}

static void one_document(void **state)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct document document;
        struct err err = {0};

        assert_true(json_read_one(&arena, STR(" {}\n"), &document, &err));
        assert_int_equal(document.at, 1);
        assert_false(json_read_one(&arena, STR("{}\n {}"), &document, &err));
        assert_int_equal(err.line, 2);
        assert_int_equal(err.column, 2);
        err = (struct err){0};
        assert_false(json_read_one(&arena, STR(""), &document, &err));
        err = (struct err){0};
        assert_false(json_read_one(&arena, STR("[\n1,\n]"), &document, &err));
        assert_int_equal(err.line, 3);
        assert_int_equal(err.column, 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(values),
                cmocka_unit_test(strings),
                cmocka_unit_test(numbers),
                cmocka_unit_test(broken),
                cmocka_unit_test(words),
                cmocka_unit_test(streams),
                cmocka_unit_test(same_key_twice_among_many),
                cmocka_unit_test(places),
                cmocka_unit_test(spans),
                cmocka_unit_test(limits),
                cmocka_unit_test(deep_nesting_is_refused_and_not_a_crash),
                cmocka_unit_test(streams_of_wrong_documents_are_read_in_linear_time),
                cmocka_unit_test(ends_are_not_passed),
                cmocka_unit_test(one_document),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
