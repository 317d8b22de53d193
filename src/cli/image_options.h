/* image_options.h - the options of the commands that read images, and opening what they name. */
#pragma once

#include "cli/cli.h"
#include "image/catalog.h"

enum { IMAGE_OPTION_COUNT = 6 };

extern const struct cli_option image_options[IMAGE_OPTION_COUNT];

/* What the options say, an item of `settings` for each operand; then gives up all rights but to read the images and to write the cache and the
 * outputs. False after saying what is wrong. */
bool image_options_read(struct cli *cli, struct image_settings settings[], struct catalog_settings *reading);

/* Opens the image of an operand; NULL after saying why not. */
struct image *image_options_open(struct cli *cli, size_t operand, const struct image_settings *settings);
