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

int main(void)
{
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
        arena_free(&arena);
        return failed;
}
