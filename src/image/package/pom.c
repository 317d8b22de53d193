/* pom.c - pom.xml of Maven (maven.apache.org, POM reference): the project, and what it depends on. */

#include "image/package/language.h"

#include "base/buf.h"
#include "base/map.h"
#include "image/package/pom.h"
#include "image/package/xml.h"

struct reading {
        struct package_sink *sink;
        struct arena *scratch;
        const struct xml *project;
        struct map properties, of_profile;      /* name → struct xml */
        struct map managed, managed_by_profile; /* "group:artifact" → struct xml */
};

enum { NESTED_PROPERTIES = 16, PROPERTY_MOST = 512 };

static struct str in_project(const struct reading *reading, const char *name)
{
        struct str own = xml_child_text(reading->project, name);

        return own.len ? own : xml_child_text(xml_child(reading->project, "parent"), name);
}

static struct str property(const void *context, struct str name)
{
        const struct reading *reading = context;
        const char *text = str_copy(reading->scratch, name).data;
        struct str project = STR("project."), pom = STR("pom."), parent = STR("project.parent.");
        const struct xml *known = map_get(&reading->of_profile, name);
        struct str value;

        if (!known)
                known = map_get(&reading->properties, name);
        value = known ? known->text : (struct str){"", 0};
        if (!value.len && str_starts(name, parent))
                value = xml_child_text(xml_child(reading->project, "parent"), text + parent.len);
        if (!value.len && str_starts(name, project))
                value = in_project(reading, text + project.len);
        if (!value.len && str_starts(name, pom))
                value = in_project(reading, text + pom.len);
        return value;
}

bool pom_is_open(struct str text)
{
        return str_find(text, STR("${"), 0) != SIZE_MAX;
}

/* `depth` counts properties in properties. */
static struct str expand_at(struct arena *arena, struct str text,
                            struct str (*property_of)(const void *context, struct str name), const void *context,
                            unsigned depth)
{
        CLEANUP(buf_free) struct buf out = {0};
        size_t at = 0;

        if (!pom_is_open(text) || depth >= NESTED_PROPERTIES)
                return text;
        while (at < text.len && out.len < PROPERTY_MOST) {
                size_t open = str_find(text, STR("${"), at);
                size_t close = open == SIZE_MAX ? SIZE_MAX : str_find(text, STR("}"), open);
                struct str value;

                buf_add(&out, str_sub(text, at, close == SIZE_MAX ? text.len : open));
                if (close == SIZE_MAX)
                        break;
                value = property_of(context, str_sub(text, open + 2, close));
                /* What is long is no version, and might be put in thousands of times. */
                buf_add(&out, value.len && value.len <= PROPERTY_MOST
                                      ? expand_at(arena, value, property_of, context, depth + 1)
                                      : str_sub(text, open, close + 1));
                at = close + 1;
        }
        return str_copy(arena, buf_text(&out));
}

struct str pom_expand(struct arena *arena, struct str text,
                      struct str (*property_of)(const void *context, struct str name), const void *context)
{
        return expand_at(arena, text, property_of, context, 0);
}

static struct str expand(const struct reading *reading, struct str text)
{
        return pom_expand(reading->scratch, text, property, reading);
}

static struct str text_of(const struct reading *reading, const struct xml *in, const char *name)
{
        return expand(reading, xml_child_text(in, name));
}

struct str pom_fixed_version(struct str version)
{
        if (pom_is_open(version))
                return (struct str){"", 0};
        if (!version.len || !strchr("[(", version.data[0]))
                return version;
        return version.data[0] == '[' ? str_trim(language_before(str_from(version, 1), ",])")) : (struct str){"", 0};
}

static struct str full_name(const struct reading *reading, const struct xml *in)
{
        struct str group = text_of(reading, in, "groupId"), artifact = text_of(reading, in, "artifactId");

        return str_format(reading->scratch, "%.*s:%.*s", STR_ARG(group), STR_ARG(artifact));
}

/* The first of properties and of <dependencyManagement> that have the same name counts. */
static void read_named(struct reading *reading, const struct xml *in, struct map *properties, struct map *managed)
{
        const struct xml *list = xml_child(in, "properties");

        *properties = *managed = (struct map){0};
        for (const struct xml *one = list ? list->child : NULL; one; one = one->next) {
                void **slot = map_slot(reading->scratch, properties, one->name);

                *slot = *slot ? *slot : (void *)one;
        }
        list = xml_child(xml_child(in, "dependencyManagement"), "dependencies");
        for (const struct xml *one = xml_child(list, "dependency"); one; one = xml_next(one)) {
                void **slot = map_slot(reading->scratch, managed, full_name(reading, one));

                *slot = *slot ? *slot : (void *)one;
        }
}

/* Notes that the package that was added last is not whole. */
static bool note_open(const struct reading *reading, struct str group, struct str artifact, struct str version,
                      struct str scope, struct err *err)
{
        if (version.len && !pom_is_open(version) && !pom_is_open(group) && !pom_is_open(artifact))
                return true;
        return package_note(reading->sink, STR("open"),
                                               str_format(reading->scratch, "%zu\t%.*s\t%.*s\t%.*s\t%.*s",
                                                          reading->sink->packages.count - 1, STR_ARG(group),
                                                          STR_ARG(artifact), STR_ARG(version), STR_ARG(scope)),
                                               err);
}

static bool add(const struct reading *reading, const struct xml *dependency, struct err *err)
{
        struct str group = text_of(reading, dependency, "groupId"),
                   artifact = text_of(reading, dependency, "artifactId");
        struct str version = text_of(reading, dependency, "version"), scope = text_of(reading, dependency, "scope");
        struct str name = full_name(reading, dependency);
        const struct xml *named = map_get(&reading->managed_by_profile, name);

        if (!named)
                named = map_get(&reading->managed, name);
        if (!version.len && named)
                version = text_of(reading, named, "version");
        if (!scope.len && named)
                scope = text_of(reading, named, "scope");
        if (!group.len || !artifact.len)
                return package_problem(reading->sink, "a dependency has no %s", group.len ? "artifactId" : "groupId");
        TRY(language_add(reading->sink, "maven", name, pom_fixed_version(version),
                         str_is(scope, "test") ? PACKAGE_DEVELOPMENT : 0, err));
        return note_open(reading, group, artifact, version, scope, err);
}

static bool add_all(const struct reading *reading, const struct xml *in, struct err *err)
{
        const struct xml *list = xml_child(in, "dependencies");

        for (const struct xml *one = xml_child(list, "dependency"); one; one = xml_next(one))
                TRY(add(reading, one, err));
        return true;
}

static bool add_project(const struct reading *reading, struct err *err)
{
        struct str group = expand(reading, in_project(reading, "groupId"));
        struct str artifact = text_of(reading, reading->project, "artifactId");
        struct str version = expand(reading, in_project(reading, "version")), licenses[8];
        struct package package = {.type = STR("maven"), .flags = PACKAGE_ROOT, .licenses = licenses};
        const struct xml *license = xml_child(xml_child(reading->project, "licenses"), "license");

        if (!group.len || !artifact.len)
                return true;
        for (; license && package.license_count < COUNT_OF(licenses); license = xml_next(license))
                if (xml_child_text(license, "name").len)
                        licenses[package.license_count++] = xml_child_text(license, "name");
        package.name = str_format(reading->scratch, "%.*s:%.*s", STR_ARG(group), STR_ARG(artifact));
        package.version = pom_fixed_version(version);
        TRY(package_add(reading->sink, &package, err));
        return note_open(reading, group, artifact, version, STR(""), err);
}

/* --- notes for the poms that have this one as parent, or import it ---------- */

static bool note_parts(const struct reading *reading, struct str key, const struct xml *in, const char *last,
                       struct err *err)
{
        struct str group = xml_child_text(in, "groupId"), artifact = xml_child_text(in, "artifactId");
        struct str version = xml_child_text(in, "version");

        return package_note(reading->sink, key,
                            str_format(reading->scratch, "%.*s\t%.*s\t%.*s\t%s", STR_ARG(group), STR_ARG(artifact),
                                       STR_ARG(version), last),
                            err);
}

static bool note_managed(const struct reading *reading, struct err *err)
{
        const struct xml *list = xml_child(xml_child(reading->project, "dependencyManagement"), "dependencies");

        for (const struct xml *one = xml_child(list, "dependency"); one; one = xml_next(one)) {
                struct str name = full_name(reading, one);
                struct str version = xml_child_text(one, "version"), scope = xml_child_text(one, "scope");

                if (str_is(scope, "import"))
                        TRY(note_parts(reading, STR("import"), one, "", err));
                else
                        TRY(package_note(reading->sink, str_format(reading->scratch, "managed:%.*s", STR_ARG(name)),
                                         str_format(reading->scratch, "%.*s\t%.*s", STR_ARG(version), STR_ARG(scope)),
                                         err));
        }
        return true;
}

static bool note_all(const struct reading *reading, struct err *err)
{
        const struct xml *parent = xml_child(reading->project, "parent"), *path = xml_child(parent, "relativePath");
        struct str group = in_project(reading, "groupId"), version = in_project(reading, "version");
        struct str artifact = xml_child_text(reading->project, "artifactId");
        struct map_entry *one = reading->properties.entries;

        TRY(package_note(reading->sink, STR("project"),
                                            str_format(reading->scratch, "%.*s\t%.*s\t%.*s", STR_ARG(group),
                                                       STR_ARG(artifact), STR_ARG(version)),
                                            err));
        if (parent) /* an empty path says to look in repositories only */
                TRY(note_parts(reading, STR("parent"), parent,
                                            path ? str_copy(reading->scratch, path->text).data : "../pom.xml", err));
        for (size_t i = 0; i < reading->properties.count; i++, one++)
                TRY(package_note(reading->sink, str_format(reading->scratch, "property:%.*s", STR_ARG(one->key)),
                                 ((const struct xml *)one->value)->text, err));
        return note_managed(reading, err);
}

static bool parse(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct reading reading = {.sink = sink, .scratch = &scratch};
        const struct xml *profile;
        struct xml *root;

        TRY(xml_read(&scratch, file->text, &root, err));
        if (!str_is(root->name, "project"))
                return err_set(err, "wanted is <project>, here is <%.*s>", STR_ARG(root->name));
        reading.project = root;
        read_named(&reading, root, &reading.properties, &reading.managed);
        TRY(note_all(&reading, err));
        TRY(add_project(&reading, err));
        TRY(add_all(&reading, root, err));
        for (profile = xml_child(xml_child(root, "profiles"), "profile"); profile; profile = xml_next(profile)) {
                read_named(&reading, profile, &reading.of_profile, &reading.managed_by_profile);
                TRY(add_all(&reading, profile, err));
        }
        return true;
}

static const char *const paths[] = {"**/pom.xml", NULL};

const struct package_format format_pom = {
        .name = "pom",
        .version = 2,
        .paths = paths,
        .folders_only = true,
        .most = 8 << 20,
        .parse = parse,
        .conclude = pom_conclude,
};
