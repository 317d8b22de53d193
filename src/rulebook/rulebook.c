/* rulebook.c - which rules there are, and which of them are judged by. */

#include "rulebook/internal.h"

#include <stdlib.h>

const struct rule_summary rule_failed_summary = {
        .id = STR_INIT("rule-failed"),
        .title = STR_INIT("Rule could not be judged"),
        .description = STR_INIT(
                "The expression of a rule failed on this object, so nobody knows whether the object keeps the rule."),
        .severity = SEVERITY_MEDIUM,
        .area = AREA_INPUT,
};

bool rule_is_of_cluster(const struct rule_text *rule)
{
        for (size_t i = 0; i < rule->kind_count; i++)
                if (!str_ends(rule->kinds[i], STR(".strake.dev")))
                        return true;
        return !rule->kind_count;
}

struct str rule_example_name(const struct rule_text *rule)
{
        for (size_t i = 0; i < rule->kind_count; i++)
                if (str_is(rule->kinds[i], "Dockerfile.image.strake.dev"))
                        return STR("Dockerfile");
        return STR("example");
}

static int by_id(const void *a, const void *b)
{
        return str_compare((*(const struct rule_text *const *)a)->id, (*(const struct rule_text *const *)b)->id);
}

static bool check_ids(const struct rulebook *book, struct err *err)
{
        for (size_t i = 1; i < book->text_count; i++) {
                struct str id = book->texts[i]->id, file = book->texts[i]->file, other = book->texts[i - 1]->file;

                if (!str_equal(book->texts[i - 1]->id, id))
                        continue;
                if (file.len && other.len)
                        return err_set(err, "%.*s: the rule of %.*s has the same id, \"%.*s\": choose another",
                                       STR_ARG(file), STR_ARG(other), STR_ARG(id));
                return err_set(err, "%.*s: a rule of Strake itself has the same id, \"%.*s\": choose another",
                               STR_ARG(file.len ? file : other), STR_ARG(id));
        }
        return true;
}

/* All rules: Strake's own, which are sorted, and those of the folders. */
static bool collect(struct arena *arena, struct rulebook *book, const struct rulebook_settings *settings,
                    struct err *err)
{
        struct rule_checker checker = {.arena = arena};
        struct text_list own = {0};

        for (size_t i = 0; i < settings->folder_count; i++)
                TRY(folder_read(arena, &checker, settings->folders[i], &own, err));
        book->text_count = rulebook_builtin_count + own.texts.count;
        book->texts = arena_array(arena, const struct rule_text *, book->text_count);
        for (size_t i = 0; i < rulebook_builtin_count; i++)
                book->texts[i] = &rulebook_builtin[i];
        for (size_t i = 0; i < own.texts.count; i++)
                book->texts[rulebook_builtin_count + i] = own.texts.items[i];
        if (own.texts.count)
                qsort(book->texts, book->text_count, sizeof(*book->texts), by_id);
        return check_ids(book, err);
}

static bool has_id(const struct str *ids, size_t count, struct str id)
{
        for (size_t i = 0; i < count; i++) {
                if (str_equal(ids[i], id))
                        return true;
        }
        return false;
}

static struct str place_or(struct str place, struct str option)
{
        return place.len ? place : option;
}

static bool check_known(struct arena *arena, const struct rulebook *book, struct str place, const struct str *ids,
                        size_t count, struct err *err)
{
        for (size_t i = 0; i < count; i++) {
                struct str *known, nearest;

                if (rulebook_find(book, ids[i]))
                        continue;
                known = arena_array(arena, struct str, book->text_count);
                for (size_t k = 0; k < book->text_count; k++)
                        known[k] = book->texts[k]->id;
                nearest = str_nearest(ids[i], known, book->text_count);
                if (nearest.len)
                        return err_set(err, "%.*s: there is no rule \"%.*s\": did you mean %.*s?", STR_ARG(place),
                                       STR_ARG(ids[i]), STR_ARG(nearest));
                return err_set(err, "%.*s: there is no rule \"%.*s\": `strake rules list` shows all", STR_ARG(place),
                               STR_ARG(ids[i]));
        }
        return true;
}

static bool cites(const struct rule_text *rule, struct str framework)
{
        for (size_t i = 0; i < rule->reference_count; i++) {
                if (str_equal(rule->references[i].reference.framework, framework))
                        return true;
        }
        return false;
}

/* Fails when no rule cites the framework. */
static bool check_framework(struct arena *arena, const struct rulebook *book, struct str place, struct str framework,
                            struct err *err)
{
        VEC(struct str) known = {0};
        struct str nearest;

        for (size_t i = 0; i < book->text_count; i++) {
                const struct rule_text *rule = book->texts[i];

                if (!framework.len || cites(rule, framework))
                        return true;
                for (size_t k = 0; k < rule->reference_count; k++)
                        *vec_push(arena, &known) = rule->references[k].reference.framework;
        }
        nearest = str_nearest(framework, known.items, known.count);
        if (nearest.len)
                return err_set(err, "%.*s: no rule cites \"%.*s\": did you mean %.*s?", STR_ARG(place),
                               STR_ARG(framework), STR_ARG(nearest));
        return err_set(err, "%.*s: no rule cites \"%.*s\"", STR_ARG(place), STR_ARG(framework));
}

/* Under a Pod Security Standard, exactly the rules with a check of it that is in force. */
static bool is_of_standard(const struct rulebook *book, const struct rule_text *rule)
{
        if (!book->pod_security.len)
                return true;
        for (size_t i = 0; i < rule->reference_count; i++) {
                if (str_is(rule->references[i].reference.framework, "pod-security")
                    && reference_in_force(book, &rule->references[i]))
                        return true;
        }
        return false;
}

bool rulebook_judges_by(const struct rulebook *book, const struct rulebook_settings *settings,
                        const struct rule_text *rule)
{
        if (settings->only_count && !has_id(settings->only, settings->only_count, rule->id))
                return false;
        if (settings->framework.len && !cites(rule, settings->framework))
                return false;
        return !has_id(settings->skip, settings->skip_count, rule->id) && is_of_standard(book, rule);
}

static struct kind_rules *kind_slot(struct arena *arena, struct rulebook *book, struct str kind)
{
        struct kind_rules *slot;

        for (size_t i = 0; i < book->kinds.count; i++) {
                if (str_equal(book->kinds.items[i].kind, kind))
                        return &book->kinds.items[i];
        }
        slot = vec_push(arena, &book->kinds);
        *slot = (struct kind_rules){.kind = kind, .programs = arena_take(arena, sizeof(*slot->programs))};
        atomic_init(slot->programs, NULL);
        return slot;
}

static void add_kind(struct arena *arena, struct rulebook *book, struct str text, struct rule *rule)
{
        struct str group = text, kind;
        struct kind_rule added = {.rule = rule};

        str_split(&group, '.', &kind);
        added.grouped = kind.len < text.len;
        if (added.grouped)
                added.group = group;
        *vec_push(arena, &kind_slot(arena, book, kind)->rules) = added;
}

static void add_rule(struct arena *arena, struct rulebook *book, const struct rule_text *text)
{
        struct rule_list *lists[] = {
                [SCOPE_OBJECT] = &book->objects,       [SCOPE_POD] = &book->pods,
                [SCOPE_CONTAINER] = &book->containers, [SCOPE_MAIN_CONTAINER] = &book->main_containers,
                [SCOPE_VOLUME] = &book->volumes,
        };
        struct rule *rule = arena_new(arena, struct rule);
        const struct str *kinds = text->kinds;
        size_t kind_count = text->kind_count;

        rule->text = text;
        rule->require.text = text->require;
        path_read(arena, text->each, &rule->each);
        if (text->join.len) {
                rule->join = join_named(text->join);
                kinds = rule->join->kinds;
                kind_count = rule->join->kind_count;
                *vec_push(arena, &book->joined.rules) = rule;
        }
        for (size_t i = 0; i < kind_count; i++)
                add_kind(arena, book, kinds[i], rule);
        if (!kind_count && !rule->join)
                *vec_push(arena, &lists[text->scope]->rules) = rule;
}

static void release(void *object)
{
        struct lazy *lazy = object;

        arena_free(&lazy->arena);
        pthread_mutex_destroy(&lazy->lock);
}

static const struct node nothing;
static const struct value no_params = {.kind = VALUE_MAP, .nodes = &nothing};

static struct rulebook *book_new(struct arena *arena, const struct rulebook_settings *settings)
{
        struct rulebook *book = arena_new(arena, struct rulebook);

        book->pod_security = settings->pod_security;
        book->minor = settings->minor;
        book->one_by_one = settings->one_by_one;
        book->params = settings->params.kind == VALUE_MAP ? settings->params : no_params;
        book->engine = engine_new(arena);
        book->lazy = arena_new(arena, struct lazy);
        pthread_mutex_init(&book->lazy->lock, NULL);
        arena_at_end(arena, release, book->lazy);
        return book;
}

struct rulebook *rulebook_new(struct arena *arena, const struct rulebook_settings *settings, struct err *err)
{
        struct rulebook *book = book_new(arena, settings);

        TRY(collect(arena, book, settings, err));
        TRY(check_known(arena, book,
                        place_or(settings->only_place, STR("--only")), settings->only, settings->only_count, err));
        TRY(check_known(arena, book,
                        place_or(settings->skip_place, STR("--skip")), settings->skip, settings->skip_count, err));
        TRY(check_framework(arena, book,
                            place_or(settings->framework_place, STR("--framework")), settings->framework, err));
        for (size_t i = 0; i < book->text_count; i++) {
                if (rulebook_judges_by(book, settings, book->texts[i]))
                        add_rule(arena, book, book->texts[i]);
        }
        return book;
}

struct rulebook *rulebook_of(struct arena *arena, const struct rule_text *rule,
                             const struct rulebook_settings *settings)
{
        struct rulebook *book = book_new(arena, settings);

        book->texts = arena_array(arena, const struct rule_text *, 1);
        book->texts[0] = rule;
        book->text_count = rule ? 1 : 0;
        if (rule)
                add_rule(arena, book, rule);
        return book;
}

struct rulebook *rulebook_of_rule(struct arena *arena, const struct rule_text *rule)
{
        struct rulebook_settings settings = {.minor = KUBERNETES_NEWEST_MINOR};
        struct document document;
        struct err err = {0};

        /* It was printed when the rule was read, so it can be read again. */
        if (rule->params.len && json_read_one(arena, rule->params, &document, &err))
                settings.params = document.root;
        return rulebook_of(arena, rule, &settings);
}

const struct rule_text *rulebook_find(const struct rulebook *book, struct str id)
{
        size_t low = 0, high = book->text_count;

        while (low < high) {
                size_t middle = low + (high - low) / 2;
                int order = str_compare(book->texts[middle]->id, id);

                if (order == 0)
                        return book->texts[middle];
                if (order < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return NULL;
}

/* The references of a rule, whatever they depend on, each once. */
static void summarize_references(struct arena *arena, const struct rule_text *rule, struct rule_summary *summary)
{
        struct reference *references = arena_array(arena, struct reference, rule->reference_count);
        size_t count = 0;

        for (size_t i = 0; i < rule->reference_count; i++) {
                const struct reference *reference = &rule->references[i].reference;
                size_t known = 0;

                while (known < count
                       && !(str_equal(references[known].framework, reference->framework)
                            && str_equal(references[known].id, reference->id)))
                        known++;
                if (known == count)
                        references[count++] = *reference;
        }
        summary->references = references;
        summary->reference_count = count;
}

static const struct rule_summary *summarize(struct arena *arena, const struct rulebook *book)
{
        struct rule_summary *summaries = arena_array(arena, struct rule_summary, book->text_count);

        for (size_t i = 0; i < book->text_count; i++) {
                const struct rule_text *rule = book->texts[i];

                summaries[i] = (struct rule_summary){
                        .id = rule->id,
                        .title = rule->title,
                        .description = rule->description,
                        .severity = rule->severity,
                        .area = rule->area,
                        .has_fix = rule->repair_count > 0,
                };
                summarize_references(arena, rule, &summaries[i]);
        }
        return summaries;
}

const struct rule_summary *summaries_locked(const struct rulebook *book)
{
        if (!book->lazy->summaries)
                book->lazy->summaries = summarize(&book->lazy->arena, book);
        return book->lazy->summaries;
}

const struct rule_summary *rulebook_summaries(const struct rulebook *book, size_t *count)
{
        const struct rule_summary *summaries;

        pthread_mutex_lock(&book->lazy->lock);
        summaries = summaries_locked(book);
        pthread_mutex_unlock(&book->lazy->lock);
        *count = book->text_count;
        return summaries;
}
