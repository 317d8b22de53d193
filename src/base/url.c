/* url.c - taking URLs apart (RFC 3986, as far as net/url follows it). */

#include "base/url.h"

#include "base/address.h"
#include "base/buf.h"
#include "base/reader.h"
#include "base/vec.h"

static int hex_value(int byte)
{
        if (is_digit(byte))
                return byte - '0';
        byte |= 0x20;
        return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

static bool is_one_of(int byte, const char *set)
{
        return byte > 0 && byte < 0x80 && strchr(set, byte);
}

static bool is_plain(int byte)
{
        return is_letter(byte) || is_digit(byte) || is_one_of(byte, "-_.~");
}

static bool is_path_byte(int byte)
{
        return is_plain(byte) || is_one_of(byte, "$&+,/:;=@");
}

static bool is_host_byte(int byte)
{
        return is_plain(byte) || is_one_of(byte, "!$&'()*+,;=:[]<>\"") || byte >= 0x80;
}

static bool is_user_byte(int byte)
{
        return is_plain(byte) || is_one_of(byte, ":!$&'()*+,;=%@");
}

/* The byte that an escape stands for; -1 if it is none. */
static int escape_at(struct str text, size_t at)
{
        int high, low;

        if (text.len - at < 3)
                return -1;
        high = hex_value((unsigned char)text.data[at + 1]);
        low = hex_value((unsigned char)text.data[at + 2]);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/* Decodes escapes; with `form`, a '+' is a space, too. False for a bad escape. */
static bool decode(struct arena *arena, struct str text, bool form, struct str *out)
{
        char *to = arena_take_text(arena, text.len);
        size_t len = 0;

        for (size_t at = 0; at < text.len; at++) {
                int byte = (unsigned char)text.data[at];

                if (byte == '%') {
                        byte = escape_at(text, at);
                        at += 2;
                        if (byte < 0)
                                return false;
                } else if (byte == '+' && form) {
                        byte = ' ';
                }
                to[len++] = (char)byte;
        }
        *out = (struct str){to, len};
        return true;
}

static struct str encode_path(struct arena *arena, struct str path)
{
        char *to = arena_take_text(arena, checked_mul(path.len, 3));
        size_t len = 0;

        for (size_t at = 0; at < path.len; at++) {
                unsigned byte = (unsigned char)path.data[at];

                if (is_path_byte((int)byte)) {
                        to[len++] = (char)byte;
                        continue;
                }
                to[len++] = '%';
                to[len++] = "0123456789ABCDEF"[byte >> 4];
                to[len++] = "0123456789ABCDEF"[byte & 15];
        }
        return (struct str){to, len};
}

/* A path stays as it is written when that is a possible way to write it, and is rewritten otherwise. */
static bool take_path(struct arena *arena, struct str path, struct str *out)
{
        struct str decoded;

        TRY(decode(arena, path, false, &decoded));
        *out = path;
        if (str_is(path, "*"))
                return true;
        for (size_t i = 0; i < path.len; i++) {
                int byte = (unsigned char)path.data[i];

                if (!is_path_byte(byte) && !is_one_of(byte, "!'()*[]%")) {
                        *out = encode_path(arena, decoded);
                        break;
                }
        }
        return true;
}

/* Nothing, or a colon and digits. */
static bool is_port(struct str text)
{
        if (text.len > 0 && text.data[0] != ':')
                return false;
        for (size_t i = 1; i < text.len; i++)
                TRY(is_digit((unsigned char)text.data[i]));
        return true;
}

static size_t find_last(struct str text, char byte)
{
        const char *found = text.len ? memrchr(text.data, byte, text.len) : NULL;

        return found ? (size_t)(found - text.data) : SIZE_MAX;
}

/* Escapes in a host stand for bytes beyond ASCII only, or for the '%' before a zone. */
static bool check_host(struct str host)
{
        for (size_t at = 0; at < host.len; at++) {
                int byte = (unsigned char)host.data[at];

                if (byte == '%') {
                        int escaped = escape_at(host, at);

                        TRY(escaped == '%' || escaped >= 0x80);
                        at += 2;
                } else {
                        TRY(is_host_byte(byte));
                }
        }
        return true;
}

/* What stands in brackets is an IPv6 address, maybe with a zone behind "%25". */
static bool take_bracketed(struct str host, size_t *port_at)
{
        size_t end = find_last(host, ']');
        struct str inside = str_sub(host, 1, end == SIZE_MAX ? 1 : end);
        size_t zone = str_find(inside, STR("%25"), 0);
        struct address address;

        if (end == SIZE_MAX)
                return false;
        *port_at = end + 1;
        TRY(zone == SIZE_MAX || zone + 3 < inside.len);
        return address_read(str_sub(inside, 0, zone), &address) && address.size == 16;
}

static bool take_host(struct arena *arena, struct str host, struct url *out)
{
        size_t port_at;

        if (str_starts(host, STR("["))) {
                TRY(take_bracketed(host, &port_at));
        } else {
                port_at = min_size(str_find(host, STR(":"), 0), host.len);
        }
        TRY(is_port(str_from(host, port_at)) && check_host(host));
        out->port = str_from(host, port_at + (port_at < host.len));
        TRY(decode(arena, host, false, &out->host));
        out->hostname = str_sub(out->host, 0, out->host.len - (host.len - port_at));
        if (str_starts(out->hostname, STR("[")))
                out->hostname = str_sub(out->hostname, 1, out->hostname.len - 1);
        return true;
}

static bool take_authority(struct arena *arena, struct str authority, struct url *out)
{
        size_t at = find_last(authority, '@');
        struct str decoded;

        if (at == SIZE_MAX)
                return take_host(arena, authority, out);
        out->user = str_sub(authority, 0, at);
        for (size_t i = 0; i < out->user.len; i++)
                TRY(is_user_byte((unsigned char)out->user.data[i]));
        TRY(decode(arena, out->user, false, &decoded));
        return take_host(arena, str_from(authority, at + 1), out);
}

static bool is_scheme_byte(int byte)
{
        return is_letter(byte) || is_digit(byte) || is_one_of(byte, "+-.");
}

/* Moves over "scheme:", if there is one. False for a colon without a name before it. */
static bool take_scheme(struct arena *arena, struct reader *reader, struct url *out)
{
        size_t begin = reader->at;
        struct str name = reader_take_while(reader, is_scheme_byte);
        char *lower;

        if (!name.len)
                return reader_peek(reader, 0) != ':';
        if (!is_letter((unsigned char)name.data[0]) || !reader_take(reader, ':')) {
                reader->at = begin;
                return true;
        }
        lower = arena_take_text(arena, name.len);
        for (size_t i = 0; i < name.len; i++)
                lower[i] = (char)(is_letter((unsigned char)name.data[i]) ? name.data[i] | 0x20 : name.data[i]);
        out->scheme = (struct str){lower, name.len};
        return true;
}

static struct str whole_text(struct arena *arena, const struct url *url, bool has_authority, bool has_query)
{
        return str_format(arena, "%.*s%s%.*s%s%.*s%s%.*s%.*s%s%.*s", STR_ARG(url->scheme), url->scheme.len ? ":" : "",
                          STR_ARG(url->opaque), has_authority ? "//" : "", STR_ARG(url->user), url->user.len ? "@" : "",
                          STR_ARG(url->host), STR_ARG(url->path), has_query ? "?" : "", STR_ARG(url->query));
}

static bool has_control_byte(struct str text)
{
        for (size_t i = 0; i < text.len; i++) {
                if ((unsigned char)text.data[i] < 0x20 || text.data[i] == 0x7f)
                        return true;
        }
        return false;
}

bool url_read(struct arena *arena, struct str text, struct url *out)
{
        struct reader reader = reader_over(text);
        struct str rest;
        size_t mark;
        bool has_authority = false;

        *out = (struct url){0};
        if (text.len == 0 || has_control_byte(text))
                return false;
        TRY(take_scheme(arena, &reader, out));
        rest = str_from(text, reader.at);
        mark = min_size(str_find(rest, STR("?"), 0), rest.len);
        out->query = str_from(rest, mark + 1);
        rest = str_sub(rest, 0, mark);
        if (!str_starts(rest, STR("/")) && !str_is(text, "*")) {
                out->opaque = rest;
                TRY(out->scheme.len > 0);
                rest = STR("");
        } else if (out->scheme.len && str_starts(rest, STR("//"))) {
                size_t slash = min_size(str_find(rest, STR("/"), 2), rest.len);

                has_authority = true;
                TRY(take_authority(arena, str_sub(rest, 2, slash), out));
                rest = str_from(rest, slash);
        }
        TRY(take_path(arena, rest, &out->path));
        out->text = whole_text(arena, out, has_authority, mark < text.len - reader.at);
        return true;
}

/* The text with U+FFFD for each byte that is no UTF-8. */
static struct str repaired(struct arena *arena, struct str text)
{
        VEC(char) out = {0};
        uint32_t character;
        char bytes[4];

        if (utf8_check(text) == text.len)
                return text;
        for (size_t at = 0; at < text.len;) {
                size_t taken = utf8_take(str_from(text, at), &character);
                size_t size = utf8_put(bytes, taken ? character : 0xfffd);

                for (size_t i = 0; i < size; i++)
                        *vec_push(arena, &out) = bytes[i];
                at += taken ? taken : 1;
        }
        return (struct str){out.items, out.count};
}

bool url_take_parameter(struct arena *arena, struct str *query, struct str *name, struct str *value)
{
        struct str part;

        while (str_split(query, '&', &part)) {
                size_t equals = min_size(str_find(part, STR("="), 0), part.len);

                if (part.len == 0 || str_find(part, STR(";"), 0) != SIZE_MAX)
                        continue;
                if (!decode(arena, str_sub(part, 0, equals), true, name)
                    || !decode(arena, str_from(part, equals + 1), true, value))
                        continue;
                *name = repaired(arena, *name);
                *value = repaired(arena, *value);
                return true;
        }
        return false;
}

struct str url_escape(struct arena *arena, struct str text)
{
        CLEANUP(buf_free) struct buf out = {0};

        for (size_t i = 0; i < text.len; i++) {
                unsigned char byte = (unsigned char)text.data[i];
                bool is_plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z')
                                || (byte >= '0' && byte <= '9') || byte == '-' || byte == '_' || byte == '.';

                if (is_plain)
                        buf_add_char(&out, (char)byte);
                else
                        buf_add_format(&out, "%%%02X", byte);
        }
        return str_copy(arena, buf_text(&out));
}
