/* parse.c - which tree an expression has, and what is said of text that is none. */

#include "policy/cel/ast.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "repeat.h"
#include "tree.h"

struct example {
        const char *text;
        const char *tree; /* or, after "!", the place and the message's beginning */
};

/* The tree, or "!line:column message". */
static struct str parse(struct arena *arena, const struct cel_settings *settings, struct str text)
{
        struct buf out CLEANUP(buf_free) = {0};
        struct err err = {0};
        struct cel_env *env = cel_env_new(arena, settings, &err);
        struct cel_tree tree;

        assert_non_null(env);
        if (!cel_parse(arena, env, text, &tree, &err))
                return str_format(arena, "!%" PRIu32 ":%" PRIu32 " %s", err.line, err.column, err.text);
        assert_int_equal(err.length, 0);
        print_tree(&out, tree.root);
        return str_copy(arena, buf_text(&out));
}

static void check_examples(const struct cel_settings *settings, const struct example *examples, size_t count)
{
        for (size_t i = 0; i < count; i++) {
                struct arena arena CLEANUP(arena_free) = {0};
                struct str got = parse(&arena, settings, str_of(examples[i].text)), wanted = str_of(examples[i].tree);
                bool ok = wanted.data[0] == '!' ? str_starts(got, wanted) : str_equal(got, wanted);

                if (!ok)
                        fail_msg("%s\n  wanted %s\n     got %.*s", examples[i].text, examples[i].tree, STR_ARG(got));
        }
}

#define CHECK(settings, ...)                                                                                           \
        check_examples((settings), (const struct example[]){__VA_ARGS__},                                              \
                       COUNT_OF(((const struct example[]){__VA_ARGS__})))

static const struct cel_settings plain;

static void reads_literals(void **state)
{
        (void)state;
        CHECK(&plain, {"0x1F", "31"}, {"-0x10", "-16"}, {"9223372036854775807", "9223372036854775807"},
              {"-9223372036854775808", "-9223372036854775808"}, {"- 5", "-5"},
              {"18446744073709551615u", "18446744073709551615u"}, {"0xFFu", "255u"}, {"1U", "1u"}, {".5", "0.500000"},
              {"-.5e1", "-5.00000"}, {"1e3", "1000.00"}, {"1.5e-3", "0.00150000"}, {"1E+2", "100.000"},
              {"true", "true"}, {"null", "null"});
        CHECK(&plain, {"9223372036854775808", "!1:1 the number 9223372036854775808 is too large for an int"},
              {" -9223372036854775809", "!1:2 the number -9223372036854775809 is too large for an int"},
              {"99999999999999999999", "!1:1 the number 99999999999999999999 is too large for an int"},
              {"18446744073709551616u", "!1:1 the number 18446744073709551616 is too large for a uint"},
              {"0x10000000000000000", "!1:1 the number 0x10000000000000000 is too large"},
              {"1e999", "!1:1 the number 1e999 is too large for a double"}, {"1.", "!1:3 the expression ends where"},
              {"12ab", "!1:3 'ab' stands where an operator or the end"}, {"0x", "!1:2 'x' stands where"});
}

static void reads_strings(void **state)
{
        (void)state;
        CHECK(&plain, {"'a\"b'", "\"a\\\"b\""}, {"'''a'b\n'''", "\"a'b\\n\""}, {"\"\"\"\"\"\"", "\"\""}, {"''", "\"\""},
              {"r'\\n'", "\"\\\\n\""}, {"R\"\\\"", "\"\\\\\""}, {"'\\x41\\u0042\\U00000043\\104'", "\"ABCD\""},
              {"'\\377'", "\"ÿ\""}, {"b'\\377\\xfe'", "b\"fffe\""}, {"b'ÿ'", "b\"c3bf\""}, {"br'\\x'", "b\"5c78\""},
              {"'''a\r\nb\rc'''", "\"a\\nb\\nc\""}, {"'''\\\\\r\n'''", "\"\\\\\\n\""},
              {"'\\?\\`\\a'", "\"?`\\u0007\""});
        CHECK(&plain, {"'abc", "!1:1 the string that begins here has no end"},
              {"1 + 'a\nb'", "!1:7 the string ends with its line"},
              {"'''abc'", "!1:1 the string that begins here has no end"}, {"'\\s'", "!1:2 no such escape"},
              {"'\\400'", "!1:2 no such escape"}, {"'\\18'", "!1:2 an octal escape"},
              {"'\\ud800'", "!1:2 no such code point"}, {"'\\U00110000'", "!1:2 no such code point"},
              {"'é\\x4'", "!1:3 \\x needs two"}, {"'\\u12'", "!1:2 \\u needs four"},
              {"'\\U0000004'", "!1:2 \\U needs eight"}, {"b'\\u0041'", "!1:3 bytes have no \\u"},
              {"'a\\", "!1:1 the string that begins here has no end"});
}

static void groups_operators(void **state)
{
        (void)state;
        CHECK(&plain, {"1 + 2 * 3", "_+_(1, _*_(2, 3))"}, {"1 - 2 - 3", "_-_(_-_(1, 2), 3)"}, {"1-1", "_-_(1, 1)"},
              {"(1 + 2) % 3", "_%_(_+_(1, 2), 3)"}, {"a < b == c", "_==_(_<_(a, b), c)"},
              {"a in b && c", "_&&_(@in(a, b), c)"}, {"a || b && c", "_||_(a, _&&_(b, c))"},
              {"a && b && c && d", "_&&_(_&&_(a, b), _&&_(c, d))"},
              {"a ? b : c ? d : e", "_?_:_(a, b, _?_:_(c, d, e))"}, {"!a.b", "!_(a.b)"}, {"!!a", "a"},
              {"!!!a", "!_(a)"}, {"-a", "-_(a)"}, {"--a", "a"}, {"-(1)", "-_(1)"}, {"--1", "-_(-1)"}, {"!-1", "!_(-1)"},
              {"-1.f()", "-1.f()"}, {"a[1][2]", "_[_](_[_](a, 1), 2)"}, {"a//b\n+c", "_+_(a, c)"});
        CHECK(&plain, {"a ? b ? c : d : e", "!1:7 '?' stands where ':', or parentheses"},
              {"-!a", "!1:2 '!' stands where a value"}, {"!-a", "!1:3 'a' stands where a number"},
              {"a ? b", "!1:6 the expression ends where ':' and the other value"},
              {"a = b", "!1:3 '=' means nothing here: did you mean '=='?"}, {"a & b", "!1:3 '&' means nothing here"},
              {"a | b", "!1:3 '|' means nothing here"}, {"a +", "!1:4 the expression ends where a value"},
              {"", "!1:1 the expression is empty"}, {" // x", "!1:6 the expression is empty"},
              {"a b", "!1:3 'b' stands where an operator"},
              {"a and b", "!1:3 'and' stands where an operator or the end is expected: did you mean '&&'?"},
              {"\n a $", "!2:4 the character '$' (U+0024)"}, {"a == “x”", "!1:6 a typographic quote"},
              {"a\x01", "!1:2 a control character (U+0001)"}, {"'\xff'", "!1:2 the expression is no valid UTF-8"});
}

static void reads_members_and_calls(void **state)
{
        (void)state;
        CHECK(&plain, {"a.b.c", "a.b.c"}, {".a.b", ".a.b"}, {".f(1)", ".f(1)"}, {"a.`b-c/d`", "a.b-c/d"},
              {"a.?b", "a.?b"}, {"a[?0]", "_[?_](a, 0)"}, {"f()", "f()"}, {"a.f(1, 2)", "a.f(1, 2)"},
              {"a.in_", "a.in_"}, {"a.if", "a.if"}, {"a.while()", "a.while()"}, {"[]", "[]"}, {"[1, 2,]", "[1, 2]"},
              {"[,]", "[]"}, {"[?a, b]", "[?a, b]"}, {"{}", "{}"}, {"{'a': 1, ?b: c,}", "{\"a\": 1, ?b: c}"},
              {"A.B{c: 1}", "fail: unknown message type 'A.B'"
                            ": only lists and maps can be made here"});
        CHECK(&plain, {"f(1", "!1:4 the expression ends where ')' for the '(' at 1:2"},
              {"f(1,)", "!1:5 ')' stands where a value"},
              {"[1\n,2", "!2:3 the expression ends where ']' for the '[' at 1:1"},
              {"a[1)", "!1:4 ')' stands where ']' for the"},
              {"{1 2}", "!1:4 '2' stands where ':' and the value of this key"},
              {"a.", "!1:3 the expression ends where the name"}, {"a.1", "!1:2 '.1' stands where"},
              {"a.in", "!1:3 'in' cannot stand behind a dot: write ['in']"}, {"if", "!1:1 'if' is a reserved word"},
              {"for(1)", "!1:1 'for' is a reserved word"}, {"`a`", "!1:1 '`a`' stands where a value"},
              {"a.``", "!1:4 a name in backquotes"}, {"a.`b", "!1:5 a name in"},
              {"((1)", "!1:5 the expression ends where ')' for the '(' at 1:1"},
              {"A{1: 2}", "!1:3 '1' stands where the name"});
}

static void expands_macros(void **state)
{
        (void)state;
        CHECK(&plain, {"has(a.b)", "has(a.b)"}, {"l.all(x, x > 1)", "all x#0 in l: _>_(x, 1)"},
              {"l.exists_one(x, x)", "existsOne x#0 in l: x"}, {"l.existsOne(i, x, x)", "existsOne i#0, x#0 in l: x"},
              {"l.map(x, c, x)", "map x#0 in l if c: x"}, {"l.filter(x, c)", "filter x#0 in l: c"},
              {"l.transformList(i, x, c, x)", "map i#0, x#0 in l if c: x"},
              {"m.transformMap(k, v, v)", "transformMap k#0, v#0 in m: v"},
              {"m.transformMapEntry(k, v, {v: k})", "transformMapEntry k#0, v#0 in m: {v: k}"},
              {"cel.bind(x, 1, x)", "let x#0 = 1: x"},
              {"cel.block([1, cel.index(0)], cel.index(1))", "let @index0#0 = 1: let @index1#0 = @index0: @index1"},
              {"l.map(cel.iterVar(0, 1), cel.iterVar(0, 1))", "map @iterVar0:1#0 in l: @iterVar0:1"},
              {"o.optMap(x, x)",
               "let @target#0 = o: _?_:_(@target.hasValue(), optional.of(let x#0 = @target.value(): x), "
               "optional.none())"},
              {"o.optFlatMap(x, x)",
               "let @target#0 = o: _?_:_(@target.hasValue(), let x#0 = @target.value(): x, optional.none())"},
              {"l.sortBy(x, x.a)", "let @list#0 = l: @list.@sortByAssociatedKeys(map x#0 in @list: x.a)"},
              {"math.least(1, a)", "math.least(1, a)"}, {"math.greatest(1, 2, 3)", "math.greatest([1, 2, 3])"});
        /* What fits no macro is a call. */
        CHECK(&plain, {"has(a, b)", "has(a, b)"}, {"a.has(b)", "a.has(b)"}, {"l.map(x)", "l.map(x)"},
              {"all(x, y)", "all(x, y)"}, {"x.bind(a, b, c)", "x.bind(a, b, c)"}, {".math.least(1)", ".math.least(1)"},
              {"l.filter(i, x, c)", "l.filter(i, x, c)"});
        CHECK(&plain, {"has(a)", "!1:5 has() takes a field"}, {"has(a.?b)", "!1:8 has() takes a field"},
              {"l.all(1, x)", "!1:7 all() begins with the name of a variable"},
              {"l.map(__result__, 1)", "!1:7 map() cannot have a variable named"},
              {"l.map(.x, x)", "!1:7 map() begins with the name"},
              {"l.all(x, x, x)", "!1:10 all() has two variables named 'x'"},
              {"cel.block(1, 2)", "!1:11 cel.block() begins with"},
              {"cel.block([?a], 2)", "!1:13 cel.block() has no optional"},
              {"cel.index(a)", "!1:11 cel.index() takes numbers"},
              {"math.least()", "!1:6 math.least() needs at least one"},
              {"math.least('a')", "!1:12 math.least() takes numbers"},
              {"math.greatest(1, [2])", "!1:18 math.greatest() takes numbers"},
              {"l.all(if, true)", "!1:7 'if' is a reserved"});
}

static void leaves_out_what_an_environment_has_not(void **state)
{
        static const struct cel_settings bare = {.without_macros = true}, core = {.core_only = true};

        (void)state;
        CHECK(&bare, {"l.all(x, c)", "l.all(x, c)"}, {"has(a)", "has(a)"});
        CHECK(&core, {"l.all(x, c)", "all x#0 in l: c"}, {"l.all(i, x, c)", "l.all(i, x, c)"},
              {"cel.bind(x, 1, x)", "cel.bind(x, 1, x)"}, {"a.?b", "!1:3 '?' marks an optional value"},
              {"[?a]", "!1:2 '?' marks an optional value"});
}

static bool parses(struct arena *arena, struct str text)
{
        return parse(arena, &plain, text).data[0] != '!';
}

static void has_limits(void **state)
{
        struct arena arena CLEANUP(arena_free) = {0};

        (void)state;
        assert_true(parses(&arena, repeat(&arena, "", "true && ", 20000, "x")));
        assert_true(parses(&arena, repeat(&arena, "", "a || b && ", 5000, "x")));
        assert_true(parses(&arena, repeat(&arena, "", "!", 100000, "x")));
        assert_true(parses(&arena, repeat(&arena, "", "a ? b : ", 200, "x")));
        assert_true(str_starts(parse(&arena, &plain, repeat(&arena, "", "[", 300, "")),
                               STR("!1:251 the expression is nested more")));
        assert_true(str_starts(parse(&arena, &plain, repeat(&arena, "", "a?b:", 300, "x")),
                               STR("!1:1001 the expression is nested")));
        assert_true(str_starts(parse(&arena, &plain, repeat(&arena, "", "a+", 150000, "a")), STR("!1:20000")));
        assert_true(str_starts(parse(&arena, &plain, repeat(&arena, "", " ", 1 << 20, "x")),
                               STR("!0:0 the expression has 1048577")));
        assert_true(parses(&arena, repeat(&arena, "", " ", (1 << 20) - 1, "x")));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(reads_literals),   cmocka_unit_test(reads_strings),
                cmocka_unit_test(groups_operators), cmocka_unit_test(reads_members_and_calls),
                cmocka_unit_test(expands_macros),   cmocka_unit_test(leaves_out_what_an_environment_has_not),
                cmocka_unit_test(has_limits),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
