/* Blocks of PEM: what is in them, and what is wrong with them. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/file.h"
#include "crypto/certificate.h"

static enum pem_kind kind_of(const char *text, size_t *count)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct pem_blocks blocks = {0};

        pem_read(&arena, str_of(text), &blocks);
        *count = blocks.items.count;
        if (!blocks.items.count)
                return PEM_OTHER;
        assert_int_equal(blocks.items.items[0].message.len > 0, blocks.items.items[0].kind == PEM_BROKEN);
        return blocks.items.items[0].kind;
}

static void kinds(void **state)
{
        static const struct {
                const char *text;
                size_t count;
                enum pem_kind kind;
        } cases[] = {
                {"", 0, PEM_OTHER},
                {"-----BEGIN CERTIFICATE", 0, PEM_OTHER},
                {"-----BEGIN \n-----\n", 0, PEM_OTHER},
                {"-----BEGIN CERTIFICATE-----\nAAAA\n", 1, PEM_BROKEN},
                {"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", 1, PEM_BROKEN},
                {"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----", 1, PEM_BROKEN},
                {"-----BEGIN CERTIFICATE-----\nAAAA\n-----END PRIVATE KEY-----", 1, PEM_BROKEN},
                {"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", 1, PEM_BROKEN},
                {"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----", 1, PEM_LOCKED_KEY},
                {"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END RSA PRIVATE KEY-----", 1,
                 PEM_LOCKED_KEY},
                {"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----", 1, PEM_OTHER},
                {"-----BEGIN A-----\n-----BEGIN B-----\n-----END B-----", 2, PEM_BROKEN},
        };

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                size_t count;

                if (kind_of(cases[i].text, &count) != cases[i].kind || count != cases[i].count)
                        fail_msg("case %zu: %s", i, cases[i].text);
        }
}

/* A certificate, signed by itself, and its key. */
static void certificate(void **state)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct pem_blocks blocks = {0};
        struct file_text file;
        const struct pem_block *items;
        const struct certificate *read;

        (void)state;
        assert_int_equal(file_read(&arena, UNIT_TESTS "/../fuzz/corpus/certs/bundle", 1 << 20, &file), FILE_OK);
        pem_read(&arena, file.text, &blocks);
        assert_int_equal(blocks.items.count, 2);
        items = blocks.items.items;
        assert_int_equal(items[0].kind, PEM_CERTIFICATE);
        assert_int_equal(items[1].kind, PEM_PRIVATE_KEY);
        assert_memory_equal(items[0].key.fingerprint, items[1].key.fingerprint, FINGERPRINT_BYTES);
        read = items[0].certificate;
        assert_true(str_is(read->common_name, "a\"b") && str_is(read->subject, "O=system:masters,CN=a\\\"b"));
        assert_true(read->organization_count == 1 && str_is(read->organizations[0], "system:masters"));
        assert_true(read->is_authority && read->is_self_issued && !read->weak_signature);
        assert_true(str_is(read->key.name, "EC P-256") && read->key.bits == 256);
        assert_true(read->not_after - read->not_before == 3000LL * 86400);
        assert_int_equal(read->name_count, 5);
        assert_true(str_is(read->names[1], "IP:1.2.3.4") && str_is(read->names[2], "IP:0:0:0:0:0:0:0:1"));
        assert_true(certificate_is_signed_by(read, read));
}

/* Any bit of what is signed decides. */
static void changed(void **state)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct pem_blocks good = {0}, bad = {0};
        struct file_text file;
        char *text;

        (void)state;
        assert_int_equal(file_read(&arena, UNIT_TESTS "/../fuzz/corpus/certs/bundle", 1 << 20, &file), FILE_OK);
        pem_read(&arena, file.text, &good);
        text = (char *)(uintptr_t)str_copy(&arena, file.text).data;
        text[str_find(file.text, STR("-----END"), 0) - 20] ^= 1;
        pem_read(&arena, (struct str){text, file.text.len}, &bad);
        assert_true(bad.items.items[0].kind == PEM_BROKEN
                    || !certificate_is_signed_by(bad.items.items[0].certificate, good.items.items[0].certificate));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(kinds),
                cmocka_unit_test(certificate),
                cmocka_unit_test(changed),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
