/* keep.c - objects without what must not be kept. */

#include "kube/keep.h"

#include <stdlib.h>

#include "base/base64.h"
#include "base/vec.h"
#include "crypto/certificate.h"
#include "doc/key.h"
#include "doc/print.h"

#define SIZES "strake.dev/sizes"
#define LAST_APPLIED "kubectl.kubernetes.io/last-applied-configuration"

enum { MOST_PEM_BYTES = 1 << 20, MOST_CERTIFICATES = 64 };

struct size_of_key {
        struct str key;
        size_t bytes;
};

struct keeping {
        struct arena *arena;
        bool is_secret, is_tls; /* the second: of type kubernetes.io/tls */
        VEC(struct size_of_key) sizes;
};

static bool is_one_of(struct str text, const char *const *words, size_t count)
{
        for (size_t i = 0; i < count; i++) {
                if (str_equal(text, str_of(words[i])))
                        return true;
        }
        return false;
}

static int by_key(const void *a, const void *b)
{
        return str_compare(((const struct size_of_key *)a)->key, ((const struct size_of_key *)b)->key);
}

/* How many bytes a value has; of what is no base64, that of the text. */
static size_t bytes_of(struct keeping *keeping, const struct value *value, bool is_base64)
{
        struct str bytes;

        if (value->kind != VALUE_STRING)
                return 0;
        return is_base64 && base64_decode(keeping->arena, value_text(value), &bytes) ? bytes.len : value->len;
}

/* The certificates in a value, as base64 of PEM; an empty text if there are none. */
static struct value certificates_in(struct keeping *keeping, const struct value *value)
{
        CLEANUP(buf_free) struct buf text = {0};
        CLEANUP(buf_free) struct buf letters = {0};
        struct pem_blocks blocks = {0};
        struct str bytes;

        if (value->kind != VALUE_STRING || value->len > MOST_PEM_BYTES
            || !base64_decode(keeping->arena, value_text(value), &bytes))
                return value_string(STR(""));
        pem_read(keeping->arena, bytes, &blocks);
        for (size_t i = 0; i < min_size(blocks.items.count, MOST_CERTIFICATES); i++) {
                if (blocks.items.items[i].kind == PEM_CERTIFICATE)
                        certificate_print(&text, blocks.items.items[i].certificate);
        }
        base64_print(&letters, buf_text(&text));
        return value_string(str_copy(keeping->arena, buf_text(&letters)));
}

static bool is_public(const struct keeping *keeping, uint32_t key)
{
        return keeping->is_tls && (str_is(intern_text(key), "tls.crt") || str_is(intern_text(key), "ca.crt"));
}

/* The same keys, with empty texts but for what is public. */
static struct value without_values(struct keeping *keeping, const struct value *map, bool is_base64)
{
        struct node *nodes = arena_array(keeping->arena, struct node, value_count(map));
        size_t count = 0;

        if (map->kind != VALUE_MAP)
                return VALUE_OF_NULL;
        value_each (map, member) {
                nodes[count++] = (struct node){.key = member->key,
                                               .value = is_base64 && is_public(keeping, member->key)
                                                                ? certificates_in(keeping, &member->value)
                                                                : value_string(STR(""))};
                *vec_push(keeping->arena, &keeping->sizes) =
                        (struct size_of_key){intern_text(member->key), bytes_of(keeping, &member->value, is_base64)};
        }
        return value_map(keeping->arena, nodes, count);
}

static struct str sizes_text(struct keeping *keeping)
{
        CLEANUP(buf_free) struct buf out = {0};

        qsort(keeping->sizes.items, keeping->sizes.count, sizeof(*keeping->sizes.items), by_key);
        for (size_t i = 0; i < keeping->sizes.count; i++)
                buf_add_format(&out, "%s%.*s=%zu", i ? " " : "", STR_ARG(keeping->sizes.items[i].key),
                               keeping->sizes.items[i].bytes);
        return str_copy(keeping->arena, buf_text(&out));
}

/* Other tools put whole objects, and so values, into annotations: of a Secret's only those stay that hold no object. */
static struct value keep_annotations(struct keeping *keeping, const struct value *annotations)
{
        struct node *nodes = arena_array(keeping->arena, struct node, value_count(annotations) + 1);
        size_t count = 0;

        value_each (value_is(annotations, VALUE_MAP) ? annotations : NULL, member) {
                struct str key = intern_text(member->key);
                bool is_ours = str_is(key, SIZES);
                bool holds_object =
                        value_is(&member->value, VALUE_STRING) && memchr(member->value.text, '{', member->value.len);

                if (!str_is(key, LAST_APPLIED) && (!keeping->is_secret || is_ours || !holds_object))
                        nodes[count++] = *member;
                if (is_ours) /* kept before: the sizes are those */
                        keeping->sizes.count = 0;
        }
        if (keeping->sizes.count)
                nodes[count++] = (struct node){.key = intern(STR(SIZES)), .value = value_string(sizes_text(keeping))};
        return value_map(keeping->arena, nodes, count);
}

static struct value keep_metadata(struct keeping *keeping, const struct value *metadata)
{
        static const char *const dropped[] = {"managedFields", "resourceVersion", "generation", "selfLink"};
        struct node *nodes = arena_array(keeping->arena, struct node, value_count(metadata) + 1);
        size_t count = 0;
        struct value annotations;

        if (!value_is(metadata, VALUE_MAP))
                return VALUE_OF_NULL;
        value_each (metadata, member) {
                if (member->key != KEY_annotations && !is_one_of(intern_text(member->key), dropped, COUNT_OF(dropped)))
                        nodes[count++] = *member;
        }
        annotations = keep_annotations(keeping, value_get(metadata, KEY_annotations));
        if (value_count(&annotations))
                nodes[count++] = (struct node){.key = KEY_annotations, .value = annotations};
        return value_map(keeping->arena, nodes, count);
}

/* A value under a misspelt name is a value. */
static bool belongs_to_secret(uint32_t key)
{
        return key == KEY_metadata || key == KEY_data || key == KEY_stringData || key == KEY_type
               || key == KEY_immutable;
}

void keep_object(struct arena *arena, const struct value *object, struct str api_version, struct str kind,
                 struct buf *out)
{
        struct keeping keeping = {.arena = arena};
        struct node *nodes = arena_array(arena, struct node, value_count(object) + 3);
        struct value data = VALUE_OF_NULL, string_data = VALUE_OF_NULL, root;
        size_t count = 0;

        if (!api_version.len)
                api_version = value_get_text(object, KEY_apiVersion);
        if (!kind.len)
                kind = value_get_text(object, KEY_kind);
        keeping.is_secret = str_is(kind, "Secret") && str_is(api_version, "v1");
        keeping.is_tls = keeping.is_secret && value_is_text(value_get(object, KEY_type), "kubernetes.io/tls");
        if (keeping.is_secret && value_get(object, KEY_data))
                data = without_values(&keeping, value_get(object, KEY_data), true);
        if (keeping.is_secret && value_get(object, KEY_stringData))
                string_data = without_values(&keeping, value_get(object, KEY_stringData), false);
        nodes[count++] = (struct node){.key = KEY_apiVersion, .value = value_string(api_version)};
        nodes[count++] = (struct node){.key = KEY_kind, .value = value_string(kind)};
        value_each (object, member) {
                struct node node = *member;

                if (node.key == KEY_apiVersion || node.key == KEY_kind
                    || (keeping.is_secret && !belongs_to_secret(node.key)))
                        continue;
                if (node.key == KEY_metadata)
                        node.value = keep_metadata(&keeping, &member->value);
                else if (keeping.is_secret && node.key == KEY_data)
                        node.value = data;
                else if (keeping.is_secret && node.key == KEY_stringData)
                        node.value = string_data;
                nodes[count++] = node;
        }
        root = value_map(arena, nodes, count);
        yaml_print(out, &root, 0);
}
