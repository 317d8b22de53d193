/* requirements.c - requirements.txt of pip (pip.pypa.io, requirements file format).
 *
 * Only "==" names a version; what asks for a range is listed without one. Files named by -r and -c are read where their own
 * names say that they are such files. */

#include "image/package/language.h"

/* PowerShell writes UTF-16. What is not ASCII cannot be in a name or version. */
static struct str as_utf8(struct arena *scratch, struct str text)
{
        bool little = str_starts(text, STR("\xff\xfe")), big = str_starts(text, STR("\xfe\xff"));
        char *out;

        if (!little && !big)
                return str_from(text, utf8_mark(text));
        out = arena_take_text(scratch, text.len / 2 + 1);
        for (size_t i = 0; i < text.len / 2; i++) {
                unsigned char high = (unsigned char)text.data[2 * i + little],
                              low = (unsigned char)text.data[2 * i + big];

                out[i] = high || low >= 0x80 ? '?' : (char)low;
        }
        return (struct str){out + 1, text.len / 2 - 1};
}

/* Lines that end in a backslash go on. `room` is as large as the text. */
static bool next_line(char *room, struct str *rest, struct str *out)
{
        struct str line;
        size_t len = 0;

        while (str_split(rest, '\n', &line)) {
                bool more;

                if (line.len && line.data[line.len - 1] == '\r')
                        line.len--;
                more = str_ends(line, STR("\\"));
                line.len -= more;
                if (line.len)
                        memcpy(room + len, line.data, line.len);
                len += line.len;
                if (more)
                        room[len++] = ' ';
                *out = (struct str){room, len};
                if (!more)
                        return true;
        }
        return len > 0;
}

static bool is_name(struct str name)
{
        for (size_t i = 0; i < name.len; i++) {
                char byte = name.data[i];

                if (!(byte >= 'a' && byte <= 'z') && !(byte >= 'A' && byte <= 'Z') && !(byte >= '0' && byte <= '9')
                    && !strchr("-_.", byte))
                        return false;
        }
        return name.len > 0;
}

/* "1.0" of "== 1.0", "===1.0"; nothing of "==1.*" and ">=1.0,<2". */
static struct str version_of(struct str constraint)
{
        struct str version;

        constraint = str_trim(constraint);
        if (str_starts(constraint, STR("(")))
                constraint = str_trim(language_before(str_from(constraint, 1), ")"));
        if (!str_starts(constraint, STR("==")) || memchr(constraint.data, ',', constraint.len))
                return (struct str){"", 0};
        version = str_trim(str_from(constraint, str_starts(constraint, STR("===")) ? 3 : 2));
        version = language_before(version, " \t;#");
        return memchr(version.data, '*', version.len) || memchr(version.data, '$', version.len) ? (struct str){"", 0}
                                                                                                : version;
}

static bool take(struct package_sink *sink, struct str line, struct err *err)
{
        size_t comment = str_find(line, STR(" #"), 0), options = str_find(line, STR(" --"), 0);
        struct str text = str_sub(line, 0, comment == SIZE_MAX ? line.len : comment), name, rest;

        text = str_trim(str_sub(text, 0, options));
        text = str_trim(language_before(text, ";"));
        if (!text.len || text.data[0] == '#' || text.data[0] == '-')
                return true;
        name = str_trim(language_before(text, " \t=<>!~[(@"));
        rest = str_trim(str_from(text, language_before(text, " \t=<>!~[(@").len));
        if (str_starts(rest, STR("[")))
                rest = str_trim(str_from(rest, language_before(rest, "]").len + 1));
        if (!is_name(name) || (rest.len && !strchr("=<>!~(@", rest.data[0])))
                return true; /* an address, a folder, or a name that the environment gives */
        return language_add(sink, "pypi", name, version_of(rest), 0, err);
}

static bool parse(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct str rest = as_utf8(&scratch, file->text), line;
        char *room = arena_take_text(&scratch, rest.len + 1);

        while (next_line(room, &rest, &line))
                TRY(take(sink, line, err));
        return true;
}

static const char *const paths[] = {"**/requirements.txt", "**/requirements*.txt", "**/*requirements.txt",
                                    "**/requirements/*.txt", NULL};

const struct package_format format_requirements = {
        .name = "requirements",
        .version = 1,
        .paths = paths,
        .folders_only = true,
        .most = 4 << 20,
        .parse = parse,
};
