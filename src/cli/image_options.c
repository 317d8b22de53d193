/* image_options.c - the options of the commands that read images, and opening what they name. */

#include "cli/image_options.h"

#include "base/file.h"
#include "base/pool.h"
#include "image/layer/cache.h"

enum { MOST_AUTHORITIES = 16 << 20 };

const struct cli_option image_options[IMAGE_OPTION_COUNT] = {
        IMAGE_OPTIONS,
        {"attached", 0, NULL, NULL,
         "take the packages from a bill of materials that is attached to the image, and read no layer"},
};

static struct str folder_of(struct cli *cli, struct str file)
{
        const char *slash = memrchr(file.data, '/', file.len);

        return slash ? str_copy(&cli->arena, str_span(file.data, slash + 1)) : STR(".");
}

const struct str *image_options_folders(struct cli *cli, struct str cache, struct str file, size_t *count)
{
        VEC(struct str) folders = {0};

        if (cache.len)
                *vec_push(&cli->arena, &folders) = cache;
        if (file.len)
                *vec_push(&cli->arena, &folders) = folder_of(cli, file);
        for (size_t i = 0; i < cli->outputs.count; i++)
                if (cli->outputs.items[i].file.len)
                        *vec_push(&cli->arena, &folders) = folder_of(cli, cli->outputs.items[i].file);
        *count = folders.count;
        return folders.items;
}

/* From here on only the image is read, and only the cache and the outputs are written. */
bool image_options_confine(struct cli *cli, const struct catalog_settings *reading, struct err *err)
{
        size_t count;
        const struct str *folders = image_options_folders(cli, reading->cache, STR(""), &count);

        return image_confine(&cli->arena, cli->operands.items, cli->operands.count, folders, count, err)
               || err_within(err, "cannot give up rights before reading the image");
}

bool image_options_authorities(struct cli *cli, struct str *authorities)
{
        struct str file = cli_text(cli, "certificate-authority");
        struct file_text text = {0};

        if (file.len && file_read(&cli->arena, file.data, MOST_AUTHORITIES, &text) != FILE_OK)
                return cli_give_up(cli, "%.*s: %s", STR_ARG(file), text.why);
        *authorities = text.text;
        return true;
}

/* Credentials and the like for the operands that name images in registries. */
static bool prepare_registries(struct cli *cli, struct image_settings settings[])
{
        struct str authorities;
        struct err err = {0};

        TRY(image_options_authorities(cli, &authorities));
        for (size_t i = 0; i < cli->operands.count; i++) {
                struct str reference = cli->operands.items[i];

                if (!image_is_remote(&cli->arena, reference))
                        continue;
                settings[i].access =
                        image_prepare(&cli->arena, reference, authorities, cli_has(cli, "plain-http"), &err);
                if (!settings[i].access)
                        return cli_give_up(cli, "%.*s: %.*s", STR_ARG(reference), STR_ARG(err_text(&err)));
        }
        return true;
}

bool image_options_prepare(struct cli *cli, struct image_settings settings[], struct catalog_settings *reading)
{
        uint64_t threads = pool_threads();

        for (size_t i = 0; i < cli->operands.count; i++)
                settings[i].platform = cli_text(cli, "platform");
        if (!cli_number(cli, "threads", 1, 256, &threads))
                return false;
        reading->threads = (unsigned)threads;
        if (!cli_has(cli, "no-cache"))
                reading->cache = layer_cache_make(&cli->arena);
        return prepare_registries(cli, settings);
}

static bool open_all(struct image_task *task, const struct image_settings settings[], struct err *err)
{
        struct cli *cli = task->cli;

        for (size_t i = 0; i < cli->operands.count; i++) {
                task->images[i] = image_open(&cli->arena, cli->operands.items[i], &settings[i], err);
                TRY(task->images[i]);
                TRY(!cli_has(cli, "attached") || image_use_attached(&cli->arena, task->images[i], err));
        }
        return true;
}

bool image_task_begin(struct image_task *task)
{
        struct cli *cli = task->cli;
        struct image_settings *settings = arena_array(&cli->arena, struct image_settings, cli->operands.count);
        struct err err = {0};

        task->images = arena_array(&cli->arena, struct image *, cli->operands.count);
        TRY(image_options_prepare(cli, settings, &task->reading));
        if (image_options_confine(cli, &task->reading, &err) && open_all(task, settings, &err))
                progress_begin(&task->progress, task->what, cli->quiet);
        else
                cli_fail(cli, "%.*s", STR_ARG(err_text(&err)));
        return !err.length;
}

int image_task_end(struct image_task *task, const struct str *problems, size_t problem_count, int status)
{
        struct cli *cli = task->cli;

        progress_end(&task->progress);
        for (size_t i = 0; i < problem_count; i++)
                status = cli_fail(cli, "%.*s", STR_ARG(problems[i]));
        return cli_print_all(cli, task->print, task) ? status : CLI_WRONG;
}
