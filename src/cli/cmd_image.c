/* cmd_image.c - strake image list, diff: what is in this image, and in what does it differ from another? */

#include "base/file.h"
#include "base/pool.h"
#include "cli/commands.h"
#include "cli/progress.h"
#include "image/cache.h"
#include "image/diff.h"
#include "image/print.h"

enum { MOST_AUTHORITIES = 16 << 20 };

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
        if (image_confine(&cli->arena, cli->operands.items, cli->operands.count, folders.items, folders.count, &err))
                return true;
        cli_fail(cli, "cannot give up rights before reading the image: %.*s", STR_ARG(err_text(&err)));
        return false;
}

/* Credentials and the like for the operands that name images in registries. */
static bool prepare_registries(struct cli *cli, struct image_settings settings[])
{
        struct str file = cli_text(cli, "certificate-authority");
        struct file_text authorities = {0};
        struct err err = {0};

        if (file.len && file_read(&cli->arena, file.data, MOST_AUTHORITIES, &authorities) != FILE_OK) {
                cli_fail(cli, "%.*s: %s", STR_ARG(file), authorities.why);
                return false;
        }
        for (size_t i = 0; i < cli->operands.count; i++) {
                struct str reference = cli->operands.items[i];

                if (!image_is_remote(&cli->arena, reference))
                        continue;
                settings[i].access =
                        image_prepare(&cli->arena, reference, authorities.text, cli_has(cli, "plain-http"), &err);
                if (!settings[i].access) {
                        cli_fail(cli, "%.*s: %.*s", STR_ARG(reference), STR_ARG(err_text(&err)));
                        return false;
                }
        }
        return true;
}

/* What the options say, and the cage; false after saying what is wrong. */
static bool prepare(struct cli *cli, struct image_settings settings[], struct catalog_settings *reading)
{
        uint64_t threads = pool_threads();

        for (size_t i = 0; i < cli->operands.count; i++)
                settings[i].platform = cli_text(cli, "platform");
        if (!cli_number(cli, "threads", 1, 256, &threads))
                return false;
        reading->threads = (unsigned)threads;
        if (!cli_has(cli, "no-cache"))
                reading->cache = layer_cache_make(&cli->arena);
        return prepare_registries(cli, settings) && confine(cli, reading->cache);
}

static struct image *open_image(struct cli *cli, size_t operand, const struct image_settings *settings)
{
        struct err err = {0};
        struct image *image = image_open(&cli->arena, cli->operands.items[operand], settings, &err);

        if (!image)
                cli_fail(cli, "%.*s", STR_ARG(err_text(&err)));
        return image;
}

static int run_list(struct cli *cli)
{
        struct image_settings settings = {0};
        struct catalog_settings reading = {0};
        struct catalog catalog = {0};
        struct progress progress;
        struct image *image;

        if (!prepare(cli, &settings, &reading))
                return CLI_WRONG;
        image = open_image(cli, 0, &settings);
        if (!image)
                return CLI_WRONG;
        progress_begin(&progress, "reading the image", cli->quiet);
        catalog_read(&cli->arena, image, &reading, &catalog);
        progress_end(&progress);
        for (size_t i = 0; i < catalog.problems.count; i++)
                cli_fail(cli, "%.*s", STR_ARG(catalog.problems.items[i]));
        if (!print(cli, image, &catalog) || catalog.problems.count)
                return CLI_WRONG;
        return catalog.package_count ? CLI_OK : CLI_NOTHING;
}

static bool print_diff(struct cli *cli, const struct image_diff *diff)
{
        bool fine = true;

        for (size_t i = 0; i < cli->outputs.count; i++) {
                const struct cli_output *output = &cli->outputs.items[i];
                CLEANUP(buf_free) struct buf out = {0};

                if (str_is(output->format, "json"))
                        image_diff_print_json(&out, diff);
                else
                        image_diff_print_text(&out, diff, cli->quiet);
                fine = cli_write(cli, output, buf_text(&out)) && fine;
        }
        return fine;
}

static int run_diff(struct cli *cli)
{
        struct image_settings settings[2] = {0};
        struct catalog_settings reading = {0};
        struct image *before, *after;
        struct progress progress;
        struct image_diff diff;

        if (!prepare(cli, settings, &reading))
                return CLI_WRONG;
        before = open_image(cli, 0, &settings[0]);
        after = before ? open_image(cli, 1, &settings[1]) : NULL;
        if (!after)
                return CLI_WRONG;
        progress_begin(&progress, "comparing the images", cli->quiet);
        image_compare(&cli->arena, before, after, &reading, &diff);
        progress_end(&progress);
        for (size_t i = 0; i < diff.problems.count; i++)
                cli_fail(cli, "%.*s", STR_ARG(diff.problems.items[i]));
        if (!print_diff(cli, &diff) || diff.problems.count)
                return CLI_WRONG;
        return image_diff_is_empty(&diff) ? CLI_OK : CLI_NO;
}

static const char *const list_examples[][2] = {
        {"strake image list docker-archive:app.tar", "packages of what docker save wrote"},
        {"strake image list example.org/app:1.2", "of an image in a registry, with the credentials of docker login"},
        {"strake image list oci:layout:1.2 -o json", "of a tag in an OCI layout, for programs"},
        {"strake image list dir:/mnt/root", "of an unpacked root file system, lock files among them"},
        {"strake image list app.tar.gz --platform linux/arm64", "the form is recognised; another platform"},
};

static const struct cli_option list_options[] = {
        {"platform", 0, "OS/ARCH[/VARIANT]", NULL,
         "which image of several (default: that of this machine, else linux/amd64)"},
        {"certificate-authority", 0, "FILE", NULL,
         "whom to trust as a registry, PEM (default: whom the system trusts)"},
        {"plain-http", 0, NULL, NULL, "ask the registry by http, without TLS"},
        {"no-cache", 0, NULL, NULL, "read every layer, and keep nothing of it in ~/.cache/strake"},
        {"threads", 0, "N", NULL, "how many layers at once (default: one for each CPU)"},
};

static const char *const group_examples[][2] = {
        {"strake image list docker-archive:app.tar", "list the packages of an image"},
        {"strake image diff old.tar new.tar", "tell in what two images differ"},
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
                "IMAGE: [HOST/]NAME[:TAG][@DIGEST] in a registry, oci:DIR[:TAG], oci-archive:FILE[:TAG], docker-archive:FILE[:TAG], dir:FOLDER, containers-storage:NAME\n"
                "(podman, CRI-O), or a path whose form is recognised. Nothing is unpacked to disk, no daemon and no\n"
                "root is needed; digests are checked.\n\n"
                "Exit status: 0 packages were found, 2 wrong usage or something could not be read (what could be is\n"
                "still listed), 3 no package was found.\n",
        .run = run_list,
};

static const char *const diff_examples[][2] = {
        {"strake image diff old.tar new.tar", "packages, files, configuration, and layer by layer why they differ"},
        {"strake image diff oci:first oci:second -o json", "was this built reproducibly? status 0 if so"},
};

const struct cli_command command_image_diff = {
        .name = "image diff",
        .about = "tell in what two images differ",
        .operands = "IMAGE IMAGE",
        .least_operands = 2,
        .most_operands = 2,
        .examples = diff_examples,
        .example_count = COUNT_OF(diff_examples),
        .options = list_options,
        .option_count = COUNT_OF(list_options),
        .formats = "text json",
        .notes =
                "Times alone make no difference to the files of an image, but they do to a layer: a layer is the same only if every byte\n"
                "of its archive is. IMAGE is what image list takes.\n\n"
                "Exit status: 0 the images are the same, 1 they differ, 2 wrong usage or something could not be read.\n",
        .run = run_diff,
};
