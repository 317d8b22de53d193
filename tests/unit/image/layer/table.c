/* Hashes of paths in a table that grows in its place. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "image/layer/table.h"

enum { MANY = 200000 };

/* SplitMix64. */
static uint64_t scattered(uint64_t number)
{
        number += 0x9e3779b97f4a7c15;
        number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9;
        number = (number ^ (number >> 27)) * 0x94d049bb133111eb;
        return number ^ (number >> 31);
}

/* All with nearly the same place, the last one. */
static uint64_t crowded(uint64_t number)
{
        return UINT64_MAX - number * 8;
}

static uint64_t rising(uint64_t number)
{
        return number * 0x10000000;
}

static enum path_kind kind_of(uint64_t number)
{
        return (enum path_kind)(number % PATH_WHITEOUT + 1);
}

static void check(uint64_t (*hash)(uint64_t number), size_t count, bool notes)
{
        struct path_table table = {.has_notes = notes};
        size_t taken = 0;

        for (uint64_t i = 0; i < count; i++) {
                struct path_note *note = NULL;

                assert_int_equal(path_table_set(&table, hash(i), PATH_FILE, &note), PATH_ABSENT);
                assert_true(notes == (note != NULL));
                if (note) {
                        assert_int_equal(path_note_get(note), 0);
                        path_note_set(note, scattered(i) >> 16);
                }
        }
        for (uint64_t i = 0; i < count; i++) {
                struct path_note *note = NULL;

                assert_int_equal(path_table_set(&table, hash(i), kind_of(i), &note), PATH_FILE);
                assert_true(!notes || path_note_get(note) == scattered(i) >> 16);
        }
        assert_int_equal(table.count, count);
        for (uint64_t i = 0; i < count; i++)
                assert_int_equal(path_table_get(&table, hash(i)), kind_of(i));
        for (uint64_t i = count; i < 2 * count; i++)
                assert_int_equal(path_table_get(&table, hash(i)), PATH_ABSENT);
        for (size_t i = 0; i < table.slot_count; i++)
                taken += table.slots[i] != 0;
        assert_int_equal(taken, count);
        path_table_free(&table);
}

static void test_paths(void **state)
{
        (void)state;
        check(scattered, MANY, false);
        check(scattered, MANY, true);
        check(rising, 3000, true);
        check(crowded, 3000, true);
}

static void test_memory(void **state)
{
        struct path_table table = {0};

        (void)state;
        assert_int_equal(path_table_get(&table, 5), PATH_ABSENT);
        for (uint64_t i = 0; i < MANY; i++)
                path_table_set(&table, scattered(i), PATH_FILE, NULL);
        assert_true(table.slot_count < MANY * 3 / 2);
        path_table_free(&table);
}

/* As the cache has them: a table that grew meanwhile would take minutes. */
static void test_in_order(void **state)
{
        struct path_table table = {.has_notes = true}, again = {.has_notes = true};

        (void)state;
        for (uint64_t i = 0; i < MANY; i++)
                path_table_set(&table, scattered(i), kind_of(i), NULL);
        path_table_reserve(&again, table.count);
        for (size_t i = 0; i < table.slot_count; i++)
                if (table.slots[i])
                        path_table_set(&again, table.slots[i], (enum path_kind)(table.slots[i] & 7), NULL);
        assert_int_equal(again.count, MANY);
        for (uint64_t i = 0; i < MANY; i++)
                assert_int_equal(path_table_get(&again, scattered(i)), kind_of(i));
        path_table_free(&table);
        path_table_free(&again);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_paths),
                cmocka_unit_test(test_memory),
                cmocka_unit_test(test_in_order),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
