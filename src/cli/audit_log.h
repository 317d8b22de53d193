/* audit_log.h - reading the audit logs that a command was given, and telling what of them could not be read. */
#pragma once

#include "cli/cli.h"
#include "kube/audit.h"

struct audit_logs {
        struct cli *cli;
        void (*event)(void *context, const struct audit_event *event);
        void *context;
        struct str standard_input; /* what it is called in messages */
        uint64_t events;           /* so far, this and the rest by audit_logs_read() */
        bool failed;               /* something could not be read; the rest still counts */
        struct str name;           /* of the one that is being read */
        uint64_t problems;         /* of that one */
};

void audit_logs_read(struct audit_logs *logs, const struct str *names, size_t count);
