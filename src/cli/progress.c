/* progress.c - one line on standard error, written over and taken away at the end. */

#include "cli/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { STEP_NANOSECONDS = 500000000, STEPS_A_SECOND = 2 };

static struct timespec one_step_after(struct timespec time)
{
        time.tv_nsec += STEP_NANOSECONDS;
        if (time.tv_nsec >= 1000000000) {
                time.tv_nsec -= 1000000000;
                time.tv_sec++;
        }
        return time;
}

static void show_step(struct progress *progress, unsigned seconds)
{
        uint64_t read = atomic_load_explicit(&progress->read, memory_order_relaxed);
        uint64_t images = atomic_load_explicit(&progress->images, memory_order_relaxed);

        if (images)
                fprintf(stderr, "\r%s, %" PRIu64 " image%s read, %u s ", progress->what, images, images == 1 ? "" : "s",
                        seconds);
        else if (read)
                fprintf(stderr, "\r%s, %" PRIu64 " objects read, %u s ", progress->what, read, seconds);
        else
                fprintf(stderr, "\r%s, %u s ", progress->what, seconds);
}

static void *show(void *argument)
{
        struct progress *progress = argument;
        struct timespec next;
        unsigned steps = 0;

        clock_gettime(CLOCK_REALTIME, &next);
        pthread_mutex_lock(&progress->lock);
        while (!progress->done) {
                next = one_step_after(next);
                while (!progress->done && pthread_cond_timedwait(&progress->ended, &progress->lock, &next) == 0)
                        ;
                if (!progress->done)
                        show_step(progress, ++steps / STEPS_A_SECOND);
        }
        pthread_mutex_unlock(&progress->lock);
        if (steps)
                fputs("\r\033[K", stderr);
        return NULL;
}

void progress_begin(struct progress *progress, const char *what, bool quiet)
{
        *progress = (struct progress){.what = what};
        if (quiet || !isatty(STDERR_FILENO))
                return;
        pthread_mutex_init(&progress->lock, NULL);
        pthread_cond_init(&progress->ended, NULL);
        progress->running = pthread_create(&progress->thread, NULL, show, progress) == 0;
}

void progress_end(struct progress *progress)
{
        if (!progress->running)
                return;
        pthread_mutex_lock(&progress->lock);
        progress->done = true;
        pthread_cond_signal(&progress->ended);
        pthread_mutex_unlock(&progress->lock);
        pthread_join(progress->thread, NULL);
        pthread_cond_destroy(&progress->ended);
        pthread_mutex_destroy(&progress->lock);
}
