/* What server-side apply is sent: no more than what differs, with the keys of merged lists, on top of what was set before. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "doc/document.h"
#include "doc/print.h"
#include "kube/apply.h"

static const struct value *read_json(struct arena *arena, const char *text)
{
        struct document *document = arena_new(arena, struct document);
        struct err err = {0};

        if (!json_read_one(arena, str_of(text), document, &err))
                fail_msg("%s: %s", text, err.text);
        return &document->root;
}

static void assert_prints(const struct value *value, const char *wanted)
{
        struct buf out = {0};

        json_print(&out, value, 0);
        buf_add_char(&out, 0);
        assert_string_equal(out.data, wanted);
        buf_free(&out);
}

#define HEAD "\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\",\"namespace\":\"n\",\"uid\":\"u\""

static void differences(void **state)
{
        static const struct {
                const char *before, *after, *sent;
                bool is_foreign;
        } cases[] = {
                {"{" HEAD ",\"labels\":{\"a\":\"b\"}},\"spec\":{\"a\":1,\"b\":{\"c\":1,\"d\":2}}}",
                 "{" HEAD ",\"labels\":{\"a\":\"b\"}},\"spec\":{\"a\":1,\"b\":{\"c\":1,\"d\":3}}}",
                 "{" HEAD "},\"spec\":{\"b\":{\"d\":3}}}", false},
                {"{" HEAD "}}", "{" HEAD ",\"labels\":{\"a\":\"b\"}}}", "{" HEAD ",\"labels\":{\"a\":\"b\"}}}", false},
                {"{" HEAD "},\"spec\":{\"s\":{\"runAsUser\":0,\"x\":1}}}", "{" HEAD "},\"spec\":{\"s\":{\"x\":1}}}",
                 "{" HEAD "},\"spec\":{\"s\":{\"runAsUser\":null}}}", false},
                {"{" HEAD
                 "},\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"i\"},{\"name\":\"b\",\"image\":\"i\"}]}}",
                 "{" HEAD
                 "},\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"i\"},{\"name\":\"b\",\"image\":\"j\"},{\"name\":\"c\"}]}}",
                 "{" HEAD "},\"spec\":{\"containers\":[{\"name\":\"b\",\"image\":\"j\"},{\"name\":\"c\"}]}}", false},
                {"{" HEAD "},\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"i\"},{\"name\":\"b\"}]}}",
                 "{" HEAD "},\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"j\"},{\"name\":\"b\"}]}}",
                 "{" HEAD "},\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"j\"},{\"name\":\"b\"}]}}", true},
                {"{" HEAD "},\"spec\":{\"drop\":[\"A\"],\"tolerations\":[{\"key\":\"a\"},{\"key\":\"b\"}]}}",
                 "{" HEAD "},\"spec\":{\"drop\":[\"A\",\"B\"],\"tolerations\":[{\"key\":\"a\"},{\"key\":\"c\"}]}}",
                 "{" HEAD "},\"spec\":{\"drop\":[\"A\",\"B\"],\"tolerations\":[{\"key\":\"a\"},{\"key\":\"c\"}]}}",
                 false},
                {"{" HEAD "},\"spec\":{\"containers\":[{\"name\":\"a\"},{\"name\":\"a\"}]}}",
                 "{" HEAD "},\"spec\":{\"containers\":[{\"name\":\"a\",\"x\":1},{\"name\":\"a\"}]}}",
                 "{" HEAD "},\"spec\":{\"containers\":[{\"name\":\"a\",\"x\":1},{\"name\":\"a\"}]}}", false},
        };

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct arena arena = {0};
                struct value sent;
                struct err err = {0};

                assert_true(apply_difference(&arena, read_json(&arena, cases[i].before),
                                             read_json(&arena, cases[i].after), !cases[i].is_foreign, &sent, &err));
                assert_prints(&sent, cases[i].sent);
                arena_free(&arena);
        }
}

static void what_cannot_be_taken_away(void **state)
{
        static const struct {
                const char *before, *after, *words;
        } cases[] = {
                {"{" HEAD ",\"annotations\":{\"a\":\"b\",\"c\":\"d\"}}}", "{" HEAD ",\"annotations\":{\"c\":\"d\"}}}",
                 "take a away from annotations"},
                {"{" HEAD "},\"spec\":{\"volumes\":[{\"name\":\"a\"},{\"name\":\"b\"}]}}",
                 "{" HEAD "},\"spec\":{\"volumes\":[{\"name\":\"a\"}]}}", "take b out of volumes"},
                {"{" HEAD "}}", "{\"apiVersion\":\"v2\",\"kind\":\"Pod\"}", "becomes another one"},
                {"{" HEAD "}}", "{\"apiVersion\":\"v1\",\"kind\":\"Pod\"}", "becomes another one"},
                {"{" HEAD "}}", "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"q\"}}",
                 "becomes another one"},
        };

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct arena arena = {0};
                struct value sent;
                struct err err = {0};

                assert_false(apply_difference(&arena, read_json(&arena, cases[i].before),
                                              read_json(&arena, cases[i].after), true, &sent, &err));
                assert_non_null(strstr(err.text, cases[i].words));
                arena_free(&arena);
        }
}

static const char object[] =
        "{\"metadata\":{\"managedFields\":["
        "{\"manager\":\"helm\",\"operation\":\"Apply\",\"fieldsV1\":{\"f:spec\":{}}},"
        "{\"manager\":\"strake\",\"operation\":\"Update\",\"fieldsV1\":{\"f:spec\":{}}},"
        "{\"manager\":\"strake\",\"operation\":\"Apply\",\"subresource\":\"status\",\"fieldsV1\":{\"f:status\":{}}},"
        "{\"manager\":\"strake\",\"operation\":\"Apply\",\"fieldsV1\":{\"f:spec\":{\"f:gone\":{},\"f:containers\":{"
        "\"k:{\\\"name\\\":\\\"a\\\"}\":{\".\":{},\"f:name\":{},\"f:sc\":{\"f:privileged\":{},\"f:drop\":{\"v:\\\"ALL\\\"\":{}}}},"
        "\"k:{\\\"name\\\":\\\"none\\\"}\":{\"f:x\":{}},\"k:nonsense\":{},\"v:{\":{}},\"f:whole\":{}}}}]},"
        "\"spec\":{\"containers\":[{\"name\":\"b\"},{\"name\":\"a\",\"image\":\"i\",\"sc\":{\"privileged\":false,\"other\":1,"
        "\"drop\":[\"ALL\",\"X\"]}}],\"whole\":{\"x\":[1,2]},\"rest\":1},\"status\":{\"a\":1}}";

static void what_was_set_before(void **state)
{
        struct arena arena = {0};
        const struct value *live = read_json(&arena, object);
        struct value owned = apply_owned(&arena, live, STR("strake")), all;

        (void)state;
        assert_prints(
                &owned,
                "{\"spec\":{\"containers\":[{\"name\":\"a\",\"sc\":{\"privileged\":false,\"drop\":[\"ALL\"]}}],\"whole\":{\"x\":[1,2]}}}");
        all = apply_overlay(&arena, &owned,
                            read_json(&arena, "{" HEAD "},\"spec\":{\"containers\":[{\"name\":\"b\",\"y\":1},"
                                              "{\"name\":\"a\",\"sc\":{\"privileged\":null}}],\"whole\":{\"z\":3}}}"));
        assert_prints(&all,
                      "{\"spec\":{\"containers\":[{\"name\":\"a\",\"sc\":{\"privileged\":null,\"drop\":[\"ALL\"]}},"
                      "{\"name\":\"b\",\"y\":1}],\"whole\":{\"x\":[1,2],\"z\":3}}," HEAD "}}");
        all = apply_in_order(&arena, &all, live);
        assert_prints(value_get(
                value_get(&all, intern(STR("spec"))), intern(STR("containers"))),
                "[{\"name\":\"b\",\"y\":1},{\"name\":\"a\",\"sc\":{\"privileged\":null,\"drop\":[\"ALL\"]}}]");
        owned = apply_owned(&arena, live, STR("nobody"));
        assert_int_equal(owned.kind, VALUE_NULL);
        all = apply_overlay(&arena, &owned, read_json(&arena, "{\"a\":1}"));
        assert_prints(&all, "{\"a\":1}");
        arena_free(&arena);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(differences),
                cmocka_unit_test(what_cannot_be_taken_away),
                cmocka_unit_test(what_was_set_before),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
