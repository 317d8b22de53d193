/* review.h - what the API server says itself: who we are, whose a token is, and who may do what.
 *
 * authentication.k8s.io/v1 SelfSubjectReview and TokenReview, authorization.k8s.io/v1 SubjectAccessReview and
 * SelfSubjectAccessReview. They are POSTed and change nothing. */
#pragma once

#include "kube/cluster.h"

/* Somebody as the server knows them. */
struct review_user {
        struct str name, uid;
        VEC(struct str) groups;
        VEC(struct http_header) extra; /* key, value */
};

struct reviewer;

/* Finds out whom to ask. Belongs to the arena. NULL with `err`. */
struct reviewer *reviewer_open(struct arena *arena, const struct cluster_settings *settings, struct err *err);

/* Who we are. Everybody who is known may ask. */
bool review_self(struct reviewer *reviewer, struct arena *arena, struct review_user *out, struct err *err);

/* Who the bearer of a token is: by a TokenReview or, where we may not ask for one, by asking as the bearer who that is. False with `err`,
 * also if the server does not take the token. */
bool review_token(struct reviewer *reviewer, struct arena *arena, struct str token, struct review_user *out,
                  struct err *err);

struct review_question {
        const struct review_user *user; /* NULL: we ourselves */
        struct str verb;
        struct str group, resource, subresource, name, ns;
        struct str path; /* of no resource; then only the verb counts beside it */
        bool is_path;
};

struct review_verdict {
        bool allowed, denied; /* neither: nobody allows it */
        struct str reason;    /* in the server's words; may be empty */
        struct str error;     /* what could not be evaluated; may be empty */
};

/* Whether somebody may do something. */
bool review_access(struct reviewer *reviewer, struct arena *arena, const struct review_question *question,
                   struct review_verdict *out, struct err *err);

/* Read the three kinds of answers; for the above and tests. False with `err` if the text is none. */
bool review_read_self(struct arena *arena, struct str text, struct review_user *out, struct err *err);
bool review_read_token(struct arena *arena, struct str text, struct review_user *out, struct err *err);
bool review_read_access(struct arena *arena, struct str text, struct review_verdict *out, struct err *err);
