/* records.c - every entry of a layer with all that can differ about it. */

#include "image/layer/records.h"

#include "base/buf.h"

struct reading {
        const struct record_visitor *visitor;
        struct arena scratch;
        struct record record;
        struct digest_run run;
};

/* With their lengths: values are any bytes. */
static struct str attributes_of(struct arena *arena, const struct tar_entry *entry)
{
        CLEANUP(buf_free) struct buf out = {0};

        for (size_t i = 0; i < entry->attribute_count; i++) {
                buf_add_format(&out, "%zu ", entry->attributes[i].len);
                buf_add(&out, entry->attributes[i]);
        }
        return str_copy(arena, buf_text(&out));
}

static bool on_entry(void *context, const struct tar_entry *entry, bool *wants, struct err *err)
{
        struct reading *reading = context;
        const struct record_visitor *visitor = reading->visitor;
        struct str path;

        arena_reset(&reading->scratch);
        if (!path_clean(&reading->scratch, entry->path, &path))
                return err_set(err, "offset %" PRIu64 " of the tar: the name \"%.*s\" leads out of the image",
                               entry->offset, STR_ARG(str_sub(entry->path, 0, 200)));
        reading->record = (struct record){
                .path = str_copy(&reading->scratch, path), /* both outlive the block that they stand in */
                .link = str_copy(&reading->scratch, entry->link),
                .capability = str_copy(&reading->scratch, entry->capability),
                .attributes = attributes_of(&reading->scratch, entry),
                .kind = entry->kind,
                .mode = entry->mode,
                .uid = entry->uid,
                .gid = entry->gid,
                .size = entry->size,
                .mtime = entry->mtime,
                .device = entry->device,
        };
        *wants = entry->kind == TAR_FILE && entry->size > 0
                 && (!visitor->wants || visitor->wants(visitor->context, &reading->record));
        return *wants ? digest_begin(&reading->run, DIGEST_SHA256, err)
                      : visitor->take(visitor->context, &reading->record, err);
}

static bool on_piece(void *context, uint64_t at, struct str piece, struct err *err)
{
        struct reading *reading = context;

        (void)at;
        (void)err;
        digest_add(&reading->run, piece.data, piece.len);
        return true;
}

static bool on_end(void *context, struct err *err)
{
        struct reading *reading = context;
        struct digest digest = digest_end(&reading->run);

        memcpy(reading->record.content, digest.bytes, sizeof(reading->record.content));
        return reading->visitor->take(reading->visitor->context, &reading->record, err);
}

bool records_visit(const struct image *image, size_t layer, bool threads, const struct record_visitor *visitor,
                   struct layer_found *found, struct err *err)
{
        struct reading reading = {.visitor = visitor};
        struct tar_visitor of_tar = {&reading, on_entry, on_piece, on_end};
        bool fine = visit_layer(image, layer, threads, &of_tar, found, err);

        digest_drop(&reading.run);
        arena_free(&reading.scratch);
        return fine;
}

struct str records_differ(struct arena *arena, const struct record *a, const struct record *b, bool archive)
{
        const struct {
                bool differs;
                const char *name;
        } facts[] = {
                {a->kind != b->kind, "kind"},
                {a->kind == b->kind && a->kind == TAR_FILE
                         && (a->size != b->size || memcmp(a->content, b->content, 32) != 0),
                 "content"},
                {!str_equal(a->link, b->link), "link"},
                {a->mode != b->mode, "mode"},
                {a->uid != b->uid || a->gid != b->gid, "owner"},
                {a->device != b->device, "device"},
                {!str_equal(a->capability, b->capability), "capabilities"},
                {archive && str_equal(a->capability, b->capability) && !str_equal(a->attributes, b->attributes),
                 "attributes"},
                {archive && a->mtime != b->mtime, "time"},
        };
        struct str list = STR("");

        for (size_t i = 0; i < COUNT_OF(facts); i++)
                if (facts[i].differs)
                        list = str_format(arena, "%.*s%s%s", STR_ARG(list), list.len ? ", " : "", facts[i].name);
        return list;
}

uint64_t record_hash(const struct path_key *key, const struct record *record, bool archive)
{
        CLEANUP(buf_free) struct buf facts = {0};
        const uint64_t numbers[] = {record->kind,
                                    record->mode,
                                    record->uid,
                                    record->gid,
                                    record->kind == TAR_FILE ? record->size : 0,
                                    record->device,
                                    record->link.len,
                                    record->capability.len,
                                    archive ? (uint64_t)record->mtime : 0};

        buf_add(&facts, (struct str){(const char *)numbers, sizeof(numbers)});
        if (record->kind == TAR_FILE)
                buf_add(&facts, (struct str){(const char *)record->content, sizeof(record->content)});
        buf_add(&facts, record->link);
        buf_add(&facts, record->capability);
        if (archive)
                buf_add(&facts, record->attributes);
        return path_hash(key, buf_text(&facts));
}
