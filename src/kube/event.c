/* event.c - cutting a body into events, and reading them. */

#include "kube/event.h"

#include "doc/document.h"
#include "doc/key.h"

enum { MOST_BYTES = 64 << 20, MOST_MESSAGE = 300 };

static const char *const names[] = {
        [EVENT_ADDED] = "ADDED",       [EVENT_MODIFIED] = "MODIFIED", [EVENT_DELETED] = "DELETED",
        [EVENT_BOOKMARK] = "BOOKMARK", [EVENT_ERROR] = "ERROR",
};

/* --- one event --- */

static bool read_kind(struct str name, enum event_kind *out)
{
        for (size_t i = 0; i < COUNT_OF(names); i++) {
                if (!str_equal(name, str_of(names[i])))
                        continue;
                *out = (enum event_kind)i;
                return true;
        }
        return false;
}

static void read_error(struct event *event)
{
        const struct value *code = value_member(event->object, "code");

        event->code = value_is(code, VALUE_INT) && code->i > 0 && code->i < 1000 ? (int)code->i : 0;
        event->message = str_sub(value_member_text(event->object, "message"), 0, MOST_MESSAGE);
        event->message.len = utf8_check(event->message);
}

static bool read_event(struct arena *scratch, struct str text, struct event *out, struct err *err)
{
        struct document document = {0};
        struct err inner = {0};
        struct str name;

        if (!json_read_one(scratch, text, &document, &inner))
                return err_set(err, "an event is no JSON: %.*s", STR_ARG(err_text(&inner)));
        name = value_get_text(&document.root, KEY_type);
        *out = (struct event){.object = value_member(&document.root, "object")};
        if (!read_kind(name, &out->kind))
                return err_set(err, "an event of an unknown type, \"%.*s\"", STR_ARG(str_sub(name, 0, 32)));
        if (!value_is(out->object, VALUE_MAP))
                return err_set(err, "an event without an object");
        /* The document goes with this call, its members do not. */
        if (out->kind == EVENT_ERROR)
                read_error(out);
        else
                out->version = value_member_text(value_get(out->object, KEY_metadata), "resourceVersion");
        return true;
}

/* --- the stream of them --- */

bool event_is_half(const struct event_reader *reader)
{
        return reader->depth > 0;
}

void event_reset(struct event_reader *reader)
{
        buf_free(&reader->pending);
        *reader = (struct event_reader){0};
}

static bool is_blank(char byte)
{
        return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

/* Follows braces through one more byte. */
static void step(struct event_reader *reader, char byte)
{
        if (reader->in_text) {
                if (reader->is_escaped)
                        reader->is_escaped = false;
                else if (byte == '\\')
                        reader->is_escaped = true;
                else if (byte == '"')
                        reader->in_text = false;
        } else if (byte == '"') {
                reader->in_text = true;
        } else if (byte == '{' || byte == '[') {
                reader->depth++;
        } else if (byte == '}' || byte == ']') {
                reader->depth--;
        }
}

/* The bytes of `part` that belong to the event that goes on, up to its end if that is there. */
static size_t measure(struct event_reader *reader, struct str part)
{
        for (size_t i = 0; i < part.len; i++) {
                step(reader, part.data[i]);
                if (!reader->depth)
                        return i + 1;
        }
        return part.len;
}

static bool take_one(struct event_reader *reader, event_take *take, void *context, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct event event;

        TRY(read_event(&scratch, buf_text(&reader->pending), &event, err));
        TRY(take(context, &scratch, &event, err));
        reader->pending.len = 0;
        return true;
}

bool event_read(struct event_reader *reader, struct str part, event_take *take, void *context, struct err *err)
{
        while (part.len) {
                size_t length;

                if (!reader->depth && is_blank(part.data[0])) {
                        part = str_from(part, 1);
                        continue;
                }
                if (!reader->depth && part.data[0] != '{')
                        return err_set(err, "what comes is no event: it begins with the byte 0x%02X",
                                       (unsigned char)part.data[0]);
                length = measure(reader, part);
                if (reader->pending.len + length > MOST_BYTES)
                        return err_set(err, "an event is larger than %d bytes", MOST_BYTES);
                buf_add(&reader->pending, str_sub(part, 0, length));
                part = str_from(part, length);
                if (!reader->depth)
                        TRY(take_one(reader, take, context, err));
        }
        return true;
}
