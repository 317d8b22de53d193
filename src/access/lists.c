/* lists.c - can-i --list and who-can. */

#include "access/lists.h"

#include "access/columns.h"
#include "report/escape.h"

/* --- what a user may do --- */

/* Rules as kubectl shows them. */
static struct access_rules shown(struct arena *arena, const struct access_rules *rules)
{
        VEC(struct access_rule) parts = {0};
        struct access_rules compact;
        struct access_rule *sorted;

        for (size_t i = 0; i < rules->count; i++) {
                struct access_rules broken = access_rule_break_down(arena, &rules->items[i]);

                for (size_t k = 0; k < broken.count; k++)
                        *vec_push(arena, &parts) = broken.items[k];
        }
        compact = access_rules_compact(arena, &(struct access_rules){parts.items, parts.count});
        sorted = arena_array(arena, struct access_rule, compact.count);
        if (compact.count)
                memcpy(sorted, compact.items, compact.count * sizeof(*sorted));
        access_rules_sort(arena, sorted, compact.count);
        return (struct access_rules){sorted, compact.count};
}

static void add_words(struct columns *columns, const struct access_words *words)
{
        CLEANUP(buf_free) struct buf text = {0};

        buf_add_char(&text, '[');
        for (uint32_t i = 0; i < words->count; i++) {
                if (i)
                        buf_add_char(&text, ' ');
                escape_terminal(&text, intern_text(words->items[i]));
        }
        buf_add_char(&text, ']');
        columns_add(columns, buf_text(&text));
}

/* RESOURCE[.GROUP][/SUBRESOURCE] */
static void add_resource(struct columns *columns, const struct access_rule *rule)
{
        CLEANUP(buf_free) struct buf text = {0};
        struct str rest, name;

        if (!rule->resources.count) {
                columns_add(columns, STR(""));
                return;
        }
        rest = intern_text(rule->resources.items[0]);
        str_split(&rest, '/', &name);
        escape_terminal(&text, name);
        if (rule->groups.count && intern_text(rule->groups.items[0]).len) {
                buf_add_char(&text, '.');
                escape_terminal(&text, intern_text(rule->groups.items[0]));
        }
        if (rest.data) {
                buf_add_char(&text, '/');
                escape_terminal(&text, rest);
        }
        columns_add(columns, buf_text(&text));
}

void access_print_rules(struct arena *arena, struct buf *out, const struct access_rules *rules, bool headers)
{
        struct access_rules all = shown(arena, rules);
        struct columns columns = {.arena = arena, .count = 4, .padding = 3};
        static const struct str titles[] = {STR_INIT("Resources"), STR_INIT("Non-Resource URLs"),
                                            STR_INIT("Resource Names"), STR_INIT("Verbs")};

        for (size_t i = 0; headers && i < COUNT_OF(titles); i++)
                columns_add(&columns, titles[i]);
        for (size_t i = 0; i < all.count; i++) {
                add_resource(&columns, &all.items[i]);
                add_words(&columns, &all.items[i].urls);
                add_words(&columns, &all.items[i].names);
                add_words(&columns, &all.items[i].verbs);
        }
        columns_print(out, &columns);
}

void access_print_rules_json(struct arena *arena, struct buf *out, const struct access_user *user, struct str ns,
                             const struct access_rules *rules)
{
        struct access_rules all = shown(arena, rules);
        struct json_writer writer = json_document(out, "strake.rules-of/1");

        json_member(&writer, "user", user->name);
        json_member_if(&writer, "namespace", ns);
        json_member_begin(&writer, "rules", '[');
        for (size_t i = 0; i < all.count; i++) {
                json_begin(&writer, '{');
                access_json_rule(&writer, &all.items[i]);
                json_end(&writer, '}');
        }
        json_end(&writer, ']');
        json_document_end(&writer);
}

/* --- who may do something --- */

void access_who_make(struct arena *arena, struct access_who *who)
{
        access_who_can(arena, who->access, &who->request, who->everywhere, &who->grants);
}

static void add_grant(struct arena *arena, struct columns *columns, const struct access *access,
                      const struct access_grant *grant)
{
        CLEANUP(buf_free) struct buf text = {0};
        const struct access_binding *binding = access_binding(access, grant->binding);
        const struct access_role *role = access_role(access, binding->role), *home;
        uint32_t index, at;

        access_put_subject(&text, access_subject(access, grant->subject));
        columns_add(columns, buf_text(&text));
        text.len = 0;
        escape_terminal(&text, binding->ns.len ? binding->ns : STR("*"));
        columns_add(columns, buf_text(&text));
        text.len = 0;
        access_put_binding(&text, binding);
        columns_add(columns, buf_text(&text));
        text.len = 0;
        access_put_role(&text, role);
        columns_add(columns, buf_text(&text));
        text.len = 0;
        home = access_rule_home(access, role, grant->rule, &index, &at);
        buf_add_format(&text, "rule %u at ", index);
        access_put_place(arena, &text, home->object, at);
        columns_add(columns, buf_text(&text));
}

void access_who_print(struct arena *arena, struct buf *out, const struct access_who *who)
{
        static const struct str titles[] = {STR_INIT("WHO"), STR_INIT("WHERE"), STR_INIT("BINDING"), STR_INIT("ROLE"),
                                            STR_INIT("RULE")};
        struct columns columns = {.arena = arena, .count = COUNT_OF(titles), .padding = 2};

        if (!who->grants.items.count) {
                buf_add_literal(out, "No binding lets anybody ");
                access_put_request(out, &who->request, who->everywhere);
                buf_add_literal(out, "; the group system:masters may do everything.\n");
                return;
        }
        for (size_t i = 0; i < COUNT_OF(titles); i++)
                columns_add(&columns, titles[i]);
        for (size_t i = 0; i < who->grants.items.count; i++)
                add_grant(arena, &columns, who->access, &who->grants.items.items[i]);
        columns_print(out, &columns);
        buf_add_literal(out, "\nBeside them the group system:masters may do everything.\n");
}

void access_who_print_json(struct arena *arena, struct buf *out, const struct access_who *who)
{
        struct json_writer writer = json_document(out, "strake.who-can/1");

        access_json_request(&writer, &who->request);
        json_member_bool(&writer, "allNamespaces", who->everywhere);
        json_member_begin(&writer, "grants", '[');
        for (size_t i = 0; i < who->grants.items.count; i++)
                access_json_grant(arena, &writer, who->access, &who->grants.items.items[i]);
        json_end(&writer, ']');
        json_document_end(&writer);
}
