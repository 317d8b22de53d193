/* libyara.h - libyara, loaded when it is first needed: only who brings rules in YARA's language pays for it. */
#pragma once

#include <yara.h>

#include "base/err.h"

/* Every function of it that Strake uses. */
#define YARA_FUNCTIONS(FUNCTION)                                                                                       \
        FUNCTION(yr_initialize)                                                                                        \
        FUNCTION(yr_compiler_create)                                                                                   \
        FUNCTION(yr_compiler_destroy)                                                                                  \
        FUNCTION(yr_compiler_set_callback)                                                                             \
        FUNCTION(yr_compiler_define_string_variable)                                                                   \
        FUNCTION(yr_compiler_add_file)                                                                                 \
        FUNCTION(yr_compiler_get_rules)                                                                                \
        FUNCTION(yr_rules_save_stream)                                                                                 \
        FUNCTION(yr_rules_destroy)                                                                                     \
        FUNCTION(yr_scanner_create)                                                                                    \
        FUNCTION(yr_scanner_destroy)                                                                                   \
        FUNCTION(yr_scanner_set_callback)                                                                              \
        FUNCTION(yr_scanner_set_flags)                                                                                 \
        FUNCTION(yr_scanner_set_timeout)                                                                               \
        FUNCTION(yr_scanner_define_string_variable)                                                                    \
        FUNCTION(yr_scanner_scan_mem)

struct libyara {
#define YARA_MEMBER(name) __typeof__(&(name)) name;
        YARA_FUNCTIONS(YARA_MEMBER)
#undef YARA_MEMBER
};

/* The functions, loaded by the first call; any thread may ask. NULL with `err`, which names the package. */
const struct libyara *libyara_load(struct err *err);
