/* Where outputs go: whole files or none, links kept, devices written to. */

#include "tests.h"

static int run(struct cli *cli)
{
        return cli_print_text(cli, cli->operands.count ? cli->operands.items[0] : STR(""), CLI_OK);
}

static const struct cli_command command_say = {
        .name = "say", .about = "say it", .operands = "[IT]", .most_operands = 1, .formats = "text json", .run = run};

static void print_in_parts(struct cli_writer *to, void *what)
{
        buf_add(&to->text, *(const struct str *)what);
        cli_flush(to, &to->text);
        buf_add(&to->text, to->format);
}

static int run_parts(struct cli *cli)
{
        return cli_print_all(cli, print_in_parts, &STR("as ")) ? CLI_OK : CLI_WRONG;
}

static const struct cli_command command_parts = {
        .name = "parts", .about = "say it in parts", .formats = "text json", .run = run_parts};

static const struct cli_command *const commands[] = {&command_say, &command_parts};

static struct ran *line(const char *words)
{
        return run_line(commands, COUNT_OF(commands), words);
}

static void expect_file(const char *name, const char *wanted)
{
        char text[100] = {0};
        FILE *file = fopen(name, "r");

        assert_non_null(file);
        assert_true(fread(text, 1, sizeof(text) - 1, file) == strlen(wanted));
        assert_string_equal(text, wanted);
        fclose(file);
}

static int enter_folder(void **state)
{
        static char folder[] = "/tmp/strake-write-XXXXXX";

        *state = mkdtemp(folder);
        return *state && chdir(folder) == 0 ? 0 : -1;
}

static int leave_folder(void **state)
{
        static const char *const names[] = {"a", "b", "link", "mode"};

        for (size_t i = 0; i < COUNT_OF(names); i++)
                unlink(names[i]);
        return chdir("/") == 0 && rmdir(*state) == 0 ? 0 : -1; /* nothing else was left there */
}

static void into_files_and_not_to_standard_output(void **state)
{
        const struct ran *ran = line("say hello -o text=a -o json=b");

        assert_int_equal(ran->status, CLI_OK);
        assert_string_equal(ran->out, "");
        assert_string_equal(ran->err, "");
        expect_file("a", "hello");
        expect_file("b", "hello");
        assert_int_equal(line("say hi -o text=a")->status, CLI_OK);
        expect_file("a", "hi");
}

static void each_in_its_format_and_in_parts(void **state)
{
        assert_int_equal(line("parts -o text=a -o json=b")->status, CLI_OK);
        expect_file("a", "as text");
        expect_file("b", "as json");
        assert_string_equal(line("parts -o json")->out, "as json");
        assert_int_equal(line("parts -o text=/dev/full")->status, CLI_WRONG);
}

static void a_link_stays_and_its_target_is_replaced(void **state)
{
        struct stat status;

        assert_int_equal(symlink("a", "link"), 0);
        assert_int_equal(line("say through -o text=link")->status, CLI_OK);
        assert_int_equal(lstat("link", &status), 0);
        assert_true(S_ISLNK(status.st_mode));
        expect_file("a", "through");
}

static void a_file_keeps_its_access(void **state)
{
        struct stat status;
        FILE *file = fopen("mode", "w");

        assert_non_null(file);
        fclose(file);
        assert_int_equal(chmod("mode", 0640), 0);
        assert_int_equal(line("say x -o text=mode")->status, CLI_OK);
        assert_int_equal(stat("mode", &status), 0);
        assert_int_equal(status.st_mode & 07777, 0640);
}

static void what_cannot_be_written_is_said(void **state)
{
        const struct ran *ran = line("say x -o text=absent/file");

        assert_int_equal(ran->status, CLI_WRONG);
        assert_string_equal(ran->err, "strake: absent/file: cannot write: No such file or directory\n");
        assert_int_equal(line("say x -o text=/dev/full")->status, CLI_WRONG);
        assert_int_equal(line("say x -o text=/dev/null")->status, CLI_OK);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(into_files_and_not_to_standard_output),
                cmocka_unit_test(each_in_its_format_and_in_parts),
                cmocka_unit_test(a_link_stays_and_its_target_is_replaced),
                cmocka_unit_test(a_file_keeps_its_access),
                cmocka_unit_test(what_cannot_be_written_is_said),
        };

        return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
