/* container.c - containers and what is known of the images that they run. */

#include "base/reader.h"
#include "image/joins.h"
#include "image/named.h"
#include "kube/platform.h"

static const void *prepare(struct arena *arena, const struct index *index)
{
        return named_images_of_all(arena, index);
}

/* A container under the join. */
struct looking {
        struct join_run *run;
        struct join_fact *fact;
        const struct container *container;
        const struct named_image *image;
};

static void tell_text(const struct looking *at, const char *name, struct str text)
{
        join_tell_text(at->run, at->fact, name, text.data ? text : STR(""));
}

/* --- the name --- */

/* `image` (as the container names it), `name` (what was read), `elsewhere` (whether that was said by --image-map), `digest` (what the name
 * stands for now; may be empty), `pinned` (whether the name has a digest), `pin` (the name with the digest). */
static void tell_name(const struct looking *at, struct str text)
{
        struct str digest = at->image->digest;

        tell_text(at, "image", text);
        tell_text(at, "name", at->image->object->name);
        join_tell(at->run, at->fact, "elsewhere", value_bool(at->image->read.len > 0));
        tell_text(at, "digest", digest);
        join_tell(at->run, at->fact, "pinned", value_bool(str_find(text, STR("@"), 0) != SIZE_MAX));
        tell_text(at, "pin", digest.len ? named_image_pin(at->run->arena, text, digest) : STR(""));
}

/* --- the user --- */

static const struct value *security(const struct looking *at, uint32_t key)
{
        const struct value *spec = value_get(&at->run->object->pod.value, KEY_spec);
        const struct value *own = value_get(value_get(&at->container->node->value, KEY_securityContext), key);

        return own && own->kind != VALUE_NULL ? own : value_get(value_get(spec, KEY_securityContext), key);
}

/* The number of a user; -1 if it is a name. */
static int64_t number_of(struct str user)
{
        struct reader reader = reader_over(user);
        uint64_t number;

        return reader_take_number(&reader, INT64_MAX, &number) && reader_done(&reader) ? (int64_t)number : -1;
}

/* `knowsUser` (whether the image says who runs, as those with a configuration do), `user` (who that is, without the group), `uid` (-1: a
 * name, which the kubelet does not look up), `runAsUser` (-1: neither the container nor the Pod says), `runAsNonRoot`, `ownUsers` (whether root in the Pod is nobody on the node). */
static void tell_user(const struct looking *at, const struct value *config)
{
        struct str user = value_get_text(config, intern(STR("user"))), group = user;
        const struct value *asked = security(at, KEY_runAsUser);
        const struct value *users =
                value_get(value_get(&at->run->object->pod.value, KEY_spec), intern(STR("hostUsers")));

        str_split(&group, ':', &user);
        join_tell(at->run, at->fact, "knowsUser", value_bool(value_is(config, VALUE_MAP)));
        tell_text(at, "user", user);
        join_tell(at->run, at->fact, "uid", value_int(user.len ? number_of(user) : 0));
        join_tell(at->run, at->fact, "runAsUser", value_is(asked, VALUE_INT) ? *asked : value_int(-1));
        join_tell(at->run, at->fact, "runAsNonRoot", value_bool(value_is_true(security(at, KEY_runAsNonRoot))));
        join_tell(at->run, at->fact, "ownUsers", value_bool(value_is(users, VALUE_BOOL) && !users->boolean));
}

/* --- the platform --- */

static struct str list_of(struct arena *arena, const struct str *items, size_t count)
{
        struct str list = STR("");

        for (size_t i = 0; i < count; i++)
                list = str_format(arena, "%.*s%s%.*s", STR_ARG(list), i ? ", " : "", STR_ARG(items[i]));
        return list;
}

/* `os` and `architecture` of the image, which may be empty; `wanted` (where its Pod may run, "arm64"; empty: anywhere), `why` (what says so:
 * "node selector", "node affinity", "nodes"), `fits`. */
static void tell_platform(const struct looking *at, const struct value *config)
{
        const struct named_images *all = at->run->prepared;
        struct str architecture = value_get_text(config, intern(STR("architecture")));
        struct pod_platform platform;
        bool fits = !architecture.len;

        pod_platform_read(at->run->object, &platform);
        if (!platform.count && all->nodes.len) {
                platform.architectures[platform.count++] = all->nodes;
                platform.why = "nodes";
        }
        for (size_t i = 0; i < platform.count; i++)
                fits |= str_equal(platform.architectures[i], architecture);
        tell_text(at, "os", value_get_text(config, intern(STR("os"))));
        tell_text(at, "architecture", architecture);
        tell_text(at, "wanted", list_of(at->run->arena, platform.architectures, platform.count));
        tell_text(at, "why", str_of(platform.why));
        join_tell(at->run, at->fact, "fits", value_bool(fits || !platform.count));
}

/* --- programs --- */

static bool is_shell(const struct value *word)
{
        static const struct str shells[] = {STR_INIT("ash"),  STR_INIT("bash"), STR_INIT("csh"),  STR_INIT("dash"),
                                            STR_INIT("fish"), STR_INIT("ksh"),  STR_INIT("mksh"), STR_INIT("sh"),
                                            STR_INIT("tcsh"), STR_INIT("zsh")};
        struct str text = value_is(word, VALUE_STRING) ? value_text(word) : STR("");
        const char *slash = text.len ? memrchr(text.data, '/', text.len) : NULL;

        if (slash)
                text = str_span(slash + 1, text.data + text.len);
        for (size_t i = 0; i < COUNT_OF(shells); i++)
                if (str_equal(shells[i], text))
                        return true;
        return false;
}

static bool runs_shell(const struct value *command)
{
        return value_is(command, VALUE_LIST) && command->len && is_shell(&command->nodes[0].value);
}

/* Where a container asks for a shell: "command", "livenessProbe", ...; empty: nowhere. */
static struct str shell_in(const struct value *container)
{
        static const uint32_t probes[] = {KEY_livenessProbe, KEY_readinessProbe, KEY_startupProbe};
        static const char *const hooks[] = {"postStart", "preStop"};
        uint32_t exec = intern(STR("exec")), command = intern(STR("command"));

        if (runs_shell(value_get(container, command)))
                return STR("command");
        for (size_t i = 0; i < COUNT_OF(probes); i++)
                if (runs_shell(value_get(value_get(value_get(container, probes[i]), exec), command)))
                        return intern_text(probes[i]);
        for (size_t i = 0; i < COUNT_OF(hooks); i++) {
                const struct value *hook =
                        value_get(value_get(container, intern(STR("lifecycle"))), intern(str_of(hooks[i])));

                if (runs_shell(value_get(value_get(hook, exec), command)))
                        return str_of(hooks[i]);
        }
        return STR("");
}

/* A volume may bring what the image has not. */
static bool has_volumes(const struct value *container)
{
        value_each (value_get(container, KEY_volumeMounts), mount) {
                struct str path = value_get_text(&mount->value, intern(STR("mountPath")));

                if (!str_starts(path, STR("/etc")) && !str_starts(path, STR("/var/run/secrets")))
                        return true;
        }
        return false;
}

/* `shellIn` (where the container asks for a shell: "command", "livenessProbe", "preStop"; empty: nowhere), `shell`: "there", "missing", or "perhaps" where
 * a volume may bring one or the files are not known. */
static void tell_shell(const struct looking *at, const struct value *files)
{
        const struct value *shells = value_get(files, intern(STR("shells"))), *container = &at->container->node->value;
        const char *shell = "perhaps";

        if (value_is(shells, VALUE_LIST) && shells->len)
                shell = "there";
        else if (value_is(shells, VALUE_LIST) && !has_volumes(container))
                shell = "missing";
        tell_text(at, "shellIn", shell_in(container));
        tell_text(at, "shell", str_of(shell));
}

/* Each container whose image was read (`--images`, `--image-map`, a snapshot). */
static void judge(struct join_run *run)
{
        struct container container = {0};

        while (object_next_container(run->object, &container)) {
                struct str text = value_get_text(&container.node->value, KEY_image);
                const struct named_image *image = named_images_of(run->arena, run->prepared, run->object, text);
                struct looking at = {run, NULL, &container, image};
                const struct value *config;

                if (!image)
                        continue;
                config = value_get(&image->object->root.value, intern(STR("config")));
                at.fact = join_find_in_pod(run, "/spec/%.*s/%u", STR_ARG(intern_text(container.list)), container.index);
                at.fact->container = container.name;
                tell_name(&at, text);
                tell_user(&at, config);
                tell_platform(&at, config);
                tell_shell(&at, value_get(&image->object->root.value, intern(STR("files"))));
                join_relate(run, at.fact, image->object, "this is the image", "%.*s", STR_ARG(image->path));
        }
}

const struct join join_container_image = {
        .name = STR_INIT("container-image"),
        .prepare = prepare,
        .judge = judge,
};
