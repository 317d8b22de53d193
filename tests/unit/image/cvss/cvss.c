/* CVSS: scores of the examples of the specifications and of corners, what is refused, and the order of metrics. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "image/cvss/cvss.h"

static const struct {
        const char *vector, *line;
} cases[] = {
        /* v2 guide, 3.3 */
        {"AV:N/AC:L/Au:N/C:N/I:N/A:C", "7.8 high"},
        {"AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C", "6.4 medium"},
        {"AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:H", "9.2 high"},
        {"AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C/CDP:N/TD:N/CR:M/IR:M/AR:H", "0.0 low"},
        {"AV:L/AC:H/Au:N/C:C/I:C/A:C", "6.2 medium"},
        {"AV:L/AC:H/Au:M/C:P/I:N/A:N/E:H/RL:OF/RC:C/CDP:ND/TD:ND/CR:L/IR:H/AR:M",
         "0.0 low"},                                                /* below 0 before it is cut */
        {"AV:N/AC:L/Au:S/C:C/I:C/A:C/E:ND/RL:U/RC:UR", "8.6 high"}, /* 8.55 */
        /* v3.0 and v3.1 */
        {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", "10.0 critical"},
        {"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", "0.0 none"},
        {"CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:C/C:N/I:N/A:L/E:H/RL:U/RC:U", "4.6 medium"}, /* 5.0 x 0.92 */
        {"CVSS:3.1/AV:N/AC:H/PR:L/UI:N/S:U/C:H/I:L/A:L/E:H/RL:O/RC:C/MS:C/MC:H", "7.4 high"},
        /* v4.0 */
        {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", "10.0 critical"},
        {"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N", "0.0 none"},
        {"CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", "7.7 high"},
        {"CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U", "5.2 medium"},
        {"CVSS:4.0/AV:N/AC:H/AT:P/PR:N/UI:A/VC:N/VI:N/VA:H/SC:N/SI:H/SA:L/E:U/CR:H/IR:H/AR:M/MAV:N/MAC:H/MAT:X/MPR:H/MUI:A/MVC:X/MVI:N/"
         "MVA:H/MSC:H/MSI:S/MSA:H",
         "4.4 medium"},
};

static void nobody(void *whom, size_t line, const struct err *err)
{
        (void)line;
        assert_true(err->length > 0);
        ++*(size_t *)whom;
}

static struct str judge(const char *vector, struct buf *out)
{
        size_t told = 0, faults;

        assert_int_equal(cvss_judge(str_of(vector), out, &faults, nobody, &told), 1);
        assert_int_equal(told, faults);
        return buf_text(out);
}

static void test_scores(void **state)
{
        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                CLEANUP(buf_free) struct buf out = {0}, wanted = {0};

                buf_add_format(&wanted, "%s %s\n", cases[i].line, cases[i].vector);
                if (!str_equal(judge(cases[i].vector, &out), buf_text(&wanted)))
                        fail_msg("%.*s", STR_ARG(buf_text(&out)));
        }
}

static void test_refused(void **state)
{
        static const char *const faulty[] = {
                "AV:N/AC:L/Au:N/C:N/I:N",
                "AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F",
                "AV:N/AC:L/Au:N/C:N/A:C/I:N",
                "AV:N/AC:L/Au:N/C:N/I:N/A:C/",
                "CVSS:2.0/AV:N/AC:L/Au:N/C:N/I:N/A:C",
                "CVSS:3.2/AV:P/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:N",
                "CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:N/A:N",
                "CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:X",
                "CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:N/I:N/A",
                "CVSS:4.0/AC:L/AV:N/AT:N/PR:H/UI:N/VC:L/VI:L/VA:N/SC:N/SI:N/SA:N",
                "CVSS:4.0/AV:N/AC:L/AT:N/PR:H/UI:N/VC:L/VI:L/VA:N/SC:N/SI:N",
                "CVSS:4.0/",
                "x",
                "\n",
        };

        (void)state;
        for (size_t i = 0; i < COUNT_OF(faulty); i++) {
                CLEANUP(buf_free) struct buf out = {0};

                if (!str_is(judge(faulty[i], &out), "invalid\n"))
                        fail_msg("%s: %.*s", faulty[i], STR_ARG(buf_text(&out)));
        }
}

static void test_order(void **state)
{
        CLEANUP(buf_free) struct buf out = {0};

        (void)state;
        assert_true(str_is(judge("CVSS:3.1/A:H/E:X/I:H/C:H/S:U/UI:N/PR:N/AC:L/AV:N", &out),
                           "9.8 critical CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:X\n"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(test_scores), cmocka_unit_test(test_refused),
                                           cmocka_unit_test(test_order)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
