/* Pointers looked up beforehand. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "doc/document.h"
#include "doc/key.h"
#include "rulebook/internal.h"

static void follow(void **state)
{
        static const struct {
                const char *pointer;
                size_t found;
                const char *nearest; /* its `name` */
        } cases[] = {
                {"", 0, "root"},       {"/a", 1, "a"},       {"/a/b", 1, "a"},     {"/list", 1, NULL},
                {"/list/0", 2, "one"}, {"/list/2", 1, NULL}, {"/list/-", 1, NULL}, {"/list/00", 1, NULL},
                {"/x~1y", 1, "xy"},    {"/x~1y/z", 1, "xy"}, {"/name/x", 1, NULL},
        };
        struct arena arena = {0};
        struct document document;
        struct err err = {0};
        struct node root;

        (void)state;
        assert_true(json_read_one(&arena,
                                  STR("{\"name\": \"root\", \"a\": {\"name\": \"a\"}, \"list\": [{\"name\": \"one\"}, "
                                      "{\"name\": \"two\"}], \"x/y\": {\"name\": \"xy\"}}"),
                                      &document, &err));
        root = (struct node){.at = document.at, .value = document.root};
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                const struct node *nearest;
                struct path path;
                size_t found;

                path_read(&arena, str_of(cases[i].pointer), &path);
                nearest = path_follow(&root, &path, &found);
                assert_int_equal(found, cases[i].found);
                if (cases[i].nearest)
                        assert_true(str_equal(value_get_text(&nearest->value, KEY_name), str_of(cases[i].nearest)));
        }
        arena_free(&arena);
}

static void references_in_force(void **state)
{
        struct rule_reference reference = {.reference = {STR("pod-security"), STR("runAsUser"), STR("restricted")},
                                                             .since = 23, .until = 30};
        struct rulebook book = {.minor = 23};

        (void)state;
        assert_true(reference_in_force(&book, &reference));
        book.minor = 22;
        assert_false(reference_in_force(&book, &reference));
        book.minor = 31;
        assert_false(reference_in_force(&book, &reference));
        book.minor = 30;
        book.pod_security = STR("restricted");
        assert_true(reference_in_force(&book, &reference));
        book.pod_security = STR("baseline");
        assert_false(reference_in_force(&book, &reference));
        reference.reference.level = STR("baseline");
        assert_true(reference_in_force(&book, &reference));
        reference.reference.framework = STR("kubesec");
        book.minor = 0;
        assert_true(reference_in_force(&book, &reference));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(follow),
                cmocka_unit_test(references_in_force),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
