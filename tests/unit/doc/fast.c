/* Tests of doc/fast*.c: which documents the fast reader takes, and that it makes of them what the other one makes. */

#include <stdlib.h>

#include "../../two_readers.h"
#include "tests.h"

/* The text at the very end of its memory, so that the sanitizer sees who looks behind it. */
static struct str at_the_end(struct str text)
{
        char *exact = malloc(text.len ? text.len : 1);

        memcpy(exact, text.data, text.len);
        return (struct str){exact, text.len};
}

static void readers_agree(struct str text, const struct document_limits *limits)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct str exact = at_the_end(text);
        const char *what = readers_differ(&arena, exact, limits);

        if (what)
                print_error("%s differs: %.*s\n", what, STR_ARG(text));
        assert_null(what);
        free((char *)exact.data);
}

/* Reads the text, and all that it begins with, and what is left when bytes of it are missing. */
static void try_all_parts(struct str text)
{
        char less[512];

        assert_true(text.len <= sizeof(less));
        for (size_t end = 0; end <= text.len; end++)
                readers_agree(str_sub(text, 0, end), &document_default_limits);
        for (size_t gone = 0; gone < text.len; gone++) {
                memcpy(less, text.data, gone);
                memcpy(less + gone, text.data + gone + 1, text.len - gone - 1);
                readers_agree((struct str){less, text.len - 1}, &document_default_limits);
        }
}

static size_t taken(struct str text, const struct document_limits *limits)
{
        struct arena arena CLEANUP(arena_free) = {0};

        return fast_bytes(&arena, text, limits);
}

#define CASE(text) STR_INIT(text)

static const struct str fast_texts[] = {
        CASE(""),
        CASE("# only a comment"),
        CASE("a: b"),
        CASE("a: b # c\n"),
        CASE("a:   b   # c\nd:    #e\n  f: g"),
        CASE("  a: b\n  c: d\n"),
        CASE("a:\nb: \nc: # d\n"),
        CASE("a : b\nc  :\n  d : e\n'f' : g\n\"h\"  :\n"),
        CASE("a: b#c\nd: e:f\ng: h::i\nj: :k\nl: ::1\nm: -n\no: --p\nq: a,b[c]{d}\n"),
        CASE("a b c: d e f\n-x: -y\n--z: 1\n\xC3\xBC/a.b_c: \xE2\x82\xAC\n"),
        CASE("1: a\ntrue: b\n0x10: c\n1.5: d\nnot: e\n"),
        CASE("a: 1\nb: -1\nc: +1\nd: 017\ne: 0x1F\nf: 1_0\ng: 1e3\nh: .5\ni: 250m\nj: 5.30.7\nk: "
             "123456789012345678901\n"),
        CASE("a: true\nb: false\nc: yes\nd: no\ne: on\nf: null\ng: ~\nh: Null\ni: trues\nj: 1:20\nk: 12e\nl: 1.0\n"),
        CASE("a: ''\nb: \"\"\nc: 'it''s'\nd: \"\\x41\\u00e9\\U0001F600\\t\\n\\\"\\\\\\/\"\ne: \"\\ud83d\\ude00\"\nf: "
             "\" # \"\n"),
        CASE("a: \"b\n  c\n\n  d\\\n  e\"\nf: 'g\n\n  h''i'\nj:\n  'k\n  l'\n"),
        CASE("a:\n  \"b\n  c\n d\n e\"\nf: \"\n\n\"\ng: '# h\n# i'\n"),
        CASE("a: b\n  c\n\n  d\ne:\n  f\n  g\nh: i\n   \"j\"\n   [k\n   &l\n   -m\n"),
        CASE("a: |\n  b\n   c\n\n  d\ne: |-\n  f\n\n\ng: |+\n  h\n\n\ni: j\n"),
        CASE("a: >\n  b\n  c\n\n  d\n   e\n  f\ng: >-\n  h\ni: >+\n  j\n\n"),
        CASE("a: |2\n    b\n  c\nd: |1-\n  e\nf: >+2\n  g\n\nh: | # i\n  j\n"),
        CASE("- |\n a\n- b: |\n    c\n  d: >\n   e\n- - |2\n     f\n"),
        CASE("a: |\n\n\n  b\n  \n \n  c\n      \n  d\n     \n# e\n  # f\ng: h\n"),
        CASE("a: |\n  b\n  \tc\n  d \n"),
        CASE("a: |\n  --- b\n  # c\n  ...\n"),
        CASE("a:\n- b\n- c\nd:\n  - e\n  -   f: g\n      h: i\n  -\n    j: k\n  -\n  - - l\n    - m\n  - 'n': o\n"),
        CASE("- a\n\n# b\n- c\n   # d\n- e: f\n# g\n  h: i\n-\n- # j\n  - k\n"),
        CASE("- - - - a\n- - b: c\n    d:\n    - e\n"),
        CASE("a: {}\nb: []\nc: {d: e, f: g}\nh: [1, \"2\", '3', true, null, -4, --i]\nj: {k: [l, {m: n}], o: {p: "
             "[]}}\n"),
        CASE("a: {b: c, d, e : f, g: }\nh: [i,]\nj: {k: l,}\nm: {n , o}\n"),
        CASE("{\"a\":1,\"b\" :[true,null],\"c\":{\"d\":\"e:f\"}\n}"),
        CASE("a: [\n  b, # c\n  d\n  , e\n]\nf: {\n  g: h,\n  # i\n\n  j:\n    k\n}\n"),
        CASE("[\n\t{\n\t\t\"a\":\t[\t1 ]\n\t}\n]\n"),
        CASE("a: [b:c, d#e, f g, http://h]\ni: {j: k:l, m: n#o}\n"),
        CASE("---\na: 1\n---\n---\n# b\n---\nc: 2\n...\n---\n- d\n...\n...\n# e\n"),
        CASE("--- # a\nb: c\n---   \nd: e\n--- \n"),
        CASE("# a\n---\nb: c\n"),
        CASE("\xEF\xBB\xBF"
             "a: |\n b\nc: d\n"),
        CASE("a: 1\r\nb:\r\n- c\r\n- |\r\n  d\r\n\r\n  e\r\nf: 'g\r\n  h'\r\ni: [1,\r\n 2]\r\nj: >\r\n  k\r\n  "
             "l\r\n---\r\nm: n # o\r\n"),
};

/* What is read, but by the other reader; or what is no YAML. */
static const struct str slow_texts[] = {
        CASE("a"),
        CASE("'a'"),
        CASE("--- |\n a\n"),
        CASE("--- {a: b}\n"),
        CASE("---\n|\n a\n"),
        CASE("a: &b c\nd: *b\n"),
        CASE("a: &b\n  c: d\ne:\n  <<: *b\n"),
        CASE("a: !!str 1\n"),
        CASE("a: !b c\n"),
        CASE("? a\n: b\n"),
        CASE("a: ? b\n"),
        CASE("a: ?b\n"),
        CASE("<<: {a: b}\n"),
        CASE("a: {<<: {b: c}}\n"),
        CASE("a: 1\na: 2\n"),
        CASE("a: {b: 1, b: 2}\n"),
        CASE("a:\t1\n"),
        CASE("a: 1\t# b\n"),
        CASE("a: b\tc\n"),
        CASE("\ta: 1\n"),
        CASE("a:\n\tb: 1\n"),
        CASE("a: |\n\tb\n"),
        CASE("a: |\n  b\n\tc\n"),
        CASE("a: 'b\n\tc'\n"),
        CASE("a: b: c\n"),
        CASE("a: b:\n"),
        CASE("a: b\n  c: d\n"),
        CASE("a: b\n  - c\n"),
        CASE("a: b\n  # c\n  d\n"),
        CASE("a: b # c\n  d\n"),
        CASE("a: 1\n b: 2\n"),
        CASE("a:\n    b: 1\n  c: 2\n"),
        CASE("- a\nb: c\n"),
        CASE("a: b\n- c\n"),
        CASE("a: - b\n"),
        CASE("-\ta\n"),
        CASE("a: |\nb: c\n"),
        CASE("a: |x\n  b\n"),
        CASE("a: |0\n  b\n"),
        CASE("a: |#b\n  c\n"),
        CASE("a: |\n    \n  b\n"),
        CASE("a: |3\n  b\n"),
        CASE("a:\n  |\n  b\n"),
        CASE("- a: |\n  b: c\n"),
        CASE("a: \"b\\q\"\n"),
        CASE("a: \"\\ud83d\"\n"),
        CASE("a: \"\\ud83d\\u0041\"\n"),
        CASE("a: \"\\U00110000\"\n"),
        CASE("a: \"\\x4\"\n"),
        CASE("a: \"b\" c\n"),
        CASE("a: \"b\"#c\n"),
        CASE("a: 'b\n"),
        CASE("a: 'b\n---\nc'\n"),
        CASE("'a\n b': c\n"),
        CASE("a: [b: c]\n"),
        CASE("a: [b\n c]\n"),
        CASE("a: [b, , c]\n"),
        CASE("a: [b c\n"),
        CASE("a: [b}\n"),
        CASE("a: [-]\n"),
        CASE("a: [b]c\n"),
        CASE("a: [b,#c\n d]\n"),
        CASE("a: [b,\n%c\n]\n"),
        CASE("a: [b,\n--- \nc]\n"),
        CASE("{a: b}: c\n"),
        CASE("[a]: b\n"),
        CASE("a: {{ b }}\n"),
        CASE("%YAML 1.1\n---\na: b\n"),
        CASE("%a: b\n"),
        CASE("a: 1\n%b: 2\n"),
        CASE("a: @b\n"),
        CASE("a: `b`\n"),
        CASE("a: ,b\n"),
        CASE("a: .inf\n"),
        CASE("~: a\n"),
        CASE("null: a\n"),
        CASE("a: 1\n...\nb: 2\n"),
        CASE("...\na: 1\n"),
        CASE("a: b\rc: d\n"),
        CASE("a: 1\r"),
        CASE("a: b\xC2\x85"
             "c: d\n"),
        CASE("# a\xE2\x80\xA8"
             "b: c\n"),
        CASE("#\xC2\x85>"),
        CASE("a: \"b\xE2\x80\xA9"
             "c\"\n"),
        CASE("a: \xEF\xBB\xBF"
             "b\n"),
};

static void what_is_common_is_taken(void **state)
{
        for (size_t i = 0; i < COUNT_OF(fast_texts); i++) {
                if (taken(fast_texts[i], &document_default_limits) < fast_texts[i].len)
                        print_error("not fast: %.*s\n", STR_ARG(fast_texts[i]));
                assert_int_equal(taken(fast_texts[i], &document_default_limits), fast_texts[i].len);
                try_all_parts(fast_texts[i]);
        }
}

static void what_is_not_known_is_left(void **state)
{
        for (size_t i = 0; i < COUNT_OF(slow_texts); i++) {
                if (taken(slow_texts[i], &document_default_limits))
                        print_error("fast: %.*s\n", STR_ARG(slow_texts[i]));
                assert_int_equal(taken(slow_texts[i], &document_default_limits), 0);
                try_all_parts(slow_texts[i]);
        }
}

/* Each document goes to one of the two, and what stands behind it starts anew. */
static void streams_of_both(void **state)
{
        struct buf text CLEANUP(buf_free) = {0};

        for (size_t i = 0; i < COUNT_OF(fast_texts) + COUNT_OF(slow_texts); i++) {
                buf_add_literal(&text, "\n---\n");
                buf_add(&text,
                        i % 2 ? fast_texts[i / 2 % COUNT_OF(fast_texts)] : slow_texts[i * 7 % COUNT_OF(slow_texts)]);
                readers_agree(buf_text(&text), &document_default_limits);
        }
}

/* Every part of the limits, below and above what a text needs. */
static void limits_hold(void **state)
{
        static const struct str text =
                STR_INIT("a: {b: [1, 'it''s long', {c: d}]}\nlong key: |\n  e\n  f\n\"g\": h\n  i\n");

        for (uint32_t most = 0; most < 40; most++) {
                struct document_limits limits = {
                        .depth = most % 8, .nodes = 100, .line_bytes = 100, .scalar_bytes = 100, .text_bytes = 1000};

                readers_agree(text, &limits);
                limits.depth = 8;
                limits.nodes = most;
                readers_agree(text, &limits);
                limits.nodes = 100;
                limits.scalar_bytes = most;
                readers_agree(text, &limits);
                limits.scalar_bytes = 100;
                limits.line_bytes = most;
                readers_agree(text, &limits);
        }
}

static void long_keys(void **state)
{
        for (size_t len = 990; len < 1040; len++) {
                struct buf text CLEANUP(buf_free) = {0};

                buf_add_repeat(&text, 'k', len);
                buf_add_literal(&text, ": v\nx: {");
                buf_add_repeat(&text, 'l', len);
                buf_add_literal(&text, ": v}\ny");
                buf_add_repeat(&text, ' ', len);
                buf_add_literal(&text, ": v\n'z'");
                buf_add_repeat(&text, ' ', len);
                buf_add_literal(&text, ": v\n");
                readers_agree(buf_text(&text), &document_default_limits);
        }
}

/* More members than are compared one by one, with and without one that stands twice. */
static void many_members(void **state)
{
        for (int twice = 0; twice < 2; twice++) {
                struct buf text CLEANUP(buf_free) = {0};

                for (int i = 0; i < 100; i++)
                        buf_add_format(&text, "member-%d: %d\n", i % (twice ? 99 : 100), i);
                assert_int_equal(taken(buf_text(&text), &document_default_limits), twice ? 0 : text.len);
                readers_agree(buf_text(&text), &document_default_limits);
        }
}

/* Each place of each kind of bytes, looked for without blocks. */
static size_t find_naively(struct str text, size_t at, enum fast_set set)
{
        for (; at < text.len; at++) {
                char byte = text.data[at], before = at ? text.data[at - 1] : '\n';
                bool stops = strchr("\n\r\t", byte) || (byte == ' ' && before == ':')
                             || (byte == '#' && strchr(" \t\n\r", before));
                bool is_in[] = {
                        [FAST_INK] = byte != ' ',
                        [FAST_LINE] = byte == '\n',
                        [FAST_STOP] = stops,
                        [FAST_FLOW] = stops || strchr(",[]{}", byte),
                        [FAST_QUOTE] = strchr("\"'\\", byte) != NULL,
                };

                if (is_in[set])
                        break;
        }
        return at;
}

static void blocks_are_right(struct str text, fast_blocks *make, size_t from)
{
        struct fast_scan scan = {.make = make};

        fast_scan_begin(&scan, text, from);
        for (size_t at = from; at <= text.len; at++) {
                scan.keep = at;
                for (unsigned set = 0; set < FAST_SETS; set++)
                        assert_int_equal(fast_next(&scan, at, set), find_naively(text, at, set));
        }
        buf_free(&scan.blocks);
}

static void all_processors_see_the_same(void **state)
{
        static const char letters[] = "abc: :#\n\r\t,[]{}\"'\\-  \x80\xFF{}[];|";
        fast_blocks *choices[FAST_CHOICES];
        size_t count = fast_blocks_choices(choices);
        uint64_t random = 1;

        assert_ptr_equal(choices[count - 1], fast_blocks_any);
        for (size_t len = 0; len < 9000; len = len * 9 / 8 + 1) {
                char *bytes = malloc(len + 1);

                for (size_t i = 0; i < len; i++) {
                        random = random * 6364136223846793005ULL + 1442695040888963407ULL;
                        bytes[i] = letters[(random >> 33) % (sizeof(letters) - 1)];
                }
                for (size_t i = 0; i < count; i++) {
                        struct str text = at_the_end((struct str){bytes, len});

                        blocks_are_right(text, choices[i], 0);
                        free((char *)text.data);
                }
                free(bytes);
        }
}

/* A line longer than all blocks that are made at once. */
static void long_lines(void **state)
{
        struct buf text CLEANUP(buf_free) = {0};

        for (size_t len = 3000; len < 300000; len *= 3) {
                text.len = 0;
                buf_add_literal(&text, "a: \"");
                buf_add_repeat(&text, 'x', len);
                buf_add_literal(&text, "\" # y\nb: |\n  ");
                buf_add_repeat(&text, 'z', len);
                buf_add_literal(&text, "\nc: [");
                buf_add_repeat(&text, ' ', len);
                buf_add_literal(&text, "]\n");
                assert_int_equal(taken(buf_text(&text), &document_default_limits), text.len);
                readers_agree(buf_text(&text), &document_default_limits);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_is_common_is_taken),
                cmocka_unit_test(what_is_not_known_is_left),
                cmocka_unit_test(streams_of_both),
                cmocka_unit_test(limits_hold),
                cmocka_unit_test(long_keys),
                cmocka_unit_test(many_members),
                cmocka_unit_test(all_processors_see_the_same),
                cmocka_unit_test(long_lines),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
