/* purl.c - package URLs (purl-spec): what names a package for everybody. */

#include "base/buf.h"
#include "image/package/package.h"

enum purl_rule {
        PURL_LOWER = 1,      /* names are written in lower case */
        PURL_SLASH = 2,      /* the namespace is what stands before the last slash of the name */
        PURL_COLON = 4,      /* before the colon */
        PURL_DASHES = 8,     /* PEP 503: runs of "-", "_" and "." are one dash */
        PURL_EPOCH = 16,     /* the epoch is a qualifier, not a part of the version */
        PURL_SUBPATH = 32,   /* what stands behind the first slash of the name is the subpath */
        PURL_UNDERSCORE = 64 /* what is no letter or digit is an underscore */
};

static const struct {
        struct str type;
        unsigned rules;
} types[] = {
        {STR_INIT("alpm"), PURL_LOWER},
        {STR_INIT("apk"), PURL_LOWER},
        {STR_INIT("bitnami"), PURL_LOWER},
        {STR_INIT("cocoapods"), PURL_SUBPATH},
        {STR_INIT("composer"), PURL_LOWER | PURL_SLASH},
        {STR_INIT("deb"), PURL_LOWER},
        {STR_INIT("golang"), PURL_SLASH},
        {STR_INIT("hex"), PURL_LOWER | PURL_SLASH},
        {STR_INIT("maven"), PURL_COLON},
        {STR_INIT("npm"), PURL_SLASH},
        {STR_INIT("otp"), PURL_LOWER},
        {STR_INIT("portage"), PURL_SLASH},
        {STR_INIT("pub"), PURL_LOWER | PURL_UNDERSCORE},
        {STR_INIT("pypi"), PURL_LOWER | PURL_DASHES},
        {STR_INIT("rpm"), PURL_EPOCH},
        {STR_INIT("swift"), PURL_SLASH},
};

static unsigned rules_of(struct str type)
{
        for (size_t i = 0; i < COUNT_OF(types); i++)
                if (str_equal(types[i].type, type))
                        return types[i].rules;
        return 0;
}

static bool is_plain(unsigned char byte)
{
        return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9')
               || byte == '.' || byte == '-' || byte == '_' || byte == '~' || byte == ':';
}

static void add_encoded(struct buf *out, struct str text)
{
        for (size_t i = 0; i < text.len; i++)
                if (is_plain((unsigned char)text.data[i]))
                        buf_add_char(out, text.data[i]);
                else
                        buf_add_format(out, "%%%02X", (unsigned char)text.data[i]);
}

/* The parts of a path, each encoded; empty ones are left out. */
static void add_parts(struct buf *out, struct str path)
{
        struct str rest = path, part;
        bool more = false;

        while (str_split(&rest, '/', &part)) {
                if (!part.len)
                        continue;
                if (more)
                        buf_add_char(out, '/');
                add_encoded(out, part);
                more = true;
        }
}

static struct str spelled(struct arena *arena, struct str text, unsigned rules)
{
        char *out = arena_take_text(arena, text.len + 1);
        size_t len = 0;

        for (size_t i = 0; i < text.len; i++) {
                char byte = text.data[i];

                if ((rules & PURL_LOWER) && byte >= 'A' && byte <= 'Z')
                        byte = (char)(byte - 'A' + 'a');
                if ((rules & PURL_UNDERSCORE) && !(byte >= 'a' && byte <= 'z') && !(byte >= '0' && byte <= '9'))
                        byte = '_';
                if ((rules & PURL_DASHES) && (byte == '_' || byte == '.'))
                        byte = '-';
                if ((rules & PURL_DASHES) && byte == '-' && len && out[len - 1] == '-')
                        continue;
                out[len++] = byte;
        }
        return (struct str){out, len};
}

/* Takes what stands before the last `separator` off the name. */
static struct str take_before_last(struct str *name, char separator)
{
        const char *at = name->len ? memrchr(name->data, separator, name->len) : NULL;
        struct str before = {"", 0};

        if (at) {
                before = str_span(name->data, at);
                *name = str_span(at + 1, name->data + name->len);
        }
        return before;
}

static struct str take_subpath(struct str *name)
{
        const char *at = name->len ? memchr(name->data, '/', name->len) : NULL;
        struct str after = {"", 0};

        if (at) {
                after = str_span(at + 1, name->data + name->len);
                *name = str_span(name->data, at);
        }
        return after;
}

/* Takes "1:" off a version; empty if there is none. */
static struct str take_epoch(struct str *version)
{
        size_t at = str_find(*version, STR(":"), 0);
        struct str epoch = {"", 0};

        if (at != SIZE_MAX) {
                epoch = str_sub(*version, 0, at);
                *version = str_from(*version, at + 1);
        }
        return epoch;
}

static void add_qualifier(struct buf *out, const char *key, struct str value)
{
        if (!value.len)
                return;
        buf_add_char(out, memchr(out->data, '?', out->len) ? '&' : '?');
        buf_add_format(out, "%s=", key);
        add_encoded(out, value);
}

static void add_qualifiers(struct buf *out, const struct package *package, struct str epoch)
{
        struct str rest = package->qualifiers, one;
        bool arch = false, has_epoch = false;

        /* Qualifiers stand in the order of their keys; those of the package are in order already. */
        while (str_split(&rest, '&', &one)) {
                struct str value = one, key;

                if (!str_split(&value, '=', &key) || !key.len || !value.data)
                        continue;
                if (!arch && str_compare(key, STR("arch")) > 0) {
                        add_qualifier(out, "arch", package->arch);
                        arch = true;
                }
                if (!has_epoch && str_compare(key, STR("epoch")) > 0) {
                        add_qualifier(out, "epoch", epoch);
                        has_epoch = true;
                }
                if (value.len) {
                        buf_add_char(out, memchr(out->data, '?', out->len) ? '&' : '?');
                        buf_add(out, one);
                }
        }
        if (!arch)
                add_qualifier(out, "arch", package->arch);
        if (!has_epoch)
                add_qualifier(out, "epoch", epoch);
}

struct str package_qualifier(struct arena *arena, const char *key, struct str value)
{
        CLEANUP(buf_free) struct buf out = {0};

        buf_add_format(&out, "%s=", key);
        add_encoded(&out, value);
        return str_copy(arena, buf_text(&out));
}

struct str package_purl(struct arena *arena, const struct package *package)
{
        CLEANUP(buf_free) struct buf out = {0};
        unsigned rules = rules_of(package->type);
        struct str name = package->name, namespace = package->namespace, version = package->version;
        struct str subpath = package->subpath, epoch = {"", 0};

        if (rules & PURL_SLASH)
        namespace = take_before_last(&name, '/');
        if (rules & PURL_COLON)
        namespace = take_before_last(&name, ':');
        if (rules & PURL_SUBPATH)
                subpath = take_subpath(&name);
        if (rules & PURL_EPOCH)
                epoch = take_epoch(&version);
        buf_add_literal(&out, "pkg:");
        buf_add(&out, package->type);
        buf_add_char(&out, '/');
        if (namespace.len) {
                add_parts(&out, spelled(arena, namespace, rules & PURL_LOWER));
                buf_add_char(&out, '/');
        }
        add_encoded(&out, spelled(arena, name, rules));
        if (version.len) {
                buf_add_char(&out, '@');
                add_encoded(&out, version);
        }
        add_qualifiers(&out, package, epoch);
        if (subpath.len) {
                buf_add_char(&out, '#');
                add_parts(&out, subpath);
        }
        return str_copy(arena, buf_text(&out));
}

char package_purl_joint(struct str type)
{
        unsigned rules = rules_of(type);

        if (rules & PURL_COLON)
                return ':';
        return rules & PURL_SLASH ? '/' : 0;
}
