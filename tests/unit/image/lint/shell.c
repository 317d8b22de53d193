/* Scripts taken apart. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "image/lint/shell.h"

/* "[A=b] apt-get|install|curl; " for each command. */
static void print(struct buf *out, const struct shell_script *script)
{
        for (size_t i = 0; i < script->commands.count; i++) {
                const struct shell_command *command = &script->commands.items[i];

                for (size_t j = 0; j < command->assignment_count; j++)
                        buf_add_format(out, "[%.*s] ", STR_ARG(command->assignments[j]));
                for (size_t j = 0; j < command->word_count; j++)
                        buf_add_format(out, "%s%.*s", j ? "|" : "", STR_ARG(command->words[j]));
                buf_add_literal(out, "; ");
        }
}

static void expect(const char *text, const char *commands)
{
        struct arena arena CLEANUP(arena_free) = {0};
        CLEANUP(buf_free) struct buf out = {0};
        struct shell_script script = {0};

        shell_read(&arena, str_of(text), &script);
        print(&out, &script);
        buf_add_char(&out, 0);
        assert_string_equal(out.data, commands);
        assert_false(script.cut);
}

static void test_commands(void **state)
{
        (void)state;
        expect("", "");
        expect("a b && c || d; e | f & g\nh", "a|b; c; d; e; f; g; h; ");
        expect("set -eux; \tapk add  git", "set|-eux; apk|add|git; ");
        expect("A=1 B='x y' run", "[A=1] [B=x y] run; ");
        expect("A=1", "[A=1] ; ");
        expect("(cd /x && make)", "cd|/x; make; ");
        expect("if test -f x; then a; else b; fi", "test|-f|x; a; b; ");
        expect("for x in a b; do echo $x; done", "echo|$x; ");
        expect("! grep x; { a; }", "grep|x; a; ");
        expect("a # not this\nb", "a; b; ");
        expect("a b#c", "a|b#c; ");
}

static void test_words(void **state)
{
        (void)state;
        expect("echo 'a b' \"c d\" e\\ f", "echo|a b|c d|e f; ");
        expect("echo \"a\\\"b\\x\" ''", "echo|a\"b\\x|; ");
        expect("a \\\n b", "a|b; ");
        expect("a >/dev/null 2>&1 b < c", "a|b; ");
        expect("a 2>'x y' >>\"$f\"", "a; ");
        expect("echo '", "echo|; ");
        expect("echo \"unended", "echo|unended; ");
        expect("echo \\", "echo|\\; ");
}

static void test_inside(void **state)
{
        (void)state;
        expect("echo $(id -u)", "echo|$(id -u); id|-u; ");
        expect("a=\"$(dpkg --print (x) y)\" b", "[a=$(dpkg --print (x) y)] b; dpkg|--print; x; y; ");
        expect("echo `date`", "echo|`date`; date; ");
        expect("sh -c 'apt-get update'", "sh|-c|apt-get update; apt-get|update; ");
        expect("bash -o pipefail -ec \"a | b\"", "bash|-o|pipefail|-ec|a | b; ");
        expect("echo $((1 + (2))) x", "echo|$((1 + (2)))|x; ");
        expect("echo $(unended", "echo|$(unended; unended; ");
}

static void test_program(void **state)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct shell_script script = {0};

        (void)state;
        shell_read(&arena, STR("sudo -E env A=b /usr/bin/apt-get install x; xargs -r rm; sudo"), &script);
        assert_int_equal(script.commands.count, 3);
        assert_true(str_is(script.commands.items[0].program, "apt-get"));
        assert_int_equal(script.commands.items[0].program_at, 4);
        assert_true(script.commands.items[0].sudo);
        assert_true(str_is(script.commands.items[1].program, "rm"));
        assert_false(script.commands.items[1].sudo);
        assert_int_equal(script.commands.items[2].program.len, 0);
        assert_true(script.commands.items[2].sudo);
}

static void test_limits(void **state)
{
        struct arena arena CLEANUP(arena_free) = {0};
        CLEANUP(buf_free) struct buf text = {0};
        struct shell_script script = {0};

        (void)state;
        buf_add_repeat(&text, ';', 3);
        for (size_t i = 0; i < 3000; i++)
                buf_add_literal(&text, "a;");
        shell_read(&arena, buf_text(&text), &script);
        assert_true(script.cut);
        assert_int_equal(script.commands.count, SHELL_COMMANDS);
        script = (struct shell_script){0};
        text.len = 0;
        for (size_t i = 0; i < 40; i++)
                buf_add_literal(&text, "$(a ");
        shell_read(&arena, buf_text(&text), &script);
        assert_true(script.cut);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_commands), cmocka_unit_test(test_words),  cmocka_unit_test(test_inside),
                cmocka_unit_test(test_program),  cmocka_unit_test(test_limits),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
