/* url.c - which texts are URLs and what their parts are, as net/url says. */

#include "base/url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void check(const char *label, struct str part, const char *wanted)
{
        if (!str_equal(part, str_of(wanted)))
                fail_msg("%s: got '%.*s', wanted '%s'", label, STR_ARG(part), wanted);
}

static void takes_urls_apart(void **state)
{
        static const struct {
                const char *text, *scheme, *host, *hostname, *port, *path, *query;
        } cases[] = {
                {"https://example.com:80/", "https", "example.com:80", "example.com", "80", "/", ""},
                {"HTTPS://kubernetes.io/docs?x=1#top", "https", "kubernetes.io", "kubernetes.io", "", "/docs",
                 "x=1#top"},
                {"/path/with spaces", "", "", "", "", "/path/with%20spaces", ""},
                {"https://[::1]:80/", "https", "[::1]:80", "::1", "80", "/", ""},
                {"https://[::1]/", "https", "[::1]", "::1", "", "/", ""},
                {"https://example.com:/", "https", "example.com:", "example.com", "", "/", ""},
                {"https://example.com/a%2Fb/%7e(c)", "https", "example.com", "example.com", "", "/a%2Fb/%7e(c)", ""},
                {"https://example.com/\"a\"%7e", "https", "example.com", "example.com", "", "/%22a%22~", ""},
                {"https://u:p@example.com/x", "https", "example.com", "example.com", "", "/x", ""},
                {"mailto:a@b.example", "mailto", "", "", "", "", ""},
                {"file:///etc/passwd", "file", "", "", "", "/etc/passwd", ""},
                {"http://host?a=b/c", "http", "host", "host", "", "", "a=b/c"},
                {"//host/path", "", "", "", "", "//host/path", ""},
                {"*", "", "", "", "", "*", ""},
                {"http://h%c3%a9/", "http", "h\xc3\xa9", "h\xc3\xa9", "", "/", ""},
        };
        struct arena arena CLEANUP(arena_free) = {0};

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct url url;

                if (!url_read(&arena, str_of(cases[i].text), &url))
                        fail_msg("%s", cases[i].text);
                check(cases[i].text, url.scheme, cases[i].scheme);
                check(cases[i].text, url.host, cases[i].host);
                check(cases[i].text, url.hostname, cases[i].hostname);
                check(cases[i].text, url.port, cases[i].port);
                check(cases[i].text, url.path, cases[i].path);
                check(cases[i].text, url.query, cases[i].query);
        }
}

static void refuses_what_is_no_url(void **state)
{
        static const char *const refused[] = {
                "",
                "example.com",
                "../relative",
                "://x",
                ":x",
                "https://a:b:c/",
                "https://::1/",
                "https://[::1",
                "https://[::1]x/",
                "https://[1.2.3.4]/",
                "https://host:port/",
                "https://ho st/",
                "https://h%41/",
                "https://h%/",
                "/a%zz",
                "/a\n",
                "https://u ser@host/",
                "1http://x",
                "?a=b",
        };
        struct arena arena CLEANUP(arena_free) = {0};
        struct url url;

        (void)state;
        for (size_t i = 0; i < COUNT_OF(refused); i++) {
                if (url_read(&arena, str_of(refused[i]), &url))
                        fail_msg("%s", refused[i]);
        }
}

static void takes_parameters(void **state)
{
        static const char *const wanted[] = {"k1", "a", "k2", "b c", "k1", "", "k3", "=", "\xef\xbf\xbd", "x"};
        struct arena arena CLEANUP(arena_free) = {0};
        struct str query = STR("k1=a&k2=b+c&&k1&bad=%zz&semi;colon=1&%6b3==&%ff=x"), name, value;
        size_t i = 0;

        (void)state;
        for (; url_take_parameter(&arena, &query, &name, &value); i += 2) {
                assert_true(i + 1 < COUNT_OF(wanted));
                check("name", name, wanted[i]);
                check("value", value, wanted[i + 1]);
        }
        assert_int_equal(i, COUNT_OF(wanted));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(takes_urls_apart),
                cmocka_unit_test(refuses_what_is_no_url),
                cmocka_unit_test(takes_parameters),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
