/* images_options.h - the options by which a command reads the images that containers name. */
#pragma once

#include "cli/cli.h"
#include "scan/images.h"

/* Rows of a command's table of options. */
#define IMAGES_OPTIONS                                                                                                 \
        {"images", 0, NULL, NULL, "read the images that containers name, too, each once"},                             \
                {"image-map", 0, "FILE|NAME=REFERENCE", NULL,                                                          \
                 "where images are instead (docs/images.md); repeatable"},                                             \
                {"offline", 0, NULL, NULL, "ask no registry for images"},                                              \
                {"platform", 0, "OS/ARCH[/VARIANT]", NULL,                                                             \
                 "which image of several (default: what the Pod needs, or that of this machine)"},                     \
                {"certificate-authority", 0, "FILE", NULL,                                                             \
                 "whom to trust as a registry, PEM (default: whom the system trusts)"},                                \
                {"plain-http", 0, NULL, NULL, "ask registries by http, without TLS"},                                  \
        {                                                                                                              \
                "no-cache", 0, NULL, NULL, "read every layer, and keep nothing of it in ~/.cache/strake"               \
        }

struct images_options {
        bool wanted; /* by --images or --image-map */
        struct image_map map;
        struct images_settings settings;
};

/* Reads them; `today` as in scan_settings, `file` is one more that will be written, or empty. False after saying what is wrong. */
bool images_options_read(struct cli *cli, struct str today, struct str file, struct images_options *out) MUST_USE;
