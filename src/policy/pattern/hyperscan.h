/* hyperscan.h - the library that looks for many patterns at once, Hyperscan or its portable twin Vectorscan, loaded when it is first
 * needed. Both are libhs.so.5. */
#pragma once

#include <hs.h>

#include "base/err.h"

/* Every function of it that Strake uses. */
#define HYPERSCAN_FUNCTIONS(FUNCTION)                                                                                  \
        FUNCTION(hs_version)                                                                                           \
        FUNCTION(hs_valid_platform)                                                                                    \
        FUNCTION(hs_expression_info)                                                                                   \
        FUNCTION(hs_compile_multi)                                                                                     \
        FUNCTION(hs_free_compile_error)                                                                                \
        FUNCTION(hs_serialize_database)                                                                                \
        FUNCTION(hs_deserialize_database)                                                                              \
        FUNCTION(hs_free_database)                                                                                     \
        FUNCTION(hs_alloc_scratch)                                                                                     \
        FUNCTION(hs_clone_scratch)                                                                                     \
        FUNCTION(hs_free_scratch)                                                                                      \
        FUNCTION(hs_open_stream)                                                                                       \
        FUNCTION(hs_scan_stream)                                                                                       \
        FUNCTION(hs_reset_stream)                                                                                      \
        FUNCTION(hs_close_stream)

struct hyperscan {
#define HYPERSCAN_MEMBER(name) __typeof__(&(name)) name;
        HYPERSCAN_FUNCTIONS(HYPERSCAN_MEMBER)
#undef HYPERSCAN_MEMBER
};

/* The functions, loaded by the first call; any thread may ask. NULL with `err`, which names the package, if they are not there or
 * this processor cannot run them. */
const struct hyperscan *hyperscan_load(struct err *err);
