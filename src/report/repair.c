/* repair.c - planning the edits of a fix, and showing them as a diff. */

#include "report/repair.h"

#include "doc/print.h"
#include "report/color.h"
#include "report/escape.h"
#include "report/excerpt.h"

enum { LONGEST_DOCUMENT = 64 * 1024, MOST_LINES = 24 };

/* A part of a stream, and which of its documents is meant. */
struct part {
        size_t begin, end;
        uint32_t index;
};

/* Whether a `---` line begins at `at`. */
static bool is_separator(struct str text, size_t at)
{
        struct str line = str_from(text, at);

        return str_starts(line, STR("---")) && (at == 0 || text.data[at - 1] == '\n')
                          && (line.len == 3 || strchr(" \t\r\n", line.data[3]));
}

/* The stretch between two `---` lines that holds `at`, so that only this much is read again. Where `...` parts the stream as
 * well, it is the whole text. False if it is longer than is worth reading. */
static bool part_around(struct str text, size_t at, uint32_t index, struct part *part)
{
        size_t begin = at, end = at + 1;

        while (begin > 0 && !is_separator(text, begin))
                TRY(at - begin-- < LONGEST_DOCUMENT);
        while (end < text.len && !is_separator(text, end))
                TRY(end++ - at < LONGEST_DOCUMENT);
        *part = (struct part){begin, end, begin ? 0 : index};
        if (begin && str_find(str_sub(text, begin, end), STR("\n..."), 0) != SIZE_MAX)
                *part = (struct part){0, text.len, index};
        return part->end - part->begin <= LONGEST_DOCUMENT;
}

/* How the lines of a text end. */
static struct str line_end_of(struct str text)
{
        size_t line_feed = str_find(text, STR("\n"), 0);

        return line_feed != SIZE_MAX && line_feed && text.data[line_feed - 1] == '\r' ? STR("\r\n") : STR("\n");
}

/* Whole lines of text, with the line ends of another. */
static void add_lines(struct buf *out, struct str text, struct str like)
{
        struct str line;

        while (str_split(&text, '\n', &line) && (line.len || text.len)) {
                buf_add(out, line);
                buf_add(out, line_end_of(like));
        }
}

/* Whether a stream of YAML ends with the line that begins its next document. */
static bool ends_with_separator(struct str text)
{
        struct str trimmed = str_trim(text);

        return str_ends(trimmed, STR("\n---")) || str_equal(trimmed, STR("---"));
}

struct text_edit repair_addition(struct arena *arena, struct str text, const struct finding_fix_more *more)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        CLEANUP(buf_free) struct buf out = {0}, json = {0};
        struct document_stream stream;
        bool is_json = document_read(&scratch, text, &stream);

        if (text.len && !str_ends(text, STR("\n")))
                buf_add(&out, line_end_of(text));
        if (is_json) {
                json_print(&json, more->object, 2);
                buf_add_char(&json, '\n');
                add_lines(&out, buf_text(&json), text);
        } else {
                if (text.len && !ends_with_separator(text))
                        add_lines(&out, STR("---\n"), text);
                add_lines(&out, more->text, text);
        }
        return (struct text_edit){(uint32_t)text.len, (uint32_t)text.len, str_copy(arena, buf_text(&out))};
}

bool repair_plan(struct arena *arena, const struct finding *finding, struct text_edits *edits)
{
        struct err ignored = {0};
        struct part part;

        TRY(finding->fix.present && finding->source && finding->at <= finding->source->text.len);
        *edits = (struct text_edits){0};
        if (finding->fix.more && finding->fix.more->object) {
                TRY(finding->source->text.len <= LONGEST_DOCUMENT);
                *vec_push(arena, &edits->edits) = repair_addition(arena, finding->source->text, finding->fix.more);
                return true;
        }
        TRY(part_around(finding->source->text, finding->at, finding->document_index, &part));
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

                if (!str_starts(*fresh, line) || (!str_ends(line, STR("\n")) && fresh->len > line.len))
                        break; /* another line, or the last one, which now has an end */
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

/* Takes the edits from `*index` on that touch the same lines, or lines that follow on each other. */
static void take_change(struct arena *arena, struct str text, const struct text_edits *edits, size_t *index,
                        struct line_change *change)
{
        CLEANUP(buf_free) struct buf fresh = {0};
        size_t at;

        change->begin = change->end = at = line_begin(text, edits->edits.items[*index].begin);
        for (; *index < edits->edits.count && line_begin(text, edits->edits.items[*index].begin) <= change->end;
             ++*index) {
                const struct text_edit *edit = &edits->edits.items[*index];

                buf_add(&fresh, str_sub(text, at, edit->begin));
                buf_add(&fresh, edit->text);
                at = edit->end;
                change->end = line_end(text, edit->end);
        }
        buf_add(&fresh, str_sub(text, at, change->end));
        change->fresh = str_copy(arena, buf_text(&fresh));
        trim_common(text, &change->begin, &change->end, &change->fresh);
}

void repair_lines(struct arena *arena, struct str text, const struct text_edits *edits, struct line_changes *out)
{
        for (size_t i = 0; i < edits->edits.count;)
                take_change(arena, text, edits, &i, vec_push(arena, &out->list));
}

static void print_change(struct buf *out, struct str text, const struct line_change *change, struct str margin,
                         bool color)
{
        size_t begin = change->begin, end = change->end, lines = 0, focus;
        struct str old = str_sub(text, begin, end), fresh = change->fresh;

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
        struct arena scratch = {0};
        struct line_changes changes = {0};

        repair_lines(&scratch, text, edits, &changes);
        for (size_t i = 0; i < changes.list.count; i++)
                print_change(out, text, &changes.list.items[i], margin, color);
        arena_free(&scratch);
}
