/* Deprecated versions of the API. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kube/lifecycle.h"

static void known_and_not(void **state)
{
        const struct lifecycle *cron = lifecycle_of(STR("batch/v1beta1"), STR("CronJob"));

        (void)state;
        assert_non_null(cron);
        assert_true(cron->introduced == 8 && cron->deprecated == 21 && cron->removed == 25);
        assert_true(str_is(cron->replacement, "batch/v1"));
        assert_null(lifecycle_of(STR("batch/v1"), STR("CronJob")));
        assert_null(lifecycle_of(STR("batch/v1beta1"), STR("Job")));
        assert_int_equal(lifecycle_of(STR("policy/v1beta1"), STR("PodSecurityPolicy"))->replacement.len, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(known_and_not)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
