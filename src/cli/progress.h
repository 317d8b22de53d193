/* progress.h - a sign of life on the terminal while something takes long. */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "base/base.h"

struct progress {
        pthread_t thread;
        pthread_mutex_t lock;
        pthread_cond_t ended;
        const char *what;
        bool running, done;
        _Atomic uint64_t read;   /* objects of a cluster so far; shown when there are any */
        _Atomic uint64_t images; /* read so far; the same */
};

/* Shows `what` and the seconds on standard error from half a second on, until progress_end(). Does nothing unless standard
 * error is a terminal, or if `quiet`. */
void progress_begin(struct progress *progress, const char *what, bool quiet);
void progress_end(struct progress *progress);
