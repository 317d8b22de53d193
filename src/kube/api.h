/* api.h - asking a Kubernetes API server.
 *
 * One `struct api` serves many threads; each takes an `api_line` of its own. Credentials are fetched when first needed and again
 * when the server no longer takes them; all requests share one budget. */
#pragma once

#include "kube/config.h"
#include "wire/stream.h"

struct api;
struct api_line;

struct api_settings {
        const struct config_access *access;
        unsigned per_second, burst; /* requests; 0: 50 and 100 */
        unsigned patience;          /* seconds for one question with all its tries; 0: 60 */
        unsigned silence;           /* seconds without a byte; 0: 30 */
        const _Atomic bool *cancel; /* as in wire/http.h */
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

struct api_request {
        const char *method;  /* NULL: GET */
        struct str path;     /* "/api/v1/pods?limit=500" */
        const char *accept;  /* NULL: JSON */
        const char *content; /* the type of the body; NULL: there is none */
        struct str body;
        bool repeatable; /* may be sent twice, though it is no GET */
};

/* Asks. True for a status of 2xx. Else false, and `err` says what is wrong and what to do; `answer` has the status, and the text if
 * there is one. */
bool api_ask(struct api_line *line, struct arena *arena, const struct api_request *request, struct api_answer *answer,
             struct err *err);

/* The same with GET, and nothing but a path and what to accept (may be NULL). */
bool api_get(struct api_line *line, struct arena *arena, struct str path, const char *accept, struct api_answer *answer,
             struct err *err);

/* Begins to ask for what does not end (wire/stream.h), with the credentials that count now. NULL with `err`. */
struct http_stream *api_stream(struct api_line *line, struct http_streams *streams, struct str path, http_sink *sink,
                               void *context, struct err *err);

/* How a stream ended, as api_ask() says it; `*pause` as in wire/stream.h. Refused credentials are fetched anew for the next one. */
bool api_stream_end(struct api_line *line, struct arena *arena, struct http_stream *stream, struct api_answer *answer,
                    uint64_t *pause, struct err *err);
