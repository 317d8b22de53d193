/* fixes.c - what was repaired, for people. */

#include "report/fixes.h"

#include "base/map.h"
#include "report/color.h"
#include "report/escape.h"
#include "report/formats.h"

enum { MOST_PLACES = 3 };

static const struct str names[FIX_OUTCOME_COUNT] = {
        [FIX_DONE] = STR_INIT("fixed"),
        [FIX_PROPOSED] = STR_INIT("proposed"),
        [FIX_DECLINED] = STR_INIT("declined"),
        [FIX_IMPOSSIBLE] = STR_INIT("impossible"),
};

struct str fix_outcome_name(enum fix_outcome outcome)
{
        return names[outcome];
}

static const char *plural(uint64_t count)
{
        return count == 1 ? "" : "s";
}

struct printer {
        struct buf *out;
        const struct fixes *fixes;
        const struct format_settings *settings;
};

static void add_sign(struct printer *printer, enum fix_outcome outcome)
{
        static const char *const colors[FIX_OUTCOME_COUNT] = {[FIX_DONE] = COLOR_ADDED,
                                                              [FIX_PROPOSED] = "33",
                                                              [FIX_DECLINED] = COLOR_FAINT,
                                                              [FIX_IMPOSSIBLE] = COLOR_REMOVED};
        const char *word =
                outcome == FIX_DONE && printer->fixes->dry_run ? "would fix" : fix_outcome_name(outcome).data;

        color_begin(printer->out, printer->settings->color, colors[outcome]);
        buf_add_format(printer->out, "%-10s", word);
        color_end(printer->out, printer->settings->color);
        buf_add_char(printer->out, ' ');
}

static void add_item(struct printer *printer, const struct fix_item *item)
{
        const struct finding *finding = item->finding;
        struct arena scratch = {0};

        buf_add_literal(printer->out, "  ");
        add_sign(printer, item->outcome);
        if (finding->location.line)
                buf_add_format(printer->out, "%u:%u: ", finding->location.line, finding->location.column);
        if (finding->object) {
                escape_terminal(printer->out, finding_object_words(&scratch, finding->object));
                buf_add_literal(printer->out, ": ");
        }
        escape_terminal(printer->out, finding->message);
        buf_add_literal(printer->out, " [");
        escape_terminal(printer->out, finding->rule->id);
        buf_add_literal(printer->out, "]\n");
        if (item->why.len)
                report_add_wrapped(printer->out, item->why, "             ");
        arena_free(&scratch);
}

static void add_file(struct printer *printer, const struct fix_file *file)
{
        color_begin(printer->out, printer->settings->color, COLOR_STRONG);
        escape_terminal(printer->out, file->name);
        color_end(printer->out, printer->settings->color);
        buf_add_char(printer->out, '\n');
        if (file->trouble.len) {
                buf_add_literal(printer->out, "  Nothing was written: ");
                escape_terminal(printer->out, file->trouble);
                buf_add_char(printer->out, '\n');
        }
        for (size_t outcome = 0; outcome < FIX_OUTCOME_COUNT; outcome++) {
                for (size_t i = 0; i < file->item_count; i++) {
                        struct fix_item item = file->items[i];

                        if (item.outcome != outcome || outcome == FIX_PROPOSED)
                                continue;
                        if (file->trouble.len && str_equal(item.why, file->trouble))
                                item.why = STR("");
                        add_item(printer, &item);
                }
        }
        buf_add_char(printer->out, '\n');
}

/* The proposed repairs of one rule: where they are, and what to check first. */
static void add_proposal(struct printer *printer, const struct rule_summary *rule)
{
        const struct fixes *fixes = printer->fixes;
        const struct finding *first = NULL;
        size_t count = 0;

        buf_add_literal(printer->out, "  ");
        color_begin(printer->out, printer->settings->color, COLOR_STRONG);
        escape_terminal(printer->out, rule->id);
        color_end(printer->out, printer->settings->color);
        for (size_t i = 0; i < fixes->file_count; i++) {
                for (size_t k = 0; k < fixes->files[i].item_count; k++) {
                        const struct fix_item *item = &fixes->files[i].items[k];

                        if (item->outcome != FIX_PROPOSED || item->finding->rule != rule)
                                continue;
                        first = first ? first : item->finding;
                        if (count++ >= MOST_PLACES)
                                continue;
                        buf_add(printer->out, count == 1 ? STR(": ") : STR(", "));
                        escape_terminal(printer->out, item->finding->location.file);
                        buf_add_format(printer->out, ":%u", item->finding->location.line);
                }
        }
        if (count > MOST_PLACES)
                buf_add_format(printer->out, " and %zu more", count - MOST_PLACES);
        buf_add_char(printer->out, '\n');
        report_add_wrapped(printer->out, first->fix.note, "    ");
}

/* What --unsafe would do, by rule, in the order in which they come up. */
static void add_proposals(struct printer *printer)
{
        struct arena scratch = {0};
        struct map seen = {0};

        for (size_t i = 0; i < printer->fixes->file_count; i++) {
                const struct fix_file *file = &printer->fixes->files[i];

                for (size_t k = 0; k < file->item_count; k++) {
                        const struct rule_summary *rule = file->items[k].finding->rule;

                        if (file->items[k].outcome != FIX_PROPOSED || map_get(&seen, rule->id))
                                continue;
                        if (!seen.count)
                                buf_add_literal(printer->out,
                                                "Proposed: an application may rely on what these take away. "
                                                "Check first, then run with --unsafe\n"
                                                "(and --only RULE,... or --interactive).\n");
                        *map_slot(&scratch, &seen, rule->id) = (void *)rule;
                        add_proposal(printer, rule);
                }
        }
        if (seen.count)
                buf_add_char(printer->out, '\n');
        arena_free(&scratch);
}

static void add_left(struct printer *printer)
{
        const struct report *left = printer->fixes->left;
        const char *before = " (";
        uint64_t open = 0;

        for (size_t i = 0; i < SEVERITY_COUNT; i++)
                open += left->open[i];
        buf_add_format(printer->out, "A scan then finds %s", open ? "" : "nothing");
        if (open)
                buf_add_format(printer->out, "%" PRIu64 " finding%s", open, plural(open));
        for (size_t i = 0; i < SEVERITY_COUNT; i++) {
                if (!left->open[i])
                        continue;
                buf_add_format(printer->out, "%s%" PRIu64 " %s", before, left->open[i],
                               severity_name((enum severity)i).data);
                before = ", ";
        }
        buf_add(printer->out, open ? STR(").\n") : STR(".\n"));
}

static void add_summary(struct printer *printer)
{
        const struct fixes *fixes = printer->fixes;
        const size_t *outcomes = fixes->outcomes;

        if (outcomes[FIX_DONE])
                buf_add_format(printer->out, "%s %zu finding%s in %zu file%s", fixes->dry_run ? "Would fix" : "Fixed",
                               outcomes[FIX_DONE], plural(outcomes[FIX_DONE]), fixes->changed_files,
                               plural(fixes->changed_files));
        else
                buf_add_literal(printer->out, "Nothing to fix");
        if (outcomes[FIX_PROPOSED])
                buf_add_format(printer->out, "; %zu more with --unsafe", outcomes[FIX_PROPOSED]);
        if (outcomes[FIX_DECLINED])
                buf_add_format(printer->out, "; %zu declined", outcomes[FIX_DECLINED]);
        if (outcomes[FIX_IMPOSSIBLE])
                buf_add_format(printer->out, "; %zu not possible", outcomes[FIX_IMPOSSIBLE]);
        buf_add_literal(printer->out, ".\n");
        add_left(printer);
}

/* Whether there is more to say of a file than what is proposed. */
static bool is_worth_a_line(const struct fix_file *file)
{
        for (size_t i = 0; i < file->item_count; i++)
                if (file->items[i].outcome != FIX_PROPOSED)
                        return true;
        return false;
}

void fixes_print_text(struct buf *out, const struct fixes *fixes, const struct format_settings *settings)
{
        struct printer printer = {out, fixes, settings};

        for (size_t i = 0; i < fixes->file_count; i++)
                if (is_worth_a_line(&fixes->files[i]))
                        add_file(&printer, &fixes->files[i]);
        if (settings->quiet)
                return;
        add_proposals(&printer);
        add_summary(&printer);
}
