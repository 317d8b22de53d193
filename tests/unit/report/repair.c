/* Fixes as diffs, planned in no more of the text than is needed. */

#include "sample.h"

#include "report/repair.h"

static struct buf diff_of(struct finding *finding)
{
        struct arena arena = {0};
        struct text_edits edits = {0};
        struct buf out = {0};

        if (repair_plan(&arena, finding, &edits))
                repair_print(&out, finding->source->text, &edits, STR(""), false);
        buf_add_char(&out, 0);
        arena_free(&arena);
        return out;
}

static void expect(const char *text, const char *wanted)
{
        struct source source = {.name = STR("pod.yaml"), .text = str_of(text)};
        struct finding finding = sample_finding(&source, "true");
        CLEANUP(buf_free) struct buf out = {0};

        finding.document_index = 1;
        out = diff_of(&finding);
        assert_string_equal(out.data, wanted);
}

#define DIFF                                                                                                           \
        "        securityContext:\n"                                                                                   \
        "-         privileged: true # why?\n"                                                                          \
        "+         privileged: false # why?\n"

static void only_the_document_at_hand_is_read(void **state)
{
        expect("a: 1\n---\n" POD, DIFF);
        expect("a: 1\n--- # comment\n" POD "---\nbroken: [\n", DIFF "  ---\n");
        expect("a: [broken\n---\n" POD, DIFF);
        expect("---\na: 1\n---\n" POD "...\n", DIFF "  ...\n");
        expect("--- \r\na: 1\n---\r\n" POD, DIFF);
}

static void what_is_no_separator_parts_nothing(void **state)
{
        expect("---x: 1\n", "");
        expect("a: |\n  ---\n---\n" POD, DIFF);
}

static void long_documents_are_left_alone(void **state)
{
        struct buf text = {0};

        buf_add_literal(&text, "a: 1\n---\n" POD);
        buf_add_repeat(&text, '#', 100000);
        buf_add_char(&text, 0);
        expect(text.data, "");
        buf_free(&text);
}

static void no_source_no_diff(void **state)
{
        struct source source = {.name = STR("pod.yaml"), .text = STR(POD)};
        struct finding finding = sample_finding(&source, "true");
        CLEANUP(buf_free) struct buf out = {0};

        finding.source = NULL;
        out = diff_of(&finding);
        assert_string_equal(out.data, "");
}

/* Edits in neighbouring lines are one hunk; those apart are two; what begins or ends alike is not shown as changed. */
static void hunks(void **state)
{
        const struct str text = STR_INIT("a: 1\nb: 2\nc: 3\nd: 4\ne: 5\n");
        struct text_edit list[] = {{3, 4, STR_INIT("10")}, {8, 9, STR_INIT("20")}, {25, 25, STR_INIT("f: 6\n")}};
        struct text_edits edits = {.edits = {list, COUNT_OF(list), COUNT_OF(list)}};
        CLEANUP(buf_free) struct buf out = {0};

        repair_print(&out, text, &edits, STR("| "), false);
        buf_add_char(&out, 0);
        assert_string_equal(out.data, "| - a: 1\n| - b: 2\n| + a: 10\n| + b: 20\n|   c: 3\n"
                                      "|   e: 5\n| + f: 6\n");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(only_the_document_at_hand_is_read),
                cmocka_unit_test(what_is_no_separator_parts_nothing),
                cmocka_unit_test(long_documents_are_left_alone),
                cmocka_unit_test(no_source_no_diff),
                cmocka_unit_test(hunks),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
