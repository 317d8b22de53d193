/* budget.c - a bucket of tokens: one flows in every so often, each request takes one out. */

#include <pthread.h>
#include <time.h>

#include "wire/http.h"

enum { NANOSECONDS = 1000000000 };

struct http_budget {
        pthread_mutex_t lock;
        int64_t interval; /* nanoseconds for one token */
        int64_t room;     /* nanoseconds of tokens that the bucket holds */
        int64_t next;     /* when a token is free, if none is in the bucket */
};

static void end_budget(void *budget)
{
        pthread_mutex_destroy(&((struct http_budget *)budget)->lock);
}

static int64_t now(void)
{
        struct timespec time;

        clock_gettime(CLOCK_MONOTONIC, &time);
        return (int64_t)time.tv_sec * NANOSECONDS + time.tv_nsec;
}

struct http_budget *http_budget_new(struct arena *arena, unsigned per_second, unsigned burst)
{
        struct http_budget *budget = arena_new(arena, struct http_budget);

        pthread_mutex_init(&budget->lock, NULL);
        budget->interval = NANOSECONDS / (per_second ? per_second : 1);
        budget->room = budget->interval * (burst ? burst - 1 : 0);
        budget->next = now() - budget->room;
        arena_at_end(arena, end_budget, budget);
        return budget;
}

void http_budget_take(struct http_budget *budget)
{
        int64_t time = now(), wait;

        pthread_mutex_lock(&budget->lock);
        if (budget->next < time - budget->room)
                budget->next = time - budget->room;
        wait = budget->next - time;
        budget->next += budget->interval;
        pthread_mutex_unlock(&budget->lock);
        if (wait > 0)
                nanosleep(&(struct timespec){wait / NANOSECONDS, wait % NANOSECONDS}, NULL);
}
