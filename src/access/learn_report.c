/* learn_report.c - what is missing and what is too much, for people and for programs. */

#include "access/answer.h"
#include "access/learn_internal.h"
#include "report/escape.h"
#include "report/json_writer.h"

/* --- for people --- */

static void add_words(struct buf *out, const struct access_words *words, const char *between)
{
        for (uint32_t i = 0; i < words->count; i++) {
                buf_add(out, str_of(i ? between : ""));
                buf_add(out, intern_text(words->items[i]));
        }
}

/* "get,list pods,secrets in apps named a,b". */
static void add_rule(struct buf *out, const struct access_rule *rule)
{
        add_words(out, &rule->verbs, ",");
        buf_add_char(out, ' ');
        add_words(out, rule->urls.count ? &rule->urls : &rule->resources, ",");
        if (rule->groups.count && !(rule->groups.count == 1 && !intern_text(rule->groups.items[0]).len)) {
                buf_add_literal(out, " of ");
                add_words(out, &rule->groups, ",");
        }
        if (rule->names.count) {
                buf_add_literal(out, " named ");
                add_words(out, &rule->names, ",");
        }
}

static void add_scope(struct buf *out, struct str ns)
{
        if (ns.len)
                buf_add_format(out, " in namespace %.*s", STR_ARG(ns));
        else
                buf_add_literal(out, " in the whole cluster");
}

static void print_missing(struct buf *out, const struct learned *missing)
{
        for (size_t i = 0; i < missing->role_count; i++) {
                for (size_t r = 0; r < missing->roles[i].rule_count; r++) {
                        const struct learn_rule *rule = &missing->roles[i].rules[r];
                        struct buf line CLEANUP(buf_free) = {0};

                        buf_add_literal(&line, "missing  ");
                        add_rule(&line, &rule->rule);
                        if (!rule->rule.urls.count)
                                add_scope(&line, missing->roles[i].ns);
                        if (rule->always_failed)
                                buf_add_format(&line, " (failed each of %" PRIu64 " times, last with %u)",
                                               rule->outcome.calls, rule->outcome.status);
                        escape_terminal(out, buf_text(&line));
                        buf_add_char(out, '\n');
                }
        }
}

static void print_surplus(struct buf *out, const struct learn_surplus *surplus)
{
        const struct access_binding *binding = surplus->binding;
        struct buf line CLEANUP(buf_free) = {0};

        buf_add_literal(&line, "surplus  ");
        add_rule(&line, &surplus->unused);
        if (!surplus->unused.urls.count)
                add_scope(&line, binding->ns);
        buf_add_format(&line, ": %s %.*s%s%.*s, rule %u of %s %.*s",
                       binding->ns.len ? "RoleBinding" : "ClusterRoleBinding", STR_ARG(binding->ns),
                       binding->ns.len ? "/" : "", STR_ARG(binding->name), surplus->rule,
                       surplus->role->ns.len ? "Role" : "ClusterRole", STR_ARG(surplus->role->name));
        escape_terminal(out, buf_text(&line));
        buf_add_char(out, '\n');
}

void learn_print_difference(struct buf *out, const struct learn_difference *difference)
{
        print_missing(out, &difference->missing);
        for (size_t i = 0; i < difference->surplus.count; i++)
                print_surplus(out, &difference->surplus.items[i]);
        if (!out->len)
                buf_add_literal(out, "What is granted is what was used.\n");
}

/* --- for programs --- */

static void write_rule(struct json_writer *writer, const char *key, const struct access_rule *rule)
{
        json_member_begin(writer, key, '{');
        access_json_words(writer, "verbs", &rule->verbs);
        access_json_words(writer, "apiGroups", &rule->groups);
        access_json_words(writer, "resources", &rule->resources);
        access_json_words(writer, "resourceNames", &rule->names);
        access_json_words(writer, "nonResourceURLs", &rule->urls);
        json_end(writer, '}');
}

static void write_missing(struct json_writer *writer, const struct learn_role *role, const struct learn_rule *rule)
{
        json_begin(writer, '{');
        json_member_if(writer, "namespace", role->ns);
        write_rule(writer, "rule", &rule->rule);
        json_member_bool(writer, "alwaysFailed", rule->always_failed);
        json_end(writer, '}');
}

static void write_surplus(struct json_writer *writer, const struct learn_surplus *surplus)
{
        const struct access_binding *binding = surplus->binding;

        json_begin(writer, '{');
        access_json_named_begin(writer, "binding", binding->ns.len ? "RoleBinding" : "ClusterRoleBinding", binding->ns,
                                binding->name);
        json_end(writer, '}');
        access_json_named_begin(writer, "role", surplus->role->ns.len ? "Role" : "ClusterRole", surplus->role->ns,
                                surplus->role->name);
        json_end(writer, '}');
        json_member_number(writer, "rule", surplus->rule);
        write_rule(writer, "unused", &surplus->unused);
        json_member_bool(writer, "partlyUsed", surplus->used);
        json_end(writer, '}');
}

static void write_differences(struct json_writer *writer, const struct learn_difference *difference)
{
        json_member_begin(writer, "missing", '[');
        for (size_t i = 0; i < difference->missing.role_count; i++) {
                const struct learn_role *role = &difference->missing.roles[i];

                for (size_t r = 0; r < role->rule_count; r++)
                        write_missing(writer, role, &role->rules[r]);
        }
        json_end(writer, ']');
        json_member_begin(writer, "surplus", '[');
        for (size_t i = 0; i < difference->surplus.count; i++)
                write_surplus(writer, &difference->surplus.items[i]);
        json_end(writer, ']');
}

void learn_print_difference_json(struct buf *out, const struct learn_difference *difference,
                                 const struct learn_settings *settings, uint64_t events)
{
        struct json_writer writer = json_document(out, "strake.from-audit-diff/1");

        json_member(&writer, "user", settings->user);
        json_member_number(&writer, "events", events);
        write_differences(&writer, difference);
        json_document_end(&writer);
}
