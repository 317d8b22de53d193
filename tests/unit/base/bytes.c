/* Numbers as files store them, and names whatever their case. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/bytes.h"

static const char bytes[] = "\x00\x81\x02\x83\x04\x85\x06\x87\x08";

static void orders(void **state)
{
        (void)state;
        assert_int_equal(be_16(bytes + 1), 0x8102);
        assert_int_equal(be_32(bytes + 1), 0x81028304);
        assert_true(be_64(bytes + 1) == 0x8102830485068708);
        assert_int_equal(le_32(bytes + 1), 0x04830281);
}

static void ends(void **state)
{
        struct str text = str_sub((struct str){bytes, 9}, 0, 9);

        (void)state;
        assert_int_equal(le_within(text, 1, 2), 0x0281);
        assert_true(le_within(text, 1, 8) == 0x0887068504830281);
        assert_int_equal(le_within(text, 8, 1), 8);
        assert_int_equal(le_within(text, 8, 2), 0);
        assert_int_equal(le_within(text, 10, 1), 0);
        assert_int_equal(le_within(text, SIZE_MAX, 4), 0);
}

static void cases(void **state)
{
        (void)state;
        assert_true(str_equal_nocase(STR("Name"), STR("nAME")));
        assert_false(str_equal_nocase(STR("Name"), STR("Names")));
        assert_false(str_equal_nocase(STR("@-"), STR("`\r"))); /* one bit apart, and no letters */
        assert_true(str_equal_nocase((struct str){0}, STR("")));
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(orders), cmocka_unit_test(ends), cmocka_unit_test(cases)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
