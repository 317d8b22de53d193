/* lib_strings.c - the functions of strings (cel-go's ext.Strings): positions count code points, from 0. format is in
 * lib_strings_format.c. */

#include "policy/cel/lib_strings.h"

/* The byte at which the code point `index` begins; SIZE_MAX past the end. */
static size_t byte_at(struct str text, size_t index)
{
        size_t byte = 0;

        if (index > text.len)
                return SIZE_MAX;
        for (; index > 0; index--) {
                if (byte >= text.len)
                        return SIZE_MAX;
                for (byte++; byte < text.len && ((unsigned char)text.data[byte] & 0xc0) == 0x80;)
                        byte++;
        }
        return byte;
}

static bool take_position(struct cel_call *call, struct str text, const struct value *index, size_t *byte)
{
        *byte = index->i < 0 ? SIZE_MAX : byte_at(text, (size_t)index->i);
        return *byte != SIZE_MAX || cel_fail(call, "index out of range: %" PRId64, index->i);
}

/* The end of the character that begins at `byte`, or the end of the text. */
static size_t past_character(struct str text, size_t byte)
{
        size_t size = byte_at(str_from(text, byte), 1);

        return size == SIZE_MAX ? text.len : byte + size;
}

static bool char_at(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct str text = argument_text(&arguments[0]);
        size_t begin;

        TRY(spend_bytes(call, text.len));
        TRY(take_position(call, text, &arguments[1], &begin));
        return give_text(result, str_sub(text, begin, past_character(text, begin)));
}

/* A place in bytes as a position; -1 for SIZE_MAX. */
static bool give_position(struct value *result, struct str text, size_t byte)
{
        return give_int(result, byte == SIZE_MAX ? -1 : (int64_t)utf8_count(str_sub(text, 0, byte)));
}

static bool index_of(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct str text = argument_text(&arguments[0]), wanted = argument_text(&arguments[1]);

        TRY(spend_bytes(call, text.len));
        return give_position(result, text, str_find(text, wanted, 0));
}

static bool index_of_from(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct str text = argument_text(&arguments[0]), wanted = argument_text(&arguments[1]);
        size_t begin;

        TRY(spend_bytes(call, text.len));
        TRY(take_position(call, text, &arguments[2], &begin));
        return give_position(result, text, str_find(text, wanted, begin));
}

/* For each prefix of `wanted`, how long its longest end is that also begins it (Knuth, Morris, Pratt), so that searching takes
 * time linear in the text whatever is wanted. */
static uint32_t *borders_of(struct arena *arena, struct str wanted)
{
        uint32_t *borders = arena_array(arena, uint32_t, wanted.len);
        uint32_t length = 0;

        for (size_t i = 1; i < wanted.len; i++) {
                while (length > 0 && wanted.data[i] != wanted.data[length])
                        length = borders[length - 1];
                length += wanted.data[i] == wanted.data[length];
                borders[i] = length;
        }
        return borders;
}

/* The last place at or before `latest`. */
static size_t find_last(struct arena *arena, struct str text, struct str wanted, size_t latest)
{
        const uint32_t *borders = borders_of(arena, wanted);
        size_t last = SIZE_MAX;
        uint32_t length = 0;

        if (wanted.len == 0)
                return min_size(latest, text.len);
        for (size_t i = 0; i < text.len && i < checked_add(latest, wanted.len); i++) {
                while (length > 0 && (length == wanted.len || text.data[i] != wanted.data[length]))
                        length = borders[length - 1];
                length += text.data[i] == wanted.data[length];
                if (length == wanted.len)
                        last = i + 1 - length;
        }
        return last;
}

static bool give_last(struct cel_call *call, const struct value *arguments, size_t latest, struct value *result)
{
        struct str text = argument_text(&arguments[0]), wanted = argument_text(&arguments[1]);

        TRY(spend_bytes(call, text.len + wanted.len));
        return give_position(result, text, find_last(cel_arena(call), text, wanted, latest));
}

static bool last_index_of(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return give_last(call, arguments, arguments[0].len, result);
}

static bool last_index_of_from(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct str text = argument_text(&arguments[0]);
        size_t begin;

        TRY(take_position(call, text, &arguments[2], &begin));
        return give_last(call, arguments, begin, result);
}

static bool lower_ascii(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct str text = argument_text(&arguments[0]);
        char *out = arena_take_text(cel_arena(call), text.len);

        TRY(spend_bytes(call, text.len));
        for (size_t i = 0; i < text.len; i++)
                out[i] = text.data[i] >= 'A' && text.data[i] <= 'Z' ? (char)(text.data[i] + 32) : text.data[i];
        return give_text(result, (struct str){out, text.len});
}

static bool upper_ascii(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct str text = argument_text(&arguments[0]);
        char *out = arena_take_text(cel_arena(call), text.len);

        TRY(spend_bytes(call, text.len));
        for (size_t i = 0; i < text.len; i++)
                out[i] = text.data[i] >= 'a' && text.data[i] <= 'z' ? (char)(text.data[i] - 32) : text.data[i];
        return give_text(result, (struct str){out, text.len});
}

/* Where the next piece to replace or to split at stands from `begin` on; an empty one stands before every character and at
 * the end. */
static size_t next_place(struct str text, struct str wanted, size_t begin)
{
        if (wanted.len)
                return str_find(text, wanted, begin);
        return begin <= text.len ? begin : SIZE_MAX;
}

static size_t past_place(struct str text, struct str wanted, size_t place)
{
        if (wanted.len)
                return place + wanted.len;
        return place < text.len ? past_character(text, place) : SIZE_MAX;
}

static size_t count_places(struct str text, struct str wanted, int64_t limit)
{
        size_t most = limit < 0 ? SIZE_MAX : (size_t)limit, count = 0;

        for (size_t at = 0; count < most && at != SIZE_MAX; count++) {
                at = next_place(text, wanted, at);
                if (at == SIZE_MAX)
                        break;
                at = past_place(text, wanted, at);
        }
        return count;
}

static char *put(char *out, struct str text)
{
        return text.len ? mempcpy(out, text.data, text.len) : out;
}

static bool replace_up_to(struct cel_call *call, const struct value *arguments, int64_t limit, struct value *result)
{
        struct str text = argument_text(&arguments[0]), old = argument_text(&arguments[1]),
                   new = argument_text(&arguments[2]);
        size_t count, done = 0, at = 0, size;
        char *out, *start;

        TRY(spend_bytes(call, text.len));
        count = count_places(text, old, limit);
        size = checked_add(text.len - count * old.len, checked_mul(count, new.len));
        TRY(spend_bytes(call, size));
        start = out = arena_take_text(cel_arena(call), size);
        for (; count > 0; count--) {
                at = next_place(text, old, at);
                out = put(out, str_sub(text, done, at));
                out = put(out, new);
                done = at + old.len;
                at = past_place(text, old, at);
        }
        put(out, str_from(text, done));
        return give_text(result, (struct str){start, size});
}

static bool replace(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return replace_up_to(call, arguments, -1, result);
}

static bool replace_limited(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return replace_up_to(call, arguments, arguments[3].i, result);
}

/* Where the next part ends: at the separator, or, when that is empty, behind one character. */
static size_t end_of_part(struct str text, struct str separator, size_t begin)
{
        return separator.len ? str_find(text, separator, begin) : past_character(text, begin);
}

static size_t count_parts(struct str text, struct str separator)
{
        return separator.len ? count_places(text, separator, -1) + 1 : utf8_count(text);
}

static bool split_up_to(struct cel_call *call, const struct value *arguments, int64_t limit, struct value *result)
{
        struct str text = argument_text(&arguments[0]), separator = argument_text(&arguments[1]);
        size_t parts, begin = 0;
        struct node *items;

        TRY(spend_bytes(call, text.len));
        parts = count_parts(text, separator);
        if (limit >= 0)
                parts = min_size(parts, (size_t)limit);
        items = new_items(call, parts);
        for (size_t i = 0; i < parts; i++) {
                size_t end = i + 1 < parts ? end_of_part(text, separator, begin) : text.len;

                items[i].value = value_string(str_sub(text, begin, end));
                begin = end + separator.len;
        }
        *result = value_list(items, parts);
        return true;
}

bool lib_strings_split(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return split_up_to(call, arguments, -1, result);
}

bool lib_strings_count_split(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct str text = argument_text(&arguments[0]);

        TRY(spend_bytes(call, text.len));
        *result = value_int((int64_t)count_parts(text, argument_text(&arguments[1])));
        return true;
}

static bool split_limited(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return split_up_to(call, arguments, arguments[2].i, result);
}

static bool substring_from(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct str text = argument_text(&arguments[0]);
        size_t begin;

        TRY(spend_bytes(call, text.len));
        TRY(take_position(call, text, &arguments[1], &begin));
        return give_text(result, str_from(text, begin));
}

static bool substring(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct str text = argument_text(&arguments[0]);
        size_t begin, end;

        TRY(spend_bytes(call, text.len));
        if (arguments[1].i > arguments[2].i)
                return cel_fail(call, "invalid substring range. start: %" PRId64 ", end: %" PRId64, arguments[1].i,
                                arguments[2].i);
        TRY(take_position(call, text, &arguments[1], &begin));
        TRY(take_position(call, text, &arguments[2], &end));
        return give_text(result, str_sub(text, begin, end));
}

/* Unicode's White_Space property. */
static bool is_white_space(uint32_t c)
{
        return (c >= 0x09 && c <= 0x0d) || c == ' ' || c == 0x85 || c == 0xa0 || c == 0x1680
               || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f
               || c == 0x3000;
}

static bool trim(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct str text = argument_text(&arguments[0]);
        size_t begin = text.len, end = 0, size;
        uint32_t c;

        TRY(spend_bytes(call, text.len));
        for (size_t at = 0; (size = utf8_take(str_from(text, at), &c)) > 0; at += size) {
                if (is_white_space(c))
                        continue;
                begin = min_size(begin, at);
                end = at + size;
        }
        return give_text(result, str_sub(text, begin, end));
}

static bool reverse(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct str text = argument_text(&arguments[0]);
        char *start = arena_take_text(cel_arena(call), text.len);

        TRY(spend_bytes(call, text.len));
        for (size_t at = 0, end; at < text.len; at = end) {
                end = past_character(text, at);
                memcpy(start + text.len - end, text.data + at, end - at);
        }
        return give_text(result, (struct str){start, text.len});
}

static bool join_with(struct cel_call *call, const struct value *list, struct str separator, struct value *result)
{
        struct buf out CLEANUP(buf_free) = {0};

        value_each (list, item) {
                if (!value_is(&item->value, VALUE_STRING))
                        return no_overload(call);
                TRY(spend_bytes(call, separator.len + item->value.len));
                if (item != list->nodes)
                        buf_add(&out, separator);
                buf_add(&out, value_text(&item->value));
        }
        return give_text(result, str_copy(cel_arena(call), buf_text(&out)));
}

static bool join(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return join_with(call, &arguments[0], STR(""), result);
}

static bool join_separated(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return join_with(call, &arguments[0], argument_text(&arguments[1]), result);
}

static bool quote(struct cel_call *call, const struct value *arguments, struct value *result)
{
        static const char escaped[] = "\a\b\f\n\r\t\v\\\"", letters[] = "abfnrtv\\\"";
        struct str text = argument_text(&arguments[0]);
        struct buf out CLEANUP(buf_free) = {0};

        TRY(spend_bytes(call, text.len));
        buf_add_char(&out, '"');
        for (size_t i = 0; i < text.len; i++) {
                const char *at = text.data[i] ? strchr(escaped, text.data[i]) : NULL;

                if (at)
                        buf_add_char(&out, '\\');
                buf_add_char(&out, at ? letters[at - escaped] : text.data[i]);
        }
        buf_add_char(&out, '"');
        return give_text(result, str_copy(cel_arena(call), buf_text(&out)));
}

static const struct cel_overload overloads[] = {
        {"string.charAt(int): string", char_at},
        {"string.indexOf(string): int", index_of},
        {"string.indexOf(string, int): int", index_of_from},
        {"string.lastIndexOf(string): int", last_index_of},
        {"string.lastIndexOf(string, int): int", last_index_of_from},
        {"string.lowerAscii(): string", lower_ascii},
        {"string.upperAscii(): string", upper_ascii},
        {"string.replace(string, string): string", replace},
        {"string.replace(string, string, int): string", replace_limited},
        {"string.split(string): list(string)", lib_strings_split},
        {"string.split(string, int): list(string)", split_limited},
        {"string.substring(int): string", substring_from},
        {"string.substring(int, int): string", substring},
        {"string.trim(): string", trim},
        {"string.reverse(): string", reverse},
        {"list(string).join(): string", join},
        {"list(string).join(string): string", join_separated},
        {"strings.quote(string): string", quote},
        {"string.format(list(dyn)): string", lib_strings_format},
};

const struct cel_library cel_lib_strings = {"strings", overloads, COUNT_OF(overloads)};
