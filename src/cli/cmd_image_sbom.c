/* cmd_image_sbom.c - strake image sbom: the bill of materials of an image. */

#include <stdlib.h>

#include "base/reader.h"
#include "cli/commands.h"
#include "cli/image_options.h"
#include "image/sbom/sbom.h"

/* Reproducible builds give the time of a document in SOURCE_DATE_EPOCH; otherwise it has none. */
static bool read_time(struct cli *cli, int64_t *time)
{
        struct str text = str_of(getenv("SOURCE_DATE_EPOCH"));
        struct reader reader = reader_over(text);
        uint64_t seconds;

        *time = -1;
        if (!text.len)
                return true;
        if (!reader_take_number(&reader, UINT32_MAX, &seconds) || !reader_done(&reader))
                return cli_give_up(cli, "SOURCE_DATE_EPOCH is \"%.*s\", but must be a number of seconds since 1970",
                                   STR_ARG(text));
        *time = (int64_t)seconds;
        return true;
}

struct bill {
        struct catalog catalog;
        struct sbom_settings settings;
};

static void print(struct cli_writer *to, void *what)
{
        const struct image_task *task = what;
        const struct bill *bill = task->result;

        if (str_is(to->format, "spdx-json"))
                sbom_print_spdx(&to->text, task->images[0], &bill->catalog, &bill->settings);
        else
                sbom_print_cyclonedx(&to->text, task->images[0], &bill->catalog, &bill->settings);
}

static int run_sbom(struct cli *cli)
{
        struct bill bill = {0};
        struct catalog *catalog = &bill.catalog;
        struct image_task task = {.cli = cli, .what = "reading the image", .print = print, .result = &bill};

        if (!read_time(cli, &bill.settings.time) || !image_task_begin(&task))
                return CLI_WRONG;
        catalog_read(&cli->arena, task.images[0], &task.reading, catalog);
        return image_task_end(&task, catalog->problems.items, catalog->problems.count,
                              catalog->package_count ? CLI_OK : CLI_NOTHING);
}

static const char *const examples[][2] = {
        {"strake image sbom docker-archive:app.tar", "CycloneDX 1.6 of what docker save wrote"},
        {"strake image sbom example.org/app:1.2 -o spdx-json=app.spdx.json", "SPDX 2.3 of an image in a registry"},
        {"strake image sbom dir:/mnt/root -o cyclonedx=a.cdx.json -o spdx-json=a.spdx.json", "both, reading once"},
        {"strake image sbom sbom:app.spdx.json -o cyclonedx", "from one format to the other"},
};

const struct cli_command command_image_sbom = {
        .name = "image sbom",
        .about = "write the bill of materials of an image",
        .operands = "IMAGE",
        .least_operands = 1,
        .most_operands = 1,
        .examples = examples,
        .example_count = COUNT_OF(examples),
        .options = image_options,
        .option_count = IMAGE_OPTION_COUNT,
        .formats = "cyclonedx spdx-json",
        .notes =
                "cyclonedx is CycloneDX 1.6, spdx-json is SPDX 2.3, both JSON. The same image gives the same bytes: there is no time but that of\n"
                "SOURCE_DATE_EPOCH, and the serial number comes from the content. strake image list sbom:FILE reads both.\n"
                "IMAGE is what image list takes.\n\n"
                "Exit status: 0 packages were found, 2 wrong usage or something could not be read (the bill of what\n"
                "could be is still written and says that it is incomplete), 3 no package was found.\n",
        .run = run_sbom,
};
