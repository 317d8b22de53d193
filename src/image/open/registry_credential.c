/* registry_credential.c - names and passwords for registries, where docker (config.json) and podman (containers-auth.json(5)) keep them. */

#include "image/open/registry.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/file.h"
#include "image/open/open.h"

enum { FILE_MOST = 4 << 20, ANSWER_MOST = 64 << 10 };

extern char **environ;

/* "https://index.docker.io/v1/" and the like mean the host. */
static struct str host_of(struct str key)
{
        struct str https = STR("https://"), http = STR("http://");

        if (str_starts(key, https))
                key = str_from(key, https.len);
        else if (str_starts(key, http))
                key = str_from(key, http.len);
        return str_sub(key, 0, str_find(key, STR("/"), 0));
}

static bool is_for(struct str key, struct str domain)
{
        struct str host = host_of(key);

        return str_equal(host, domain)
               || (str_is(domain, "docker.io")
                   && (str_is(host, "index.docker.io") || str_is(host, "registry-1.docker.io")));
}

static bool use_entry(struct arena *arena, struct str file, const struct value *entry, struct registry_credential *out,
                      struct err *err)
{
        struct str auth = image_text(entry, "auth"), text;

        out->identity = image_text(entry, "identitytoken");
        out->user = image_text(entry, "username");
        out->secret = image_text(entry, "password");
        if (auth.len) {
                if (!base64_decode(arena, auth, &text))
                        return err_set(err, "%.*s: an auth is no base64", STR_ARG(file));
                str_split(&text, ':', &out->user);
                out->secret = text.data ? text : STR("");
        }
        return true;
}

static bool read_answer(struct arena *arena, int file, struct str *out)
{
        struct file_text text;

        TRY(file_read_open(arena, file, ANSWER_MOST, &text) == FILE_OK);
        *out = text.text;
        return true;
}

/* A helper may end without having read: then the signal that this brings is taken back, and its answer counts. */
static bool write_all(int file, struct str text)
{
        const struct timespec at_once = {0};
        sigset_t pipe, before;
        ssize_t count;
        bool gone;

        sigemptyset(&pipe);
        sigaddset(&pipe, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &pipe, &before);
        count = write(file, text.data, text.len);
        gone = count < 0 && errno == EPIPE;
        if (gone)
                sigtimedwait(&pipe, NULL, &at_once);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        return gone || count == (ssize_t)text.len;
}

/* Runs "docker-credential-NAME get" with the server's name on its standard input; what it prints on its error output is the
 * person's. */
static bool run_helper(struct arena *arena, struct str name, struct str server, struct str *answer, int *status,
                       struct err *err)
{
        struct str program = str_format(arena, "docker-credential-%.*s", STR_ARG(name));
        char *const words[] = {(char *)program.data, (char *)"get", NULL};
        posix_spawn_file_actions_t actions;
        int in[2], out[2], why;
        pid_t child;
        bool fine;

        if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC))
                return err_set(err, "%s", strerror(errno));
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
        posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
        why = posix_spawnp(&child, program.data, &actions, NULL, words, environ);
        posix_spawn_file_actions_destroy(&actions);
        close(in[0]);
        close(out[1]);
        /* The name is shorter than what a pipe holds. */
        fine = !why && write_all(in[1], server);
        close(in[1]);
        fine = fine && read_answer(arena, out[0], answer);
        close(out[0]);
        if (why)
                return err_set(err, "%.*s: %s", STR_ARG(program), strerror(why));
        while (waitpid(child, status, 0) < 0 && errno == EINTR)
                ;
        return fine || err_set(err, "%.*s: it cannot be talked to", STR_ARG(program));
}

static bool ask_helper(struct arena *arena, struct str name, struct str server, struct registry_credential *out,
                       struct err *err)
{
        struct value answer;
        struct str text;
        int status = 0;

        if (!name.len || memchr(name.data, '/', name.len))
                return err_set(err, "\"%.*s\" is no name of a credential helper", STR_ARG(name));
        TRY(run_helper(arena, name, server, &text, &status, err));
        if (!WIFEXITED(status) || WEXITSTATUS(status))
                return true; /* it has none for this server */
        TRY(image_read_json(arena, str_format(arena, "docker-credential-%.*s", STR_ARG(name)), text, &answer, err));
        out->user = image_text(&answer, "Username");
        out->secret = image_text(&answer, "Secret");
        if (str_is(out->user, "<token>")) {
                out->identity = out->secret;
                out->user = out->secret = STR("");
        }
        return true;
}

static bool has(const struct registry_credential *credential)
{
        return credential->user.len || credential->identity.len;
}

static bool look_into(struct arena *arena, struct str path, struct str domain, struct registry_credential *out,
                      struct err *err)
{
        struct str server = str_is(domain, "docker.io") ? STR("https://index.docker.io/v1/") : domain, store;
        struct file_text text;
        struct value config;

        switch (file_read(arena, path.data, FILE_MOST, &text)) {
        case FILE_OK:
                break;
        case FILE_ABSENT:
                return true;
        default:
                return err_set(err, "%.*s: %s", STR_ARG(path), text.why);
        }
        TRY(image_read_json(arena, path, text.text, &config, err));
        value_each (image_member(&config, "credHelpers"), helper)
                if (is_for(intern_text(helper->key), domain) && value_is(&helper->value, VALUE_STRING))
                        return ask_helper(arena, value_text(&helper->value), server, out, err);
        value_each (image_member(&config, "auths"), entry)
                if (is_for(intern_text(entry->key), domain)) {
                        TRY(use_entry(arena, path, &entry->value, out, err));
                        if (has(out))
                                return true;
                }
        store = image_text(&config, "credsStore");
        return !store.len || ask_helper(arena, store, server, out, err);
}

bool registry_find_credential(struct arena *arena, struct str domain, struct registry_credential *out, struct err *err)
{
        const char *given = getenv("REGISTRY_AUTH_FILE"), *runtime = getenv("XDG_RUNTIME_DIR");
        const char *docker = getenv("DOCKER_CONFIG"), *home = getenv("HOME");

        *out = (struct registry_credential){0};
        if (given && *given)
                return look_into(arena, str_format(arena, "%s", given), domain, out, err);
        if (runtime && *runtime)
                TRY(look_into(arena, str_format(arena, "%s/containers/auth.json", runtime), domain, out, err));
        if (!has(out) && docker && *docker)
                return look_into(arena, str_format(arena, "%s/config.json", docker), domain, out, err);
        return has(out) || !home
               || look_into(arena, str_format(arena, "%s/.docker/config.json", home), domain, out, err);
}
