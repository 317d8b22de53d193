/* yaml_block.c - taking the indentation off the lines of a block, and folding them. */

#include "doc/yaml_block.h"

#include "doc/yaml_text.h"

struct reader_of_block {
        struct str text;
        size_t at;
        size_t indent; /* of the block's lines; 0 while it is not known */
        size_t tab;
        char *to;
};

static bool at_break(const struct reader_of_block *block)
{
        return yaml_break(block->text, block->at) > 0;
}

static bool at_byte(const struct reader_of_block *block, char byte)
{
        return block->at < block->text.len && block->text.data[block->at] == byte;
}

static void skip_break(struct reader_of_block *block)
{
        block->at += yaml_break(block->text, block->at);
}

static void skip_line(struct reader_of_block *block)
{
        while (block->at < block->text.len && !at_break(block))
                block->at++;
}

/* Past blank lines and the indentation of the next, which is at `column`. Returns the blank lines. */
static struct str skip_blank_lines(struct reader_of_block *block, size_t *column, size_t *deepest)
{
        size_t begin = block->at;

        *deepest = 0;
        for (;;) {
                for (*column = 0; at_byte(block, ' ') && (!block->indent || *column < block->indent); ++*column)
                        block->at++;
                if (*column > *deepest)
                        *deepest = *column;
                if (at_byte(block, '\t') && (!block->indent || *column < block->indent) && block->tab == SIZE_MAX)
                        block->tab = block->at;
                if (!at_break(block))
                        return str_sub(block->text, begin, block->at);
                skip_break(block);
        }
}

static void put_breaks(struct reader_of_block *block, struct str run)
{
        block->to = yaml_put_breaks(block->to, run);
}

/* Between two lines of a folded block that are not indented further a line break is a space, or nothing before blank lines. */
static void put_fold(struct reader_of_block *block, struct str end, struct str blank)
{
        if (yaml_break(end, 0) == 3)
                put_breaks(block, end);
        else if (yaml_put_breaks(block->to, blank) == block->to)
                *block->to++ = ' ';
}

static void read_lines(struct reader_of_block *block, bool is_folded, int chomping, struct str blank, size_t column)
{
        struct str end = {0}; /* the break that ends the line before */
        bool was_blank = false;

        while (column == block->indent && block->at < block->text.len) {
                bool is_blank = at_byte(block, ' ') || at_byte(block, '\t');
                size_t begin = block->at, deepest;

                if (end.len && is_folded && !was_blank && !is_blank)
                        put_fold(block, end, blank);
                else
                        put_breaks(block, end);
                put_breaks(block, blank);
                was_blank = is_blank;
                skip_line(block);
                memcpy(block->to, block->text.data + begin, block->at - begin);
                block->to += block->at - begin;
                end = str_sub(block->text, block->at, block->at + yaml_break(block->text, block->at));
                block->at += end.len;
                blank = skip_blank_lines(block, &column, &deepest);
        }
        if (chomping >= 0)
                put_breaks(block, end);
        if (chomping > 0)
                put_breaks(block, blank);
}

/* Behind the | or >: how the last line ends, and how far the block is indented. */
static int read_header(struct reader_of_block *block, size_t *increment)
{
        int chomping = 0;

        *increment = 0;
        for (block->at++; block->at < block->text.len; block->at++) {
                char byte = block->text.data[block->at];

                if (byte == '+' || byte == '-')
                        chomping = byte == '+' ? 1 : -1;
                else if (byte >= '1' && byte <= '9')
                        *increment = (size_t)(byte - '0');
                else
                        break;
        }
        skip_line(block);
        if (at_break(block))
                skip_break(block);
        return chomping;
}

/* To the first line that is indented less. */
static void skip_lines(struct reader_of_block *block, size_t column)
{
        size_t deepest;

        while (column == block->indent && block->at < block->text.len) {
                skip_line(block);
                if (at_break(block))
                        skip_break(block);
                skip_blank_lines(block, &column, &deepest);
        }
}

void yaml_block_read(struct arena *arena, struct str text, size_t at, int64_t parent, struct yaml_block *out)
{
        struct reader_of_block block = {.text = text, .at = at, .tab = SIZE_MAX}, lines;
        size_t increment, column, deepest, begin, least = parent < 0 ? 1 : (size_t)parent + 1;
        struct str blank;
        char *space;
        int chomping;

        *out = (struct yaml_block){.text = STR(""), .end = text.len, .tab = SIZE_MAX};
        if (at >= text.len)
                return;
        chomping = read_header(&block, &increment);
        begin = block.at;
        block.indent = increment ? (parent < 0 ? 0 : (size_t)parent) + increment : 0;
        blank = skip_blank_lines(&block, &column, &deepest);
        if (!block.indent)
                block.indent = deepest < least ? least : deepest;
        lines = block;
        skip_lines(&block, column);
        space = lines.to = arena_take_text(arena, block.at - begin);
        read_lines(&lines, text.data[at] == '>', chomping, blank, column);
        out->text = str_span(space, lines.to);
        out->end = block.at;
        out->tab = block.tab;
}
