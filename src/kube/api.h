/* api.h - asking a Kubernetes API server.
 *
 * One `struct api` serves many threads; each takes an `api_line` of its own. Credentials are fetched when first needed and again
 * when the server no longer takes them; all requests share one budget. */
#pragma once

#include "kube/config.h"

struct api;
struct api_line;

struct api_settings {
        const struct config_access *access;
        unsigned per_second, burst; /* requests; 0: 50 and 100 */
        unsigned patience;          /* seconds for one question with all its tries; 0: 60 */
        unsigned silence;           /* seconds without a byte; 0: 30 */
};

/* NULL with `err` if libcurl cannot be loaded or there are no credentials. Belongs to the arena. */
struct api *api_new(struct arena *arena, const struct api_settings *settings, struct err *err);

/* A connection for one thread. Belongs to the arena. */
struct api_line *api_line_new(struct arena *arena, struct api *api, struct err *err);

struct api_answer {
        int status;                /* of HTTP; 0: there was no answer */
        enum http_failure failure; /* why not */
        struct str text;           /* the body */
        struct str who;            /* as whom the server knows us, where it said so in refusing */
};

/* Asks for a path ("/api/v1/pods?limit=500"). `accept` may be NULL: JSON. True for a status of 2xx. Else false, and `err` says
 * what is wrong and what to do; `answer` has the status. */
bool api_get(struct api_line *line, struct arena *arena, struct str path, const char *accept, struct api_answer *answer,
             struct err *err);
