/* sbom.c - what the formats of bills of materials share when they are written. */

#include "image/sbom/sbom.h"

#include <time.h>

#include "base/uuid.h"
#include "image/package/purl_read.h"
#include "image/sbom/parts.h"

/* The namespace of Strake's bills of materials. */
static const struct uuid space = {
        {0x6f, 0x2c, 0x0b, 0x7e, 0x51, 0x8d, 0x4c, 0x3a, 0x9d, 0x64, 0x1f, 0xb2, 0x7a, 0x90, 0xe3, 0x48}};

static void add(struct arena *arena, struct sbom_properties *out, const char *name, struct str value)
{
        if (value.len)
                *vec_push(arena, &out->list) = (struct sbom_property){str_of(name), value};
}

void sbom_properties_of(struct arena *arena, const struct package *package, struct sbom_properties *out)
{
        struct package named;
        struct err err = {0};

        if (!package_read_purl(arena, package->purl, &named, &err))
                named = (struct package){0};
        /* An architecture that the purl has and the package has not cannot be: it was made from the package. */
        if (!str_equal(named.name, package->name))
                add(arena, out, "strake:name", package->name);
        if (!str_equal(named.version, package->version))
                add(arena, out, "strake:version", package->version);
        if (!str_equal(named.arch, package->arch))
                add(arena, out, "strake:arch", package->arch);
        add(arena, out, "strake:source:name", package->source);
        add(arena, out, "strake:source:version", package->source_version);
        add(arena, out, "strake:ownedBy", package->owner);
}

void sbom_properties_of_image(struct arena *arena, const struct image *image, struct sbom_properties *out)
{
        char text[DIGEST_TEXT];

        add(arena, out, "strake:image:digest", str_copy(arena, digest_print(&image->manifest, text)));
        add(arena, out, "strake:image:id", str_copy(arena, digest_print(&image->config_digest, text)));
        for (size_t i = 0; i < image->layer_count; i++)
                add(arena, out, "strake:image:layer", str_copy(arena, digest_print(&image->layers[i].diff_id, text)));
}

struct str sbom_subject(const struct image *image)
{
        return image->subject.len ? image->subject : image->name;
}

struct str *sbom_identifiers(struct arena *arena, const struct catalog *catalog)
{
        struct str *identifiers = arena_array(arena, struct str, catalog->package_count);
        struct map taken = {0};

        for (size_t i = 0; i < catalog->package_count; i++) {
                struct str purl = catalog->packages[i].purl, identifier = purl;
                size_t *given = *map_slot(arena, &taken, purl);

                /* Where a purl ends in "#2" itself, another number is looked for. */
                while (map_get(&taken, identifier))
                        identifier = str_format(arena, "%.*s#%zu", STR_ARG(purl), ++*given + 1);
                *map_slot(arena, &taken, identifier) = arena_new(arena, size_t);
                identifiers[i] = identifier;
        }
        return identifiers;
}

struct str sbom_time(int64_t time, char text[SBOM_TIME])
{
        time_t seconds = time < 0 ? 0 : (time_t)time;
        struct tm parts;

        if (!gmtime_r(&seconds, &parts))
                return STR("1970-01-01T00:00:00Z");
        return (struct str){text, strftime(text, SBOM_TIME, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

void sbom_print(struct buf *out, const struct image *image, const struct catalog *catalog,
                const struct sbom_settings *settings, void (*print)(struct sbom_printing *printing))
{
        struct arena arena CLEANUP(arena_free) = {0};
        CLEANUP(buf_free) struct buf draft = {0};
        struct sbom_printing printing = {
                .arena = &arena,
                .image = image,
                .catalog = catalog,
                .settings = settings,
                .writer = {.out = &draft},
                .identifiers = sbom_identifiers(&arena, catalog),
        };
        char uuid[UUID_TEXT];

        print(&printing);
        uuid_print(uuid_of_name(space, buf_text(&draft)), uuid);
        printing.uuid = str_of(uuid);
        printing.writer = (struct json_writer){.out = out};
        print(&printing);
}
