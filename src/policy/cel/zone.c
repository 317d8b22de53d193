/* zone.c - how far a time zone is ahead of UTC: fixed offsets, and the files of the time zone database (RFC 9636: TZif).
 *
 * The files are read here and not by the C library, whose zone is one for the whole process and comes from its environment. */

#include "policy/cel/time.h"

#include "base/bytes.h"
#include "base/file.h"
#include "base/reader.h"

enum {
        HEADER = 44,
        MOST_FILE = 1 << 20,
        MOST_NAME = 64,
        DAY = 86400,
        WEEK_RULE_HOURS = 167, /* the hour of a change may be days away from its day (RFC 9636, 3.3.1) */
};

/* The counts of a TZif header. */
struct counts {
        uint32_t utc, standard, leaps, transitions, types, letters;
};

static bool read_header(struct str file, struct counts *counts, char *version)
{
        TRY(file.len >= HEADER && str_starts(file, STR("TZif")));
        *version = file.data[4];
        *counts = (struct counts){be_32(file.data + 20), be_32(file.data + 24), be_32(file.data + 28),
                                  be_32(file.data + 32), be_32(file.data + 36), be_32(file.data + 40)};
        return counts->utc <= MOST_FILE && counts->standard <= MOST_FILE && counts->leaps <= MOST_FILE
               && counts->transitions <= MOST_FILE && counts->types <= MOST_FILE && counts->letters <= MOST_FILE;
}

static size_t body_size(const struct counts *counts, size_t time_size)
{
        return counts->transitions * (time_size + 1) + counts->types * (size_t)6 + counts->letters
               + counts->leaps * (time_size + 4) + counts->standard + counts->utc;
}

/* A rule of the footer (POSIX TZ): "M3.2.0/2", "J60", "59/-1". */
struct change {
        char form; /* 'M', 'J' or '0' */
        uint64_t month, week, day;
        int64_t second; /* of the day, by local time */
};

struct rules {
        int64_t standard, daylight; /* ahead of UTC */
        bool has_daylight;
        struct change begin, end;
};

static bool is_quoted(int byte)
{
        return byte != '>' && byte != -1;
}

static bool take_name(struct reader *reader)
{
        if (reader_take(reader, '<'))
                return reader_take_while(reader, is_quoted).len > 0 && reader_take(reader, '>');
        return reader_take_while(reader, is_letter).len >= 3;
}

/* "[+-]hh[:mm[:ss]]" in seconds. */
static bool take_time(struct reader *reader, int64_t *seconds)
{
        uint64_t hours, minutes = 0, rest = 0;
        bool negative = reader_take(reader, '-');

        if (!negative)
                reader_take(reader, '+');
        TRY(reader_take_number(reader, WEEK_RULE_HOURS, &hours));
        if (reader_take(reader, ':')) {
                TRY(reader_take_number(reader, 59, &minutes));
                TRY(!reader_take(reader, ':') || reader_take_number(reader, 59, &rest));
        }
        *seconds = (int64_t)(hours * 3600 + minutes * 60 + rest) * (negative ? -1 : 1);
        return true;
}

static bool take_change(struct reader *reader, struct change *change)
{
        *change = (struct change){.form = '0', .second = 7200};
        TRY(reader_take(reader, ','));
        if (reader_take(reader, 'M')) {
                change->form = 'M';
                TRY(reader_take_number(reader, 12, &change->month) && change->month > 0 && reader_take(reader, '.'));
                TRY(reader_take_number(reader, 5, &change->week) && change->week > 0 && reader_take(reader, '.'));
                TRY(reader_take_number(reader, 6, &change->day));
        } else {
                change->form = reader_take(reader, 'J') ? 'J' : '0';
                TRY(reader_take_number(reader, 365, &change->day));
        }
        return !reader_take(reader, '/') || take_time(reader, &change->second);
}

static bool read_rules(struct str text, struct rules *rules)
{
        struct reader reader = reader_over(text);

        *rules = (struct rules){0};
        TRY(take_name(&reader) && take_time(&reader, &rules->standard));
        rules->standard = -rules->standard;
        if (reader_done(&reader))
                return true;
        rules->has_daylight = true;
        rules->daylight = rules->standard + 3600;
        TRY(take_name(&reader));
        if (reader_peek(&reader, 0) != ',') {
                TRY(take_time(&reader, &rules->daylight));
                rules->daylight = -rules->daylight;
        }
        return take_change(&reader, &rules->begin) && take_change(&reader, &rules->end) && reader_done(&reader);
}

static bool is_leap(int64_t year)
{
        return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* The day of the year, from 0, of the n-th such weekday of a month; the fifth is the last. */
static int64_t day_of_week_rule(const struct change *change, int64_t year, int64_t first_weekday)
{
        static const int starts[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
        int64_t leap = is_leap(year);
        int64_t start = starts[change->month - 1] + (change->month > 2 ? leap : 0);
        int64_t end = starts[change->month] + (change->month > 1 ? leap : 0);
        int64_t day =
                start + ((int64_t)change->day - (first_weekday + start) % 7 + 7) % 7 + ((int64_t)change->week - 1) * 7;

        return day < end ? day : day - 7;
}

/* Seconds from the beginning of the year, by the local time before the change. */
static int64_t second_of_change(const struct change *change, int64_t year, int64_t first_weekday)
{
        int64_t day = (int64_t)change->day;

        if (change->form == 'M')
                day = day_of_week_rule(change, year, first_weekday);
        else if (change->form == 'J') /* counts from 1 and never the 29th of February */
                day = day - 1 + (is_leap(year) && day >= 60);
        return day * DAY + change->second;
}

static int64_t offset_by_rules(const struct rules *rules, int64_t seconds)
{
        struct cel_calendar now = cel_calendar(seconds + rules->standard);
        int64_t of_year = (int64_t)now.day_of_year * DAY + now.hour * 3600 + now.minute * 60 + now.second;
        int64_t first_weekday = ((int64_t)now.day_of_week - now.day_of_year % 7 + 7) % 7;
        int64_t begin, end;
        bool daylight;

        if (!rules->has_daylight)
                return rules->standard;
        begin = second_of_change(&rules->begin, now.year, first_weekday);
        end = second_of_change(&rules->end, now.year, first_weekday) - (rules->daylight - rules->standard);
        daylight = begin < end ? of_year >= begin && of_year < end : of_year >= begin || of_year < end;
        return daylight ? rules->daylight : rules->standard;
}

/* The 64-bit part of a TZif file: times of changes, which type each begins, the types. */
struct zone {
        struct counts counts;
        const char *times, *kinds, *types;
        struct str footer;
};

static bool read_zone(struct str file, struct zone *zone)
{
        struct counts first;
        char version;
        size_t size;

        TRY(read_header(file, &first, &version) && version >= '2');
        size = HEADER + body_size(&first, 4);
        TRY(size <= file.len);
        file = str_from(file, size);
        TRY(read_header(file, &zone->counts, &version) && zone->counts.types > 0);
        size = HEADER + body_size(&zone->counts, 8);
        TRY(size <= file.len);
        zone->times = file.data + HEADER;
        zone->kinds = zone->times + zone->counts.transitions * (size_t)8;
        zone->types = zone->kinds + zone->counts.transitions;
        zone->footer = str_trim(str_from(file, size));
        return true;
}

static bool offset_of_type(const struct zone *zone, uint32_t type, int64_t *offset)
{
        TRY(type < zone->counts.types);
        *offset = (int32_t)be_32(zone->types + type * (size_t)6);
        return true;
}

/* The last change at or before a time rules; after the last of all the footer does, before the first the first type. */
static bool offset_in_zone(const struct zone *zone, int64_t seconds, int64_t *offset)
{
        size_t low = 0, high = zone->counts.transitions;
        struct rules rules;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if ((int64_t)be_64(zone->times + middle * 8) <= seconds)
                        low = middle + 1;
                else
                        high = middle;
        }
        if (low == zone->counts.transitions && zone->footer.len) {
                TRY(read_rules(zone->footer, &rules));
                *offset = offset_by_rules(&rules, seconds);
                return true;
        }
        return offset_of_type(zone, low ? (unsigned char)zone->kinds[low - 1] : 0, offset);
}

/* No path out of the folder, no hidden file. */
static bool is_zone_name(struct str name)
{
        TRY(name.len > 0 && name.len < MOST_NAME && is_letter((unsigned char)name.data[0]));
        for (size_t i = 0; i < name.len; i++) {
                int byte = (unsigned char)name.data[i];

                TRY(is_letter(byte) || is_digit(byte) || byte == '/' || byte == '_' || byte == '-' || byte == '+');
        }
        return true;
}

static bool offset_by_name(struct arena *arena, struct str name, int64_t seconds, int64_t *offset, struct err *err)
{
        struct file_text file;
        struct zone zone;
        struct str path;

        if (!is_zone_name(name))
                return err_set(err, "unknown time zone '%.*s'", STR_ARG(name));
        path = str_format(arena, CEL_ZONE_FOLDER "%.*s", STR_ARG(name));
        if (file_read(arena, path.data, MOST_FILE, &file) != FILE_OK)
                return err_set(err,
                               "unknown time zone '%.*s': %.*s cannot be read (the time zone database is in the "
                               "package tzdata)",
                               STR_ARG(name), STR_ARG(path));
        if (!read_zone(file.text, &zone) || !offset_in_zone(&zone, seconds, offset))
                return err_set(err, "the time zone file %.*s is damaged", STR_ARG(path));
        return true;
}

/* "[+-]hours:minutes". */
static bool read_fixed(struct str zone, int64_t *offset)
{
        struct reader reader = reader_over(zone);
        bool behind = reader_take(&reader, '-');
        uint64_t hours, minutes;

        if (!behind)
                reader_take(&reader, '+');
        TRY(reader_take_number(&reader, 23, &hours) && reader_take(&reader, ':'));
        TRY(reader_take_number(&reader, 59, &minutes) && reader_done(&reader));
        *offset = (int64_t)(hours * 3600 + minutes * 60) * (behind ? -1 : 1);
        return true;
}

bool cel_zone_offset(struct arena *arena, struct str zone, int64_t seconds, int64_t *offset, struct err *err)
{
        *offset = 0;
        if (zone.len == 0 || str_is(zone, "UTC"))
                return true;
        if (str_find(zone, STR(":"), 0) != SIZE_MAX)
                return read_fixed(zone, offset)
                       || err_set(err, "'%.*s' is no offset of a time zone: write it as +02:00", STR_ARG(zone));
        return offset_by_name(arena, zone, seconds, offset, err);
}
