/* Events of a watch: the same whatever the parts in which they come, and nothing of what is none. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "doc/key.h"
#include "kube/event.h"

/* What came, in words. */
static bool note(void *context, struct arena *scratch, const struct event *event, struct err *err)
{
        struct buf *out = context;
        struct str name = value_get_text(value_get(event->object, KEY_metadata), KEY_name);

        (void)scratch;
        if (str_is(name, "enough"))
                return err_set(err, "enough");
        buf_add_format(out, "%d %.*s %.*s %d %.*s;", event->kind, STR_ARG(name), STR_ARG(event->version), event->code,
                       STR_ARG(event->message));
        return true;
}

static bool read_in_parts(const char *text, size_t size, struct buf *out, struct event_reader *reader, struct err *err)
{
        struct str rest = str_of(text);

        while (rest.len) {
                TRY(event_read(reader, str_sub(rest, 0, size), note, out, err));
                rest = str_from(rest, min_size(size, rest.len));
        }
        return true;
}

static void whatever_the_parts(void **state)
{
        static const char text[] =
                "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"a}\\\"{\",\"resourceVersion\":\"1\"}}}\n \r\n\t"
                "{\"type\":\"MODIFIED\",\"object\":{\"metadata\":{\"name\":\"b\"},\"list\":[[{}],\"]\\\\\"]}}"
                "{\"type\":\"DELETED\",\"object\":{\"metadata\":{\"name\":\"c\",\"resourceVersion\":\"3\"}}}\n"
                "{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{\"resourceVersion\":\"9\"}}}\n"
                "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":410,\"message\":\"too old\"}}\n";

        (void)state;
        for (size_t size = 1; size <= sizeof(text); size++) {
                struct event_reader reader = {0};
                struct buf out = {0};
                struct err err = {0};

                assert_true(read_in_parts(text, size, &out, &reader, &err));
                buf_add_char(&out, 0);
                assert_string_equal(out.data, "0 a}\"{ 1 0 ;1 b  0 ;2 c 3 0 ;3  9 0 ;4   410 too old;");
                assert_false(event_is_half(&reader));
                event_reset(&reader);
                buf_free(&out);
        }
}

static void half_an_event(void **state)
{
        struct event_reader reader = {0};
        struct buf out = {0};
        struct err err = {0};

        (void)state;
        assert_true(read_in_parts("{\"type\":\"ADDED\",\"object\":{", 100, &out, &reader, &err));
        assert_true(event_is_half(&reader));
        event_reset(&reader);
        assert_false(event_is_half(&reader));
        assert_true(read_in_parts("{\"type\":\"ADDED\",\"object\":{}}", 100, &out, &reader, &err));
        assert_int_equal(out.len, strlen("0   0 ;"));
        event_reset(&reader);
        buf_free(&out);
}

static void what_is_no_event(void **state)
{
        static const struct {
                const char *text, *words;
        } cases[] = {
                {"<html>", "begins with the byte 0x3C"},
                {"}", "begins with the byte 0x7D"},
                {"{]", "no JSON"},
                {"{\"type\":\"ADDED\"}", "without an object"},
                {"{\"type\":\"ADDED\",\"object\":[]}", "without an object"},
                {"{\"type\":\"added\",\"object\":{}}", "unknown type, \"added\""},
                {"{\"object\":{}}", "unknown type, \"\""},
                {"{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"enough\"}}}", "enough"},
        };

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct event_reader reader = {0};
                struct buf out = {0};
                struct err err = {0};

                assert_false(read_in_parts(cases[i].text, 3, &out, &reader, &err));
                assert_non_null(strstr(err.text, cases[i].words));
                event_reset(&reader);
                buf_free(&out);
        }
}

static void an_error_as_it_should_not_be(void **state)
{
        struct event_reader reader = {0};
        struct buf out = {0};
        struct err err = {0};

        (void)state;
        assert_true(read_in_parts(
                "{\"type\":\"ERROR\",\"object\":{\"code\":\"410\",\"message\":7}}"
                "{\"type\":\"ERROR\",\"object\":{\"code\":-1}}{\"type\":\"ERROR\",\"object\":{\"code\":99999}}",
                1000, &out, &reader, &err));
        buf_add_char(&out, 0);
        assert_string_equal(out.data, "4   0 ;4   0 ;4   0 ;");
        event_reset(&reader);
        buf_free(&out);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(whatever_the_parts),
                cmocka_unit_test(half_an_event),
                cmocka_unit_test(what_is_no_event),
                cmocka_unit_test(an_error_as_it_should_not_be),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
