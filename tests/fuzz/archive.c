/* archive.c - hostile archives in archives: which files are in them does not depend on the pieces in which they pass by. The first byte
 * chooses their size. */

#include "base/buf.h"
#include "image/lint/archive.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition)
{
        if (!condition)
                __builtin_trap();
}

/* What was handed on: names and hashes, and what was told. */
struct seen {
        struct buf told;
        XXH3_state_t hash;
        uint64_t bytes; /* of the file at hand */
        bool open, left;
};

static void begin(void *context, struct str place, struct str path)
{
        struct seen *seen = context;

        check(!seen->open && str_starts(place, STR("a")) && path.len && path.len <= place.len);
        seen->open = true;
        seen->bytes = 0;
        XXH3_64bits_reset(&seen->hash);
        buf_add_format(&seen->told, "%.*s %.*s ", STR_ARG(place), STR_ARG(path));
}

/* Of every file whose name has an even length, only the begin matters. */
static bool take(void *context, struct str piece)
{
        struct seen *seen = context;
        enum { ENOUGH = 300 };
        bool enough = seen->told.len % 2 && seen->bytes + piece.len >= ENOUGH;

        check(seen->open && piece.len);
        if (enough)
                piece = str_sub(piece, 0, (size_t)(ENOUGH - seen->bytes));
        seen->bytes += piece.len;
        XXH3_64bits_update(&seen->hash, piece.data, piece.len);
        return !enough;
}

static void end(void *context)
{
        struct seen *seen = context;

        check(seen->open);
        seen->open = false;
        buf_add_format(&seen->told, "%" PRIu64 " %" PRIx64 "\n", seen->bytes,
                       (uint64_t)XXH3_64bits_digest(&seen->hash));
}

static void left(void *context, struct str place, struct str why)
{
        struct seen *seen = context;

        check(place.len && why.len);
        seen->left = true;
}

static const struct archive_visitor visitor = {begin, take, end, left};

static void pass(struct archive *archive, struct str text, size_t piece)
{
        bool more = true;

        archive_begin(archive, STR("a"));
        for (size_t at = 0; at < text.len && more; at += piece)
                more = archive_feed(archive, str_sub(text, at, at + piece));
        archive_end(archive);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct seen whole = {.open = false}, parts = {.open = false};
        struct archive *first = archive_new(&visitor, &whole), *second = archive_new(&visitor, &parts);
        struct str text = {(const char *)data + 1, size - 1};

        if (size > 1) {
                pass(first, text, text.len);
                pass(second, text, (size_t)data[0] * 3 + 1);
                check(!whole.open && !parts.open);
                /* How much is there before what is damaged, or is too much, depends on what was fed. */
                if (!whole.left && !parts.left)
                        check(str_equal(buf_text(&whole.told), buf_text(&parts.told)));
                pass(first, STR("some text"), 4); /* nothing is left of what was before */
                check(!whole.open && str_ends(buf_text(&whole.told), STR("\n")));
        }
        archive_free(first);
        archive_free(second);
        buf_free(&whole.told);
        buf_free(&parts.told);
        return 0;
}
