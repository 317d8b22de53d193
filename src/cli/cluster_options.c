/* cluster_options.c - reading the options of a cluster. */

#include "cli/cluster_options.h"

enum { MOST_SECONDS = 3600 };

bool cluster_options_read(struct cli *cli, struct cluster_settings *settings, const struct cluster_settings **out)
{
        bool wanted = cli_has(cli, "cluster") || cli_has(cli, "kubeconfig") || cli_has(cli, "context");
        uint64_t seconds = 0;

        *settings = (struct cluster_settings){
                .choice = {.kubeconfig = cli_text(cli, "kubeconfig"), .context = cli_text(cli, "context")},
                .without = cli_list(cli, "without", true, &settings->without_count),
                .without_count = settings->without_count,
        };
        *out = wanted ? settings : NULL;
        TRY(cli_number(cli, "request-timeout", 1, MOST_SECONDS, &seconds));
        settings->seconds = (unsigned)seconds;
        if (!wanted && settings->without_count)
                return cli_refuse(cli, "--without leaves out what a cluster has: say --cluster too");
        return true;
}

/* A namespace becomes part of a path. */
static bool is_label(struct str text)
{
        for (size_t i = 0; i < text.len; i++) {
                char byte = text.data[i];

                if (!((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || (byte == '-' && i)))
                        return false;
        }
        return text.len > 0 && text.len <= 63;
}

bool cluster_options_read_scope(struct cli *cli, struct cluster_settings *settings, const struct cluster_settings **out)
{
        struct str ns = cli_text(cli, "namespace");

        TRY(cluster_options_read(cli, settings, out));
        if (!*out && (ns.len || cli_has(cli, "all-namespaces")))
                return cli_refuse(cli, "-n and -A are about a cluster: say --cluster too");
        if (cli_has(cli, "namespace") && cli_has(cli, "all-namespaces"))
                return cli_refuse(cli, "-n and -A exclude each other");
        if (cli_has(cli, "namespace") && !is_label(ns))
                return cli_refuse(cli, "-n wants the name of a namespace, not \"%.*s\"", STR_ARG(ns));
        settings->ns = ns;
        return true;
}
