/* cmd_image_version.c - strake image version: do these comparisons of versions hold? */

#include <unistd.h>

#include "base/file.h"
#include "cli/commands.h"
#include "image/version/version.h"

enum { MOST_LINES = 256 << 20 };

static void tell(void *whom, size_t line, const struct err *err)
{
        cli_fail(whom, "<stdin>:%zu: %.*s", line, STR_ARG(err_text(err)));
}

static int run(struct cli *cli)
{
        const struct version_scheme *scheme = version_scheme_find(cli->operands.items[0]);
        CLEANUP(buf_free) struct buf out = {0};
        struct version_verdict verdict = {0};
        struct file_text lines = {0};
        int status;

        if (!scheme) /* cannot be: the operand was checked against the words below */
                return cli_usage(cli, "there is no scheme %.*s", STR_ARG(cli->operands.items[0]));
        if (file_read_open(&cli->arena, STDIN_FILENO, MOST_LINES, &lines) != FILE_OK)
                return cli_fail(cli, "<stdin>: %s", lines.why);
        version_judge(scheme, lines.text, &out, &verdict, tell, cli);
        status = verdict.faults ? CLI_WRONG : verdict.failed ? CLI_NO : verdict.judged ? CLI_OK : CLI_NOTHING;
        return cli_print_text(cli, buf_text(&out), status);
}

static const char *const examples[][2] = {
        {"echo '1.0~rc1-1 < 1.0-1' | strake image version deb", "prints nothing: this holds"},
        {"echo '2.0 = 2.0.0' | strake image version maven && echo same", "decide in a script"},
};

const struct cli_command command_image_version = {
        .name = "image version",
        .about = "tell which comparisons of versions do not hold",
        .operands = "SCHEME",
        .least_operands = 1,
        .most_operands = 1,
        .operand_words =
                "apk bitnami cargo cran deb golang hackage hex jvm maven npm nuget packagist pacman portage pub pypi rpm "
                "rubygems semver",
        .examples = examples,
        .example_count = COUNT_OF(examples),
        .formats = "text",
        .notes =
                "Standard input has lines VERSION OP VERSION, where OP is <, = or >; those that do not hold are printed as they\n"
                "are. SCHEME: apk bitnami cargo cran deb golang hackage hex jvm maven npm nuget packagist pacman portage pub\n"
                "pypi rpm rubygems semver.\n\n"
                "Exit status: 0 all hold, 1 some do not, 2 wrong usage or a text that is no version (the other lines are\n"
                "still judged), 3 there was no line.\n",
        .run = run,
};
