/* rpm_rows.c - thin values, packed. */

#include "image/package/rpm_rows.h"

static void close_rows(void *object)
{
        struct rpm_rows *rows = object;

        packed_free(rows->packed);
        buf_free(&rows->text);
}

void rpm_rows_begin(struct rpm_rows *rows, struct arena *arena)
{
        *rows = (struct rpm_rows){.arena = arena, .packed = packed_new()};
        arena_at_end(arena, close_rows, rows);
}

bool rpm_rows_add(struct rpm_rows *rows, struct str value, struct err *err)
{
        struct rpm_row *row;

        if (rows->rows.count == RPM_ROWS_MOST)
                return err_set(err, "it has more than %d values", RPM_ROWS_MOST);
        if (value.len > UINT32_MAX)
                return err_set(err, "a value has %zu bytes", value.len);
        rows->text.len = 0;
        if (!rpm_thin_header(value, &rows->text)) {
                rows->text.len = 0;
                buf_add(&rows->text, value);
        }
        row = vec_push(rows->arena, &rows->rows);
        *row = (struct rpm_row){packed_add(rows->packed, buf_text(&rows->text)), (uint32_t)rows->text.len,
                                (uint32_t)value.len};
        return true;
}

bool rpm_rows_hand_on(struct rpm_rows *rows, uint32_t number, rpm_each *each, void *context, struct err *err)
{
        struct rpm_row *row = &rows->rows.items[number];

        if (row->is_gone)
                return err_set(err, "the database is damaged: a value belongs to two rows");
        rows->text.len = 0;
        packed_read(rows->packed, row->at, row->kept, &rows->text);
        packed_drop(rows->packed, row->at, row->kept);
        row->is_gone = true;
        return each(context, buf_text(&rows->text), err);
}
