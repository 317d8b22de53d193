/* rpm_ndb.c - rpm's own database: slots that name blobs. Numbers are little-endian. */

#include <stdlib.h>

#include "base/bytes.h"
#include "image/package/rpm_rows.h"

enum { PAGE = 4096, HEAD = 16, SLOT = 16, BLOCK = 16, BLOB_HEAD = 16, SLOTS_BEFORE = 2 };
enum { BLOB_ABSENT, BLOB_CUT, BLOB_FOUND };

/* What a slot names. */
struct blob {
        uint64_t at;
        uint32_t package, slot; /* slot: counts them */
        uint32_t state, row;
};

struct ndb {
        struct arena *arena;
        struct rpm_rows rows;
        uint64_t size, at;          /* of the file; where the next piece begins */
        struct buf slots;           /* the head of the file and its slots, until all of them are there */
        struct blob *blobs;         /* in the order of the file, and in the end in that of the slots */
        size_t count, next;         /* next: the first of those that may still come */
        struct buf text;            /* of the next: its head and what it has */
        uint64_t slot_count, wrong; /* wrong: a slot that is none, if it is not 0 */
};

static bool is(struct str begin)
{
        return str_starts(begin, STR("RpmP"));
}

static void close_ndb(void *object)
{
        struct ndb *ndb = object;

        buf_free(&ndb->slots);
        buf_free(&ndb->text);
}

static void *begin(struct arena *arena, uint64_t size)
{
        struct ndb *ndb = arena_new(arena, struct ndb);

        ndb->arena = arena;
        ndb->size = size;
        rpm_rows_begin(&ndb->rows, arena);
        arena_at_end(arena, close_ndb, ndb);
        return ndb;
}

static bool read_head(struct ndb *ndb, struct err *err)
{
        const char *head = ndb->slots.data;

        if (le_32(head + 4) != 0)
                return err_set(err, "its version of ndb is not known");
        ndb->slot_count = (uint64_t)le_32(head + 12) * (PAGE / SLOT);
        if (ndb->slot_count > ndb->size / SLOT)
                return err_set(err, "the ndb database is damaged: it has fewer slots than it says");
        if (ndb->slot_count > RPM_ROWS_MOST)
                return err_set(err, "it has more than %d values", RPM_ROWS_MOST);
        return true;
}

static int compare_places(const void *a, const void *b)
{
        const struct blob *x = a, *y = b;

        if (x->at != y->at)
                return x->at < y->at ? -1 : 1;
        return x->slot < y->slot ? -1 : x->slot > y->slot;
}

static int compare_slots(const void *a, const void *b)
{
        const struct blob *x = a, *y = b;

        return x->slot < y->slot ? -1 : x->slot > y->slot;
}

/* All slots are there: which blobs they name, in the order in which these will pass by. */
static void read_slots(struct ndb *ndb)
{
        ndb->blobs = arena_array(ndb->arena, struct blob, (size_t)ndb->slot_count);
        for (uint32_t i = SLOTS_BEFORE; i < ndb->slot_count && !ndb->wrong; i++) {
                const char *slot = ndb->slots.data + (size_t)i * SLOT;

                if (memcmp(slot, "Slot", 4) != 0)
                        ndb->wrong = i;
                else if (le_32(slot + 4))
                        ndb->blobs[ndb->count++] = (struct blob){
                                .at = (uint64_t)le_32(slot + 8) * BLOCK, .package = le_32(slot + 4), .slot = i};
        }
        qsort(ndb->blobs, ndb->count, sizeof(*ndb->blobs), compare_places);
        buf_free(&ndb->slots);
}

/* Takes bytes for the next blob until there are `wanted`. */
static bool gather(struct ndb *ndb, struct str *piece, size_t wanted)
{
        size_t some = min_size(wanted - ndb->text.len, piece->len);

        buf_add(&ndb->text, str_sub(*piece, 0, some));
        *piece = str_from(*piece, some);
        ndb->at += some;
        return ndb->text.len == wanted;
}

static void end_blob(struct ndb *ndb, uint32_t state)
{
        ndb->blobs[ndb->next++].state = state;
        ndb->text.len = 0;
}

static bool take_blob(struct ndb *ndb, struct str *piece, struct err *err)
{
        struct blob *blob = &ndb->blobs[ndb->next];
        uint32_t length;

        if (ndb->text.len < BLOB_HEAD && !gather(ndb, piece, BLOB_HEAD))
                return true;
        length = le_32(ndb->text.data + 12);
        if (memcmp(ndb->text.data, "BlbS", 4) != 0 || le_32(ndb->text.data + 4) != blob->package) {
                end_blob(ndb, BLOB_ABSENT);
        } else if (length > ndb->size - BLOB_HEAD - blob->at) {
                end_blob(ndb, BLOB_CUT);
        } else if (gather(ndb, piece, (size_t)BLOB_HEAD + length)) {
                blob->row = (uint32_t)ndb->rows.rows.count;
                TRY(rpm_rows_add(&ndb->rows, str_from(buf_text(&ndb->text), BLOB_HEAD), err));
                end_blob(ndb, BLOB_FOUND);
        }
        return true;
}

static bool take_slots(struct ndb *ndb, struct str *piece, struct err *err)
{
        size_t wanted = ndb->slot_count ? (size_t)ndb->slot_count * SLOT : HEAD;
        size_t some = min_size(wanted - ndb->slots.len, piece->len);

        buf_add(&ndb->slots, str_sub(*piece, 0, some));
        *piece = str_from(*piece, some);
        ndb->at += some;
        if (ndb->slots.len < wanted)
                return true;
        if (!ndb->slot_count)
                TRY(read_head(ndb, err));
        if (ndb->slots.len >= ndb->slot_count * SLOT)
                read_slots(ndb);
        return true;
}

static bool feed(void *state, struct str piece, struct err *err)
{
        struct ndb *ndb = state;

        while (piece.len) {
                struct blob *blob = ndb->blobs && ndb->next < ndb->count ? &ndb->blobs[ndb->next] : NULL;
                uint64_t skipped = blob ? blob->at - ndb->at : UINT64_MAX;

                if (!ndb->blobs) {
                        TRY(take_slots(ndb, &piece, err));
                } else if (ndb->text.len || (blob && blob->at == ndb->at)) {
                        TRY(take_blob(ndb, &piece, err));
                } else if (blob && blob->at < ndb->at) {
                        ndb->next++; /* it would lie in another, or in the slots */
                } else {
                        skipped = skipped < piece.len ? skipped : piece.len;
                        ndb->at += skipped;
                        piece = str_from(piece, (size_t)skipped);
                }
        }
        return true;
}

static size_t count_of(const void *state)
{
        return ((const struct ndb *)state)->rows.rows.count;
}

static bool end(void *state, rpm_each *each, void *context, struct err *err)
{
        struct ndb *ndb = state;

        if (!ndb->blobs)
                return err_set(err, "it is no ndb database");
        qsort(ndb->blobs, ndb->count, sizeof(*ndb->blobs), compare_slots);
        for (size_t i = 0; i < ndb->count; i++) {
                const struct blob *blob = &ndb->blobs[i];

                if (blob->state != BLOB_FOUND)
                        return err_set(err, "the ndb database is damaged: offset %" PRIu64 ": %s", blob->at,
                                       blob->state == BLOB_CUT ? "the blob is cut" : "no blob");
                TRY(rpm_rows_hand_on(&ndb->rows, blob->row, each, context, err));
        }
        return !ndb->wrong
               || err_set(err, "the ndb database is damaged: offset %" PRIu64 ": no slot", ndb->wrong * SLOT);
}

const struct rpm_form rpm_ndb = {is, begin, feed, count_of, end};
