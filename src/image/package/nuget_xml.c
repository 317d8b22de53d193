/* nuget_xml.c - packages.config, Directory.Packages.props and project files of NuGet (learn.microsoft.com, nuget). */

#include "image/package/language.h"
#include "image/package/xml.h"

static bool add(struct package_sink *sink, struct str name, struct str version, bool development, struct err *err)
{
        /* "$(Name)" is known only where it is built. */
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

static bool is_reference(const struct xml *xml)
{
        return str_is(xml->name, "PackageReference") || str_is(xml->name, "PackageVersion")
               || str_is(xml->name, "GlobalPackageReference");
}

/* References stand in <ItemGroup>; the version is an attribute or an element. */
static bool parse_project(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct xml *root;

        TRY(xml_read(&scratch, file->text, &root, err));
        if (!str_is(root->name, "Project"))
                return err_set(err, "wanted is <Project>, here is <%.*s>", STR_ARG(root->name));
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
                        TRY(add(sink, name, version, str_is(xml_attribute(one, "PrivateAssets"), "all"), err));
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
        .version = 1,
        .paths = project_paths,
        .folders_only = true,
        .parse = parse_project,
};
