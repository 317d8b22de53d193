/* Frames of messages, in whatever pieces they come. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "editor/rpc.h"

static void take_all(const char *stream, size_t piece, const char *wanted, bool broken)
{
        struct rpc_reader reader = {0};
        struct buf got = {0};
        struct err err = {0};
        enum rpc_result result = RPC_MORE;
        size_t len = strlen(stream);

        for (size_t at = 0; at < len && result != RPC_BROKEN; at += piece) {
                struct str content;

                rpc_feed(&reader, str_sub((struct str){stream, len}, at, at + piece));
                while ((result = rpc_take(&reader, &content, &err)) == RPC_MESSAGE) {
                        buf_add_char(&got, '<');
                        buf_add(&got, content);
                        buf_add_char(&got, '>');
                }
        }
        buf_add_char(&got, 0);
        assert_string_equal(got.data, wanted);
        assert_int_equal(result == RPC_BROKEN, broken);
        assert_int_equal(err.length > 0, broken);
        buf_free(&got);
        rpc_free(&reader);
}

static void frames(void **state)
{
        static const char stream[] = "Content-Length: 2\r\n\r\n{}content-length:3\r\nContent-Type: x\r\n\r\n[1]"
                                     "Content-Length: 0\r\n\r\nContent-Length: 9\r\n\r\nhal";

        (void)state;
        for (size_t piece = 1; piece < sizeof(stream) + 1; piece++)
                take_all(stream, piece, "<{}><[1]><>", false);
}

static void broken(void **state)
{
        static const char *const streams[] = {
                "\r\n\r\n",
                "Content-Type: x\r\n\r\n{}",
                "Content-Length: 1\r\nContent-Length: 1\r\n\r\n{}",
                "Content-Length: -1\r\n\r\n{}",
                "Content-Length: 1x\r\n\r\n{}",
                "Content-Length: 67108865\r\n\r\n{}",
                "Content-Length: 18446744073709551618\r\n\r\n{}",
                "no header\r\n\r\n",
                ": 2\r\n\r\n",
        };

        (void)state;
        for (size_t i = 0; i < COUNT_OF(streams); i++) {
                take_all(streams[i], 1, "", true);
                take_all(streams[i], 100, "", true);
        }
}

static void endless_header(void **state)
{
        struct rpc_reader reader = {0};
        struct str content;
        struct err err = {0};

        (void)state;
        for (size_t i = 0; i < RPC_MOST_HEADER / 4 - 1; i++)
                rpc_feed(&reader, STR("A: b"));
        assert_int_equal(rpc_take(&reader, &content, &err), RPC_MORE);
        rpc_feed(&reader, STR("A: b"));
        assert_int_equal(rpc_take(&reader, &content, &err), RPC_BROKEN);
        rpc_free(&reader);
}

static void written(void **state)
{
        struct buf out = {0};

        (void)state;
        rpc_write(&out, STR("{\"a\": \"\xc3\xbc\"}"));
        buf_add_char(&out, 0);
        assert_string_equal(out.data, "Content-Length: 11\r\n\r\n{\"a\": \"\xc3\xbc\"}");
        buf_free(&out);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(frames),
                cmocka_unit_test(broken),
                cmocka_unit_test(endless_header),
                cmocka_unit_test(written),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
