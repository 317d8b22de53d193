/* Hostile names inside of each format's syntax: they stay names. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report/escape.h"

typedef void escape(struct buf *out, struct str text);

static void expect(escape *put, struct str text, const char *wanted)
{
        struct buf out = {0};

        put(&out, text);
        buf_add_char(&out, 0);
        assert_string_equal(out.data, wanted);
        buf_free(&out);
}

static void xml(void **state)
{
        (void)state;
        expect(escape_xml, STR("<a b=\"c\">&'"), "&lt;a b=&quot;c&quot;&gt;&amp;&#39;");
        expect(escape_xml, STR("a\nb\tc\x1b[31m"), "a&#10;b&#9;c\xef\xbf\xbd[31m");
        expect(escape_xml, STR("\xef\xbf\xbf"), "\xef\xbf\xbd");
        expect(escape_xml, STR("\xc2\x9b" "2J"),
                               "\xef\xbf\xbd"
                               "2J");
}

static void terminal(void **state)
{
        (void)state;
        expect(escape_terminal, STR("\x1b[31mred\x07"), "\\x1b[31mred\\x07");
        expect(escape_terminal, STR("a\r\nb\tc"), "a\\x0d\\nb\\tc");
        expect(escape_terminal, STR("\xc2\x9b" "2J"),
                                    "\\x9b2J");
        expect(escape_terminal, STR("user\xe2\x80\xae" "nimda"),
                                    "user\\u202enimda");
        expect(escape_terminal, STR("\xe8\x88\xb9 caf\xc3\xa9"), "\xe8\x88\xb9 caf\xc3\xa9");
        expect(escape_terminal, STR("\xff"), "\xef\xbf\xbd");
        expect(escape_lines, STR("a\n\x1b\n"), "a\n\\x1b\n");
}

static void github(void **state)
{
        (void)state;
        expect(escape_github_message, STR("100%\n::error::x,y"), "100%25%0A::error::x,y");
        expect(escape_github_message, STR("\x1b[31m\a\xc2\x9b" "2J\t"),
                                          "\\x1b[31m\\x07\\x9b"
                                          "2J\t");
        expect(escape_github_property, STR("a:b,c%\r"), "a%3Ab%2Cc%25%0D");
}

static void uri(void **state)
{
        (void)state;
        expect(escape_uri, STR("./sub/a b.yaml"), "sub/a%20b.yaml");
        expect(escape_uri, STR("../a.yaml"), "../a.yaml");
        expect(escape_uri, STR("/etc/x#y?.yaml"), "file:///etc/x%23y%3F.yaml");
        expect(escape_uri, STR("c:x%41\xc3\xa9"), "c%3Ax%2541%C3%A9");
        expect(escape_uri, STR("<stdin>"), "%3Cstdin%3E");
        expect(escape_uri, STR("//x/y"), "file:////x/y");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(xml),
                cmocka_unit_test(terminal),
                cmocka_unit_test(github),
                cmocka_unit_test(uri),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
