/* yaml.c - hostile YAML. */

#include "documents.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct str text = {(const char *)data, size};
        struct document_stream stream;

        yaml_read(&arena, text, &fuzz_limits, &stream);
        must_be_a_stream(&arena, text, &stream);
        return 0;
}
