/* cyclonedx.c - CycloneDX 1.6 as JSON is written. */

#include "base/build_info.h"
#include "image/sbom/licenses.h"
#include "image/sbom/parts.h"

static void add_properties(struct json_writer *writer, const struct sbom_properties *properties)
{
        if (!properties->list.count)
                return;
        json_key(writer, "properties");
        json_begin(writer, '[');
        for (size_t i = 0; i < properties->list.count; i++) {
                json_begin(writer, '{');
                json_member(writer, "name", properties->list.items[i].name);
                json_member(writer, "value", properties->list.items[i].value);
                json_end(writer, '}');
        }
        json_end(writer, ']');
}

static void add_tool(struct json_writer *writer)
{
        json_key(writer, "tools");
        json_begin(writer, '{');
        json_key(writer, "components");
        json_begin(writer, '[');
        json_begin(writer, '{');
        json_member(writer, "type", STR("application"));
        json_member(writer, "name", STR("strake"));
        json_member(writer, "version", build_info.version);
        json_end(writer, '}');
        json_end(writer, ']');
        json_end(writer, '}');
}

static void add_metadata(struct sbom_printing *printing)
{
        struct json_writer *writer = &printing->writer;
        struct sbom_properties properties = {0};
        char time[SBOM_TIME];

        json_key(writer, "metadata");
        json_begin(writer, '{');
        if (printing->settings->time >= 0)
                json_member(writer, "timestamp", sbom_time(printing->settings->time, time));
        add_tool(writer);
        json_key(writer, "component");
        json_begin(writer, '{');
        json_member(writer, "bom-ref", STR("image"));
        json_member(writer, "type", printing->image->kind == IMAGE_FOLDER ? STR("platform") : STR("container"));
        json_member(writer, "name", sbom_subject(printing->image));
        sbom_properties_of_image(printing->arena, printing->image, &properties);
        add_properties(writer, &properties);
        json_end(writer, '}');
        json_end(writer, '}');
}

static void add_system(struct json_writer *writer, const struct catalog_system *system)
{
        if (!system->id.len)
                return;
        json_begin(writer, '{');
        json_member(writer, "bom-ref", STR("system"));
        json_member(writer, "type", STR("operating-system"));
        json_member(writer, "name", system->id);
        json_member_if(writer, "version", system->version_id);
        json_member_if(writer, "description", system->pretty_name);
        json_end(writer, '}');
}

/* The list holds either licences or one expression (bom-1.6.schema.json, licenseChoice). */
static void add_licenses(struct json_writer *writer, const struct package *package)
{
        bool expression = package->license_count == 1 && !license_is_known(package->licenses[0])
                          && license_is_expression(package->licenses[0]);

        if (!package->license_count)
                return;
        json_key(writer, "licenses");
        json_begin(writer, '[');
        for (size_t i = 0; i < package->license_count; i++) {
                json_begin(writer, '{');
                if (expression)
                        json_member(writer, "expression", package->licenses[i]);
                else {
                        json_key(writer, "license");
                        json_begin(writer, '{');
                        json_member(writer, license_is_known(package->licenses[i]) ? "id" : "name",
                                    package->licenses[i]);
                        json_end(writer, '}');
                }
                json_end(writer, '}');
        }
        json_end(writer, ']');
}

static void add_locations(struct json_writer *writer, const struct package *package)
{
        if (!package->location_count)
                return;
        json_key(writer, "evidence");
        json_begin(writer, '{');
        json_key(writer, "occurrences");
        json_begin(writer, '[');
        for (size_t i = 0; i < package->location_count; i++) {
                json_begin(writer, '{');
                json_member(writer, "location", package->locations[i].path);
                json_member_if(writer, "additionalContext", package->locations[i].layer);
                json_end(writer, '}');
        }
        json_end(writer, ']');
        json_end(writer, '}');
}

/* The namespace that the name of a package begins with is its group. */
static void add_name(struct json_writer *writer, const struct package *package)
{
        char joint = package_purl_joint(package->type);
        const char *at = joint ? memrchr(package->name.data, joint, package->name.len) : NULL;
        struct str name = at ? str_span(at + 1, package->name.data + package->name.len) : package->name;

        if (at && name.len)
                json_member_if(writer, "group", str_span(package->name.data, at));
        json_member(writer, "name", name.len ? name : package->name);
}

static void add_package(struct sbom_printing *printing, size_t index)
{
        struct json_writer *writer = &printing->writer;
        const struct package *package = &printing->catalog->packages[index];
        struct sbom_properties properties = {0};

        json_begin(writer, '{');
        json_member(writer, "bom-ref", printing->identifiers[index]);
        json_member(writer, "type", STR("library"));
        json_member_if(writer, "publisher", package->vendor);
        add_name(writer, package);
        json_member_if(writer, "version", package->version);
        add_licenses(writer, package);
        json_member(writer, "purl", package->purl);
        add_locations(writer, package);
        sbom_properties_of(printing->arena, package, &properties);
        add_properties(writer, &properties);
        json_end(writer, '}');
}

/* That something could not be read must be seen in the bill, too. */
static void add_completeness(struct sbom_printing *printing)
{
        struct json_writer *writer = &printing->writer;

        if (!printing->catalog->problems.count)
                return;
        json_key(writer, "compositions");
        json_begin(writer, '[');
        json_begin(writer, '{');
        json_member(writer, "aggregate", STR("incomplete"));
        json_key(writer, "assemblies");
        json_begin(writer, '[');
        json_text(writer, STR("image"));
        json_end(writer, ']');
        json_end(writer, '}');
        json_end(writer, ']');
}

static void print(struct sbom_printing *printing)
{
        struct json_writer *writer = &printing->writer;

        json_begin(writer, '{');
        json_member(writer, "$schema", STR("http://cyclonedx.org/schema/bom-1.6.schema.json"));
        json_member(writer, "bomFormat", STR("CycloneDX"));
        json_member(writer, "specVersion", STR("1.6"));
        if (printing->uuid.len)
                json_member(writer, "serialNumber",
                            str_format(printing->arena, "urn:uuid:%.*s", STR_ARG(printing->uuid)));
        json_member_number(writer, "version", 1);
        add_metadata(printing);
        json_key(writer, "components");
        json_begin(writer, '[');
        add_system(writer, &printing->catalog->system);
        for (size_t i = 0; i < printing->catalog->package_count; i++)
                add_package(printing, i);
        json_end(writer, ']');
        add_completeness(printing);
        json_end(writer, '}');
        buf_add_char(writer->out, '\n');
}

void sbom_print_cyclonedx(struct buf *out, const struct image *image, const struct catalog *catalog,
                          const struct sbom_settings *settings)
{
        sbom_print(out, image, catalog, settings, print);
}
