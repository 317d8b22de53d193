/* exec.c - running a credential plugin. */

#include "kube/exec.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/program.h"
#include "base/reader.h"
#include "doc/print.h"

enum { MOST_OUTPUT = 1 << 20, PATIENCE_SECONDS = 60, MOST_WORDS = 1000 };

static const struct value *get(const struct value *map, const char *key)
{
        uint32_t number = intern_find(str_of(key));

        return number ? value_get(map, number) : NULL;
}

static struct str get_text(const struct value *map, const char *key)
{
        const struct value *value = get(map, key);

        return value_is(value, VALUE_STRING) ? value_text(value) : (struct str){0};
}

/* --- what it is told --- */

static void add_member(struct buf *out, const char *name, struct str value)
{
        if (!value.len)
                return;
        buf_add_format(out, ",\"%s\":", name);
        json_print_string(out, value);
}

static void add_cluster(struct buf *out, const struct config_access *access)
{
        CLEANUP(buf_free) struct buf authorities = {0};

        base64_print(&authorities, access->tls.authorities);
        buf_add_literal(out, ",\"cluster\":{\"server\":");
        json_print_string(out, access->server);
        add_member(out, "tls-server-name", access->tls.server_name);
        add_member(out, "certificate-authority-data", buf_text(&authorities));
        add_member(out, "proxy-url", access->proxy);
        if (access->tls.insecure)
                buf_add_literal(out, ",\"insecure-skip-tls-verify\":true");
        if (access->exec->cluster_settings) {
                buf_add_literal(out, ",\"config\":");
                json_print(out, access->exec->cluster_settings, 0);
        }
        buf_add_char(out, '}');
}

static struct str exec_info(struct arena *arena, const struct config_access *access, bool interactive)
{
        CLEANUP(buf_free) struct buf out = {0};

        buf_add_literal(&out, "KUBERNETES_EXEC_INFO={\"kind\":\"ExecCredential\",\"apiVersion\":");
        json_print_string(&out, access->exec->api_version);
        buf_add_format(&out, ",\"spec\":{\"interactive\":%s", interactive ? "true" : "false");
        if (access->exec->wants_cluster)
                add_cluster(&out, access);
        buf_add_literal(&out, "}}");
        return str_copy(arena, buf_text(&out));
}

static char **words_of(struct arena *arena, const struct config_exec *exec)
{
        char **words = arena_array(arena, char *, MOST_WORDS + 2);
        size_t count = 0;

        words[count++] = (char *)str_copy(arena, exec->command).data;
        value_each (exec->arguments, word) {
                if (word->value.kind == VALUE_STRING && count < MOST_WORDS)
                        words[count++] = (char *)str_copy(arena, value_text(&word->value)).data;
        }
        return words;
}

/* Ours, then what the kubeconfig adds: the last one counts for most programs, so what is replaced is left out. */
static char **environment_of(struct arena *arena, const struct config_exec *exec, struct str info)
{
        VEC(char *) all = {0};

        *vec_push(arena, &all) = (char *)info.data;
        value_each (exec->environment, pair)
                *vec_push(arena, &all) = (char *)str_format(arena, "%.*s=%.*s", STR_ARG(get_text(&pair->value, "name")),
                                                            STR_ARG(get_text(&pair->value, "value")))
                                                 .data;
        for (char **own = environ; *own; own++) {
                bool replaced = false;
                size_t length = strcspn(*own, "=") + 1;

                for (size_t i = 0; i < all.count && !replaced; i++)
                        replaced = strncmp(all.items[i], *own, length) == 0;
                if (!replaced)
                        *vec_push(arena, &all) = *own;
        }
        *vec_push(arena, &all) = NULL;
        return all.items;
}

/* --- running it --- */

static bool fail(const struct config_access *access, struct err *err)
{
        return err_within(err, "the program \"%.*s\", which is to give the credentials of user \"%.*s\"",
                          STR_ARG(access->exec->command), STR_ARG(access->user));
}

static bool finish(const struct config_access *access, int status, struct err *err)
{
        if (WIFEXITED(status) && !WEXITSTATUS(status))
                return true;
        err_set(err, "it failed with %s %d: run it by hand to see why", WIFEXITED(status) ? "status" : "signal",
                WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
        return fail(access, err);
}

static bool run(struct arena *arena, const struct config_access *access, struct buf *out, struct err *err)
{
        bool terminal = isatty(STDIN_FILENO), interactive = terminal && access->exec->interactive != EXEC_NEVER;
        struct str info = exec_info(arena, access, interactive);
        const struct program program = {words_of(arena, access->exec), environment_of(arena, access->exec, info),
                                        .is_interactive = interactive, .most = MOST_OUTPUT,
                                        .seconds = PATIENCE_SECONDS};
        struct str hint = access->exec->hint;
        struct err why = {0};
        enum program_end end;
        int status;

        if (!terminal && access->exec->interactive == EXEC_ALWAYS)
                return err_set(
                        err,
                        "the program \"%.*s\" asks for the credentials of user \"%.*s\" at a terminal, and there is none",
                        STR_ARG(access->exec->command), STR_ARG(access->user));
        end = program_ask(&program, out, &status, &why);
        if (end == PROGRAM_ENDED)
                return finish(access, status, err);
        if (end != PROGRAM_NOT_STARTED)
                hint = STR("");
        err_set(err, "%.*s%s%.*s", STR_ARG(err_text(&why)), hint.len ? "; " : "", STR_ARG(hint));
        return fail(access, err);
}

/* --- what it says --- */

/* "Z", or how far the clocks of a place are ahead: "+02:00". In seconds. */
static bool read_zone(struct str text, int64_t *ahead)
{
        struct reader reader = reader_over(text);
        bool is_behind = reader_peek(&reader, 0) == '-';
        uint64_t hours, minutes;

        *ahead = 0;
        if (str_is(text, "Z") || str_is(text, "z"))
                return true;
        TRY(reader_take(&reader, '+') || reader_take(&reader, '-'));
        TRY(reader_take_number(&reader, 23, &hours) && reader_take(&reader, ':')
            && reader_take_number(&reader, 59, &minutes) && reader_done(&reader));
        *ahead = (is_behind ? -1 : 1) * (int64_t)(hours * 3600 + minutes * 60);
        return true;
}

/* RFC 3339. */
static bool read_time(struct str text, int64_t *seconds)
{
        struct tm parts = {0};
        struct arena arena CLEANUP(arena_free) = {0};
        const char *rest = strptime(str_copy(&arena, text).data, "%Y-%m-%dT%H:%M:%S", &parts);
        int64_t ahead;

        TRY(rest);
        if (*rest == '.')
                rest += 1 + strspn(rest + 1, "0123456789");
        TRY(read_zone(str_of(rest), &ahead));
        *seconds = timegm(&parts) - ahead;
        return true;
}

bool exec_read(struct arena *arena, struct str text, struct str api_version, struct exec_credential *out,
               struct err *err)
{
        struct document document = {0};
        const struct value *status;
        struct str expires;
        struct err inner = {0};

        *out = (struct exec_credential){0};
        if (!json_read_one(arena, text, &document, &inner))
                return err_set(err, "it printed no ExecCredential, but something that is no JSON (line %u)",
                               inner.line);
        if (!value_is_text(get(&document.root, "kind"), "ExecCredential"))
                return err_set(err, "it printed JSON that is no ExecCredential");
        if (!str_equal(get_text(&document.root, "apiVersion"), api_version))
                return err_set(err, "it printed an ExecCredential of %.*s, the kubeconfig wants %.*s",
                               STR_ARG(get_text(&document.root, "apiVersion")), STR_ARG(api_version));
        status = get(&document.root, "status");
        out->token = get_text(status, "token");
        out->certificate = get_text(status, "clientCertificateData");
        out->key = get_text(status, "clientKeyData");
        if (!out->token.len && !(out->certificate.len && out->key.len))
                return err_set(
                        err, "it printed an ExecCredential with neither a token nor a client certificate and its key");
        expires = get_text(status, "expirationTimestamp");
        if (expires.len && !read_time(expires, &out->expires))
                return err_set(err, "it printed an ExecCredential with an expirationTimestamp that is no time");
        return true;
}

bool exec_run(struct arena *arena, const struct config_access *access, struct exec_credential *out, struct err *err)
{
        CLEANUP(buf_free) struct buf text = {0};

        TRY(run(arena, access, &text, err));
        if (exec_read(arena, str_copy(arena, buf_text(&text)), access->exec->api_version, out, err))
                return true;
        return err_within(err, "the program \"%.*s\", which is to give the credentials of user \"%.*s\"",
                          STR_ARG(access->exec->command), STR_ARG(access->user));
}
