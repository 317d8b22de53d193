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

void finding_list_trim(struct finding_list *list)
{
        if (!list->count)
                finding_list_free(list);
        else if (list->count < list->capacity)
                resize(list, list->count);
}

void finding_list_move(struct finding_list *from, struct finding_list *to)
{
        size_t count = checked_add(to->count, from->count);

        if (!to->items) {
                *to = *from;
                *from = (struct finding_list){0};
                return;
        }
        if (count > to->capacity)
                resize(to, count < to->capacity * 2 ? to->capacity * 2 : count);
        if (from->count)
                memcpy(to->items + to->count, from->items, from->count * sizeof(*from->items));
        to->count = count;
        finding_list_free(from);
}

void finding_list_free(struct finding_list *list)
{
        free(list->items);
        *list = (struct finding_list){0};
}
