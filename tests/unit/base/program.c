/* Asking other programs: what they answer, how they end, and those that do not. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "base/program.h"

static struct buf printed;
static struct err why;
static int status;

static enum program_end ask(const char *script, struct str input)
{
        char *const words[] = {(char *)"sh", (char *)"-c", (char *)script, NULL}, *const environment[] = {
                                                                                          (char *)"WORD=hello", NULL};
        const struct program program = {words, environment, .input = input, .most = 2048, .seconds = 1};

        printed.len = 0;
        why = (struct err){0};
        return program_ask(&program, &printed, &status, &why);
}

static void assert_printed(const char *text)
{
        assert_int_equal(printed.len, strlen(text));
        assert_memory_equal(printed.data, text, printed.len);
}

static void answers(void **state)
{
        (void)state;
        assert_int_equal(ask("read line; echo \"$WORD $line\"; exit 3", STR("world\n")), PROGRAM_ENDED);
        assert_printed("hello world\n");
        assert_int_equal(WEXITSTATUS(status), 3);
        assert_int_equal(ask("kill -9 $$", STR("")), PROGRAM_ENDED);
        assert_true(WIFSIGNALED(status));
}

static void does_not_listen(void **state)
{
        (void)state;
        for (int i = 0; i < 20; i++) {
                assert_int_equal(ask("exec <&-; echo a", STR("b")), PROGRAM_ENDED);
                assert_printed("a\n");
        }
}

static void leaves_something_running(void **state)
{
        (void)state;
        assert_int_equal(ask("sleep 2 2>&- & echo a", STR("")), PROGRAM_ENDED);
        assert_printed("a\n");
}

static void does_not_end(void **state)
{
        static const char *const scripts[] = {"exec sleep 100", "exec sleep 100 >&-",
                                              "while :; do echo; sleep 0.1; done"};

        (void)state;
        for (size_t i = 0; i < COUNT_OF(scripts); i++) {
                assert_int_equal(ask(scripts[i], STR("")), PROGRAM_STOPPED);
                assert_string_equal(why.text, "it did not end within 1 seconds");
        }
}

static void says_too_much(void **state)
{
        (void)state;
        assert_int_equal(ask("yes", STR("")), PROGRAM_STOPPED);
        assert_string_equal(why.text, "it printed more than 2 KiB");
        assert_true(WIFSIGNALED(status));
}

static void is_told_too_much(void **state)
{
        static const char much[5000];

        (void)state;
        assert_int_equal(ask("cat", (struct str){much, sizeof(much)}), PROGRAM_STOPPED);
        assert_non_null(strstr(why.text, "4096 bytes"));
}

static void is_not_there(void **state)
{
        char *const words[] = {(char *)"strake-no-such-program", NULL};
        const struct program program = {words, words + 1, .seconds = 1};

        (void)state;
        why = (struct err){0};
        assert_int_equal(program_ask(&program, &printed, &status, &why), PROGRAM_NOT_STARTED);
        assert_string_equal(why.text, "cannot be started: No such file or directory");
}

static int clean_up(void **state)
{
        (void)state;
        buf_free(&printed);
        return 0;
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(answers),       cmocka_unit_test(does_not_listen),
                                           cmocka_unit_test(does_not_end),  cmocka_unit_test(leaves_something_running),
                                           cmocka_unit_test(says_too_much), cmocka_unit_test(is_told_too_much),
                                           cmocka_unit_test(is_not_there)};

        return cmocka_run_group_tests(tests, NULL, clean_up);
}
