/* edit_compose.c - edits of edited text as edits of the text that was there first. */

#include "doc/edit.h"

/* A stretch of the edited text: `len` bytes of the first text from `at` on, or new ones. */
struct stretch {
        uint32_t at;
        size_t len;
        const char *fresh; /* NULL: old bytes */
};

struct stretches {
        VEC(struct stretch) list;
};

static void push(struct arena *arena, struct stretches *stretches, struct stretch stretch)
{
        if (stretch.len)
                *vec_push(arena, &stretches->list) = stretch;
}

static void push_fresh(struct arena *arena, struct stretches *stretches, struct str text)
{
        push(arena, stretches, (struct stretch){.len = text.len, .fresh = text.data ? text.data : ""});
}

/* What the edits make of a text of `length` bytes. */
static void stretches_of(struct arena *arena, size_t length, const struct text_edits *edits, struct stretches *out)
{
        uint32_t at = 0;

        for (size_t i = 0; i < edits->edits.count; i++) {
                const struct text_edit *edit = &edits->edits.items[i];

                push(arena, out, (struct stretch){.at = at, .len = edit->begin - at});
                push_fresh(arena, out, edit->text);
                at = edit->end;
        }
        push(arena, out, (struct stretch){.at = at, .len = length - at});
}

/* Goes through stretches from the front. */
struct cursor {
        struct arena *arena;
        const struct stretches *from;
        size_t index, used; /* of the stretch at `index`, bytes that are behind us */
};

/* Passes `bytes` bytes, and copies them to `out` unless that is NULL. */
static void pass(struct cursor *cursor, size_t bytes, struct stretches *out)
{
        while (bytes && cursor->index < cursor->from->list.count) {
                struct stretch stretch = cursor->from->list.items[cursor->index];
                size_t left = stretch.len - cursor->used, now = min_size(bytes, left);

                if (out)
                        push(cursor->arena, out,
                             (struct stretch){.at = stretch.at + (uint32_t)cursor->used,
                                              .len = now,
                                              .fresh = stretch.fresh ? stretch.fresh + cursor->used : NULL});
                bytes -= now;
                cursor->used += now;
                if (now == left) {
                        cursor->index++;
                        cursor->used = 0;
                }
        }
}

static void push_edit(struct arena *arena, struct text_edits *out, size_t begin, size_t end, struct buf *fresh)
{
        if (begin < end || fresh->len)
                *vec_push(arena, &out->edits) =
                        (struct text_edit){(uint32_t)begin, (uint32_t)end, str_copy(arena, buf_text(fresh))};
        fresh->len = 0;
}

static void edits_of(struct arena *arena, size_t length, const struct stretches *stretches, struct text_edits *out)
{
        CLEANUP(buf_free) struct buf fresh = {0};
        size_t at = 0;

        for (size_t i = 0; i < stretches->list.count; i++) {
                const struct stretch *stretch = &stretches->list.items[i];

                if (stretch->fresh) {
                        buf_add(&fresh, (struct str){stretch->fresh, stretch->len});
                        continue;
                }
                push_edit(arena, out, at, stretch->at, &fresh);
                at = stretch->at + stretch->len;
        }
        push_edit(arena, out, at, length, &fresh);
}

void edit_compose(struct arena *arena, size_t length, const struct text_edits *first, const struct text_edits *second,
                  struct text_edits *out)
{
        struct stretches between = {0}, all = {0};
        struct cursor cursor = {.arena = arena, .from = &between};
        size_t at = 0;

        stretches_of(arena, length, first, &between);
        for (size_t i = 0; i < second->edits.count; i++) {
                const struct text_edit *edit = &second->edits.items[i];

                pass(&cursor, edit->begin - at, &all);
                push_fresh(arena, &all, edit->text);
                pass(&cursor, edit->end - edit->begin, NULL);
                at = edit->end;
        }
        pass(&cursor, SIZE_MAX, &all);
        *out = (struct text_edits){0};
        edits_of(arena, length, &all, out);
}
