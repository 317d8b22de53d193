/* uri.c - from URIs to paths. */

#include "editor/uri.h"

static int digit_of(char byte)
{
        if (byte >= '0' && byte <= '9')
                return byte - '0';
        byte |= 0x20;
        return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

bool uri_to_path(struct arena *arena, struct str uri, struct str *path)
{
        struct str rest;
        char *out;
        size_t len = 0;

        TRY(str_starts(uri, STR("file://")));
        rest = str_from(uri, strlen("file://"));
        if (str_starts(rest, STR("localhost/")))
                rest = str_from(rest, strlen("localhost"));
        TRY(str_starts(rest, STR("/")));
        out = arena_take_text(arena, rest.len + 1);
        for (size_t i = 0; i < rest.len; i++) {
                char byte = rest.data[i];

                if (byte == '?' || byte == '#')
                        break;
                if (byte == '%') {
                        int high = i + 2 < rest.len ? digit_of(rest.data[i + 1]) : -1;
                        int low = i + 2 < rest.len ? digit_of(rest.data[i + 2]) : -1;

                        TRY(high >= 0 && low >= 0);
                        byte = (char)(high * 16 + low);
                        i += 2;
                }
                TRY(byte);
                out[len++] = byte;
        }
        while (len > 1 && out[len - 1] == '/')
                len--;
        out[len] = 0;
        *path = (struct str){out, len};
        return true;
}
