/* matrix_print.c - the matrix as text, comma-separated values and JSON. */

#include "access/answer.h"
#include "access/columns.h"
#include "access/matrix.h"
#include "report/escape.h"

static size_t count_bits(const uint64_t *bits, size_t begin, size_t end)
{
        size_t count = 0;

        for (size_t i = begin; i < end; i++)
                count += access_matrix_has(bits, i);
        return count;
}

static void put_resource(struct buf *out, const struct access_column *column)
{
        struct str rest = column->resource, name;

        str_split(&rest, '/', &name);
        escape_terminal(out, name);
        if (column->group.len) {
                buf_add_char(out, '.');
                escape_terminal(out, column->group);
        }
        if (rest.data) {
                buf_add_char(out, '/');
                escape_terminal(out, rest);
        }
}

static void put_verbs(struct buf *out, const struct access_matrix *matrix, const uint64_t *bits,
                      const uint64_t *without, size_t begin, size_t end)
{
        size_t count = 0;

        if (!matrix->chosen && !without && count_bits(bits, begin, end) == end - begin && end - begin > 1) {
                buf_add_char(out, '*');
                return;
        }
        for (size_t i = begin; i < end; i++) {
                if (!access_matrix_has(bits, i) || (without && access_matrix_has(without, i)))
                        continue;
                if (count++)
                        buf_add_char(out, ' ');
                escape_terminal(out, matrix->columns[i].verb);
        }
}

/* --- text --- */

static void add_line(struct columns *columns, const struct access_matrix *matrix, const struct access_matrix_row *row,
                     size_t begin, size_t end, bool all)
{
        CLEANUP(buf_free) struct buf text = {0}, some = {0};

        access_put_subject(&text, access_subject(matrix->access, row->subject));
        columns_add(columns, buf_text(&text));
        text.len = 0;
        escape_terminal(&text, row->ns.len ? row->ns : STR("*"));
        columns_add(columns, buf_text(&text));
        text.len = 0;
        if (all)
                buf_add_char(&text, '*');
        else
                put_resource(&text, &matrix->columns[begin]);
        columns_add(columns, buf_text(&text));
        text.len = 0;
        if (all)
                buf_add_char(&text, '*');
        else
                put_verbs(&text, matrix, row->bits, NULL, begin, end);
        put_verbs(&some, matrix, row->some, row->bits, begin, end);
        if (some.len && !all)
                buf_add_format(&text, "%s(some names: %.*s)", text.len ? " " : "", STR_ARG(buf_text(&some)));
        columns_add(columns, buf_text(&text));
}

void access_matrix_print(struct arena *arena, struct buf *out, const struct access_matrix *matrix)
{
        static const struct str titles[] = {STR_INIT("WHO"), STR_INIT("WHERE"), STR_INIT("RESOURCE"),
                                            STR_INIT("VERBS")};
        struct columns columns = {.arena = arena, .count = COUNT_OF(titles), .padding = 2};

        for (size_t i = 0; i < COUNT_OF(titles); i++)
                columns_add(&columns, titles[i]);
        for (size_t r = 0; r < matrix->row_count; r++) {
                const struct access_matrix_row *row = &matrix->rows[r];
                size_t begin = 0, end;

                if (access_matrix_is_all(matrix, row)) {
                        add_line(&columns, matrix, row, 0, matrix->column_count, true);
                        continue;
                }
                while (access_matrix_next(matrix, row, &begin, &end)) {
                        add_line(&columns, matrix, row, begin, end, false);
                        begin = end;
                }
        }
        columns_print(out, &columns);
}

/* --- comma-separated values (RFC 4180) --- */

static void put_field(struct buf *out, struct str text, bool last)
{
        escape_csv(out, text);
        buf_add(out, last ? STR("\r\n") : STR(","));
}

static void put_cell(struct buf *out, const struct access_matrix *matrix, const struct access_matrix_row *row,
                     size_t column, const char *names)
{
        static const char *const kinds[] = {"User", "Group", "ServiceAccount"};
        const struct access_subject *subject = access_subject(matrix->access, row->subject);
        struct str rest = matrix->columns[column].resource, resource;

        str_split(&rest, '/', &resource);
        put_field(out, str_of(kinds[subject->kind]), false);
        put_field(out, subject->ns, false);
        put_field(out, subject->name, false);
        put_field(out, row->ns.len ? row->ns : STR("*"), false);
        put_field(out, matrix->columns[column].group, false);
        put_field(out, resource, false);
        put_field(out, rest, false);
        put_field(out, matrix->columns[column].verb, false);
        put_field(out, str_of(names), true);
}

void access_matrix_print_csv(struct buf *out, const struct access_matrix *matrix)
{
        buf_add_literal(out, "kind,namespace,name,where,apiGroup,resource,subresource,verb,names\r\n");
        for (size_t r = 0; r < matrix->row_count; r++) {
                const struct access_matrix_row *row = &matrix->rows[r];

                for (size_t i = 0; i < matrix->column_count; i++) {
                        if (access_matrix_has(row->bits, i))
                                put_cell(out, matrix, row, i, "all");
                        else if (access_matrix_has(row->some, i))
                                put_cell(out, matrix, row, i, "some");
                }
        }
}

/* --- JSON --- */

static void put_verb_list(struct json_writer *writer, const char *key, const struct access_matrix *matrix,
                          const uint64_t *bits, const uint64_t *without, size_t begin, size_t end)
{
        json_member_begin(writer, key, '[');
        for (size_t i = begin; i < end; i++)
                if (access_matrix_has(bits, i) && !(without && access_matrix_has(without, i)))
                        json_text(writer, matrix->columns[i].verb);
        json_end(writer, ']');
}

static void put_row(struct json_writer *writer, const struct access_matrix *matrix, const struct access_matrix_row *row)
{
        size_t begin = 0, end;

        json_begin(writer, '{');
        access_json_subject(writer, access_subject(matrix->access, row->subject));
        json_member_if(writer, "namespace", row->ns);
        json_member_begin(writer, "resources", '[');
        for (; access_matrix_next(matrix, row, &begin, &end); begin = end) {
                json_begin(writer, '{');
                json_member(writer, "apiGroup", matrix->columns[begin].group);
                json_member(writer, "resource", matrix->columns[begin].resource);
                put_verb_list(writer, "verbs", matrix, row->bits, NULL, begin, end);
                put_verb_list(writer, "verbsOnSomeNames", matrix, row->some, row->bits, begin, end);
                json_end(writer, '}');
        }
        json_end(writer, ']');
        json_end(writer, '}');
}

void access_matrix_print_json(struct buf *out, const struct access_matrix *matrix)
{
        struct json_writer writer = json_document(out, "strake.matrix/1");

        json_member_begin(&writer, "rows", '[');
        for (size_t r = 0; r < matrix->row_count; r++)
                put_row(&writer, matrix, &matrix->rows[r]);
        json_end(&writer, ']');
        json_document_end(&writer);
}
