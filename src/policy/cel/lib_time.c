/* lib_time.c - timestamps and durations: conversions, arithmetic, and what calendar and clock say, in UTC or in a zone. */

#include "policy/cel/lib.h"
#include "policy/cel/time.h"

enum { ZONE_COST = 100, NANOS_A_MILLISECOND = 1000000 };

static bool out_of_range(struct cel_call *call, const char *what)
{
        return cel_fail(call, "%s out of range", what);
}

static bool timestamp_of_string(struct cel_call *call, const struct value *arguments, struct value *result)
{
        TRY(spend_bytes(call, arguments[0].len));
        if (!cel_timestamp_read(argument_text(arguments), result))
                return cel_fail(call, "'%.*s' is no RFC 3339 timestamp in the years 1 to 9999",
                                STR_ARG(argument_text(arguments)));
        return true;
}

static bool timestamp_of_int(struct cel_call *call, const struct value *arguments, struct value *result)
{
        if (!cel_timestamp_in_range(arguments[0].i))
                return out_of_range(call, "timestamp");
        *result = (struct value){.kind = VALUE_TIMESTAMP, .i = arguments[0].i};
        return true;
}

static bool same(struct cel_call *call, const struct value *arguments, struct value *result)
{
        (void)call;
        *result = arguments[0];
        return true;
}

static bool int_of_timestamp(struct cel_call *call, const struct value *arguments, struct value *result)
{
        (void)call;
        return give_int(result, arguments[0].i);
}

/* Nanoseconds. */
static bool int_of_duration(struct cel_call *call, const struct value *arguments, struct value *result)
{
        (void)call;
        return give_int(result, cel_duration_nanoseconds(arguments));
}

static bool duration_of_string(struct cel_call *call, const struct value *arguments, struct value *result)
{
        TRY(spend_bytes(call, arguments[0].len));
        if (!cel_duration_read(argument_text(arguments), result))
                return cel_fail(call, "'%.*s' is no duration, or out of range: write it as 1h30m, 90s or 100ms",
                                STR_ARG(argument_text(arguments)));
        return true;
}

static bool add_durations(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return cel_duration_add(&arguments[0], &arguments[1], 1, result) || out_of_range(call, "duration");
}

static bool subtract_durations(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return cel_duration_add(&arguments[0], &arguments[1], -1, result) || out_of_range(call, "duration");
}

static bool add_to_timestamp(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return cel_timestamp_add(&arguments[0], &arguments[1], 1, result) || out_of_range(call, "timestamp");
}

static bool add_timestamp(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return cel_timestamp_add(&arguments[1], &arguments[0], 1, result) || out_of_range(call, "timestamp");
}

static bool subtract_from_timestamp(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return cel_timestamp_add(&arguments[0], &arguments[1], -1, result) || out_of_range(call, "timestamp");
}

static bool difference(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return cel_timestamp_difference(&arguments[0], &arguments[1], result) || out_of_range(call, "duration");
}

/* The calendar at a timestamp, in the zone that the second argument names if there is one. */
static bool take_calendar(struct cel_call *call, const struct value *arguments, bool zoned,
                          struct cel_calendar *calendar)
{
        struct err err = {0};
        int64_t offset = 0;

        if (zoned) {
                TRY(cel_spend(call, ZONE_COST));
                if (!cel_zone_offset(cel_arena(call), argument_text(&arguments[1]), arguments[0].i, &offset, &err))
                        return cel_fail(call, "%s", err.text);
        }
        *calendar = cel_calendar(arguments[0].i + offset);
        return true;
}

/* A part of the calendar, in UTC and in a zone. */
#define PART(name, expression)                                                                                         \
        static bool name(struct cel_call *call, const struct value *arguments, struct value *result)                   \
        {                                                                                                              \
                struct cel_calendar at = {0};                                                                          \
                                                                                                                       \
                TRY(take_calendar(call, arguments, false, &at));                                                       \
                return give_int(result, (int64_t)(expression));                                                        \
        }                                                                                                              \
                                                                                                                       \
        static bool name##_in_zone(struct cel_call *call, const struct value *arguments, struct value *result)         \
        {                                                                                                              \
                struct cel_calendar at = {0};                                                                          \
                                                                                                                       \
                TRY(take_calendar(call, arguments, true, &at));                                                        \
                return give_int(result, (int64_t)(expression));                                                        \
        }

PART(full_year, at.year)
PART(month, at.month - 1)
PART(date, at.day)
PART(day_of_month, at.day - 1)
PART(day_of_week, at.day_of_week)
PART(day_of_year, at.day_of_year)
PART(hours, at.hour)
PART(minutes, at.minute)
PART(seconds, at.second)

/* No zone is off by a part of a second. */
static bool milliseconds(struct cel_call *call, const struct value *arguments, struct value *result)
{
        (void)call;
        return give_int(result, arguments[0].len / NANOS_A_MILLISECOND);
}

static bool milliseconds_in_zone(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct cel_calendar at = {0};

        TRY(take_calendar(call, arguments, true, &at));
        return milliseconds(call, arguments, result);
}

static bool hours_of_duration(struct cel_call *call, const struct value *arguments, struct value *result)
{
        (void)call;
        return give_int(result, arguments[0].i / 3600);
}

static bool minutes_of_duration(struct cel_call *call, const struct value *arguments, struct value *result)
{
        (void)call;
        return give_int(result, arguments[0].i / 60);
}

static bool seconds_of_duration(struct cel_call *call, const struct value *arguments, struct value *result)
{
        (void)call;
        return give_int(result, arguments[0].i);
}

/* Those beyond the whole seconds. */
static bool milliseconds_of_duration(struct cel_call *call, const struct value *arguments, struct value *result)
{
        (void)call;
        return give_int(result, (int32_t)arguments[0].len / NANOS_A_MILLISECOND);
}

#define ACCESSOR(name, function)                                                                                       \
        {"timestamp." name "(): int", function},                                                                       \
        {                                                                                                              \
                "timestamp." name "(string): int", function##_in_zone                                                  \
        }

static const struct cel_overload overloads[] = {
        {"timestamp(timestamp): timestamp", same},
        {"timestamp(string): timestamp", timestamp_of_string},
        {"timestamp(int): timestamp", timestamp_of_int},
        {"duration(duration): duration", same},
        {"duration(string): duration", duration_of_string},
        {"int(timestamp): int", int_of_timestamp},
        {"int(duration): int", int_of_duration},
        {"_+_(duration, duration): duration", add_durations},
        {"_+_(timestamp, duration): timestamp", add_to_timestamp},
        {"_+_(duration, timestamp): timestamp", add_timestamp},
        {"_-_(duration, duration): duration", subtract_durations},
        {"_-_(timestamp, duration): timestamp", subtract_from_timestamp},
        {"_-_(timestamp, timestamp): duration", difference},
        ACCESSOR("getFullYear", full_year),
        ACCESSOR("getMonth", month),
        ACCESSOR("getDate", date),
        ACCESSOR("getDayOfMonth", day_of_month),
        ACCESSOR("getDayOfWeek", day_of_week),
        ACCESSOR("getDayOfYear", day_of_year),
        ACCESSOR("getHours", hours),
        ACCESSOR("getMinutes", minutes),
        ACCESSOR("getSeconds", seconds),
        ACCESSOR("getMilliseconds", milliseconds),
        {"duration.getHours(): int", hours_of_duration},
        {"duration.getMinutes(): int", minutes_of_duration},
        {"duration.getSeconds(): int", seconds_of_duration},
        {"duration.getMilliseconds(): int", milliseconds_of_duration},
};

const struct cel_library cel_lib_time = {"time", overloads, COUNT_OF(overloads)};
