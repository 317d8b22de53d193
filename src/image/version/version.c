/* version.c - the table of version schemes, and judging lines of comparisons. */

#include "image/version/version.h"

const struct version_scheme *const version_schemes[] = {
        &version_apk,    &version_bitnami, &version_cargo,     &version_cran,     &version_deb,
        &version_golang, &version_hackage, &version_hex,       &version_jvm,      &version_maven,
        &version_npm,    &version_nuget,   &version_packagist, &version_pacman,   &version_portage,
        &version_pub,    &version_pypi,    &version_rpm,       &version_rubygems, &version_semver,
};

const size_t version_scheme_count = COUNT_OF(version_schemes);

const struct version_scheme *version_scheme_find(struct str name)
{
        for (size_t i = 0; i < version_scheme_count; i++)
                if (str_equal(name, str_of(version_schemes[i]->name)))
                        return version_schemes[i];
        return NULL;
}

static bool check(const struct version_scheme *scheme, struct str text, struct err *err)
{
        const char *fault = text.len ? scheme->fault(text) : "it is empty";

        if (LIKELY(!fault))
                return true;
        return err_set(err, "\"%.*s\" is no %s version: %s", STR_ARG(text), scheme->name, fault);
}

bool version_compare(const struct version_scheme *scheme, struct str a, struct str b, int *order, struct err *err)
{
        int number;

        TRY(check(scheme, a, err) && check(scheme, b, err));
        number = scheme->compare(a, b);
        *order = (number > 0) - (number < 0);
        return true;
}

/* Whether a line holds; its fields have single spaces between them, so that any text without spaces can be a version. */
static bool judge_line(const struct version_scheme *scheme, struct str line, bool *holds, struct err *err)
{
        struct str a = {0}, sign = {0}, rest = line;
        int order;

        if (!str_split(&rest, ' ', &a) || !str_split(&rest, ' ', &sign) || !rest.data
            || str_find(rest, STR(" "), 0) != SIZE_MAX)
                return err_set(err, "\"%.*s\" is not of the form: VERSION OP VERSION", STR_ARG(line));
        if (!str_is(sign, "<") && !str_is(sign, "=") && !str_is(sign, ">"))
                return err_set(err, "\"%.*s\" is no comparison: use <, = or >", STR_ARG(sign));
        TRY(version_compare(scheme, a, rest, &order, err));
        *holds = order == (sign.data[0] == '<' ? -1 : sign.data[0] == '=' ? 0 : 1);
        return true;
}

void version_judge(const struct version_scheme *scheme, struct str lines, struct buf *out,
                   struct version_verdict *verdict, void (*tell)(void *whom, size_t line, const struct err *err),
                   void *whom)
{
        struct str rest = lines, line;

        for (size_t number = 1; str_split(&rest, '\n', &line); number++) {
                struct err err = {.length = 0};
                bool holds = false;

                if (!line.len)
                        continue;
                if (!judge_line(scheme, line, &holds, &err)) {
                        verdict->faults++;
                        tell(whom, number, &err);
                        continue;
                }
                verdict->judged++;
                if (!holds) {
                        verdict->failed++;
                        buf_add(out, line);
                        buf_add(out, STR("\n"));
                }
        }
}
