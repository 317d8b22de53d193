/* cache_entry.c - what was found in a layer, as bytes. */

#include "image/layer/cache_entry.h"

static void put_number(struct buf *out, uint64_t number)
{
        for (unsigned i = 0; i < 8; i++)
                buf_add_char(out, (char)(number >> 8 * i));
}

static void put_text(struct buf *out, struct str text)
{
        put_number(out, text.len);
        buf_add(out, text);
}

static void put_texts(struct buf *out, const struct str *texts, size_t count)
{
        put_number(out, count);
        for (size_t i = 0; i < count; i++)
                put_text(out, texts[i]);
}

static bool take_number(struct str *text, uint64_t *out)
{
        TRY(text->len >= 8);
        *out = 0;
        for (unsigned i = 0; i < 8; i++)
                *out |= (uint64_t)(unsigned char)text->data[i] << 8 * i;
        *text = str_from(*text, 8);
        return true;
}

/* A number of things that take `least` bytes each. */
static bool take_count(struct str *text, size_t least, size_t *out)
{
        uint64_t count;

        TRY(take_number(text, &count) && count <= text->len / least);
        *out = (size_t)count;
        return true;
}

static bool take_text(struct str *text, struct str *out)
{
        size_t len;

        TRY(take_count(text, 1, &len));
        *out = str_sub(*text, 0, len);
        *text = str_from(*text, len);
        return true;
}

/* The texts of a package, in order. */
enum { PACKAGE_TEXTS = 10 };

static void texts_of(struct package *package, struct str *texts[PACKAGE_TEXTS])
{
        struct str *all[PACKAGE_TEXTS] = {&package->type,    &package->name,      &package->version,
                                          &package->arch,    &package->namespace, &package->qualifiers,
                                          &package->subpath, &package->source,    &package->source_version,
                                          &package->vendor};

        memcpy(texts, all, sizeof(all));
}

static void put_package(struct buf *out, const struct package *package)
{
        struct package copy = *package;
        struct str *texts[PACKAGE_TEXTS];

        texts_of(&copy, texts);
        for (size_t i = 0; i < PACKAGE_TEXTS; i++)
                put_text(out, *texts[i]);
        put_texts(out, package->licenses, package->license_count);
        put_number(out, package->flags);
        put_number(out, package->location_count);
        for (size_t i = 0; i < package->location_count; i++)
                put_text(out, package->locations[i].path);
}

static bool take_texts(struct arena *arena, struct str *text, const struct str **out, size_t *count)
{
        struct str *texts;

        TRY(take_count(text, 8, count));
        texts = arena_array(arena, struct str, *count);
        for (size_t i = 0; i < *count; i++)
                TRY(take_text(text, &texts[i]));
        *out = texts;
        return true;
}

static bool take_package(struct arena *arena, struct str *text, struct package *out)
{
        struct str *texts[PACKAGE_TEXTS];
        uint64_t flags;

        *out = (struct package){0};
        texts_of(out, texts);
        for (size_t i = 0; i < PACKAGE_TEXTS; i++)
                TRY(take_text(text, texts[i]));
        TRY(take_texts(arena, text, &out->licenses, &out->license_count));
        TRY(take_number(text, &flags) && take_count(text, 8, &out->location_count));
        out->flags = (unsigned)flags;
        out->locations = arena_array(arena, struct package_location, out->location_count);
        for (size_t i = 0; i < out->location_count; i++)
                TRY(take_text(text, &out->locations[i].path));
        return out->name.len && out->type.len;
}

static void put_sink(struct buf *out, const struct package_sink *sink)
{
        put_number(out, sink->packages.count);
        for (size_t i = 0; i < sink->packages.count; i++)
                put_package(out, &sink->packages.items[i]);
        put_number(out, sink->notes.count);
        for (size_t i = 0; i < sink->notes.count; i++) {
                put_text(out, sink->notes.items[i].key);
                put_text(out, sink->notes.items[i].value);
        }
        put_number(out, sink->owned.runs);
        for (const struct package_owned *owned = sink->owned.first; owned; owned = owned->next) {
                put_number(out, owned->package);
                put_number(out, owned->count);
                for (size_t i = 0; i < owned->count; i++)
                        put_number(out, owned->paths[i]);
        }
        put_texts(out, sink->owners.items, sink->owners.count);
        put_texts(out, sink->problems.items, sink->problems.count);
}

static bool take_owned(struct arena *arena, struct str *text, struct package_sink *sink)
{
        size_t runs, count;

        TRY(take_count(text, 16, &runs));
        for (size_t i = 0; i < runs; i++) {
                uint64_t path, package;

                TRY(take_number(text, &package) && take_count(text, 8, &count));
                for (size_t j = 0; j < count; j++) {
                        TRY(take_number(text, &path));
                        package_owned_add(arena, &sink->owned, (uint32_t)package, path);
                }
        }
        return true;
}

/* Owners that are not there would be looked for outside of the arrays. */
static bool owners_are_right(const struct package_sink *sink)
{
        for (const struct package_owned *owned = sink->owned.first; owned; owned = owned->next)
                TRY(owned->package & PACKAGE_OWNER ? (owned->package & ~PACKAGE_OWNER) < sink->owners.count
                                                   : owned->package < sink->packages.count);
        return true;
}

static bool take_list(struct arena *arena, struct str *text, struct str **items, size_t *count, size_t *capacity)
{
        const struct str *texts;

        TRY(take_texts(arena, text, &texts, count));
        *items = (struct str *)texts;
        *capacity = *count;
        return true;
}

static bool take_sink(struct arena *arena, struct str *text, const struct path_key *key, struct package_sink **out)
{
        struct package_sink *sink = arena_new(arena, struct package_sink);
        size_t count;

        sink->arena = arena;
        sink->paths = key;
        TRY(take_count(text, 8, &count));
        vec_reserve(arena, &sink->packages, min_size(count, 8));
        for (size_t i = 0; i < count; i++)
                TRY(take_package(arena, text, vec_push(arena, &sink->packages)));
        TRY(take_count(text, 16, &count));
        for (size_t i = 0; i < count; i++) {
                struct package_note *note = vec_push(arena, &sink->notes);

                TRY(take_text(text, &note->key) && take_text(text, &note->value));
        }
        TRY(take_owned(arena, text, sink));
        TRY(take_list(arena, text, &sink->owners.items, &sink->owners.count, &sink->owners.capacity));
        TRY(take_list(arena, text, &sink->problems.items, &sink->problems.count, &sink->problems.capacity));
        *out = sink;
        return owners_are_right(sink);
}

static void put_file(struct buf *out, const struct layer_file *file)
{
        put_text(out, file->path);
        put_number(out, file->kind);
        put_text(out, file->target);
        put_number(out, file->parts.count);
        for (size_t i = 0; i < file->parts.count; i++) {
                put_number(out, file->parts.items[i].format);
                put_number(out, file->parts.items[i].found != NULL);
                if (file->parts.items[i].found)
                        put_sink(out, file->parts.items[i].found);
        }
}

static bool take_file(struct arena *arena, struct str *text, const struct path_key *key, struct layer_file *out)
{
        uint64_t kind, format, has;
        size_t count;

        *out = (struct layer_file){0};
        TRY(take_text(text, &out->path) && take_number(text, &kind) && take_text(text, &out->target));
        TRY(out->path.len && kind <= PATH_WHITEOUT && take_count(text, 16, &count));
        out->kind = (enum path_kind)kind;
        vec_reserve(arena, &out->parts, min_size(count, 8));
        for (size_t i = 0; i < count; i++) {
                struct layer_part *part = vec_push(arena, &out->parts);

                *part = (struct layer_part){0};
                TRY(take_number(text, &format) && format < package_format_count && take_number(text, &has));
                part->format = (uint32_t)format;
                if (has)
                        TRY(take_sink(arena, text, key, &part->found));
        }
        return true;
}

/* What observers wrote, each as a text. */
static void put_observed(struct buf *out, const struct layer_observers *observers, const struct layer_found *found)
{
        CLEANUP(buf_free) struct buf state = {0};

        for (size_t i = 0; i < observers->count; i++) {
                state.len = 0;
                observers->items[i]->write(found->observed[i], &state);
                put_text(out, buf_text(&state));
        }
}

static bool take_observed(struct str *text, const struct layer_observers *observers, struct layer_found *out)
{
        for (size_t i = 0; i < observers->count; i++) {
                struct str state;

                TRY(take_text(text, &state));
                TRY(observers->items[i]->read(out, state, observers->contexts[i], &out->observed[i]));
        }
        return true;
}

static void put_table(struct buf *out, const struct path_table *table)
{
        put_number(out, table->has_notes);
        put_number(out, table->count);
        for (size_t i = 0; i < table->slot_count; i++) {
                if (!table->slots[i])
                        continue;
                put_number(out, table->slots[i]);
                if (table->has_notes)
                        put_number(out, path_note_get(&table->notes[i]));
        }
}

void cache_write_entry(struct buf *out, const struct layer_observers *observers, const struct layer_found *found)
{
        put_number(out, found->has_whiteouts);
        put_number(out, found->entries);
        put_number(out, found->bytes);
        put_texts(out, found->problems.items, found->problems.count);
        put_table(out, &found->table);
        put_number(out, found->links.count);
        for (size_t i = 0; i < found->links.count; i++) {
                put_number(out, found->links.items[i].path);
                put_text(out, found->links.items[i].target);
        }
        put_number(out, found->files.count);
        for (size_t i = 0; i < found->files.count; i++)
                put_file(out, &found->files.items[i]);
        put_observed(out, observers, found);
}

static bool take_table(struct str *text, struct path_table *table)
{
        uint64_t slot, has_notes, number = 0;
        size_t count;

        TRY(take_number(text, &has_notes) && take_count(text, has_notes ? 16 : 8, &count));
        table->has_notes = has_notes;
        path_table_reserve(table, count);
        for (size_t i = 0; i < count; i++) {
                struct path_note *note;

                TRY(take_number(text, &slot) && (slot & 7) && (!has_notes || take_number(text, &number)));
                TRY(!(number >> PATH_NOTE_BITS));
                path_table_set(table, slot, (enum path_kind)(slot & 7), &note);
                if (note)
                        path_note_set(note, number);
        }
        return true;
}

bool cache_read_entry(struct str text, const struct path_key *key, const struct layer_observers *observers,
                      struct layer_found *out)
{
        struct arena *arena = &out->arena;
        uint64_t whiteouts;
        size_t count;

        TRY(take_number(&text, &whiteouts) && take_number(&text, &out->entries) && take_number(&text, &out->bytes));
        out->has_whiteouts = whiteouts;
        TRY(take_list(arena, &text, &out->problems.items, &out->problems.count, &out->problems.capacity));
        TRY(take_table(&text, &out->table) && take_count(&text, 16, &count));
        for (size_t i = 0; i < count; i++) {
                struct layer_link *link = vec_push(arena, &out->links);

                link->number = (uint32_t)i;
                TRY(take_number(&text, &link->path) && take_text(&text, &link->target));
        }
        TRY(take_count(&text, 32, &count));
        for (size_t i = 0; i < count; i++) {
                struct layer_file *file = vec_push(arena, &out->files);

                TRY(take_file(arena, &text, key, file));
                *map_slot(arena, &out->by_path, file->path) = (void *)(uintptr_t)(i + 1);
        }
        return take_observed(&text, observers, out) && !text.len;
}
