/* points.c - kubesec's points as a table.
 *
 * Ids, points and selectors are those of kubesec v2, because its users read them in their reports and the order of a list depends
 * on them. A point of scope container holds if it does for any container. */

#include "rulebook/points.h"

#include "rulebook/internal.h"

#define PODS "Pod Deployment StatefulSet DaemonSet"
#define MORE_PODS PODS " ReplicaSet Job CronJob"
#define PROFILE_SELECTOR(field)                                                                                        \
        ".spec .securityContext ." field " .type | .spec .containers[] .securityContext ." field                       \
        " .type | .spec .initContainers[] .securityContext ." field                                                    \
        " .type | .spec .ephemeralContainers[] .securityContext ." field " .type"
#define SECRET_SELECTOR(list) ".spec ." list "[] .env[] .valueFrom .secretKeyRef"
#define SECRETS_SELECTOR(list) ".spec ." list "[] .envFrom[] .secretRef"
#define EVERY_CONTAINER(selector)                                                                                      \
        selector("containers") " | " selector("initContainers") " | " selector("ephemeralContainers")
/* What a container has, or else its Pod. */
#define OWN_OR_POD(field) "container.?securityContext." field ".or(pod.?spec.?securityContext." field ")"
#define ANY_PATH(condition)                                                                                            \
        "pod.?spec.?volumes.orValue([]).exists(volume, volume.?hostPath.?path.orValue('')." condition ")"
#define CLAIMS(condition)                                                                                              \
        "object.?spec.?volumeClaimTemplates.orValue([]).size() == 0 || "                                               \
        "object.spec.volumeClaimTemplates.exists(claim, " condition ")"

struct point_rule {
        struct score_point point;
        const char *kinds; /* with spaces between */
        enum rule_scope scope;
        struct str holds; /* CEL */
};

#define POINT(name, points, kinds, scope, selector, holds, reason)                                                     \
        {                                                                                                              \
                {STR_INIT(name), points, STR_INIT(selector), STR_INIT(reason)}, kinds, scope, STR_INIT(holds)          \
        }

static const struct point_rule table[] = {
        POINT("HostNetwork", -9, PODS, SCOPE_POD, ".spec .hostNetwork == true", "pod.?spec.?hostNetwork.orValue(false)",
              "On the network of the node, a container reaches what listens on its loopback address only"),
        POINT("HostPID", -9, PODS, SCOPE_POD, ".spec .hostPID == true", "pod.?spec.?hostPID.orValue(false)",
              "A container that sees the processes of the node sees their environment and arguments too"),
        POINT("HostIPC", -9, PODS, SCOPE_POD, ".spec .hostIPC == true", "pod.?spec.?hostIPC.orValue(false)",
              "Shared memory and semaphores of the node are open to the container"),
        POINT("ReadOnlyRootFilesystem", 1, PODS, SCOPE_CONTAINER,
              "containers[] .securityContext .readOnlyRootFilesystem == true",
              "container.?securityContext.?readOnlyRootFilesystem.orValue(false)",
              "Nobody can put programs of his own into a root file system that cannot be written"),
        POINT("RunAsNonRoot", 1, PODS, SCOPE_CONTAINER,
              ".spec, .spec.containers[] | .securityContext .runAsNonRoot == true",
              OWN_OR_POD("?runAsNonRoot") ".orValue(false)", "An image that would run as root is not started"),
        POINT("RunAsUser", 1, PODS, SCOPE_CONTAINER,
              ".spec, .spec.containers[] | .securityContext .runAsUser -gt 10000",
              OWN_OR_POD("?runAsUser") ".orValue(0) > 10000", "A high user id is nobody's on the node"),
        POINT("RunAsGroup", 1, PODS, SCOPE_CONTAINER,
              ".spec, .spec.containers[] | .securityContext .runAsGroup -gt 10000",
              OWN_OR_POD("?runAsGroup") ".orValue(0) > 10000", "A high group id is nobody's on the node"),
        POINT("Privileged", -30, PODS, SCOPE_CONTAINER, "containers[] .securityContext .privileged == true",
              "container.?securityContext.?privileged.orValue(false)",
              "A privileged container can do nearly all that root on the node can"),
        POINT("CapSysAdmin", -30, PODS, SCOPE_CONTAINER,
              "containers[] .securityContext .capabilities .add == SYS_ADMIN",
              "container.?securityContext.?capabilities.?add.orValue([]).exists(name, name.contains('SYS_ADMIN'))",
              "CAP_SYS_ADMIN is the capability from which most of the others follow"),
        POINT("CapDropAny", 1, PODS, SCOPE_CONTAINER, "containers[] .securityContext .capabilities .drop",
              "container.?securityContext.?capabilities.?drop.orValue([]).exists(name, name != '')",
              "Each capability that is dropped is one less for whoever breaks in"),
        POINT("CapDropAll", 1, PODS, SCOPE_CONTAINER,
              "containers[] .securityContext .capabilities .drop | index(\"ALL\")",
              "container.?securityContext.?capabilities.?drop.orValue([]).exists(name, name.upperAscii() in ['ALL', "
              "'CAP_ALL'])",
              "With all capabilities dropped, only those are left that were added by name"),
        POINT("DockerSock", -9, PODS, SCOPE_POD, "volumes[] .hostPath .path == /var/run/docker.sock",
              ANY_PATH("contains('/var/run/docker.sock')"),
              "Who can write to the socket of the container runtime controls the node"),
        POINT("ProcMount", -9, PODS, SCOPE_POD, "volumes[] .hostPath .path == /proc", ANY_PATH("contains('/proc')"),
              "The node's /proc shows all of its processes, and through some files the node can be taken over"),
        POINT("RequestsCPU", 1, PODS, SCOPE_MAIN_CONTAINER, "containers[] .resources .requests .cpu",
              "container.?resources.?requests.?cpu.hasValue()", "CPU that was asked for is shared out fairly"),
        POINT("LimitsCPU", 1, PODS, SCOPE_MAIN_CONTAINER, "containers[] .resources .limits .cpu",
              "container.?resources.?limits.?cpu.hasValue()",
              "A container with a CPU limit cannot starve its neighbours"),
        POINT("RequestsMemory", 1, PODS, SCOPE_MAIN_CONTAINER, "containers[] .resources .requests .memory",
              "container.?resources.?requests.?memory.hasValue()",
              "Memory that was asked for is there when it is needed"),
        POINT("LimitsMemory", 1, PODS, SCOPE_MAIN_CONTAINER, "containers[] .resources .limits .memory",
              "container.?resources.?limits.?memory.hasValue()",
              "A container with a memory limit cannot use up the node's memory"),
        POINT("ServiceAccountName", 3, PODS, SCOPE_POD, ".spec .serviceAccountName",
              "pod.?spec.?serviceAccountName.orValue('') != ''",
              "An account of its own can be given just the rights that are used"),
        POINT("HostAliases", -3, PODS, SCOPE_POD, ".spec .hostAliases", "pod.?spec.?hostAliases.hasValue()",
              "Entries in /etc/hosts hide from the cluster's DNS where a name really leads"),
        POINT("SeccompAny", 1, PODS, SCOPE_CONTAINER, PROFILE_SELECTOR("seccompProfile"),
              OWN_OR_POD("?seccompProfile.?type") ".orValue('Unconfined') != 'Unconfined'",
              "A seccomp profile closes system calls in which unknown bugs may be"),
        POINT("SeccompUnconfined", -1, PODS, SCOPE_CONTAINER, PROFILE_SELECTOR("seccompProfile"),
              OWN_OR_POD("?seccompProfile.?type") ".orValue('') == 'Unconfined'",
              "Without seccomp every system call is open"),
        POINT("ApparmorAny", 3, PODS, SCOPE_CONTAINER, PROFILE_SELECTOR("appArmorProfile"),
              OWN_OR_POD("?appArmorProfile.?type") ".orValue('Unconfined') != 'Unconfined'",
              "An AppArmor profile bounds what a container that was taken over can do"),
        POINT("ApparmorUnconfined", -1, PODS, SCOPE_CONTAINER, PROFILE_SELECTOR("appArmorProfile"),
              OWN_OR_POD("?appArmorProfile.?type") ".orValue('') == 'Unconfined'", "Unconfined switches AppArmor off"),
        POINT("VolumeClaimAccessModeReadWriteOnce", 1, "StatefulSet", SCOPE_OBJECT,
              ".spec .volumeClaimTemplates[] .spec .accessModes | index(\"ReadWriteOnce\")",
              CLAIMS("claim.?spec.?accessModes.orValue([]) == ['ReadWriteOnce']"),
              "Only one node at a time mounts the volumes"),
        POINT("VolumeClaimRequestsStorage", 1, "StatefulSet", SCOPE_OBJECT,
              ".spec .volumeClaimTemplates[] .spec .resources .requests .storage",
              CLAIMS("claim.?spec.?resources.?requests.?storage.hasValue()"),
              "A claim that names its size gets a volume that fits"),
        POINT("AllowPrivilegeEscalation", -7, PODS, SCOPE_CONTAINER,
              "containers[] .securityContext .allowPrivilegeEscalation == true",
              "container.?securityContext.?allowPrivilegeEscalation.orValue(false)",
              "A process may get more rights than the one that started it"),
        POINT("AutomountServiceAccountToken", 1, PODS, SCOPE_POD, ".spec .automountServiceAccountToken == false",
              "!pod.?spec.?automountServiceAccountToken.orValue(true)",
              "Without a token nobody can speak to the API server from here"),
        POINT("HostUsers", 1, PODS, SCOPE_POD, ".spec .hostUsers == false", "!pod.?spec.?hostUsers.orValue(true)",
              "In a user namespace of its own, root in the container is nobody on the node"),
        POINT("SecretsAsEnvironmentVariables", -5, MORE_PODS, SCOPE_CONTAINER,
              EVERY_CONTAINER(SECRET_SELECTOR) " | " EVERY_CONTAINER(SECRETS_SELECTOR),
              "container.?env.orValue([]).exists(one, one.?valueFrom.?secretKeyRef.hasValue()) || "
              "container.?envFrom.orValue([]).exists(one, one.?secretRef.hasValue())",
              "What is in the environment gets into logs, crash dumps and the sight of every child process"),
        POINT("BindingsToSystemAnonymous", -30, "RoleBinding ClusterRoleBinding", SCOPE_OBJECT,
              ".subjects[] .name == \"system:anonymous\"",
              "object.?subjects.orValue([]).exists(subject, subject.?name.orValue('').contains('system:anonymous'))",
              "Who has not even logged in has the rights of this role"),
};

_Static_assert(COUNT_OF(table) <= MOST_POINTS, "a score has a bit for each point");

struct points {
        struct engine *engine;
        struct score_point list[COUNT_OF(table)];
        struct expression expressions[COUNT_OF(table)];
};

struct points *points_new(struct arena *arena)
{
        struct points *points = arena_new(arena, struct points);

        points->engine = engine_new(arena);
        for (size_t i = 0; i < COUNT_OF(table); i++) {
                points->list[i] = table[i].point;
                points->expressions[i].text = table[i].holds;
        }
        return points;
}

const struct score_point *points_list(const struct points *points, size_t *count)
{
        *count = COUNT_OF(table);
        return points->list;
}

bool points_check(struct points *points, struct err *err)
{
        for (size_t i = 0; i < COUNT_OF(table); i++)
                TRY(engine_program(points->engine, &points->expressions[i], err));
        return true;
}

static bool has_kind(const char *kinds, struct str kind)
{
        struct str rest = str_of(kinds), next;

        while (str_split(&rest, ' ', &next)) {
                if (str_equal(next, kind))
                        return true;
        }
        return false;
}

struct run {
        struct points *points;
        struct value variables[VARIABLE_COUNT];
        struct cel_frame frame;
        struct score *score;
};

/* Tries the points of a scope that do not hold yet. An expression that fails does not hold. */
static void judge_scope(struct run *run, enum rule_scope scope)
{
        for (size_t i = 0; i < COUNT_OF(table); i++) {
                uint64_t bit = (uint64_t)1 << i;
                const struct cel_program *program;
                struct err err = {0};
                bool holds = false;

                if (table[i].scope != scope || !(run->score->asked & bit) || run->score->held & bit)
                        continue;
                program = engine_program(run->points->engine, &run->points->expressions[i], &err);
                if (program && cel_run_bool(program, &run->frame, &holds, &err) && holds)
                        run->score->held |= bit;
        }
}

static void judge_containers(struct run *run, const struct object *object)
{
        struct container container = {0};

        while (object_next_container(object, &container)) {
                run->variables[VARIABLE_CONTAINER] = container.node->value;
                judge_scope(run, SCOPE_CONTAINER);
                if (container.role == CONTAINER_MAIN)
                        judge_scope(run, SCOPE_MAIN_CONTAINER);
        }
}

void points_judge(struct points *points, const struct object *object, struct arena *arena, struct arena *scratch,
                  struct score *score)
{
        struct run run = {.points = points, .score = score};

        object = object_without_null(arena, object);
        run.frame = (struct cel_frame){.arena = scratch, .variables = run.variables};
        run.variables[VARIABLE_OBJECT] = object->root.value;
        score->asked = score->held = 0;
        for (size_t i = 0; i < COUNT_OF(table); i++)
                score->asked |= (uint64_t)has_kind(table[i].kinds, object->kind) << i;
        judge_scope(&run, SCOPE_OBJECT);
        if (object->pod.value.kind == VALUE_MAP) {
                run.variables[VARIABLE_POD] = object->pod.value;
                judge_scope(&run, SCOPE_POD);
                judge_containers(&run, object);
        }
        arena_reset(scratch);
}
