/* How much of a cluster a namespace may take. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rulebook/try_join.h"
#include "workload/joins.h"

#define SHOP "---\n{apiVersion: v1, kind: Namespace, metadata: {name: shop}}\n"
#define SAYS(quota, range, pods)                                                                                       \
        "Namespace shop /metadata/name {\"quota\":" quota ",\"range\":" range ",\"pods\":" pods "}\n"

static void limits(void **state)
{
        (void)state;
        assert_join(join_namespace_limits, "", SHOP, SAYS("false", "false", "0"));
        assert_join(join_namespace_limits, "",
                    SHOP DEPLOYMENT("web", "shop") OBJECT("v1", "ResourceQuota", "q", "shop", ""),
                    SAYS("true", "false", "1"));
        assert_join(join_namespace_limits, "",
                    SHOP OBJECT("v1", "LimitRange", "q", "shop", "") OBJECT("v1", "ResourceQuota", "q", "web", ""),
                    SAYS("false", "true", "0"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(limits)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
