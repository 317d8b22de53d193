/* facts_secrets.c - secrets in the files of all layers and in the configuration, and what could not be looked through. */

#include "image/lint/facts.h"

#include <stdlib.h>

#include "image/layer/merge.h"
#include "image/lint/config_secrets.h"
#include "image/lint/malware.h"
#include "image/lint/secrets.h"

/* One in a file. */
struct found_secret {
        const struct secrets_item *item;
        size_t layer, hidden_by; /* hidden_by: SIZE_MAX if it is there in the end */
};

struct found_secrets {
        VEC(struct found_secret) list;
};

static int compare(const void *a, const void *b)
{
        const struct found_secret *x = a, *y = b;
        int order = str_compare(x->item->path, y->item->path);

        if (!order)
                order = (x->item->line > y->item->line) - (x->item->line < y->item->line);
        if (!order)
                order = str_compare(x->item->rule, y->item->rule);
        if (!order)
                order = str_compare(x->item->masked, y->item->masked);
        return order ? order : (x->layer < y->layer) - (x->layer > y->layer);
}

static bool is_same(const struct found_secret *a, const struct found_secret *b)
{
        return str_equal(a->item->path, b->item->path) && a->item->line == b->item->line
               && str_equal(a->item->rule, b->item->rule) && str_equal(a->item->masked, b->item->masked);
}

/* All of them by path, the highest layer first. Of a file that several layers have, which often only changes its owner, the same
 * secret is told once. */
static void gather(struct facts *facts, struct found_secrets *out)
{
        const struct merge *merge = facts->catalog->merge;
        size_t kept = 0;

        for (size_t layer = 0; merge && layer < merge->layer_count; layer++) {
                const struct secrets *secrets = facts_observed(facts, &secrets_observer, layer);

                for (size_t i = 0; secrets && i < secrets->items.count; i++) {
                        const struct secrets_item *item = &secrets->items.items[i];
                        struct str file = str_sub(item->path, 0, item->file_length);

                        *vec_push(facts->arena, &out->list) = (struct found_secret){
                                item, layer, view_hidden_by(facts->arena, &merge->view, file, layer)};
                }
        }
        if (out->list.count)
                qsort(out->list.items, out->list.count, sizeof(*out->list.items), compare);
        for (size_t i = 0; i < out->list.count; i++)
                if (!kept || !is_same(&out->list.items[kept - 1], &out->list.items[i]))
                        out->list.items[kept++] = out->list.items[i];
        out->list.count = kept;
}

static void add_rule(struct value_maker *maker, const struct secret_rule *rule)
{
        make_text(maker, "rule", rule->id);
        make_text(maker, "title", rule->title);
        make_text(maker, "severity", rule->severity);
}

static void add_file(struct facts *facts, struct value_maker *list, const struct found_secret *found)
{
        const struct secret_rule *rule = secret_book_find(facts->settings->secrets, found->item->rule);
        struct value_maker maker = {.arena = facts->arena};

        if (!rule)
                return;
        add_rule(&maker, rule);
        make_text(&maker, "in", STR("file"));
        make_text(&maker, "path", str_format(facts->arena, "/%.*s", STR_ARG(found->item->path)));
        make_number(&maker, "line", found->item->line);
        make_text(&maker, "masked", found->item->masked);
        facts_add_layer(facts, &maker, found->layer);
        if (found->hidden_by != SIZE_MAX)
                make_number(&maker, "deletedBy", found->hidden_by);
        make_item(list, make_map(&maker));
}

static void add_config(struct facts *facts, struct value_maker *list, const struct config_secret *secret)
{
        struct value_maker maker = {.arena = facts->arena};

        add_rule(&maker, secret->rule);
        make_text(&maker, "in", str_of(secret->in));
        make_text(&maker, "path", secret->where);
        make_text(&maker, "masked", secret->masked);
        make_item(list, make_map(&maker));
}

static bool make(struct facts *facts, struct value *out)
{
        struct value_maker list = {.arena = facts->arena};
        struct found_secrets found = {0};

        TRY(facts->settings->secrets && facts->image->kind != IMAGE_BILL);
        gather(facts, &found);
        for (size_t i = 0; i < facts->config_secrets.items.count; i++)
                add_config(facts, &list, &facts->config_secrets.items.items[i]);
        for (size_t i = 0; i < found.list.count; i++)
                add_file(facts, &list, &found.list.items[i]);
        *out = make_list(&list);
        return true;
}

const struct facts_part facts_secrets = {"secrets", make};

/* --- what was not looked through --- */

static void add_unsearched(struct facts *facts, struct value_maker *list, const struct unsearched *left, size_t layer)
{
        for (size_t i = 0; i < left->count; i++) {
                struct value_maker maker = {.arena = facts->arena};

                make_text(&maker, "path", str_format(facts->arena, "/%.*s", STR_ARG(left->items[i].path)));
                make_text(&maker, "why", left->items[i].why);
                facts_add_layer(facts, &maker, layer);
                make_item(list, make_map(&maker));
        }
}

static bool make_search(struct facts *facts, struct value *out)
{
        const struct merge *merge = facts->catalog->merge;
        struct value_maker maker = {.arena = facts->arena}, list = {.arena = facts->arena};
        uint64_t spared = 0;

        TRY(merge && (facts->settings->secrets || facts->settings->yara));
        for (size_t layer = 0; layer < merge->layer_count; layer++) {
                const struct secrets *secrets = facts_observed(facts, &secrets_observer, layer);
                const struct malware *malware = facts_observed(facts, &malware_observer, layer);

                if (secrets)
                        add_unsearched(facts, &list, &secrets->left, layer);
                if (malware)
                        add_unsearched(facts, &list, &malware->left, layer);
                spared += secrets ? secrets->spared : 0;
        }
        make_number(&maker, "spared", spared);
        make_member(&maker, "incomplete", make_list(&list));
        *out = make_map(&maker);
        return true;
}

const struct facts_part facts_search = {"search", make_search};
