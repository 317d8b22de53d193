/* rpm.c - installed rpm packages: the databases of rpm, and the list that images without a package manager carry. */

#include "image/package/rpm.h"

#include "image/package/formats.h"

struct reading {
        struct package_sink *sink;
};

/* A header that is wrong is told; the others are still read. */
static bool take_header(void *context, struct str blob, struct err *err)
{
        struct reading *reading = context;
        struct err why = {0};

        (void)err;
        if (!rpm_add_header(reading->sink, blob, &why))
                return package_problem(reading->sink, "%.*s", STR_ARG(err_text(&why)));
        return true;
}

static bool parse(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct reading reading = {.sink = sink};

        if (!file->text.len)
                return err_set(err, "the database is empty: a file of 0 bytes");
        if (str_starts(file->text, STR("SQLite format 3")))
                return rpm_read_sqlite(&scratch, file->text, take_header, &reading, err);
        if (str_starts(file->text, STR("RpmP")))
                return rpm_read_ndb(file->text, take_header, &reading, err);
        return rpm_read_bdb(&scratch, file->text, take_header, &reading, err);
}

static const char *const paths[] = {
        "var/lib/rpm/Packages",
        "var/lib/rpm/Packages.db",
        "var/lib/rpm/rpmdb.sqlite",
        "usr/lib/sysimage/rpm/Packages",
        "usr/lib/sysimage/rpm/Packages.db",
        "usr/lib/sysimage/rpm/rpmdb.sqlite",
        "usr/share/rpm/Packages",
        "usr/share/rpm/Packages.db",
        "usr/share/rpm/rpmdb.sqlite",
        NULL,
};

const struct package_format format_rpm = {
        .name = "rpm",
        .version = 1,
        .paths = paths,
        .most = 512 << 20,
        .parse = parse,
};

/* What SQLite has not yet put into the database stands in a file beside it. */
static bool parse_log(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        enum { LOG_HEADER = 32 };

        (void)err;
        if (file->text.len <= LOG_HEADER)
                return true;
        return package_problem(
                sink, "SQLite keeps changes here that are not in the database yet; they are not read: run rpm once "
                      "when the image is built, and they are");
}

static const char *const log_paths[] = {"var/lib/rpm/rpmdb.sqlite-wal", "usr/lib/sysimage/rpm/rpmdb.sqlite-wal",
                                        "usr/share/rpm/rpmdb.sqlite-wal", NULL};

const struct package_format format_rpm_log = {
        .name = "rpm-log",
        .version = 1,
        .paths = log_paths,
        .parse = parse_log,
};

enum { NAME, VERSION, INSTALLED, BUILT, VENDOR, EPOCH, SIZE, ARCH, EPOCH_NUMBER, SOURCE, FIELDS };

static struct str told(struct str field)
{
        return str_is(field, "(none)") ? STR("") : field;
}

/* A line for each package, fields with tabs between, as Azure Linux and its like write them. */
static bool parse_manifest(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct str rest = file->text, line;
        uint32_t number = 0;

        while (str_split(&rest, '\n', &line)) {
                struct package package = {.type = STR("rpm")};
                struct str fields[FIELDS] = {{0}}, left = line;
                size_t count = 0;

                number++;
                if (!str_trim(line).len)
                        continue;
                while (count < FIELDS && str_split(&left, '\t', &fields[count]))
                        count++;
                if (count < ARCH + 1 || !fields[NAME].len || !fields[VERSION].len)
                        return err_set(err, "line %u: wanted are %d fields with tabs between", number, FIELDS);
                package.name = fields[NAME];
                package.version = fields[VERSION];
                if (told(fields[EPOCH]).len && !str_is(fields[EPOCH], "0"))
                        package.version =
                                str_format(sink->arena, "%.*s:%.*s", STR_ARG(fields[EPOCH]), STR_ARG(package.version));
                package.vendor = told(fields[VENDOR]);
                package.arch = told(fields[ARCH]);
                rpm_set_source(&package, told(fields[SOURCE]));
                TRY(package_add(sink, &package, err));
        }
        return true;
}

static const char *const manifest_paths[] = {"var/lib/rpmmanifest/container-manifest-2", NULL};

const struct package_format format_rpm_manifest = {
        .name = "rpm-manifest",
        .version = 1,
        .paths = manifest_paths,
        .parse = parse_manifest,
};
