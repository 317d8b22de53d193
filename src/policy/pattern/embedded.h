/* embedded.h - the files of rules/secrets/, as tools/embed puts them into the program. */
#pragma once

#include "base/str.h"

extern const struct str *const secret_files[];
extern const size_t secret_files_count;
extern const struct str embedded_allow_yaml;
