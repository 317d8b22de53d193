/* Quantities: what is one, what it is worth, how it is written. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kube/quantity.h"

static void canonical_text(void **state)
{
        static const char *const cases[][2] = {
                {"0", "0"},
                {"-0", "0"},
                {"1", "1"},
                {"+1", "1"},
                {"01", "1"},
                {"1.0", "1"},
                {".5", "500m"},
                {"5.", "5"},
                {"1500m", "1500m"},
                {"1000m", "1"},
                {"1.5k", "1500"},
                {"1500k", "1500k"},
                {"1000k", "1M"},
                {"0.1n", "1n"},
                {"-0.1n", "-1n"},
                {"1.0000000001", "1000000001n"},
                {"1Ki", "1Ki"},
                {"1024", "1024"},
                {"1024Ki", "1Mi"},
                {"1.5Gi", "1536Mi"},
                {"0.5Ki", "512"},
                {"0.1Ki", "102400m"},
                {"1e3", "1e3"},
                {"1E3", "1e3"},
                {"12e6", "12e6"},
                {"1e-3", "1e-3"},
                {"1500e3", "1500e3"},
                {"1e4", "10e3"},
                {"1E", "1E"},
                {"1Ei", "1Ei"},
                {"8Ei", "9223372036854775807"},
                {"100Ei", "9223372036854775807"},
                {"0.0001Ki", "102400u"},
                {"22.2Ki", "22732800m"},
                {"-1Ki", "-1Ki"},
                {"1025", "1025"},
                {"999999999999E", "999999999999E"},
        };
        struct arena arena = {0};
        struct quantity quantity;

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                if (!quantity_read(str_of(cases[i][0]), &quantity))
                        fail_msg("%s is a quantity", cases[i][0]);
                assert_string_equal(quantity_print(&arena, &quantity).data, cases[i][1]);
        }
        arena_free(&arena);
}

static void no_quantities(void **state)
{
        static const char *const cases[] = {
                "",
                ".",
                "-",
                "+",
                "k",
                "1K",
                "1 ",
                " 1",
                "1kk",
                "1e",
                "1e+",
                "1e3k",
                "1ki",
                "1.2.3",
                "--1",
                "1x",
                "1KiB",
                "0x10",
                "1_000",
                "1,5",
                "99999999999999999999999999999999999999",
                "1e9999999999",
        };
        struct quantity quantity;

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                if (quantity_read(str_of(cases[i]), &quantity))
                        fail_msg("'%s' is no quantity", cases[i]);
        }
}

static struct quantity read(const char *text)
{
        struct quantity quantity;

        assert_true(quantity_read(str_of(text), &quantity));
        return quantity;
}

static int compare(const char *a, const char *b)
{
        struct quantity left = read(a), right = read(b);

        return quantity_compare(&left, &right);
}

static void order(void **state)
{
        (void)state;
        assert_int_equal(compare("1", "1000m"), 0);
        assert_int_equal(compare("1Ki", "1024"), 0);
        assert_int_equal(compare("1k", "1Ki"), -1);
        assert_int_equal(compare("-1", "1n"), -1);
        assert_int_equal(compare("1e100", "1e99"), 1);
        assert_int_equal(compare("-1e100", "-1e99"), -1);
        assert_int_equal(compare("0", "-0"), 0);
        assert_int_equal(compare("1e1000000", "9999999999999999999999999999999999999n"), 1);
}

static void arithmetic(void **state)
{
        struct arena arena = {0};
        struct quantity a = read("1Gi"), b = read("512Mi"), huge = read("1e100"), sum;

        (void)state;
        assert_true(quantity_add(&a, &b, &sum));
        assert_string_equal(quantity_print(&arena, &sum).data, "1536Mi");
        assert_true(quantity_subtract(&b, &a, &sum));
        assert_string_equal(quantity_print(&arena, &sum).data, "-512Mi");
        assert_false(quantity_add(&huge, &a, &sum));
        arena_free(&arena);
}

static void numbers(void **state)
{
        struct quantity half = read("1500m"), two = read("2k"), huge = read("1e30");
        int64_t number;

        (void)state;
        assert_false(quantity_integer(&half, &number));
        assert_true(quantity_integer(&two, &number));
        assert_int_equal(number, 2000);
        assert_false(quantity_integer(&huge, &number));
        assert_int_equal(quantity_value(&half, 0), 2);
        assert_int_equal(quantity_value(&half, -3), 1500);
        assert_true(quantity_value(&huge, 0) == INT64_MAX);
        assert_true(quantity_double(&half) == 1.5);
        assert_true(quantity_double(&huge) == 1e30);
        assert_int_equal(quantity_sign(&half), 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(canonical_text), cmocka_unit_test(no_quantities), cmocka_unit_test(order),
                cmocka_unit_test(arithmetic),     cmocka_unit_test(numbers),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
