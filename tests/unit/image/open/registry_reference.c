/* Names of images in registries. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "image/open/registry.h"

#define DIGEST "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void test_references(void **state)
{
        static const struct {
                const char *text, *host, *name, *tag, *digest; /* host NULL: refused */
        } cases[] = {
                {"alpine", "registry-1.docker.io", "library/alpine", "latest", ""},
                {"alpine:3.20", "registry-1.docker.io", "library/alpine", "3.20", ""},
                {"team/app:1", "registry-1.docker.io", "team/app", "1", ""},
                {"docker.io/alpine", "registry-1.docker.io", "library/alpine", "latest", ""},
                {"example.org/a/b/c:x", "example.org", "a/b/c", "x", ""},
                {"localhost/app", "localhost", "app", "latest", ""},
                {"127.0.0.1:5000/app:1.0", "127.0.0.1:5000", "app", "1.0", ""},
                {"example.org/app@" DIGEST, "example.org", "app", "", DIGEST},
                {"example.org/app:1@" DIGEST, "example.org", "app", "1", DIGEST},
                {"[::1]:5000/app", "[::1]:5000", "app", "latest", ""},
                {"Registry.Example/app:1", "Registry.Example", "app", "1", ""},
                {"a`b.c/app", NULL, NULL, NULL, NULL},
                {"a b.c/app", NULL, NULL, NULL, NULL},
                {"user:word@example.org/app", NULL, NULL, NULL, NULL},
                {"example.org:/app", NULL, NULL, NULL, NULL},
                {"example.org:50a/app", NULL, NULL, NULL, NULL},
                {"[::1/app:1", NULL, NULL, NULL, NULL},
                {"exa_mple.org/app", NULL, NULL, NULL, NULL},
                {"ftp://example.org/app", NULL, NULL, NULL, NULL},
                {"Alpine", NULL, NULL, NULL, NULL},
                {"", NULL, NULL, NULL, NULL},
                {"a//b", NULL, NULL, NULL, NULL},
                {"a/../b", NULL, NULL, NULL, NULL},
                {"a__b/c--d.e_f", "registry-1.docker.io", "a__b/c--d.e_f", "latest", ""},
                {"app:_x.Y-1", "registry-1.docker.io", "library/app", "_x.Y-1", ""},
                {"-", NULL, NULL, NULL, NULL},
                {"a-/b", NULL, NULL, NULL, NULL},
                {"a/_b", NULL, NULL, NULL, NULL},
                {"a___b", NULL, NULL, NULL, NULL},
                {"a._b", NULL, NULL, NULL, NULL},
                {"a/", NULL, NULL, NULL, NULL},
                {"app:-x", NULL, NULL, NULL, NULL},
                {"app:.x", NULL, NULL, NULL, NULL},
                {"app:a/b", NULL, NULL, NULL, NULL},
                {"app:", NULL, NULL, NULL, NULL},
                {"app:a b", NULL, NULL, NULL, NULL},
                {"app@sha256:00", NULL, NULL, NULL, NULL},
                {"example.org/app?x=y", NULL, NULL, NULL, NULL},
        };
        struct arena arena = {0};

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct registry_reference reference;
                struct err err = {0};
                bool fine = registry_read_reference(&arena, str_of(cases[i].text), &reference, &err);

                if (fine != (cases[i].host != NULL))
                        fail_msg("%s", cases[i].text);
                if (!fine) {
                        assert_true(err.length > 0);
                        continue;
                }
                assert_string_equal(str_copy(&arena, reference.host).data, cases[i].host);
                assert_string_equal(str_copy(&arena, reference.name).data, cases[i].name);
                assert_string_equal(str_copy(&arena, reference.tag).data, cases[i].tag);
                assert_string_equal(str_copy(&arena, reference.digest).data, cases[i].digest);
        }
        arena_free(&arena);
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(test_references)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
