/* write.c - where outputs go: all of a text or an error, and files that are replaced in one step. */

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"

/* The access that a new file gets; the mask can only be read by setting it. */
static mode_t new_file_mode(void)
{
        mode_t mask = umask(0);

        umask(mask);
        return 0666 & ~mask;
}

/* The first failure stays. */
static void note(struct cli_writer *writer, bool well)
{
        if (!well && !writer->why)
                writer->why = errno ? errno : EIO;
}

/* Opens what is no regular file (a device, a pipe) as it is, and everything else beside its place. */
static void open_file(struct cli_writer *writer)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        const char *name = str_copy(&scratch, writer->output->file).data;
        struct stat status;
        bool exists = stat(name, &status) == 0;

        if (exists && !S_ISREG(status.st_mode)) {
                writer->beside.file = open(name, O_WRONLY | O_CLOEXEC);
                note(writer, writer->beside.file >= 0);
        } else {
                note(writer, beside_begin(&writer->beside, name));
                if (!writer->why)
                        note(writer,
                             fchmod(writer->beside.file, exists ? status.st_mode & 07777 : new_file_mode()) == 0);
        }
}

void cli_write_begin(struct cli_writer *writer, const struct cli *cli, const struct cli_output *output)
{
        *writer = (struct cli_writer){.cli = cli, .output = output, .beside.file = -1};
        if (output->file.len)
                open_file(writer);
}

void cli_write_more(struct cli_writer *writer, struct str text)
{
        if (!writer->why)
                note(writer, file_write_all(writer->output->file.len ? writer->beside.file : STDOUT_FILENO, text));
}

bool cli_write_end(struct cli_writer *writer)
{
        if (writer->beside.temporary && !writer->why)
                note(writer, beside_commit(&writer->beside));
        else if (writer->beside.file >= 0 && !writer->why)
                note(writer, close(writer->beside.file) == 0), writer->beside.file = -1;
        beside_end(&writer->beside);
        if (writer->why)
                cli_fail(writer->cli, "%.*s: cannot write: %s",
                         STR_ARG(writer->output->file.len ? writer->output->file : STR("standard output")),
                                 strerror(writer->why));
        return !writer->why;
}

bool cli_write(const struct cli *cli, const struct cli_output *output, struct str text)
{
        struct cli_writer writer;

        cli_write_begin(&writer, cli, output);
        cli_write_more(&writer, text);
        return cli_write_end(&writer);
}

int cli_print(const struct cli *cli, struct str text, int status)
{
        for (size_t i = 0; i < cli->outputs.count; i++)
                if (!cli_write(cli, &cli->outputs.items[i], text))
                        status = CLI_WRONG;
        return status;
}
