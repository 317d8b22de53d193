/* check.c - what names mean, which type an expression has, and what is said of one that has none. */

#include "policy/cel/ast.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tree.h"

struct example {
        const char *text;
        const char *type; /* or, after "!", the place and the message's beginning */
};

static const struct cel_variable variables[] = {
        {STR_INIT("i"), STR_INIT("int")},
        {STR_INIT("s"), STR_INIT("string")},
        {STR_INIT("d"), STR_INIT("dyn")},
        {STR_INIT("l"), STR_INIT("list(int)")},
        {STR_INIT("m"), STR_INIT("map(string, int)")},
        {STR_INIT("o"), STR_INIT("optional_type(map(string, int))")},
        {STR_INIT("t"), STR_INIT("timestamp")},
        {STR_INIT("object"), STR_INIT("dyn")},
};

static const struct cel_settings plain = {.variables = variables, .variable_count = COUNT_OF(variables)};

static struct str place_and_text(struct arena *arena, const struct err *err)
{
        return str_format(arena, "!%" PRIu32 ":%" PRIu32 " %s", err->line, err->column, err->text);
}

/* The type, or "!line:column message"; with `out` also the tree. */
static struct str check(struct arena *arena, const struct cel_settings *settings, const char *text, struct str *out)
{
        struct buf printed CLEANUP(buf_free) = {0};
        struct err err = {0};
        struct cel_env *env = cel_env_new(arena, settings, &err);
        struct cel_tree tree;

        assert_non_null(env);
        if (!cel_parse(arena, env, str_of(text), &tree, &err) || !cel_check(arena, env, &tree, &err))
                return place_and_text(arena, &err);
        print_tree(&printed, tree.root);
        if (out)
                *out = str_copy(arena, buf_text(&printed));
        return cel_type_text(arena, tree.root->type);
}

static void check_types(const struct cel_settings *settings, const struct example *examples, size_t count)
{
        for (size_t i = 0; i < count; i++) {
                struct arena arena CLEANUP(arena_free) = {0};
                struct str got = check(&arena, settings, examples[i].text, NULL), wanted = str_of(examples[i].type);
                bool ok = wanted.data[0] == '!' ? str_starts(got, wanted) : str_equal(got, wanted);

                if (!ok)
                        fail_msg("%s\n  wanted %s\n     got %.*s", examples[i].text, examples[i].type, STR_ARG(got));
        }
}

static void check_trees(const struct cel_settings *settings, const struct example *examples, size_t count)
{
        for (size_t i = 0; i < count; i++) {
                struct arena arena CLEANUP(arena_free) = {0};
                struct str tree = {0}, type = check(&arena, settings, examples[i].text, &tree);

                if (!str_equal(tree, str_of(examples[i].type)))
                        fail_msg("%s\n  wanted %s\n     got %.*s %.*s", examples[i].text, examples[i].type,
                                 STR_ARG(type), STR_ARG(tree));
        }
}

#define CHECK(how, settings, ...)                                                                                      \
        how((settings), (const struct example[]){__VA_ARGS__}, COUNT_OF(((const struct example[]){__VA_ARGS__})))
#define TYPES(...) CHECK(check_types, &plain, __VA_ARGS__)

static void finds_types(void **state)
{
        (void)state;
        TYPES({"1 + i", "int"}, {"1 + d", "int"}, {"d + d", "dyn"}, {"d + 1.0", "double"}, {"s + 'x'", "string"},
              {"d.a.b", "dyn"}, {"m.a", "int"}, {"m['a']", "int"}, {"l[0]", "int"}, {"d[0]", "dyn"},
              {"has(m.a)", "bool"}, {"i == 1", "bool"}, {"i < 1u", "bool"}, {"1 in l", "bool"},
              {"i > 0 ? l : []", "list(int)"}, {"d ? 1 : d", "dyn"}, {"size(d)", "int"},
              {"s.size() == l.size()", "bool"}, {"t - t", "duration"}, {"t + d", "timestamp"}, {"dyn(1)", "dyn"},
              {"type(1)", "type(int)"}, {"type(type(1))", "type(type(int))"}, {"type(1) == int", "bool"},
              {"base64.encode(b'x')", "string"}, {"ip('1.2.3.4').family()", "int"}, {"net.IP", "type(net.IP)"},
              {"google.protobuf.Timestamp", "type(timestamp)"}, {"list", "type(list(dyn))"},
              {"math.greatest(1, 2)", "int"}, {"math.greatest(1, 2.0)", "dyn"},
              {"s.split(',').map(x, x.size())", "list(int)"});
        TYPES({"[]", "list(dyn)"}, {"{}", "map(dyn, dyn)"}, {"[1, 'a']", "list(dyn)"}, {"[1, dyn(1)]", "list(dyn)"},
              {"[[], [1]]", "list(list(int))"}, {"[[1], []]", "list(list(int))"},
              {"[[], [[]], [[[]]]]", "list(list(list(list(dyn))))"}, {"{'a': 1, 'b': 'c'}", "map(string, dyn)"},
              {"[] + l", "list(int)"}, {"[].map(x, x)[0].f", "dyn"}, {"[null, t]", "list(timestamp)"},
              {"[t, null]", "list(timestamp)"}, {"[i, null]", "list(dyn)"},
              {"[optional.none(), optional.of(1)]", "list(optional_type(int))"}, {"[?o.a, 1]", "list(int)"},
              {"{?'a': o.a}", "map(string, int)"},
              {"true ? optional.of(dyn(1)) : optional.of(1)", "optional_type(dyn)"});
        TYPES({"o.a", "optional_type(int)"}, {"m.?a", "optional_type(int)"}, {"o.?a", "optional_type(int)"},
              {"l[?0]", "optional_type(int)"}, {"o['a']", "optional_type(int)"}, {"has(o.a)", "bool"},
              {"d.?a", "optional_type(dyn)"}, {"m.?a.orValue(2)", "int"},
              {"m.?a.optMap(x, [x])", "optional_type(list(int))"}, {"m.?a.optFlatMap(x, l[?x])", "optional_type(int)"},
              {"optional.none()", "optional_type(dyn)"});
}

static void finds_types_of_loops(void **state)
{
        (void)state;
        TYPES({"l.all(x, x > 0)", "bool"}, {"l.exists_one(x, d)", "bool"}, {"l.filter(x, x > 0)", "list(int)"},
              {"m.filter(k, true)", "list(string)"}, {"l.map(x, string(x))", "list(string)"},
              {"d.map(x, x)", "list(dyn)"}, {"m.map(k, m[k] > 1, k)", "list(string)"},
              {"m.all(k, v, k == 'a' && v == 1)", "bool"}, {"l.transformList(i, v, i + v)", "list(int)"},
              {"l.transformMap(i, v, 'x')", "map(int, string)"},
              {"m.transformMap(k, v, [v])", "map(string, list(int))"},
              {"m.transformMapEntry(k, v, {v: k})", "map(int, string)"},
              {"d.transformMapEntry(k, v, v)", "map(dyn, dyn)"}, {"l.map(x, l.map(y, x + y))", "list(list(int))"},
              {"l.sortBy(x, -x)", "list(int)"}, {"cel.bind(x, 'a', x + x)", "string"},
              {"cel.bind(x, l, x.map(y, y))", "list(int)"});
        TYPES({"i.all(x, true)", "!1:1 a value of type 'int' is nothing to go through"},
              {"l.all(x, x)", "!1:10 a condition is of type 'bool', but this is 'int'"},
              {"l.filter(x, 'a')", "!1:13 a condition is of type 'bool', but this is 'string'"},
              {"l.map(x, x, x)", "!1:10 a condition is"},
              {"m.transformMapEntry(k, v, v)", "!1:27 transformMapEntry() collects maps"});
}

static void says_what_is_wrong(void **state)
{
        (void)state;
        TYPES({"x", "!1:1 undeclared reference to 'x'"},
              {"objekt.a", "!1:1 undeclared reference to 'objekt': did you mean 'object'?"},
              {"1 +\n y.z", "!2:2 undeclared reference to 'y'"}, {"dyn", "!1:1 undeclared reference to 'dyn'"},
              {"i + s", "!1:3 found no matching overload for '_+_' applied to '(int, string)'; there is "},
              {"1 + 1u", "!1:3 found no matching overload for '_+_' applied to '(int, uint)'"},
              {"s.startsWth('a')", "!1:3 undeclared reference to 'startsWth': did you mean 'startsWith'?"},
              {"s.startsWith(1)",
               "!1:3 found no matching overload for 'startsWith' applied to 'string.(int)'; there is string.(string)"},
              {"startsWith(s, 'a')", "!1:1 found no matching overload for 'startsWith' applied to '(string, string)'; "
                                     "there is string.(string)"},
              {"size(1)", "!1:1 found no matching overload for 'size'"},
              {"i.a", "!1:3 type 'int' does not support field selection"},
              {"has(l.a)", "!1:7 type 'list(int)' does not support field selection"},
              {"[?i]", "!1:3 an element with '?' is of type"}, {"A{b: 1}", "!1:1 unknown message type 'A'"},
              {"l['a']", "!1:2 found no matching overload for '_[_]' applied to '(list(int), string)'"},
              {"!i", "!1:1 found no matching overload for '!_' applied to '(int)'"},
              {"i ? 1 : 2", "!1:3 found no matching overload"},
              {"null + 1", "!1:6 found no matching overload for '_+_' applied to '(null_type, int)'"},
              {"i == s", "!1:3 found no matching overload for '_==_'"},
              {"true ? 1 : 'a'", "!1:6 found no matching overload for '_?_:_'"},
              {"cel.index(0)", "!1:5 undeclared reference to '@index0'"},
              {"base64.nothing(1)", "!1:1 undeclared reference to 'base64.nothing': there is no function"},
              {"base64.encod(1)", "!1:1 undeclared reference to 'base64.encod': did you mean 'base64.encode'?"});
}

static void resolves_names(void **state)
{
        static const struct cel_variable dotted[] = {
                {STR_INIT("a.b"), STR_INIT("map(string, int)")},
                {STR_INIT("a.b.c"), STR_INIT("string")},
                {STR_INIT("x.y.name"), STR_INIT("int")},
                {STR_INIT("x.name"), STR_INIT("uint")},
                {STR_INIT("name"), STR_INIT("bool")},
                {STR_INIT("math"), STR_INIT("int")},
        };
        static const struct cel_settings root = {.variables = dotted, .variable_count = COUNT_OF(dotted)};
        static const struct cel_settings inside = {
                .variables = dotted, .variable_count = COUNT_OF(dotted), .container = STR_INIT("x.y")};

        (void)state;
        CHECK(check_types, &root, {"a.b", "map(string, int)"}, {"a.b.c", "string"}, {"a.b.d", "int"},
              {"has(a.b.c)", "bool"}, {"name", "bool"}, {"x.name", "uint"}, {"a", "!1:1 undeclared reference to 'a'"},
              {"a.c", "!1:1 undeclared"}, {"math.abs(1.0)", "double"}, {"[math]", "list(int)"});
        CHECK(check_types, &inside, {"name", "int"}, {".name", "bool"}, {".x.name", "uint"}, {"x.name", "uint"},
              {"y.name", "int"}, {"['a'].map(name, name)", "list(string)"}, {"['a'].map(name, .name)", "list(bool)"},
              {".math.abs(1)", "int"}, {"[{'b': 1}].map(a, a.b)", "list(int)"},
              {"[{'b': 1}].map(a, .a.b)", "list(map(string, int))"});
        /* A local hides the namespace of a function. */
        CHECK(check_types, &plain,
              {"[d].map(math, math.abs(1))", "!1:20 undeclared reference to 'abs': there is no function"});
        CHECK(check_trees, &root, {"a.b.d + 1", "_+_(a.b.d, 1)"}, {"math.abs(1)", "math.abs(1)"},
              {"type(a.b) == map", "_==_(type(a.b), type map(dyn, dyn))"});
        CHECK(check_trees, &plain, {"l.map(x, l.map(y, x + y))", "map x#0 in l: map y#1 in l: _+_(x#0, y#1)"},
              {"l.map(x, x) + l.map(x, x)", "_+_(map x#0 in l: x#0, map x#1 in l: x#1)"},
              {"cel.bind(x, 1, cel.bind(x, x, x))", "let x#0 = 1: let x#1 = x#0: x#1"});
}

static void lets_what_is_unknown_fail_later(void **state)
{
        static const struct cel_settings unchecked = {
                .variables = variables, .variable_count = COUNT_OF(variables), .without_check = true};

        (void)state;
        CHECK(check_trees, &unchecked, {"x || true", "_||_(fail: undeclared reference to 'x', true)"},
              {"f(1) || true", "_||_(fail: undeclared reference to 'f': there is no function of this name, true)"},
              {"x.y.z", "fail: undeclared reference to 'x'.y.z"}, {"i.a", "i.a"}, {"1 + 'a'", "_+_(1, \"a\")"},
              {"size(1, 2)", "fail: no such overload: 'size' with 2 arguments"},
              {"'a'.map(x, x)", "map x#0 in \"a\": x#0"},
              {"A{b: 1}", "fail: unknown message type 'A': only lists and maps can be made here"},
              {"1 ? 2 : 'a'", "_?_:_(1, 2, \"a\")"});
        CHECK(check_types, &unchecked, {"l", "dyn"}, {"[1]", "dyn"}, {"1 == 'a'", "dyn"},
              {"l.transformMapEntry(i, v, 1)", "dyn"});
}

static void takes_functions_of_the_caller(void **state)
{
        static const struct cel_overload own[] = {{"tuple(T, U, V): tuple(T, U, V)", NULL},
                                                  {"fn(string, int): string", NULL},
                                                  {"same(tuple(T, T, T)): T", NULL}};
        static const struct cel_library library = {"own", own, COUNT_OF(own)};
        static const struct cel_settings settings = {.functions = &library};

        (void)state;
        CHECK(check_types, &settings, {"fn('a', 1)", "string"}, {"tuple(1, 2u, 3.0)", "tuple(int, uint, double)"},
              {"[tuple(1, 2u, 3.0), tuple(dyn(1), dyn(2u), dyn(3.0))][0]", "tuple(dyn, dyn, dyn)"},
              {"same(tuple(1, dyn(2), 3))", "dyn"}, {"same(tuple(1, 'a', 3))", "!1:1 found no matching overload"});
}

static void refuses_environments(void **state)
{
        static const struct {
                struct cel_variable variable;
                const char *message;
        } examples[] = {
                {{STR_INIT("v"), STR_INIT("strin")}, "variable v: there is no type 'strin'"},
                {{STR_INIT("v"), STR_INIT("list(")}, "variable v: type list(: a type expected at column 6"},
                {{STR_INIT("v"), STR_INIT("map(int)")}, "variable v: type map(int): map has 2 parameters, not 1"},
        };

        (void)state;
        for (size_t i = 0; i < COUNT_OF(examples); i++) {
                struct arena arena CLEANUP(arena_free) = {0};
                struct cel_settings settings = {.variables = &examples[i].variable, .variable_count = 1};
                struct err err = {0};

                assert_null(cel_env_new(&arena, &settings, &err));
                assert_string_equal(err.text, examples[i].message);
        }
}

/* Types whose parts are shared double with each step; that must not take time that doubles, too. */
static void stops_at_huge_types(void **state)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct str text = STR("x"), got;

        (void)state;
        for (size_t i = 0; i < 60; i++)
                text = str_format(&arena, "cel.bind(x, {x: x, x: x}, %.*s)", STR_ARG(text));
        text = str_format(&arena, "cel.bind(x, [], %.*s)", STR_ARG(text));
        got = check(&arena, &plain, text.data, NULL);
        assert_true(str_starts(got, STR("!1:")));
        assert_true(str_find(got, STR("too large"), 0) < got.len);
}

static void has_limits(void **state)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct buf text CLEANUP(buf_free) = {0};
        struct str chain;

        (void)state;
        for (size_t i = 0; i < 300; i++)
                buf_add_literal(&text, "i + ");
        buf_add_literal(&text, "i");
        assert_true(str_starts(check(&arena, &plain, str_copy(&arena, buf_text(&text)).data, NULL), STR("!1:")));
        chain = str_from(buf_text(&text), 800); /* 100 of them */
        assert_string_equal(check(&arena, &plain, str_copy(&arena, chain).data, NULL).data, "int");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(finds_types),
                cmocka_unit_test(finds_types_of_loops),
                cmocka_unit_test(says_what_is_wrong),
                cmocka_unit_test(resolves_names),
                cmocka_unit_test(lets_what_is_unknown_fail_later),
                cmocka_unit_test(takes_functions_of_the_caller),
                cmocka_unit_test(refuses_environments),
                cmocka_unit_test(stops_at_huge_types),
                cmocka_unit_test(has_limits),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
