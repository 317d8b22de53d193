/* purl_read.h - reading package URLs (purl-spec). */
#pragma once

#include "image/package/package.h"

/* Fills type, name, version, arch, namespace, qualifiers and subpath as they are in packages that were found in an image: the name as its
 * ecosystem writes it, epoch and arch out of the qualifiers; purl is the text itself. Everything else becomes empty. Texts are in the arena or
 * those of `text`. False with `err`, which says what is wrong with it, without the text. */
bool package_read_purl(struct arena *arena, struct str text, struct package *out, struct err *err);
