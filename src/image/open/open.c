/* open.c - from what a person writes to an open image. */

#include "image/open/open.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/cage.h"
#include "base/vec.h"
#include "image/archive/packing.h"
#include "image/open/registry.h"
#include "image/sbom/sbom.h"

/* One way to name an image. */
struct way {
        struct str prefix; /* "oci:" */
        bool (*open)(struct arena *arena, struct image *image, struct str place, const struct image_settings *settings,
                     struct err *err);
};

static bool exists(struct arena *arena, struct str path, struct stat *about)
{
        return stat(str_copy(arena, path).data, about) == 0;
}

/* "PLACE:TAG", where the place is there and the whole is not. */
static void split_tag(struct arena *arena, struct str *place, struct str *tag)
{
        const char *colon = place->len ? memrchr(place->data, ':', place->len) : NULL;
        struct stat about;

        *tag = STR("");
        if (!colon || exists(arena, *place, &about))
                return;
        /* A tag may hold colons itself ("name:tag"): the shortest place that is there counts. */
        for (size_t at = str_find(*place, STR(":"), 0); at != SIZE_MAX; at = str_find(*place, STR(":"), at + 1))
                if (exists(arena, str_sub(*place, 0, at), &about)) {
                        *tag = str_from(*place, at + 1);
                        *place = str_sub(*place, 0, at);
                        return;
                }
        *tag = str_span(colon + 1, place->data + place->len);
        *place = str_span(place->data, colon);
}

static bool open_oci(struct arena *arena, struct image *image, struct str place, const struct image_settings *settings,
                     struct err *err)
{
        struct str tag;

        split_tag(arena, &place, &tag);
        image->store = store_open_folder(arena, place, err);
        TRY(image->store);
        return image_open_oci(arena, image, tag, settings, err);
}

static bool open_oci_archive(struct arena *arena, struct image *image, struct str place,
                             const struct image_settings *settings, struct err *err)
{
        struct str tag;

        split_tag(arena, &place, &tag);
        image->store = store_open_archive(arena, place, err);
        TRY(image->store);
        return image_open_oci(arena, image, tag, settings, err);
}

static bool open_docker_archive(struct arena *arena, struct image *image, struct str place,
                                const struct image_settings *settings, struct err *err)
{
        struct str tag;

        split_tag(arena, &place, &tag);
        image->store = store_open_archive(arena, place, err);
        TRY(image->store);
        return image_open_docker(arena, image, tag, settings, err);
}

static bool open_folder(struct arena *arena, struct image *image, struct str place,
                        const struct image_settings *settings, struct err *err)
{
        (void)settings;
        image->kind = IMAGE_FOLDER;
        image->folder = str_copy(arena, place);
        image->config = VALUE_OF_NULL;
        image->store = store_open_folder(arena, place, err);
        return image->store;
}

static bool open_archive(struct arena *arena, struct image *image, struct str place, struct str tag,
                         const struct image_settings *settings, struct err *err)
{
        image->store = store_open_archive(arena, place, err);
        TRY(image->store);
        if (store_has(image->store, STR("manifest.json")))
                return image_open_docker(arena, image, tag, settings, err);
        if (store_has(image->store, STR("index.json")))
                return image_open_oci(arena, image, tag, settings, err);
        return err_set(err, "it is a tar archive, but holds no image: neither manifest.json nor index.json is in it");
}

/* Layers are read one by one, and some of them twice: what passes by once cannot be gone through so. */
static bool can_be_read(struct arena *arena, struct str place, struct err *err)
{
        struct stat about;

        if (str_is(place, "-"))
                return err_set(err, "an image is not read from standard input: write it into a file first");
        return !exists(arena, place, &about) || S_ISREG(about.st_mode) || S_ISDIR(about.st_mode)
               || err_set(err, "it is no regular file; write it into one first");
}

/* No prefix: what is there shows its form. */
static bool open_recognised(struct arena *arena, struct image *image, struct str place,
                            const struct image_settings *settings, struct err *err)
{
        struct stat about;
        struct str tag;

        split_tag(arena, &place, &tag);
        if (!exists(arena, place, &about))
                return err_set(err, "%s", strerror(errno));
        if (!S_ISDIR(about.st_mode) && str_ends(place, STR(".json")))
                return sbom_open(arena, image, place, err);
        if (!S_ISDIR(about.st_mode))
                return open_archive(arena, image, place, tag, settings, err);
        image->store = store_open_folder(arena, place, err);
        TRY(image->store);
        if (store_has(image->store, STR("index.json")) || store_has(image->store, STR("oci-layout")))
                return image_open_oci(arena, image, tag, settings, err);
        return open_folder(arena, image, place, settings, err);
}

static bool open_storage(struct arena *arena, struct image *image, struct str place,
                         const struct image_settings *settings, struct err *err)
{
        struct str folder = image_storage_folder(arena, &place);

        (void)settings;
        image->store = store_open_folder(arena, folder, err);
        if (!image->store)
                return err_within(err, "%.*s", STR_ARG(folder));
        return image_open_storage(arena, image, place, err);
}

static bool open_sbom(struct arena *arena, struct image *image, struct str place, const struct image_settings *settings,
                      struct err *err)
{
        (void)settings;
        return sbom_open(arena, image, place, err);
}

static const struct way ways[] = {
        {STR_INIT("oci:"), open_oci},
        {STR_INIT("oci-dir:"), open_oci},
        {STR_INIT("oci-archive:"), open_oci_archive},
        {STR_INIT("docker-archive:"), open_docker_archive},
        {STR_INIT("dir:"), open_folder},
        {STR_INIT("containerd:"), image_open_containerd},
        {STR_INIT("containers-storage:"), open_storage},
        {STR_INIT("sbom:"), open_sbom},
};

struct image *image_open(struct arena *arena, struct str reference, const struct image_settings *settings,
                         struct err *err)
{
        struct image *image = arena_new(arena, struct image);
        struct str place = reference;
        bool fine = false, known = false;

        image->name = str_copy(arena, reference);
        for (size_t i = 0; i < COUNT_OF(ways) && !known; i++)
                if (str_starts(reference, ways[i].prefix)) {
                        known = true;
                        place = str_from(reference, ways[i].prefix.len);
                        fine = !place.len ? err_set(err, "the name of a file or folder is missing behind the colon")
                                          : can_be_read(arena, place, err)
                                                    && ways[i].open(arena, image, place, settings, err);
                }
        if (!known && settings->access)
                fine = registry_open_image(arena, image, settings->access, settings, err);
        else if (!known)
                fine = can_be_read(arena, place, err) && open_recognised(arena, image, place, settings, err);
        if (fine)
                return image;
        err_within(err, "%.*s", STR_ARG(reference));
        return NULL;
}

struct byte_source *image_open_layer(const struct image *image, const struct image_layer *layer, struct err *err)
{
        uint64_t size;

        return store_open(image->store, layer->file, &size, err);
}

static struct str without_prefix(struct str reference, bool *has)
{
        *has = true;
        for (size_t i = 0; i < COUNT_OF(ways); i++)
                if (str_starts(reference, ways[i].prefix))
                        return str_from(reference, ways[i].prefix.len);
        *has = false;
        return reference;
}

/* What looks like a file that is not there is not asked of anybody. */
static bool looks_like_path(struct str text)
{
        static const struct str begins[] = {STR_INIT("/"), STR_INIT("."), STR_INIT("~")};
        static const struct str ends[] = {STR_INIT(".tar"), STR_INIT(".json"), STR_INIT(".gz"), STR_INIT(".tgz")};

        for (size_t i = 0; i < COUNT_OF(begins); i++)
                if (str_starts(text, begins[i]))
                        return true;
        for (size_t i = 0; i < COUNT_OF(ends); i++)
                if (str_ends(text, ends[i]))
                        return true;
        return str_is(text, "-");
}

bool image_is_remote(struct arena *arena, struct str reference)
{
        struct str place = reference, tag;
        struct stat about;
        bool has;

        if (str_starts(reference, STR("registry:")))
                return true;
        without_prefix(reference, &has);
        if (has || looks_like_path(reference))
                return false;
        split_tag(arena, &place, &tag);
        return !exists(arena, place, &about) && !exists(arena, reference, &about);
}

struct str image_reference_below(struct arena *arena, struct str folder, struct str reference)
{
        bool has;
        struct str place = without_prefix(reference, &has), prefix = str_sub(reference, 0, reference.len - place.len),
                   below, tag;
        struct stat about;

        if (str_starts(prefix, STR("container")) || str_starts(place, STR("/")) || !place.len) /* stores go by names */
                return reference;
        below = place = str_format(arena, "%.*s%.*s", STR_ARG(folder), STR_ARG(place));
        split_tag(arena, &below, &tag);
        if (!has && !looks_like_path(reference) && !exists(arena, below, &about))
                return reference;
        return str_format(arena, "%.*s%.*s", STR_ARG(prefix), STR_ARG(place));
}

const struct registry_access *image_prepare(struct arena *arena, struct str reference, struct str authorities,
                                            bool plain, struct err *err)
{
        struct registry_access *access = arena_new(arena, struct registry_access);
        struct str prefix = STR("registry:");

        access->authorities = authorities;
        if (str_starts(reference, prefix))
                reference = str_from(reference, prefix.len);
        TRY(registry_read_reference(arena, reference, &access->reference, err));
        TRY(registry_find_places(arena, access, plain, err));
        return registry_load(err) ? access : NULL;
}

/* The file or folder that a reference names. */
static struct str place_of(struct arena *arena, struct str reference)
{
        struct str place = reference, tag;

        bool has;

        place = without_prefix(reference, &has);
        if (str_starts(reference, STR("containers-storage:")))
                return image_storage_folder(arena, &place);
        if (str_starts(reference, STR("containerd:")))
                return image_containerd_folder(arena, &place, &tag);
        split_tag(arena, &place, &tag);
        return str_copy(arena, place);
}

/* Where names, servers and whom to trust are written down, and libraries that look names up. */
static const char *const for_network[] = {"/etc", "/usr/share/ca-certificates", "/usr/lib",
                                          "/lib", "/run/systemd/resolve",       "/run/nscd"};

/* What libmagic reads, which YARA rules may ask. */
static const char *const for_rules[] = {"/usr/share/misc", "/usr/share/file", "/usr/lib/file", "/etc/magic"};

bool image_confine(struct arena *arena, const struct str *references, size_t reference_count, const struct str *folders,
                   size_t count, struct err *err)
{
        VEC(struct cage_path) paths = {0};
        struct err none = {0};
        bool network = false;

        packing_load();
        for (size_t i = 0; i < reference_count; i++)
                if (image_is_remote(arena, references[i]))
                        network = true;
                else if (can_be_read(arena, place_of(arena, references[i]), &none))
                        *vec_push(arena, &paths) = (struct cage_path){place_of(arena, references[i]).data, false};
        for (size_t i = 0; i < count; i++)
                *vec_push(arena, &paths) = (struct cage_path){str_copy(arena, folders[i]).data, true};
        for (size_t i = 0; network && i < COUNT_OF(for_network); i++)
                *vec_push(arena, &paths) = (struct cage_path){for_network[i], false};
        for (size_t i = 0; i < COUNT_OF(for_rules); i++)
                *vec_push(arena, &paths) = (struct cage_path){for_rules[i], false};
        return !cage_is_used || cage_enter(paths.items, paths.count, network, err);
}
