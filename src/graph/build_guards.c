/* build_guards.c - what the cluster would refuse: Pod Security labels and ValidatingAdmissionPolicies against a privileged Pod.
 *
 * Who may create Pods tries several ways to own the node; the step is refused only if each of them is. What nobody here can
 * evaluate (params, other admission controllers) makes the answer unknown. */

#include "doc/document.h"
#include "graph/build_internal.h"
#include "policy/cel/cel.h"

/* Pods that own their node, in three ways. */
static const char *const attempts[] = {
        "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"x\",\"namespace\":\"%.*s\",\"labels\":{}},\"spec\":{"
        "\"containers\":[{\"name\":\"x\",\"image\":\"x\",\"resources\":{},\"securityContext\":{\"privileged\":true}}]}}",
        "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"x\",\"namespace\":\"%.*s\",\"labels\":{}},\"spec\":{"
        "\"volumes\":[{\"name\":\"h\",\"hostPath\":{\"path\":\"/\"}}],\"containers\":[{\"name\":\"x\",\"image\":\"x\","
        "\"resources\":{},\"volumeMounts\":[{\"name\":\"h\",\"mountPath\":\"/h\"}]}]}}",
        "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"x\",\"namespace\":\"%.*s\",\"labels\":{}},\"spec\":{"
        "\"hostPID\":true,\"containers\":[{\"name\":\"x\",\"image\":\"x\",\"resources\":{},\"securityContext\":{"
        "\"capabilities\":{\"add\":[\"SYS_ADMIN\",\"SYS_PTRACE\"]}}}]}}",
};

static const char request_text[] =
        "{\"operation\":\"CREATE\",\"namespace\":\"%.*s\",\"name\":\"x\",\"kind\":{\"group\":\"\",\"version\":\"v1\",\"kind\":\"Pod\"},"
        "\"resource\":{\"group\":\"\",\"version\":\"v1\",\"resource\":\"pods\"},\"subResource\":\"\",\"dryRun\":false,"
        "\"userInfo\":{\"username\":\"somebody\",\"groups\":[\"system:authenticated\"]}}";

/* --- policies --- */

enum { BASE_NAMES = 5, MOST_NAMES = 64 };

struct check {
        struct str text;
        struct cel_program *program; /* NULL: it could not be compiled */
};

struct policy {
        const struct object *object;
        struct selector spaces; /* of matchConstraints */
        bool fails_open;        /* failurePolicy Ignore */
        bool has_params;
        VEC(struct check) conditions, variables, validations;
};

struct binding {
        const struct policy *policy;
        struct selector spaces; /* of matchResources */
};

struct guards {
        struct builder *builder;
        VEC(struct binding) bindings;
        bool others; /* admission controllers were shown that nobody here evaluates */
};

static bool lists(const struct value *list, const char *word)
{
        value_each (list, item) {
                if (value_is(&item->value, VALUE_STRING)
                    && (str_equal(value_text(&item->value), str_of(word)) || str_is(value_text(&item->value), "*")))
                        return true;
        }
        return false;
}

/* Whether a policy looks at new Pods, of whatever labels. */
static bool looks_at_pods(const struct value *constraints)
{
        const struct value *objects = value_member(constraints, "objectSelector");

        if (value_count(value_get(objects, KEY_matchLabels)) || value_count(value_get(objects, KEY_matchExpressions)))
                return false;
        value_each (value_member(constraints, "resourceRules"), rule) {
                if (lists(value_get(&rule->value, KEY_apiGroups), "")
                    && lists(value_get(&rule->value, KEY_resources), "pods")
                    && lists(value_member(&rule->value, "operations"), "CREATE"))
                        return true;
        }
        return false;
}

static void add_checks(struct arena *arena, const struct value *list, void *checks)
{
        VEC(struct check) *out = checks;

        value_each (list, item)
                *vec_push(arena, out) = (struct check){value_member_text(&item->value, "expression"), NULL};
}

/* The variables of a policy: those of the API server, then its own in order. */
static struct cel_env *environment_of(struct arena *arena, const struct value *own, size_t count)
{
        static const char *const base[BASE_NAMES] = {"object", "oldObject", "request", "namespaceObject", "params"};
        struct cel_variable *variables = arena_array(arena, struct cel_variable, BASE_NAMES + count);
        struct cel_settings settings = {.variables = variables, .variable_count = BASE_NAMES + count};
        struct err err = {0};

        for (size_t i = 0; i < BASE_NAMES; i++)
                variables[i] = (struct cel_variable){str_of(base[i]), STR("dyn")};
        for (size_t i = 0; i < count; i++)
                variables[BASE_NAMES + i] =
                        (struct cel_variable){str_format(arena, "variables.%.*s",
                                                         STR_ARG(value_get_text(&value_item(own, i)->value, KEY_name))),
                                              STR("dyn")};
        return cel_env_new(arena, &settings, &err);
}

static void compile(struct arena *arena, const struct cel_env *environment, struct check *checks, size_t count)
{
        for (size_t i = 0; environment && i < count; i++) {
                struct err err = {0};

                checks[i].program = cel_compile(arena, environment, checks[i].text, &err);
        }
}

static const struct policy *read_policy(struct builder *builder, const struct object *object)
{
        struct arena *arena = builder->arena;
        const struct value *spec = value_get(&object->root.value, KEY_spec);
        const struct value *constraints = value_member(spec, "matchConstraints");
        const struct value *own = value_member(spec, "variables");
        struct policy *policy = arena_new(arena, struct policy);
        const struct cel_env *environment;
        struct err err = {0};

        if (!looks_at_pods(constraints)
            || !selector_from_value(arena, value_get(constraints, KEY_namespaceSelector), &policy->spaces, &err))
                return NULL;
        policy->object = object;
        policy->fails_open = value_is_text(value_member(spec, "failurePolicy"), "Ignore");
        policy->has_params = value_count(value_member(spec, "paramKind")) > 0;
        add_checks(arena, value_member(spec, "matchConditions"), &policy->conditions);
        add_checks(arena, own, &policy->variables);
        add_checks(arena, value_member(spec, "validations"), &policy->validations);
        environment = environment_of(arena, own, min_size(policy->variables.count, MOST_NAMES - BASE_NAMES));
        compile(arena, environment, policy->conditions.items, policy->conditions.count);
        compile(arena, environment, policy->variables.items, policy->variables.count);
        compile(arena, environment, policy->validations.items, policy->validations.count);
        return policy;
}

static void read_binding(struct guards *guards, const struct object *object)
{
        struct builder *builder = guards->builder;
        const struct value *spec = value_get(&object->root.value, KEY_spec);
        const struct value *match = value_member(spec, "matchResources");
        struct binding binding = {0};
        const struct object *policy =
                index_find(builder->index, STR("ValidatingAdmissionPolicy.admissionregistration.k8s.io"),
                                               (struct str){0}, value_member_text(spec, "policyName"));
        struct err err = {0};

        if (!policy || !lists(value_member(spec, "validationActions"), "Deny")
            || !selector_from_value(builder->arena, value_get(match, KEY_namespaceSelector), &binding.spaces, &err))
                return;
        binding.policy = read_policy(builder, policy);
        if (binding.policy)
                *vec_push(builder->arena, &guards->bindings) = binding;
}

/* --- trying --- */

static const struct value *read_text(struct arena *arena, const char *format, struct str ns)
{
        struct document *document = arena_new(arena, struct document);
        struct err err = {0};

        /* Names of namespaces that would need escaping no cluster takes: then nothing is known. */
        if (!json_read_one(arena, str_format(arena, format, STR_ARG(ns)), document, &err))
                return NULL;
        return &document->root;
}

static const struct value nothing = {.kind = VALUE_NULL};

static enum graph_verdict try_policy(struct arena *scratch, const struct policy *policy, const struct space *space,
                                     const struct value *pod, const struct value *request)
{
        struct value variables[MOST_NAMES] = {*pod, nothing, *request,
                                              space->object ? space->object->root.value : nothing, nothing};
        struct cel_frame frame = {.arena = scratch, .variables = variables};
        enum graph_verdict verdict = GRAPH_ALLOWED;
        struct err err = {0};

        if (policy->variables.count > MOST_NAMES - BASE_NAMES)
                return GRAPH_UNKNOWN;
        for (size_t i = 0; i < policy->variables.count; i++) {
                const struct check *check = &policy->variables.items[i];

                variables[BASE_NAMES + i] = nothing;
                if (!check->program || !cel_run(check->program, &frame, &variables[BASE_NAMES + i], &err))
                        verdict = GRAPH_UNKNOWN;
        }
        for (size_t i = 0; i < policy->conditions.count; i++) {
                const struct check *check = &policy->conditions.items[i];
                bool holds = true;

                if (!check->program || !cel_run_bool(check->program, &frame, &holds, &err))
                        verdict = GRAPH_UNKNOWN;
                else if (!holds)
                        return GRAPH_ALLOWED;
        }
        for (size_t i = 0; i < policy->validations.count; i++) {
                const struct check *check = &policy->validations.items[i];
                bool holds = true;

                if (!check->program || !cel_run_bool(check->program, &frame, &holds, &err))
                        verdict = policy->fails_open ? verdict : GRAPH_UNKNOWN;
                else if (!holds)
                        return verdict == GRAPH_UNKNOWN || policy->has_params ? GRAPH_UNKNOWN : GRAPH_DENIED;
        }
        return verdict;
}

static bool holds_for(const struct selector *selector, const struct space *space)
{
        return selector_has(selector, space->object ? object_labels(space->object) : NULL);
}

/* What becomes of one attempt: what the strictest policy says. */
static enum graph_verdict try_pod(const struct guards *guards, struct arena *scratch, const struct space *space,
                                  const struct value *pod, const struct value *request, const struct policy **by)
{
        enum graph_verdict worst = GRAPH_ALLOWED;

        for (size_t i = 0; i < guards->bindings.count && worst != GRAPH_DENIED; i++) {
                const struct binding *binding = &guards->bindings.items[i];
                enum graph_verdict verdict;

                if (!holds_for(&binding->spaces, space) || !holds_for(&binding->policy->spaces, space))
                        continue;
                verdict = try_policy(scratch, binding->policy, space, pod, request);
                if (verdict <= worst)
                        continue;
                worst = verdict;
                *by = binding->policy;
        }
        return worst;
}

static void refuse(struct space *space, enum graph_verdict verdict, const struct object *by, struct str words)
{
        space->privileged = verdict;
        space->refused_at = by;
        space->refused_by = words;
}

static void ask_policies(const struct guards *guards, struct space *space)
{
        struct builder *builder = guards->builder;
        struct arena scratch CLEANUP(arena_free) = {0};
        const struct value *request = read_text(&scratch, request_text, space->name);
        enum graph_verdict best = GRAPH_DENIED;
        const struct policy *by = NULL;

        for (size_t i = 0; i < COUNT_OF(attempts) && best != GRAPH_ALLOWED; i++) {
                const struct value *pod = read_text(&scratch, attempts[i], space->name);
                enum graph_verdict verdict =
                        pod && request ? try_pod(guards, &scratch, space, pod, request, &by) : GRAPH_UNKNOWN;

                if (verdict < best)
                        best = verdict;
        }
        if (best == GRAPH_DENIED && by)
                refuse(space, best, by->object,
                       build_words(builder, "ValidatingAdmissionPolicy %.*s refuses privileged Pods",
                                   STR_ARG(by->object->name)));
        else if (best == GRAPH_UNKNOWN && by)
                refuse(space, best, by->object,
                       build_words(builder,
                                   "a new Pod may be privileged unless ValidatingAdmissionPolicy %.*s refuses it",
                                   STR_ARG(by->object->name)));
}

/* --- namespaces --- */

static uint32_t label_change(struct builder *builder, const struct space *space)
{
        const struct object *object = space->object;
        bool labelled = object && value_is(object_labels(object), VALUE_MAP);
        uint32_t change = graph_change(
                builder->graph, object, 1,
                build_words(builder,
                            "let namespace %.*s refuse privileged Pods (pod-security.kubernetes.io/enforce: baseline)",
                            STR_ARG(space->name)));

        builder->graph->changes.items[change].breaks = space->weak_pods;
        if (labelled)
                graph_patch(builder->graph, change, PATCH_ADD,
                            build_path(builder, object, "/metadata/labels/pod-security.kubernetes.io~1enforce"),
                            value_string(STR("baseline")));
        return change;
}

static void guard_space(const struct guards *guards, struct space *space)
{
        struct builder *builder = guards->builder;

        if (str_is(space->enforce, "baseline") || str_is(space->enforce, "restricted")) {
                refuse(space, GRAPH_DENIED, space->object,
                       build_words(builder, "namespace %.*s enforces Pod Security %.*s: privileged Pods are refused",
                                   STR_ARG(space->name), STR_ARG(space->enforce)));
                return;
        }
        space->label_change = label_change(builder, space);
        if (guards->bindings.count)
                ask_policies(guards, space);
        if (space->privileged == GRAPH_ALLOWED && guards->others)
                refuse(space, GRAPH_UNKNOWN, NULL,
                       STR("a new Pod may be privileged unless Kyverno or Gatekeeper refuses it"));
}

/* Whether the level "baseline" would refuse a Pod, by what most often makes it do so. */
static bool is_weak(const struct pod *pod)
{
        if (pod->host_network || value_is_true(value_get(pod->spec, KEY_hostPID))
            || value_is_true(value_get(pod->spec, KEY_hostIPC)))
                return true;
        value_each (value_get(pod->spec, KEY_volumes), volume) {
                if (value_get(&volume->value, KEY_hostPath))
                        return true;
        }
        for (size_t i = 0; i < pod->box_count; i++) {
                const struct value *container = &pod->boxes[i].container.node->value;

                if (value_is_true(value_get(value_get(container, KEY_securityContext), KEY_privileged)))
                        return true;
                value_each (value_get(container, KEY_ports), port) {
                        if (value_get(&port->value, KEY_hostPort))
                                return true;
                }
        }
        return false;
}

void build_guards(struct builder *builder)
{
        struct guards guards = {.builder = builder};
        const struct object_list *list =
                index_all(builder->index, STR("ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io"));

        for (size_t i = 0; i < list->objects.count; i++)
                read_binding(&guards, list->objects.items[i]);
        guards.others = index_all(builder->index, STR("ClusterPolicy.kyverno.io"))->objects.count
                                  || index_all(builder->index,
                                               STR("ConstraintTemplate.templates.gatekeeper.sh"))->objects.count;
        for (size_t i = 0; i < builder->pod_count; i++)
                builder->pods[i].space->weak_pods += is_weak(&builder->pods[i]);
        for (size_t i = 0; i < builder->spaces.count; i++)
                guard_space(&guards, builder->spaces.entries[i].value);
}
