/* pool.h - the same work on many things, on several threads. */
#pragma once

#include "base/base.h"

/* One piece of work: `index` counts the things from 0, `worker` the threads from 0 (for one arena a thread). */
typedef void pool_task(void *context, size_t index, unsigned worker);

/* Runs `task` once for each index below `count` on up to `threads` threads, this one among them, in any order, and waits for
 * all. With one thread, or when no other can be started, everything runs here, in order. */
void pool_run(unsigned threads, size_t count, pool_task *task, void *context);

/* How many threads this process may run at once, from its CPU affinity; at least 1. */
unsigned pool_threads(void);
