/* followed.h - one resource of a cluster that is followed; for follow.c.
 *
 * It is listed, its watch is opened, the watch runs, ends, is opened again, and so on. Each stage is due at a time; whoever follows
 * the cluster calls what is due. */
#pragma once

#include "base/map.h"
#include "kube/cluster_kind.h"
#include "kube/event.h"
#include "kube/follow.h"

enum followed_stage {
        FOLLOWED_LIST, /* to be listed when it is due */
        FOLLOWED_OPEN, /* its watch is to be opened */
        FOLLOWED_RUNS,
};

/* Where changes go; safe to call from many threads. An empty text: the object is gone. */
typedef void followed_tell(void *context, struct str name, struct str text);

struct followed_settings {
        const struct cluster_settings *cluster;
        struct str user;   /* who we are, as the kubeconfig names us */
        uint64_t patience; /* milliseconds of failing after which it is a problem */
        uint64_t silence;  /* milliseconds without an answer, or within an event, that mean a dead connection */
        followed_tell *tell;
        void *context;
};

struct followed {
        const struct followed_settings *settings;
        struct arena arena;
        struct api_resource resource;
        struct str name;  /* "deployments.apps" */
        struct map names; /* of entries; the value is the number of the list or 0 when it is gone */
        uintptr_t list_number;
        struct buf version; /* from where to watch on */
        enum followed_stage stage;
        uint64_t due; /* milliseconds of the clock of followed_now() */
        struct http_stream *stream;
        struct event_reader reader;
        uint64_t opened;
        bool had_event;     /* in this stream */
        struct event error; /* of this stream: kind EVENT_ERROR, if it had one */
        unsigned failures;  /* without a success between */
        uint64_t failing_since;
        bool is_listed;       /* or is known to be not to be had */
        bool is_polled;       /* may not be watched: it is listed again and again */
        bool is_note_due;     /* nobody was told of that */
        bool is_trouble;      /* there is a problem */
        bool is_away;         /* because the server is away */
        struct buf why;       /* the problem's message */
        bool changed_trouble; /* since this was last set to false */
        bool is_definition;   /* its objects say which resources there are */
        bool changed_kinds;   /* some of them came, changed or went */
        bool is_unknown;      /* the server says that there is no such resource */
};

/* Milliseconds of a clock that only goes forward. */
uint64_t followed_now(void);

/* Begins with a resource, whose texts are copied. */
void followed_begin(struct followed *followed, const struct followed_settings *settings,
                    const struct api_resource *resource);

/* Lists it, in any thread. */
void followed_list(struct followed *followed, struct api_line *line);

/* Opens its watch. */
void followed_open(struct followed *followed, struct api_line *line, struct http_streams *streams);

/* To be called now and then: notes that a watch goes well, or that it is dead. */
void followed_check(struct followed *followed);

/* Its watch has ended. */
void followed_ended(struct followed *followed, struct api_line *line);

/* Another version of the resource counts from now on. */
void followed_set_version(struct followed *followed, struct str version);

/* Tells that all its objects are gone, and gives back what it has. */
void followed_drop(struct followed *followed);
void followed_end(struct followed *followed);
