/* Audit logs in every form: which events are told, and which problems. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "kube/audit.h"

#define HEAD "\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\""
#define BOB "\"user\":{\"username\":\"bob\",\"groups\":[\"a\",\"b\"]}"
#define PODS "\"objectRef\":{\"resource\":\"pods\",\"namespace\":\"shop\",\"name\":\"web\",\"apiVersion\":\"v1\"}"
#define LINE "{" HEAD ",\"verb\":\"get\"," BOB ",\"requestURI\":\"/x\"," PODS ",\"responseStatus\":{\"code\":200}}"
#define TOLD "bob[a b] get /pods shop web /x 200"

static void write_event(void *context, const struct audit_event *event)
{
        struct buf *out = context;

        buf_add_format(out, "%" PRIu64 " %.*s[", event->line, STR_ARG(event->user));
        for (size_t i = 0; i < event->group_count; i++)
                buf_add_format(out, "%s%.*s", i ? " " : "", STR_ARG(event->groups[i]));
        buf_add_format(out, "] %.*s", STR_ARG(event->verb));
        if (event->is_resource)
                buf_add_format(out, " %.*s/%.*s%s%.*s %.*s %.*s", STR_ARG(event->group), STR_ARG(event->resource),
                               event->subresource.len ? "/" : "", STR_ARG(event->subresource), STR_ARG(event->ns),
                               STR_ARG(event->name));
        buf_add_format(out, " %.*s %u\n", STR_ARG(event->uri), event->status);
}

static void write_problem(void *context, uint64_t line, struct str message)
{
        assert_true(message.len > 0);
        buf_add_format(context, "%" PRIu64 " problem\n", line);
}

static void must_tell(const char *log, const char *wanted)
{
        CLEANUP(buf_free) struct buf out = {0};
        struct audit_listener listener = {.context = &out, .event = write_event, .problem = write_problem};

        audit_read_text(str_of(log), &listener);
        buf_add_char(&out, 0);
        assert_string_equal(out.data, wanted);
}

static void lines(void **state)
{
        (void)state;
        must_tell("", "");
        must_tell("\n \n", "");
        must_tell(LINE, "1 " TOLD "\n");
        must_tell(LINE "\n" LINE "\r\n\n" LINE "\n", "1 " TOLD "\n2 " TOLD "\n4 " TOLD "\n");
        must_tell("\xEF\xBB\xBF" LINE, "1 " TOLD "\n");
        must_tell(LINE LINE "\n" LINE, "1 " TOLD "\n1 " TOLD "\n2 " TOLD "\n");
}

static void documents(void **state)
{
        (void)state;
        must_tell("[" LINE ",\n" LINE "]", "1 " TOLD "\n2 " TOLD "\n");
        must_tell("{\"kind\":\"List\",\"apiVersion\":\"v1\",\"items\":[" LINE "\n," LINE "]}\n" LINE,
                  "1 " TOLD "\n2 " TOLD "\n3 " TOLD "\n");
        must_tell("{\n" HEAD ",\n\"verb\":\"get\",\n" BOB ",\n\"requestURI\":\"/x\",\n" PODS
                  ",\n\"responseStatus\":{\"code\":200}\n}\n" LINE,
                  "1 " TOLD "\n9 " TOLD "\n");
        must_tell("---\n" LINE "\n---\nkind: Event\napiVersion: audit.k8s.io/v1\nverb: get\nuser: {username: ann}\n"
                  "requestURI: /y\n",
                  "2 " TOLD "\n4 ann[] get /y 0\n");
        must_tell("kind: EventList\napiVersion: audit.k8s.io/v1\nitems:\n- " LINE "\n- " LINE "\n",
                  "4 " TOLD "\n5 " TOLD "\n");
}

static void versions(void **state)
{
        (void)state;
        must_tell("{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1alpha1\",\"verb\":\"get\"," BOB ",\"objectRef\":"
                  "{\"resource\":\"deployments\",\"subresource\":\"scale\",\"apiVersion\":\"apps/v1\"}}",
                  "1 bob[a b] get apps/deployments/scale    0\n");
        must_tell("{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1beta1\",\"verb\":\"get\"," BOB ",\"objectRef\":"
                  "{\"resource\":\"deployments\",\"apiGroup\":\"apps\",\"apiVersion\":\"v1\"}}",
                  "1 bob[a b] get apps/deployments    0\n");
        must_tell("{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v2\",\"verb\":\"get\"," BOB
                  ",\"requestURI\":\"/\"}",
                  "1 problem\n");
}

static void who(void **state)
{
        (void)state;
        must_tell("{" HEAD ",\"verb\":\"get\"," BOB
                  ",\"impersonatedUser\":{\"username\":\"ann\"},\"requestURI\":\"/x\"}",
                  "1 ann[] get /x 0\n");
        must_tell("{" HEAD ",\"verb\":\"get\",\"impersonatedUser\":{\"username\":\"ann\"}," BOB
                  ",\"requestURI\":\"/x\"}",
                  "1 ann[] get /x 0\n");
        must_tell("{" HEAD ",\"verb\":\"get\",\"user\":{},\"requestURI\":\"/x\"}", "1 [] get /x 0\n");
        must_tell("{" HEAD ",\"verb\":\"get\",\"user\":{\"username\":\"b\\u00f6b\"},\"requestURI\":\"/x\"}",
                  "1 b\xC3\xB6"
                  "b[] get /x 0\n");
}

/* What is broken is told with its line, and all before and behind it is read. */
static void broken(void **state)
{
        (void)state;
        must_tell(LINE "\n{\"kind\":\"Event\",\"user\":{\"user\n" LINE "\n", "1 " TOLD "\n2 problem\n3 " TOLD "\n");
        must_tell("{\"kind\":\"Event\",\"a\":1\n" LINE "\n", "1 problem\n2 " TOLD "\n");
        must_tell("{" HEAD ",\"verb\":\"get\",\n" LINE "\n" LINE "\n", "2 problem\n2 " TOLD "\n3 " TOLD "\n");
        must_tell(LINE "\nnonsense\n" LINE, "1 " TOLD "\n2 problem\n3 " TOLD "\n");
        must_tell("{}\n{\"kind\":\"Event\",\"apiVersion\":\"v1\"}\n" LINE, "1 problem\n2 problem\n3 " TOLD "\n");
        must_tell("{" HEAD ",\"verb\":\"get\"," BOB "}\n", "1 problem\n");
        must_tell("{" HEAD "," BOB ",\"requestURI\":\"/x\"}\n", "1 problem\n");
        must_tell("{" HEAD ",\"verb\":7," BOB ",\"requestURI\":\"/x\"}\n", "1 problem\n");
        must_tell("{" HEAD ",\"verb\":\"get\"," BOB "," BOB ",\"requestURI\":\"/x\"}\n" LINE,
                  "1 problem\n2 " TOLD "\n");
        must_tell("{" HEAD ",\"verb\":\"get\"," BOB ",\"requestURI\":\"/x\",\"a\":nul}\n", "1 problem\n");
        must_tell("{" HEAD ",\"verb\":\"get\"," BOB ",\"requestURI\":\"/x\",\"a\":\"\xFF\"}\n", "1 problem\n");
        must_tell("a: [\n---\n" LINE "\n", "2 problem\n3 " TOLD "\n");
}

/* Lines that the API server writes must be skimmed, others must not. */
static void skimming(void **state)
{
        static const struct {
                const char *line;
                bool certain;
        } cases[] = {
                {LINE, true},
                {"{" HEAD ", \"verb\": \"get\", " BOB
                 ", \"requestURI\": \"/x\", \"a\": [1, -2.5, true, null, {}, []]} ",
                 true},
                {"{" HEAD ",\"verb\":\"get\"," BOB ",\"requestURI\":\"/x\",\"a\":{\"b\":[{\"c\":\"\\\"\\u00e9\"}]}}",
                 true},
                {"{" HEAD ",\"verb\":\"get\"," BOB ",\"requestURI\":\"/x\",\"a\":1e3}", false},
                {"{" HEAD ",\"verb\":\"get\"," BOB ",\"requestURI\":\"/x\",\"a\":01}", false},
                {"{" HEAD ",\"verb\":\"get\"," BOB ",\"requestURI\":\"/x\",\"a\":\"\\x\"}", false},
                {"{" HEAD ",\"verb\":\"get\"," BOB ",\"requestURI\":\"/x\",}", false},
                {"{" HEAD ",\"verb\":\"get\"," BOB ",\"requestURI\":\"/x\",\"a\":[1,]}", false},
                {"{" HEAD ",\"verb\":\"get\"," BOB ",\"requestURI\":\"/x\",\"a\":{\"b\"}}", false},
                {"{" HEAD ",\"verb\":\"get\"," BOB ",\"requestURI\":\"/x\"", false},
                {"{" HEAD ",\"verb\":\"get\"," BOB ",\"requestURI\":\"/x\"}}", false},
                {"{" HEAD ",\"verb\":\"get\"," BOB ",\"requestURI\":\"\\/x\"}", false},
                {"{" HEAD ",\"verb\":\"get\"," BOB ",\"verb\":\"get\",\"requestURI\":\"/x\"}", false},
        };

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                CLEANUP(buf_free) struct buf line = {0};
                struct audit_event event;

                buf_add(&line, str_of(cases[i].line));
                memset(buf_reserve(&line, AUDIT_MARGIN), 0, AUDIT_MARGIN);
                if (audit_skim(buf_text(&line), &event) != cases[i].certain)
                        fail_msg("case %zu: %s", i, cases[i].line);
        }
}

/* An event longer than what is read at once, in a file. */
static void long_event(void **state)
{
        CLEANUP(buf_free) struct buf log = {0}, out = {0};
        struct audit_listener listener = {.context = &out, .event = write_event, .problem = write_problem};
        char name[] = "/tmp/strake-audit-XXXXXX";
        struct err err = {0};
        int file = mkstemp(name);

        (void)state;
        buf_add_literal(&log, LINE "\n{" HEAD ",\"requestObject\":\"");
        buf_add_repeat(&log, 'x', 3 << 20);
        buf_add_literal(&log, "\",\"verb\":\"get\"," BOB ",\"requestURI\":\"/x\"}\n" LINE "\n");
        assert_int_equal(write(file, log.data, log.len), (ssize_t)log.len);
        close(file);
        assert_true(audit_read(name, &listener, &err));
        unlink(name);
        buf_add_char(&out, 0);
        assert_string_equal(out.data, "1 " TOLD "\n2 bob[a b] get /x 0\n3 " TOLD "\n");
        assert_false(audit_read(name, &listener, &err));
        assert_true(err.length > 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(lines),      cmocka_unit_test(documents), cmocka_unit_test(versions),
                cmocka_unit_test(who),        cmocka_unit_test(broken),    cmocka_unit_test(skimming),
                cmocka_unit_test(long_event),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
