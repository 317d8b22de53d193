/* Tests of doc/edit.c: the cases of edit.cases, each of which is also checked without trusting what edit_plan() checks. */

#include "doc/edit.h"

#include "cases.h"

struct edit_case {
        struct str name, document, edited;
        struct str fails; /* a part of the message, for what cannot be edited */
        uint32_t index;
        VEC(struct patch_step) steps;
};

static struct arena arena;

/* ---- Reading edit.cases ---- */

static struct str with_line_ends(struct str text, const char *end)
{
        struct buf out CLEANUP(buf_free) = {0};

        for (size_t i = 0; i < text.len; i++) {
                if (text.data[i] == '\n')
                        buf_add(&out, str_of(end));
                else
                        buf_add_char(&out, text.data[i]);
        }
        return str_copy(&arena, buf_text(&out));
}

static void convert(struct edit_case *test, const char *end)
{
        test->document = with_line_ends(test->document, end);
        test->edited = with_line_ends(test->edited, end);
}

static struct str without_end(struct str text)
{
        return str_sub(text, 0, text.len - (str_ends(text, STR("\n")) ? 1 : 0));
}

static enum patch_op op_named(struct str name)
{
        for (enum patch_op op = PATCH_ADD; op <= PATCH_TEST; op++) {
                if (str_equal(patch_op_name(op), name))
                        return op;
        }
        fprintf(stderr, "edit.cases: no operation is called %.*s\n", STR_ARG(name));
        exit(1);
}

static struct value value_in_json(struct str json)
{
        struct document document;
        struct err err = {0};

        if (!json_read_one(&arena, json, &document, &err)) {
                fprintf(stderr, "edit.cases: %.*s: %s\n", STR_ARG(json), err.text);
                exit(1);
        }
        return document.root;
}

/* >>> OP PATH [VALUE], or >>> document NUMBER */
static void read_step(struct edit_case *test, struct str line)
{
        struct patch_step step = {0};
        struct str word;

        str_split(&line, ' ', &word);
        if (str_is(word, "document")) {
                test->index = (uint32_t)(line.data[0] - '0');
                return;
        }
        step.op = op_named(word);
        str_split(&line, ' ', &step.path);
        if (str_is(step.path, "(root)"))
                step.path = STR("");
        if (step.op == PATCH_MOVE || step.op == PATCH_COPY)
                step.from = line;
        else if (step.op != PATCH_REMOVE)
                step.value = value_in_json(line);
        *vec_push(&arena, &test->steps) = step;
}

/* A case's lines, without those before the document. */
static void read_case(struct edit_case *test, struct str text)
{
        bool crlf = false, no_end = false, no_end_before = false;
        struct str rest = text, line;
        const char *begin = text.data;

        while (str_split(&rest, '\n', &line) && line.data) {
                if (str_starts(line, STR("<<< "))) {
                        crlf |= str_is(line, "<<< crlf");
                        no_end |= str_is(line, "<<< no line end");
                        no_end_before |= str_is(line, "<<< no line end before");
                        begin = rest.data;
                } else if (str_starts(line, STR(">>> "))) {
                        if (!test->document.data)
                                test->document = str_span(begin, line.data);
                        read_step(test, str_from(line, 4));
                        begin = rest.data;
                } else if (str_starts(line, STR("!!! "))) {
                        test->fails = str_from(line, 4);
                }
        }
        if (!test->fails.data)
                test->edited = str_span(begin, text.data + text.len);
        if (no_end || no_end_before)
                test->document = without_end(test->document);
        if (no_end)
                test->edited = without_end(test->edited);
        if (crlf)
                convert(test, "\r\n");
}

struct edit_cases {
        VEC(struct edit_case) list;
};

/* === NAME, the case, and an empty line before the next. */
static void read_all(struct edit_cases *cases)
{
        struct str text = read_cases(&arena, "edit.cases");
        size_t at = str_find(text, STR("\n=== "), 0), next, line;

        for (; at != SIZE_MAX; at = next) {
                struct edit_case *test = vec_push(&arena, &cases->list);

                next = str_find(text, STR("\n\n=== "), at + 1);
                line = str_find(text, STR("\n"), at + 1);
                *test = (struct edit_case){.name = str_copy(&arena, str_sub(text, at + 5, line))};
                read_case(test, str_sub(text, line + 1, next == SIZE_MAX ? text.len : next + 1));
                next += next != SIZE_MAX;
        }
}

/* ---- Trying them ---- */

static void expect_disjoint(const struct text_edits *edits, struct str text)
{
        size_t at = 0;

        for (size_t i = 0; i < edits->edits.count; i++) {
                const struct text_edit *edit = &edits->edits.items[i];

                assert_true(edit->begin >= at && edit->begin <= edit->end && edit->end <= text.len);
                assert_true(i == 0 || edit->begin > at || edit->begin == at);
                at = edit->end;
        }
}

static void try_edit(void **state)
{
        const struct edit_case *test = *state;
        struct patch patch = {test->steps.items, test->steps.count};
        struct buf out CLEANUP(buf_free) = {0};
        struct text_edits edits;
        struct err err = {0};

        if (!edit_plan(&arena, test->document, test->index, &patch, &edits, &err)) {
                if (!test->fails.len || str_find(err_text(&err), test->fails, 0) == SIZE_MAX)
                        fail_msg("fails: %s", err.text);
                assert_int_equal(edits.edits.count, 0);
                return;
        }
        expect_disjoint(&edits, test->document);
        edit_apply(test->document, &edits, &out);
        if (test->fails.len || !str_equal(buf_text(&out), test->edited))
                fail_msg("gives\n%.*s", STR_ARG(buf_text(&out)));
}

/* ---- What texts do not show ---- */

static struct text_edits plan(struct str text, uint32_t index, const struct patch_step *steps, size_t count)
{
        struct text_edits edits;
        struct err err = {0};

        if (!edit_plan(&arena, text, index, &(struct patch){steps, count}, &edits, &err))
                fail_msg("fails: %s", err.text);
        return edits;
}

static void expect_edit(const struct text_edit *edit, uint32_t begin, uint32_t end, const char *text)
{
        assert_int_equal(edit->begin, begin);
        assert_int_equal(edit->end, end);
        assert_text(edit->text, text);
}

static void edits_are_in_order_and_small(void **state)
{
        struct patch_step steps[] = {
                {.op = PATCH_REPLACE, .path = STR("/b"), .value = value_int(3)},
                 {.op = PATCH_REMOVE, .path = STR("/c")},
                  {.op = PATCH_REPLACE, .path = STR("/a"), .value = value_int(4)},
                   {.op = PATCH_ADD, .path = STR("/d"), .value = value_int(5)},
                    {.op = PATCH_REPLACE, .path = STR("/d"), .value = value_int(6)},
                   };
        struct text_edits edits = plan(STR("x: 0\n---\na: 1 # one\nb: 2\nc: 3\n"), 1, steps, COUNT_OF(steps));

        assert_int_equal(edits.edits.count, 3);
        expect_edit(&edits.edits.items[0], 12, 13, "4");
        expect_edit(&edits.edits.items[1], 23, 24, "3\nd: 6");
        expect_edit(&edits.edits.items[2], 25, 30, "");
}

static void what_comes_and_goes_is_no_edit(void **state)
{
        struct patch_step steps[] = {
                {.op = PATCH_ADD, .path = STR("/b"), .value = value_int(3)},
                 {.op = PATCH_TEST, .path = STR("/b"), .value = value_int(3)},
                  {.op = PATCH_REMOVE, .path = STR("/b")},
                   {.op = PATCH_REPLACE, .path = STR("/a"), .value = value_int(4)},
                    {.op = PATCH_REPLACE, .path = STR("/a"), .value = value_int(1)},
                   };

        assert_int_equal(plan(STR("a: 1\n"), 0, steps, COUNT_OF(steps)).edits.count, 0);
        assert_int_equal(plan(STR("a: 1\n"), 0, steps, 0).edits.count, 0);
}

static void no_edits_leave_a_text_alone(void **state)
{
        struct buf out CLEANUP(buf_free) = {0};

        edit_apply(STR("a: 1\r\n"), &(struct text_edits){0}, &out);
        assert_text(buf_text(&out), "a: 1\r\n");
}

/* As deep as a document may be, in either style. */
static void deep_documents_can_be_edited(void **state)
{
        struct buf flow CLEANUP(buf_free) = {0}, block CLEANUP(buf_free) = {0}, path CLEANUP(buf_free) = {0};
        struct patch_step step = {.op = PATCH_REPLACE, .value = value_int(2)};

        buf_add_repeat(&flow, '[', 500);
        buf_add_literal(&flow, "1");
        buf_add_repeat(&flow, ']', 500);
        for (unsigned i = 0; i < 500; i++) {
                buf_add_literal(&path, "/0");
                buf_add_literal(&block, "- ");
        }
        buf_add_literal(&block, "1\n");
        step.path = buf_text(&path);
        expect_edit(plan(buf_text(&flow), 0, &step, 1).edits.items, 500, 501, "2");
        expect_edit(plan(buf_text(&block), 0, &step, 1).edits.items, 1000, 1001, "2");
}

static void long_documents_and_patches_take_no_time_to_speak_of(void **state)
{
        struct buf text CLEANUP(buf_free) = {0};
        struct patch_step *steps = arena_array(&arena, struct patch_step, 100);
        struct text_edits edits;

        for (unsigned i = 0; i < 2000; i++)
                buf_add_format(&text, "key%u:\n- name: x # %u\n", i, i);
        for (unsigned i = 0; i < 100; i++)
                steps[i] = (struct patch_step){
                        .op = PATCH_ADD, .path = str_format(&arena, "/key%u/0/a", i * 20), .value = value_bool(true)};
        edits = plan(buf_text(&text), 0, steps, 100);
        assert_int_equal(edits.edits.count, 100);
        for (size_t i = 0; i < 100; i++)
                assert_text(edits.edits.items[i].text, "\n  a: true");
}

int main(void)
{
        const struct CMUnitTest others[] = {
                cmocka_unit_test(edits_are_in_order_and_small),
                cmocka_unit_test(what_comes_and_goes_is_no_edit),
                cmocka_unit_test(no_edits_leave_a_text_alone),
                cmocka_unit_test(deep_documents_can_be_edited),
                cmocka_unit_test(long_documents_and_patches_take_no_time_to_speak_of),
        };
        struct edit_cases cases = {0};
        struct CMUnitTest *tests;
        int failed;

        read_all(&cases);
        tests = arena_array(&arena, struct CMUnitTest, cases.list.count);
        for (size_t i = 0; i < cases.list.count; i++) {
                struct edit_case *test = &cases.list.items[i];

                tests[i] = (struct CMUnitTest){.name = test->name.data, .test_func = try_edit, .initial_state = test};
        }
        failed = _cmocka_run_group_tests("edit.cases", tests, cases.list.count, NULL, NULL);
        failed += cmocka_run_group_tests(others, NULL, NULL);
        arena_free(&arena);
        return failed;
}
