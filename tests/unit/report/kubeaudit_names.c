/* kubeaudit's names and labels. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report/kubeaudit.h"

static void names(void **state)
{
        const struct kubeaudit_rule *rule = kubeaudit_rule_find(STR("PrivilegedTrue"));
        enum kubeaudit_auditor auditor;

        (void)state;
        assert_true(rule && rule->auditor == AUDITOR_PRIVILEGED && rule->level == LEVEL_ERROR);
        assert_ptr_equal(kubeaudit_rule_find(STR("PrivilegedTrueAllowed")), rule);
        assert_null(kubeaudit_rule_find(STR("Privileged")));
        assert_null(kubeaudit_rule_find(STR("Allowed")));
        for (int i = 0; i < AUDITOR_COUNT; i++) {
                assert_true(kubeaudit_auditor_from(kubeaudit_auditor_name((enum kubeaudit_auditor)i), &auditor));
                assert_int_equal(auditor, i);
        }
        assert_false(kubeaudit_auditor_from(STR("none"), &auditor));
}

static void labels(void **state)
{
        static const struct {
                const char *label, *container, *name;
                bool known, found;
        } cases[] = {
                {"kubeaudit.io/allow-run-as-root", "", "", true, true},
                {"audit.kubernetes.io/pod.allow-run-as-root", "", "", true, true},
                {"audit.kubernetes.io/namespace.allow-non-default-deny-egress-network-policy", "", "", true, true},
                {"container.kubeaudit.io/web.allow-run-as-root", "web", "", true, true},
                {"container.audit.kubernetes.io/web.allow-capability-net-admin", "web", "net-admin", true, true},
                {"kubeaudit.io/allow-host-path-mount-data", "", "data", true, true},
                {"kubeaudit.io/allow-run-as-roots", "", "", true, false},
                {"container.kubeaudit.io/web", "web", "", true, false},
                {"container.kubeaudit.io/web.allow-namespace-host-network", "web", "", true, false},
                {"app.kubernetes.io/name", "", "", false, false},
        };

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct str container, name;
                bool known;
                bool found = kubeaudit_override_find(str_of(cases[i].label), &container, &name, &known) != NULL;

                if (found != cases[i].found || known != cases[i].known
                    || !str_equal(container, str_of(cases[i].container))
                    || (found && !str_equal(name, str_of(cases[i].name))))
                        fail_msg("%s: found %d, known %d, container %.*s, name %.*s", cases[i].label, found, known,
                                 STR_ARG(container), STR_ARG(name));
        }
}

static void what_a_label_is_for(void **state)
{
        struct str container, name;
        bool known;
        const struct kubeaudit_override *apparmor =
                kubeaudit_override_find(STR("kubeaudit.io/allow-disabled-apparmor"), &container, &name, &known);

        (void)state;
        assert_true(kubeaudit_overrides(apparmor, kubeaudit_rule_find(STR("AppArmorDisabled"))));
        assert_false(kubeaudit_overrides(apparmor, kubeaudit_rule_find(STR("AppArmorAnnotationMissing"))));
        assert_false(kubeaudit_overrides(apparmor, kubeaudit_rule_find(STR("PrivilegedTrue"))));
        assert_false(kubeaudit_overrides(apparmor, NULL));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(names),
                cmocka_unit_test(labels),
                cmocka_unit_test(what_a_label_is_for),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
