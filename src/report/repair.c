/* repair.c - planning the edits of a fix, and showing them as a diff. */

#include "report/repair.h"

#include "report/color.h"
#include "report/escape.h"
#include "report/excerpt.h"

enum { LONGEST_DOCUMENT = 64 * 1024, MOST_LINES = 24 };

/* A document's part of a stream, and which document of that part it is. */
struct part {
        size_t begin, end;
        uint32_t index;
};

static bool is_separator(struct str text, size_t line)
{
        return str_starts(str_from(text, line), STR("---")) && (line == 0 || text.data[line - 1] == '\n');
}

/* The stretch between two `---` lines that holds `at`, so that only this much is read again. Where a stream is parted in other
 * ways too (JSON documents in a row, `...`), the whole of it is the part. */
static struct part part_around(struct str text, size_t at, uint32_t index)
{
        struct part part = {0, text.len, index};

        for (size_t i = min_size(at, text.len); i > 0; i--)
                if (is_separator(text, i)) {
                        part.begin = i;
                        break;
                }
        if (!part.begin && !is_separator(text, 0) && index > 0)
                return part;
        for (size_t i = at + 1; (i = str_find(text, STR("\n---"), i)) != SIZE_MAX; i++)
                if (i + 1 > at) {
                        part.end = i + 1;
                        break;
                }
        if (str_find(str_sub(text, part.begin, part.end), STR("\n..."), 0) != SIZE_MAX)
                return (struct part){0, text.len, index};
        part.index = 0;
        return part;
}

bool repair_plan(struct arena *arena, const struct finding *finding, struct text_edits *edits)
{
        struct err ignored = {0};
        struct part part;

        TRY(finding->fix.present && finding->source && finding->at <= finding->source->text.len);
        part = part_around(finding->source->text, finding->at, finding->document_index);
        TRY(part.end - part.begin <= LONGEST_DOCUMENT);
        *edits = (struct text_edits){0};
        TRY(edit_plan(arena, str_sub(finding->source->text, part.begin, part.end), part.index, &finding->fix.patch,
                      edits, &ignored));
        for (size_t i = 0; i < edits->edits.count; i++) {
                edits->edits.items[i].begin += (uint32_t)part.begin;
                edits->edits.items[i].end += (uint32_t)part.begin;
        }
        return edits->edits.count > 0;
}

static size_t line_begin(struct str text, size_t at)
{
        while (at > 0 && text.data[at - 1] != '\n')
                at--;
        return at;
}

/* Behind the line feed of the line that `at` is in. */
static size_t line_end(struct str text, size_t at)
{
        size_t feed = str_find(text, STR("\n"), at);

        return feed == SIZE_MAX ? text.len : feed + 1;
}

static void add_line(struct buf *out, struct str line, char sign, size_t focus, struct str margin, bool color)
{
        while (line.len && (line.data[line.len - 1] == '\n' || line.data[line.len - 1] == '\r'))
                line.len--;
        color_begin(out, color && sign != ' ', sign == '-' ? COLOR_REMOVED : COLOR_ADDED);
        buf_add(out, margin);
        buf_add_char(out, sign);
        buf_add_char(out, ' ');
        excerpt_print_text(out, excerpt_at(line, min_size(focus, line.len)));
        color_end(out, color && sign != ' ');
        buf_add_char(out, '\n');
}

/* Takes a line with its end off the front. */
static struct str take_line(struct str *text)
{
        struct str line = str_sub(*text, 0, line_end(*text, 0));

        *text = str_from(*text, line.len);
        return line;
}

static size_t common_bytes(struct str a, struct str b)
{
        size_t both = min_size(a.len, b.len), same = 0;

        while (same < both && a.data[same] == b.data[same])
                same++;
        return same;
}

/* Leaves out the lines that old and new have in common at both ends; moves `begin` and `end` of the old text accordingly. */
static void trim_common(struct str text, size_t *begin, size_t *end, struct str *fresh)
{
        size_t bytes;

        while (*begin < *end && fresh->len) {
                struct str line = str_sub(text, *begin, min_size(line_end(text, *begin), *end));

                if (!str_starts(*fresh, line))
                        break;
                *fresh = str_from(*fresh, line.len);
                *begin += line.len;
        }
        while (*begin < *end && fresh->len) {
                bytes = *end - line_begin(text, *end - 1);
                if (*end - *begin < bytes || !str_ends(*fresh, str_sub(text, *end - bytes, *end))
                    || (fresh->len > bytes && fresh->data[fresh->len - bytes - 1] != '\n'))
                        break;
                fresh->len -= bytes;
                *end -= bytes;
        }
}

/* The lines from `begin` to `end` become `fresh`. */
static void print_hunk(struct buf *out, struct str text, size_t begin, size_t end, struct str fresh, struct str margin,
                       bool color)
{
        struct str old;
        size_t lines = 0, focus;

        trim_common(text, &begin, &end, &fresh);
        old = str_sub(text, begin, end);
        focus = common_bytes(old, fresh);
        if (begin > 0)
                add_line(out, str_sub(text, line_begin(text, begin - 1), begin), ' ', 0, margin, color);
        for (; old.len && lines < MOST_LINES; lines++)
                add_line(out, take_line(&old), '-', focus, margin, color);
        for (; fresh.len && lines < MOST_LINES; lines++)
                add_line(out, take_line(&fresh), '+', focus, margin, color);
        if (old.len || fresh.len)
                add_line(out, STR("..."), ' ', 0, margin, color);
        if (end < text.len)
                add_line(out, str_sub(text, end, line_end(text, end)), ' ', 0, margin, color);
}

void repair_print(struct buf *out, struct str text, const struct text_edits *edits, struct str margin, bool color)
{
        for (size_t i = 0; i < edits->edits.count;) {
                CLEANUP(buf_free) struct buf fresh = {0};
                size_t begin = line_begin(text, edits->edits.items[i].begin), end = begin, at = begin;

                for (; i < edits->edits.count && (end == begin || edits->edits.items[i].begin <= end); i++) {
                        const struct text_edit *edit = &edits->edits.items[i];

                        buf_add(&fresh, str_sub(text, at, edit->begin));
                        buf_add(&fresh, edit->text);
                        at = edit->end;
                        end = line_end(text, edit->end);
                }
                buf_add(&fresh, str_sub(text, at, end));
                print_hunk(out, text, begin, end, buf_text(&fresh), margin, color);
        }
}
