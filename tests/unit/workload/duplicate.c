/* The same object twice. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rulebook/try_join.h"
#include "workload/joins.h"

static void twice(void **state)
{
        (void)state;
        assert_join(join_duplicate_object, "", DEPLOYMENT("web", "shop") DEPLOYMENT("web", "shop"),
                    "Deployment web /metadata/name {\"first\":\"a.yaml\"}\n");
        assert_join(join_duplicate_object, "",
                    DEPLOYMENT("web", "shop") DEPLOYMENT("web", "web") SERVICE("web", "shop", ""), "");
        /* A name that the API server makes is never the same. */
        assert_join(join_duplicate_object, "",
                    "---\n{apiVersion: v1, kind: Pod, metadata: {generateName: a}, spec: {containers: []}}\n"
                    "---\n{apiVersion: v1, kind: Pod, metadata: {generateName: a}, spec: {containers: []}}\n",
                    "");
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(twice)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
