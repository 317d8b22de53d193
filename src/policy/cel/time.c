/* time.c - durations and timestamps (RFC 3339; Go's time.ParseDuration for the text of durations). */

#include "policy/cel/time.h"

#include "base/reader.h"

enum { NANO = 1000000000, DAY = 86400 };

static const int64_t first_second = INT64_C(-62135596800), last_second = INT64_C(253402300799);

bool cel_timestamp_in_range(int64_t seconds)
{
        return seconds >= first_second && seconds <= last_second;
}

/* Days since 1970 of a date in the proleptic Gregorian calendar, counting years from March. */
static int64_t days_of(int64_t year, unsigned month, unsigned day)
{
        int64_t from_march = month > 2 ? month - 3 : month + 9, era, of_era;

        year -= month <= 2;
        era = (year >= 0 ? year : year - 399) / 400;
        of_era = year - era * 400;
        return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + (153 * from_march + 2) / 5 + day - 1 - 719468;
}

static bool is_leap(int64_t year)
{
        return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

struct cel_calendar cel_calendar(int64_t seconds)
{
        int64_t days = seconds / DAY - (seconds % DAY < 0), rest = seconds - days * DAY;
        int64_t shifted = days + 719468, era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
        int64_t of_era = shifted - era * 146097;
        int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
        int64_t day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        int64_t from_march = (5 * day_of_year + 2) / 153;
        struct cel_calendar calendar = {
                .year = year_of_era + era * 400 + (from_march >= 10),
                .month = (unsigned)(from_march < 10 ? from_march + 3 : from_march - 9),
                .day = (unsigned)(day_of_year - (153 * from_march + 2) / 5 + 1),
                .day_of_week = (unsigned)(((days + 4) % 7 + 7) % 7),
                .hour = (unsigned)(rest / 3600),
                .minute = (unsigned)(rest / 60 % 60),
                .second = (unsigned)(rest % 60),
        };

        calendar.day_of_year = (unsigned)(days - days_of(calendar.year, 1, 1));
        return calendar;
}

/* So many digits, a number from `least` to `most`. */
static bool take_digits(struct reader *reader, unsigned count, unsigned least, unsigned most, unsigned *number)
{
        *number = 0;
        for (unsigned i = 0; i < count; i++) {
                int byte = reader_peek(reader, 0);

                TRY(is_digit(byte));
                *number = *number * 10 + (unsigned)(byte - '0');
                reader->at++;
        }
        return *number >= least && *number <= most;
}

/* Digits after the point beyond the ninth say less than a nanosecond. */
static bool take_fraction(struct reader *reader, uint32_t *nanoseconds)
{
        uint32_t unit = NANO / 10;
        size_t begin;

        *nanoseconds = 0;
        if (!reader_take(reader, '.'))
                return true;
        begin = reader->at;
        for (; is_digit(reader_peek(reader, 0)); reader->at++) {
                *nanoseconds += (uint32_t)(reader_peek(reader, 0) - '0') * unit;
                unit /= 10;
        }
        return reader->at > begin;
}

static bool take_letter(struct reader *reader, char upper)
{
        return reader_take(reader, upper) || reader_take(reader, (char)(upper + 32));
}

static bool take_zone(struct reader *reader, int64_t *offset)
{
        unsigned hours, minutes;
        bool behind = reader_peek(reader, 0) == '-';

        *offset = 0;
        if (take_letter(reader, 'Z'))
                return true;
        TRY(reader_take(reader, '+') || reader_take(reader, '-'));
        TRY(take_digits(reader, 2, 0, 23, &hours) && reader_take(reader, ':')
            && take_digits(reader, 2, 0, 59, &minutes));
        *offset = (int64_t)(hours * 3600 + minutes * 60) * (behind ? -1 : 1);
        return true;
}

static bool is_date(unsigned year, unsigned month, unsigned day)
{
        static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

        return day <= days[month - 1] + (unsigned)(month == 2 && is_leap(year));
}

bool cel_timestamp_read(struct str text, struct value *timestamp)
{
        struct reader reader = reader_over(text);
        unsigned year, month, day, hour, minute, second;
        uint32_t nanoseconds;
        int64_t offset;

        TRY(take_digits(&reader, 4, 0, 9999, &year) && reader_take(&reader, '-'));
        TRY(take_digits(&reader, 2, 1, 12, &month) && reader_take(&reader, '-'));
        TRY(take_digits(&reader, 2, 1, 31, &day) && is_date(year, month, day) && take_letter(&reader, 'T'));
        TRY(take_digits(&reader, 2, 0, 23, &hour) && reader_take(&reader, ':'));
        TRY(take_digits(&reader, 2, 0, 59, &minute) && reader_take(&reader, ':'));
        TRY(take_digits(&reader, 2, 0, 59, &second));
        TRY(take_fraction(&reader, &nanoseconds) && take_zone(&reader, &offset) && reader_done(&reader));
        *timestamp = (struct value){.kind = VALUE_TIMESTAMP, .len = nanoseconds};
        timestamp->i = days_of(year, month, day) * DAY + hour * 3600 + minute * 60 + second - offset;
        return cel_timestamp_in_range(timestamp->i);
}

/* ".5", without zeros at its end; nothing for 0. */
static struct str fraction_text(char out[11], uint32_t nanoseconds)
{
        size_t len = 10;

        if (!nanoseconds)
                return (struct str){out, 0};
        out[0] = '.';
        for (size_t i = 9; i > 0; i--) {
                out[i] = (char)('0' + nanoseconds % 10);
                nanoseconds /= 10;
        }
        while (out[len - 1] == '0')
                len--;
        return (struct str){out, len};
}

struct str cel_timestamp_print(struct arena *arena, const struct value *timestamp)
{
        struct cel_calendar at = cel_calendar(timestamp->i);
        char digits[11];

        return str_format(arena, "%04" PRId64 "-%02u-%02uT%02u:%02u:%02u%.*sZ", at.year, at.month, at.day, at.hour,
                          at.minute, at.second, STR_ARG(fraction_text(digits, timestamp->len)));
}

int64_t cel_duration_nanoseconds(const struct value *duration)
{
        return duration->i * NANO + (int32_t)duration->len;
}

struct value cel_duration_of(int64_t nanoseconds)
{
        return (struct value){
                .kind = VALUE_DURATION, .len = (uint32_t)(int32_t)(nanoseconds % NANO), .i = nanoseconds / NANO};
}

static bool duration_of(__int128 nanoseconds, struct value *duration)
{
        if (nanoseconds < INT64_MIN || nanoseconds > INT64_MAX)
                return false;
        *duration = cel_duration_of((int64_t)nanoseconds);
        return true;
}

/* All nanoseconds, of a duration or since 1970; more than 64 bits may hold. */
static __int128 nanoseconds_of(const struct value *time)
{
        return (__int128)time->i * NANO + (int32_t)time->len;
}

bool cel_duration_add(const struct value *a, const struct value *b, int sign, struct value *result)
{
        return duration_of(nanoseconds_of(a) + sign * nanoseconds_of(b), result);
}

bool cel_timestamp_difference(const struct value *a, const struct value *b, struct value *duration)
{
        return duration_of(nanoseconds_of(a) - nanoseconds_of(b), duration);
}

bool cel_timestamp_add(const struct value *timestamp, const struct value *duration, int sign, struct value *result)
{
        __int128 total = nanoseconds_of(timestamp) + sign * nanoseconds_of(duration);
        int64_t nanoseconds = (int64_t)(total % NANO);

        if (nanoseconds < 0)
                nanoseconds += NANO;
        *result = (struct value){
                .kind = VALUE_TIMESTAMP, .len = (uint32_t)nanoseconds, .i = (int64_t)((total - nanoseconds) / NANO)};
        return cel_timestamp_in_range(result->i);
}

/* The nanoseconds of a unit, 0 if it is none. */
static int64_t take_unit(struct reader *reader)
{
        static const struct {
                struct str name;
                int64_t nanoseconds;
        } units[] = {
                {STR_INIT("ns"), 1},
                {STR_INIT("us"), 1000},
                {STR_INIT("\xc2\xb5s"), 1000}, /* micro sign */
                {STR_INIT("\xce\xbcs"), 1000}, /* Greek mu */
                {STR_INIT("ms"), 1000000},
                {STR_INIT("s"), NANO},
                {STR_INIT("m"), INT64_C(60) * NANO},
                {STR_INIT("h"), INT64_C(3600) * NANO},
        };

        for (size_t i = 0; i < COUNT_OF(units); i++) {
                if (reader_take_str(reader, units[i].name))
                        return units[i].nanoseconds;
        }
        return 0;
}

/* One "1.5h". Digits of a fraction beyond the eighteenth make no difference. */
static bool take_part(struct reader *reader, __int128 *total)
{
        uint64_t whole = 0;
        int64_t fraction = 0, scale = 1, unit;
        bool has_whole = is_digit(reader_peek(reader, 0)), has_fraction = false;

        TRY(!has_whole || reader_take_number(reader, INT64_MAX, &whole));
        if (reader_take(reader, '.')) {
                for (; is_digit(reader_peek(reader, 0)); reader->at++, has_fraction = true) {
                        if (scale < INT64_C(100000000000000000)) {
                                fraction = fraction * 10 + reader_peek(reader, 0) - '0';
                                scale *= 10;
                        }
                }
        }
        unit = take_unit(reader);
        TRY((has_whole || has_fraction) && unit);
        *total += (__int128)whole * unit + (__int128)fraction * unit / scale;
        return *total <= (__int128)INT64_MAX + 1;
}

bool cel_duration_read(struct str text, struct value *duration)
{
        struct reader reader = reader_over(text);
        bool negative = reader_peek(&reader, 0) == '-';
        __int128 total = 0;

        if (!reader_take(&reader, '-'))
                reader_take(&reader, '+');
        if (str_is(str_from(text, reader.at), "0")) {
                *duration = cel_duration_of(0);
                return true;
        }
        TRY(!reader_done(&reader));
        while (!reader_done(&reader))
                TRY(take_part(&reader, &total));
        return duration_of(negative ? -total : total, duration);
}

struct str cel_duration_print(struct arena *arena, const struct value *duration)
{
        int32_t nanoseconds = (int32_t)duration->len;
        bool negative = duration->i < 0 || nanoseconds < 0;
        uint64_t seconds = duration->i < 0 ? -(uint64_t)duration->i : (uint64_t)duration->i;
        char digits[11];
        struct str fraction = fraction_text(digits, (uint32_t)(nanoseconds < 0 ? -nanoseconds : nanoseconds));

        return str_format(arena, "%s%" PRIu64 "%.*ss", negative ? "-" : "", seconds, STR_ARG(fraction));
}
