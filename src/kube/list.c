/* list.c - one page after the other. */

#include "kube/list.h"

#include "base/url.h"
#include "doc/key.h"

enum { PAGE = 500, MOST_RESTARTS = 3, MOST_PAGES = 100000, MOST_EMPTY_PAGES = 10 };

struct listing {
        struct api_line *line;
        struct arena *arena;
        struct str path;
        const struct list_taker *taker;
        struct list_result *result;
        struct str next; /* where the server wants to go on; empty: at the beginning, or at the end */
        unsigned restarts, pages, empty;
};

static bool take_items(struct listing *listing, struct arena *scratch, const struct value *items, struct err *err)
{
        listing->empty = value_count(items) ? 0 : listing->empty + 1;
        value_each (items, item) {
                if (item->value.kind != VALUE_MAP)
                        return err_set(err, "an item of the list is no object");
                TRY(listing->taker->take(listing->taker->context, scratch, &item->value, err));
        }
        return true;
}

static bool take_page(struct listing *listing, struct arena *scratch, struct str text, struct err *err)
{
        struct document document = {0};
        const struct value *items;
        struct str next, before = listing->next;
        struct err inner = {0};

        if (!json_read_one(scratch, text, &document, &inner))
                return err_set(err, "the list is no JSON: line %u, column %u: %.*s", inner.line, inner.column,
                               STR_ARG(err_text(&inner)));
        items = value_get(&document.root, KEY_items);
        if (!str_ends(value_get_text(&document.root, KEY_kind), STR("List"))
                      || !(value_is(items, VALUE_LIST) || !items || items->kind == VALUE_NULL))
                return err_set(err, "the answer is no list of objects");
        TRY(take_items(listing, scratch, items, err));
        next = value_member_text(value_get(&document.root, KEY_metadata), "continue");
        if (next.len && str_equal(next, before))
                return err_set(err, "the server sends the same part of the list again and again");
        listing->next = str_copy(listing->arena, next);
        if (!listing->pages)
                listing->result->version =
                        str_copy(listing->arena, value_get_text(value_get(&document.root, KEY_metadata),
                                                                intern(STR("resourceVersion"))));
        listing->pages++;
        if (listing->next.len && (listing->pages == MOST_PAGES || listing->empty == MOST_EMPTY_PAGES))
                return err_set(
                        err,
                        "the list does not end: the server says after %u parts, %u of them empty in the end, that there "
                        "is more",
                        listing->pages, listing->empty);
        return true;
}

/* One page, asked for again from the beginning when the list became too old. */
static bool read_page(struct listing *listing, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct str path =
                str_format(&scratch, "%.*s?limit=%d%s%.*s", STR_ARG(listing->path), PAGE,
                           listing->next.len ? "&continue=" : "", STR_ARG(url_escape(&scratch, listing->next)));
        struct api_answer answer;

        if (api_get(listing->line, &scratch, path, NULL, &answer, err))
                return take_page(listing, &scratch, answer.text, err);
        listing->result->status = answer.status;
        listing->result->failure = answer.failure;
        listing->result->who = str_copy(listing->arena, answer.who);
        if (answer.status != 410 || listing->restarts == MOST_RESTARTS)
                return false;
        *err = (struct err){0};
        listing->restarts++;
        listing->next = (struct str){0};
        listing->pages = listing->empty = 0;
        listing->taker->restart(listing->taker->context);
        return read_page(listing, err);
}

bool list_read(struct api_line *line, struct arena *arena, struct str path, const struct list_taker *taker,
               struct list_result *result, struct err *err)
{
        struct listing listing = {.line = line, .arena = arena, .path = path, .taker = taker, .result = result};

        *result = (struct list_result){0};
        do
                TRY(read_page(&listing, err));
        while (listing.next.len);
        return true;
}
