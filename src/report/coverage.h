/* coverage.h - how far a scan answers a framework: for each of its controls what judges it, and how that went. */
#pragma once

#include "base/str.h"

enum control_status {
        CONTROL_FAILED,   /* something was found */
        CONTROL_PASSED,   /* nothing was found where the rules looked */
        CONTROL_NO_INPUT, /* there are rules, but nothing that they look at */
        CONTROL_NO_RULE,  /* nothing judges it */
        CONTROL_STATUS_COUNT
};

struct control_coverage {
        struct str id, title;
        struct str
                beyond; /* what the answer depends on besides, that a scan of this input does not show; may be empty */
        enum control_status status;
        const struct str *rules; /* that judge it, sorted */
        size_t rule_count;
        uint64_t judged, failed; /* objects that they looked at, and those of them with findings */
};

struct coverage {
        struct str framework; /* empty: each rule is a control */
        struct str title, source;
        const struct control_coverage *controls;
        size_t count;
        uint64_t by_status[CONTROL_STATUS_COUNT];
};

/* "failed", "passed", "no-input", "no-rule". */
struct str control_status_name(enum control_status status);
