/* fixes_diff.c - changes as a unified diff (POSIX, diff -u), names quoted as git does. */

#include "report/color.h"
#include "report/escape.h"
#include "report/fixes.h"
#include "report/repair.h"

enum { CONTEXT = 3 };

struct diff {
        struct buf *out;
        bool color, escape;
        struct str text;
        const struct line_changes *changes;
        size_t old_line, new_line; /* from 0, of the text at `at` */
        size_t at;
};

/* A hunk: changes so near to each other that their contexts touch. */
struct hunk {
        size_t first, last; /* changes, the last one among them */
        size_t begin, end;  /* bytes of the old text, with the context */
};

static size_t count_lines(struct str text)
{
        size_t lines = text.len && text.data[text.len - 1] != '\n';

        for (size_t i = 0; i < text.len; i++)
                lines += text.data[i] == '\n';
        return lines;
}

static size_t lines_before(struct str text, size_t at)
{
        for (int lines = 0; at > 0; at--)
                if (text.data[at - 1] == '\n' && ++lines > CONTEXT)
                        break;
        return at;
}

static size_t lines_behind(struct str text, size_t at)
{
        for (int lines = 0; at < text.len && lines < CONTEXT; at++)
                lines += text.data[at] == '\n';
        return at;
}

static void add_text(struct diff *diff, struct str text)
{
        if (diff->escape)
                escape_lines(diff->out, text);
        else
                buf_add(diff->out, text);
}

static void add_lines(struct diff *diff, struct str lines, char sign)
{
        bool color = diff->color && sign != ' ';

        while (lines.len) {
                size_t feed = str_find(lines, STR("\n"), 0);
                struct str line = str_sub(lines, 0, feed);

                lines = str_from(lines, feed == SIZE_MAX ? lines.len : feed + 1);
                color_begin(diff->out, color, sign == '-' ? COLOR_REMOVED : COLOR_ADDED);
                buf_add_char(diff->out, sign);
                add_text(diff, line);
                color_end(diff->out, color);
                buf_add(diff->out, feed == SIZE_MAX ? STR("\n\\ No newline at end of file\n") : STR("\n"));
        }
}

/* Takes in all changes that are near enough. */
static struct hunk next_hunk(const struct diff *diff, size_t first)
{
        const struct line_change *changes = diff->changes->list.items;
        struct hunk hunk = {.first = first, .last = first, .begin = lines_before(diff->text, changes[first].begin)};

        hunk.end = lines_behind(diff->text, changes[first].end);
        while (hunk.last + 1 < diff->changes->list.count
               && lines_before(diff->text, changes[hunk.last + 1].begin) <= hunk.end) {
                hunk.last++;
                hunk.end = lines_behind(diff->text, changes[hunk.last].end);
        }
        return hunk;
}

/* A range of no lines names the line before it. */
static void add_range(struct buf *out, char sign, size_t line, size_t count)
{
        buf_add_format(out, "%c%zu,%zu", sign, line + (count > 0), count);
}

static void add_hunk(struct diff *diff, const struct hunk *hunk)
{
        struct str old = str_sub(diff->text, hunk->begin, hunk->end);
        size_t old_count = count_lines(old), new_count = old_count, at = hunk->begin, skipped;

        for (size_t i = hunk->first; i <= hunk->last; i++) {
                const struct line_change *change = &diff->changes->list.items[i];

                new_count -= count_lines(str_sub(diff->text, change->begin, change->end));
                new_count += count_lines(change->fresh);
        }
        skipped = count_lines(str_sub(diff->text, diff->at, hunk->begin));
        diff->old_line += skipped;
        diff->new_line += skipped;
        buf_add_literal(diff->out, "@@ ");
        add_range(diff->out, '-', diff->old_line, old_count);
        buf_add_char(diff->out, ' ');
        add_range(diff->out, '+', diff->new_line, new_count);
        buf_add_literal(diff->out, " @@\n");
        for (size_t i = hunk->first; i <= hunk->last; i++) {
                const struct line_change *change = &diff->changes->list.items[i];

                add_lines(diff, str_sub(diff->text, at, change->begin), ' ');
                add_lines(diff, str_sub(diff->text, change->begin, change->end), '-');
                add_lines(diff, change->fresh, '+');
                at = change->end;
        }
        add_lines(diff, str_sub(diff->text, at, hunk->end), ' ');
        diff->old_line += old_count;
        diff->new_line += new_count;
        diff->at = hunk->end;
}

static bool needs_quotes(struct str name)
{
        for (size_t i = 0; i < name.len; i++)
                if ((unsigned char)name.data[i] < ' ' || strchr("\"\\\x7f", name.data[i]))
                        return true;
        return false;
}

/* A name with a space gets a tab behind it, so that patch(1) knows where it ends. */
static void add_name(struct diff *diff, const char *sign, struct str name)
{
        color_begin(diff->out, diff->color, COLOR_STRONG);
        buf_add(diff->out, str_of(sign));
        if (!needs_quotes(name)) {
                buf_add(diff->out, name);
                buf_add(diff->out, memchr(name.data, ' ', name.len) ? STR("\t") : STR(""));
        } else {
                buf_add_char(diff->out, '"');
                for (size_t i = 0; i < name.len; i++) {
                        unsigned char byte = (unsigned char)name.data[i];

                        if (byte < ' ' || byte == 0x7f)
                                buf_add_format(diff->out, "\\%03o", byte);
                        else
                                buf_add_format(diff->out, byte == '"' || byte == '\\' ? "\\%c" : "%c", byte);
                }
                buf_add_char(diff->out, '"');
        }
        color_end(diff->out, diff->color);
        buf_add_char(diff->out, '\n');
}

static void add_file(struct buf *out, const struct fix_file *file, bool color, bool escape)
{
        struct arena scratch = {0};
        struct line_changes changes = {0};
        struct diff diff = {.out = out, .color = color, .escape = escape, .text = file->before, .changes = &changes};

        repair_lines(&scratch, file->before, &file->edits, &changes);
        add_name(&diff, "--- ", file->name);
        add_name(&diff, "+++ ", file->name);
        for (size_t i = 0; i < changes.list.count;) {
                struct hunk hunk = next_hunk(&diff, i);

                add_hunk(&diff, &hunk);
                i = hunk.last + 1;
        }
        arena_free(&scratch);
}

void fixes_print_diff(struct buf *out, const struct fixes *fixes, bool color, bool escape)
{
        for (size_t i = 0; i < fixes->file_count; i++)
                if (fixes->files[i].changed && !fixes->files[i].trouble.len)
                        add_file(out, &fixes->files[i], color, escape);
}
