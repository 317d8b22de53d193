/* report.c - hostile names, messages and sources in every format: JSON stays JSON, a terminal gets nothing to act upon, a page
 * gets no markup. */

#include "doc/document.h"
#include "report/formats.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool holds)
{
        if (!holds)
                __builtin_trap();
}

static void check_json(struct str text)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct document document;
        struct err err = {0};

        demand(json_read_one(&arena, text, &document, &err));
}

static void check_terminal(struct str text)
{
        for (size_t i = 0; i < text.len; i++)
                demand((unsigned char)text.data[i] >= ' ' ? text.data[i] != 0x7F : text.data[i] == '\n');
        demand(utf8_check(text) == text.len);
}

static size_t count(struct str text, struct str needle)
{
        size_t times = 0;

        for (size_t at = 0; (at = str_find(text, needle, at)) != SIZE_MAX; at++)
                times++;
        return times;
}

/* Elements that only Strake itself writes, once each. */
static void check_page(struct str text)
{
        demand(count(text, STR("<script")) == 1 && count(text, STR("</script")) == 1);
        demand(count(text, STR("<details")) == 1 && count(text, STR("</details")) == 1);
        demand(utf8_check(text) == text.len);
}

static void check_cases(struct str text)
{
        demand(count(text, STR("<testcase")) == 1 && count(text, STR("<testsuite ")) == 1);
        demand(utf8_check(text) == text.len);
}

static void check_commands(struct str text)
{
        demand(count(text, STR("\n")) == 1 && count(text, STR("\r")) == 0);
}

/* A heading and one row; quotes come in pairs. */
static void check_rows(struct str text)
{
        demand(count(text, STR("\r\n")) == 2 && count(text, STR("\n")) == 2 && count(text, STR("\r")) == 2);
        demand(count(text, STR("\"")) % 2 == 0 && utf8_check(text) == text.len);
}

static const struct {
        struct str format;
        bool quiet;
        void (*check)(struct str text);
} checks[] = {
        {STR_INIT("json"), false, check_json},       {STR_INIT("sarif"), false, check_json},
        {STR_INIT("text"), false, check_terminal},   {STR_INIT("text"), true, check_terminal},
        {STR_INIT("html"), false, check_page},       {STR_INIT("junit"), false, check_cases},
        {STR_INIT("github"), false, check_commands}, {STR_INIT("markdown"), false, check_terminal},
        {STR_INIT("csv"), false, check_rows},        {STR_INIT("oscal"), false, check_json},
};

/* The first byte says where the source's place is, the rest is parted by 0xFE into what a finding says. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct str rest = {(const char *)data + (size > 0), size - (size > 0)}, parts[5] = {0};
        struct source source;
        struct rule_summary rule = {.area = AREA_APPS};
        struct finding_object object;
        struct finding finding = {.rule = &rule, .object = &object, .severity = SEVERITY_HIGH};
        struct report report = {.tool = STR("strake"), .findings = &finding, .finding_count = 1};
        struct place place;

        for (size_t i = 0; i < COUNT_OF(parts) && str_split(&rest, (char)0xFE, &parts[i]); i++)
                ;
        source = (struct source){.name = parts[0], .text = parts[1]};
        finding.at = source.text.len ? data[0] % (uint32_t)(source.text.len + 1) : 0;
        place = place_in(source.text, finding.at);
        finding.source = &source;
        finding.location = (struct finding_location){.file = parts[0],
                                                     .document = -1,
                                                     .line = place.line,
                                                     .column = place.column,
                                                     .path = parts[3],
                                                     .has_path = true};
        rule.id = rule.title = finding.message = parts[2];
        object = (struct finding_object){parts[3], parts[3], parts[4], parts[4]};
        finding.container = rule.description = parts[4];
        report_finish(&report);
        for (size_t i = 0; i < COUNT_OF(checks); i++) {
                const struct format_settings settings = {.quiet = checks[i].quiet, .threads = 1};
                CLEANUP(buf_free) struct buf out = {0};

                report_format_find(checks[i].format)->print(&out, &report, &settings);
                checks[i].check(buf_text(&out));
        }
        return 0;
}
