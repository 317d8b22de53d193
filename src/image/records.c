/* records.c - every entry of a layer with all that can differ about it. */

#include "image/records.h"

#include <stdlib.h>

struct reading {
        struct arena *arena;
        struct layer_records *out;
        struct digest_run run;
};

static bool on_entry(void *context, const struct tar_entry *entry, bool *wants, struct err *err)
{
        struct reading *reading = context;
        struct record *record;
        struct str path;

        if (reading->out->records.count >= RECORDS_MOST)
                return err_set(err, "more than %d entries", RECORDS_MOST);
        if (!path_clean(reading->arena, entry->path, &path))
                return err_set(err, "offset %" PRIu64 " of the tar: the name \"%.*s\" leads out of the image",
                               entry->offset, STR_ARG(str_sub(entry->path, 0, 200)));
        record = vec_push(reading->arena, &reading->out->records);
        *record = (struct record){
                .path = str_copy(reading->arena, path),
                .link = str_copy(reading->arena, entry->link),
                .kind = entry->kind,
                .mode = entry->mode,
                .uid = entry->uid,
                .gid = entry->gid,
                .size = entry->size,
                .mtime = entry->mtime,
        };
        *wants = entry->kind == TAR_FILE && entry->size > 0;
        return !*wants || digest_begin(&reading->run, DIGEST_SHA256, err);
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

        (void)err;
        memcpy(reading->out->records.items[reading->out->records.count - 1].content, digest.bytes, 32);
        return true;
}

bool records_read(struct arena *arena, const struct image *image, size_t layer, bool threads, struct layer_records *out,
                  struct layer_found *found, struct err *err)
{
        struct reading reading = {.arena = arena, .out = out};
        struct tar_visitor visitor = {&reading, on_entry, on_piece, on_end};
        bool fine = visit_layer(image, layer, threads, &visitor, found, err);

        digest_drop(&reading.run);
        return fine;
}

/* Takes away what lies below a folder, and with `itself` the path as well. */
static void take_away(struct map *files, struct str path, bool itself)
{
        for (size_t i = 0; i < files->count; i++) {
                struct str key = files->entries[i].key;
                bool below = !path.len || (key.len > path.len && str_starts(key, path) && key.data[path.len] == '/');

                if (below || (itself && str_equal(key, path)))
                        files->entries[i].value = NULL;
        }
}

static void apply_whiteouts(struct arena *arena, const struct layer_records *layer, struct map *files)
{
        for (size_t i = 0; i < layer->records.count; i++) {
                const struct record *record = &layer->records.items[i];
                struct str name = path_name(record->path), parent = path_parent(record->path);

                if (str_is(name, ".wh..wh..opq"))
                        take_away(files, parent, false);
                else if (str_starts(name, STR(".wh.")))
                        take_away(files,
                                  str_format(arena, "%.*s%s%.*s", STR_ARG(parent), parent.len ? "/" : "",
                                             STR_ARG(str_from(name, 4))),
                                  true);
        }
}

void records_merge(struct arena *arena, const struct layer_records *layers, size_t count, struct map *out)
{
        for (size_t i = 0; i < count; i++) {
                if (i)
                        apply_whiteouts(arena, &layers[i], out);
                for (size_t j = 0; j < layers[i].records.count; j++) {
                        const struct record *record = &layers[i].records.items[j];
                        const struct record **slot;

                        if (!record->path.len || str_starts(path_name(record->path), STR(".wh.")))
                                continue;
                        slot = (const struct record **)map_slot(arena, out, record->path);
                        if (*slot && (*slot)->kind == TAR_FOLDER && record->kind != TAR_FOLDER)
                                take_away(out, record->path, false);
                        *slot = record;
                }
        }
}

struct str records_differ(struct arena *arena, const struct record *a, const struct record *b, bool times)
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
                {times && a->mtime != b->mtime, "time"},
        };
        struct str list = STR("");

        for (size_t i = 0; i < COUNT_OF(facts); i++)
                if (facts[i].differs)
                        list = str_format(arena, "%.*s%s%s", STR_ARG(list), list.len ? ", " : "", facts[i].name);
        return list;
}
