/* rpm_pages.c - chains of pages, put together as they pass by. */

#include "image/package/rpm_pages.h"

#include <stdlib.h>

static void close_pages(void *object)
{
        struct rpm_pages *pages = object;

        for (size_t i = 0; i < pages->chains.count; i++)
                buf_free(&pages->chains.items[i].text);
        packed_free(pages->loose);
        buf_free(&pages->page);
        buf_free(&pages->again);
        free(pages->notes);
}

void rpm_pages_begin(struct rpm_pages *pages, struct arena *arena, const struct rpm_pages_form *form, void *context,
                     uint32_t size, uint32_t first, uint32_t behind)
{
        *pages = (struct rpm_pages){
                .form = form,
                .context = context,
                .arena = arena,
                .size = size,
                .first = first,
                .behind = behind,
                .next = first,
                .notes = calloc((size_t)behind + 1, sizeof(struct rpm_page)),
                .loose = packed_new(),
        };
        if (!pages->notes)
                abort();
        arena_at_end(arena, close_pages, pages);
}

bool rpm_pages_feed(struct rpm_pages *pages, struct str piece, struct err *err)
{
        while (piece.len && pages->next < pages->behind) {
                size_t some = min_size(pages->size - pages->page.len, piece.len);
                struct str page = str_sub(piece, 0, some);

                piece = str_from(piece, some);
                if (some < pages->size) {
                        buf_add(&pages->page, page);
                        if (pages->page.len < pages->size)
                                return true;
                        page = buf_text(&pages->page);
                }
                pages->page.len = 0; /* its bytes stay until the next piece */
                TRY(pages->form->take(pages->context, pages->next++, page, err));
        }
        return true;
}

static void close_chain(struct rpm_pages *pages, uint32_t index)
{
        buf_free(&pages->chains.items[index].text);
        *vec_push(pages->arena, &pages->free) = index;
}

static void break_chain(struct rpm_pages *pages, uint32_t index, uint32_t page)
{
        pages->form->broken(pages->context, pages->chains.items[index].owner, page);
        close_chain(pages, index);
}

/* Adds what a page has of a chain; false when it is no part of it. */
static bool add_part(struct rpm_pages *pages, uint32_t index, struct str page, uint32_t *next)
{
        struct rpm_chain *chain = &pages->chains.items[index];
        struct str part;

        TRY(pages->form->part(pages->context, page, &part, next));
        if (chain->size != RPM_TO_END)
                part = str_sub(part, 0, (size_t)(chain->size - chain->text.len));
        buf_add(&chain->text, part);
        return true;
}

/* A page that passed by before it was known whose it is. */
static bool take_loose(struct rpm_pages *pages, uint32_t number, struct str *page)
{
        struct rpm_page *note = &pages->notes[number];
        uint64_t at = (uint64_t)note->value * pages->size;

        TRY(note->kind == PAGE_LOOSE);
        note->kind = PAGE_USED;
        pages->again.len = 0;
        packed_read(pages->loose, at, pages->size, &pages->again);
        packed_drop(pages->loose, at, pages->size);
        *page = buf_text(&pages->again);
        return true;
}

/* Goes on with a chain as far as its pages are there. */
static bool follow(struct rpm_pages *pages, uint32_t index, uint32_t next, struct err *err)
{
        for (;;) {
                const struct rpm_chain *chain = &pages->chains.items[index];
                uint32_t number = next;
                struct str page;

                if (chain->size == RPM_TO_END ? !next : chain->text.len >= chain->size) {
                        bool fine = pages->form->whole(pages->context, chain->owner, buf_text(&chain->text), err);

                        close_chain(pages, index);
                        return fine;
                }
                if (next < pages->first || next >= pages->behind) {
                        break_chain(pages, index, next);
                        return true;
                }
                if (next >= pages->next && pages->notes[next].kind == PAGE_UNSEEN) {
                        pages->notes[next] = (struct rpm_page){PAGE_WANTED, index};
                        return true;
                }
                if (!take_loose(pages, next, &page) || !add_part(pages, index, page, &next)) {
                        break_chain(pages, index, number);
                        return true;
                }
        }
}

/* The number of a chain that has nothing yet. */
static uint32_t open_chain(struct rpm_pages *pages, uint32_t owner, uint64_t size)
{
        uint32_t index;

        if (pages->free.count) {
                index = pages->free.items[--pages->free.count];
        } else {
                index = (uint32_t)pages->chains.count;
                (void)vec_push(pages->arena, &pages->chains);
        }
        pages->chains.items[index] = (struct rpm_chain){.size = size, .owner = owner};
        return index;
}

bool rpm_pages_begin_chain(struct rpm_pages *pages, uint32_t owner, struct str begin, uint64_t size, uint32_t next,
                           struct err *err)
{
        uint32_t index = open_chain(pages, owner, size);

        buf_add(&pages->chains.items[index].text, begin);
        return follow(pages, index, next, err);
}

/* The page that passes by belongs to a chain. */
static bool go_on(struct rpm_pages *pages, uint32_t index, uint32_t number, struct str page, struct err *err)
{
        uint32_t next;

        pages->notes[number].kind = PAGE_USED;
        if (add_part(pages, index, page, &next))
                return follow(pages, index, next, err);
        break_chain(pages, index, number);
        return true;
}

bool rpm_pages_begin_at(struct rpm_pages *pages, uint32_t number, struct str page, struct err *err)
{
        return go_on(pages, open_chain(pages, number, RPM_TO_END), number, page, err);
}

bool rpm_pages_take_part(struct rpm_pages *pages, uint32_t number, struct str page, struct err *err)
{
        struct rpm_page *note = &pages->notes[number];

        if (note->kind == PAGE_WANTED)
                return go_on(pages, note->value, number, page, err);
        *note = (struct rpm_page){PAGE_LOOSE, pages->loose_count++};
        packed_add(pages->loose, page);
        return true;
}
