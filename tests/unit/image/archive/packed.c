/* Bytes that were packed come back as they were, wherever they lie. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "image/archive/packed.h"

enum { TEXTS = 400, LONGEST = 200000 };

/* The byte that stands at a place of a text: of every third text noise, which packing does not help. */
static char byte_at(size_t text, size_t at)
{
        return (char)(text % 3 ? at / 7 + text : (at * 2654435761u + text * 40503u) >> 11);
}

static size_t length_of(size_t text)
{
        return text * 7919 % LONGEST;
}

static void check(struct packed *packed, uint64_t at, size_t text)
{
        CLEANUP(buf_free) struct buf out = {0};

        packed_read(packed, at, length_of(text), &out);
        assert_int_equal(out.len, length_of(text));
        for (size_t i = 0; i < out.len; i++)
                if (out.data[i] != byte_at(text, i))
                        fail_msg("text %zu, byte %zu", text, i);
}

static void test_packed(void **state)
{
        struct packed *packed = packed_new();
        char *bytes = malloc(LONGEST);
        uint64_t places[TEXTS];

        (void)state;
        for (size_t i = 0; i < TEXTS; i++) {
                for (size_t j = 0; j < length_of(i); j++)
                        bytes[j] = byte_at(i, j);
                places[i] = packed_add(packed, (struct str){bytes, length_of(i)});
                check(packed, places[i * 31 % (i + 1)], i * 31 % (i + 1));
        }
        for (size_t i = 0; i < TEXTS; i += 2)
                packed_drop(packed, places[i], length_of(i));
        for (size_t i = 1; i < TEXTS; i += 2)
                check(packed, places[(i * 17 % TEXTS) | 1], (i * 17 % TEXTS) | 1);
        for (size_t i = 1; i < TEXTS; i += 2)
                packed_drop(packed, places[i], length_of(i));
        packed_free(packed);
        free(bytes);
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(test_packed)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
