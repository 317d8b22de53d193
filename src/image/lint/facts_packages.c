/* facts_packages.c - the packages of an image, as rules see them. */

#include "image/lint/facts.h"

static size_t layer_of(const struct facts *facts, struct str name)
{
        struct digest digest;
        struct err err = {0};

        if (!name.len || !digest_read(name, &digest, &err))
                return SIZE_MAX;
        for (size_t i = 0; i < facts->image->layer_count; i++)
                if (digest_equal(&facts->image->layers[i].diff_id, &digest))
                        return i;
        return SIZE_MAX;
}

static struct value package_of(struct facts *facts, const struct package *package)
{
        struct value_maker maker = {.arena = facts->arena};

        make_text(&maker, "type", package->type);
        make_text(&maker, "name", package->name);
        make_text(&maker, "version", package->version);
        make_text(&maker, "purl", package->purl);
        if (package->license_count) {
                struct value_maker licenses = {.arena = facts->arena};

                for (size_t i = 0; i < package->license_count; i++)
                        make_item(&licenses, make_string(facts->arena, package->licenses[i]));
                make_member(&maker, "licenses", make_list(&licenses));
        }
        if (package->location_count) {
                make_text(&maker, "path", package->locations[0].path);
                facts_add_layer(facts, &maker, layer_of(facts, package->locations[0].layer));
        }
        return make_map(&maker);
}

/* Packages are sorted by type. */
static struct value counts_of(struct facts *facts)
{
        const struct catalog *catalog = facts->catalog;
        struct value_maker maker = {.arena = facts->arena};

        for (size_t i = 0, next; i < catalog->package_count; i = next) {
                for (next = i + 1; next < catalog->package_count
                                   && str_equal(catalog->packages[next].type, catalog->packages[i].type);
                     next++)
                        ;
                make_named(&maker, catalog->packages[i].type, make_unsigned(next - i));
        }
        return make_map(&maker);
}

static bool make(struct facts *facts, struct value *out)
{
        struct value_maker maker = {.arena = facts->arena}, items = {.arena = facts->arena};

        TRY(facts->catalog->merge || facts->catalog->package_count);
        make_number(&maker, "count", facts->catalog->package_count);
        make_member(&maker, "byType", counts_of(facts));
        for (size_t i = 0; i < facts->catalog->package_count; i++)
                make_item(&items, package_of(facts, &facts->catalog->packages[i]));
        make_member(&maker, "items", make_list(&items));
        *out = make_map(&maker);
        return true;
}

const struct facts_part facts_packages = {"packages", make};
