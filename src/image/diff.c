/* diff.c - two images compared. */

#include "image/diff.h"

#include <stdlib.h>

#include "doc/pointer.h"
#include "image/records.h"

struct comparing {
        struct arena *arena;
        const struct catalog_settings *settings;
        struct image_diff *out;
};

static void add_problem(struct comparing *comparing, struct str text)
{
        *vec_push(comparing->arena, &comparing->out->problems) = text;
}

/* --- packages --- */

static struct str place_of(struct arena *arena, const struct package *package)
{
        return str_format(arena, "%.*s\n%.*s\n%.*s", STR_ARG(package->type), STR_ARG(package->name),
                          STR_ARG(package->arch));
}

static void add_package(struct comparing *comparing, const struct package *before, const struct package *after)
{
        enum change change = !before ? CHANGE_ADDED : !after ? CHANGE_REMOVED : CHANGE_CHANGED;

        *vec_push(comparing->arena, &comparing->out->packages) = (struct package_change){change, before, after};
}

/* How far two sorted lists go on with the same package; of a package there may be several versions. */
static size_t same_place(struct arena *arena, const struct catalog *catalog, size_t from, struct str place)
{
        size_t at = from;

        while (at < catalog->package_count && str_equal(place_of(arena, &catalog->packages[at]), place))
                at++;
        return at;
}

static bool has_version(const struct package *packages, size_t from, size_t to, struct str version)
{
        for (size_t i = from; i < to; i++)
                if (str_equal(packages[i].version, version))
                        return true;
        return false;
}

static int compare_place(const void *a, const void *b)
{
        const struct package *x = a, *y = b;
        int order = str_compare(x->type, y->type);

        if (!order)
                order = str_compare(x->name, y->name);
        if (!order)
                order = str_compare(x->arch, y->arch);
        return order ? order : str_compare(x->version, y->version);
}

/* Versions of one package: those on one side only, paired in order. */
static void compare_versions(struct comparing *comparing, const struct package *before, size_t b, size_t b_end,
                             const struct package *after, size_t a, size_t a_end)
{
        size_t b_begin = b, a_begin = a;

        for (;;) {
                while (b < b_end && has_version(after, a_begin, a_end, before[b].version))
                        b++;
                while (a < a_end && has_version(before, b_begin, b_end, after[a].version))
                        a++;
                if (b == b_end && a == a_end)
                        return;
                add_package(comparing, b < b_end ? &before[b] : NULL, a < a_end ? &after[a] : NULL);
                b += b < b_end;
                a += a < a_end;
        }
}

static void compare_packages(struct comparing *comparing, struct catalog *before, struct catalog *after)
{
        size_t b = 0, a = 0;

        if (before->package_count)
                qsort(before->packages, before->package_count, sizeof(*before->packages), compare_place);
        if (after->package_count)
                qsort(after->packages, after->package_count, sizeof(*after->packages), compare_place);
        while (b < before->package_count || a < after->package_count) {
                struct str in_before =
                        b < before->package_count ? place_of(comparing->arena, &before->packages[b]) : STR("\xff");
                struct str in_after =
                        a < after->package_count ? place_of(comparing->arena, &after->packages[a]) : STR("\xff");
                struct str place = str_compare(in_before, in_after) < 0 ? in_before : in_after;
                size_t b_end = same_place(comparing->arena, before, b, place);
                size_t a_end = same_place(comparing->arena, after, a, place);

                compare_versions(comparing, before->packages, b, b_end, after->packages, a, a_end);
                b = b_end;
                a = a_end;
        }
}

/* --- files --- */

static int compare_files(const void *a, const void *b)
{
        const struct file_change *x = a, *y = b;

        return str_compare(x->path, y->path);
}

static void add_file(struct comparing *comparing, enum change change, struct str path, struct str what)
{
        *vec_push(comparing->arena, &comparing->out->files) = (struct file_change){change, path, what};
}

static void compare_merged(struct comparing *comparing, const struct map *before, const struct map *after)
{
        for (size_t i = 0; i < before->count; i++) {
                const struct record *was = before->entries[i].value, *is = map_get(after, before->entries[i].key);
                struct str what;

                if (was && !is)
                        add_file(comparing, CHANGE_REMOVED, was->path, STR(""));
                if (!was || !is)
                        continue;
                what = records_differ(comparing->arena, was, is, false);
                if (what.len)
                        add_file(comparing, CHANGE_CHANGED, was->path, what);
        }
        for (size_t i = 0; i < after->count; i++)
                if (after->entries[i].value && !map_get(before, after->entries[i].key))
                        add_file(comparing, CHANGE_ADDED, after->entries[i].key, STR(""));
        if (comparing->out->files.count)
                qsort(comparing->out->files.items, comparing->out->files.count, sizeof(struct file_change),
                      compare_files);
}

/* --- layers --- */

static bool has_path(const struct layer_records *layer, struct str path, size_t from)
{
        for (size_t i = from; i < layer->records.count; i++)
                if (str_equal(layer->records.items[i].path, path))
                        return true;
        return false;
}

/* The first place at which two archives differ. */
static struct layer_change first_difference(struct arena *arena, const struct layer_records *before,
                                            const struct layer_records *after)
{
        size_t i = 0;

        for (; i < before->records.count && i < after->records.count; i++) {
                const struct record *was = &before->records.items[i], *is = &after->records.items[i];
                struct str what;

                if (!str_equal(was->path, is->path)) {
                        bool later = has_path(after, was->path, i), earlier = has_path(before, is->path, i);

                        return (struct layer_change){
                                LAYER_DIFFERS, later || !earlier ? was->path : is->path,
                                later && earlier ? STR("order")
                        : later   ? str_format(arena, "only the second has %.*s before it", STR_ARG(is->path))
                        : earlier ? str_format(arena, "only the first has %.*s before it", STR_ARG(was->path))
                                  : STR("only in the first")};
                }
                what = records_differ(arena, was, is, true);
                if (what.len)
                        return (struct layer_change){LAYER_DIFFERS, was->path, what};
        }
        if (i < before->records.count)
                return (struct layer_change){LAYER_DIFFERS, before->records.items[i].path, STR("only in the first")};
        if (i < after->records.count)
                return (struct layer_change){LAYER_DIFFERS, after->records.items[i].path, STR("only in the second")};
        return (struct layer_change){LAYER_DIFFERS, STR(""),
                                                        STR("how the archive is written: its form, not what it holds")};
}

static struct digest stored_digest(const struct image *image, size_t layer)
{
        return image->layers[layer].digest;
}

static void compare_layers(struct comparing *comparing, const struct layer_records *before,
                           const struct layer_records *after)
{
        const struct image *first = comparing->out->before, *second = comparing->out->after;

        if (first->kind == IMAGE_FOLDER || second->kind == IMAGE_FOLDER)
                return;
        for (size_t i = 0; i < first->layer_count || i < second->layer_count; i++) {
                struct layer_change *change = vec_push(comparing->arena, &comparing->out->layers);

                *change = (struct layer_change){
                        i >= second->layer_count ? LAYER_ONLY_BEFORE : LAYER_ONLY_AFTER, {0}, {0}};
                if (i >= first->layer_count || i >= second->layer_count)
                        continue;
                if (digest_equal(&first->layers[i].diff_id, &second->layers[i].diff_id)) {
                        struct digest was = stored_digest(first, i), is = stored_digest(second, i);

                        change->verdict = was.kind && is.kind && !digest_equal(&was, &is) ? LAYER_REPACKED : LAYER_SAME;
                        continue;
                }
                *change = first_difference(comparing->arena, &before[i], &after[i]);
        }
}

/* --- configuration --- */

/* The diff ids: layers are compared by themselves. */
static bool is_told_by_layers(size_t depth, struct str key)
{
        return !depth && str_is(key, "rootfs");
}

static void compare_config(struct comparing *comparing, struct buf *path, const struct value *before,
                           const struct value *after)
{
        size_t len = path->len;

        if (before && after && before->kind == VALUE_MAP && after->kind == VALUE_MAP) {
                value_each (before, member) {
                        if (is_told_by_layers(len, intern_text(member->key)))
                                continue;
                        pointer_add(path, intern_text(member->key));
                        compare_config(comparing, path, &member->value, value_get(after, member->key));
                        path->len = len;
                }
                value_each (after, member) {
                        if (value_get(before, member->key))
                                continue;
                        pointer_add(path, intern_text(member->key));
                        compare_config(comparing, path, NULL, &member->value);
                        path->len = len;
                }
                return;
        }
        if (before && after && value_equal(before, after))
                return;
        *vec_push(comparing->arena, &comparing->out->config) =
                (struct config_change){str_copy(comparing->arena, buf_text(path)), before, after};
}

/* --- all --- */

static struct layer_records *read_records(struct comparing *comparing, const struct image *image)
{
        size_t count = image->kind == IMAGE_FOLDER ? 1 : image->layer_count;
        struct layer_records *layers = arena_array(comparing->arena, struct layer_records, count);

        for (size_t i = 0; i < count; i++) {
                struct layer_found found = {0};
                struct err err = {0};

                if (!records_read(comparing->arena, image, i, comparing->settings->threads > 1, &layers[i], &found,
                                  &err))
                        add_problem(comparing, str_format(comparing->arena, "%.*s: layer %zu: %.*s",
                                                          STR_ARG(image->name), i + 1, STR_ARG(err_text(&err))));
                for (size_t j = 0; j < found.problems.count; j++)
                        add_problem(comparing, str_format(comparing->arena, "%.*s: %.*s", STR_ARG(image->name),
                                                          STR_ARG(found.problems.items[j])));
                layer_found_free(&found);
        }
        return layers;
}

static void read_catalog(struct comparing *comparing, const struct image *image, struct catalog *out)
{
        catalog_read(comparing->arena, image, comparing->settings, out);
        for (size_t i = 0; i < out->problems.count; i++)
                add_problem(comparing, out->problems.items[i]);
}

void image_compare(struct arena *arena, const struct image *before, const struct image *after,
                   const struct catalog_settings *settings, struct image_diff *out)
{
        struct comparing comparing = {arena, settings, out};
        CLEANUP(buf_free) struct buf path = {0};
        struct catalog packages_before, packages_after;
        struct layer_records *records_before, *records_after;
        struct map files_before = {0}, files_after = {0};

        *out = (struct image_diff){.before = before, .after = after};
        read_catalog(&comparing, before, &packages_before);
        read_catalog(&comparing, after, &packages_after);
        compare_packages(&comparing, &packages_before, &packages_after);
        if (before->kind == IMAGE_BILL || after->kind == IMAGE_BILL)
                return; /* it tells of packages alone */
        records_before = read_records(&comparing, before);
        records_after = read_records(&comparing, after);
        records_merge(arena, records_before, before->kind == IMAGE_FOLDER ? 1 : before->layer_count, &files_before);
        records_merge(arena, records_after, after->kind == IMAGE_FOLDER ? 1 : after->layer_count, &files_after);
        compare_merged(&comparing, &files_before, &files_after);
        compare_layers(&comparing, records_before, records_after);
        if (before->config.kind == VALUE_MAP && after->config.kind == VALUE_MAP)
                compare_config(&comparing, &path, &before->config, &after->config);
}

bool image_diff_is_empty(const struct image_diff *diff)
{
        for (size_t i = 0; i < diff->layers.count; i++)
                if (diff->layers.items[i].verdict != LAYER_SAME)
                        return false;
        return !diff->packages.count && !diff->files.count && !diff->config.count;
}
