/* live_judge.h - what the files of live.h share. */
#pragma once

#include "scan/live.h"

/* Memory from malloc that is there; the program ends if not. */
void *live_take(size_t size) NONNULL_RESULT;

/* Nanoseconds of a clock that only goes forward. */
uint64_t live_clock(void);

/* Notes that a source must be judged, or is gone. */
void live_mark(struct live *live, struct live_source *source);

/* Gives back what only the last changes needed. */
void live_forget(struct live *live);

/* What each thread needs for judging. */
void live_judge_begin(struct live *live);
void live_judge_end(struct live *live);
