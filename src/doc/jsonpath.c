/* jsonpath.c - what a JSONPath template finds, and how it is printed. */

#include "doc/jsonpath_internal.h"

#include "base/digits.h"
#include "doc/print.h"

#include <math.h>

enum { MOST_RESULTS = 1000 * 1000 };

struct found {
        VEC(struct jsonpath_result) list;
};

struct run {
        struct arena *arena;
        bool missing_fails;
        size_t left; /* results that may still be looked at */
        struct jsonpath_results *out;
        uint32_t group;
        struct err *err;
};

static bool push(struct run *run, struct found *found, const struct value *value, const struct node *node)
{
        if (!run->left)
                return err_set(run->err, "the JSONPath finds too much: more than %d values on the way", MOST_RESULTS);
        run->left--;
        *vec_push(run->arena, &found->list) = (struct jsonpath_result){.value = value, .node = node};
        return true;
}

static bool walk(struct run *run, const struct steps *steps, struct found input, struct found *out);

/* ---- Steps ---- */

static bool find_field(struct run *run, const struct step *step, const struct found *input, struct found *out)
{
        uint32_t key = intern_find(step->name);

        for (size_t i = 0; i < input->list.count; i++) {
                const struct node *node = value_node(input->list.items[i].value, key);

                if (node)
                        TRY(push(run, out, &node->value, node));
        }
        if (input->list.count && !out->list.count && run->missing_fails)
                return err_set(run->err, "%.*s is not found", STR_ARG(step->name));
        return true;
}

static bool find_all(struct run *run, const struct found *input, struct found *out)
{
        for (size_t i = 0; i < input->list.count; i++)
                value_each (input->list.items[i].value, node)
                        TRY(push(run, out, &node->value, node));
        return true;
}

/* The value and all below it that hold something; no deeper than a document is. */
static bool find_below(struct run *run, const struct jsonpath_result *from, struct found *out)
{
        const struct value *value = from->value;

        if (!value_count(value) && !(value->kind == VALUE_STRING && value->len))
                return true;
        TRY(push(run, out, value, from->node));
        value_each (value, node)
                TRY(find_below(run, &(struct jsonpath_result){.value = &node->value, .node = node}, out));
        return true;
}

static bool find_recursive(struct run *run, const struct found *input, struct found *out)
{
        for (size_t i = 0; i < input->list.count; i++)
                TRY(find_below(run, &input->list.items[i], out));
        return true;
}

/* From and to which item of a list of so many; nothing when both are the same. */
static bool slice_bounds(struct run *run, const struct slice_bound *slice, int64_t count, int64_t *from, int64_t *to)
{
        *from = slice[0].known ? slice[0].value : 0;
        *to = slice[1].known ? slice[1].value : count;
        if (*from < 0)
                *from += count;
        if (*to < 0 || (*to == 0 && slice[1].derived))
                *to += count;
        if (*from == *to)
                return true;
        if (*from < 0 || *from >= count)
                return err_set(run->err, "array index out of bounds: index %" PRId64 ", length %" PRId64, *from, count);
        if (*to < 0 || *to > count)
                return err_set(run->err, "array index out of bounds: index %" PRId64 ", length %" PRId64, *to - 1,
                               count);
        if (*from > *to)
                return err_set(run->err, "starting index %" PRId64 " is greater than ending index %" PRId64, *from,
                               *to);
        return true;
}

static bool find_slice(struct run *run, const struct step *step, const struct found *input, struct found *out)
{
        int64_t from, to, stride = step->slice[2].known ? step->slice[2].value : 1;

        if (stride <= 0)
                return err_set(run->err, "step must be > 0");
        for (size_t i = 0; i < input->list.count; i++) {
                const struct value *list = input->list.items[i].value;

                if (list->kind == VALUE_NULL)
                        continue;
                if (list->kind != VALUE_LIST)
                        return err_set(run->err, "a %s is not a list, so it has no items to choose from",
                                       value_kind_name(list));
                TRY(slice_bounds(run, step->slice, list->len, &from, &to));
                for (; from < to; from += stride)
                        TRY(push(run, out, &list->nodes[from].value, &list->nodes[from]));
        }
        return true;
}

static bool find_union(struct run *run, const struct step *step, const struct found *input, struct found *out)
{
        for (size_t i = 0; i < step->part_count; i++) {
                struct found found = {0};

                TRY(walk(run, &step->parts[i], *input, &found));
                for (size_t j = 0; j < found.list.count; j++)
                        TRY(push(run, out, found.list.items[j].value, found.list.items[j].node));
        }
        return true;
}

static bool find_literal(struct run *run, const struct step *step, const struct found *input, struct found *out)
{
        size_t times = step->kind == STEP_TEXT ? 1 : input->list.count;

        for (size_t i = 0; i < times; i++)
                TRY(push(run, out, &step->literal, NULL));
        return true;
}

/* ---- Filters ---- */

static int sign(bool less, bool greater)
{
        return greater - less;
}

static int compare_numbers(const struct value *a, const struct value *b)
{
        if (a->kind == VALUE_INT && b->kind == VALUE_INT)
                return sign(a->i<b->i, a->i> b->i);
        if (a->kind == VALUE_UINT && b->kind == VALUE_UINT)
                return sign(a->u<b->u, a->u> b->u);
        return sign(value_as_double(a) < value_as_double(b), value_as_double(a) > value_as_double(b));
}

/* Below, at or above zero as `a` is to `b`. */
static bool compare(struct run *run, enum filter_op op, const struct value *a, const struct value *b, int *result)
{
        if (value_is_number(a) && value_is_number(b)) {
                *result = compare_numbers(a, b);
                return true;
        }
        if (a->kind == VALUE_STRING && b->kind == VALUE_STRING) {
                *result = str_compare(value_text(a), value_text(b));
                return true;
        }
        if (a->kind == VALUE_BOOL && b->kind == VALUE_BOOL && (op == FILTER_EQUAL || op == FILTER_UNEQUAL)) {
                *result = a->boolean != b->boolean;
                return true;
        }
        return err_set(run->err, "incompatible types for comparison: a %s and a %s", value_kind_name(a),
                       value_kind_name(b));
}

static bool holds(enum filter_op op, int order)
{
        switch (op) {
        case FILTER_EQUAL:
                return order == 0;
        case FILTER_UNEQUAL:
                return order != 0;
        case FILTER_LESS:
                return order < 0;
        case FILTER_LESS_EQUAL:
                return order <= 0;
        case FILTER_GREATER:
                return order > 0;
        case FILTER_GREATER_EQUAL:
                return order >= 0;
        case FILTER_EXISTS:
                break;
        }
        return true;
}

/* Whether one side of a comparison is there; it may only be one value. */
static bool find_side(struct run *run, const struct steps *steps, struct found item, const struct value **value)
{
        struct found found = {0};

        TRY(walk(run, steps, item, &found));
        if (found.list.count > 1)
                return err_set(run->err, "can only compare one element at a time");
        *value = found.list.count ? found.list.items[0].value : NULL;
        return true;
}

static bool passes(struct run *run, const struct step_filter *filter, struct found item, bool *pass)
{
        const struct value *left = NULL, *right = NULL;
        int order = 0;

        *pass = false;
        if (filter->op == FILTER_EXISTS) {
                struct err ignored = {0}, *err = run->err;
                struct found found = {0};

                run->err = &ignored;
                *pass = walk(run, &filter->left, item, &found) && found.list.count;
                run->err = err;
                return run->left || err_set(err, "%s", ignored.text);
        }
        TRY(find_side(run, &filter->left, item, &left));
        if (!left)
                return true;
        TRY(find_side(run, &filter->right, item, &right));
        if (!right)
                return true;
        TRY(compare(run, filter->op, left, right, &order));
        *pass = holds(filter->op, order);
        return true;
}

static bool find_filtered(struct run *run, const struct step *step, const struct found *input, struct found *out)
{
        bool pass;

        for (size_t i = 0; i < input->list.count; i++) {
                const struct value *list = input->list.items[i].value;

                if (list->kind != VALUE_LIST)
                        return err_set(run->err, "a %s is not a list and cannot be filtered", value_kind_name(list));
                value_each (list, node) {
                        struct found item = {0};

                        TRY(push(run, &item, &node->value, node));
                        TRY(passes(run, step->filter, item, &pass));
                        if (pass)
                                TRY(push(run, out, &node->value, node));
                }
        }
        return true;
}

static bool take_step(struct run *run, const struct step *step, const struct found *input, struct found *out)
{
        switch (step->kind) {
        case STEP_FIELD:
                return find_field(run, step, input, out);
        case STEP_WILDCARD:
                return find_all(run, input, out);
        case STEP_RECURSIVE:
                return find_recursive(run, input, out);
        case STEP_SLICE:
                return find_slice(run, step, input, out);
        case STEP_FILTER:
                return find_filtered(run, step, input, out);
        case STEP_UNION:
                return find_union(run, step, input, out);
        case STEP_TEXT:
        case STEP_LITERAL:
                return find_literal(run, step, input, out);
        }
        return false;
}

static bool walk(struct run *run, const struct steps *steps, struct found input, struct found *out)
{
        for (size_t i = 0; i < steps->list.count; i++) {
                struct found next = {0};

                TRY(take_step(run, &steps->list.items[i], &input, &next));
                input = next;
        }
        *out = input;
        return true;
}

/* ---- Templates ---- */

static bool run_parts(struct run *run, const struct jsonpath *path, size_t begin, size_t end,
                      const struct jsonpath_result *root)
{
        for (size_t i = begin; i < end; i++) {
                const struct template_part *part = &path->parts.items[i];
                struct found input = {0}, found;

                TRY(push(run, &input, root->value, root->node));
                TRY(walk(run, &part->steps, input, &found));
                for (size_t j = 0; j < found.list.count; j++) {
                        found.list.items[j].group = run->group;
                        if (part->is_range)
                                TRY(run_parts(run, path, i + 1, part->end, &found.list.items[j]));
                        else
                                *vec_push(run->arena, &run->out->list) = found.list.items[j];
                }
                run->group++;
                if (part->is_range)
                        i = part->end;
        }
        return true;
}

bool jsonpath_find(struct arena *arena, const struct jsonpath *path, const struct node *root,
                   enum jsonpath_missing missing, struct jsonpath_results *out, struct err *err)
{
        struct run run = {arena, missing == JSONPATH_MISSING_FAILS, MOST_RESULTS, out, 0, err};

        *out = (struct jsonpath_results){0};
        return run_parts(&run, path, 0, path->parts.count,
                         &(struct jsonpath_result){.value = &root->value, .node = root});
}

/* ---- Printing ---- */

/* Go's %v: as JSON has it, but with an exponent, of two digits at least, from 1e6 on and below 1e-4. */
static void print_go_double(struct buf *out, double number)
{
        char text[DIGITS_ROOM];

        if (isnan(number))
                return buf_add_literal(out, "NaN");
        if (isinf(number))
                return buf_add(out, number > 0 ? STR("+Inf") : STR("-Inf"));
        if (number == 0 || (fabs(number) < 1e6 && fabs(number) >= 1e-4))
                return print_double(out, number);
        buf_add(out, (struct str){text, digits_of_double(text, number)});
}

/* JSON as Go writes it, which may be put into HTML. */
static void print_go_json(struct buf *out, const struct value *value)
{
        struct buf json CLEANUP(buf_free) = {0};

        json_print_canonical(&json, value);
        for (size_t i = 0; i < json.len; i++) {
                if (strchr("<>&", json.data[i]) && json.data[i])
                        buf_add_format(out, "\\u%04x", json.data[i]);
                else
                        buf_add_char(out, json.data[i]);
        }
}

static void print_result(struct buf *out, const struct value *value)
{
        if (value->kind == VALUE_LIST || value->kind == VALUE_MAP)
                print_go_json(out, value);
        else if (value->kind == VALUE_NULL)
                buf_add_literal(out, "null");
        else if (value->kind == VALUE_DOUBLE)
                print_go_double(out, value->d);
        else
                print_text(out, value);
}

void jsonpath_print(struct buf *out, const struct jsonpath_results *results)
{
        for (size_t i = 0; i < results->list.count; i++) {
                const struct jsonpath_result *result = &results->list.items[i];

                if (i && result[-1].group == result->group)
                        buf_add_char(out, ' ');
                print_result(out, result->value);
        }
}
