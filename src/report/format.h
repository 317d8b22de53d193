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

/* What another tool says of the whole, whose format it is. */
enum format_verdict { VERDICT_GOOD, VERDICT_BAD, VERDICT_NOTHING };

struct report_format {
        const char *name;
        const char *about; /* for --help */
        void (*print)(struct buf *out, const struct report *report, const struct format_settings *settings);

        /* A format of another tool brings that tool's exit statuses with it; NULL: those of Strake. */
        enum format_verdict (*judge)(const struct report *report);
        int when_bad, when_nothing;
        bool scores; /* it prints report.scoring */
};

extern const struct report_format report_formats[];
extern const size_t report_format_count;

/* The format of that name, NULL if there is none. */
const struct report_format *report_format_find(struct str name);
