/* What files and folders say by their names. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "image/lint/surface_names.h"

struct name {
        const char *path, *kind;
};

static void check(struct str (*kind_of)(struct str path), const struct name *names, size_t count)
{
        for (size_t i = 0; i < count; i++)
                if (!str_equal(kind_of(str_of(names[i].path)), str_of(names[i].kind)))
                        fail_msg("%s is \"%.*s\", not \"%s\"", names[i].path, STR_ARG(kind_of(str_of(names[i].path))),
                                 names[i].kind);
}

static void test_tools(void **state)
{
        static const struct name names[] = {
                {"bin/sh", "shell"},
                {"usr/local/bin/pip3", "package-manager"},
                {"sbin/apk", "package-manager"},
                {"usr/bin/gcc", "compiler"},
                {"usr/bin/nc.openbsd", "network"},
                {"usr/bin/sudo", "privilege"},
                {"usr/bin/strace", "debugger"},
                {"usr/bin/shred", ""},
                {"usr/bin/s", ""},
                {"usr/bin/apt apt-get", ""},
                {"usr/lib/git-core/sh", ""},
                {"sh", ""},
                {"bin/", ""},
                {"", ""},
        };

        (void)state;
        check(surface_tool, names, COUNT_OF(names));
}

static void test_secrets(void **state)
{
        static const struct name names[] = {
                {"root/.ssh/id_rsa", "private-key"},
                {"id_rsa", "private-key"},
                {"root/.ssh/id_rsa.pub", ""},
                {"root/.ssh/my_id_rsa", ""},
                {"etc/ssh/ssh_host_ed25519_key", "private-key"},
                {"app/server.key", "private-key"},
                {"app/tls-key.pem", "private-key"},
                {"app/ca.pem", ""},
                {"etc/ssl/certs/a.key", ""},
                {"app/node_modules/x/test.key", ""},
                {"app/store.jks", "keystore"},
                {"home/app/.aws/credentials", "credentials"},
                {"app/xaws/credentials", ""},
                {"app/credential.json", "credentials"},
                {"usr/share/doc/x/credentials.json", ""},
                {"root/.bash_history", "history"},
        };

        (void)state;
        check(surface_secret, names, COUNT_OF(names));
}

static void test_heaps(void **state)
{
        static const struct name names[] = {
                {"var/lib/apt/lists", "apt"},
                {"srv/var/lib/apt/lists", ""},
                {"root/.cache/pip", "pip"},
                {".cache/pip", "pip"},
                {"x.cache/pip", ""},
                {"app/.git", "git"},
                {"app/x.git", ""},
                {"home/node/.npm/_cacache", "npm"},
        };

        (void)state;
        check(surface_heap_kind, names, COUNT_OF(names));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_tools),
                cmocka_unit_test(test_secrets),
                cmocka_unit_test(test_heaps),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
