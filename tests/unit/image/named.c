/* From names of images to what is known of them. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "image/named.h"

#define DIGEST "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const char text[] =
        "apiVersion: image.strake.dev/v1\n"
        "kind: Image\n"
        "metadata: {name: one}\n"
        "manifests:\n"
        "  - {image: web:1, digest: '" DIGEST "'}\n"
        "  - {image: web:2, platform: linux/arm64, read: oci:web}\n"
        "---\n"
        "apiVersion: image.strake.dev/v1\n"
        "kind: Image\n"
        "metadata: {name: two}\n"
        "manifests:\n"
        "  - {image: web:1}\n"
        "  - {image: web:2}\n"
        "---\n"
        "apiVersion: other.example/v1\n"
        "kind: Image\n"
        "metadata: {name: three}\n"
        "manifests: [{image: web:3}]\n"
        "---\n"
        "apiVersion: image.strake.dev/v1\n"
        "kind: Image\n"
        "metadata: {name: four}\n"
        "manifests: {image: web:4}\n"
        "---\n"
        "apiVersion: v1\n"
        "kind: Node\n"
        "metadata: {name: a, labels: {kubernetes.io/arch: arm64}}\n"
        "---\n"
        "apiVersion: v1\n"
        "kind: Pod\n"
        "metadata: {name: web}\n"
        "spec: {containers: [{name: web, image: 'web:2'}]}\n"
        "---\n"
        "apiVersion: v1\n"
        "kind: Pod\n"
        "metadata: {name: other}\n"
        "spec: {nodeSelector: {kubernetes.io/arch: amd64}, containers: [{name: web, image: 'web:2'}]}\n";

static void test_find(void **state)
{
        static const struct {
                const char *image, *platform, *name; /* NULL: nobody read it */
        } cases[] = {
                {"web:1", "", "one"},
                {"web:1", "linux/amd64", "one"},
                {"web:2", "linux/arm64", "one"},
                {"web:2", "linux/amd64", "two"},
                {"web:2", "", "two"},
                {"web:3", "", NULL},
                {"web:4", "", NULL},
                {"web", "", NULL},
        };
        struct arena arena = {0};
        struct estate estate;
        const struct named_images *images;
        const struct object_list *pods;

        (void)state;
        estate_read_text(&estate, STR("test.yaml"), str_of(text));
        images = named_images_of_all(&arena, index_new(&arena, &estate));
        assert_non_null(images);
        assert_true(str_is(images->nodes, "arm64"));
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                const struct named_image *found =
                        named_images_find(&arena, images, str_of(cases[i].image), str_of(cases[i].platform));

                if (!found != !cases[i].name || (found && !str_equal(found->object->name, str_of(cases[i].name))))
                        fail_msg("%s for %s", cases[i].image, cases[i].platform);
        }
        pods = index_pods(index_new(&arena, &estate));
        assert_int_equal(pods->objects.count, 2);
        for (size_t i = 0; i < pods->objects.count; i++) {
                const struct object *pod = pods->objects.items[i];
                const struct named_image *found = named_images_of(&arena, images, pod, STR("web:2"));

                assert_true(str_equal(found->object->name, str_is(pod->name, "web") ? STR("one") : STR("two")));
        }
        estate_free(&estate);
        arena_free(&arena);
}

static void test_pin(void **state)
{
        static const char *const cases[][2] = {
                {"web", "web@" DIGEST},
                {"web:1", "web:1@" DIGEST},
                {"web:latest", "web@" DIGEST},
                {"registry.example:5000/web", "registry.example:5000/web@" DIGEST},
                {"registry.example:5000/web:latest", "registry.example:5000/web@" DIGEST},
        };
        struct arena arena = {0};

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++)
                assert_string_equal(named_image_pin(&arena, str_of(cases[i][0]), STR(DIGEST)).data, cases[i][1]);
        assert_int_equal(named_image_pin(&arena, STR("web:1"), STR("")).len, 0);
        arena_free(&arena);
}

static void test_platform(void **state)
{
        static const struct {
                const char *spec;
                size_t count;
                const char *wanted;
        } cases[] = {
                {"{}", 0, "linux/arm64"}, /* that of the nodes */
                {"{nodeSelector: {beta.kubernetes.io/arch: s390x}}", 1, "linux/s390x"},
                {"{os: {name: windows}, nodeSelector: {kubernetes.io/arch: amd64}}", 1, "windows/amd64"},
                {"{affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: ["
                 "{matchExpressions: [{key: kubernetes.io/arch, operator: In, values: [amd64]}]},"
                 "{matchExpressions: [{key: kubernetes.io/arch, operator: In, values: [amd64, arm64]}]}]}}}}",
                 2, ""},
                {"{affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: ["
                 "{matchExpressions: [{key: kubernetes.io/arch, operator: In, values: [amd64]}]},"
                 "{matchExpressions: [{key: zone, operator: Exists}]}]}}}}",
                 0, "linux/arm64"},
                {"{affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: ["
                 "{matchExpressions: [{key: kubernetes.io/arch, operator: NotIn, values: [amd64]}]}]}}}}",
                 0, "linux/arm64"},
                {"{affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: ["
                 "{matchExpressions: [{key: kubernetes.io/arch, operator: In, values: [a, b, c, d, e, f, g, h, i]}]}]}}}}",
                 0, "linux/arm64"},
        };

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct arena arena = {0};
                struct estate estate;
                struct pod_platform platform;
                struct str pod = str_format(&arena, "{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: %s}\n",
                                            cases[i].spec);

                estate_read_text(&estate, STR("test.yaml"), pod);
                assert_int_equal(estate.sources[0].objects.count, 1);
                pod_platform_read(&estate.sources[0].objects.items[0], &platform);
                if (platform.count != cases[i].count || !platform.count != !platform.why)
                        fail_msg("%s: %zu", cases[i].spec, platform.count);
                assert_true(str_equal(pod_platform_wanted(&arena, &estate.sources[0].objects.items[0], STR("arm64")),
                                                          str_of(cases[i].wanted)));
                estate_free(&estate);
                arena_free(&arena);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(test_find), cmocka_unit_test(test_pin),
                                           cmocka_unit_test(test_platform)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
