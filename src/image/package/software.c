/* software.c - well-known software that no package manager brought: built from source or copied into the image, as the interpreters
 * and servers of many base images are. What a program says of its version stands in it as text; which text, the forms below say.
 *
 * A form counts only in files of certain names, so few files are looked into. Where a package of the operating system owns the
 * file, that package tells more, and the catalogue leaves out what is found here. */

#include <pthread.h>
#include <stdlib.h>

#include "base/reader.h"
#include "base/regex.h"
#include "image/archive/paths.h"
#include "image/package/formats.h"

enum { OVERLAP = 256, WINDOW = 64 << 10 };

#define NUMBERS "(\\d+\\.\\d+(?:\\.\\d+)*)"
#define THREE_NUMBERS "(\\d+\\.\\d+\\.\\d+)"
#define PYTHON "(3\\.\\d+\\.\\d+(?:(?:a|b|rc)\\d+)?\\+?)"
#define BUILD "(?:[0-9a-f]{12}|[a-z]{8,})-\\d{10}"

static const struct form {
        const char *name;     /* how the name of the file begins */
        const char *software; /* what the package is called */
        const char *text;     /* the first group is the version */
        bool is_named;        /* the name of the file goes on with the first numbers of the version */
} forms[] = {
        {"bash", "bash", "@\\(#\\)Bash version " NUMBERS},
        {"bun", "bun", "Bun v" NUMBERS},
        {"busybox", "busybox", "BusyBox v" NUMBERS},
        {"deno", "deno", "Deno/" NUMBERS},
        {"haproxy", "haproxy", "HA-?Proxy version " NUMBERS},
        {"haproxy", "haproxy", "version " NUMBERS ", released \\d"},
        {"haproxy", "haproxy", "\\x00(\\d+\\.\\d+(?:\\.\\d+|-dev\\d+))-[0-9a-f]{7}\\x00+HAProxy version"},
        {"httpd", "httpd", "Apache/" NUMBERS},
        {"java", "openjdk", "\\x00openjdk\\x00java\\x00[\\d.]+\\x00(\\d[\\w.+-]*)\\x00"},
        {"java", "openjdk", "\\x000\\.0\\x00+(\\d[\\w.+-]*)\\x00+openjdk\\x00java\\x00"},
        {"libcrypto.so", "openssl", "OpenSSL (\\d+\\.\\d+\\.\\d+[a-z]*) +\\d+ [A-Z][a-z]+ \\d{4}"},
        {"libphp", "php", "X-Powered-By: PHP/" NUMBERS},
        {"libpython", "python", "[\\x00/-]" PYTHON "\\x00", .is_named = true},
        {"libruby", "ruby", "ruby (\\d+\\.\\d+\\.\\d+(?:p\\d+|dev|preview\\d+|rc\\d+)?) \\(\\d{4}-"},
        {"lighttpd", "lighttpd", "lighttpd/" NUMBERS},
        {"mariadb", "mariadb", "\\x00" NUMBERS "-MariaDB"},
        {"mariadb", "mariadb", "/mariadb-" NUMBERS "[-/]"},
        {"memcached", "memcached", "memcached " NUMBERS "\\x00"},
        {"mysql", "mariadb", "\\x00" NUMBERS "-MariaDB"},
        {"mysql", "mysql", "/mysql-" NUMBERS "/"},
        {"mysql", "mysql", "\\x00" NUMBERS "\\x00+mysql_real_escape_string"},
        {"mysql", "percona-server", "/percona-server-" NUMBERS "-\\d+/"},
        {"nginx", "nginx", "nginx version: (?:nginx|openresty)/" THREE_NUMBERS},
        {"node", "node", "node\\.js/v" NUMBERS},
        {"node", "node", "\\x00(?:node )?v" NUMBERS "\\x00(?:moduleLoadList|FATAL ERROR|--)"},
        {"openssl", "openssl", "OpenSSL (\\d+\\.\\d+\\.\\d+[a-z]*) +\\d+ [A-Z][a-z]+ \\d{4}"},
        {"perl", "perl", "/perl\\d?/(5\\.\\d+\\.\\d+)[/\\x00]"},
        {"php", "php", "X-Powered-By: PHP/" NUMBERS},
        {"postgres", "postgresql", "PostgreSQL (\\d+(?:\\.\\d+)*(?:(?:alpha|beta|rc)\\d+)?) (?:\\(|on )"},
        {"proftpd", "proftpd", "ProFTPD Version (\\d+\\.\\d+\\.\\d+[a-z]*)"},
        {"python", "python", "[\\x00/-]" PYTHON "\\x00", .is_named = true},
        {"redis-server", "redis", "Redis version " NUMBERS},
        {"redis-server", "redis", THREE_NUMBERS BUILD},
        {"ruby", "ruby", "ruby (\\d+\\.\\d+\\.\\d+(?:p\\d+|dev|preview\\d+|rc\\d+)?) \\(\\d{4}-"},
        {"valkey-server", "valkey", "valkey" THREE_NUMBERS BUILD},
};

static const char *const paths[] = {"**/bash",
                                    "**/bun",
                                    "**/busybox",
                                    "**/deno",
                                    "**/haproxy",
                                    "**/httpd",
                                    "**/java",
                                    "**/libcrypto.so.3",
                                    "**/libcrypto.so.1.1",
                                    "**/libphp.so",
                                    "**/libphp7.so",
                                    "**/libpython3*.so.1.0",
                                    "**/libruby*.0",
                                    "**/libruby*.1",
                                    "**/libruby*.2",
                                    "**/libruby*.3",
                                    "**/libruby*.4",
                                    "**/libruby*.5",
                                    "**/libruby*.6",
                                    "**/libruby*.7",
                                    "**/libruby*.8",
                                    "**/libruby*.9",
                                    "**/lighttpd",
                                    "**/mariadb",
                                    "**/mariadbd",
                                    "**/memcached",
                                    "**/mysql",
                                    "**/mysqld",
                                    "**/nginx",
                                    "**/node",
                                    "**/nodejs",
                                    "**/openssl",
                                    "**/perl",
                                    "**/php",
                                    "**/php-cgi",
                                    "**/php-fpm",
                                    "**/postgres",
                                    "**/proftpd",
                                    "**/python3.6",
                                    "**/python3.7",
                                    "**/python3.8",
                                    "**/python3.9",
                                    "**/python3.10",
                                    "**/python3.11",
                                    "**/python3.12",
                                    "**/python3.13",
                                    "**/python3.14",
                                    "**/python3.15",
                                    "**/redis-server",
                                    "**/ruby",
                                    "**/valkey-server",
                                    NULL};

/* Compiled once, when the first such file passes by, and kept. A form that cannot be compiled is a mistake in the table above, which
 * must not pass as software that was not found. */
static struct regex *compiled[COUNT_OF(forms)];

static void compile(void)
{
        for (size_t i = 0; i < COUNT_OF(forms); i++) {
                struct err err = {0};

                compiled[i] = regex_compile(str_of(forms[i].text), &err);
                if (!compiled[i])
                        abort();
        }
}

struct state {
        char window[OVERLAP + WINDOW];
        size_t len; /* of what is in the window */
};

/* What stands behind the form's name in that of the file; false if it begins otherwise. */
static bool is_for(const struct form *form, struct str path, struct str *rest)
{
        struct str name = path_name(path);

        *rest = str_from(name, strlen(form->name));
        return str_starts(name, str_of(form->name));
}

/* Whether "3.12" of "libpython3.12.so.1.0" begins the version; other numbers of this form stand in programs, too. */
static bool agrees(struct str rest, struct str version)
{
        size_t len = 0;

        for (size_t i = 0; i < rest.len && (is_digit(rest.data[i]) || rest.data[i] == '.'); i++)
                len = is_digit(rest.data[i]) ? i + 1 : len;
        return len && len < version.len && version.data[len] == '.' && str_starts(version, str_sub(rest, 0, len));
}

static bool find(const struct form *form, const struct regex *regex, struct str text, struct str rest,
                 struct str *version)
{
        struct str groups[2];

        for (size_t at = 0; regex_find(regex, text, at, groups, 2); at = (size_t)(groups[1].data - text.data)) {
                *version = groups[1];
                if (!form->is_named || agrees(rest, *version))
                        return true;
        }
        return false;
}

/* Whether one of the forms is in the window, or something went wrong. */
static enum stream_wish look(struct state *state, struct package_sink *sink, struct str path, struct err *err)
{
        struct package package = {.type = STR("generic")};
        struct str text = {state->window, state->len}, rest;

        for (size_t i = 0; i < COUNT_OF(forms); i++) {
                if (!is_for(&forms[i], path, &rest) || !find(&forms[i], compiled[i], text, rest, &package.version))
                        continue;
                package.name = str_of(forms[i].software);
                return package_add(sink, &package, err) ? STREAM_ENOUGH : STREAM_BAD;
        }
        return STREAM_MORE;
}

/* What the last window ends with may go on in the next piece. */
static enum stream_wish feed(void *object, struct package_sink *sink, const struct package_file *file, uint64_t at,
                             struct str piece, struct err *err)
{
        static pthread_once_t once = PTHREAD_ONCE_INIT;
        struct state *state = object;
        enum stream_wish wish = STREAM_MORE;

        (void)at;
        pthread_once(&once, compile);
        while (piece.len && wish == STREAM_MORE) {
                size_t kept = min_size(state->len, OVERLAP), taken = min_size(piece.len, WINDOW);

                memmove(state->window, state->window + state->len - kept, kept);
                memcpy(state->window + kept, piece.data, taken);
                state->len = kept + taken;
                piece = str_from(piece, taken);
                wish = look(state, sink, file->path, err);
        }
        return wish;
}

static enum stream_wish end(void *object, struct package_sink *sink, const struct package_file *file, struct err *err)
{
        (void)object;
        (void)sink;
        (void)file;
        (void)err;
        return STREAM_ENOUGH;
}

static const struct package_stream stream = {.state_size = sizeof(struct state), .feed = feed, .end = end};

const struct package_format format_software = {
        .name = "software",
        .most = (uint64_t)16 << 30,
        .version = 1,
        .paths = paths,
        .stream = &stream,
};
