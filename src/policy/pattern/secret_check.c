/* secret_check.c - check sums and shapes of tokens. */

#include "policy/pattern/secret_check.h"

#include <math.h>
#include <zlib.h>

#include "base/reader.h"
#include "doc/document.h"

enum { MOST_DECODED = 64 << 10 };

double secret_entropy(struct str text)
{
        uint32_t counts[256] = {0};
        double bits = 0;

        for (size_t i = 0; i < text.len; i++)
                counts[(unsigned char)text.data[i]]++;
        for (size_t i = 0; i < COUNT_OF(counts); i++)
                if (counts[i])
                        bits -= counts[i] * log2((double)counts[i] / (double)text.len);
        return text.len ? bits / (double)text.len : 0;
}

static int base64_digit(unsigned char byte)
{
        if (is_letter(byte))
                return byte >= 'a' ? byte - 'a' + 26 : byte - 'A';
        if (is_digit(byte))
                return byte - '0' + 52;
        return byte == '+' || byte == '-' ? 62 : byte == '/' || byte == '_' ? 63 : -1;
}

/* How many bytes at `at` only break the text: a line end, white space, or one of both written as an escape, perhaps within a text that
 * is itself escaped. */
static size_t gap_at(struct str text, size_t at)
{
        size_t end = at;

        if (text.data[at] == '\n' || text.data[at] == '\r' || text.data[at] == '\t' || text.data[at] == ' ')
                return 1;
        while (end < text.len && text.data[end] == '\\')
                end++;
        return end > at && end < text.len && (text.data[end] == 'n' || text.data[end] == 'r' || text.data[end] == 't')
                       ? end + 1 - at
                       : 0;
}

bool secret_decode(struct arena *scratch, struct str text, struct str *out)
{
        char *bytes;
        size_t len = 0, digits = 0, gap;
        uint32_t group = 0;

        TRY(text.len <= MOST_DECODED);
        bytes = arena_take_text(scratch, text.len);
        for (size_t i = 0; i < text.len; i += gap ? gap : 1) {
                int digit = base64_digit((unsigned char)text.data[i]);

                gap = digit < 0 ? gap_at(text, i) : 0;
                if (gap)
                        continue;
                if (text.data[i] == '=') {
                        *out = (struct str){bytes, len};
                        return text.len - i <= 4;
                }
                TRY(digit >= 0);
                group = group << 6 | (uint32_t)digit;
                digits++;
                if (digits % 4 != 1)
                        bytes[len++] = (char)(group >> (6 - 2 * ((digits + 3) % 4)));
        }
        *out = (struct str){bytes, len};
        return digits % 4 != 1;
}

/* --- check sums --- */

/* The last six letters are the CRC-32 of the thirty before, in base 62 (tokens of GitHub and npm). */
static bool holds_crc_base62(struct arena *scratch, struct str secret, struct str around)
{
        static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        enum { RANDOM = 30, SUM = 6 };
        struct str random, sum;
        uint32_t crc;

        (void)scratch, (void)around;
        TRY(secret.len > RANDOM + SUM);
        random = str_sub(secret, secret.len - RANDOM - SUM, secret.len - SUM);
        sum = str_from(secret, secret.len - SUM);
        crc = (uint32_t)crc32(0, (const unsigned char *)random.data, RANDOM);
        for (size_t i = SUM; i-- > 0; crc /= 62)
                TRY(sum.data[i] == digits[crc % 62]);
        return crc == 0;
}

static int hex_digit(char byte)
{
        return byte >= '0' && byte <= '9' ? byte - '0' : byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* The last eight digits are the CRC-32 of what stands before the last _, the lowest byte first. */
static bool holds_grafana(struct arena *scratch, struct str secret, struct str around)
{
        enum { SUM = 8 };
        uint32_t crc, sum = 0;

        (void)scratch, (void)around;
        TRY(secret.len > SUM + 1 && secret.data[secret.len - SUM - 1] == '_');
        crc = (uint32_t)crc32(0, (const unsigned char *)secret.data, (unsigned)(secret.len - SUM - 1));
        for (unsigned i = 0; i < SUM / 2; i++) {
                int high = hex_digit(secret.data[secret.len - SUM + 2 * i]);
                int low = hex_digit(secret.data[secret.len - SUM + 2 * i + 1]);

                TRY(high >= 0 && low >= 0);
                sum |= (uint32_t)(high << 4 | low) << (8 * i);
        }
        return crc == sum;
}

static uint32_t bech32_step(uint32_t sum, uint32_t value)
{
        static const uint32_t generator[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
        uint32_t top = sum >> 25;

        sum = (sum & 0x1ffffff) << 5 ^ value;
        for (unsigned i = 0; i < COUNT_OF(generator); i++)
                if (top >> i & 1)
                        sum ^= generator[i];
        return sum;
}

/* Bech32 (BIP 173) of an age identity; its human-readable part ends with the last 1. */
static bool holds_age(struct arena *scratch, struct str secret, struct str around)
{
        static const char digits[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
        const char *one = secret.len ? memrchr(secret.data, '1', secret.len) : NULL;
        uint32_t sum = 1;

        (void)scratch, (void)around;
        TRY(one);
        for (const char *at = secret.data; at < one; at++)
                sum = bech32_step(sum, (uint32_t)(*at | 0x20) >> 5);
        sum = bech32_step(sum, 0);
        for (const char *at = secret.data; at < one; at++)
                sum = bech32_step(sum, (uint32_t)(*at | 0x20) & 31);
        for (const char *at = one + 1; at < secret.data + secret.len; at++) {
                const char *digit = strchr(digits, is_letter((unsigned char)*at) ? *at | 0x20 : *at);

                TRY(digit && *digit);
                sum = bech32_step(sum, (uint32_t)(digit - digits));
        }
        return sum == 1;
}

/* A payment card: Luhn's sum (ISO/IEC 7812-1), and not one of the numbers that everybody tests with. */
static bool holds_luhn(struct arena *scratch, struct str secret, struct str around)
{
        unsigned sum = 0, digits = 0, others = 0;
        int first = -1;

        (void)scratch, (void)around;
        for (size_t i = secret.len; i-- > 0;) {
                unsigned digit = (unsigned)(secret.data[i] - '0');

                if (digit > 9)
                        continue;
                first = first < 0 ? (int)digit : first;
                others += (int)digit != first;
                sum += digits++ % 2 ? digit * 2 / 10 + digit * 2 % 10 : digit;
        }
        return digits >= 13 && digits <= 19 && sum % 10 == 0 && others > 3;
}

/* --- shapes --- */

/* The number of the account that a key id names, in base 32 behind its prefix: twelve decimal digits. Ids from before 2019 do not
 * have it. */
static bool holds_aws_account(struct arena *scratch, struct str secret, struct str around)
{
        enum { PREFIX = 4, DIGITS = 10 };
        uint64_t account = 0;

        (void)scratch, (void)around;
        TRY(secret.len == 20);
        for (size_t i = PREFIX; i < secret.len; i++) {
                char c = secret.data[i];
                int value = c >= 'A' && c <= 'Z' ? c - 'A' : c >= '2' && c <= '7' ? c - '2' + 26 : -1;

                TRY(value >= 0);
                if (i < PREFIX + DIGITS)
                        account = account << 5 | (unsigned)value;
        }
        /* Of the first 48 bits the first and the last seven are none of its. */
        account = account >> 2 >> 7 & ((UINT64_C(1) << 40) - 1);
        return secret.data[PREFIX] < 'Q' || account < UINT64_C(1000000000000);
}

/* Letters, digits, marks and spaces of ASCII, or UTF-8: no control characters. */
static bool is_printable(struct str text)
{
        for (size_t i = 0; i < text.len; i++)
                if ((unsigned char)text.data[i] < ' ' || text.data[i] == 0x7f)
                        return false;
        return utf8_check(text) == text.len;
}

static bool read_map(struct arena *scratch, struct str text, struct value *out)
{
        struct document document;
        struct err err = {0};

        TRY(secret_decode(scratch, text, &text) && text.len && text.data[0] == '{');
        TRY(json_read_one(scratch, text, &document, &err) && document.root.kind == VALUE_MAP);
        *out = document.root;
        return true;
}

/* RFC 7519: three parts, the first two JSON, the first says the algorithm. */
static bool read_jwt(struct arena *scratch, struct str secret, struct value *payload)
{
        struct str head, body;
        struct value header;

        TRY(str_split(&secret, '.', &head) && str_split(&secret, '.', &body) && secret.len);
        return read_map(scratch, head, &header) && value_member_text(&header, "alg").len
               && read_map(scratch, body, payload);
}

static bool holds_jwt(struct arena *scratch, struct str secret, struct str around)
{
        struct value payload;

        (void)around;
        return read_jwt(scratch, secret, &payload);
}

/* The token of a service account: its subject says so. */
static bool holds_kubernetes_jwt(struct arena *scratch, struct str secret, struct str around)
{
        struct value payload;

        (void)around;
        return read_jwt(scratch, secret, &payload)
               && str_starts(value_member_text(&payload, "sub"), STR("system:serviceaccount:"));
}

/* JSON in base64, behind a prefix and perhaps with something behind it. */
static bool holds_encoded_json(struct arena *scratch, struct str secret, struct str around)
{
        size_t begin = str_find(secret, STR("eyJ"), 0), end = begin;

        (void)around;
        TRY(begin != SIZE_MAX);
        while (end < secret.len && secret.data[end] != '_' && secret.data[end] != '.')
                end++;
        TRY(secret_decode(scratch, str_sub(secret, begin, end), &secret));
        return str_starts(secret, STR("{\"")) && str_ends(secret, STR("}")) && is_printable(secret);
}

/* The first of three parts is the number of the bot, in base64. */
static bool holds_discord(struct arena *scratch, struct str secret, struct str around)
{
        struct str number;

        (void)around;
        TRY(str_split(&secret, '.', &number) && secret_decode(scratch, number, &number));
        for (size_t i = 0; i < number.len; i++)
                TRY(is_digit((unsigned char)number.data[i]));
        return number.len >= 17 && number.len <= 20;
}

/* user:password in base64. */
static bool holds_pair(struct arena *scratch, struct str secret, struct str around)
{
        size_t colon;

        (void)around;
        TRY(secret_decode(scratch, secret, &secret) && is_printable(secret));
        colon = str_find(secret, STR(":"), 0);
        return colon != SIZE_MAX && colon > 0 && secret.len - colon > 3;
}

/* A macaroon of version 2 from PyPI: it ends with a signature of 32 bytes. */
static bool holds_pypi(struct arena *scratch, struct str secret, struct str around)
{
        enum { SIGNATURE = 6, BYTES = 32 };
        size_t dash = str_find(secret, STR("-"), 0);
        struct str text;

        (void)around;
        TRY(dash != SIZE_MAX && secret_decode(scratch, str_from(secret, dash + 1), &text));
        return text.len > BYTES + 2 && text.data[0] == 2 && text.data[1] == 1
               && text.data[text.len - BYTES - 2] == SIGNATURE && text.data[text.len - BYTES - 1] == BYTES;
}

/* --- texts that nobody gave a shape --- */

enum { LOWER, UPPER, DIGIT, MARK, CLASSES };

static unsigned class_of(char byte)
{
        return byte >= 'a' && byte <= 'z' ? LOWER : byte >= 'A' && byte <= 'Z' ? UPPER : is_digit(byte) ? DIGIT : MARK;
}

/* How many letters stand in parts between marks that are letters only: the words of "my-secret-2". */
static size_t letters_in_words(struct str text)
{
        size_t letters = 0, part = 0;
        bool is_word = true;

        for (size_t i = 0; i <= text.len; i++) {
                unsigned class = i < text.len ? class_of(text.data[i]) : MARK;

                part++;
                is_word = is_word && class != DIGIT;
                if (class != MARK)
                        continue;
                letters += is_word ? part - 1 : 0;
                part = 0;
                is_word = true;
        }
        return letters;
}

/* Whether a text looks chosen at random or as a password, and not as a word, a name, a number, a path or code. */
static bool holds_opaque(struct arena *scratch, struct str secret, struct str around)
{
        size_t counts[CLASSES] = {0}, changes = 0, run = 0, longest = 0, classes = 0;

        (void)scratch, (void)around;
        for (size_t i = 0; i < secret.len; i++) {
                unsigned class = class_of(secret.data[i]), before = i ? class_of(secret.data[i - 1]) : class;

                counts[class]++;
                changes += class != before && !(class == LOWER && before == UPPER);
                run = class == LOWER && before == LOWER ? run + 1 : 1;
                longest = run > longest ? run : longest;
        }
        for (size_t i = 0; i < CLASSES; i++)
                classes += counts[i] > 0;
        if (!counts[DIGIT] || counts[DIGIT] == secret.len || counts[LOWER] + counts[UPPER] == 0)
                return false;
        /* A constant: PKCS8_PRIVATE_KEY. */
        if (!counts[LOWER] && memchr(secret.data, '_', secret.len))
                return false;
        /* Four classes are what rules for passwords ask for; of names most is words. */
        if (classes < CLASSES && letters_in_words(secret) * 2 >= secret.len)
                return false;
        if (longest >= 4 && classes < CLASSES && changes * 5 < secret.len + 5)
                return false;
        return longest < 8 && changes >= 2;
}

/* A password behind a name and a colon that is not the name again. */
static bool holds_password(struct arena *scratch, struct str secret, struct str around)
{
        static const char ends[] = {'/', ' ', '"', '\'', '='};
        size_t user_end, user_begin;

        (void)scratch;
        TRY(secret.len >= 5 && secret.data > around.data && secret.data < around.data + around.len);
        user_end = (size_t)(secret.data - around.data) - 1;
        for (user_begin = user_end; user_begin > 0 && !memchr(ends, around.data[user_begin - 1], sizeof(ends));)
                user_begin--;
        return !str_equal(str_sub(around, user_begin, user_end), secret);
}

const struct secret_check secret_checks[] = {
        {STR_INIT("age"), holds_age},
        {STR_INIT("aws-account"), holds_aws_account},
        {STR_INIT("crc-base62"), holds_crc_base62},
        {STR_INIT("discord"), holds_discord},
        {STR_INIT("encoded-json"), holds_encoded_json},
        {STR_INIT("encoded-key"), secret_check_encoded_key},
        {STR_INIT("grafana"), holds_grafana},
        {STR_INIT("jwt"), holds_jwt},
        {STR_INIT("key-locked"), secret_check_key_locked},
        {STR_INIT("key-open"), secret_check_key_open},
        {STR_INIT("kubernetes-jwt"), holds_kubernetes_jwt},
        {STR_INIT("luhn"), holds_luhn},
        {STR_INIT("opaque"), holds_opaque},
        {STR_INIT("pair"), holds_pair},
        {STR_INIT("password"), holds_password},
        {STR_INIT("pgp"), secret_check_pgp},
        {STR_INIT("putty-open"), secret_check_putty_open},
        {STR_INIT("pypi"), holds_pypi},
        {STR_INIT("service-account"), secret_check_service_account},
};

const size_t secret_check_count = COUNT_OF(secret_checks);

const struct secret_check *secret_check_find(struct str name)
{
        for (size_t i = 0; i < secret_check_count; i++)
                if (str_equal(secret_checks[i].name, name))
                        return &secret_checks[i];
        return NULL;
}
