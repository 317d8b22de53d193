/* given.c - asking for the options that were given. */

#include <time.h>

#include "base/reader.h"
#include "cli/cli.h"
#include "rulebook/rulebook.h"

bool cli_has(const struct cli *cli, const char *name)
{
        for (size_t i = 0; i < cli->given.count; i++)
                if (strcmp(cli->given.items[i].option->name, name) == 0)
                        return true;
        return false;
}

struct str cli_text(const struct cli *cli, const char *name)
{
        struct str value = {0};

        for (size_t i = 0; i < cli->given.count; i++)
                if (strcmp(cli->given.items[i].option->name, name) == 0)
                        value = cli->given.items[i].value;
        return value;
}

struct str *cli_list(struct cli *cli, const char *name, bool comma, size_t *count)
{
        VEC(struct str) list = {0};

        for (size_t i = 0; i < cli->given.count; i++) {
                struct str rest = cli->given.items[i].value, part;

                if (strcmp(cli->given.items[i].option->name, name) != 0)
                        continue;
                if (!comma)
                        *vec_push(&cli->arena, &list) = rest;
                while (comma && str_split(&rest, ',', &part))
                        if (str_trim(part).len)
                                *vec_push(&cli->arena, &list) = str_trim(part);
        }
        *count = list.count;
        return list.items;
}

struct str *cli_inputs(struct cli *cli, size_t first, const char *option, size_t *count)
{
        size_t more;
        const struct str *values = cli_list(cli, option, false, &more);
        VEC(struct str) inputs = {0};

        for (size_t i = first; i < cli->operands.count; i++)
                *vec_push(&cli->arena, &inputs) = cli->operands.items[i];
        for (size_t i = 0; i < more; i++)
                *vec_push(&cli->arena, &inputs) = values[i];
        *count = inputs.count;
        return inputs.items;
}

void cli_severity(const struct cli *cli, const char *option, enum severity *severity)
{
        struct str word = cli_text(cli, option);

        if (str_is(word, "never"))
                *severity = SEVERITY_COUNT;
        else if (word.len)
                severity_from(word, severity); /* one of the option's words */
}

struct str cli_today(struct cli *cli)
{
        time_t now = time(NULL);
        struct tm parts;

        gmtime_r(&now, &parts);
        return str_format(&cli->arena, "%04d-%02d-%02d", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

bool cli_number(struct cli *cli, const char *name, uint64_t least, uint64_t most, uint64_t *number)
{
        struct reader reader = reader_over(cli_text(cli, name));
        uint64_t value;

        if (!cli_has(cli, name))
                return true;
        if (!reader_take_number(&reader, most, &value) || !reader_done(&reader) || value < least)
                return cli_refuse(cli, "--%s wants a number from %" PRIu64 " to %" PRIu64 ", not \"%.*s\"", name, least,
                                  most, STR_ARG(reader.text));
        *number = value;
        return true;
}

bool cli_kubernetes(struct cli *cli, const char *option, struct str text, uint32_t *minor)
{
        struct reader reader = reader_over(text);
        uint64_t number;

        if (str_is(text, "latest")) {
                *minor = KUBERNETES_NEWEST_MINOR;
                return true;
        }
        if (reader_take_str(&reader, STR("v1.")) && reader_take_number(&reader, KUBERNETES_NEWEST_MINOR, &number)
                            && reader_done(&reader)) {
                *minor = (uint32_t)number;
                return true;
        }
        return cli_refuse(cli, "%s: \"%.*s\" is no version of Kubernetes that Strake knows: v1.0 to v1.%d, or latest",
                          option, STR_ARG(text), KUBERNETES_NEWEST_MINOR);
}

bool cli_kubernetes_version(struct cli *cli, uint32_t *minor)
{
        *minor = KUBERNETES_NEWEST_MINOR;
        return !cli_has(cli, "kubernetes-version")
               || cli_kubernetes(cli, "--kubernetes-version", cli_text(cli, "kubernetes-version"), minor);
}
