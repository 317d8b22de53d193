/* ignore.c - a hostile .strakeignore, and a path, separated by a zero byte. */

#include "kube/ignore.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct str input = {(const char *)data, size}, text;
        const struct ignore *ignore;

        if (!str_split(&input, '\0', &text) || !input.len)
                return 0;
        ignore = ignore_read(&arena, NULL, STR(""), text);
        ignore_has(ignore, input, false);
        ignore_has(ignore, input, true);
        if (ignore_has(NULL, input, false) || !ignore_glob(input, input) != !ignore_glob(input, input))
                __builtin_trap();
        return 0;
}
