/* matcher.h - which formats want a path, found without trying all patterns. */
#pragma once

#include "base/map.h"
#include "image/package/format.h"

enum { MATCHER_MOST = 16 }; /* formats that one path can belong to */

struct matcher_pattern {
        const char *pattern;
        struct str prefix; /* the parts before the first with a '*', with the slash behind them */
        uint32_t format;   /* index in package_formats */
        const struct matcher_pattern *next;
};

struct matcher {
        struct map names;   /* by a last part without '*' */
        struct map endings; /* by what stands behind the last '.' of a last part that ends so */
        const struct matcher_pattern *others;
        bool programs; /* a format wants programs */
};

/* `folder`: formats that count only there are asked, too. */
void matcher_fill(struct arena *arena, struct matcher *out, bool folder);

/* Adds one pattern, which must stay. */
void matcher_add(struct arena *arena, struct matcher *matcher, const char *pattern, uint32_t format);

/* The formats that want the path, each once, in the order of the table; returns how many. */
size_t matcher_find(const struct matcher *matcher, struct str path, uint32_t formats[MATCHER_MOST]);
