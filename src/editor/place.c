/* place.c - between bytes and positions. */

#include "editor/place.h"

void line_table_make(struct arena *arena, struct str text, struct line_table *out)
{
        *out = (struct line_table){.text = text};
        *vec_push(arena, &out->begins) = 0;
        for (size_t i = 0; i < text.len; i++) {
                if (text.data[i] == '\n' || (text.data[i] == '\r' && !(i + 1 < text.len && text.data[i + 1] == '\n')))
                        *vec_push(arena, &out->begins) = (uint32_t)i + 1;
        }
}

/* How many bytes a character takes, and how many code units: what is no UTF-8 counts by bytes. */
static size_t take(struct str text, enum place_encoding encoding, uint32_t *units)
{
        uint32_t code_point;
        size_t bytes = utf8_take(text, &code_point);

        *units = 1;
        if (!bytes)
                return 1;
        if (encoding == PLACE_UTF8)
                *units = (uint32_t)bytes;
        else if (code_point > 0xFFFF)
                *units = 2;
        return bytes;
}

struct spot spot_of(const struct line_table *table, size_t offset, enum place_encoding encoding)
{
        size_t low = 0, high = table->begins.count, at;
        struct spot spot = {0};

        offset = min_size(offset, table->text.len);
        while (high - low > 1) {
                size_t middle = low + (high - low) / 2;

                if (table->begins.items[middle] <= offset)
                        low = middle;
                else
                        high = middle;
        }
        spot.line = (uint32_t)low;
        for (at = table->begins.items[low]; at < offset;) {
                uint32_t units;

                at += take(str_from(table->text, at), encoding, &units);
                spot.character += units;
        }
        return spot;
}

/* Where a line ends, before the bytes that end it. */
static size_t end_of(const struct line_table *table, size_t line)
{
        size_t end = line + 1 < table->begins.count ? table->begins.items[line + 1] : table->text.len;

        if (line + 1 < table->begins.count) {
                end--;
                if (table->text.data[end] == '\n' && end > table->begins.items[line]
                    && table->text.data[end - 1] == '\r')
                        end--;
        }
        return end;
}

size_t offset_of(const struct line_table *table, struct spot spot, enum place_encoding encoding)
{
        size_t at, end;
        uint32_t character = 0;

        if (spot.line >= table->begins.count)
                return table->text.len;
        at = table->begins.items[spot.line];
        end = end_of(table, spot.line);
        while (at < end) {
                uint32_t units;
                size_t bytes = take(str_sub(table->text, at, end), encoding, &units);

                if (character + units > spot.character)
                        break;
                character += units;
                at += bytes;
        }
        return at;
}
