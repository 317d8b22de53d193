/* uri.h - file: URIs (RFC 8089), as editors name files. */
#pragma once

#include "base/str.h"

/* The path that a file: URI names; false for other schemes, other hosts, or what is no URI. */
bool uri_to_path(struct arena *arena, struct str uri, struct str *path);
