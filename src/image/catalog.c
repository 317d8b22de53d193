/* catalog.c - the packages of an image. */

#include "image/catalog.h"

#include <stdlib.h>

#include "image/layer/cache.h"
#include "image/layer/merge.h"
#include "image/package/owners.h"

struct places {
        VEC(struct package_location) list;
};

/* Packages as they are put together. */
struct gathering {
        struct arena *arena;
        struct merge *merge;
        struct catalog *catalog;
        VEC(struct package) packages;
        VEC(struct places) places; /* of each */
        struct arena scratch;      /* what is not needed any more when all are found */
        struct map known;          /* identity → index + 1 */
        struct map told;           /* places that are known */
        struct str *layer_names;
};

static struct str identity(struct arena *arena, const struct package *package)
{
        return str_format(arena, "%.*s\n%.*s\n%.*s\n%.*s\n%.*s\n%.*s", STR_ARG(package->type), STR_ARG(package->name),
                          STR_ARG(package->version), STR_ARG(package->arch), STR_ARG(package->qualifiers),
                          STR_ARG(package->subpath));
}

static struct str layer_name(const struct gathering *gathering, size_t layer)
{
        const struct image *image = gathering->merge->image;
        struct str *name = &gathering->layer_names[layer];
        char text[DIGEST_TEXT];
        const struct digest *digest;

        if (image->kind == IMAGE_FOLDER || name->len)
                return *name;
        digest = &image->layers[layer].diff_id;
        if (!digest->kind)
                digest = &gathering->merge->found[layer].diff_id;
        *name = str_copy(gathering->arena, digest_print(digest, text));
        return *name;
}

/* For each package of a file the lowest layer from which on the file named it without a break. */
static size_t *origins(struct gathering *gathering, struct arena *scratch, const struct merged_file *file)
{
        size_t count = file->found->packages.count;
        size_t *layers = arena_array(scratch, size_t, count);
        struct str *names = arena_array(scratch, struct str, count);
        bool *broken = arena_array(scratch, bool, count);

        (void)gathering;
        for (size_t i = 0; i < count; i++) {
                layers[i] = file->versions[0].layer;
                if (file->version_count > 1)
                        names[i] = identity(scratch, &file->found->packages.items[i]);
        }
        for (size_t v = 1; v < file->version_count; v++) {
                const struct package_sink *older = file->versions[v].found;
                struct map had = {0};

                for (size_t i = 0; i < older->packages.count; i++)
                        *map_slot(scratch, &had, identity(scratch, &older->packages.items[i])) = (void *)older;
                for (size_t i = 0; i < count; i++) {
                        broken[i] = broken[i] || !map_get(&had, names[i]);
                        if (!broken[i])
                                layers[i] = file->versions[v].layer;
                }
        }
        return layers;
}

static void add_location(struct gathering *gathering, size_t index, struct package_location location)
{
        struct places *places = &gathering->places.items[index];
        struct str key = str_format(&gathering->scratch, "%zu\n%.*s\n%.*s", index, STR_ARG(location.layer),
                                    STR_ARG(location.path));
        void **slot = map_slot(&gathering->scratch, &gathering->told, key);

        vec_reserve(gathering->arena, &places->list, 1);
        if (!*slot)
                *vec_push(gathering->arena, &places->list) = location;
        *slot = gathering;
}

/* The index of the package among those of the image, where it is added unless it is there. */
static size_t index_of(struct gathering *gathering, const struct package *package)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        void **slot = map_slot_copy(&gathering->scratch, &gathering->known, identity(&scratch, package));
        struct package *kept;

        if (*slot)
                return (uintptr_t)*slot - 1;
        kept = vec_push(gathering->arena, &gathering->packages);
        *kept = *package;
        kept->locations = NULL;
        kept->location_count = 0;
        *vec_push(gathering->arena, &gathering->places) = (struct places){0};
        *slot = (void *)(uintptr_t)gathering->packages.count;
        return gathering->packages.count - 1;
}

static uint32_t gather(struct gathering *gathering, const struct package *package, struct str layer, struct str path)
{
        size_t index = index_of(gathering, package);

        /* A parser that reads archives in archives says where itself. */
        if (package->location_count)
                path = str_format(gathering->arena, "%.*s!%.*s", STR_ARG(path), STR_ARG(package->locations[0].path));
        add_location(gathering, index, (struct package_location){layer, path});
        return (uint32_t)index;
}

static void conclude(struct gathering *gathering)
{
        struct merge *merge = gathering->merge;

        for (size_t i = 0, next; i < merge->files.count; i = next) {
                const struct package_format *format = package_formats[merge->files.items[i].format];
                struct package_result *results;
                struct err err = {0};

                for (next = i + 1;
                     next < merge->files.count && merge->files.items[next].format == merge->files.items[i].format;
                     next++)
                        ;
                if (!format->conclude)
                        continue;
                results = arena_array(gathering->arena, struct package_result, next - i);
                for (size_t j = i; j < next; j++)
                        results[j - i] =
                                (struct package_result){merge->files.items[j].path, merge->files.items[j].found};
                if (!format->conclude(gathering->arena, results, next - i, &err))
                        catalog_problem(gathering->arena, gathering->catalog, merge->image, err_text(&err));
        }
}

static void read_system(struct gathering *gathering, const struct package_sink *sink)
{
        const struct {
                struct str key;
                struct str *value;
        } fields[] = {
                {STR_INIT("ID"), &gathering->catalog->system.id},
                {STR_INIT("VERSION_ID"), &gathering->catalog->system.version_id},
                {STR_INIT("NAME"), &gathering->catalog->system.name},
                {STR_INIT("PRETTY_NAME"), &gathering->catalog->system.pretty_name},
        };

        if (gathering->catalog->system.id.len)
                return; /* etc/os-release comes before usr/lib/os-release */
        for (size_t i = 0; i < sink->notes.count; i++)
                for (size_t j = 0; j < COUNT_OF(fields); j++)
                        if (str_equal(sink->notes.items[i].key, fields[j].key))
                                *fields[j].value = sink->notes.items[i].value;
}

static void gather_file(struct gathering *gathering, struct owners *owners, const struct merged_file *file)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        const struct package_sink *found = file->found;
        const size_t *layers = origins(gathering, &scratch, file);
        uint32_t *indexes = arena_array(gathering->arena, uint32_t, found->packages.count);

        for (size_t i = 0; i < found->packages.count; i++)
                indexes[i] = gather(gathering, &found->packages.items[i], layer_name(gathering, layers[i]), file->path);
        owners_add(owners, found, indexes, package_formats[file->format]->owner_type);
        for (size_t i = 0; i < found->problems.count; i++)
                merge_problem(gathering->merge, file->versions[0].layer,
                              str_format(gathering->arena, "%.*s: %.*s", STR_ARG(file->path),
                                         STR_ARG(found->problems.items[i])));
}

static bool is_of_system(struct str type)
{
        static const struct str types[] = {STR_INIT("alpm"), STR_INIT("apk"), STR_INIT("deb"), STR_INIT("portage"),
                                           STR_INIT("rpm")};

        for (size_t i = 0; i < COUNT_OF(types); i++)
                if (str_equal(types[i], type))
                        return true;
        return false;
}

/* What the purl of a package of the operating system says beyond the package: pkg:deb/debian/bash@5.0-4?arch=amd64&distro=debian-10 */
static void name_system(struct gathering *gathering, struct package *package)
{
        const struct catalog_system *system = &gathering->catalog->system;

        if (package->namespace.len)
                return; /* a bill of materials says it itself */
        package->namespace = system->id.len ? system->id
                                            : str_is(package->type, "deb")
                                     ? STR("debian")
                                     : str_is(package->type, "apk")
                                     ? STR("alpine")
                                     : STR("");
        if (system->id.len) {
                struct str distro = str_format(gathering->arena, "%.*s%s%.*s", STR_ARG(system->id),
                                               system->version_id.len ? "-" : "", STR_ARG(system->version_id));

                package->qualifiers = str_format(gathering->arena, "%.*s%s%.*s",
                                                 STR_ARG(package_qualifier(gathering->arena, "distro", distro)),
                                                 package->qualifiers.len ? "&" : "", STR_ARG(package->qualifiers));
        }
}

/* Of how many locations somebody has to be the owner, so that he is that of the package. */
static size_t owned_locations(const struct package *package)
{
        if (is_of_system(package->type))
                return 0;
        return str_is(package->type, "generic") ? package->location_count : min_size(package->location_count, 1);
}

static struct str owner_of(const struct owners *owners, const struct package *packages, const struct package *package)
{
        struct str first = STR("");

        for (size_t i = owned_locations(package); i-- > 0;) {
                first = owners_find(owners, packages, package->locations[i].path);
                if (!first.len)
                        break;
        }
        return first;
}

/* What a program says of itself is not told where a package brought it, which says more. Returns how many packages are left. */
static size_t leave_out_known(struct package *packages, size_t count)
{
        size_t kept = 0;

        for (size_t i = 0; i < count; i++)
                if (!packages[i].owner.len || !str_is(packages[i].type, "generic"))
                        packages[kept++] = packages[i];
        return kept;
}

static void finish(struct gathering *gathering, struct owners *owners)
{
        struct catalog *catalog = gathering->catalog;
        struct package *packages = gathering->packages.items;

        for (size_t i = 0; i < gathering->packages.count; i++) {
                packages[i].locations = gathering->places.items[i].list.items;
                packages[i].location_count = gathering->places.items[i].list.count;
                if (is_of_system(packages[i].type))
                        name_system(gathering, &packages[i]);
                packages[i].purl = package_purl(gathering->arena, &packages[i]);
        }
        for (size_t i = 0; i < gathering->packages.count; i++)
                for (size_t j = 0; j < owned_locations(&packages[i]); j++)
                        owners_ask(owners, packages[i].locations[j].path);
        owners_close(owners, packages, gathering->packages.count);
        for (size_t i = 0; i < gathering->packages.count; i++)
                packages[i].owner = owner_of(owners, packages, &packages[i]);
        gathering->packages.count = leave_out_known(packages, gathering->packages.count);
        if (gathering->packages.count)
                qsort(packages, gathering->packages.count, sizeof(*packages), package_compare);
        catalog->packages = packages;
        catalog->package_count = gathering->packages.count;
}

/* Room for all packages at once: growing would leave as much behind. */
static void reserve(struct gathering *gathering)
{
        size_t count = 0;

        for (size_t i = 0; i < gathering->merge->files.count; i++)
                count += gathering->merge->files.items[i].found->packages.count;
        gathering->packages.items = arena_take(gathering->arena, checked_mul(count, sizeof(struct package)));
        gathering->packages.capacity = count;
}

static void gather_all(struct gathering *gathering)
{
        struct merge *merge = gathering->merge;
        struct owners owners = {.arena = gathering->arena, .key = merge->key};

        gathering->layer_names = arena_array(gathering->arena, struct str, merge->layer_count);
        conclude(gathering);
        reserve(gathering);
        for (size_t i = 0; i < merge->files.count; i++)
                if (str_is(str_of(package_formats[merge->files.items[i].format]->name), "os-release"))
                        read_system(gathering, merge->files.items[i].found);
        for (size_t i = 0; i < merge->files.count; i++)
                gather_file(gathering, &owners, &merge->files.items[i]);
        arena_free(&gathering->scratch);
        finish(gathering, &owners);
}

static void free_found(void *object)
{
        struct merge *merge = object;

        for (size_t i = 0; i < merge->layer_count; i++)
                layer_found_free(&merge->found[i]);
}

/* Takes what is known from the cache; `wanted` tells which layers are still to be read. */
static void load_known(struct merge *merge, const struct layer_cache *cache, bool *wanted)
{
        for (size_t i = 0; i < merge->layer_count; i++)
                wanted[i] = !cache || merge->image->kind != IMAGE_LAYERED
                            || !layer_cache_load(cache, merge->image, &merge->image->layers[i], &merge->found[i]);
}

static void scan_all(struct merge *merge, struct catalog *out, const struct layer_cache *cache,
                     const struct layer_observers *observers)
{
        struct matcher matcher = {0};
        struct layer_wish wish = {.matcher = &matcher, .key = merge->key, .observers = observers};
        bool *wanted = arena_array(merge->arena, bool, merge->layer_count);
        struct scan_layers scan = {
                .image = merge->image,
                .wishes = &wish,
                .one_wish = true,
                .wanted = wanted,
                .threads = merge->threads,
                .found = merge->found,
                .failed = merge->failed,
        };

        matcher_fill(merge->arena, &matcher, merge->image->kind == IMAGE_FOLDER);
        load_known(merge, cache, wanted);
        scan_layers(&scan);
        merge_finish_streams(merge);
        for (size_t i = 0; i < merge->layer_count; i++) {
                out->layers[i] =
                        (struct catalog_layer){merge->found[i].entries, merge->found[i].bytes, merge->failed[i]};
                if (cache && wanted[i] && !merge->failed[i] && merge->image->kind == IMAGE_LAYERED)
                        layer_cache_keep(cache, merge->image, &merge->image->layers[i], &merge->found[i]);
        }
}

void catalog_problem(struct arena *arena, struct catalog *catalog, const struct image *image, struct str text)
{
        *vec_push(arena, &catalog->problems) = str_format(arena, "%.*s: %.*s", STR_ARG(image->name), STR_ARG(text));
}

void catalog_read(struct arena *arena, const struct image *image, const struct catalog_settings *settings,
                  struct catalog *out)
{
        struct merge *merge = arena_new(arena, struct merge);
        struct gathering gathering = {.arena = arena, .merge = merge, .catalog = out};
        struct layer_cache *cache = arena_new(arena, struct layer_cache);

        if (image->kind == IMAGE_BILL) {
                *out = *image->bill;
                return;
        }
        *out = (struct catalog){0};
        *merge = (struct merge){
                .arena = arena,
                .image = image,
                .catalog = out,
                .threads = settings->threads,
                .key = arena_new(arena, struct path_key),
                .layer_count = image->kind == IMAGE_FOLDER ? 1 : image->layer_count,
        };
        if (settings->cache.len && layer_cache_open(arena, settings->cache, &settings->observers, cache))
                *merge->key = cache->key;
        else {
                cache = NULL;
                path_key_draw(merge->key);
        }
        out->layers = arena_array(arena, struct catalog_layer, merge->layer_count);
        merge->found = arena_array(arena, struct layer_found, merge->layer_count);
        merge->failed = arena_array(arena, bool, merge->layer_count);
        arena_at_end(arena, free_found, merge);
        scan_all(merge, out, cache, &settings->observers);
        merge_run(merge);
        out->merge = merge;
        gather_all(&gathering);
        /* Who observed asks later what became of paths. */
        for (size_t i = 0; !settings->observers.count && i < merge->layer_count; i++)
                path_table_free(&merge->found[i].table);
}
