/* scan_watch.c - strake scan --watch: the options, the loop that waits, and what is printed. */

#include "cli/scan_watch.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/progress.h"
#include "cli/scan_options.h"
#include "report/changes.h"
#include "scan/watch.h"

struct follower {
        struct cli *cli;
        struct scan_request request;
        struct watch watch;
        int signals;
        bool json, written;
};

/* --- options --- */

static bool check_options(struct cli *cli)
{
        const struct cli_output *output = &cli->outputs.items[0];
        static const char *const never[] = {"framework", "exit-code", "cluster",  "kubeconfig",
                                            "context",   "images",    "image-map"};

        if (cli->outputs.count > 1 || output->file.len
            || (!str_is(output->format, "text") && !str_is(output->format, "json"))) {
                cli_usage(cli, "--watch prints to standard output only: -o text or -o json (one document a line)");
                return false;
        }
        for (size_t i = 0; i < COUNT_OF(never); i++) {
                if (cli_has(cli, never[i])) {
                        cli_usage(cli, "--watch and --%s do not go together", never[i]);
                        return false;
                }
        }
        return true;
}

/* Standard input does not change. */
static bool check_inputs(struct follower *follower)
{
        const struct estate_settings *input = &follower->request.scan.input;

        if (input->cluster) {
                cli_usage(follower->cli, "--watch wants files and folders: a cluster is not watched yet");
                return false;
        }
        for (size_t i = 0; i < input->input_count; i++) {
                if (str_is(input->inputs[i], "-")) {
                        cli_usage(follower->cli, "--watch wants files and folders: - cannot be watched");
                        return false;
                }
        }
        return true;
}

/* --- printing --- */

static void print(struct follower *follower, struct str text)
{
        follower->written &= cli_write(follower->cli, &follower->cli->outputs.items[0], text);
}

static void print_state(struct follower *follower)
{
        struct live *live = &follower->watch.live;
        CLEANUP(buf_free) struct buf out = {0};

        live_report(live);
        if (follower->json) {
                changes_print_state_json(&out, &live->scan.report);
                print(follower, buf_text(&out));
        } else {
                follower->written &= scan_print(follower->cli, &live->scan, "text", follower->request.threads, 0);
        }
        if (!follower->cli->quiet && !follower->json)
                fprintf(stderr, "strake: watching %zu file%s in %zu folder%s; Ctrl+C ends it\n", live->sources.count,
                        live->sources.count == 1 ? "" : "s", live->files.walked.count,
                        live->files.walked.count == 1 ? "" : "s");
}

static void print_changes(struct follower *follower, const struct live_changes *changes)
{
        struct live *live = &follower->watch.live;
        const struct report_changes printed = {
                .report = &live->scan.report,
                .new = changes->new.items,
                .new_count = changes->new.count,
                .gone = changes->gone.items,
                .gone_count = changes->gone.count,
        };
        CLEANUP(buf_free) struct buf out = {0};

        if (!changes->new.count && !changes->gone.count && !changes->judged.count)
                return;
        live_sum(live);
        if (follower->json)
                changes_print_json(&out, &printed);
        else
                changes_print_text(&out, &printed, follower->cli->color);
        print(follower, buf_text(&out));
}

/* --- the loop --- */

static bool is_stopped(const struct follower *follower)
{
        struct signalfd_siginfo info;

        return read(follower->signals, &info, sizeof(info)) > 0;
}

/* Waits for a signal or for something to judge. False when it shall end. */
static bool wait_for_work(struct follower *follower)
{
        struct watch *watch = &follower->watch;
        int wait;

        while ((wait = watch_wait(watch)) != 0) {
                struct pollfd files[] = {
                        {.fd = follower->signals, .events = POLLIN},
                        {.fd = watch->notify.file, .events = POLLIN},
                };

                if (poll(files, COUNT_OF(files), wait) < 0 && errno != EINTR)
                        return false;
                if (files[0].revents && is_stopped(follower))
                        return false;
                if (files[1].revents)
                        watch_notice(watch);
        }
        return true;
}

static bool begin(struct follower *follower, const struct str *settings, size_t count, struct err *err)
{
        const struct baseline *baseline = cli_has(follower->cli, "baseline") ? &follower->request.baseline : NULL;

        return watch_open(&follower->watch, &follower->request.scan, baseline, settings, count, err)
               && watch_follow(&follower->watch, err);
}

/* A scan that has seen very many changes begins anew, which gives its memory back; what is found stays the same. */
static bool renew(struct follower *follower, const struct str *settings, size_t count, struct err *err)
{
        if (!live_is_worn(&follower->watch.live))
                return true;
        watch_close(&follower->watch);
        return begin(follower, settings, count, err);
}

/* Follows the files until a signal, until the settings change, or until something goes wrong: then false. */
static bool follow(struct follower *follower, struct err *err)
{
        struct str settings[SCAN_SETTINGS_FILES];
        size_t count = scan_request_files(follower->cli, &follower->request, settings);
        struct progress progress;
        bool well;

        progress_begin(&progress, "scanning", follower->cli->quiet);
        well = begin(follower, settings, count, err);
        progress_end(&progress);
        TRY(well);
        print_state(follower);
        while (wait_for_work(follower) && follower->written) {
                const struct live_changes *changes;

                if (follower->watch.settings_changed)
                        return true;
                changes = watch_settle(&follower->watch, err);
                TRY(changes);
                print_changes(follower, changes);
                TRY(renew(follower, settings, count, err));
        }
        return true;
}

static int follow_all(struct follower *follower)
{
        struct err err = {0};
        int status;

        for (;;) {
                bool well;

                if (!scan_request_read(follower->cli, &follower->request) || !check_inputs(follower))
                        return CLI_WRONG;
                well = follow(follower, &err);
                status = well && follower->written ? (int)live_status(&follower->watch.live, follower->request.fail_on)
                                                   : CLI_WRONG;
                well = well && follower->watch.settings_changed;
                watch_close(&follower->watch);
                if (!well)
                        break;
                if (!follower->cli->quiet)
                        fputs("strake: the settings have changed: everything is judged anew\n", stderr);
        }
        if (err.length)
                cli_fail(follower->cli, "%.*s", STR_ARG(err_text(&err)));
        return status;
}

int scan_watch(struct cli *cli)
{
        struct follower follower = {.cli = cli, .written = true, .json = str_is(cli->outputs.items[0].format, "json")};
        sigset_t ending, before;
        int status;

        if (!check_options(cli))
                return CLI_WRONG;
        sigemptyset(&ending);
        sigaddset(&ending, SIGINT);
        sigaddset(&ending, SIGTERM);
        pthread_sigmask(SIG_BLOCK, &ending, &before);
        follower.signals = signalfd(-1, &ending, SFD_NONBLOCK | SFD_CLOEXEC);
        if (follower.signals < 0)
                return cli_fail(cli, "cannot wait for signals: %s", strerror(errno));
        status = follow_all(&follower);
        file_close(&follower.signals);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        return status;
}
