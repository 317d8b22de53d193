/* mark.h - exceptions that an object carries itself: annotations for Strake, labels for kubeaudit, comments in a Dockerfile. */
#pragma once

#include "base/vec.h"
#include "kube/estate.h"
#include "report/kubeaudit.h"

#define MARK_PREFIX "strake.dev/except."

struct mark {
        struct str key;                            /* of the annotation or label */
        const struct node *node;                   /* its value */
        struct str path;                           /* JSON Pointer in the document */
        struct str rule;                           /* of Strake; empty: a label of kubeaudit */
        const struct kubeaudit_override *override; /* NULL: kubeaudit knows no such label */
        struct str container;                      /* empty: all */
        struct str name;                           /* what a label excepts by name */
        struct finding_exception why;
        struct str hadolint; /* a rule of hadolint that a comment in a Dockerfile ignores; then `rule` is empty */
        uint32_t begin, end; /* the bytes of the source that it is about; end 0: all of the object */
        const char *problem; /* why it does not count; NULL: it does */
        bool expired, used;
};

struct mark_list {
        VEC(struct mark) marks;
};

/* The marks of an object, in the order in which they stand. `today` is YYYY-MM-DD. */
void marks_read(struct arena *arena, const struct object *object, struct str today, struct mark_list *out);
