/* rule_read.c - one rule file, read strictly: what is not understood is an error with its place, never passed over.
 *
 * Each map of the format is a table of fields; a field is a name and the function that reads it. */

#include "rulebook/rule_reader.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/reader.h"
#include "doc/pointer.h"
#include "doc/print.h"

enum { LONGEST_ID = 100 };

bool rule_wrong(struct rule_reader *reader, const struct node *node, const char *format, ...)
{
        struct place place = place_in(reader->text, node->at);
        va_list arguments;
        char text[ERR_TEXT];

        va_start(arguments, format);
        vsnprintf(text, sizeof(text), format, arguments);
        va_end(arguments);
        return err_set_at(reader->err, place.line, place.column, "%s", text);
}

/* The node of a member's key, for messages about it: it stands before the value. */
struct node rule_key_of(const struct rule_reader *reader, const struct node *member)
{
        struct str key = intern_text(member->key);
        struct node node = *member;

        for (size_t at = min_size(member->at, reader->text.len); key.len && at-- > 0;) {
                if (str_starts(str_from(reader->text, at), key)) {
                        node.at = (uint32_t)at;
                        break;
                }
        }
        return node;
}

static bool wrong_word(struct rule_reader *reader, const struct node *node, const char *what, struct str given,
                       const struct str *words, size_t count)
{
        CLEANUP(buf_free) struct buf list = {0};
        struct str nearest = str_nearest(given, words, count);

        if (nearest.len)
                return rule_wrong(reader, node, "\"%.*s\" is no %s: did you mean %.*s?", STR_ARG(given), what,
                                  STR_ARG(nearest));
        for (size_t i = 0; i < count; i++) {
                buf_add(&list, i ? STR(", ") : STR(""));
                buf_add(&list, words[i]);
        }
        return rule_wrong(reader, node, "\"%.*s\" is no %s: write one of %.*s", STR_ARG(given), what,
                          STR_ARG(buf_text(&list)));
}

static bool unknown_field(struct rule_reader *reader, const struct node *member, const char *of,
                          const struct field *fields, size_t count)
{
        struct node key = rule_key_of(reader, member);
        struct str names[16];

        for (size_t i = 0; i < count && i < COUNT_OF(names); i++)
                names[i] = fields[i].name;
        return wrong_word(reader, &key, of, intern_text(member->key), names, min_size(count, COUNT_OF(names)));
}

static const struct field *find_field(struct str name, const struct field *fields, size_t count)
{
        for (size_t i = 0; i < count; i++) {
                if (str_equal(fields[i].name, name))
                        return &fields[i];
        }
        return NULL;
}

/* Reads a map by its table. `of` is what its members are called: "field of a rule". */
bool rule_read_fields(struct rule_reader *reader, const struct node *map, const char *of, const struct field *fields,
                      size_t count, void *out)
{
        if (map->value.kind != VALUE_MAP)
                return rule_wrong(reader, map,
                                  "this is a %s: write a map with the fields that docs/rules-format.md names",
                                  value_kind_name(&map->value));
        value_each (&map->value, member) {
                const struct field *field = find_field(intern_text(member->key), fields, count);

                if (!field)
                        return unknown_field(reader, member, of, fields, count);
                TRY(field->read(reader, member, out));
        }
        for (size_t i = 0; i < count; i++) {
                if (fields[i].required && !value_node(&map->value, intern(fields[i].name)))
                        return rule_wrong(reader, map, "there is no `%.*s`, a %s", STR_ARG(fields[i].name), of);
        }
        return true;
}

/* Text that is not empty. */
bool rule_read_text(struct rule_reader *reader, const struct node *node, void *out)
{
        struct str *text = out;

        if (node->value.kind == VALUE_INT || node->value.kind == VALUE_DOUBLE || node->value.kind == VALUE_BOOL)
                return rule_wrong(reader, node, "this is a %s, where text is wanted: put it in quotes",
                                  value_kind_name(&node->value));
        if (node->value.kind != VALUE_STRING)
                return rule_wrong(reader, node, "this is a %s, where text is wanted", value_kind_name(&node->value));
        *text = value_text(&node->value);
        if (!str_trim(*text).len)
                return rule_wrong(reader, node, "this text is empty");
        if (reader->origin)
                *vec_push(reader->arena, &reader->origin->strings) = (struct origin_string){text->data, node->at};
        return true;
}

bool rule_read_line(struct rule_reader *reader, const struct node *node, void *out)
{
        struct str *text = out;

        TRY(rule_read_text(reader, node, out));
        return !memchr(text->data, '\n', text->len) || rule_wrong(reader, node, "this text must be one line");
}

bool rule_read_flag(struct rule_reader *reader, const struct node *node, void *out)
{
        if (node->value.kind != VALUE_BOOL)
                return rule_wrong(reader, node, "this is a %s: write true or false", value_kind_name(&node->value));
        *(bool *)out = node->value.boolean;
        return true;
}

static bool read_minor(struct rule_reader *reader, const struct node *node, void *out)
{
        if (node->value.kind != VALUE_INT || node->value.i < 0 || node->value.i > KUBERNETES_NEWEST_MINOR)
                return rule_wrong(
                        reader, node,
                        "this is no minor version of Kubernetes that Strake knows: write a number from 0 to %d",
                        KUBERNETES_NEWEST_MINOR);
        *(uint32_t *)out = (uint32_t)node->value.i;
        return true;
}

/* --- what a rule is --- */

static bool is_slug_byte(int byte)
{
        return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
}

static bool is_slug(struct str text)
{
        struct reader reader = reader_over(text);

        do {
                if (!reader_take_while(&reader, is_slug_byte).len)
                        return false;
        } while (reader_take(&reader, '-'));
        return reader_done(&reader) && text.len <= LONGEST_ID;
}

static bool is_taken(struct str id)
{
        for (size_t i = 0; i < PROBLEM_COUNT; i++) {
                if (str_equal(problem_class((enum problem_kind)i)->id, id))
                        return true;
        }
        return str_equal(id, rule_failed_summary.id);
}

static bool read_id(struct rule_reader *reader, const struct node *node, void *out)
{
        struct str file = reader->rule->file, *id = out, name;
        const char *slash = file.len ? memrchr(file.data, '/', file.len) : NULL;

        TRY(rule_read_line(reader, node, out));
        if (!is_slug(*id))
                return rule_wrong(reader, node,
                                  "\"%.*s\" is no id: write up to %d small letters and digits, with single - between "
                                  "words",
                                  STR_ARG(*id), LONGEST_ID);
        if (is_taken(*id))
                return rule_wrong(reader, node, "Strake calls a finding about its input \"%.*s\": choose another id",
                                  STR_ARG(*id));
        name = slash ? str_span(slash + 1, file.data + file.len) : file;
        if (str_ends(name, STR(".yaml")) && !str_equal(str_sub(name, 0, name.len - 5), *id))
                return rule_wrong(reader, node, "the file of the rule \"%.*s\" is called %.*s.yaml: rename one of them",
                                  STR_ARG(*id), STR_ARG(*id));
        return true;
}

static bool read_severity(struct rule_reader *reader, const struct node *node, void *out)
{
        struct str word, words[SEVERITY_COUNT];

        TRY(rule_read_text(reader, node, &word));
        for (size_t i = 0; i < SEVERITY_COUNT; i++)
                words[i] = severity_name((enum severity)i);
        return severity_from(word, out) || wrong_word(reader, node, "severity", word, words, SEVERITY_COUNT);
}

/* Every area but `input`, which is not for rules. */
static bool read_area(struct rule_reader *reader, const struct node *node, void *out)
{
        struct str word, words[AREA_INPUT];

        TRY(rule_read_text(reader, node, &word));
        for (size_t i = 0; i < AREA_INPUT; i++)
                words[i] = area_name((enum area)i);
        if (!area_from(word, out) || *(enum area *)out == AREA_INPUT)
                return wrong_word(reader, node, "area", word, words, AREA_INPUT);
        return true;
}

static const struct str scopes[] = {
        [SCOPE_OBJECT] = STR_INIT("object"),       [SCOPE_POD] = STR_INIT("pod"),
        [SCOPE_CONTAINER] = STR_INIT("container"), [SCOPE_MAIN_CONTAINER] = STR_INIT("main-container"),
        [SCOPE_VOLUME] = STR_INIT("volume"),
};

static bool read_scope(struct rule_reader *reader, const struct node *node, void *out)
{
        struct str word;

        TRY(rule_read_text(reader, node, &word));
        for (size_t i = 0; i < COUNT_OF(scopes); i++) {
                if (str_equal(scopes[i], word)) {
                        *(enum rule_scope *)out = (enum rule_scope)i;
                        return true;
                }
        }
        return wrong_word(reader, node, "scope", word, scopes, COUNT_OF(scopes));
}

bool rule_read_list(struct rule_reader *reader, const struct node *node, const char *of)
{
        if (node->value.kind != VALUE_LIST || !node->value.len)
                return rule_wrong(reader, node, "this is %s: write a list of %s",
                                  node->value.kind == VALUE_LIST ? "an empty list" : "no list", of);
        return true;
}

static bool is_kind(struct str text)
{
        bool upper = text.len && text.data[0] >= 'A' && text.data[0] <= 'Z';

        return upper && !memchr(text.data, '/', text.len) && !memchr(text.data, ' ', text.len)
               && !str_ends(text, STR("."));
}

static bool read_kinds(struct rule_reader *reader, const struct node *node, void *out)
{
        struct rule_text *rule = out;
        struct str *kinds;

        TRY(rule_read_list(reader, node, "kinds"));
        kinds = arena_array(reader->arena, struct str, node->value.len);
        for (uint32_t i = 0; i < node->value.len; i++) {
                const struct node *item = &node->value.nodes[i];

                TRY(rule_read_line(reader, item, &kinds[i]));
                if (!is_kind(kinds[i]))
                        return rule_wrong(reader, item,
                                          "\"%.*s\" is no kind: write Kind or Kind.group, as Deployment.apps",
                                          STR_ARG(kinds[i]));
        }
        rule->kinds = kinds;
        rule->kind_count = node->value.len;
        return true;
}

bool rule_read_message(struct rule_reader *reader, const struct node *node, void *out)
{
        struct str *message = out;
        struct template_part part;
        struct err err = {0};
        size_t at = 0;

        TRY(rule_read_text(reader, node, out));
        while (template_take(*message, &at, &part, &err)) {}
        if (err.length) {
                struct origin origin = {.text = reader->text};
                struct origin_string string = {message->data, node->at};
                struct place place;

                origin.strings.items = &string;
                origin.strings.count = 1;
                place = origin_place(&origin, *message, at);
                return err_set_at(reader->err, place.line, place.column, "%.*s", STR_ARG(err_text(&err)));
        }
        return true;
}

/* --- places --- */

static bool read_join(struct rule_reader *reader, const struct node *node, void *out)
{
        struct rule_text *rule = out;

        TRY(rule_read_line(reader, node, &rule->join));
        rule->scope = SCOPE_JOIN;
        if (!join_named(rule->join)) {
                struct str *names = arena_array(reader->arena, struct str, rulebook_join_count);

                for (size_t i = 0; i < rulebook_join_count; i++)
                        names[i] = rulebook_joins[i]->name;
                return wrong_word(reader, node, "join", rule->join, names, rulebook_join_count);
        }
        return true;
}

static bool check_pointer(struct rule_reader *reader, const struct node *node, struct str pointer)
{
        struct err err = {0};

        return pointer_check(pointer, &err) || rule_wrong(reader, node, "%.*s", STR_ARG(err_text(&err)));
}

bool rule_read_pointer_text(struct rule_reader *reader, const struct node *node, struct str text,
                            struct rule_place *place)
{
        place->in_pod = str_starts(text, STR("pod:"));
        place->in_object = str_starts(text, STR("object:"));
        place->path = str_from(text, place->in_pod ? 4 : place->in_object ? 7 : 0);
        return check_pointer(reader, node, place->path);
}

bool rule_read_pointer(struct rule_reader *reader, const struct node *node, void *out)
{
        if (node->value.kind != VALUE_STRING)
                return rule_wrong(reader, node, "this is a %s: write a JSON Pointer, as /securityContext/privileged",
                                  value_kind_name(&node->value));
        return rule_read_pointer_text(reader, node, value_text(&node->value), out);
}

static bool read_place_path(struct rule_reader *reader, const struct node *node, void *out)
{
        return rule_read_pointer(reader, node, out);
}

static bool read_place_when(struct rule_reader *reader, const struct node *node, void *out)
{
        return rule_read_text(reader, node, &((struct rule_place *)out)->when);
}

static const struct field place_fields[] = {
        {STR_INIT("path"), true, read_place_path},
        {STR_INIT("when"), false, read_place_when},
};

static bool read_at(struct rule_reader *reader, const struct node *node, void *out)
{
        struct rule_text *rule = out;
        bool many = node->value.kind == VALUE_LIST;
        struct rule_place *places = arena_array(reader->arena, struct rule_place, many ? node->value.len : 1);

        rule->places = places;
        rule->place_count = many ? node->value.len : 1;
        if (!many)
                return rule_read_pointer(reader, node, places);
        TRY(rule_read_list(reader, node, "maps with path and when"));
        for (uint32_t i = 0; i < node->value.len; i++)
                TRY(rule_read_fields(reader, &node->value.nodes[i], "field of a place", place_fields,
                                     COUNT_OF(place_fields), &places[i]));
        return true;
}

static bool read_each(struct rule_reader *reader, const struct node *node, void *out)
{
        struct str *each = out;

        TRY(rule_read_text(reader, node, out));
        return check_pointer(reader, node, *each);
}

/* --- references --- */

static const struct str frameworks[] = {
        STR_INIT("pod-security"), STR_INIT("kubesec"),     STR_INIT("kubeaudit"),  STR_INIT("kube-score"),
        STR_INIT("polaris"),      STR_INIT("kube-linter"), STR_INIT("checkov"),    STR_INIT("trivy"),
        STR_INIT("kubescape"),    STR_INIT("cis"),         STR_INIT("nsa"),        STR_INIT("nist-800-190"),
        STR_INIT("mitre"),        STR_INIT("owasp"),       STR_INIT("cis-docker"), STR_INIT("dockle"),
        STR_INIT("hadolint"),     STR_INIT("buildkit"),
};

/* The checks of the Pod Security Standards, by their ids in the Kubernetes source. */
static const struct str pod_security_checks[] = {
        STR_INIT("allowPrivilegeEscalation"),
        STR_INIT("appArmorProfile"),
        STR_INIT("capabilities_baseline"),
        STR_INIT("capabilities_restricted"),
        STR_INIT("hostNamespaces"),
        STR_INIT("hostPathVolumes"),
        STR_INIT("hostPorts"),
        STR_INIT("hostProbesAndHostLifecycle"),
        STR_INIT("privileged"),
        STR_INIT("procMount"),
        STR_INIT("procMount_restricted"),
        STR_INIT("restrictedVolumes"),
        STR_INIT("runAsNonRoot"),
        STR_INIT("runAsUser"),
        STR_INIT("seLinuxOptions"),
        STR_INIT("seccompProfile_baseline"),
        STR_INIT("seccompProfile_restricted"),
        STR_INIT("sysctls"),
        STR_INIT("windowsHostProcess"),
};

static bool has_word(const struct str *words, size_t count, struct str word)
{
        for (size_t i = 0; i < count; i++) {
                if (str_equal(words[i], word))
                        return true;
        }
        return false;
}

static bool read_level(struct rule_reader *reader, const struct node *node, void *out)
{
        static const struct str levels[] = {STR_INIT("baseline"), STR_INIT("restricted")};
        struct str *level = &((struct rule_reference *)out)->reference.level;

        TRY(rule_read_text(reader, node, level));
        return has_word(levels, COUNT_OF(levels), *level)
               || wrong_word(reader, node, "level of the Pod Security Standards", *level, levels, COUNT_OF(levels));
}

static bool read_since(struct rule_reader *reader, const struct node *node, void *out)
{
        return read_minor(reader, node, &((struct rule_reference *)out)->since);
}

static bool read_until(struct rule_reader *reader, const struct node *node, void *out)
{
        return read_minor(reader, node, &((struct rule_reference *)out)->until);
}

static bool read_reference_when(struct rule_reader *reader, const struct node *node, void *out)
{
        return rule_read_text(reader, node, &((struct rule_reference *)out)->when);
}

static const struct field reference_fields[] = {
        {STR_INIT("level"), false, read_level},
        {STR_INIT("since"), false, read_since},
        {STR_INIT("until"), false, read_until},
        {STR_INIT("when"), false, read_reference_when},
};

static bool read_framework(struct rule_reader *reader, const struct node *member, struct rule_reference *reference)
{
        struct str name = intern_text(member->key);
        struct node key = rule_key_of(reader, member);

        if (!has_word(frameworks, COUNT_OF(frameworks), name))
                return wrong_word(reader, &key, "framework, nor a field of a reference", name, frameworks,
                                  COUNT_OF(frameworks));
        if (reference->reference.framework.len)
                return rule_wrong(reader, &key, "this reference names two frameworks: make it two references");
        reference->reference.framework = name;
        return rule_read_line(reader, member, &reference->reference.id);
}

static bool check_reference(struct rule_reader *reader, const struct node *node, const struct rule_reference *reference)
{
        struct str id = reference->reference.id;
        bool bounded =
                reference->reference.level.len
                || value_node(&node->value, intern(STR("since"))) || value_node(&node->value, intern(STR("until")));

        if (!reference->reference.framework.len)
                return rule_wrong(reader, node, "this reference names no framework: write {FRAMEWORK: ID}");
        if (!str_is(reference->reference.framework, "pod-security"))
                return !bounded || rule_wrong(reader, node, "level, since and until are for pod-security only");
        if (!has_word(pod_security_checks, COUNT_OF(pod_security_checks), id))
                return wrong_word(reader, node, "check of the Pod Security Standards", id, pod_security_checks,
                                  COUNT_OF(pod_security_checks));
        if (!reference->reference.level.len)
                return rule_wrong(reader, node,
                                  "a check of the Pod Security Standards has a level: write `level: baseline` or "
                                  "`level: restricted`");
        return reference->since <= reference->until
               || rule_wrong(reader, node, "this check ends (until) before it begins (since)");
}

static bool read_reference(struct rule_reader *reader, const struct node *node, struct rule_reference *reference)
{
        *reference = (struct rule_reference){.until = KUBERNETES_NEWEST_MINOR};
        if (node->value.kind != VALUE_MAP)
                return rule_wrong(reader, node, "this is a %s: write {FRAMEWORK: ID}", value_kind_name(&node->value));
        value_each (&node->value, member) {
                const struct field *field =
                        find_field(intern_text(member->key), reference_fields, COUNT_OF(reference_fields));

                TRY(field ? field->read(reader, member, reference) : read_framework(reader, member, reference));
        }
        return check_reference(reader, node, reference);
}

static bool read_references(struct rule_reader *reader, const struct node *node, void *out)
{
        struct rule_text *rule = out;
        struct rule_reference *references;

        TRY(rule_read_list(reader, node, "references: {FRAMEWORK: ID}"));
        if (node->value.len > MOST_CONDITIONS)
                return rule_wrong(reader, node, "these are %u references: write at most %d", node->value.len,
                                  MOST_CONDITIONS);
        references = arena_array(reader->arena, struct rule_reference, node->value.len);
        for (uint32_t i = 0; i < node->value.len; i++)
                TRY(read_reference(reader, &node->value.nodes[i], &references[i]));
        rule->references = references;
        rule->reference_count = node->value.len;
        return true;
}

/* --- examples --- */

struct example_reader {
        VEC(struct rule_example) good, bad;
};

static bool read_manifests(struct rule_reader *reader, const struct node *node, bool bad, struct example_reader *out)
{
        TRY(rule_read_list(reader, node, "manifests"));
        value_each (&node->value, item) {
                struct rule_example *example =
                        bad ? vec_push(reader->arena, &out->bad) : vec_push(reader->arena, &out->good);

                *example = (struct rule_example){.bad = bad};
                TRY(rule_read_text(reader, item, &example->manifest));
        }
        return true;
}

static bool read_good(struct rule_reader *reader, const struct node *node, void *out)
{
        return read_manifests(reader, node, false, out);
}

static bool read_bad(struct rule_reader *reader, const struct node *node, void *out)
{
        return read_manifests(reader, node, true, out);
}

static const struct field example_fields[] = {
        {STR_INIT("good"), true, read_good},
        {STR_INIT("bad"), true, read_bad},
};

static bool read_examples(struct rule_reader *reader, const struct node *node, void *out)
{
        struct rule_text *rule = out;
        struct example_reader examples = {0};

        TRY(rule_read_fields(reader, node, "field of examples", example_fields, COUNT_OF(example_fields), &examples));
        for (size_t i = 0; i < examples.bad.count; i++)
                *vec_push(reader->arena, &examples.good) = examples.bad.items[i];
        rule->examples = examples.good.items;
        rule->example_count = examples.good.count;
        return true;
}

static bool read_params(struct rule_reader *reader, const struct node *node, void *out)
{
        if (node->value.kind != VALUE_MAP)
                return rule_wrong(reader, node, "this is a %s: write a map of what the examples are judged with",
                                  value_kind_name(&node->value));
        ((struct rule_text *)out)->params = rule_as_json(reader->arena, &node->value);
        return true;
}

/* --- the whole --- */

#define MEMBER_READER(name, read, member)                                                                              \
        static bool name(struct rule_reader *reader, const struct node *node, void *out)                               \
        {                                                                                                              \
                return read(reader, node, &((struct rule_text *)out)->member);                                         \
        }

MEMBER_READER(read_rule_id, read_id, id)
MEMBER_READER(read_title, rule_read_line, title)
MEMBER_READER(read_rule_severity, read_severity, severity)
MEMBER_READER(read_rule_area, read_area, area)
MEMBER_READER(read_description, rule_read_text, description)
MEMBER_READER(read_rule_scope, read_scope, scope)
MEMBER_READER(read_rule_with, rule_read_line, with)
MEMBER_READER(read_rule_each, read_each, each)
MEMBER_READER(read_require, rule_read_text, require)
MEMBER_READER(read_rule_message, rule_read_message, message)

static const struct field rule_fields[] = {
        {STR_INIT("id"), true, read_rule_id},
        {STR_INIT("title"), true, read_title},
        {STR_INIT("severity"), true, read_rule_severity},
        {STR_INIT("area"), true, read_rule_area},
        {STR_INIT("description"), true, read_description},
        {STR_INIT("scope"), false, read_rule_scope},
        {STR_INIT("join"), false, read_join},
        {STR_INIT("with"), false, read_rule_with},
        {STR_INIT("kinds"), false, read_kinds},
        {STR_INIT("each"), false, read_rule_each},
        {STR_INIT("require"), false, read_require},
        {STR_INIT("message"), true, read_rule_message},
        {STR_INIT("at"), false, read_at},
        {STR_INIT("fix"), false, rule_read_fix},
        {STR_INIT("references"), false, read_references},
        {STR_INIT("params"), false, read_params},
        {STR_INIT("examples"), false, read_examples},
};

static bool has_field(const struct node *root, const char *name)
{
        return value_node(&root->value, intern(str_of(name)));
}

/* What a rule looks at: a scope and what is required there, or a join. */
static bool check_subject(struct rule_reader *reader, const struct node *root)
{
        const struct rule_text *rule = reader->rule;

        if (rule->join.len) {
                if (has_field(root, "scope") || has_field(root, "each"))
                        return rule_wrong(
                                reader, root,
                                "a rule with a `join` has no `scope` and no `each`: the join says where it looks");
                if (join_named(rule->join)->takes_with != (rule->with.len > 0))
                        return rule_wrong(reader, root, "the join %.*s takes %s `with`", STR_ARG(rule->join),
                                          rule->with.len ? "no" : "a");
                return true;
        }
        if (rule->with.len)
                return rule_wrong(reader, root, "`with` is for a rule that has a `join`");
        if (!has_field(root, "scope"))
                return rule_wrong(reader, root, "there is no `scope`, nor a `join`, a field of a rule");
        return rule->require.len || rule_wrong(reader, root, "there is no `require`, a field of a rule");
}

/* A place in the pod is none where there is no pod. */
static bool check_places(struct rule_reader *reader, const struct node *root)
{
        const struct rule_text *rule = reader->rule;
        bool in_pod = false;

        for (size_t i = 0; i < rule->place_count; i++)
                in_pod |= rule->places[i].in_pod;
        for (size_t i = 0; i < rule->repair_count; i++)
                for (size_t k = 0; k < rule->repairs[i].change_count; k++)
                        in_pod |= rule->repairs[i].changes[k].place.in_pod;
        if (in_pod && (rule->scope == SCOPE_OBJECT || rule->scope == SCOPE_JOIN))
                return rule_wrong(reader, root,
                                  "a rule of scope object has no pod to point into: write object:/… or another scope");
        return true;
}

bool rule_read_origin(struct arena *arena, struct str text, struct str file, struct rule_text *out,
                      struct origin *origin, struct err *err)
{
        struct rule_reader reader = {arena, text, out, origin, err};
        struct document document;
        struct node root;
        const struct node *kinds;

        *out = (struct rule_text){.file = file};
        if (origin)
                *origin = (struct origin){.text = text};
        TRY(yaml_read_one(arena, text, &document, err));
        root = (struct node){.at = document.at, .value = document.root};
        TRY(rule_read_fields(&reader, &root, "field of a rule", rule_fields, COUNT_OF(rule_fields), out));
        kinds = value_node(&root.value, intern(STR("kinds")));
        if (kinds && out->join.len)
                return rule_wrong(&reader, kinds, "a rule with a `join` has no kinds: the join says where it looks");
        if (kinds && out->scope != SCOPE_OBJECT)
                return rule_wrong(
                        &reader, kinds,
                        "kinds are for the scope object only: a rule about Pods looks at every kind that has them");
        return check_subject(&reader, &root) && check_places(&reader, &root);
}

bool rule_read(struct arena *arena, struct str text, struct str file, struct rule_text *out, struct err *err)
{
        return rule_read_origin(arena, text, file, out, NULL, err);
}
