/* Repairs: what a patch must do depends on what stands there. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "doc/print.h"

#include "try.h"

/* A Pod with one container, which has these members besides its name, and the patch that a rule with this fix gives for it:
 * "OP PATH VALUE; …". */
static void assert_patch(const char *members, const char *fix, const char *wanted)
{
        struct try try = {0};
        CLEANUP(buf_free) struct buf out = {0};
        struct str fields, manifest;
        const struct finding *finding;

        fields = str_format(&try.arena, "scope: container\nrequire: 'false'\nmessage: m\nfix: {safe: true, %s}", fix);
        manifest = str_format(
                &try.arena,
                "apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: Pod\n    metadata: {name: p}\n"
                "    spec:\n      containers:\n        - {name: c%s}\n",
                members);
        try_rule(&try, fields.data, manifest.data);
        assert_int_equal(try.found.count, 1);
        finding = try.found.items;
        assert_int_equal(finding->fix.present, finding->fix.patch.count > 0);
        for (size_t i = 0; i < finding->fix.patch.count; i++) {
                const struct patch_step *step = &finding->fix.patch.steps[i];

                buf_add_format(&out, "%s%.*s %.*s", i ? "; " : "", STR_ARG(patch_op_name(step->op)),
                               STR_ARG(step->path));
                if (step->op != PATCH_REMOVE) {
                        buf_add_char(&out, ' ');
                        json_print(&out, &step->value, 0);
                }
        }
        assert_text(buf_text(&out), wanted);
        try_free(&try);
}

#define C "/items/0/spec/containers/0"

static void one_value(void **state)
{
        static const char fix[] = "set: {/s/p: false}";

        (void)state;
        assert_patch(", s: {p: true}", fix, "replace " C "/s/p false");
        assert_patch(", s: {q: true}", fix, "add " C "/s/p false");
        assert_patch("", fix, "add " C "/s {\"p\":false}");
        assert_patch(", s: null", fix, "add " C "/s {\"p\":false}");
        assert_patch(", s: {p: null}", fix, "add " C "/s/p false");
        assert_patch(", s: {p: false}", fix, "");
        assert_patch(", s: 5", fix, "");
        assert_patch(", s: []", fix, "");
}

static void deep_and_odd_places(void **state)
{
        (void)state;
        assert_patch("", "set: {/a/b/c/d: [ALL]}", "add " C "/a {\"b\":{\"c\":{\"d\":[\"ALL\"]}}}");
        assert_patch("", "set: {/a~1b/c~0d: 1}", "add " C "/a~1b {\"c~d\":1}");
        assert_patch(", l: [1]", "set: {/l/-: 2}", "add " C "/l/- 2");
        assert_patch(", l: [1]", "set: {/l/1: 2}", "add " C "/l/1 2");
        assert_patch(", l: [1]", "set: {/l/0: 2}", "replace " C "/l/0 2");
        assert_patch(", l: [1]", "set: {/l/2: 2}", "");
        assert_patch("", "set: {'pod:/spec/a/b': x}", "add /items/0/spec/a {\"b\":\"x\"}");
        assert_patch("", "set: {'object:/metadata/labels': {a: b}}", "add /items/0/metadata/labels {\"a\":\"b\"}");
        assert_patch("", "set: {'': 5}", "replace " C " 5");
}

static void removal(void **state)
{
        (void)state;
        assert_patch(", a: 1", "remove: [/a]", "remove " C "/a");
        assert_patch("", "remove: [/a]", "");
        assert_patch(", a: 1, b: 2", "remove: [/a, /b, /c]", "remove " C "/a; remove " C "/b");
        assert_patch("", "remove: ['']", "remove " C);
}

/* What one change makes, the next one finds. */
static void several_changes(void **state)
{
        (void)state;
        assert_patch("", "set: {/s/a: 1, /s/b: 2}", "add " C "/s {\"a\":1}; add " C "/s/b 2");
        assert_patch(", s: {a: 0}", "set: {/s/a: 1, /s/b: 2}, remove: [/s/a]",
                     "replace " C "/s/a 1; add " C "/s/b 2; remove " C "/s/a");
        assert_patch(", s: 5", "set: {/t: 1, /s/b: 2}", "");
}

static void computed(void **state)
{
        (void)state;
        assert_patch(", a: 1", "compute: {/b: container.a + 1}", "add " C "/b 2");
        assert_patch(", a: {x: [1]}", "compute: {/b: container.a.x}", "add " C "/b [1]");
        assert_patch("", "compute: {/b: container.a}", ""); /* it fails: no repair */
        assert_patch(
                ", m: {a: 1, b: 2, c/d: 3}",
                "compute: {/m: 'container.m.transformMap(k, v, k == \"a\", v) == {} ? {} : {\"a\": 1, \"b\": 5, \"e\": 6}'}",
                "replace " C "/m/b 5; remove " C "/m/c~1d; add " C "/m/e 6");
}

static void made_pointers(void **state)
{
        (void)state;
        assert_patch("", "set: {'/x{container.name}y/z': 1}", "add " C "/xcy {\"z\":1}");
        assert_patch(", k: a/b~c", "set: {'/{container.k}': 1}", "add " C "/a~1b~0c 1");
        assert_patch("", "set: {'/{{k}': 1}", "add " C "/{k} 1");
        assert_patch("", "set: {'/{container.k}': 1}", "");
}

/* Two containers and an ephemeral one, which no change is made in. */
static void in_containers(void **state)
{
        static const char manifest[] =
                "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  initContainers: [{name: a}]\n"
                "  containers: [{name: b}, {name: c, s: {}}]\n  ephemeralContainers: [{name: d}]\n";
        struct try try = {0};
        const struct patch *patch;

        (void)state;
        try_rule(&try,
                 "scope: pod\nrequire: 'false'\nmessage: m\nfix: {safe: true, set: {'containers:/s/r': true}, "
                 "containers: container.name != 'b'}",
                 manifest);
        patch = &try.found.items[0].fix.patch;
        assert_int_equal(patch->count, 2);
        assert_text(patch->steps[0].path, "/spec/initContainers/0/s");
        assert_text(patch->steps[1].path, "/spec/containers/1/s/r");
        try_free(&try);
}

static void the_first_that_fits(void **state)
{
        static const char fields[] =
                "scope: container\nrequire: 'false'\nmessage: m\nfix:\n"
                "  - {when: container.name == 'a', safe: true, set: {/x: 1}}\n"
                "  - {when: container.name == 'b', safe: false, note: Look., set: {/y: 1}, uncovers: [other]}\n";
        struct try try = {0};
        const struct finding *found;

        (void)state;
        try_rule(
                &try, fields,
                "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: a}, {name: b}, {name: c}]}\n");
        found = try.found.items;
        assert_int_equal(try.found.count, 3);
        assert_true(found[0].fix.safe);
        assert_text(found[0].fix.patch.steps[0].path, "/spec/containers/0/x");
        assert_null(found[0].fix.more);
        assert_false(found[1].fix.safe);
        assert_text(found[1].fix.patch.steps[0].path, "/spec/containers/1/y");
        assert_int_equal(found[1].fix.more->uncover_count, 1);
        assert_text(found[1].fix.more->uncovers[0], "other");
        assert_false(found[2].fix.present);
        try_free(&try);
}

static void an_object(void **state)
{
        struct try try = {0};
        const struct finding_fix *fix;

        (void)state;
        try_rule(&try,
                 "scope: object\nrequire: 'false'\nmessage: m\nfix:\n  safe: true\n  add: |\n"
                 "    apiVersion: v1\n    kind: ConfigMap\n    metadata: {{name: {object.metadata.name}}\n",
                 "apiVersion: v1\nkind: Namespace\nmetadata: {name: p}\n");
        fix = &try.found.items[0].fix;
        assert_true(fix->present);
        assert_int_equal(fix->patch.count, 0);
        assert_text(fix->more->text, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: p}\n");
        assert_int_equal(fix->more->object->kind, VALUE_MAP);
        try_free(&try);
        try_rule(&try, "scope: object\nrequire: 'false'\nmessage: m\nfix: {safe: true, add: '{object.metadata.name}'}",
                 "apiVersion: v1\nkind: Namespace\nmetadata: {name: 'no: map: here'}\n");
        assert_false(try.found.items[0].fix.present);
        try_free(&try);
}

static void note(void **state)
{
        struct try try = {0};
        const struct finding_fix *fix;

        (void)state;
        try_rule(&try,
                 "scope: object\nrequire: 'false'\nmessage: m\nfix: {safe: false, set: {/a: 1}, note: Look first.}",
                 "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n");
        fix = &try.found.items[0].fix;
        assert_true(fix->present);
        assert_false(fix->safe);
        assert_text(fix->note, "Look first.");
        assert_text(fix->patch.steps[0].path, "/a");
        try_free(&try);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(one_value),     cmocka_unit_test(deep_and_odd_places),
                cmocka_unit_test(removal),       cmocka_unit_test(several_changes),
                cmocka_unit_test(computed),      cmocka_unit_test(made_pointers),
                cmocka_unit_test(in_containers), cmocka_unit_test(the_first_that_fits),
                cmocka_unit_test(an_object),     cmocka_unit_test(note),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
