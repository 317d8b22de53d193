/* What a shell would run, told without running it. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "image/script/script.h"
#include "repeat.h"

static void add_commands(struct buf *out, const struct script *script)
{
        for (size_t i = 0; i < script->commands.count; i++) {
                const struct script_command *command = &script->commands.items[i];

                buf_add(out, out->len ? STR("\n") : STR(""));
                buf_add(out, command->after);
                for (size_t k = 0; k < command->assigns.count; k++)
                        buf_add_format(out, "{%.*s}", STR_ARG(command->assigns.items[k].text));
                for (size_t k = 0; k < command->words.count; k++)
                        buf_add_format(out, "[%.*s]", STR_ARG(command->words.items[k].text));
                for (size_t k = 0; k < command->redirects.count; k++)
                        buf_add_format(out, "%.*s(%.*s)", STR_ARG(command->redirects.items[k].sign),
                                       STR_ARG(command->redirects.items[k].target.text));
                for (size_t k = 0; k < command->fed.count; k++)
                        buf_add_format(out, " <%.*s", STR_ARG(command->fed.items[k]));
                buf_add(out, command->as_root ? STR(" root") : STR(""));
        }
}

static void read(struct arena *arena, struct str text, struct script *out)
{
        struct piece *piece = arena_new(arena, struct piece);
        struct pieced *script = arena_new(arena, struct pieced);

        *script = pieced_whole(text, 0, piece);
        *out = (struct script){0};
        script_read(arena, script, NULL, 0, out);
}

static void test_commands(void **state)
{
        static const struct {
                const char *text, *wanted;
        } cases[] = {
                {"", ""},
                {"a", "[a]"},
                {"a b  c\t'd e' \"f $g\" h\\ i", "[a][b][c][d e][f $g][h i]"},
                {"a && b || c; d & e", "[a]\n&&[b]\n||[c]\n;[d]\n&[e]"},
                {"a\nb # c\n# d\n\ne", "[a]\n;[b]\n;[e]"},
                {"a#b '#c'", "[a#b][#c]"},
                {"X=1 Y='a b' a Z=2", "{X=1}{Y=a b}[a][Z=2]"},
                {"X=1", "{X=1}"},
                {"X=(a b $(c)); d", "[c]\n{X=(a b $(c))}\n;[d]"},
                {"a >b 2>&1 <c >>d &>e", "[a]>(b)2>&(1)<(c)>>(d)&>(e)"},
                {"a 2 >b", "[a][2]>(b)"},
                {"a | b | c", "[a]\n|[b] <a\n|[c] <a <b"},
                {"(a; b) | c", "[a]\n;[b]\n|[c] <a <b"},
                {"a | (b; c)", "[a]\n[b] <a\n;[c]"},
                {"{ a; } | b", "[a]\n|[b] <a"},
                {"if a; then b; fi | while c; do d; done | e", "[a]\n;[b]\n|[c] <a <b\n;[d]\n|[e] <a <b <c <d"},
                {"a $(b | c) `d \\`e\\``", "[b]\n|[c] <b\n[e]\n[d][`e`]\n[a][$(b | c)][`d \\`e\\``]"},
                {"a \"$(b \"c d\")\" \"${X:-$(e)}\" ${Y#\"}\"}",
                 "[b][c d]\n[e]\n[a][$(b \"c d\")][${X:-$(e)}][${Y#\"}\"}]"},
                {"a $((1 + (2 * 3))) b", "[a][$((1 + (2 * 3)))][b]"},
                {"if a; then b; elif c; then d; else e; fi >f; g", "[a]\n;[b]\n;[c]\n;[d]\n;[e]\n;[g]"},
                {"while ! a; do b; done; until c; do d; done", "[a]\n;[b]\n;[c]\n;[d]"},
                {"for x in a $(b) c; do d $x; done", "[b]\n;[d][$x]"},
                {"for ((i=0;i<3;i++)); do a; done", ";[a]"},
                {"case $x in a|b) c;; (d) e ;; *) f\nesac; g", "[c]\n;;[e]\n;;[f]\n;[g]"},
                {"case a in esac; b", ";[b]"},
                {"f() { a; }; f", "[a]\n;[f]"},
                {"function f { a; }", "[a]"},
                {"[[ a && b < c ]] && d", "&&[d]"},
                {"[ -f a ] && b", "[[][-f][a][]]\n&&[b]"},
                {"((i++)); a", ";[a]"},
                {"((a); b)", "[a]\n;[b]"},
                {"! a", "[a]"},
                {"if-up a; fin; done-it", "[if-up][a]\n;[fin]\n;[done-it]"},
                {"echo if then fi", "[echo][if][then][fi]"},
                {"a <<E\nb $(c)\nE\nd", "[a]<<(E)\n;[d]"},
                {"a <<-'E' | b\n\tc\n\tE\nd", "[a]<<-(E)\n|[b] <a\n;[d]"},
                {"sh <<E\na && b\nE\nc", "[sh]<<(E)\n[a]\n&&[b]\n;[c]"},
                {"sh -c 'a && b'", "[sh][-c][a && b]\n[a]\n&&[b]"},
                {"bash -exc \"a \\\"b c\\\"\" x", "[bash][-exc][a \"b c\"][x]\n[a][b c]"},
                {"sh -c \"$(a b)\"", "[a][b]\n[sh][-c][$(a b)] <a\n[$(a b)]"},
                {"eval \"$(a)\"", "[a]\n[eval][$(a)] <a\n[$(a)]"},
                {"b <(a c)", "[a][c]\n[b][<(a c)]"},
                {". <(a)", "[a]\n[.][<(a)] <a"},
                {"sudo -u x a b", "[sudo][-u][x][a][b]\n[a][b] root"},
                {"sudo sh -c 'a'", "[sudo][sh][-c][a]\n[sh][-c][a] root\n[a] root"},
                {"su -c 'a b' x", "[su][-c][a b][x]\n[a][b] root"},
                {"env -u X Y=1 a b", "{Y=1}[env][-u][X][Y=1][a][b]\n[a][b]"},
                {"a | xargs -n 1 b c", "[a]\n|[xargs][-n][1][b][c] <a\n|[b][c] <a"},
                {"timeout -k 5 10 a b", "[timeout][-k][5][10][a][b]\n[a][b]"},
                {"python3 -m pip install x", "[python3][-m][pip][install][x]\n[pip][install][x]"},
                {"a \\\n b", "[a][b]"},
                {"a $'b\\'c' d", "[a][b\\'c][d]"},
                {"a;b;;c", "[a]\n;[b]\n;;[c]"},
                {"a &", "[a]"},
                {"echo $ $1 $? \"$\"", "[echo][$][$1][$?][$]"},
                {"set -eux; \tapk add  git", "[set][-eux]\n;[apk][add][git]"},
                {"(cd /x && make)", "[cd][/x]\n&&[make]"},
                {"echo \"a\\\"b\\x\" '' b#c", "[echo][a\"b\\x][][b#c]"},
                {"a >/dev/null 2>&1 b < c", "[a][b]>(/dev/null)2>&(1)<(c)"},
                {"a 2>'x y' >>\"$f\"", "[a]2>(x y)>>($f)"},
                {"bash -o pipefail -ec \"a | b\"", "[bash][-o][pipefail][-ec][a | b]\n[a]\n|[b] <a"},
        };

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct arena arena CLEANUP(arena_free) = {0};
                CLEANUP(buf_free) struct buf got = {0};
                struct script script;

                read(&arena, str_of(cases[i].text), &script);
                if (script.fault)
                        fail_msg("%s: %s", cases[i].text, script.fault);
                add_commands(&got, &script);
                if (!str_equal(buf_text(&got), str_of(cases[i].wanted)))
                        fail_msg("%s: read are\n%.*s\nand not\n%s", cases[i].text, STR_ARG(buf_text(&got)),
                                 cases[i].wanted);
        }
}

/* Nothing is passed over: what cannot be read is told with its place, and what stands before it is there. */
static void test_faults(void **state)
{
        static const struct {
                const char *text;
                uint32_t at;
                size_t commands;
        } cases[] = {
                {"a; b 'c", 5, 1},     {"a \"b", 2, 0},         {"a `b", 2, 0}, {"a; (b; c", 3, 3}, {"a )", 2, 1},
                {"a $(b", 3, 1},       {"a ${b", 4, 0},         {"a >", 2, 0},  {"a <<E\nb", 6, 1}, {"a <<E", 5, 1},
                {"case a b) c", 4, 0}, {"case a in b", 10, 0},  {"[[ a", 2, 0}, {"a $((1", 4, 0},   {"a (b)", 2, 0},
                {"a $'b", 2, 0},       {"sh -c 'a \"b'", 9, 1}, {"x=(a", 2, 0},
        };

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct arena arena CLEANUP(arena_free) = {0};
                struct script script;

                read(&arena, str_of(cases[i].text), &script);
                if (!script.fault)
                        fail_msg("%s: nothing is wrong", cases[i].text);
                if (script.fault_at != cases[i].at || script.commands.count != cases[i].commands)
                        fail_msg("%s: %s at %u, behind %zu commands", cases[i].text, script.fault, script.fault_at,
                                 script.commands.count);
        }
}

static void test_options(void **state)
{
        struct arena arena CLEANUP(arena_free) = {0};
        CLEANUP(buf_free) struct buf got = {0};
        struct script script;
        const struct script_command *command;

        (void)state;
        read(&arena, STR("/usr/bin/apt-get -o A=b -yqt stable install --config-file=c -- d -e"), &script);
        assert_int_equal(script.commands.count, 1);
        command = &script.commands.items[0];
        assert_true(str_is(command->name, "apt-get"));
        assert_true(str_is(command->verb, "install"));
        for (size_t i = 0; i < command->options.count; i++)
                buf_add_format(&got, "%.*s=%.*s ", STR_ARG(command->options.items[i].name),
                               STR_ARG(command->options.items[i].value));
        for (size_t i = 0; i < command->operands.count; i++)
                buf_add_format(&got, "%.*s ", STR_ARG(command->operands.items[i].text));
        if (!str_is(buf_text(&got), "-o=A=b -y= -q= -t=stable --config-file=c d -e "))
                fail_msg("%.*s", STR_ARG(buf_text(&got)));
}

/* What a command is called, and which only run the next. */
static void test_names(void **state)
{
        static const struct {
                const char *text, *wanted;
        } cases[] = {
                {"/usr/bin/apt-get update", "apt-get "},
                {"$JAVA_HOME/bin/java -version; \"${V:-/opt/v}/bin/pip3.12\" list", "java pip3.12 "},
                {"$PIP list; $(command -v pip) list; `which a/pip`; ${X:-/bin/pip}", "? command ? which ? ? "},
                {"sudo -E env A=b /usr/bin/apt-get install x; xargs -r rm; sudo", "sudo> env> apt-get xargs> rm sudo "},
                {"command pip list; command -v sudo", "command> pip command "},
                {"python3 -m pip install x; gosu app x; time nice -n 5 a", "python3 pip gosu> x time> nice> a "},
        };

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct arena arena CLEANUP(arena_free) = {0};
                CLEANUP(buf_free) struct buf got = {0};
                struct script script;

                read(&arena, str_of(cases[i].text), &script);
                for (size_t k = 0; k < script.commands.count; k++) {
                        const struct script_command *command = &script.commands.items[k];

                        buf_add(&got, command->name.len ? command->name : STR("?"));
                        buf_add(&got, command->runs_next ? STR("> ") : STR(" "));
                }
                if (!str_equal(buf_text(&got), str_of(cases[i].wanted)))
                        fail_msg("%s: named are %.*s", cases[i].text, STR_ARG(buf_text(&got)));
        }
}

/* Places are those of the source, through quotes and escapes. */
static void test_places(void **state)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct str text = STR("sh -c \"a \\\"b\\\" && sh -c 'c; d'\"; `e \\`f\\``");
        struct script script;

        (void)state;
        read(&arena, text, &script);
        assert_null(script.fault);
        assert_int_equal(script.commands.count, 8);
        for (size_t i = 0; i < script.commands.count; i++) {
                const struct script_command *command = &script.commands.items[i];

                if (!str_starts(str_from(text, command->at), command->words.items[0].raw))
                        fail_msg("%.*s is not at %u", STR_ARG(command->text), command->at);
        }
}

/* However deep or long, it ends, with a word about it. */
static void test_limits(void **state)
{
        static const struct {
                const char *begin, *part;
                enum { FINE, WRONG, LARGE } wanted;
        } cases[] = {
                {"", "$(", LARGE},         {"", "(", WRONG},
                {"", "`", FINE},           {"", "${", LARGE},
                {"", "a=(", LARGE},        {"", "$((", WRONG},
                {"", "\"$(", LARGE},       {"", "a;", LARGE},
                {"", "a|", LARGE},         {"", "sudo ", LARGE},
                {"", "<<a\n", WRONG},      {"", "[[ ", WRONG},
                {"", "case a in ", WRONG}, {"a ", "-b ", LARGE},
                {"", "{ ", LARGE},         {"", "eval 'a' ", LARGE},
                {"", "!", FINE},           {"", "\\", FINE},
                {"", "if ", LARGE},        {"a", ">b", LARGE},
                {"", "A=1 ", LARGE},       {"if a; then b; fi", "\n", FINE},
        };

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct arena arena CLEANUP(arena_free) = {0};
                struct script script;

                read(&arena, repeat(&arena, cases[i].begin, cases[i].part, 20000, ""), &script);
                if (cases[i].wanted != (script.too_large ? LARGE : script.fault ? WRONG : FINE))
                        fail_msg("%s: %s", cases[i].part, script.fault ? script.fault : "nothing is wrong");
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_commands), cmocka_unit_test(test_faults), cmocka_unit_test(test_options),
                cmocka_unit_test(test_names),    cmocka_unit_test(test_places), cmocka_unit_test(test_limits),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
