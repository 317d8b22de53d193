/* Where images are that containers name. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "image/open/image_map.h"

#define DIGEST "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER "sha256:1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const char file[] = "# a comment\n"
                           "registry.example/shop/web: oci:web\n"
                           "registry.example/shop/web:2.0: docker-archive:/archives/web.tar\n"
                           "registry.example/shop/web@" DIGEST ": oci:pinned:tag\n"
                           "redis: mirror.example/library/redis\n"
                           "docker.io/library/busybox:1.36: registry:mirror.example/busybox:1\n"
                           "index.docker.io/team/tool: containers-storage:tool\n"
                           "localhost:5000/app: sbom:bills/app.json\n";

static void test_find(void **state)
{
        static const struct {
                const char *name, *reference; /* NULL: not in the map */
        } cases[] = {
                {"registry.example/shop/web", "oci:maps/web"},
                {"registry.example/shop/web:1.0", "oci:maps/web"},
                {"registry.example/shop/web:2.0", "docker-archive:/archives/web.tar"},
                {"registry.example/shop/web:3.0@" DIGEST, "oci:maps/pinned:tag"},
                {"registry.example/shop/web:3.0@" OTHER, "oci:maps/web"},
                {"registry.example/shop/web:2.0@" OTHER, "docker-archive:/archives/web.tar"},
                {"registry.example/shop/webs", NULL},
                {"shop/web", NULL},
                {"redis", "mirror.example/library/redis:latest"},
                {"docker.io/library/redis:7.2", "mirror.example/library/redis:7.2"},
                {"redis:7.2@" DIGEST, "mirror.example/library/redis:7.2@" DIGEST},
                {"busybox:1.36", "registry:mirror.example/busybox:1"},
                {"busybox:1.37", NULL},
                {"team/tool:1", "containers-storage:tool"},
                {"localhost:5000/app", "sbom:maps/bills/app.json"},
                {"localhost:5001/app", NULL},
        };
        struct arena arena = {0};
        struct image_map map = {0};
        struct err err = {0};

        (void)state;
        assert_true(image_map_add_file(&arena, &map, STR("maps/images.yaml"), str_of(file), &err));
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct registry_reference name;
                struct str reference = STR("");
                const struct image_map_entry *entry;

                assert_true(registry_read_reference(&arena, str_of(cases[i].name), &name, &err));
                entry = image_map_find(&arena, &map, &name, &reference);
                if (!entry != !cases[i].reference)
                        fail_msg("%s", cases[i].name);
                if (entry)
                        assert_string_equal(str_copy(&arena, reference).data, cases[i].reference);
        }
        arena_free(&arena);
}

static void test_command_line_first(void **state)
{
        struct arena arena = {0};
        struct image_map map = {0};
        struct registry_reference name;
        struct err err = {0};
        struct str reference;

        (void)state;
        assert_true(image_map_add_file(&arena, &map, STR("images.yaml"), str_of(file), &err));
        assert_true(image_map_add(&arena, &map, STR("registry.example/shop/web=oci:new"), &err));
        assert_true(registry_read_reference(&arena, STR("registry.example/shop/web:1"), &name, &err));
        assert_true(image_map_find(&arena, &map, &name, &reference)->is_given);
        assert_true(str_is(reference, "oci:new"));
        arena_free(&arena);
}

static void test_refused(void **state)
{
        static const struct {
                const char *text, *message;
        } cases[] = {
                {"- web\n", "m.yaml:1:1: this is a list, where a map from names"},
                {"web: [oci:web]\n", "m.yaml:1:6: web is mapped to a list, where text is wanted"},
                {"a: oci:a\nweb:\n", "what is to be read for web is missing"},
                {"a: oci:a\nWeb: oci:web\n", "m.yaml:2:6: \"Web\" is neither"},
                {"a: oci:a\na:1: oci:b\ndocker.io/library/a: oci:c\n",
                 "m.yaml:3:22: docker.io/library/a is mapped already, by m.yaml:1:4"},
                {"a: oci:a\na: oci:b\n", "m.yaml:2:"},
                {"a: 1\n", "m.yaml:1:4: a is mapped to a"},
                {"a: oci:a\n---\nb: oci:b\n", "m.yaml:"},
                {"a: \"oci:a\n", "m.yaml:"},
                {"", "m.yaml:"},
                {"a@sha256:00: oci:a\n", "m.yaml:1:14:"},
        };
        static const char *const assignments[] = {"web", "=oci:web", "web=", "We b=oci:web"};

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct arena arena = {0};
                struct image_map map = {0};
                struct err err = {0};

                assert_false(image_map_add_file(&arena, &map, STR("m.yaml"), str_of(cases[i].text), &err));
                if (str_find(err_text(&err), str_of(cases[i].message), 0) == SIZE_MAX)
                        fail_msg("%s: %.*s", cases[i].text, STR_ARG(err_text(&err)));
                arena_free(&arena);
        }
        for (size_t i = 0; i < COUNT_OF(assignments); i++) {
                struct arena arena = {0};
                struct image_map map = {0};
                struct err err = {0};

                assert_false(image_map_add(&arena, &map, str_of(assignments[i]), &err));
                assert_true(err.length > 0);
                arena_free(&arena);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(test_find), cmocka_unit_test(test_command_line_first),
                                           cmocka_unit_test(test_refused)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
