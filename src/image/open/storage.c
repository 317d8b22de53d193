/* storage.c - the storage of podman, CRI-O and buildah (containers/storage, driver overlay): images.json and layers.json name what is
 * there, each layer is a folder of files.
 *
 * What was pulled is there unpacked, so its digests cannot be checked; times and owners may be those of this machine. */

#include "image/open/open.h"

#include <stdlib.h>
#include <unistd.h>

#include "doc/document.h"

enum { JSON_MOST = 64 << 20 };

static bool read_list(struct arena *arena, const struct store *store, struct str name, struct value *out,
                      struct err *err)
{
        struct document document;
        struct err why = {0};
        struct str text;

        TRY(store_read(arena, store, name, JSON_MOST, &text, err));
        if (!json_read_one(arena, text, &document, &why))
                return err_set(err, "%.*s:%u:%u: %.*s", STR_ARG(name), why.line, why.column, STR_ARG(err_text(&why)));
        if (document.root.kind != VALUE_LIST)
                return err_set(err, "%.*s: wanted is a list", STR_ARG(name));
        *out = document.root;
        return true;
}

/* "docker.io/library/alpine:3.20" is also meant by "alpine:3.20" and "alpine" with the tag latest. */
static bool is_name(struct str given, struct str wanted)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct str last = wanted;
        const char *slash = wanted.len ? memrchr(wanted.data, '/', wanted.len) : NULL;

        if (slash)
                last = str_span(slash + 1, wanted.data + wanted.len);
        if (str_find(last, STR(":"), 0) == SIZE_MAX)
                wanted = str_format(&scratch, "%.*s:latest", STR_ARG(wanted));
        return str_equal(given, wanted)
               || (given.len > wanted.len && str_ends(given, wanted) && given.data[given.len - wanted.len - 1] == '/');
}

/* An id is also meant by its first digits, twelve at least. */
static bool is_wanted(const struct value *image, struct str wanted)
{
        value_each (image_member(image, "names"), name)
                if (value_is(&name->value, VALUE_STRING) && is_name(value_text(&name->value), wanted))
                        return true;
        return wanted.len >= 12 && str_starts(image_text(image, "id"), wanted);
}

static const struct value *find_image(struct arena *arena, const struct value *images, struct str wanted,
                                      struct err *err)
{
        struct str known = STR("");

        value_each (images, image) {
                if (is_wanted(&image->value, wanted))
                        return &image->value;
                value_each (image_member(&image->value, "names"), name)
                        if (value_is(&name->value, VALUE_STRING) && known.len < 400)
                                known = str_format(arena, "%.*s%s%.*s", STR_ARG(known), known.len ? ", " : "",
                                                   STR_ARG(value_text(&name->value)));
        }
        err_set(err, "it has no image \"%.*s\"; there are: %.*s", STR_ARG(wanted),
                STR_ARG(known.len ? known : STR("none")));
        return NULL;
}

static const struct value *find_layer(const struct value *layers, struct str id)
{
        value_each (layers, layer)
                if (str_equal(image_text(&layer->value, "id"), id))
                        return &layer->value;
        return NULL;
}

/* From the layer on top to the lowest; a chain longer than there are layers is a circle. */
static bool use_layers(struct arena *arena, struct image *image, const struct value *layers, struct str top,
                       struct err *err)
{
        struct str id = top;
        size_t count = 0;

        for (struct str at = top; at.len; count++) {
                const struct value *layer = find_layer(layers, at);

                if (!layer)
                        return err_set(err, "overlay-layers/layers.json: it has no layer %.*s", STR_ARG(at));
                if (count > layers->len)
                        return err_set(err, "overlay-layers/layers.json: layers name each other in a circle");
                at = image_text(layer, "parent");
        }
        if (count > LAYERS_MOST)
                return err_set(err, "more than %d layers", LAYERS_MOST);
        image->layer_count = count;
        image->layers = arena_array(arena, struct image_layer, count);
        for (size_t i = count; i-- > 0;) {
                const struct value *layer = find_layer(layers, id);
                struct err ignored = {0};

                image->layers[i].name = id;
                image->layers[i].file = str_format(arena, "overlay/%.*s/diff", STR_ARG(id));
                digest_read(image_text(layer, "diff-digest"), &image->layers[i].diff_id, &ignored);
                id = image_text(layer, "parent");
        }
        return true;
}

/* The name of a file for a key of "big data": the key, or, if it has other than small letters, digits and dots, "=" and its base64. */
static struct str data_name(struct arena *arena, struct str key)
{
        static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        char *out = arena_take_text(arena, key.len * 2 + 8);
        size_t len = 0;

        out[len++] = '=';
        for (size_t i = 0; i < key.len; i += 3) {
                uint32_t bits = 0, have = (uint32_t)min_size(3, key.len - i);

                for (uint32_t j = 0; j < 3; j++)
                        bits = bits << 8 | (j < have ? (unsigned char)key.data[i + j] : 0);
                for (uint32_t j = 0; j < 4; j++)
                        out[len++] = j <= have ? digits[bits >> (18 - 6 * j) & 63] : '=';
        }
        return (struct str){out, len};
}

static void use_config(struct arena *arena, struct image *image, struct str id)
{
        struct str key = str_format(arena, "sha256:%.*s", STR_ARG(id)), text;
        struct str name = str_format(arena, "overlay-images/%.*s/%.*s", STR_ARG(id), STR_ARG(data_name(arena, key)));
        struct err ignored = {0};

        image->config = VALUE_OF_NULL;
        digest_read(key, &image->config_digest, &ignored);
        if (store_read(arena, image->store, name, CONFIG_MOST, &text, &ignored)
            && image_read_json(arena, name, text, &image->config, &ignored)) {
                image->os = image_text(&image->config, "os");
                image->architecture = image_text(&image->config, "architecture");
                image->variant = image_text(&image->config, "variant");
        }
}

static bool is_hex(struct str text)
{
        for (size_t i = 0; i < text.len; i++)
                if (!((text.data[i] >= '0' && text.data[i] <= '9') || (text.data[i] >= 'a' && text.data[i] <= 'f')))
                        return false;
        return text.len > 0;
}

bool image_open_storage(struct arena *arena, struct image *image, struct str name, struct err *err)
{
        struct value images, layers;
        const struct value *found;

        image->kind = IMAGE_FOLDERS;
        TRY(read_list(arena, image->store, STR("overlay-images/images.json"), &images, err));
        TRY(read_list(arena, image->store, STR("overlay-layers/layers.json"), &layers, err));
        found = find_image(arena, &images, name, err);
        TRY(found);
        if (!is_hex(image_text(found, "id")))
                return err_set(err, "overlay-images/images.json: an image has no id");
        TRY(use_layers(arena, image, &layers, image_text(found, "layer"), err));
        for (size_t i = 0; i < image->layer_count; i++)
                if (!is_hex(image->layers[i].name))
                        return err_set(err, "overlay-layers/layers.json: \"%.*s\" is no id of a layer",
                                       STR_ARG(image->layers[i].name));
        use_config(arena, image, image_text(found, "id"));
        return true;
}

struct str image_storage_folder(struct arena *arena, struct str *name)
{
        const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
        struct str rest = *name, place;

        /* "[overlay@/var/lib/containers/storage+/run/...]NAME" */
        if (str_starts(rest, STR("[")) && str_find(rest, STR("]"), 0) != SIZE_MAX) {
                rest = str_from(rest, 1);
                str_split(&rest, ']', &place);
                *name = rest.data ? rest : STR("");
                if (str_find(place, STR("@"), 0) != SIZE_MAX)
                        place = str_from(place, str_find(place, STR("@"), 0) + 1);
                return str_copy(arena, str_sub(place, 0, str_find(place, STR("+"), 0)));
        }
        if (geteuid() == 0)
                return STR("/var/lib/containers/storage");
        if (data && *data == '/')
                return str_format(arena, "%s/containers/storage", data);
        return str_format(arena, "%s/.local/share/containers/storage", home ? home : "");
}
