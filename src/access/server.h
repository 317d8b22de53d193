/* server.h - what the API server itself says to a question, beside our own answer. */
#pragma once

#include "access/answer.h"
#include "kube/review.h"

/* Asks the server whether the answer's user may do what is asked; `is_self`: the user is whoever asks the server. Sets `server` of the
 * answer. False with `err` if the server does not answer. */
bool access_ask_server(struct arena *arena, struct reviewer *reviewer, struct access_answer *answer, bool is_self,
                       struct err *err);

/* Whether the server says something else than we do; what we do not know, it may say as it likes. */
bool access_server_differs(const struct access_answer *answer);

/* The user of a review as one who asks. */
struct access_user access_user_of_review(const struct review_user *user);
