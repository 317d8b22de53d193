/* rpm_sqlite.c - the one table of an rpm database in SQLite's file format (sqlite.org/fileformat2.html), read from memory. */

#include "image/package/rpm.h"

enum {
        FILE_HEADER = 100,
        LEAF = 0x0d,
        INTERIOR = 0x05,
        DEPTH_MOST = 20,
        COLUMNS_MOST = 8,
};

struct sqlite {
        struct arena *arena;
        struct str file;
        uint32_t page_size, usable, page_count;
        uint32_t visited; /* pages so far: more than there are is a circle */
};

struct column {
        uint64_t type;
        struct str value; /* of a text, a blob, or the bytes of a number */
};

typedef bool sqlite_each(void *context, const struct column *columns, size_t count, struct err *err);

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

static bool page_at(struct sqlite *sqlite, uint32_t number, struct str *out, struct err *err)
{
        if (!number || number > sqlite->page_count)
                return is_wrong(err, "it names a page that it has not");
        if (++sqlite->visited > 2 * sqlite->page_count + 64)
                return is_wrong(err, "its pages name each other in a circle");
        *out = str_sub(sqlite->file, (size_t)(number - 1) * sqlite->page_size, (size_t)number * sqlite->page_size);
        return true;
}

/* The whole of a payload: what is in the cell, and what is on overflow pages. */
static bool whole_payload(struct sqlite *sqlite, struct str cell, uint64_t size, struct str *out, struct err *err)
{
        uint64_t most = sqlite->usable - 35, least = (sqlite->usable - 12) * 32 / 255 - 23, local = size, have;
        uint32_t next;
        char *text;

        if (size > most) {
                local = least + (size - least) % (sqlite->usable - 4);
                local = local <= most ? local : least;
        }
        if (local + (local < size ? 4 : 0) > cell.len || size > sqlite->file.len)
                return is_wrong(err, "a row is longer than it can be");
        if (local == size) {
                *out = str_sub(cell, 0, (size_t)size);
                return true;
        }
        arena_reset(sqlite->arena); /* the one before is done with */
        text = arena_take_text(sqlite->arena, (size_t)size);
        memcpy(text, cell.data, (size_t)local);
        have = local;
        next = rpm_be32(cell.data + local);
        while (have < size) {
                struct str page;
                size_t some = (size_t)(size - have < sqlite->usable - 4 ? size - have : sqlite->usable - 4);

                TRY(page_at(sqlite, next, &page, err));
                memcpy(text + have, page.data + 4, some);
                have += some;
                next = rpm_be32(page.data);
        }
        *out = (struct str){text, (size_t)size};
        return true;
}

static uint64_t size_of(uint64_t type)
{
        static const uint64_t sizes[] = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0};

        return type < COUNT_OF(sizes) ? sizes[type] : (type - 12) / 2;
}

static bool read_record(struct str record, struct column *columns, size_t *count, struct err *err)
{
        struct str header = record, values;
        uint64_t header_size;

        if (!take_varint(&header, &header_size) || header_size > record.len || header_size < record.len - header.len)
                return is_wrong(err, "a row has no header");
        values = str_from(record, (size_t)header_size);
        header = str_sub(header, 0, (size_t)header_size - (record.len - header.len));
        for (*count = 0; header.len && *count < COLUMNS_MOST; (*count)++) {
                struct column *column = &columns[*count];

                if (!take_varint(&header, &column->type) || size_of(column->type) > values.len)
                        return is_wrong(err, "a row is shorter than its columns");
                column->value = str_sub(values, 0, (size_t)size_of(column->type));
                values = str_from(values, column->value.len);
        }
        return true;
}

static bool walk_page(struct sqlite *sqlite, uint32_t number, unsigned depth, sqlite_each *each, void *context,
                      struct err *err);

static bool walk_leaf(struct sqlite *sqlite, struct str cell, sqlite_each *each, void *context, struct err *err)
{
        struct column columns[COLUMNS_MOST];
        uint64_t size, row;
        struct str record = {0};
        size_t count = 0;

        if (!take_varint(&cell, &size) || !take_varint(&cell, &row))
                return is_wrong(err, "a row has no size");
        TRY(whole_payload(sqlite, cell, size, &record, err));
        TRY(read_record(record, columns, &count, err));
        return each(context, columns, count, err);
}

static bool walk_page(struct sqlite *sqlite, uint32_t number, unsigned depth, sqlite_each *each, void *context,
                      struct err *err)
{
        struct str page;
        size_t header = number == 1 ? FILE_HEADER : 0, pointers;
        uint32_t count;
        char kind;

        if (depth > DEPTH_MOST)
                return is_wrong(err, "its tree is too deep");
        TRY(page_at(sqlite, number, &page, err));
        kind = page.data[header];
        count = rpm_be16(page.data + header + 3);
        pointers = header + (kind == INTERIOR ? 12 : 8);
        if ((kind != LEAF && kind != INTERIOR) || pointers + 2 * (size_t)count > sqlite->usable)
                return is_wrong(err, "a page is none of a table");
        for (uint32_t i = 0; i < count; i++) {
                uint32_t offset = rpm_be16(page.data + pointers + 2 * (size_t)i);
                struct str cell = str_sub(page, offset, sqlite->usable);

                if (cell.len < 4)
                        return is_wrong(err, "a cell lies outside of its page");
                if (kind == LEAF)
                        TRY(walk_leaf(sqlite, cell, each, context, err));
                else
                        TRY(walk_page(sqlite, rpm_be32(cell.data), depth + 1, each, context, err));
        }
        return kind == LEAF || walk_page(sqlite, rpm_be32(page.data + header + 8), depth + 1, each, context, err);
}

static bool open_database(struct sqlite *sqlite, struct err *err)
{
        struct str magic = {"SQLite format 3\0", 16};
        uint32_t size, reserved;

        if (sqlite->file.len < FILE_HEADER || !str_starts(sqlite->file, magic))
                return err_set(err, "it is no SQLite database");
        size = rpm_be16(sqlite->file.data + 16);
        size = size == 1 ? 65536 : size;
        reserved = (unsigned char)sqlite->file.data[20];
        if (size < 512 || (size & (size - 1)) || size - reserved < 480)
                return is_wrong(err, "its page size is wrong");
        sqlite->page_size = size;
        sqlite->usable = size - reserved;
        if (sqlite->file.len / size > UINT32_MAX / 2 - 64)
                return is_wrong(err, "it is too large");
        sqlite->page_count = (uint32_t)(sqlite->file.len / size);
        return sqlite->page_count || is_wrong(err, "it is cut");
}

/* The root page of the table Packages: 0 where there is none. */
static bool find_table(void *context, const struct column *columns, size_t count, struct err *err)
{
        uint32_t *root = context;

        (void)err;
        if (count < 4 || !str_is(columns[0].value, "table") || !str_is(columns[1].value, "Packages"))
                return true;
        *root = 0;
        for (size_t i = 0; i < columns[3].value.len && i < 4; i++)
                *root = *root << 8 | (unsigned char)columns[3].value.data[i];
        if (columns[3].type == 9)
                *root = 1;
        return true;
}

struct rows {
        rpm_each *each;
        void *context;
};

static bool take_row(void *context, const struct column *columns, size_t count, struct err *err)
{
        const struct rows *rows = context;

        if (count < 2 || columns[1].type < 12 || columns[1].type % 2)
                return is_wrong(err, "a row of the table Packages has no blob");
        return rows->each(rows->context, columns[1].value, err);
}

bool rpm_read_sqlite(struct arena *arena, struct str database, rpm_each *each, void *context, struct err *err)
{
        struct sqlite sqlite = {.arena = arena, .file = database};
        struct rows rows = {each, context};
        uint32_t root = 0;

        TRY(open_database(&sqlite, err));
        TRY(walk_page(&sqlite, 1, 0, find_table, &root, err));
        sqlite.visited = 0;
        return !root || walk_page(&sqlite, root, 0, take_row, &rows, err);
}
