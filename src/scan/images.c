/* images.c - the images that containers name, read and put into the estate. */

#include "scan/images.h"

#include <stdlib.h>
#include <sys/resource.h>

#include "base/pool.h"
#include "scan/images_find.h"

struct reading_all {
        struct image_wishes *wishes;
        const struct images_settings *settings;
        VEC(struct image_reading *) turns; /* what is left to read */
        unsigned threads_each;
        bool too_many; /* to be open all at once */
};

/* --- opening --- */

static void close_one(struct image_reading *reading)
{
        reading->image = NULL;
        arena_free(&reading->arena);
}

/* What tells an image from others: its manifest's digest, its id, or where it is. */
static struct str identity(struct arena *arena, const struct image_reading *reading)
{
        const struct image *image = reading->image;
        char text[DIGEST_TEXT];

        if (image->manifest.kind)
                return str_copy(arena, digest_print(&image->manifest, text));
        if (image->config_digest.kind)
                return str_format(arena, "id %.*s", STR_ARG(digest_print(&image->config_digest, text)));
        return reading->reference;
}

static bool open_image(struct image_reading *reading, struct err *err)
{
        struct image_settings settings = {reading->access, reading->platform, reading->any_platform};

        reading->image = image_open(&reading->arena, reading->reference, &settings, err);
        return reading->image;
}

static void open_one(void *context, size_t index, unsigned worker)
{
        struct reading_all *all = context;
        struct image_reading *reading = all->wishes->readings.items[index];
        struct err err = {0};

        (void)worker;
        if (reading->problem.len)
                return;
        if (!open_image(reading, &err)) {
                reading->problem = str_copy(&reading->kept, err_text(&err));
                close_one(reading);
                return;
        }
        reading->was_open = true;
        reading->named = reading->image->named;
        reading->manifest = reading->image->manifest;
        reading->identity = identity(&reading->kept, reading);
        if (all->too_many)
                close_one(reading);
}

/* An image that was closed is opened again, and must be the one that it was. */
static bool open_again(struct image_reading *reading, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};

        TRY(reading->image || open_image(reading, err));
        return str_equal(identity(&scratch, reading), reading->identity)
               || err_set(err, "%.*s: it was changed while it was read: scan again", STR_ARG(reading->reference));
}

static int by_reference(const void *a, const void *b)
{
        const struct image_reading *one = *(struct image_reading *const *)a, *other = *(struct image_reading *const *)b;
        int order = str_compare(one->reference, other->reference);

        return order ? order : str_compare(one->platform, other->platform);
}

/* Of those that are the same image, the first is read. */
static void find_same(struct reading_all *all)
{
        struct image_wishes *wishes = all->wishes;
        struct map known = {0};

        for (size_t i = 0; i < wishes->readings.count; i++) {
                struct image_reading *reading = wishes->readings.items[i];
                void **slot;

                if (!reading->was_open)
                        continue;
                slot = map_slot(wishes->arena, &known, reading->identity);
                reading->same = *slot ? *slot : reading;
                if (*slot) {
                        close_one(reading);
                        continue;
                }
                *slot = reading;
                *vec_push(wishes->arena, &all->turns) = reading;
        }
}

/* --- reading --- */

static void read_one(void *context, size_t index, unsigned worker)
{
        struct reading_all *all = context;
        struct image_reading *reading = all->turns.items[index];
        struct facts_settings settings = all->settings->facts;
        struct catalog catalog = {0};
        struct err err = {0};
        struct value root;

        (void)worker;
        if (!open_again(reading, &err)) {
                reading->was_open = false;
                reading->problem = str_copy(&reading->kept, err_text(&err));
                close_one(reading);
                return;
        }
        settings.threads = all->threads_each;
        root = facts_of(&reading->arena, reading->image, &settings, &catalog);
        reading->root = make_copy(&reading->kept, &root);
        for (size_t i = 0; i < catalog.problems.count; i++)
                *vec_push(&reading->kept, &reading->problems) = str_copy(&reading->kept, catalog.problems.items[i]);
        close_one(reading);
        if (all->settings->read)
                atomic_fetch_add_explicit(all->settings->read, 1, memory_order_relaxed);
}

/* Whether so many images can be open at once, each of which may hold a file. */
static bool can_hold(size_t count)
{
        struct rlimit limit;

        if (getrlimit(RLIMIT_NOFILE, &limit) || count < limit.rlim_cur / 4)
                return true;
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
        return count < limit.rlim_max / 4;
}

static bool confine(const struct image_wishes *wishes, const struct images_settings *settings, struct err *err)
{
        struct str *references = arena_array(wishes->arena, struct str, wishes->readings.count);
        size_t count = 0;

        for (size_t i = 0; i < wishes->readings.count; i++)
                if (!wishes->readings.items[i]->problem.len)
                        references[count++] = wishes->readings.items[i]->reference;
        return !count || image_confine(wishes->arena, references, count, settings->folders, settings->folder_count, err)
               || err_within(err, "cannot give up rights before reading images");
}

static bool read_all(struct reading_all *all, struct err *err)
{
        struct image_wishes *wishes = all->wishes;
        size_t count = wishes->readings.count;
        unsigned threads = all->settings->facts.threads ? all->settings->facts.threads : pool_threads();

        if (count)
                qsort(wishes->readings.items, count, sizeof(*wishes->readings.items), by_reference);
        all->too_many = !can_hold(count);
        TRY(confine(wishes, all->settings, err));
        pool_run(threads, count, open_one, all);
        find_same(all);
        all->threads_each = threads / (unsigned)min_size(all->turns.count + !all->turns.count, threads);
        pool_run(threads, all->turns.count, read_one, all);
        return true;
}

/* --- putting into the estate --- */

static bool is_digest(const struct digest *digest, struct str text)
{
        char room[DIGEST_TEXT];

        return digest->kind && str_equal(digest_print(digest, room), text);
}

/* A name with a digest means that one, wherever it is read. */
static void check_digest(struct arena *arena, struct image_wish *wish)
{
        const struct image_reading *reading = wish->reading;
        struct str wanted = wish->name.digest;
        char text[DIGEST_TEXT];

        if (!wish->entry || !wanted.len || is_digest(&reading->named, wanted) || is_digest(&reading->manifest, wanted))
                return;
        if (!reading->manifest.kind)
                wish->problem = str_format(
                        arena,
                        "%.*s, by %.*s: it has no digest of a manifest, so nobody knows whether it is what is named; use an OCI layout",
                        STR_ARG(wish->reading->reference), STR_ARG(wish->entry->place));
        else
                wish->problem =
                        str_format(arena, "%.*s, by %.*s, is another image, %.*s", STR_ARG(wish->reading->reference),
                                   STR_ARG(wish->entry->place), STR_ARG(digest_print(&reading->manifest, text)));
}

static void conclude(struct arena *arena, struct image_wish *wish)
{
        struct image_reading *reading = wish->reading;

        if (wish->problem.len || !reading)
                return;
        if (reading->was_open && !reading->same->was_open)
                wish->problem = reading->same->problem;
        else if (reading->was_open)
                check_digest(arena, wish);
        else if (wish->entry)
                wish->problem =
                        str_format(arena, "%.*s (by %.*s)", STR_ARG(reading->problem), STR_ARG(wish->entry->place));
        else
                wish->problem = reading->problem;
        if (!wish->problem.len)
                *vec_push(arena, &reading->same->names) = wish;
}

static void tell_problem(const struct image_wish *wish)
{
        struct arena *arena = &wish->source->arena;
        struct str others = wish->uses > 1 ? str_format(arena, " (named %zu times)", wish->uses) : STR("");

        *vec_push(arena, &wish->source->problems) = (struct problem){
                .kind = PROBLEM_IMAGE,
                .file = wish->source->source.name,
                .source = &wish->source->source,
                .at = wish->at,
                .document = wish->object->document,
                .object = wish->object,
                .path = str_copy(arena, wish->path),
                .message = str_format(arena, "the image %.*s%.*s cannot be read: %.*s", STR_ARG(wish->text),
                                      STR_ARG(others), STR_ARG(wish->problem)),
        };
}

/* Names that the map does not have are told of once. */
static void tell_left_out(const struct image_wishes *wishes, struct estate *estate)
{
        const struct image_wish *first = NULL;

        for (size_t i = 0; i < wishes->items.count && !first; i++)
                if (!wishes->items.items[i].reading && !wishes->items.items[i].problem.len)
                        first = &wishes->items.items[i];
        if (!first)
                return;
        *vec_push(&estate->arena, &estate->problems) = (struct problem){
                .kind = PROBLEM_IMAGE_LEFT_OUT,
                .file = STR("--image-map"), .document = UINT32_MAX,
                        .message =
                                wishes->left_out == 1
                                        ? str_format(
                                                &estate->arena,
                                                "the image %.*s is not in the map and was not read; --images asks registries",
                                                STR_ARG(first->text))
                                        : str_format(
                                                &estate->arena,
                                                "%zu images, %.*s among them, are not in the map and were not read; --images asks registries",
                                                wishes->left_out, STR_ARG(first->text)),
                };
}

static struct value entry_of(struct arena *arena, const struct image_wish *wish)
{
        struct value_maker maker = {.arena = arena};
        const struct digest *named = &wish->reading->named;
        char text[DIGEST_TEXT];

        make_text(&maker, "image", wish->text);
        if (named->kind)
                make_text(&maker, "digest", str_copy(arena, digest_print(named, text)));
        if (wish->entry)
                make_text(&maker, "read", wish->reading->reference);
        make_text_if(&maker, "platform", wish->platform);
        return make_map(&maker);
}

static int by_name(const void *a, const void *b)
{
        const struct image_wish *one = *(struct image_wish *const *)a, *other = *(struct image_wish *const *)b;
        int order = str_compare(one->text, other->text);

        return order ? order : str_compare(one->platform, other->platform);
}

/* The names by which containers ask for an image, sorted. */
static struct value names_of(struct arena *arena, struct arena *scratch, struct image_reading *reading)
{
        struct value_maker maker = {.arena = scratch};
        struct value list;

        qsort(reading->names.items, reading->names.count, sizeof(*reading->names.items), by_name);
        for (size_t i = 0; i < reading->names.count; i++)
                make_item(&maker, entry_of(scratch, reading->names.items[i]));
        list = make_list(&maker);
        return make_copy(arena, &list);
}

/* "registry:HOST/NAME" is only needed where a file may have the name. */
static struct str shown_name(const struct image_reading *reading)
{
        struct str prefix = STR("registry:");

        return str_starts(reading->reference, prefix) ? str_from(reading->reference, prefix.len) : reading->reference;
}

/* The source takes over what was kept. */
static void put(struct arena *scratch, struct image_reading *reading, struct estate_source *source)
{
        struct value_maker maker = {.arena = &source->arena};
        struct value root;

        source->arena = reading->kept;
        reading->kept = (struct arena){0};
        source->source.name = str_copy(&source->arena, shown_name(reading));
        value_each (&reading->root, member)
                make_named(&maker, intern_text(member->key), member->value);
        make_member(&maker, "manifests", names_of(&source->arena, scratch, reading));
        root = make_map(&maker);
        estate_source_hold(source, &root);
        for (size_t i = 0; i < reading->problems.count; i++)
                estate_source_fail(source, PROBLEM_IMAGE, reading->problems.items[i]);
}

/* An image is left out if none of its names may mean it. */
static void put_all(struct reading_all *all, struct estate *estate)
{
        struct estate_source *source;
        size_t count = 0;

        for (size_t i = 0; i < all->turns.count; i++)
                count += all->turns.items[i]->names.count > 0;
        if (!count)
                return;
        source = estate_extend(estate, count);
        for (size_t i = 0; i < all->turns.count; i++)
                if (all->turns.items[i]->names.count)
                        put(all->wishes->arena, all->turns.items[i], source++);
        estate_sort(estate);
}

bool images_add(void *settings, struct estate *estate, struct err *err)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct image_wishes wishes = {.arena = &arena};
        struct reading_all all = {.wishes = &wishes, .settings = settings};
        bool fine;

        images_find(&wishes, estate);
        images_resolve(&wishes, settings);
        fine = read_all(&all, err);
        for (size_t i = 0; fine && i < wishes.items.count; i++) {
                conclude(&arena, &wishes.items.items[i]);
                if (wishes.items.items[i].problem.len)
                        tell_problem(&wishes.items.items[i]);
        }
        if (fine) {
                tell_left_out(&wishes, estate);
                put_all(&all, estate);
        }
        for (size_t i = 0; i < wishes.readings.count; i++) {
                close_one(wishes.readings.items[i]);
                arena_free(&wishes.readings.items[i]->kept);
        }
        return fine;
}
