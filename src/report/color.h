/* color.h - colours of a terminal (ECMA-48), where they are wanted. */
#pragma once

#include "base/buf.h"
#include "report/finding.h"

#define COLOR_HEADING "1;4"
#define COLOR_STRONG "1"
#define COLOR_FAINT "2"
#define COLOR_CARET "1;31"
#define COLOR_REMOVED "31"
#define COLOR_ADDED "32"

static inline void color_begin(struct buf *out, bool wanted, const char *codes)
{
        if (wanted)
                buf_add_format(out, "\033[%sm", codes);
}

static inline void color_end(struct buf *out, bool wanted)
{
        if (wanted)
                buf_add_literal(out, "\033[0m");
}

static inline const char *color_of_severity(enum severity severity)
{
        static const char *const codes[SEVERITY_COUNT] = {
                [SEVERITY_CRITICAL] = "1;35", [SEVERITY_HIGH] = "1;31", [SEVERITY_MEDIUM] = "1;33",
                [SEVERITY_LOW] = "1;34",      [SEVERITY_INFO] = "1",
        };

        return codes[severity];
}
