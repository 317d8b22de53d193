/* nuget_xml.c - packages.config, Directory.Packages.props and project files of NuGet (learn.microsoft.com, nuget). */

#include "base/buf.h"
#include "base/map.h"
#include "image/package/language.h"
#include "image/package/xml.h"

static bool add(struct package_sink *sink, struct str name, struct str version, bool development, struct err *err)
{
        /* "$(Name)" that the file does not set is known only where it is built. */
        if (!name.len || str_find(name, STR("$("), 0) != SIZE_MAX)
                return true;
        if (str_find(version, STR("$("), 0) != SIZE_MAX || (version.len && strchr("[(*", version.data[0])))
                version.len = 0;
        return version.len ? language_add(sink, "nuget", name, version, development ? PACKAGE_DEVELOPMENT : 0, err)
                           : true;
}

static bool parse_config(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct xml *root;

        TRY(xml_read(&scratch, file->text, &root, err));
        for (const struct xml *one = xml_child(root, "package"); one; one = xml_next(one))
                TRY(add(sink, xml_attribute(one, "id"), xml_attribute(one, "version"),
                        str_is(xml_attribute(one, "developmentDependency"), "true"), err));
        return true;
}

/* --- properties: <PropertyGroup> (learn.microsoft.com, MSBuild properties) --- */

/* A text may be put in thousands of times: long ones, which are no versions, are not. */
enum { NESTED_PROPERTIES = 8, PROPERTY_MOST = 512 };

/* Names count whatever the case of their letters. */
static struct str property_name(struct arena *scratch, struct str name)
{
        struct str copy = str_copy(scratch, str_trim(name));

        for (size_t i = 0; i < copy.len; i++)
                if (copy.data[i] >= 'A' && copy.data[i] <= 'Z')
                        ((char *)copy.data)[i] |= 0x20;
        return copy;
}

/* The last setting counts. What is set on a condition depends on how it is built. */
static struct map read_properties(struct arena *scratch, const struct xml *project)
{
        struct map properties = {0};

        for (const struct xml *group = xml_child(project, "PropertyGroup"); group; group = xml_next(group)) {
                if (xml_attribute(group, "Condition").len)
                        continue;
                for (const struct xml *one = group->child; one; one = one->next)
                        if (!xml_attribute(one, "Condition").len && one->text.len <= PROPERTY_MOST)
                                *map_slot(scratch, &properties, property_name(scratch, one->name)) = (void *)one;
        }
        return properties;
}

/* "$(Name)" with the properties put in; what is not known stays. */
static struct str expand(struct arena *scratch, const struct map *properties, struct str text, unsigned depth)
{
        CLEANUP(buf_free) struct buf out = {0};
        size_t at = 0;

        if (str_find(text, STR("$("), 0) == SIZE_MAX || depth >= NESTED_PROPERTIES)
                return text;
        while (at < text.len && out.len < PROPERTY_MOST) {
                size_t open = str_find(text, STR("$("), at);
                size_t close = open == SIZE_MAX ? SIZE_MAX : str_find(text, STR(")"), open);
                const struct xml *known;

                buf_add(&out, str_sub(text, at, close == SIZE_MAX ? text.len : open));
                if (close == SIZE_MAX)
                        break;
                known = map_get(properties, property_name(scratch, str_sub(text, open + 2, close)));
                buf_add(&out, known && known->text.len ? expand(scratch, properties, known->text, depth + 1)
                                                       : str_sub(text, open, close + 1));
                at = close + 1;
        }
        return str_copy(scratch, buf_text(&out));
}

static bool is_reference(const struct xml *xml)
{
        return str_is(xml->name, "PackageReference") || str_is(xml->name, "PackageVersion")
               || str_is(xml->name, "GlobalPackageReference");
}

/* References stand in <ItemGroup>; the version is an attribute or an element. */
static bool parse_project(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct map properties;
        struct xml *root;

        TRY(xml_read(&scratch, file->text, &root, err));
        if (!str_is(root->name, "Project"))
                return err_set(err, "wanted is <Project>, here is <%.*s>", STR_ARG(root->name));
        properties = read_properties(&scratch, root);
        for (const struct xml *group = xml_child(root, "ItemGroup"); group; group = xml_next(group))
                for (const struct xml *one = group->child; one; one = one->next) {
                        struct str name = xml_attribute(one, "Include"), version = xml_attribute(one, "Version");

                        if (!is_reference(one))
                                continue;
                        if (!name.len)
                                name = xml_attribute(one, "Update");
                        if (!version.len)
                                version = xml_attribute(one, "VersionOverride");
                        if (!version.len)
                                version = xml_child_text(one, "Version");
                        TRY(add(sink, name, expand(&scratch, &properties, version, 0),
                                str_is(xml_attribute(one, "PrivateAssets"), "all"), err));
                }
        return true;
}

static const char *const config_paths[] = {"**/packages.config", NULL};
static const char *const project_paths[] = {
        "**/Directory.Packages.props", "**/Packages.props", "**/*.csproj", "**/*.fsproj", "**/*.vbproj", NULL};

const struct package_format format_nuget_config = {
        .name = "nuget-config",
        .version = 1,
        .paths = config_paths,
        .parse = parse_config,
};
const struct package_format format_nuget_project = {
        .name = "nuget-project",
        .version = 2,
        .paths = project_paths,
        .folders_only = true,
        .parse = parse_project,
};
