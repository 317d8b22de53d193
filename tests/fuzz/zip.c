/* zip.c - hostile archives: what a jar says does not depend on the pieces in which it passes by. The first byte chooses their size. */

#include "image/archive/paths.h"
#include "image/package/formats.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition)
{
        if (!condition)
                __builtin_trap();
}

static bool read(const struct package_format *format, struct package_sink *sink, struct str text, size_t step,
                 struct err *err)
{
        struct package_file file = {.path = STR("lib/a-1.0.jar"), .size = text.len};
        void *state = arena_clear(sink->arena, format->stream->state_size);
        enum stream_wish wish = STREAM_MORE;

        for (size_t at = 0; at < text.len && wish == STREAM_MORE; at += step)
                wish = format->stream->feed(state, sink, &file, at, str_sub(text, at, at + step), err);
        if (wish == STREAM_MORE)
                wish = format->stream->end(state, sink, &file, err);
        return wish != STREAM_BAD;
}

static void compare(const struct package_format *format, struct str text, size_t step)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct package_sink whole = {.arena = &arena, .most = 100000}, parts = {.arena = &arena, .most = 100000};
        struct err err = {0}, other = {0};
        bool fine = read(format, &whole, text, SIZE_MAX, &err);

        check(read(format, &parts, text, step, &other) == fine);
        check(whole.packages.count == parts.packages.count);
        for (size_t i = 0; i < whole.packages.count; i++)
                check(str_equal(package_purl(&arena, &whole.packages.items[i]),
                                package_purl(&arena, &parts.packages.items[i])));
        check(whole.problems.count == parts.problems.count);
        if (!fine)
                check(err.length && str_equal(err_text(&err), err_text(&other)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct str text = {(const char *)data + 1, size - 1};

        if (!size)
                return 0;
        compare(&format_jar, text, (size_t)data[0] % 64 + 1);
        compare(&format_python_egg, text, (size_t)data[0] % 64 + 1);
        return 0;
}
