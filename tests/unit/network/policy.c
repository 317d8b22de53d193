/* Network policies and whom they isolate. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "network/joins.h"
#include "rulebook/try_join.h"

#define POLICY(name, ns, spec) OBJECT("networking.k8s.io/v1", "NetworkPolicy", name, ns, ", spec: {" spec "}")
#define CILIUM(kind, ns, rest) OBJECT("cilium.io/v2", kind, "c", ns, rest)
#define NAMESPACE "---\n{apiVersion: v1, kind: Namespace, metadata: {name: shop}}\n"
#define ALONE "Deployment web /spec/template/metadata/labels {\"namespace\":\"shop\",\"count\":1}\n"

static void selects_nothing(void **state)
{
        (void)state;
        assert_join(join_policy_selects_nothing, "", DEPLOYMENT("web", "shop") POLICY("a", "shop", "podSelector: {}"),
                    "");
        assert_join(join_policy_selects_nothing, "", POLICY("a", "shop", "podSelector: {matchLabels: {}}"), "");
        assert_join(join_policy_selects_nothing, "",
                    DEPLOYMENT("web", "shop") POLICY(
                            "a", "shop", "podSelector: {matchExpressions: [{key: app, operator: In, values: [a, b]}]}"),
                    "NetworkPolicy a /spec/podSelector {\"selector\":\"app in (a, "
                    "b)\",\"namespace\":\"shop\",\"shown\":true}\n");
        assert_join(join_policy_selects_nothing, "",
                    DEPLOYMENT("web", "shop")
                            POLICY("a", "shop",
                                   "podSelector: {matchExpressions: [{key: tier, operator: NotIn, values: [a]}]}"),
                    "");
        assert_join(join_policy_selects_nothing, "", POLICY("a", "shop", "podSelector: {matchLabels: {app: web}}"),
                    "NetworkPolicy a /spec/podSelector "
                    "{\"selector\":\"app=web\",\"namespace\":\"shop\",\"shown\":false}\n");
}

static void peers(void **state)
{
        (void)state;
        assert_join(
                join_policy_peer_selects_nothing, "",
                DEPLOYMENT("web", "shop") POLICY("a", "shop",
                                                 "podSelector: {}, egress: [{to: [{podSelector: {matchLabels: {app: "
                                                 "web}}}, {podSelector: {matchLabels: {app: db}}}]}]"),
                "NetworkPolicy a /spec/egress/0/to/1/podSelector {\"selector\":\"app=db\",\"namespace\":\"shop\"}\n");
        /* Those of other namespaces may not have been shown. */
        assert_join(join_policy_peer_selects_nothing, "",
                    DEPLOYMENT("web", "shop") POLICY("a", "shop",
                                                     "podSelector: {}, ingress: [{from: [{namespaceSelector: {}, "
                                                     "podSelector: {matchLabels: {app: db}}}]}]"),
                    "");
}

static void pods(void **state)
{
        (void)state;
        assert_join(join_pod_without_policy, "", DEPLOYMENT("web", "shop"), ALONE);
        /* Said once where a namespace has none at all. */
        assert_join(join_pod_without_policy, "", DEPLOYMENT("web", "shop") DEPLOYMENT("cart", "shop"),
                    "Deployment cart /spec/template/metadata/labels {\"namespace\":\"shop\",\"count\":2}\n");
        assert_join(join_pod_without_policy, "", NAMESPACE DEPLOYMENT("web", "shop"), "");
        assert_join(join_pod_without_policy, "",
                    DEPLOYMENT("web", "shop") DEPLOYMENT("cart", "shop")
                            POLICY("a", "shop", "podSelector: {matchLabels: {app: cart}}"),
                    ALONE);
        assert_join(join_pod_without_policy, "", DEPLOYMENT("web", "shop") POLICY("a", "shop", "podSelector: {}"), "");
        assert_join(join_pod_without_policy, "", DEPLOYMENT("web", "shop") POLICY("a", "web", "podSelector: {}"),
                    ALONE);
        assert_join(join_pod_without_policy, "", DEPLOYMENT_WITH("web", "shop", "{app: web}", "hostNetwork: true, "),
                    "");
        /* A selector that nobody can read may be for everybody. */
        assert_join(join_pod_without_policy, "",
                    DEPLOYMENT("web", "shop")
                            POLICY("a", "shop", "podSelector: {matchExpressions: [{key: a, operator: Nearly}]}"),
                    "");
}

static void other_networks(void **state)
{
        (void)state;
        assert_join(join_pod_without_policy, "",
                    DEPLOYMENT("web", "shop") CILIUM("CiliumNetworkPolicy", "shop", ", specs: []"), ALONE);
        assert_join(join_pod_without_policy, "",
                    DEPLOYMENT("web", "shop") CILIUM("CiliumNetworkPolicy", "shop",
                                                     ", specs: [{endpointSelector: {matchLabels: {app: web}}}]"),
                    "");
        assert_join(join_pod_without_policy, "",
                    DEPLOYMENT("web", "shop")
                            CILIUM("CiliumClusterwideNetworkPolicy", "''", ", spec: {endpointSelector: {}}"),
                    "");
        assert_join(join_pod_without_policy, "",
                    DEPLOYMENT("web", "shop") CILIUM("CiliumClusterwideNetworkPolicy", "''",
                                                     ", spec: {endpointSelector: {matchLabels: {app: x}}}"),
                    ALONE);
        assert_join(join_pod_without_policy, "",
                    DEPLOYMENT("web", "shop") OBJECT("projectcalico.org/v3", "GlobalNetworkPolicy", "g", "''",
                                                     ", spec: {selector: all()}"),
                    "");
}

static void namespaces(void **state)
{
        (void)state;
        assert_join(join_namespace_policies, "", NAMESPACE,
                    "Namespace shop /metadata/name "
                    "{\"policies\":false,\"everyPod\":false,\"ingress\":false,\"egress\":false,\"pods\":0}\n");
        assert_join(join_namespace_policies, "", NAMESPACE POLICY("a", "shop", "podSelector: {}"),
                    "Namespace shop /metadata/name "
                    "{\"policies\":true,\"everyPod\":true,\"ingress\":true,\"egress\":false,\"pods\":0}\n");
        assert_join(join_namespace_policies, "",
                    NAMESPACE DEPLOYMENT("web", "shop")
                            POLICY("a", "shop", "podSelector: {}, policyTypes: [Ingress, Egress], ingress: [{}]"),
                    "Namespace shop /metadata/name "
                    "{\"policies\":true,\"everyPod\":true,\"ingress\":false,\"egress\":true,\"pods\":1}\n");
        assert_join(join_namespace_policies, "",
                    NAMESPACE POLICY("a", "shop", "podSelector: {matchLabels: {app: web}}"),
                    "Namespace shop /metadata/name "
                    "{\"policies\":true,\"everyPod\":false,\"ingress\":false,\"egress\":false,\"pods\":0}\n");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(selects_nothing), cmocka_unit_test(peers),      cmocka_unit_test(pods),
                cmocka_unit_test(other_networks),  cmocka_unit_test(namespaces),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
