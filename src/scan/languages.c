/* languages.c - all languages of files besides YAML and JSON. */

#include "image/dockerfile/source.h"

const struct source_language *const source_languages[] = {
        &dockerfile_language,
};

const size_t source_language_count = COUNT_OF(source_languages);
