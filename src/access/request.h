/* request.h - questions as people write them: kubectl's words for who asks and for what. */
#pragma once

#include "access/authorizer.h"

/* Things that may be a slip: for standard error. They change no answer. */
struct access_warnings {
        VEC(struct str) items;
};

struct access_words_given {
        struct str verb;
        struct str what;        /* RESOURCE[.GROUP][/NAME], or a path that begins with "/" */
        struct str subresource; /* also as RESOURCE/NAME is no place for it */
        struct str ns;
        bool everywhere; /* not in a namespace, but in all of them: `ns` is empty */
};

/* Reads the words into a request, as kubectl does: a resource may be a plural, singular or short name, alone or with its group;
 * one that nobody knows is taken as it was written, with a warning. `estate` knows resources of its own. False with `err` when
 * they are no question. */
bool access_request_read(struct arena *arena, const struct estate *estate, const struct access_words_given *words,
                         struct access_request *out, struct access_warnings *warnings, struct err *err);

/* A user as the API server makes it of --as and --as-group: a service account without groups gets those of its kind, and
 * everybody system:authenticated, or system:anonymous system:unauthenticated. */
struct access_user access_user_as(struct arena *arena, struct str name, const struct str *groups, size_t count);
