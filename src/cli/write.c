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
        const char *name = str_copy(&scratch, writer->file).data;
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

static void put(struct cli_writer *writer, struct str text)
{
        if (!writer->why)
                note(writer, file_write_all(writer->file.len ? writer->beside.file : STDOUT_FILENO, text));
}

void cli_flush(struct cli_writer *writer, struct buf *text)
{
        put(writer, buf_text(text));
        text->len = 0;
}

static bool end(struct cli_writer *writer)
{
        put(writer, buf_text(&writer->text));
        buf_free(&writer->text);
        if (writer->beside.temporary && !writer->why)
                note(writer, beside_commit(&writer->beside));
        else if (writer->beside.file >= 0 && !writer->why)
                note(writer, close(writer->beside.file) == 0), writer->beside.file = -1;
        beside_end(&writer->beside);
        if (writer->why)
                cli_fail(writer->cli, "%.*s: cannot write: %s",
                         STR_ARG(writer->file.len ? writer->file : STR("standard output")), strerror(writer->why));
        return !writer->why;
}

bool cli_print(struct cli *cli, const struct cli_output *output, cli_printer *print, void *what)
{
        struct cli_writer writer = {
                .cli = cli,
                .format = output->format,
                .file = output->file,
                .color = cli->color && !output->file.len,
                .beside.file = -1,
        };

        if (output->file.len)
                open_file(&writer);
        print(&writer, what);
        return end(&writer);
}

bool cli_print_all(struct cli *cli, cli_printer *print, void *what)
{
        bool well = true;

        for (size_t i = 0; i < cli->outputs.count; i++)
                well &= cli_print(cli, &cli->outputs.items[i], print, what);
        return well;
}

/* Without a copy: it may be long. */
static void print_text(struct cli_writer *writer, void *text)
{
        put(writer, *(const struct str *)text);
}

bool cli_write(struct cli *cli, const struct cli_output *output, struct str text)
{
        return cli_print(cli, output, print_text, &text);
}

int cli_print_text(struct cli *cli, struct str text, int status)
{
        return cli_print_all(cli, print_text, &text) ? status : CLI_WRONG;
}
