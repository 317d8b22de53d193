/* Comparing versions: what each packaging system says of its own. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "image/version/version.h"

/* In rising order; versions that are the same stand on one line, with spaces between them. */
static const struct {
        const char *scheme;
        const char *rising[24];
} orders[] = {
        {"deb",
         {"1.0~~", "1.0~~a", "1.0~", "1.0 0:1.0 00:1.00 1.0-0", "1.0-0a", "1.0-1", "1.0-1+b1", "1.0a", "1.0+dfsg-1",
          "1.0.", "1.00.1", "1.9", "1.10", "1.99999999999999999999999999999999", "1.100000000000000000000000000000000",
          "1:0.1", "10:0.1"}},
        {"rpm",
         {"1.0~rc1", "1.0~rc1^git1", "1.0", "1.0-1", "1.0-10", "1.0^git1", "1.0a", "1.0aa",
          "1.0.1 1_0_1 1.00.01 0:1.0.1", "1.2", "1.10", "1:0"}},
        {"pacman", {"1.0~rc1", "1.0", "1.0.1-1 1.0.1", "1.0.2-1", "1.0.2-2", "1:0.1"}},
        {"apk", {"not.a.version", "1.0_alpha", "1.0_alpha2", "1.0_beta", "1.0_pre1", "1.0_rc1_p1", "1.0",
                 "1.0-r0",        "1.0-r10",   "1.0_cvs",    "1.0_svn",  "1.0_git",  "1.0_hg",     "1.0_p",
                 "1.0a",          "1.0b",      "1.09",       "1.1",      "1.10",     "01.11 1.11"}},
        {"portage",
         {"1.0_alpha", "1.0_alpha1", "1.0_beta", "1.0_pre", "1.0_rc", "1.0 1.0-r0 1.00", "1.0-r1", "1.0_p", "1.0_p1",
          "1.0a", "1.01 1.010", "1.1", "1.10", "1.10.0"}},
        {"semver",
         {"1.0.0-1", "1.0.0-2", "1.0.0-18446744073709551616", "1.0.0-A", "1.0.0-a", "1.0.0-a.1", "1.0.0-a.b",
          "1 1.0 1.0.0 v1.0.0 1.0.0+build", "1.0.1", "1.2.0", "1.10.0"}},
        {"npm", {"1.0.0-rc.9", "1.0.0-rc.10", "1.0.0"}},
        {"cargo", {"1.0.0-rc.9", "1.0.0-rc.10", "1.0.0"}},
        {"hex", {"1.0.0-rc.9", "1.0.0-rc.10", "1.0.0"}},
        {"pub", {"1.0.0-a", "1.0.0-a+1", "1.0.0", "1.0.0+1", "1.0.0+2", "1.0.0+a"}},
        {"nuget", {"1.0.0-A 1.0.0-a", "1.0.0-B", "1.0 1.0.0.0 1.0.0+x", "1.0.0.1"}},
        {"bitnami", {"1.0.0", "1.0.1 1.0.1-1 1.0.1-12"}},
        {"golang",
         {"v0.0.0-20180116102854-5a71ef0e047d", "go1.21rc2 1.21.0-rc.2", "go1.21rc10", "go1.21 1.21.0", "go1.21.1",
          "v3.0.0+incompatible v3.0.0"}},
        {"cran", {"0.9", "0.75", "1", "1.0 1-0 01.0", "1.0.0"}},
        {"hackage", {"0.9", "0.75", "1", "1.0", "1.0.0"}},
        {"jvm",
         {"1.8.0_131-ea 8u131-ea-b01", "1.8.0_131 8.0.131 8u131 1.8.0-update131 1.8.0-update_131-b02 8.0.131+11",
          "9.0.0-ea", "9 9.0.0", "11.0.4", "11.0.10"}},
        {"rubygems",
         {"1.a 1.0.0.a 1.a.0", "1.a.1 1.a1", "1.a.10", "1.b", "1.pre", "1-1 1.pre.1", "1 1.0 1.0.0", "1.0.1", "1.2",
          "1.10"}},
        {"packagist",
         {"dev-main", "1.0-unknown 1.0-other", "1.0-dev", "1.0-alpha1 1.0a1", "1.0-alpha2", "1.0-beta",
          "1.0-RC1 1.0rc1 v1.0.rc.1", "1.0", "1.0pl1 1.0-patch1", "1.2", "1.10"}},
        {"pypi",
         {"0-old", "1.dev1", "1a1.dev1", "1a1 1.alpha-1 1.0A1", "1b1", "1rc1 1c1 1-preview_1", "1 1.0 v1.0.0", "1+a",
          "1+a.b", "1+1", "1.post1.dev1", "1.post1 1-1 1.r1", "1.1", "1.10", "1!0"}},
        {"maven",
         {"1-alpha-1 1a1 1.0.0-alpha-1", "1-beta", "1-milestone", "1-rc 1-CR", "1-SNAPSHOT",
          "1 1.0 1-ga 1.final 1.0-RELEASE 1-0.0", "1-sp", "1-abc", "1-xyz", "1-1", "1-2", "1-10", "1.1", "1.10"}},
};

static int compare(const struct version_scheme *scheme, struct str a, struct str b)
{
        struct err err = {0};
        int order = 9;

        if (!version_compare(scheme, a, b, &order, &err))
                fail_msg("%.*s", STR_ARG(err_text(&err)));
        return order;
}

static void expect(const struct version_scheme *scheme, struct str a, struct str b, int wanted)
{
        int order = compare(scheme, a, b);

        if (order != wanted || compare(scheme, b, a) != -wanted)
                fail_msg("%s: %.*s and %.*s: %d, and %d turned round", scheme->name, STR_ARG(a), STR_ARG(b), order,
                         compare(scheme, b, a));
}

/* Compares every version of one line with every version of another. */
static void expect_lines(const struct version_scheme *scheme, const char *left, const char *right, int wanted)
{
        struct str left_rest = str_of(left), a;

        while (str_split(&left_rest, ' ', &a)) {
                struct str right_rest = str_of(right), b;

                while (str_split(&right_rest, ' ', &b))
                        expect(scheme, a, b, wanted);
        }
}

static void test_orders(void **state)
{
        (void)state;
        for (size_t i = 0; i < COUNT_OF(orders); i++) {
                const struct version_scheme *scheme = version_scheme_find(str_of(orders[i].scheme));

                assert_non_null(scheme);
                for (size_t lower = 0; orders[i].rising[lower]; lower++)
                        for (size_t higher = lower; orders[i].rising[higher]; higher++)
                                expect_lines(scheme, orders[i].rising[lower], orders[i].rising[higher],
                                             lower == higher ? 0 : -1);
        }
}

static void test_every_scheme_is_tried(void **state)
{
        (void)state;
        assert_int_equal(COUNT_OF(orders), version_scheme_count);
        for (size_t i = 1; i < version_scheme_count; i++)
                assert_true(strcmp(version_schemes[i - 1]->name, version_schemes[i]->name) < 0);
        assert_null(version_scheme_find(STR("debian")));
}

static void test_faults(void **state)
{
        static const char *const faulty[][2] = {
                {"deb", "a:1"},         {"deb", "1.0_1"},    {"deb", "1:"},          {"deb", "1.0-"},
                {"deb", ":1"},          {"deb", ""},         {"rpm", "1:"},          {"pacman", "1:-1"},
                {"portage", "1.0-1"},   {"portage", "1._p"}, {"semver", "alpha"},    {"semver", "1.0-"},
                {"semver", "1.0-a..b"}, {"npm", "1.x"},      {"cargo", "^1"},        {"golang", "(devel)"},
                {"golang", "go"},       {"cran", "1.a.2"},   {"cran", "1."},         {"hackage", "1-1"},
                {"jvm", "1.a"},         {"rubygems", "1.."}, {"rubygems", "beta.1"}, {"rubygems", "1/2"},
                {"nuget", "x"},         {"packagist", "--"},
        };

        (void)state;
        for (size_t i = 0; i < COUNT_OF(faulty); i++) {
                const struct version_scheme *scheme = version_scheme_find(str_of(faulty[i][0]));
                struct err err = {0};
                int order;

                if (version_compare(scheme, STR("1"), str_of(faulty[i][1]), &order, &err))
                        fail_msg("%s took %s", faulty[i][0], faulty[i][1]);
                assert_true(str_find(err_text(&err), str_of(faulty[i][1]), 0) != SIZE_MAX);
        }
}

struct told {
        size_t count, line;
};

static void tell(void *whom, size_t line, const struct err *err)
{
        struct told *told = whom;

        assert_true(err->length > 0);
        told->count++;
        told->line = line;
}

static void test_judge(void **state)
{
        CLEANUP(buf_free) struct buf out = {0};
        struct version_verdict verdict = {0};
        struct told told = {0};

        (void)state;
        version_judge(&version_deb, STR("1 < 2\n2 < 1\n\n1 = 1.0\n1 < x:1\n1 <= 2\n1  < 2\n2 > 1"), &out, &verdict,
                                        tell, &told);
        assert_true(str_is(buf_text(&out), "2 < 1\n1 = 1.0\n"));
        assert_int_equal(verdict.judged, 4);
        assert_int_equal(verdict.failed, 2);
        assert_int_equal(verdict.faults, 3);
        assert_int_equal(told.count, 3);
        assert_int_equal(told.line, 7);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_orders),
                cmocka_unit_test(test_every_scheme_is_tried),
                cmocka_unit_test(test_faults),
                cmocka_unit_test(test_judge),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
