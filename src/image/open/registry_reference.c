/* registry_reference.c - what names an image in a registry. */

#include "image/open/registry.h"

static bool is_name_byte(char byte)
{
        return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
}

static bool is_tag_byte(char byte)
{
        return is_name_byte(byte) || (byte >= 'A' && byte <= 'Z') || byte == '.' || byte == '_' || byte == '-';
}

/* Letters and digits, between them one dot, one or two low lines, or hyphens (distribution/reference). */
static bool is_component(struct str text)
{
        size_t at = 0;

        while (at < text.len && is_name_byte(text.data[at])) {
                size_t begin = ++at;
                char sign;

                if (at == text.len)
                        return true;
                if (is_name_byte(text.data[at]))
                        continue;
                sign = text.data[at];
                while (at < text.len && text.data[at] == sign)
                        at++;
                TRY((sign == '.' && at - begin == 1) || (sign == '_' && at - begin <= 2) || sign == '-');
        }
        return false;
}

static bool is_name(struct str text)
{
        struct str rest = text, component;

        while (str_split(&rest, '/', &component))
                TRY(is_component(component));
        return text.len > 0;
}

static bool is_tag(struct str text)
{
        TRY(text.len && text.len <= 128 && text.data[0] != '.' && text.data[0] != '-');
        for (size_t i = 0; i < text.len; i++)
                TRY(is_tag_byte(text.data[i]));
        return true;
}

/* The first part is a host if it has a dot or a port, or is localhost. */
static bool is_host(struct str part)
{
        return str_is(part, "localhost") || memchr(part.data, '.', part.len) || memchr(part.data, ':', part.len);
}

static bool all(struct str text, bool (*belongs)(char byte))
{
        for (size_t i = 0; i < text.len; i++)
                if (!belongs(text.data[i]))
                        return false;
        return text.len > 0;
}

static bool is_host_byte(char byte)
{
        return is_tag_byte(byte) && byte != '_';
}

static bool is_address_byte(char byte)
{
        return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F')
               || byte == ':' || byte == '.';
}

static bool is_digit(char byte)
{
        return byte >= '0' && byte <= '9';
}

/* HOST[:PORT]; an address of version 6 stands in brackets. */
static bool is_domain(struct str text)
{
        size_t end = str_starts(text, STR("[")) ? str_find(text, STR("]"), 0) : str_find(text, STR(":"), 0);
        struct str port;

        if (str_starts(text, STR("["))) {
                TRY(end != SIZE_MAX && all(str_sub(text, 1, end), is_address_byte));
                end++;
        } else {
                TRY(all(str_sub(text, 0, end), is_host_byte));
        }
        port = str_from(text, end);
        return !port.len || (str_starts(port, STR(":")) && port.len <= 6 && all(str_from(port, 1), is_digit));
}

bool registry_read_reference(struct arena *arena, struct str text, struct registry_reference *out, struct err *err)
{
        struct str rest = text, first;
        size_t at = str_find(text, STR("@"), 0), slash = str_find(text, STR("/"), 0), colon;
        struct digest digest;

        *out = (struct registry_reference){0};
        if (at != SIZE_MAX) {
                out->digest = str_from(text, at + 1);
                TRY(digest_read(out->digest, &digest, err));
                rest = str_sub(text, 0, at);
        }
        out->domain = STR("docker.io");
        if (slash != SIZE_MAX && slash < rest.len) {
                first = str_sub(rest, 0, slash);
                if (is_host(first)) {
                        out->domain = first;
                        rest = str_from(rest, slash + 1);
                }
        }
        colon = str_find(rest, STR(":"), 0);
        out->name = str_sub(rest, 0, colon);
        if (colon != SIZE_MAX)
                out->tag = str_from(rest, colon + 1);
        else if (!out->digest.len)
                out->tag = STR("latest");
        if (!is_domain(out->domain) || !is_name(out->name) || (colon != SIZE_MAX && !is_tag(out->tag)))
                return err_set(
                        err,
                        "\"%.*s\" is neither a file or folder nor the name of an image ([HOST/]NAME[:TAG][@DIGEST])",
                        STR_ARG(text));
        out->host = out->domain;
        if (str_is(out->domain, "docker.io") || str_is(out->domain, "index.docker.io")) {
                out->host = STR("registry-1.docker.io");
                if (str_find(out->name, STR("/"), 0) == SIZE_MAX)
                        out->name = str_format(arena, "library/%.*s", STR_ARG(out->name));
        }
        return true;
}
