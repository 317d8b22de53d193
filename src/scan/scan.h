/* scan.h - the pipeline: sources, estate, rules, report. */
#pragma once

#include "report/finding.h"
#include "rulebook/rulebook.h"
#include "scan/except.h"

struct scan_settings {
        struct estate_settings input;
        struct rulebook_settings rules;
        enum severity min_severity; /* findings below are left out */
        bool score;                 /* also make report.scoring */
        bool no_evidence;           /* findings name no places in other objects */
        struct config *config;      /* exceptions, and settings of other tools; NULL: none */
        struct str today;           /* YYYY-MM-DD */
        /* Called once the input is read: adds sources of its own to the estate, such as images. False with `err`: nothing is judged.
         * NULL: the input is all. */
        bool (*add)(void *context, struct estate *estate, struct err *err);
        void *add_context;
};

struct scan {
        struct arena arena;
        struct estate estate;
        struct rulebook *book;
        const struct rule_summary *input_rules; /* by kind of problem */
        struct finding_list findings;           /* of the report */
        struct report report;
        struct config no_config;
        struct except_settings except;
        bool input_failed; /* some input could not be read or judged */
};

/* Makes everything ready that does not depend on the input. False with `err` as below. */
bool scan_begin(struct scan *scan, const struct scan_settings *settings, struct err *err);

/* Reads, judges and sorts. False with `err` when a rule or a setting is wrong: nothing was judged then. */
bool scan_run(struct scan *scan, const struct scan_settings *settings, struct err *err);

/* Adds the coverage of the framework that was asked for, if its controls are known, or, without one, of the rules; once the
 * findings are what they will be. */
void scan_cover(struct scan *scan, const struct scan_settings *settings);

/* Judges the estate of a scan again, some sources of which hold another text by now. The findings so far are given up. */
void scan_judge_again(struct scan *scan, const struct scan_settings *settings);

enum scan_status { SCAN_CLEAN = 0, SCAN_FOUND = 1, SCAN_FAILED = 2, SCAN_EMPTY = 3 };

/* The exit status: 2 if input failed, 3 if no object and no image was judged, 1 if an open finding is at or above `fail_on`, else 0.
 * SEVERITY_COUNT stands for "never". */
enum scan_status scan_status(const struct scan *scan, enum severity fail_on);

void scan_free(struct scan *scan);
