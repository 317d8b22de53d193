/* What rules find: on what, where, and how it is told from other findings. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "try.h"

static const char shop[] = "apiVersion: apps/v1\n"
                           "kind: Deployment\n"
                           "metadata:\n"
                           "  name: web\n"
                           "  namespace: shop\n"
                           "spec:\n"
                           "  template:\n"
                           "    metadata: {}\n"
                           "    spec:\n"
                           "      volumes:\n"
                           "        - name: data\n"
                           "          hostPath: {path: /data}\n"
                           "      initContainers:\n"
                           "        - name: first\n"
                           "          image: first:1\n"
                           "        - name: side\n"
                           "          image: side:1\n"
                           "          restartPolicy: Always\n"
                           "      containers:\n"
                           "        - name: web\n"
                           "          image: web:1\n"
                           "          ports:\n"
                           "            - {containerPort: 22}\n"
                           "            - {name: web, containerPort: 80}\n"
                           "            - {containerPort: 22}\n";

static void object_scope(void **state)
{
        struct try try = {0};
        const struct finding *finding;

        (void)state;
        try_rule(&try,
                 "scope: object\nkinds: [Deployment.apps]\nrequire: 'object.metadata.name != \"web\"'\n"
                 "message: 'called {object.metadata.name}'\nat: /metadata/name\nreferences: [{kubesec: A}]",
                 shop);
        assert_int_equal(try.found.count, 1);
        finding = try.found.items;
        assert_text(finding->rule->id, "a-rule");
        assert_text(finding->rule->title, "Title");
        assert_text(finding->rule->description, "Why.");
        assert_int_equal(finding->severity, SEVERITY_LOW);
        assert_int_equal(finding->rule->area, AREA_APPS);
        assert_text(finding->message, "called web");
        assert_text(finding->object->api_version, "apps/v1");
        assert_text(finding->object->kind, "Deployment");
        assert_text(finding->object->ns, "shop");
        assert_text(finding->object->name, "web");
        assert_text(finding->container, "");
        assert_text(finding->location.file, "a.yaml");
        assert_int_equal(finding->location.document, -1);
        assert_int_equal(finding->location.line, 4);
        assert_int_equal(finding->location.column, 9);
        assert_text(finding->location.path, "/metadata/name");
        assert_int_equal(finding->reference_count, 1);
        assert_text(finding->references[0].id, "A");
        assert_false(finding->fix.present);
        assert_int_equal(strlen(finding->fingerprint), 32);
        try_free(&try);
}

static void kinds_and_groups(void **state)
{
        static const struct {
                const char *kinds;
                size_t found;
        } cases[] = {
                {"", 1},
                {"kinds: [Deployment]\n", 1},
                {"kinds: [Deployment.apps]\n", 1},
                {"kinds: [Deployment.extensions]\n", 0},
                {"kinds: [Pod]\n", 0},
                {"kinds: [Pod, Deployment]\n", 1},
                {"kinds: [Deploymen]\n", 0},
        };

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct try try = {0};
                struct str fields =
                        str_format(&try.arena, "%sscope: object\nrequire: 'false'\nmessage: m", cases[i].kinds);

                try_rule(&try, fields.data, shop);
                assert_int_equal(try.found.count, cases[i].found);
                try_free(&try);
        }
}

/* The names of what a rule looks at, in order. */
static void assert_names(const char *scope, const char *name, const char *wanted)
{
        struct try try = {0};
        CLEANUP(buf_free) struct buf names = {0};

        try_rule(&try, str_format(&try.arena, "scope: %s\nrequire: 'false'\nmessage: '{%s}'", scope, name).data, shop);
        for (size_t i = 0; i < try.found.count; i++) {
                buf_add(&names, try.found.items[i].message);
                buf_add_char(&names, ' ');
        }
        assert_text(buf_text(&names), wanted);
        try_free(&try);
}

static void scopes(void **state)
{
        (void)state;
        assert_names("object", "object.kind", "Deployment ");
        assert_names("pod", "object.kind + string(has(pod.spec))", "Deploymenttrue ");
        assert_names("container", "container.name", "first side web ");
        assert_names("main-container", "container.name", "side web ");
        assert_names("volume", "volume.name", "data ");
}

static void missing_place(void **state)
{
        struct try try = {0};
        const struct finding *finding;

        (void)state;
        try_rule(&try,
                 "scope: container\nrequire: 'container.name != \"web\"'\nmessage: m\nat: /securityContext/privileged",
                 shop);
        assert_int_equal(try.found.count, 1);
        finding = try.found.items;
        assert_text(finding->container, "web");
        assert_text(finding->location.path, "/spec/template/spec/containers/0/securityContext/privileged");
        assert_int_equal(finding->location.line, 20);
        assert_int_equal(finding->location.column, 11);
        try_free(&try);
}

static void chosen_place(void **state)
{
        static const struct {
                const char *at, *path;
                uint32_t line;
        } cases[] = {
                {"at: [{path: /a, when: 'false'}, {path: /image, when: 'true'}, {path: /c}]",
                 "/spec/template/spec/containers/0/image", 21},
                {"at: [{path: /a, when: 'container.missing'}]", "/spec/template/spec/containers/0", 20},
                {"at: pod:/spec/volumes/0/name", "/spec/template/spec/volumes/0/name", 11},
                {"at: object:/metadata/namespace", "/metadata/namespace", 5},
                {"", "/spec/template/spec/containers/0", 20},
        };

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct try try = {0};
                struct str fields =
                        str_format(&try.arena, "scope: container\nrequire: 'container.name != \"web\"'\nmessage: m\n%s",
                                   cases[i].at);

                try_rule(&try, fields.data, shop);
                assert_int_equal(try.found.count, 1);
                assert_text(try.found.items[0].location.path, cases[i].path);
                assert_int_equal(try.found.items[0].location.line, cases[i].line);
                try_free(&try);
        }
}

static void each_item(void **state)
{
        struct try try = {0};
        const struct finding *found;

        (void)state;
        try_rule(&try,
                 "scope: container\neach: /ports\nrequire: 'item.containerPort != 22'\nmessage: 'port "
                 "{item.containerPort}'\n"
                 "at: /containerPort",
                 shop);
        assert_int_equal(try.found.count, 2);
        found = try.found.items;
        assert_text(found[0].message, "port 22");
        assert_text(found[0].location.path, "/spec/template/spec/containers/0/ports/0/containerPort");
        assert_text(found[1].location.path, "/spec/template/spec/containers/0/ports/2/containerPort");
        assert_int_equal(found[1].location.line, 25);
        assert_string_not_equal(found[0].fingerprint, found[1].fingerprint);
        try_free(&try);
}

static void each_member_of_a_map(void **state)
{
        struct try try = {0};
        const struct finding *finding;

        (void)state;
        try_rule(&try, "scope: object\neach: /data\nrequire: 'item != \"x\"'\nmessage: m",
                 "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: 'y', b/c: 'x'}\n");
        assert_int_equal(try.found.count, 1);
        finding = try.found.items;
        assert_text(finding->location.path, "/data/b~1c");
        assert_int_equal(finding->location.line, 4);
        try_free(&try);
}

static void messages(void **state)
{
        static const struct {
                const char *message, *text;
        } cases[] = {
                {"plain", "plain"},
                {"{container.name}: {1 + 1} {true} {[1, 2]} {{{\"a\"}}", "web: 2 true [1,2] {a}"},
                {"{container.ports[1]}", "{\"name\":\"web\",\"containerPort\":80}"},
                {"{container.missing} stays", "? stays"},
        };

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct try try = {0};
                struct str fields =
                        str_format(&try.arena, "scope: container\nrequire: 'container.name != \"web\"'\nmessage: '%s'",
                                   cases[i].message);

                try_rule(&try, fields.data, shop);
                assert_int_equal(try.found.count, 1);
                assert_text(try.found.items[0].message, cases[i].text);
                try_free(&try);
        }
}

static void long_message(void **state)
{
        struct try try = {0};
        CLEANUP(buf_free) struct buf manifest = {0};
        struct str message;

        (void)state;
        buf_add_literal(&manifest, "apiVersion: v1\nkind: Pod\nmetadata: {name: 'x");
        for (int i = 0; i < 5000; i++)
                buf_add_literal(&manifest, "é");
        buf_add_literal(&manifest, "'}\n");
        try_rule(&try, "scope: object\nrequire: 'false'\nmessage: '{object.metadata.name}'",
                 str_copy(&try.arena, buf_text(&manifest)).data);
        message = try.found.items[0].message;
        assert_in_range(message.len, 990, 1010);
        assert_true(str_ends(message, STR("é…")));
        assert_int_equal(utf8_check(message), message.len);
        try_free(&try);
}

static void conditional_references(void **state)
{
        struct try try = {0};
        const struct finding *finding;

        (void)state;
        try_rule(&try,
                 "scope: object\nrequire: 'false'\nmessage: m\nreferences:\n  - {kubesec: A, when: 'object.kind == "
                 "\"Pod\"'}\n"
                 "  - {kubesec: B, when: 'object.kind == \"Deployment\"'}\n  - {kubesec: C, when: 'object.missing'}\n  "
                 "- {cis: D}\n"
                 "  - {pod-security: runAsUser, level: restricted, until: 20}",
                 shop);
        finding = try.found.items;
        assert_int_equal(finding->reference_count, 2);
        assert_text(finding->references[0].id, "B");
        assert_text(finding->references[1].id, "D");
        try_free(&try);
}

/* A failure is said once for each rule and object, and the other items are judged all the same. */
static void failing_rule(void **state)
{
        struct try try = {0};
        const struct finding *found;

        (void)state;
        try_rule(&try, "scope: container\neach: /ports\nrequire: 'item.name != \"web\"'\nmessage: m", shop);
        assert_int_equal(try.found.count, 2);
        found = try.found.items;
        assert_text(found[0].rule->id, "rule-failed");
        assert_int_equal(found[0].rule->area, AREA_INPUT);
        assert_true(found[0].fails_input);
        assert_true(str_starts(found[0].message, STR("the rule a-rule could not be judged: ")));
        assert_text(found[0].location.path, "/spec/template/spec/containers/0/ports/0");
        assert_int_equal(found[0].location.line, 23);
        assert_text(found[1].rule->id, "a-rule");
        assert_false(found[1].fails_input);
        try_free(&try);
}

static void several_documents(void **state)
{
        struct try try = {0};
        const struct finding *found;

        (void)state;
        try_rule(&try, "scope: object\nrequire: 'object.kind != \"Pod\"'\nmessage: m\nat: /metadata",
                 "apiVersion: v1\nkind: Service\nmetadata: {name: s}\n---\napiVersion: v1\nkind: List\nitems:\n"
                 "  - {apiVersion: v1, kind: Service, metadata: {name: s}}\n  - {apiVersion: v1, kind: Pod, metadata: "
                 "{name: p}}\n");
        assert_int_equal(try.found.count, 1);
        found = try.found.items;
        assert_int_equal(found->location.document, 1);
        assert_int_equal(found->document_index, 1);
        assert_text(found->location.path, "/items/1/metadata");
        assert_int_equal(found->location.line, 9);
        try_free(&try);
}

/* The fingerprint of the finding about the port 80, or about the n-th port 22. */
static void fingerprint(const char *manifest, size_t n, char out[33])
{
        struct try try = {0};

        try_rule(&try, "scope: container\neach: /ports\nrequire: 'item.containerPort != 22'\nmessage: m", manifest);
        assert_true(n < try.found.count);
        memcpy(out, try.found.items[n].fingerprint, 33);
        try_free(&try);
}

static void fingerprints_survive(void **state)
{
        static const char before[] =
                "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: ns}\nspec:\n  containers:\n"
                "    - {name: a, ports: [{name: ssh, containerPort: 22}, {containerPort: 22}]}\n";
        static const char moved[] =
                "apiVersion: v1\nkind: Service\nmetadata: {name: s}\n---\n# moved\nkind: Pod\napiVersion: v1\n"
                "metadata: {namespace: ns, name: p}\nspec:\n  containers:\n    - {name: b}\n"
                "    - {ports: [{name: x, containerPort: 1}, {containerPort: 22, name: ssh}], name: a}\n";
        static const char other[] =
                "apiVersion: v1\nkind: Pod\nmetadata: {name: q, namespace: ns}\nspec:\n  containers:\n"
                "    - {name: a, ports: [{name: ssh, containerPort: 22}]}\n";
        char one[33], two[33], same[33], different[33];

        (void)state;
        fingerprint(before, 0, one);
        fingerprint(before, 1, two);
        fingerprint(moved, 0, same);
        fingerprint(other, 0, different);
        assert_string_equal(one, same);
        assert_string_not_equal(one, two);
        assert_string_not_equal(one, different);
}

/* Items that cannot be told apart have fingerprints of their own, however many they are. */
static void many_equal_items(void **state)
{
        struct try try = {0};
        CLEANUP(buf_free) struct buf manifest = {0};

        (void)state;
        buf_add_literal(
                &manifest,
                "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n    - name: a\n      ports:\n");
        for (int i = 0; i < 300; i++)
                buf_add_literal(&manifest, "        - {name: a, containerPort: 22}\n");
        try_rule(&try, "scope: container\neach: /ports\nrequire: 'item.containerPort != 22'\nmessage: m",
                 str_copy(&try.arena, buf_text(&manifest)).data);
        assert_int_equal(try.found.count, 300);
        for (size_t i = 0; i < 300; i++) {
                for (size_t k = 0; k < i; k++)
                        assert_string_not_equal(try.found.items[i].fingerprint, try.found.items[k].fingerprint);
        }
        try_free(&try);
}

/* Places in one long line, forwards and backwards, with characters of several bytes. */
static void one_line(void **state)
{
        struct try try = {0};
        const struct finding *found;

        (void)state;
        try_rule(&try,
                 "scope: container\nrequire: 'false'\nmessage: m\nat: [{path: pod:/x, when: 'container.name == "
                 "\"b\"'}, {path: /name}]",
                 "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"éé\"}, \"spec\": "
                 "{\"containers\": "
                 "[{\"name\": \"é\"}, {\"name\": \"b\"}, {\"name\": \"cé\"}]}}");
        assert_int_equal(try.found.count, 3);
        found = try.found.items;
        for (size_t i = 0; i < 3; i++) {
                struct place place = place_in(found[i].source->text, found[i].at);

                assert_int_equal(found[i].location.line, place.line);
                assert_int_equal(found[i].location.column, place.column);
        }
        assert_int_equal(found[0].location.column, 1);
        try_free(&try);
}

/* A field that is null is not there, whatever the rule asks. */
static void nulls_are_nothing(void **state)
{
        struct try try = {0};
        const struct finding *finding;

        (void)state;
        try_rule(&try,
                 "scope: container\nrequire: 'container.?securityContext.?seccompProfile.hasValue() || "
                 "!container.?tty.orValue(true)'\nmessage: '{size(container)}'\nat: "
                 "/securityContext/seccompProfile/type",
                 "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  volumes: null\n  containers:\n"
                 "    - name: a\n      tty:\n      args: [null]\n      securityContext: {seccompProfile: null, "
                 "privileged: ~}\n");
        assert_int_equal(try.found.count, 1);
        finding = try.found.items;
        assert_text(finding->message, "3");
        assert_int_equal(finding->location.line, 10);
        assert_int_equal(finding->location.column, 41);
        assert_text(finding->location.path, "/spec/containers/0/securityContext/seccompProfile/type");
        try_free(&try);
}

static void malformed_objects_are_passed_over(void **state)
{
        struct arena arena = {0}, scratch = {0};
        struct estate estate;
        struct finding_list found CLEANUP(finding_list_free) = {0};
        struct rulebook_settings settings = {.minor = KUBERNETES_NEWEST_MINOR};
        struct err err = {0};

        (void)state;
        estate_read_text(&estate, STR("a"),
                                      STR("apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {hostPID: 'yes'}\n"));
        assert_int_equal(estate.sources->problems.count, 1);
        rulebook_judge(rulebook_new(&arena, &settings, &err), estate.sources, &scratch, &found);
        assert_int_equal(found.count, 0);
        estate_free(&estate);
        arena_free(&scratch);
        arena_free(&arena);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(object_scope),
                cmocka_unit_test(kinds_and_groups),
                cmocka_unit_test(scopes),
                cmocka_unit_test(missing_place),
                cmocka_unit_test(chosen_place),
                cmocka_unit_test(each_item),
                cmocka_unit_test(each_member_of_a_map),
                cmocka_unit_test(messages),
                cmocka_unit_test(long_message),
                cmocka_unit_test(conditional_references),
                cmocka_unit_test(failing_rule),
                cmocka_unit_test(several_documents),
                cmocka_unit_test(fingerprints_survive),
                cmocka_unit_test(many_equal_items),
                cmocka_unit_test(nulls_are_nothing),
                cmocka_unit_test(one_line),
                cmocka_unit_test(malformed_objects_are_passed_over),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
