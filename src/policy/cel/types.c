/* types.c - types: reading and printing them. */

#include "base/buf.h"
#include "base/reader.h"
#include "policy/cel/types.h"

static const struct cel_type *const two_dyn[] = {&cel_types[CEL_TYPE_DYN], &cel_types[CEL_TYPE_DYN]};

const struct cel_type cel_types[] = {
        [CEL_TYPE_DYN] = {.kind = CEL_TYPE_DYN},
        [CEL_TYPE_NULL] = {.kind = CEL_TYPE_NULL},
        [CEL_TYPE_BOOL] = {.kind = CEL_TYPE_BOOL},
        [CEL_TYPE_INT] = {.kind = CEL_TYPE_INT},
        [CEL_TYPE_UINT] = {.kind = CEL_TYPE_UINT},
        [CEL_TYPE_DOUBLE] = {.kind = CEL_TYPE_DOUBLE},
        [CEL_TYPE_STRING] = {.kind = CEL_TYPE_STRING},
        [CEL_TYPE_BYTES] = {.kind = CEL_TYPE_BYTES},
        [CEL_TYPE_DURATION] = {.kind = CEL_TYPE_DURATION},
        [CEL_TYPE_TIMESTAMP] = {.kind = CEL_TYPE_TIMESTAMP},
        [CEL_TYPE_TYPE] = {.kind = CEL_TYPE_TYPE},
        [CEL_TYPE_LIST] = {.kind = CEL_TYPE_LIST, .parameters = two_dyn, .parameter_count = 1},
        [CEL_TYPE_MAP] = {.kind = CEL_TYPE_MAP, .parameters = two_dyn, .parameter_count = 2},
        [CEL_TYPE_OPTIONAL] = {.kind = CEL_TYPE_OPTIONAL, .parameters = two_dyn, .parameter_count = 1},
};

/* The names of types, the one that is printed first. */
static const struct {
        struct str name;
        enum cel_type_kind kind;
        uint8_t least, most; /* parameters */
} names[] = {
        {STR_INIT("string"), CEL_TYPE_STRING, 0, 0},
        {STR_INIT("int"), CEL_TYPE_INT, 0, 0},
        {STR_INIT("bool"), CEL_TYPE_BOOL, 0, 0},
        {STR_INIT("dyn"), CEL_TYPE_DYN, 0, 0},
        {STR_INIT("list"), CEL_TYPE_LIST, 1, 1},
        {STR_INIT("map"), CEL_TYPE_MAP, 2, 2},
        {STR_INIT("double"), CEL_TYPE_DOUBLE, 0, 0},
        {STR_INIT("uint"), CEL_TYPE_UINT, 0, 0},
        {STR_INIT("bytes"), CEL_TYPE_BYTES, 0, 0},
        {STR_INIT("duration"), CEL_TYPE_DURATION, 0, 0},
        {STR_INIT("timestamp"), CEL_TYPE_TIMESTAMP, 0, 0},
        {STR_INIT("optional_type"), CEL_TYPE_OPTIONAL, 1, 1},
        {STR_INIT("type"), CEL_TYPE_TYPE, 0, 1},
        {STR_INIT("null_type"), CEL_TYPE_NULL, 0, 0},
        {STR_INIT("null"), CEL_TYPE_NULL, 0, 0},
        {STR_INIT("google.protobuf.Duration"), CEL_TYPE_DURATION, 0, 0},
        {STR_INIT("google.protobuf.Timestamp"), CEL_TYPE_TIMESTAMP, 0, 0},
};

#define LETTER(i, letter) [i] = {.kind = CEL_TYPE_PARAMETER, .name = STR_INIT(letter)}

/* The parameters of signatures. */
static const struct cel_type letters[26] = {
        LETTER(0, "A"),  LETTER(1, "B"),  LETTER(2, "C"),  LETTER(3, "D"),  LETTER(4, "E"),  LETTER(5, "F"),
        LETTER(6, "G"),  LETTER(7, "H"),  LETTER(8, "I"),  LETTER(9, "J"),  LETTER(10, "K"), LETTER(11, "L"),
        LETTER(12, "M"), LETTER(13, "N"), LETTER(14, "O"), LETTER(15, "P"), LETTER(16, "Q"), LETTER(17, "R"),
        LETTER(18, "S"), LETTER(19, "T"), LETTER(20, "U"), LETTER(21, "V"), LETTER(22, "W"), LETTER(23, "X"),
        LETTER(24, "Y"), LETTER(25, "Z"),
};

enum {
        MOST_PARAMETERS = 16, /* of a function or an opaque type */
        MOST_NESTING = 32,    /* of a type that is read */
        LONGEST_TEXT = 2000,  /* of a type that is printed; the rest becomes "…" */
};

static size_t find_name(struct str name)
{
        size_t i = 0;

        while (i < COUNT_OF(names) && !str_equal(names[i].name, name))
                i++;
        return i;
}

static bool is_opaque(struct str name)
{
        for (size_t i = 0; i < cel_opaque_count; i++) {
                if (str_equal(name, str_of(cel_opaques[i]->name)))
                        return true;
        }
        return false;
}

static bool is_parameter(struct str name)
{
        return name.len == 1 && name.data[0] >= 'A' && name.data[0] <= 'Z';
}

static const struct cel_type *make(struct arena *arena, enum cel_type_kind kind, struct str name,
                                   const struct cel_type *const *parameters, size_t count)
{
        struct cel_type *type = arena_new(arena, struct cel_type);
        const struct cel_type **copy = NULL;

        if (count) {
                copy = arena_array(arena, const struct cel_type *, count);
                memcpy(copy, parameters, count * sizeof(*copy));
        }
        *type = (struct cel_type){.kind = kind, .name = name, .parameters = copy, .parameter_count = count};
        return type;
}

const struct cel_type *cel_type_list(struct arena *arena, const struct cel_type *item)
{
        return make(arena, CEL_TYPE_LIST, (struct str){0}, &item, 1);
}

const struct cel_type *cel_type_map(struct arena *arena, const struct cel_type *key, const struct cel_type *value)
{
        return make(arena, CEL_TYPE_MAP, (struct str){0}, (const struct cel_type *[]){key, value}, 2);
}

const struct cel_type *cel_type_optional(struct arena *arena, const struct cel_type *held)
{
        return make(arena, CEL_TYPE_OPTIONAL, (struct str){0}, &held, 1);
}

const struct cel_type *cel_type_type(struct arena *arena, const struct cel_type *of)
{
        return make(arena, CEL_TYPE_TYPE, (struct str){0}, &of, 1);
}

/* dyn is a type of variables but no value, so no name for an expression. */
bool cel_type_named(struct arena *arena, struct str name, const struct cel_type **type)
{
        size_t i = find_name(name);

        if (i < COUNT_OF(names) && names[i].kind != CEL_TYPE_DYN && !str_is(name, "null") && !str_is(name, "duration")
            && !str_is(name, "timestamp"))
                *type = &cel_types[names[i].kind];
        else if (is_opaque(name))
                *type = make(arena, CEL_TYPE_OPAQUE, name, NULL, 0);
        else
                return false;
        return true;
}

/* What is being read, and where it goes. */
struct type_reader {
        struct reader reader;
        struct arena *arena;
        struct err *err;
};

static bool in_type_name(int byte)
{
        return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || is_digit(byte) || byte == '_'
               || byte == '.';
}

static void skip_spaces(struct type_reader *in)
{
        while (reader_take(&in->reader, ' '))
                ;
}

static bool fail(struct type_reader *in, const char *wanted)
{
        return err_set(in->err, "type %.*s: %s expected at column %zu", STR_ARG(in->reader.text), wanted,
                       in->reader.at + 1);
}

static const struct cel_type *read_type(struct type_reader *in, unsigned depth);

/* "int, list(T))": what stands between parentheses, the closing one included. */
static bool read_types(struct type_reader *in, unsigned depth, const struct cel_type **types, size_t *count)
{
        *count = 0;
        skip_spaces(in);
        if (reader_take(&in->reader, ')'))
                return true;
        do {
                if (*count == MOST_PARAMETERS)
                        return err_set(in->err, "type %.*s: more than %d parameters", STR_ARG(in->reader.text),
                                       MOST_PARAMETERS);
                TRY(types[(*count)++] = read_type(in, depth));
                skip_spaces(in);
        } while (reader_take(&in->reader, ','));
        return reader_take(&in->reader, ')') || fail(in, "',' or ')'");
}

static const struct cel_type *make_type(struct type_reader *in, struct str name, const struct cel_type **parameters,
                                        size_t count)
{
        size_t i;

        if (is_parameter(name) && count == 0)
                return &letters[name.data[0] - 'A'];
        i = find_name(name);
        if (i == COUNT_OF(names))
                return make(in->arena, CEL_TYPE_OPAQUE, name, parameters, count);
        if (count == 0)
                return &cel_types[names[i].kind];
        if (count < names[i].least || count > names[i].most) {
                err_set(in->err, "type %.*s: %.*s has %u parameters, not %zu", STR_ARG(in->reader.text), STR_ARG(name),
                        names[i].most, count);
                return NULL;
        }
        return make(in->arena, names[i].kind, (struct str){0}, parameters, count);
}

static const struct cel_type *read_type(struct type_reader *in, unsigned depth)
{
        const struct cel_type *parameters[MOST_PARAMETERS];
        size_t count = 0;
        struct str name;

        skip_spaces(in);
        name = reader_take_while(&in->reader, in_type_name);
        if (name.len == 0 || depth == MOST_NESTING) {
                fail(in, depth == MOST_NESTING ? "less nesting" : "a type");
                return NULL;
        }
        if (reader_take(&in->reader, '('))
                TRY(read_types(in, depth + 1, parameters, &count));
        return make_type(in, name, parameters, count);
}

const struct cel_type *cel_type_read(struct arena *arena, struct str text, struct err *err)
{
        struct type_reader in = {reader_over(text), arena, err};
        const struct cel_type *type = read_type(&in, 0);

        skip_spaces(&in);
        if (type && !reader_done(&in.reader))
                fail(&in, "the end");
        return type && reader_done(&in.reader) ? type : NULL;
}

/* Splits "net.IP.family" into a type and what is called on it; "ip.isCanonical" begins with no type and stays whole. */
static bool split_receiver(struct str name, struct str *type, struct str *method)
{
        for (size_t i = name.len; i-- > 1;) {
                if (name.data[i] != '.')
                        continue;
                *type = str_sub(name, 0, i);
                *method = str_from(name, i + 1);
                return method->len > 0
                       && (is_parameter(*type) || find_name(*type) < COUNT_OF(names) || is_opaque(*type));
        }
        return false;
}

static bool not_parenthesis(int byte)
{
        return byte != '(';
}

/* Everything up to the colon: the name, and the parameters with the receiver first. */
static bool read_head(struct type_reader *in, struct cel_signature *out, const struct cel_type **types, size_t *count)
{
        struct str name = reader_take_while(&in->reader, not_parenthesis), type;

        TRY((name.len > 0 && !str_ends(name, STR(".")) && reader_take(&in->reader, '(')) || fail(in, "a name and '('"));
        if (split_receiver(name, &type, &out->name)) {
                out->is_method = true;
                TRY(types[0] = make_type(in, type, NULL, 0));
                TRY(read_types(in, 0, types + 1, count));
                ++*count;
                return true;
        }
        out->name = name;
        TRY(read_types(in, 0, types, count));
        if (!reader_take(&in->reader, '.'))
                return true;
        /* It was the type of the receiver: list(T).slice(…). */
        out->is_method = true;
        TRY(types[0] = make_type(in, name, types, *count));
        out->name = reader_take_while(&in->reader, not_parenthesis);
        TRY((out->name.len > 0 && reader_take(&in->reader, '(')) || fail(in, "a name and '('"));
        TRY(read_types(in, 0, types + 1, count));
        ++*count;
        return true;
}

bool cel_signature_read(struct arena *arena, struct str text, struct cel_signature *out, struct err *err)
{
        struct type_reader in = {reader_over(text), arena, err};
        const struct cel_type *types[MOST_PARAMETERS + 1], **copy;
        size_t count = 0;

        TRY(read_head(&in, out, types, &count));
        skip_spaces(&in);
        TRY(reader_take(&in.reader, ':') || fail(&in, "':'"));
        TRY(out->result = read_type(&in, 0));
        skip_spaces(&in);
        TRY(reader_done(&in.reader) || fail(&in, "the end"));
        copy = arena_array(arena, const struct cel_type *, count);
        memcpy(copy, types, count * sizeof(*copy));
        out->parameters = copy;
        out->parameter_count = count;
        return true;
}

static struct str kind_name(const struct cel_type *type)
{
        for (size_t i = 0; i < COUNT_OF(names); i++) {
                if (names[i].kind == type->kind)
                        return names[i].name;
        }
        /* Of a parameter that checking made up there is nothing to say. */
        return type->name.data ? type->name : STR("dyn");
}

static void print(struct buf *out, const struct cel_type *type)
{
        if (out->len > LONGEST_TEXT)
                return;
        buf_add(out, kind_name(type));
        for (size_t i = 0; i < type->parameter_count; i++) {
                buf_add(out, i ? STR(", ") : STR("("));
                print(out, type->parameters[i]);
        }
        if (type->parameter_count)
                buf_add_char(out, ')');
}

struct str cel_type_text(struct arena *arena, const struct cel_type *type)
{
        struct buf text CLEANUP(buf_free) = {0};

        print(&text, type);
        if (text.len > LONGEST_TEXT) {
                text.len = LONGEST_TEXT;
                buf_add_literal(&text, "…");
        }
        return str_copy(arena, buf_text(&text));
}
