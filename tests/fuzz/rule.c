/* rule.c - hostile rule files. What is read is tried, compiled, and judges a Pod. */

#include "rulebook/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char pod[] =
        "apiVersion: v1\n"
        "kind: Pod\n"
        "metadata: {name: web, namespace: shop, annotations: {a: b}}\n"
        "spec:\n"
        "  volumes: [{name: v, hostPath: {path: /}}]\n"
        "  containers:\n"
        "    - {name: web, image: web, ports: [{containerPort: 22}], securityContext: {privileged: true}}\n";

static void judge(struct arena *arena, const struct rule_text *rule)
{
        struct rulebook *book = rulebook_of_rule(arena, rule);
        struct arena scratch CLEANUP(arena_free) = {0};
        struct estate estate CLEANUP(estate_free) = {0};
        struct finding_list found CLEANUP(finding_list_free) = {0};

        estate_read_text(&estate, STR("pod.yaml"), STR(pod));
        rulebook_judge(book, estate.sources, &scratch, &found);
        for (size_t i = 0; i < found.count; i++) {
                const struct finding *finding = &found.items[i];
                struct value patched;
                struct err err = {0};

                if (finding->fix.present
                    && !patch_apply(arena, &estate.sources->objects.items[0].root.value, &finding->fix.patch, &patched,
                                    &err))
                        __builtin_trap();
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct rule_checker checker = {.arena = &arena};
        struct rule_text rule;
        struct origin origin = {0};
        struct err err = {0};

        if (rule_read_origin(&arena, (struct str){(const char *)data, size}, STR(""), &rule, &origin, &err)
                             && rule_check(&checker, &rule, &origin, &err))
                judge(&arena, &rule);
        else if (!err.length || !err.line)
                __builtin_trap();
        return 0;
}
