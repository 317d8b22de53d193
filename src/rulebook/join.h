/* join.h - what no expression can say well: questions about more than one object, answered in C.
 *
 * A rule names a join instead of a scope (docs/rules-format.md). The join looks at one object, with the whole estate at
 * hand, and says for each place where something is to be told *facts*: a map that the rule's `require`, `message` and `when`
 * see as `fact`. What it means, how bad it is and what to do stays with the rule.
 *
 * Of other objects a join knows only what it asked the index for, and objects that it found so: a scan that stays judges again
 * whoever asked for what has changed (index.h), and nobody else.
 *
 * A join belongs to the strake that knows the matter (src/network/, src/access/, …). The table of all of them stands in
 * src/scan/joins.c. */
#pragma once

#include "kube/index.h"

/* A place in another object that belongs to what was found. */
struct join_related {
        const struct object *object;
        struct str path;    /* JSON Pointer from that object on */
        struct str message; /* what stands there, a few words */
};

/* What a join found at one place of an object. */
struct join_fact {
        struct str path;         /* JSON Pointer from the object on */
        const struct node *node; /* what stands there; NULL: it is looked up */
        struct str container;    /* name of the container that it is about; may be empty */
        VEC(struct node) members;
        VEC(struct join_related) related;
};

/* One object under one rule. */
struct join_run {
        const struct object *object;
        struct str with;           /* what the rule asks for; empty if the join takes nothing */
        const struct index *index; /* of the whole estate */
        const void *prepared;      /* what prepare() gave */
        const void *space;         /* what prepare_space() gave for the namespace of the object's Pods */
        struct arena *arena;       /* for facts; they live until the rule is done with the object */
        VEC(struct join_fact) facts;
};

struct join {
        struct str name;
        /* The kinds it looks at, "Kind" or "Kind.group"; none: whatever has a pod template. */
        const struct str *kinds;
        size_t kind_count;
        bool takes_with; /* a rule must say `with` */
        bool of_whole;   /* looks at the whole estate at once: it is prepared again whenever anything has changed */
        /* Once for an estate; may be NULL. What it gives is only read afterwards. When it gives NULL there is nothing to find in
         * this estate, and judge() is not called. */
        const void *(*prepare)(struct arena *arena, const struct index *index);
        /* Once for each namespace that has Pods; may be NULL. */
        const void *(*prepare_space)(struct arena *arena, const struct index *index, const void *prepared,
                                     struct str ns);
        /* In an estate that changes, both are asked again when what they asked the index for has changed. Whether two answers
         * mean the same to judge(): then nothing is judged again because of them. NULL: if they are the same pointer. */
        bool (*is_same)(const void *one, const void *other);
        bool (*is_same_space)(const void *one, const void *other);
        /* Whether there can be something to find in an object; asked once for all rules of the join. May be NULL: always. */
        bool (*applies)(const struct object *object);
        /* For each object, from many threads at once. */
        void (*judge)(struct join_run *run);
};

/* All joins; src/scan/joins.c. */
extern const struct join *const rulebook_joins[];
extern const size_t rulebook_join_count;

/* The join of a name; NULL if there is none. */
const struct join *join_named(struct str name);

/* One more place, as printf; from the object on. */
struct join_fact *join_find(struct join_run *run, const char *path, ...) PRINTF_LIKE(2, 3) NONNULL_RESULT;

/* One more place; from the pod template on. */
struct join_fact *join_find_in_pod(struct join_run *run, const char *path, ...) PRINTF_LIKE(2, 3) NONNULL_RESULT;

/* What is known about it, under a name. Texts are not copied. */
void join_tell(struct join_run *run, struct join_fact *fact, const char *name, struct value value);

static inline void join_tell_text(struct join_run *run, struct join_fact *fact, const char *name, struct str text)
{
        join_tell(run, fact, name, value_string(text));
}

/* A selector as a person writes it: "app=web, tier in (a, b)". */
void join_tell_selector(struct join_run *run, struct join_fact *fact, const char *name,
                        const struct selector *selector);

/* One more place in another object, as evidence: readers of a report are led there. `path` as printf. */
void join_relate(struct join_run *run, struct join_fact *fact, const struct object *object, const char *message,
                 const char *path, ...) PRINTF_LIKE(5, 6);

/* "Kind name" of another object, as messages say it. */
void join_tell_object(struct join_run *run, struct join_fact *fact, const char *name, const struct object *object);
