/* given.c - asking for the options that were given. */

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

bool cli_number(struct cli *cli, const char *name, uint64_t least, uint64_t most, uint64_t *number)
{
        struct reader reader = reader_over(cli_text(cli, name));
        uint64_t value;

        if (!cli_has(cli, name))
                return true;
        if (!reader_take_number(&reader, most, &value) || !reader_done(&reader) || value < least) {
                cli_usage(cli, "--%s wants a number from %" PRIu64 " to %" PRIu64 ", not \"%.*s\"", name, least, most,
                          STR_ARG(reader.text));
                return false;
        }
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
        cli_usage(cli, "%s: \"%.*s\" is no version of Kubernetes that Strake knows: v1.0 to v1.%d, or latest", option,
                  STR_ARG(text), KUBERNETES_NEWEST_MINOR);
        return false;
}
