/* event.h - what a watch of the API server says: one event after the other, in a body that does not end.
 *
 *     {"type":"ADDED","object":{…}}
 *     {"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"1234"}}}
 *     {"type":"ERROR","object":{"kind":"Status","code":410,"message":"too old resource version"}}
 *
 * The body comes in parts that end anywhere. */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "doc/value.h"

enum event_kind { EVENT_ADDED, EVENT_MODIFIED, EVENT_DELETED, EVENT_BOOKMARK, EVENT_ERROR };

struct event {
        enum event_kind kind;
        const struct value *object; /* a map */
        struct str version;         /* its resourceVersion; empty for an error */
        int code;                   /* of an error: a status of HTTP, 0 if it does not say */
        struct str message;         /* of an error */
};

/* Takes an event; its memory goes after the call. False with `err` ends the reading. */
typedef bool event_take(void *context, struct arena *scratch, const struct event *event, struct err *err);

/* A cleared one is ready. */
struct event_reader {
        struct buf pending; /* the begin of an event */
        unsigned depth;     /* of braces and brackets */
        bool in_text, is_escaped;
};

/* Reads one more part of the body. False with `err` if that is no stream of events, if one is larger than 64 MiB, or if `take` says
 * so. */
bool event_read(struct event_reader *reader, struct str part, event_take *take, void *context, struct err *err);

/* Whether an event has begun and not ended. */
bool event_is_half(const struct event_reader *reader);

/* Forgets what has begun, for another body. */
void event_reset(struct event_reader *reader);
