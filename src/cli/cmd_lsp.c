/* cmd_lsp.c - strake lsp: what is wrong here, while it is written. */

#include <unistd.h>

#include "cli/commands.h"
#include "cli/scan_options.h"
#include "editor/server.h"

/* The options, read for the folders of the moment. Two, because the server may keep the old one. */
struct plans {
        struct cli *cli;
        struct scan_request requests[2];
        struct str files[2][SCAN_SETTINGS_FILES];
        size_t next;
};

static bool plan(void *context, const struct str *folders, size_t count, struct server_plan *out, struct err *err)
{
        struct plans *plans = context;
        struct cli *cli = plans->cli;
        size_t at = plans->next ^ 1;
        struct scan_request *request = &plans->requests[at];

        cli->operands.count = 0;
        for (size_t i = 0; i < count; i++)
                *vec_push(&cli->arena, &cli->operands) = str_copy(&cli->arena, folders[i]);
        if (!scan_request_read(cli, request))
                return err_set(err, "the settings are wrong: standard error of the server says how");
        request->scan.input.nothing = !request->scan.input.input_count;
        plans->next = at;
        *out = (struct server_plan){
                .settings = &request->scan,
                .baseline = cli_has(cli, "baseline") ? &request->baseline : NULL,
                .files = plans->files[at],
                .file_count = scan_request_files(cli, request, plans->files[at]),
        };
        return true;
}

static int run(struct cli *cli)
{
        struct plans plans = {.cli = cli};
        struct str url = cli_has(cli, "rules-url") ? cli_text(cli, "rules-url") : STR("https://strake.dev/rules/");
        const struct server_settings settings = {
                .plan = plan,
                .context = &plans,
                .rules_url = str_is(url, "none") ? (struct str){0} : url,
                .in = STDIN_FILENO,
                .out = STDOUT_FILENO,
        };

        return server_run(&settings);
}

static const char *const examples[][2] = {
        {"strake lsp", "for an editor to start; docs/editors.md says how Neovim and VS Code do"},
        {"strake lsp --min-severity medium --skip image-without-digest", "with less to say"},
};

static const struct cli_option options[] = {
        SCAN_OPTIONS,
        {"rules-url", 0, "URL", NULL, "where rules are described: the id goes behind it (none: nowhere)"},
};

const struct cli_command command_lsp = {
        .name = "lsp",
        .about = "tell an editor what is wrong in manifests while they are written",
        .examples = examples,
        .example_count = COUNT_OF(examples),
        .options = options,
        .option_count = COUNT_OF(options),
        .formats = "json",
        .notes = "Speaks the Language Server Protocol over standard input and output. The editor's folders are\n"
                 "scanned, with the texts that it has open in place of their files.\n\n"
                 "Exit status: 0 after shutdown and exit, 1 if the editor went away without.\n",
        .run = run,
};
