/* Tests of doc/jsonpath.c: the templates of jsonpath.yaml, and limits. */

#include "doc/jsonpath.h"

#include "doc/print.h"

#include "cases.h"

struct template_case {
        const struct value *document, *wanted;
        struct str template, fails;
        bool missing;
};

static struct arena arena;

static const struct value *member(const struct value *map, const char *name)
{
        return value_get(map, intern(str_of(name)));
}

static bool prints(const struct template_case *test, struct buf *out, struct err *err)
{
        const struct node root = {.value = *test->document};
        const struct jsonpath *path = jsonpath_compile(&arena, test->template, err);
        struct jsonpath_results results;

        TRY(path);
        TRY(jsonpath_find(&arena, path, &root, test->missing ? JSONPATH_MISSING_IS_EMPTY : JSONPATH_MISSING_FAILS,
                          &results, err));
        jsonpath_print(out, &results);
        return true;
}

static void try_template(void **state)
{
        const struct template_case *test = *state;
        struct buf out CLEANUP(buf_free) = {0};
        struct err err = {0};

        if (prints(test, &out, &err)) {
                if (!test->wanted || !str_equal(buf_text(&out), value_text(test->wanted)))
                        fail_msg("prints %.*s", STR_ARG(buf_text(&out)));
        } else if (!test->fails.len || str_find(err_text(&err), test->fails, 0) == SIZE_MAX) {
                fail_msg("fails: %s", err.text);
        }
}

/* ---- What templates do not show ---- */

static struct node document_of(const char *json)
{
        struct document document;
        struct err err = {0};

        if (!json_read_one(&arena, str_of(json), &document, &err))
                fail_msg("%s", err.text);
        return (struct node){.at = document.at, .value = document.root};
}

static void results_know_their_place(void **state)
{
        struct node root = document_of("{\"a\": [1, {\"b\": 2}]}");
        struct err err = {0};
        const struct jsonpath *path = jsonpath_compile(&arena, STR("{.a[*]}x{..b}{3}"), &err);
        struct jsonpath_results results;
        const struct jsonpath_result *result;

        assert_non_null(path);
        assert_true(jsonpath_find(&arena, path, &root, JSONPATH_MISSING_FAILS, &results, &err));
        assert_int_equal(results.list.count, 5);
        result = results.list.items;
        assert_int_equal(result[0].node->at, 7);
        assert_int_equal(result[1].node->at, 10);
        assert_ptr_equal(result[1].value, &result[1].node->value);
        assert_null(result[2].node);
        assert_text(value_text(result[2].value), "x");
        assert_int_equal(result[3].node->at, 16);
        assert_null(result[4].node);
        assert_int_equal(result[0].group, result[1].group);
        assert_int_not_equal(result[1].group, result[2].group);
        assert_int_not_equal(result[2].group, result[3].group);
}

static void the_document_itself_is_a_node(void **state)
{
        struct node root = document_of("  [1]");
        struct err err = {0};
        struct jsonpath_results results;

        assert_true(jsonpath_find(&arena, jsonpath_compile(&arena, STR("{@}"), &err), &root, JSONPATH_MISSING_FAILS,
                                                           &results, &err));
        assert_int_equal(results.list.count, 1);
        assert_ptr_equal(results.list.items[0].node, &root);
}

static void finding_too_much_is_an_error(void **state)
{
        struct node root = document_of("[[0, 0], [0, 0]]");
        struct buf template CLEANUP(buf_free) = {0};
        const struct jsonpath *path;
        struct jsonpath_results results;
        struct err err = {0};

        buf_add_literal(&template, "{");
        for (int i = 0; i < 40; i++)
                buf_add_literal(&template, "[?(@[0,0,0])][:,:,:][0,0,0]");
        buf_add_literal(&template, "}");
        path = jsonpath_compile(&arena, buf_text(&template), &err);
        assert_non_null(path);
        assert_false(jsonpath_find(&arena, path, &root, JSONPATH_MISSING_IS_EMPTY, &results, &err));

        template.len = 0;
        for (int i = 0; i < 30; i++)
                buf_add_literal(&template, "{range [0,1,0,1,0,1]}{range [*]}{end}");
        for (int i = 0; i < 30; i++)
                buf_add_literal(&template, "{end}");
        err = (struct err){0};
        path = jsonpath_compile(&arena, buf_text(&template), &err);
        assert_non_null(path);
        assert_false(jsonpath_find(&arena, path, &root, JSONPATH_MISSING_IS_EMPTY, &results, &err));
}

static void too_deep_is_an_error(void **state)
{
        struct buf template CLEANUP(buf_free) = {0};
        struct err err = {0};

        buf_add_literal(&template, "{");
        for (int i = 0; i < 40; i++)
                buf_add_literal(&template, "[?(@.a");
        for (int i = 0; i < 40; i++)
                buf_add_literal(&template, ")]");
        buf_add_literal(&template, "}");
        assert_null(jsonpath_compile(&arena, buf_text(&template), &err));
        assert_non_null(strstr(err.text, "at most 32"));
}

static void too_long_is_an_error(void **state)
{
        struct buf template CLEANUP(buf_free) = {0};
        struct err err = {0};

        buf_add_repeat(&template, 'x', 70000);
        assert_null(jsonpath_compile(&arena, buf_text(&template), &err));
        assert_non_null(strstr(err.text, "too long"));
}

/* ---- Running ---- */

/* A template on one line, terminated. */
static const char *as_json(struct str template)
{
        struct buf out CLEANUP(buf_free) = {0};

        json_print_string(&out, template);
        return str_copy(&arena, buf_text(&out)).data;
}

static int run_templates(void)
{
        struct str text = read_cases(&arena, "jsonpath.yaml");
        VEC(struct CMUnitTest) tests = {0};
        struct document list;
        struct err err = {0};

        if (!yaml_read_one(&arena, text, &list, &err)) {
                fprintf(stderr, "jsonpath.yaml: %s\n", err.text);
                exit(1);
        }
        value_each (&list.root, item) {
                value_each (member(&item->value, "templates"), entry) {
                        struct template_case *test = arena_new(&arena, struct template_case);

                        test->document = member(&item->value, "document");
                        test->template = value_get_text(&entry->value, intern(STR("template")));
                        test->wanted = member(&entry->value, "prints");
                        test->fails = value_get_text(&entry->value, intern(STR("fails")));
                        test->missing = value_is_true(member(&entry->value, "missing"));
                        *vec_push(&arena, &tests) = (struct CMUnitTest){
                                .name = as_json(test->template), .test_func = try_template, .initial_state = test};
                }
        }
        return _cmocka_run_group_tests("jsonpath.yaml", tests.items, tests.count, NULL, NULL);
}

int main(void)
{
        const struct CMUnitTest others[] = {
                cmocka_unit_test(results_know_their_place),     cmocka_unit_test(the_document_itself_is_a_node),
                cmocka_unit_test(finding_too_much_is_an_error), cmocka_unit_test(too_deep_is_an_error),
                cmocka_unit_test(too_long_is_an_error),
        };
        int failed = run_templates();

        failed += cmocka_run_group_tests(others, NULL, NULL);
        arena_free(&arena);
        return failed;
}
