/* source.c - byte offsets as lines and columns. */

#include "doc/source.h"

#include "base/vec.h"

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

struct lines {
        struct arena *arena;
        VEC(uint32_t) begins;
};

static void add_line(struct lines *lines, struct str text, size_t begin)
{
        if (begin < text.len)
                *vec_push(lines->arena, &lines->begins) = (uint32_t)begin;
}

/* Adds the lines behind the line feeds among eight bytes; `marks` is 0xff for each that is one. */
static void add_marked(struct lines *lines, struct str text, size_t at, uint64_t marks)
{
        while (marks) {
                unsigned bit = (unsigned)__builtin_ctzll(marks);

                add_line(lines, text, at + bit / 8 + 1);
                marks &= ~(UINT64_C(0xff) << bit);
        }
}

/* The same where lines may end with a carriage return. */
static void add_lines_with_returns(struct lines *lines, struct str text, size_t at)
{
        while (at < text.len) {
                at = next_line(text, at);
                add_line(lines, text, at);
        }
}

typedef unsigned char sixteen __attribute__((vector_size(16)));

static void add_lines(struct lines *lines, struct str text, size_t at)
{
        for (; at + sizeof(sixteen) <= text.len; at += sizeof(sixteen)) {
                uint64_t marks[2];
                sixteen bytes;

                memcpy(&bytes, text.data + at, sizeof(bytes));
                bytes = (sixteen)(bytes == '\n');
                memcpy(marks, &bytes, sizeof(marks));
                if (!(marks[0] | marks[1]))
                        continue;
                add_marked(lines, text, at, marks[0]);
                add_marked(lines, text, at + 8, marks[1]);
        }
        for (; at < text.len; at++) {
                if (text.data[at] == '\n')
                        add_line(lines, text, at + 1);
        }
}

static void index_lines(struct arena *arena, struct source *source)
{
        struct lines lines = {.arena = arena};
        size_t begin = source->part.begin;
        struct str text = str_sub(source->text, 0, end_of(source));

        *vec_push(arena, &lines.begins) = (uint32_t)begin;
        if (text.len > begin && memchr(text.data + begin, '\r', text.len - begin))
                add_lines_with_returns(&lines, text, begin);
        else
                add_lines(&lines, text, begin);
        source->lines = lines.begins.items;
        source->line_count = (uint32_t)lines.begins.count;
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

static uint32_t points_between(struct arena *arena, struct source *source, size_t begin, size_t end)
{
        if (end - begin <= SOURCE_BLOCK)
                return (uint32_t)utf8_count(str_sub(source->text, begin, end));
        if (!source->points)
                index_points(arena, source);
        return points_before(source, end) - points_before(source, begin);
}

struct place source_place(struct arena *arena, struct source *source, size_t at)
{
        size_t low = 0, high;

        if (!source->lines)
                index_lines(arena, source);
        at = min_size(at, source->text.len);
        high = source->line_count;
        while (high - low > 1) {
                size_t middle = low + (high - low) / 2;

                if (source->lines[middle] <= at)
                        low = middle;
                else
                        high = middle;
        }
        return (struct place){
                .line = source->part.lines + (uint32_t)low + 1,
                .column = points_between(arena, source, source->lines[low], at) + 1,
        };
}

struct str source_line(struct arena *arena, struct source *source, uint32_t line)
{
        struct str text;

        if (!source->lines)
                index_lines(arena, source);
        line -= (uint32_t)min_size(line, source->part.lines);
        if (line < 1 || line > source->line_count)
                return (struct str){0};
        text = str_sub(source->text, source->lines[line - 1],
                       line < source->line_count ? source->lines[line] : end_of(source));
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
        place.column = (uint32_t)utf8_count(str_sub(text, line, at)) + 1;
        return place;
}
