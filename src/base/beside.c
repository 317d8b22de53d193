/* beside.c - write beside, then rename. */

#include "base/beside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"

bool beside_begin(struct beside *beside, const char *name)
{
        char *resolved = realpath(name, NULL);

        *beside = (struct beside){.file = -1};
        beside->name = (char *)str_copy(&beside->arena, str_of(resolved ? resolved : name)).data;
        free(resolved);
        beside->temporary = (char *)str_format(&beside->arena, "%s.XXXXXX", beside->name).data;
        beside->file = mkostemp(beside->temporary, O_CLOEXEC);
        if (beside->file < 0)
                beside->temporary = NULL;
        return beside->file >= 0;
}

bool beside_commit(struct beside *beside)
{
        int file = beside->file;

        beside->file = -1;
        TRY(close(file) == 0);
        TRY(rename(beside->temporary, beside->name) == 0);
        beside->temporary = NULL;
        return true;
}

void beside_end(struct beside *beside)
{
        int why = errno;

        file_close(&beside->file);
        if (beside->temporary)
                unlink(beside->temporary);
        arena_free(&beside->arena);
        errno = why;
}

bool file_write_all(int file, struct str text)
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
