/* matrix_html.c - the matrix as a heat map in one page that needs nothing from elsewhere: heat.css and heat.js are in it.
 *
 * Everything stands in the page as a table; the script only moves through it and hides. Resources that nobody may touch have no
 * column. A browser cannot show tens of thousands of rows: the page says how many it leaves out. */

#include "access/answer.h"
#include "access/matrix.h"
#include "report/escape.h"

enum { MOST_ROWS = 2000 };

extern const struct str embedded_heat_css, embedded_heat_js; /* made by tools/embed */

/* The columns of one resource. */
struct span {
        size_t begin, end;
};

struct page {
        struct arena arena;
        struct buf *out;
        const struct access_matrix *matrix;
        VEC(struct span) spans;
};

static void find_spans(struct page *page)
{
        const struct access_matrix *matrix = page->matrix;
        uint64_t *any = arena_array(&page->arena, uint64_t, matrix->words);
        const struct access_matrix_row all = {.bits = any, .some = any};
        size_t begin = 0, end;

        for (size_t r = 0; r < matrix->row_count; r++) {
                if (access_matrix_is_all(matrix, &matrix->rows[r]) && matrix->row_count > 1)
                        continue;
                for (size_t w = 0; w < matrix->words; w++)
                        any[w] |= matrix->rows[r].bits[w] | matrix->rows[r].some[w];
        }
        for (; access_matrix_next(matrix, &all, &begin, &end); begin = end)
                *vec_push(&page->arena, &page->spans) = (struct span){begin, end};
}

static void put_head(struct page *page)
{
        struct buf *out = page->out;

        buf_add_literal(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                             "<meta name=\"viewport\" content=\"width=device-width\">\n"
                             "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                             "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n"
                             "<title>Who may do what</title>\n<style>\n");
        buf_add(out, embedded_heat_css);
        buf_add_literal(out, "</style>\n</head>\n<body>\n<h1>Who may do what</h1>\n"
                             "<p class=\"key\"><span class=\"s\">n some names</span><span class=\"r\">r read</span>"
                             "<span class=\"w\">w change</span><span class=\"a\">* everything</span></p>\n");
        if (page->matrix->row_count > MOST_ROWS)
                buf_add_format(
                        out,
                        "<p><b>%zu of %zu rows are shown.</b> Ask for less with --namespace, or for all with -o csv.</p>\n",
                        (size_t)MOST_ROWS, page->matrix->row_count);
        buf_add_literal(out, "<nav hidden><label>Who <input id=\"who\" type=\"search\"></label>"
                             "<label>What <input id=\"what\" type=\"search\"></label>"
                             "<span class=\"faint\">Arrows, Home, End and Page move; / searches.</span></nav>\n"
                             "<div id=\"now\" role=\"status\"></div>\n");
}

static void put_resource(struct buf *out, const struct access_column *column)
{
        struct str rest = column->resource, name;

        str_split(&rest, '/', &name);
        escape_xml(out, name);
        if (column->group.len) {
                buf_add_char(out, '.');
                escape_xml(out, column->group);
        }
        if (rest.data) {
                buf_add_char(out, '/');
                escape_xml(out, rest);
        }
}

static bool is_reading(struct str verb)
{
        return str_is(verb, "get") || str_is(verb, "list") || str_is(verb, "watch");
}

/* 0: nothing; or the class of the cell. */
static char kind_of(const struct access_matrix *matrix, const struct access_matrix_row *row, struct span span)
{
        size_t all = 0;
        char kind = 0;

        for (size_t i = span.begin; i < span.end; i++) {
                if (access_matrix_has(row->some, i) && !kind)
                        kind = 's';
                if (!access_matrix_has(row->bits, i))
                        continue;
                all++;
                if (!is_reading(matrix->columns[i].verb))
                        kind = 'w';
                else if (kind != 'w')
                        kind = 'r';
        }
        return all == span.end - span.begin && all > 1 ? 'a' : kind;
}

static void put_verbs(struct page *page, const uint64_t *bits, const uint64_t *without, struct span span,
                      const char *before)
{
        bool first = true;

        for (size_t i = span.begin; i < span.end; i++) {
                if (!access_matrix_has(bits, i) || (without && access_matrix_has(without, i)))
                        continue;
                buf_add(page->out, first ? str_of(before) : STR(" "));
                escape_xml(page->out, page->matrix->columns[i].verb);
                first = false;
        }
}

static void put_cell(struct page *page, const struct access_matrix_row *row, struct span span)
{
        char kind = kind_of(page->matrix, row, span);

        if (!kind) {
                buf_add_literal(page->out, "<td tabindex=-1>");
                return;
        }
        buf_add_format(page->out, "<td tabindex=-1 class=%c title=\"", kind);
        put_verbs(page, row->bits, NULL, span, "");
        put_verbs(page, row->some, row->bits, span, " on some names: ");
        buf_add_format(page->out, "\">%c", kind == 'a' ? '*' : kind == 's' ? 'n' : kind);
}

static void put_row(struct page *page, const struct access_matrix_row *row)
{
        CLEANUP(buf_free) struct buf name = {0};

        access_put_subject(&name, access_subject(page->matrix->access, row->subject));
        buf_add_literal(page->out, "<tr><th scope=\"row\">");
        escape_xml(page->out, buf_text(&name));
        if (row->ns.len) {
                buf_add_literal(page->out, " <span class=\"faint\">in ");
                escape_xml(page->out, row->ns);
                buf_add_literal(page->out, "</span>");
        }
        buf_add_literal(page->out, "</th>");
        for (size_t i = 0; i < page->spans.count; i++)
                put_cell(page, row, page->spans.items[i]);
        buf_add_char(page->out, '\n');
}

void access_matrix_print_html(struct buf *out, const struct access_matrix *matrix)
{
        struct page page = {.out = out, .matrix = matrix};

        find_spans(&page);
        put_head(&page);
        buf_add_literal(out, "<div class=\"frame\"><table role=\"grid\">\n<thead><tr><th scope=\"col\">Who</th>");
        for (size_t i = 0; i < page.spans.count; i++) {
                buf_add_literal(out, "<th scope=\"col\"><span>");
                put_resource(out, &matrix->columns[page.spans.items[i].begin]);
                buf_add_literal(out, "</span></th>");
        }
        buf_add_literal(out, "</tr></thead>\n<tbody>\n");
        for (size_t r = 0; r < matrix->row_count && r < MOST_ROWS; r++)
                put_row(&page, &matrix->rows[r]);
        buf_add_literal(out, "</tbody></table></div>\n<script>\n");
        buf_add(out, embedded_heat_js);
        buf_add_literal(out, "</script>\n</body>\n</html>\n");
        arena_free(&page.arena);
}
