/* yaml_readers.c - hostile YAML: what the fast reader reads, the other reads the same. */

#include "../two_readers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const struct document_limits limits = {
                .depth = 16, .nodes = 2000, .line_bytes = 1024, .scalar_bytes = 512, .text_bytes = 1 << 16};
        struct arena arena CLEANUP(arena_free) = {0};

        if (readers_differ(&arena, (struct str){(const char *)data, size}, &limits))
                __builtin_trap();
        return 0;
}
