/* kubeaudit.c - the report as kubeaudit prints it (`kubeaudit all -p json`): one JSON object a line.
 *
 * A finding is printed under each of the names that kubeaudit has for it, once for each container, or once for the Pod where
 * kubeaudit does so. What kubeaudit does not know is not printed, but for input that could not be read. Members stand in the
 * order of their names, as there; there is no time, so that the same input gives the same bytes. */

#include "report/kubeaudit.h"

#include "base/map.h"
#include "doc/print.h"
#include "kube/lifecycle.h"
#include "report/formats.h"

/* One result of kubeaudit. */
struct result {
        const struct finding *finding;
        const struct kubeaudit_rule *rule;
        bool allowed;
        enum kubeaudit_level level;
        struct str message;
};

static enum kubeaudit_level level_of_api(const struct report *report, const struct lifecycle *lifecycle)
{
        if (report->targeted_minor >= (int)lifecycle->removed)
                return LEVEL_ERROR;
        return report->current_minor >= 0 && report->current_minor < (int)lifecycle->deprecated ? LEVEL_INFO
                                                                                                : LEVEL_WARNING;
}

/* The one message for which kubeaudit's own words are known to be read by programs. */
static struct str api_words(struct arena *arena, const struct lifecycle *lifecycle)
{
        struct str version = lifecycle->api_version, kind = lifecycle->kind;
        struct str words = str_format(
                arena, "%.*s %.*s is deprecated in v1.%u+, unavailable in v1.%u+, introduced in v1.%u+",
                STR_ARG(version), STR_ARG(kind), lifecycle->deprecated, lifecycle->removed, lifecycle->introduced);

        if (!lifecycle->replacement.len)
                return words;
        return str_format(arena, "%.*s; use %.*s %.*s", STR_ARG(words), STR_ARG(lifecycle->replacement), STR_ARG(kind));
}

static const struct lifecycle *api_of(const struct finding *finding)
{
        return finding->object ? lifecycle_of(finding->object->api_version, finding->object->kind) : NULL;
}

static struct result result_of(struct arena *arena, const struct report *report, const struct finding *finding,
                               struct str name)
{
        const struct kubeaudit_rule *rule = kubeaudit_rule_find(name);
        const struct lifecycle *lifecycle = api_of(finding);
        struct result result = {.finding = finding, .rule = rule, .message = finding->message};

        if (!rule)
                return result;
        result.level = rule->level;
        if (rule->auditor == AUDITOR_DEPRECATEDAPIS && lifecycle) {
                result.level = level_of_api(report, lifecycle);
                result.message = api_words(arena, lifecycle);
        }
        result.allowed = finding->status == FINDING_EXCEPTED || str_ends(name, STR(KUBEAUDIT_ALLOWED));
        if (result.allowed) {
                result.level = LEVEL_INFO;
                result.message = str_format(arena, "Audit result overridden: %.*s", STR_ARG(result.message));
        }
        return result;
}

static void add_member(struct buf *out, const char *key, struct str value)
{
        buf_add_format(out, "%s\"%s\":", out->len && out->data[out->len - 1] != '{' ? "," : "", key);
        json_print_string(out, value);
}

static void add_member_if(struct buf *out, const char *key, struct str value)
{
        if (value.len)
                add_member(out, key, value);
}

static void print_line(struct buf *out, struct str name, const struct finding *finding, struct str container,
                       struct str reason, enum kubeaudit_level level, struct str message)
{
        static const struct str levels[] = {[LEVEL_ERROR] = STR_INIT("error"),
                                            [LEVEL_WARNING] = STR_INIT("warning"),
                                            [LEVEL_INFO] = STR_INIT("info")};

        static const struct finding_object nothing = {0};
        const struct finding_object *object = finding->object ? finding->object : &nothing;

        buf_add_char(out, '{');
        add_member(out, "AuditResultName", name);
        add_member_if(out, "Container", container);
        if (!finding->object)
                add_member(out, "File", finding->location.file);
        add_member_if(out, "OverrideReason", reason);
        add_member(out, "ResourceApiVersion", object->api_version);
        add_member(out, "ResourceKind", object->kind);
        add_member_if(out, "ResourceName", object->name);
        add_member_if(out, "ResourceNamespace", object->ns);
        add_member(out, "level", levels[level]);
        add_member(out, "msg", message);
        buf_add_literal(out, "}\n");
}

static void print_result(struct buf *out, struct arena *arena, const struct result *result, struct str container)
{
        const struct finding_exception *exception = result->finding->exception;
        struct str name = result->rule->name, reason = {0};

        if (result->allowed)
                name = str_format(arena, "%.*s" KUBEAUDIT_ALLOWED, STR_ARG(name));
        if (exception && !str_is(exception->reason, "true"))
                reason = exception->reason;
        print_line(out, name, result->finding, container, reason, result->level, result->message);
}

/* Whether each finding is a result of its own; elsewhere kubeaudit has one result for what may be two rules here. */
static bool is_single(const struct result *result)
{
        return !result->finding->subject || result->rule->auditor == AUDITOR_CAPABILITIES
               || result->rule->auditor == AUDITOR_MOUNTS || result->rule->auditor == AUDITOR_COUNT;
}

static bool is_new(struct map *seen, struct arena *arena, const struct result *result, struct str container)
{
        const struct finding *finding = result->finding;
        struct str key = str_format(arena, "%.*s\n%d\n%p\n%.*s\n%s", STR_ARG(result->rule->name), result->allowed,
                                    (const void *)finding->subject, STR_ARG(container),
                                    is_single(result) ? finding->fingerprint : "");
        void **slot = map_slot(arena, seen, key);

        if (*slot)
                return false;
        *slot = seen;
        return true;
}

/* Whether a finding is excepted for some of the containers that it is about. */
static bool is_partly_allowed(const struct finding *finding)
{
        for (size_t i = 0; i < finding->reference_count && finding->status == FINDING_OPEN; i++) {
                if (str_is(finding->references[i].framework, "kubeaudit")
                    && str_ends(finding->references[i].id, STR(KUBEAUDIT_ALLOWED)))
                        return true;
        }
        return false;
}

/* A result of a Pod that its containers inherit is printed for each of them. How many there are. */
static size_t print_inherited(struct buf *out, struct arena *arena, struct map *seen, struct result result)
{
        struct container container = {0};
        size_t count = 0;
        bool warning;

        if (!result.finding->subject || result.finding->container.len || is_partly_allowed(result.finding))
                return 0;
        while (object_next_container(result.finding->subject, &container)) {
                struct result one = result;

                if (!kubeaudit_inherits(result.rule, &container, &warning))
                        continue;
                if (warning && one.level == LEVEL_ERROR)
                        one.level = LEVEL_WARNING;
                if (is_new(seen, arena, &one, container.name))
                        print_result(out, arena, &one, container.name);
                count++;
        }
        return count;
}

static void print_finding(struct buf *out, struct arena *arena, struct map *seen, const struct report *report,
                          const struct finding *finding)
{
        if (finding->status == FINDING_KNOWN)
                return;
        if (finding->fails_input)
                print_line(out, finding->rule->id, finding, (struct str){0}, (struct str){0}, LEVEL_ERROR,
                           finding->message);
        for (size_t i = 0; i < finding->reference_count; i++) {
                struct result result;
                struct str container = {0};

                if (!str_is(finding->references[i].framework, "kubeaudit"))
                        continue;
                result = result_of(arena, report, finding, finding->references[i].id);
                if (!result.rule || print_inherited(out, arena, seen, result))
                        continue;
                if (!result.rule->of_pod)
                        container = finding->container;
                if (is_new(seen, arena, &result, container))
                        print_result(out, arena, &result, container);
        }
}

void report_print_kubeaudit(struct buf *out, const struct report *report, const struct format_settings *settings)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct map seen = {0};

        for (size_t i = 0; i < report->finding_count; i++) {
                print_finding(out, &arena, &seen, report, &report->findings[i]);
                report_flush(out, settings);
        }
}

/* Whether all containers that inherit a result have a setting of their own that counts more. */
static bool only_warns(const struct result *result)
{
        struct container container = {0};
        size_t warnings = 0;
        bool warning;

        if (!result->finding->subject || result->finding->container.len)
                return false;
        while (object_next_container(result->finding->subject, &container)) {
                if (!kubeaudit_inherits(result->rule, &container, &warning))
                        continue;
                if (!warning)
                        return false;
                warnings++;
        }
        return warnings > 0;
}

static bool has_error(struct arena *arena, const struct report *report, const struct finding *finding)
{
        for (size_t i = 0; i < finding->reference_count; i++) {
                struct result result;

                if (!str_is(finding->references[i].framework, "kubeaudit"))
                        continue;
                result = result_of(arena, report, finding, finding->references[i].id);
                if (result.rule && result.level == LEVEL_ERROR && !only_warns(&result))
                        return true;
        }
        return finding->fails_input;
}

enum format_verdict report_judge_kubeaudit(const struct report *report)
{
        struct arena arena CLEANUP(arena_free) = {0};

        for (size_t i = 0; i < report->finding_count; i++) {
                if (report->findings[i].status == FINDING_OPEN && has_error(&arena, report, &report->findings[i]))
                        return VERDICT_BAD;
                arena_reset(&arena);
        }
        return report->objects ? VERDICT_GOOD : VERDICT_NOTHING;
}
