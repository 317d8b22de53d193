/* read.c - what the formats of bills of materials share when they are read. */

#include <stdlib.h>

#include "base/file.h"
#include "base/reader.h"
#include "image/open/open.h"
#include "image/package/purl_read.h"
#include "image/sbom/parts.h"

enum { MOST_PROBLEMS = 100, MOST_NUMBER = 1 << 24 };

bool sbom_fail(struct sbom_reading *reading, uint32_t at, const char *format, ...)
{
        struct place place = place_in(reading->text, at);
        struct str message;
        va_list arguments;

        va_start(arguments, format);
        message = err_message(reading->arena, format, arguments);
        va_end(arguments);
        return err_set(reading->err, "line %u, column %u: %.*s", place.line, place.column, STR_ARG(message));
}

void sbom_problem(struct sbom_reading *reading, uint32_t at, const char *format, ...)
{
        size_t known = reading->problems.count;
        struct str message = STR("there is more that is wrong");
        va_list arguments;

        if (known > MOST_PROBLEMS)
                return;
        if (known < MOST_PROBLEMS) {
                struct place place = place_in(reading->text, at);

                va_start(arguments, format);
                message = err_message(reading->arena, format, arguments);
                va_end(arguments);
                message = str_format(reading->arena, "line %u, column %u: %.*s", place.line, place.column,
                                     STR_ARG(message));
        }
        *vec_push(reading->arena, &reading->problems) = message;
}

/* "LAYER PATH"; "-" for no layer. */
static void take_location(struct sbom_reading *reading, struct sbom_package *package, struct str value)
{
        struct package_location location;

        if (!str_split(&value, ' ', &location.layer) || !value.data)
                return;
        if (str_is(location.layer, "-"))
                location.layer = STR("");
        location.path = value;
        *vec_push(reading->arena, &package->locations) = (struct sbom_location){package->locations.count, location};
}

static struct package_location *location_of(struct sbom_reading *reading, struct sbom_package *package, uint64_t number)
{
        size_t count = package->locations.count;

        if (!count || package->locations.items[count - 1].number != number)
                *vec_push(reading->arena, &package->locations) =
                        (struct sbom_location){number, {STR_INIT(""), STR_INIT("")}};
        return &package->locations.items[package->locations.count - 1].location;
}

/* Syft's "syft:location:0:path" and ":layerID". */
static void take_numbered(struct sbom_reading *reading, struct sbom_package *package, struct str name, struct str value)
{
        struct reader reader = reader_over(name);
        uint64_t number;

        if (!reader_take_number(&reader, MOST_NUMBER, &number) || !reader_take(&reader, ':'))
                return;
        name = str_from(name, reader.at);
        while (value.len && value.data[0] == '/' && str_is(name, "path"))
                value = str_from(value, 1);
        if (str_is(name, "path"))
                location_of(reading, package, number)->path = value;
        else if (str_is(name, "layerID"))
                location_of(reading, package, number)->layer = value;
}

static bool take_own(struct sbom_reading *reading, struct sbom_package *package, struct str name, struct str value)
{
        struct package *out = &package->package;

        if (str_is(name, "strake:name") && value.len)
                out->name = value;
        else if (str_is(name, "strake:version"))
                out->version = value;
        else if (str_is(name, "strake:arch"))
                out->arch = value;
        else if (str_is(name, "strake:source:name"))
                out->source = value;
        else if (str_is(name, "strake:source:version"))
                out->source_version = value;
        else if (str_is(name, "strake:ownedBy"))
                out->owner = value;
        else if (str_is(name, "strake:location"))
                take_location(reading, package, value);
        else if (str_is(name, "strake:license")) {
                if (!package->own_licenses)
                        package->licenses.count = 0;
                package->own_licenses = true;
                *vec_push(reading->arena, &package->licenses) = value;
        } else
                return false;
        return true;
}

void sbom_take_property(struct sbom_reading *reading, struct sbom_package *package, struct str name, struct str value)
{
        struct str syft = STR("syft:location:"), trivy = STR("aquasecurity:trivy:");

        if (take_own(reading, package, name, value))
                return;
        if (str_starts(name, syft)) {
                take_numbered(reading, package, str_from(name, syft.len), value);
                return;
        }
        if (!str_starts(name, trivy))
                return;
        name = str_from(name, trivy.len);
        if (str_is(name, "FilePath"))
                location_of(reading, package, 0)->path = value;
        else if (str_is(name, "LayerDiffID"))
                location_of(reading, package, 0)->layer = value;
        else if (str_is(name, "SrcName"))
                package->package.source = value;
        else if (str_is(name, "SrcVersion"))
                package->package.source_version = value;
}

void sbom_take_image_property(struct sbom_reading *reading, struct str name, struct str value)
{
        struct image *image = reading->image;
        struct digest digest;
        struct err err = {0};

        if (!str_starts(name, STR("strake:image:")) || !digest_read(value, &digest, &err))
                return;
        if (str_is(name, "strake:image:digest"))
                image->manifest = digest;
        else if (str_is(name, "strake:image:id"))
                image->config_digest = digest;
        else if (str_is(name, "strake:image:layer") && image->layers && image->layer_count < LAYERS_MOST)
                image->layers[image->layer_count++].diff_id = digest;
}

bool sbom_begin_package(struct sbom_reading *reading, struct str purl, uint32_t at, struct sbom_package *out)
{
        struct err err = {0};

        *out = (struct sbom_package){.at = at};
        if (!str_starts(purl, STR("pkg:"))) {
                reading->unnamed++;
                return false;
        }
        if (!package_read_purl(reading->arena, purl, &out->package, &err)) {
                sbom_problem(reading, at, "\"%.*s\": %.*s", STR_ARG(purl), STR_ARG(err_text(&err)));
                return false;
        }
        /* An image is not a package of itself. */
        return !str_is(out->package.type, "oci") && !str_is(out->package.type, "docker");
}

static int compare_locations(const void *a, const void *b)
{
        const struct sbom_location *x = a, *y = b;

        return (x->number > y->number) - (x->number < y->number);
}

void sbom_end_package(struct sbom_reading *reading, struct sbom_package *package)
{
        struct package *out = &package->package;
        struct sbom_location *locations = package->locations.items;
        size_t count = package->locations.count;

        if (count)
                qsort(locations, count, sizeof(*locations), compare_locations);
        out->locations = arena_array(reading->arena, struct package_location, count);
        for (size_t i = 0; i < count; i++) {
                bool more = i && locations[i].number == locations[i - 1].number;
                struct package_location *last;

                if (!more)
                        out->locations[out->location_count++] = locations[i].location;
                last = &out->locations[out->location_count - 1];
                if (locations[i].location.path.len)
                        last->path = locations[i].location.path;
                if (locations[i].location.layer.len)
                        last->layer = locations[i].location.layer;
        }
        out->licenses = package->licenses.items;
        out->license_count = package->licenses.count;
        *vec_push(reading->arena, &reading->packages) = *out;
}

/* Those that are the same stay in the order of the text. */
static int compare_packages(const void *a, const void *b)
{
        const struct package *x = a, *y = b;
        int order = package_compare(x, y);

        return order ? order : (x->purl.data > y->purl.data) - (x->purl.data < y->purl.data);
}

/* The same package, told of twice, is one with the locations of both. */
static bool is_same(const struct package *a, const struct package *b)
{
        return str_equal(a->purl, b->purl) && str_equal(a->name, b->name) && str_equal(a->version, b->version)
               && str_equal(a->arch, b->arch);
}

static void merge_into(struct arena *arena, struct package *into, const struct package *from, size_t run)
{
        struct package_location *all;
        size_t count = 0, taken = 0;

        for (size_t i = 0; i < run; i++)
                count += from[i].location_count;
        *into = from[0];
        all = arena_array(arena, struct package_location, count);
        for (size_t i = 0; i < run; i++) {
                for (size_t j = 0; j < from[i].location_count; j++)
                        all[taken++] = from[i].locations[j];
                if (!into->license_count) {
                        into->licenses = from[i].licenses;
                        into->license_count = from[i].license_count;
                }
                if (!into->source.len) {
                        into->source = from[i].source;
                        into->source_version = from[i].source_version;
                }
        }
        into->locations = all;
        into->location_count = count;
}

static void finish(struct sbom_reading *reading)
{
        struct package *packages = reading->packages.items;
        size_t count = 0;

        if (reading->packages.count)
                qsort(packages, reading->packages.count, sizeof(*packages), compare_packages);
        for (size_t i = 0, next; i < reading->packages.count; i = next) {
                for (next = i + 1; next < reading->packages.count && is_same(&packages[i], &packages[next]); next++)
                        ;
                merge_into(reading->arena, &packages[count++], &packages[i], next - i);
        }
        reading->catalog->packages = packages;
        reading->catalog->package_count = count;
        reading->catalog->unnamed = reading->unnamed;
}

/* Attestations hold a bill as their predicate (in-toto), and some of them put it one level deeper (cosign). */
static const struct node *inside(const struct node *root)
{
        static const char *const covers[] = {"predicate", "Data"};

        for (size_t i = 0; i < COUNT_OF(covers); i++) {
                const struct node *node = value_node(&root->value, intern_find(str_of(covers[i])));

                if (node && node->value.kind == VALUE_MAP)
                        root = node;
        }
        return root;
}

static bool refuse(struct sbom_reading *reading, const struct node *root)
{
        if (image_member(&root->value, "@context"))
                return sbom_fail(reading, root->at,
                                 "this is JSON-LD, as of SPDX 3; write SPDX 2.3 or CycloneDX instead");
        return sbom_fail(reading, root->at,
                         "this is neither CycloneDX nor SPDX: neither \"bomFormat\" nor \"spdxVersion\" is in it");
}

static bool read_json(struct sbom_reading *reading, struct node *root)
{
        struct document_stream stream = {0};
        struct str start = str_trim(str_sub(reading->text, 0, 256));

        if (str_starts(start, STR("<")))
                return err_set(reading->err, "XML is not read: write the bill of materials as JSON");
        json_read(reading->arena, reading->text, &document_default_limits, &stream);
        if (stream.problems.count)
                return sbom_fail(reading, stream.problems.items[0].at, "%.*s",
                                 STR_ARG(stream.problems.items[0].message));
        if (stream.documents.count != 1 || stream.documents.items[0].root.kind != VALUE_MAP)
                return sbom_fail(reading, 0, "wanted is one JSON object");
        *root = (struct node){.at = stream.documents.items[0].at, .value = stream.documents.items[0].root};
        return true;
}

/* Comments may stand before the first tag. */
static bool begins_with_tags(struct str text)
{
        struct str line;

        while (str_split(&text, '\n', &line)) {
                line = str_trim(line);
                if (line.len && line.data[0] != '#')
                        return str_starts(line, STR("SPDXVersion:"));
        }
        return false;
}

bool sbom_read_document(struct sbom_reading *reading)
{
        const struct node *bill;
        struct node root;

        TRY(begins_with_tags(reading->text) ? sbom_read_tags(reading, &root) : read_json(reading, &root));
        bill = inside(&root);
        if (image_member(&bill->value, "bomFormat"))
                TRY(sbom_read_cyclonedx(reading, bill));
        else if (image_member(&bill->value, "spdxVersion"))
                TRY(sbom_read_spdx(reading, bill));
        else
                return refuse(reading, bill);
        finish(reading);
        return true;
}

bool sbom_read(struct arena *arena, struct str text, struct image *image, struct err *err)
{
        struct catalog *catalog = arena_new(arena, struct catalog);
        struct sbom_reading reading = {.arena = arena,
                                       .text = str_from(text, utf8_mark(text)),
                                       .image = image,
                                       .catalog = catalog,
                                       .err = err};

        image->kind = IMAGE_BILL;
        image->config = VALUE_OF_NULL;
        image->layers = arena_array(arena, struct image_layer, LAYERS_MOST);
        image->bill = catalog;
        TRY(sbom_read_document(&reading));
        for (size_t i = 0; i < reading.problems.count; i++)
                catalog_problem(arena, catalog, image, reading.problems.items[i]);
        return true;
}

bool sbom_open(struct arena *arena, struct image *image, struct str file, struct err *err)
{
        struct file_text text = {0};

        switch (file_read(arena, str_copy(arena, file).data, SBOM_MOST, &text)) {
        case FILE_OK:
                return sbom_read(arena, text.text, image, err);
        case FILE_TOO_LARGE:
                return err_set(err, "the file is larger than %u MiB", (unsigned)(SBOM_MOST >> 20));
        default:
                return err_set(err, "%s", text.why ? text.why : "there is no such file");
        }
}
