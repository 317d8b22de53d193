/* matrix.c - the columns, the bits, and the order of rows. */

#include "access/matrix.h"

#include <stdlib.h>

#include "access/internal.h"
#include "kube/resource.h"

static const struct str usual_verbs[] = {
        STR_INIT("get"),    STR_INIT("list"),  STR_INIT("watch"),  STR_INIT("create"),
        STR_INIT("update"), STR_INIT("patch"), STR_INIT("delete"), STR_INIT("deletecollection")};

/* --- columns --- */

struct chooser {
        struct arena *arena;
        const struct access_matrix_settings *settings;
        VEC(struct access_column) columns;
};

static void add_column(struct chooser *chooser, struct str group, struct str resource, struct str verb)
{
        *vec_push(chooser->arena, &chooser->columns) = (struct access_column){group, resource, verb};
}

static void add_resource(struct chooser *chooser, struct str group, struct str resource)
{
        const struct access_matrix_settings *settings = chooser->settings;

        for (size_t i = 0; i < settings->verb_count; i++)
                add_column(chooser, group, resource, settings->verbs[i]);
        for (size_t i = 0; !settings->verb_count && i < COUNT_OF(usual_verbs); i++)
                add_column(chooser, group, resource, usual_verbs[i]);
}

static bool is_usual(struct str verb)
{
        for (size_t i = 0; i < COUNT_OF(usual_verbs); i++)
                if (str_equal(usual_verbs[i], verb))
                        return true;
        return false;
}

/* What a rule names in words: without stars. */
static void add_rule(struct chooser *chooser, const struct access_rule *rule)
{
        for (uint32_t g = 0; g < rule->groups.count; g++)
                for (uint32_t r = 0; r < rule->resources.count; r++) {
                        struct str group = intern_text(rule->groups.items[g]),
                                   resource = intern_text(rule->resources.items[r]);

                        if (str_is(group, "*")
                            || str_starts(resource, STR("*")) || str_ends(resource, STR("/*")) || !resource.len)
                                continue;
                        add_resource(chooser, group, resource);
                        for (uint32_t v = 0; !chooser->settings->verb_count && v < rule->verbs.count; v++) {
                                struct str verb = intern_text(rule->verbs.items[v]);

                                if (!is_usual(verb) && !str_is(verb, "*"))
                                        add_column(chooser, group, resource, verb);
                        }
                }
}

static void add_known(struct chooser *chooser, const struct access *access)
{
        size_t count;
        const struct kube_resource *known = kube_resources(&count);

        for (size_t i = 0; i < count; i++)
                add_resource(chooser, known[i].group, known[i].name);
        for (uint32_t s = 0; s < access->rule_sets.count; s++) {
                const struct access_rules *rules = &access->rule_sets.items[s];

                if (access->set_bindings_begin[s] == access->set_bindings_begin[s + 1])
                        continue;
                for (size_t r = 0; r < rules->count; r++)
                        add_rule(chooser, &rules->items[r]);
        }
}

static size_t rank_of(struct str verb)
{
        for (size_t i = 0; i < COUNT_OF(usual_verbs); i++)
                if (str_equal(usual_verbs[i], verb))
                        return i;
        return COUNT_OF(usual_verbs);
}

static int compare_columns(const void *left, const void *right)
{
        const struct access_column *one = left, *other = right;
        int order = str_compare(one->group, other->group);
        size_t one_rank = rank_of(one->verb), other_rank = rank_of(other->verb);

        if (!order)
                order = str_compare(one->resource, other->resource);
        if (!order)
                order = (one_rank > other_rank) - (one_rank < other_rank);
        return order ? order : str_compare(one->verb, other->verb);
}

static void choose_columns(struct chooser *chooser, const struct access *access)
{
        const struct access_matrix_settings *settings = chooser->settings;
        size_t count = 0;

        for (size_t i = 0; i < settings->resource_count; i++) {
                const struct access_request *resource = &settings->resources[i];

                add_resource(chooser, resource->group,
                             resource->subresource.len
                                     ? str_format(chooser->arena, "%.*s/%.*s", STR_ARG(resource->resource),
                                                  STR_ARG(resource->subresource))
                                     : resource->resource);
        }
        if (!settings->resource_count)
                add_known(chooser, access);
        if (!chooser->columns.count)
                return;
        qsort(chooser->columns.items, chooser->columns.count, sizeof(*chooser->columns.items), compare_columns);
        for (size_t i = 0; i < chooser->columns.count; i++)
                if (!count || compare_columns(&chooser->columns.items[count - 1], &chooser->columns.items[i]) != 0)
                        chooser->columns.items[count++] = chooser->columns.items[i];
        chooser->columns.count = count;
}

/* --- bits --- */

struct filler {
        struct arena *arena;
        const struct access *access;
        size_t words;
        uint64_t **set_bits, **set_some;       /* of each rule set; NULL: none */
        uint64_t **bundle_bits, **bundle_some; /* of each bundle, made when first asked for */
};

static void set_bit(struct filler *filler, uint64_t **rows, uint32_t row, size_t column)
{
        if (!rows[row])
                rows[row] = arena_array(filler->arena, uint64_t, filler->words);
        rows[row][column / 64] |= UINT64_C(1) << column % 64;
}

/* Whether a rule with names would allow it, if the name were right. */
static bool allows_some(const struct access_rules *rules, const struct access_question *question)
{
        for (size_t r = 0; r < rules->count; r++) {
                struct access_rule rule = rules->items[r];

                if (!rule.names.count)
                        continue;
                rule.names.count = 0;
                if (access_rule_allows(&rule, question))
                        return true;
        }
        return false;
}

/* One column of a rule set, whose verbs on the resource are known as bits. */
static void fill_cell(struct filler *filler, uint32_t set, size_t number, const struct access_question *question,
                      uint64_t all, uint64_t some)
{
        const struct access *access = filler->access;
        bool other = question->verb_bits & ACCESS_OTHER_VERBS;

        if (all & question->verb_bits & ~ACCESS_OTHER_VERBS
            || (other && all & ACCESS_OTHER_VERBS && rule_index_allows(&access->indexes[set], question)))
                set_bit(filler, filler->set_bits, set, number);
        else if (some & question->verb_bits & ~ACCESS_OTHER_VERBS
                 || (other && some & ACCESS_OTHER_VERBS && allows_some(&access->rule_sets.items[set], question)))
                set_bit(filler, filler->set_some, set, number);
}

/* The columns from `begin` on that are about the same resource. Returns where the next begins. */
static size_t fill_resource(struct filler *filler, const struct access_column *columns, size_t count, size_t begin,
                            struct arena *scratch)
{
        const struct access *access = filler->access;
        struct str rest = columns[begin].resource, name;
        struct access_request request = {.group = columns[begin].group, .verb = columns[begin].verb};
        struct access_set_list candidates;
        VEC(struct access_question) questions = {0};
        size_t end = begin;

        str_split(&rest, '/', &name);
        request.resource = name;
        request.subresource = rest;
        for (; end < count && str_equal(columns[end].resource, columns[begin].resource)
               && str_equal(columns[end].group, columns[begin].group);
             end++) {
                request.verb = columns[end].verb;
                *vec_push(scratch, &questions) = access_question_of(&request);
        }
        access_candidates(scratch, access, &questions.items[0], &candidates);
        for (size_t i = 0; i < candidates.items.count; i++) {
                uint32_t set = candidates.items.items[i];
                uint64_t some, all = rule_index_verbs(&access->indexes[set], &questions.items[0], &some);

                for (size_t k = 0; (all | some) && k < questions.count; k++)
                        fill_cell(filler, set, begin + k, &questions.items[k], all, some);
        }
        return end;
}

static void merge(uint64_t *into, const uint64_t *from, size_t words)
{
        for (size_t i = 0; from && i < words; i++)
                into[i] |= from[i];
}

static const uint64_t *bundle_row(struct filler *filler, uint64_t **rows, uint64_t *const *sets, uint32_t bundle)
{
        const struct access_bundle *of = &filler->access->bundles.items[bundle];

        if (rows[bundle])
                return rows[bundle];
        rows[bundle] = arena_array(filler->arena, uint64_t, filler->words);
        for (uint32_t i = 0; i < of->count; i++)
                merge(rows[bundle], sets[of->sets[i]], filler->words);
        return rows[bundle];
}

static bool is_empty(const uint64_t *bits, size_t words)
{
        for (size_t i = 0; i < words; i++)
                if (bits[i])
                        return false;
        return true;
}

static int compare_rows(const void *left, const void *right, void *context)
{
        const struct access_matrix_row *one = left, *other = right;
        const struct access *access = context;
        const struct access_subject *a = access_subject(access, one->subject),
                                    *b = access_subject(access, other->subject);
        int order = (int)a->kind - (int)b->kind;

        if (!order)
                order = str_compare(a->ns, b->ns);
        if (!order)
                order = str_compare(a->name, b->name);
        return order ? order : str_compare(one->ns, other->ns);
}

static void fill_rows(struct filler *filler, struct str ns, struct access_matrix *out)
{
        const struct access *access = filler->access;
        uint32_t space = ns.len ? intern_find(ns) : 0;
        VEC(struct access_matrix_row) rows = {0};

        for (size_t i = 0; i < access->scopes.count; i++) {
                const struct access_scope *scope = &access->scopes.items[i];
                struct access_matrix_row row = {.subject = scope->subject};

                if (scope->space && ns.len && scope->space != space)
                        continue;
                if (scope->space)
                        row.ns = intern_text(scope->space);
                row.bits = bundle_row(filler, filler->bundle_bits, filler->set_bits, scope->bundle);
                row.some = bundle_row(filler, filler->bundle_some, filler->set_some, scope->bundle);
                if (!is_empty(row.bits, filler->words) || !is_empty(row.some, filler->words))
                        *vec_push(filler->arena, &rows) = row;
        }
        if (rows.count)
                qsort_r(rows.items, rows.count, sizeof(*rows.items), compare_rows, (void *)access);
        out->rows = rows.items;
        out->row_count = rows.count;
}

void access_matrix_fill(struct arena *arena, const struct access *access, const struct access_column *columns,
                        size_t column_count, struct str ns, struct access_matrix *out)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        size_t sets = access->rule_sets.count, bundles = access->bundles.count;
        struct filler filler = {
                .arena = arena,
                .access = access,
                .words = (column_count + 63) / 64,
                .set_bits = arena_array(arena, uint64_t *, sets),
                .set_some = arena_array(arena, uint64_t *, sets),
                .bundle_bits = arena_array(arena, uint64_t *, bundles),
                .bundle_some = arena_array(arena, uint64_t *, bundles),
        };
        *out = (struct access_matrix){
                .access = access, .columns = columns, .column_count = column_count, .words = filler.words};
        for (size_t i = 0; i < column_count; arena_reset(&scratch))
                i = fill_resource(&filler, columns, column_count, i, &scratch);
        fill_rows(&filler, ns, out);
}

void access_matrix_make(struct arena *arena, const struct access *access, const struct access_matrix_settings *settings,
                        struct access_matrix *out)
{
        struct chooser chooser = {.arena = arena, .settings = settings};

        choose_columns(&chooser, access);
        access_matrix_fill(arena, access, chooser.columns.items, chooser.columns.count, settings->ns, out);
        out->chosen = settings->verb_count || settings->resource_count;
}

/* --- walking --- */

bool access_matrix_is_all(const struct access_matrix *matrix, const struct access_matrix_row *row)
{
        for (size_t i = 0; i < matrix->column_count; i++)
                if (!access_matrix_has(row->bits, i))
                        return false;
        return !matrix->chosen && matrix->column_count > 0;
}

bool access_matrix_next(const struct access_matrix *matrix, const struct access_matrix_row *row, size_t *begin,
                        size_t *end)
{
        while (*begin < matrix->column_count) {
                const struct access_column *first = &matrix->columns[*begin];
                bool any = false;

                for (*end = *begin; *end < matrix->column_count; ++*end) {
                        if (!str_equal(matrix->columns[*end].resource, first->resource)
                            || !str_equal(matrix->columns[*end].group, first->group))
                                break;
                        any |= access_matrix_has(row->bits, *end) || access_matrix_has(row->some, *end);
                }
                if (any)
                        return true;
                *begin = *end;
        }
        return false;
}
