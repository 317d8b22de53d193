/* time.h - durations and timestamps: reading, writing, adding, and the calendar in a time zone.
 *
 * A duration is as long as 64 bits count nanoseconds, some 292 years, as in cel-go. A timestamp is in the years 1 to 9999. Zones
 * are read from the system's time zone database, whatever the process's own zone and locale are. */
#pragma once

#include "base/err.h"
#include "doc/value.h"

#define CEL_ZONE_FOLDER "/usr/share/zoneinfo/"

/* RFC 3339: "2009-02-13T23:31:30.5+01:00". */
bool cel_timestamp_read(struct str text, struct value *timestamp);
struct str cel_timestamp_print(struct arena *arena, const struct value *timestamp);

/* As Go writes durations: "1h30m", "-1.5s", "100ms". */
bool cel_duration_read(struct str text, struct value *duration);

/* Seconds: "90s", "-1.5s". */
struct str cel_duration_print(struct arena *arena, const struct value *duration);

/* Sums and differences; false when the result is out of range. `sign` is 1 or -1. */
bool cel_duration_add(const struct value *a, const struct value *b, int sign, struct value *result);
bool cel_timestamp_add(const struct value *timestamp, const struct value *duration, int sign, struct value *result);
bool cel_timestamp_difference(const struct value *a, const struct value *b, struct value *duration);

/* A duration in nanoseconds, and back. */
int64_t cel_duration_nanoseconds(const struct value *duration);
struct value cel_duration_of(int64_t nanoseconds);

/* Whether seconds since 1970 are in the years 1 to 9999. */
bool cel_timestamp_in_range(int64_t seconds);

struct cel_calendar {
        int64_t year;
        unsigned month, day;  /* from 1 */
        unsigned day_of_year; /* from 0 */
        unsigned day_of_week; /* from 0: Sunday */
        unsigned hour, minute, second;
};

/* The calendar at seconds since 1970, already moved by a zone's offset. */
struct cel_calendar cel_calendar(int64_t seconds);

/* How many seconds a zone is ahead of UTC at a time. The zone is "UTC", "Europe/Paris", "+02:00", "-9:30". `arena` is for the
 * file of the zone. */
bool cel_zone_offset(struct arena *arena, struct str zone, int64_t seconds, int64_t *offset, struct err *err);
