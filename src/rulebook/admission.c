/* admission.c - rules rewritten for the API server, and tried there as far as that can be done from here. */

#include "rulebook/admission.h"

#include "doc/pointer.h"
#include "doc/print.h"
#include "policy/cel/uses.h"
#include "rulebook/internal.h"

const struct admission_variable admission_condition = {
        STR_INIT("judged-part-changes"),
        STR_INIT("object != null && (oldObject == null ||\n"
                 "  dyn(object).exists(key, !(key in ['metadata', 'status']) &&\n"
                 "    (!(key in dyn(oldObject)) || dyn(object)[key] != dyn(oldObject)[key])) ||\n"
                 "  dyn(oldObject).exists(key, !(key in dyn(object))) ||\n"
                 "  object.metadata.?labels != oldObject.metadata.?labels ||\n"
                 "  object.metadata.?annotations != oldObject.metadata.?annotations)"),
        {0},
};

static const struct admission_variable pod_variable = {
        STR_INIT("pod"),
        STR_INIT("object.kind == 'Pod' ? dyn(object) :\n"
                 "object.kind == 'CronJob' ? dyn(object).spec.jobTemplate.spec.template :\n"
                 "object.kind == 'PodTemplate' ? dyn(object).template : dyn(object).spec.template"),
};

/* What a scope ranges over; the rule sees each as the variable of its scope. */
static const struct range {
        const char *variable; /* NULL: one thing, no range */
        struct admission_variable list;
} ranges[] = {
        [SCOPE_OBJECT] = {NULL, {{0}, {0}}},
        [SCOPE_POD] = {NULL, {{0}, {0}}},
        [SCOPE_CONTAINER] = {"container",
                             {STR_INIT("containers"), STR_INIT("variables.pod.spec.?initContainers.orValue([]) +\n"
                                                               "variables.pod.spec.?containers.orValue([]) +\n"
                                                               "variables.pod.spec.?ephemeralContainers.orValue([])")}},
        [SCOPE_MAIN_CONTAINER] = {"container",
                                  {STR_INIT("containers"),
                                   STR_INIT("variables.pod.spec.?initContainers.orValue([])\n"
                                            "  .filter(container, container.?restartPolicy.orValue('') == 'Always') +\n"
                                            "variables.pod.spec.?containers.orValue([])")}},
        [SCOPE_JOIN] = {NULL, {{0}, {0}, {0}}},
        [SCOPE_VOLUME] = {"volume", {STR_INIT("volumes"), STR_INIT("variables.pod.spec.?volumes.orValue([])")}},
};

/* Functions that Strake's CEL has and Kubernetes has only from a minor version on, or never (0). */
static const struct {
        const char *name;
        uint32_t since;
} later_functions[] = {
        {"cel.bind", 0},
        {"sign", 0} /* of quantities: a method in the documentation only */,
        {"base64.encode", 0},
        {"base64.decode", 0},
        {"regex.replace", 0},
        {"regex.extract", 0},
        {"regex.extractAll", 0},
        {"optional.unwrap", 0},
        {"unwrapOpt", 0},
        {"first", 0},
        {"last", 0},
        {"jsonpatch.escapeKey", 0},
        {"lists.range", 34},
        {"slice", 34},
        {"flatten", 34},
        {"distinct", 34},
        {"sort", 34},
        {"@sortByAssociatedKeys", 34},
        {"reverse", 34},
        {"includes", 37},
        {"two-variable loop", 32},
        {"semver", 33},
        {"isSemver", 33},
};

/* A rule on its way. */
struct work {
        struct arena *arena;
        const struct rule_text *rule;
        uint32_t minor;
        const struct value *params;
        bool uses_params;     /* what was rewritten so far does */
        struct cel_env *scan; /* what the rule sees in a scan */
        struct err *err;
};

/* --- names and functions --- */

static bool check_functions(struct work *work, const struct cel_uses *uses)
{
        for (size_t i = 0; i < uses->functions.count; i++) {
                struct str name = uses->functions.items[i];

                if (str_starts(name, STR("math.")))
                        return err_set(work->err, "it uses %.*s(), which Kubernetes has not", STR_ARG(name));
                for (size_t k = 0; k < COUNT_OF(later_functions); k++) {
                        if (!str_equal(name, str_of(later_functions[k].name)))
                                continue;
                        if (!later_functions[k].since)
                                return err_set(work->err, "it uses %.*s(), which Kubernetes has not", STR_ARG(name));
                        if (work->minor < later_functions[k].since)
                                return err_set(work->err, "it uses %.*s, which Kubernetes has from v1.%u on",
                                               STR_ARG(name), later_functions[k].since);
                }
        }
        return true;
}

static bool check_locals(struct work *work, const struct cel_uses *uses)
{
        for (size_t i = 0; i < uses->locals.count; i++) {
                if (str_is(uses->locals.items[i], "variables"))
                        return err_set(work->err, "it calls a variable \"variables\", as the API server does");
        }
        return true;
}

/* Appends an expression of the rule with the names that it has at admission. */
static bool rewrite(struct work *work, struct buf *out, struct str text)
{
        struct cel_uses uses;
        size_t copied = 0;

        text = str_trim(text);
        if (!cel_find_uses(work->arena, work->scan, text, &uses, work->err))
                return err_within(work->err, "it needs what only a scan knows");
        TRY(check_functions(work, &uses));
        TRY(check_locals(work, &uses));
        for (size_t i = 0; i < uses.variables.count; i++) {
                struct cel_use use = uses.variables.items[i];
                struct str name = engine_variables[use.variable].name;

                if (use.variable != VARIABLE_POD && use.variable != VARIABLE_VERSION && use.variable != VARIABLE_PARAMS)
                        continue;
                if (!str_starts(str_from(text, use.at), name))
                        return err_set(work->err, "it writes \"%.*s\" in an unusual way", STR_ARG(name));
                buf_add(out, str_sub(text, copied, use.at));
                if (use.variable == VARIABLE_POD)
                        buf_add_literal(out, "variables.pod");
                else if (use.variable == VARIABLE_VERSION)
                        buf_add_format(out, "%u", work->minor);
                else
                        buf_add_literal(out, "variables.settings");
                work->uses_params |= use.variable == VARIABLE_PARAMS;
                copied = use.at + name.len;
        }
        buf_add(out, str_from(text, copied));
        return true;
}

/* --- texts --- */

static void add_cel_string(struct buf *out, struct str text, bool is_format)
{
        for (size_t i = 0; i < text.len; i++) {
                char byte = text.data[i];

                if (byte == '\'' || byte == '\\')
                        buf_add_char(out, '\\');
                if (byte == '%' && is_format)
                        buf_add_char(out, '%');
                if (byte == '\n') /* a message is one line */
                        byte = ' ';
                buf_add_char(out, byte);
        }
}

/* The rule's message: 'text' or 'text %s'.format([expressions]). */
static bool add_message(struct work *work, struct buf *out)
{
        struct buf arguments CLEANUP(buf_free) = {0};
        struct str message = str_trim(work->rule->message);
        bool is_format = str_find(message, STR("{"), 0) != SIZE_MAX;
        struct template_part part;
        size_t at = 0;

        buf_add_char(out, '\'');
        while (template_take(message, &at, &part, work->err)) {
                if (!part.expression.len) {
                        add_cel_string(out, part.literal, is_format);
                        continue;
                }
                buf_add_literal(out, "%s");
                if (arguments.len)
                        buf_add_literal(&arguments, ", ");
                TRY(rewrite(work, &arguments, part.expression));
        }
        TRY(!work->err->length);
        buf_add_char(out, '\'');
        if (is_format)
                buf_add_format(out, ".format([%.*s])", STR_ARG(buf_text(&arguments)));
        return true;
}

static bool is_identifier(struct str text)
{
        if (!text.len || (text.data[0] >= '0' && text.data[0] <= '9') || str_is(text, "in") || str_is(text, "true")
            || str_is(text, "false") || str_is(text, "null"))
                return false;
        for (size_t i = 0; i < text.len; i++) {
                char byte = text.data[i];

                if (!((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9')
                      || byte == '_'))
                        return false;
        }
        return true;
}

/* Lists of Kubernetes by their last part; whatever else `each` may name could be a map. */
static bool is_known_list(struct str pointer)
{
        static const char *const lists[] = {"subjects", "rules", "env",     "envFrom",     "ports",
                                            "add",      "drop",  "sysctls", "volumeMounts"};

        for (size_t i = 0; i < COUNT_OF(lists); i++) {
                struct str name = str_of(lists[i]);

                if (str_ends(pointer, name) && pointer.data[pointer.len - name.len - 1] == '/')
                        return true;
        }
        return false;
}

/* The items of `each`: base.?a.?b.orValue([]), or the values if it is a map. */
static bool add_items(struct work *work, struct buf *out, const char *base)
{
        struct buf list CLEANUP(buf_free) = {0};
        struct str rest = work->rule->each, part;
        uint32_t index;

        buf_add(&list, str_of(base));
        while (pointer_take(work->arena, &rest, &part)) {
                if (pointer_index(part, &index))
                        return err_set(work->err, "its `each` counts in a list");
                if (is_identifier(part)) {
                        buf_add_format(&list, ".?%.*s", STR_ARG(part));
                } else {
                        buf_add_literal(&list, "[?'");
                        add_cel_string(&list, part, false);
                        buf_add_literal(&list, "']");
                }
        }
        buf_add_literal(&list, ".orValue([])");
        if (is_known_list(work->rule->each))
                buf_add(out, buf_text(&list));
        else
                buf_add_format(out, "(type(%.*s) == map ? %.*s.map(key, %.*s[key]) : %.*s)", STR_ARG(buf_text(&list)),
                               STR_ARG(buf_text(&list)), STR_ARG(buf_text(&list)), STR_ARG(buf_text(&list)));
        return true;
}

static void add_literal(struct buf *out, const struct value *value);

static void add_key(struct buf *out, struct str key)
{
        buf_add_char(out, '\'');
        add_cel_string(out, key, false);
        buf_add_char(out, '\'');
}

/* A list or map in CEL; its items are dyn, since Kubernetes wants those of a literal to be of one type. */
static void add_items_of(struct buf *out, const struct value *value)
{
        bool first = true;

        value_each (value, node) {
                buf_add(out, first ? STR("") : STR(", "));
                first = false;
                if (value->kind == VALUE_MAP) {
                        add_key(out, intern_text(node->key));
                        buf_add_literal(out, ": ");
                }
                buf_add_literal(out, "dyn(");
                add_literal(out, &node->value);
                buf_add_char(out, ')');
        }
}

/* A value as CEL writes it. */
static void add_literal(struct buf *out, const struct value *value)
{
        if (value_is(value, VALUE_STRING)) {
                add_key(out, value_text(value));
        } else if (value_is(value, VALUE_LIST) || value_is(value, VALUE_MAP)) {
                buf_add_char(out, value->kind == VALUE_MAP ? '{' : '[');
                add_items_of(out, value);
                buf_add_char(out, value->kind == VALUE_MAP ? '}' : ']');
        } else {
                json_print(out, value, 0);
        }
}

/* --- the two expressions --- */

/* What is judged: an object, a pod, or the things of a range. */
static const char *base_of(const struct rule_text *rule)
{
        const char *variable = ranges[rule->scope].variable;

        return variable ? variable : rule->scope == SCOPE_POD ? "variables.pod" : "object";
}

/* all(…) over the range and over the items; or the rule itself. */
static bool add_expression(struct work *work, struct buf *out)
{
        const struct range *range = &ranges[work->rule->scope];
        int closing = 0;

        if (range->variable) {
                buf_add_format(out, "variables.%.*s.all(%s,\n  ", STR_ARG(range->list.name), range->variable);
                closing++;
        }
        if (work->rule->each.len) {
                TRY(add_items(work, out, base_of(work->rule)));
                buf_add_literal(out, ".all(item,\n  ");
                closing++;
        }
        TRY(rewrite(work, out, work->rule->require));
        buf_add_repeat(out, ')', (size_t)closing);
        return true;
}

/* LIST.filter(NAME, !(the rule)).map(NAME, MESSAGE).join('; ') */
static bool add_found(struct work *work, struct buf *out, const char *variable)
{
        buf_add_format(out, ".filter(%s, !(\n  ", variable);
        TRY(rewrite(work, out, work->rule->require));
        buf_add_format(out, "))\n.map(%s, ", variable);
        TRY(add_message(work, out));
        buf_add_literal(out, ").join('; ')");
        return true;
}

static bool add_message_expression(struct work *work, struct buf *out)
{
        const struct range *range = &ranges[work->rule->scope];

        if (range->variable)
                buf_add_format(out, "variables.%.*s", STR_ARG(range->list.name));
        if (range->variable && !work->rule->each.len)
                return add_found(work, out, range->variable);
        if (!work->rule->each.len)
                return str_find(work->rule->message, STR("{"), 0) == SIZE_MAX || add_message(work, out);
        if (range->variable)
                buf_add_format(out, ".map(%s, ", range->variable);
        TRY(add_items(work, out, base_of(work->rule)));
        TRY(add_found(work, out, "item"));
        if (range->variable)
                buf_add_literal(out, ")\n.filter(text, text != '').join('; ')");
        return true;
}

/* --- trying --- */

struct cel_env *admission_environment(struct arena *arena, const struct admission_policy *policy, size_t visible,
                                      struct err *err)
{
        static const struct cel_variable names[ADMISSION_NAMES] = {
                {STR_INIT("object"), STR_INIT("dyn")},  {STR_INIT("oldObject"), STR_INIT("dyn")},
                {STR_INIT("request"), STR_INIT("dyn")}, {STR_INIT("namespaceObject"), STR_INIT("dyn")},
                {STR_INIT("params"), STR_INIT("dyn")},
        };
        struct cel_variable *all = arena_array(arena, struct cel_variable, ADMISSION_MOST_NAMES);
        struct cel_settings settings = {.variables = all, .variable_count = ADMISSION_NAMES + visible};

        memcpy(all, names, sizeof(names));
        for (size_t i = 0; i < visible; i++)
                all[ADMISSION_NAMES + i] = (struct cel_variable){
                        str_format(arena, "variables.%.*s", STR_ARG(policy->variables[i].name)),
                        policy->variables[i].type,
                };
        return cel_env_new(arena, &settings, err);
}

/* The type of an expression as the API server would see it; empty with `err` when it is wrong. */
static struct str type_there(struct work *work, const struct admission_policy *policy, size_t visible, struct str text)
{
        struct cel_env *environment = admission_environment(work->arena, policy, visible, work->err);
        struct cel_program *program = NULL;

        if (environment)
                program = cel_compile(work->arena, environment, text, work->err);
        return program ? cel_result_type(work->arena, program) : (struct str){0};
}

/* The API server wants exactly bool and string, while a rule may end in orValue(), of which nothing is known. */
static bool settle_types(struct work *work, struct admission_policy *policy)
{
        for (size_t i = 0; i < policy->variable_count; i++) {
                struct admission_variable *variable = &policy->variables[i];

                variable->type = type_there(work, policy, i, variable->expression);
                TRY(variable->type.len);
        }
        if (str_is(type_there(work, policy, policy->variable_count, policy->expression), "dyn"))
                policy->expression = str_format(work->arena, "(%.*s) == true", STR_ARG(policy->expression));
        if (!str_is(type_there(work, policy, policy->variable_count, policy->expression), "bool"))
                return err_set(work->err, "its expression does not give true or false");
        if (policy->message_expression.len
            && !str_is(type_there(work, policy, policy->variable_count, policy->message_expression), "string"))
                return err_set(work->err, "its message is no text");
        return true;
}

static struct str keep(struct arena *arena, struct buf *text)
{
        struct str kept = str_copy(arena, buf_text(text));

        buf_free(text);
        return kept;
}

/* What the rule calls params. */
static void add_settings(struct work *work, struct admission_policy *out)
{
        struct buf literal CLEANUP(buf_free) = {0};

        if (value_is(work->params, VALUE_MAP))
                add_literal(&literal, work->params);
        else
                buf_add_literal(&literal, "{}");
        out->variables[out->variable_count++] =
                (struct admission_variable){STR("settings"), keep(work->arena, &literal), {0}};
}

static bool make(struct work *work, struct admission_policy *out)
{
        struct buf expression CLEANUP(buf_free) = {0}, message CLEANUP(buf_free) = {0};
        const struct rule_text *rule = work->rule;

        *out = (struct admission_policy){.rule = rule, .judges_pods = rule->scope != SCOPE_OBJECT};
        if (out->judges_pods)
                out->variables[out->variable_count++] = pod_variable;
        if (ranges[rule->scope].variable)
                out->variables[out->variable_count++] = ranges[rule->scope].list;
        TRY(add_expression(work, &expression));
        TRY(add_message_expression(work, &message));
        if (work->uses_params)
                add_settings(work, out);
        out->expression = keep(work->arena, &expression);
        out->message_expression = keep(work->arena, &message);
        out->message = str_find(rule->message, STR("{"), 0) == SIZE_MAX ? str_trim(rule->message) : rule->title;
        return settle_types(work, out);
}

bool admission_policy(struct arena *arena, const struct rule_text *rule, uint32_t minor, const struct value *params,
                      struct admission_policy *out, struct err *err)
{
        const struct cel_settings settings = {.variables = engine_variables, .variable_count = VARIABLE_COUNT};
        struct work work = {.arena = arena, .rule = rule, .minor = minor, .params = params, .err = err};

        if (!rule_is_of_cluster(rule))
                return err_set(err, "it is about %.*s, which no cluster holds", STR_ARG(rule->kinds[0]));
        if (rule->scope == SCOPE_JOIN)
                return err_set(err, "it needs the join \"%.*s\", which the API server has not", STR_ARG(rule->join));

        TRY(work.scan = cel_env_new(arena, &settings, err));
        return make(&work, out);
}
