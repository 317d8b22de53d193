/* two_ways.c - hostile manifests under all rules: judged as one program and each by itself, they come to the same. */

#include "../two_ways.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static struct two_ways ways;
        static const struct value none = {.kind = VALUE_NULL};
        size_t findings = 0;

        if (!ways.together && !two_ways_begin(&ways, KUBERNETES_NEWEST_MINOR, none))
                __builtin_trap();
        if (two_ways_differ(&ways, STR("a.yaml"), (struct str){(const char *)data, size}, &findings).len)
                __builtin_trap();
        return 0;
}
