/* live.c - versions of sources, and which of their objects are in the index. */

#include "scan/live.h"

#include <stdlib.h>

#include "base/pool.h"
#include "kube/index.h"
#include "kube/internal.h"
#include "kube/owner.h"
#include "scan/live_asks.h"
#include "scan/live_judge.h"

enum { MOST_VERSIONS = 8, SMALLEST_BLOCK = 256, LARGEST_BLOCK = 32 << 10, WORN_LEAST = 100000, WORN_TIMES = 10 };

/* --- finding --- */

/* Where a source of that name stands, or would. */
static size_t place_of(const struct live *live, struct str name)
{
        size_t low = 0, high = live->sources.count;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (str_compare(live->sources.items[middle]->name, name) < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

/* One that is gone too, as long as nobody has settled that. */
static struct live_source *find_any(const struct live *live, struct str name)
{
        size_t at = place_of(live, name);

        return at < live->sources.count && str_equal(live->sources.items[at]->name, name) ? live->sources.items[at]
                                                                                          : NULL;
}

struct live_source *live_find(const struct live *live, struct str name)
{
        struct live_source *source = find_any(live, name);

        return source && !source->is_gone ? source : NULL;
}

static struct live_source *add_source(struct live *live, struct str name)
{
        size_t at = place_of(live, name), rest = live->sources.count - at;
        struct live_source *source = arena_new(&live->scan.arena, struct live_source);

        source->name = str_copy(&live->scan.arena, name);
        source->asks = LIVE_NONE;
        vec_push(&live->scan.arena, &live->sources);
        memmove(&live->sources.items[at + 1], &live->sources.items[at], rest * sizeof(*live->sources.items));
        live->sources.items[at] = source;
        return source;
}

static struct live_source *find_or_add(struct live *live, struct str name)
{
        struct live_source *source = find_any(live, name);

        return source ? source : add_source(live, name);
}

/* --- versions --- */

static void free_version(struct live_version *version)
{
        estate_source_free(version->source);
        if (version->is_own)
                free(version->source);
        free(version);
}

static struct live_version *new_version(struct estate_source *source, bool is_own)
{
        struct live_version *version = live_take(sizeof(*version));

        *version = (struct live_version){.source = source, .is_own = is_own};
        return version;
}

static struct live_version *empty_version(const struct live_source *source)
{
        struct estate_source *text = live_take(sizeof(*text));

        *text = (struct estate_source){.source.name = source->name};
        return new_version(text, true);
}

static bool is_same_text(const struct estate_source *one, const struct estate_source *other)
{
        return one->is_read && other->is_read && one->role == other->role && one->is_file == other->is_file
               && str_equal(one->source.text, other->source.text);
}

static size_t count_versions(const struct live_source *source)
{
        size_t count = 0;

        for (const struct live_version *version = source->version; version; version = version->older)
                count++;
        return count;
}

static size_t is_owned(const struct object *object)
{
        struct owner owner;

        return object_controller(object, &owner);
}

static void take_out(struct live *live, const struct live_object *known)
{
        rulebook_change(live->scan.book, known->object, NULL);
        live->owned_count -= is_owned(known->object);
        known->version->known--;
        live->replaced++;
}

/* An object as it is now, instead of what is known of it, or NULL. */
static struct live_object put_in(struct live *live, const struct live_object *known, struct live_version *version,
                                 const struct object *object)
{
        if (known)
                known->version->known--;
        version->known++;
        live->replaced++;
        live->owned_count += is_owned(object) - (known ? is_owned(known->object) : 0);
        rulebook_change(live->scan.book, known ? known->object : NULL, object);
        return (struct live_object){object, version};
}

/* Puts the objects of a new version into the index. Those that are the same as before stay as they are, unless that would keep
 * too many versions. */
static void change_objects(struct live *live, struct live_source *source, struct live_version *version)
{
        size_t count = version->source->objects.count, at = 0;
        const struct object *objects = version->source->objects.items;
        struct live_object *next = live_take(checked_mul(count, sizeof(*next)));
        bool all = count_versions(source) >= MOST_VERSIONS;

        for (size_t i = 0; i < count; i++) {
                const struct live_object *known = NULL;
                int order = 1;

                while (at < source->object_count
                       && (order = object_compare_place(source->objects[at].object, &objects[i])) < 0)
                        take_out(live, &source->objects[at++]);
                if (at < source->object_count && order == 0)
                        known = &source->objects[at++];
                next[i] = known && !all && object_is_unchanged(known->object, &objects[i])
                                  ? *known
                                  : put_in(live, known, version, &objects[i]);
        }
        while (at < source->object_count)
                take_out(live, &source->objects[at++]);
        free(source->objects);
        source->objects = next;
        source->object_count = count;
}

static void set_version(struct live *live, struct live_source *source, struct live_version *version)
{
        uint64_t begin = live_clock();

        if (source->version && !source->is_gone && is_same_text(source->version->source, version->source)) {
                free_version(version);
                return;
        }
        change_objects(live, source, version);
        version->older = source->version;
        source->version = version;
        source->is_gone = false;
        live_mark(live, source);
        live->spent[LIVE_INDEX] += live_clock() - begin;
}

static void drop(struct live *live, struct live_source *source)
{
        for (size_t i = 0; i < source->object_count; i++)
                take_out(live, &source->objects[i]);
        source->object_count = 0;
        source->found = NULL;
        source->is_gone = true;
        live_mark(live, source);
}

/* --- reading --- */

static void read_file(struct live *live, struct live_source *source)
{
        struct live_version *version = empty_version(source);
        struct found found = *source->found;
        uint64_t begin = live_clock();

        found.name = source->name;
        /* A text that came with the walk goes with the next one. */
        if (!found.path && found.result == FILE_OK)
                found.file.text = str_copy(&version->source->arena, found.file.text);
        estate_source_open(version->source, &found);
        live->spent[LIVE_READ] += live_clock() - begin;
        set_version(live, source, version);
}

void live_keep(struct live *live, struct str name, struct str text)
{
        struct live_source *source = find_or_add(live, name);
        struct live_version *version = empty_version(source);
        uint64_t begin = live_clock();

        live_forget(live);
        version->source->arena.next_block = min_size(SMALLEST_BLOCK + text.len * 3, LARGEST_BLOCK);
        version->source->role = source->found ? source->found->role : 0;
        version->source->is_file = source->found && source->found->is_regular;
        source->is_kept = true;
        estate_source_read(version->source, str_copy(&version->source->arena, text));
        live->spent[LIVE_READ] += live_clock() - begin;
        set_version(live, source, version);
}

void live_release(struct live *live, struct str name)
{
        struct live_source *source = live_find(live, name);

        if (!source || !source->is_kept)
                return;
        live_forget(live);
        source->is_kept = false;
        if (source->found)
                read_file(live, source);
        else
                drop(live, source);
}

void live_reread(struct live *live, struct live_source *source)
{
        if (!source->found || source->is_kept)
                return;
        live_forget(live);
        read_file(live, source);
}

void live_set_problems(struct live *live, const struct problem *problems, size_t count)
{
        live_forget(live);
        *vec_push(&live->scan.arena, &live->old_told) = live->told;
        live->told = (struct arena){0};
        memset(&live->problems, 0, sizeof(live->problems));
        for (size_t i = 0; i < count; i++)
                *vec_push(&live->told, &live->problems) =
                        problem_of_file(&live->told, problems[i].kind, str_copy(&live->told, problems[i].file), "%.*s",
                                        STR_ARG(str_copy(&live->told, problems[i].message)));
}

/* --- walking --- */

static bool has_changed(const struct live_source *source, const struct found *other)
{
        const struct found *one = source->found;

        if (!one->path || !other->path)
                return one->path || other->path || !source->version
                       || !str_equal(source->version->source->source.text, other->file.text);
        return one->role != other->role || one->device != other->device || one->inode != other->inode
               || one->size != other->size || one->changed != other->changed || one->is_link != other->is_link
               || one->known != other->known;
}

static void see(struct live *live, const struct found *found)
{
        struct live_source *source = find_or_add(live, found->name);
        bool changed = !source->found || has_changed(source, found);

        source->was_seen = true;
        source->found = found;
        if (changed && !source->is_kept)
                read_file(live, source);
}

void live_walk(struct live *live)
{
        struct found_files before = live->files, now;
        struct arena names = {0};

        live_forget(live);
        found_files_find(&now, &names, &live->settings->input);
        for (size_t i = 0; i < live->sources.count; i++)
                live->sources.items[i]->was_seen = false;
        for (size_t i = 0; i < now.files.count; i++)
                see(live, &now.files.items[i]);
        for (size_t i = 0; i < live->sources.count; i++) {
                struct live_source *source = live->sources.items[i];

                if (source->was_seen || source->is_gone)
                        continue;
                source->found = NULL;
                if (!source->is_kept)
                        drop(live, source);
        }
        found_files_free(&before);
        if (live->names_are_judged)
                live->old_names = live->names;
        else
                arena_free(&live->names);
        live->names_are_judged = false;
        live->names = names;
        live->files = now;
        live->files.names = &live->names;
}

/* --- all --- */

/* The objects of the index as an estate, for joins that look at everything at once. */
static const struct estate *make_estate(void *context)
{
        struct live *live = context;
        struct arena *arena = &live->whole[0];
        struct estate *estate;

        if (live->whole_estate && live->whole_at == live->replaced)
                return live->whole_estate;
        arena_free(&live->whole[1]);
        live->whole[1] = live->whole[0];
        *arena = (struct arena){0};
        estate = arena_new(arena, struct estate);
        estate->source_count = live->sources.count;
        estate->sources = arena_array(arena, struct estate_source, live->sources.count);
        for (size_t i = 0; i < live->sources.count; i++) {
                const struct live_source *source = live->sources.items[i];
                struct estate_source *out = &estate->sources[i];

                out->source.name = source->name;
                out->objects.count = out->objects.capacity = source->object_count;
                out->objects.items = arena_take(arena, checked_mul(source->object_count, sizeof(struct object)));
                for (size_t k = 0; k < source->object_count; k++)
                        out->objects.items[k] = *source->objects[k].object;
        }
        live->whole_estate = estate;
        live->whole_at = live->replaced;
        return estate;
}

static void take_estate(struct live *live)
{
        struct estate *estate = &live->scan.estate;

        for (size_t i = 0; i < estate->source_count; i++) {
                struct estate_source *read = &estate->sources[i];
                struct live_source *source = arena_new(&live->scan.arena, struct live_source);

                *source = (struct live_source){
                        .name = read->source.name,
                        .version = new_version(read, false),
                        .objects = live_take(checked_mul(read->objects.count, sizeof(*source->objects))),
                        .object_count = read->objects.count,
                        .asks = LIVE_NONE,
                        .found = &live->files.files.items[i],
                };
                for (size_t k = 0; k < read->objects.count; k++) {
                        source->objects[k] = (struct live_object){&read->objects.items[k], source->version};
                        live->owned_count += is_owned(&read->objects.items[k]);
                }
                source->version->known = read->objects.count;
                *vec_push(&live->scan.arena, &live->sources) = source;
                live_mark(live, source);
        }
}

bool live_open(struct live *live, const struct scan_settings *settings, const struct baseline *baseline,
               struct err *err)
{
        *live = (struct live){
                .settings = settings,
                .baseline = baseline,
                .threads = settings->input.threads ? settings->input.threads : pool_threads(),
                .free_ask = LIVE_NONE,
                .general = {.asks = LIVE_NONE},
        };
        TRY(scan_begin(&live->scan, settings, err));
        live_judge_begin(live);
        found_files_find(&live->files, &live->scan.estate.arena, &settings->input);
        estate_read_found(&live->scan.estate, &live->files, live->threads);
        rulebook_follow(&live->scan.arena, live->scan.book, &live->scan.estate, live->threads);
        rulebook_set_estate(live->scan.book, make_estate, live);
        take_estate(live);
        live_settle(live);
        return true;
}

void live_begin(struct live *live)
{
        memset(live->spent, 0, sizeof(live->spent));
}

void live_mark(struct live *live, struct live_source *source)
{
        if (!source->is_dirty)
                *vec_push(&live->scan.arena, &live->dirty) = source;
        source->is_dirty = true;
}

void live_forget(struct live *live)
{
        for (size_t i = 0; i < live->dead_versions.count; i++)
                free_version(live->dead_versions.items[i]);
        for (size_t i = 0; i < live->dead_findings.count; i++)
                finding_list_free(&live->dead_findings.items[i]);
        for (size_t i = 0; i < live->dead_arenas.count; i++)
                arena_free(&live->dead_arenas.items[i]);
        memset(&live->dead_versions, 0, sizeof(live->dead_versions));
        memset(&live->dead_findings, 0, sizeof(live->dead_findings));
        memset(&live->dead_arenas, 0, sizeof(live->dead_arenas));
        memset(&live->changes, 0, sizeof(live->changes));
        arena_free(&live->changes_arena);
}

bool live_is_worn(const struct live *live)
{
        return live->replaced > WORN_LEAST + live->counts.objects * WORN_TIMES;
}

static void free_source(struct live_source *source)
{
        while (source->version) {
                struct live_version *version = source->version;

                source->version = version->older;
                free_version(version);
        }
        finding_list_free(&source->findings);
        arena_free(&source->arena);
        free(source->objects);
}

void live_close(struct live *live)
{
        live_forget(live);
        for (size_t i = 0; i < live->sources.count; i++)
                free_source(live->sources.items[i]);
        free_source(&live->general);
        live_asks_free(live);
        live_judge_end(live);
        found_files_free(&live->files);
        arena_free(&live->names);
        arena_free(&live->old_names);
        for (size_t i = 0; i < live->old_told.count; i++)
                arena_free(&live->old_told.items[i]);
        arena_free(&live->told);
        arena_free(&live->whole[0]);
        arena_free(&live->whole[1]);
        live->scan.estate.source_count = 0; /* versions have given them back */
        scan_free(&live->scan);
}
