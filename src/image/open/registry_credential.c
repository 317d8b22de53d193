/* registry_credential.c - names and passwords for registries, where docker (config.json) and podman (containers-auth.json(5)) keep them. */

#include "image/open/registry.h"

#include <stdlib.h>
#include <sys/wait.h>

#include "base/base64.h"
#include "base/file.h"
#include "base/program.h"
#include "image/open/open.h"

enum { FILE_MOST = 4 << 20, ANSWER_MOST = 64 << 10, PATIENCE_SECONDS = 60 };

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

/* Runs "docker-credential-NAME get" with the server's name on its standard input. */
static bool ask_helper(struct arena *arena, struct str name, struct str server, struct registry_credential *out,
                       struct err *err)
{
        struct str helper = str_format(arena, "docker-credential-%.*s", STR_ARG(name));
        char *const words[] = {(char *)helper.data, (char *)"get", NULL};
        const struct program program = {words, environ, .input = server, .most = ANSWER_MOST,
                                        .seconds = PATIENCE_SECONDS};
        CLEANUP(buf_free) struct buf printed = {0};
        struct value answer;
        int status;

        if (!name.len || memchr(name.data, '/', name.len))
                return err_set(err, "\"%.*s\" is no name of a credential helper", STR_ARG(name));
        if (program_ask(&program, &printed, &status, err) != PROGRAM_ENDED)
                return err_within(err, "%s", helper.data);
        if (!WIFEXITED(status) || WEXITSTATUS(status))
                return true; /* it has none for this server */
        TRY(image_read_json(arena, helper, str_copy(arena, buf_text(&printed)), &answer, err));
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
