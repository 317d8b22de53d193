/* format.c - which files a format wants, and a format run over a text. */

#include "image/package/format.h"

/* Whether a part of a path is matched: '*' stands for any bytes. */
static bool part_matches(struct str pattern, struct str part)
{
        size_t p = 0, t = 0, star = SIZE_MAX, from = 0;

        while (t < part.len) {
                if (p < pattern.len && pattern.data[p] == '*') {
                        star = p++;
                        from = t;
                } else if (p < pattern.len && pattern.data[p] == part.data[t]) {
                        p++;
                        t++;
                } else if (star != SIZE_MAX) {
                        p = star + 1;
                        t = ++from;
                } else {
                        return false;
                }
        }
        while (p < pattern.len && pattern.data[p] == '*')
                p++;
        return p == pattern.len;
}

static bool matches(struct str pattern, struct str path)
{
        struct str pattern_rest = pattern, path_rest = path, wanted, part;

        if (!str_split(&pattern_rest, '/', &wanted))
                return !path.data;
        if (str_is(wanted, "**")) {
                for (;;) {
                        if (matches(pattern_rest, path_rest))
                                return true;
                        if (!str_split(&path_rest, '/', &part))
                                return false;
                }
        }
        return str_split(&path_rest, '/', &part) && part_matches(wanted, part) && matches(pattern_rest, path_rest);
}

bool format_path_matches(const char *pattern, struct str path)
{
        return path.len && matches(str_of(pattern), path);
}

static bool pass_by(const struct package_format *format, struct package_sink *sink, const struct package_file *file,
                    struct str text, void *state, enum stream_wish *wish, struct err *err)
{
        enum { PIECE = 64 << 10 };

        *wish = STREAM_MORE;
        for (size_t at = 0; at < text.len && *wish == STREAM_MORE; at += PIECE)
                *wish = format->stream->feed(state, sink, file, at, str_sub(text, at, at + PIECE), err);
        if (*wish == STREAM_MORE)
                *wish = format->stream->end(state, sink, file, err);
        return *wish != STREAM_BAD;
}

bool format_parse_text(const struct package_format *format, struct package_sink *sink, struct str path, struct str text,
                       struct err *err)
{
        struct package_file file = {.path = path, .text = text, .size = text.len};
        enum stream_wish wish = STREAM_AGAIN;
        void *state;

        if (!format->stream)
                return format->parse(sink, &file, err);
        file.text = (struct str){NULL, 0};
        state = arena_clear(sink->arena, format->stream->state_size);
        for (unsigned pass = 0; pass < STREAM_PASSES && wish == STREAM_AGAIN; pass++)
                TRY(pass_by(format, sink, &file, text, state, &wish, err));
        return true;
}
