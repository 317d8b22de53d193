/* err.c - the one error message. */

#include "base/err.h"

#include <stdio.h>

static bool set(struct err *err, uint32_t line, uint32_t column, const char *format, va_list arguments)
{
        int length;

        if (err->length)
                return false;
        length = vsnprintf(err->text, sizeof(err->text), format, arguments);
        err->length = length < 0 ? 0 : (uint32_t)min_size((size_t)length, sizeof(err->text) - 1);
        err->line = line;
        err->column = column;
        return false;
}

bool err_set(struct err *err, const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        set(err, 0, 0, format, arguments);
        va_end(arguments);
        return false;
}

bool err_set_at(struct err *err, uint32_t line, uint32_t column, const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        set(err, line, column, format, arguments);
        va_end(arguments);
        return false;
}

struct str err_message(struct arena *arena, const char *format, va_list arguments)
{
        struct err err = {0};

        set(&err, 0, 0, format, arguments);
        return str_copy(arena, err_text(&err));
}

bool err_within(struct err *err, const char *format, ...)
{
        struct err before = *err;
        va_list arguments;
        int length;

        va_start(arguments, format);
        length = vsnprintf(err->text, sizeof(err->text), format, arguments);
        va_end(arguments);
        err->length = length < 0 ? 0 : (uint32_t)min_size((size_t)length, sizeof(err->text) - 1);
        length = snprintf(err->text + err->length, sizeof(err->text) - err->length, ": %.*s",
                          STR_ARG(err_text(&before)));
        err->length = (uint32_t)min_size(err->length + (size_t)(length < 0 ? 0 : length), sizeof(err->text) - 1);
        return false;
}
