/* accounts.c - users and groups of an image (passwd(5), shadow(5), group(5)): notes for the facts that rules know (facts_accounts.c).
 *
 * A note is named after its file, without passwords and what is made of them: "user" NAME:STATE:UID:GID:SHELL, "password" NAME:STATE,
 * "group" NAME:GID. STATE is "none" (nobody is asked for a password), "shadow", "locked" or "set". */

#include "image/archive/paths.h"
#include "image/package/formats.h"

enum { MOST_LINES = 100000, MOST_FIELD = 256, FIELDS = 7 };

static struct str state_of(struct str password)
{
        if (!password.len)
                return STR("none");
        if (str_is(password, "x"))
                return STR("shadow");
        return password.data[0] == '!' || password.data[0] == '*' ? STR("locked") : STR("set");
}

/* The parts between colons, those that are missing empty; false for a comment, an empty line and entries of NIS. */
static bool split(struct str line, struct str fields[FIELDS])
{
        line = str_trim(line);
        if (!line.len || line.data[0] == '#' || line.data[0] == '+' || line.data[0] == '-')
                return false;
        for (size_t i = 0; i < FIELDS; i++) {
                if (!str_split(&line, ':', &fields[i]))
                        fields[i] = STR("");
                fields[i] = str_sub(fields[i], 0, MOST_FIELD);
        }
        return fields[0].len > 0 && utf8_check(fields[0]) == fields[0].len;
}

static bool parse(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct str rest = file->text, line, name = path_name(file->path), fields[FIELDS];
        size_t lines = 0;

        while (str_split(&rest, '\n', &line)) {
                struct str key = STR("group"), value;

                if (++lines > MOST_LINES)
                        return err_set(err, "more than %d lines", MOST_LINES);
                if (!split(line, fields))
                        continue;
                value = str_format(sink->arena, "%.*s:%.*s", STR_ARG(fields[0]), STR_ARG(fields[2]));
                if (str_is(name, "passwd")) {
                        key = STR("user");
                        value = str_format(sink->arena, "%.*s:%.*s:%.*s:%.*s:%.*s", STR_ARG(fields[0]),
                                           STR_ARG(state_of(fields[1])), STR_ARG(fields[2]), STR_ARG(fields[3]),
                                           STR_ARG(fields[6]));
                } else if (str_is(name, "shadow")) {
                        key = STR("password");
                        value = str_format(sink->arena, "%.*s:%.*s", STR_ARG(fields[0]), STR_ARG(state_of(fields[1])));
                }
                TRY(package_note(sink, key, value, err));
        }
        return true;
}

static const char *const paths[] = {"etc/passwd", "etc/shadow", "etc/group", NULL};

const struct package_format format_accounts = {
        .name = "accounts",
        .version = 1,
        .paths = paths,
        .most = 4 << 20,
        .parse = parse,
};
