/* json.c - JSON (RFC 8259), each byte looked at once. */

#include "base/reader.h"
#include "doc/number.h"
#include "doc/reading.h"

struct json {
        struct reading base;
        const char *at, *end;
};

static bool read_value(struct json *json, struct node *out);

static uint32_t place_of(const struct json *json, const char *at)
{
        return (uint32_t)(at - json->base.text.data);
}

/* What is wrong at the cursor, which may stand at the end. */
static bool wrong(struct json *json, const char *message)
{
        if (json->at >= json->end)
                return reading_problem(&json->base, place_of(json, json->end), "the text ends too early: %s", message);
        return reading_problem(&json->base, place_of(json, json->at), "%s", message);
}

static inline int peek(const struct json *json)
{
        return json->at < json->end ? (unsigned char)*json->at : -1;
}

static inline bool is_space(int byte)
{
        return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

/* Lines are indented with many spaces, which go eight at a time. */
static inline void skip_space(struct json *json)
{
        const uint64_t spaces = 0x2020202020202020ULL;
        const char *at = json->at;

        while (at < json->end && is_space((unsigned char)*at)) {
                uint64_t bytes;

                at++;
                while (json->end - at >= 8 && (memcpy(&bytes, at, sizeof(bytes)), bytes == spaces))
                        at += 8;
        }
        json->at = at;
}

/* --- strings --- */

/* 0: a letter like any other. */
enum { ENDS = 1, ESCAPES, CONTROLS, BEYOND_ASCII };

static const unsigned char letters[256] = {
        [0 ... 0x1F] = CONTROLS,
        ['"'] = ENDS,
        ['\\'] = ESCAPES,
        [0x80 ... 0xFF] = BEYOND_ASCII,
};

/* To the next byte that is not like any other; eight at a time. */
static const char *skip_letters(const char *at, const char *end)
{
        const uint64_t ones = 0x0101010101010101ULL, tops = 0x8080808080808080ULL;

        while (end - at >= 8) {
                uint64_t bytes, quotes, slashes, found;

                memcpy(&bytes, at, sizeof(bytes));
                quotes = bytes ^ ones * '"';
                slashes = bytes ^ ones * '\\';
                found = (bytes | (quotes - ones) | (slashes - ones) | (bytes - ones * 0x20)) & tops;
                if (found)
                        break;
                at += 8;
        }
        while (at < end && !letters[(unsigned char)*at])
                at++;
        return at;
}

static bool hex4(const char *at, const char *end, uint32_t *unit)
{
        TRY(end - at >= 4);
        *unit = 0;
        for (int i = 0; i < 4; i++) {
                unsigned char byte = (unsigned char)at[i];
                unsigned digit = is_digit(byte) ? byte - (unsigned)'0' : (byte | 32U) - 'a' + 10U;

                TRY(digit < 16 && (is_digit(byte) || digit >= 10));
                *unit = *unit << 4 | digit;
        }
        return true;
}

/* Behind `\u`. Half a pair alone is U+FFFD, as Go has it. */
static bool take_unit(const char **at, const char *end, uint32_t *code_point)
{
        uint32_t low;

        TRY(hex4(*at, end, code_point));
        *at += 4;
        if (*code_point < 0xD800 || *code_point > 0xDFFF)
                return true;
        if (*code_point < 0xDC00 && end - *at >= 6 && (*at)[0] == '\\' && (*at)[1] == 'u' && hex4(*at + 2, end, &low)
            && low >= 0xDC00 && low <= 0xDFFF) {
                *at += 6;
                *code_point = 0x10000 + ((*code_point - 0xD800) << 10) + (low - 0xDC00);
        } else {
                *code_point = 0xFFFD;
        }
        return true;
}

/* A text with escapes, between its quotes. The escapes are checked already, but for their digits. */
static bool unescape(struct json *json, struct str raw, struct str *out)
{
        static const char meanings[256] = {['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
                                           ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t'};
        const char *at = raw.data, *end = raw.data + raw.len;
        char *text = arena_take_text(json->base.arena, raw.len), *to = text;

        while (at < end) {
                const char *escape = memchr(at, '\\', (size_t)(end - at));
                size_t plain = (size_t)((escape ? escape : end) - at);
                uint32_t code_point;

                memcpy(to, at, plain);
                to += plain;
                at += plain;
                if (at == end)
                        break;
                json->at = at;
                if (meanings[(unsigned char)at[1]]) {
                        *to++ = meanings[(unsigned char)at[1]];
                        at += 2;
                        continue;
                }
                at += 2;
                if (at[-1] != 'u' || !take_unit(&at, end, &code_point))
                        return wrong(json, "JSON has no such escape: \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with "
                                           "four hex digits "
                                           "are all that there are");
                to += utf8_put(to, code_point);
        }
        *out = str_span(text, to);
        return true;
}

static bool wrong_letter(struct json *json, const char *begin)
{
        if (json->at >= json->end)
                return reading_problem(&json->base, place_of(json, begin), "this text has no closing quote");
        if (*json->at == '\n' || *json->at == '\r')
                return wrong(json, "a text has to be closed with a quote on its own line: write \\n for a line end");
        return wrong(json, "a control character stands in a text: write it as an escape, a tab as \\t");
}

/* From the opening quote to behind the closing one. */
static bool take_string(struct json *json, struct str *out)
{
        const char *begin = json->at, *closing;
        bool has_escapes = false, has_more = false;
        struct str raw;
        size_t good;

        json->at++;
        for (;;) {
                json->at = skip_letters(json->at, json->end);
                if (json->at >= json->end || letters[(unsigned char)*json->at] == CONTROLS)
                        return wrong_letter(json, begin);
                if (*json->at == '"')
                        break;
                has_escapes |= *json->at == '\\';
                has_more |= *json->at != '\\';
                json->at += *json->at == '\\' && json->end - json->at > 1 ? 2 : 1;
        }
        closing = json->at;
        raw = str_span(begin + 1, closing);
        if (raw.len > json->base.limits->scalar_bytes)
                return reading_too_large(&json->base, place_of(json, begin), "a text here is longer than %u bytes",
                                         json->base.limits->scalar_bytes);
        good = has_more ? utf8_check(raw) : raw.len;
        if (good < raw.len) {
                json->at = raw.data + good;
                return wrong(json, "this byte is not UTF-8: save the text as UTF-8");
        }
        if (has_escapes)
                TRY(unescape(json, raw, &raw));
        json->at = closing + 1;
        *out = raw;
        return true;
}

/* --- numbers and words --- */

static size_t skip_digits(struct json *json)
{
        const char *begin = json->at;

        while (json->at < json->end && is_digit((unsigned char)*json->at))
                json->at++;
        return (size_t)(json->at - begin);
}

static bool take_fraction(struct json *json)
{
        if (peek(json) == '.') {
                json->at++;
                if (!skip_digits(json))
                        return wrong(json, "a digit is missing behind the point of a number");
        }
        if (peek(json) == 'e' || peek(json) == 'E') {
                json->at++;
                json->at += peek(json) == '+' || peek(json) == '-';
                if (!skip_digits(json))
                        return wrong(json, "a digit is missing in the exponent of a number");
        }
        return true;
}

static bool take_number(struct json *json, struct value *out)
{
        const char *begin = json->at, *whole;
        struct str text;

        json->at += *begin == '-';
        whole = json->at;
        if (!skip_digits(json))
                return wrong(json, "a digit is missing behind the minus sign");
        if (*whole == '0' && json->at - whole > 1) {
                json->at = begin;
                return wrong(json,
                             "a number does not begin with a zero in JSON: remove it, or put quotes around the number");
        }
        whole = json->at;
        TRY(take_fraction(json));
        text = str_span(begin, json->at);
        if (json->at == whole ? number_whole(text, out) : number_double(text, out))
                return true;
        json->at = begin;
        return wrong(json, "this number is too large for a double");
}

static bool take_word(struct json *json, struct value *out)
{
        static const struct {
                struct str text;
                struct value value;
        } words[] = {
                {STR_INIT("true"), {.kind = VALUE_BOOL, .u = 1}},
                {STR_INIT("false"), {.kind = VALUE_BOOL, .u = 0}},
                {STR_INIT("null"), {.kind = VALUE_NULL}},
        };

        for (size_t i = 0; i < COUNT_OF(words); i++) {
                struct str text = words[i].text;

                if (!str_starts(str_span(json->at, json->end), text))
                        continue;
                if (json->end - json->at > (ptrdiff_t)text.len && is_letter((unsigned char)json->at[text.len]))
                        break;
                *out = words[i].value;
                json->at += text.len;
                return true;
        }
        return wrong(json,
                     "this is no JSON value: text needs double quotes, and the only words are true, false and null");
}

/* --- lists and maps --- */

/* Behind an item: a comma, or the end. */
static bool take_comma(struct json *json, char end, bool *is_last, const char *message)
{
        int byte;

        skip_space(json);
        byte = peek(json);
        if (byte != ',' && byte != end)
                return wrong(json, message);
        json->at++;
        *is_last = byte == end;
        if (*is_last)
                return true;
        skip_space(json);
        if (peek(json) == end)
                return wrong(json, "something has to follow the comma: remove it");
        return true;
}

static bool take_list(struct json *json, struct value *out)
{
        size_t base = slot_count(&json->base);
        bool is_last;

        json->at++;
        skip_space(json);
        is_last = peek(json) == ']';
        json->at += is_last;
        while (!is_last) {
                struct slot slot = {0};

                TRY(read_value(json, &slot.node));
                slot_add(&json->base, slot);
                TRY(take_comma(json, ']', &is_last, "a list wants a comma or its `]` here"));
        }
        *out = slots_to_list(&json->base, base);
        return true;
}

static bool take_member(struct json *json)
{
        struct slot slot = {.key_at = place_of(json, json->at)};
        struct str key;
        uint32_t number;

        if (peek(json) != '"')
                return wrong(json, "a map wants a key in double quotes here, or its `}`");
        TRY(take_string(json, &key));
        number = reading_key(&json->base, key);
        skip_space(json);
        if (peek(json) != ':')
                return wrong(json, "a colon has to follow a key");
        json->at++;
        skip_space(json);
        TRY(read_value(json, &slot.node));
        slot.node.key = number;
        slot_add(&json->base, slot);
        return true;
}

static bool take_map(struct json *json, struct value *out)
{
        size_t base = slot_count(&json->base);
        bool is_last;

        json->at++;
        skip_space(json);
        is_last = peek(json) == '}';
        json->at += is_last;
        while (!is_last) {
                TRY(take_member(json));
                TRY(take_comma(json, '}', &is_last, "a map wants a comma or its `}` here"));
        }
        *out = slots_to_map(&json->base, base);
        return true;
}

static bool take_nested(struct json *json, bool (*take)(struct json *json, struct value *out), struct value *out)
{
        TRY(reading_enter(&json->base, place_of(json, json->at)));
        TRY(take(json, out));
        json->base.depth--;
        return true;
}

static bool take_text(struct json *json, struct value *out)
{
        struct str text;

        TRY(take_string(json, &text));
        *out = value_string(text);
        out->flags = VALUE_QUOTED;
        return true;
}

/* The value at the cursor; no space stands before it. */
static bool read_value(struct json *json, struct node *out)
{
        int byte = peek(json);

        *out = (struct node){.at = place_of(json, json->at)};
        TRY(reading_count(&json->base, out->at));
        if (byte == '"')
                return take_text(json, &out->value);
        if (byte == '{')
                return take_nested(json, take_map, &out->value);
        if (byte == '[')
                return take_nested(json, take_list, &out->value);
        if (byte == '-' || is_digit(byte))
                return take_number(json, &out->value);
        return byte < 0 ? wrong(json, "a value is missing") : take_word(json, &out->value);
}

static bool read_document(struct json *json)
{
        struct document document = {.index = json->base.index, .begin = place_of(json, json->at)};
        struct node root;

        reading_document(&json->base, document.begin);
        TRY(read_value(json, &root));
        document.root = root.value;
        document.at = root.at;
        document.end = place_of(json, json->at);
        if (!json->base.problems)
                *vec_push(json->base.arena, &json->base.out->documents) = document;
        json->base.index++;
        return true;
}

void json_read(struct arena *arena, struct str text, const struct document_limits *limits, struct document_stream *out)
{
        struct json json = {.at = text.len ? text.data : "", .end = text.len ? text.data + text.len : ""};
        const char *begin = json.at;

        if (reading_begin(&json.base, arena, str_span(begin, json.end), limits, out)) {
                json.at += str_starts(text, STR("\xEF\xBB\xBF")) ? 3 : 0;
                for (skip_space(&json); json.at < json.end && read_document(&json);)
                        skip_space(&json);
        }
        reading_end(&json.base);
}
