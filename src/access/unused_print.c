/* unused_print.c - what was never used, as text and JSON. */

#include "access/unused.h"
#include "report/escape.h"

static void put_rules(struct buf *out, const char *before, const struct access_rules *rules)
{
        for (size_t i = 0; i < rules->count; i++) {
                CLEANUP(buf_free) struct buf text = {0};

                access_rule_put_words(&text, &rules->items[i]);
                buf_add(out, str_of(before));
                escape_terminal(out, buf_text(&text));
                buf_add_char(out, '\n');
        }
}

static void put_rule(struct arena *arena, struct buf *out, const struct access *access, const struct access_role *role,
                     const struct access_rule_use *use)
{
        uint32_t index, at;
        const struct access_role *home = access_rule_home(access, role, use->rule, &index, &at);

        buf_add_format(out, "  rule %u of ", index);
        access_put_role(out, home);
        buf_add_literal(out, "  (");
        access_put_place(arena, out, home->object, at);
        buf_add_literal(out, ")\n");
        put_rules(out, "    never used:  ", &use->unused);
        put_rules(out, "    wider than needed:  ", &use->wide);
        put_rules(out, "      used was only:  ", &use->needed);
}

void access_unused_print(struct arena *arena, struct buf *out, const struct access_unused *unused)
{
        for (size_t i = 0; i < unused->bindings.count; i++) {
                const struct access_binding_use *use = &unused->bindings.items[i];
                const struct access_binding *binding = access_binding(unused->access, use->binding);
                const struct access_role *role = access_role(unused->access, binding->role);

                access_put_binding(out, binding);
                buf_add_literal(out, " gives ");
                access_put_role(out, role);
                buf_add_literal(out, "  (");
                access_put_place(arena, out, binding->object, binding->object->root.at);
                buf_add(out, use->used ? STR(")\n") : STR("): never used\n"));
                for (size_t s = 0; s < use->idle.count; s++) {
                        buf_add_literal(out, "  never used by  ");
                        access_put_subject(out, access_subject(unused->access, use->idle.items[s]));
                        buf_add_char(out, '\n');
                }
                for (size_t r = 0; r < use->rules.count; r++)
                        put_rule(arena, out, unused->access, role, &use->rules.items[r]);
        }
        buf_add_format(out,
                       "%s%" PRIu64 " events, %" PRIu64 " different requests: %zu bindings give more than was used.\n",
                       unused->bindings.count ? "\n" : "", unused->events, unused->requests, unused->bindings.count);
}

/* --- JSON --- */

static void put_rule_list(struct json_writer *writer, const char *key, const struct access_rules *rules)
{
        json_member_begin(writer, key, '[');
        for (size_t i = 0; i < rules->count; i++) {
                json_begin(writer, '{');
                access_json_rule(writer, &rules->items[i]);
                json_end(writer, '}');
        }
        json_end(writer, ']');
}

static void put_binding(struct arena *arena, struct json_writer *writer, const struct access *access,
                        const struct access_binding_use *use)
{
        json_begin(writer, '{');
        access_json_binding(arena, writer, access_binding(access, use->binding));
        access_json_role(writer, "role", access_role(access, access_binding(access, use->binding)->role));
        json_member_bool(writer, "used", use->used);
        json_member_begin(writer, "idleSubjects", '[');
        for (size_t i = 0; i < use->idle.count; i++) {
                json_begin(writer, '{');
                access_json_subject(writer, access_subject(access, use->idle.items[i]));
                json_end(writer, '}');
        }
        json_end(writer, ']');
        json_member_begin(writer, "rules", '[');
        for (size_t i = 0; i < use->rules.count; i++) {
                json_begin(writer, '{');
                access_json_rule_at(arena, writer, access,
                                    access_role(access, access_binding(access, use->binding)->role),
                                    use->rules.items[i].rule);
                put_rule_list(writer, "unused", &use->rules.items[i].unused);
                put_rule_list(writer, "widerThanNeeded", &use->rules.items[i].wide);
                put_rule_list(writer, "needed", &use->rules.items[i].needed);
                json_end(writer, '}');
        }
        json_end(writer, ']');
        json_end(writer, '}');
}

void access_unused_print_json(struct arena *arena, struct buf *out, const struct access_unused *unused)
{
        struct json_writer writer = json_document(out, "strake.unused/1");

        json_member_number(&writer, "events", unused->events);
        json_member_number(&writer, "requests", unused->requests);
        json_member_begin(&writer, "bindings", '[');
        for (size_t i = 0; i < unused->bindings.count; i++)
                put_binding(arena, &writer, unused->access, &unused->bindings.items[i]);
        json_end(&writer, ']');
        json_document_end(&writer);
}
