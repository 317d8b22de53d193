/* toml.h - reading TOML 1.0 (toml.io) into values: lock files of Cargo, Poetry, uv, PDM and Julia are written in it. */
#pragma once

#include "base/err.h"
#include "doc/value.h"

/* Reads a whole text. The root is a map; everything lies in the arena, texts may point into `text`. Dates, times and numbers with a
 * fraction stay strings without VALUE_QUOTED, as they are written. False with line and column where the text is no TOML, or nests
 * deeper than TOML_DEPTH. */
bool toml_read(struct arena *arena, struct str text, struct value *out, struct err *err);

enum { TOML_DEPTH = 100, TOML_MOST = 4 << 20 /* values */ };
