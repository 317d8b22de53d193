/* kubesec.c - the report as kubesec v2 prints it (`kubesec scan -f json`).
 *
 * One entry for each object: what it gets points for (passed), what takes points away (critical), and what would give some
 * (advise). What could not be read or validated is `valid: false` and has no points. */

#include <stdlib.h>

#include "report/formats.h"
#include "report/score.h"

/* The lists, in the order in which kubesec prints them. */
enum part { CRITICAL, PASSED, ADVISE, PART_COUNT };

static const char *const part_names[PART_COUNT] = {"critical", "passed", "advise"};

int score_total(const struct scoring *scoring, const struct score *score)
{
        int total = 0;

        for (size_t i = 0; i < scoring->point_count; i++)
                total += score->held >> i & 1 ? scoring->points[i].points : 0;
        return total;
}

static enum part part_of(const struct score *score, size_t index, int points)
{
        bool holds = score->held >> index & 1;

        if (!(score->asked >> index & 1))
                return PART_COUNT;
        if (points < 0)
                return holds ? CRITICAL : PART_COUNT;
        return holds ? PASSED : ADVISE;
}

/* The most important first: the most points to gain, or the most to lose; then by selector. */
static int by_importance(const void *a, const void *b)
{
        const struct score_point *one = *(const struct score_point *const *)a;
        const struct score_point *other = *(const struct score_point *const *)b;

        if (one->points != other->points)
                return abs(other->points) - abs(one->points);
        return str_compare(one->selector, other->selector);
}

static void print_number(struct json_writer *writer, const char *key, int number)
{
        json_key(writer, key);
        buf_add_format(json_raw(writer), "%d", number);
}

static void print_part(struct json_writer *writer, const struct scoring *scoring, const struct score *score,
                       enum part part)
{
        const struct score_point *points[MOST_POINTS];
        size_t count = 0;

        for (size_t i = 0; i < scoring->point_count; i++) {
                if (part_of(score, i, scoring->points[i].points) == part)
                        points[count++] = &scoring->points[i];
        }
        if (!count)
                return;
        qsort(points, count, sizeof(*points), by_importance);
        json_member_begin(writer, part_names[part], '[');
        for (size_t i = 0; i < count; i++) {
                json_begin(writer, '{');
                json_member(writer, "id", points[i]->id);
                json_member(writer, "selector", points[i]->selector);
                json_member(writer, "reason", points[i]->reason);
                print_number(writer, "points", points[i]->points);
                json_end(writer, '}');
        }
        json_end(writer, ']');
}

static void print_message(struct json_writer *writer, const struct score *score, int total)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct str message = score->problem;

        if (!message.len && !score->asked)
                message = STR("This resource kind is not supported by kubesec");
        else if (!message.len)
                message = str_format(&scratch, "%s with a score of %d points", total < 0 ? "Failed" : "Passed", total);
        json_member(writer, "message", message);
}

static void print_score(struct json_writer *writer, const struct scoring *scoring, const struct score *score)
{
        int total = score_total(scoring, score);

        json_begin(writer, '{');
        json_member(writer, "object", score->object);
        json_member_bool(writer, "valid", !score->problem.len);
        json_member(writer, "fileName", str_is(score->file, "<stdin>") ? STR("STDIN") : score->file);
        print_message(writer, score, total);
        print_number(writer, "score", total);
        json_member_begin(writer, "scoring", '{');
        for (enum part part = 0; part < PART_COUNT; part++)
                print_part(writer, scoring, score, part);
        json_end(writer, '}');
        json_end(writer, '}');
}

void report_print_kubesec(struct buf *out, const struct report *report, const struct format_settings *settings)
{
        struct json_writer writer = {.out = out};
        const struct scoring *scoring = report->scoring;

        json_begin(&writer, '[');
        for (size_t i = 0; scoring && i < scoring->score_count; i++) {
                print_score(&writer, scoring, &scoring->scores[i]);
                report_flush(out, settings);
        }
        json_end(&writer, ']');
        buf_add_char(out, '\n');
}

enum format_verdict report_judge_kubesec(const struct report *report)
{
        const struct scoring *scoring = report->scoring;

        if (!scoring || !scoring->score_count)
                return VERDICT_NOTHING;
        for (size_t i = 0; i < scoring->score_count; i++) {
                if (score_total(scoring, &scoring->scores[i]) <= 0)
                        return VERDICT_BAD;
        }
        return VERDICT_GOOD;
}
