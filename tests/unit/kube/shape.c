/* Fields that Kubernetes does not know. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kube/estate.h"

/* The message of the only problem of that kind; NULL if there is none. */
static void try(const char *spec, const char *words, bool malformed)
{
        struct estate estate = {0};
        struct arena arena = {0};
        struct str text = str_format(&arena, "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: %s\n", spec);
        const struct estate_source *source;

        estate_read_text(&estate, STR("a.yaml"), text);
        source = estate.sources;
        if (source->problems.count != (words != NULL))
                fail_msg("%s: %zu problems", spec, source->problems.count);
        if (words) {
                assert_int_equal(source->problems.items[0].kind,
                                 malformed ? PROBLEM_WRONG_TYPE : PROBLEM_UNKNOWN_FIELD);
                if (str_find(source->problems.items[0].message, str_of(words), 0) == SIZE_MAX)
                        fail_msg("%s: %.*s", spec, STR_ARG(source->problems.items[0].message));
        }
        assert_int_equal(source->objects.items[0].malformed, malformed);
        estate_free(&estate);
        arena_free(&arena);
}

static void unknown_fields(void **state)
{
        (void)state;
        try("{hostpid: true}", "spec.hostpid is no field that Kubernetes knows here", false);
        try("{hostPid: true}", "did you mean hostPID?", false);
        try("{containers: [{name: a, securityContext: {runAsNonroot: true}}]}", "did you mean runAsNonRoot?", false);
        try("{securityContext: {readOnlyRootFilesystem: true}}",
            "spec.securityContext.readOnlyRootFilesystem is no field", false);
        try("{containers: [{name: a, resources: {limit: {cpu: 1}}}]}", "did you mean limits?", false);
}

static void known_fields(void **state)
{
        (void)state;
        try("{schedulerName: a, dnsConfig: {x: y}, overhead: {cpu: 1}, containers: [{name: a, terminationMessagePath: "
            "/a}]}",
            NULL, false);
        try("{x-common: {a: b}, affinity: {whatever: true}}", NULL, false);
        try("{hostPID: 'yes'}", "must be a boolean", true);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(unknown_fields),
                cmocka_unit_test(known_fields),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
