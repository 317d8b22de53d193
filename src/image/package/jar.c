/* jar.c - Java archives: what pom.properties and the manifest say, in the archive and in those inside of it.
 *
 * A shaded jar has a pom.properties for each library that was put in. Where there is none, the manifest and the file's name together
 * may name the library; what they only hint at is not listed. */

#include "base/buf.h"
#include "image/archive/paths.h"
#include "image/archive/zip.h"
#include "image/package/jar_names.h"
#include "image/package/language.h"

enum { NESTED_MOST = 32, TEXT_MOST = 1 << 20, KEPT_MOST = 16 << 20 };

static const uint64_t unpacked_most = (uint64_t)4 << 30;

/* A library as one archive names it. */
struct library {
        struct str group, artifact, version;
        struct str inside; /* which inner archive does; empty for the outermost */
};

enum content { CONTENT_OTHER, CONTENT_MANIFEST, CONTENT_PROPERTIES, CONTENT_ARCHIVE };

/* What an entry says; it counts when the directory has named the entry. */
struct told {
        enum content content;
        bool of_name; /* a manifest: group, artifact and version are those of the file's name, for certain */
        VEC(struct library) libraries;
        VEC(struct str) problems;
};

/* An archive that passes by. */
struct level {
        struct reading *reading;
        unsigned depth;
        struct arena arena;
        struct zip *zip;
        struct str name, inside;
        VEC(struct told) entries; /* by number */
};

/* One file, and the archives in each other that pass by at the moment. */
struct reading {
        struct arena arena;
        struct level *levels[NESTED_MOST + 1];
        struct buf text; /* of the entry at hand, unless it is an archive */
        uint64_t unpacked;
};

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

static void add(struct level *level, struct told *told, struct str group, struct str artifact, struct str version)
{
        struct arena *arena = &level->arena;

        *vec_push(arena, &told->libraries) = (struct library){str_copy(arena, group), str_copy(arena, artifact),
                                                              str_copy(arena, version), level->inside};
}

static void read_properties(struct level *level, struct str text, struct told *told)
{
        struct str group = property(text, "groupId"), artifact = property(text, "artifactId");
        struct str version = property(text, "version");

        if (group.len && artifact.len && version.len && str_find(version, STR("${"), 0) == SIZE_MAX)
                add(level, told, group, artifact, version);
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

static bool is_named(struct str group, struct str artifact, struct str version)
{
        return is_identifier(group) && is_identifier(artifact) && is_identifier(version);
}

/* Artifact and version are those of the file's name; where that has no version, it is the manifest's. */
static void read_manifest(struct level *level, struct str folded, struct told *told)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct str text = unfolded(&scratch, folded), artifact, version, of_manifest;
        struct str vendor = property(text, "Implementation-Vendor-Id"), group, alone;
        struct str bundle = str_trim(language_before(property(text, "Bundle-SymbolicName"), ";"));
        bool split = split_file(level->name, &artifact, &version);

        of_manifest = property(text, "Implementation-Version");
        if (!of_manifest.len)
                of_manifest = property(text, "Bundle-Version");
        if (!version.len)
                version = language_before(of_manifest, " ");
        group = jar_group(artifact, version, is_identifier(vendor) ? vendor : STR(""), bundle);
        alone = jar_group_of_name(artifact, version, bundle);
        if (!jar_is_of_tomcat(bundle, &group, &artifact) && !split && !of_manifest.len)
                return;
        if (!is_named(group, artifact, version))
                return;
        add(level, told, group, artifact, version);
        told->of_name = split && alone.len;
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

static enum content content_of(struct str path)
{
        struct str name = path_name(path);

        return str_is(path, "META-INF/MANIFEST.MF") ? CONTENT_MANIFEST
               : str_is(name, "pom.properties")     ? CONTENT_PROPERTIES
               : is_archive(name)                   ? CONTENT_ARCHIVE
                                                    : CONTENT_OTHER;
}

/* "outer.war!lib/inner.jar" */
static struct str place_of(struct arena *arena, const struct level *level, struct str entry)
{
        return level->inside.len ? str_format(arena, "%.*s!%.*s", STR_ARG(level->inside), STR_ARG(entry))
                                 : str_copy(arena, entry);
}

static bool wants(void *context, struct str name)
{
        (void)context;
        return content_of(name) != CONTENT_OTHER;
}

static struct level *open_level(struct reading *reading, unsigned depth, struct str name);

static bool begin(void *context, size_t number, struct str name, struct err *err)
{
        struct level *level = context, *inner;
        size_t kept = 0;

        /* Those that cannot be read at all, because they are encrypted, did not begin. */
        while (level->entries.count <= number)
                *vec_push(&level->arena, &level->entries) = (struct told){.content = content_of(name)};
        level->reading->text.len = 0;
        for (size_t i = 0; i <= level->depth; i++)
                kept += level->reading->levels[i]->arena.taken;
        if (kept > KEPT_MOST)
                return err_set(err, "what was found so far takes more than %d bytes", KEPT_MOST);
        if (content_of(name) != CONTENT_ARCHIVE)
                return true;
        if (level->depth == NESTED_MOST)
                return err_set(err, "archives are nested more than %d deep", NESTED_MOST);
        inner = open_level(level->reading, level->depth + 1, path_name(name));
        inner->inside = place_of(&inner->arena, level, name);
        return true;
}

static struct told *at_hand(struct level *level)
{
        return &level->entries.items[level->entries.count - 1];
}

static bool take_piece(void *context, struct str piece, struct err *err)
{
        struct level *level = context;
        struct reading *reading = level->reading;

        reading->unpacked += piece.len;
        if (reading->unpacked > unpacked_most)
                return err_set(err, "what is in it unpacks to more than %" PRIu64 " bytes in all", unpacked_most);
        if (at_hand(level)->content == CONTENT_ARCHIVE)
                return zip_feed(reading->levels[level->depth + 1]->zip, piece, err);
        if (reading->text.len + piece.len > TEXT_MOST)
                return err_set(err, "it has more than %d bytes", TEXT_MOST);
        buf_add(&reading->text, piece);
        return true;
}

static bool close_level(struct level *level, struct arena *arena, struct told *out, struct err *err);

static bool end_entry(void *context, struct err *err)
{
        struct level *level = context;
        struct told *told = at_hand(level);

        switch (told->content) {
        case CONTENT_MANIFEST:
                read_manifest(level, buf_text(&level->reading->text), told);
                return true;
        case CONTENT_PROPERTIES:
                read_properties(level, buf_text(&level->reading->text), told);
                return true;
        default:
                return close_level(level->reading->levels[level->depth + 1], &level->arena, told, err);
        }
}

static struct level *open_level(struct reading *reading, unsigned depth, struct str name)
{
        const struct zip_visitor visitor = {.wants = wants, .begin = begin, .piece = take_piece, .end = end_entry};
        struct level *level = reading->levels[depth];
        struct arena arena;

        if (!level)
                level = reading->levels[depth] = arena_new(&reading->arena, struct level);
        arena_reset(&level->arena);
        arena = level->arena;
        *level = (struct level){.reading = reading, .depth = depth, .arena = arena};
        level->name = str_copy(&level->arena, name);
        level->zip = zip_new(&level->arena, &visitor, level);
        return level;
}

/* Whether a library is the one by whose name the archive goes: "name.jar", "name-1.0.jar". */
static bool is_of_file(const struct level *level, const struct told *told)
{
        for (size_t i = 0; i < told->libraries.count; i++) {
                struct str artifact = told->libraries.items[i].artifact, rest = str_from(level->name, artifact.len);

                if (str_starts(level->name, artifact) && (str_starts(rest, STR("-")) || str_starts(rest, STR("."))))
                        return true;
        }
        return false;
}

/* Whether the manifest does not count, because a pom.properties that does names a library. Those may all be of libraries that were
 * copied into this one: then it counts if the name of the file agrees. */
static bool is_named_by_properties(const struct level *level, const struct zip_entry *entries, size_t count, bool *own)
{
        bool found = false;

        *own = false;
        for (size_t i = 0; i < count; i++) {
                const struct told *told = entries[i].problem.len ? NULL : &level->entries.items[entries[i].number];

                if (!told || told->content != CONTENT_PROPERTIES || !told->libraries.count)
                        continue;
                found = true;
                *own = *own || is_of_file(level, told);
        }
        return found;
}

static void take_over(struct arena *arena, const struct told *told, struct told *out)
{
        for (size_t i = 0; i < told->libraries.count; i++) {
                const struct library *library = &told->libraries.items[i];

                *vec_push(arena, &out->libraries) =
                        (struct library){str_copy(arena, library->group), str_copy(arena, library->artifact),
                                         str_copy(arena, library->version), str_copy(arena, library->inside)};
        }
        for (size_t i = 0; i < told->problems.count; i++)
                *vec_push(arena, &out->problems) = str_copy(arena, told->problems.items[i]);
}

/* What an archive says, now that its directory is known. */
static bool close_level(struct level *level, struct arena *arena, struct told *out, struct err *err)
{
        const struct zip_entry *entries;
        size_t count;
        bool found, own;

        TRY(zip_finish(level->zip, &entries, &count, err));
        found = is_named_by_properties(level, entries, count, &own);
        for (size_t i = 0; i < count; i++) {
                const struct zip_entry *entry = &entries[i];

                if (entry->problem.len)
                        *vec_push(arena, &out->problems) =
                                str_format(arena, "%.*s: %.*s", STR_ARG(place_of(arena, level, entry->name)),
                                           STR_ARG(entry->problem));
                else if (!found || level->entries.items[entry->number].content != CONTENT_MANIFEST
                         || (!own && level->entries.items[entry->number].of_name))
                        take_over(arena, &level->entries.items[entry->number], out);
        }
        return true;
}

/* --- the file --- */

struct state {
        struct reading *reading;
};

static void close_reading(void *object)
{
        struct reading *reading = object;

        for (size_t i = 0; i < COUNT_OF(reading->levels) && reading->levels[i]; i++)
                arena_free(&reading->levels[i]->arena);
        buf_free(&reading->text);
        arena_free(&reading->arena);
        *reading = (struct reading){0};
}

static struct reading *reading_of(struct state *state, struct package_sink *sink, const struct package_file *file)
{
        if (!state->reading) {
                state->reading = arena_new(sink->arena, struct reading);
                arena_at_end(sink->arena, close_reading, state->reading);
                open_level(state->reading, 0, path_name(file->path));
        }
        return state->reading;
}

static enum stream_wish feed(void *object, struct package_sink *sink, const struct package_file *file, uint64_t at,
                             struct str piece, struct err *err)
{
        struct reading *reading = reading_of(object, sink, file);

        (void)at;
        if (zip_feed(reading->levels[0]->zip, piece, err))
                return STREAM_MORE;
        close_reading(reading);
        return STREAM_BAD;
}

static bool add_library(struct package_sink *sink, const struct library *library, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct str name = str_format(&scratch, "%.*s:%.*s", STR_ARG(library->group), STR_ARG(library->artifact));
        struct package *added;

        TRY(language_add(sink, "maven", name, library->version, 0, err));
        if (!library->inside.len)
                return true;
        added = &sink->packages.items[sink->packages.count - 1];
        added->locations = arena_new(sink->arena, struct package_location);
        added->locations->path = str_copy(sink->arena, library->inside);
        added->location_count = 1;
        return true;
}

static enum stream_wish end_file(void *object, struct package_sink *sink, const struct package_file *file,
                                 struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct reading *reading = reading_of(object, sink, file);
        struct told told = {0};
        bool fine = close_level(reading->levels[0], &scratch, &told, err);

        for (size_t i = 0; fine && i < told.libraries.count; i++)
                fine = add_library(sink, &told.libraries.items[i], err);
        for (size_t i = 0; i < told.problems.count; i++)
                package_problem(sink, "%.*s", STR_ARG(told.problems.items[i]));
        close_reading(reading);
        return fine ? STREAM_ENOUGH : STREAM_BAD;
}

static const char *const paths[] = {"**/*.jar", "**/*.war", "**/*.ear", "**/*.par", "**/*.sar", "**/*.nar", "**/*.rar",
                                    "**/*.hpi", "**/*.jpi", "**/*.JAR", "**/*.WAR", "**/*.EAR", NULL};

static const struct package_stream stream = {sizeof(struct state), feed, end_file};

const struct package_format format_jar = {
        .name = "jar",
        .version = 3,
        .paths = paths,
        .most = (uint64_t)16 << 30,
        .stream = &stream,
};
