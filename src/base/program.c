/* program.c - running another program with pipes for what it reads and prints. */

#include "base/program.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"

struct ends {
        int read, write;
};

static void close_ends(struct ends *ends)
{
        file_close(&ends->read);
        file_close(&ends->write);
}

static bool open_ends(struct ends *ends)
{
        int both[2];

        if (pipe2(both, O_CLOEXEC) < 0)
                return false;
        *ends = (struct ends){both[0], both[1]};
        return true;
}

static bool start(const struct program *program, int input, int output, pid_t *child, struct err *err)
{
        posix_spawn_file_actions_t actions;
        int failed;

        posix_spawn_file_actions_init(&actions);
        if (!program->is_interactive)
                posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
        failed = posix_spawnp(child, program->words[0], &actions, NULL, program->words, program->environment);
        posix_spawn_file_actions_destroy(&actions);
        return !failed || err_set(err, "cannot be started: %s", strerror(failed));
}

/* Whole, since a pipe holds more. The program may end without having read: then the signal that this brings is taken back, and
 * its answer counts. */
static bool tell(int file, struct str text, struct err *err)
{
        const struct timespec at_once = {0};
        sigset_t pipe, before;
        int failed = 0;

        if (text.len > PIPE_BUF)
                return err_set(err, "more than %d bytes would be told to it", PIPE_BUF);
        sigemptyset(&pipe);
        sigaddset(&pipe, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &pipe, &before);
        if (text.len && write(file, text.data, text.len) < 0)
                failed = errno;
        if (failed == EPIPE)
                failed = sigtimedwait(&pipe, NULL, &at_once) < 0 ? errno : 0;
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        return !failed || err_set(err, "%s", strerror(failed));
}

static int64_t milliseconds(void)
{
        struct timespec time;

        clock_gettime(CLOCK_MONOTONIC, &time);
        return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static bool took_too_long(const struct program *program, struct err *err)
{
        return err_set(err, "it did not end within %u seconds", program->seconds);
}

/* Reads until nobody can write any more, or until the program has ended: what it leaves running may keep its output open. `end` is
 * in milliseconds; INT64_MAX for never. */
static bool listen_to(const struct program *program, pid_t child, int file, int64_t end, struct buf *out,
                      struct err *err)
{
        CLEANUP(file_close) int ended = pidfd_open(child, 0);
        size_t before = out->len;
        ssize_t got;

        for (;;) {
                struct pollfd ready[] = {{.fd = file, .events = POLLIN}, {.fd = ended, .events = POLLIN}};
                int64_t left = end - milliseconds();

                if (left <= 0)
                        return took_too_long(program, err);
                if (poll(ready, COUNT_OF(ready), (int)min_size((size_t)left, INT32_MAX)) <= 0)
                        continue;
                if (!ready[0].revents)
                        return true;
                got = read(file, buf_reserve(out, 4096), 4096);
                if (got < 0 && errno == EINTR)
                        continue;
                if (got <= 0)
                        return got == 0 || err_set(err, "%s", strerror(errno));
                out->len += (size_t)got;
                if (out->len - before > program->most)
                        return err_set(err, "it printed more than %zu KiB", program->most >> 10);
        }
}

/* A program may close its output and go on. */
static bool wait_for(const struct program *program, pid_t child, int64_t end, int *status, struct err *err)
{
        const struct timespec moment = {.tv_nsec = 1000000};

        while (waitpid(child, status, WNOHANG) != child) {
                if (milliseconds() >= end)
                        return took_too_long(program, err);
                nanosleep(&moment, NULL);
        }
        return true;
}

static void stop(pid_t child, int *status)
{
        kill(child, SIGKILL);
        while (waitpid(child, status, 0) < 0 && errno == EINTR)
                ;
}

enum program_end program_ask(const struct program *program, struct buf *out, int *status, struct err *err)
{
        int64_t end = program->is_interactive ? INT64_MAX : milliseconds() + (int64_t)program->seconds * 1000;
        CLEANUP(close_ends) struct ends in = {-1, -1};
        CLEANUP(close_ends) struct ends answer = {-1, -1};
        pid_t child;

        if (!open_ends(&in) || !open_ends(&answer)) {
                err_set(err, "cannot be started: %s", strerror(errno));
                return PROGRAM_NOT_STARTED;
        }
        if (!start(program, in.read, answer.write, &child, err))
                return PROGRAM_NOT_STARTED;
        file_close(&in.read);
        file_close(&answer.write);
        if (tell(in.write, program->input, err)) {
                file_close(&in.write);
                if (listen_to(program, child, answer.read, end, out, err) && wait_for(program, child, end, status, err))
                        return PROGRAM_ENDED;
        }
        stop(child, status);
        return PROGRAM_STOPPED;
}
