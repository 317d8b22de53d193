/* except_kubeaudit.c - kubeaudit looks at containers one by one, and at their labels before those of the Pod.
 *
 * Some findings here are about a Pod where kubeaudit has a result for each container that inherits from it. Such a finding is
 * excepted once each of these containers is. */

#include "scan/except_kubeaudit.h"

#include "doc/key.h"
#include "doc/pointer.h"

static const struct kubeaudit_rule *rule_of(const struct reference *reference)
{
        return str_is(reference->framework, "kubeaudit") ? kubeaudit_rule_find(reference->id) : NULL;
}

/* The text that a finding points at: the capability, the name of the mount. */
static struct str text_at(const struct finding *finding)
{
        const struct object *object = finding->subject;
        const struct node *node = pointer_find(&object->root, str_from(finding->location.path, object->path.len), NULL);

        return node && node->value.kind == VALUE_STRING ? value_text(&node->value) : (struct str){0};
}

/* Labels have no capitals and no underscores: allow-capability-sys-admin. */
static bool is_named(const struct mark *mark, struct str text)
{
        if (mark->override->auditor != AUDITOR_CAPABILITIES)
                return str_equal(mark->name, text);
        if (mark->name.len != text.len)
                return false;
        for (size_t i = 0; i < text.len; i++) {
                char byte = text.data[i];

                byte = byte >= 'A' && byte <= 'Z' ? (char)(byte + 'a' - 'A') : byte == '_' ? '-' : byte;
                if (byte != mark->name.data[i])
                        return false;
        }
        return true;
}

/* The label that excepts a result in a container (empty: the Pod): that of the container, or else that of the Pod. */
static struct mark *find_mark(const struct mark_list *marks, const struct kubeaudit_rule *rule, struct str container,
                              struct str name)
{
        struct mark *of_pod = NULL;

        for (size_t i = 0; i < marks->marks.count; i++) {
                struct mark *mark = &marks->marks.items[i];

                if (!mark->override || !kubeaudit_overrides(mark->override, rule)
                    || (mark->override->named && !is_named(mark, name)))
                        continue;
                if (!mark->container.len)
                        of_pod = mark;
                else if (container.len && str_equal(mark->container, container))
                        return mark;
        }
        return of_pod;
}

/* How many of the containers that inherit a result are excepted, and how many are not. */
struct cover {
        struct mark *mark; /* one of those that except */
        size_t excepted, open;
};

static struct cover cover_of(const struct finding *finding, const struct mark_list *marks,
                             const struct kubeaudit_rule *rule)
{
        struct cover cover = {0};
        struct container container = {0};
        struct str name = text_at(finding);

        while (!finding->container.len && object_next_container(finding->subject, &container)) {
                struct mark *mark;
                bool warning;

                if (!kubeaudit_inherits(rule, &container, &warning))
                        continue;
                mark = find_mark(marks, rule, container.name, name);
                cover.excepted += mark != NULL;
                cover.open += mark == NULL;
                if (mark) {
                        mark->used = true;
                        cover.mark = mark;
                }
        }
        if (cover.excepted + cover.open)
                return cover;
        cover.mark = find_mark(marks, rule, finding->container, name);
        cover.excepted = cover.mark != NULL;
        return cover;
}

static bool has_label(const struct mark_list *marks)
{
        for (size_t i = 0; i < marks->marks.count; i++) {
                if (marks->marks.items[i].override)
                        return true;
        }
        return false;
}

/* The reference as it stands after labels: itself, "…Allowed", or both where some containers are excepted. False if something of
 * it stays open. */
static bool add_covered(struct arena *arena, const struct reference *reference, const struct cover *cover,
                        struct reference *references, size_t *count)
{
        bool open = !cover->excepted || cover->open;

        if (open)
                references[(*count)++] = *reference;
        if (!cover->excepted)
                return false;
        references[*count] = *reference;
        references[(*count)++].id = str_format(arena, "%.*s" KUBEAUDIT_ALLOWED, STR_ARG(reference->id));
        cover->mark->used = true;
        return !open;
}

void kubeaudit_except(struct arena *arena, struct finding *finding, struct mark_list *marks)
{
        struct reference *references;
        const struct mark *mark = NULL;
        size_t count = 0;
        bool open = false;

        if (!has_label(marks))
                return;
        references = arena_array(arena, struct reference, finding->reference_count * 2);
        for (size_t i = 0; i < finding->reference_count; i++) {
                const struct kubeaudit_rule *rule = rule_of(&finding->references[i]);
                struct cover cover;

                if (!rule) {
                        references[count++] = finding->references[i];
                        continue;
                }
                cover = cover_of(finding, marks, rule);
                open |= !add_covered(arena, &finding->references[i], &cover, references, &count);
                mark = cover.mark ? cover.mark : mark;
        }
        finding->references = references;
        finding->reference_count = count;
        if (mark && !open) {
                finding->status = FINDING_EXCEPTED;
                finding->exception = &mark->why;
        }
}

/* --- settings --- */

static bool is_allowed(const struct config *config, struct str capability)
{
        for (size_t i = 0; i < config->allowed_capability_count; i++) {
                if (str_equal(config->allowed_capabilities[i], capability))
                        return true;
        }
        return false;
}

bool kubeaudit_apply_settings(const struct config *config, struct arena *arena, struct finding *finding)
{
        static const struct finding_exception allowed = {
                .reason = STR_INIT("capabilities.allowAddList of kubeaudit's settings")};
        struct reference *references;
        size_t count = 0, disabled = 0, enabled = 0;

        if (!config->disabled_auditors && !config->allowed_capability_count)
                return true;
        references = arena_array(arena, struct reference, finding->reference_count);
        for (size_t i = 0; i < finding->reference_count; i++) {
                const struct kubeaudit_rule *rule = rule_of(&finding->references[i]);

                if (rule && rule->auditor < AUDITOR_COUNT && config->disabled_auditors >> rule->auditor & 1) {
                        disabled++;
                } else if (rule && str_is(rule->name, "CapabilityAdded") && is_allowed(config, text_at(finding))) {
                        finding->status = FINDING_EXCEPTED;
                        finding->exception = &allowed;
                } else {
                        references[count++] = finding->references[i];
                        enabled += rule != NULL;
                }
        }
        finding->references = references;
        finding->reference_count = count;
        return !disabled || enabled;
}

/* --- labels that are not needed --- */

/* Whether an object has a result that the label is for, in a container (empty: wherever). */
static bool has_result(const struct kubeaudit_override *override, const struct finding_list *found,
                       const struct finding_refs *of_object, const struct container *container)
{
        for (size_t i = 0; i < of_object->count; i++) {
                const struct finding *finding = &found->items[of_object->items[i]];

                for (size_t k = 0; k < finding->reference_count; k++) {
                        const struct kubeaudit_rule *rule = rule_of(&finding->references[k]);
                        bool warning;

                        if (!rule || !kubeaudit_overrides(override, rule))
                                continue;
                        if (!container || str_equal(finding->container, container->name)
                            || (!finding->container.len && kubeaudit_inherits(rule, container, &warning)))
                                return true;
                }
        }
        return false;
}

/* A capability that nobody can add, because there is no list of them: the one case in which kubeaudit tells. */
static bool excepts_no_list(const struct mark *mark, const struct container *container)
{
        const struct value *security = value_get(&container->node->value, KEY_securityContext);
        const struct value *capabilities = value_get(security, KEY_capabilities);

        return str_is(mark->name, "all") && (!capabilities || capabilities->kind == VALUE_NULL);
}

/* Whether the label is the one that counts for the container. */
static bool is_for(const struct mark_list *marks, const struct mark *mark, struct str container)
{
        if (mark->container.len)
                return str_equal(mark->container, container);
        for (size_t i = 0; i < marks->marks.count; i++) {
                const struct mark *other = &marks->marks.items[i];

                if (other->override == mark->override && str_equal(other->name, mark->name) && other->container.len
                    && str_equal(other->container, container))
                        return false;
        }
        return true;
}

bool kubeaudit_is_redundant(const struct object *object, const struct mark_list *marks, const struct mark *mark,
                            const struct finding_list *found, const struct finding_refs *of_object,
                            struct str *in_container)
{
        const struct kubeaudit_override *override = mark->override;
        struct container container = {0};
        bool capability = override && override->auditor == AUDITOR_CAPABILITIES;

        if (!override || (!override->redundant && !capability))
                return false;
        if (!override->by_container)
                return (override->auditor == AUDITOR_ASAT || object->pod.value.kind == VALUE_MAP)
                       && !has_result(override, found, of_object, NULL);
        while (object_next_container(object, &container)) {
                if (!kubeaudit_visits(&container) || !is_for(marks, mark, container.name))
                        continue;
                if (capability ? excepts_no_list(mark, &container)
                               : !has_result(override, found, of_object, &container)) {
                        *in_container = container.name;
                        return true;
                }
        }
        return false;
}
