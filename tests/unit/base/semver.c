/* semver.c - which texts are versions, and which comes first. */

#include "base/semver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void reads_versions(void **state)
{
        static const char *const good[] = {"0.0.0",
                                           "1.2.3",
                                           "1.0.0-alpha.1",
                                           "1.0.0-0a.x-y-z",
                                           "1.0.0+001",
                                           "1.0.0-rc.1+b.7",
                                           "18446744073709551615.0.0",
                                           "1.2.3----R-S.12.9.1--.12+meta"};
        static const char *const bad[] = {"",
                                          "1",
                                          "1.2",
                                          "1.2.3.4",
                                          "01.2.3",
                                          "1.02.3",
                                          "1.2.03",
                                          "v1.2.3",
                                          "1.2.3-",
                                          "1.2.3+",
                                          "1.2.3-01",
                                          "1.2.3-a..b",
                                          "1.2.3-a.",
                                          "1.2.3+a_b",
                                          "1.2.x",
                                          "-1.2.3",
                                          "1.2.3 ",
                                          "18446744073709551616.0.0",
                                          "1.2.3-\xc3\xa9"};
        struct semver version;

        (void)state;
        for (size_t i = 0; i < COUNT_OF(good); i++) {
                struct arena arena CLEANUP(arena_free) = {0};

                if (!semver_read(str_of(good[i]), &version))
                        fail_msg("%s", good[i]);
                assert_string_equal(semver_print(&arena, &version).data, good[i]);
        }
        for (size_t i = 0; i < COUNT_OF(bad); i++) {
                if (semver_read(str_of(bad[i]), &version))
                        fail_msg("%s", bad[i]);
        }
}

static void orders_versions(void **state)
{
        static const char *const ascending[] = {"0.9.0",
                                                "1.0.0-1",
                                                "1.0.0-2",
                                                "1.0.0-10",
                                                "1.0.0-alpha",
                                                "1.0.0-alpha.1",
                                                "1.0.0-alpha.beta",
                                                "1.0.0-beta.2",
                                                "1.0.0-beta.11",
                                                "1.0.0-rc.1",
                                                "1.0.0",
                                                "1.0.1",
                                                "1.1.0",
                                                "2.0.0"};
        struct semver left, right;

        (void)state;
        for (size_t i = 0; i < COUNT_OF(ascending); i++) {
                for (size_t j = 0; j < COUNT_OF(ascending); j++) {
                        assert_true(semver_read(str_of(ascending[i]), &left)
                                    && semver_read(str_of(ascending[j]), &right));
                        assert_int_equal(semver_compare(&left, &right), (i > j) - (i < j));
                }
        }
        assert_true(semver_read(STR("1.0.0+a"), &left) && semver_read(STR("1.0.0+b"), &right));
        assert_int_equal(semver_compare(&left, &right), 0);
}

static void normalizes(void **state)
{
        static const char *const pairs[][2] = {{"v1.2.3", "1.2.3"},     {"1", "1.0.0"},   {"v01.02", "1.2.0"},
                                               {"1.2.03-a", "1.2.3-a"}, {"000", "0.0.0"}, {"1-alpha", NULL},
                                               {"1.2+b", NULL}};
        struct arena arena CLEANUP(arena_free) = {0};

        (void)state;
        for (size_t i = 0; i < COUNT_OF(pairs); i++) {
                struct str normal = semver_normalize(&arena, str_of(pairs[i][0]));

                if (pairs[i][1])
                        assert_string_equal(normal.data, pairs[i][1]);
                else
                        assert_null(normal.data);
        }
        assert_null(semver_normalize(&arena, (struct str){"1.2.3\0x", 7}).data);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(reads_versions),
                cmocka_unit_test(orders_versions),
                cmocka_unit_test(normalizes),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
