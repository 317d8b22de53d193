/* tests.h - what the tests of doc/ share. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"

/* A test does not need the state that cmocka hands it. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

/* Shows both texts when they differ. */
#define assert_text(text, wanted)                                                                                      \
        do {                                                                                                           \
                struct arena assert_arena = {0};                                                                       \
                                                                                                                       \
                assert_string_equal(str_copy(&assert_arena, (text)).data, (wanted));                                   \
                arena_free(&assert_arena);                                                                             \
        } while (0)
