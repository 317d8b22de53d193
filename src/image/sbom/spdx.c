/* spdx.c - SPDX 2.3 as JSON is written. */

#include "base/build_info.h"
#include "base/reader.h"
#include "base/uuid.h"
#include "image/sbom/licenses.h"
#include "image/sbom/parts.h"

enum { LONGEST = 80 }; /* of the readable part of an identifier */

static const struct uuid space = {
        {0xb1, 0x4d, 0x77, 0x20, 0x0e, 0x65, 0x4f, 0x19, 0xa8, 0x03, 0xc9, 0x5e, 0x38, 0x6d, 0x21, 0xfa}};

/* Letters, digits, "." and "-" alone (clause 3.2), and a part of a UUID that keeps apart what looks the same then. */
static struct str identifier(struct arena *arena, const char *prefix, struct str readable, struct str whole)
{
        CLEANUP(buf_free) struct buf out = {0};
        char uuid[UUID_TEXT];

        buf_add(&out, str_of(prefix));
        for (size_t i = 0; i < readable.len && i < LONGEST; i++) {
                char byte = readable.data[i];

                buf_add_char(&out, is_letter((unsigned char)byte) || is_digit((unsigned char)byte) || byte == '.'
                                           ? byte
                                           : '-');
        }
        uuid_print(uuid_of_name(space, whole), uuid);
        buf_add_char(&out, '-');
        buf_add(&out, (struct str){uuid, 18});
        return str_copy(arena, buf_text(&out));
}

static struct str license_reference(struct arena *arena, struct str license)
{
        return identifier(arena, "LicenseRef-", license, license);
}

/* Exact if there is one licence that is an expression; otherwise annotations say what the licences are. */
static bool says_licenses(const struct package *package)
{
        return !package->license_count || (package->license_count == 1 && license_is_expression(package->licenses[0]));
}

static struct str declared(struct arena *arena, const struct package *package)
{
        CLEANUP(buf_free) struct buf out = {0};

        for (size_t i = 0; i < package->license_count; i++) {
                struct str license = package->licenses[i];
                bool several = package->license_count > 1 && str_find(license, STR(" "), 0) != SIZE_MAX;

                buf_add(&out, i ? STR(" AND ") : STR(""));
                if (!license_is_expression(license))
                        buf_add(&out, license_reference(arena, license));
                else if (several)
                        buf_add_format(&out, "(%.*s)", STR_ARG(license));
                else
                        buf_add(&out, license);
        }
        return out.len ? str_copy(arena, buf_text(&out)) : STR("NOASSERTION");
}

static void add_annotation(struct sbom_printing *printing, struct str name, struct str value)
{
        struct json_writer *writer = &printing->writer;
        char time[SBOM_TIME];

        json_begin(writer, '{');
        json_member(writer, "annotationDate", sbom_time(printing->settings->time, time));
        json_member(writer, "annotationType", STR("OTHER"));
        json_member(writer, "annotator", str_format(printing->arena, "Tool: strake-%.*s", STR_ARG(build_info.version)));
        json_member(writer, "comment", str_format(printing->arena, "%.*s=%.*s", STR_ARG(name), STR_ARG(value)));
        json_end(writer, '}');
}

static void add_annotations(struct sbom_printing *printing, const struct sbom_properties *properties)
{
        if (!properties->list.count)
                return;
        json_key(&printing->writer, "annotations");
        json_begin(&printing->writer, '[');
        for (size_t i = 0; i < properties->list.count; i++)
                add_annotation(printing, properties->list.items[i].name, properties->list.items[i].value);
        json_end(&printing->writer, ']');
}

/* What CycloneDX has fields for, and SPDX has not. */
static void add_more(struct arena *arena, const struct package *package, struct sbom_properties *out)
{
        for (size_t i = 0; i < package->location_count; i++) {
                const struct package_location *location = &package->locations[i];

                *vec_push(arena, &out->list) = (struct sbom_property){STR("strake:location"),
                        str_format(arena, "%.*s %.*s",
                                   STR_ARG(location->layer.len ? location->layer : STR("-")), STR_ARG(location->path))};
        }
        for (size_t i = 0; i < package->license_count && !says_licenses(package); i++)
                *vec_push(arena, &out->list) = (struct sbom_property){STR("strake:license"), package->licenses[i]};
}

static void add_purl(struct json_writer *writer, struct str purl)
{
        json_key(writer, "externalRefs");
        json_begin(writer, '[');
        json_begin(writer, '{');
        json_member(writer, "referenceCategory", STR("PACKAGE-MANAGER"));
        json_member(writer, "referenceType", STR("purl"));
        json_member(writer, "referenceLocator", purl);
        json_end(writer, '}');
        json_end(writer, ']');
}

static struct str package_identifier(struct sbom_printing *printing, size_t index)
{
        const struct package *package = &printing->catalog->packages[index];
        struct str readable = str_format(printing->arena, "%.*s-%.*s", STR_ARG(package->type), STR_ARG(package->name));

        return identifier(printing->arena, "SPDXRef-Package-", readable, printing->identifiers[index]);
}

static void add_package(struct sbom_printing *printing, size_t index)
{
        struct json_writer *writer = &printing->writer;
        struct arena *arena = printing->arena;
        const struct package *package = &printing->catalog->packages[index];
        struct sbom_properties properties = {0};

        json_begin(writer, '{');
        json_member(writer, "SPDXID", package_identifier(printing, index));
        json_member(writer, "name", package->name);
        json_member_if(writer, "versionInfo", package->version);
        if (package->vendor.len)
                json_member(writer, "supplier", str_format(arena, "Organization: %.*s", STR_ARG(package->vendor)));
        json_member(writer, "downloadLocation", STR("NOASSERTION"));
        json_member_bool(writer, "filesAnalyzed", false);
        if (package->source.len)
                json_member(writer, "sourceInfo",
                            str_format(arena, "built from the source package %.*s %.*s", STR_ARG(package->source),
                                       STR_ARG(package->source_version)));
        json_member(writer, "licenseConcluded", STR("NOASSERTION"));
        json_member(writer, "licenseDeclared", declared(arena, package));
        json_member(writer, "copyrightText", STR("NOASSERTION"));
        add_purl(writer, package->purl);
        sbom_properties_of(arena, package, &properties);
        add_more(arena, package, &properties);
        add_annotations(printing, &properties);
        json_end(writer, '}');
}

static void begin_plain(struct json_writer *writer, const char *id, struct str name, struct str version)
{
        json_begin(writer, '{');
        json_member(writer, "SPDXID", str_of(id));
        json_member(writer, "name", name);
        json_member_if(writer, "versionInfo", version);
        json_member(writer, "downloadLocation", STR("NOASSERTION"));
        json_member_bool(writer, "filesAnalyzed", false);
}

static void add_packages(struct sbom_printing *printing)
{
        struct json_writer *writer = &printing->writer;
        const struct catalog_system *system = &printing->catalog->system;
        struct sbom_properties properties = {0};

        json_key(writer, "packages");
        json_begin(writer, '[');
        begin_plain(writer, "SPDXRef-Image", sbom_subject(printing->image), STR(""));
        json_member(writer, "primaryPackagePurpose", STR("CONTAINER"));
        sbom_properties_of_image(printing->arena, printing->image, &properties);
        add_annotations(printing, &properties);
        json_end(writer, '}');
        if (system->id.len) {
                begin_plain(writer, "SPDXRef-OperatingSystem", system->id, system->version_id);
                json_member_if(writer, "description", system->pretty_name);
                json_member(writer, "primaryPackagePurpose", STR("OPERATING-SYSTEM"));
                json_end(writer, '}');
        }
        for (size_t i = 0; i < printing->catalog->package_count; i++)
                add_package(printing, i);
        json_end(writer, ']');
}

static void add_extracted(struct sbom_printing *printing)
{
        struct json_writer *writer = &printing->writer;
        struct map seen = {0};

        for (size_t i = 0; i < printing->catalog->package_count; i++) {
                const struct package *package = &printing->catalog->packages[i];

                for (size_t j = 0; j < package->license_count; j++)
                        if (!license_is_expression(package->licenses[j]))
                                *map_slot(printing->arena, &seen, package->licenses[j]) = &seen;
        }
        if (!seen.count)
                return;
        json_key(writer, "hasExtractedLicensingInfos");
        json_begin(writer, '[');
        for (size_t i = 0; i < seen.count; i++) {
                json_begin(writer, '{');
                json_member(writer, "licenseId", license_reference(printing->arena, seen.entries[i].key));
                json_member(writer, "extractedText", seen.entries[i].key);
                json_member(writer, "name", seen.entries[i].key);
                json_end(writer, '}');
        }
        json_end(writer, ']');
}

static void add_relationship(struct json_writer *writer, struct str from, struct str type, struct str to)
{
        json_begin(writer, '{');
        json_member(writer, "spdxElementId", from);
        json_member(writer, "relationshipType", type);
        json_member(writer, "relatedSpdxElement", to);
        json_end(writer, '}');
}

static void add_relationships(struct sbom_printing *printing)
{
        struct json_writer *writer = &printing->writer;

        json_key(writer, "relationships");
        json_begin(writer, '[');
        add_relationship(writer, STR("SPDXRef-DOCUMENT"), STR("DESCRIBES"), STR("SPDXRef-Image"));
        if (printing->catalog->system.id.len)
                add_relationship(writer, STR("SPDXRef-Image"), STR("CONTAINS"), STR("SPDXRef-OperatingSystem"));
        for (size_t i = 0; i < printing->catalog->package_count; i++)
                add_relationship(writer, STR("SPDXRef-Image"), STR("CONTAINS"), package_identifier(printing, i));
        json_end(writer, ']');
}

static void add_creation(struct sbom_printing *printing)
{
        struct json_writer *writer = &printing->writer;
        char time[SBOM_TIME];

        json_key(writer, "creationInfo");
        json_begin(writer, '{');
        json_member(writer, "created", sbom_time(printing->settings->time, time));
        json_key(writer, "creators");
        json_begin(writer, '[');
        json_text(writer, str_format(printing->arena, "Tool: strake-%.*s", STR_ARG(build_info.version)));
        json_end(writer, ']');
        json_end(writer, '}');
}

static void print(struct sbom_printing *printing)
{
        struct json_writer *writer = &printing->writer;

        json_begin(writer, '{');
        json_member(writer, "spdxVersion", STR("SPDX-2.3"));
        json_member(writer, "dataLicense", STR("CC0-1.0"));
        json_member(writer, "SPDXID", STR("SPDXRef-DOCUMENT"));
        json_member(writer, "name", sbom_subject(printing->image));
        if (printing->uuid.len)
                json_member(writer, "documentNamespace",
                            str_format(printing->arena, "urn:uuid:%.*s", STR_ARG(printing->uuid)));
        add_creation(printing);
        if (printing->catalog->problems.count)
                json_member(writer, "comment", STR("Incomplete: something in the image could not be read."));
        add_packages(printing);
        add_extracted(printing);
        add_relationships(printing);
        json_end(writer, '}');
        buf_add_char(writer->out, '\n');
}

void sbom_print_spdx(struct buf *out, const struct image *image, const struct catalog *catalog,
                     const struct sbom_settings *settings)
{
        sbom_print(out, image, catalog, settings, print);
}
