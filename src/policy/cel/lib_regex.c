/* lib_regex.c - regular expressions: cel-go's ext.Regex and Kubernetes' find and findAll. matches() is the language's own. */

#include "base/regex.h"
#include "base/vec.h"
#include "policy/cel/lib.h"

/* Compiles the pattern and pays for a search, which costs more the longer text and pattern are. */
static const struct regex *take_pattern(struct cel_call *call, struct str text, struct str pattern)
{
        TRY(cel_spend(call, (text.len / 10 + 1) * (pattern.len / 4 + 1)));
        return cel_regex(call, pattern);
}

static bool replace_up_to(struct cel_call *call, const struct value *arguments, int64_t limit, struct value *result)
{
        struct str text = argument_text(&arguments[0]), replaced;
        const struct regex *regex = take_pattern(call, text, argument_text(&arguments[1]));
        struct err err = {0};

        TRY(regex != NULL);
        if (!regex_replace(cel_arena(call), regex, text, argument_text(&arguments[2]), limit, &replaced, &err))
                return cel_fail(call, "%s", err.text);
        TRY(spend_bytes(call, replaced.len));
        return give_text(result, replaced);
}

static bool replace(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return replace_up_to(call, arguments, -1, result);
}

static bool replace_limited(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return replace_up_to(call, arguments, arguments[3].i, result);
}

/* What extract gives is the group when the pattern has one, else the whole match; more than one would be ambiguous. */
static bool take_group(struct cel_call *call, const struct regex *regex, struct str pattern, unsigned *group)
{
        *group = regex_group_count(regex);
        return *group <= 1
               || cel_fail(call, "regular expression has more than one capturing group: '%.*s'", STR_ARG(pattern));
}

static bool extract(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct str text = argument_text(&arguments[0]), pattern = argument_text(&arguments[1]), groups[2];
        const struct regex *regex = take_pattern(call, text, pattern);
        unsigned group;

        TRY(regex && take_group(call, regex, pattern, &group));
        if (!regex_find(regex, text, 0, groups, group + 1) || (group == 1 && groups[1].len == 0))
                return give_nothing(result);
        return give_optional(call, result, value_string(groups[group]));
}

/* The first `limit` matches, all when it is negative. Empty captures are left out, empty matches are not. */
static bool find_up_to(struct cel_call *call, const struct regex *regex, struct str text, unsigned group, int64_t limit,
                       struct value *result)
{
        struct regex_walk walk = {.regex = regex, .text = text};
        VEC(struct node) found = {0};
        struct str groups[2];

        while ((limit < 0 || found.count < (size_t)limit) && regex_next(&walk, groups, group + 1)) {
                TRY(cel_spend(call, 1));
                if (group == 0 || groups[1].len > 0)
                        *vec_push(cel_arena(call), &found) = (struct node){.value = value_string(groups[group])};
        }
        *result = value_list(found.items, found.count);
        return true;
}

static bool extract_all(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct str text = argument_text(&arguments[0]), pattern = argument_text(&arguments[1]);
        const struct regex *regex = take_pattern(call, text, pattern);
        unsigned group;

        TRY(regex && take_group(call, regex, pattern, &group));
        return find_up_to(call, regex, text, group, -1, result);
}

static bool find(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct str text = argument_text(&arguments[0]), match;
        const struct regex *regex = take_pattern(call, text, argument_text(&arguments[1]));

        TRY(regex != NULL);
        return give_text(result, regex_find(regex, text, 0, &match, 1) ? match : STR(""));
}

static bool find_all_up_to(struct cel_call *call, const struct value *arguments, int64_t limit, struct value *result)
{
        struct str text = argument_text(&arguments[0]);
        const struct regex *regex = take_pattern(call, text, argument_text(&arguments[1]));

        return regex && find_up_to(call, regex, text, 0, limit, result);
}

static bool find_all(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return find_all_up_to(call, arguments, -1, result);
}

static bool find_all_limited(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return find_all_up_to(call, arguments, arguments[2].i, result);
}

static const struct cel_overload overloads[] = {
        {"regex.replace(string, string, string): string", replace},
        {"regex.replace(string, string, string, int): string", replace_limited},
        {"regex.extract(string, string): optional_type(string)", extract},
        {"regex.extractAll(string, string): list(string)", extract_all},
        {"string.find(string): string", find},
        {"string.findAll(string): list(string)", find_all},
        {"string.findAll(string, int): list(string)", find_all_limited},
};

const struct cel_library cel_lib_regex = {"regex", overloads, COUNT_OF(overloads)};
