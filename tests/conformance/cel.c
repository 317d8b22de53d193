/* cel.c - the conformance suite of the CEL specification (google/cel-spec, tests/simple), as far as it needs no protobuf:
 * $STRAKE_CORPUS/cel/cases.json, which its README.md describes. A result must be equal and of the same type. */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/vec.h"
#include "doc/document.h"
#include "policy/cel/ast.h"
#include "policy/cel/cel.h"
#include "policy/cel/semantics.h"

enum { CASES = 1743, MOST_BYTES = 64 << 20 };

static unsigned points, failures;

static void report(bool passed, const struct value *test, struct str why)
{
        printf("%sok %u - %.*s: %.*s: %.*s\n", passed ? "" : "not ", ++points,
               STR_ARG(value_get_text(test, intern(STR("file")))),
                       STR_ARG(value_get_text(test, intern(STR("section")))),
                               STR_ARG(value_get_text(test, intern(STR("name")))));
        if (passed)
                return;
        failures++;
        printf("# %.*s\n# %.*s\n", STR_ARG(value_get_text(test, intern(STR("expr")))), STR_ARG(why));
}

static const struct value *get(const struct value *map, const char *key)
{
        return value_get(map, intern(str_of(key)));
}

/* Types, as the cases write them, to text as library.h writes them. */
static struct str type_text(struct arena *arena, const struct value *type);

static struct str types_text(struct arena *arena, const struct value *types)
{
        struct str text = STR("");

        value_each (types, each)
                text = str_format(arena, "%.*s%s%.*s", STR_ARG(text), text.len ? ", " : "",
                                  STR_ARG(type_text(arena, &each->value)));
        return text;
}

static struct str type_text(struct arena *arena, const struct value *type)
{
        const struct value *inner;

        if (value_is(type, VALUE_STRING))
                return value_is_text(type, "any") ? STR("dyn") : value_text(type);
        if ((inner = get(type, "list")))
                return str_format(arena, "list(%.*s)", STR_ARG(type_text(arena, inner)));
        if ((inner = get(type, "map")))
                return str_format(arena, "map(%.*s)", STR_ARG(types_text(arena, inner)));
        if ((inner = get(type, "type")))
                return str_format(arena, "type(%.*s)", STR_ARG(type_text(arena, inner)));
        if ((inner = get(type, "abstract")) && value_count(get(type, "params")) == 0)
                return value_text(inner);
        if (inner)
                return str_format(arena, "%.*s(%.*s)", STR_ARG(value_text(inner)),
                                  STR_ARG(types_text(arena, get(type, "params"))));
        if ((inner = get(type, "wrapper")))
                return type_text(arena, inner);
        return value_get_text(type, intern(STR("type_param")));
}

static int digit_of(char c)
{
        return c <= '9' ? c - '0' : c - 'a' + 10;
}

static struct value bytes_value(struct arena *arena, struct str hex)
{
        char *bytes = arena_take_text(arena, hex.len / 2 + 1);
        struct value value;

        for (size_t i = 0; i + 1 < hex.len; i += 2)
                bytes[i / 2] = (char)(digit_of(hex.data[i]) << 4 | digit_of(hex.data[i + 1]));
        value = value_string((struct str){bytes, hex.len / 2});
        value.kind = VALUE_BYTES;
        return value;
}

static const struct cel_type *type_named(struct arena *arena, struct str name)
{
        struct cel_type *type = arena_new(arena, struct cel_type);

        for (enum cel_type_kind kind = CEL_TYPE_NULL; kind < CEL_TYPE_OPAQUE; kind++) {
                if (str_equal(cel_name_of_type(&cel_types[kind]), name))
                        return &cel_types[kind];
        }
        *type = (struct cel_type){.kind = CEL_TYPE_OPAQUE, .name = name};
        return type;
}

static struct value time_value(enum value_kind kind, const struct value *time)
{
        const struct value *nanos = get(time, "nanos");
        struct str seconds = value_get_text(time, intern(STR("seconds")));

        return (struct value){
                .kind = (uint8_t)kind, .i = strtoll(seconds.data, NULL, 10), .len = nanos ? (uint32_t)nanos->i : 0};
}

static struct value read_value(struct arena *arena, const struct value *tagged);

static struct value list_value(struct arena *arena, const struct value *items)
{
        struct node *nodes = arena_array(arena, struct node, value_count(items));
        size_t count = 0;

        value_each (items, item)
                nodes[count++].value = read_value(arena, &item->value);
        return value_list(nodes, count);
}

static struct value map_value(struct arena *arena, const struct value *pairs)
{
        struct entry *entries = arena_array(arena, struct entry, value_count(pairs));
        const struct value *twice;
        struct value map;
        size_t count = 0;

        value_each (pairs, pair) {
                entries[count].key = read_value(arena, &value_item(&pair->value, 0)->value);
                entries[count++].value = read_value(arena, &value_item(&pair->value, 1)->value);
        }
        cel_map_of_entries(arena, entries, count, &map, &twice);
        return map;
}

/* A value, as the cases write it, with its one tag. */
static struct value read_value(struct arena *arena, const struct value *tagged)
{
        struct str tag = intern_text(tagged->nodes[0].key);
        const struct value *held = &tagged->nodes[0].value;
        const char *text = held->kind == VALUE_STRING ? str_copy(arena, value_text(held)).data : "";

        if (str_is(tag, "bool") || str_is(tag, "string") || str_is(tag, "null"))
                return *held;
        if (str_is(tag, "int"))
                return value_int(strtoll(text, NULL, 10));
        if (str_is(tag, "uint"))
                return value_uint(strtoull(text, NULL, 10));
        if (str_is(tag, "double"))
                return value_double(strtod(text, NULL));
        if (str_is(tag, "bytes"))
                return bytes_value(arena, value_text(held));
        if (str_is(tag, "list"))
                return list_value(arena, held);
        if (str_is(tag, "map"))
                return map_value(arena, held);
        if (str_is(tag, "type"))
                return (struct value){.kind = VALUE_TYPE, .object = type_named(arena, value_text(held))};
        return time_value(str_is(tag, "duration") ? VALUE_DURATION : VALUE_TIMESTAMP, held);
}

/* Equal, and of one type: 1 is not 1.0. Any NaN is any NaN. */
static bool is_same(const struct value *a, const struct value *b)
{
        if (cel_is_map(a) && cel_is_map(b)) {
                for (uint32_t i = 0; i < a->len; i++) {
                        struct value key = cel_key_at(a, i);
                        const struct value *other = cel_member(b, &key);

                        if (!other || !is_same(cel_value_at(a, i), other))
                                return false;
                }
                return a->len == b->len;
        }
        if (a->kind != b->kind)
                return false;
        if (a->kind == VALUE_LIST) {
                for (uint32_t i = 0; a->len == b->len && i < a->len; i++) {
                        if (!is_same(&a->nodes[i].value, &b->nodes[i].value))
                                return false;
                }
                return a->len == b->len;
        }
        return cel_equal(a, b) || (a->kind == VALUE_DOUBLE && isnan(a->d) && isnan(b->d));
}

/* One case: what its environment is made of. */
struct environment {
        VEC(struct cel_variable) variables;
        VEC(struct value) values;
        VEC(struct cel_overload) functions;
        struct cel_library library;
};

static const char *signature_text(struct arena *arena, struct str name, const struct value *overload)
{
        const struct value *parameters = get(overload, "params");

        if (!value_is_true(get(overload, "instance")))
                return str_format(arena, "%.*s(%.*s): %.*s", STR_ARG(name), STR_ARG(types_text(arena, parameters)),
                                  STR_ARG(type_text(arena, get(overload, "result"))))
                        .data;
        return str_format(arena, "%.*s.%.*s(): %.*s", STR_ARG(type_text(arena, &value_item(parameters, 0)->value)),
                          STR_ARG(name), STR_ARG(type_text(arena, get(overload, "result"))))
                .data;
}

static void declare(struct arena *arena, struct environment *environment, const struct value *declaration)
{
        struct str name = value_get_text(declaration, intern(STR("name")));

        if (get(declaration, "type")) {
                *vec_push(arena, &environment->variables) =
                        (struct cel_variable){name, type_text(arena, get(declaration, "type"))};
                *vec_push(arena, &environment->values) = VALUE_OF_NULL;
        }
        value_each (get(declaration, "overloads"), overload)
                *vec_push(arena, &environment->functions) =
                        (struct cel_overload){signature_text(arena, name, &overload->value), NULL};
}

static void bind(struct arena *arena, struct environment *environment, struct str name, const struct value *tagged)
{
        struct value value = read_value(arena, tagged);

        for (size_t i = 0; i < environment->variables.count; i++) {
                if (str_equal(environment->variables.items[i].name, name)) {
                        environment->values.items[i] = value;
                        return;
                }
        }
        *vec_push(arena, &environment->variables) = (struct cel_variable){name, STR("dyn")};
        *vec_push(arena, &environment->values) = value;
}

static void set_up(struct arena *arena, const struct value *test, struct environment *environment,
                   struct cel_settings *settings)
{
        value_each (get(test, "type_env"), declaration)
                declare(arena, environment, &declaration->value);
        value_each (get(test, "bindings"), binding)
                bind(arena, environment, intern_text(binding->key), &binding->value);
        environment->library = (struct cel_library){"case", environment->functions.items, environment->functions.count};
        *settings = (struct cel_settings){
                .variables = environment->variables.items,
                .variable_count = environment->variables.count,
                .container = value_get_text(test, intern(STR("container"))),
                                            .functions = environment->functions.count ? &environment->library : NULL,
                                            .without_macros = value_is_true(get(test, "disable_macros")),
                                            .without_check = value_is_true(get(test, "disable_check")),
                };
}

/* Compiles and runs; false with `err` when that fails. */
static bool evaluate(struct arena *arena, const struct value *test, struct value *result, struct str *type,
                     struct err *err)
{
        struct environment environment = {0};
        struct cel_frame frame = {.arena = arena};
        struct cel_settings settings;
        struct cel_program *program;
        struct cel_env *env;

        set_up(arena, test, &environment, &settings);
        TRY(env = cel_env_new(arena, &settings, err));
        TRY(program = cel_compile(arena, env, value_get_text(test, intern(STR("expr"))), err));
        *type = cel_result_type(arena, program);
        if (value_is_true(get(test, "check_only")))
                return true;
        frame.variables = environment.values.items;
        return cel_run(program, &frame, result, err);
}

static void judge(struct arena *arena, const struct value *test)
{
        const struct value *expected = get(test, "expected"), *tagged = get(expected, "value");
        const struct value *deduced = get(expected, "deduced_type");
        struct buf printed CLEANUP(buf_free) = {0};
        struct value result, wanted;
        struct err err = {0}, unprinted = {0};
        struct str type = {0};
        bool succeeded = evaluate(arena, test, &result, &type, &err);

        if (get(expected, "error")) {
                report(!succeeded, test, STR("gives a value instead of an error"));
                return;
        }
        if (!succeeded) {
                report(false, test, err_text(&err));
                return;
        }
        if (deduced && !str_equal(type_text(arena, deduced), type)) {
                report(false, test, str_format(arena, "its type is said to be %.*s", STR_ARG(type)));
                return;
        }
        if (!tagged) {
                report(deduced != NULL, test, STR("the case says nothing"));
                return;
        }
        wanted = read_value(arena, tagged);
        if (is_same(&result, &wanted)) {
                report(true, test, STR(""));
                return;
        }
        cel_print_json(&printed, &result, &unprinted);
        report(false, test,
               str_format(arena, "gives %.*s: %.*s", STR_ARG(cel_type_name(&result)), STR_ARG(buf_text(&printed))));
}

int main(int argc, char **argv)
{
        struct arena arena CLEANUP(arena_free) = {0}, scratch CLEANUP(arena_free) = {0};
        const char *corpus = getenv("STRAKE_CORPUS");
        struct file_text file;
        struct document suite;
        struct err err = {0};
        struct str path = str_format(&arena, "%s/cel/cases.json", corpus ? corpus : argc > 1 ? argv[1] : ".");

        if (file_read(&arena, path.data, MOST_BYTES, &file) != FILE_OK) {
                printf("1..0 # SKIP %d cases: there is no %s\n", CASES, path.data);
                return 0;
        }
        if (!json_read_one(&arena, file.text, &suite, &err)) {
                printf("Bail out! %s: %s\n", path.data, err.text);
                return 1;
        }
        value_each (&suite.root, each) {
                if (value_is_true(get(&each->value, "needs_proto")))
                        continue;
                judge(&scratch, &each->value);
                arena_reset(&scratch);
        }
        if (points != CASES)
                printf("# there are %u cases, not %d\n", points, CASES);
        printf("1..%u\n", points);
        return failures > 0 || points != CASES;
}
