/* Edits of edited text: composing them gives what making one lot after the other gives. */

#include "doc/edit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* A test does not need the state that cmocka hands it. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

static uint32_t random_below(uint32_t *seed, uint32_t limit)
{
        *seed = *seed * 1664525u + 1013904223u;
        return limit ? (*seed >> 8) % limit : 0;
}

static struct text_edits some_edits(struct arena *arena, uint32_t *seed, size_t length)
{
        static const char *const words[] = {"", "x", "yy", "zzz"};
        struct text_edits edits = {0};
        uint32_t at = 0;

        while (random_below(seed, 4)) {
                uint32_t begin = at + random_below(seed, (uint32_t)length - at + 1),
                         end = begin + random_below(seed, min_size(4, length - begin + 1));

                *vec_push(arena, &edits.edits) = (struct text_edit){begin, end, str_of(words[random_below(seed, 4)])};
                at = end;
        }
        return edits;
}

static struct str applied(struct arena *arena, struct str text, const struct text_edits *edits)
{
        CLEANUP(buf_free) struct buf out = {0};

        edit_apply(text, edits, &out);
        return str_copy(arena, buf_text(&out));
}

static void is_the_same_as_one_after_the_other(void **state)
{
        struct str text = STR("abcdefghijklmnopqrstuvw");
        struct arena arena = {0};
        uint32_t seed = 1;

        for (int i = 0; i < 20000; i++) {
                struct text_edits first = some_edits(&arena, &seed, text.len), second, both;
                struct str between = applied(&arena, text, &first);
                uint32_t at = 0;

                second = some_edits(&arena, &seed, between.len);
                edit_compose(&arena, text.len, &first, &second, &both);
                for (size_t k = 0; k < both.edits.count; k++) {
                        assert_true(both.edits.items[k].begin >= at);
                        assert_true(both.edits.items[k].end >= both.edits.items[k].begin);
                        at = both.edits.items[k].end;
                }
                assert_true(at <= text.len);
                assert_true(str_equal(applied(&arena, text, &both), applied(&arena, between, &second)));
                arena_reset(&arena);
        }
        arena_free(&arena);
}

static void nothing_and_nothing_is_nothing(void **state)
{
        struct arena arena = {0};
        struct text_edits none = {0}, both;

        edit_compose(&arena, 5, &none, &none, &both);
        assert_int_equal(both.edits.count, 0);
        edit_compose(&arena, 0, &none, &none, &both);
        assert_int_equal(both.edits.count, 0);
        arena_free(&arena);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(is_the_same_as_one_after_the_other),
                cmocka_unit_test(nothing_and_nothing_is_nothing),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
