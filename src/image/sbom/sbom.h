/* sbom.h - bills of materials: the packages of an image as CycloneDX 1.6 and SPDX 2.3 (both JSON), and an image that is only such a file.
 *
 * What is written is the same bytes for the same image. What the standards have no field for is in properties (CycloneDX) and annotations (SPDX)
 * whose names begin with "strake:", so that reading gives back all that `catalog_print_json` tells. */
#pragma once

#include "base/buf.h"
#include "base/map.h"
#include "image/catalog.h"

struct sbom_settings {
        int64_t time; /* seconds since 1970; negative: none, and 1970 where the format demands one */
};

void sbom_print_cyclonedx(struct buf *out, const struct image *image, const struct catalog *catalog,
                          const struct sbom_settings *settings);
void sbom_print_spdx(struct buf *out, const struct image *image, const struct catalog *catalog,
                     const struct sbom_settings *settings);

/* Reads a bill of materials: CycloneDX 1.2 to 1.7, SPDX 2.2 and 2.3 (also as tags and values), or one of them within an in-toto statement. Becomes image->bill, with
 * IMAGE_BILL as its kind. What is no valid document is an error with line and column; what makes one package unreadable is a problem of the catalog.
 * Texts point into `text`, which must stay. */
bool sbom_read(struct arena *arena, struct str text, struct image *image, struct err *err);

/* Opens the file. */
bool sbom_open(struct arena *arena, struct image *image, struct str file, struct err *err);

enum { SBOM_MOST = 512 << 20 };
