/* err.h - why something failed: what, where, and what to do about it.
 *
 * One `struct err` is made by whoever can tell a person about it and handed down as the last parameter. The first message
 * stays: what fails later because of it does not overwrite it. */
#pragma once

#include <stdarg.h>

#include "base/str.h"

enum { ERR_TEXT = 1000 };

struct err {
        uint32_t line, column; /* in the text at hand, from 1; 0 when there is no place */
        uint32_t length;       /* of the message; 0: nothing failed */
        char text[ERR_TEXT];
};

/* Sets the message, cut to fit. Returns false, so that a function can end with it. */
bool err_set(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* The same with a place, line and column from 1. */
bool err_set_at(struct err *err, uint32_t line, uint32_t column, const char *format, ...) PRINTF_LIKE(4, 5);

/* Puts words in front of the message: `err_within(err, "rule %s", id)` makes it "rule x: …". Returns false. */
bool err_within(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* A message of which there may be many: as long as one of err_set() at most, in the arena. */
struct str err_message(struct arena *arena, const char *format, va_list arguments);

static inline struct str err_text(const struct err *err)
{
        return (struct str){err->text, err->length};
}
