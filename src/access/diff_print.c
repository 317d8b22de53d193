/* diff_print.c - what changed, as text and JSON. */

#include "access/diff.h"
#include "report/escape.h"

static void put_rule(struct buf *out, const struct access_rule *rule)
{
        CLEANUP(buf_free) struct buf text = {0};

        access_rule_put_words(&text, rule);
        escape_terminal(out, buf_text(&text));
}

static void put_cause(struct arena *arena, struct buf *out, const struct access_change *change,
                      const struct access_because *because)
{
        const struct access_binding *binding = access_binding(change->side, because->binding);
        const struct access_role *role = access_role(change->side, binding->role);

        access_put_binding(out, binding);
        switch (because->cause) {
        case ACCESS_BINDING:
                buf_add(out, change->gained ? STR(" is new, gives ") : STR(" is gone, gave "));
                break;
        case ACCESS_SUBJECT:
                buf_add(out, change->gained ? STR(" names it now, gives ") : STR(" does not name it any more, gave "));
                break;
        case ACCESS_REFERENCE:
                buf_add(out, change->gained ? STR(" gives another role now: ") : STR(" gave another role before: "));
                break;
        case ACCESS_ROLE:
                buf_add(out, change->gained ? STR(" gives more now by ") : STR(" gives less now by "));
        }
        access_put_role(out, role);
        buf_add_literal(out, "  (");
        access_put_place(arena, out, binding->object, binding->object->root.at);
        if (because->cause == ACCESS_ROLE && !role->built_in) {
                buf_add_literal(out, ", ");
                access_put_place(arena, out, role->object, role->object->root.at);
        }
        buf_add_char(out, ')');
}

void access_diff_print(struct arena *arena, struct buf *out, const struct access_diff *diff, bool color)
{
        for (size_t i = 0; i < diff->changes.count; i++) {
                const struct access_change *change = &diff->changes.items[i];

                if (color)
                        buf_add(out, change->gained ? STR("\x1b[32m") : STR("\x1b[31m"));
                buf_add(out, change->gained ? STR("+ ") : STR("- "));
                access_put_subject(out, access_subject(change->side, change->subject));
                buf_add(out, change->ns.len ? STR(" in namespace ") : STR(" in the cluster"));
                escape_terminal(out, change->ns);
                if (color)
                        buf_add_literal(out, "\x1b[0m");
                buf_add_char(out, '\n');
                for (size_t r = 0; r < change->rules.count; r++) {
                        buf_add(out, change->gained ? STR("    may now      ") : STR("    may no more  "));
                        put_rule(out, &change->rules.items[r]);
                        buf_add_char(out, '\n');
                }
                for (size_t b = 0; b < change->because.count; b++) {
                        buf_add_literal(out, "    because      ");
                        put_cause(arena, out, change, &change->because.items[b]);
                        buf_add_char(out, '\n');
                }
        }
        if (!diff->changes.count)
                buf_add_literal(out, "Nobody may do more or less.\n");
}

/* --- JSON --- */

static void put_binding(struct arena *arena, struct json_writer *writer, const struct access_change *change,
                        const struct access_because *because)
{
        static const struct str causes[] = {STR_INIT("binding"), STR_INIT("subject"), STR_INIT("role-reference"),
                                            STR_INIT("role")};
        const struct access_binding *binding = access_binding(change->side, because->binding);

        json_begin(writer, '{');
        json_member(writer, "cause", causes[because->cause]);
        access_json_binding(arena, writer, binding);
        access_json_role(writer, "role", access_role(change->side, binding->role));
        json_end(writer, '}');
}

static void put_change(struct arena *arena, struct json_writer *writer, const struct access_change *change)
{
        json_begin(writer, '{');
        json_member(writer, "change", change->gained ? STR("gained") : STR("lost"));
        access_json_subject(writer, access_subject(change->side, change->subject));
        json_member_if(writer, "namespace", change->ns);
        json_member_begin(writer, "rules", '[');
        for (size_t r = 0; r < change->rules.count; r++) {
                json_begin(writer, '{');
                access_json_rule(writer, &change->rules.items[r]);
                json_end(writer, '}');
        }
        json_end(writer, ']');
        json_member_begin(writer, "because", '[');
        for (size_t b = 0; b < change->because.count; b++)
                put_binding(arena, writer, change, &change->because.items[b]);
        json_end(writer, ']');
        json_end(writer, '}');
}

void access_diff_print_json(struct arena *arena, struct buf *out, const struct access_diff *diff)
{
        struct json_writer writer = json_document(out, "strake.access-diff/1");

        json_member_begin(&writer, "changes", '[');
        for (size_t i = 0; i < diff->changes.count; i++)
                put_change(arena, &writer, &diff->changes.items[i]);
        json_end(&writer, ']');
        json_document_end(&writer);
}
