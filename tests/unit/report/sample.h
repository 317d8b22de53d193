/* sample.h - a small report for the tests of printers: a pod with a weakness, and what may stand around it. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report/formats.h"

/* A test does not need the state that cmocka hands it. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define POD                                                                                                            \
        "apiVersion: v1\n"                                                                                             \
        "kind: Pod\n"                                                                                                  \
        "metadata: {name: web, namespace: shop}\n"                                                                     \
        "spec:\n"                                                                                                      \
        "  containers:\n"                                                                                              \
        "    - name: web\n"                                                                                            \
        "      securityContext:\n"                                                                                     \
        "        privileged: true # why?\n"

#define PRIVILEGED_PATH "/spec/containers/0/securityContext/privileged"

static const struct reference sample_references[] = {
        {STR_INIT("pod-security"), STR_INIT("privileged"), STR_INIT("baseline")},
        {STR_INIT("kubescape"), STR_INIT("C-0057"), {0}},
};

static const struct patch_step sample_steps[] = {
        {.op = PATCH_REPLACE, .path = STR_INIT(PRIVILEGED_PATH), .value = {.kind = VALUE_BOOL}},
};

static const struct rule_summary sample_rules[] = {
        {STR_INIT("open-load-balancer"), STR_INIT("Open to everybody"), STR_INIT("Anybody can reach it."),
         SEVERITY_MEDIUM, AREA_COMMUNICATION, NULL, 0, false},
        {STR_INIT("privileged-container"), STR_INIT("Container runs privileged"),
         STR_INIT("Who breaks in owns the node."), SEVERITY_CRITICAL, AREA_CONTAINERS, sample_references,
         COUNT_OF(sample_references), true},
        {STR_INIT("syntax-error"), STR_INIT("Cannot be read"), STR_INIT("What cannot be read is not judged."),
         SEVERITY_HIGH, AREA_INPUT, NULL, 0, false},
};

/* The place of `needle` in the text of the source. */
__attribute__((unused)) static void sample_place(struct finding *finding, struct source *source, const char *needle)
{
        struct place place;

        finding->source = source;
        finding->at = (uint32_t)str_find(source->text, str_of(needle), 0);
        place = place_in(source->text, finding->at);
        finding->location.line = place.line;
        finding->location.column = place.column;
}

static const struct finding_object sample_object = {STR_INIT("v1"), STR_INIT("Pod"), STR_INIT("shop"), STR_INIT("web")};

/* "privileged-container" in a source, where `needle` stands. */
__attribute__((unused)) static struct finding sample_finding(struct source *source, const char *needle)
{
        struct finding finding = {
                .rule = &sample_rules[1],
                .object = &sample_object,
                .severity = SEVERITY_CRITICAL,
                .references = sample_references,
                .reference_count = COUNT_OF(sample_references),
                .fix = {.present = true, .safe = true, .patch = {sample_steps, COUNT_OF(sample_steps)}},
                .fingerprint = "0123456789abcdef0123456789abcdef",
        };

        finding.message = STR("container \"web\" sets privileged: true");
        finding.container = STR("web");
        finding.location.file = source->name;
        finding.location.document = -1;
        finding.location.path = STR(PRIVILEGED_PATH);
        finding.location.has_path = true;
        sample_place(&finding, source, needle);
        return finding;
}

/* A file that could not be read. */
__attribute__((unused)) static struct finding sample_unread(const char *file)
{
        struct finding finding = {
                .rule = &sample_rules[2],
                .severity = SEVERITY_HIGH,
                .fingerprint = "ffffffffffffffffffffffffffffffff",
                .fails_input = true,
        };

        finding.message = STR("a list is not closed");
        finding.location.file = str_of(file);
        finding.location.document = -1;
        return finding;
}

__attribute__((unused)) static struct report sample_report(struct finding *findings, size_t count)
{
        struct report report = {
                .tool = STR("strake"), .version = STR("1.2.3"), .documents = 3, .objects = 2, .workloads = 1,
                                                      .findings = findings, .finding_count = count,
                                                      .rules = sample_rules, .rule_count = COUNT_OF(sample_rules),
                                       };

        report_finish(&report);
        return report;
}

typedef void sample_print(struct buf *out, const struct report *report, const struct format_settings *settings);

/* What a printer makes of a report, with a zero at its end. */
__attribute__((unused)) static struct buf sample_printed(sample_print *print, const struct report *report,
                                                         struct format_settings settings)
{
        struct buf out = {0};

        print(&out, report, &settings);
        buf_add_char(&out, 0);
        out.len--;
        return out;
}

#define assert_has(buf, words) assert_non_null(strstr((buf).data, (words)))
#define assert_lacks(buf, words) assert_null(strstr((buf).data, (words)))
