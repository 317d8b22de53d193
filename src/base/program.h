/* program.h - asking another program, such as one that knows credentials. What it prints on its error output is the person's. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

struct program {
        char *const *words;       /* the first is looked for in PATH; NULL behind the last */
        char *const *environment; /* NULL behind the last */
        struct str input;         /* what it is told, at most 4,096 bytes */
        bool is_interactive;      /* it reads our own input instead, and a person may take any time */
        size_t most;              /* bytes that it may print */
        unsigned seconds;         /* that it may take */
};

enum program_end {
        PROGRAM_ENDED,
        PROGRAM_NOT_STARTED, /* err */
        PROGRAM_STOPPED,     /* it did not end in time, said too much, or nobody could listen: err; it runs no more */
};

/* Runs it. What it prints is added to `out`; `status` is how it ended, as waitpid(2) has it. */
enum program_end program_ask(const struct program *program, struct buf *out, int *status, struct err *err);
