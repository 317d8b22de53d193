/* pom.c - pom.xml of Maven (maven.apache.org, POM reference): the project, and what it depends on. */

#include "image/package/language.h"

#include "base/buf.h"
#include "base/map.h"
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

static struct str property(const struct reading *reading, struct str name)
{
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

/* "a-${b}" with the properties put in; what is not known stays, so that the caller sees it. */
static struct str expand(const struct reading *reading, struct str text, unsigned depth)
{
        CLEANUP(buf_free) struct buf out = {0};
        size_t at = 0;

        if (str_find(text, STR("${"), 0) == SIZE_MAX || depth >= NESTED_PROPERTIES)
                return text;
        while (at < text.len && out.len < PROPERTY_MOST) {
                size_t open = str_find(text, STR("${"), at);
                size_t close = open == SIZE_MAX ? SIZE_MAX : str_find(text, STR("}"), open);
                struct str value;

                buf_add(&out, str_sub(text, at, close == SIZE_MAX ? text.len : open));
                if (close == SIZE_MAX)
                        break;
                value = property(reading, str_sub(text, open + 2, close));
                buf_add(&out, value.len ? expand(reading, value, depth + 1) : str_sub(text, open, close + 1));
                at = close + 1;
        }
        return str_copy(reading->scratch, buf_text(&out));
}

static struct str text_of(const struct reading *reading, const struct xml *in, const char *name)
{
        return expand(reading, xml_child_text(in, name), 0);
}

/* "[1.0,2.0)" asks for a range: its lower end, where that is meant too, is the least that it is. */
static struct str fixed_version(struct str version)
{
        if (str_find(version, STR("${"), 0) != SIZE_MAX)
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
        return language_add(reading->sink, "maven", name, fixed_version(version),
                            str_is(scope, "test") ? PACKAGE_DEVELOPMENT : 0, err);
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
        struct str group = expand(reading, in_project(reading, "groupId"), 0);
        struct str artifact = text_of(reading, reading->project, "artifactId");
        struct str licenses[8];
        struct package package = {.type = STR("maven"), .flags = PACKAGE_ROOT, .licenses = licenses};
        const struct xml *license = xml_child(xml_child(reading->project, "licenses"), "license");

        if (!group.len || !artifact.len)
                return true;
        for (; license && package.license_count < COUNT_OF(licenses); license = xml_next(license))
                if (xml_child_text(license, "name").len)
                        licenses[package.license_count++] = xml_child_text(license, "name");
        package.name = str_format(reading->scratch, "%.*s:%.*s", STR_ARG(group), STR_ARG(artifact));
        package.version = fixed_version(expand(reading, in_project(reading, "version"), 0));
        return package_add(reading->sink, &package, err);
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
        .version = 1,
        .paths = paths,
        .folders_only = true,
        .most = 8 << 20,
        .parse = parse,
};
