/* quantity.c - reading, adding and printing quantities. */

#include "kube/quantity.h"

#include <math.h>

#include "base/reader.h"

enum { NANO = -9, MOST_DIGITS = 37, MOST_EXPONENT = 1000000 };

struct suffix {
        struct str text;
        int8_t power_of_ten;
        int8_t power_of_two;
};

static const struct suffix suffixes[] = {
        {STR_INIT("n"), -9, 0},  {STR_INIT("u"), -6, 0},  {STR_INIT("m"), -3, 0},  {STR_INIT(""), 0, 0},
        {STR_INIT("k"), 3, 0},   {STR_INIT("M"), 6, 0},   {STR_INIT("G"), 9, 0},   {STR_INIT("T"), 12, 0},
        {STR_INIT("P"), 15, 0},  {STR_INIT("E"), 18, 0},  {STR_INIT("Ki"), 0, 10}, {STR_INIT("Mi"), 0, 20},
        {STR_INIT("Gi"), 0, 30}, {STR_INIT("Ti"), 0, 40}, {STR_INIT("Pi"), 0, 50}, {STR_INIT("Ei"), 0, 60},
};

static __int128 power_of_ten(int exponent)
{
        __int128 power = 1;

        while (exponent-- > 0)
                power *= 10;
        return power;
}

static void normalize(struct quantity *quantity)
{
        if (!quantity->mantissa)
                quantity->exponent = 0;
        while (quantity->mantissa && quantity->mantissa % 10 == 0) {
                quantity->mantissa /= 10;
                quantity->exponent++;
        }
}

/* The number in units of 10^scale, rounded away from zero; false if it does not fit. */
static bool in_units(const struct quantity *quantity, int scale, __int128 *out)
{
        int64_t shift = (int64_t)quantity->exponent - scale;
        __int128 divisor, rest;

        *out = quantity->mantissa;
        if (!*out || !shift)
                return true;
        if (shift > 0)
                return shift <= MOST_DIGITS + 1 && !__builtin_mul_overflow(*out, power_of_ten((int)shift), out);
        if (shift < -(MOST_DIGITS + 1)) {
                *out = *out < 0 ? -1 : 1;
                return true;
        }
        divisor = power_of_ten((int)-shift);
        rest = *out % divisor;
        *out = *out / divisor + (rest > 0) - (rest < 0);
        return true;
}

static bool round_to_nano(struct quantity *quantity)
{
        normalize(quantity);
        if (quantity->exponent < NANO) {
                TRY(in_units(quantity, NANO, &quantity->mantissa));
                quantity->exponent = NANO;
                normalize(quantity);
        }
        return true;
}

/* Digits with at most one point among them. Zeros at the front do not count as digits. */
static bool take_digits(struct reader *reader, struct quantity *out)
{
        bool digits = false, point = false;
        int significant = 0;

        for (;;) {
                int byte = reader_peek(reader, 0);

                if (byte == '.' && !point) {
                        point = true;
                } else if (is_digit(byte)) {
                        digits = true;
                        significant += significant || byte != '0';
                        if (significant > MOST_DIGITS || out->exponent < -MOST_EXPONENT)
                                return false;
                        out->mantissa = out->mantissa * 10 + (byte - '0');
                        out->exponent -= point;
                } else {
                        return digits;
                }
                reader->at++;
        }
}

/* E with a number behind it; E alone is a suffix. */
static bool take_exponent(struct reader reader, struct quantity *out)
{
        bool negative;
        uint64_t exponent;

        TRY(reader_take(&reader, 'e') || reader_take(&reader, 'E'));
        negative = reader_take(&reader, '-');
        if (!negative)
                reader_take(&reader, '+');
        TRY(reader_take_number(&reader, MOST_EXPONENT, &exponent) && reader_done(&reader));
        out->exponent += negative ? -(int32_t)exponent : (int32_t)exponent;
        out->format = QUANTITY_EXPONENT;
        return true;
}

static bool scale_binary(struct quantity *quantity, int power_of_two)
{
        static const struct quantity most = {.mantissa = INT64_MAX}, one = {.mantissa = 1};
        struct quantity zero = {0};

        quantity->format = QUANTITY_BINARY;
        normalize(quantity);
        if (__builtin_mul_overflow(quantity->mantissa, (__int128)1 << power_of_two, &quantity->mantissa)) {
                /* So long a mantissa: too large in any case, unless most of it stands behind the point. */
                TRY(quantity->exponent > NANO);
                quantity->mantissa = (__int128)INT64_MAX + 1;
                quantity->exponent = 0;
        }
        TRY(round_to_nano(quantity));
        if (quantity_compare(quantity, &most) > 0) {
                quantity->mantissa = INT64_MAX;
                quantity->exponent = 0;
        }
        if (quantity_compare(quantity, &one) < 0 && quantity_compare(quantity, &zero) > 0)
                quantity->format = QUANTITY_DECIMAL;
        return true;
}

static bool scale(struct quantity *quantity, struct str text)
{
        for (size_t i = 0; i < COUNT_OF(suffixes); i++) {
                if (!str_equal(text, suffixes[i].text))
                        continue;
                if (suffixes[i].power_of_two)
                        return scale_binary(quantity, suffixes[i].power_of_two);
                quantity->exponent += suffixes[i].power_of_ten;
                return true;
        }
        return false;
}

bool quantity_read(struct str text, struct quantity *out)
{
        struct reader reader = reader_over(text);
        struct quantity quantity = {0};
        bool negative = reader_take(&reader, '-');

        if (!negative)
                reader_take(&reader, '+');
        TRY(take_digits(&reader, &quantity));
        if (!take_exponent(reader, &quantity))
                TRY(scale(&quantity, str_from(text, reader.at)));
        TRY(round_to_nano(&quantity));
        if (negative)
                quantity.mantissa = -quantity.mantissa;
        *out = quantity;
        return true;
}

struct quantity quantity_of(int64_t number)
{
        struct quantity quantity = {.mantissa = number};

        normalize(&quantity);
        return quantity;
}

int quantity_sign(const struct quantity *quantity)
{
        return (quantity->mantissa > 0) - (quantity->mantissa < 0);
}

static int digits(__int128 mantissa)
{
        int count = 0;

        for (; mantissa; mantissa /= 10)
                count++;
        return count;
}

int quantity_compare(const struct quantity *a, const struct quantity *b)
{
        int sign = quantity_sign(a), other = quantity_sign(b);
        int64_t size, other_size;
        __int128 left = a->mantissa, right = b->mantissa;

        if (sign != other || !sign)
                return (sign > other) - (sign < other);
        size = (int64_t)digits(left) + a->exponent;
        other_size = (int64_t)digits(right) + b->exponent;
        if (size != other_size)
                return size > other_size ? sign : -sign;
        /* Numbers of the same length: once the exponents are made equal, the mantissas have at most 38 digits. */
        if (a->exponent > b->exponent)
                left *= power_of_ten(a->exponent - b->exponent);
        else
                right *= power_of_ten(b->exponent - a->exponent);
        return (left > right) - (left < right);
}

bool quantity_add(const struct quantity *a, const struct quantity *b, struct quantity *out)
{
        int32_t exponent = a->exponent < b->exponent ? a->exponent : b->exponent;
        __int128 left, right;

        if (!a->mantissa || !b->mantissa) {
                *out = a->mantissa ? *a : *b;
                return true;
        }
        TRY(in_units(a, exponent, &left) && in_units(b, exponent, &right));
        out->format = a->format;
        out->exponent = exponent;
        TRY(!__builtin_add_overflow(left, right, &out->mantissa));
        normalize(out);
        return digits(out->mantissa) <= MOST_DIGITS;
}

bool quantity_subtract(const struct quantity *a, const struct quantity *b, struct quantity *out)
{
        struct quantity negative = *b;

        negative.mantissa = -negative.mantissa;
        return quantity_add(a, &negative, out);
}

bool quantity_integer(const struct quantity *quantity, int64_t *out)
{
        __int128 number;

        if (quantity->exponent < 0 || !in_units(quantity, 0, &number) || number > INT64_MAX || number < INT64_MIN)
                return false;
        *out = (int64_t)number;
        return true;
}

int64_t quantity_value(const struct quantity *quantity, int scale_of_unit)
{
        __int128 number;

        if (!in_units(quantity, scale_of_unit, &number))
                return quantity->mantissa < 0 ? INT64_MIN : INT64_MAX;
        return number > INT64_MAX ? INT64_MAX : number < INT64_MIN ? INT64_MIN : (int64_t)number;
}

double quantity_double(const struct quantity *quantity)
{
        if (quantity->exponent < 0)
                return (double)((long double)quantity->mantissa / powl(10, -quantity->exponent));
        return (double)((long double)quantity->mantissa * powl(10, quantity->exponent));
}

static struct str print_number(struct arena *arena, __int128 number, struct str suffix)
{
        char text[48];
        char *at = text + sizeof(text);
        unsigned __int128 rest = number < 0 ? -(unsigned __int128)number : (unsigned __int128)number;

        do {
                *--at = (char)('0' + (int)(rest % 10));
                rest /= 10;
        } while (rest);
        if (number < 0)
                *--at = '-';
        return str_format(arena, "%.*s%.*s", (int)(text + sizeof(text) - at), at, STR_ARG(suffix));
}

static struct str print_binary(struct arena *arena, const struct quantity *quantity)
{
        __int128 number = quantity_value(quantity, 0);
        int power = 0;

        while (number && number % 1024 == 0 && power < 60) {
                number /= 1024;
                power += 10;
        }
        for (size_t i = 0; i < COUNT_OF(suffixes); i++) {
                if (power && suffixes[i].power_of_two == power)
                        return print_number(arena, number, suffixes[i].text);
        }
        return print_number(arena, number, STR(""));
}

struct str quantity_print(struct arena *arena, const struct quantity *quantity)
{
        static const struct quantity kibi = {.mantissa = 1024}, minus_kibi = {.mantissa = -1024};
        int32_t exponent = quantity->exponent;
        __int128 number = quantity->mantissa;

        if (quantity->format == QUANTITY_BINARY && exponent >= 0
            && (quantity_compare(quantity, &kibi) >= 0 || quantity_compare(quantity, &minus_kibi) <= 0))
                return print_binary(arena, quantity);
        for (; exponent % 3; exponent--) {
                number *= 10;
                if (digits(number) > MOST_DIGITS) /* which could not be read again */
                        return print_number(arena, quantity->mantissa, str_format(arena, "e%d", quantity->exponent));
        }
        if (exponent && quantity->format == QUANTITY_EXPONENT)
                return print_number(arena, number, str_format(arena, "e%d", exponent));
        for (size_t i = 0; i < COUNT_OF(suffixes); i++) {
                if (!suffixes[i].power_of_two && suffixes[i].power_of_ten == exponent)
                        return print_number(arena, number, suffixes[i].text);
        }
        return print_number(arena, number, str_format(arena, "e%d", exponent));
}
