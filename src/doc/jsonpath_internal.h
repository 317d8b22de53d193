/* jsonpath_internal.h - a compiled template. */
#pragma once

#include "doc/jsonpath.h"

enum step_kind {
        STEP_FIELD, /* name */
        STEP_WILDCARD,
        STEP_RECURSIVE,
        STEP_SLICE,   /* slice */
        STEP_FILTER,  /* filter */
        STEP_UNION,   /* parts */
        STEP_TEXT,    /* literal, once */
        STEP_LITERAL, /* literal, for each input */
};

/* One bound of a slice; [n] is a slice, too, whose end is derived from its begin. */
struct slice_bound {
        int64_t value;
        bool known, derived;
};

struct steps {
        VEC(struct step) list;
};

struct step_filter;

struct step {
        enum step_kind kind;
        struct str name;
        struct value literal;
        struct slice_bound slice[3];
        const struct step_filter *filter;
        const struct steps *parts;
        size_t part_count;
};

enum filter_op {
        FILTER_EXISTS,
        FILTER_EQUAL,
        FILTER_UNEQUAL,
        FILTER_LESS,
        FILTER_LESS_EQUAL,
        FILTER_GREATER,
        FILTER_GREATER_EQUAL
};

struct step_filter {
        enum filter_op op;
        struct steps left, right;
};

/* Text, or an expression in braces, or a loop over one. */
struct template_part {
        struct steps steps;
        bool is_range;
        size_t end; /* of a range: which part is its {end} */
        bool is_end;
};

struct jsonpath {
        VEC(struct template_part) parts;
};
