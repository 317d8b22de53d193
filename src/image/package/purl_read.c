/* purl_read.c - package URLs, taken apart from their end as purl-spec says. */

#include "image/package/purl_read.h"

#include "base/buf.h"
#include "base/reader.h"

static bool is_type(int byte)
{
        return is_letter(byte) || is_digit(byte) || byte == '.' || byte == '+' || byte == '-';
}

static int hex_value(char byte)
{
        if (byte >= '0' && byte <= '9')
                return byte - '0';
        if (byte >= 'a' && byte <= 'f')
                return byte - 'a' + 10;
        return byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}

/* Percent signs that encode nothing stay as they are: many write purls without encoding them. */
static struct str decoded(struct arena *arena, struct str text)
{
        char *out;
        size_t len = 0;

        if (!text.len || !memchr(text.data, '%', text.len))
                return text.len ? text : STR("");
        out = arena_take_text(arena, text.len + 1);
        for (size_t i = 0; i < text.len; i++) {
                int high = i + 2 < text.len && text.data[i] == '%' ? hex_value(text.data[i + 1]) : -1;
                int low = high >= 0 ? hex_value(text.data[i + 2]) : -1;

                out[len++] = low >= 0 ? (char)(high * 16 + low) : text.data[i];
                i += low >= 0 ? 2 : 0;
        }
        out[len] = 0;
        return (struct str){out, len};
}

/* The parts of a path that are not empty, decoded. */
static struct str decoded_path(struct arena *arena, struct str path)
{
        CLEANUP(buf_free) struct buf out = {0};
        struct str part;

        while (str_split(&path, '/', &part)) {
                if (!part.len || str_is(part, ".") || str_is(part, ".."))
                        continue;
                if (out.len)
                        buf_add_char(&out, '/');
                buf_add(&out, decoded(arena, part));
        }
        return out.len ? str_copy(arena, buf_text(&out)) : STR("");
}

/* Takes what stands behind the last `separator` off the text; empty if there is none. */
static struct str take_behind(struct str *text, char separator)
{
        const char *at = text->len ? memrchr(text->data, separator, text->len) : NULL;
        struct str behind = STR("");

        if (at) {
                behind = str_span(at + 1, text->data + text->len);
                *text = str_span(text->data, at);
        }
        return behind;
}

/* An "@" that begins a part of a path which is not the last is no separator: "pkg:npm/@scope/name". */
static struct str take_version(struct str *text)
{
        for (size_t i = text->len; i-- > 0;) {
                bool begins = !i || text->data[i - 1] == '/';

                if (text->data[i] == '@' && (!begins || str_find(*text, STR("/"), i) == SIZE_MAX)) {
                        struct str version = str_from(*text, i + 1);

                        *text = begins ? STR("") : str_sub(*text, 0, i);
                        return version;
                }
        }
        return STR("");
}

static struct str lower(struct arena *arena, struct str text)
{
        char *out = arena_take_text(arena, text.len + 1);

        for (size_t i = 0; i < text.len; i++)
                out[i] = (char)(text.data[i] >= 'A' && text.data[i] <= 'Z' ? text.data[i] - 'A' + 'a' : text.data[i]);
        out[text.len] = 0;
        return (struct str){out, text.len};
}

/* Letters, digits, '.', '-' and '_', not beginning with a digit. Large letters, which were once allowed, are made small. */
static bool read_key(struct arena *arena, struct str text, struct str *key, struct err *err)
{
        *key = lower(arena, text);
        for (size_t i = 0; i < key->len; i++)
                if (!(is_letter(key->data[i]) || (i && is_digit(key->data[i]))
                      || (key->data[i] && strchr(".-_", key->data[i]))))
                        return err_set(err, "\"%.*s\" is no key of a qualifier", STR_ARG(text));
        return key->len || err_set(err, "a qualifier has no key");
}

/* arch and epoch have their own places; the others stay together. */
static bool read_qualifiers(struct arena *arena, struct str qualifiers, struct package *out, struct err *err)
{
        CLEANUP(buf_free) struct buf others = {0};
        struct str one;

        while (str_split(&qualifiers, '&', &one)) {
                struct str value = one, key;

                if (!str_split(&value, '=', &key) || !value.data || !value.len)
                        continue;
                TRY(read_key(arena, key, &key, err));
                if (str_is(key, "arch"))
                        out->arch = decoded(arena, value);
                else if (str_is(key, "epoch"))
                        out->version =
                                str_format(arena, "%.*s:%.*s", STR_ARG(decoded(arena, value)), STR_ARG(out->version));
                else
                        buf_add_format(&others, "%s%.*s=%.*s", others.len ? "&" : "", STR_ARG(key), STR_ARG(value));
        }
        if (others.len)
                out->qualifiers = str_copy(arena, buf_text(&others));
        return true;
}

/* Whether a type has a namespace or has none; those are listed where breaking the rule can only be a mistake. */
static bool check_namespace(const struct package *package, struct err *err)
{
        static const struct str without[] = {STR_INIT("chrome-extension"),
                                             STR_INIT("cran"),
                                             STR_INIT("hackage"),
                                             STR_INIT("julia"),
                                             STR_INIT("otp"),
                                             STR_INIT("vcpkg")};

        for (size_t i = 0; i < COUNT_OF(without); i++)
                if (str_equal(package->type, without[i]) && package->namespace.len)
                        return err_set(err, "a purl of the type %.*s has no namespace: \"pkg:%.*s/NAME@VERSION\"",
                                       STR_ARG(package->type), STR_ARG(package->type));
        return !str_is(package->type, "vscode-extension") || package->namespace.len
               || err_set(
                       err,
                       "a purl of the type vscode-extension has a namespace: \"pkg:vscode-extension/PUBLISHER/NAME\"");
}

/* 32 letters from a to p; one to four numbers with dots between. */
static bool check_chrome(const struct package *package, struct err *err)
{
        struct str rest = package->version, part;
        unsigned parts = 0;
        bool fine = package->name.len == 32;

        for (size_t i = 0; i < package->name.len; i++)
                fine = fine && package->name.data[i] >= 'a' && package->name.data[i] <= 'p';
        while (rest.len && str_split(&rest, '.', &part)) {
                struct reader reader = reader_over(part);
                uint64_t number;

                fine = fine && ++parts <= 4 && reader_take_number(&reader, UINT32_MAX, &number) && reader_done(&reader);
        }
        return fine
               || err_set(err,
                          "an extension of Chrome has 32 letters from a to p, and a version of one to four numbers");
}

bool package_read_purl(struct arena *arena, struct str text, struct package *out, struct err *err)
{
        struct reader reader = reader_over(text);
        struct str rest, subpath, qualifiers, version, name;
        char joint;

        *out = (struct package){.purl = text};
        if (!reader_take_str(&reader, STR("pkg:")))
                return err_set(err, "a purl begins with \"pkg:\"");
        while (reader_take(&reader, '/'))
                ;
        out->type = lower(arena, reader_take_while(&reader, is_type));
        if (!out->type.len || is_digit(out->type.data[0]) || !reader_take(&reader, '/'))
                return err_set(err, "a purl has a type and a name: \"pkg:TYPE/NAME@VERSION\"");
        rest = str_from(text, reader.at);
        subpath = take_behind(&rest, '#');
        qualifiers = take_behind(&rest, '?');
        version = take_version(&rest);
        while (rest.len && rest.data[rest.len - 1] == '/')
                rest.len--;
        name = take_behind(&rest, '/');
        if (!name.len) {
                name = rest;
                rest = STR("");
        }
        out->name = decoded(arena, name);
        if (!out->name.len)
                return err_set(err, "a purl has a name: \"pkg:TYPE/NAME@VERSION\"");
        out->namespace = decoded_path(arena, rest);
        out->version = decoded(arena, version);
        out->subpath = decoded_path(arena, subpath);
        TRY(read_qualifiers(arena, qualifiers, out, err) && check_namespace(out, err));
        if (str_is(out->type, "chrome-extension"))
                TRY(check_chrome(out, err));
        joint = package_purl_joint(out->type);
        if (joint && out->namespace.len) {
                out->name = str_format(arena, "%.*s%c%.*s", STR_ARG(out->namespace), joint, STR_ARG(out->name));
                out->namespace = STR("");
        }
        if (str_is(out->type, "cocoapods") && out->subpath.len) {
                out->name = str_format(arena, "%.*s/%.*s", STR_ARG(out->name), STR_ARG(out->subpath));
                out->subpath = STR("");
        }
        return true;
}
