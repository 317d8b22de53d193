/* build_escapes.c - from a container to its node: privileges, namespaces of the host, mounted folders. */

#include "graph/build_internal.h"

enum { MOST_MOUNTS = 256 };

/* What is known of a container before one looks at what follows from it. */
struct view {
        struct builder *builder;
        struct pod *pod;
        struct box *box;
        const struct value *security; /* of the container */
        const char *list;
        bool privileged, host_pid, root;
        bool sandboxed; /* its kernel is not that of the node, or root in it is nobody on the node */
        bool perhaps;   /* the sandbox has a name that sounds like one */
        struct str why_not;
};

static const char *list_of(const struct box *box)
{
        return box->container.list == KEY_containers       ? "containers"
               : box->container.list == KEY_initContainers ? "initContainers"
                                                           : "ephemeralContainers";
}

static bool has_sandbox_name(struct str name)
{
        static const struct str names[] = {STR_INIT("runsc"), STR_INIT("gvisor"), STR_INIT("kata"),
                                           STR_INIT("firecracker")};

        for (size_t i = 0; i < COUNT_OF(names); i++) {
                if (str_find(name, names[i], 0) != SIZE_MAX)
                        return true;
        }
        return false;
}

/* gVisor and Kata have a kernel of their own; so, for what matters here, has a user namespace. */
static void look_for_sandbox(struct view *view)
{
        struct str class = value_get_text(view->pod->spec, KEY_runtimeClassName);
        const struct value *users = value_get(view->pod->spec, KEY_hostUsers);
        const struct object *object;

        if (value_is(users, VALUE_BOOL) && !users->boolean) {
                view->sandboxed = true;
                view->why_not = STR("root in the container is nobody on the node: hostUsers is false");
        }
        if (!class.len)
                return;
        object = index_find(view->builder->index, STR("RuntimeClass.node.k8s.io"), (struct str){0}, class);
        if (object && has_sandbox_name(value_member_text(&object->root.value, "handler"))) {
                view->sandboxed = true;
                view->why_not = build_words(view->builder, "RuntimeClass %.*s has a kernel of its own", STR_ARG(class));
        } else if (!object && has_sandbox_name(class)) {
                view->perhaps = true;
        }
}

static bool may_be_root(const struct value *security, const struct value *of_pod, bool image_is_not_root)
{
        const struct value *user = value_get(security, KEY_runAsUser);
        const struct value *forbidden = value_get(security, KEY_runAsNonRoot);

        if (!user)
                user = value_get(of_pod, KEY_runAsUser);
        if (!forbidden)
                forbidden = value_get(of_pod, KEY_runAsNonRoot);
        if (value_is(user, VALUE_INT))
                return user->i == 0;
        return !value_is_true(forbidden) && !image_is_not_root;
}

static struct view look(struct builder *builder, struct pod *pod, struct box *box)
{
        struct view view = {
                .builder = builder,
                .pod = pod,
                .box = box,
                .security = value_get(&box->container.node->value, KEY_securityContext),
                .list = list_of(box),
        };

        view.privileged = value_is_true(value_get(view.security, KEY_privileged));
        view.host_pid = value_is_true(value_get(pod->spec, KEY_hostPID));
        view.root = may_be_root(view.security, value_get(pod->spec, KEY_securityContext),
                                build_image_is_not_root(builder, pod, box));
        look_for_sandbox(&view);
        return view;
}

/* The index of a capability among those added; -1 if it is not there. */
static int capability(const struct view *view, const char *name)
{
        const struct value *added = value_get(value_get(view->security, KEY_capabilities), KEY_add);
        int index = 0;

        value_each (added, item) {
                struct str text = value_is(&item->value, VALUE_STRING) ? value_text(&item->value) : (struct str){0};

                if (str_starts(text, STR("CAP_")))
                        text = str_from(text, 4);
                if (str_equal(text, str_of(name)) || str_is(text, "ALL"))
                        return index;
                index++;
        }
        return -1;
}

/* --- changes --- */

static uint32_t change_at(const struct view *view, const char *what, enum patch_op op, struct str path)
{
        struct builder *builder = view->builder;
        struct str message =
                build_words(builder, "%s container \"%.*s\" of %.*s", what, STR_ARG(view->box->container.name),
                            STR_ARG(build_object_words(builder, view->pod->object)));
        uint32_t change = graph_change(builder->graph, view->pod->object, 1, message);

        builder->graph->changes.items[change].breaks = 1;
        graph_patch(builder->graph, change, op, path, value_bool(false));
        return change;
}

static struct str security_path(const struct view *view, const char *below)
{
        return build_pod_path(view->builder, view->pod->object, "/spec/%s/%u/securityContext/%s", view->list,
                              view->box->container.index, below);
}

static uint32_t capability_change(const struct view *view, const char *name, struct str *path)
{
        int index = capability(view, name);
        char what[64];

        *path = build_pod_path(view->builder, view->pod->object, "/spec/%s/%u/securityContext/capabilities/add/%d",
                               view->list, view->box->container.index, index);
        __builtin_snprintf(what, sizeof(what), "take %s from", name);
        return change_at(view, what, PATCH_REMOVE, *path);
}

/* --- escapes by the kernel --- */

static uint32_t escape(const struct view *view, enum edge_type type, struct str path, struct str message,
                       uint32_t change)
{
        struct graph *graph = view->builder->graph;
        uint32_t edge = build_step(view->builder, type, view->box->node, view->pod->host, view->pod->object, path,
                                   view->sandboxed ? view->why_not : message, change);

        if (view->sandboxed)
                graph->edges.items[edge].verdict = GRAPH_DENIED;
        else if (view->perhaps)
                graph->edges.items[edge].verdict = GRAPH_UNKNOWN;
        return edge;
}

static void add_privileged(const struct view *view)
{
        struct builder *builder = view->builder;
        struct str path = security_path(view, "privileged");
        struct str message =
                build_words(builder, "container \"%.*s\" is privileged", STR_ARG(view->box->container.name));
        uint32_t change = change_at(view, "do not run privileged:", PATCH_REPLACE, path), edge;

        escape(view, EDGE_CONTAINER_ESCAPE_PRIVILEGED, path, message, change);
        escape(view, EDGE_CONTAINER_ESCAPE_MODULE, path, message, change);
        if (!view->host_pid)
                return;
        edge = escape(view, EDGE_CONTAINER_ESCAPE_NSENTER, path, message, change);
        graph_prove(builder->graph, edge, view->pod->object,
                    build_pod_path(builder, view->pod->object, "/spec/hostPID"),
                    STR("it sees the processes of the node"), GRAPH_NONE);
}

static void add_module(const struct view *view)
{
        struct str path;
        uint32_t change;

        if (view->privileged || capability(view, "SYS_MODULE") < 0)
                return;
        change = capability_change(view, "SYS_MODULE", &path);
        escape(view, EDGE_CONTAINER_ESCAPE_MODULE, path,
               build_words(view->builder, "container \"%.*s\" has SYS_MODULE", STR_ARG(view->box->container.name)),
               change);
}

static bool is_unconfined(const struct view *view)
{
        const struct value *profile = value_get(view->security, KEY_appArmorProfile);

        if (!profile)
                profile = value_get(value_get(view->pod->spec, KEY_securityContext), KEY_appArmorProfile);
        return value_is_text(value_get(profile, KEY_type), "Unconfined");
}

static void add_ptrace(const struct view *view)
{
        struct builder *builder = view->builder;
        struct str path;
        uint32_t change, edge;

        if (view->privileged || !view->host_pid || capability(view, "SYS_PTRACE") < 0
            || capability(view, "SYS_ADMIN") < 0)
                return;
        change = capability_change(view, "SYS_PTRACE", &path);
        edge = escape(view, EDGE_CONTAINER_ESCAPE_PTRACE, path,
                      build_words(builder,
                                  "container \"%.*s\" has SYS_PTRACE and SYS_ADMIN and sees the processes of the node",
                                  STR_ARG(view->box->container.name)),
                      change);
        if (!is_unconfined(view) && builder->graph->edges.items[edge].verdict == GRAPH_ALLOWED)
                builder->graph->edges.items[edge].verdict =
                        GRAPH_UNKNOWN; /* AppArmor, where the node has it, forbids it */
}

static void add_capabilities(const struct view *view)
{
        static const struct {
                const char *name;
                enum graph_verdict verdict;
        } reaching[] = {{"SYS_ADMIN", GRAPH_UNKNOWN}, {"DAC_READ_SEARCH", GRAPH_ALLOWED}};

        for (size_t i = 0; i < COUNT_OF(reaching) && !view->privileged; i++) {
                struct str path;
                uint32_t change, edge;

                if (capability(view, reaching[i].name) < 0)
                        continue;
                change = capability_change(view, reaching[i].name, &path);
                edge = escape(view, EDGE_CONTAINER_ESCAPE_CAPABILITY, path,
                              build_words(view->builder, "container \"%.*s\" has %s",
                                          STR_ARG(view->box->container.name), reaching[i].name),
                              change);
                if (view->builder->graph->edges.items[edge].verdict == GRAPH_ALLOWED)
                        view->builder->graph->edges.items[edge].verdict = reaching[i].verdict;
        }
}

/* --- folders of the node --- */

static bool is_below(struct str path, struct str folder)
{
        return str_equal(path, folder) || str_is(folder, "/")
               || (str_starts(path, folder) && path.len > folder.len && path.data[folder.len] == '/');
}

static bool is_any(struct str path, const struct str *list, size_t count)
{
        for (size_t i = 0; i < count; i++) {
                if (str_equal(path, list[i]))
                        return true;
        }
        return false;
}

/* At, above or below it. */
static bool touches(struct str path, struct str folder)
{
        return is_below(path, folder) || is_below(folder, path);
}

static bool has_socket(struct str path)
{
        static const struct str sockets[] = {
                STR_INIT("/run/docker.sock"),        STR_INIT("/run/containerd/containerd.sock"),
                STR_INIT("/run/crio/crio.sock"),     STR_INIT("/run/cri-dockerd.sock"),
                STR_INIT("/run/podman/podman.sock"), STR_INIT("/run/k3s/containerd/containerd.sock"),
                STR_INIT("/run/dockershim.sock"),
        };
        struct str short_path = str_starts(path, STR("/var/run")) ? str_from(path, 4) : path;

        for (size_t i = 0; i < COUNT_OF(sockets); i++) {
                if (is_below(sockets[i], short_path))
                        return true;
        }
        return str_ends(path, STR("/docker.sock"))
                        || str_ends(path, STR("/containerd.sock")) || str_ends(path, STR("/crio.sock"));
}

static bool sets_core_pattern(struct str path)
{
        static const struct str list[] = {STR_INIT("/"), STR_INIT("/proc"), STR_INIT("/proc/sys"),
                                          STR_INIT("/proc/sys/kernel"), STR_INIT("/proc/sys/kernel/core_pattern")};

        return is_any(path, list, COUNT_OF(list));
}

static bool holds_keys(struct str path)
{
        static const struct str list[] = {STR_INIT("/"),
                                          STR_INIT("/home"),
                                          STR_INIT("/root"),
                                          STR_INIT("/root/.ssh"),
                                          STR_INIT("/proc"),
                                          STR_INIT("/etc"),
                                          STR_INIT("/etc/kubernetes"),
                                          STR_INIT("/etc/kubernetes/pki"),
                                          STR_INIT("/etc/ssh"),
                                          STR_INIT("/var"),
                                          STR_INIT("/var/lib"),
                                          STR_INIT("/var/lib/kubelet"),
                                          STR_INIT("/var/lib/kubelet/pki")};

        return is_any(path, list, COUNT_OF(list))
               || str_ends(path, STR("/.ssh")) || (is_below(path, STR("/home")) && str_ends(path, STR("/.kube")));
}

/* Folders whose content the node runs or trusts, and what lies above them. */
static bool is_run_by_node(struct str path)
{
        static const struct str list[] = {
                STR_INIT("/bin"),
                STR_INIT("/boot"),
                STR_INIT("/dev"),
                STR_INIT("/etc"),
                STR_INIT("/home"),
                STR_INIT("/lib"),
                STR_INIT("/lib64"),
                STR_INIT("/opt/cni"),
                STR_INIT("/proc"),
                STR_INIT("/root"),
                STR_INIT("/sbin"),
                STR_INIT("/usr"),
                STR_INIT("/var/lib/kubelet"),
                STR_INIT("/var/lib/docker"),
                STR_INIT("/var/lib/containerd"),
                STR_INIT("/var/lib/containers"),
                STR_INIT("/var/lib/cni"),
                STR_INIT("/var/lib/etcd"),
                STR_INIT("/var/lib/rancher"),
                STR_INIT("/var/spool/cron"),
                STR_INIT("/sys/kernel"),
        };
        static const struct str harmless[] = {
                STR_INIT("/etc/localtime"), STR_INIT("/etc/timezone"),  STR_INIT("/etc/machine-id"),
                STR_INIT("/dev/shm"),       STR_INIT("/dev/hugepages"), STR_INIT("/usr/share/zoneinfo"),
                STR_INIT("/dev/null"),      STR_INIT("/dev/fuse"),      STR_INIT("/dev/kvm"),
                STR_INIT("/dev/net/tun"),   STR_INIT("/dev/dri")};

        if (is_any(path, harmless, COUNT_OF(harmless)))
                return false;
        for (size_t i = 0; i < COUNT_OF(list); i++) {
                if (touches(path, list[i]))
                        return true;
        }
        return false;
}

static bool is_log_folder(struct str path)
{
        static const struct str list[] = {STR_INIT("/"), STR_INIT("/var"), STR_INIT("/var/log"),
                                          STR_INIT("/var/log/pods"), STR_INIT("/var/log/containers")};

        return is_any(path, list, COUNT_OF(list));
}

/* A folder of the node as a container mounts it. */
struct folder {
        struct str path, volume;
        unsigned index; /* of the volume */
        bool writable;
        uint32_t node, change;
};

static struct str tidy(struct str path)
{
        while (path.len > 1 && path.data[path.len - 1] == '/')
                path.len--;
        return path;
}

static uint32_t folder_change(const struct view *view, const struct folder *folder)
{
        struct builder *builder = view->builder;
        struct str message = build_words(builder, "take the folder %.*s of the node from %.*s", STR_ARG(folder->path),
                                         STR_ARG(build_object_words(builder, view->pod->object)));
        uint32_t change = graph_change(builder->graph, view->pod->object, 2, message);

        builder->graph->changes.items[change].breaks = 1;
        return change;
}

static void lead_on(const struct view *view, const struct folder *folder, enum edge_type type, uint32_t to,
                    const char *message, bool needs_root)
{
        struct builder *builder = view->builder;
        struct str path = build_pod_path(builder, view->pod->object, "/spec/volumes/%u", folder->index);
        uint32_t edge = build_step(builder, type, folder->node, to, view->pod->object, path,
                                   build_words(builder, message, STR_ARG(folder->path)), folder->change);

        if (needs_root && !view->root && !view->privileged)
                builder->graph->edges.items[edge].verdict = GRAPH_UNKNOWN;
}

/* Whether the account of the Pod may read logs, which makes links in the log folder dangerous. */
static bool reads_logs(const struct view *view)
{
        struct builder *builder = view->builder;
        struct access_user user;
        struct access_request request = {
                .verb = STR("get"), .resource = STR("pods"), .subresource = STR("log"), .ns = view->pod->space->name};

        if (!view->pod->has_token)
                return false;
        user = access_user_of_account(builder->arena, view->pod->space->name, view->pod->account);
        return access_can(builder->access, &user, &request) == ACCESS_YES;
}

static void follow_folder(const struct view *view, const struct folder *folder)
{
        struct builder *builder = view->builder;
        uint32_t host = view->pod->host;

        if (has_socket(folder->path))
                lead_on(view, folder, EDGE_RUNTIME_SOCKET, host,
                        "%.*s of the node is or holds the socket of the runtime", true);
        if (touches(folder->path, STR("/var/lib/kubelet/pods")))
                lead_on(view, folder, EDGE_HOST_TRAVERSE,
                        build_node(builder, GRAPH_NODE_TOKENS, (struct str){0},
                                   graph_name(&builder->graph->nodes.items[host])),
                        "%.*s of the node holds the tokens of its Pods", true);
        if (holds_keys(folder->path))
                lead_on(view, folder, EDGE_HOST_READ, host, "%.*s of the node holds keys and passwords", true);
        if (folder->writable && sets_core_pattern(folder->path))
                lead_on(view, folder, EDGE_CONTAINER_ESCAPE_CORE_PATTERN, host, "%.*s of the node can be written to",
                        true);
        if (folder->writable && is_run_by_node(folder->path))
                lead_on(view, folder, EDGE_HOST_WRITE, host, "%.*s of the node can be written to", true);
        if (folder->writable && is_log_folder(folder->path) && reads_logs(view))
                lead_on(view, folder, EDGE_CONTAINER_ESCAPE_LOG_SYMLINK, host,
                        "%.*s of the node can be written to, and the Pod may read logs", true);
}

/* The folder of the node that a volume is; empty: it is none. */
static struct str folder_of(const struct view *view, const struct value *volume)
{
        struct builder *builder = view->builder;
        struct str claim = value_get_text(value_get(volume, KEY_persistentVolumeClaim), KEY_claimName);
        const struct value *host = value_get(volume, KEY_hostPath);
        const struct object *object;
        struct str name;

        if (host || !claim.len)
                return tidy(value_get_text(host, KEY_path));
        object = index_find(builder->index, STR("PersistentVolumeClaim"), view->pod->object->ns, claim);
        name = object ? value_member_text(value_get(&object->root.value, KEY_spec), "volumeName") : (struct str){0};
        object = name.len ? index_find(builder->index, STR("PersistentVolume"), (struct str){0}, name) : NULL;
        host = object ? value_get(value_get(&object->root.value, KEY_spec), KEY_hostPath) : NULL;
        return tidy(value_get_text(host, KEY_path));
}

/* Another volume node where a Pod has the volume both ways. */
static uint32_t volume_node(const struct view *view, const struct folder *folder)
{
        struct builder *builder = view->builder;
        struct str name = build_words(builder, "%.*s/%.*s%s", STR_ARG(view->pod->name), STR_ARG(folder->volume),
                                      folder->writable ? "" : " (read-only)");
        bool other = false;

        for (size_t i = 0; i < view->pod->box_count; i++) {
                value_each (value_get(&view->pod->boxes[i].container.node->value, KEY_volumeMounts), mount) {
                        other |= str_equal(value_get_text(&mount->value, KEY_name), folder->volume)
                                 && !value_is_true(value_get(&mount->value, KEY_readOnly));
                }
        }
        if (!folder->writable && !other)
                name.len -= sizeof(" (read-only)") - 1;
        return build_node(builder, GRAPH_VOLUME, view->pod->space->name, name);
}

static void mount_folder(const struct view *view, struct folder *folder, unsigned mount)
{
        struct builder *builder = view->builder;
        struct graph *graph = builder->graph;
        size_t before = graph->nodes.count;

        folder->node = volume_node(view, folder);
        folder->change = GRAPH_NONE;
        if (graph->nodes.count > before) {
                folder->change = folder_change(view, folder);
                graph->nodes.items[folder->node].object = view->pod->object;
                graph_edge(graph, EDGE_VOLUME_ACCESS, view->pod->host, folder->node);
                follow_folder(view, folder);
        }
        build_step(builder, EDGE_VOLUME_DISCOVER, view->box->node, folder->node, view->pod->object,
                   build_pod_path(builder, view->pod->object, "/spec/%s/%u/volumeMounts/%u", view->list,
                                  view->box->container.index, mount),
                   (struct str){0}, GRAPH_NONE);
}

static const struct value *volume_named(const struct view *view, struct str name, unsigned *index)
{
        *index = 0;
        value_each (value_get(view->pod->spec, KEY_volumes), volume) {
                if (str_equal(value_get_text(&volume->value, KEY_name), name))
                        return &volume->value;
                ++*index;
        }
        return NULL;
}

static void add_folders(const struct view *view)
{
        unsigned mount = 0;

        value_each (value_get(&view->box->container.node->value, KEY_volumeMounts), node) {
                struct folder folder = {.volume = value_get_text(&node->value, KEY_name)};
                const struct value *volume =
                        mount < MOST_MOUNTS ? volume_named(view, folder.volume, &folder.index) : NULL;
                struct str below = tidy(value_get_text(&node->value, KEY_subPath));

                folder.path = folder_of(view, volume);
                if (folder.path.len && below.len)
                        folder.path = build_words(view->builder, "%.*s/%.*s",
                                                  STR_ARG(str_is(folder.path, "/") ? (struct str){0} : folder.path),
                                                  STR_ARG(below));
                folder.writable = !value_is_true(value_get(&node->value, KEY_readOnly));
                if (folder.path.len)
                        mount_folder(view, &folder, mount);
                mount++;
        }
}

void build_escapes(struct builder *builder, struct pod *pod, struct box *box)
{
        struct view view = look(builder, pod, box);

        if (view.privileged)
                add_privileged(&view);
        add_module(&view);
        add_ptrace(&view);
        add_capabilities(&view);
        add_folders(&view);
}
