/* scan_options.h - the options of the commands that scan: their table, and what they come to. */
#pragma once

#include "cli/cluster_options.h"
#include "report/baseline.h"
#include "report/format.h"
#include "scan/images.h"
#include "scan/scan.h"

/* What the options of a scan come to. */
struct scan_request {
        struct scan_settings scan;
        enum severity fail_on; /* SEVERITY_COUNT: never */
        unsigned threads;
        struct baseline baseline;
        bool has_baseline; /* of --baseline, or what --new-since has */
        struct config config;
        struct cluster_settings cluster;
        struct images_settings *images;      /* the images that containers name are read, too; NULL: they are not */
        const struct report_format *foreign; /* the first format of another tool that is asked for, or NULL */
        int found_status;                    /* of --exit-code; -1: not given */
};

/* Rows of a command's table of options: which rules, and what counts. */
#define SCAN_RULE_OPTIONS                                                                                              \
        {"fail-on", 0, "LEVEL|never", "critical high medium low info never",                                           \
         "status 1 from this severity on (default: high)"},                                                            \
                {"min-severity", 0, "LEVEL", "critical high medium low info", "leave out what is less severe"},        \
                {"only", 0, "RULE,...", NULL, "judge by these rules and no others"},                                   \
                {"skip", 0, "RULE,...", NULL, "judge by all rules but these"},                                         \
                {"framework", 0, "NAME", NULL,                                                                         \
                 "judge by what cites it: cis nsa nist-800-190 owasp mitre ..., and show coverage"},                   \
        {                                                                                                              \
                "rules", 0, "DIR", NULL, "add your own rules; repeatable"                                              \
        }

#define SCAN_SETTINGS_OPTIONS(where)                                                                                   \
        {"config", 0, "FILE", NULL, "settings, exceptions (default: strake.yaml " where "; none: without)"},           \
                {"today", 0, "YYYY-MM-DD", NULL, "the day by which exceptions expire (default: today)"},               \
        {                                                                                                              \
                "baseline", 0, "FILE", NULL,                                                                           \
                        "what an earlier scan printed with -o baseline=FILE: only new findings count"                  \
        }

#define SCAN_OPTIONS                                                                                                   \
        SCAN_RULE_OPTIONS,                                                                                             \
                {"pod-security", 0, "LEVEL[:VERSION]", NULL,                                                           \
                 "baseline or restricted, v1.N or latest: that and nothing else"},                                     \
                {"kubernetes-version", 0, "v1.N", NULL, "judge as this version does (default: latest)"},               \
                SCAN_SETTINGS_OPTIONS("here or in INPUT"), {"file", 'f', "INPUT", NULL, "one more input; repeatable"}, \
        {                                                                                                              \
                "threads", 0, "N", NULL, "how many at once (default: one for each CPU)"                                \
        }

#define SCAN_STATUS                                                                                                    \
        "Exit status: 0 nothing at or above --fail-on, 1 something is, 2 wrong usage or some input\n"                  \
        "could not be read, 3 nothing was judged.\n"

/* The files on which the options depend: the settings, there or not, and the baseline. Returns how many. */
enum { SCAN_SETTINGS_FILES = 5 };
size_t scan_request_files(struct cli *cli, const struct scan_request *request, struct str files[SCAN_SETTINGS_FILES]);

/* Reads the options; false after saying what is wrong. */
bool scan_request_read(struct cli *cli, struct scan_request *request) MUST_USE;

/* The same for a command whose operands are no input of a scan: what is judged comes from `request->scan.add`. Settings are looked for
 * here, and nowhere else. */
bool scan_request_read_bare(struct cli *cli, struct scan_request *request) MUST_USE;

/* Adds what hadolint's file says that lies here, or with the inputs, unless --config names a file. False after saying what is wrong. */
bool scan_request_add_hadolint(struct cli *cli, struct scan_request *request) MUST_USE;

/* Scans what the request asks for, and marks the report. False after saying what is wrong; the scan is to be freed all the same. */
bool scan_request_run(const struct cli *cli, struct scan_request *request, struct scan *scan) MUST_USE;

/* Says so if there was nothing to judge. */
void scan_say_nothing(const struct scan *scan);

/* Marks findings of the report that count no more, and counts what the rest mean for a framework. After each judgement. */
void scan_request_mark(const struct cli *cli, const struct scan_request *request, struct scan *scan);

/* The exit status: that of Strake, or of the tool whose format was asked for. What could not be read is always told. */
int scan_request_status(const struct cli *cli, const struct scan_request *request, const struct scan *scan);

/* Prints the report in any of report_formats. */
struct scan_view {
        const struct scan *scan;
        unsigned threads;
        int status; /* that the program will have */
};

cli_printer scan_print; /* takes a view */
