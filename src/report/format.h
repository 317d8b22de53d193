/* format.h - the report's formats: one file each, one table. */
#pragma once

#include "base/buf.h"
#include "report/finding.h"

struct format_settings {
        bool color;
        bool quiet;
        unsigned threads; /* long reports are printed in pieces at the same time */
        int status;       /* the exit status that the program will have */
        int64_t time;     /* of the report, in seconds since 1970, where a format has to have one */

        /* Takes out of `out` what was printed so far, so that a long report is never in memory as a whole; NULL: it is. */
        void (*flush)(void *context, struct buf *out);
        void *context;
};

struct report_format {
        const char *name;
        const char *about; /* for --help */
        void (*print)(struct buf *out, const struct report *report, const struct format_settings *settings);
};

extern const struct report_format report_formats[];
extern const size_t report_format_count;

/* The format of that name, NULL if there is none. */
const struct report_format *report_format_find(struct str name);
