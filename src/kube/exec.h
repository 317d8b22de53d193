/* exec.h - credentials from a program that a kubeconfig names.
 *
 * client.authentication.k8s.io/v1 and v1beta1: the program is told about the cluster in KUBERNETES_EXEC_INFO, asks the person at
 * the terminal if it must and may, and prints an ExecCredential. */
#pragma once

#include "kube/config.h"

struct exec_credential {
        struct str token, certificate, key; /* the last two are PEM */
        int64_t expires;                    /* seconds since 1970; 0: it does not say */
};

/* Runs the program and reads what it prints, at most 1 MiB. Where nobody sits at a terminal it has a minute. The error names the
 * program, says how to get it where the kubeconfig knows, and never holds what it printed. */
bool exec_run(struct arena *arena, const struct config_access *access, struct exec_credential *out, struct err *err);

/* Reads an ExecCredential of that apiVersion. */
bool exec_read(struct arena *arena, struct str text, struct str api_version, struct exec_credential *out,
               struct err *err);
