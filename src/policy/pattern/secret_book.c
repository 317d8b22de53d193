/* secret_book.c - the rules compiled, twice: all together for Hyperscan, each by itself for RE2. */

#include "policy/pattern/secret_book.h"

#include <stdlib.h>

#include "base/buf.h"
#include "policy/pattern/secret_book_internal.h"

/* Several regular expressions as one that is found where one of them is; `prefix` gives it flags. */
static bool join_patterns(struct arena *arena, const char *prefix, const struct str *patterns, size_t count,
                          struct regex **out, struct err *err)
{
        CLEANUP(buf_free) struct buf text = {0};

        if (!count)
                return true;
        buf_add(&text, str_of(prefix));
        for (size_t i = 0; i < count; i++) {
                struct regex *alone = regex_compile(patterns[i], err);

                TRY(alone);
                regex_free(alone);
                buf_add_format(&text, "%s(?:%.*s)", i ? "|" : "", STR_ARG(patterns[i]));
        }
        *out = regex_new(arena, str_copy(arena, buf_text(&text)), err);
        return *out;
}

/* How long a match can get, as Hyperscan sees it; also says what it does not understand. */
static bool measure(const struct hyperscan *hyperscan, struct secret_made *made, const char *pattern, struct err *err)
{
        hs_compile_error_t *failure = NULL;
        hs_expr_info_t *info = NULL;

        if (hyperscan->hs_expression_info(pattern, 0, &info, &failure) != HS_SUCCESS) {
                err_set(err, "Hyperscan does not understand the pattern: %s", failure ? failure->message : "no memory");
                hyperscan->hs_free_compile_error(failure);
                return false;
        }
        made->width = min_size(info->max_width, SECRET_LONGEST);
        if (info->min_width < 4)
                err_set(err, "the pattern matches texts of %u bytes: it must want 4 at least", info->min_width);
        free(info);
        return !err->length;
}

static bool make_rule(struct arena *arena, struct secret_book *book, struct secret_made *made, const char *pattern,
                      struct err *err)
{
        const struct secret_rule *rule = made->rule;

        made->regex = regex_new(arena, rule->pattern, err);
        TRY(made->regex);
        TRY(join_patterns(arena, "", rule->allow, rule->allow_count, &made->allow, err));
        if (!rule->path.len)
                return measure(book->hyperscan, made, pattern, err);
        made->path = regex_new(arena, rule->path, err);
        made->width = SECRET_LONGEST;
        return made->path;
}

static void release(void *object)
{
        struct secret_book *book = object;

        book->hyperscan->hs_free_scratch(book->scratch);
        book->hyperscan->hs_free_database(book->database);
}

static bool compile(struct secret_book *book, const char *const *patterns, const unsigned *flags,
                    const unsigned *numbers, struct err *err)
{
        const struct hyperscan *hyperscan = book->hyperscan;
        hs_compile_error_t *failure = NULL;

        if (hyperscan->hs_compile_multi(patterns, flags, numbers, (unsigned)book->searched, HS_MODE_STREAM, NULL,
                                        &book->database, &failure)
            == HS_SUCCESS)
                return hyperscan->hs_alloc_scratch(book->database, &book->scratch) == HS_SUCCESS
                       || err_set(err, "no memory for looking for secrets");
        if (failure && failure->expression >= 0 && (size_t)failure->expression < book->count)
                err_set(err, "%.*s: Hyperscan does not take its pattern: %s",
                        STR_ARG(book->rules[failure->expression].rule->id), failure->message);
        else
                err_set(err, "Hyperscan does not take the patterns of secrets: %s",
                        failure ? failure->message : "no memory");
        hyperscan->hs_free_compile_error(failure);
        return false;
}

static void order_rules(struct arena *arena, struct secret_book *book, const struct secret_rule *rules, size_t count)
{
        book->rules = arena_array(arena, struct secret_made, count);
        for (size_t pass = 0; pass < 2; pass++) {
                for (size_t i = 0; i < count; i++)
                        if ((rules[i].path.len > 0) == (pass == 1))
                                book->rules[book->count++].rule = &rules[i];
                book->searched = pass ? book->searched : book->count;
        }
}

struct secret_book *secret_book_new(struct arena *arena, const struct secret_rule *rules, size_t count,
                                    const struct secret_allowance *allowance, struct err *err)
{
        struct secret_book *book = arena_new(arena, struct secret_book);
        struct arena scratch CLEANUP(arena_free) = {0};
        const char **patterns;
        unsigned *flags, *numbers;

        if (!count || count > SECRET_RULES_MOST) {
                err_set(err, "%zu rules for secrets: 1 to %d are possible", count, SECRET_RULES_MOST);
                return NULL;
        }
        book->hyperscan = hyperscan_load(err);
        TRY(book->hyperscan);
        patterns = arena_array(&scratch, const char *, count);
        flags = arena_array(&scratch, unsigned, count);
        numbers = arena_array(&scratch, unsigned, count);
        order_rules(arena, book, rules, count);
        for (size_t i = 0; i < count; i++) {
                struct secret_made *made = &book->rules[i];

                patterns[i] = str_copy(&scratch, made->rule->pattern).data;
                numbers[i] = (unsigned)i;
                if (!make_rule(arena, book, made, patterns[i], err)) {
                        err_within(err, "%.*s", STR_ARG(made->rule->id));
                        return NULL;
                }
        }
        TRY(join_patterns(arena, "(?i)", allowance->placeholders, allowance->placeholder_count, &book->placeholders,
                          err));
        TRY(join_patterns(arena, "", allowance->paths, allowance->path_count, &book->paths, err));
        arena_at_end(arena, release, book);
        return compile(book, patterns, flags, numbers, err) ? book : NULL;
}

struct secret_book *secret_book_builtin(struct arena *arena, struct err *err)
{
        size_t count;
        const struct secret_rule *rules = secret_rules_builtin(arena, &count);

        return secret_book_new(arena, rules, count, secret_allowance_builtin(arena), err);
}
