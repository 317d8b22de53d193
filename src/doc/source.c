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

static void index_lines(struct arena *arena, struct source *source)
{
        VEC(uint32_t) lines = {0};
        size_t at = 0;

        *vec_push(arena, &lines) = 0;
        while (at < source->text.len) {
                at = next_line(source->text, at);
                if (at < source->text.len)
                        *vec_push(arena, &lines) = (uint32_t)at;
        }
        source->lines = lines.items;
        source->line_count = (uint32_t)lines.count;
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
                .line = (uint32_t)low + 1,
                .column = (uint32_t)utf8_count(str_sub(source->text, source->lines[low], at)) + 1,
        };
}

struct str source_line(struct arena *arena, struct source *source, uint32_t line)
{
        struct str text;

        if (!source->lines)
                index_lines(arena, source);
        if (line < 1 || line > source->line_count)
                return (struct str){0};
        text = str_sub(source->text, source->lines[line - 1],
                       line < source->line_count ? source->lines[line] : source->text.len);
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
