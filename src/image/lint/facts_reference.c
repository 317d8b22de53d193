/* facts_reference.c - what an image is called: the name that was given, its tags, its digests; and what it was built on. */

#include "image/lint/facts.h"
#include "image/open/open.h"
#include "image/open/registry.h"

static const char *source_of(const struct facts *facts)
{
        static const char *const kinds[] = {
                [IMAGE_LAYERED] = "archive",
                [IMAGE_FOLDER] = "folder",
                [IMAGE_FOLDERS] = "storage",
                [IMAGE_BILL] = "sbom",
        };

        return facts->image->store && store_is_remote(facts->image->store) ? "registry" : kinds[facts->image->kind];
}

/* A name of a registry taken apart. Whether a tag or digest was written, not which is meant without one. */
static struct value name_of(struct facts *facts, struct str text)
{
        struct value_maker maker = {.arena = facts->arena};
        struct registry_reference reference;
        struct err err = {0};

        make_text(&maker, "text", text);
        if (registry_read_reference(facts->arena, text, &reference, &err)) {
                struct str last = str_from(text, path_parent(text).len);
                bool tagged = str_find(str_sub(last, 0, str_find(last, STR("@"), 0)), STR(":"), 0) != SIZE_MAX;

                make_text(&maker, "registry", reference.domain);
                make_text(&maker, "repository", reference.name);
                make_text(&maker, "tag", tagged ? reference.tag : STR(""));
                make_text(&maker, "digest", reference.digest.len ? reference.digest : STR(""));
        }
        return make_map(&maker);
}

static bool is_whole_name(struct str tag)
{
        return memchr(tag.data, ':', tag.len) || memchr(tag.data, '/', tag.len);
}

/* The name in a registry, or those that an archive gives the image; a tag alone ("1.2") names nothing. */
static struct value names_of(struct facts *facts)
{
        struct value_maker maker = {.arena = facts->arena};
        const struct image *image = facts->image;
        struct str prefix = STR("registry:"), name = image->name;

        if (str_starts(name, prefix))
                name = str_from(name, prefix.len);
        if (image->store && store_is_remote(image->store))
                make_item(&maker, name_of(facts, name));
        for (size_t i = 0; i < image->tag_count; i++)
                if (image->tags[i].len && is_whole_name(image->tags[i]))
                        make_item(&maker, name_of(facts, image->tags[i]));
        return make_list(&maker);
}

static struct str print_digest(struct facts *facts, const struct digest *digest)
{
        char text[DIGEST_TEXT];

        return digest->kind ? str_copy(facts->arena, digest_print(digest, text)) : STR("");
}

static bool make_reference(struct facts *facts, struct value *out)
{
        struct value_maker maker = {.arena = facts->arena}, tags = {.arena = facts->arena};

        make_text(&maker, "source", str_of(source_of(facts)));
        make_member(&maker, "names", names_of(facts));
        for (size_t i = 0; i < facts->image->tag_count; i++)
                make_item(&tags, make_string(facts->arena, facts->image->tags[i]));
        make_member(&maker, "tags", make_list(&tags));
        make_text_if(&maker, "digest", print_digest(facts, &facts->image->manifest));
        make_text_if(&maker, "id", print_digest(facts, &facts->image->config_digest));
        *out = make_map(&maker);
        return true;
}

const struct facts_part facts_reference = {"reference", make_reference};

/* What labels say (image-spec, annotations.md). */
static bool make_base(struct facts *facts, struct value *out)
{
        const struct value *labels = image_member(image_member(&facts->image->config, "config"), "Labels");
        struct str name = image_text(labels, "org.opencontainers.image.base.name");
        struct str digest = image_text(labels, "org.opencontainers.image.base.digest");
        struct value_maker maker = {.arena = facts->arena};

        TRY(name.len || digest.len);
        if (name.len)
                make_member(&maker, "name", name_of(facts, name));
        make_text_if(&maker, "digest", digest);
        *out = make_map(&maker);
        return true;
}

const struct facts_part facts_base = {"base", make_base};
