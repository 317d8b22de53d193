/* url.h - absolute URLs, read as Go's net/url ParseRequestURI reads them: the fragment is no part of them, and an absolute path
 * alone is enough. */
#pragma once

#include "base/str.h"

struct url {
        struct str scheme;   /* in lower case; empty for a path alone */
        struct str opaque;   /* what follows the scheme when it does not begin with '/' */
        struct str user;     /* before '@', as it is written */
        struct str host;     /* with port and brackets, percent-decoded */
        struct str hostname; /* without them */
        struct str port;     /* digits, or empty */
        struct str path;     /* percent-encoded */
        struct str query;    /* behind '?', as it is written */
        struct str text;     /* the whole again: equal for equal URLs */
};

/* Reads a whole text; false if it is no URL. What had to be rewritten goes into the arena. */
bool url_read(struct arena *arena, struct str text, struct url *out);

/* Takes the next parameter off a query, decoded and with bytes that are no UTF-8 replaced. Parameters that are wrong (a bad
 * escape, a ';') are passed over. False at the end. */
bool url_take_parameter(struct arena *arena, struct str *query, struct str *name, struct str *value);

/* The text as a value in a query: every byte but letters, digits, '-', '_' and '.' percent-encoded. */
struct str url_escape(struct arena *arena, struct str text);
