/* purls of packages of many types. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "image/package/package.h"

#define S(literal) STR_INIT(literal)

static const struct {
        struct package package;
        const char *purl;
} cases[] = {
        {{.type = S("deb"),
          .name = S("bash"),
          .version = S("1:5.0-4+b1"),
          .arch = S("amd64"),
          .namespace = S("debian"),
          .qualifiers = S("distro=debian-10")},
         "pkg:deb/debian/bash@1:5.0-4%2Bb1?arch=amd64&distro=debian-10"},
        {{.type = S("rpm"),
          .name = S("bash"),
          .version = S("1:5.1-9.el9"),
          .arch = S("x86_64"),
          .namespace = S("rhel"),
          .qualifiers = S("distro=rhel-9&modularitylabel=a:b")},
         "pkg:rpm/rhel/bash@5.1-9.el9?arch=x86_64&distro=rhel-9&epoch=1&modularitylabel=a:b"},
        {{.type = S("npm"), .name = S("@angular/core"), .version = S("1.2.3")}, "pkg:npm/%40angular/core@1.2.3"},
        {{.type = S("maven"), .name = S("org.slf4j:slf4j-api"), .version = S("2.0")},
         "pkg:maven/org.slf4j/slf4j-api@2.0"},
        {{.type = S("golang"), .name = S("github.com/a/b"), .version = S("v1.0.0+incompatible")},
         "pkg:golang/github.com/a/b@v1.0.0%2Bincompatible"},
        {{.type = S("pypi"), .name = S("Zope._Interface"), .version = S("5.0")}, "pkg:pypi/zope-interface@5.0"},
        {{.type = S("cocoapods"), .name = S("GoogleUtilities/NSData+zlib"), .version = S("7.5")},
         "pkg:cocoapods/GoogleUtilities@7.5#NSData%2Bzlib"},
        {{.type = S("nuget"), .name = S("Newtonsoft.Json"), .version = S("13.0.1")},
         "pkg:nuget/Newtonsoft.Json@13.0.1"},
        {{.type = S("cargo"), .name = S("x y"), .version = S("")}, "pkg:cargo/x%20y"},
};

static void test_cases(void **state)
{
        struct arena arena = {0};

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++)
                assert_string_equal(package_purl(&arena, &cases[i].package).data, cases[i].purl);
        arena_free(&arena);
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
