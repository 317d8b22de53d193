/* Lists of findings: growing, copying, giving back. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rulebook/rulebook.h"

static void add(struct finding_list *list, uint32_t from, uint32_t to)
{
        for (uint32_t i = from; i < to; i++)
                *finding_list_push(list) = (struct finding){.at = i};
}

static void assert_numbers(const struct finding_list *list, uint32_t count)
{
        assert_int_equal(list->count, count);
        for (uint32_t i = 0; i < count; i++)
                assert_int_equal(list->items[i].at, i);
}

static void growing(void **state)
{
        struct finding_list list CLEANUP(finding_list_free) = {0};

        (void)state;
        finding_list_reserve(&list, 10);
        add(&list, 0, 1000);
        assert_numbers(&list, 1000);
}

static void copying(void **state)
{
        struct finding_list list CLEANUP(finding_list_free) = {0}, copy CLEANUP(finding_list_free) = {0};

        (void)state;
        finding_list_copy(&list, &copy);
        assert_null(copy.items);
        assert_numbers(&copy, 0);
        add(&list, 0, 1000);
        finding_list_copy(&list, &copy);
        assert_int_equal(copy.capacity, 1000);
        list.items[0].at = 7;
        assert_numbers(&copy, 1000);
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(growing), cmocka_unit_test(copying)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
