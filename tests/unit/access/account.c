/* The service accounts that Pods name. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "access/joins.h"
#include "rulebook/try_join.h"

#define WITH(name, ns, account) DEPLOYMENT_WITH(name, ns, "{app: " name "}", account ", ")
#define ACCOUNT(name, ns) OBJECT("v1", "ServiceAccount", name, ns, "")

static void missing(void **state)
{
        (void)state;
        assert_join(join_account_missing, "", WITH("web", "shop", "serviceAccountName: web") ACCOUNT("web", "shop"),
                    "");
        assert_join(join_account_missing, "", WITH("web", "shop", "serviceAccountName: web") ACCOUNT("store", "shop"),
                    "Deployment web /spec/template/spec/serviceAccountName "
                    "{\"account\":\"web\",\"namespace\":\"shop\",\"shown\":true}\n");
        assert_join(join_account_missing, "", WITH("web", "shop", "serviceAccount: web") ACCOUNT("web", "web"),
                    "Deployment web /spec/template/spec/serviceAccount "
                    "{\"account\":\"web\",\"namespace\":\"shop\",\"shown\":false}\n");
        assert_join(join_account_missing, "", WITH("web", "shop", "serviceAccountName: default") ACCOUNT("a", "shop"),
                    "");
        assert_join(join_account_missing, "", DEPLOYMENT("web", "shop") ACCOUNT("a", "shop"), "");
}

static void said_once_where_none_was_shown(void **state)
{
        (void)state;
        assert_join(join_account_missing, "",
                    DEPLOYMENT("a", "shop") WITH("b", "shop", "serviceAccountName: b")
                            WITH("c", "shop", "serviceAccountName: c") WITH("d", "web", "serviceAccountName: d"),
                    "Deployment b /spec/template/spec/serviceAccountName "
                    "{\"account\":\"b\",\"namespace\":\"shop\",\"shown\":false}\n"
                    "Deployment d /spec/template/spec/serviceAccountName "
                    "{\"account\":\"d\",\"namespace\":\"web\",\"shown\":false}\n");
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(missing), cmocka_unit_test(said_once_where_none_was_shown)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
