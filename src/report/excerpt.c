/* excerpt.c - cutting a line out of a text, and finding the column below a place. */

#include "report/excerpt.h"

#include "report/escape.h"

enum { TAB = 8 };

static bool ends_line(char byte)
{
        return byte == '\n' || byte == '\r';
}

static bool continues(struct str text, size_t at)
{
        return at < text.len && ((unsigned char)text.data[at] & 0xC0) == 0x80;
}

struct excerpt excerpt_at(struct str text, size_t at)
{
        struct excerpt excerpt = {0};
        size_t begin, end;

        at = min_size(at, text.len);
        begin = end = at;
        while (begin > 0 && !ends_line(text.data[begin - 1]) && at - begin < EXCERPT_BYTES / 2)
                begin--;
        while (begin < at && continues(text, begin))
                begin++;
        while (end < text.len && !ends_line(text.data[end]) && end - begin < EXCERPT_BYTES)
                end++;
        while (end > at && continues(text, end))
                end--;
        excerpt.cut_left = begin > 0 && !ends_line(text.data[begin - 1]);
        excerpt.cut_right = end < text.len && !ends_line(text.data[end]);
        excerpt.text = str_sub(text, begin, end);
        excerpt.caret = at - begin;
        return excerpt;
}

struct excerpt excerpt_of_line(struct str text, uint32_t line, uint32_t column)
{
        size_t at = 0, bytes;
        uint32_t code_point;

        for (; line > 1 && at < text.len; at++)
                line -= text.data[at] == '\n';
        for (; column > 1 && at < text.len && !ends_line(text.data[at]); column--, at += bytes ? bytes : 1)
                bytes = utf8_take(str_from(text, at), &code_point);
        return excerpt_at(text, at);
}

/* Wide by Unicode's East Asian Width, and emoji. */
static const uint32_t wide[][2] = {
        {0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0x4DBF},   {0x4E00, 0xA4CF},   {0xA960, 0xA97C},
        {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},
        {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1FAFF}, {0x20000, 0x3FFFD},
};

/* Marks that stand above or below the letter before them, joiners, variation selectors. */
static const uint32_t combining[][2] = {
        {0x300, 0x36F},   {0x483, 0x489},   {0x591, 0x5BD},   {0x610, 0x61A},   {0x64B, 0x65F},   {0x1AB0, 0x1AFF},
        {0x1DC0, 0x1DFF}, {0x200B, 0x200D}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xE0100, 0xE01EF},
};

static bool is_among(const uint32_t (*ranges)[2], size_t count, uint32_t code_point)
{
        for (size_t i = 0; i < count; i++)
                if (code_point >= ranges[i][0] && code_point <= ranges[i][1])
                        return true;
        return false;
}

unsigned excerpt_columns(uint32_t code_point)
{
        if (code_point < 0x300)
                return 1;
        if (is_among(combining, COUNT_OF(combining), code_point))
                return 0;
        return is_among(wide, COUNT_OF(wide), code_point) ? 2 : 1;
}

/* How many columns `shown` takes, which was escaped for a terminal and so has no controls. */
static size_t columns_of(struct str shown)
{
        size_t columns = 0, bytes;
        uint32_t code_point;

        for (size_t at = 0; at < shown.len; at += bytes) {
                code_point = '?';
                bytes = utf8_take(str_from(shown, at), &code_point);
                bytes = bytes ? bytes : 1;
                columns += excerpt_columns(code_point);
        }
        return columns;
}

/* Appends a part of a line that begins at `column`; returns the column behind it. */
static size_t add_part(struct buf *out, struct str text, size_t column)
{
        struct str part;

        for (bool first = true; str_split(&text, '\t', &part); first = false) {
                size_t begin;

                if (!first) {
                        buf_add_repeat(out, ' ', TAB - column % TAB);
                        column += TAB - column % TAB;
                }
                begin = out->len;
                escape_terminal(out, part);
                column += columns_of(str_from(buf_text(out), begin));
        }
        return column;
}

size_t excerpt_print_text(struct buf *out, struct excerpt excerpt)
{
        static const struct str dots = STR_INIT("...");
        size_t caret;

        buf_add(out, excerpt.cut_left ? dots : STR(""));
        caret = add_part(out, str_sub(excerpt.text, 0, excerpt.caret), excerpt.cut_left ? dots.len : 0);
        add_part(out, str_from(excerpt.text, excerpt.caret), caret);
        buf_add(out, excerpt.cut_right ? dots : STR(""));
        return caret;
}

void excerpt_print_line(struct buf *out, struct excerpt excerpt, struct str margin)
{
        size_t caret;

        buf_add(out, margin);
        caret = excerpt_print_text(out, excerpt);
        buf_add_char(out, '\n');
        buf_add(out, margin);
        buf_add_repeat(out, ' ', caret);
        buf_add_literal(out, "^\n");
}
