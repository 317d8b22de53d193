/* selector_index.c - which selectors hold for labels? */

#include "kube/index_key.h"

struct entry_list {
        VEC(const struct selector_entry *) entries;
};

/* Each entry stands in one list: of the label that it wants and that the fewest others want, or of those that want none. */
struct selector_index {
        struct map wanted; /* namespace, key, value: struct entry_list */
        struct map others; /* namespace: struct entry_list */
        struct map spaces; /* namespaces with entries */
        struct entry_list everywhere;
};

static const struct requirement *next_label(const struct selector *selector, size_t *at)
{
        while (*at < selector->count) {
                const struct requirement *requirement = &selector->requirements[(*at)++];

                if (requirement->op == SELECTOR_IN && requirement->value_count == 1)
                        return requirement;
        }
        return NULL;
}

static void count_labels(struct arena *arena, struct map *counts, const struct selector_entry *entry)
{
        const struct requirement *label;

        for (size_t at = 0; (label = next_label(&entry->selector, &at));) {
                struct str parts[] = {entry->ns, label->key, label->values[0]};
                void **count = index_slot(arena, counts, parts, 3);

                if (count)
                        *count = (char *)*count + 1;
        }
}

static const struct requirement *rarest_label(const struct map *counts, const struct selector_entry *entry)
{
        const struct requirement *label, *rarest = NULL;
        uintptr_t least = UINTPTR_MAX;

        for (size_t at = 0; (label = next_label(&entry->selector, &at));) {
                struct str parts[] = {entry->ns, label->key, label->values[0]};
                uintptr_t count = (uintptr_t)index_get(counts, parts, 3);

                if (count && count < least) {
                        least = count;
                        rarest = label;
                }
        }
        return rarest;
}

static void add_entry(struct arena *arena, struct selector_index *index, const struct map *counts,
                      const struct selector_entry *entry)
{
        const struct requirement *label = rarest_label(counts, entry);
        struct str parts[] = {entry->ns, label ? label->key : (struct str){0},
                              label ? label->values[0] : (struct str){0}};
        void **list, **space = entry->everywhere ? NULL : index_slot(arena, &index->spaces, parts, 1);

        if (entry->everywhere) {
                *vec_push(arena, &index->everywhere.entries) = entry;
                return;
        }
        if (space)
                *space = index;
        list = label ? index_slot(arena, &index->wanted, parts, 3) : index_slot(arena, &index->others, parts, 1);
        if (!list)
                return;
        if (!*list)
                *list = arena_new(arena, struct entry_list);
        *vec_push(arena, &((struct entry_list *)*list)->entries) = entry;
}

struct selector_index *selector_index_new(struct arena *arena, const struct selector_entry *entries, size_t count)
{
        struct selector_index *index = arena_new(arena, struct selector_index);
        struct selector_entry *copies = arena_array(arena, struct selector_entry, count);
        struct map counts = {0};

        if (count)
                memcpy(copies, entries, count * sizeof(*copies));
        for (size_t i = 0; i < count; i++)
                count_labels(arena, &counts, &copies[i]);
        for (size_t i = 0; i < count; i++)
                add_entry(arena, index, &counts, &copies[i]);
        return index;
}

bool selector_index_has(const struct selector_index *index, struct str ns)
{
        struct str look;

        for (size_t place = 0; index_look_in(ns, place, &look); place++) {
                if (index_get(&index->spaces, &look, 1))
                        return true;
        }
        return false;
}

/* The lists in which an entry may stand, by number: those of everywhere, then for each namespace that without labels and one
 * for each label. False when there are no more. */
static bool list_at(const struct selector_index *index, const struct selector_search *search, size_t place,
                    const struct entry_list **out)
{
        size_t labels = value_count(search->labels), each = labels + 1;
        struct str parts[3] = {{0}};

        *out = &index->everywhere;
        if (place == 0)
                return true;
        place--;
        TRY(index_look_in(search->ns, place / each, &parts[0]));
        if (place % each == 0) {
                *out = index_get(&index->others, parts, 1);
        } else {
                const struct node *label = &search->labels->nodes[place % each - 1];

                parts[1] = intern_text(label->key);
                parts[2] = label->value.kind == VALUE_STRING ? value_text(&label->value) : (struct str){0};
                *out = index_get(&index->wanted, parts, 3);
        }
        return true;
}

const struct selector_entry *selector_index_next(const struct selector_index *index, struct selector_search *search)
{
        const struct entry_list *list;

        for (;;) {
                list = search->list;
                while (list && search->at < list->entries.count) {
                        const struct selector_entry *entry = list->entries.items[search->at++];

                        if (selector_has(&entry->selector, search->labels))
                                return entry;
                }
                if (!list_at(index, search, search->place, &list))
                        return NULL;
                search->list = list;
                search->at = 0;
                search->place++;
        }
}
