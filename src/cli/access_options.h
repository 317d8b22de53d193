/* access_options.h - what the commands of `strake access` have in common: whom and what they ask about, and where they look. */
#pragma once

#include "access/chain.h"
#include "access/request.h"
#include "access/server.h"
#include "cli/cluster_options.h"

/* Rows of a command's table of options. */
#define ACCESS_INPUT_OPTIONS                                                                                           \
        {"file", 'f', "INPUT", NULL, "a file, a folder, a snapshot, or - for standard input; repeatable"},             \
                CLUSTER_OPTIONS,                                                                                       \
        {                                                                                                              \
                "defaults", 0, NULL, NULL, "assume the bindings of a new cluster, too, not only its roles"             \
        }
#define ACCESS_CHAIN_OPTIONS                                                                                           \
        {"by", 0, "USER", NULL, "who acts as the user of --as: may they, and may that user?"},                         \
                {"by-group", 0, "GROUP", NULL, "a group that the user of --by is in; repeatable"},                     \
        {                                                                                                              \
                "abac", 0, "FILE", NULL, "a policy file of the ABAC authorizer; repeatable"                            \
        }
#define ACCESS_PLACE_OPTIONS                                                                                           \
        {"namespace", 'n', "NS", NULL, "the namespace (default: that of the context with --cluster, else default)"},   \
        {                                                                                                              \
                "all-namespaces", 'A', NULL, NULL, "in all namespaces at once"                                         \
        }
#define ACCESS_USER_OPTIONS                                                                                            \
        {"as", 0, "USER", NULL, "who asks; system:serviceaccount:NS:NAME for a service account"},                      \
                {"as-group", 0, "GROUP", NULL, "a group that the user is in; repeatable"},                             \
        {                                                                                                              \
                "token-file", 0, "FILE", NULL, "who asks is the bearer of this token; the cluster says who that is"    \
        }
#define ACCESS_SERVER_OPTIONS                                                                                          \
        {                                                                                                              \
                "server", 0, NULL, NULL, "ask the API server, too, and say if it decides otherwise"                    \
        }

/* Where the answers come from. */
struct access_input {
        struct arena arena;
        struct cluster_settings cluster;
        bool has_cluster;
        struct reviewer *reviewer; /* of the cluster; NULL: it was asked nothing yet */
        bool is_self;              /* who asks is who we are to the cluster */
        struct review_user self;   /* who that is, or the bearer of --token-file */
        struct estate estate;
        struct access *access;
        struct access_chain chain;
        struct str ns; /* what counts without -n: the namespace of the context of a cluster, else "default" */
        bool failed;   /* something could not be read: what is "no" may be "yes" */
};

/* Makes it empty, and finds out which cluster is meant, if one is. Nothing is read yet. */
void access_input_begin(struct cli *cli, struct access_input *input);

/* After access_input_begin(). Of a cluster only what such questions need is read: roles, bindings, accounts, definitions of
 * resources and the Pods of the control plane; everything where a node asks.
 *
 * Reads inputs: operands from index `first` on, and those of --file; none of both, and no --cluster: the current folder. Says on standard error what
 * could not be read or evaluated, and what was assumed. Ended by access_input_close(). */
void access_input_open(struct cli *cli, size_t first, struct access_input *input);

/* The same over the given inputs only. */
void access_input_open_these(struct cli *cli, const struct str *inputs, size_t count, struct access_input *input);
void access_input_close(struct access_input *input);

/* All of it: begins, opens, does `run` and closes. Returns its status. */
int access_input_run(struct cli *cli, size_t first, int (*run)(struct cli *cli, struct access_input *input));

/* The status of an answer: 2 if something could not be read and that could change it, 3 if there was nothing to look at. */
int access_input_status(const struct cli *cli, const struct access_input *input, int status);

/* The authorizers that the inputs declare, with the policies of --abac; what is noteworthy goes to standard error. False after saying
 * what is wrong. */
bool access_read_chain(struct cli *cli, struct access_input *input) MUST_USE;

/* The user of --as and --as-group or --token-file, or who we are to the cluster. False after saying what is wrong. To be called before
 * anything is read, because it says what has to be. */
bool access_read_user(struct cli *cli, struct access_input *input, struct access_user *user) MUST_USE;

/* With --server, what the cluster says to the question. False after saying what is wrong. */
bool access_read_server(struct cli *cli, struct access_input *input, struct access_answer *answer) MUST_USE;

/* The request of the first two operands, --subresource, --namespace and --all-namespaces; warnings go to standard error. False after
 * saying what is wrong. */
bool access_read_request(struct cli *cli, const struct access_input *input, struct access_request *request) MUST_USE;

/* As kubectl says them, on standard error. */
void access_say_warnings(const struct access_warnings *warnings);

/* The namespace that is asked about; empty: all. */
struct str access_read_namespace(const struct cli *cli, const struct access_input *input);
