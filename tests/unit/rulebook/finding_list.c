/* Lists of findings: growing, moving, giving back. */

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
        add(&list, 0, 1000);
        assert_numbers(&list, 1000);
        finding_list_trim(&list);
        assert_int_equal(list.capacity, 1000);
        add(&list, 1000, 1001);
        assert_numbers(&list, 1001);
        list.count = 0;
        finding_list_trim(&list);
        assert_null(list.items);
        assert_int_equal(list.capacity, 0);
}

static void moving(void **state)
{
        struct finding_list all CLEANUP(finding_list_free) = {0};
        struct finding_list some = {0};

        (void)state;
        finding_list_move(&some, &all);
        assert_numbers(&all, 0);
        add(&some, 0, 3);
        finding_list_move(&some, &all);
        assert_null(some.items);
        assert_numbers(&all, 3);
        for (uint32_t i = 3; i < 300; i += 9) {
                add(&some, i, i + 9);
                finding_list_move(&some, &all);
        }
        assert_numbers(&all, 300);
        finding_list_move(&some, &all);
        assert_numbers(&all, 300);
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(growing), cmocka_unit_test(moving)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
