/* image_rpm.c - hostile databases of rpm, in each of their forms, and the headers in them: what is read does not depend on the pieces in
 * which they pass by, nor on the headers being thin. */

#include "image/archive/paths.h"
#include "image/package/formats.h"
#include "image/package/rpm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition)
{
        if (!condition)
                __builtin_trap();
}

static bool read(struct package_sink *sink, struct str text, size_t step, struct err *err)
{
        struct package_file file = {.path = STR("var/lib/rpm/Packages"), .size = text.len};
        void *state = arena_clear(sink->arena, format_rpm.stream->state_size);
        enum stream_wish wish = STREAM_MORE;

        for (size_t at = 0; at < text.len && wish == STREAM_MORE; at += step)
                wish = format_rpm.stream->feed(state, sink, &file, at, str_sub(text, at, at + step), err);
        if (wish == STREAM_MORE)
                wish = format_rpm.stream->end(state, sink, &file, err);
        return wish != STREAM_BAD;
}

/* A thin header says what the whole one says. */
static void compare_thin(struct arena *arena, const struct path_key *key, struct str text)
{
        struct package_sink whole = {.arena = arena, .paths = key, .most = 100000};
        struct package_sink thin = {.arena = arena, .paths = key, .most = 100000};
        CLEANUP(buf_free) struct buf out = {0};
        struct err err = {0}, other = {0};
        bool fine = rpm_add_header(&whole, text, &err);

        if (!rpm_thin_header(text, &out))
                return;
        check(rpm_add_header(&thin, buf_text(&out), &other) == fine && str_equal(err_text(&err), err_text(&other)));
        check(whole.packages.count == thin.packages.count && whole.owned.count == thin.owned.count);
        check(whole.problems.count == thin.problems.count);
        for (size_t i = 0; i < whole.packages.count; i++)
                check(str_equal(package_purl(arena, &whole.packages.items[i]),
                                package_purl(arena, &thin.packages.items[i])));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct path_key key = {{1, 2, 3}};
        struct package_sink sink = {.arena = &arena, .paths = &key, .most = 100000};
        struct package_sink parts = {.arena = &arena, .paths = &key, .most = 100000};
        struct str text = {(const char *)data, size};
        struct err err = {0}, other = {0};
        bool fine = read(&sink, text, SIZE_MAX, &err);

        check(fine || err.length);
        check(read(&parts, text, size % 97 + 1, &other) == fine && str_equal(err_text(&err), err_text(&other)));
        check(sink.packages.count == parts.packages.count && sink.owned.count == parts.owned.count);
        for (size_t i = 0; i < sink.packages.count; i++) {
                struct str purl = package_purl(&arena, &sink.packages.items[i]);

                check(str_starts(purl, STR("pkg:rpm/")));
                check(str_equal(purl, package_purl(&arena, &parts.packages.items[i])));
        }
        compare_thin(&arena, &key, text);
        return 0;
}
