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

static const struct rpm_form *const forms[] = {&rpm_sqlite, &rpm_ndb, &rpm_bdb};

/* A database that passes by. */
struct database {
        struct arena arena;
        char begin[RPM_BEGIN];
        size_t length; /* of `begin` */
        const struct rpm_form *form;
        void *state;
};

struct stream_state {
        struct database *database;
};

static void close_database(void *object)
{
        arena_free(&((struct database *)object)->arena);
}

static struct database *database_of(struct stream_state *state, struct package_sink *sink)
{
        if (!state->database) {
                state->database = arena_new(sink->arena, struct database);
                arena_at_end(sink->arena, close_database, state->database);
        }
        return state->database;
}

/* The first bytes tell the form. */
static bool begin_form(struct database *database, uint64_t size, struct err *err)
{
        struct str begin = {database->begin, database->length};
        size_t i = 0;

        while (!forms[i]->is(begin))
                i++;
        database->form = forms[i];
        database->state = forms[i]->begin(&database->arena, size);
        return database->form->feed(database->state, begin, err);
}

static bool take_piece(struct database *database, uint64_t size, struct str piece, struct err *err)
{
        size_t some = min_size(RPM_BEGIN - database->length, piece.len);

        if (!database->form) {
                memcpy(database->begin + database->length, piece.data, some);
                database->length += some;
                piece = str_from(piece, some);
                if (database->length < RPM_BEGIN)
                        return true;
                TRY(begin_form(database, size, err));
        }
        return database->form->feed(database->state, piece, err);
}

static enum stream_wish feed(void *object, struct package_sink *sink, const struct package_file *file, uint64_t at,
                             struct str piece, struct err *err)
{
        struct database *database = database_of(object, sink);

        (void)at;
        if (take_piece(database, file->size, piece, err))
                return STREAM_MORE;
        close_database(database);
        return STREAM_BAD;
}

static enum stream_wish end_file(void *object, struct package_sink *sink, const struct package_file *file,
                                 struct err *err)
{
        struct database *database = database_of(object, sink);
        struct reading reading = {.sink = sink};
        bool fine = database->length > 0 || err_set(err, "the database is empty: a file of 0 bytes");

        fine = fine && (database->form || begin_form(database, file->size, err));
        if (fine)
                vec_reserve(sink->arena, &sink->packages, database->form->count(database->state));
        fine = fine && database->form->end(database->state, take_header, &reading, err);
        close_database(database);
        return fine ? STREAM_ENOUGH : STREAM_BAD;
}

static const struct package_stream stream = {sizeof(struct stream_state), feed, end_file};

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
        .stream = &stream,
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
