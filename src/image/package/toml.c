/* toml.c - reading TOML 1.0 into values.
 *
 * Tables are opened again and again while a text is read, so they are kept open (struct table) and become values at the end. */

#include "image/package/toml.h"

#include "base/map.h"
#include "base/vec.h"
#include "doc/source.h"

struct table;

struct member {
        uint32_t key, at;
        struct table *table;          /* a table, or NULL */
        VEC(struct table *) * tables; /* of [[name]], or NULL */
        struct value value;
};

struct table {
        VEC(struct member) members;
        struct map index; /* name → its number + 1 */
        bool defined;     /* by a header or by dotted keys: no header may define it again */
        bool closed;      /* written in braces: nothing is added */
};

struct reader {
        struct arena *arena;
        struct str text;
        size_t at;
        unsigned depth;
        size_t values;
        struct err *err;
};

static bool fail(struct reader *reader, size_t at, const char *what)
{
        struct place place = place_in(reader->text, (uint32_t)min_size(at, reader->text.len));

        return err_set_at(reader->err, place.line, place.column, "%s", what);
}

static int peek(const struct reader *reader)
{
        return reader->at < reader->text.len ? (unsigned char)reader->text.data[reader->at] : -1;
}

static bool begins(const struct reader *reader, struct str what)
{
        return str_starts(str_from(reader->text, reader->at), what);
}

static void skip_blanks(struct reader *reader)
{
        while (peek(reader) == ' ' || peek(reader) == '\t')
                reader->at++;
}

static void skip_comment(struct reader *reader)
{
        if (peek(reader) == '#')
                while (peek(reader) != -1 && peek(reader) != '\n')
                        reader->at++;
}

/* Blanks, line ends and comments: between what stands in a list. */
static void skip_lines(struct reader *reader)
{
        for (;;) {
                skip_blanks(reader);
                skip_comment(reader);
                if (peek(reader) != '\n' && peek(reader) != '\r')
                        return;
                reader->at++;
        }
}

static bool end_of_line(struct reader *reader)
{
        skip_blanks(reader);
        skip_comment(reader);
        if (peek(reader) == '\r')
                reader->at++;
        if (peek(reader) == -1)
                return true;
        if (peek(reader) != '\n')
                return fail(reader, reader->at, "wanted is the end of the line");
        reader->at++;
        return true;
}

/* --- texts ---------------------------------------------------------------- */

static bool hex(struct reader *reader, unsigned digits, uint32_t *out)
{
        *out = 0;
        for (unsigned i = 0; i < digits; i++) {
                int byte = peek(reader);
                int digit = byte >= '0' && byte <= '9'   ? byte - '0'
                            : byte >= 'a' && byte <= 'f' ? byte - 'a' + 10
                            : byte >= 'A' && byte <= 'F' ? byte - 'A' + 10
                                                         : -1;

                if (digit < 0)
                        return fail(reader, reader->at, "wanted is a hexadecimal digit");
                *out = *out << 4 | (uint32_t)digit;
                reader->at++;
        }
        if (*out > 0x10ffff || (*out >= 0xd800 && *out < 0xe000))
                return fail(reader, reader->at, "this is no character of Unicode");
        return true;
}

/* Behind a backslash. */
static bool escape(struct reader *reader, bool lines, char *out, size_t *len)
{
        static const char from[] = "btnfre\"\\", to[] = "\b\t\n\f\r\x1b\"\\";
        int byte = peek(reader);
        const char *known = byte > 0 ? strchr(from, byte) : NULL;
        uint32_t code;

        if (known) {
                reader->at++;
                out[(*len)++] = to[known - from];
                return true;
        }
        if (byte == 'u' || byte == 'U') {
                reader->at++;
                TRY(hex(reader, byte == 'u' ? 4 : 8, &code));
                *len += utf8_put(out + *len, code);
                return true;
        }
        if (lines && (byte == '\n' || byte == '\r' || byte == ' ' || byte == '\t')) {
                while (peek(reader) == '\n' || peek(reader) == '\r' || peek(reader) == ' ' || peek(reader) == '\t')
                        reader->at++;
                return true;
        }
        return fail(reader, reader->at, "this is no escape: wanted is one of \\b \\t \\n \\f \\r \\\" \\\\ \\u \\U");
}

static struct str quoted_end(const struct reader *reader, bool *lines)
{
        *lines = begins(reader, STR("\"\"\"")) || begins(reader, STR("'''"));
        return str_sub(reader->text, reader->at, reader->at + (*lines ? 3 : 1));
}

/* How many bytes the text in quotes at most has, its quotes left out; its end is found without decoding. */
static bool find_end(struct reader *reader, struct str quotes, bool lines, size_t *end)
{
        bool literal = quotes.data[0] == '\'';

        for (size_t i = reader->at; i < reader->text.len; i++) {
                char byte = reader->text.data[i];

                if (byte == '\\' && !literal)
                        i++;
                else if (!lines && byte == '\n')
                        return fail(reader, i, "the line ends within quotes");
                else if (str_starts(str_from(reader->text, i), quotes)) {
                        /* Up to two quotes more belong to the text. */
                        for (unsigned more = 0; lines && more < 2 && i + 3 < reader->text.len
                                                && reader->text.data[i + 3] == quotes.data[0];
                             more++)
                                i++;
                        *end = i;
                        return true;
                }
        }
        return fail(reader, reader->at, "the text in quotes does not end");
}

static bool read_quoted(struct reader *reader, bool may_be_lines, struct str *out)
{
        bool lines;
        struct str quotes = quoted_end(reader, &lines);
        size_t end = 0, begin = reader->at, len = 0;
        char *copy;

        if (lines && !may_be_lines)
                return fail(reader, begin, "a name has to stand on one line");
        reader->at += quotes.len;
        if (lines && begins(reader, STR("\r\n")))
                reader->at += 2;
        else if (lines && begins(reader, STR("\n")))
                reader->at++;
        TRY(find_end(reader, quotes, lines, &end));
        *out = str_sub(reader->text, reader->at, end);
        if (utf8_check(*out) != out->len)
                return fail(reader, reader->at + utf8_check(*out), "this is not UTF-8");
        if (quotes.data[0] == '"' && memchr(out->data, '\\', out->len)) {
                copy = arena_take_text(reader->arena, out->len + 8);
                while (reader->at < end)
                        if (reader->text.data[reader->at] == '\\') {
                                reader->at++;
                                TRY(escape(reader, lines, copy, &len));
                        } else {
                                copy[len++] = reader->text.data[reader->at++];
                        }
                *out = (struct str){copy, len};
        }
        reader->at = end + quotes.len;
        return true;
}

/* --- keys ----------------------------------------------------------------- */

static bool is_bare(int byte)
{
        return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9')
               || byte == '-' || byte == '_';
}

static bool read_name(struct reader *reader, struct str *out)
{
        size_t begin = reader->at;

        if (peek(reader) == '"' || peek(reader) == '\'')
                return read_quoted(reader, false, out);
        while (is_bare(peek(reader)))
                reader->at++;
        *out = str_sub(reader->text, begin, reader->at);
        return out->len || fail(reader, begin, "wanted is a name");
}

static struct member *find(struct table *table, struct str name)
{
        void *known = map_get(&table->index, name);

        return known ? &table->members.items[(uintptr_t)known - 1] : NULL;
}

static struct member *add_member(struct reader *reader, struct table *table, struct str name)
{
        struct member *added = vec_push(reader->arena, &table->members);

        *added = (struct member){.key = intern(name), .at = (uint32_t)reader->at};
        *map_slot(reader->arena, &table->index, name) = (void *)(uintptr_t)table->members.count;
        return added;
}

/* The table that a name leads to, made where there is none; of a list of tables the last. */
static struct table *step_into(struct reader *reader, struct table *table, struct str name)
{
        struct member *member = find(table, name);

        if (!member) {
                member = add_member(reader, table, name);
                member->table = arena_new(reader->arena, struct table);
        }
        if (member->tables)
                return member->tables->items[member->tables->count - 1];
        if (!member->table || member->table->closed) {
                fail(reader, reader->at, "this name has a value already: it cannot be a table too");
                return NULL;
        }
        return member->table;
}

/* Reads "a.b.c": steps into all but the last. Each step counts twice: what is stepped into may be a table in a list. */
static bool read_path(struct reader *reader, struct table **table, struct str *last, bool define)
{
        for (;;) {
                TRY(read_name(reader, last));
                skip_blanks(reader);
                if (peek(reader) != '.')
                        return true;
                reader->depth += 2;
                if (reader->depth >= TOML_DEPTH)
                        return fail(reader, reader->at, "names are nested too deep");
                reader->at++;
                skip_blanks(reader);
                *table = step_into(reader, *table, *last);
                TRY(*table != NULL);
                (*table)->defined = (*table)->defined || define;
        }
}

/* --- values --------------------------------------------------------------- */

static bool read_value(struct reader *reader, struct value *out);
static struct value freeze(struct reader *reader, const struct table *table);

static bool read_list(struct reader *reader, struct value *out)
{
        VEC(struct node) items = {0};

        reader->at++;
        for (;;) {
                struct node *item;
                struct value value;
                uint32_t at;

                skip_lines(reader);
                if (peek(reader) == ']')
                        break;
                at = (uint32_t)reader->at;
                TRY(read_value(reader, &value));
                item = vec_push(reader->arena, &items);
                *item = (struct node){.at = at, .value = value};
                skip_lines(reader);
                if (peek(reader) == ',')
                        reader->at++;
                else if (peek(reader) != ']')
                        return fail(reader, reader->at, "wanted is a comma or ]");
        }
        reader->at++;
        *out = value_list(items.items, items.count);
        return true;
}

static bool read_pair(struct reader *reader, struct table *table)
{
        struct str name = {0};
        struct value value;
        size_t at = reader->at;
        unsigned depth = reader->depth;

        TRY(read_path(reader, &table, &name, true));
        if (peek(reader) != '=')
                return fail(reader, reader->at, "wanted is =");
        if (find(table, name))
                return fail(reader, at, "this name has a value already");
        reader->at++;
        skip_blanks(reader);
        at = reader->at;
        TRY(read_value(reader, &value));
        add_member(reader, table, name)->value = value;
        table->members.items[table->members.count - 1].at = (uint32_t)at;
        reader->depth = depth;
        return true;
}

static void close_all(struct table *table)
{
        table->closed = true;
        for (size_t i = 0; i < table->members.count; i++)
                if (table->members.items[i].table)
                        close_all(table->members.items[i].table);
}

static bool read_braces(struct reader *reader, struct value *out)
{
        struct table *table = arena_new(reader->arena, struct table);

        reader->at++;
        skip_lines(reader);
        while (peek(reader) != '}') {
                TRY(read_pair(reader, table));
                skip_lines(reader);
                if (peek(reader) == ',')
                        reader->at++;
                else if (peek(reader) != '}')
                        return fail(reader, reader->at, "wanted is a comma or }");
                skip_lines(reader);
        }
        reader->at++;
        close_all(table);
        *out = freeze(reader, table);
        return true;
}

/* "1_000" */
static bool is_whole(struct str text, int64_t *out)
{
        bool minus = str_starts(text, STR("-")), digits = false;
        uint64_t number = 0;

        for (size_t i = minus || str_starts(text, STR("+")); i < text.len; i++) {
                if (text.data[i] == '_')
                        continue;
                if (text.data[i] < '0' || text.data[i] > '9' || number > INT64_MAX / 10 - 1)
                        return false;
                number = number * 10 + (uint64_t)(text.data[i] - '0');
                digits = true;
        }
        *out = minus ? -(int64_t)number : (int64_t)number;
        return digits;
}

static bool read_bare(struct reader *reader, struct value *out)
{
        size_t begin = reader->at;
        struct str text;
        int64_t number;

        while (is_bare(peek(reader)) || peek(reader) == '+' || peek(reader) == '.' || peek(reader) == ':')
                reader->at++;
        text = str_sub(reader->text, begin, reader->at);
        if (str_is(text, "true") || str_is(text, "false"))
                *out = value_bool(text.len == 4);
        else if (is_whole(text, &number))
                *out = value_int(number);
        else if (str_is(text, "inf") || str_is(text, "nan")
                 || (text.len && ((text.data[0] >= '0' && text.data[0] <= '9') || strchr("+-", text.data[0]))))
                *out = value_string(text);
        else
                return fail(reader, begin,
                            "wanted is a value: text in quotes, a number, true, false, a list or a table");
        return true;
}

static bool read_deeper(struct reader *reader, struct value *out)
{
        struct str text;

        switch (peek(reader)) {
        case '"':
        case '\'':
                TRY(read_quoted(reader, true, &text));
                *out = value_string(text);
                out->flags = VALUE_QUOTED;
                return true;
        case '[':
                return read_list(reader, out);
        case '{':
                return read_braces(reader, out);
        default:
                return read_bare(reader, out);
        }
}

static bool read_value(struct reader *reader, struct value *out)
{
        bool good;

        if (reader->depth >= TOML_DEPTH)
                return fail(reader, reader->at, "values are nested too deep");
        if (++reader->values > TOML_MOST)
                return fail(reader, reader->at, "there are too many values");
        reader->depth++;
        good = read_deeper(reader, out);
        reader->depth--;
        return good;
}

/* --- tables --------------------------------------------------------------- */

static bool open_list(struct reader *reader, struct table *in, struct str name, struct table **out)
{
        struct member *member = find(in, name);

        if (member && !member->tables)
                return fail(reader, reader->at, "this name has a value already: it cannot be a list of tables too");
        if (!member) {
                member = add_member(reader, in, name);
                member->tables = arena_clear(reader->arena, sizeof(*member->tables));
        }
        *out = arena_new(reader->arena, struct table);
        *vec_push(reader->arena, member->tables) = *out;
        return true;
}

static bool read_header(struct reader *reader, struct table *root, struct table **out)
{
        bool list = begins(reader, STR("[["));
        struct table *in = root;
        struct str name = {0};

        if (++reader->values > TOML_MOST)
                return fail(reader, reader->at, "there are too many values");
        reader->at += list ? 2 : 1;
        reader->depth = 2; /* from here on to the next header */
        skip_blanks(reader);
        TRY(read_path(reader, &in, &name, false));
        if (!begins(reader, list ? STR("]]") : STR("]")))
                return fail(reader, reader->at, list ? "wanted is ]]" : "wanted is ]");
        if (list) {
                TRY(open_list(reader, in, name, out));
        } else {
                struct member *known = find(in, name);

                if (known && (known->tables || (known->table && known->table->defined)))
                        return fail(reader, reader->at, "this table stands here a second time");
                *out = step_into(reader, in, name);
                TRY(*out != NULL);
                (*out)->defined = true;
        }
        reader->at += list ? 2 : 1;
        return true;
}

static struct value freeze_list(struct reader *reader, const struct member *member)
{
        struct node *nodes = arena_array(reader->arena, struct node, member->tables->count);

        for (size_t i = 0; i < member->tables->count; i++)
                nodes[i] = (struct node){.at = member->at, .value = freeze(reader, member->tables->items[i])};
        return value_list(nodes, member->tables->count);
}

/* As deep as headers and braces nest: both are limited. */
static struct value freeze(struct reader *reader, const struct table *table)
{
        struct node *nodes = arena_array(reader->arena, struct node, table->members.count);

        for (size_t i = 0; i < table->members.count; i++) {
                const struct member *member = &table->members.items[i];

                nodes[i] = (struct node){.key = member->key, .at = member->at};
                nodes[i].value = member->tables  ? freeze_list(reader, member)
                                 : member->table ? freeze(reader, member->table)
                                                 : member->value;
        }
        return value_map(reader->arena, nodes, table->members.count);
}

bool toml_read(struct arena *arena, struct str text, struct value *out, struct err *err)
{
        struct reader reader = {.arena = arena, .text = text, .at = utf8_mark(text), .err = err};
        struct table *root = arena_new(arena, struct table), *table = root;

        if (text.len > UINT32_MAX / 2)
                return err_set(err, "it is larger than 2 GiB");
        for (;;) {
                skip_lines(&reader);
                if (peek(&reader) == -1)
                        break;
                if (peek(&reader) == '[')
                        TRY(read_header(&reader, root, &table));
                else
                        TRY(read_pair(&reader, table));
                TRY(end_of_line(&reader));
        }
        *out = freeze(&reader, root);
        return true;
}
