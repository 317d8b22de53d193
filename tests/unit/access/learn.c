/* Roles from what somebody did. Expected rules are written as `ROLE: verbs resources [group] [names]`, one a line. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "access/learn.h"

/* "get /path", or "verb resource[/sub] ns name status"; "-" is nothing. */
static void add_event(struct learn *learn, struct arena *arena, struct str line)
{
        struct str parts[5] = {{0}}, code = {0};
        struct audit_event event = {.user = STR("bob"), .stage = AUDIT_RESPONSE_COMPLETE, .status = 200};

        for (size_t i = 0; i < COUNT_OF(parts) && str_split(&line, ' ', &parts[i]); i++)
                if (str_is(parts[i], "-"))
                        parts[i] = STR("");
        event.groups[0] = STR("system:authenticated");
        event.group_count = 1;
        event.verb = str_copy(arena, parts[0]);
        event.is_resource = !str_starts(parts[1], STR("/"));
        event.uri = parts[1];
        event.resource = parts[1];
        if (event.is_resource && str_find(parts[1], STR("/"), 0) != SIZE_MAX) {
                event.subresource = parts[1];
                str_split(&event.subresource, '/', &event.resource);
        }
        event.ns = parts[2];
        event.name = parts[3];
        code = parts[4];
        if (code.len)
                event.status =
                        (uint32_t)((code.data[0] - '0') * 100 + (code.data[1] - '0') * 10 + (code.data[2] - '0'));
        learn_event(learn, &event);
}

static void add_words(struct buf *out, const struct access_words *words)
{
        for (uint32_t i = 0; i < words->count; i++)
                buf_add_format(out, "%s%.*s", i ? "," : " ", STR_ARG(intern_text(words->items[i])));
}

static void add_rule(struct buf *out, struct str ns, const struct learn_rule *rule)
{
        buf_add_format(out, "%.*s:", STR_ARG(ns));
        add_words(out, &rule->rule.verbs);
        add_words(out, &rule->rule.resources);
        add_words(out, &rule->rule.urls);
        add_words(out, &rule->rule.names);
        if (rule->always_failed)
                buf_add_format(out, " FAILED %" PRIu64 " %u", rule->outcome.calls, rule->outcome.status);
        buf_add_char(out, '\n');
}

static void must_learn(struct learn_settings settings, const char *log, const char *wanted)
{
        struct arena arena CLEANUP(arena_free) = {0};
        CLEANUP(buf_free) struct buf out = {0};
        struct learned learned;
        struct learn *learn;
        struct str rest = str_of(log), line;

        settings.user = STR("bob");
        learn = learn_new(&arena, &settings);
        while (rest.len && str_split(&rest, '\n', &line))
                add_event(learn, &arena, line);
        learn_roles(learn, &learned);
        for (size_t i = 0; i < learned.role_count; i++)
                for (size_t r = 0; r < learned.roles[i].rule_count; r++)
                        add_rule(&out, learned.roles[i].ns, &learned.roles[i].rules[r]);
        for (size_t i = 0; i < learned.refused_count; i++)
                buf_add_format(&out, "refused: %.*s\n", STR_ARG(learned.refused[i]));
        buf_add_char(&out, 0);
        assert_string_equal(out.data, wanted);
}

static const struct learn_settings own = {0}, alike = {.like_audit2rbac = true};

static void rules(void **state)
{
        (void)state;
        must_learn(own, "", "");
        must_learn(own, "get pods a x", "a: get pods x\n");
        must_learn(own, "get pods a x\nget pods a y", "a: get pods\n");
        must_learn(own, "get pods a x\nget pods b x", ": get pods x\n");
        must_learn(own, "create pods a x", "a: create pods\n");
        must_learn(own, "list pods a\nwatch pods a\nget pods a x", "a: get,list,watch pods\n");
        must_learn(own, "list pods a\nlist secrets a", "a: get,list,watch pods,secrets\n");
        must_learn(own, "get pods/log a x", "a: get pods/log x\n");
        must_learn(own, "update pods a x", "a: get,patch,update pods x\n");
}

static void options(void **state)
{
        (void)state;
        must_learn((struct learn_settings){.keep_names = true}, "get pods a x\nget pods a y", "a: get pods x,y\n");
        must_learn((struct learn_settings){.keep_namespaces = true}, "get pods a x\nget pods b x",
                   "a: get pods x\nb: get pods x\n");
        must_learn((struct learn_settings){.only_used_verbs = true}, "list pods a", "a: list pods\n");
        must_learn((struct learn_settings){
                .ns = STR("a")}, "list pods a\nlist pods b\nget /x", "a: get,list,watch pods\n");
}

static void paths(void **state)
{
        (void)state;
        must_learn(own, "get /metrics?a=b\nget /metrics", ": get /metrics\n");
        must_learn(alike, "get /metrics?a=b\nget /metrics", ": get /metrics\n: get /metrics?a=b\n");
        must_learn(alike, "get /api/v1\nget /version", "");
        must_learn(own, "get /x*\nget * a", "refused: get /x*\nrefused: get *\n");
        must_learn(alike, "get /x*\nget /xyz", ": get /x*\n");
}

static void failures(void **state)
{
        (void)state;
        must_learn(own, "get pods a x 403\nget pods a x 403", "a: get pods x FAILED 2 403\n");
        must_learn(own, "get pods a x 403\nget pods a x 200", "a: get pods x\n");
        must_learn(own, "get pods a x\nget pods a y 404", "a: get pods x\na: get pods y FAILED 1 404\n");
        must_learn(own, "list pods a\nget pods a y 404", "a: get,list,watch pods\n");
        must_learn(alike, "get pods a x 403", "a: get pods x\n");
}

/* Where audit2rbac loses a permission, Strake does not, but for those who want the same. */
static void named_and_unnamed(void **state)
{
        static const char log[] = "list pods a x\nwatch pods a y\nwatch pods a z";

        (void)state;
        must_learn(own, log, "a: get,list,watch pods\n");
        must_learn(alike, log, "a: get,list,watch pods x\n");
}

static void scalars(void **state)
{
        static const char *const cases[][2] = {
                {"", "\"\""},
                {"a", "a"},
                {"true", "\"true\""},
                {"no", "\"no\""},
                {"1e3", "\"1e3\""},
                {"*", "'*'"},
                {"a: b", "'a: b'"},
                {"a:b", "a:b"},
                {"it's", "it's"},
                {"'x", "'''x'"},
                {"- a", "'- a'"},
                {"-a", "-a"},
                {"a #b", "'a #b'"},
                {"a#b", "a#b"},
                {"1:30", "\"1:30\""},
                {"~", "\"~\""},
                {"<<", "<<"},
                {"2020-01-01", "\"2020-01-01\""},
                {"1.2.3", "1.2.3"},
                {"\t", "\"\\t\""},
                {"ü", "ü"},
                {"end:", "'end:'"},
                {"/a?b=c&d", "/a?b=c&d"},
                {" x", "' x'"},
        };

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                CLEANUP(buf_free) struct buf out = {0};

                learn_print_scalar(&out, str_of(cases[i][0]));
                buf_add_char(&out, 0);
                assert_string_equal(out.data, cases[i][1]);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(rules),    cmocka_unit_test(options),           cmocka_unit_test(paths),
                cmocka_unit_test(failures), cmocka_unit_test(named_and_unnamed), cmocka_unit_test(scalars),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
