/* docker.c - what `docker save` writes: a tar archive with manifest.json, configurations, and layers (Docker Image Specification 1.2,
 * "Combined Image JSON + Filesystem Changeset Format"). */

#include "image/open/open.h"

#include "doc/document.h"
#include "image/archive/paths.h"

static bool has_tag(const struct value *entry, struct str wanted)
{
        value_each (image_member(entry, "RepoTags"), tag) {
                struct str text = value_is(&tag->value, VALUE_STRING) ? value_text(&tag->value) : STR("");

                if (str_equal(text, wanted)
                    || (text.len > wanted.len && str_ends(text, wanted) && text.data[text.len - wanted.len - 1] == ':'))
                        return true;
        }
        return false;
}

static struct str list_of(struct arena *arena, const struct value *manifest)
{
        struct str list = STR("");

        value_each (manifest, entry)
                value_each (image_member(&entry->value, "RepoTags"), tag)
                        if (value_is(&tag->value, VALUE_STRING) && list.len < 400)
                                list = str_format(arena, "%.*s%s%.*s", STR_ARG(list), list.len ? ", " : "",
                                                  STR_ARG(value_text(&tag->value)));
        return list.len ? list : STR("none");
}

static const struct value *choose(struct arena *arena, const struct value *manifest, struct str tag, struct err *err)
{
        const struct value *found = NULL;
        size_t count = 0;

        value_each (manifest, entry)
                if (!tag.len || has_tag(&entry->value, tag)) {
                        found = &entry->value;
                        count++;
                }
        if (!count)
                err_set(err,
                        tag.len ? "it has no image with the tag \"%.*s\"; there are: %.*s"
                                : "manifest.json: it names no image%.*s%.*s",
                        STR_ARG(tag), STR_ARG(tag.len ? list_of(arena, manifest) : tag));
        if (count > 1) {
                err_set(err, "it has %zu images; choose one by its tag behind a colon; there are: %.*s", count,
                        STR_ARG(list_of(arena, manifest)));
                return NULL;
        }
        return found;
}

static bool use_layers(struct arena *arena, struct image *image, const struct value *layers, struct err *err)
{
        size_t index = 0;

        if (!value_is(layers, VALUE_LIST))
                return err_set(err, "manifest.json: it has no list Layers");
        if (layers->len > LAYERS_MOST)
                return err_set(err, "manifest.json: more than %d layers", LAYERS_MOST);
        image->layer_count = layers->len;
        image->layers = arena_array(arena, struct image_layer, layers->len);
        value_each (layers, entry) {
                struct image_layer *layer = &image->layers[index++];
                struct str path;

                if (!value_is(&entry->value, VALUE_STRING) || !path_clean(arena, value_text(&entry->value), &path)
                    || !path.len)
                        return err_set(err, "manifest.json: a layer is no path of a file");
                if (!store_has(image->store, path))
                        return err_set(err, "manifest.json names the layer %.*s, which is not there", STR_ARG(path));
                layer->name = layer->file = path;
        }
        return true;
}

static bool read_manifest(struct arena *arena, const struct image *image, struct value *out, struct err *err)
{
        struct str name = STR("manifest.json"), text;
        struct document document;
        struct err why = {0};

        if (!store_has(image->store, name))
                return err_set(err, "it has no manifest.json, so it is no docker-archive");
        TRY(store_read(arena, image->store, name, MANIFEST_MOST, &text, err));
        if (!json_read_one(arena, text, &document, &why))
                return err_set(err, "manifest.json:%u:%u: %.*s", why.line, why.column, STR_ARG(err_text(&why)));
        if (document.root.kind != VALUE_LIST)
                return err_set(err, "manifest.json: wanted is a list of images");
        *out = document.root;
        return true;
}

/* The name of a configuration is its digest. */
static void use_image_id(struct image *image, struct str path)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct str name = path_name(path);
        struct err ignored = {0};

        if (str_ends(name, STR(".json")))
                name.len -= 5;
        if (!digest_read(str_format(&scratch, "sha256:%.*s", STR_ARG(name)), &image->config_digest, &ignored))
                image->config_digest = (struct digest){0};
}

static bool check_platform(const struct image *image, const struct image_settings *settings, struct err *err)
{
        struct platform wanted, is = {image->os, image->architecture, image->variant};

        if (!settings->platform.len || settings->any_platform)
                return true;
        if (!image_read_platform(settings->platform, &wanted))
                return err_set(err, "\"%.*s\" is no platform: wanted is OS/ARCHITECTURE[/VARIANT], as in linux/arm64",
                               STR_ARG(settings->platform));
        return image_is_for(&is, &wanted)
               || err_set(err, "it is for %.*s/%.*s, not for %.*s", STR_ARG(is.os), STR_ARG(is.architecture),
                          STR_ARG(settings->platform));
}

bool image_open_docker(struct arena *arena, struct image *image, struct str tag, const struct image_settings *settings,
                       struct err *err)
{
        struct digest found;
        struct value manifest;
        const struct value *entry, *tags;
        struct str config, text;
        struct str *kept;

        TRY(read_manifest(arena, image, &manifest, err));
        entry = choose(arena, &manifest, tag, err);
        TRY(entry);
        if (!path_clean(arena, image_text(entry, "Config"), &config) || !config.len)
                return err_set(err, "manifest.json: it names no configuration");
        TRY(use_layers(arena, image, image_member(entry, "Layers"), err));
        TRY(store_read(arena, image->store, config, CONFIG_MOST, &text, err));
        use_image_id(image, config);
        found = digest_of(DIGEST_SHA256, text);
        if (image->config_digest.kind && !digest_equal(&found, &image->config_digest))
                return err_set(err, "%.*s: its digest is another than its name says", STR_ARG(config));
        image->config_digest = found;
        TRY(image_use_config(arena, image, config, text, err));
        TRY(check_platform(image, settings, err));
        tags = image_member(entry, "RepoTags");
        kept = arena_array(arena, struct str, value_count(tags));
        value_each (tags, one)
                if (value_is(&one->value, VALUE_STRING))
                        kept[image->tag_count++] = value_text(&one->value);
        image->tags = kept;
        return true;
}
