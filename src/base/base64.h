/* base64.h - bytes as letters (RFC 4648 section 4: the standard alphabet, with padding). */
#pragma once

#include "base/buf.h"

/* Reads a whole text, in which line ends do not count. False if it is no base64. */
bool base64_decode(struct arena *arena, struct str text, struct str *out);

/* Writes bytes, in one line. */
void base64_print(struct buf *out, struct str bytes);
