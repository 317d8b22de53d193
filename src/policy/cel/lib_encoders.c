/* lib_encoders.c - base64 (RFC 4648, cel-go's ext.Encoders). */

#include "policy/cel/lib.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static bool encode(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct str bytes = argument_text(&arguments[0]);
        size_t size = checked_mul(bytes.len / 3 + (bytes.len % 3 > 0), 4);
        char *start, *out;

        TRY(spend_bytes(call, bytes.len));
        out = start = arena_take_text(cel_arena(call), size);
        for (size_t i = 0; i < bytes.len; i += 3) {
                size_t left = min_size(bytes.len - i, 3);
                uint32_t group = (uint32_t)(unsigned char)bytes.data[i] << 16;

                group |= left > 1 ? (uint32_t)(unsigned char)bytes.data[i + 1] << 8 : 0;
                group |= left > 2 ? (uint32_t)(unsigned char)bytes.data[i + 2] : 0;
                *out++ = alphabet[group >> 18];
                *out++ = alphabet[group >> 12 & 63];
                *out++ = left > 1 ? alphabet[group >> 6 & 63] : '=';
                *out++ = left > 2 ? alphabet[group & 63] : '=';
        }
        return give_text(result, (struct str){start, size});
}

/* The text without line ends, which count nowhere in base64. */
static struct str without_line_ends(struct arena *arena, struct str text)
{
        char *out = arena_take_text(arena, text.len);
        size_t len = 0;

        for (size_t i = 0; i < text.len; i++) {
                if (text.data[i] != '\n' && text.data[i] != '\r')
                        out[len++] = text.data[i];
        }
        return (struct str){out, len};
}

/* Removes the padding, which may be missing, but not wrong. */
static bool take_padding(struct str *text)
{
        size_t padding = 0;

        while (padding < 2 && padding < text->len && text->data[text->len - 1 - padding] == '=')
                padding++;
        if (padding > 0 && text->len % 4 != 0)
                return false;
        text->len -= padding;
        return text->len % 4 != 1;
}

static bool decode(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct str text = without_line_ends(cel_arena(call), argument_text(&arguments[0]));
        uint32_t bits = 0, count = 0;
        char *start, *out;

        TRY(spend_bytes(call, text.len));
        if (!take_padding(&text))
                return cel_fail(call, "illegal base64 data: its length or padding is wrong");
        out = start = arena_take_text(cel_arena(call), text.len);
        for (size_t i = 0; i < text.len; i++) {
                const char *at = text.data[i] ? strchr(alphabet, text.data[i]) : NULL;

                if (!at)
                        return cel_fail(call, "illegal base64 data at input byte %zu", i);
                bits = bits << 6 | (uint32_t)(at - alphabet);
                count += 6;
                if (count >= 8)
                        *out++ = (char)(bits >> (count -= 8));
        }
        *result = value_string(str_span(start, out));
        result->kind = VALUE_BYTES;
        return true;
}

static const struct cel_overload overloads[] = {
        {"base64.encode(bytes): string", encode},
        {"base64.decode(string): bytes", decode},
};

const struct cel_library cel_lib_encoders = {"encoders", overloads, COUNT_OF(overloads)};
