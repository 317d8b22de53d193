/* secrets.c - looking through the files of a layer as they pass by. */

#include "image/lint/secrets.h"

#include "image/layer/layer.h"
#include "image/layer/pack.h"

enum { LEAST_BYTES = 8, DIGEST = 32 };

static void leave(struct secrets *secrets, struct str place, struct str why)
{
        unsearched_add(secrets->arena, &secrets->left, place, why);
}

/* --- a file, or one in an archive --- */

static void begin_text(void *context, struct str place, struct str path)
{
        struct secrets *secrets = context;

        secrets->place = place;
        secret_scan_begin(secrets->scan, path);
}

static bool feed_text(void *context, struct str piece)
{
        struct secrets *secrets = context;

        return secret_scan_feed(secrets->scan, piece);
}

static void end_text(void *context)
{
        struct secrets *secrets = context;
        struct secret_found found;
        struct str place;

        secret_scan_end(secrets->scan, secrets->arena, &found);
        secrets->spared += found.spared;
        if (found.more)
                leave(secrets, secrets->place, STR("it has more than 200 secrets"));
        if (!found.count)
                return;
        place = str_copy(secrets->arena, secrets->place);
        for (size_t i = 0; i < found.count; i++) {
                const struct secret_hit *hit = &found.hits[i];

                if (secrets->items.count == SECRETS_MOST) {
                        leave(secrets, secrets->place, STR("its layer has more than 1000 secrets"));
                        return;
                }
                *vec_push(secrets->arena, &secrets->items) =
                        (struct secrets_item){place, hit->rule->id, hit->masked, hit->line, secrets->path.len};
        }
}

static void leave_text(void *context, struct str place, struct str why)
{
        leave(context, place, why);
}

static const struct archive_visitor visitor = {begin_text, feed_text, end_text, leave_text};

/* --- the layer --- */

static void *begin(struct layer_found *found, const struct path_key *key, void *context)
{
        struct secrets *secrets = arena_new(&found->arena, struct secrets);

        (void)key;
        secrets->arena = &found->arena;
        secrets->book = context;
        secrets->scan = secret_scan_new(context);
        secrets->archive = archive_new(&visitor, secrets);
        return secrets;
}

static bool on_entry(void *state, const struct layer_entry *entry)
{
        struct secrets *secrets = state;

        if (entry->kind != PATH_FILE || entry->tar->size < LEAST_BYTES)
                return false;
        secrets->path = entry->path;
        archive_begin(secrets->archive, entry->path);
        return true;
}

static bool on_piece(void *state, uint64_t at, struct str piece)
{
        struct secrets *secrets = state;

        if (at + piece.len > SECRETS_FILE_MOST) {
                archive_cut(secrets->archive, STR("it is larger than 1 GiB"));
                return false;
        }
        return archive_feed(secrets->archive, piece);
}

static void on_file_end(void *state)
{
        struct secrets *secrets = state;

        archive_end(secrets->archive);
}

static void finish(void *state)
{
        struct secrets *secrets = state;

        secret_scan_free(secrets->scan);
        archive_free(secrets->archive);
        secrets->scan = NULL;
        secrets->archive = NULL;
}

/* What is kept holds as long as the book finds the same. */
static struct str mark_of(const struct secret_book *book)
{
        return (struct str){(const char *)secret_book_digest(book)->bytes, DIGEST};
}

static void write(const void *state, struct buf *out)
{
        const struct secrets *secrets = state;

        buf_add(out, mark_of(secrets->book));
        pack_number(out, secrets->spared);
        pack_number(out, secrets->items.count);
        for (size_t i = 0; i < secrets->items.count; i++) {
                const struct secrets_item *item = &secrets->items.items[i];

                pack_text(out, item->path);
                pack_text(out, item->rule);
                pack_text(out, item->masked);
                pack_number(out, item->line);
                pack_number(out, item->file_length);
        }
        pack_unsearched(out, &secrets->left);
}

static bool read(struct layer_found *found, struct str text, void *context, void **state)
{
        struct secrets *secrets = arena_new(&found->arena, struct secrets);
        size_t count;

        secrets->book = context;
        TRY(str_starts(text, mark_of(context)));
        text = str_from(text, DIGEST);
        TRY(unpack_number(&text, &secrets->spared) && unpack_count(&text, 40, &count));
        for (size_t i = 0; i < count; i++) {
                struct secrets_item *item = vec_push(&found->arena, &secrets->items);

                TRY(unpack_text(&text, &item->path) && unpack_text(&text, &item->rule));
                TRY(unpack_text(&text, &item->masked) && unpack_number(&text, &item->line));
                TRY(unpack_number(&text, &item->file_length) && item->file_length <= item->path.len);
        }
        TRY(unpack_unsearched(&found->arena, &text, &secrets->left));
        *state = secrets;
        return !text.len;
}

const struct layer_observer secrets_observer = {
        .name = "secrets",
        .version = 2,
        .begin = begin,
        .entry = on_entry,
        .piece = on_piece,
        .end = on_file_end,
        .finish = finish,
        .write = write,
        .read = read,
};
