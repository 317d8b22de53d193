/* os_release.c - which operating system an image has (os-release(5)): notes with the names of its fields. */

#include "image/package/formats.h"

/* A value as a shell would read it: in quotes, or not; a backslash takes the next byte as it is. */
static struct str unquoted(struct arena *arena, struct str value)
{
        char *out = arena_take_text(arena, value.len + 1), quote = 0;
        size_t len = 0;

        for (size_t i = 0; i < value.len; i++) {
                char byte = value.data[i];

                if (byte == '\\' && quote != '\'' && i + 1 < value.len)
                        out[len++] = value.data[++i];
                else if (quote ? byte == quote : byte == '"' || byte == '\'')
                        quote = quote ? 0 : byte;
                else
                        out[len++] = byte;
        }
        return (struct str){out, len};
}

static bool parse(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct str rest = file->text, line;

        while (str_split(&rest, '\n', &line)) {
                struct str value = str_trim(line), key;

                if (!value.len || value.data[0] == '#')
                        continue;
                str_split(&value, '=', &key);
                if (value.data)
                        TRY(package_note(sink, str_trim(key), unquoted(sink->arena, str_trim(value)), err));
        }
        return true;
}

static const char *const paths[] = {"etc/os-release", "usr/lib/os-release", NULL};

const struct package_format format_os_release = {
        .name = "os-release",
        .version = 1,
        .paths = paths,
        .parse = parse,
};
