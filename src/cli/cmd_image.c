/* cmd_image.c - strake image list: what is in this image? */

#include "base/pool.h"
#include "cli/commands.h"
#include "cli/progress.h"
#include "image/cache.h"
#include "image/print.h"

static bool print(struct cli *cli, const struct image *image, const struct catalog *catalog)
{
        bool fine = true;

        for (size_t i = 0; i < cli->outputs.count; i++) {
                const struct cli_output *output = &cli->outputs.items[i];
                CLEANUP(buf_free) struct buf out = {0};

                if (str_is(output->format, "json"))
                        catalog_print_json(&out, image, catalog);
                else if (str_is(output->format, "csv"))
                        catalog_print_csv(&out, image, catalog);
                else
                        catalog_print_text(&out, image, catalog, cli->quiet);
                fine = cli_write(cli, output, buf_text(&out)) && fine;
        }
        return fine;
}

/* The folder that a file of an output is written to. */
static struct str folder_of(struct cli *cli, struct str file)
{
        const char *slash = file.len ? memrchr(file.data, '/', file.len) : NULL;

        return slash ? str_copy(&cli->arena, str_span(file.data, slash + 1)) : STR(".");
}

/* From here on only the image is read, and only the cache and the outputs are written. */
static bool confine(struct cli *cli, struct str cache)
{
        VEC(struct str) folders = {0};
        struct err err = {0};

        if (cache.len)
                *vec_push(&cli->arena, &folders) = cache;
        for (size_t i = 0; i < cli->outputs.count; i++)
                if (cli->outputs.items[i].file.len)
                        *vec_push(&cli->arena, &folders) = folder_of(cli, cli->outputs.items[i].file);
        if (image_confine(&cli->arena, cli->operands.items[0], folders.items, folders.count, &err))
                return true;
        cli_fail(cli, "cannot give up rights before reading the image: %.*s", STR_ARG(err_text(&err)));
        return false;
}

static int run_list(struct cli *cli)
{
        struct image_settings settings = {.platform = cli_text(cli, "platform")};
        uint64_t threads = pool_threads();
        struct catalog_settings reading = {0};
        struct catalog catalog = {0};
        struct progress progress;
        struct err err = {0};
        struct image *image;

        if (!cli_number(cli, "threads", 1, 256, &threads))
                return CLI_WRONG;
        reading.threads = (unsigned)threads;
        if (!cli_has(cli, "no-cache"))
                reading.cache = layer_cache_make(&cli->arena);
        if (!confine(cli, reading.cache))
                return CLI_WRONG;
        image = image_open(&cli->arena, cli->operands.items[0], &settings, &err);
        if (!image)
                return cli_fail(cli, "%.*s", STR_ARG(err_text(&err)));
        progress_begin(&progress, "reading the image", cli->quiet);
        catalog_read(&cli->arena, image, &reading, &catalog);
        progress_end(&progress);
        for (size_t i = 0; i < catalog.problems.count; i++)
                cli_fail(cli, "%.*s", STR_ARG(catalog.problems.items[i]));
        if (!print(cli, image, &catalog) || catalog.problems.count)
                return CLI_WRONG;
        return catalog.package_count ? CLI_OK : CLI_NOTHING;
}

static const char *const list_examples[][2] = {
        {"strake image list docker-archive:app.tar", "packages of what docker save wrote"},
        {"strake image list oci:layout:1.2 -o json", "of a tag in an OCI layout, for programs"},
        {"strake image list dir:/mnt/root", "of an unpacked root file system, lock files among them"},
        {"strake image list app.tar.gz --platform linux/arm64", "the form is recognised; another platform"},
};

static const struct cli_option list_options[] = {
        {"platform", 0, "OS/ARCH[/VARIANT]", NULL,
         "which image of several (default: that of this machine, else linux/amd64)"},
        {"no-cache", 0, NULL, NULL, "read every layer, and keep nothing of it in ~/.cache/strake"},
        {"threads", 0, "N", NULL, "how many layers at once (default: one for each CPU)"},
};

static const char *const group_examples[][2] = {
        {"strake image list docker-archive:app.tar", "list the packages of an image"},
};

const struct cli_command command_image = {
        .name = "image",
        .about = "look into container images",
        .examples = group_examples,
        .example_count = COUNT_OF(group_examples),
        .formats = "text",
};

const struct cli_command command_image_list = {
        .name = "image list",
        .about = "list the packages of an image",
        .operands = "IMAGE",
        .least_operands = 1,
        .most_operands = 1,
        .examples = list_examples,
        .example_count = COUNT_OF(list_examples),
        .options = list_options,
        .option_count = COUNT_OF(list_options),
        .formats = "text json csv",
        .notes =
                "IMAGE: oci:DIR[:TAG], oci-archive:FILE[:TAG], docker-archive:FILE[:TAG], dir:FOLDER, or a path whose form is\n"
                "recognised. Nothing is unpacked to disk, no daemon and no root is needed; digests are checked.\n\n"
                "Exit status: 0 packages were found, 2 wrong usage or something could not be read (what could be is\n"
                "still listed), 3 no package was found.\n",
        .run = run_list,
};
