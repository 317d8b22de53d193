/* rpm_sqlite.c - the one table of an rpm database in SQLite's file format (sqlite.org/fileformat2.html).
 *
 * Of a leaf of any table those rows are kept that may be of the table Packages; which ones are of it, the tree says in the end. */

#include "image/package/rpm_pages.h"

#include "base/bytes.h"
#include "image/package/rpm_rows.h"

enum {
        FILE_HEADER = 100,
        LEAF = 0x0d,
        INTERIOR = 0x05,
        INDEX_LEAF = 0x0a,
        INDEX_INTERIOR = 0x02,
        DEPTH_MOST = 20,
        COLUMNS_MOST = 8,
        LOCAL_LEAST = 4, /* bytes of the smallest cell */
};

enum page_of_sqlite {
        PAGE_LEAF = PAGE_OWN, /* `value`: which of `leaves` */
        PAGE_OTHERS,          /* a leaf that has only rows of other tables */
        PAGE_INTERIOR,        /* `value`: which of those that are kept */
};

enum row_kind {
        ROW_OTHER, /* has no blob */
        ROW_BLOB,  /* `value`: number among the rows that are kept */
        ROW_TABLE, /* tells of the table Packages; `value`: its root page */
        ROW_OPEN,  /* not all of it passed by */
        ROW_NO_SIZE,
        ROW_TOO_LONG,
        ROW_NO_HEADER,
        ROW_TOO_SHORT,
        ROW_OUTSIDE,
        ROW_NO_PAGE,
};

static const char *const complaints[] = {
        [ROW_OTHER] = "a row of the table Packages has no blob",
        [ROW_TABLE] = "a row of the table Packages has no blob",
        [ROW_OPEN] = "it names a page that it has not",
        [ROW_NO_SIZE] = "a row has no size",
        [ROW_TOO_LONG] = "a row is longer than it can be",
        [ROW_NO_HEADER] = "a row has no header",
        [ROW_TOO_SHORT] = "a row is shorter than its columns",
        [ROW_OUTSIDE] = "a cell lies outside of its page",
        [ROW_NO_PAGE] = "it names a page that it has not, or one twice",
};

struct row {
        uint32_t kind, value;
};

struct leaf {
        uint32_t first, count; /* of `rows` */
};

struct sqlite {
        struct arena *arena;
        struct rpm_pages pages;
        struct rpm_rows kept;
        struct packed *interiors;
        uint32_t interior_count;
        uint64_t size;     /* of the file */
        struct buf header; /* of the file, until it is there */
        uint32_t usable;   /* bytes of a page */
        VEC(struct row) rows;
        VEC(struct leaf) leaves;
        uint32_t visited; /* pages so far: more than there are is a circle */
};

struct column {
        uint64_t type;
        struct str value; /* of a text, a blob, or the bytes of a number */
};

static bool is_wrong(struct err *err, const char *what)
{
        return err_set(err, "the SQLite database is damaged: %s", what);
}

/* A number of one to nine bytes, seven bits each. */
static bool take_varint(struct str *text, uint64_t *out)
{
        uint64_t value = 0;

        for (size_t i = 0; i < 9 && i < text->len; i++) {
                unsigned char byte = (unsigned char)text->data[i];

                value = i == 8 ? value << 8 | byte : value << 7 | (byte & 0x7f);
                if (i == 8 || !(byte & 0x80)) {
                        *out = value;
                        *text = str_from(*text, i + 1);
                        return true;
                }
        }
        return false;
}

static uint64_t size_of(uint64_t type)
{
        static const uint64_t sizes[] = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0};

        return type < COUNT_OF(sizes) ? sizes[type] : (type - 12) / 2;
}

/* The columns of a record; `begin` is all of it, or what there is of it so far. Returns ROW_OPEN where a column is longer than that. */
static enum row_kind read_record(struct str begin, uint64_t size, struct column *columns, size_t *count)
{
        struct str header = begin, values;
        enum row_kind kind = ROW_OTHER;
        uint64_t header_size;

        if (!take_varint(&header, &header_size) || header_size > size || header_size < begin.len - header.len)
                return ROW_NO_HEADER;
        values = str_from(begin, (size_t)header_size);
        size -= header_size;
        header = str_sub(header, 0, (size_t)header_size - (begin.len - header.len));
        for (*count = 0; header.len && *count < COLUMNS_MOST; (*count)++) {
                struct column *column = &columns[*count];
                uint64_t wanted;

                if (!take_varint(&header, &column->type) || (wanted = size_of(column->type)) > size)
                        return ROW_TOO_SHORT;
                kind = wanted > values.len ? ROW_OPEN : kind;
                column->value = str_sub(values, 0, (size_t)wanted);
                values = str_from(values, column->value.len);
                size -= wanted;
        }
        return kind;
}

/* What a row is, as far as it matters: the root page of the table Packages, a blob, or nothing. */
static enum row_kind kind_of(const struct column *columns, size_t count, uint32_t *root)
{
        if (count >= 2 && columns[1].type >= 12 && columns[1].type % 2 == 0)
                return ROW_BLOB;
        if (count < 4 || !str_is(columns[0].value, "table") || !str_is(columns[1].value, "Packages"))
                return ROW_OTHER;
        *root = columns[3].type == 9;
        for (size_t i = 0; i < columns[3].value.len && i < 4; i++)
                *root = *root << 8 | (unsigned char)columns[3].value.data[i];
        return ROW_TABLE;
}

static bool keep_blob(struct sqlite *sqlite, struct str blob, struct row *row, struct err *err)
{
        *row = (struct row){ROW_BLOB, (uint32_t)sqlite->kept.rows.count};
        return rpm_rows_add(&sqlite->kept, blob, err);
}

/* A whole row. */
static bool keep_row(struct sqlite *sqlite, struct str record, struct row *row, struct err *err)
{
        struct column columns[COLUMNS_MOST];
        size_t count = 0;

        row->kind = read_record(record, record.len, columns, &count);
        if (row->kind != ROW_OTHER)
                return true;
        row->kind = kind_of(columns, count, &row->value);
        return row->kind != ROW_BLOB || keep_blob(sqlite, columns[1].value, row, err);
}

/* How many bytes of a row stand in its cell; the rest is on overflow pages. */
static uint64_t local_size(const struct sqlite *sqlite, uint64_t size)
{
        uint64_t most = sqlite->usable - 35, least = (sqlite->usable - 12) * 32 / 255 - 23, local;

        if (size <= most)
                return size;
        local = least + (size - least) % (sqlite->usable - 4);
        return local <= most ? local : least;
}

/* Reads a cell; `*next` is the page where its row goes on, if it matters. */
static bool take_cell(struct sqlite *sqlite, struct str cell, struct row *row, uint64_t *size, struct str *local,
                      uint32_t *next, struct err *err)
{
        struct column columns[COLUMNS_MOST];
        uint64_t id, here;
        size_t count = 0;

        *row = (struct row){.kind = ROW_OUTSIDE};
        if (cell.len < LOCAL_LEAST)
                return true;
        row->kind = ROW_NO_SIZE;
        if (!take_varint(&cell, size) || !take_varint(&cell, &id))
                return true;
        row->kind = ROW_TOO_LONG;
        here = local_size(sqlite, *size);
        if (here + (here < *size ? 4 : 0) > cell.len || *size > sqlite->size)
                return true;
        *local = str_sub(cell, 0, (size_t)here);
        if (here == *size)
                return keep_row(sqlite, *local, row, err);
        row->kind = read_record(*local, *size, columns, &count);
        if (row->kind != ROW_OTHER && row->kind != ROW_OPEN)
                return true;
        row->kind = kind_of(columns, count, &row->value);
        if (row->kind != ROW_BLOB)
                return true;
        row->kind = ROW_OPEN;
        *next = be_32(cell.data + here);
        return true;
}

static bool take_leaf(struct sqlite *sqlite, uint32_t number, struct str page, uint32_t count, size_t pointers,
                      struct err *err)
{
        uint32_t first = (uint32_t)sqlite->rows.count;
        bool others = count > 0;

        if (first + count > RPM_ROWS_MOST)
                return err_set(err, "it has more than %d values", RPM_ROWS_MOST);
        for (uint32_t i = 0; i < count; i++) {
                uint32_t offset = be_16(page.data + pointers + 2 * (size_t)i), next = 0;
                struct str local = {0};
                uint64_t size;
                struct row row;

                TRY(take_cell(sqlite, str_sub(page, offset, sqlite->usable), &row, &size, &local, &next, err));
                *vec_push(sqlite->arena, &sqlite->rows) = row;
                others = others && row.kind == ROW_OTHER;
                if (row.kind == ROW_OPEN)
                        TRY(rpm_pages_begin_chain(&sqlite->pages, first + i, local, size, next, err));
        }
        if (others) {
                sqlite->rows.count = first;
                sqlite->pages.notes[number].kind = PAGE_OTHERS;
                return true;
        }
        sqlite->pages.notes[number] = (struct rpm_page){PAGE_LEAF, (uint32_t)sqlite->leaves.count};
        *vec_push(sqlite->arena, &sqlite->leaves) = (struct leaf){first, count};
        return true;
}

/* A page of a table; one that is wrong stays a page that nobody knows. */
static bool take_page(void *context, uint32_t number, struct str page, struct err *err)
{
        struct sqlite *sqlite = context;
        size_t header = number == 1 ? FILE_HEADER : 0, pointers;
        char kind = page.data[header];
        uint32_t count = be_16(page.data + header + 3);

        if (kind == INDEX_LEAF || kind == INDEX_INTERIOR)
                return true;
        if (kind != LEAF && kind != INTERIOR)
                return rpm_pages_take_part(&sqlite->pages, number, page, err);
        pointers = header + (kind == INTERIOR ? 12 : 8);
        if (pointers + 2 * (size_t)count > sqlite->usable)
                return true;
        if (kind == LEAF)
                return take_leaf(sqlite, number, page, count, pointers, err);
        sqlite->pages.notes[number] = (struct rpm_page){PAGE_INTERIOR, sqlite->interior_count++};
        packed_add(sqlite->interiors, page);
        return true;
}

static bool part_of(const void *context, struct str page, struct str *part, uint32_t *next)
{
        const struct sqlite *sqlite = context;

        *part = str_sub(page, 4, sqlite->usable);
        *next = be_32(page.data);
        return true;
}

static bool row_is_whole(void *context, uint32_t owner, struct str text, struct err *err)
{
        struct sqlite *sqlite = context;
        struct row row = {0};

        TRY(keep_row(sqlite, text, &row, err));
        sqlite->rows.items[owner] = row;
        return true;
}

static void row_is_broken(void *context, uint32_t owner, uint32_t page)
{
        struct sqlite *sqlite = context;

        (void)page;
        sqlite->rows.items[owner].kind = ROW_NO_PAGE;
}

static const struct rpm_pages_form pages_form = {take_page, part_of, row_is_whole, row_is_broken};

static bool is(struct str begin)
{
        return str_starts(begin, STR("SQLite format 3"));
}

static void close_sqlite(void *object)
{
        struct sqlite *sqlite = object;

        packed_free(sqlite->interiors);
        buf_free(&sqlite->header);
}

static void *begin(struct arena *arena, uint64_t size)
{
        struct sqlite *sqlite = arena_new(arena, struct sqlite);

        sqlite->arena = arena;
        sqlite->size = size;
        sqlite->interiors = packed_new();
        rpm_rows_begin(&sqlite->kept, arena);
        arena_at_end(arena, close_sqlite, sqlite);
        return sqlite;
}

static bool open_database(struct sqlite *sqlite, struct err *err)
{
        const char *header = sqlite->header.data;
        uint32_t size = be_16(header + 16), reserved = (unsigned char)header[20];

        size = size == 1 ? 65536 : size;
        if (header[15])
                return err_set(err, "it is no SQLite database");
        if (size < 512 || (size & (size - 1)) || size - reserved < 480)
                return is_wrong(err, "its page size is wrong");
        if (sqlite->size / size > UINT32_MAX / 2 - 64)
                return is_wrong(err, "it is too large");
        if (sqlite->size < size)
                return is_wrong(err, "it is cut");
        sqlite->usable = size - reserved;
        rpm_pages_begin(&sqlite->pages, sqlite->arena, &pages_form, sqlite, size, 1,
                        (uint32_t)(sqlite->size / size) + 1);
        return rpm_pages_feed(&sqlite->pages, buf_text(&sqlite->header), err);
}

static bool feed(void *state, struct str piece, struct err *err)
{
        struct sqlite *sqlite = state;
        size_t some = min_size(FILE_HEADER - sqlite->header.len, piece.len);

        if (sqlite->header.len < FILE_HEADER) {
                buf_add(&sqlite->header, str_sub(piece, 0, some));
                piece = str_from(piece, some);
                if (sqlite->header.len < FILE_HEADER)
                        return true;
                TRY(open_database(sqlite, err));
        }
        return rpm_pages_feed(&sqlite->pages, piece, err);
}

/* --- the tree, when all of it passed by --- */

typedef bool sqlite_each(struct sqlite *sqlite, struct row row, void *context, struct err *err);

static bool walk_page(struct sqlite *sqlite, uint32_t number, unsigned depth, sqlite_each *each, void *context,
                      struct err *err);

static bool walk_interior(struct sqlite *sqlite, uint32_t number, unsigned depth, sqlite_each *each, void *context,
                          struct err *err)
{
        CLEANUP(buf_free) struct buf copy = {0};
        size_t header = number == 1 ? FILE_HEADER : 0, size = sqlite->pages.size;
        struct str page;
        uint32_t count;

        packed_read(sqlite->interiors, (uint64_t)sqlite->pages.notes[number].value * size, size, &copy);
        page = buf_text(&copy);
        count = be_16(page.data + header + 3);
        for (uint32_t i = 0; i < count; i++) {
                uint32_t offset = be_16(page.data + header + 12 + 2 * (size_t)i);
                struct str cell = str_sub(page, offset, sqlite->usable);

                if (cell.len < LOCAL_LEAST)
                        return is_wrong(err, complaints[ROW_OUTSIDE]);
                TRY(walk_page(sqlite, be_32(cell.data), depth + 1, each, context, err));
        }
        return walk_page(sqlite, be_32(page.data + header + 8), depth + 1, each, context, err);
}

static bool walk_leaf(struct sqlite *sqlite, const struct leaf *leaf, sqlite_each *each, void *context, struct err *err)
{
        for (uint32_t i = 0; i < leaf->count; i++)
                TRY(each(sqlite, sqlite->rows.items[leaf->first + i], context, err));
        return true;
}

static bool walk_page(struct sqlite *sqlite, uint32_t number, unsigned depth, sqlite_each *each, void *context,
                      struct err *err)
{
        const struct rpm_pages *pages = &sqlite->pages;

        if (depth > DEPTH_MOST)
                return is_wrong(err, "its tree is too deep");
        if (!number || number >= pages->next)
                return is_wrong(err, "it names a page that it has not");
        if (++sqlite->visited > 2 * pages->behind + 64)
                return is_wrong(err, "its pages name each other in a circle");
        switch (pages->notes[number].kind) {
        case PAGE_LEAF:
                return walk_leaf(sqlite, &sqlite->leaves.items[pages->notes[number].value], each, context, err);
        case PAGE_OTHERS:
                return each(sqlite, (struct row){.kind = ROW_OTHER}, context, err);
        case PAGE_INTERIOR:
                return walk_interior(sqlite, number, depth, each, context, err);
        default:
                return is_wrong(err, "a page is none of a table");
        }
}

/* A row of the schema: the root page of the table Packages. */
static bool find_table(struct sqlite *sqlite, struct row row, void *context, struct err *err)
{
        uint32_t *root = context;

        (void)sqlite;
        if (row.kind > ROW_OPEN)
                return is_wrong(err, complaints[row.kind]);
        *root = row.kind == ROW_TABLE ? row.value : *root;
        return true;
}

struct taker {
        rpm_each *each;
        void *context;
};

static bool take_row(struct sqlite *sqlite, struct row row, void *context, struct err *err)
{
        const struct taker *taker = context;

        if (row.kind != ROW_BLOB)
                return is_wrong(err, complaints[row.kind]);
        return rpm_rows_hand_on(&sqlite->kept, row.value, taker->each, taker->context, err);
}

static size_t count_of(const void *state)
{
        return ((const struct sqlite *)state)->kept.rows.count;
}

static bool end(void *state, rpm_each *each, void *context, struct err *err)
{
        struct sqlite *sqlite = state;
        struct taker taker = {each, context};
        uint32_t root = 0;

        if (!sqlite->usable)
                return err_set(err, "it is no SQLite database");
        TRY(walk_page(sqlite, 1, 0, find_table, &root, err));
        sqlite->visited = 0;
        return !root || walk_page(sqlite, root, 0, take_row, &taker, err);
}

const struct rpm_form rpm_sqlite = {is, begin, feed, count_of, end};
