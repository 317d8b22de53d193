/* cvss.h - how bad a vulnerability is: CVSS vectors and their scores (first.org/cvss: v2, v3.0, v3.1, v4.0). */
#pragma once

#include "base/buf.h"
#include "base/err.h"

enum cvss_version { CVSS_2, CVSS_30, CVSS_31, CVSS_4 };

enum { CVSS_MOST_METRICS = 32, CVSS_MOST_VALUES = 6 };

/* Whose turn a metric is: a vector is scored with all groups that it has. The names are those of v3; in v2 and v4 they are the
 * same but for the last. */
enum cvss_group { CVSS_BASE, CVSS_TEMPORAL, CVSS_ENVIRONMENTAL, CVSS_SUPPLEMENTAL };

struct cvss_metric {
        const char *name;
        enum cvss_group group;
        const char *values[CVSS_MOST_VALUES + 1]; /* the first of those that are not of the base says "not defined" */
        double weights[CVSS_MOST_VALUES + 1];     /* of v2 and v3, where they depend on nothing else */
};

/* A vector. Values are places in the lists of the metrics, -1 if the metric is not given. */
struct cvss {
        enum cvss_version version;
        const struct cvss_metric *metrics;
        size_t metric_count;
        signed char values[CVSS_MOST_METRICS];
};

extern const struct cvss_metric cvss2_metrics[], cvss3_metrics[], cvss4_metrics[];
extern const size_t cvss2_metric_count, cvss3_metric_count, cvss4_metric_count;

/* Reads a whole vector: the base is whole, no metric is given twice; in v2 groups are whole too, and in v2 and v4 the metrics
 * are in order. False, with the reason. */
bool cvss_read(struct str text, struct cvss *out, struct err *err) MUST_USE;

/* In tenths, 0 to 100, by the most specific group that is given. */
int cvss_score(const struct cvss *vector);

/* The same for v4 alone. */
int cvss4_score(const struct cvss *vector);

/* "none", "low", "medium", "high", "critical". v2, which has neither the first nor the last, goes by the National Vulnerability
 * Database. */
const char *cvss_severity(enum cvss_version version, int score);

/* The vector with its metrics in the order of the specification. */
void cvss_print(struct buf *out, const struct cvss *vector);

/* Adds a line "SCORE SEVERITY VECTOR", or "invalid", for each line. What is wrong is told to `tell` with the number of the line,
 * from 1. Returns how many lines there were; `faults` counts those that are no vectors. */
size_t cvss_judge(struct str lines, struct buf *out, size_t *faults,
                  void (*tell)(void *whom, size_t line, const struct err *err), void *whom);
