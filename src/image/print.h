/* print.h - the packages of an image for people and programs. */
#pragma once

#include "base/buf.h"
#include "image/catalog.h"

/* A table with a line for each package, and how many there are; `quiet`: the lines alone. */
void catalog_print_text(struct buf *out, const struct image *image, const struct catalog *catalog, bool quiet);

/* The document strake.packages/1 (docs/schema/strake.packages-1.json). */
void catalog_print_json(struct buf *out, const struct image *image, const struct catalog *catalog);

/* RFC 4180, a line for each package. */
void catalog_print_csv(struct buf *out, const struct image *image, const struct catalog *catalog);
