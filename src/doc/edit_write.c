/* edit_write.c - values as text in the style of what stands around them. */

#include "doc/edit_write.h"

#include "doc/print.h"

/* ---- Scalars ---- */

/* Whether a text can stand in single quotes: nothing that needs an escape, and no line end. */
static bool is_quotable(struct str text)
{
        uint32_t point;

        for (size_t at = 0, bytes; at < text.len; at += bytes) {
                bytes = utf8_take(str_from(text, at), &point);
                if (!bytes || point < ' ' || (point >= 0x7F && point < 0xA0) || point == 0x2028 || point == 0x2029
                    || point == 0xFEFF || (point & 0xFFFE) == 0xFFFE)
                        return false;
        }
        return true;
}

/* Whether a text as YAML writes it means something else in brackets. */
static bool breaks_brackets(struct str text)
{
        if (text.data[0] == '"')
                return false;
        for (size_t i = 0; i < text.len; i++) {
                if (strchr(",[]{}\n", text.data[i]))
                        return true;
        }
        return false;
}

/* A string on one line. */
static void write_string(struct buf *out, const struct edit_style *style, struct str text, char quote, bool in_brackets)
{
        struct value value = value_string(text);
        size_t begin = out->len;

        if (style->json || memchr(text.len ? text.data : "", '\n', text.len) || (quote == '"' && is_quotable(text)))
                return json_print_string(out, text);
        if (quote == '\'' && is_quotable(text))
                return yaml_print_single_quoted(out, text);
        yaml_print(out, &value, 0);
        out->len--; /* its line end */
        if (in_brackets && breaks_brackets(str_from(buf_text(out), begin))) {
                out->len = begin;
                json_print_string(out, text);
        }
}

/* Any value that is no filled list or map. */
static void write_scalar(struct buf *out, const struct edit_style *style, const struct value *value, bool in_brackets)
{
        if (value->kind == VALUE_STRING)
                return write_string(out, style, value_text(value), style->quote, in_brackets);
        if (style->json)
                return json_print(out, value, 0);
        yaml_print(out, value, 0);
        out->len--;
}

/* ---- Block style ---- */

static void new_line(struct buf *out, const struct edit_style *style, unsigned column)
{
        buf_add(out, style->end);
        buf_add_repeat(out, ' ', column);
}

/* Text of several lines as the printer writes it, with this document's line ends. */
static void write_text_block(struct buf *out, const struct edit_style *style, const struct value *value,
                             unsigned indent)
{
        struct buf text CLEANUP(buf_free) = {0};
        struct str rest, line;

        yaml_print(&text, value, indent);
        rest = str_sub(buf_text(&text), 0, text.len - 1);
        str_split(&rest, '\n', &line);
        buf_add(out, line);
        while (str_split(&rest, '\n', &line)) {
                buf_add(out, style->end);
                buf_add(out, line);
        }
}

/* Whether a text is written as a block. Its last line has to end, and no empty line may belong to it that somebody could take
 * for one that parts it from what follows. */
static bool is_text_block(const struct edit_style *style, const struct value *value)
{
        struct str text = value->kind == VALUE_STRING ? value_text(value) : (struct str){0};

        if (!text.len || !memchr(text.data, '\n', text.len) || str_ends(text, STR("\n\n")))
                return false;
        return !style->is_unended || !str_ends(text, STR("\n"));
}

static void write_list(struct buf *out, const struct edit_style *style, const struct value *list, unsigned column)
{
        value_each (list, item) {
                if (item != list->nodes)
                        new_line(out, style, column);
                buf_add_char(out, '-');
                buf_add_repeat(out, ' ', style->dash_gap);
                write_block(out, style, &item->value, column + 1 + style->dash_gap, column);
        }
}

static void write_map(struct buf *out, const struct edit_style *style, const struct value *map, unsigned column)
{
        value_each (map, member) {
                if (member != map->nodes)
                        new_line(out, style, column);
                write_member(out, style, intern_text(member->key), &member->value, column);
        }
}

void write_block(struct buf *out, const struct edit_style *style, const struct value *value, unsigned column,
                 unsigned indent)
{
        if (is_filled(value) && value->kind == VALUE_LIST)
                write_list(out, style, value, column);
        else if (is_filled(value))
                write_map(out, style, value, column);
        else if (is_text_block(style, value))
                write_text_block(out, style, value, indent);
        else
                write_scalar(out, style, value, false);
}

void write_below(struct buf *out, const struct edit_style *style, const struct value *value, unsigned column)
{
        column += value->kind == VALUE_LIST ? style->list_offset : style->step;
        new_line(out, style, column);
        write_block(out, style, value, column, column);
}

void write_member(struct buf *out, const struct edit_style *style, struct str key, const struct value *value,
                  unsigned column)
{
        write_string(out, style, key, style->key_quote, false);
        buf_add_char(out, ':');
        if (is_filled(value))
                return write_below(out, style, value, column);
        buf_add_char(out, ' ');
        write_block(out, style, value, column, column);
}

/* ---- In brackets ---- */

static void write_flow_entries(struct buf *out, const struct edit_style *style, const struct value *value,
                               struct str margin)
{
        struct buf inner CLEANUP(buf_free) = {0};

        buf_add(&inner, margin);
        buf_add(&inner, style->unit);
        value_each (value, node) {
                if (node != value->nodes)
                        buf_add(out, style->lines ? STR(",") : style->comma);
                if (style->lines) {
                        buf_add(out, style->end);
                        buf_add(out, buf_text(&inner));
                }
                if (value->kind == VALUE_MAP)
                        write_flow_member(out, style, intern_text(node->key), &node->value, buf_text(&inner));
                else
                        write_flow(out, style, &node->value, buf_text(&inner));
        }
        if (style->lines) {
                buf_add(out, style->end);
                buf_add(out, margin);
        }
}

void write_flow(struct buf *out, const struct edit_style *style, const struct value *value, struct str margin)
{
        bool is_list = value->kind == VALUE_LIST;

        if (!is_filled(value))
                return write_scalar(out, style, value, true);
        buf_add_char(out, is_list ? '[' : '{');
        write_flow_entries(out, style, value, margin);
        buf_add_char(out, is_list ? ']' : '}');
}

/* A colon right before the value means something only behind quotes. */
void write_flow_member(struct buf *out, const struct edit_style *style, struct str key, const struct value *value,
                       struct str margin)
{
        size_t begin = out->len;

        write_string(out, style, key, style->key_quote, true);
        buf_add(out, out->data[begin] == '"' || out->data[begin] == '\'' ? style->colon : STR(": "));
        write_flow(out, style, value, margin);
}

/* ---- Style ---- */

/* What has been seen of a document's style. */
struct seen {
        struct str text;
        struct edit_style *style;
        bool step, list_offset, dash_gap, colon, comma, lines;
};

static bool on_same_line(struct str text, uint32_t from, uint32_t to)
{
        return !memchr(text.data + from, '\n', to - from);
}

static struct str line_margin(struct str text, uint32_t at)
{
        uint32_t begin = line_begin(text, at);

        return str_sub(text, begin, skip_spaces(text, begin));
}

static void see_block_map(struct seen *seen, const struct layout *map)
{
        unsigned column = column_of(seen->text, map->content);

        for (uint32_t i = 0; i < map->count; i++) {
                const struct layout *value = &map->entries[i].value;
                unsigned inner = layout_is_block(value) ? column_of(seen->text, value->content) : 0;

                if (layout_is_block(value) && value->kind == LAYOUT_MAP && !seen->step && inner > column) {
                        seen->style->step = inner - column;
                        seen->step = true;
                } else if (layout_is_block(value) && value->kind == LAYOUT_LIST && !seen->list_offset
                           && inner >= column) {
                        seen->style->list_offset = inner - column;
                        seen->list_offset = true;
                }
        }
}

static void see_block_list(struct seen *seen, const struct layout *list)
{
        for (uint32_t i = 0; i < list->count && !seen->dash_gap; i++) {
                const struct layout_entry *item = &list->entries[i];

                if (item->value.begin > item->mark_end && on_same_line(seen->text, item->begin, item->value.begin)) {
                        seen->style->dash_gap = item->value.begin - item->mark_end;
                        seen->dash_gap = true;
                }
        }
}

static void see_flow(struct seen *seen, const struct layout *flow)
{
        const struct layout_entry *first = flow->entries;
        struct str text = seen->text;
        uint32_t end;

        if (!seen->colon && first->mark_end && first->value.kind != LAYOUT_EMPTY) {
                seen->style->colon =
                        str_is(str_sub(text, first->mark_end, first->value.begin), "") ? STR(":") : STR(": ");
                seen->colon = true;
        }
        if (!seen->lines) {
                seen->style->lines = !on_same_line(text, flow->content, first->begin);
                seen->lines = true;
                if (seen->style->lines) {
                        struct str outer = line_margin(text, flow->content), inner = line_margin(text, first->begin);

                        if (inner.len > outer.len && str_starts(inner, outer))
                                seen->style->unit = str_from(inner, outer.len);
                }
        }
        end = first->value.end;
        if (!seen->comma && flow->count > 1 && on_same_line(text, end, flow->entries[1].begin)) {
                seen->style->comma = flow->entries[1].begin - skip_blank(text, end) == 1 ? STR(",") : STR(", ");
                seen->comma = true;
        }
}

static void see_one(struct seen *seen, const struct layout *layout)
{
        if (layout_is_flow(layout) && layout->count)
                see_flow(seen, layout);
        else if (layout->kind == LAYOUT_LIST)
                see_block_list(seen, layout);
        else if (layout->kind == LAYOUT_MAP && layout->count)
                see_block_map(seen, layout);
}

/* No deeper than the scan went. */
static void see_all(struct seen *seen, const struct layout *layout)
{
        see_one(seen, layout);
        for (uint32_t i = 0; i < layout->count; i++)
                see_all(seen, &layout->entries[i].value);
}

struct edit_style style_of_document(struct str text, const struct layout *root, bool json)
{
        struct edit_style style = {.step = 2,
                                   .dash_gap = 1,
                                   .json = json,
                                   .colon = STR(": "), .comma = STR(", "), .unit = STR("  "), .end = STR("\n")};
        struct seen seen = {.text = text, .style = &style};
        uint32_t end = line_end(text, 0);

        if (end < text.len && text.data[end] == '\r')
                style.end = STR("\r\n");
        see_all(&seen, root);
        if (str_is(style.colon, ":") && !seen.comma)
                style.comma = STR(",");
        if (!json)
                style.lines = false;
        style.is_unended = !str_ends(text, STR("\n"));
        return style;
}

struct edit_style style_near(const struct edit_style *style, struct str text, const struct layout *near)
{
        struct edit_style result = *style;
        struct seen seen = {.text = text, .style = &result};

        see_one(&seen, near);
        if (near->kind == LAYOUT_MAP && near->count) {
                char quote = near->entries[near->count - 1].key.style;

                result.key_quote = quote == '"' || quote == '\'' ? quote : 0;
                if (layout_is_flow(near) && result.key_quote == '"')
                        result.quote = '"';
        }
        return result;
}
