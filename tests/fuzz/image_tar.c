/* image_tar.c - hostile tar archives: what is read does not depend on the pieces in which the bytes come.
 *
 * The first byte says how large the pieces are. */

#include "image/archive/tar.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_CONTENT = 1 << 20 };

struct seen {
        XXH3_state_t hash;
        uint64_t content, next;
        bool bounded; /* stopped because of the size of its holes */
};

static void check(bool condition)
{
        if (!condition)
                __builtin_trap();
}

static bool on_entry(void *context, const struct tar_entry *entry, bool *wants, struct err *err)
{
        struct seen *seen = context;

        (void)err;
        XXH3_64bits_update(&seen->hash, entry->path.data, entry->path.len);
        XXH3_64bits_update(&seen->hash, entry->link.data, entry->link.len);
        XXH3_64bits_update(&seen->hash, &entry->size, sizeof(entry->size));
        XXH3_64bits_update(&seen->hash, &entry->offset, sizeof(entry->offset));
        check(entry->kind == TAR_FILE || entry->size == 0);
        seen->next = 0;
        *wants = entry->number % 2 == 0;
        return true;
}

static bool on_piece(void *context, uint64_t at, struct str piece, struct err *err)
{
        struct seen *seen = context;

        check(at == seen->next && piece.len);
        seen->next += piece.len;
        seen->content += piece.len;
        if (seen->content > MOST_CONTENT) {
                seen->bounded = true;
                return err_set(err, "enough");
        }
        XXH3_64bits_update(&seen->hash, piece.data, piece.len);
        return true;
}

static bool on_end(void *context, struct err *err)
{
        (void)context;
        (void)err;
        return true;
}

static bool read_all(struct str text, size_t piece, struct seen *seen, struct err *err)
{
        struct tar_visitor visitor = {seen, on_entry, on_piece, on_end};
        CLEANUP(tar_free_at) struct tar *tar = tar_new(&visitor);

        XXH3_64bits_reset(&seen->hash);
        for (size_t at = 0; at < text.len; at += piece)
                TRY(tar_feed(tar, str_sub(text, at, at + piece), err));
        return tar_finish(tar, err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct seen whole = {.content = 0}, parts = {.content = 0};
        struct err err = {0}, other = {0};
        struct str text;
        bool fine;

        if (size < 2)
                return 0;
        text = (struct str){(const char *)data + 1, size - 1};
        fine = read_all(text, text.len, &whole, &err);
        check(fine == read_all(text, (size_t)data[0] * 3 + 1, &parts, &other));
        check(fine || err.length);
        check(whole.bounded || str_equal(err_text(&err), err_text(&other)));
        if (fine && !whole.bounded)
                check(XXH3_64bits_digest(&whole.hash) == XXH3_64bits_digest(&parts.hash));
        return 0;
}
