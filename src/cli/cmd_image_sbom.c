/* cmd_image_sbom.c - strake image sbom: the bill of materials of an image. */

#include <stdlib.h>

#include "base/reader.h"
#include "cli/commands.h"
#include "cli/image_options.h"
#include "cli/progress.h"
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
        if (!reader_take_number(&reader, UINT32_MAX, &seconds) || !reader_done(&reader)) {
                cli_fail(cli, "SOURCE_DATE_EPOCH is \"%.*s\", but must be a number of seconds since 1970",
                         STR_ARG(text));
                return false;
        }
        *time = (int64_t)seconds;
        return true;
}

static bool print(struct cli *cli, const struct image *image, const struct catalog *catalog,
                  const struct sbom_settings *settings)
{
        bool fine = true;

        for (size_t i = 0; i < cli->outputs.count; i++) {
                const struct cli_output *output = &cli->outputs.items[i];
                CLEANUP(buf_free) struct buf out = {0};

                if (str_is(output->format, "spdx-json"))
                        sbom_print_spdx(&out, image, catalog, settings);
                else
                        sbom_print_cyclonedx(&out, image, catalog, settings);
                fine = cli_write(cli, output, buf_text(&out)) && fine;
        }
        return fine;
}

static int run_sbom(struct cli *cli)
{
        struct image_settings settings = {0};
        struct catalog_settings reading = {0};
        struct sbom_settings writing;
        struct catalog catalog = {0};
        struct progress progress;
        struct image *image;

        if (!read_time(cli, &writing.time) || !image_options_read(cli, &settings, &reading))
                return CLI_WRONG;
        image = image_options_open(cli, 0, &settings);
        if (!image)
                return CLI_WRONG;
        progress_begin(&progress, "reading the image", cli->quiet);
        catalog_read(&cli->arena, image, &reading, &catalog);
        progress_end(&progress);
        for (size_t i = 0; i < catalog.problems.count; i++)
                cli_fail(cli, "%.*s", STR_ARG(catalog.problems.items[i]));
        if (!print(cli, image, &catalog, &writing) || catalog.problems.count)
                return CLI_WRONG;
        return catalog.package_count ? CLI_OK : CLI_NOTHING;
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
