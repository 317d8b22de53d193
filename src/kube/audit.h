/* audit.h - audit logs of the API server, event by event: who asked for what, and what came of it.
 *
 * Reads what kube-apiserver writes (audit.k8s.io/v1, v1beta1, v1alpha1), one JSON object a line, and all else in which such
 * events are kept: JSON objects one after the other, laid out as they like, JSON lists, YAML documents, a List or EventList of
 * them, and any of these compressed with gzip. Memory does not grow with the log: an event is gone when the next one is read.
 *
 * A line as the API server writes it is skimmed: its fields are picked out and the rest of it is only checked. Wherever the
 * skimmer is not certain, the readers of doc/ read the event again and have the last word. */
#pragma once

#include "base/err.h"
#include "base/str.h"
#include "doc/value.h"

enum audit_stage {
        AUDIT_STAGE_UNKNOWN,
        AUDIT_REQUEST_RECEIVED,
        AUDIT_RESPONSE_STARTED, /* of a watch, when it begins */
        AUDIT_RESPONSE_COMPLETE,
        AUDIT_PANIC,
};

enum audit_decision { AUDIT_DECISION_UNKNOWN, AUDIT_ALLOWED, AUDIT_FORBIDDEN };

enum { AUDIT_GROUPS = 64 }; /* more of one user are cut off */

/* One event. Texts last until the function that was given it returns. */
struct audit_event {
        struct str user;                 /* as whom it was asked: the impersonated user if there is one */
        struct str groups[AUDIT_GROUPS]; /* of the same user */
        size_t group_count;
        struct str verb;
        bool is_resource; /* the event has an objectRef; else only `uri` counts */
        struct str group, version, resource, subresource, ns, name; /* the core group is empty */
        struct str uri;                                             /* as it was asked, with its query */
        uint32_t status;                                            /* of HTTP; 0: not said */
        enum audit_stage stage;
        enum audit_decision decision; /* annotation authorization.k8s.io/decision */
        uint64_t line;                /* where the event begins, from 1 */
};

/* Who is told. */
struct audit_listener {
        void *context;
        void (*event)(void *context, const struct audit_event *event);
        /* Something that could not be read, or is no audit event: its line, and what is wrong. Reading goes on behind it. */
        void (*problem)(void *context, uint64_t line, struct str message);
};

/* Reads a log that a person named; "-" is standard input. False with `err` if it cannot be opened, read or decompressed; events
 * before that were told. */
bool audit_read(const char *name, const struct audit_listener *listener, struct err *err);

/* Reads a log that is in memory, not compressed. */
void audit_read_text(struct str text, const struct audit_listener *listener);

/* --- parts, for tests --- */

/* Skims one line, which ends with a byte below ' ' behind it and has `AUDIT_MARGIN` readable bytes there. False: not certain. */
enum { AUDIT_MARGIN = 8 };
bool audit_skim(struct str line, struct audit_event *event);

/* An event from a document. False with `err`, which says what is wrong, if it is none. */
bool audit_event_read(const struct value *value, struct audit_event *event, struct err *err);
