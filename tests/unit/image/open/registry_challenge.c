/* What registries answer to who has not logged in. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "image/open/registry_challenge.h"

static void test_challenges(void **state)
{
        static const struct {
                const char *headers[2];
                enum registry_login login;
                const char *realm, *service;
        } cases[] = {
                {{"Bearer realm=\"https://a/token\",service=\"s\",scope=\"repository:x:pull\""},
                 REGISTRY_LOGIN_BEARER,
                 "https://a/token",
                 "s"},
                {{"bearer  Realm = \"https://a/token\" , SERVICE=s"}, REGISTRY_LOGIN_BEARER, "https://a/token", "s"},
                {{"Bearer scope=\"x,realm=y\", realm=https://a/t"}, REGISTRY_LOGIN_BEARER, "https://a/t", ""},
                {{"Bearer realm=\"a\\\"b\""}, REGISTRY_LOGIN_BEARER, "a\"b", ""},
                {{"BASIC realm=\"x\""}, REGISTRY_LOGIN_BASIC, "x", ""},
                {{"Basic realm=\"x\", Bearer realm=\"y\""}, REGISTRY_LOGIN_BEARER, "y", ""},
                {{"Bearer realm=\"y\"", "Basic realm=\"x\""}, REGISTRY_LOGIN_BEARER, "y", ""},
                {{"Negotiate", "Basic realm=\"x\""}, REGISTRY_LOGIN_BASIC, "x", ""},
                {{"Negotiate YII=="}, REGISTRY_LOGIN_OTHER, "", ""},
                {{"Bearer"}, REGISTRY_LOGIN_BEARER, "", ""},
                {{"Bearer realm=\"open"}, REGISTRY_LOGIN_BEARER, "open", ""},
                {{"=\"\\"}, REGISTRY_LOGIN_OTHER, "", ""},
                {{""}, REGISTRY_LOGIN_OTHER, "", ""},
                {{0}, REGISTRY_LOGIN_OTHER, "", ""},
        };
        struct arena arena = {0};

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct http_response response = {0};
                struct registry_challenge challenge;

                for (size_t j = 0; j < 2 && cases[i].headers[j]; j++)
                        *vec_push(&arena, &response.headers) =
                                (struct http_header){STR("WWW-Authenticate"), str_of(cases[i].headers[j]), false};
                challenge = registry_read_challenge(&arena, &response);
                if (challenge.login != cases[i].login)
                        fail_msg("%s", cases[i].headers[0]);
                assert_string_equal(str_copy(&arena, challenge.realm).data, cases[i].realm ? cases[i].realm : "");
                if (cases[i].login == REGISTRY_LOGIN_BEARER)
                        assert_string_equal(str_copy(&arena, challenge.service).data, cases[i].service);
        }
        arena_free(&arena);
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(test_challenges)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
