/* audit.c - hostile audit logs. Where the skimmer of lines is certain, the reader of JSON says the same, or complains of a key
 * that stands twice. */

#include <stdlib.h>

#include "base/buf.h"
#include "doc/document.h"
#include "kube/audit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
        if (!holds)
                abort();
}

static void must_be_equal(const struct audit_event *one, const struct audit_event *other)
{
        must(str_equal(one->user, other->user) && str_equal(one->verb, other->verb) && str_equal(one->uri, other->uri));
        must(str_equal(one->group, other->group) && str_equal(one->version, other->version)
             && str_equal(one->resource, other->resource) && str_equal(one->subresource, other->subresource)
             && str_equal(one->ns, other->ns) && str_equal(one->name, other->name));
        must(one->is_resource == other->is_resource && one->status == other->status && one->stage == other->stage
             && one->decision == other->decision && one->group_count == other->group_count);
        for (size_t i = 0; i < one->group_count; i++)
                must(str_equal(one->groups[i], other->groups[i]));
}

static void skim_line(struct str line)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct buf copy CLEANUP(buf_free) = {0};
        struct document_stream stream = {0};
        struct audit_event skimmed, read;
        struct err err = {0};

        buf_add(&copy, line);
        memset(buf_reserve(&copy, AUDIT_MARGIN), 0, AUDIT_MARGIN);
        if (!audit_skim((struct str){copy.data, line.len}, &skimmed))
                return;
        json_read(&arena, buf_text(&copy), &document_default_limits, &stream);
        must(stream.documents.count <= 1);
        if (!stream.documents.count) {
                must(stream.problems.count > 0
                     && str_find(stream.problems.items[0].message, STR("twice"), 0) != SIZE_MAX);
                return;
        }
        must(audit_event_read(&stream.documents.items[0].root, &read, &err));
        must_be_equal(&skimmed, &read);
}

static void count_event(void *context, const struct audit_event *event)
{
        must(event->verb.len > 0 && event->line > 0);
        ++*(uint64_t *)context;
}

static void count_problem(void *context, uint64_t line, struct str message)
{
        must(line > 0 && message.len > 0);
        ++*(uint64_t *)context;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct str text = {(const char *)data, size}, rest = text, line;
        uint64_t told = 0;
        struct audit_listener listener = {.context = &told, .event = count_event, .problem = count_problem};

        audit_read_text(text, &listener);
        while (size && str_split(&rest, '\n', &line))
                skim_line(line);
        return 0;
}
