/* Tests of what doc/yaml*.c does with YAML that wants to be too much: for memory, for time, for the stack. */

#include "streams.h"

static void limits(void **state)
{
        const struct document_limits few = {
                .depth = 3, .nodes = 8, .line_bytes = 20, .scalar_bytes = 9, .text_bytes = 60};

        reads_within(yaml_read, &few, STR("[[[1]]]\n--- [[[[1]]]]\n--- 1"), "0 [[[1]]]\n1!2:8\n2 1");
        reads_within(yaml_read, &few, STR("- - - - 1"), "0!1:7");
        reads_within(yaml_read, &few, STR("a:\n b:\n  c:\n   d: 1"), "0!4:4");
        reads_within(yaml_read, &few, STR("[1,2,3,4,5,6,7]"), "0 [1,2,3,4,5,6,7]");
        reads_within(yaml_read, &few, STR("[1,2,3,4,5,6,7,8]\n--- 1"), "0!1:16\n1 1");
        reads_within(yaml_read, &few, STR("- &x [1,2]\n- *x\n- *x"), "0!3:3");
        reads_within(yaml_read, &few, STR("123456789"), "0 123456789");
        reads_within(yaml_read, &few, STR("a: \"x\\\n 34567890\""), "0 {\"a\":\"x34567890\"}");
        reads_within(yaml_read, &few, STR("a: \"xx\\\n 34567890\"\n--- 1"), "0!1:4\n1 1");
        reads_within(yaml_read, &few, STR("# 345678901234567890\n1"), "0 1");
        reads_within(yaml_read, &few, STR("# 3456789012345678901\n---\n1"), "0!1:1\n1 1");
        reads_within(yaml_read, &few, STR("1\n---\n# 3456789012345678901\n--- 2"), "0 1\n1!3:1\n2 2");
        reads_within(yaml_read, &few, STR("1\n--- # 56789012345678901\n--- 2"), "0 1\n1!2:1\n2 2");
        reads_within(yaml_read, &few, STR("aaaaaaaaaaaaaa\naaaaaaaaaaaaaa\naaaaaaaaaaaaaa\naaaaaaaaaaaaaaaa"), "0!1:1");
}

/* Aliases share what they stand for, but what looks at a document looks at all of it. */
static void laughs(void **state)
{
        struct buf text CLEANUP(buf_free) = {0};
        struct arena arena CLEANUP(arena_free) = {0};
        struct document_stream stream;

        buf_add_literal(&text, "a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
        for (int i = 1; i < 10; i++) {
                buf_add_format(&text, "a%d: &a%d [", i, i);
                for (int j = 0; j < 9; j++)
                        buf_add_format(&text, "%s*a%d", j ? "," : "", i - 1);
                buf_add_literal(&text, "]\n");
        }
        yaml_read(&arena, buf_text(&text), &document_default_limits, &stream);
        assert_int_equal(stream.documents.count, 0);
        assert_int_equal(stream.problems.count, 1);
        assert_non_null(strstr(stream.problems.items[0].message.data, "aliases"));
        assert_true(arena.taken < 1 << 20);
}

/* An alias is a value itself, so many aliases of something small are no bomb. */
static void many_small_aliases(void **state)
{
        struct buf text CLEANUP(buf_free) = {0};
        struct arena arena CLEANUP(arena_free) = {0};
        struct document_stream stream;

        buf_add_literal(&text, "x: &x {a: b}\ny: [");
        for (int i = 0; i < 1000; i++)
                buf_add_literal(&text, "*x, ");
        buf_add_literal(&text, "*x]\n");
        yaml_read(&arena, buf_text(&text), &document_default_limits, &stream);
        assert_int_equal(stream.problems.count, 0);
        assert_int_equal(stream.documents.count, 1);
}

/* Brackets in a long line of text are no nesting; a line that opens too much is refused before it takes memory. */
static void deep_lines(void **state)
{
        struct buf text CLEANUP(buf_free) = {0};
        struct arena arena CLEANUP(arena_free) = {0};
        struct document_stream stream;

        buf_add_literal(&text, "x: |\n  ");
        for (int i = 0; i < 5000; i++)
                buf_add_literal(&text, "[{}][");
        buf_add_literal(&text, "\n---\n");
        buf_add_repeat(&text, '[', 100000);
        buf_add_literal(&text, "\n---\na: 1\n");
        yaml_read(&arena, buf_text(&text), &document_default_limits, &stream);
        assert_int_equal(stream.documents.count, 2);
        assert_int_equal(stream.problems.count, 1);
        assert_int_equal(stream.problems.items[0].index, 1);
        assert_non_null(strstr(stream.problems.items[0].message.data, "deeper than 512 levels"));
}

/* Nobody who looks at a value has to expect more levels than the limit, however they came about. */
static void aliases_do_not_nest_deeper(void **state)
{
        const struct document_limits few = {
                .depth = 4, .nodes = 1000, .line_bytes = 100, .scalar_bytes = 100, .text_bytes = 1000};

        reads_within(yaml_read, &few, STR("- &a [[1]]\n- [*a]\n"), "0 [[[1]],[[[1]]]]");
        reads_within(yaml_read, &few, STR("- &a [[1]]\n- [[*a]]\n"), "0!2:5");
        reads_within(yaml_read, &few, STR("- &a [1]\n- &b [*a]\n- &c [*b]\n- &d [*c]\n"), "0!4:7");
        reads_within(yaml_read, &few, STR("a: &a {b: &b [1], c: [[2]]}\nd: [*b]\ne: [*a]\n"), "0!3:5");
        reads_within(yaml_read, &few, STR("- &a [[[1]]]\n- &a 1\n- [[[*a]]]\n"), "0 [[[[1]]],1,[[[1]]]]");
}

static void many_anchors_take_linear_time(void **state)
{
        struct buf text CLEANUP(buf_free) = {0};
        struct arena arena CLEANUP(arena_free) = {0};
        struct document_stream stream;

        for (int i = 0; i < 100000; i++)
                buf_add_format(&text, "- &a%d 1\n", i);
        for (int i = 0; i < 100000; i++)
                buf_add_format(&text, "- *a%d\n", i % 100);
        yaml_read(&arena, buf_text(&text), &document_default_limits, &stream);
        assert_int_equal(stream.documents.count, 1);
}

static void merges_do_not_grow_without_end(void **state)
{
        struct buf text CLEANUP(buf_free) = {0};
        struct arena arena CLEANUP(arena_free) = {0};
        struct document_stream stream;

        buf_add_literal(&text, "x: &x {");
        for (int i = 0; i < 2000; i++)
                buf_add_format(&text, "k%d, ", i);
        buf_add_literal(&text, "}\n");
        for (int i = 0; i < 20000; i++)
                buf_add_format(&text, "m%d: {<<: *x}\n", i);
        yaml_read(&arena, buf_text(&text), &document_default_limits, &stream);
        assert_int_equal(stream.documents.count, 0);
        assert_true(arena.taken < 64 << 20);
}

static void streams_of_broken_documents_are_read_in_linear_time(void **state)
{
        struct buf text CLEANUP(buf_free) = {0};
        struct arena arena CLEANUP(arena_free) = {0};
        struct document_stream stream;

        for (int i = 0; i < 10000; i++)
                buf_add_literal(&text, "---\na: 1\na: 2\n---\n\"b\n---\n%c\n---\nd: \1\n");
        yaml_read(&arena, buf_text(&text), &document_default_limits, &stream);
        assert_int_equal(stream.problems.count, 40000);
        assert_non_null(strstr(stream.problems.items[39996].message.data, "line 89993 column 1"));
}

static void deep_nesting_is_refused_and_not_a_crash(void **state)
{
        static const char *const beginnings[] = {"[", "{a: ", "- ", "? ", "[? ", "{? [", "&a [", "!x {a: "};
        struct buf text CLEANUP(buf_free) = {0};

        for (size_t i = 0; i < COUNT_OF(beginnings); i++) {
                struct arena arena CLEANUP(arena_free) = {0};
                struct document_stream stream;

                text.len = 0;
                for (int j = 0; j < 100000; j++)
                        buf_add(&text, str_of(beginnings[i]));
                yaml_read(&arena, buf_text(&text), &document_default_limits, &stream);
                assert_int_equal(stream.documents.count, 0);
                assert_true(stream.problems.count > 0);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(limits),
                cmocka_unit_test(laughs),
                cmocka_unit_test(many_small_aliases),
                cmocka_unit_test(deep_lines),
                cmocka_unit_test(aliases_do_not_nest_deeper),
                cmocka_unit_test(many_anchors_take_linear_time),
                cmocka_unit_test(merges_do_not_grow_without_end),
                cmocka_unit_test(streams_of_broken_documents_are_read_in_linear_time),
                cmocka_unit_test(deep_nesting_is_refused_and_not_a_crash),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
