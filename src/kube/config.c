/* config.c - reading kubeconfig files, and choosing. */

#include "kube/config.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/file.h"

enum { MOST_CONFIG_BYTES = 16 << 20, MOST_PEM_BYTES = 1 << 20, MOST_FILES = 64 };

#define POD_FOLDER "/var/run/secrets/kubernetes.io/serviceaccount/"

/* One kubeconfig. */
struct part {
        struct str name, folder; /* the folder with its slash; empty: the current one */
        struct value root;
};

struct reading_config {
        struct arena *arena;
        struct part parts[MOST_FILES];
        size_t count;
        struct str wanted; /* what to call the whole in messages */
};

/* Something that stands in a list of a kubeconfig under a name. */
struct entry_found {
        const struct part *part;
        const struct value *value; /* NULL: not found */
};

/* --- files --- */

static bool read_text(struct arena *arena, struct str name, uint64_t most, const char *what, struct str *out,
                      struct err *err)
{
        struct file_text file = {.why = ""};
        enum file_result result = file_read(arena, str_copy(arena, name).data, most, &file);

        *out = file.text;
        if (result == FILE_TOO_LARGE)
                return err_set(err, "%s %.*s is too large to be one", what, STR_ARG(name));
        if (result != FILE_OK)
                return err_set(err, "%s %.*s cannot be read: %s", what, STR_ARG(name), file.why);
        return true;
}

static bool add_text(struct reading_config *config, struct str name, struct str text, struct err *err)
{
        struct part *part = &config->parts[config->count];
        const char *slash = memrchr(name.data, '/', name.len);
        struct document document = {0};
        struct err inner = {0};

        if (config->count == MOST_FILES)
                return err_set(err, "KUBECONFIG names more than %d files", MOST_FILES);
        *part = (struct part){.name = name, .folder = slash ? str_span(name.data, slash + 1) : STR("")};
        config->count++;
        if (!str_trim(text).len)
                return true;
        if (!yaml_read_one(config->arena, text, &document, &inner))
                return err_set(err, "kubeconfig %.*s:%u:%u: %.*s", STR_ARG(name), inner.line, inner.column,
                               STR_ARG(err_text(&inner)));
        if (document.root.kind != VALUE_MAP && document.root.kind != VALUE_NULL)
                return err_set(err, "%.*s is no kubeconfig: it has to be a map with clusters, users and contexts",
                               STR_ARG(name));
        part->root = document.root;
        return true;
}

static bool add_part(struct reading_config *config, struct str name, struct err *err)
{
        struct str text;

        return read_text(config->arena, name, MOST_CONFIG_BYTES, "kubeconfig", &text, err)
               && add_text(config, name, text, err);
}

static bool add_list(struct reading_config *config, struct str list, struct err *err)
{
        struct str name;

        config->wanted = list;
        while (str_split(&list, ':', &name)) {
                if (name.len && access(str_copy(config->arena, name).data, F_OK) == 0)
                        TRY(add_part(config, str_copy(config->arena, name), err));
        }
        return true;
}

static bool read_all(struct reading_config *config, const struct config_choice *choice, struct err *err)
{
        struct str list = str_of(getenv("KUBECONFIG")), home = str_of(getenv("HOME"));

        if (choice->kubeconfig.len) {
                config->wanted = choice->kubeconfig;
                return add_part(config, choice->kubeconfig, err);
        }
        if (list.len)
                return add_list(config, list, err);
        config->wanted = str_format(config->arena, "%.*s/.kube/config", STR_ARG(home));
        return access(config->wanted.data, F_OK) != 0 || add_part(config, config->wanted, err);
}

/* --- entries --- */

/* The first `name` in lists called `list`, with the map called `inner` in it. */
static struct entry_found find_entry(const struct reading_config *config, const char *list, const char *inner,
                                     struct str name)
{
        for (size_t i = 0; i < config->count; i++) {
                value_each (value_member(&config->parts[i].root, list), item) {
                        if (str_equal(value_member_text(&item->value, "name"), name))
                                return (struct entry_found){&config->parts[i], value_member(&item->value, inner)};
                }
        }
        return (struct entry_found){0};
}

/* The names in a list, for messages. */
static struct str names_in(const struct reading_config *config, const char *list)
{
        CLEANUP(buf_free) struct buf out = {0};

        for (size_t i = 0; i < config->count; i++) {
                value_each (value_member(&config->parts[i].root, list), item) {
                        if (out.len < 200)
                                buf_add_format(&out, "%s%.*s", out.len ? ", " : "",
                                               STR_ARG(value_member_text(&item->value, "name")));
                }
        }
        return out.len ? str_copy(config->arena, buf_text(&out)) : STR("none");
}

static struct str beside(struct arena *arena, const struct part *part, struct str path)
{
        if (str_starts(path, STR("/")) || !part->folder.len)
                return path;
        return str_format(arena, "%.*s%.*s", STR_ARG(part->folder), STR_ARG(path));
}

/* What stands in the file as base64, or else what a path leads to. */
static bool data_or_file(struct arena *arena, const struct entry_found *entry, const char *data_key,
                         const char *file_key, struct str *out, struct err *err)
{
        struct str data = value_member_text(entry->value, data_key), path = value_member_text(entry->value, file_key);

        *out = (struct str){0};
        if (data.len)
                return base64_decode(arena, data, out)
                       || err_set(err, "kubeconfig %.*s: %s is not base64", STR_ARG(entry->part->name), data_key);
        if (!path.len)
                return true;
        return read_text(arena, beside(arena, entry->part, path), MOST_PEM_BYTES, file_key, out, err);
}

static bool is_true(const struct value *map, const char *key)
{
        return value_is_true(value_member(map, key));
}

static bool take_cluster(const struct reading_config *config, struct config_access *access, struct err *err)
{
        struct entry_found found = find_entry(config, "clusters", "cluster", access->cluster);
        struct str server = value_member_text(found.value, "server");

        if (!found.part)
                return err_set(
                        err,
                        "kubeconfig %.*s: context \"%.*s\" names the cluster \"%.*s\", which is not there (there are: %.*s)",
                        STR_ARG(config->wanted), STR_ARG(access->context), STR_ARG(access->cluster),
                        STR_ARG(names_in(config, "clusters")));
        while (str_ends(server, STR("/")))
                server.len--;
        if (!server.len)
                return err_set(err, "kubeconfig %.*s: cluster \"%.*s\" has no server", STR_ARG(found.part->name),
                               STR_ARG(access->cluster));
        access->server = str_find(server, STR("://"), 0) == SIZE_MAX
                                  ? str_format(config->arena, "http://%.*s", STR_ARG(server))
                                  : server;
        access->proxy = value_member_text(found.value, "proxy-url");
        access->tls.server_name = value_member_text(found.value, "tls-server-name");
        access->tls.insecure = is_true(found.value, "insecure-skip-tls-verify");
        TRY(data_or_file(config->arena, &found, "certificate-authority-data", "certificate-authority",
                         &access->tls.authorities, err));
        if (access->tls.insecure && access->tls.authorities.len)
                return err_set(
                        err,
                        "kubeconfig %.*s: cluster \"%.*s\" has a certificate authority and insecure-skip-tls-verify: "
                        "only one of them can be meant",
                        STR_ARG(found.part->name), STR_ARG(access->cluster));
        return true;
}

/* --- users --- */

static bool take_exec(struct arena *arena, const struct part *part, const struct value *exec,
                      struct config_access *access, struct err *err)
{
        struct config_exec *out = arena_new(arena, struct config_exec);
        struct str mode = value_member_text(exec, "interactiveMode"), command = value_member_text(exec, "command");

        *out = (struct config_exec){
                .file = part->name,
                .api_version = value_member_text(exec, "apiVersion"),
                .command =
                        command.len && memchr(command.data, '/', command.len) ? beside(arena, part, command) : command,
                .hint = value_member_text(exec, "installHint"),
                .arguments = value_member(exec, "args"),
                .environment = value_member(exec, "env"),
                .wants_cluster = is_true(exec, "provideClusterInfo"),
                .interactive = str_is(mode, "Never")    ? EXEC_NEVER
                               : str_is(mode, "Always") ? EXEC_ALWAYS
                                                        : EXEC_IF_AVAILABLE,
        };
        if (!command.len)
                return err_set(err, "kubeconfig %.*s: exec of user \"%.*s\" has no command", STR_ARG(part->name),
                               STR_ARG(access->user));
        if (!str_is(out->api_version, "client.authentication.k8s.io/v1")
            && !str_is(out->api_version, "client.authentication.k8s.io/v1beta1"))
                return err_set(err,
                               "kubeconfig %.*s: exec of user \"%.*s\" has the apiVersion \"%.*s\"; "
                               "client.authentication.k8s.io/v1 or v1beta1 is needed",
                               STR_ARG(part->name), STR_ARG(access->user), STR_ARG(out->api_version));
        access->exec = out;
        return true;
}

static void take_impersonation(struct arena *arena, const struct value *user, struct config_access *access)
{
        const struct value *extras = value_member(user, "as-user-extra");

        access->as = value_member_text(user, "as");
        access->as_uid = value_member_text(user, "as-uid");
        value_each (value_member(user, "as-groups"), group) {
                if (group->value.kind == VALUE_STRING)
                        *vec_push(arena, &access->as_groups) = value_text(&group->value);
        }
        value_each (value_is(extras, VALUE_MAP) ? extras : NULL, extra) {
                value_each (&extra->value, one) {
                        if (one->value.kind == VALUE_STRING)
                                *vec_push(arena, &access->as_extra) =
                                        (struct http_header){intern_text(extra->key), value_text(&one->value), false};
                }
        }
}

static bool take_user(const struct reading_config *config, struct config_access *access, struct err *err)
{
        struct entry_found found = find_entry(config, "users", "user", access->user);
        const struct value *exec = value_member(found.value, "exec"),
                           *provider = value_member(found.value, "auth-provider");
        struct str path = value_member_text(found.value, "tokenFile");

        if (!access->user.len)
                return true;
        if (!found.part)
                return err_set(
                        err,
                        "kubeconfig %.*s: context \"%.*s\" names the user \"%.*s\", who is not there (there are: %.*s)",
                        STR_ARG(config->wanted), STR_ARG(access->context), STR_ARG(access->user),
                        STR_ARG(names_in(config, "users")));
        if (value_is(provider, VALUE_MAP))
                return err_set(
                        err,
                        "kubeconfig %.*s: user \"%.*s\" has an auth-provider, which Kubernetes gave up in 1.26: use an "
                        "exec plugin",
                        STR_ARG(found.part->name), STR_ARG(access->user));
        access->token = value_member_text(found.value, "token");
        access->token_file = path.len ? beside(config->arena, found.part, path) : path;
        access->name = value_member_text(found.value, "username");
        access->password = value_member_text(found.value, "password");
        take_impersonation(config->arena, found.value, access);
        TRY(data_or_file(config->arena, &found, "client-certificate-data", "client-certificate",
                         &access->tls.certificate, err));
        TRY(data_or_file(config->arena, &found, "client-key-data", "client-key", &access->tls.key, err));
        if (access->tls.certificate.len && !access->tls.key.len)
                return err_set(err, "kubeconfig %.*s: user \"%.*s\" has a client certificate and no key",
                               STR_ARG(found.part->name), STR_ARG(access->user));
        return !value_is(exec, VALUE_MAP) || take_exec(config->arena, found.part, exec, access, err);
}

/* --- which context --- */

static struct str current_context(const struct reading_config *config)
{
        for (size_t i = 0; i < config->count; i++) {
                struct str context = value_member_text(&config->parts[i].root, "current-context");

                if (context.len)
                        return context;
        }
        return (struct str){0};
}

static bool take_context(const struct reading_config *config, const struct config_choice *choice,
                         struct config_access *access, struct err *err)
{
        struct entry_found found;
        struct str ns;

        access->context = choice->context.len ? choice->context : current_context(config);
        if (!access->context.len)
                return err_set(err,
                               "kubeconfig %.*s has no current-context: choose one with --context (there are: %.*s)",
                               STR_ARG(config->wanted), STR_ARG(names_in(config, "contexts")));
        found = find_entry(config, "contexts", "context", access->context);
        if (!found.part)
                return err_set(err, "kubeconfig %.*s has no context \"%.*s\" (there are: %.*s)",
                               STR_ARG(config->wanted), STR_ARG(access->context),
                               STR_ARG(names_in(config, "contexts")));
        access->cluster = value_member_text(found.value, "cluster");
        access->user = value_member_text(found.value, "user");
        ns = value_member_text(found.value, "namespace");
        access->ns = ns.len ? ns : STR("default");
        return true;
}

/* The account that a Pod was given. */
static bool take_pod(struct arena *arena, struct config_access *access, struct err *err)
{
        struct str host = str_of(getenv("KUBERNETES_SERVICE_HOST")), port = str_of(getenv("KUBERNETES_SERVICE_PORT"));
        struct err ignored = {0};
        bool brackets = host.len && memchr(host.data, ':', host.len);

        access->server = str_format(arena, "https://%s%.*s%s:%.*s", brackets ? "[" : "", STR_ARG(host),
                                    brackets ? "]" : "", STR_ARG(port.len ? port : STR("443")));
        access->token_file = STR(POD_FOLDER "token");
        if (!read_text(arena, STR(POD_FOLDER "namespace"), MOST_PEM_BYTES, "namespace", &access->ns, &ignored)
                       || !str_trim(access->ns).len)
                access->ns = STR("default");
        access->ns = str_trim(access->ns);
        return read_text(arena, STR(POD_FOLDER "ca.crt"), MOST_PEM_BYTES, "certificate authority",
                                    &access->tls.authorities, err);
}

bool config_access_read(struct arena *arena, struct str name, struct str text, struct config_access *out,
                        struct err *err)
{
        struct reading_config *config = arena_new(arena, struct reading_config);
        const struct config_choice choice = {0};

        *out = (struct config_access){0};
        config->arena = arena;
        config->wanted = name;
        TRY(add_text(config, name, text, err));
        TRY(take_context(config, &choice, out, err));
        return take_cluster(config, out, err) && take_user(config, out, err);
}

bool config_access_find(struct arena *arena, const struct config_choice *choice, struct config_access *out,
                        struct err *err)
{
        struct reading_config *config = arena_new(arena, struct reading_config);

        *out = (struct config_access){0};
        config->arena = arena;
        TRY(read_all(config, choice, err));
        if (!config->count && getenv("KUBERNETES_SERVICE_HOST") && access(POD_FOLDER "token", F_OK) == 0)
                return take_pod(arena, out, err);
        if (!config->count)
                return err_set(err, "no kubeconfig: %.*s is not there; name one with --kubeconfig or KUBECONFIG",
                               STR_ARG(config->wanted));
        TRY(take_context(config, choice, out, err));
        return take_cluster(config, out, err) && take_user(config, out, err);
}

bool config_token(struct arena *arena, const struct config_access *access, struct str *token, struct err *err)
{
        struct err inner = {0};

        *token = access->token;
        if (!access->token_file.len)
                return true;
        if (read_text(arena, access->token_file, MOST_PEM_BYTES, "token file", token, &inner)) {
                *token = str_trim(*token);
                return true;
        }
        if (access->token.len)
                return true;
        *err = inner;
        return false;
}
