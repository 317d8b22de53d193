/* jar.c - Java archives: what pom.properties and the manifest say, in the archive and in those inside of it.
 *
 * A shaded jar has a pom.properties for each library that was put in. Where there is none, the manifest and the file's name together
 * may name the library; what they only hint at is not listed. */

#include "image/language.h"
#include "image/paths.h"
#include "image/zip.h"

enum { NESTED_MOST = 32, TEXT_MOST = 1 << 20, UNPACKED_MOST = 1 << 30 };

struct reading {
        struct package_sink *sink;
        struct arena *scratch;
        uint64_t left; /* bytes that may still be unpacked */
};

static bool read_archive(struct reading *reading, struct str text, struct str name, struct str inside, unsigned depth,
                         struct err *err);

/* Adds the package, and says in which inner archive it stands. */
static bool add(struct reading *reading, struct str group, struct str artifact, struct str version, struct str inside,
                struct err *err)
{
        struct package_sink *sink = reading->sink;
        struct package *added;
        struct str name = str_format(reading->scratch, "%.*s:%.*s", STR_ARG(group), STR_ARG(artifact));

        TRY(language_add(sink, "maven", name, version, 0, err));
        if (!inside.len)
                return true;
        added = &sink->packages.items[sink->packages.count - 1];
        added->locations = arena_new(sink->arena, struct package_location);
        added->locations->path = str_copy(sink->arena, inside);
        added->location_count = 1;
        return true;
}

/* The value of "key=value" or "key: value" (java.util.Properties). */
static struct str property(struct str text, const char *key)
{
        struct str line, rest = text;

        while (str_split(&rest, '\n', &line)) {
                struct str name = str_trim(language_before(line, "=:"));

                if (str_equal(name, str_of(key)))
                        return str_trim(str_from(line, language_before(line, "=:").len + 1));
        }
        return (struct str){"", 0};
}

static bool read_properties(struct reading *reading, struct str text, struct str inside, bool *found, struct err *err)
{
        struct str group = property(text, "groupId"), artifact = property(text, "artifactId");
        struct str version = property(text, "version");

        if (!group.len || !artifact.len || !version.len || str_find(version, STR("${"), 0) != SIZE_MAX)
                return true;
        *found = true;
        return add(reading, group, artifact, version, inside, err);
}

/* Lines of a manifest are broken behind 72 bytes and go on behind a space. */
static struct str unfolded(struct arena *scratch, struct str text)
{
        char *out = arena_take_text(scratch, text.len + 1);
        size_t len = 0;

        for (size_t i = 0; i < text.len; i++) {
                size_t skip = str_starts(str_from(text, i),
                                         STR("\r\n ")) ? 3 : str_starts(str_from(text, i), STR("\n ")) ? 2 : 0;

                if (skip)
                        i += skip - 1;
                else
                        out[len++] = text.data[i];
        }
        return (struct str){out, len};
}

static bool is_identifier(struct str text)
{
        for (size_t i = 0; i < text.len; i++) {
                char byte = text.data[i];

                if (!(byte >= 'a' && byte <= 'z') && !(byte >= 'A' && byte <= 'Z') && !(byte >= '0' && byte <= '9')
                    && !strchr("-_.", byte))
                        return false;
        }
        return text.len > 0;
}

/* "guava-31.1-jre.jar": the version begins at the first dash before a digit. */
static bool split_file(struct str file, struct str *artifact, struct str *version)
{
        const char *dot = file.len ? memrchr(file.data, '.', file.len) : NULL;
        struct str stem = dot ? str_span(file.data, dot) : file;

        for (size_t i = 1; i + 1 < stem.len; i++)
                if (stem.data[i] == '-' && stem.data[i + 1] >= '0' && stem.data[i + 1] <= '9') {
                        *artifact = str_sub(stem, 0, i);
                        *version = str_from(stem, i + 1);
                        return true;
                }
        *artifact = stem;
        *version = (struct str){"", 0};
        return false;
}

/* The group is the vendor's id, or what stands before the artifact in the bundle's name ("com.example.artifact"). */
static bool read_manifest(struct reading *reading, struct str folded, struct str file, struct str inside,
                          struct err *err)
{
        struct str text = unfolded(reading->scratch, folded), artifact, version, of_manifest;
        struct str group = property(text, "Implementation-Vendor-Id");
        struct str bundle = str_trim(language_before(property(text, "Bundle-SymbolicName"), ";"));
        bool split = split_file(file, &artifact, &version);

        of_manifest = property(text, "Implementation-Version");
        if (!of_manifest.len)
                of_manifest = property(text, "Bundle-Version");
        if (!version.len)
                version = language_before(of_manifest, " ");
        if (!is_identifier(group) && bundle.len > artifact.len + 1 && str_ends(bundle, artifact)
            && bundle.data[bundle.len - artifact.len - 1] == '.')
                group = str_sub(bundle, 0, bundle.len - artifact.len - 1);
        if (!is_identifier(group) || !is_identifier(artifact) || !is_identifier(version)
            || (!split && !of_manifest.len))
                return true;
        return add(reading, group, artifact, version, inside, err);
}

static bool is_archive(struct str name)
{
        static const struct str endings[] = {STR_INIT(".jar"), STR_INIT(".war"), STR_INIT(".ear"),
                                             STR_INIT(".par"), STR_INIT(".sar"), STR_INIT(".nar"),
                                             STR_INIT(".rar"), STR_INIT(".hpi"), STR_INIT(".jpi")};

        for (size_t i = 0; i < COUNT_OF(endings); i++)
                if (str_ends(name, endings[i]))
                        return true;
        return false;
}

static bool unpack(struct reading *reading, const struct zip *zip, const struct zip_entry *entry, uint64_t most,
                   struct str *out)
{
        struct err err = {0};
        uint64_t wasted;

        most = most < reading->left ? most : reading->left;
        if (zip_read(reading->scratch, zip, entry, most, out, &err)) {
                reading->left -= out->len;
                return true;
        }
        /* Work that was done for nothing counts too, or many broken entries would keep the program busy. */
        wasted = entry->packed < most / 1024 ? entry->packed * 1024 : most;
        reading->left -= wasted < reading->left ? wasted : reading->left;
        package_problem(reading->sink, "%.*s: %.*s", STR_ARG(entry->name), STR_ARG(err_text(&err)));
        return false;
}

/* What one entry of an archive says. */
static bool read_entry(struct reading *reading, const struct zip *zip, const struct zip_entry *entry, struct str inside,
                       unsigned depth, bool *found, struct str *manifest, struct err *err)
{
        struct str name = path_name(entry->name), text;

        if (str_is(entry->name, "META-INF/MANIFEST.MF")) {
                unpack(reading, zip, entry, TEXT_MOST, manifest);
        } else if (str_is(name, "pom.properties")) {
                if (unpack(reading, zip, entry, TEXT_MOST, &text))
                        TRY(read_properties(reading, text, inside, found, err));
        } else if (is_archive(name) && unpack(reading, zip, entry, ZIP_ENTRY_MOST, &text)) {
                struct str path =
                        inside.len ? str_format(reading->scratch, "%.*s!%.*s", STR_ARG(inside), STR_ARG(entry->name))
                                   : entry->name;
                struct err inner = {0};

                if (depth >= NESTED_MOST)
                        return err_set(err, "archives are nested more than %d deep", NESTED_MOST);
                if (!read_archive(reading, text, name, path, depth + 1, &inner))
                        package_problem(reading->sink, "%.*s: %.*s", STR_ARG(path), STR_ARG(err_text(&inner)));
        }
        return true;
}

static bool read_archive(struct reading *reading, struct str text, struct str name, struct str inside, unsigned depth,
                         struct err *err)
{
        struct str manifest = {"", 0};
        bool found = false;
        struct zip zip;

        TRY(zip_open(reading->scratch, text, &zip, err));
        for (size_t i = 0; i < zip.entries.count; i++)
                TRY(read_entry(reading, &zip, &zip.entries.items[i], inside, depth, &found, &manifest, err));
        return found || !manifest.len || read_manifest(reading, manifest, name, inside, err);
}

static bool parse(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct reading reading = {.sink = sink, .scratch = &scratch, .left = UNPACKED_MOST};

        return read_archive(&reading, file->text, path_name(file->path), STR(""), 0, err);
}

static const char *const paths[] = {"**/*.jar", "**/*.war", "**/*.ear", "**/*.par", "**/*.sar", "**/*.nar", "**/*.rar",
                                    "**/*.hpi", "**/*.jpi", "**/*.JAR", "**/*.WAR", "**/*.EAR", NULL};

const struct package_format format_jar = {
        .name = "jar",
        .version = 1,
        .paths = paths,
        .most = 512 << 20,
        .parse = parse,
};
