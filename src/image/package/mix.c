/* mix.c - mix.lock of Elixir and Erlang (hexdocs.pm/mix): "name": {:hex, :name, "version", "hash", ...}, */

#include "image/package/language.h"

/* The next term of a tuple: a text in quotes, or an atom, without its colon. */
static struct str next_term(struct str *rest)
{
        struct str text = str_trim(*rest), term;

        if (str_starts(text, STR(",")))
                text = str_trim(str_from(text, 1));
        if (str_starts(text, STR("\""))) {
                term = language_before(str_from(text, 1), "\"");
                *rest = str_from(text, term.len + 2);
                return term;
        }
        term = language_before(text, ",}] ");
        *rest = str_from(text, term.len);
        return str_starts(term, STR(":")) ? language_unquote(str_from(term, 1)) : term;
}

static bool add(struct package_sink *sink, struct str key, struct str tuple, unsigned line, struct err *err)
{
        struct str kind = next_term(&tuple), second = next_term(&tuple), third = next_term(&tuple);
        struct package package = {.type = STR("hex"), .name = key, .version = third};

        if (!key.len || !third.len)
                return package_problem(sink, "line %u: wanted is \"name\": {:hex, :name, \"version\", ...}", line);
        if (str_is(kind, "git"))
                package.qualifiers = package_qualifier(sink->arena, "vcs_url", second);
        else if (str_is(kind, "hex"))
                package.name = second;
        return package_add(sink, &package, err);
}

static bool parse(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct str rest = file->text, line;
        unsigned number = 0;

        while (str_split(&rest, '\n', &line)) {
                struct str text = str_trim(line), key;
                size_t brace;

                number++;
                if (str_starts(text, STR("%{")))
                        text = str_trim(str_from(text, 2)); /* older versions begin on the first line */
                if (!str_starts(text, STR("\"")))
                        continue;
                key = language_before(str_from(text, 1), "\"");
                brace = str_find(text, STR("{"), key.len);
                if (brace == SIZE_MAX)
                        package_problem(sink, "line %u: wanted is { behind the name", number);
                else
                        TRY(add(sink, key, str_from(text, brace + 1), number, err));
        }
        return true;
}

static const char *const paths[] = {"**/mix.lock", NULL};

const struct package_format format_mix = {
        .name = "mix",
        .version = 2,
        .paths = paths,
        .folders_only = true,
        .parse = parse,
};
