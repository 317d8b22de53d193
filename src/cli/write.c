/* write.c - where outputs go: all of a text or an error, and files that are replaced in one step. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"

static bool write_all(int file, struct str text)
{
        while (text.len) {
                ssize_t written = write(file, text.data, min_size(text.len, 1 << 30));

                if (written < 0 && errno == EINTR)
                        continue;
                TRY(written >= 0);
                text = str_from(text, (size_t)written);
        }
        return true;
}

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

/* Opens what is no regular file (a device, a pipe) as it is, and everything else beside its place. A link stays one, its target
 * is replaced. */
static void open_file(struct cli_writer *writer)
{
        const char *name = str_copy(&writer->arena, writer->output->file).data;
        char *resolved = realpath(name, NULL);
        struct stat status;
        bool exists = stat(name, &status) == 0;

        writer->name = str_copy(&writer->arena, str_of(resolved ? resolved : name)).data;
        free(resolved);
        if (exists && !S_ISREG(status.st_mode)) {
                writer->file = open(name, O_WRONLY | O_CLOEXEC);
        } else {
                writer->temporary = (char *)str_format(&writer->arena, "%s.XXXXXX", writer->name).data;
                writer->file = mkostemp(writer->temporary, O_CLOEXEC);
                if (writer->file < 0)
                        writer->temporary = NULL;
                else
                        note(writer, fchmod(writer->file, exists ? status.st_mode & 07777 : new_file_mode()) == 0);
        }
        note(writer, writer->file >= 0);
}

void cli_write_begin(struct cli_writer *writer, const struct cli *cli, const struct cli_output *output)
{
        *writer = (struct cli_writer){.cli = cli, .output = output, .file = STDOUT_FILENO};
        if (output->file.len)
                open_file(writer);
}

void cli_write_more(struct cli_writer *writer, struct str text)
{
        if (!writer->why)
                note(writer, write_all(writer->file, text));
}

bool cli_write_end(struct cli_writer *writer)
{
        if (writer->output->file.len && writer->file >= 0)
                note(writer, close(writer->file) == 0);
        if (writer->temporary && !writer->why)
                note(writer, rename(writer->temporary, writer->name) == 0);
        if (writer->temporary && writer->why)
                unlink(writer->temporary);
        if (writer->why)
                cli_fail(writer->cli, "%.*s: cannot write: %s",
                         STR_ARG(writer->output->file.len ? writer->output->file : STR("standard output")),
                                 strerror(writer->why));
        arena_free(&writer->arena);
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
