/* read_cyclonedx.c - CycloneDX 1.2 to 1.7 as JSON is checked and read.
 *
 * What names packages is checked as the schemas of CycloneDX do; what else a bill may hold (vulnerabilities, formulas, models) is left alone. */

#include "base/reader.h"
#include "image/open/open.h"
#include "image/sbom/licenses.h"
#include "image/sbom/parts.h"

static const struct sbom_shape component, service;

#define SHAPE(...)                                                                                                     \
        .members = (const struct sbom_member[]){__VA_ARGS__},                                                          \
        .count = COUNT_OF(((const struct sbom_member[]){__VA_ARGS__}))

static bool is_there(const struct node *node, const char *name)
{
        const struct value *value = image_member(&node->value, name);

        return value && value->kind != VALUE_NULL;
}

static bool one_of(struct sbom_reading *reading, const struct node *node, const char *what, const char *first,
                   const char *second)
{
        return is_there(node, first) != is_there(node, second)
               || sbom_fail(reading, node->at, "%s must have either \"%s\" or \"%s\"", what, first, second);
}

static bool is_hex(int byte)
{
        return is_digit(byte) || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

static bool check_serial(struct sbom_reading *reading, const struct node *node)
{
        static const unsigned char groups[] = {8, 4, 4, 4, 12};
        struct reader reader = reader_over(value_is(&node->value, VALUE_STRING) ? value_text(&node->value) : STR(""));
        bool fine = reader_take_str(&reader, STR("urn:uuid:"));

        for (size_t i = 0; fine && i < COUNT_OF(groups); i++)
                fine = (!i || reader_take(&reader, '-')) && reader_take_while(&reader, is_hex).len == groups[i];
        return (fine && reader_done(&reader))
               || sbom_fail(reading, node->at, "\"serialNumber\" must be \"urn:uuid:\" and a UUID");
}

static bool check_reference(struct sbom_reading *reading, const struct node *node)
{
        void **slot;

        if (node->value.kind != VALUE_STRING || !node->value.len)
                return sbom_fail(reading, node->at, "\"bom-ref\" must be a string that is not empty");
        slot = map_slot(reading->arena, &reading->references, value_text(&node->value));
        if (*slot)
                return sbom_fail(reading, node->at, "\"bom-ref\" \"%.*s\" stands twice",
                                 STR_ARG(value_text(&node->value)));
        *slot = reading;
        return true;
}

static bool check_hash(struct sbom_reading *reading, const struct node *node)
{
        struct str content = image_text(&node->value, "content");
        struct reader reader = reader_over(content);
        size_t length = reader_take_while(&reader, is_hex).len;

        return (reader_done(&reader) && (length == 32 || length == 40 || length == 64 || length == 96 || length == 128))
               || sbom_fail(reading, node->at, "the hash \"%.*s\" is none: 32, 40, 64, 96 or 128 hexadecimal digits",
                            STR_ARG(content));
}

static bool check_property(struct sbom_reading *reading, const struct node *node)
{
        return reading->minor < 6 || is_there(node, "name")
               || sbom_fail(reading, node->at, "property: \"name\" is missing");
}

static bool check_license(struct sbom_reading *reading, const struct node *node)
{
        struct str id = image_text(&node->value, "id");

        TRY(one_of(reading, node, "a license", "id", "name"));
        return !is_there(node, "id") || license_is_known(id)
               || sbom_fail(reading, node->at,
                            "\"%.*s\" is no identifier of the SPDX license list; other names belong in \"name\"",
                            STR_ARG(id));
}

static bool check_version(struct sbom_reading *reading, const struct node *node)
{
        if (!is_there(node, "versionRange"))
                return true;
        if (is_there(node, "version"))
                return sbom_fail(reading, node->at, "a component has either \"version\" or \"versionRange\"");
        return value_is_true(image_member(&node->value, "isExternal"))
               || sbom_fail(reading, node->at, "\"versionRange\" is for components with \"isExternal\": true");
}

static bool check_citation(struct sbom_reading *reading, const struct node *node)
{
        TRY(one_of(reading, node, "a citation", "pointers", "expressions"));
        return is_there(node, "attributedTo") || is_there(node, "process")
               || sbom_fail(reading, node->at, "a citation must have \"attributedTo\" or \"process\"");
}

static const struct sbom_shape attachment = {
        .name = "attachment",
        SHAPE({"content", SBOM_STRING, .needed = true}, {"contentType", SBOM_STRING},
              {"encoding", SBOM_WORD, .words = "base64"}),
        .closed = true,
};

static const struct sbom_shape property = {
        .name = "property",
        SHAPE({"name", SBOM_STRING}, {"value", SBOM_STRING}),
        .closed = true,
        .check = check_property,
};

static const struct sbom_shape license = {
        .name = "license",
        SHAPE({"bom-ref", SBOM_CHECKED, .check = check_reference}, {"id", SBOM_STRING}, {"name", SBOM_STRING},
              {"acknowledgement", SBOM_WORD, .words = "declared concluded"},
              {"text", SBOM_OBJECT, .shape = &attachment}, {"url", SBOM_STRING}, {"licensing", SBOM_ANY},
              {"properties", SBOM_LIST, .shape = &property}),
        .closed = true,
        .check = check_license,
};

static const struct sbom_shape license_choice = {
        .name = "license choice",
        SHAPE({"license", SBOM_OBJECT, .shape = &license}, {"expression", SBOM_STRING}),
};

/* Up to 1.6 an expression stands alone. */
static bool check_licenses(struct sbom_reading *reading, const struct node *node)
{
        if (node->value.kind != VALUE_LIST)
                return sbom_fail(reading, node->at, "\"licenses\" must be a list, not a %s",
                                 value_kind_name(&node->value));
        value_each (&node->value, item) {
                TRY(sbom_check(reading, item, &license_choice));
                TRY(one_of(reading, item, "an entry of \"licenses\"", "license", "expression"));
                if (reading->minor < 7 && node->value.len > 1 && is_there(item, "expression"))
                        return sbom_fail(reading, item->at,
                                         "an expression must stand alone in \"licenses\" before CycloneDX 1.7");
        }
        return true;
}

static const struct sbom_shape hash = {
        .name = "hash",
        SHAPE({"alg", SBOM_WORD, .needed = true,
               .words = "MD5 SHA-1 SHA-256 SHA-384 SHA-512 SHA3-256 SHA3-384 SHA3-512 BLAKE2b-256 BLAKE2b-384 "
                        "BLAKE2b-512 BLAKE3 Streebog-256 Streebog-512"},
              {"content", SBOM_STRING, .needed = true}),
        .closed = true,
        .check = check_hash,
};

static const struct sbom_shape swid = {
        .name = "swid",
        SHAPE({"tagId", SBOM_STRING, .needed = true}, {"name", SBOM_STRING, .needed = true}, {"version", SBOM_STRING},
              {"text", SBOM_OBJECT, .shape = &attachment}),
};

static const struct sbom_shape issue = {
        .name = "issue",
        SHAPE({"type", SBOM_WORD, .needed = true, .words = "defect enhancement security"}, {"id", SBOM_STRING},
              {"name", SBOM_STRING}, {"description", SBOM_STRING}),
};

static const struct sbom_shape difference = {
        .name = "diff",
        SHAPE({"text", SBOM_OBJECT, .shape = &attachment}, {"url", SBOM_STRING}),
};

static const struct sbom_shape patch = {
        .name = "patch",
        SHAPE({"type", SBOM_WORD, .needed = true, .words = "unofficial monkey backport cherry-pick"},
              {"diff", SBOM_OBJECT, .shape = &difference}, {"resolves", SBOM_LIST, .shape = &issue}),
};

static const struct sbom_shape pedigree = {
        .name = "pedigree",
        SHAPE({"ancestors", SBOM_LIST, .shape = &component}, {"descendants", SBOM_LIST, .shape = &component},
              {"variants", SBOM_LIST, .shape = &component}, {"patches", SBOM_LIST, .shape = &patch}),
};

static const struct sbom_shape occurrence = {
        .name = "occurrence",
        SHAPE({"location", SBOM_STRING, .needed = true}, {"additionalContext", SBOM_STRING}),
};

static const struct sbom_shape evidence = {
        .name = "evidence",
        SHAPE({"occurrences", SBOM_LIST, .shape = &occurrence}, {"licenses", SBOM_CHECKED, .check = check_licenses}),
};

static const struct sbom_shape component = {
        .name = "component",
        SHAPE({"bom-ref", SBOM_CHECKED, .check = check_reference},
              {"type", SBOM_WORD, .needed = true,
               .words = "application framework library container platform operating-system device device-driver "
                        "firmware file machine-learning-model data cryptographic-asset"},
              {"name", SBOM_STRING, .needed = true}, {"version", SBOM_STRING}, {"versionRange", SBOM_STRING},
              {"isExternal", SBOM_BOOLEAN}, {"group", SBOM_STRING}, {"publisher", SBOM_STRING},
              {"description", SBOM_STRING}, {"mime-type", SBOM_STRING}, {"purl", SBOM_STRING}, {"cpe", SBOM_STRING},
              {"scope", SBOM_WORD, .words = "required optional excluded"}, {"hashes", SBOM_LIST, .shape = &hash},
              {"licenses", SBOM_CHECKED, .check = check_licenses}, {"swid", SBOM_OBJECT, .shape = &swid},
              {"pedigree", SBOM_OBJECT, .shape = &pedigree}, {"components", SBOM_LIST, .shape = &component},
              {"evidence", SBOM_OBJECT, .shape = &evidence}, {"properties", SBOM_LIST, .shape = &property},
              {"modified", SBOM_BOOLEAN}, {"copyright", SBOM_STRING}, {"author", SBOM_STRING}, {"supplier", SBOM_ANY},
              {"manufacturer", SBOM_ANY}, {"authors", SBOM_ANY}, {"patentAssertions", SBOM_ANY},
              {"omniborId", SBOM_ANY}, {"swhid", SBOM_ANY}, {"externalReferences", SBOM_ANY},
              {"releaseNotes", SBOM_ANY}, {"modelCard", SBOM_ANY}, {"data", SBOM_ANY}, {"cryptoProperties", SBOM_ANY},
              {"tags", SBOM_ANY}, {"signature", SBOM_ANY}),
        .closed = true,
        .check = check_version,
};

static const struct sbom_shape data = {
        .name = "data",
        SHAPE({"flow", SBOM_WORD, .needed = true, .words = "inbound outbound bi-directional unknown"},
              {"classification", SBOM_STRING, .needed = true}),
};

static const struct sbom_shape service = {
        .name = "service",
        SHAPE({"bom-ref", SBOM_CHECKED, .check = check_reference}, {"name", SBOM_STRING, .needed = true},
              {"group", SBOM_STRING}, {"version", SBOM_STRING}, {"authenticated", SBOM_BOOLEAN},
              {"x-trust-boundary", SBOM_BOOLEAN}, {"endpoints", SBOM_STRINGS}, {"data", SBOM_LIST, .shape = &data},
              {"licenses", SBOM_CHECKED, .check = check_licenses}, {"services", SBOM_LIST, .shape = &service},
              {"properties", SBOM_LIST, .shape = &property}),
};

static const struct sbom_shape metadata = {
        .name = "metadata",
        SHAPE({"timestamp", SBOM_TIME_STAMP}, {"component", SBOM_OBJECT, .shape = &component},
              {"licenses", SBOM_CHECKED, .check = check_licenses}, {"properties", SBOM_LIST, .shape = &property},
              {"lifecycles", SBOM_ANY}, {"tools", SBOM_ANY}, {"manufacturer", SBOM_ANY}, {"authors", SBOM_ANY},
              {"manufacture", SBOM_ANY}, {"supplier", SBOM_ANY}, {"distributionConstraints", SBOM_ANY}),
        .closed = true,
};

static const struct sbom_shape dependency = {
        .name = "dependency",
        SHAPE({"ref", SBOM_FILLED, .needed = true}, {"dependsOn", SBOM_STRINGS}, {"provides", SBOM_STRINGS}),
};

static const struct sbom_shape citation = {
        .name = "citation",
        SHAPE({"timestamp", SBOM_TIME_STAMP, .needed = true}),
        .check = check_citation,
};

static const struct sbom_shape bill = {
        .name = "the document",
        SHAPE({"bomFormat", SBOM_WORD, .needed = true, .words = "CycloneDX"},
              {"specVersion", SBOM_WORD, .needed = true, .words = "1.2 1.3 1.4 1.5 1.6 1.7"},
              {"serialNumber", SBOM_CHECKED, .check = check_serial}, {"version", SBOM_INTEGER},
              {"metadata", SBOM_OBJECT, .shape = &metadata}, {"components", SBOM_LIST, .shape = &component},
              {"services", SBOM_LIST, .shape = &service}, {"dependencies", SBOM_LIST, .shape = &dependency},
              {"properties", SBOM_LIST, .shape = &property}, {"citations", SBOM_LIST, .shape = &citation}),
};

static void take_licenses(struct sbom_reading *reading, struct sbom_package *package, const struct node *node)
{
        value_each (image_member(&node->value, "licenses"), item) {
                const struct value *one = image_member(&item->value, "license");
                struct str text = image_text(&item->value, "expression");

                if (!text.len)
                        text = image_text(one, "id");
                if (!text.len)
                        text = image_text(one, "name");
                if (text.len)
                        *vec_push(reading->arena, &package->licenses) = text;
        }
}

static void take_locations(struct sbom_reading *reading, struct sbom_package *package, const struct node *node)
{
        value_each (image_member(image_member(&node->value, "evidence"), "occurrences"), item) {
                struct str layer = image_text(&item->value, "additionalContext");
                struct digest digest;
                struct err err = {0};

                /* Others write prose there. */
                if (!digest_read(layer, &digest, &err))
                        layer = STR("");
                *vec_push(reading->arena, &package->locations) =
                        (struct sbom_location){package->locations.count, {layer, image_text(&item->value, "location")}};
        }
}

static void take_system(struct sbom_reading *reading, const struct node *node)
{
        struct catalog_system *system = &reading->catalog->system;

        if (system->id.len)
                return;
        system->id = image_text(&node->value, "name");
        system->version_id = image_text(&node->value, "version");
        system->pretty_name = image_text(&node->value, "description");
}

static void take_component(struct sbom_reading *reading, const struct node *node)
{
        struct str type = image_text(&node->value, "type"), purl = image_text(&node->value, "purl");
        struct sbom_package package;

        if (str_is(type, "operating-system"))
                take_system(reading, node);
        else if (!purl.len)
                reading->unnamed += str_is(type, "library") || str_is(type, "framework");
        else if (sbom_begin_package(reading, purl, node->at, &package)) {
                package.package.vendor = image_text(&node->value, "publisher");
                if (value_is_text(image_member(&node->value, "scope"), "excluded"))
                        package.package.flags |= PACKAGE_DEVELOPMENT;
                take_licenses(reading, &package, node);
                take_locations(reading, &package, node);
                value_each (image_member(&node->value, "properties"), item)
                        sbom_take_property(reading, &package, image_text(&item->value, "name"),
                                           image_text(&item->value, "value"));
                sbom_end_package(reading, &package);
        }
        value_each (image_member(&node->value, "components"), item)
                take_component(reading, item);
}

bool sbom_read_cyclonedx(struct sbom_reading *reading, const struct node *root)
{
        struct str version = image_text(&root->value, "specVersion");
        const struct value *about = image_member(&root->value, "metadata");

        reading->minor = version.len == 3 && is_digit(version.data[2]) ? (unsigned)(version.data[2] - '0') : 0;
        TRY(sbom_check(reading, root, &bill));
        about = image_member(about, "component");
        reading->image->subject = image_text(about, "name");
        value_each (image_member(about, "properties"), item)
                sbom_take_image_property(reading, image_text(&item->value, "name"), image_text(&item->value, "value"));
        value_each (image_member(about, "components"), item)
                take_component(reading, item);
        value_each (image_member(&root->value, "components"), item)
                take_component(reading, item);
        return true;
}
