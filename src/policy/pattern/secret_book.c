/* secret_book.c - the rules compiled: all together for Hyperscan, and each by itself for RE2. */

#include "policy/pattern/secret_book.h"

#include <malloc.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "policy/pattern/secret_book_internal.h"
#include "policy/pattern/secret_check.h"

enum { ENGINE = 1 }; /* raised when the same rules find other things than before */

/* --- regular expressions --- */

const struct regex *secret_regex_get(struct secret_regex *regex)
{
        struct regex *compiled = atomic_load(&regex->compiled), *none = NULL;
        struct err err = {0};

        if (LIKELY(compiled) || !regex->pattern.len)
                return compiled;
        compiled = regex_compile(regex->pattern, &err);
        if (!compiled)
                abort(); /* it was tried when the book was first made */
        if (atomic_compare_exchange_strong(&regex->compiled, &none, compiled))
                return compiled;
        regex_free(compiled);
        return none;
}

bool secret_regex_matches(struct secret_regex *regex, struct str text)
{
        const struct regex *compiled = secret_regex_get(regex);

        return compiled && regex_matches(compiled, text);
}

void secret_regex_free(struct secret_regex *regex)
{
        regex_free(atomic_exchange(&regex->compiled, NULL));
}

/* Several patterns as one that is found where one of them is; `flags` is put before it. */
static struct str join_patterns(struct arena *arena, const char *flags, const struct str *patterns, size_t count)
{
        CLEANUP(buf_free) struct buf text = {0};

        if (!count)
                return STR("");
        buf_add(&text, str_of(flags));
        for (size_t i = 0; i < count; i++)
                buf_add_format(&text, "%s(?:%.*s)", i ? "|" : "", STR_ARG(patterns[i]));
        return str_copy(arena, buf_text(&text));
}

static bool try_pattern(struct str pattern, struct err *err)
{
        struct regex *regex = regex_compile(pattern, err);

        regex_free(regex);
        return regex;
}

static bool try_patterns(const struct str *patterns, size_t count, struct err *err)
{
        for (size_t i = 0; i < count; i++)
                TRY(try_pattern(patterns[i], err));
        return true;
}

/* Whether everything that will be compiled when it is needed can be. */
static bool try_rule(const struct secret_made *made, struct err *err)
{
        const struct secret_rule *rule = made->rule;

        TRY(try_pattern(rule->pattern, err) && try_patterns(rule->allow, rule->allow_count, err));
        return (!made->allow.pattern.len || try_pattern(made->allow.pattern, err))
               && (!rule->path.len || try_pattern(rule->path, err));
}

/* --- Hyperscan --- */

/* How long a match can get, as Hyperscan sees it; also says what it does not understand. */
static bool measure(const struct secret_book *book, struct secret_made *made, const char *pattern, struct err *err)
{
        const struct hyperscan *hyperscan = book->hyperscan;
        hs_compile_error_t *failure = NULL;
        hs_expr_info_t *info = NULL;

        made->width = SECRET_LONGEST;
        if (made->rule->path.len)
                return true;
        if (hyperscan->hs_expression_info(pattern, 0, &info, &failure) != HS_SUCCESS) {
                err_set(err, "Hyperscan does not understand the pattern: %s", failure ? failure->message : "no memory");
                hyperscan->hs_free_compile_error(failure);
                return false;
        }
        made->width = (uint32_t)min_size(info->max_width, SECRET_LONGEST);
        if (info->min_width < 4)
                err_set(err, "the pattern matches texts of %u bytes: it must want 4 at least", info->min_width);
        free(info);
        return !err->length;
}

static bool compile(struct secret_book *book, const char *const *patterns, struct arena *scratch, struct err *err)
{
        const struct hyperscan *hyperscan = book->hyperscan;
        unsigned *flags = arena_array(scratch, unsigned, book->count);
        unsigned *numbers = arena_array(scratch, unsigned, book->count);
        hs_compile_error_t *failure = NULL;

        for (size_t i = 0; i < book->count; i++)
                numbers[i] = (unsigned)i;
        if (hyperscan->hs_compile_multi(patterns, flags, numbers, (unsigned)book->searched, HS_MODE_STREAM, NULL,
                                        &book->database, &failure)
            == HS_SUCCESS)
                return true;
        if (failure && failure->expression >= 0 && (size_t)failure->expression < book->count)
                err_set(err, "%.*s: Hyperscan does not take its pattern: %s",
                        STR_ARG(book->rules[failure->expression].rule->id), failure->message);
        else
                err_set(err, "Hyperscan does not take the patterns of secrets: %s",
                        failure ? failure->message : "no memory");
        hyperscan->hs_free_compile_error(failure);
        return false;
}

/* Tries every rule and makes the database. */
static bool make(struct secret_book *book, const struct secret_allowance *allowance, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        const char **patterns = arena_array(&scratch, const char *, book->count);

        for (size_t i = 0; i < book->count; i++) {
                struct secret_made *made = &book->rules[i];

                patterns[i] = str_copy(&scratch, made->rule->pattern).data;
                if (!try_rule(made, err) || !measure(book, made, patterns[i], err))
                        return err_within(err, "%.*s", STR_ARG(made->rule->id));
        }
        TRY(try_patterns(allowance->placeholders, allowance->placeholder_count, err));
        TRY(try_patterns(allowance->paths, allowance->path_count, err));
        return compile(book, patterns, &scratch, err);
}

/* Does so in a process of its own, and takes what that kept: compiling needs memory and parts of libraries that stay with a process to its
 * end, as much again as reading a large image. False if that did not do, for whatever reason. */
static bool make_apart(struct secret_book *book, const struct secret_allowance *allowance, struct str cache)
{
        pid_t child = fork();
        struct err err = {0};
        int status;

        if (child == 0) {
                if (make(book, allowance, &err))
                        secret_book_keep(book, cache);
                _exit(0);
        }
        return child > 0 && waitpid(child, &status, 0) == child && secret_book_load(book, cache);
}

/* --- the book --- */

static void put(struct digest_run *run, struct str text)
{
        digest_add(run, &text.len, sizeof(text.len));
        digest_add(run, text.data, text.len);
}

static void put_all(struct digest_run *run, const struct str *texts, size_t count)
{
        digest_add(run, &count, sizeof(count));
        for (size_t i = 0; i < count; i++)
                put(run, texts[i]);
}

static bool name_book(struct secret_book *book, const struct secret_allowance *allowance, struct err *err)
{
        struct digest_run run;
        const int engine = ENGINE;

        TRY(digest_begin(&run, DIGEST_SHA256, err));
        digest_add(&run, &engine, sizeof(engine));
        put(&run, str_of(book->hyperscan->hs_version()));
        for (size_t i = 0; i < book->count; i++) {
                const struct secret_rule *rule = book->rules[i].rule;

                put_all(&run, (const struct str[]){rule->id, rule->pattern, rule->path}, 3);
                put_all(&run, rule->keywords, rule->keyword_count);
                put_all(&run, rule->allow, rule->allow_count);
                put(&run, rule->check ? rule->check->name : STR(""));
                digest_add(&run, &rule->entropy, sizeof(rule->entropy));
                digest_add(&run, (const bool[]){rule->anywhere, rule->generic}, 2 * sizeof(bool));
        }
        put_all(&run, allowance->placeholders, allowance->placeholder_count);
        put_all(&run, allowance->paths, allowance->path_count);
        book->digest = digest_end(&run);
        return true;
}

static void order_rules(struct arena *arena, struct secret_book *book, const struct secret_rule *rules, size_t count)
{
        book->rules = arena_array(arena, struct secret_made, count);
        for (size_t pass = 0; pass < 2; pass++) {
                for (size_t i = 0; i < count; i++) {
                        const struct secret_rule *rule = &rules[i];
                        struct secret_made *made = &book->rules[book->count];

                        if ((rule->path.len > 0) != (pass == 1))
                                continue;
                        made->rule = rule;
                        made->regex.pattern = rule->pattern;
                        made->allow.pattern = join_patterns(arena, "", rule->allow, rule->allow_count);
                        made->path.pattern = rule->path;
                        book->count++;
                }
                book->searched = pass ? book->searched : book->count;
        }
}

static void release(void *object)
{
        struct secret_book *book = object;

        for (size_t i = 0; i < book->count; i++) {
                secret_regex_free(&book->rules[i].regex);
                secret_regex_free(&book->rules[i].allow);
                secret_regex_free(&book->rules[i].path);
        }
        secret_regex_free(&book->placeholders);
        secret_regex_free(&book->paths);
        if (book->scratch)
                book->hyperscan->hs_free_scratch(book->scratch);
        if (book->database)
                book->hyperscan->hs_free_database(book->database);
}

struct secret_book *secret_book_new(struct arena *arena, const struct secret_rule *rules, size_t count,
                                    const struct secret_allowance *allowance, struct str cache, struct err *err)
{
        struct secret_book *book = arena_new(arena, struct secret_book);

        if (!count || count > SECRET_RULES_MOST) {
                err_set(err, "%zu rules for secrets: 1 to %d are possible", count, SECRET_RULES_MOST);
                return NULL;
        }
        book->hyperscan = hyperscan_load(err);
        TRY(book->hyperscan);
        order_rules(arena, book, rules, count);
        arena_at_end(arena, release, book);
        book->placeholders.pattern =
                join_patterns(arena, "(?i)", allowance->placeholders, allowance->placeholder_count);
        book->paths.pattern = join_patterns(arena, "", allowance->paths, allowance->path_count);
        TRY(name_book(book, allowance, err));
        if (!cache.len || (!secret_book_load(book, cache) && !make_apart(book, allowance, cache))) {
                TRY(make(book, allowance, err));
                malloc_trim(0); /* of what compiling took, most is free now */
                if (cache.len)
                        secret_book_keep(book, cache);
        }
        if (book->hyperscan->hs_alloc_scratch(book->database, &book->scratch) == HS_SUCCESS)
                return book;
        err_set(err, "no memory for looking for secrets");
        return NULL;
}

struct secret_book *secret_book_builtin(struct arena *arena, struct str cache, struct err *err)
{
        size_t count;
        const struct secret_rule *rules = secret_rules_builtin(arena, &count);

        return secret_book_new(arena, rules, count, secret_allowance_builtin(arena), cache, err);
}

const struct digest *secret_book_digest(const struct secret_book *book)
{
        return &book->digest;
}

const struct secret_rule *secret_book_find(const struct secret_book *book, struct str id)
{
        for (size_t i = 0; i < book->count; i++)
                if (str_equal(book->rules[i].rule->id, id))
                        return book->rules[i].rule;
        return NULL;
}
