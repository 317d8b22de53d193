/* images_options.c - the options by which a command reads the images that containers name. */

#include "cli/images_options.h"

#include <sys/stat.h>

#include "base/file.h"
#include "cli/image_options.h"
#include "image/layer/cache.h"
#include "image/open/open.h"

enum { MOST_MAP = 16 << 20 };

/* What belongs to the images means nothing without them. */
static bool check_alone(struct cli *cli, const struct images_options *options)
{
        static const char *const names[] = {"offline", "platform", "certificate-authority", "plain-http", "no-cache"};

        for (size_t i = 0; i < COUNT_OF(names) && !options->wanted; i++) {
                if (cli_has(cli, names[i]))
                        return cli_refuse(cli, "--%s says how images are read: it goes with --images or --image-map",
                                          names[i]);
        }
        return true;
}

static bool add_file(struct cli *cli, struct image_map *map, struct str name, struct err *err)
{
        struct file_text file = {0};

        if (file_read(&cli->arena, name.data, MOST_MAP, &file) != FILE_OK)
                return err_set(err, "%.*s: %s", STR_ARG(name), file.why ? file.why : "the file is larger than 16 MiB");
        return image_map_add_file(&cli->arena, map, name, file.text, err);
}

/* A file, unless it is none and reads NAME=REFERENCE. */
static bool read_map(struct cli *cli, struct images_options *out)
{
        size_t count;
        const struct str *given = cli_list(cli, "image-map", false, &count);

        for (size_t i = 0; i < count; i++) {
                struct err err = {0};
                struct stat about;
                bool assigns = str_find(given[i], STR("="), 0) != SIZE_MAX && stat(given[i].data, &about) != 0;

                if (assigns ? image_map_add(&cli->arena, &out->map, given[i], &err)
                            : add_file(cli, &out->map, given[i], &err))
                        continue;
                return cli_give_up(cli, "--image-map %.*s", STR_ARG(err_text(&err)));
        }
        return true;
}

static bool read_platform(struct cli *cli, struct images_settings *settings)
{
        struct platform platform;

        settings->platform = cli_text(cli, "platform");
        if (!cli_has(cli, "platform") || image_read_platform(settings->platform, &platform))
                return true;
        return cli_refuse(cli, "--platform wants OS/ARCHITECTURE[/VARIANT], as in linux/arm64, not \"%.*s\"",
                          STR_ARG(settings->platform));
}

bool images_options_read(struct cli *cli, struct str today, struct str file, struct images_options *out)
{
        struct images_settings *settings = &out->settings;

        *out = (struct images_options){.wanted = cli_has(cli, "images") || cli_has(cli, "image-map")};
        settings->map = &out->map;
        settings->only_map = !cli_has(cli, "images");
        settings->offline = cli_has(cli, "offline");
        settings->plain = cli_has(cli, "plain-http");
        settings->facts.today = today;
        TRY(check_alone(cli, out));
        if (!out->wanted)
                return true;
        TRY(read_map(cli, out) && read_platform(cli, settings)
            && image_options_authorities(cli, &settings->authorities));
        if (!cli_has(cli, "no-cache"))
                settings->facts.cache = layer_cache_make(&cli->arena);
        settings->folders = image_options_folders(cli, settings->facts.cache, file, &settings->folder_count);
        return true;
}
