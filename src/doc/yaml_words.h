/* yaml_words.h - why a text is no YAML, in words that help. */
#pragma once

#include "doc/yaml_tokens.h"

/* What is wrong between `begin` and `end`, of which the library says `reason`; and where exactly. */
struct yaml_problem yaml_words(struct str text, size_t begin, size_t end, const char *reason);
