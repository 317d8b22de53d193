/* rule_test.c - a rule on its own examples. */

#include <stdarg.h>
#include <stdio.h>

#include "doc/document.h"
#include "doc/print.h"
#include "rulebook/internal.h"

enum { MOST_REPAIRS = 200 };

struct test {
        const struct rule_text *rule;
        struct rulebook *book; /* of this rule alone */
        struct buf *failures;
        const char *kind; /* "good" or "bad" */
        size_t number;
};

static void fail(struct test *test, const char *format, ...) PRINTF_LIKE(2, 3);

static void fail(struct test *test, const char *format, ...)
{
        va_list arguments;
        char text[ERR_TEXT];

        va_start(arguments, format);
        vsnprintf(text, sizeof(text), format, arguments);
        va_end(arguments);
        buf_add_format(test->failures, "%.*s: %s example %zu: %s\n", STR_ARG(test->rule->id), test->kind, test->number,
                       text);
}

/* What was found in a text. */
struct trial {
        struct estate estate;
        struct arena outlook, scratch;
        struct finding_list found;
};

static void trial_begin(struct trial *trial, const struct test *test, struct str text)
{
        struct rulebook *book = test->book;

        *trial = (struct trial){0};
        estate_read_text(&trial->estate, rule_example_name(test->rule), text);
        rulebook_look(&trial->outlook, book, &trial->estate, 1);
        rulebook_judge(book, trial->estate.sources, &trial->scratch, &trial->found);
}

static void trial_free(struct trial *trial)
{
        finding_list_free(&trial->found);
        arena_free(&trial->outlook);
        estate_free(&trial->estate);
        arena_free(&trial->scratch);
}

/* Whether the example could be read and judged at all. */
static bool is_sound(struct test *test, const struct trial *trial)
{
        const struct estate_source *source = trial->estate.sources;

        for (size_t i = 0; i < source->problems.count; i++) {
                const struct problem *problem = &source->problems.items[i];
                struct place place = place_in(source->source.text, problem->at);

                /* A rule may look at what Strake does not know yet. */
                if (problem->kind == PROBLEM_UNKNOWN_FIELD)
                        continue;
                fail(test, "line %u: %.*s", place.line, STR_ARG(problem->message));
                return false;
        }
        for (size_t i = 0; i < trial->found.count; i++) {
                const struct finding *finding = &trial->found.items[i];

                if (finding->rule->area == AREA_INPUT) {
                        fail(test, "line %u: %.*s", finding->location.line, STR_ARG(finding->message));
                        return false;
                }
        }
        return true;
}

/* The text with the repair of one finding in it, every document printed anew. */
static bool repair(struct arena *arena, struct str text, const struct finding *finding, struct buf *out,
                   struct err *err)
{
        struct document_stream stream = {0};

        yaml_read(arena, text, &document_default_limits, &stream);
        for (size_t i = 0; i < stream.documents.count; i++) {
                struct value root = stream.documents.items[i].root;

                if (stream.documents.items[i].index == finding->document_index)
                        TRY(patch_apply(arena, &root, &finding->fix.patch, &root, err));
                buf_add_literal(out, "---\n");
                yaml_print(out, &root, 0);
        }
        if (finding->fix.more && finding->fix.more->object) {
                buf_add_literal(out, "---\n");
                yaml_print(out, finding->fix.more->object, 0);
        }
        return true;
}

/* Whether everything that the rule finds has a safe repair. */
static bool repairs_all(const struct rule_text *rule)
{
        for (size_t i = 0; i < rule->repair_count; i++)
                TRY(rule->repairs[i].safe);
        return rule->repair_count && !rule->repairs[rule->repair_count - 1].when.len;
}

/* Repairs one finding after the other until none is left. */
static bool try_repairs(struct test *test, struct str text)
{
        struct arena arena CLEANUP(arena_free) = {0};

        for (int i = 0; i < MOST_REPAIRS; i++) {
                CLEANUP(buf_free) struct buf repaired = {0};
                CLEANUP(trial_free) struct trial trial;
                struct err err = {0};
                const struct finding *finding;

                trial_begin(&trial, test, text);
                TRY(is_sound(test, &trial));
                if (!trial.found.count)
                        return true;
                finding = trial.found.items;
                if (!finding->fix.present && repairs_all(test->rule)) {
                        fail(test, i ? "the safe repair does not repair it" : "the finding has no repair");
                        return false;
                }
                if (!finding->fix.present)
                        return true;
                if (!repair(&arena, text, finding, &repaired, &err)) {
                        fail(test, "line %u: the repair fails: %.*s", finding->location.line, STR_ARG(err_text(&err)));
                        return false;
                }
                text = str_copy(&arena, buf_text(&repaired));
        }
        fail(test, "the repair does not repair it");
        return false;
}

static bool try_example(struct test *test, const struct rule_example *example)
{
        CLEANUP(trial_free) struct trial trial;
        const struct finding *first;

        trial_begin(&trial, test, example->manifest);
        TRY(is_sound(test, &trial));
        first = trial.found.items;
        if (!trial.estate.sources->objects.count)
                fail(test, "there is no object in it");
        else if (example->bad && !trial.found.count)
                fail(test, "the rule finds nothing");
        else if (!example->bad && trial.found.count)
                fail(test, "line %u: the rule finds: %.*s", first->location.line, STR_ARG(first->message));
        else
                return !example->bad || !test->rule->repair_count || try_repairs(test, example->manifest);
        return false;
}

size_t rule_test(const struct rule_text *rule, struct buf *failures, size_t *failed)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct test test = {.rule = rule, .book = rulebook_of_rule(&arena, rule), .failures = failures};
        size_t numbers[2] = {0};

        for (size_t i = 0; i < rule->example_count; i++) {
                const struct rule_example *example = &rule->examples[i];

                test.kind = example->bad ? "bad" : "good";
                test.number = ++numbers[example->bad];
                *failed += !try_example(&test, example);
        }
        return rule->example_count;
}
