/* rule_read_fix.c - the `fix` of a rule: one repair, or a list of them of which the first that fits is made. */

#include "rulebook/rule_reader.h"

#include "doc/document.h"
#include "doc/print.h"

/* A repair that is being read. */
struct fix_reader {
        struct rule_repair repair;
        VEC(struct rule_change) changes;
};

struct str rule_as_json(struct arena *arena, const struct value *value)
{
        CLEANUP(buf_free) struct buf json = {0};

        json_print(&json, value, 0);
        return str_copy(arena, buf_text(&json));
}

/* --- what is changed --- */

/* Expressions in a pointer are read when the repair is made; what stands between them is a JSON Pointer. */
static bool check_template(struct rule_reader *reader, const struct node *node, struct str pointer)
{
        struct template_part part;
        struct err err = {0};
        size_t at = 0;

        while (template_take(pointer, &at, &part, &err)) {}
        return !err.length || rule_wrong(reader, node, "%.*s", STR_ARG(err_text(&err)));
}

static bool read_place(struct rule_reader *reader, const struct node *node, struct str text, struct rule_place *place)
{
        static const struct str containers = STR_INIT("containers:");
        bool in_containers = str_starts(text, containers);

        TRY(rule_read_pointer_text(reader, node, in_containers ? str_from(text, containers.len) : text, place));
        if (in_containers && (place->in_pod || place->in_object))
                return rule_wrong(reader, node, "\"%.*s\" begins at two places: write one of them", STR_ARG(text));
        place->in_containers = in_containers;
        if (reader->origin)
                *vec_push(reader->arena, &reader->origin->strings) = (struct origin_string){place->path.data, node->at};
        return check_template(reader, node, place->path);
}

static bool read_member(struct rule_reader *reader, const struct node *member, struct rule_change *change)
{
        struct node key = rule_key_of(reader, member);

        return read_place(reader, &key, intern_text(member->key), &change->place);
}

static bool check_changes(struct rule_reader *reader, const struct node *node, const char *example)
{
        if (node->value.kind != VALUE_MAP || !node->value.len)
                return rule_wrong(reader, node, "this is no map with something in it: write {/pointer: %s}", example);
        return true;
}

static bool read_set(struct rule_reader *reader, const struct node *node, void *out)
{
        struct fix_reader *fix = out;

        TRY(check_changes(reader, node, "value"));
        value_each (&node->value, member) {
                struct rule_change *change = vec_push(reader->arena, &fix->changes);

                *change = (struct rule_change){.json = rule_as_json(reader->arena, &member->value)};
                TRY(read_member(reader, member, change));
        }
        return true;
}

static bool read_compute(struct rule_reader *reader, const struct node *node, void *out)
{
        struct fix_reader *fix = out;

        TRY(check_changes(reader, node, "CEL"));
        value_each (&node->value, member) {
                struct rule_change *change = vec_push(reader->arena, &fix->changes);

                *change = (struct rule_change){0};
                TRY(rule_read_text(reader, member, &change->cel) && read_member(reader, member, change));
        }
        return true;
}

static bool read_remove(struct rule_reader *reader, const struct node *node, void *out)
{
        struct fix_reader *fix = out;

        TRY(rule_read_list(reader, node, "JSON Pointers"));
        value_each (&node->value, item) {
                struct rule_change *change = vec_push(reader->arena, &fix->changes);

                *change = (struct rule_change){0};
                if (item->value.kind != VALUE_STRING)
                        return rule_wrong(reader, item, "this is a %s: write a JSON Pointer, as /spec/hostPID",
                                          value_kind_name(&item->value));
                TRY(read_place(reader, item, value_text(&item->value), &change->place));
        }
        return true;
}

/* --- one repair --- */

static bool read_when(struct rule_reader *reader, const struct node *node, void *out)
{
        return rule_read_text(reader, node, &((struct fix_reader *)out)->repair.when);
}

static bool read_safe(struct rule_reader *reader, const struct node *node, void *out)
{
        return rule_read_flag(reader, node, &((struct fix_reader *)out)->repair.safe);
}

static bool read_note(struct rule_reader *reader, const struct node *node, void *out)
{
        return rule_read_text(reader, node, &((struct fix_reader *)out)->repair.note);
}

static bool read_containers(struct rule_reader *reader, const struct node *node, void *out)
{
        return rule_read_text(reader, node, &((struct fix_reader *)out)->repair.containers);
}

static bool read_add(struct rule_reader *reader, const struct node *node, void *out)
{
        return rule_read_message(reader, node, &((struct fix_reader *)out)->repair.add);
}

static bool read_uncovers(struct rule_reader *reader, const struct node *node, void *out)
{
        struct rule_repair *repair = &((struct fix_reader *)out)->repair;
        struct str *ids;

        TRY(rule_read_list(reader, node, "rules"));
        repair->uncovers = ids = arena_array(reader->arena, struct str, node->value.len);
        repair->uncover_count = node->value.len;
        for (uint32_t i = 0; i < node->value.len; i++)
                TRY(rule_read_line(reader, &node->value.nodes[i], &ids[i]));
        return true;
}

static const struct field fields[] = {
        {STR_INIT("when"), false, read_when},         {STR_INIT("safe"), true, read_safe},
        {STR_INIT("set"), false, read_set},           {STR_INIT("compute"), false, read_compute},
        {STR_INIT("remove"), false, read_remove},     {STR_INIT("containers"), false, read_containers},
        {STR_INIT("add"), false, read_add},           {STR_INIT("note"), false, read_note},
        {STR_INIT("uncovers"), false, read_uncovers},
};

static bool has_container_change(const struct fix_reader *fix)
{
        for (size_t i = 0; i < fix->changes.count; i++)
                if (fix->changes.items[i].place.in_containers)
                        return true;
        return false;
}

static bool read_repair(struct rule_reader *reader, const struct node *node, struct rule_repair *out)
{
        struct fix_reader fix = {0};

        TRY(rule_read_fields(reader, node, "field of a fix", fields, COUNT_OF(fields), &fix));
        if (!fix.changes.count && !fix.repair.add.len)
                return rule_wrong(reader, node, "this fix changes nothing: write `set`, `compute`, `remove` or `add`");
        if (fix.changes.count && fix.repair.add.len)
                return rule_wrong(reader, node,
                                  "this fix adds an object and changes another: write two rules, or one of both");
        if (fix.repair.containers.len && !has_container_change(&fix))
                return rule_wrong(reader, node, "`containers` chooses where `containers:/…` is: there is none");
        if (!fix.repair.safe && !fix.repair.note.len)
                return rule_wrong(reader, node, "this fix is not safe: write a `note` that says what to check first");
        *out = fix.repair;
        out->changes = fix.changes.items;
        out->change_count = fix.changes.count;
        return true;
}

bool rule_read_fix(struct rule_reader *reader, const struct node *node, void *out)
{
        struct rule_text *rule = out;
        bool many = node->value.kind == VALUE_LIST;
        struct rule_repair *repairs = arena_array(reader->arena, struct rule_repair, many ? node->value.len : 1);

        rule->repairs = repairs;
        rule->repair_count = many ? node->value.len : 1;
        if (!many)
                return read_repair(reader, node, repairs);
        TRY(rule_read_list(reader, node, "fixes"));
        for (uint32_t i = 0; i < node->value.len; i++) {
                TRY(read_repair(reader, &node->value.nodes[i], &repairs[i]));
                if (!repairs[i].when.len && i + 1 < node->value.len)
                        return rule_wrong(reader, &node->value.nodes[i + 1],
                                          "the fix before this one has no `when`, so this one is never made");
        }
        return true;
}
