/* cmd_image_cvss.c - strake image cvss: how bad is what these vectors describe? */

#include <unistd.h>

#include "base/file.h"
#include "cli/commands.h"
#include "image/cvss/cvss.h"

enum { MOST_LINES = 64 << 20 };

static void tell(void *whom, size_t line, const struct err *err)
{
        cli_fail(whom, "<stdin>:%zu: %.*s", line, STR_ARG(err_text(err)));
}

static int run(struct cli *cli)
{
        CLEANUP(buf_free) struct buf out = {0};
        struct file_text lines = {0};
        size_t count, faults;

        if (file_read_open(&cli->arena, STDIN_FILENO, MOST_LINES, &lines) != FILE_OK)
                return cli_fail(cli, "<stdin>: %s", lines.why);
        count = cvss_judge(lines.text, &out, &faults, tell, cli);
        return cli_print_text(cli, buf_text(&out), faults ? CLI_WRONG : count ? CLI_OK : CLI_NOTHING);
}

static const char *const examples[][2] = {
        {"echo CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H | strake image cvss",
         "10.0 critical, and the vector in order"},
        {"strake image cvss <vectors.txt", "a line for each line"},
};

const struct cli_command command_image_cvss = {
        .name = "image cvss",
        .about = "score CVSS vectors",
        .examples = examples,
        .example_count = COUNT_OF(examples),
        .formats = "text",
        .notes =
                "Standard input has one vector on each line: CVSS v2 without prefix, CVSS:3.0/, CVSS:3.1/ or CVSS:4.0/. For each,\n"
                "SCORE SEVERITY VECTOR is printed, or invalid. The score is that of the most specific group of metrics that\n"
                "the vector has.\n\n"
                "Exit status: 0 all are vectors, 2 wrong usage or a line is none, 3 there was no line.\n",
        .run = run,
};
