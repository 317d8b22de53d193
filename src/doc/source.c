/* source.c - byte offsets as lines and columns. */

#include "doc/source.h"

/* The offset behind the line end at or after `at`; text.len if there is none. */
static size_t next_line(struct str text, size_t at)
{
        const char *feed = at < text.len ? memchr(text.data + at, '\n', text.len - at) : NULL;
        size_t end = feed ? (size_t)(feed - text.data) : text.len;
        const char *carriage = memchr(text.data + at, '\r', end - at);

        if (carriage && (size_t)(carriage - text.data) + 1 != end)
                return (size_t)(carriage - text.data) + 1;
        if (carriage && !feed)
                return (size_t)(carriage - text.data) + 1;
        return min_size(end + 1, text.len);
}

enum { LINES_AT_ONCE = 128 };

/* Compilers make a few vector instructions of this; more than 255 would not fit. */
static uint8_t count_feeds(const char bytes[LINES_AT_ONCE])
{
        uint8_t count = 0;

        for (size_t i = 0; i < LINES_AT_ONCE; i++)
                count = (uint8_t)(count + (bytes[i] == '\n'));
        return count;
}

uint32_t source_count_lines(struct str text)
{
        uint32_t count = 0;
        size_t at = 0;

        if (text.len && memchr(text.data, '\r', text.len)) {
                for (; at < text.len; count += text.data[at - 1] == '\n' || text.data[at - 1] == '\r')
                        at = next_line(text, at);
                return count;
        }
        for (; text.len - at >= LINES_AT_ONCE; at += LINES_AT_ONCE)
                count += count_feeds(text.data + at);
        for (; at < text.len; at++)
                count += text.data[at] == '\n';
        return count;
}

static size_t end_of(const struct source *source)
{
        return source->part.end ? source->part.end : source->text.len;
}

/* Whether a line begins behind the byte at `at`; what ends the text begins none. */
static bool begins_behind(const struct source *source, size_t at)
{
        const char *byte = source->text.data + at;

        return at + 1 < end_of(source) && (*byte == '\n' || (source->has_returns && *byte == '\r' && byte[1] != '\n'));
}

/* How many lines begin behind the bytes of [begin, end), and in `last`, if there are any, where the last of them does. */
static uint32_t lines_behind(const struct source *source, size_t begin, size_t end, uint32_t *last)
{
        struct str bytes;
        const char *feed;
        uint32_t count = 0;

        if (source->has_returns) {
                for (size_t at = begin; at < end; at++) {
                        if (begins_behind(source, at)) {
                                *last = (uint32_t)at + 1;
                                count++;
                        }
                }
                return count;
        }
        if (end == end_of(source) && end > begin)
                end--;
        bytes = str_sub(source->text, begin, end);
        feed = bytes.len ? memrchr(bytes.data, '\n', bytes.len) : NULL;
        if (feed)
                *last = (uint32_t)(feed - source->text.data) + 1;
        return feed ? source_count_lines(bytes) : 0;
}

static size_t block_begin(const struct source *source, size_t block)
{
        return min_size(source->part.begin + block * SOURCE_BLOCK, end_of(source));
}

static size_t block_count(const struct source *source)
{
        return (end_of(source) - source->part.begin) / SOURCE_BLOCK + 1;
}

static void mark_lines(struct arena *arena, struct source *source)
{
        size_t blocks = block_count(source), begin = source->part.begin;
        struct source_mark mark = {.begin = (uint32_t)begin};

        source->marks = arena_array(arena, struct source_mark, blocks);
        source->has_returns = end_of(source) > begin && memchr(source->text.data + begin, '\r', end_of(source) - begin);
        for (size_t i = 0; i < blocks; i++) {
                source->marks[i] = mark;
                mark.line += lines_behind(source, block_begin(source, i), block_begin(source, i + 1), &mark.begin);
        }
}

/* To count the code points of a line of a hundred megabytes for each place in it would take forever. */
static void index_points(struct arena *arena, struct source *source)
{
        size_t blocks = source->text.len / SOURCE_BLOCK;

        source->points = arena_take(arena, checked_mul(blocks + 1, sizeof(*source->points)));
        source->points[0] = 0;
        for (size_t i = 0; i < blocks; i++) {
                struct str block = {source->text.data + i * SOURCE_BLOCK, SOURCE_BLOCK};

                source->points[i + 1] = source->points[i] + (uint32_t)utf8_count(block);
        }
}

/* Code points before a byte. */
static uint32_t points_before(const struct source *source, size_t at)
{
        size_t block = at / SOURCE_BLOCK;

        return source->points[block] + (uint32_t)utf8_count(str_sub(source->text, block * SOURCE_BLOCK, at));
}

/* A byte order mark is no part of the first line. */
static size_t first_column(struct str text, size_t line)
{
        return line == 0 ? utf8_mark(text) : line;
}

static uint32_t points_between(struct arena *arena, struct source *source, size_t begin, size_t end)
{
        begin = min_size(first_column(source->text, begin), end);
        if (end - begin <= SOURCE_BLOCK)
                return (uint32_t)utf8_count(str_sub(source->text, begin, end));
        if (!source->points)
                index_points(arena, source);
        return points_before(source, end) - points_before(source, begin);
}

struct place source_place(struct arena *arena, struct source *source, size_t at)
{
        struct source_mark mark;
        size_t block;

        if (!source->marks)
                mark_lines(arena, source);
        at = min_size(at, end_of(source));
        block = (at - min_size(at, source->part.begin)) / SOURCE_BLOCK;
        mark = source->marks[block];
        mark.line += lines_behind(source, block_begin(source, block), at, &mark.begin);
        return (struct place){
                .line = source->part.lines + mark.line + 1,
                .column = points_between(arena, source, mark.begin, at) + 1,
        };
}

/* Where a line of the part begins, counted from 0; the end for one behind the last. */
static size_t line_begin(const struct source *source, uint32_t line)
{
        size_t low = 0, high = block_count(source), at, end;
        uint32_t seen;

        if (line == 0)
                return source->part.begin;
        while (high - low > 1) { /* to the last block that begins before the line does */
                size_t middle = low + (high - low) / 2;

                if (source->marks[middle].line < line)
                        low = middle;
                else
                        high = middle;
        }
        seen = source->marks[low].line;
        end = block_begin(source, low + 1);
        for (at = block_begin(source, low); at < end; at++) {
                if (begins_behind(source, at) && ++seen == line)
                        return at + 1;
        }
        return end_of(source);
}

struct str source_line(struct arena *arena, struct source *source, uint32_t line)
{
        struct str text;

        if (!source->marks)
                mark_lines(arena, source);
        if (line <= source->part.lines)
                return (struct str){0};
        line -= source->part.lines;
        text = str_sub(source->text, first_column(source->text, line_begin(source, line - 1)),
                       line_begin(source, line));
        while (text.len && (text.data[text.len - 1] == '\n' || text.data[text.len - 1] == '\r'))
                text.len--;
        return text;
}

struct place place_in(struct str text, size_t at)
{
        struct place place = {1, 1};
        size_t line = 0, next;

        at = min_size(at, text.len);
        while (line < at && (next = next_line(text, line)) <= at && next > line) {
                if (next == text.len && text.data[next - 1] != '\n' && text.data[next - 1] != '\r')
                        break;
                line = next;
                place.line++;
        }
        place.column = (uint32_t)utf8_count(str_sub(text, first_column(text, line), at)) + 1;
        return place;
}
