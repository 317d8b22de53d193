/* lists.h - everything that a user may do, and everybody who may do something. */
#pragma once

#include "access/answer.h"

/* The table of `kubectl auth can-i --list`: the rules taken apart, put together and sorted as there. */
void access_print_rules(struct arena *arena, struct buf *out, const struct access_rules *rules, bool headers);

/* The same rules as a document: strake.rules-of/1. */
void access_print_rules_json(struct arena *arena, struct buf *out, const struct access_user *user, struct str ns,
                             const struct access_rules *rules);

/* Who may do something, with each binding, role and rule that lets them. */
struct access_who {
        const struct access *access;
        struct access_request request;
        bool everywhere; /* in any namespace, not only in that of the request */
        struct access_grants grants;
};

/* `access`, `request` and `everywhere` are set. */
void access_who_make(struct arena *arena, struct access_who *who);
void access_who_print(struct arena *arena, struct buf *out, const struct access_who *who);

/* strake.who-can/1 */
void access_who_print_json(struct arena *arena, struct buf *out, const struct access_who *who);
