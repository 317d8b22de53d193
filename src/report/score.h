/* score.h - points for what is done well and for what is not, as scoring tools count them.
 *
 * Findings say what is wrong; a scoring tool also counts what is right. So what it looks at is judged beside the rules, and only
 * when a format asks for it. Each object has two sets of points: those that are for its kind, and those that hold for it. */
#pragma once

#include "report/finding.h"

enum { MOST_POINTS = 64 };

struct score_point {
        struct str id;
        int points; /* below zero: it is bad if it holds */
        struct str selector, reason;
};

/* The score of one object, or a document that could not be scored. */
struct score {
        struct str object; /* "Deployment/cart.shop"; "Unknown" if there is no object */
        struct str file;
        struct str problem;   /* why it was not scored; empty: it was */
        uint64_t asked, held; /* a bit for each point */
        uint32_t document, at;
};

struct scoring {
        const struct score_point *points; /* up to MOST_POINTS */
        size_t point_count;
        const struct score *scores; /* in the order of files, documents and places */
        size_t score_count;
};

/* The sum of the points that hold. */
int score_total(const struct scoring *scoring, const struct score *score);
