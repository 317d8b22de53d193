/* image_options.h - the options of the commands that read images, and opening what they name. */
#pragma once

#include "cli/cli.h"
#include "cli/progress.h"
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

/* A command that reads all of its operands and prints what it found in them. */
struct image_task {
        struct cli *cli;
        const char *what;   /* is done, for who waits */
        cli_printer *print; /* takes the task */
        void *result;
        struct catalog_settings reading; /* this and the rest by image_task_begin() */
        struct image **images;           /* by operand */
        struct progress progress;
};

/* Reads the options, gives up all rights but to read the images and to write the cache and the outputs, and opens the images. False
 * after saying what is wrong. */
bool image_task_begin(struct image_task *task) MUST_USE;

/* Says what could not be read, and prints every output. Returns `status`, or CLI_WRONG if anything failed. */
int image_task_end(struct image_task *task, const struct str *problems, size_t problem_count, int status);

/* The first steps of it, for commands that do something else in between: what the options say, an item of `settings` for each operand;
 * and giving up the rights. */
bool image_options_prepare(struct cli *cli, struct image_settings settings[], struct catalog_settings *reading);
bool image_options_confine(struct cli *cli, const struct catalog_settings *reading, struct err *err);

/* What --certificate-authority names, PEM; empty without it. False after saying what is wrong. */
bool image_options_authorities(struct cli *cli, struct str *authorities) MUST_USE;

/* What is written once images are read: the cache, and the folders of `file` and of all outputs; empty: there is none. */
const struct str *image_options_folders(struct cli *cli, struct str cache, struct str file, size_t *count);
