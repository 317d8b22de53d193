/* Entropy, check sums and shapes of secrets: what is one, and what only looks like one. */

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "policy/pattern/secret_check.h"

#define S(literal) STR_INIT(literal)

/* An age identity of the specification's test vectors; keys made for this test. */
#define AGE                                                                                                            \
        "AGE-SECRET-"                                                                                                  \
        "KEY-1XMWWC06LY3EE5RYTXM9MFLAZ2U56JJJ36S0MYPDRWSVLUL66MV4QX3S7F6"
#define EC_BODY                                                                                                        \
        "MHcCAQEEIHzmZZxXcTNEkVFX0hH9nA3JdgfLvYjaYMNgDI98PU5eoAoGCCqGSM49\n"                                           \
        "AwEHoUQDQgAERC8Q0U5/b4oHq8gSCXtchPAD5uF0yAAcVl1Rc4MSdsLtXxfAOpSx\n"                                           \
        "WyKPPj2mEI307nhfxuspxgI4xNMU1kQbAQ==\n"

static const struct {
        struct str check, secret, around;
        bool holds;
} cases[] = {
        {S("age"), S(AGE), S(""), true},
        {S("age"),
         S("AGE-SECRET-"
           "KEY-1XMWWC06LY3EE5RYTXM9MFLAZ2U56JJJ36S0MYPDRWSVLUL66MV4QX3S7F7"),
         S(""), false},
        {S("age"), S("AGE-SECRET-KEY-"), S(""), false},
        {S("age"), S("1b"), S(""), false},
        {S("aws-account"),
         S("ASIA"
           "QNZGKIQY56JQ7WML"),
         S(""), true}, /* account 029608264753 */
        {S("aws-account"),
         S("AKIA"
           "IOSFODNN7ABCDEFG"),
         S(""), true}, /* of the older kind */
        {S("aws-account"),
         S("AKIA"
           "777777777777777A"),
         S(""), true},
        {S("aws-account"),
         S("AKIA"
           "ZZZZZZZZZ8ZZZZZZ"),
         S(""), false},
        {S("aws-account"), S("AKIA"), S(""), false},
        {S("crc-base62"),
         S("ghp_"
           "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17"),
         S(""), true},
        {S("crc-base62"),
         S("ghp_"
           "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq18"),
         S(""), false},
        {S("crc-base62"),
         S("ghp_"
           "aQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17"),
         S(""), false},
        {S("crc-base62"), S("npm_"), S(""), false},
        {S("discord"),
         S("MTA5"
           "ODc2NTQzMjEwOTg3NjU0Mw.Gh1jK2.x"),
         S(""), true},
        {S("discord"),
         S("MTA5"
           "ODc2NTQzMjEwOTg3NjU0YQ.Gh1jK2.x"),
         S(""), false},
        {S("discord"), S("MTA5.Gh1jK2.x"), S(""), false},
        {S("encoded-json"), S("glc_eyJvIjoiMSIsIm4iOiJzdGFjayJ9"), S(""), true},
        {S("encoded-json"), S("glc_eyJvIjoiMSIsIm4iOiJzdGFjay"), S(""), false},
        {S("encoded-json"), S("glc_nothing"), S(""), false},
        {S("grafana"),
         S("glsa_"
           "HOruNAb7SOiCdshU9algkrq7F6jvmPkc_9d36c2d6"),
         S(""), false},
        {S("grafana"), S("glsa_"), S(""), false},
        {S("jwt"), S("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln"), S(""), true},
        {S("jwt"), S("eyJ0eXAiOiJKV1QifQ.eyJzdWIiOiJhIn0.c2ln"), S(""), false}, /* without alg */
        {S("jwt"), S("eyJhbGciOiJIUzI1NiJ9.bm9uZQ.c2ln"), S(""), false},
        {S("jwt"), S("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0."), S(""), false},
        {S("kubernetes-jwt"), S("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzeXN0ZW06c2VydmljZWFjY291bnQ6YTpiIn0.c2ln"), S(""),
         true},
        {S("kubernetes-jwt"), S("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln"), S(""), false},
        {S("luhn"), S("4929 0001 2345 6781"), S(""), false},
        {S("luhn"), S("4539578763621486"), S(""), true},
        {S("luhn"), S("4539-5787-6362-1486"), S(""), true},
        {S("luhn"), S("4539578763621487"), S(""), false},
        {S("luhn"), S("0000000000000000"), S(""), false},
        {S("opaque"), S("k3Jx9QpLw2Vz!m"), S(""), true},
        {S("opaque"), S("Summer2024!"), S(""), true},
        {S("opaque"), S("9f86d081884c7d659a2feaa0c55ad015"), S(""), true},
        {S("opaque"), S("password"), S(""), false},
        {S("opaque"), S("my-secret-name-2"), S(""), false},
        {S("opaque"), S("default-token-7sd9s"), S(""), false},
        {S("opaque"), S("PKCS8_PRIVATEKEY"), S(""), false},
        {S("opaque"), S("20240131"), S(""), false},
        {S("opaque"), S("com.example2.security"), S(""), false},
        {S("pair"), S("ZGVwbG95OnMzY3JldA=="), S(""), true},
        {S("pair"), S("ZGVwbG95OnMzY3JldA"), S(""), true},
        {S("pair"), S("bm8gY29sb24gaW4gaXQ="), S(""), false},
        {S("pair"), S("OnNlY3JldA=="), S(""), false},     /* no name */
        {S("pair"), S("ZGVwbG95Og=="), S(""), false},     /* no password */
        {S("pair"), S("AAECAzoEBQYHCAk="), S(""), false}, /* no text */
        {S("password"), S("s3cret"), S("postgres://shop:s3cret@db"), true},
        {S("password"), S("postgres"), S("postgres://postgres:postgres@db"), false},
        {S("password"), S("shops"), S("x://shops:shops@db"), false},
        {S("password"), S("abc"), S("x://shop:abc@db"), false},
        {S("putty-open"), S("PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\n"), S(""), true},
        {S("putty-open"), S("PuTTY-User-Key-File-2: ssh-rsa\nEncryption: aes256-cbc\n"), S(""), false},
        {S("pypi"), S("pypi-AgEIcHlwaS5vcmcAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), S(""), false},
        {S("key-open"), S("-----BEGIN EC PRIVATE KEY-----\n" EC_BODY "-----END EC PRIVATE KEY-----"), S(""), true},
        {S("key-open"), S("-----BEGIN EC PUBLIC KEY-----\n" EC_BODY "-----END EC PUBLIC KEY-----"), S(""), false},
        {S("key-open"), S("-----BEGIN EC PRIVATE KEY-----\n" EC_BODY), S(""), false},
        {S("key-open"), S("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"), S(""), false},
        {S("key-open"),
         S("-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n" EC_BODY
           "-----END EC PRIVATE KEY-----"),
         S(""), false},
        {S("key-locked"),
         S("-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n" EC_BODY
           "-----END EC PRIVATE KEY-----"),
         S(""), true},
        {S("key-locked"), S("-----BEGIN EC PRIVATE KEY-----\n" EC_BODY "-----END EC PRIVATE KEY-----"), S(""), false},
        {S("encoded-key"), S("bm90aGluZw=="), S(""), false},
        {S("pgp"), S("-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nAAAA\n-----END PGP PRIVATE KEY BLOCK-----"), S(""),
         false},
        {S("service-account"), S("-----BEGIN EC PRIVATE KEY-----\n" EC_BODY "-----END EC PRIVATE KEY-----"),
         S("\"type\": \"service_account\", \"client_email\": \"a@b.iam.gserviceaccount.com\""), true},
        {S("service-account"), S("-----BEGIN EC PRIVATE KEY-----\n" EC_BODY "-----END EC PRIVATE KEY-----"), S(""),
         false},
};

/* The secret where it stands behind a colon in what is around it. */
static struct str placed(struct str secret, struct str around, struct arena *arena)
{
        size_t at = str_find(around, str_format(arena, ":%.*s@", STR_ARG(secret)), 0);

        return at == SIZE_MAX ? secret : str_sub(around, at + 1, at + 1 + secret.len);
}

static void test_cases(void **state)
{
        struct arena arena = {0};
        size_t wrong = 0;

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                const struct secret_check *check = secret_check_find(cases[i].check);

                assert_non_null(check);
                if (check->holds(&arena, placed(cases[i].secret, cases[i].around, &arena), cases[i].around)
                    == cases[i].holds)
                        continue;
                wrong++;
                print_error("%.*s says otherwise of \"%.*s\"\n", STR_ARG(cases[i].check), STR_ARG(cases[i].secret));
        }
        arena_free(&arena);
        assert_int_equal(wrong, 0);
}

/* Each check has cases here of both kinds, or good and bad examples in rules/secrets, which tests/unit/policy/secret_scan.c tries. */
static void test_no_check_is_forgotten(void **state)
{
        (void)state;
        for (size_t i = 0; i < secret_check_count; i++) {
                size_t count = 0;

                for (size_t k = 0; k < COUNT_OF(cases); k++)
                        count += str_equal(cases[k].check, secret_checks[i].name);
                assert_true(count > 0);
                assert_true(!i || str_compare(secret_checks[i - 1].name, secret_checks[i].name) < 0);
        }
}

/* Whatever the text, no check reads beyond it. */
static void test_pieces_of_everything(void **state)
{
        struct arena arena = {0};

        (void)state;
        for (size_t k = 0; k < COUNT_OF(cases); k++)
                for (size_t end = 0; end <= cases[k].secret.len; end++) {
                        struct str copy = str_copy(&arena, str_sub(cases[k].secret, 0, end));

                        for (size_t i = 0; i < secret_check_count; i++)
                                secret_checks[i].holds(&arena, copy, copy);
                        if (end % 64 == 0)
                                arena_reset(&arena);
                }
        arena_free(&arena);
}

static void test_entropy(void **state)
{
        (void)state;
        assert_true(secret_entropy(STR("")) == 0);
        assert_true(secret_entropy(STR("aaaaaaaa")) == 0);
        assert_true(fabs(secret_entropy(STR("abababab")) - 1) < 1e-9);
        assert_true(fabs(secret_entropy(STR("abcdefgh")) - 3) < 1e-9);
        assert_true(fabs(secret_entropy(STR("aab")) - 0.9182958) < 1e-6);
}

static void test_decode(void **state)
{
        static const struct {
                struct str text, out;
                bool fine;
        } texts[] = {
                {S(""), S(""), true},
                {S("YQ=="), S("a"), true},
                {S("YQ"), S("a"), true},
                {S("YWI="), S("ab"), true},
                {S("YWJj"), S("abc"), true},
                {S("YW\r\nJj\n"), S("abc"), true},
                {S("YW\\nJj\\n"), S("abc"), true},
                {S("-_-_"), S("\xfb\xff\xbf"), true},
                {S("+/+/"), S("\xfb\xff\xbf"), true},
                {S("Y"), S(""), false},
                {S("YW!j"), S(""), false},
                {S("YQ======="), S(""), false},
        };
        struct arena arena = {0};

        (void)state;
        for (size_t i = 0; i < COUNT_OF(texts); i++) {
                struct str out;

                assert_int_equal(secret_decode(&arena, texts[i].text, &out), texts[i].fine);
                if (texts[i].fine)
                        assert_true(str_equal(out, texts[i].out));
        }
        arena_free(&arena);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_cases),   cmocka_unit_test(test_no_check_is_forgotten),
                cmocka_unit_test(test_entropy), cmocka_unit_test(test_pieces_of_everything),
                cmocka_unit_test(test_decode),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
