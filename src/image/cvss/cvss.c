/* cvss.c - reading CVSS vectors and writing them. */

#include "image/cvss/cvss.h"

static const struct {
        struct str prefix;
        enum cvss_version version;
} prefixes[] = {
        {STR_INIT("CVSS:3.0/"), CVSS_30},
        {STR_INIT("CVSS:3.1/"), CVSS_31},
        {STR_INIT("CVSS:4.0/"), CVSS_4},
};

static struct cvss begin(enum cvss_version version)
{
        struct cvss vector = {.version = version};

        vector.metrics = version == CVSS_2 ? cvss2_metrics : version == CVSS_4 ? cvss4_metrics : cvss3_metrics;
        vector.metric_count = version == CVSS_2   ? cvss2_metric_count
                              : version == CVSS_4 ? cvss4_metric_count
                                                  : cvss3_metric_count;
        memset(vector.values, -1, sizeof(vector.values));
        return vector;
}

/* The prefix is taken off; v2 has none. */
static struct cvss begin_by_prefix(struct str *text)
{
        for (size_t i = 0; i < COUNT_OF(prefixes); i++)
                if (str_starts(*text, prefixes[i].prefix)) {
                        *text = str_from(*text, prefixes[i].prefix.len);
                        return begin(prefixes[i].version);
                }
        return begin(CVSS_2);
}

static size_t find_metric(const struct cvss *vector, struct str name)
{
        for (size_t i = 0; i < vector->metric_count; i++)
                if (str_equal(name, str_of(vector->metrics[i].name)))
                        return i;
        return SIZE_MAX;
}

static int find_value(const struct cvss_metric *metric, struct str value)
{
        for (int i = 0; metric->values[i]; i++)
                if (str_equal(value, str_of(metric->values[i])))
                        return i;
        return -1;
}

/* "AV:N". Sets the place of the metric. */
static bool read_part(struct cvss *vector, struct str part, size_t *place, struct err *err)
{
        size_t colon = str_find(part, STR(":"), 0);
        struct str name = str_sub(part, 0, colon);
        int value;

        if (colon == SIZE_MAX)
                return err_set(err, "\"%.*s\" is no metric with a value, as in AV:N", STR_ARG(part));
        *place = find_metric(vector, name);
        if (*place == SIZE_MAX)
                return err_set(err, "there is no metric \"%.*s\"", STR_ARG(name));
        value = find_value(&vector->metrics[*place], str_from(part, colon + 1));
        if (value < 0)
                return err_set(err, "the metric %.*s has no value \"%.*s\"", STR_ARG(name),
                               STR_ARG(str_from(part, colon + 1)));
        if (vector->values[*place] >= 0)
                return err_set(err, "the metric %.*s is given twice", STR_ARG(name));
        vector->values[*place] = (signed char)value;
        return true;
}

static bool has_group(const struct cvss *vector, enum cvss_group group)
{
        for (size_t i = 0; i < vector->metric_count; i++)
                if (vector->metrics[i].group == group && vector->values[i] >= 0)
                        return true;
        return false;
}

/* The base must be whole, and in v2 every group that is given. */
static bool check_groups(const struct cvss *vector, struct err *err)
{
        for (size_t i = 0; i < vector->metric_count; i++) {
                enum cvss_group group = vector->metrics[i].group;

                if (vector->values[i] < 0
                    && (group == CVSS_BASE || (vector->version == CVSS_2 && has_group(vector, group))))
                        return err_set(err, "the metric %s is missing", vector->metrics[i].name);
        }
        return true;
}

bool cvss_read(struct str text, struct cvss *out, struct err *err)
{
        size_t place = 0, last = 0;
        struct str part;

        *out = begin_by_prefix(&text);
        while (str_split(&text, '/', &part)) {
                TRY(read_part(out, part, &place, err));
                if (place < last && (out->version == CVSS_2 || out->version == CVSS_4))
                        return err_set(err, "the metric %s stands behind one that it goes before",
                                       out->metrics[place].name);
                last = place;
        }
        return check_groups(out, err);
}

const char *cvss_severity(enum cvss_version version, int score)
{
        if (score == 0 && version != CVSS_2)
                return "none";
        if (score < 40)
                return "low";
        if (score < 70)
                return "medium";
        return score < 90 || version == CVSS_2 ? "high" : "critical";
}

void cvss_print(struct buf *out, const struct cvss *vector)
{
        bool first = true;

        for (size_t i = 0; i < COUNT_OF(prefixes); i++)
                if (prefixes[i].version == vector->version)
                        buf_add(out, prefixes[i].prefix);
        for (size_t i = 0; i < vector->metric_count; i++) {
                const struct cvss_metric *metric = &vector->metrics[i];

                if (vector->values[i] < 0)
                        continue;
                buf_add_format(out, "%s%s:%s", first ? "" : "/", metric->name, metric->values[vector->values[i]]);
                first = false;
        }
}

static void judge_line(struct str line, struct buf *out, struct err *err)
{
        struct cvss vector;
        int score;

        if (!cvss_read(line, &vector, err)) {
                buf_add(out, STR("invalid\n"));
                return;
        }
        score = cvss_score(&vector);
        buf_add_format(out, "%d.%d %s ", score / 10, score % 10, cvss_severity(vector.version, score));
        cvss_print(out, &vector);
        buf_add(out, STR("\n"));
}

size_t cvss_judge(struct str lines, struct buf *out, size_t *faults,
                  void (*tell)(void *whom, size_t line, const struct err *err), void *whom)
{
        struct str rest = lines, line;
        size_t number = 0;

        *faults = 0;
        while (rest.len && str_split(&rest, '\n', &line)) {
                struct err err = {.length = 0};

                number++;
                judge_line(line, out, &err);
                if (err.length) {
                        tell(whom, number, &err);
                        ++*faults;
                }
        }
        return number;
}
