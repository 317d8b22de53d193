/* cmd_image.c - strake image list, diff: what is in this image, and in what does it differ from another? */

#include "cli/commands.h"
#include "cli/image_options.h"
#include "image/diff/diff.h"
#include "image/print.h"

static void print_list(struct cli_writer *to, void *what)
{
        const struct image_task *task = what;

        if (str_is(to->format, "json"))
                catalog_print_json(&to->text, task->images[0], task->result);
        else if (str_is(to->format, "csv"))
                catalog_print_csv(&to->text, task->images[0], task->result);
        else
                catalog_print_text(&to->text, task->images[0], task->result, to->cli->quiet);
}

static int run_list(struct cli *cli)
{
        struct catalog catalog = {0};
        struct image_task task = {.cli = cli, .what = "reading the image", .print = print_list, .result = &catalog};

        if (!image_task_begin(&task))
                return CLI_WRONG;
        catalog_read(&cli->arena, task.images[0], &task.reading, &catalog);
        return image_task_end(&task, catalog.problems.items, catalog.problems.count,
                              catalog.package_count ? CLI_OK : CLI_NOTHING);
}

static void print_diff(struct cli_writer *to, void *what)
{
        const struct image_task *task = what;

        if (str_is(to->format, "json"))
                image_diff_print_json(&to->text, task->result);
        else
                image_diff_print_text(&to->text, task->result, to->cli->quiet);
}

static int run_diff(struct cli *cli)
{
        struct image_diff diff;
        struct image_task task = {.cli = cli, .what = "comparing the images", .print = print_diff, .result = &diff};

        if (!image_task_begin(&task))
                return CLI_WRONG;
        image_compare(&cli->arena, task.images[0], task.images[1], &task.reading, &diff);
        return image_task_end(&task, diff.problems.items, diff.problems.count,
                              image_diff_is_empty(&diff) ? CLI_OK : CLI_NO);
}

static const char *const list_examples[][2] = {
        {"strake image list docker-archive:app.tar", "packages of what docker save wrote"},
        {"strake image list example.org/app:1.2", "of an image in a registry, with the credentials of docker login"},
        {"strake image list oci:layout:1.2 -o json", "of a tag in an OCI layout, for programs"},
        {"strake image list dir:/mnt/root", "of an unpacked root file system, lock files among them"},
        {"strake image list sbom:app.cdx.json", "of a bill of materials"},
        {"strake image list app.tar.gz --platform linux/arm64", "the form is recognised; another platform"},
};

static const char *const group_examples[][2] = {
        {"strake image list docker-archive:app.tar", "list the packages of an image"},
        {"strake image diff old.tar new.tar", "tell in what two images differ"},
        {"strake image sbom app.tar -o spdx-json", "write its bill of materials"},
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
        .options = image_options,
        .option_count = IMAGE_OPTION_COUNT,
        .formats = "text json csv",
        .notes =
                "IMAGE: [HOST/]NAME[:TAG][@DIGEST] in a registry, oci:DIR[:TAG], oci-archive:FILE[:TAG], docker-archive:FILE[:TAG], dir:FOLDER, containers-storage:NAME\n"
                "(podman, CRI-O), containerd:NAME, sbom:FILE (CycloneDX, SPDX), or a path whose form is recognised. Nothing is unpacked to disk, no daemon and no\n"
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
        .options = image_options,
        .option_count = IMAGE_OPTION_COUNT,
        .formats = "text json",
        .notes =
                "Times alone make no difference to the files of an image, but they do to a layer: a layer is the same only if every byte\n"
                "of its archive is. IMAGE is what image list takes.\n\n"
                "Exit status: 0 the images are the same, 1 they differ, 2 wrong usage or something could not be read.\n",
        .run = run_diff,
};
