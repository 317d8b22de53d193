/* event.c - hostile bodies of watches: what comes out does not depend on the parts in which they come. The first byte says how large the
 * parts are. */

#include "kube/event.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
        struct buf text;
        size_t count;
};

static void must(bool holds)
{
        if (!holds)
                __builtin_trap();
}

static bool take(void *context, struct arena *scratch, const struct event *event, struct err *err)
{
        struct seen *seen = context;

        (void)scratch;
        (void)err;
        must(value_is(event->object, VALUE_MAP));
        must(utf8_check(event->version) == event->version.len && utf8_check(event->message) == event->message.len);
        must(event->kind == EVENT_ERROR || (!event->code && !event->message.len));
        must(event->code >= 0 && event->code < 1000);
        buf_add_format(&seen->text, "%d %u ", event->kind, event->object->len);
        buf_add(&seen->text, event->version);
        seen->count++;
        return true;
}

static bool read_all(struct str text, size_t step, struct seen *seen)
{
        struct event_reader reader = {0};
        struct err err = {0};
        bool well = true;

        while (text.len && well) {
                well = event_read(&reader, str_sub(text, 0, step), take, seen, &err);
                text = str_from(text, min_size(step, text.len));
        }
        must(well || err.length);
        event_reset(&reader);
        must(!event_is_half(&reader));
        return well;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct str text = {(const char *)data + 1, size ? size - 1 : 0};
        struct seen whole = {0}, parts = {0};

        if (!size)
                return 0;
        must(read_all(text, text.len, &whole) == read_all(text, (size_t)data[0] + 1, &parts));
        must(whole.count == parts.count && str_equal(buf_text(&whole.text), buf_text(&parts.text)));
        buf_free(&whole.text);
        buf_free(&parts.text);
        return 0;
}
