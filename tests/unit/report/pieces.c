/* Pieces come together in order. */

#include "sample.h"

#include "report/pieces.h"

static void print_numbers(struct buf *out, const void *context, size_t begin, size_t end)
{
        (void)context;
        for (size_t i = begin; i < end; i++)
                buf_add_format(out, "%zu\n", i);
}

static void in_order(void **state)
{
        static const size_t counts[] = {0, 1, 256, 257, 20000, 40001};

        for (size_t i = 0; i < COUNT_OF(counts); i++) {
                CLEANUP(buf_free) struct buf one = {0}, many = {0};

                pieces_run(&one, counts[i], &(struct format_settings){.threads = 1}, print_numbers, NULL);
                pieces_run(&many, counts[i], &(struct format_settings){.threads = 4}, print_numbers, NULL);
                assert_int_equal(one.len, many.len);
                assert_true(one.len == 0 || memcmp(one.data, many.data, one.len) == 0);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(in_order)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
