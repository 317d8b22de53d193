/* The estate by kind, namespace, name and labels. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kube/index.h"

struct world {
        struct arena arena;
        struct estate estate;
        const struct index *index;
};

static void begin(struct world *world, const char *text)
{
        *world = (struct world){0};
        estate_read_text(&world->estate, STR("a.yaml"), str_of(text));
        assert_int_equal(world->estate.sources->problems.count, 0);
        world->index = index_new(&world->arena, &world->estate);
}

static void end(struct world *world)
{
        estate_free(&world->estate);
        arena_free(&world->arena);
}

/* The document of what is found; -1: nothing. */
static int find(const struct world *world, const char *kind, const char *ns, const char *name)
{
        const struct object *object = index_find(world->index, str_of(kind), str_of(ns), str_of(name));

        return object ? (int)object->document : -1;
}

static void by_name(void **state)
{
        struct world world;

        (void)state;
        begin(&world,
              "{apiVersion: v1, kind: Service, metadata: {name: a, namespace: shop}}\n---\n"
              "{apiVersion: v1, kind: Service, metadata: {name: a}}\n---\n"
              "{apiVersion: serving.knative.dev/v1, kind: Service, metadata: {name: k, namespace: shop}}\n---\n"
              "{apiVersion: extensions/v1beta1, kind: Deployment, metadata: {name: d, namespace: default}}\n---\n"
              "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: r, namespace: "
              "shop}}\n---\n"
              "{apiVersion: v1, kind: Service, metadata: {name: a, namespace: shop}}\n");
        assert_int_equal(find(&world, "Service", "shop", "a"), 0);
        /* What gives no namespace may be in every one. */
        assert_int_equal(find(&world, "Service", "web", "a"), 1);
        assert_int_equal(find(&world, "Service", "shop", "k"), -1);
        assert_int_equal(find(&world, "Service.serving.knative.dev", "shop", "k"), 2);
        assert_int_equal(find(&world, "Deployment.apps", "", "d"), 3);
        assert_int_equal(find(&world, "Deployment.apps", "shop", "d"), -1);
        assert_int_equal(find(&world, "ClusterRole.rbac.authorization.k8s.io", "", "r"), 4);
        assert_true(index_has_twins(world.index));
        assert_true(index_has_kind(world.index, STR("Service"), STR("web")));
        assert_false(index_has_kind(world.index, STR("Deployment.apps"), STR("web")));
        assert_int_equal(index_all(world.index, STR("Service"))->objects.count, 3);
        assert_int_equal(index_all(world.index, STR("Thing"))->objects.count, 0);
        end(&world);
}

static const char pods[] =
        "{apiVersion: v1, kind: Service, metadata: {name: s}}\n---\n"
        "{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: shop, labels: {app: a, tier: web}}, spec: "
        "{containers: []}}\n---\n"
        "{apiVersion: v1, kind: Pod, metadata: {name: b, namespace: shop, labels: {app: b, tier: web}}, spec: "
        "{containers: []}}\n---\n"
        "{apiVersion: v1, kind: Pod, metadata: {name: c, labels: {app: b}}, spec: {containers: []}}\n---\n"
        "{apiVersion: v1, kind: Pod, metadata: {name: d, namespace: default}, spec: {containers: []}}\n---\n"
        "{apiVersion: v1, kind: PodTemplate, metadata: {name: e, namespace: shop}, template: {spec: {containers: "
        "[]}}}\n";

/* The names of the Pods of a namespace that meet a selector. */
static const char *select_pods(struct world *world, const char *ns, const char *text)
{
        static char names[64];
        struct selector selector;
        struct pod_search search = {.ns = str_of(ns), .selector = &selector};
        const struct object *object;
        struct err err = {0};
        size_t len = 0;

        assert_true(selector_from_text(&world->arena, str_of(text), &selector, &err));
        while ((object = index_next_pod(world->index, &search)))
                names[len++] = object->name.data[0];
        names[len] = 0;
        return names;
}

static void by_labels(void **state)
{
        struct world world;
        const struct object_list *list;
        size_t at = 0, spaces = 0;
        struct str ns;

        (void)state;
        begin(&world, pods);
        assert_string_equal(select_pods(&world, "shop", "tier=web"), "ab");
        assert_string_equal(select_pods(&world, "shop", "app=b"), "bc");
        assert_string_equal(select_pods(&world, "shop", "app=b,tier=web"), "b");
        assert_string_equal(select_pods(&world, "shop", "app!=a"), "bc");
        assert_string_equal(select_pods(&world, "shop", "app in (a, x)"), "a");
        assert_string_equal(select_pods(&world, "shop", "app=x"), "");
        assert_string_equal(select_pods(&world, "", "!tier"), "cd");
        assert_string_equal(select_pods(&world, "web", ""), "c");
        assert_int_equal(index_pod_count(world.index, STR("shop")), 2);
        assert_int_equal(index_pods(world.index)->objects.count, 4);
        while (index_next_space(world.index, &at, &ns, &list))
                spaces += list->objects.count > 0;
        assert_int_equal(spaces, 3);
        end(&world);
}

/* Which of some selectors hold for the labels of a Pod: their numbers. */
static const char *which(const struct selector_index *index, const char *ns, const struct object *object)
{
        static char numbers[32];
        struct selector_search search = {.ns = str_of(ns), .labels = object_pod_labels(object)};
        const struct selector_entry *entry;
        size_t len = 0;

        while ((entry = selector_index_next(index, &search)))
                numbers[len++] = (char)('0' + entry->object->document);
        numbers[len] = 0;
        return numbers;
}

static void selectors_by_labels(void **state)
{
        static const struct {
                const char *ns, *selector;
                bool everywhere;
        } given[] = {
                {"shop", "app=a", false}, {"shop", "", false}, {"shop", "tier=web,app=b", false},
                {"", "tier", false},      {"web", "", false},  {"x", "app=a", true},
        };
        struct selector_entry entries[COUNT_OF(given)] = {0};
        struct object numbered[COUNT_OF(given)] = {0};
        const struct selector_index *index;
        struct world world;
        struct err err = {0};

        (void)state;
        begin(&world, pods);
        for (size_t i = 0; i < COUNT_OF(given); i++) {
                numbered[i].document = (uint32_t)i;
                entries[i] = (struct selector_entry){
                        .ns = str_of(given[i].ns), .everywhere = given[i].everywhere, .object = &numbered[i]};
                assert_true(selector_from_text(&world.arena, str_of(given[i].selector), &entries[i].selector, &err));
        }
        index = selector_index_new(&world.arena, entries, COUNT_OF(given));
        assert_string_equal(which(index, "shop", index_pods(world.index)->objects.items[0]), "5103");
        assert_string_equal(which(index, "shop", index_pods(world.index)->objects.items[1]), "123");
        assert_string_equal(which(index, "web", index_pods(world.index)->objects.items[2]), "4");
        assert_string_equal(which(index, "", index_pods(world.index)->objects.items[3]), "");
        assert_true(selector_index_has(index, STR("web")));
        assert_true(selector_index_has(index, STR("anything")));
        end(&world);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(by_name),
                cmocka_unit_test(by_labels),
                cmocka_unit_test(selectors_by_labels),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
