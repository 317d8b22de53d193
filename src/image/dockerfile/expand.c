/* expand.c - variables of a Dockerfile: $NAME and ${NAME}, with what stands for them when they are not set.
 *
 * What a build is given from outside is not known here: an ARG counts with its default. Where nothing is known, the variable
 * stays in the text as ${NAME}. */

#include "base/buf.h"
#include "image/dockerfile/internal.h"

enum { LONGEST_VALUE = 64 << 10, DEEPEST_DEFAULT = 20 };

struct expansion {
        struct dockerfile_reader *reader;
        const struct dockerfile_scope *scope;
        struct str text;
        size_t at;
        uint32_t place;
        unsigned depth;
        struct buf *out;
};

void dockerfile_set(struct dockerfile_reader *reader, struct dockerfile_scope *scope, struct str name,
                    const struct str *value)
{
        *map_slot(reader->arena, &scope->values, name) = (void *)value;
}

static const struct str *value_of(const struct dockerfile_scope *scope, struct str name)
{
        for (; scope; scope = scope->above) {
                const struct str *value = map_get(&scope->values, name);

                if (value)
                        return value;
        }
        return NULL;
}

static int peek(const struct expansion *expansion, size_t ahead)
{
        return expansion->at + ahead < expansion->text.len ? (unsigned char)expansion->text.data[expansion->at + ahead]
                                                           : -1;
}

static bool is_name_byte(int byte)
{
        return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9')
               || byte == '_';
}

static struct str take_name(struct expansion *expansion)
{
        size_t begin = expansion->at;

        while (is_name_byte(peek(expansion, 0)))
                expansion->at++;
        return str_sub(expansion->text, begin, expansion->at);
}

static void add(struct expansion *expansion, struct str text)
{
        if (expansion->out->len + text.len <= LONGEST_VALUE)
                buf_add(expansion->out, text);
}

static void add_unknown(struct expansion *expansion, struct str name)
{
        add(expansion, STR("${"));
        add(expansion, name);
        add(expansion, STR("}"));
}

static void expand_to(struct expansion *expansion, int stop);

/* What stands behind ":-" and its like, up to the brace; it counts only if `wanted`. */
static void expand_default(struct expansion *expansion, bool wanted)
{
        size_t len = expansion->out->len;

        if (++expansion->depth > DEEPEST_DEFAULT) {
                expansion->at = expansion->text.len;
                return;
        }
        expand_to(expansion, '}');
        expansion->depth--;
        if (!wanted)
                expansion->out->len = len;
}

/* ${NAME…; the cursor is behind the name. */
static void expand_braces(struct expansion *expansion, struct str name)
{
        const struct str *value = value_of(expansion->scope, name);
        bool empty_counts = peek(expansion, 0) == ':';
        bool is_set = value && (!empty_counts || value->len);
        int sign = peek(expansion, empty_counts);

        if (sign == '}' && !empty_counts) {
                expansion->at++;
                if (value)
                        add(expansion, *value);
                else
                        add_unknown(expansion, name);
                return;
        }
        expansion->at += (size_t)empty_counts + (sign >= 0);
        switch (sign) {
        case '-':
                if (is_set)
                        add(expansion, *value);
                expand_default(expansion, !is_set);
                return;
        case '+':
                expand_default(expansion, is_set);
                return;
        case '?':
                if (is_set)
                        add(expansion, *value);
                else
                        add_unknown(expansion, name);
                expand_default(expansion, false);
                return;
        default: /* what is cut off or replaced by a pattern: the outcome is not worked out */
                add_unknown(expansion, name);
                expand_default(expansion, false);
        }
}

static void expand_dollar(struct expansion *expansion)
{
        size_t begin = expansion->at++;
        const struct str *value;
        struct str name;

        if (peek(expansion, 0) == '{') {
                expansion->at++;
                name = take_name(expansion);
                if (name.len) {
                        expand_braces(expansion, name);
                        return;
                }
                add(expansion, str_sub(expansion->text, begin, expansion->at));
                return;
        }
        name = take_name(expansion);
        if (!name.len) {
                add(expansion, STR("$"));
                return;
        }
        value = value_of(expansion->scope, name);
        if (value)
                add(expansion, *value);
        else
                add_unknown(expansion, name);
}

static void expand_single(struct expansion *expansion)
{
        size_t begin = ++expansion->at;

        while (peek(expansion, 0) >= 0 && peek(expansion, 0) != '\'')
                expansion->at++;
        add(expansion, str_sub(expansion->text, begin, expansion->at));
        expansion->at = min_size(expansion->at + 1, expansion->text.len);
}

static void expand_double(struct expansion *expansion)
{
        char escape = expansion->reader->escape;

        expansion->at++;
        for (int byte; (byte = peek(expansion, 0)) >= 0 && byte != '"';) {
                int next = peek(expansion, 1);

                if (byte == '$' && expansion->scope) {
                        expand_dollar(expansion);
                        continue;
                }
                if (byte == escape && (next == '"' || next == '$' || next == escape))
                        expansion->at++;
                add(expansion, str_sub(expansion->text, expansion->at, expansion->at + 1));
                expansion->at++;
        }
        expansion->at = min_size(expansion->at + 1, expansion->text.len);
}

static void expand_to(struct expansion *expansion, int stop)
{
        for (int byte; (byte = peek(expansion, 0)) >= 0;) {
                if (byte == stop) {
                        expansion->at++;
                        return;
                }
                if (byte == '\'') {
                        expand_single(expansion);
                } else if (byte == '"') {
                        expand_double(expansion);
                } else if (byte == '$' && expansion->scope) {
                        expand_dollar(expansion);
                } else {
                        expansion->at += byte == expansion->reader->escape;
                        add(expansion, str_sub(expansion->text, expansion->at, expansion->at + 1));
                        expansion->at = min_size(expansion->at + 1, expansion->text.len);
                }
        }
}

static bool is_plain(const struct dockerfile_reader *reader, struct str raw)
{
        for (size_t i = 0; i < raw.len; i++)
                if (raw.data[i] == '$' || raw.data[i] == '\'' || raw.data[i] == '"' || raw.data[i] == reader->escape)
                        return false;
        return true;
}

struct str dockerfile_expand(struct dockerfile_reader *reader, const struct dockerfile_scope *scope, struct str raw,
                             uint32_t at)
{
        CLEANUP(buf_free) struct buf out = {0};
        struct expansion expansion = {reader, scope, raw, 0, at, 0, &out};

        if (is_plain(reader, raw))
                return raw;
        if (reader->expanded > DOCKERFILE_EXPANDED) {
                if (!reader->is_full)
                        dockerfile_wrong(reader, DOCKERFILE_TOO_LARGE, at,
                                         "variables expand to more than 16 MiB: from here on they are not expanded");
                reader->is_full = true;
                return raw;
        }
        expand_to(&expansion, -1);
        reader->expanded += out.len;
        return str_copy(reader->arena, buf_text(&out));
}
