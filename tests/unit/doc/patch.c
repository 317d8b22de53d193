/* Tests of doc/patch.c: the cases of patch.yaml and merge.yaml, and limits. */

#include "doc/patch.h"

#include "doc/print.h"

#include "cases.h"

static struct arena arena;

static const struct value *member(const struct value *map, const char *name)
{
        return value_get(map, intern(str_of(name)));
}

static struct str as_json(const struct value *value)
{
        struct buf out CLEANUP(buf_free) = {0};

        json_print(&out, value, 0);
        return str_copy(&arena, buf_text(&out));
}

static void expect_equal(const struct value *value, const struct value *wanted)
{
        if (!value_equal(value, wanted))
                fail_msg("gives %s", as_json(value).data);
}

static void try_patch(void **state)
{
        const struct value *test = *state, *wanted = member(test, "gives");
        struct str fails = value_get_text(test, intern(STR("fails"))), before = as_json(member(test, "document"));
        struct patch patch;
        struct err err = {0};
        struct value result;
        bool done = patch_read(&arena, member(test, "patch"), &patch, &err)
                    && patch_apply(&arena, member(test, "document"), &patch, &result, &err);

        assert_true(str_equal(as_json(member(test, "document")), before));
        if (done && !wanted)
                fail_msg("gives %s", as_json(&result).data);
        else if (done)
                expect_equal(&result, wanted);
        else if (!fails.len || str_find(err_text(&err), fails, 0) == SIZE_MAX)
                fail_msg("fails: %s", err.text);
}

static void try_merge(void **state)
{
        const struct value *test = *state;
        struct value result = patch_merge(&arena, member(test, "document"), member(test, "merge"));

        expect_equal(&result, member(test, "gives"));
}

/* A value written as JSON. */
static struct value value_of(const char *json)
{
        struct document document;
        struct err err = {0};

        if (!json_read_one(&arena, str_of(json), &document, &err))
                fail_msg("%s", err.text);
        return document.root;
}

static void names_of_operations(void **state)
{
        assert_text(patch_op_name(PATCH_ADD), "add");
        assert_text(patch_op_name(PATCH_TEST), "test");
}

static void a_patch_that_doubles_and_doubles_is_stopped(void **state)
{
        struct patch_step steps[40];
        struct value root = value_of("{\"a\": [1]}"), result;
        struct err err = {0};

        for (size_t i = 0; i < COUNT_OF(steps); i++)
                steps[i] = (struct patch_step){.op = PATCH_COPY, .from = STR("/a"), .path = STR("/a/-")};
        assert_false(patch_apply(&arena, &root, &(struct patch){steps, COUNT_OF(steps)}, &result, &err));
        assert_non_null(strstr(err.text, "larger than"));
}

static void a_patch_that_nests_and_nests_is_stopped(void **state)
{
        struct buf path CLEANUP(buf_free) = {0};
        struct patch_step steps[600];
        struct value root = value_of("{}"), result;
        struct err err = {0};

        for (size_t i = 0; i < COUNT_OF(steps); i++) {
                buf_add_literal(&path, "/a");
                steps[i] = (struct patch_step){
                        .op = PATCH_ADD, .path = str_copy(&arena, buf_text(&path)), .value = value_of("{}")};
        }
        assert_false(patch_apply(&arena, &root, &(struct patch){steps, COUNT_OF(steps)}, &result, &err));
        assert_non_null(strstr(err.text, "step 513 of the patch"));
}

static void a_map_with_an_index_stays_right(void **state)
{
        struct buf json CLEANUP(buf_free) = {0};
        struct patch_step steps[] = {
                {.op = PATCH_REPLACE, .path = STR("/key20"), .value = value_int(-1)},
                 {.op = PATCH_REMOVE, .path = STR("/key3")},
                  {.op = PATCH_ADD, .path = STR("/new"), .value = value_int(-2)},
                 };
        struct value root, result;
        struct err err = {0};

        for (int i = 0; i < 40; i++)
                buf_add_format(&json, "%s\"key%d\": %d", i ? ", " : "{", i, i);
        buf_add_literal(&json, "}\0");
        root = value_of(json.data);
        assert_true(patch_apply(&arena, &root, &(struct patch){steps, COUNT_OF(steps)}, &result, &err));
        assert_int_equal(value_count(&result), 40);
        assert_int_equal(member(&result, "key20")->i, -1);
        assert_int_equal(member(&result, "key39")->i, 39);
        assert_int_equal(member(&result, "new")->i, -2);
        assert_null(member(&result, "key3"));
        assert_int_equal(member(&root, "key20")->i, 20);
}

int main(void)
{
        const struct CMUnitTest others[] = {
                cmocka_unit_test(names_of_operations),
                cmocka_unit_test(a_patch_that_doubles_and_doubles_is_stopped),
                cmocka_unit_test(a_patch_that_nests_and_nests_is_stopped),
                cmocka_unit_test(a_map_with_an_index_stays_right),
        };
        int failed = run_yaml_cases(&arena, "patch.yaml", try_patch);

        failed += run_yaml_cases(&arena, "merge.yaml", try_merge);
        failed += cmocka_run_group_tests(others, NULL, NULL);
        arena_free(&arena);
        return failed;
}
