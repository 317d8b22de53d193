/* Objects in documents: lists, pod templates, containers, what is no object, and fields of a wrong type. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "kube/estate.h"
#include "kube/owner.h"

static struct estate estate;

static struct estate_source *read(const char *json)
{
        estate_free(&estate);
        estate_read_text(&estate, STR("test.json"), str_of(json));
        return &estate.sources[0];
}

static const struct object *read_one(const char *json)
{
        struct estate_source *source = read(json);

        assert_int_equal(source->problems.count, 0);
        assert_int_equal(source->objects.count, 1);
        return &source->objects.items[0];
}

#define assert_text(text, literal)                                                                                     \
        do {                                                                                                           \
                if (!str_equal((text), STR(literal)))                                                                  \
                        fail_msg("got '%.*s', wanted '%s'", STR_ARG(text), literal);                                   \
        } while (0)

static void identity(void **state)
{
        const struct object *object = read_one(
                "{\"apiVersion\": \"apps/v1\", \"kind\": \"Deployment\", \"metadata\": {\"name\": \"d\", \"namespace\": \"n\"},"
                " \"spec\": {\"template\": {\"spec\": {\"containers\": []}}}}");

        (void)state;
        assert_text(object->group, "apps");
        assert_text(object->version, "v1");
        assert_text(object->kind, "Deployment");
        assert_text(object->name, "d");
        assert_text(object->ns, "n");
        assert_text(object->pod_path, "/spec/template");
        assert_true(object->is_workload);
        object = read_one("{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"generateName\": \"g-\"}}");
        assert_text(object->group, "");
        assert_text(object->version, "v1");
        assert_text(object->name, "g-");
        assert_text(object->pod_path, "");
        assert_int_equal(object->pod.value.kind, VALUE_MAP);
}

static void pod_templates(void **state)
{
        static const struct {
                const char *version, *kind, *spec, *path;
                bool is_workload;
        } cases[] = {
                {"batch/v1beta1", "CronJob", "{\"jobTemplate\": {\"spec\": {\"template\": {}}}}",
                 "/spec/jobTemplate/spec/template", 1},
                {"extensions/v1beta1", "DaemonSet", "{\"template\": {}}", "/spec/template", 1},
                {"argoproj.io/v1alpha1", "Rollout", "{\"template\": {\"spec\": {\"containers\": []}}}",
                 "/spec/template", 0},
                {"serving.knative.dev/v1", "Service", "{\"template\": {\"spec\": {\"containers\": []}}}",
                 "/spec/template", 0},
                {"example.com/v1", "Thing", "{\"template\": {\"spec\": {\"containers\": []}}}", "/spec/template", 0},
                {"example.com/v1", "Thing", "{\"template\": {\"spec\": {}}}", NULL, 0},
                {"keda.sh/v1alpha1", "ScaledJob", "{\"jobTargetRef\": {\"template\": {}}}",
                 "/spec/jobTargetRef/template", 0},
                {"v1", "ConfigMap", "{}", NULL, 0},
        };
        char json[400];

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                const struct object *object;

                snprintf(json, sizeof(json), "{\"apiVersion\": \"%s\", \"kind\": \"%s\", \"spec\": %s}",
                         cases[i].version, cases[i].kind, cases[i].spec);
                object = read_one(json);
                assert_int_equal(object->is_workload, cases[i].is_workload);
                assert_int_equal(object->pod.value.kind, cases[i].path ? VALUE_MAP : VALUE_NULL);
                if (cases[i].path && !str_equal(object->pod_path, str_of(cases[i].path)))
                        fail_msg("%s: %.*s", cases[i].kind, STR_ARG(object->pod_path));
        }
}

static void lists(void **state)
{
        const struct estate_source *source = read(
                "{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": ["
                "{\"apiVersion\": \"v1\", \"kind\": \"Secret\"},"
                "{\"apiVersion\": \"apps/v1\", \"kind\": \"DeploymentList\", \"items\": [{\"spec\": {\"template\": {}}}, 7]},"
                "{\"a\": 1}]}");

        (void)state;
        assert_int_equal(source->objects.count, 2);
        assert_text(source->objects.items[0].path, "/items/0");
        assert_text(source->objects.items[1].kind, "Deployment");
        assert_text(source->objects.items[1].group, "apps");
        assert_text(source->objects.items[1].path, "/items/1/items/0");
        assert_text(source->objects.items[1].pod_path, "/items/1/items/0/spec/template");
        assert_int_equal(source->problems.count, 2);
        assert_text(source->problems.items[0].path, "/items/1/items/1");
        assert_text(source->problems.items[1].path, "/items/2");
        assert_int_equal(source->problems.items[1].kind, PROBLEM_NOT_OBJECT);
}

static void lists_in_lists_end(void **state)
{
        char json[4000] = "";

        (void)state;
        for (int i = 0; i < 30; i++)
                strcat(json, "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[");
        for (int i = 0; i < 30; i++)
                strcat(json, "]}");
        assert_int_equal(read(json)->problems.count, 1);
        assert_int_equal(estate.sources[0].problems.items[0].kind, PROBLEM_TOO_LARGE);
}

static void no_objects(void **state)
{
        static const struct {
                const char *json;
                enum problem_kind kind;
        } cases[] = {
                {"{}", PROBLEM_NOT_OBJECT},
                {"[1]", PROBLEM_NOT_OBJECT},
                {"7", PROBLEM_NOT_OBJECT},
                {"{\"kind\": \"Pod\"}", PROBLEM_NOT_OBJECT},
                {"{\"apiVersion\": \"v1\", \"kind\": null}", PROBLEM_NOT_OBJECT},
                {"{\"apiVersion\": \"v1\", \"kind\": \"\"}", PROBLEM_NOT_OBJECT},
                {"{\"apiVersion\": \"v1\", \"kind\": [\"Pod\"]}", PROBLEM_WRONG_TYPE},
                {"{\"apiVersion\": 1, \"kind\": \"Pod\"}", PROBLEM_WRONG_TYPE},
                {"{\"apiVersion\": \"v1\", \"kind\": \"List\"}", PROBLEM_NOT_OBJECT},
                {"{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": {}}", PROBLEM_WRONG_TYPE},
        };

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                const struct estate_source *source = read(cases[i].json);

                if (source->objects.count || source->problems.count != 1
                    || source->problems.items[0].kind != cases[i].kind)
                        fail_msg("%s: %zu objects, %zu problems", cases[i].json, source->objects.count,
                                 source->problems.count);
        }
        assert_int_equal(read("null")->problems.count, 0);
}

static void a_crowd_of_notes_is_cut(void **state)
{
        char json[2000] = "{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": [1";

        (void)state;
        for (int i = 0; i < 300; i++)
                strcat(json, ",1");
        strcat(json, "]}");
        assert_int_equal(read(json)->problems.count, 50);
}

static void kustomizations(void **state)
{
        struct estate_source *source =
                read("{\"apiVersion\": \"kustomize.config.k8s.io/v1beta1\", \"kind\": \"Kustomization\"}");

        (void)state;
        assert_int_equal(source->objects.count, 1);
        assert_int_equal(source->problems.count, 1);
        assert_int_equal(source->problems.items[0].kind, PROBLEM_NOT_RENDERED);
}

static void containers(void **state)
{
        static const struct {
                const char *name;
                enum container_role role;
                uint32_t list, index;
        } wanted[] = {
                {"i", CONTAINER_INIT, KEY_initContainers, 0},
                {"s", CONTAINER_SIDECAR, KEY_initContainers, 1},
                {"a", CONTAINER_MAIN, KEY_containers, 0},
                {"b", CONTAINER_MAIN, KEY_containers, 2},
                {"e", CONTAINER_EPHEMERAL, KEY_ephemeralContainers, 0},
        };
        const struct object *object = read_one(
                "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"spec\": {\"containers\": [{\"name\": \"a\"}, null, {\"name\": \"b\"}],"
                "\"ephemeralContainers\": [{\"name\": \"e\"}],"
                "\"initContainers\": [{\"name\": \"i\"}, {\"name\": \"s\", \"restartPolicy\": \"Always\"}]}}");
        struct container container = {0};
        size_t count = 0;

        (void)state;
        for (; object_next_container(object, &container); count++) {
                assert_true(count < COUNT_OF(wanted));
                assert_true(str_equal(container.name, str_of(wanted[count].name)));
                assert_int_equal(container.role, wanted[count].role);
                assert_int_equal(container.list, wanted[count].list);
                assert_int_equal(container.index, wanted[count].index);
        }
        assert_int_equal(count, COUNT_OF(wanted));
        container = (struct container){0};
        assert_false(object_next_container(read_one("{\"apiVersion\": \"v1\", \"kind\": \"Secret\"}"), &container));
}

static void wrong_types(void **state)
{
        static const struct {
                const char *kind, *spec, *path, *message;
        } cases[] = {
                {"Pod", "7", "/spec", "spec must be a map, not the number 7; Kubernetes refuses this object"},
                {"Pod", "{\"hostPID\": \"true\"}", "/spec/hostPID",
                 "spec.hostPID must be a boolean, not the string \"true\"; Kubernetes refuses this object"},
                {"Pod", "{\"containers\": {}}", "/spec/containers",
                 "spec.containers must be a list of maps, not a map; Kubernetes refuses this object"},
                {"Pod", "{\"containers\": [\"x\"]}", "/spec/containers/0",
                 "spec.containers[0] must be a map, not the string \"x\"; Kubernetes refuses this object"},
                {"Pod", "{\"containers\": [{\"securityContext\": {\"capabilities\": {\"add\": [\"A\", true]}}}]}",
                 "/spec/containers/0/securityContext/capabilities/add/1",
                 "spec.containers[0].securityContext.capabilities.add[1] must be a string, not the boolean true; Kubernetes "
                 "refuses this object"},
                {"Pod", "{\"nodeSelector\": {\"a.b/c~d\": 1}}", "/spec/nodeSelector/a.b~1c~0d",
                 "spec.nodeSelector[\"a.b/c~d\"] must be a string, not the number 1; Kubernetes refuses this object"},
                {"Thing", "{\"template\": {\"spec\": {\"containers\": [], \"hostIPC\": 1}}}",
                 "/spec/template/spec/hostIPC",
                 "spec.template.spec.hostIPC must be a boolean, not the number 1; so this is no Pod template, and it was not judged as "
                 "one"},
                {"Service", "{\"externalIPs\": \"1.2.3.4\"}", "/spec/externalIPs",
                 "spec.externalIPs must be a list of strings, not the string \"1.2.3.4\"; Kubernetes refuses this object"},
        };
        char json[400];

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                const struct estate_source *source;
                const struct problem *problem;

                snprintf(json, sizeof(json), "{\"apiVersion\": \"v1\", \"kind\": \"%s\", \"spec\": %s}", cases[i].kind,
                         cases[i].spec);
                source = read(json);
                assert_int_equal(source->objects.count, 1);
                assert_int_equal(source->problems.count, 1);
                problem = &source->problems.items[0];
                assert_int_equal(problem->kind, PROBLEM_WRONG_TYPE);
                assert_int_equal(problem->may_be_right, str_is(str_of(cases[i].kind), "Thing"));
                assert_true(source->objects.items[0].malformed);
                assert_ptr_equal(problem->object, &source->objects.items[0]);
                if (!str_equal(problem->path, str_of(cases[i].path))
                    || !str_equal(problem->message, str_of(cases[i].message)))
                        fail_msg("%.*s: %.*s", STR_ARG(problem->path), STR_ARG(problem->message));
        }
}

static void right_types(void **state)
{
        (void)state;
        assert_false(
                read_one(
                        "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"labels\": null}, \"spec\": {\"containers\": [null, "
                        "{\"ports\": [{\"containerPort\": 80}], \"resources\": {\"limits\": {\"cpu\": 1, \"memory\": \"1Gi\"}},"
                        "\"livenessProbe\": {\"httpGet\": {\"port\": \"http\"}}, \"x-unknown\": 7}], \"hostPID\": null}}")
                        ->malformed);
}

static void controllers(void **state)
{
        struct owner owner;

        (void)state;
        assert_true(object_controller(
                read_one(
                        "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"ownerReferences\": [{\"kind\": \"Node\"},"
                        "{\"apiVersion\": \"apps/v1\", \"kind\": \"ReplicaSet\", \"name\": \"r\", \"controller\": true}]}}"),
                &owner));
        assert_text(owner.kind, "ReplicaSet");
        assert_text(owner.name, "r");
        assert_false(object_controller(read_one("{\"apiVersion\": \"v1\", \"kind\": \"Pod\"}"), &owner));
}

static int drop(void **state)
{
        (void)state;
        estate_free(&estate);
        return 0;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(identity),       cmocka_unit_test(pod_templates),
                cmocka_unit_test(lists),          cmocka_unit_test(lists_in_lists_end),
                cmocka_unit_test(no_objects),     cmocka_unit_test(a_crowd_of_notes_is_cut),
                cmocka_unit_test(kustomizations), cmocka_unit_test(containers),
                cmocka_unit_test(wrong_types),    cmocka_unit_test(right_types),
                cmocka_unit_test(controllers),
        };

        return cmocka_run_group_tests(tests, NULL, drop);
}
