/* print.c - the packages of an image for people and programs. */

#include "image/print.h"

#include "report/escape.h"
#include "report/json_writer.h"

enum { COLUMNS = 5, WIDEST = 60 };

struct row {
        struct str cells[COLUMNS];
};

/* The number of a layer from 1, as people count them. */
static struct str layer_number(struct arena *arena, const struct image *image, struct str layer)
{
        char text[DIGEST_TEXT];

        for (size_t i = 0; layer.len && i < image->layer_count; i++)
                if (str_equal(digest_print(&image->layers[i].diff_id, text), layer))
                        return str_format(arena, "%zu", i + 1);
        return STR("-");
}

static struct row row_of(struct arena *arena, const struct image *image, const struct package *package)
{
        struct package_location first = package->location_count ? package->locations[0] : (struct package_location){0};
        struct str path = package->location_count < 2 ? first.path
                                                      : str_format(arena, "%.*s and %zu more", STR_ARG(first.path),
                                                                   package->location_count - 1);

        return (struct row){
                {package->type, package->name, package->version, layer_number(arena, image, first.layer), path}};
}

static void add_row(struct buf *out, const struct row *row, const size_t widths[COLUMNS])
{
        for (size_t i = 0; i < COLUMNS; i++) {
                size_t before = out->len, used;

                escape_terminal(out, row->cells[i]);
                used = out->len - before;
                if (i + 1 < COLUMNS)
                        buf_add_repeat(out, ' ', (used < widths[i] ? widths[i] - used : 0) + 2);
        }
        buf_add_char(out, '\n');
}

static void add_summary(struct buf *out, const struct image *image, const struct catalog *catalog)
{
        struct str name = catalog->system.pretty_name.len ? catalog->system.pretty_name : catalog->system.id;

        buf_add_format(out, "\n%zu package%s", catalog->package_count, catalog->package_count == 1 ? "" : "s");
        for (size_t i = 0, next; i < catalog->package_count; i = next) {
                for (next = i + 1; next < catalog->package_count
                                   && str_equal(catalog->packages[next].type, catalog->packages[i].type);
                     next++)
                        ;
                buf_add_format(out, "%s%zu %.*s", i ? ", " : ": ", next - i, STR_ARG(catalog->packages[i].type));
        }
        if (image->kind != IMAGE_FOLDER && (image->kind != IMAGE_BILL || image->layer_count))
                buf_add_format(out, "; %zu layer%s", image->layer_count, image->layer_count == 1 ? "" : "s");
        if (catalog->unnamed)
                buf_add_format(out, "; %" PRIu64 " component%s without a purl", catalog->unnamed,
                               catalog->unnamed == 1 ? "" : "s");
        if (name.len) {
                buf_add_literal(out, "; ");
                escape_terminal(out, name);
        }
        buf_add_char(out, '\n');
}

void catalog_print_text(struct buf *out, const struct image *image, const struct catalog *catalog, bool quiet)
{
        static const struct row head = {
                {STR_INIT("TYPE"), STR_INIT("NAME"), STR_INIT("VERSION"), STR_INIT("LAYER"), STR_INIT("FILE")}};
        struct arena arena CLEANUP(arena_free) = {0};
        size_t widths[COLUMNS] = {4, 4, 7, 5, 4};
        struct row *rows = arena_array(&arena, struct row, catalog->package_count);

        for (size_t i = 0; i < catalog->package_count; i++) {
                rows[i] = row_of(&arena, image, &catalog->packages[i]);
                for (size_t j = 0; j < COLUMNS; j++)
                        if (rows[i].cells[j].len > widths[j])
                                widths[j] = min_size(rows[i].cells[j].len, WIDEST);
        }
        if (!quiet && catalog->package_count)
                add_row(out, &head, widths);
        for (size_t i = 0; i < catalog->package_count; i++)
                add_row(out, &rows[i], widths);
        if (!quiet)
                add_summary(out, image, catalog);
}

static void member_or_null(struct json_writer *writer, const char *key, struct str text)
{
        json_key(writer, key);
        if (text.len)
                json_text(writer, text);
        else
                buf_add_literal(json_raw(writer), "null");
}

static void add_locations(struct json_writer *writer, const struct package *package)
{
        json_member_begin(writer, "locations", '[');
        for (size_t i = 0; i < package->location_count; i++) {
                json_begin(writer, '{');
                member_or_null(writer, "layer", package->locations[i].layer);
                json_member(writer, "path", package->locations[i].path);
                json_end(writer, '}');
        }
        json_end(writer, ']');
}

static void add_package(struct json_writer *writer, const struct package *package)
{
        json_begin(writer, '{');
        json_member(writer, "type", package->type);
        json_member(writer, "name", package->name);
        json_member(writer, "version", package->version);
        json_member(writer, "arch", package->arch);
        json_member(writer, "purl", package->purl);
        add_locations(writer, package);
        json_member_texts(writer, "licenses", package->licenses, package->license_count);
        json_key(writer, "source");
        if (package->source.len) {
                json_begin(writer, '{');
                json_member(writer, "name", package->source);
                json_member(writer, "version", package->source_version);
                json_end(writer, '}');
        } else {
                buf_add_literal(json_raw(writer), "null");
        }
        member_or_null(writer, "ownedBy", package->owner);
        json_end(writer, '}');
}

static void add_image(struct json_writer *writer, const struct image *image, const struct catalog *catalog)
{
        char text[DIGEST_TEXT];

        json_member_begin(writer, "image", '{');
        json_member(writer, "name", image->name);
        member_or_null(writer, "digest", digest_print(&image->manifest, text));
        member_or_null(writer, "id", digest_print(&image->config_digest, text));
        json_member_begin(writer, "system", '{');
        json_member(writer, "id", catalog->system.id);
        json_member(writer, "version", catalog->system.version_id);
        json_end(writer, '}');
        json_end(writer, '}');
}

void catalog_print_json(struct buf *out, const struct image *image, const struct catalog *catalog)
{
        struct json_writer writer = json_document(out, "strake.packages/1");

        add_image(&writer, image, catalog);
        json_member_begin(&writer, "packages", '[');
        for (size_t i = 0; i < catalog->package_count; i++)
                add_package(&writer, &catalog->packages[i]);
        json_end(&writer, ']');
        json_document_end(&writer);
}

static void add_cell(struct buf *out, struct str text, bool last)
{
        escape_csv(out, text);
        buf_add(out, last ? STR("\r\n") : STR(","));
}

void catalog_print_csv(struct buf *out, const struct image *image, const struct catalog *catalog)
{
        (void)image;
        buf_add_literal(out, "type,name,version,arch,purl,layer,path,licenses,source,source version,owned by\r\n");
        for (size_t i = 0; i < catalog->package_count; i++) {
                const struct package *package = &catalog->packages[i];
                CLEANUP(buf_free) struct buf licenses = {0};

                for (size_t j = 0; j < package->license_count; j++) {
                        buf_add(&licenses, j ? STR("; ") : STR(""));
                        buf_add(&licenses, package->licenses[j]);
                }
                add_cell(out, package->type, false);
                add_cell(out, package->name, false);
                add_cell(out, package->version, false);
                add_cell(out, package->arch, false);
                add_cell(out, package->purl, false);
                add_cell(out, package->location_count ? package->locations[0].layer : STR(""), false);
                add_cell(out, package->location_count ? package->locations[0].path : STR(""), false);
                add_cell(out, buf_text(&licenses), false);
                add_cell(out, package->source, false);
                add_cell(out, package->source_version, false);
                add_cell(out, package->owner, true);
        }
}
