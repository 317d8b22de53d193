/* list.h - all objects of one resource, in parts.
 *
 * Lists in chunks of 500 with limit and continue. When the server forgets a list on the way (410), it is begun anew; what came
 * before is dropped. Lists that never end are recognised. */
#pragma once

#include "kube/api.h"

struct list_taker {
        void *context;
        /* One object; its memory goes after the call. False with `err` ends the list. */
        bool (*take)(void *context, struct arena *scratch, const struct value *object, struct err *err);
        void (*restart)(void *context); /* forget what came */
};

struct list_result {
        int status;                /* of HTTP, of the answer that failed; 0: none came */
        enum http_failure failure; /* why none came */
        struct str who;            /* as whom the server knows us, if it refused */
        struct str version;        /* the resourceVersion of the list, from which it can be watched */
};

/* Memory of the result comes from the arena. */
bool list_read(struct api_line *line, struct arena *arena, struct str path, const struct list_taker *taker,
               struct list_result *result, struct err *err);
