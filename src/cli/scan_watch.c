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
        const struct cluster_settings *cluster; /* that is followed; NULL: none */
        int signals;
        bool json, written;
        bool stopped; /* before everything was read */
};

/* --- options --- */

static bool check_options(struct cli *cli)
{
        const struct cli_output *output = &cli->outputs.items[0];
        static const char *const never[] = {"framework", "exit-code", "images", "image-map"};

        if (cli->outputs.count > 1 || output->file.len
            || (!str_is(output->format, "text") && !str_is(output->format, "json")))
                return cli_refuse(cli,
                                  "--watch prints to standard output only: -o text or -o json (one document a line)");
        for (size_t i = 0; i < COUNT_OF(never); i++) {
                if (cli_has(cli, never[i]))
                        return cli_refuse(cli, "--watch and --%s do not go together", never[i]);
        }
        return true;
}

/* Standard input does not change. */
static bool check_inputs(struct follower *follower)
{
        const struct estate_settings *input = &follower->request.scan.input;

        for (size_t i = 0; i < input->input_count; i++) {
                if (str_is(input->inputs[i], "-"))
                        return cli_refuse(follower->cli,
                                          "--watch wants files, folders or a cluster: - cannot be watched");
        }
        return true;
}

/* A cluster is not read like the rest, but followed. */
static void take_cluster(struct follower *follower)
{
        struct estate_settings *input = &follower->request.scan.input;

        follower->cluster = input->cluster;
        input->cluster = NULL;
        input->nothing = follower->cluster && !input->input_count;
}

/* --- printing --- */

static void print(struct follower *follower, struct str text)
{
        follower->written &= cli_write(follower->cli, &follower->cli->outputs.items[0], text);
}

static void say_what(const struct follower *follower)
{
        const struct live *live = &follower->watch.live;
        size_t files = live->files.files.count, folders = live->files.walked.count;

        fputs("strake: watching ", stderr);
        if (follower->cluster)
                fprintf(stderr, "%zu kinds of objects in the cluster%s", follower->watch.kind_count,
                        files || folders ? ", " : "");
        if (!follower->cluster || files || folders)
                fprintf(stderr, "%zu file%s in %zu folder%s", files, files == 1 ? "" : "s", folders,
                        folders == 1 ? "" : "s");
        fputs("; Ctrl+C ends it\n", stderr);
}

static void say_note(void *context, struct str note)
{
        const struct follower *follower = context;

        if (!follower->cli->quiet)
                fprintf(stderr, "strake: note: %.*s\n", STR_ARG(note));
}

static void print_state(struct follower *follower)
{
        struct live *live = &follower->watch.live;
        struct scan_view view = {.scan = &live->scan, .threads = follower->request.threads};
        CLEANUP(buf_free) struct buf out = {0};

        live_report(live);
        if (follower->json) {
                changes_print_state_json(&out, &live->scan.report);
                print(follower, buf_text(&out));
        } else {
                follower->written &= cli_print_all(follower->cli, scan_print, &view);
        }
        if (!follower->cli->quiet && !follower->json)
                say_what(follower);
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

        /* In a cluster something is always written anew; of a file a person wants to know that it was seen. */
        if (!changes->new.count && !changes->gone.count && (follower->cluster || !changes->judged.count))
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
                        {.fd = watch->cluster ? cluster_follow_file(watch->cluster) : -1, .events = POLLIN},
                };

                if (poll(files, COUNT_OF(files), wait) < 0 && errno != EINTR)
                        return false;
                if (files[0].revents && is_stopped(follower))
                        return false;
                if (files[1].revents)
                        watch_notice(watch);
                if (files[2].revents)
                        watch_notice_cluster(watch, say_note, follower);
        }
        return true;
}

/* Waits until all of the cluster was read. False when it shall end, with nothing in `err`. */
static bool wait_for_cluster(struct follower *follower)
{
        struct watch *watch = &follower->watch;
        struct pollfd files[] = {
                {.fd = follower->signals, .events = POLLIN},
                {.fd = cluster_follow_file(watch->cluster), .events = POLLIN},
        };

        do {
                if (poll(files, COUNT_OF(files), -1) < 0 && errno != EINTR)
                        return false;
                if (files[0].revents && is_stopped(follower))
                        return false;
        } while (!files[1].revents);
        watch_notice_cluster(watch, say_note, follower);
        return true;
}

static bool begin(struct follower *follower, const struct str *settings, size_t count, struct err *err)
{
        const struct baseline *baseline = follower->request.has_baseline ? &follower->request.baseline : NULL;
        struct watch *watch = &follower->watch;

        TRY(watch_open(watch, &follower->request.scan, baseline, settings, count, err));
        TRY(watch_follow(watch, err));
        if (!follower->cluster)
                return true;
        TRY(watch_follow_cluster(watch, follower->cluster, err));
        follower->stopped = !wait_for_cluster(follower);
        return follower->stopped || watch_settle(watch, err);
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
        follower->request.cluster.read_count = &progress.read;
        well = begin(follower, settings, count, err);
        progress_end(&progress);
        TRY(well);
        if (follower->stopped)
                return true;
        print_state(follower);
        while (wait_for_work(follower) && follower->written) {
                const struct live_changes *changes;

                if (follower->watch.settings_changed)
                        return true;
                changes = watch_settle(&follower->watch, err);
                TRY(changes);
                print_changes(follower, changes);
                TRY(renew(follower, settings, count, err));
                if (follower->stopped)
                        break;
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
                take_cluster(follower);
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
