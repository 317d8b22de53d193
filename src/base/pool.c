/* pool.c - threads that take the next index until none is left. */

#include "base/pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "base/slab.h"

enum { MOST_THREADS = 256 };

struct run {
        pool_task *task;
        void *context;
        size_t count;
        _Atomic size_t next;
};

struct worker {
        struct run *run;
        unsigned number;
        pthread_t thread;
};

static void *work(void *argument)
{
        struct worker *worker = argument;
        struct run *run = worker->run;
        size_t index;

        while ((index = atomic_fetch_add_explicit(&run->next, 1, memory_order_relaxed)) < run->count)
                run->task(run->context, index, worker->number);
        if (worker->number)
                slab_leave();
        return NULL;
}

void pool_run(unsigned threads, size_t count, pool_task *task, void *context)
{
        struct run run = {.task = task, .context = context, .count = count};
        struct worker workers[MOST_THREADS];
        unsigned wanted = (unsigned)min_size(min_size(threads, MOST_THREADS), count), started = 1;

        workers[0] = (struct worker){.run = &run};
        while (started < wanted) {
                workers[started] = (struct worker){.run = &run, .number = started};
                if (pthread_create(&workers[started].thread, NULL, work, &workers[started]))
                        break;
                started++;
        }
        work(&workers[0]);
        for (unsigned i = 1; i < started; i++)
                pthread_join(workers[i].thread, NULL);
}

unsigned pool_threads(void)
{
        cpu_set_t allowed;
        int count = sched_getaffinity(0, sizeof(allowed), &allowed) == 0 ? CPU_COUNT(&allowed) : 1;

        return count < 1 ? 1 : (unsigned)count;
}
