/* matrix.h - subjects × verbs × resources: everything that everybody may do, in one pass.
 *
 * A column is a verb on a resource, a row what one subject has in the cluster or in one namespace, a cell two bits. Each column
 * is asked once of the rule sets that name its resource; rows are put together from those of their rule sets, 64 columns at a
 * time. */
#pragma once

#include "access/request.h"

struct access_column {
        struct str group, resource, verb; /* resource with its subresource: "pods/log" */
};

struct access_matrix_row {
        uint32_t subject;
        struct str ns;        /* empty: the cluster */
        const uint64_t *bits; /* columns that are allowed */
        const uint64_t *some; /* columns that are allowed on some names only */
};

struct access_matrix {
        const struct access *access;
        const struct access_column *columns; /* sorted by group and resource; the verbs of one stand together */
        size_t column_count, words;          /* words of 64 bits in a row */
        bool chosen;                         /* columns are what somebody asked for: all of them is not everything */
        const struct access_matrix_row *rows;
        size_t row_count;
};

struct access_matrix_settings {
        const struct str *verbs; /* none: those that every resource has, and those that rules name for a resource */
        size_t verb_count;
        const struct access_request
                *resources; /* of each, group, resource and subresource count; none: all that are known or named */
        size_t resource_count;
        struct str ns; /* only rows of the cluster and of this namespace; empty: all */
};

/* Rows without anything are left out; they stand by subject as people read them, then by namespace. */
void access_matrix_make(struct arena *arena, const struct access *access, const struct access_matrix_settings *settings,
                        struct access_matrix *out);

/* Only the bits: rows for given columns. Takes what access_matrix_make() would choose. */
void access_matrix_fill(struct arena *arena, const struct access *access, const struct access_column *columns,
                        size_t column_count, struct str ns, struct access_matrix *out);

static inline bool access_matrix_has(const uint64_t *bits, size_t column)
{
        return bits[column / 64] >> column % 64 & 1;
}

/* Whether a row allows all columns, and these are everything. */
bool access_matrix_is_all(const struct access_matrix *matrix, const struct access_matrix_row *row);

/* Loops over the resources of a row that have anything: columns [begin, end) are the verbs of one.
 *
 *     size_t begin = 0, end;
 *     while (access_matrix_next(matrix, row, &begin, &end)) { …; begin = end; }
 */
bool access_matrix_next(const struct access_matrix *matrix, const struct access_matrix_row *row, size_t *begin,
                        size_t *end);

/* As text in columns, as comma-separated values (one line a cell), as strake.matrix/1, and as a page that needs nothing else. */
void access_matrix_print(struct arena *arena, struct buf *out, const struct access_matrix *matrix);
void access_matrix_print_csv(struct buf *out, const struct access_matrix *matrix);
void access_matrix_print_json(struct buf *out, const struct access_matrix *matrix);
void access_matrix_print_html(struct buf *out, const struct access_matrix *matrix);
