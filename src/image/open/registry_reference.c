/* registry_reference.c - what names an image in a registry. */

#include "image/open/registry.h"

static bool is_name_byte(char byte)
{
        return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '.' || byte == '_' || byte == '-'
               || byte == '/';
}

static bool is_tag_byte(char byte)
{
        return is_name_byte(byte) || (byte >= 'A' && byte <= 'Z');
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
        return is_tag_byte(byte) && byte != '/' && byte != '_';
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
        if (!is_domain(out->domain) || !all(out->name, is_name_byte)
            || str_starts(out->name, STR("/"))
                          || str_ends(out->name, STR("/"))
                                      || str_find(out->name, STR("//"), 0) != SIZE_MAX
                                                  || str_find(out->name, STR(".."), 0) != SIZE_MAX
                                                              || (colon != SIZE_MAX && !all(out->tag, is_tag_byte))
                                                              || str_find(out->tag, STR("/"), 0) != SIZE_MAX
                                                                          || out->tag.len > 128)
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
