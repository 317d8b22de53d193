/* server.h - the language server: `strake lsp`, Language Server Protocol 3.17 over standard input and output.
 *
 * It keeps a scan of the workspace's folders (scan/watch.h), in which the texts that an editor has open stand for their files. So
 * what it says of an open file is what `strake scan` would say once everything was saved. Diagnostics are shown for open files. */
#pragma once

#include "scan/watch.h"

/* What a scan of folders needs, made by whoever knows the options. */
struct server_plan {
        const struct scan_settings *settings;
        const struct baseline *baseline; /* NULL: none */
        const struct str *files;         /* on which the settings depend */
        size_t file_count;
};

struct server_settings {
        /* Makes the plan for folders; called again when they or the settings change. What it gives stays until the call after the
         * next. False with `err`. */
        bool (*plan)(void *context, const struct str *folders, size_t count, struct server_plan *out, struct err *err);
        void *context;
        struct str rules_url; /* a rule's page is this and its id; empty: none */
        int in, out;          /* open files */
};

/* Serves until the client says `exit`. Returns 0 if it had said `shutdown` before, else 1. */
int server_run(const struct server_settings *settings);
