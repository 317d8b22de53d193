/* component.c - programs of the control plane and the flags they are started with. */

#include "control/joins.h"

/* One program in a container. */
struct component {
        struct str name;             /* "kube-apiserver" */
        const struct value *list[2]; /* command and args: lists of strings, or NULL */
};

static const struct str list_names[] = {STR_INIT("command"), STR_INIT("args")};

static struct str base_name(struct str path)
{
        const char *slash = path.len ? memrchr(path.data, '/', path.len) : NULL;

        return slash ? str_span(slash + 1, path.data + path.len) : path;
}

static struct str text_at(const struct value *list, uint32_t index)
{
        const struct node *node = value_item(list, index);

        return node && node->value.kind == VALUE_STRING ? value_text(&node->value) : (struct str){0};
}

/* What a container runs: the first word of its command, or of its arguments if it has no command. */
static struct component component_of(const struct container *container)
{
        struct component component = {
                .list = {value_get(&container->node->value, KEY_command), value_get(&container->node->value, KEY_args)},
        };
        const struct value *first = value_count(component.list[0]) ? component.list[0] : component.list[1];

        component.name = base_name(text_at(first, 0));
        return component;
}

/* Where a flag stands. */
struct flag {
        size_t list;
        uint32_t index;
        struct str value;
};

/* A flag as Go programs read it: -name or --name, with =value, or alone: then the next word is its value, unless that is a
 * flag: then it is true. The last of several counts. */
static bool find_flag(const struct component *component, struct str name, struct flag *out)
{
        bool found = false;

        for (size_t list = 0; list < COUNT_OF(component->list); list++) {
                for (uint32_t i = 0; i < value_count(component->list[list]); i++) {
                        struct str word = text_at(component->list[list], i), next;

                        if (!str_starts(word, STR("-")))
                                continue;
                        word = str_from(word, str_starts(word, STR("--")) ? 2 : 1);
                        if (!str_starts(word, name) || (word.len > name.len && word.data[name.len] != '='))
                                continue;
                        next = text_at(component->list[list], i + 1);
                        *out = (struct flag){list, i, str_from(word, name.len + 1)};
                        if (word.len == name.len)
                                out->value = next.len && !str_starts(next, STR("-")) ? next : STR("true");
                        found = true;
                }
        }
        return found;
}

/* The two words of "kube-apiserver anonymous-auth": the program, and the flag that is asked for. */
static void split_with(struct str with, struct str *program, struct str *flag)
{
        *flag = str_trim(with);
        str_split(flag, ' ', program);
        *flag = str_trim(*flag);
}

static void tell_list(struct join_run *run, struct join_fact *fact, const char *name, struct str text)
{
        VEC(struct node) items = {0};
        struct str part;

        while (text.len && str_split(&text, ',', &part)) {
                if (str_trim(part).len)
                        *vec_push(run->arena, &items) = (struct node){.value = value_string(str_trim(part))};
        }
        join_tell(run, fact, name, value_list(items.items, items.count));
}

/* All flags by name; of a flag that is given twice, the last. */
static void tell_flags(struct join_run *run, struct join_fact *fact, const struct component *component)
{
        VEC(struct node) members = {0};

        for (size_t list = 0; list < COUNT_OF(component->list); list++) {
                for (uint32_t i = 0; i < value_count(component->list[list]); i++) {
                        struct str word = text_at(component->list[list], i), name;
                        struct flag flag = {0};

                        if (!str_starts(word, STR("-")))
                                continue;
                        word = str_from(word, str_starts(word, STR("--")) ? 2 : 1);
                        if (!str_split(&word, '=', &name) || !find_flag(component, name, &flag) || flag.list != list
                            || flag.index != i)
                                continue;
                        *vec_push(run->arena, &members) =
                                (struct node){.key = intern(name), .value = value_string(flag.value)};
                }
        }
        join_tell(run, fact, "flags", value_map(run->arena, members.items, members.count));
}

static struct join_fact *find_component(struct join_run *run, const struct container *container,
                                        const struct component *component, const struct flag *flag)
{
        struct str list = intern_text(container->list);
        struct join_fact *fact;

        if (flag)
                fact = join_find_in_pod(run, "/spec/%.*s/%u/%.*s/%u", STR_ARG(list), container->index,
                                        STR_ARG(list_names[flag->list]), flag->index);
        else
                fact = join_find_in_pod(run, "/spec/%.*s/%u/%.*s", STR_ARG(list), container->index,
                                        STR_ARG(list_names[!value_count(component->list[0])]));
        fact->container = container->name;
        return fact;
}

static bool is_program(struct str name)
{
        static const struct str programs[] = {
                STR_INIT("kube-apiserver"), STR_INIT("kube-controller-manager"),
                STR_INIT("kube-scheduler"), STR_INIT("etcd"),
                STR_INIT("kube-proxy"),     STR_INIT("kubelet"),
        };

        for (size_t i = 0; i < COUNT_OF(programs); i++) {
                if (str_equal(programs[i], name))
                        return true;
        }
        return false;
}

/* Rules about flags are many, programs of the control plane few. */
static bool has_program(const struct object *object)
{
        struct container container = {0};

        while (object_next_container(object, &container)) {
                if (is_program(component_of(&container).name))
                        return true;
        }
        return false;
}

/* `with: PROGRAM FLAG`. Of each container that runs the program: `program`, `flag`, `set`, `value` (empty if not set), `values`
 * (its parts between commas), `flags` (all of them, by name). The fact stands at the flag, or at the command if it is not set. */
static void judge_flag(struct join_run *run)
{
        struct container container = {0};
        struct str program, name;

        split_with(run->with, &program, &name);
        while (object_next_container(run->object, &container)) {
                struct component component = component_of(&container);
                struct join_fact *fact;
                struct flag flag = {0};
                bool set;

                if (!str_equal(component.name, program))
                        continue;
                set = find_flag(&component, name, &flag);
                fact = find_component(run, &container, &component, set ? &flag : NULL);
                join_tell_text(run, fact, "program", program);
                join_tell_text(run, fact, "flag", str_format(run->arena, "--%.*s", STR_ARG(name)));
                join_tell(run, fact, "set", value_bool(set));
                join_tell_text(run, fact, "value", flag.value);
                tell_list(run, fact, "values", flag.value);
                tell_flags(run, fact, &component);
        }
}

const struct join join_component_flag = {
        .name = STR_INIT("component-flag"),
        .takes_with = true,
        .applies = has_program,
        .judge = judge_flag,
};

/* --- two programs that trust the same authority --- */

static struct str flag_value(const struct component *component, struct str name)
{
        struct flag flag = {0};

        return find_flag(component, name, &flag) ? flag.value : (struct str){0};
}

/* etcd and the API server beside it are Pods that a kubelet reads from files. */
static const struct str pod_kinds[] = {STR_INIT("Pod")};

struct authority {
        struct str file; /* of certificates */
};

/* The clients' authority of the API servers that were shown. */
static const void *prepare_authority(struct arena *arena, const struct index *index)
{
        struct authority *authority = arena_new(arena, struct authority);
        const struct object_list *list = index_all(index, pod_kinds[0]);

        for (size_t i = 0; i < list->objects.count; i++) {
                struct container container = {0};

                while (object_next_container(list->objects.items[i], &container)) {
                        struct component component = component_of(&container);

                        if (str_is(component.name, "kube-apiserver"))
                                authority->file = flag_value(&component, STR("client-ca-file"));
                }
        }
        return authority->file.len ? authority : NULL;
}

static bool is_same_authority(const void *one, const void *other)
{
        return str_equal(((const struct authority *)one)->file, ((const struct authority *)other)->file);
}

/* An etcd that trusts the authority of the API server's clients: `file`. */
static void judge_authority(struct join_run *run)
{
        const struct authority *authority = run->prepared;
        struct container container = {0};

        while (object_next_container(run->object, &container)) {
                struct component component = component_of(&container);
                struct flag flag = {0};

                if (!str_is(component.name, "etcd")
                    || !find_flag(&component, STR("trusted-ca-file"), &flag) || !str_equal(flag.value, authority->file))
                        continue;
                join_tell_text(run, find_component(run, &container, &component, &flag), "file", flag.value);
        }
}

const struct join join_etcd_authority = {
        .name = STR_INIT("etcd-authority"),
        .kinds = pod_kinds,
        .kind_count = COUNT_OF(pod_kinds),
        .prepare = prepare_authority,
        .is_same = is_same_authority,
        .judge = judge_authority,
};
