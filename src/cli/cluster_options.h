/* cluster_options.h - the options by which a command reads a live cluster instead of files. */
#pragma once

#include "cli/cli.h"
#include "kube/cluster.h"

/* Rows of a command's table of options. The second is for commands that have no other use for a namespace. */
#define CLUSTER_OPTIONS                                                                                                \
        {"cluster", 0, NULL, NULL, "read the live cluster that the kubeconfig names"},                                 \
                {"kubeconfig", 0, "FILE", NULL,                                                                        \
                 "how to reach it (default: $KUBECONFIG, ~/.kube/config, or in a Pod its account)"},                   \
                {"context", 0, "NAME", NULL, "a context of the kubeconfig (default: its current one)"},                \
                {"request-timeout", 0, "SECONDS", NULL,                                                                \
                 "how long to wait for each answer, tries again included (default: 30, and 60)"},                      \
        {                                                                                                              \
                "without", 0, "RESOURCE,...", NULL, "leave out of the cluster: secrets, certificates.cert-manager.io"  \
        }
#define CLUSTER_SCOPE_OPTIONS                                                                                          \
        {"namespace", 'n', "NAMESPACE", NULL, "only this namespace of the cluster"},                                   \
        {                                                                                                              \
                "all-namespaces", 'A', NULL, NULL, "all of the cluster (default)"                                      \
        }

/* Fills in the settings; `*out` points to them if a cluster is to be read (--cluster, --kubeconfig or --context), else NULL.
 * False after saying what is wrong. */
bool cluster_options_read(struct cli *cli, struct cluster_settings *settings,
                          const struct cluster_settings **out) MUST_USE;

/* The same for a command with CLUSTER_SCOPE_OPTIONS too. */
bool cluster_options_read_scope(struct cli *cli, struct cluster_settings *settings,
                                const struct cluster_settings **out) MUST_USE;
