/* zip.c - ZIP archives that pass by in pieces.
 *
 * A header is looked for; what it says about the size of its entry leads to the next. Writers that do not know sizes beforehand put
 * them behind the contents (a data descriptor): the end of such an entry is where inflating it ends, or, if nobody wants it, where
 * a descriptor with the right size stands before a header. */

#include "image/archive/zip.h"

#include <stdlib.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/bytes.h"

enum {
        LOCAL_SIZE = 30,
        CENTRAL_SIZE = 46,
        END_SIZE = 22,
        END64_SIZE = 56,
        SIGNATURE = 4,
        EXTRA_64 = 1,
        STORED = 0,
        DEFLATED = 8,
        FLAG_ENCRYPTED = 1,
        FLAG_DESCRIPTOR = 8,
        TAIL = 24
               + SIGNATURE, /* bytes before the piece at hand that are still looked at: a descriptor and a signature */
        OUT = 32 << 10,
        NAMES_MOST = 4 << 20,
};

enum step {
        STEP_SEEK,    /* a header is looked for */
        STEP_HEADER,  /* a header is taken until all of it is there */
        STEP_PASS,    /* contents of a known size that nobody wants */
        STEP_STORED,  /* wanted ones, as they are */
        STEP_INFLATE, /* wanted ones that are packed */
        STEP_SCAN,    /* contents of an unknown size that nobody wants */
};

enum kind { KIND_LOCAL, KIND_CENTRAL, KIND_END, KIND_END64 };

static const struct {
        char signature[SIGNATURE + 1];
        unsigned size;
} kinds[] = {
        [KIND_LOCAL] = {"PK\3\4", LOCAL_SIZE},
        [KIND_CENTRAL] = {"PK\1\2", CENTRAL_SIZE},
        [KIND_END] = {"PK\5\6", END_SIZE},
        [KIND_END64] = {"PK\6\6", END64_SIZE},
};

/* An entry as its own header has it, or as the directory has it. */
struct entry {
        struct str name;
        uint64_t at, packed, size; /* `at` is where its header begins */
        uint16_t method, flags;
};

/* A wanted entry that passed by. */
struct passed {
        struct entry entry;
        struct str problem;
};

struct directory {
        VEC(struct entry) wanted;
        uint64_t begin, end, count; /* end: of its last entry */
        uint64_t told_at, told_count;
        bool has_64;
};

struct zip {
        struct arena *arena;
        struct zip_visitor visitor;
        void *context;
        enum step step;
        enum kind kind;
        uint64_t at;     /* bytes fed before the piece at hand */
        char tail[TAIL]; /* the last of them */
        size_t tail_length;
        struct buf header; /* of STEP_HEADER */
        size_t needed;
        uint64_t header_at;

        bool wanted, sized;      /* of the entry at hand: sized: it is known how many packed bytes it has */
        uint64_t left, begun_at; /* packed bytes left, where they began */
        uint64_t packed;         /* so many went by */
        uint64_t locals;
        size_t names; /* bytes that wanted entries and their names take */
        z_stream stream;
        bool has_stream;
        struct buf out;

        VEC(struct passed) passed;  /* by place */
        struct directory directory; /* the one that is being read */
        struct directory last;      /* the one that had an end */
        bool ended;
};

static void close_zip(void *object)
{
        struct zip *zip = object;

        buf_free(&zip->header);
        buf_free(&zip->out);
        if (zip->has_stream)
                inflateEnd(&zip->stream);
        zip->has_stream = false;
}

struct zip *zip_new(struct arena *arena, const struct zip_visitor *visitor, void *context)
{
        struct zip *zip = arena_new(arena, struct zip);

        zip->arena = arena;
        zip->visitor = *visitor;
        zip->context = context;
        arena_at_end(arena, close_zip, zip);
        return zip;
}

/* --- the next header --- */

/* A byte of the piece, or, before it, of the tail; -1 where neither has one. */
static int byte_at(const struct zip *zip, struct str piece, ptrdiff_t at)
{
        if (at >= 0)
                return (size_t)at < piece.len ? (unsigned char)piece.data[at] : -1;
        return (size_t)-at <= zip->tail_length ? (unsigned char)zip->tail[zip->tail_length - (size_t)-at] : -1;
}

static uint64_t number_at(const struct zip *zip, struct str piece, ptrdiff_t at, unsigned bytes)
{
        uint64_t value = 0;

        for (unsigned i = bytes; i-- > 0;)
                value = value << 8 | (uint64_t)(byte_at(zip, piece, at + i) & 255);
        return value;
}

static bool signature_at(const struct zip *zip, struct str piece, ptrdiff_t at, enum kind *kind)
{
        for (size_t i = 0; i < COUNT_OF(kinds); i++) {
                unsigned same = 0;

                while (same < SIGNATURE && byte_at(zip, piece, at + same) == (unsigned char)kinds[i].signature[same])
                        same++;
                if (same == SIGNATURE) {
                        *kind = (enum kind)i;
                        return true;
                }
        }
        return false;
}

/* Whether what stands before `at` tells the size that the entry at hand then has: 4 or 8 bytes, in the middle of a descriptor. */
static bool follows_descriptor(struct zip *zip, struct str piece, ptrdiff_t at)
{
        static const struct {
                unsigned length, packed, bytes;
        } forms[] = {{16, 8, 4}, {12, 4, 4}, {24, 8, 8}, {20, 4, 8}};
        uint64_t between = zip->at + (uint64_t)at - zip->begun_at;

        for (size_t i = 0; i < COUNT_OF(forms); i++)
                if (between >= forms[i].length
                    && number_at(zip, piece, at - (ptrdiff_t)(forms[i].length - forms[i].packed), forms[i].bytes)
                               == between - forms[i].length)
                        return true;
        return false;
}

static void keep_tail(struct zip *zip, struct str piece)
{
        size_t kept = piece.len >= TAIL ? 0 : min_size(zip->tail_length, TAIL - piece.len);
        size_t taken = min_size(piece.len, TAIL);

        memmove(zip->tail, zip->tail + zip->tail_length - kept, kept);
        memcpy(zip->tail + kept, piece.data + piece.len - taken, taken);
        zip->tail_length = kept + taken;
}

/* Moves over bytes of the piece. */
static void use(struct zip *zip, struct str *piece, size_t count)
{
        if (count)
                keep_tail(zip, str_sub(*piece, 0, count));
        zip->at += count;
        *piece = str_from(*piece, count);
}

static void seek(struct zip *zip, struct str *piece)
{
        ptrdiff_t at = -(ptrdiff_t)min_size(SIGNATURE - 1, zip->tail_length);

        for (; at < (ptrdiff_t)piece->len; at++) {
                enum kind kind;

                if (at >= 0) {
                        const char *next = memchr(piece->data + at, 'P', piece->len - (size_t)at);

                        if (!next)
                                break;
                        at = next - piece->data;
                }
                if (!signature_at(zip, *piece, at, &kind)
                    || (zip->step == STEP_SCAN && !follows_descriptor(zip, *piece, at)))
                        continue;
                zip->kind = kind;
                zip->step = STEP_HEADER;
                zip->needed = kinds[kind].size;
                zip->header_at = zip->at + (uint64_t)at;
                zip->header.len = 0;
                buf_add(&zip->header, (struct str){kinds[kind].signature, SIGNATURE});
                use(zip, piece, (size_t)(at + SIGNATURE));
                return;
        }
        use(zip, piece, piece->len);
}

/* --- entries --- */

/* Sizes that do not fit stand in an extra field, those that do not only. */
static void read_extra(struct entry *entry, struct str extra, bool central)
{
        uint64_t *fields[] = {&entry->size, &entry->packed, &entry->at};

        while (extra.len >= 4) {
                uint64_t id = le_within(extra, 0, 2), size = le_within(extra, 2, 2);
                struct str field = str_sub(extra, 4, 4 + size);
                size_t at = 0;

                for (size_t i = 0; id == EXTRA_64 && i < (central ? 3 : 2); i++)
                        if (*fields[i] == UINT32_MAX && field.len >= at + 8) {
                                *fields[i] = le_within(field, at, 8);
                                at += 8;
                        }
                extra = str_from(extra, 4 + size);
        }
}

static struct passed *at_hand(struct zip *zip)
{
        return &zip->passed.items[zip->passed.count - 1];
}

static void complain(struct zip *zip, const struct err *err)
{
        zip->wanted = false;
        if (zip->visitor.failed) {
                if (err->length)
                        zip->visitor.failed(zip->context, (struct str){NULL, 0}, err);
                return;
        }
        if (!at_hand(zip)->problem.len)
                at_hand(zip)->problem = str_copy(zip->arena, err_text(err));
}

/* What is wrong with an entry before its contents are looked at. */
static bool check_entry(const struct zip *zip, const struct entry *entry, struct err *err)
{
        if (entry->flags & FLAG_ENCRYPTED)
                return err_set(err, "it is encrypted");
        if (entry->method != STORED && entry->method != DEFLATED)
                return err_set(err, "it is packed by method %u, which is not read", entry->method);
        return zip->sized || entry->method == DEFLATED
               || err_set(err, "its size does not stand before it, though it is not packed");
}

static bool keep_name(struct zip *zip, struct str *name, struct err *err)
{
        zip->names += sizeof(struct passed) + name->len;
        if (zip->names > NAMES_MOST)
                return err_set(err, "the names in it take more than %d bytes", NAMES_MOST);
        *name = str_copy(zip->arena, *name);
        return true;
}

/* The same where nothing is kept of it. */
static void begin_passing(struct zip *zip, const struct entry *entry)
{
        struct err err = {0};

        zip->wanted =
                check_entry(zip, entry, &err) && zip->visitor.begin(zip->context, zip->locals - 1, entry->name, &err);
        if (!zip->wanted)
                zip->visitor.failed(zip->context, entry->name, &err);
}

static void begin_wanted(struct zip *zip, const struct entry *entry)
{
        struct passed *passed = vec_push(zip->arena, &zip->passed);
        struct err err = {0};

        *passed = (struct passed){.entry = *entry};
        zip->wanted = true;
        if (!check_entry(zip, entry, &err)
            || !zip->visitor.begin(zip->context, zip->passed.count - 1, passed->entry.name, &err))
                complain(zip, &err);
}

static void finish_entry(struct zip *zip)
{
        struct err err = {0};

        if (zip->wanted) {
                if (!zip->visitor.failed)
                        at_hand(zip)->entry.packed = zip->packed;
                if (!zip->visitor.end(zip->context, &err))
                        complain(zip, &err);
        }
        zip->wanted = false;
        zip->step = STEP_SEEK;
        zip->tail_length = 0; /* a header begins behind the contents, not in them */
}

static bool start_inflating(struct zip *zip, struct err *err)
{
        int status = zip->has_stream ? inflateReset2(&zip->stream, -MAX_WBITS) : inflateInit2(&zip->stream, -MAX_WBITS);

        zip->has_stream = status == Z_OK;
        return zip->has_stream || err_set(err, "it cannot be unpacked");
}

static bool begin_entry(struct zip *zip, struct entry *entry, struct err *err)
{
        struct err why = {0};

        if (++zip->locals > ZIP_ENTRIES)
                return err_set(err, "it has more than %d entries", ZIP_ENTRIES);
        zip->sized = !(entry->flags & FLAG_DESCRIPTOR) || entry->packed;
        zip->left = zip->sized ? entry->packed : UINT64_MAX;
        zip->begun_at = zip->at;
        zip->packed = 0;
        zip->wanted = false;
        if (zip->visitor.failed) {
                if (zip->visitor.wants(zip->context, entry->name))
                        begin_passing(zip, entry);
        } else if (zip->visitor.wants(zip->context, entry->name)) {
                TRY(keep_name(zip, &entry->name, err));
                begin_wanted(zip, entry);
        }
        if (zip->wanted && entry->method == DEFLATED && !start_inflating(zip, &why))
                complain(zip, &why);
        zip->step = !zip->wanted                ? (zip->sized ? STEP_PASS : STEP_SCAN)
                    : entry->method == DEFLATED ? STEP_INFLATE
                                                : STEP_STORED;
        if (!zip->left)
                finish_entry(zip);
        return true;
}

/* An entry that nobody wants any more: to its end, wherever that is. */
static void give_up(struct zip *zip)
{
        zip->step = zip->sized ? STEP_PASS : STEP_SCAN;
        if (!zip->left)
                finish_entry(zip);
}

static bool hand_over(struct zip *zip, struct str piece)
{
        struct err err = {0};

        if (!piece.len || zip->visitor.piece(zip->context, piece, &err))
                return true;
        complain(zip, &err);
        return false;
}

static void pass(struct zip *zip, struct str *piece)
{
        size_t some = (size_t)(zip->left < piece->len ? zip->left : piece->len);
        struct str contents = str_sub(*piece, 0, some);

        use(zip, piece, some);
        zip->left -= some;
        zip->packed += some;
        if (zip->step == STEP_STORED && !hand_over(zip, contents))
                give_up(zip);
        else if (!zip->left)
                finish_entry(zip);
}

static void inflate_some(struct zip *zip, struct str *piece)
{
        size_t room = (size_t)(zip->left < piece->len ? zip->left : piece->len);
        struct err err = {0};
        int status = Z_OK;

        room = min_size(room, UINT32_MAX / 2);
        zip->stream.next_in = (unsigned char *)piece->data;
        zip->stream.avail_in = (unsigned)room;
        do {
                char *to = (zip->out.len = 0, buf_reserve(&zip->out, OUT));

                zip->stream.next_out = (unsigned char *)to;
                zip->stream.avail_out = OUT;
                status = inflate(&zip->stream, Z_NO_FLUSH);
                if (!hand_over(zip, (struct str){to, OUT - zip->stream.avail_out}))
                        break;
        } while (status == Z_OK && (zip->stream.avail_in || !zip->stream.avail_out));
        room -= zip->stream.avail_in;
        use(zip, piece, room);
        zip->left -= zip->sized ? room : 0;
        zip->packed += room;
        if (zip->wanted && status != Z_OK && status != Z_BUF_ERROR && status != Z_STREAM_END)
                err_set(&err, "its packed data is broken at offset %" PRIu64, zip->packed);
        else if (zip->wanted && status != Z_STREAM_END && !zip->left)
                err_set(&err, "its packed data ends too early");
        if (err.length)
                complain(zip, &err);
        if (!zip->wanted) {
                give_up(zip);
        } else if (status == Z_STREAM_END) {
                bool more = zip->sized && zip->left;

                zip->packed += more ? zip->left : 0;
                finish_entry(zip);
                if (more)
                        zip->step = STEP_PASS;
        }
}

/* --- headers --- */

static struct entry local_entry(const struct zip *zip, struct str header)
{
        uint64_t name = le_within(header, 26, 2);
        struct entry entry = {
                .name = str_sub(header, LOCAL_SIZE, LOCAL_SIZE + name),
                .flags = (uint16_t)le_within(header, 6, 2),
                .method = (uint16_t)le_within(header, 8, 2),
                .packed = le_within(header, 18, 4),
                .size = le_within(header, 22, 4),
                .at = zip->header_at,
        };

        read_extra(&entry, str_from(header, LOCAL_SIZE + name), false);
        return entry;
}

static struct entry central_entry(struct str header)
{
        uint64_t name = le_within(header, 28, 2), extra = le_within(header, 30, 2);
        struct entry entry = {
                .name = str_sub(header, CENTRAL_SIZE, CENTRAL_SIZE + name),
                .flags = (uint16_t)le_within(header, 8, 2),
                .method = (uint16_t)le_within(header, 10, 2),
                .packed = le_within(header, 20, 4),
                .size = le_within(header, 24, 4),
                .at = le_within(header, 42, 4),
        };

        read_extra(&entry, str_sub(header, CENTRAL_SIZE + name, CENTRAL_SIZE + name + extra), true);
        return entry;
}

static bool take_central(struct zip *zip, struct str header, struct err *err)
{
        struct directory *directory = &zip->directory;
        struct entry entry = central_entry(header);

        if (!directory->count || directory->end != zip->header_at)
                *directory = (struct directory){.begin = zip->header_at};
        directory->end = zip->at;
        if (++directory->count > ZIP_ENTRIES)
                return err_set(err, "it has more than %d entries", ZIP_ENTRIES);
        if (zip->visitor.failed || !zip->visitor.wants(zip->context, entry.name))
                return true;
        TRY(keep_name(zip, &entry.name, err));
        *vec_push(zip->arena, &directory->wanted) = entry;
        return true;
}

static void take_end64(struct zip *zip, struct str header)
{
        zip->directory.has_64 = true;
        zip->directory.told_count = le_within(header, 32, 8);
        zip->directory.told_at = le_within(header, 48, 8);
}

/* The end of the directory: what it says must be what passed by. */
static bool take_end(struct zip *zip, struct str header, struct err *err)
{
        struct directory *directory = &zip->directory;
        uint64_t count = le_within(header, 10, 2), at = le_within(header, 16, 4);
        bool large = directory->has_64
                     && (count == UINT16_MAX || at == UINT32_MAX || le_within(header, 12, 4) == UINT32_MAX);

        if (!large) {
                directory->told_count = count;
                directory->told_at = at;
        }
        /* Some writers count more entries than fit. */
        if (large ? directory->count != directory->told_count : (directory->count & UINT16_MAX) != count)
                return err_set(err, "its central directory ends early: %" PRIu64 " entries of %" PRIu64,
                               directory->count, directory->told_count);
        if (!directory->count)
                directory->begin = directory->told_at;
        if (directory->told_at > directory->begin)
                return err_set(err, "its central directory is not where its end says");
        zip->last = *directory;
        zip->directory = (struct directory){0};
        zip->ended = true;
        return true;
}

/* How long a header is in all, as soon as its fixed part is there. */
static size_t whole_header(enum kind kind, struct str header)
{
        switch (kind) {
        case KIND_LOCAL:
                return LOCAL_SIZE + (size_t)(le_within(header, 26, 2) + le_within(header, 28, 2));
        case KIND_CENTRAL:
                return CENTRAL_SIZE
                       + (size_t)(le_within(header, 28, 2) + le_within(header, 30, 2) + le_within(header, 32, 2));
        default:
                return kinds[kind].size;
        }
}

static bool take_header(struct zip *zip, struct str *piece, struct err *err)
{
        size_t some = min_size(zip->needed - zip->header.len, piece->len);
        struct str header;

        buf_add(&zip->header, str_sub(*piece, 0, some));
        use(zip, piece, some);
        if (zip->header.len < zip->needed)
                return true;
        header = buf_text(&zip->header);
        zip->needed = whole_header(zip->kind, header);
        if (header.len < zip->needed)
                return true;
        zip->step = STEP_SEEK;
        zip->tail_length = 0;
        switch (zip->kind) {
        case KIND_LOCAL: {
                struct entry entry = local_entry(zip, header);

                return begin_entry(zip, &entry, err);
        }
        case KIND_CENTRAL:
                return take_central(zip, header, err);
        case KIND_END64:
                take_end64(zip, header);
                return true;
        default:
                return take_end(zip, header, err);
        }
}

bool zip_feed(struct zip *zip, struct str piece, struct err *err)
{
        while (piece.len)
                switch (zip->step) {
                case STEP_SEEK:
                case STEP_SCAN:
                        seek(zip, &piece);
                        break;
                case STEP_HEADER:
                        TRY(take_header(zip, &piece, err));
                        break;
                case STEP_PASS:
                case STEP_STORED:
                        pass(zip, &piece);
                        break;
                case STEP_INFLATE:
                        inflate_some(zip, &piece);
                        break;
                }
        return true;
}

/* The entry whose header passed by at an offset; SIZE_MAX if none did. */
static size_t find_passed(const struct zip *zip, uint64_t at)
{
        size_t low = 0, high = zip->passed.count;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (zip->passed.items[middle].entry.at < at)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low < zip->passed.count && zip->passed.items[low].entry.at == at ? low : SIZE_MAX;
}

/* What the directory names is what passed by, or a problem. */
static struct zip_entry confirm(struct zip *zip, const struct entry *told)
{
        uint64_t at = told->at + (zip->last.begin - zip->last.told_at);
        size_t found = find_passed(zip, at);
        const struct passed *passed = found == SIZE_MAX ? NULL : &zip->passed.items[found];
        struct zip_entry entry = {.name = told->name, .number = SIZE_MAX};

        if (!passed || !str_equal(passed->entry.name, told->name)) {
                entry.problem = str_format(zip->arena, "its header is not at offset %" PRIu64, at);
                return entry;
        }
        entry.number = found;
        entry.problem = passed->problem;
        if (!entry.problem.len && passed->entry.packed != told->packed)
                entry.problem =
                        str_format(zip->arena, "it has %" PRIu64 " packed bytes, not %" PRIu64 " as the directory says",
                                   passed->entry.packed, told->packed);
        return entry;
}

bool zip_finish(struct zip *zip, const struct zip_entry **entries, size_t *count, struct err *err)
{
        struct zip_entry *out;

        close_zip(zip);
        if (!zip->ended)
                return err_set(err, "it is no ZIP archive, or its end is missing: it has no end of central directory");
        *count = zip->last.wanted.count;
        *entries = out = arena_array(zip->arena, struct zip_entry, *count);
        for (size_t i = 0; i < *count; i++)
                out[i] = confirm(zip, &zip->last.wanted.items[i]);
        return true;
}

static bool inflate_all(z_stream *stream, uint64_t most, struct buf *out, struct err *err)
{
        for (;;) {
                int status;

                stream->next_out = (unsigned char *)buf_reserve(out, OUT);
                stream->avail_out = OUT;
                status = inflate(stream, Z_NO_FLUSH);
                out->len += OUT - stream->avail_out;
                if (out->len > most)
                        return err_set(err, "it unpacks to more than %" PRIu64 " bytes", most);
                if (status == Z_STREAM_END)
                        return true;
                if (status != Z_OK || (stream->avail_out && !stream->avail_in))
                        return err_set(err, "its packed data is broken at offset %lu", (unsigned long)stream->total_in);
        }
}

bool zip_inflate(struct arena *arena, struct str packed, uint64_t most, struct str *out, struct err *err)
{
        CLEANUP(buf_free) struct buf buf = {0};
        z_stream stream = {0};
        bool good;

        if (packed.len > UINT32_MAX || inflateInit(&stream) != Z_OK)
                return err_set(err, "it cannot be unpacked");
        stream.next_in = (unsigned char *)packed.data;
        stream.avail_in = (unsigned)packed.len;
        good = inflate_all(&stream, most, &buf, err);
        inflateEnd(&stream);
        *out = good ? str_copy(arena, buf_text(&buf)) : (struct str){"", 0};
        return good;
}
