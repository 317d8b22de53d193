/* What a Dockerfile says, and where text is none. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "doc/pointer.h"
#include "doc/print.h"
#include "doc/source.h"
#include "image/dockerfile/dockerfile.h"
#include "repeat.h"

static const struct node *find(const struct dockerfile *file, const char *pointer)
{
        const struct node *nearest;

        return pointer_find(&file->root, str_of(pointer), &nearest);
}

struct wanted {
        const char *text, *pointer, *value;
        uint32_t line, column; /* 0: wherever it stands */
};

static void try_wanted(const struct wanted *wanted)
{
        struct arena arena CLEANUP(arena_free) = {0};
        CLEANUP(buf_free) struct buf got = {0};
        struct dockerfile file;
        const struct node *node;
        struct place place;

        dockerfile_read(&arena, STR("Dockerfile"), str_of(wanted->text), &file);
        if (file.problems.count)
                fail_msg("%s: %.*s", wanted->text, STR_ARG(file.problems.items[0].message));
        node = find(&file, wanted->pointer);
        if (!node)
                fail_msg("%s: there is no %s", wanted->text, wanted->pointer);
        json_print(&got, &node->value, 0);
        if (!str_equal(buf_text(&got), str_of(wanted->value)))
                fail_msg("%s: %s is\n%.*s\nand not\n%s", wanted->text, wanted->pointer, STR_ARG(buf_text(&got)),
                         wanted->value);
        place = place_in(str_of(wanted->text), node->at);
        if (wanted->line && (place.line != wanted->line || place.column != wanted->column))
                fail_msg("%s: %s stands at %u:%u", wanted->text, wanted->pointer, place.line, place.column);
}

static void test_lines(void **state)
{
        static const struct wanted cases[] = {
                {"FROM a", "/stages/0/base", "\"a\"", 1, 6},
                {"\xef\xbb\xbf  from a\r\nrun b\r\n", "/instructions/1/args", "[\"b\"]", 2, 5},
                {"FROM a\nRUN b \\\n  c \\  \n# no\n\n  \n  d", "/instructions/1/args", "[\"b   c   d\"]", 2, 5},
                {"FROM a\nRUN b \\\n\n c", "/instructions/1/emptyLine", "true", 2, 1},
                {"FROM a\nRUN b \\\n# \\\n c\nRUN d", "/instructions/2/line", "5", 5, 1},
                {"FROM a\nRUN \\\n  b && \\\n  ccc x", "/commands/1/words/1", "\"x\"", 4, 7},
                {"FROM a\nRUN b \\\\\nRUN c", "/instructions/2/args/0", "\"c\"", 3, 5},
                {"# escape=`\nFROM a\nSHELL [\"sh\"]\nRUN b `\n c\\\nRUN d", "/instructions/3/args/0", "\"d\"", 6, 5},
                {"# syntax = docker/dockerfile:1 \n# check=skip=all\n# x=y\n# escape=`\nFROM a", "/directives",
                 "{\"syntax\":\"docker/dockerfile:1\",\"check\":\"skip=all\",\"escape\":\"`\"}", 0, 0},
                {"\n# escape=`\nFROM a", "/directives/escape", "\"\\\\\"", 0, 0},
                {"FROM a\nRUN b \\", "/instructions/1/args/0", "\"b\"", 2, 5},
                {"FROM a\nRUN é \\\n ü ß", "/commands/0/words/2", "\"ß\"", 3, 4},
        };

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++)
                try_wanted(&cases[i]);
}

static void test_heredocs(void **state)
{
        static const struct wanted cases[] = {
                {"FROM a\nRUN <<E\nb\n  c d\nE\nRUN e", "/commands/1/words/1", "\"d\"", 4, 5},
                {"FROM a\nRUN <<E\nb\nE\nRUN e", "/instructions/2/line", "5", 5, 1},
                {"FROM a\nRUN <<-\"E\"\n\t\tb\n\tE\nUSER x", "/instructions/1/heredocs",
                 "[{\"name\":\"E\",\"body\":\"b\\n\",\"expand\":false}]", 2, 5},
                {"FROM a\nRUN <<-E\n\t\tb\n\tE\nUSER x", "/commands/0/name", "\"b\"", 3, 3},
                {"FROM a\nCOPY <<A <<'B' /x/\n1\nA\n2\nB\n", "/instructions/1/heredocs/1/body", "\"2\\n\"", 5, 1},
                {"FROM a\nCOPY <<A /x\nA", "/instructions/1/heredocs/0/body", "\"\"", 0, 0},
                {"FROM a\nRUN bash -e <<E | tee x\nb\nE", "/commands/2/name", "\"b\"", 3, 1},
                {"FROM a\nRUN python3 <<E\nb\nE", "/commands", NULL, 0, 0},
                {"FROM a\nRUN <<E\n#!/usr/bin/env python3\nb\nE\nUSER x", "/instructions/2/name", "\"USER\"", 6, 1},
                {"FROM a\nRUN echo \"<<E\" b<<<c", "/commands/0/words", "[\"echo\",\"<<E\",\"b\"]", 2, 5},
                {"FROM a\nRUN [\"echo\", \"<<E\"]", "/commands/0/words", "[\"echo\",\"<<E\"]", 2, 7},
                {"FROM a\nONBUILD RUN <<E\nb\nE\nUSER x", "/commands/0/onbuild", "true", 3, 1},
                {"FROM a\nRUN --mount=type=cache,target=/c <<E\nb\nE", "/commands/0/name", "\"b\"", 3, 1},
                {"FROM a\nRUN <<E bash\nb\nE", "/commands/1/name", "\"b\"", 3, 1},
        };

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++)
                if (cases[i].value)
                        try_wanted(&cases[i]);
}

static void test_arguments(void **state)
{
        static const struct wanted cases[] = {
                {"FROM a\nCOPY --from=b --chown=1:2 \"c\" d e/", "/instructions/1/flags",
                 "{\"from\":\"b\",\"chown\":\"1:2\"}", 2, 1},
                {"FROM a\nCOPY --link \"c\" d e/", "/instructions/1/sources", "[\"c\",\"d\"]", 2, 13},
                {"FROM a\nCOPY [\"a b\", \"\\u0063\", \"/e\"]", "/instructions/1/sources/1", "\"c\"", 2, 15},
                {"FROM a\nCOPY [\"a b\", \"c\", \\\n  \"/e\"]", "/instructions/1/destination", "\"/e\"", 3, 4},
                {"FROM a\nRUN --mount=type=secret,id=x --mount=target=/y --network=none b", "/instructions/1/mounts",
                 "[{\"type\":\"secret\",\"id\":\"x\"},{\"target\":\"/y\",\"type\":\"bind\"}]", 2, 5},
                {"FROM a\nENV A=1 B=\"2 3\" C='4' D=5\\ 6", "/instructions/1/pairs",
                 "[{\"name\":\"A\",\"value\":\"1\"},{\"name\":\"B\",\"value\":\"2 3\"},{\"name\":\"C\",\"value\":\"4\"},{"
                 "\"name\":\"D\",\"value\":\"5 6\"}]",
                 2, 5},
                {"FROM a\nENV A b c", "/instructions/1/pairs", "[{\"name\":\"A\",\"value\":\"b c\"}]", 2, 5},
                {"FROM a\nENV A=1 \\\n B=2", "/instructions/1/pairs/1/value", "\"2\"", 3, 4},
                {"FROM a\nARG A B=2", "/instructions/1/pairs", "[{\"name\":\"A\"},{\"name\":\"B\",\"value\":\"2\"}]", 2,
                 5},
                {"FROM a\nEXPOSE 80 90-92/udp 127.0.0.1:1:2/tcp $X", "/instructions/1/ports",
                 "[{\"first\":80,\"last\":80,\"protocol\":\"tcp\"},{\"first\":90,\"last\":92,\"protocol\":\"udp\"},{\"first\":2,"
                 "\"last\":2,\"protocol\":\"tcp\"}]",
                 0, 0},
                {"FROM a\nHEALTHCHECK --interval=5s CMD curl -f x || exit 1", "/instructions/1/commands/1/name",
                 "\"exit\"", 2, 44},
                {"FROM a\nHEALTHCHECK CMD [\"c\", \"d\"]", "/instructions/1/args", "[\"c\",\"d\"]", 2, 19},
                {"FROM a\nHEALTHCHECK none", "/instructions/1/check", "\"none\"", 2, 13},
                {"FROM a\nONBUILD COPY b c", "/instructions/1", NULL, 0, 0},
                {"FROM a\nCMD []", "/instructions/1/json", "true", 0, 0},
                {"FROM a\nCMD [\"b\", c]", "/instructions/1/json", "false", 0, 0},
                {"FROM a\nSHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nRUN b", "/instructions/2/shell",
                 "[\"/bin/bash\",\"-o\",\"pipefail\",\"-c\"]", 0, 0},
                {"FROM a\nRUN [\"sh\", \"-c\", \"b \\\"c\\\" && d\"]", "/commands/2/name", "\"d\"", 2, 30},
                {"FROM a\nVOLUME [\"/b\"]\nVOLUME /c /d", "/instructions/2/args", "[\"/c\",\"/d\"]", 3, 8},
                {"FROM a\nRUN echo 'b", "/instructions/1/unread", "\"the quote ' does not end\"", 2, 10},
                {"FROM a\nMAINTAINER b <c>", "/instructions/1/args", "[\"b <c>\"]", 2, 12},
        };

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++)
                if (cases[i].value)
                        try_wanted(&cases[i]);
}

static void test_stages(void **state)
{
        static const struct wanted cases[] = {
                {"FROM --platform=linux/arm64 r.io:5/a/b:c@sha256:d AS E", "/stages/0/tag", "\"c\"", 1, 29},
                {"FROM --platform=linux/arm64 r.io:5/a/b:c@sha256:d AS E", "/stages/0/name", "\"E\"", 1, 54},
                {"FROM --platform=linux/arm64 r.io:5/a/b:c@sha256:d AS E", "/stages/0/base", "\"r.io:5/a/b\"", 1, 29},
                {"FROM --platform=linux/arm64 r.io:5/a/b:c@sha256:d AS E", "/stages/0/registry", "\"r.io:5\"", 1, 29},
                {"FROM --platform=linux/arm64 r.io:5/a/b:c@sha256:d AS E", "/stages/0/platform", "\"linux/arm64\"", 1,
                 6},
                {"FROM r:5/a", "/stages/0/tag", "\"\"", 1, 6},
                {"FROM a/b", "/stages/0/registry", "\"docker.io\"", 1, 6},
                {"ARG V=1\nARG I=a:${V}\nFROM $I", "/stages/0/tag", "\"1\"", 3, 6},
                {"ARG V\nFROM a:${V}", "/stages/0/tag", "\"${V}\"", 2, 6},
                {"FROM a:${V:-2}", "/stages/0/tag", "\"2\"", 1, 6},
                {"ARG V=\nFROM a:${V:+3}${V:-4}${V-5}", "/stages/0/tag", "\"4\"", 2, 6},
                {"FROM a AS b\nFROM B\nCOPY --from=b c d\nCOPY --from=0 c d\nCOPY --from=x c d", "/stages/1/stage", "0",
                 2, 6},
                {"FROM a AS b\nFROM B\nCOPY --from=b c d", "/instructions/2/fromStage", "0", 3, 6},
                {"FROM a AS b\nFROM c\nCOPY --from=x c d", "/instructions/2/fromStage", "-1", 3, 6},
                {"FROM a AS b\nUSER x\nFROM b", "/stages/1/user", "\"x\"", 2, 6},
                {"FROM a\nENV U=x\nARG G=y\nUSER $U:${G}", "/stages/0/user", "\"x:y\"", 4, 6},
                {"ARG G=y\nFROM a\nARG G\nUSER $G", "/stages/0/user", "\"y\"", 4, 6},
                {"ARG G=y\nFROM a\nUSER $G", "/stages/0/user", "\"${G}\"", 3, 6},
                {"FROM a\nENV A=1\nENV A=2 B=$A\nUSER $B", "/stages/0/user", "\"1\"", 4, 6},
                {"FROM a\nUSER ${X:-${Y:-z}}", "/stages/0/user", "\"z\"", 2, 6},
                {"FROM a\nUSER ${X%%y}", "/stages/0/user", "\"${X}\"", 2, 6},
                {"FROM scratch", "/stages/0/scratch", "true", 1, 6},
                {"FROM a\nFROM b", "/stages/0/last", "false", 1, 1},
                {"FROM a AS b\nFROM c AS d\nFROM b", "/stages/0/shipped", "true", 1, 1},
                {"FROM a AS b\nFROM c AS d\nFROM b", "/stages/1/shipped", "false", 2, 1},
                {"FROM a AS b\nFROM b AS c\nFROM scratch\nCOPY --from=c / /", "/stages/0/shipped", "true", 1, 1},
                {"FROM a AS b\nFROM scratch\nCOPY --from=b /x /", "/stages/0/shipped", "false", 1, 1},
                {"FROM golang:1.26-nanoserver-ltsc2025", "/stages/0/windows", "true", 1, 6},
                {"FROM a/dotnet/Framework/runtime:4.8", "/stages/0/windows", "true", 1, 6},
                {"FROM golang:1.26", "/stages/0/windows", "false", 1, 6},
                {"ARG N=c\nFROM a AS $N\nFROM c AS linux/arm", "/stages/1/stage", "0", 3, 6},
        };

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++)
                try_wanted(&cases[i]);
}

static void test_wrong(void **state)
{
        static const struct {
                const char *text;
                uint32_t line, column;
                enum dockerfile_problem_kind kind;
        } cases[] = {
                {"", 1, 1, DOCKERFILE_WRONG},
                {"# nothing\n", 1, 1, DOCKERFILE_WRONG},
                {"ARG A", 1, 1, DOCKERFILE_WRONG},
                {"RUN a\nFROM b", 1, 1, DOCKERFILE_WRONG},
                {"FROM", 1, 1, DOCKERFILE_WRONG},
                {"FROM a b", 1, 8, DOCKERFILE_WRONG},
                {"FROM a\n  RUM b", 2, 3, DOCKERFILE_WRONG},
                {"FROM a\nRUN b\nc && d", 3, 1, DOCKERFILE_WRONG},
                {"FROM a\nCOPY b", 2, 1, DOCKERFILE_WRONG},
                {"FROM a\nCOPY [\"b\", 1]", 2, 6, DOCKERFILE_WRONG},
                {"FROM a\nSHELL b", 2, 1, DOCKERFILE_WRONG},
                {"FROM a\nENV b", 2, 5, DOCKERFILE_WRONG},
                {"FROM a\nENV b=c d", 2, 9, DOCKERFILE_WRONG},
                {"FROM a\nENV =c", 2, 5, DOCKERFILE_WRONG},
                {"FROM a\nLABEL", 2, 1, DOCKERFILE_WRONG},
                {"FROM a\nEXPOSE b", 2, 8, DOCKERFILE_WRONG},
                {"FROM a\nEXPOSE 80 81-", 2, 11, DOCKERFILE_WRONG},
                {"FROM a\nUSER", 2, 1, DOCKERFILE_WRONG},
                {"FROM a\nRUN", 2, 1, DOCKERFILE_WRONG},
                {"FROM a\nHEALTHCHECK b", 2, 13, DOCKERFILE_WRONG},
                {"FROM a\nHEALTHCHECK CMD", 2, 13, DOCKERFILE_WRONG},
                {"FROM a\nHEALTHCHECK NONE b", 2, 13, DOCKERFILE_WRONG},
                {"FROM a\nONBUILD ONBUILD RUN b", 2, 9, DOCKERFILE_WRONG},
                {"FROM a\nONBUILD FROM b", 2, 9, DOCKERFILE_WRONG},
                {"FROM a\nONBUILD MAINTAINER b", 2, 9, DOCKERFILE_WRONG},
                {"FROM a\nRUN <<E\nb", 2, 5, DOCKERFILE_WRONG},
                {"# escape=x\nFROM a", 1, 10, DOCKERFILE_WRONG},
                {"# escape=`\n# escape=`\nFROM a", 2, 3, DOCKERFILE_WRONG},
                {"FROM a\n{% if b %}\nRUN c", 2, 1, DOCKERFILE_TEMPLATE},
                {"FROM a b\nRUM c\n{{ if b }}\n{{ d }}\nRUN e", 3, 1, DOCKERFILE_TEMPLATE},
                {"FROM a\nRUN b \\\nc\nd\ne\nRUN f", 4, 1, DOCKERFILE_WRONG},
        };

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct arena arena CLEANUP(arena_free) = {0};
                struct dockerfile file;
                struct place place;

                dockerfile_read(&arena, STR("Dockerfile"), str_of(cases[i].text), &file);
                if (file.problems.count != 1)
                        fail_msg("%s: %zu problems", cases[i].text, file.problems.count);
                place = place_in(str_of(cases[i].text), file.problems.items[0].at);
                if (place.line != cases[i].line || place.column != cases[i].column
                    || file.problems.items[0].kind != cases[i].kind)
                        fail_msg("%s: %u:%u: %.*s", cases[i].text, place.line, place.column,
                                 STR_ARG(file.problems.items[0].message));
        }
}

/* What is wrong is left out; what stands around it is there. */
static void test_around_wrong(void **state)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct dockerfile file;

        (void)state;
        dockerfile_read(&arena, STR("Dockerfile"), STR("FROM a\nRUM b\nCOPY c\nRUN d\nUSER e"), &file);
        assert_int_equal(file.problems.count, 2);
        assert_int_equal(file.instruction_count, 3);
        assert_true(value_is_text(&find(&file, "/instructions/1/name")->value, "RUN"));
        assert_true(value_is_text(&find(&file, "/stages/0/user")->value, "e"));
}

static void test_pragmas(void **state)
{
        struct str text = STR("# hadolint global ignore=DL1\n"
                              "FROM a\n"
                              "# hadolint ignore=DL2,DL3\n"
                              "# strake.dev/except.dockerfile-sudo: it must; owner: me\n"
                              "RUN b \\\n"
                              "  c\n"
                              "# hadolint ignore=DL4\n"
                              "\n"
                              "RUN d\n");
        struct arena arena CLEANUP(arena_free) = {0};
        CLEANUP(buf_free) struct buf got = {0};
        struct dockerfile file;

        (void)state;
        dockerfile_read(&arena, STR("Dockerfile"), text, &file);
        for (size_t i = 0; i < file.pragmas.count; i++) {
                const struct dockerfile_pragma *pragma = &file.pragmas.items[i];

                buf_add_format(&got, "%u-%u %.*s %.*s\n", place_in(text, pragma->begin).line,
                               place_in(text, pragma->end).line, STR_ARG(pragma->key), STR_ARG(pragma->reason));
        }
        if (!str_is(buf_text(&got),
                    "5-7 DL2 \n5-7 DL3 \n5-7 strake.dev/except.dockerfile-sudo it must; owner: me\n1-10 DL1 \n"))
                fail_msg("%.*s", STR_ARG(buf_text(&got)));
}

static void test_names(void **state)
{
        static const char *const good[] = {"Dockerfile",      "a/dockerfile",   "Containerfile",   "Dockerfile.prod",
                                           "Dockerfile-ubi8", "web.Dockerfile", "x.containerfile", "Dockerfile.2.1"};
        static const char *const bad[] = {"Dockerfile.md",
                                          "dockerfile.go",
                                          "dockerfile.ex",
                                          "Dockerfile.eex",
                                          "Dockerfile.tt",
                                          "Dockerfile.j2",
                                          "Dockerfile-linux.template",
                                          "Dockerfiles",
                                          "a",
                                          "dockerfile/a",
                                          "Dockerfile.dockerignore",
                                          ".dockerignore",
                                          ""};

        (void)state;
        for (size_t i = 0; i < COUNT_OF(good); i++)
                assert_true(dockerfile_is_name(str_of(good[i])));
        for (size_t i = 0; i < COUNT_OF(bad); i++)
                assert_false(dockerfile_is_name(str_of(bad[i])));
}

/* Input beyond a limit is told, and takes time in proportion to its length. */
static void test_limits(void **state)
{
        static const struct {
                const char *begin, *part;
                size_t times;
                bool is_told;
        } cases[] = {
                {"FROM a\n", "RUN b\n", 21000, true},
                {"", "FROM a\n", 1001, true},
                {"FROM a\nRUN ", "b \\\n", 600000, true},
                {"FROM a\nCOPY ", "b ", 10001, true},
                {"FROM a\nCOPY ", "<<E ", 101, true},
                {"FROM a\nRUN ", "b;", 5000, false},
                {"FROM a\nENV A=0123456789\n", "ENV A=$A$A\n", 2000, true},
                {"FROM a\nUSER ", "${X:-", 20000, false},
                {"FROM a\nLABEL ", "a=\"b\" ", 10001, true},
                {"FROM a\nRUN ", "# \\\n", 50000, false},
                {"FROM a\n", "RUN <<E\nb\nE\n", 15000, false},
                {"FROM a\n", "# c\n", 200000, false},
                {"", "X\n", 100000, true},
                {"FROM a\nCMD ", "[", 50000, false},
        };

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct arena arena CLEANUP(arena_free) = {0};
                struct dockerfile file;

                dockerfile_read(&arena, STR("Dockerfile"),
                                            repeat(&arena, cases[i].begin, cases[i].part, cases[i].times, ""), &file);
                if (cases[i].is_told != (file.problems.count > 0))
                        fail_msg("%s%s…: %zu problems", cases[i].begin, cases[i].part, file.problems.count);
                assert_true(file.problems.count <= DOCKERFILE_PROBLEMS);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_lines),   cmocka_unit_test(test_heredocs), cmocka_unit_test(test_arguments),
                cmocka_unit_test(test_stages),  cmocka_unit_test(test_wrong),    cmocka_unit_test(test_around_wrong),
                cmocka_unit_test(test_pragmas), cmocka_unit_test(test_names),    cmocka_unit_test(test_limits),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
