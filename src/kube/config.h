/* config.h - which cluster to ask, and as whom: kubeconfig files, merged as kubectl merges them.
 *
 * https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/ and the API kubeconfig/v1:
 *   - --kubeconfig names one file, which must be there; else KUBECONFIG names several, those that are missing passed over; else
 *     ~/.kube/config; else, in a Pod, the service account of the Pod.
 *   - Of clusters, users and contexts with the same name, and of current-context, the first one counts.
 *   - Relative paths start at the folder of the file that they stand in; data in the file goes before a path. */
#pragma once

#include "doc/document.h"
#include "wire/http.h"

struct config_exec {
        struct str file; /* where it stands, for messages */
        struct str api_version, command, hint;
        const struct value *arguments, *environment; /* lists, or NULL */
        const struct value *cluster_settings;        /* `config` for the plugin, or NULL */
        bool wants_cluster;
        enum { EXEC_IF_AVAILABLE, EXEC_NEVER, EXEC_ALWAYS } interactive;
};

/* Everything that a client needs to know. Texts are in the arena; files named by it have been read, but for the token's. */
struct config_access {
        struct str context, cluster, user; /* their names; empty in a Pod */
        struct str ns;                     /* of the context; "default" if it names none */
        struct str server;                 /* URL without a slash at its end */
        struct http_tls tls;
        struct str proxy;
        struct str token, token_file, name, password;
        struct str as, as_uid; /* impersonation */
        VEC(struct str) as_groups;
        VEC(struct http_header) as_extra; /* key, value */
        const struct config_exec *exec;   /* NULL: none */
};

struct config_choice {
        struct str kubeconfig, context; /* as options give them; may be empty */
};

/* Finds out whom to ask. Environment: KUBECONFIG, HOME, KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT. */
bool config_access_find(struct arena *arena, const struct config_choice *choice, struct config_access *out,
                        struct err *err);

/* The same from the text of one kubeconfig, by its current context; for tests. */
bool config_access_read(struct arena *arena, struct str name, struct str text, struct config_access *out,
                        struct err *err);

/* The token as it is now: files of tokens change. Empty if there is none. */
bool config_token(struct arena *arena, const struct config_access *access, struct str *token, struct err *err);
