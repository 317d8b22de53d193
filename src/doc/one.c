/* one.c - text that has to hold exactly one document. */

#include "base/buf.h"
#include "doc/document.h"

static bool only(struct str text, const struct document_stream *stream, struct document *out, struct err *err)
{
        if (stream->problems.count) {
                const struct document_problem *problem = &stream->problems.items[0];
                struct place place = place_in(text, problem->at);

                return err_set_at(err, place.line, place.column, "%.*s", STR_ARG(problem->message));
        }
        if (stream->documents.count > 1) {
                struct place place = place_in(text, stream->documents.items[1].at);

                return err_set_at(err, place.line, place.column,
                                  "a second document begins here: there has to be one only");
        }
        if (!stream->documents.count)
                return err_set_at(err, 1, 1, "there is no document: nothing stands here, or only comments");
        *out = stream->documents.items[0];
        return true;
}

bool yaml_read_one(struct arena *arena, struct str text, struct document *out, struct err *err)
{
        struct document_stream stream;

        yaml_read(arena, text, &document_default_limits, &stream);
        return only(text, &stream, out, err);
}

bool json_read_one(struct arena *arena, struct str text, struct document *out, struct err *err)
{
        struct document_stream stream;

        json_read(arena, text, &document_default_limits, &stream);
        return only(text, &stream, out, err);
}

/* The text itself if it is UTF-8. */
static struct str as_utf8(struct arena *arena, struct str text)
{
        CLEANUP(buf_free) struct buf out = {0};
        size_t good = utf8_check(text);

        if (good == text.len)
                return text;
        for (; text.len; good = utf8_check(text)) {
                buf_add(&out, str_sub(text, 0, good));
                if (good < text.len)
                        buf_add_literal(&out, "\xEF\xBF\xBD");
                text = str_from(text, good + 1);
        }
        return str_copy(arena, buf_text(&out));
}

bool json_read_one_freely(struct arena *arena, struct str text, struct document *out, struct err *err)
{
        struct document_limits limits = document_default_limits;
        struct document_stream stream;

        limits.repeated_keys = true;
        text = as_utf8(arena, text);
        json_read(arena, text, &limits, &stream);
        return only(text, &stream, out, err);
}

static bool begins_like_json(struct str text)
{
        text = str_trim(str_from(text, utf8_mark(text)));
        return text.len && (text.data[0] == '{' || text.data[0] == '[');
}

bool document_read(struct arena *arena, struct str text, struct document_stream *out)
{
        *out = (struct document_stream){0};
        if (begins_like_json(text)) {
                json_read(arena, text, &document_default_limits, out);
                if (!out->problems.count)
                        return true;
                *out = (struct document_stream){0};
        }
        yaml_read(arena, text, &document_default_limits, out);
        return false;
}
