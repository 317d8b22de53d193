/* diff.h - what two estates let subjects do, compared: what is gained, what is lost, and why.
 *
 * Words do not count, only what they allow: a right that moves to another role or binding is neither gained nor lost. What a
 * subject had in the whole cluster it does not gain in a namespace. Groups are subjects of their own. */
#pragma once

#include "access/answer.h"

enum access_cause {
        ACCESS_BINDING,   /* the binding is only on this side */
        ACCESS_SUBJECT,   /* the binding names the subject only on this side */
        ACCESS_REFERENCE, /* the binding gives another role */
        ACCESS_ROLE,      /* the role's rules differ */
};

struct access_because {
        enum access_cause cause;
        uint32_t binding; /* of the side that has more */
};

struct access_change {
        bool gained;
        const struct access *side; /* that has more: the new one if `gained` */
        uint32_t subject;          /* number on that side */
        struct str ns;             /* empty: the cluster */
        struct access_rules rules; /* what it is, compact and sorted */
        VEC(struct access_because) because;
};

struct access_diff {
        const struct access *before, *after;
        VEC(struct access_change) changes; /* by subject as people read them, namespace, gained first */
};

void access_diff_make(struct arena *arena, const struct access *before, const struct access *after,
                      struct access_diff *out);
void access_diff_print(struct arena *arena, struct buf *out, const struct access_diff *diff, bool color);

/* strake.access-diff/1 */
void access_diff_print_json(struct arena *arena, struct buf *out, const struct access_diff *diff);
