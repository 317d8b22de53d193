/* purls taken apart, and put together again. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "image/package/purl_read.h"
#include "image/sbom/licenses.h"

static const struct {
        const char *purl, *type, *name, *version, *arch, *namespace, *subpath;
} cases[] = {
        {"pkg:deb/debian/bash@1:5.0-4%2Bb1?arch=amd64&distro=debian-10", "deb", "bash", "1:5.0-4+b1", "amd64", "debian",
         ""},
        {"pkg:rpm/rhel/bash@5.1-9.el9?arch=x86_64&epoch=1", "rpm", "bash", "1:5.1-9.el9", "x86_64", "rhel", ""},
        {"pkg:npm/%40angular/core@1.2.3", "npm", "@angular/core", "1.2.3", "", "", ""},
        {"pkg:npm/@angular/core", "npm", "@angular/core", "", "", "", ""},
        {"pkg:npm/%40a%2Fb@1", "npm", "@a/b", "1", "", "", ""},
        {"pkg:maven/org.slf4j/slf4j-api@2.0", "maven", "org.slf4j:slf4j-api", "2.0", "", "", ""},
        {"pkg:golang/github.com/a/b@v1.0.0%2Bincompatible#c/d", "golang", "github.com/a/b", "v1.0.0+incompatible", "",
         "", "c/d"},
        {"pkg:cocoapods/GoogleUtilities@7.5#NSData%2Bzlib", "cocoapods", "GoogleUtilities/NSData+zlib", "7.5", "", "",
         ""},
        {"pkg://PyPI/flask@2.0", "pypi", "flask", "2.0", "", "", ""},
        {"pkg:cargo/100%@1", "cargo", "100%", "1", "", "", ""},
        {"pkg:chrome-extension/dlpngalgnefjeiefhmpklpfiohadpglk@1.2", "chrome-extension",
         "dlpngalgnefjeiefhmpklpfiohadpglk", "1.2", "", "", ""},
        {"pkg:Rpm/fedora/curl@7.50?Arch=i386&Distro=f-25", "rpm", "curl", "7.50", "i386", "fedora", ""},
};

static void equal(struct str text, const char *wanted)
{
        assert_true(str_equal(text, str_of(wanted)));
}

static void test_read(void **state)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct package package;
        struct err err = {0};

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                assert_true(package_read_purl(&arena, str_of(cases[i].purl), &package, &err));
                equal(package.type, cases[i].type);
                equal(package.name, cases[i].name);
                equal(package.version, cases[i].version);
                equal(package.arch, cases[i].arch);
                equal(package.namespace, cases[i].namespace);
                equal(package.subpath, cases[i].subpath);
        }
}

static void test_again(void **state)
{
        static const size_t canonical[] = {0, 1, 2, 5, 6, 7};
        struct arena arena CLEANUP(arena_free) = {0};
        struct package package;
        struct err err = {0};

        (void)state;
        for (size_t i = 0; i < COUNT_OF(canonical); i++) {
                const char *purl = cases[canonical[i]].purl;

                assert_true(package_read_purl(&arena, str_of(purl), &package, &err));
                assert_string_equal(package_purl(&arena, &package).data, purl);
        }
}

static void test_refused(void **state)
{
        static const char *const wrong[] = {"",
                                            "pkg:",
                                            "pkg:npm",
                                            "pkg:npm/",
                                            "pkg:npm/@",
                                            "pkg:maven/@1.3",
                                            "pkg:swift/github.com/a/@5",
                                            "pkg:npm/?a=b",
                                            "npm/a@1",
                                            "pkg:1a/b",
                                            "pkg:/a",
                                            "pkg:npm/a@1?in%20production=true",
                                            "pkg:npm/a@1?1a=b",
                                            "pkg:npm/a@1?=b",
                                            "pkg:vcpkg/boost/asio@1.84.0",
                                            "pkg:otp/namespace/hex@2.1.1",
                                            "pkg:vscode-extension/java@1.46",
                                            "pkg:chrome-extension/dogs",
                                            "pkg:chrome-extension/4lpngalgnefjeiefhmpklpfiohadpglk",
                                            "pkg:chrome-extension/dlpngalgnefjeiefhmpklpfiohadpglk@1.2.3.4.5",
                                            "pkg:chrome-extension/dlpngalgnefjeiefhmpklpfiohadpglk@1.2.3-beta"};
        struct arena arena CLEANUP(arena_free) = {0};
        struct package package;

        (void)state;
        for (size_t i = 0; i < COUNT_OF(wrong); i++) {
                struct err err = {0};
                bool read = package_read_purl(&arena, str_of(wrong[i]), &package, &err);

                if (read)
                        print_error("\"%s\" was read\n", wrong[i]);
                assert_false(read);
                assert_true(err.length);
        }
}

static void test_licenses(void **state)
{
        static const char *const fine[] = {"MIT", "GPL-2.0+", "(MIT OR Apache-2.0) AND ISC", "LicenseRef-x",
                                           "GPL-2.0-only WITH Classpath-exception-2.0"};
        static const char *const wrong[] = {"",        "mit",         "MIT OR",   "MIT, ISC",           "(MIT",
                                            "MIT ISC", "LicenseRef-", "Apache 2", "GPL-2.0-only WITH x"};

        (void)state;
        for (size_t i = 0; i < COUNT_OF(fine); i++)
                assert_true(license_is_expression(str_of(fine[i])));
        for (size_t i = 0; i < COUNT_OF(wrong); i++)
                assert_false(license_is_expression(str_of(wrong[i])));
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(test_read), cmocka_unit_test(test_again),
                                           cmocka_unit_test(test_refused), cmocka_unit_test(test_licenses)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
