/* audit_log.c - reading audit logs. */

#include "cli/audit_log.h"

#include "cli/progress.h"

enum { MOST_PROBLEMS = 20 }; /* told of one log; the others are counted */

static void take_event(void *context, const struct audit_event *event)
{
        struct audit_logs *logs = context;

        logs->events++;
        logs->event(logs->context, event);
}

static void tell_problem(void *context, uint64_t line, struct str message)
{
        struct audit_logs *logs = context;

        logs->failed = true;
        if (++logs->problems <= MOST_PROBLEMS)
                cli_fail(logs->cli, "%.*s:%" PRIu64 ": %.*s", STR_ARG(logs->name), line, STR_ARG(message));
}

static void read_log(struct audit_logs *logs, struct str name)
{
        struct audit_listener listener = {.context = logs, .event = take_event, .problem = tell_problem};
        struct err err = {0};

        logs->name = str_is(name, "-") ? logs->standard_input : name;
        logs->problems = 0;
        if (!audit_read(name.data, &listener, &err)) {
                logs->failed = true;
                cli_fail(logs->cli, "%.*s: %.*s", STR_ARG(logs->name), STR_ARG(err_text(&err)));
        }
        if (logs->problems > MOST_PROBLEMS)
                cli_fail(logs->cli, "%.*s: %" PRIu64 " more places could not be read", STR_ARG(logs->name),
                         logs->problems - MOST_PROBLEMS);
}

void audit_logs_read(struct audit_logs *logs, const struct str *names, size_t count)
{
        struct progress progress;

        progress_begin(&progress, "reading the audit log", logs->cli->quiet);
        for (size_t i = 0; i < count; i++)
                read_log(logs, names[i]);
        progress_end(&progress);
}
