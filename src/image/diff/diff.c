/* diff.c - two images compared. */

#include "image/diff/diff.h"

#include <stdlib.h>

#include "base/map.h"
#include "doc/pointer.h"
#include "image/diff/entries.h"

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

/* An image is gone through several times, and the same is wrong each time. */
static void drop_repeated_problems(struct comparing *comparing)
{
        struct str *problems = comparing->out->problems.items;
        struct map told = {0};
        size_t kept = 0;

        for (size_t i = 0; i < comparing->out->problems.count; i++) {
                void **slot = map_slot(comparing->arena, &told, problems[i]);

                if (!*slot)
                        problems[kept++] = problems[i];
                *slot = comparing;
        }
        comparing->out->problems.count = kept;
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

        *out = (struct image_diff){.before = before, .after = after};
        read_catalog(&comparing, before, &packages_before);
        read_catalog(&comparing, after, &packages_after);
        compare_packages(&comparing, &packages_before, &packages_after);
        if (before->kind != IMAGE_BILL && after->kind != IMAGE_BILL) /* a bill tells of packages alone */
                diff_entries(arena, settings->threads, out);
        if (before->config.kind == VALUE_MAP && after->config.kind == VALUE_MAP)
                compare_config(&comparing, &path, &before->config, &after->config);
        drop_repeated_problems(&comparing);
}

bool image_diff_is_empty(const struct image_diff *diff)
{
        for (size_t i = 0; i < diff->layers.count; i++)
                if (diff->layers.items[i].verdict != LAYER_SAME)
                        return false;
        return !diff->packages.count && !diff->files.count && !diff->config.count;
}
