/* rpm_rows.h - values of a database of rpm, thin and packed, until it is known which of them count. */
#pragma once

#include "image/archive/packed.h"
#include "image/package/rpm.h"

enum { RPM_ROWS_MOST = 1 << 20 };

struct rpm_row {
        uint64_t at;
        uint32_t kept, length; /* bytes that are kept, bytes that the value has */
        bool is_gone;
};

struct rpm_rows {
        struct arena *arena;
        struct packed *packed;
        VEC(struct rpm_row) rows;
        struct buf text; /* the one that was thinned or read last */
};

/* Fits a struct that is zero; everything is given back with the arena. */
void rpm_rows_begin(struct rpm_rows *rows, struct arena *arena);

/* Keeps what matters of a value; its number is the count of those before. False with `err` if there are too many. */
bool rpm_rows_add(struct rpm_rows *rows, struct str value, struct err *err);

/* Hands the value, or a thin header that says the same, to `each`, and forgets it. False with `err` also if it was handed on before. */
bool rpm_rows_hand_on(struct rpm_rows *rows, uint32_t number, rpm_each *each, void *context, struct err *err);
