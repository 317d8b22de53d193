/* image_options.h - the options of the commands that read images, and opening what they name. */
#pragma once

#include "cli/cli.h"
#include "image/catalog.h"

/* Rows of a command's table of options. */
#define IMAGE_OPTIONS                                                                                                  \
        {"platform", 0, "OS/ARCH[/VARIANT]", NULL,                                                                     \
         "which image of several (default: that of this machine, else linux/amd64)"},                                  \
                {"certificate-authority", 0, "FILE", NULL,                                                             \
                 "whom to trust as a registry, PEM (default: whom the system trusts)"},                                \
                {"plain-http", 0, NULL, NULL, "ask the registry by http, without TLS"},                                \
                {"no-cache", 0, NULL, NULL, "read every layer, and keep nothing of it in ~/.cache/strake"},            \
        {                                                                                                              \
                "threads", 0, "N", NULL, "how many layers at once (default: one for each CPU)"                         \
        }

enum { IMAGE_OPTION_COUNT = 6 };

/* Of the commands that tell of packages. */
extern const struct cli_option image_options[IMAGE_OPTION_COUNT];

/* What the options say, an item of `settings` for each operand; then gives up all rights but to read the images and to write the cache and the
 * outputs. False after saying what is wrong. */
bool image_options_read(struct cli *cli, struct image_settings settings[], struct catalog_settings *reading);

/* The same in two steps, for commands that read other files between them. */
bool image_options_prepare(struct cli *cli, struct image_settings settings[], struct catalog_settings *reading);
bool image_options_confine(struct cli *cli, const struct catalog_settings *reading, struct err *err);

/* What --certificate-authority names, PEM; empty without it. False after saying what is wrong. */
bool image_options_authorities(struct cli *cli, struct str *authorities) MUST_USE;

/* The folder that a file of an output is written to. */
struct str image_options_folder(struct cli *cli, struct str file);

/* Opens the image of an operand; NULL after saying why not. */
struct image *image_options_open(struct cli *cli, size_t operand, const struct image_settings *settings);
