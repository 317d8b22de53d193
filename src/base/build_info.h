/* build_info.h - which Strake this is, and what it was built with. */
#pragma once

#include "base/str.h"

struct build_library {
        struct str name, version; /* the version is empty where the library does not tell it */
};

struct build_info {
        struct str version;
        struct str compiler; /* "gcc 12.2.0" */
        const struct build_library *libraries;
        size_t library_count;
};

extern const struct build_info build_info;
