/* Tests of doc/yaml*.c: what Kubernetes makes of YAML, where it stands, and what is said when it is none.
 *
 * What the values should be was asked of sigs.k8s.io/yaml 1.6. */

#include "streams.h"

#define READS(text, wanted) reads_as(yaml_read, STR(text), wanted)

/* A plain scalar and what it is in JSON. */
static void scalars(void **state)
{
        static const char *const cases[][2] = {
                {"y", "true"},
                {"Y", "true"},
                {"yes", "true"},
                {"Yes", "true"},
                {"YES", "true"},
                {"on", "true"},
                {"On", "true"},
                {"ON", "true"},
                {"true", "true"},
                {"True", "true"},
                {"TRUE", "true"},
                {"tRue", "\"tRue\""},
                {"n", "false"},
                {"N", "false"},
                {"no", "false"},
                {"NO", "false"},
                {"off", "false"},
                {"Off", "false"},
                {"false", "false"},
                {"yEs", "\"yEs\""},
                {"~", "null"},
                {"null", "null"},
                {"Null", "null"},
                {"NULL", "null"},
                {"nULL", "\"nULL\""},
                {"", "null"},
                {"\"\"", "\"\""},
                {"\"yes\"", "\"yes\""},
                {"'1'", "\"1\""},
                {"0", "0"},
                {"-0", "0"},
                {"+1", "1"},
                {"-1", "-1"},
                {"++1", "\"++1\""},
                {"0777", "511"},
                {"0o777", "511"},
                {"0O17", "15"},
                {"0o0", "0"},
                {"0o", "\"0o\""},
                {"-0o17", "-15"},
                {"+012", "10"},
                {"08", "8"},
                {"09.5", "9.5"},
                {"0x1F", "31"},
                {"0X1f", "31"},
                {"-0x1F", "-31"},
                {"0x", "\"0x\""},
                {"0xg", "\"0xg\""},
                {"0x1p3", "\"0x1p3\""},
                {"0b11", "3"},
                {"0B11", "3"},
                {"-0b11", "-3"},
                {"0b2", "\"0b2\""},
                {"0b-1", "-1"},
                {"1_000", "1000"},
                {"0x_1", "1"},
                {"0777_7", "4095"},
                {"0_7", "7"},
                {"1_", "1"},
                {"_1", "\"_1\""},
                {"1_0.5", "10.5"},
                {"._5", "\"._5\""},
                {"1.5", "1.5"},
                {"1.", "1"},
                {".5", "0.5"},
                {"-.5", "-0.5"},
                {"+.5", "0.5"},
                {".", "\".\""},
                {"+", "\"+\""},
                {".e5", "\".e5\""},
                {".5e3", "500"},
                {"1e3", "1000"},
                {"1E3", "1000"},
                {"1e", "\"1e\""},
                {"1e-2", "0.01"},
                {"1.0", "1"},
                {"-0.0", "0"},
                {"1e400", "\"1e400\""},
                {"1e-400", "0"},
                {"1e20", "100000000000000000000"},
                {"1e21", "1e+21"},
                {"1:20", "\"1:20\""},
                {"190:20:30.15", "\"190:20:30.15\""},
                {"2001-01-01", "\"2001-01-01\""},
                {"2001-12-14t21:59:43.10-05:00", "\"2001-12-14t21:59:43.10-05:00\""},
                {"inf", "\"inf\""},
                {"Infinity", "\"Infinity\""},
                {"nan", "\"nan\""},
                {"NaN", "\"NaN\""},
                {"0a000", "\"0a000\""},
                {"0a_1", "\"0a_1\""},
                {"=", "\"=\""},
                {"<<", "\"<<\""},
                {"1.2.3", "\"1.2.3\""},
                {"100m", "\"100m\""},
                {"9223372036854775807", "9223372036854775807"},
                {"-9223372036854775808", "-9223372036854775808"},
                {"9223372036854775808", "9223372036854775808"},
                {"18446744073709551615", "18446744073709551615"},
                {"18446744073709551616", "18446744073709552000"},
                {"-9223372036854775809", "-9223372036854776000"},
                {"0xFFFFFFFFFFFFFFFF", "18446744073709551615"},
                {"+18446744073709551615", "18446744073709552000"},
        };

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct buf text CLEANUP(buf_free) = {0}, wanted CLEANUP(buf_free) = {0};

                buf_add_format(&text, "a: %s\n", cases[i][0]);
                buf_add_format(&wanted, "0 {\"a\":%s}%c", cases[i][1], 0);
                reads_as(yaml_read, buf_text(&text), wanted.data);
        }
}

static struct value only(struct arena *arena, const char *text)
{
        struct document document = {0};
        struct err err = {0};

        if (!yaml_read_one(arena, str_of(text), &document, &err))
                print_error("%s: %s\n", text, err.text);
        assert_int_equal(err.length, 0);
        return document.root;
}

static void kinds_of_numbers(void **state)
{
        static const struct {
                const char *text;
                enum value_kind kind;
                unsigned flags;
        } cases[] = {
                {"1", VALUE_INT, 0},
                {"1.0", VALUE_INT, 0},
                {"1e3", VALUE_INT, 0},
                {"9223372036854775807", VALUE_INT, 0},
                {"9223372036854775808", VALUE_UINT, 0},
                {"18446744073709551616", VALUE_DOUBLE, 0},
                {"18446744073709551617", VALUE_DOUBLE, VALUE_INEXACT},
                {"9223372036854775808.0", VALUE_DOUBLE, 0},
                {"9007199254740993.0", VALUE_DOUBLE, VALUE_INEXACT},
                {"0.5", VALUE_DOUBLE, 0},
                {"0.1", VALUE_DOUBLE, VALUE_INEXACT},
                {"1e-400", VALUE_DOUBLE, VALUE_INEXACT},
                {"5e-1", VALUE_DOUBLE, 0},
                {"1e22", VALUE_DOUBLE, 0},
                {"1e23", VALUE_DOUBLE, VALUE_INEXACT},
                {"0.000030517578125", VALUE_DOUBLE, 0},
                {"8.67361737988403547205962240695953369140625e-19", VALUE_DOUBLE, 0},
                {"8.67361737988403547205962240695953369140626e-19", VALUE_DOUBLE, VALUE_INEXACT},
                {"1.5_", VALUE_DOUBLE, 0},
        };
        struct arena arena CLEANUP(arena_free) = {0};

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct value value = only(&arena, cases[i].text);

                if (value.kind != cases[i].kind || value.flags != cases[i].flags)
                        print_error("%s\n", cases[i].text);
                assert_int_equal(value.kind, cases[i].kind);
                assert_int_equal(value.flags, cases[i].flags);
        }
}

static void strings_know_their_quotes(void **state)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct value list = only(&arena, "[a, 'a', \"a\", !!str a]");

        assert_int_equal(list.nodes[0].value.flags & VALUE_QUOTED, 0);
        assert_int_equal(list.nodes[1].value.flags & VALUE_QUOTED, VALUE_QUOTED);
        assert_int_equal(list.nodes[2].value.flags & VALUE_QUOTED, VALUE_QUOTED);
        assert_int_equal(list.nodes[3].value.flags & VALUE_QUOTED, 0);
        assert_int_equal(only(&arena, "|\n a\n").flags & VALUE_QUOTED, VALUE_QUOTED);
}

static void quotes(void **state)
{
        READS("a: 'it''s'", "0 {\"a\":\"it's\"}");
        READS("a: ''''''", "0 {\"a\":\"''\"}");
        READS("a: ''''", "0 {\"a\":\"'\"}");
        READS("a: 'x\n  y'\nb: 1", "0 {\"a\":\"x y\",\"b\":1}");
        READS("a: 'x  \n\n\n  y ''z'''", "0 {\"a\":\"x\\n\\ny 'z'\"}");
        READS("a: '\r\n  x\r\n\r\n  y'", "0 {\"a\":\" x\\ny\"}");
        READS("a: \"x\n\n  y\\\n  z\"", "0 {\"a\":\"x\\nyz\"}");
        READS("a: \"\\x41\\u00e9\\U0001F600\\e\\t\\n\\\"\\\\\\0\\N\\_\"",
              "0 {\"a\":\"Aé\U0001F600\\u001b\\t\\n\\\"\\\\\\u0000\\u0085\xC2\xA0\"}");
        READS("\"\\L\\P\\L\\P\"", "0 \"\u2028\u2029\u2028\u2029\"");
        READS("\"\\ud83d\\ude00\"", "0 \"\U0001F600\"");
        READS("\"\\ud83d\"", "0!1:2");
        READS("\"a\\x20\n b \\\n\n  c\"", "0 \"a  b \\nc\"");
        READS("'a\xC2\x85 b\u2028 c'", "0 \"a b\u2028c\"");
        READS("a: \"b\" # c", "0 {\"a\":\"b\"}");
        READS("\"a\" : 1\n'b': 2", "0 {\"a\":1,\"b\":2}");
}

static void plain_text(void **state)
{
        READS("a: b c", "0 {\"a\":\"b c\"}");
        READS("a: b\n  c\n\n  d\ne: f", "0 {\"a\":\"b c\\nd\",\"e\":\"f\"}");
        READS("a: x#y", "0 {\"a\":\"x#y\"}");
        READS("a: x #y", "0 {\"a\":\"x\"}");
        READS("a: http://b:80/c?d=e&f", "0 {\"a\":\"http://b:80/c?d=e&f\"}");
        READS("a:\t1", "0 {\"a\":1}");
        READS("a: -b", "0 {\"a\":\"-b\"}");
        READS("- a\n b", "0 [\"a b\"]");
        READS("{a:1}", "0 {\"a:1\":null}");
        READS("{a: b:c}", "0 {\"a\":\"b:c\"}");
        READS("grün: \"\U0001F600\"", "0 {\"grün\":\"\U0001F600\"}");
}

static void blocks(void **state)
{
        READS("a: |\n x\n  y\nb: 1", "0 {\"a\":\"x\\n y\\n\",\"b\":1}");
        READS("a: |-\n  x\n\n\nb: |+\n  y\n\n", "0 {\"a\":\"x\",\"b\":\"y\\n\\n\"}");
        READS("a: >\n\n x\n y\n\n z\n  k\n l\n", "0 {\"a\":\"\\nx y\\nz\\n k\\nl\\n\"}");
        READS("a: |2\n   x\n  y\n", "0 {\"a\":\" x\\ny\\n\"}");
        READS("a:\n  b: |2-\n     x\n", "0 {\"a\":{\"b\":\" x\"}}");
        READS("- - |1\n    x\n", "0 [[\" x\\n\"]]");
        READS("a: |\n  --- x\n  # no comment\n  ...\n", "0 {\"a\":\"--- x\\n# no comment\\n...\\n\"}");
        READS("a: |\n  x\n# comment\nb: 1", "0 {\"a\":\"x\\n\",\"b\":1}");
        READS("a: |\nb: >\n", "0 {\"a\":\"\",\"b\":\"\"}");
        READS("a: |\n  x", "0 {\"a\":\"x\"}");
        READS("a: |+\n  x", "0 {\"a\":\"x\"}");
        READS("a: |\n  x\n  ", "0 {\"a\":\"x\\n\"}");
        READS("a: # b\xC2\x85  >\n  c\n", "0 {\"a\":\"c\\n\"}");
        READS("#\xC2\x85>", "0 \"\"");
        READS("\xEF\xBB\xBF"
              "a: |\n x\n",
              "0 {\"a\":\"x\\n\"}");
        READS("\xEF\xBB\xBF"
              "a: !!str |\n x\n",
              "0 {\"a\":\"x\\n\"}");
        READS("a: |\n  x\n   ", "0 {\"a\":\"x\\n \"}");
        READS("a: |\r\n  x\r\n  y\r\n", "0 {\"a\":\"x\\ny\\n\"}");
        READS("a: |\r  x\r  y\r", "0 {\"a\":\"x\\ny\\n\"}");
        READS("--- |\n x\n--- >-\n y\n", "0 \"x\\n\"\n1 \"y\"");
        READS("a: !!str |\n  1\nb: &x >\n  2\nc: *x\n", "0 {\"a\":\"1\\n\",\"b\":\"2\\n\",\"c\":\"2\\n\"}");
        READS("a: | # comment\n  x\n", "0 {\"a\":\"x\\n\"}");
        READS("a: >\n  x\n  \ty\n  z\n", "0 {\"a\":\"x\\n\\ty\\nz\\n\"}");
        READS("a: |3\n  x\n", "0!2:1");
        READS("a: |0\n  x\n", "0!1:4");
        READS("a: |x\n  y\n", "0!1:5");
        READS("a: |\n\tx\n", "0!2:1");
        READS("- a: |\n  x: y\n", "0!2:3"); /* libfyaml takes it for text */
}

static void maps_and_lists(void **state)
{
        READS("a:\n- b\n-  c: 1\n   d: 2\n-\ne: f", "0 {\"a\":[\"b\",{\"c\":1,\"d\":2},null],\"e\":\"f\"}");
        READS("a:\n  - - b\n    - c\n  -\n    - d", "0 {\"a\":[[\"b\",\"c\"],[\"d\"]]}");
        READS("? a\n: b\n? c\n", "0 {\"a\":\"b\",\"c\":null}");
        READS("a:\nb: \n", "0 {\"a\":null,\"b\":null}");
        READS("[]", "0 []");
        READS("{}", "0 {}");
        READS("[a, [b], {c: d, e, f: }, g: h, ]",
              "0 [\"a\",[\"b\"],{\"c\":\"d\",\"e\":null,\"f\":null},{\"g\":\"h\"}]");
        READS("{\"a\":1,\"b\":[true,null],\n\"c\":{}}", "0 {\"a\":1,\"b\":[true,null],\"c\":{}}");
        READS("a: [\n1,\n2\n]\nb: {\n}", "0 {\"a\":[1,2],\"b\":{}}");
        READS("{? a : b}", "0 {\"a\":\"b\"}");
        READS("[? a : b]", "0 [{\"a\":\"b\"}]");
        READS("- # comment\n  a: 1", "0 [{\"a\":1}]");
        READS("a: # comment\n  b: 1", "0 {\"a\":{\"b\":1}}");
}

/* Keys become text, as Go prints them. */
static void keys(void **state)
{
        static const char *const cases[][2] = {
                {"1", "1"},
                {"yes", "true"},
                {"on", "true"},
                {"n", "false"},
                {"0x10", "16"},
                {"010", "8"},
                {"1.5", "1.5"},
                {"1.0", "1"},
                {"1e3", "1000"},
                {"123456.0", "123456"},
                {"1e10", "1e+10"},
                {"1e-5", "1e-05"},
                {"0.0001", "0.0001"},
                {"0.1", "0.1"},
                {"16777217.0", "1.6777216e+07"},
                {".inf", ".inf"},
                {"-.inf", "-.inf"},
                {".nan", ".nan"},
                {"1e300", ".inf"},
                {"-1.5e-7", "-1.5e-07"},
                {"'1'", "1"},
                {"2001-01-01", "2001-01-01"},
                {"!!str 1", "1"},
                {"&x a", "a"},
                {"-1", "-1"},
                {"\"<<\"", "<<"},
                {"100000.0", "100000"},
                {"1000000.0", "1e+06"},
                {"0.05", "0.05"},
        };

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct buf text CLEANUP(buf_free) = {0}, wanted CLEANUP(buf_free) = {0};

                buf_add_format(&text, "%s: 1\n", cases[i][0]);
                buf_add_format(&wanted, "0 {\"%s\":1}%c", cases[i][1], 0);
                reads_as(yaml_read, buf_text(&text), wanted.data);
        }
        READS("~: a", "0!1:1");
        READS("18446744073709551615: a", "0!1:1");
        READS("? [a]\n: b", "0!1:3");
        READS("? {a: 1}\n: b", "0!1:3");
        READS("[a]: b", "0!1:1");
        READS(": a", "0!1:1");
        READS("&x a: &y b\n*y : c", "0 {\"a\":\"b\",\"b\":\"c\"}");
}

static void same_key_twice(void **state)
{
        READS("a: 1\nb: 2\na: 3", "0!3:1");
        READS("{a: 1, 'a': 2}", "0!1:8");
        READS("yes: 1\n'true': 2", "0!2:1");
        READS("1: a\n\"1\": b", "0!2:1");
        READS("a: 1\na: 2\na: 3\n---\nb: 1", "0!2:1\n0!3:1\n1 {\"b\":1}");
        READS("x:\n  a: 1\n  a: 2\ny: {b: 1, b: 2}", "0!3:3\n0!4:11");
        complains(yaml_read, "---\nk: v\nm:\n  a: 1\n  b: 2\n  a: 3\n",
                  "0!6:3 the key `a` stands twice in this map, first in line 4 column 3: remove one of them");
}

static void same_key_twice_among_many(void **state)
{
        struct buf text CLEANUP(buf_free) = {0};

        for (int i = 0; i < 40; i++)
                buf_add_format(&text, "k%d: %d\n", i, i);
        buf_add_literal(&text, "k7: 1\nk39: 2\n");
        reads_as(yaml_read, buf_text(&text), "0!41:1\n0!42:1");
}

static void no_more_than_ten_problems_of_one_document(void **state)
{
        struct buf text CLEANUP(buf_free) = {0};
        struct arena arena CLEANUP(arena_free) = {0};
        struct document_stream stream;

        for (int i = 0; i < 100; i++)
                buf_add_literal(&text, "k: 1\n");
        buf_add_literal(&text, "---\nb: *x\n");
        yaml_read(&arena, buf_text(&text), &document_default_limits, &stream);
        assert_int_equal(stream.problems.count, 11);
        assert_int_equal(stream.problems.items[10].index, 1);
}

/* As in go-yaml v2 what is read last counts, be it merged or written down; of the maps in a list the first one. */
static void merge_keys(void **state)
{
        READS("x: &x {a: 2, b: 3}\nm:\n  <<: *x\n  a: 1", "0 {\"x\":{\"a\":2,\"b\":3},\"m\":{\"a\":1,\"b\":3}}");
        READS("x: &x {a: 2}\nm:\n  a: 1\n  <<: *x", "0 {\"x\":{\"a\":2},\"m\":{\"a\":2}}");
        READS("m: {<<: [{a: 1}, {a: 2, b: 2}], b: 0}", "0 {\"m\":{\"a\":1,\"b\":0}}");
        READS("m: {<<: {a: 1}, <<: {b: 1}}", "0 {\"m\":{\"a\":1,\"b\":1}}");
        READS("m: {\"<<\": 1}", "0 {\"m\":{\"<<\":1}}");
        READS("m: {!!merge \"x\": {a: 1}}", "0 {\"m\":{\"a\":1}}");
        READS("m: {&x <<: {a: 1}, !!str <<: b}", "0 {\"m\":{\"a\":1,\"<<\":\"b\"}}");
        READS("<<: 7", "0!1:5");
        READS("<<: [{a: 1}, 7]", "0!1:14");
        READS("x: &x [1]\ny:\n  <<: *x", "0!1:8");
        READS("m: {a: 1, <<: {b: 1}, a: 2}", "0!1:23");
}

static void anchors(void **state)
{
        READS("a: &x [1, &y {b: c}]\nd: *x\ne: *y",
              "0 {\"a\":[1,{\"b\":\"c\"}],\"d\":[1,{\"b\":\"c\"}],\"e\":{\"b\":\"c\"}}");
        READS("- &x 1\n- &x 2\n- *x", "0 [1,2,2]");
        READS("- &x\n- *x", "0 [null,null]");
        READS("a: &x\n- 1\nb: *x", "0 {\"a\":[1],\"b\":[1]}");
        READS("a: *x", "0!1:4");
        READS("&x [*x]", "0!1:5");
        READS("- &x 1\n---\n- *x", "0 [1]\n1!3:3");
        READS("a: &x &y 1", "0!1:8");
        READS("a: &x 1\nb: &y *x", "0!2:8");
        READS("x: * ", "0!1:4");
        READS("x: &a.b 1", "0!1:4");
        READS("&a-_9 1", "0 1");
}

static void tags(void **state)
{
        static const char *const cases[][2] = {
                {"!!str 12", "\"12\""},
                {"!!str", "\"\""},
                {"!!str yes", "\"yes\""},
                {"!!int \"3\"", "3"},
                {"!!int 0x10", "16"},
                {"!!float 3", "3"},
                {"!!float \"1.5\"", "1.5"},
                {"!!bool yes", "true"},
                {"!!bool \"off\"", "false"},
                {"!!null \"\"", "null"},
                {"!!null", "null"},
                {"!!binary aGk=", "\"hi\""},
                {"!!binary |\n  aG\n  k=", "\"hi\""},
                {"!!binary /w==", "\"\uFFFD\""},
                {"!!timestamp 2001-01-01", "\"2001-01-01\""},
                {"!foo 12", "\"12\""},
                {"!!foo 12", "\"12\""},
                {"! 12", "\"12\""},
                {"!foo {a: 1}", "{\"a\":1}"},
                {"!!seq {a: 1}", "{\"a\":1}"},
                {"!<tag:yaml.org,2002:str> 12", "\"12\""},
                {"!!set {a, b}", "{\"a\":null,\"b\":null}"},
                {"&x !!str 1", "\"1\""},
                {"!!str &x 1", "\"1\""},
        };
        static const char *const broken[] = {"!!int 3.5", "!!int x",      "!!int",         "!!float x",    "!!bool 1",
                                             "!!null x",  "!!binary aGk", "!!binary a=b=", "!!binary '*'", ".inf",
                                             "-.INF",     ".nan",         "!!float .inf"};

        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct buf text CLEANUP(buf_free) = {0}, wanted CLEANUP(buf_free) = {0};

                buf_add_format(&text, "a: %s", cases[i][0]);
                buf_add_format(&wanted, "0 {\"a\":%s}%c", cases[i][1], 0);
                reads_as(yaml_read, buf_text(&text), wanted.data);
        }
        for (size_t i = 0; i < COUNT_OF(broken); i++) {
                struct arena arena CLEANUP(arena_free) = {0};
                struct buf text CLEANUP(buf_free) = {0};
                struct document_stream stream;

                buf_add_format(&text, "- 1\n- %s\n", broken[i]);
                yaml_read(&arena, buf_text(&text), &document_default_limits, &stream);
                assert_int_equal(stream.documents.count, 0);
                assert_int_equal(stream.problems.count, 1);
                assert_int_equal(place_in(buf_text(&text), stream.problems.items[0].at).line, 2);
        }
        READS("%TAG !e! tag:yaml.org,2002:\n---\na: !e!str 1", "0 {\"a\":\"1\"}");
        READS("a: !e!str 1", "0!1:4");
        READS("a: !a !b 1", "0!1:7");
}

/* What makes a document, and how they are counted. */
static void streams(void **state)
{
        READS("", "");
        READS("\n\n", "");
        READS("# nothing\n", "");
        READS("---\n---\n# nothing\n---\n", "");
        READS("\xEF\xBB\xBF", "");
        READS("\xEF\xBB\xBF"
              "a: 1",
              "0 {\"a\":1}");
        READS("a: 1\n---\nb: 2\n", "0 {\"a\":1}\n1 {\"b\":2}");
        READS("---\n---\na: 1\n---\n---\nb: 1\n---\n", "0 {\"a\":1}\n1 {\"b\":1}");
        READS("--- a\n--- b\n", "0 \"a\"\n1 \"b\"");
        READS("--- {a: 1}\n--- # comment\nb: 1\n", "0 {\"a\":1}\n1 {\"b\":1}");
        READS("--- ~\n---\n", "0 null");
        READS("a: 1\n...\n", "0 {\"a\":1}");
        READS("a: 1\n...\nb: 1\n", "0 {\"a\":1}\n1 {\"b\":1}");
        READS("a: 1\n...\n---\nb: 1\n...\n...\n", "0 {\"a\":1}\n1 {\"b\":1}");
        READS("%YAML 1.1\n---\na: 1\n...\n%YAML 1.2\n---\nb: 1\n", "0 {\"a\":1}\n1 {\"b\":1}");
        READS("a: 1\r\n---\r\nb: 2\r\n", "0 {\"a\":1}\n1 {\"b\":2}");
        READS("a: 1\r---\rb: 2\r", "0 {\"a\":1}\n1 {\"b\":2}");
        READS("a: 1\n--- \nb: 2\n---\tc", "0 {\"a\":1}\n1 {\"b\":2}\n2 \"c\"");
        READS("a: ---\nb: --- c\n", "0 {\"a\":\"---\",\"b\":\"--- c\"}");
        READS("---a: 1\n", "0 {\"---a\":1}");
}

/* What stands before and behind a broken document is read. */
static void recovery(void **state)
{
        READS("a: 1\n---\nb: [\n---\nc: 1\n", "0 {\"a\":1}\n1!4:1\n2 {\"c\":1}");
        READS("a: b: c\n---\nd: 1\n", "0!1:5\n1 {\"d\":1}");
        READS("a: \"x\n---\nb: 1\n", "0!2:1\n1 {\"b\":1}");
        READS("a: 'x\n--- 1\n--- 'y\n--- 2", "0!2:1\n1 1\n2!4:1\n3 2");
        READS("@\n---\n---\n---\na: 1", "0!1:1\n1 {\"a\":1}");
        READS("a: 1\n b: 2\n---\n---\n- x\n y: z\n--- 3\n", "0!2:2\n1!6:2\n2 3");
        READS("a: |\n  ---\nb: @\n---\nc: 1", "0!3:4\n1 {\"c\":1}");
        READS("a: 1\n---\nb: \1\n---\nc: 1\n", "0 {\"a\":1}\n1!3:4\n2 {\"c\":1}");
        READS("a: 1\n---\nb: \0\n--- 2", "0 {\"a\":1}\n1!3:4\n2 2");
        READS("a: 1\n---\nb: \xFF\n--- 2", "0 {\"a\":1}\n1!3:4\n2 2");
        READS("a: 1\n---\nb: 2 # \xFF\n--- 2", "0 {\"a\":1}\n1!3:8\n2 2");
        READS("%YAML 1\xCF\n---\na: 1\n--- 2", "0!1:8\n1 {\"a\":1}\n2 2");
        READS("1\n---\n2\xC2\x80\n---\n\xEF\xBB\xBF"
              "3\n---\n4\xC2\x85\n--- '\xEF\xBB\xBF'",
              "0 1\n1!3:2\n2!5:1\n3 4\n4 \"\xEF\xBB\xBF\"");
        READS("%YAML 9.9\n---\na: 1\n---\nb: 1", "0!1:7\n1 {\"b\":1}");
        READS("a: *x\nb: *y\n---\nc: 1", "0!1:4\n0!2:4\n1 {\"c\":1}");
        READS("a: *x\nb: [\n---\nc: 1", "0!1:4\n0!3:1\n1 {\"c\":1}");
        READS("a: 1\r---\rb: [\r---\rc: 1\r", "0 {\"a\":1}\n1!4:1\n2 {\"c\":1}");
}

/* Lines that begin with % are never passed over. */
static void percent_lines(void **state)
{
        READS("%a: 1\n", "0!1:1");
        READS("a: 1\n%b: 2\nc: 3\n", "0!2:1");
        READS("a: 1\n%b: 2\n", "0!2:1");
        READS("- a\n%FOO\n- b\n---\n- c", "0!2:1\n1 [\"c\"]");
        READS("[a,\n%b c\n]", "0!2:1");
        READS("%FOO\n---\na: 1", "0!1:1");
        READS("a: 1\n---\nb: 50%\n%c: 1\n---\nd: 1", "0 {\"a\":1}\n1!4:1\n2 {\"d\":1}");
        READS("a: \"x\n%y\"\n", "0 {\"a\":\"x %y\"}");
        READS("a: %x\n", "0!1:4");
        READS("%YAML 1.1\n---\na: 1\n", "0 {\"a\":1}");
        READS("%YAML 1.1\n---\na: 1\n...\n%YAML 1.1\n---\nb: 1\n", "0 {\"a\":1}\n1 {\"b\":1}");
        READS("%YAML 1.1\n%YAML 1.1\n---\na: 1\n---\nb: 1\n", "0!2:7\n1 {\"b\":1}");
        READS("%\0\n---\n---\n\0\n---\n%", "0!1:2\n1!4:1\n2!6:1");
}

static void syntax(void **state)
{
        static const char *const cases[][2] = {
                {"a:\n  b: 1\n\tc: 2\n", "0!3:1"},
                {"a:\n\tb: 1\n", "0!2:1"},
                {"\ta: 1\n", "0!1:1"},
                {"k: v\nx: [1, 2\n", "0!3:1"},
                {"k: v\nx: ]\n", "0!2:4"},
                {"x: [a}\n", "0!1:6"},
                {"k: v\nx: \"a\n", "0!2:4"},
                {"k: v\nx: 'a\ny: 1\n", "0!2:4"},
                {"x: \"a\\q\"\n", "0!1:6"},
                {"x: \"\\u12\"\n", "0!1:5"},
                {"x: \"a\" b\n", "0!1:8"},
                {"x: @a\n", "0!1:4"},
                {"x: `a`\n", "0!1:4"},
                {"k: v\nx: y: z\n", "0!2:5"},
                {"x: - a\n", "0!1:4"},
                {"x:\n- a\nb\n", "0!3:1"},
                {"x:\n    a: 1\n  b: 2\n", "0!3:3"},
                {"a: 1\n  b: 2\n", "0!2:3"},
                {"a: 1\n- a\n", "0!2:1"},
                {"a: 1\nb\nc: 2\n", "0!2:1"},
                {"- a\nb: 1\n", "0!2:1"},
                {"- a: 1\n   b: 2\n", "0!2:4"},
                {"x: [a,,b]\n", "0!1:7"},
                {"x: {a: 1 b: 2}\n", "0!1:11"},
                {"a\n b: 1\n", "0!2:2"},
                {"'a\n b': 1\n", "0!1:1"},
                {"--- a: 1\n", "0!1:6"},
                {"a: 1\n... x\n", "0!2:5"},
                {"a: {{ .x }}\n", "0!1:5"},
                {"a: 1\n{{- if x }}\nb: 2\n", "0!2:1"},
                {"a: 1\n{% if x %}\n", "0!2:2"},
                {"x: & y\n", "0!1:4"},
                {"&a - 1\n", "0!1:4"},
                {"? d : \t? ", "0!1:7"}, /* libfyaml crashes */
                {"- ? a\n  : b: \t |\n", "0!2:8"},
        };

        for (size_t i = 0; i < COUNT_OF(cases); i++)
                reads_as(yaml_read, str_of(cases[i][0]), cases[i][1]);
}

static void words(void **state)
{
        complains(yaml_read, "a:\n\tb: 1\n", "a tab stands in the indentation here: YAML wants spaces");
        complains(yaml_read, "a: b: c\n", "put the value in quotes");
        complains(yaml_read, "a: 1\nx: [1,\n 2\n", "the `]` of the list in line 2 column 4");
        complains(yaml_read, "a: 1\nx: {b: 1\ny: 2\n", "the `}` of the map in line 2 column 4");
        complains(yaml_read, "a: \"b\n", "this quote is never closed");
        complains(yaml_read, "a: *b\n", "the alias `*b` stands for nothing");
        complains(yaml_read, "a: *.yaml\n",
                  "0!1:4 `*` begins an alias, and `.yaml` is no name for one: put text in quotes");
        complains(yaml_read, "a: &b/c d\n", "`&` begins an anchor, and `b/c` is no name for one");
        complains(yaml_read, "&a [*a]\n", "the alias `*a` stands inside of the value that it stands for");
        complains(yaml_read, "a: 1\n b: 2\n", "begin all keys of a map in the same column");
        complains(yaml_read, "a: 1\n  \tb: 1\n", "tab");
        complains(yaml_read, "a: .inf\n", "a number that JSON, and so Kubernetes, does not have");
        complains(yaml_read, "~: 1\n", "a key is null");
        complains(yaml_read, "a: caf\xE9\n", "the byte 0xE9 here is not UTF-8");
        complains(yaml_read, "a: \x7F\n", "the control character U+007F stands here");
        complains(yaml_read, "a: |x\n b\n", "behind `|` or `>` there may only be");
        complains(yaml_read, "%FOO\n", "begins with `%`");
}

static void places(void **state)
{
        stands_at(yaml_read, "a: 1\nb:  \"x\"\nc:\n  d: [1, 'y', {e: f}]\n",
                  "@0{a@3 b@9 c@18{d@21[@22 @25 @30{e@34}]}}");
        stands_at(yaml_read, "# c\n- a\n-\n- - b\n-  c: d\n", "@4[@6 @9 @12[@14] @19{c@22}]");
        stands_at(yaml_read, "a:\n- b\nc: |\n  x\nd: !!str >-\n  y\n", "@0{a@3[@5] c@10 d@25}");
        stands_at(yaml_read, "a: &x 1\nb: *x\nc: !!int '3'\n", "@0{a@6 b@11 c@23}");
        stands_at(yaml_read, "a:\nb: # c\n\"c\" :\n", "@0{a@2 b@5 c@15}");
        stands_at(yaml_read, "\xEF\xBB\xBFgrün: ü\n", "@3{grün@10}");
        stands_at(yaml_read, "a:\r\n  b: c\r\n", "@0{a@6{b@9}}");
        stands_at(yaml_read, "\"a\": 1\nb:\n- 'c': d\n", "@0{a@5 b@10[@12{c@17}]}");
        stands_at(yaml_read, "--- |\n x\n", "@4");
        stands_at(yaml_read, "[a: b, {c, d: }]", "@0[@1{a@4} @7{c@9 d@13}]");
        stands_at(yaml_read, "x: &x {a: 1}\nz:\n  <<: *x\n  b: 2\n", "@0{x@6{a@10} z@18{a@10 b@30}}");
}

static void spans(void **state)
{
        static const char text[] = "# c\na: 1\n---\n# d\nb: [\n--- # e\nc: 1\n...\n--- {d: 1}\n";
        struct arena arena CLEANUP(arena_free) = {0};
        struct document_stream stream;

        yaml_read(&arena, STR(text), &document_default_limits, &stream);
        assert_int_equal(stream.documents.count, 3);
        assert_text(str_sub(STR(text), stream.documents.items[0].begin, stream.documents.items[0].end), "# c\na: 1\n");
        assert_text(str_sub(STR(text), stream.documents.items[1].begin, stream.documents.items[1].end), "c: 1\n");
        assert_text(str_sub(STR(text), stream.documents.items[2].begin, stream.documents.items[2].end), " {d: 1}\n");
        assert_int_equal(stream.documents.items[2].index, 3);
}

static void one_document(void **state)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct document document;
        struct err err = {0};

        assert_true(yaml_read_one(&arena, STR("---\na: 1\n---\n"), &document, &err));
        assert_int_equal(document.at, 4);
        assert_false(yaml_read_one(&arena, STR("# c"), &document, &err));
        assert_string_equal(err.text, "there is no document: nothing stands here, or only comments");
        err = (struct err){0};
        assert_false(yaml_read_one(&arena, STR("a: 1\n---\nb: 1\n"), &document, &err));
        assert_int_equal(err.line, 3);
        assert_int_equal(err.column, 1);
        err = (struct err){0};
        assert_false(yaml_read_one(&arena, STR("ü: ü: 1\n"), &document, &err));
        assert_int_equal(err.line, 1);
        assert_int_equal(err.column, 5);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(scalars),
                cmocka_unit_test(kinds_of_numbers),
                cmocka_unit_test(strings_know_their_quotes),
                cmocka_unit_test(quotes),
                cmocka_unit_test(plain_text),
                cmocka_unit_test(blocks),
                cmocka_unit_test(maps_and_lists),
                cmocka_unit_test(keys),
                cmocka_unit_test(same_key_twice),
                cmocka_unit_test(same_key_twice_among_many),
                cmocka_unit_test(no_more_than_ten_problems_of_one_document),
                cmocka_unit_test(merge_keys),
                cmocka_unit_test(anchors),
                cmocka_unit_test(tags),
                cmocka_unit_test(streams),
                cmocka_unit_test(recovery),
                cmocka_unit_test(percent_lines),
                cmocka_unit_test(syntax),
                cmocka_unit_test(words),
                cmocka_unit_test(places),
                cmocka_unit_test(spans),
                cmocka_unit_test(one_document),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
