/* read_spdx.c - SPDX 2.2 and 2.3 as JSON is checked and read. */

#include "image/open/open.h"
#include "image/sbom/parts.h"

#define SHAPE(...)                                                                                                     \
        .members = (const struct sbom_member[]){__VA_ARGS__},                                                          \
        .count = COUNT_OF(((const struct sbom_member[]){__VA_ARGS__}))

static const struct sbom_shape reference = {
        .name = "external reference",
        SHAPE({"referenceCategory", SBOM_STRING}, {"referenceType", SBOM_STRING, .needed = true},
              {"referenceLocator", SBOM_STRING, .needed = true}),
};

static const struct sbom_shape annotation = {
        .name = "annotation",
        SHAPE({"comment", SBOM_STRING}),
};

static const struct sbom_shape package_shape = {
        .name = "package",
        SHAPE({"SPDXID", SBOM_FILLED, .needed = true}, {"name", SBOM_STRING, .needed = true},
              {"versionInfo", SBOM_STRING}, {"supplier", SBOM_STRING}, {"sourceInfo", SBOM_STRING},
              {"licenseDeclared", SBOM_STRING}, {"licenseConcluded", SBOM_STRING},
              {"primaryPackagePurpose", SBOM_STRING}, {"filesAnalyzed", SBOM_BOOLEAN},
              {"externalRefs", SBOM_LIST, .shape = &reference}, {"annotations", SBOM_LIST, .shape = &annotation}),
};

static const struct sbom_shape extracted = {
        .name = "extracted licence",
        SHAPE({"licenseId", SBOM_STRING}, {"extractedText", SBOM_STRING}, {"name", SBOM_STRING}),
};

static const struct sbom_shape bill = {
        .name = "the document",
        SHAPE({"spdxVersion", SBOM_WORD, .needed = true, .words = "SPDX-2.2 SPDX-2.3"},
              {"SPDXID", SBOM_FILLED, .needed = true}, {"name", SBOM_STRING}, {"dataLicense", SBOM_STRING},
              {"documentNamespace", SBOM_STRING}, {"packages", SBOM_LIST, .shape = &package_shape},
              {"hasExtractedLicensingInfos", SBOM_LIST, .shape = &extracted}),
};

/* The name of a reference to a licence that the document itself holds. */
static struct str spelled_out(const struct sbom_reading *reading, struct str license)
{
        const struct node *node = map_get(&reading->references, license);
        struct str name = node ? image_text(&node->value, "name") : STR("");

        return name.len && !str_is(name, "NOASSERTION") ? name : license;
}

static void take_licenses(struct sbom_reading *reading, struct sbom_package *package, const struct node *node)
{
        static const char *const fields[] = {"licenseDeclared", "licenseConcluded"};

        for (size_t i = 0; i < COUNT_OF(fields) && !package->licenses.count; i++) {
                struct str text = image_text(&node->value, fields[i]);

                if (text.len && !str_is(text, "NOASSERTION") && !str_is(text, "NONE"))
                        *vec_push(reading->arena, &package->licenses) = spelled_out(reading, text);
        }
}

/* What Trivy and Syft write there. */
static void take_source_info(struct sbom_reading *reading, struct sbom_package *package, struct str text)
{
        struct str built = STR("built package from: "), found = STR("acquired package info from "), path;
        size_t at;

        if (str_starts(text, built)) {
                text = str_from(text, built.len);
                str_split(&text, ' ', &package->package.source);
                if (text.data)
                        package->package.source_version = text;
        } else if (str_starts(text, found) && (at = str_find(text, STR(": "), 0)) != SIZE_MAX) {
                text = str_from(text, at + 2);
                while (str_split(&text, ',', &path))
                        sbom_take_property(reading, package,
                                           STR("strake:location"),
                                               str_format(reading->arena, "- %.*s", STR_ARG(str_trim(path))));
        }
}

static void take_annotations(struct sbom_reading *reading, struct sbom_package *package, const struct node *node)
{
        value_each (image_member(&node->value, "annotations"), item) {
                struct str value = image_text(&item->value, "comment"), name;

                if (!str_starts(value, STR("strake:")) || !str_split(&value, '=', &name) || !value.data)
                        continue;
                if (package)
                        sbom_take_property(reading, package, name, value);
                else
                        sbom_take_image_property(reading, name, value);
        }
}

static struct str without_prefix(struct str text, struct str prefix)
{
        return str_starts(text, prefix) ? str_from(text, prefix.len) : STR("");
}

static void take_purl(struct sbom_reading *reading, const struct node *node, struct str purl, uint32_t at)
{
        struct sbom_package package;

        if (!sbom_begin_package(reading, purl, at, &package))
                return;
        package.package.vendor = without_prefix(image_text(&node->value, "supplier"), STR("Organization: "));
        take_licenses(reading, &package, node);
        take_source_info(reading, &package, image_text(&node->value, "sourceInfo"));
        take_annotations(reading, &package, node);
        sbom_end_package(reading, &package);
}

static void take_package(struct sbom_reading *reading, const struct node *node)
{
        struct str purpose = image_text(&node->value, "primaryPackagePurpose");
        struct catalog_system *system = &reading->catalog->system;
        bool named = false;

        if (str_is(purpose, "OPERATING-SYSTEM") || str_is(purpose, "OPERATING_SYSTEM")
            || str_starts(image_text(&node->value, "SPDXID"), STR("SPDXRef-OperatingSystem"))) {
                system->id = image_text(&node->value, "name");
                system->version_id = image_text(&node->value, "versionInfo");
                system->pretty_name = image_text(&node->value, "description");
                return;
        }
        if (str_is(purpose, "CONTAINER")) {
                reading->image->subject = image_text(&node->value, "name");
                take_annotations(reading, NULL, node);
        }
        value_each (image_member(&node->value, "externalRefs"), item)
                if (value_is_text(image_member(&item->value, "referenceType"), "purl")) {
                        named = true;
                        take_purl(reading, node, image_text(&item->value, "referenceLocator"), item->at);
                }
        reading->unnamed += !named && (!purpose.len || str_is(purpose, "LIBRARY") || str_is(purpose, "FRAMEWORK"));
}

bool sbom_read_spdx(struct sbom_reading *reading, const struct node *root)
{
        TRY(sbom_check(reading, root, &bill));
        reading->image->subject = image_text(&root->value, "name");
        value_each (image_member(&root->value, "hasExtractedLicensingInfos"), item)
                *map_slot(reading->arena, &reading->references, image_text(&item->value, "licenseId")) = (void *)item;
        value_each (image_member(&root->value, "packages"), item)
                take_package(reading, item);
        return true;
}
