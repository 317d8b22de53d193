/* lsp.c - hostile bytes to the language server: as a stream of frames, and each line as a message in a frame of its own. */

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "editor/rpc.h"
#include "editor/server.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 64 << 10 };

/* What the frames hold, one after the other; a stream gives the same in whatever pieces it comes. */
static void take_frames(struct str stream, size_t piece, struct buf *out)
{
        struct rpc_reader reader = {0};
        enum rpc_result result = RPC_MORE;
        struct err err = {0};

        for (size_t at = 0; at < stream.len && result != RPC_BROKEN; at += piece) {
                struct str content;

                rpc_feed(&reader, str_sub(stream, at, at + piece));
                while ((result = rpc_take(&reader, &content, &err)) == RPC_MESSAGE) {
                        buf_add(out, content);
                        buf_add_char(out, '|');
                }
        }
        rpc_free(&reader);
}

static void compare_pieces(struct str stream)
{
        CLEANUP(buf_free) struct buf whole = {0};
        CLEANUP(buf_free) struct buf parts = {0};

        take_frames(stream, stream.len ? stream.len : 1, &whole);
        take_frames(stream, 3, &parts);
        if (!str_equal(buf_text(&whole), buf_text(&parts)))
                __builtin_trap();
}

static bool plan(void *context, const struct str *folders, size_t count, struct server_plan *out, struct err *err)
{
        static const struct str only = STR_INIT("privileged-container");
        static const struct scan_settings settings = {
                .input = {.nothing = true, .threads = 1},
                .rules = {.minor = KUBERNETES_NEWEST_MINOR, .only = &only, .only_count = 1},
                .min_severity = SEVERITY_INFO,
                .today = STR_INIT("2026-01-01"),
        };

        (void)context;
        (void)folders;
        (void)count;
        (void)err;
        *out = (struct server_plan){.settings = &settings};
        return true;
}

static void serve(struct str lines)
{
        CLEANUP(file_close) int in = memfd_create("lsp", MFD_CLOEXEC);
        CLEANUP(file_close) int out = open("/dev/null", O_WRONLY | O_CLOEXEC);
        const struct server_settings settings = {.plan = plan, .rules_url = STR("x:"), .in = in, .out = out};
        CLEANUP(buf_free) struct buf stream = {0};
        struct str line;

        rpc_write(&stream, STR("{\"id\": 0, \"method\": \"initialize\", \"params\": {}}"));
        while (str_split(&lines, '\n', &line))
                rpc_write(&stream, line);
        if (in < 0 || out < 0 || write(in, stream.data, stream.len) != (ssize_t)stream.len || lseek(in, 0, SEEK_SET))
                return;
        server_run(&settings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct str input = {(const char *)data, size};

        if (size > MOST)
                return 0;
        compare_pieces(input);
        serve(input);
        return 0;
}
