/* dpkg.c - installed Debian packages: /var/lib/dpkg/status and status.d, and opkg's the same (deb-control(5), deb822(5)), and the
 * lists of the files that packages own. */

#include "image/archive/paths.h"
#include "image/package/formats.h"

/* A field of a stanza: its name, and its value with continuation lines, as they stand. */
struct field {
        struct str name, value;
};

/* The stanzas of a text, field by field. */
struct deb822 {
        struct str text;
        size_t at;
        uint32_t line; /* of the field that was taken last, from 1 */
        uint32_t next_line;
};

static struct str take_line(struct deb822 *reader)
{
        struct str rest = str_from(reader->text, reader->at), line = {0};

        str_split(&rest, '\n', &line);
        reader->at = rest.data ? (size_t)(rest.data - reader->text.data) : reader->text.len;
        reader->next_line++;
        return line;
}

static bool is_blank(struct str line)
{
        return str_trim(line).len == 0;
}

static bool continues(const struct deb822 *reader)
{
        return reader->at < reader->text.len
               && (reader->text.data[reader->at] == ' ' || reader->text.data[reader->at] == '\t');
}

/* Takes the next field; false at the end of the stanza, and at the end of the text. Lines of which none begins a field are
 * counted in `odd`. */
static bool take_field(struct deb822 *reader, struct field *out, uint32_t *odd)
{
        while (reader->at < reader->text.len) {
                struct str line, rest;

                reader->line = reader->next_line + 1;
                line = take_line(reader);
                if (is_blank(line))
                        return false;
                rest = line;
                str_split(&rest, ':', &out->name);
                if (!rest.data || line.data[0] == ' ' || line.data[0] == '\t') {
                        *odd = *odd ? *odd : reader->line;
                        continue;
                }
                while (continues(reader)) {
                        size_t begin = reader->at;

                        line = take_line(reader);
                        if (is_blank(line)) {
                                reader->at = begin;
                                reader->next_line--;
                                break;
                        }
                        rest = str_span(rest.data, line.data + line.len);
                }
                out->value = str_trim(rest);
                return true;
        }
        return false;
}

struct stanza {
        struct package package;
        struct str status;
        bool has_status, filled;
        uint32_t line;
};

/* "name (version)", of Source. */
static void set_source(struct package *package, struct str value)
{
        size_t open = str_find(value, STR("("), 0), close = str_find(value, STR(")"), 0);

        package->source = str_trim(str_sub(value, 0, open == SIZE_MAX ? value.len : open));
        if (open != SIZE_MAX && close != SIZE_MAX && close > open)
                package->source_version = str_trim(str_sub(value, open + 1, close));
}

static void set_field(struct stanza *stanza, const struct field *field)
{
        const struct {
                struct str name;
                struct str *value;
        } plain[] = {
                {STR_INIT("Package"), &stanza->package.name},
                {STR_INIT("Version"), &stanza->package.version},
                {STR_INIT("Architecture"), &stanza->package.arch},
                {STR_INIT("Maintainer"), &stanza->package.vendor},
                {STR_INIT("Status"), &stanza->status},
        };

        stanza->filled = true;
        for (size_t i = 0; i < COUNT_OF(plain); i++)
                if (str_equal_nocase(field->name, plain[i].name))
                        *plain[i].value = field->value;
        if (str_equal_nocase(field->name, STR("Status")))
                stanza->has_status = true;
        if (str_equal_nocase(field->name, STR("Source")))
                set_source(&stanza->package, field->value);
}

/* Status is three words, want, flag and state (dpkg(1)). In a file of its own, as images without dpkg have it, there is none. */
static bool is_installed(const struct stanza *stanza, bool alone)
{
        static const struct str states[] = {STR_INIT("installed"), STR_INIT("triggers-pending"),
                                            STR_INIT("triggers-awaited")};
        struct str rest = stanza->status, word, state = {0};

        if (!stanza->has_status)
                return alone;
        while (str_split(&rest, ' ', &word))
                if (word.len)
                        state = word;
        for (size_t i = 0; i < COUNT_OF(states); i++)
                if (str_equal(state, states[i]))
                        return true;
        return false;
}

static bool add_stanza(struct package_sink *sink, struct stanza *stanza, bool alone, struct err *err)
{
        struct package *package = &stanza->package;

        if (!stanza->filled || !is_installed(stanza, alone))
                return true;
        if (!package->name.len)
                return package_problem(sink, "line %u: a package without a name", stanza->line);
        if (!package->version.len)
                return package_problem(sink, "line %u: the package %.*s has no version", stanza->line,
                                       STR_ARG(package->name));
        package->type = STR("deb");
        if (!package->source.len)
                package->source = package->name;
        if (!package->source_version.len)
                package->source_version = package->version;
        return package_add(sink, package, err);
}

static bool read_status(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct deb822 reader = {.text = file->text};
        bool alone = str_find(file->path, STR("/status.d/"), 0) != SIZE_MAX;
        uint32_t odd = 0;

        while (reader.at < reader.text.len) {
                struct stanza stanza = {.line = reader.next_line + 1};
                struct field field;

                while (take_field(&reader, &field, &odd))
                        set_field(&stanza, &field);
                TRY(add_stanza(sink, &stanza, alone, err));
        }
        if (odd)
                package_problem(sink, "line %u: neither a field nor the continuation of one", odd);
        return true;
}

static bool parse_status(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        if (str_ends(file->path, STR(".md5sums")))
                return true; /* in status.d, beside the package's own file; format_dpkg_files reads it */
        return read_status(sink, file, err);
}

static const char *const status_paths[] = {
        "var/lib/dpkg/status", "var/lib/dpkg/status.d/*", "usr/lib/dpkg/status", "usr/lib/dpkg/status.d/*",
        "usr/lib/opkg/status", "var/lib/opkg/status",     "opt/lib/opkg/status", NULL,
};

const struct package_format format_dpkg = {
        .name = "dpkg",
        .version = 1,
        .paths = status_paths,
        .parse = parse_status,
};

/* "name:arch.list" without its end and its architecture. */
static struct str owner_of(struct str path)
{
        struct str name = path_name(path), rest;
        const char *dot = memrchr(name.data, '.', name.len);

        rest = dot ? str_span(name.data, dot) : name;
        str_split(&rest, ':', &name);
        return name;
}

/* A .list has a path a line, folders as well; an .md5sums "digest  path". */
static bool parse_files(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct str rest = file->text, line, owner = owner_of(file->path);
        bool sums = str_ends(file->path, STR(".md5sums"));

        while (owner.len && str_split(&rest, '\n', &line)) {
                if (sums) {
                        size_t at = str_find(line, STR("  "), 0);

                        line = str_from(line, at == SIZE_MAX ? line.len : at + 2);
                }
                if (line.len > 1 && !str_is(line, "/."))
                        TRY(package_owns(sink, owner, line, err));
        }
        return true;
}

static const char *const files_paths[] = {
        "var/lib/dpkg/info/*.list",
        "usr/lib/dpkg/info/*.list",
        "usr/lib/opkg/info/*.list",
        "var/lib/opkg/info/*.list",
        "var/lib/dpkg/status.d/*.md5sums",
        "usr/lib/dpkg/status.d/*.md5sums",
        NULL,
};

const struct package_format format_dpkg_files = {
        .name = "dpkg-files",
        .owner_type = "deb",
        .version = 1,
        .paths = files_paths,
        .parse = parse_files,
};
