/* containerd.c - images in the store of containerd: their names stand in a database (bolt.h), what they are made of in a folder of blobs
 * that is laid out as that of an OCI layout. Several namespaces share the blobs: "k8s.io" is that of the kubelet. */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/vec.h"
#include "image/open/bolt.h"
#include "image/open/open.h"
#include "image/open/registry.h"

enum { NAMESPACES_MOST = 1000, SHOWN_MOST = 8, TRIES = 3 };

static const char database_name[] = "io.containerd.metadata.v1.bolt/meta.db";
static const char content_name[] = "io.containerd.content.v1.content";

struct containerd {
        struct arena *arena;
        struct bolt bolt;
        struct bolt_bucket top; /* "v1": by namespace */
        struct str namespace;   /* wanted; empty: any */
        VEC(struct str) namespaces;
        struct str known; /* "default: a, b" for messages */
        size_t shown;
};

static bool note_namespace(void *context, const struct bolt_item *item, struct err *err)
{
        struct containerd *containerd = context;

        if (!item->is_bucket)
                return true;
        if (containerd->namespaces.count == NAMESPACES_MOST)
                return err_set(err, "more than %d namespaces", NAMESPACES_MOST);
        *vec_push(containerd->arena, &containerd->namespaces) = item->key;
        return true;
}

static int rank(struct str namespace)
{
        return str_is(namespace, "k8s.io") ? 0 : str_is(namespace, "default") ? 1 : 2;
}

/* That of the kubelet first, then "default". */
static int compare_namespaces(const void *a, const void *b)
{
        const struct str *x = a, *y = b;
        int order = rank(*x) - rank(*y);

        return order ? order : str_compare(*x, *y);
}

static bool find_bucket(struct containerd *containerd, const struct bolt_bucket *in, struct str key,
                        struct bolt_bucket *out, bool *found, struct err *err)
{
        struct bolt_item item = {0};

        TRY(bolt_find(containerd->arena, &containerd->bolt, in, key, &item, found, err));
        *found = *found && item.is_bucket;
        *out = item.bucket;
        return true;
}

static bool images_of(struct containerd *containerd, struct str namespace, struct bolt_bucket *out, bool *found,
                      struct err *err)
{
        struct bolt_bucket inner;

        TRY(find_bucket(containerd, &containerd->top, namespace, &inner, found, err));
        return !*found || find_bucket(containerd, &inner, STR("images"), out, found, err);
}

/* --- the image --- */

static bool find_text(struct containerd *containerd, const struct bolt_bucket *in, const char *key, struct str *out,
                      struct err *err)
{
        struct bolt_item item = {0};
        bool found;

        TRY(bolt_find(containerd->arena, &containerd->bolt, in, str_of(key), &item, &found, err));
        *out = found ? item.value : STR("");
        return true;
}

/* A signed number as Go's encoding/binary writes it: sign in the lowest bit, seven bits a byte. */
static bool read_size(struct str text, uint64_t *out)
{
        uint64_t value = 0;

        for (size_t i = 0; i < text.len && i < 9; i++) {
                value |= (uint64_t)(text.data[i] & 127) << (7 * i);
                if (!(text.data[i] & 128)) {
                        *out = value >> 1;
                        return !(value & 1);
                }
        }
        return false;
}

static bool read_target(struct containerd *containerd, const struct bolt_bucket *image, struct descriptor *out,
                        struct err *err)
{
        struct bolt_bucket target;
        struct str size;
        bool found;

        *out = (struct descriptor){0};
        TRY(find_bucket(containerd, image, STR("target"), &target, &found, err));
        if (!found)
                return err_set(err, "%s: the image has no target", database_name);
        TRY(find_text(containerd, &target, "digest", &out->digest_text, err)
            && find_text(containerd, &target, "mediatype", &out->media_type, err)
            && find_text(containerd, &target, "size", &size, err));
        TRY(digest_read(out->digest_text, &out->digest, err));
        return read_size(size, &out->size) || err_set(err, "%s: the size of the image is no number", database_name);
}

/* "alpine" as people write it is "docker.io/library/alpine:latest" there. */
static struct str long_name(struct arena *arena, struct str name)
{
        struct registry_reference reference;
        struct err ignored = {0};

        if (!registry_read_reference(arena, name, &reference, &ignored))
                return STR("");
        return str_format(arena, "%.*s/%.*s%s%.*s%s%.*s", STR_ARG(reference.domain), STR_ARG(reference.name),
                          reference.tag.len ? ":" : "", STR_ARG(reference.tag), reference.digest.len ? "@" : "",
                          STR_ARG(reference.digest));
}

static bool find_image(struct containerd *containerd, struct str name, struct descriptor *out, bool *found,
                       struct err *err)
{
        const struct str names[] = {name, long_name(containerd->arena, name)};

        *found = false;
        for (size_t i = 0; i < containerd->namespaces.count; i++) {
                struct str namespace = containerd->namespaces.items[i];
                struct bolt_bucket images, image;

                if (containerd->namespace.len && !str_equal(containerd->namespace, namespace))
                        continue;
                TRY(images_of(containerd, namespace, &images, found, err));
                for (size_t j = 0; *found && j < COUNT_OF(names); j++) {
                        bool is;

                        TRY(find_bucket(containerd, &images, names[j], &image, &is, err));
                        if (is)
                                return read_target(containerd, &image, out, err);
                }
                *found = false;
        }
        return true;
}

static bool note_image(void *context, const struct bolt_item *item, struct err *err)
{
        struct containerd *containerd = context;

        (void)err;
        if (containerd->shown++ < SHOWN_MOST)
                containerd->known = str_format(containerd->arena, "%.*s%s%.*s", STR_ARG(containerd->known),
                                               containerd->known.len ? ", " : "", STR_ARG(item->key));
        return true;
}

static bool list_images(struct containerd *containerd, struct err *err)
{
        for (size_t i = 0; i < containerd->namespaces.count; i++) {
                struct str namespace = containerd->namespaces.items[i];
                struct bolt_bucket images;
                bool found;

                if (containerd->namespace.len && !str_equal(containerd->namespace, namespace))
                        continue;
                TRY(images_of(containerd, namespace, &images, &found, err));
                if (found)
                        TRY(bolt_each(containerd->arena, &containerd->bolt, &images, note_image, containerd, err));
        }
        return true;
}

static bool read_database(struct containerd *containerd, int file, struct str name, struct descriptor *out,
                          struct err *err)
{
        bool found;

        TRY(bolt_open(file, &containerd->bolt, err)
            && find_bucket(containerd, &containerd->bolt.root, STR("v1"), &containerd->top, &found, err));
        if (!found)
                return err_set(err, "it holds nothing of containerd: no bucket v1");
        TRY(bolt_each(containerd->arena, &containerd->bolt, &containerd->top, note_namespace, containerd, err));
        if (containerd->namespaces.count)
                qsort(containerd->namespaces.items, containerd->namespaces.count, sizeof(struct str),
                      compare_namespaces);
        return find_image(containerd, name, out, &found, err)
               && (found || (list_images(containerd, err) && (out->digest.kind = DIGEST_NONE, true)));
}

/* containerd may write while the database is read. */
static bool look_up(struct arena *arena, const struct store *root, struct str namespace, struct str name,
                    struct descriptor *out, struct err *err)
{
        struct containerd containerd;
        bool fine = false;

        for (unsigned tries = 0; tries < TRIES && !fine; tries++) {
                CLEANUP(file_close) int file = file_open_beneath(store_folder(root), database_name, O_RDONLY);

                if (file < 0)
                        return err_set(err, "%s: %s", database_name, strerror(errno));
                *err = (struct err){0};
                *out = (struct descriptor){0};
                containerd = (struct containerd){.arena = arena, .namespace = namespace, .known = STR("")};
                fine = read_database(&containerd, file, name, out, err);
        }
        if (!fine)
                return err_within(err, "%s", database_name);
        return out->digest.kind
               || err_set(err, "there is no image of this name in %s%.*s; there are: %.*s%s",
                          namespace.len ? "the namespace " : "any namespace", STR_ARG(namespace),
                          STR_ARG(containerd.known.len ? containerd.known : STR("none")),
                                  containerd.shown > SHOWN_MOST ? ", ..." : "");
}

/* --- its content --- */

/* containerd may be set up to keep layers unpacked only. */
static bool check_layers(const struct image *image, struct err *err)
{
        for (size_t i = 0; i < image->layer_count; i++)
                if (!store_has(image->store, image->layers[i].file))
                        return err_set(
                                err,
                                "layer %zu, %.*s, is there unpacked only (discard_unpacked_layers of containerd): read the image from its registry, or fetch it again with ctr content fetch",
                                i + 1, STR_ARG(image->layers[i].name));
        return true;
}

static bool open_target(struct arena *arena, struct image *image, const struct descriptor *target,
                        const struct image_settings *settings, struct err *err)
{
        struct str name, text;

        TRY(image_read_blob(arena, image->store, target, MANIFEST_MOST, &name, &text, err));
        if (!image_open_manifest(arena, image, name, text, &target->digest, settings, err))
                return false;
        return check_layers(image, err);
}

bool image_open_containerd(struct arena *arena, struct image *image, struct str name,
                           const struct image_settings *settings, struct err *err)
{
        struct str root_name, namespace, content;
        struct descriptor target;
        struct store *root;

        root_name = image_containerd_folder(arena, &name, &namespace);
        root = store_open_folder(arena, root_name, err);
        if (!root)
                return err_within(err, "%.*s", STR_ARG(root_name));
        if (!look_up(arena, root, namespace, name, &target, err))
                return err_within(err, "%.*s", STR_ARG(root_name));
        content = str_format(arena, "%.*s/%s", STR_ARG(root_name), content_name);
        image->store = store_open_folder(arena, content, err);
        if (!image->store)
                return err_within(err, "%.*s", STR_ARG(content));
        return open_target(arena, image, &target, settings, err);
}

struct str image_containerd_folder(struct arena *arena, struct str *name, struct str *namespace)
{
        const char *chosen = getenv("CONTAINERD_NAMESPACE");
        struct str rest = *name, place = STR(""), usual = STR("/var/lib/containerd");
        size_t at;

        *namespace = chosen ? str_format(arena, "%s", chosen) : STR("");
        if (!str_starts(rest, STR("[")) || str_find(rest, STR("]"), 0) == SIZE_MAX)
                return usual;
        /* "[k8s.io@/var/lib/containerd]NAME" */
        rest = str_from(rest, 1);
        str_split(&rest, ']', &place);
        *name = rest.data ? rest : STR("");
        at = str_find(place, STR("@"), 0);
        if (at != SIZE_MAX || (!str_starts(place, STR("/")) && !str_starts(place, STR(".")))) {
                *namespace = str_sub(place, 0, at);
                place = at == SIZE_MAX ? STR("") : str_from(place, at + 1);
        }
        return place.len ? str_copy(arena, place) : usual;
}
