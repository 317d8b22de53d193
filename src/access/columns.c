/* columns.c - text in columns. */

#include "access/columns.h"

void columns_add(struct columns *columns, struct str text)
{
        *vec_push(columns->arena, &columns->cells) = str_copy(columns->arena, text);
}

void columns_print(struct buf *out, const struct columns *columns)
{
        size_t widths[COLUMNS_MOST] = {0};

        for (size_t i = 0; i < columns->cells.count; i++) {
                size_t width = utf8_count(columns->cells.items[i]);

                if (width > widths[i % columns->count])
                        widths[i % columns->count] = width;
        }
        for (size_t i = 0; i < columns->cells.count; i++) {
                struct str cell = columns->cells.items[i];

                buf_add(out, cell);
                if (i % columns->count + 1 < columns->count) {
                        buf_add_repeat(out, ' ', widths[i % columns->count] - utf8_count(cell) + columns->padding);
                        continue;
                }
                while (out->len && out->data[out->len - 1] == ' ')
                        out->len--;
                buf_add_char(out, '\n');
        }
}
