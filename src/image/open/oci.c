/* oci.c - images in OCI layouts (image-spec, image-layout.md and image-index.md), as folders and in tar archives. */

#include "image/open/open.h"

#include "base/vec.h"

enum { NESTED_MOST = 8, CHOICES_MOST = 1000, TAGS_SHOWN = 8 };

/* A manifest that an index names. */
struct choice {
        struct descriptor descriptor;
        struct platform platform; /* empty where the index does not say */
        struct str tag;           /* org.opencontainers.image.ref.name, of it or of an index above */
        struct value index;       /* that names it */
        struct digest named;      /* of it, or of the uppermost index that has it */
};

struct choosing {
        struct arena *arena;
        struct image *image;
        struct digest named; /* of the uppermost entry that is looked at */
        VEC(struct choice) choices;
};

/* Registries keep manifests and indexes apart from other blobs. */
static struct str name_of(struct arena *arena, const struct store *store, const struct descriptor *descriptor,
                          bool is_manifest)
{
        const char *algorithm = descriptor->digest.kind == DIGEST_SHA256 ? "sha256" : "sha512";
        char hex[DIGEST_TEXT];

        if (is_manifest && store_is_remote(store))
                return str_format(arena, "manifests/%s:%s", algorithm, digest_hex(&descriptor->digest, hex).data);
        return str_format(arena, "blobs/%s/%s", algorithm, digest_hex(&descriptor->digest, hex).data);
}

bool image_read_blob(struct arena *arena, const struct store *store, const struct descriptor *descriptor, uint64_t most,
                     struct str *name, struct str *text, struct err *err)
{
        struct digest found;

        *name = name_of(arena, store, descriptor, most == MANIFEST_MOST);
        if (descriptor->size > most)
                return err_set(err, "%.*s: it should have %" PRIu64 " bytes; at most %" PRIu64 " are read",
                               STR_ARG(*name), descriptor->size, most);
        TRY(store_read(arena, store, *name, most, text, err));
        if (text->len != descriptor->size)
                return err_set(err, "%.*s: it has %zu bytes, not %" PRIu64 " as promised", STR_ARG(*name), text->len,
                               descriptor->size);
        found = digest_of(descriptor->digest.kind, *text);
        if (!digest_equal(&found, &descriptor->digest))
                return err_set(err, "%.*s: its digest is another: the content is not what was promised",
                               STR_ARG(*name));
        return true;
}

static bool read_blob(struct choosing *choosing, const struct descriptor *descriptor, uint64_t most, struct str *name,
                      struct str *text, struct err *err)
{
        return image_read_blob(choosing->arena, choosing->image->store, descriptor, most, name, text, err);
}

/* What says of itself that it is no image: attestations of BuildKit, artifacts. */
static bool is_beside(const struct value *entry)
{
        const struct value *platform = image_member(entry, "platform"),
                           *annotations = image_member(entry, "annotations");

        return str_is(image_text(annotations, "vnd.docker.reference.type"), "attestation-manifest")
               || (str_is(image_text(platform, "os"), "unknown")
                   && str_is(image_text(platform, "architecture"), "unknown"))
               || image_text(entry, "artifactType").len;
}

static bool collect(struct choosing *choosing, const struct value *index, struct str name, struct str tag,
                    unsigned depth, struct err *err);

static bool collect_one(struct choosing *choosing, const struct value *index, const struct value *entry,
                        struct str name, struct str tag, unsigned depth, struct err *err)
{
        const struct value *platform = image_member(entry, "platform");
        struct str own_tag = image_text(image_member(entry, "annotations"), "org.opencontainers.image.ref.name");
        struct descriptor descriptor;
        struct str text, blob;
        struct value inner;

        TRY(image_read_descriptor(entry, name, &descriptor, err));
        tag = own_tag.len ? own_tag : tag;
        if (is_beside(entry))
                return true;
        if (!depth)
                choosing->named = descriptor.digest;
        if (image_is_index(descriptor.media_type)) {
                if (depth == NESTED_MOST)
                        return err_set(err, "%.*s: indexes name each other, or stand more than %d deep in each other",
                                       STR_ARG(name), NESTED_MOST);
                TRY(read_blob(choosing, &descriptor, MANIFEST_MOST, &blob, &text, err));
                TRY(image_read_json(choosing->arena, blob, text, &inner, err));
                return collect(choosing, &inner, blob, tag, depth + 1, err);
        }
        if (descriptor.media_type.len && !image_is_manifest(descriptor.media_type))
                return true;
        if (choosing->choices.count >= CHOICES_MOST)
                return err_set(err, "%.*s: more than %d images", STR_ARG(name), CHOICES_MOST);
        *vec_push(choosing->arena, &choosing->choices) = (struct choice){
                .descriptor = descriptor,
                .platform = {image_text(platform, "os"), image_text(platform, "architecture"),
                             image_text(platform, "variant")},
                .tag = tag,
                .index = *index,
                .named = choosing->named,
        };
        return true;
}

static bool collect(struct choosing *choosing, const struct value *index, struct str name, struct str tag,
                    unsigned depth, struct err *err)
{
        const struct value *manifests = image_member(index, "manifests");

        if (!value_is(manifests, VALUE_LIST))
                return err_set(err, "%.*s: it has no list of manifests", STR_ARG(name));
        value_each (manifests, entry)
                TRY(collect_one(choosing, index, &entry->value, name, tag, depth, err));
        return true;
}

/* "a, b, ..." of what there is, for messages. */
static struct str list_of(struct choosing *choosing, bool platforms)
{
        struct arena *arena = choosing->arena;
        struct str list = STR("");

        for (size_t i = 0; i < choosing->choices.count && i < TAGS_SHOWN; i++) {
                const struct choice *choice = &choosing->choices.items[i];
                char digest[DIGEST_TEXT];
                struct str one = platforms         ? str_format(arena, "%.*s/%.*s%s%.*s", STR_ARG(choice->platform.os),
                                                                STR_ARG(choice->platform.architecture),
                                                        choice->platform.variant.len ? "/" : "",
                                                                STR_ARG(choice->platform.variant))
                                 : choice->tag.len ? choice->tag
                                                   : str_copy(arena, digest_print(&choice->named, digest));

                if (one.len)
                        list = str_format(arena, "%.*s%s%.*s", STR_ARG(list), list.len ? ", " : "", STR_ARG(one));
        }
        return list.len ? list : STR("none");
}

/* "TAG" is also what ends "registry/name:TAG". */
static bool has_tag(struct str given, struct str wanted)
{
        return str_equal(given, wanted)
               || (given.len > wanted.len && str_ends(given, wanted) && given.data[given.len - wanted.len - 1] == ':');
}

static bool has_digest(const struct choice *choice, struct str wanted)
{
        char text[DIGEST_TEXT];

        return str_equal(digest_print(&choice->named, text), wanted)
               || str_equal(digest_print(&choice->descriptor.digest, text), wanted);
}

static bool keep_tag(struct choosing *choosing, struct str tag, struct err *err)
{
        size_t kept = 0;
        struct str known = list_of(choosing, false);

        for (size_t i = 0; i < choosing->choices.count; i++)
                if (has_tag(choosing->choices.items[i].tag, tag) || has_digest(&choosing->choices.items[i], tag))
                        choosing->choices.items[kept++] = choosing->choices.items[i];
        choosing->choices.count = kept;
        return kept
               || err_set(err, "it has no image with the tag \"%.*s\"; there are: %.*s", STR_ARG(tag), STR_ARG(known));
}

static bool are_of_one_tag(const struct choosing *choosing)
{
        for (size_t i = 1; i < choosing->choices.count; i++)
                if (!str_equal(choosing->choices.items[i].tag, choosing->choices.items[0].tag))
                        return false;
        return true;
}

/* The same image may have several tags. */
static bool are_one(const struct choosing *choosing)
{
        for (size_t i = 1; i < choosing->choices.count; i++)
                if (!digest_equal(&choosing->choices.items[i].named, &choosing->choices.items[0].named))
                        return false;
        return true;
}

static bool is_same_platform(const struct platform *a, const struct platform *b)
{
        return str_equal(a->os, b->os) && str_equal(a->architecture, b->architecture)
               && str_equal(a->variant, b->variant);
}

/* Whether another image than the chosen one has as much right to be meant. */
static bool is_alone(struct choosing *choosing, const struct choice *chosen, struct err *err)
{
        for (size_t i = 0; i < choosing->choices.count; i++) {
                const struct choice *other = &choosing->choices.items[i];

                if (!digest_equal(&other->named, &chosen->named)
                    && !digest_equal(&other->descriptor.digest, &chosen->descriptor.digest)
                    && is_same_platform(&other->platform, &chosen->platform))
                        return err_set(
                                err,
                                "it has several images for %.*s/%.*s; choose one by %s behind a colon; there are: %.*s",
                                STR_ARG(chosen->platform.os), STR_ARG(chosen->platform.architecture),
                                chosen->tag.len ? "its tag or digest" : "its digest",
                                STR_ARG(list_of(choosing, false)));
        }
        return true;
}

/* Where an index does not say for what an image is made, its configuration does. */
static bool learn_platform(struct choosing *choosing, struct choice *choice, struct err *err)
{
        struct descriptor config;
        struct value manifest, document;
        struct str name, text;

        if (choice->platform.os.len)
                return true;
        TRY(read_blob(choosing, &choice->descriptor, MANIFEST_MOST, &name, &text, err));
        TRY(image_read_json(choosing->arena, name, text, &manifest, err));
        TRY(image_read_descriptor(image_member(&manifest, "config"), name, &config, err));
        TRY(read_blob(choosing, &config, CONFIG_MOST, &name, &text, err));
        TRY(image_read_json(choosing->arena, name, text, &document, err));
        choice->platform = (struct platform){image_text(&document, "os"), image_text(&document, "architecture"),
                                             image_text(&document, "variant")};
        return true;
}

static const struct choice *find_platform(const struct choosing *choosing, const struct platform *wanted)
{
        for (size_t i = 0; i < choosing->choices.count; i++)
                if (image_is_for(&choosing->choices.items[i].platform, wanted))
                        return &choosing->choices.items[i];
        return NULL;
}

static const struct choice *choose_platform(struct choosing *choosing, const struct image_settings *settings,
                                            struct err *err)
{
        struct platform wanted = image_own_platform(), usual = {STR_INIT("linux"), STR_INIT("amd64"), STR_INIT("")};
        const struct choice *found;

        if (settings->platform.len && !image_read_platform(settings->platform, &wanted)) {
                err_set(err, "\"%.*s\" is no platform: wanted is OS/ARCHITECTURE[/VARIANT], as in linux/arm64",
                        STR_ARG(settings->platform));
                return NULL;
        }
        if (choosing->choices.count == 1 && (!settings->platform.len || settings->any_platform))
                return &choosing->choices.items[0];
        for (size_t i = 0; i < choosing->choices.count; i++)
                TRY(learn_platform(choosing, &choosing->choices.items[i], err));
        found = find_platform(choosing, &wanted);
        if (!found && (!settings->platform.len || settings->any_platform))
                found = find_platform(choosing, &usual);
        if (!found && settings->any_platform)
                found = &choosing->choices.items[0];
        if (!found)
                err_set(err, "it has no image for %.*s/%.*s; choose one with --platform; there are: %.*s",
                        STR_ARG(wanted.os), STR_ARG(wanted.architecture), STR_ARG(list_of(choosing, true)));
        return found;
}

static const struct choice *choose(struct choosing *choosing, struct str tag, const struct image_settings *settings,
                                   struct err *err)
{
        if (!choosing->choices.count) {
                err_set(err, "index.json: it names no image");
                return NULL;
        }
        if (tag.len)
                TRY(keep_tag(choosing, tag, err));
        else if (!are_of_one_tag(choosing) && !are_one(choosing)) {
                err_set(err, "it has several images; choose one by its tag behind a colon; there are: %.*s",
                        STR_ARG(list_of(choosing, false)));
                return NULL;
        }
        return choose_platform(choosing, settings, err);
}

static bool check_layout(struct choosing *choosing, struct err *err)
{
        struct str text, version;
        struct value layout;

        /* Some programs forget the file; what they wrote is a layout all the same. */
        if (!store_has(choosing->image->store, STR("oci-layout")))
                return true;
        TRY(store_read(choosing->arena, choosing->image->store, STR("oci-layout"), MANIFEST_MOST, &text, err));
        TRY(image_read_json(choosing->arena, STR("oci-layout"), text, &layout, err));
        version = image_text(&layout, "imageLayoutVersion");
        return str_starts(version, STR("1."))
                          || err_set(err, "oci-layout: the layout is of version \"%.*s\"; known is 1.0.0",
                                     STR_ARG(version));
}

/* Reads the manifest and the configuration of a choice. */
static bool use_choice(struct choosing *choosing, const struct choice *choice, struct err *err)
{
        struct image *image = choosing->image;
        struct value manifest;
        struct descriptor config;
        struct str text, name;

        image->manifest = choice->descriptor.digest;
        image->list = choice->index;
        image->named = choice->named;
        TRY(read_blob(choosing, &choice->descriptor, MANIFEST_MOST, &name, &text, err));
        TRY(image_read_json(choosing->arena, name, text, &manifest, err));
        TRY(image_use_manifest(choosing->arena, image, name, &manifest, &config, err));
        TRY(read_blob(choosing, &config, CONFIG_MOST, &name, &text, err));
        return image_use_config(choosing->arena, image, name, text, err);
}

bool image_open_manifest(struct arena *arena, struct image *image, struct str name, struct str text,
                         const struct digest *digest, const struct image_settings *settings, struct err *err)
{
        struct choosing choosing = {.arena = arena, .image = image};
        struct descriptor config;
        const struct choice *choice;
        struct value document;

        TRY(image_read_json(arena, name, text, &document, err));
        if (!value_is(image_member(&document, "manifests"), VALUE_LIST)) {
                image->manifest = image->named = *digest;
                TRY(image_use_manifest(arena, image, name, &document, &config, err));
                TRY(read_blob(&choosing, &config, CONFIG_MOST, &name, &text, err));
                return image_use_config(arena, image, name, text, err);
        }
        image->index = *digest;
        TRY(collect(&choosing, &document, name, STR(""), 0, err));
        choice = choose(&choosing, STR(""), settings, err);
        TRY(choice && use_choice(&choosing, choice, err));
        image->named = *digest;
        return true;
}

static void use_tags(struct choosing *choosing, const struct choice *chosen)
{
        struct str *tags = arena_array(choosing->arena, struct str, choosing->choices.count);

        choosing->image->tags = tags;
        for (size_t i = 0; i < choosing->choices.count; i++) {
                const struct choice *choice = &choosing->choices.items[i];

                if (choice->tag.len && digest_equal(&choice->descriptor.digest, &chosen->descriptor.digest))
                        tags[choosing->image->tag_count++] = choice->tag;
        }
}

bool image_open_oci(struct arena *arena, struct image *image, struct str tag, const struct image_settings *settings,
                    struct err *err)
{
        struct choosing choosing = {.arena = arena, .image = image};
        const struct choice *choice;
        struct value index;
        struct str text;

        TRY(check_layout(&choosing, err));
        TRY(store_read(arena, image->store, STR("index.json"), MANIFEST_MOST, &text, err));
        TRY(image_read_json(arena, STR("index.json"), text, &index, err));
        TRY(collect(&choosing, &index, STR("index.json"), STR(""), 0, err));
        choice = choose(&choosing, tag, settings, err);
        TRY(choice && is_alone(&choosing, choice, err));
        TRY(use_choice(&choosing, choice, err));
        use_tags(&choosing, choice);
        return true;
}
