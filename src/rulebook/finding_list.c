/* finding_list.c - findings in one block of memory that grows. */

#include "rulebook/rulebook.h"

#include <stdio.h>
#include <stdlib.h>

enum { FIRST = 16 };

static void resize(struct finding_list *list, size_t capacity)
{
        struct finding *items = realloc(list->items, checked_mul(capacity, sizeof(*items)));

        if (!items) {
                fputs("strake: out of memory\n", stderr);
                abort();
        }
        list->items = items;
        list->capacity = capacity;
}

void finding_list_reserve(struct finding_list *list, size_t count)
{
        if (count > list->capacity)
                resize(list, count);
}

struct finding *finding_list_push(struct finding_list *list)
{
        if (list->count == list->capacity)
                resize(list, list->capacity ? checked_mul(list->capacity, 2) : FIRST);
        return &list->items[list->count++];
}

void finding_list_copy(const struct finding_list *list, struct finding_list *out)
{
        *out = (struct finding_list){.count = list->count};
        if (!list->count)
                return;
        resize(out, list->count);
        memcpy(out->items, list->items, list->count * sizeof(*out->items));
}

void finding_list_free(struct finding_list *list)
{
        free(list->items);
        *list = (struct finding_list){0};
}
