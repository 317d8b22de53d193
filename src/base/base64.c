/* base64.c - four letters for three bytes. */

#include "base/base64.h"

#include "base/reader.h"

static int base64_digit(unsigned char byte)
{
        if (is_letter(byte))
                return byte >= 'a' ? byte - 'a' + 26 : byte - 'A';
        if (is_digit(byte))
                return byte - '0' + 52;
        return byte == '+' ? 62 : byte == '/' ? 63 : -1;
}

bool base64_decode(struct arena *arena, struct str text, struct str *out)
{
        char *bytes = arena_take_text(arena, text.len / 4 * 3 + 3);
        size_t len = 0, digits = 0, padding = 0;
        uint32_t group = 0;

        for (size_t i = 0; i < text.len; i++) {
                int digit = base64_digit((unsigned char)text.data[i]);

                if (text.data[i] == '\n' || text.data[i] == '\r')
                        continue;
                padding += text.data[i] == '=';
                if (text.data[i] != '=' && (digit < 0 || padding))
                        return false;
                group = group << 6 | (digit < 0 ? 0 : (uint32_t)digit);
                if (++digits % 4)
                        continue;
                for (int shift = 16; shift >= 0; shift -= 8)
                        bytes[len++] = (char)(group >> shift);
                group = 0;
        }
        TRY(digits % 4 == 0 && padding <= 2 && len >= padding);
        *out = (struct str){bytes, len - padding};
        return true;
}

void base64_print(struct buf *out, struct str bytes)
{
        static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        char *to = buf_reserve(out, checked_add(bytes.len, bytes.len / 3 + 4)), *begin = to;

        for (size_t i = 0; i < bytes.len; i += 3) {
                size_t left = min_size(bytes.len - i, 3);
                uint32_t group = (uint32_t)(unsigned char)bytes.data[i] << 16;

                if (left > 1)
                        group |= (uint32_t)(unsigned char)bytes.data[i + 1] << 8;
                if (left > 2)
                        group |= (unsigned char)bytes.data[i + 2];
                *to++ = letters[group >> 18];
                *to++ = letters[group >> 12 & 63];
                *to++ = left > 1 ? letters[group >> 6 & 63] : '=';
                *to++ = left > 2 ? letters[group & 63] : '=';
        }
        out->len += (size_t)(to - begin);
}
