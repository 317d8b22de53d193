/* manifest.c - manifests and configurations of images (OCI image-spec, manifest.md and config.md; Docker's schema 2). */

#include "image/open/open.h"

#include <sys/utsname.h>

#include "doc/document.h"

const struct value *image_member(const struct value *map, const char *name)
{
        return value_get(map, intern_find(str_of(name)));
}

struct str image_text(const struct value *map, const char *name)
{
        return value_get_text(map, intern_find(str_of(name)));
}

bool image_read_json(struct arena *arena, struct str name, struct str text, struct value *out, struct err *err)
{
        struct document_limits limits = document_default_limits;
        struct document_stream stream = {0};
        struct place place;

        limits.depth = JSON_DEPTH;
        limits.nodes = 1 << 20;
        json_read(arena, text, &limits, &stream);
        if (stream.problems.count) {
                place = place_in(text, stream.problems.items[0].at);
                return err_set(err, "%.*s:%u:%u: %.*s", STR_ARG(name), place.line, place.column,
                               STR_ARG(stream.problems.items[0].message));
        }
        if (stream.documents.count != 1 || stream.documents.items[0].root.kind != VALUE_MAP)
                return err_set(err, "%.*s: wanted is one JSON object", STR_ARG(name));
        *out = stream.documents.items[0].root;
        return true;
}

bool image_is_index(struct str media_type)
{
        return str_is(media_type, "application/vnd.oci.image.index.v1+json")
               || str_is(media_type, "application/vnd.docker.distribution.manifest.list.v2+json");
}

bool image_is_manifest(struct str media_type)
{
        return str_is(media_type, "application/vnd.oci.image.manifest.v1+json")
               || str_is(media_type, "application/vnd.docker.distribution.manifest.v2+json");
}

static bool is_config(struct str media_type)
{
        return str_is(media_type, "application/vnd.oci.image.config.v1+json")
               || str_is(media_type, "application/vnd.docker.container.image.v1+json");
}

static bool is_layer(struct str media_type)
{
        static const struct str known[] = {
                STR_INIT("application/vnd.oci.image.layer.v1.tar"),
                STR_INIT("application/vnd.oci.image.layer.v1.tar+gzip"),
                STR_INIT("application/vnd.oci.image.layer.v1.tar+zstd"),
                STR_INIT("application/vnd.oci.image.layer.nondistributable.v1.tar"),
                STR_INIT("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"),
                STR_INIT("application/vnd.oci.image.layer.nondistributable.v1.tar+zstd"),
                STR_INIT("application/vnd.docker.image.rootfs.diff.tar"),
                STR_INIT("application/vnd.docker.image.rootfs.diff.tar.gzip"),
                STR_INIT("application/vnd.docker.image.rootfs.diff.tar.zstd"),
                STR_INIT("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"),
        };

        for (size_t i = 0; i < COUNT_OF(known); i++)
                if (str_equal(known[i], media_type))
                        return true;
        return false;
}

bool image_read_descriptor(const struct value *value, struct str name, struct descriptor *out, struct err *err)
{
        const struct value *size = image_member(value, "size");

        *out = (struct descriptor){
                .digest_text = image_text(value, "digest"),
                .media_type = image_text(value, "mediaType"),
                .artifact_type = image_text(value, "artifactType"),
        };
        if (!out->digest_text.len)
                return err_set(err, "%.*s: a descriptor has no digest", STR_ARG(name));
        if (!digest_read(out->digest_text, &out->digest, err))
                return err_within(err, "%.*s", STR_ARG(name));
        if (!value_is(size, VALUE_INT) || size->i < 0)
                return err_set(err, "%.*s: the size of %.*s is no number of bytes", STR_ARG(name),
                               STR_ARG(out->digest_text));
        out->size = (uint64_t)size->i;
        return true;
}

static bool use_layer(struct arena *arena, struct image_layer *layer, const struct value *value, struct str name,
                      struct err *err)
{
        struct descriptor descriptor;
        char hex[DIGEST_TEXT];
        struct str digits;

        TRY(image_read_descriptor(value, name, &descriptor, err));
        if (!is_layer(descriptor.media_type))
                return err_set(err, "%.*s: the layer %.*s is of the type \"%.*s\", which is none of a container image",
                               STR_ARG(name), STR_ARG(descriptor.digest_text), STR_ARG(descriptor.media_type));
        digits = digest_hex(&descriptor.digest, hex);
        *layer = (struct image_layer){
                .name = descriptor.digest_text,
                .digest = descriptor.digest,
                .size = descriptor.size,
                .has_size = true,
                .media_type = descriptor.media_type,
                .file = str_format(arena, "blobs/%s/%.*s",
                                   descriptor.digest.kind == DIGEST_SHA256 ? "sha256" : "sha512", STR_ARG(digits)),
        };
        return true;
}

bool image_use_manifest(struct arena *arena, struct image *image, struct str name, const struct value *manifest,
                        struct descriptor *config, struct err *err)
{
        const struct value *version = image_member(manifest, "schemaVersion"),
                           *layers = image_member(manifest, "layers");
        struct str type = image_text(manifest, "mediaType");
        size_t index = 0;

        if (!value_is(version, VALUE_INT) || version->i != 2)
                return err_set(
                        err,
                        "%.*s: schemaVersion is not 2; images of the first schema are not read: push the image again",
                        STR_ARG(name));
        if (type.len && !image_is_manifest(type))
                return err_set(err, "%.*s: the type \"%.*s\" is not that of an image", STR_ARG(name), STR_ARG(type));
        if (!value_is(layers, VALUE_LIST))
                return err_set(err, "%.*s: it has no list of layers", STR_ARG(name));
        if (layers->len > LAYERS_MOST)
                return err_set(err, "%.*s: more than %d layers", STR_ARG(name), LAYERS_MOST);
        TRY(image_read_descriptor(image_member(manifest, "config"), name, config, err));
        if (!is_config(config->media_type))
                return err_set(
                        err,
                        "%.*s: it is not an image but something else in the form of one: its configuration is of the type \"%.*s\"",
                        STR_ARG(name), STR_ARG(config->media_type));
        image->config_digest = config->digest;
        image->layer_count = layers->len;
        image->layers = arena_array(arena, struct image_layer, layers->len);
        value_each (layers, layer)
                TRY(use_layer(arena, &image->layers[index++], &layer->value, name, err));
        return true;
}

/* Lines of the history that made a layer, in order, go to the layers; one that does not fit is of no use. */
static void use_history(struct image *image)
{
        const struct value *history = image_member(&image->config, "history");
        size_t made = 0, index = 0;

        value_each (history, line)
                made += !value_is_true(image_member(&line->value, "empty_layer"));
        if (made != image->layer_count)
                return;
        value_each (history, line)
                if (!value_is_true(image_member(&line->value, "empty_layer")))
                        image->layers[index++].created_by = image_text(&line->value, "created_by");
}

bool image_use_config(struct arena *arena, struct image *image, struct str name, struct str text, struct err *err)
{
        const struct value *rootfs, *ids;
        size_t index = 0;

        TRY(image_read_json(arena, name, text, &image->config, err));
        image->os = image_text(&image->config, "os");
        image->architecture = image_text(&image->config, "architecture");
        image->variant = image_text(&image->config, "variant");
        rootfs = image_member(&image->config, "rootfs");
        ids = image_member(rootfs, "diff_ids");
        if (!value_is(rootfs, VALUE_MAP) || (!value_is(ids, VALUE_LIST) && image->layer_count))
                return err_set(err, "%.*s: it has no rootfs with diff_ids, so no layer can be checked", STR_ARG(name));
        if (value_count(ids) != image->layer_count)
                return err_set(err, "%.*s: it has %u diff_ids for %zu layers", STR_ARG(name), value_count(ids),
                               image->layer_count);
        value_each (ids, id) {
                if (!value_is(&id->value, VALUE_STRING))
                        return err_set(err, "%.*s: a diff id is no text", STR_ARG(name));
                if (!digest_read(value_text(&id->value), &image->layers[index++].diff_id, err))
                        return err_within(err, "%.*s", STR_ARG(name));
        }
        use_history(image);
        return true;
}

bool image_read_platform(struct str text, struct platform *out)
{
        struct str rest = text;

        *out = (struct platform){0};
        TRY(str_split(&rest, '/', &out->os) && out->os.len);
        TRY(str_split(&rest, '/', &out->architecture) && out->architecture.len);
        if (rest.data)
                out->variant = rest;
        return !out->variant.len || !memchr(out->variant.data, '/', out->variant.len);
}

struct platform image_own_platform(void)
{
        static const struct {
                const char *machine;
                struct platform platform;
        } machines[] = {
                {"x86_64", {STR_INIT("linux"), STR_INIT("amd64"), STR_INIT("")}},
                {"aarch64", {STR_INIT("linux"), STR_INIT("arm64"), STR_INIT("")}},
                {"armv7l", {STR_INIT("linux"), STR_INIT("arm"), STR_INIT("v7")}},
                {"ppc64le", {STR_INIT("linux"), STR_INIT("ppc64le"), STR_INIT("")}},
                {"riscv64", {STR_INIT("linux"), STR_INIT("riscv64"), STR_INIT("")}},
                {"s390x", {STR_INIT("linux"), STR_INIT("s390x"), STR_INIT("")}},
        };
        struct utsname name;

        for (size_t i = 0; uname(&name) == 0 && i < COUNT_OF(machines); i++)
                if (strcmp(name.machine, machines[i].machine) == 0)
                        return machines[i].platform;
        return machines[0].platform;
}

bool image_is_for(const struct platform *image, const struct platform *wanted)
{
        return str_equal(image->os, wanted->os) && str_equal(image->architecture, wanted->architecture)
               && (!wanted->variant.len || str_equal(image->variant, wanted->variant));
}
