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

/* Closes a file and gives back whether that and all before it went well. */
static bool close_after(int file, bool well)
{
        int before = errno;

        if (close(file) == 0)
                errno = before;
        else
                well = false;
        return well;
}

/* Writes to what is no regular file (a device, a pipe) as it is. */
static bool write_through(const char *name, struct str text)
{
        int file = open(name, O_WRONLY | O_CLOEXEC);

        TRY(file >= 0);
        return close_after(file, write_all(file, text));
}

/* The access that a new file gets; the mask can only be read by setting it. */
static mode_t new_file_mode(void)
{
        mode_t mask = umask(0);

        umask(mask);
        return 0666 & ~mask;
}

static bool write_beside(char *temporary, const char *name, mode_t mode, struct str text)
{
        int file = mkostemp(temporary, O_CLOEXEC);
        bool well;

        TRY(file >= 0);
        well = close_after(file, write_all(file, text) && fchmod(file, mode) == 0) && rename(temporary, name) == 0;
        if (!well) {
                int why = errno;

                unlink(temporary);
                errno = why;
        }
        return well;
}

static bool write_file(struct str path, struct str text)
{
        struct arena scratch = {0};
        const char *name = str_copy(&scratch, path).data;
        char *resolved = realpath(name, NULL); /* a link stays one, its target is replaced */
        struct stat status;
        bool exists = stat(name, &status) == 0, well;

        if (exists && !S_ISREG(status.st_mode))
                well = write_through(name, text);
        else {
                struct str temporary = str_format(&scratch, "%s.XXXXXX", resolved ? resolved : name);

                well = write_beside((char *)temporary.data, resolved ? resolved : name,
                                    exists ? status.st_mode & 07777 : new_file_mode(), text);
        }
        free(resolved);
        arena_free(&scratch);
        return well;
}

bool cli_write(const struct cli *cli, const struct cli_output *output, struct str text)
{
        if (output->file.len ? write_file(output->file, text) : write_all(STDOUT_FILENO, text))
                return true;
        cli_fail(cli, "%.*s: cannot write: %s",
                 STR_ARG(output->file.len ? output->file : STR("standard output")), strerror(errno));
        return false;
}

int cli_print(const struct cli *cli, struct str text, int status)
{
        for (size_t i = 0; i < cli->outputs.count; i++)
                if (!cli_write(cli, &cli->outputs.items[i], text))
                        status = CLI_WRONG;
        return status;
}
