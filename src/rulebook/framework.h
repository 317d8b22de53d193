/* framework.h - the frameworks that rules cite: their controls, as rules/frameworks has them. */
#pragma once

#include "base/err.h"
#include "base/str.h"

struct control {
        struct str id, title; /* in Strake's own words */
        struct str beyond;    /* what it depends on besides, that manifests do not show; may be empty */
};

struct framework {
        struct str name, title, source;
        const struct control *controls;
        size_t count;
};

/* The words that name a framework with controls, sorted. */
extern const struct str framework_names[];
extern const size_t framework_count;

/* The framework of that name. False when its controls are not listed. It lives in the arena. */
bool framework_find(struct arena *arena, struct str name, struct framework *out);

/* Reads a framework's file; for tests of it. */
bool framework_read(struct arena *arena, struct str text, struct framework *out, struct err *err);
