/* generate.c - at build time: rules/ as constants of C.
 *
 *     rulebook-generate OUT.c RULE.yaml...
 *
 * Reads and tries every rule as the program would, so that a broken rule breaks the build, with its place. */

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "rulebook/internal.h"

enum { LARGEST_RULE = 1 << 20 };

const struct rule_text rulebook_builtin[1];
const size_t rulebook_builtin_count = 0;

static void add_string(struct buf *out, struct str text)
{
        if (!text.len) {
                buf_add_literal(out, "{0}");
                return;
        }
        buf_add_literal(out, "{\"");
        for (size_t i = 0; i < text.len; i++) {
                unsigned char byte = (unsigned char)text.data[i];

                if (byte == '"' || byte == '\\' || byte == '?')
                        buf_add_format(out, "\\%c", byte);
                else if (byte == '\n')
                        buf_add_literal(out, "\\n");
                else if (byte < ' ' || byte >= 0x7F)
                        buf_add_format(out, "\\%03o", byte);
                else
                        buf_add_char(out, (char)byte);
        }
        buf_add_format(out, "\", %zu}", text.len);
}

static void add_member(struct buf *out, const char *name, struct str text)
{
        if (!text.len)
                return;
        buf_add_format(out, ".%s = ", name);
        add_string(out, text);
        buf_add_literal(out, ", ");
}

static void add_flag(struct buf *out, const char *name, bool flag)
{
        if (flag)
                buf_add_format(out, ".%s = true, ", name);
}

static void add_place(struct buf *out, const struct rule_place *place)
{
        buf_add_literal(out, "{");
        add_member(out, "path", place->path);
        add_flag(out, "in_pod", place->in_pod);
        add_flag(out, "in_object", place->in_object);
        add_flag(out, "in_containers", place->in_containers);
        add_member(out, "when", place->when);
        buf_add_literal(out, "}, ");
}

static void add_kind(struct buf *out, const struct rule_text *rule, size_t i)
{
        add_string(out, rule->kinds[i]);
        buf_add_literal(out, ", ");
}

static void add_rule_place(struct buf *out, const struct rule_text *rule, size_t i)
{
        add_place(out, &rule->places[i]);
}

static void add_reference(struct buf *out, const struct rule_text *rule, size_t i)
{
        const struct rule_reference *reference = &rule->references[i];

        buf_add_literal(out, "{.reference = {");
        add_member(out, "framework", reference->reference.framework);
        add_member(out, "id", reference->reference.id);
        add_member(out, "level", reference->reference.level);
        buf_add_format(out, "}, .since = %u, .until = %u, ", reference->since, reference->until);
        add_member(out, "when", reference->when);
        buf_add_literal(out, "}, ");
}

static void add_change(struct buf *out, const struct rule_change *change)
{
        buf_add_literal(out, "{.place = ");
        add_place(out, &change->place);
        add_member(out, "json", change->json);
        add_member(out, "cel", change->cel);
        buf_add_literal(out, "}, ");
}

/* The lists of a repair stand where it is, as compound literals. */
static void add_repair(struct buf *out, const struct rule_text *rule, size_t i)
{
        const struct rule_repair *repair = &rule->repairs[i];

        buf_add_literal(out, "{");
        add_member(out, "when", repair->when);
        add_member(out, "containers", repair->containers);
        if (repair->change_count)
                buf_add_format(out, ".change_count = %zu, .changes = (const struct rule_change[]){",
                               repair->change_count);
        for (size_t k = 0; k < repair->change_count; k++)
                add_change(out, &repair->changes[k]);
        buf_add(out, repair->change_count ? STR("}, ") : STR(""));
        add_member(out, "add", repair->add);
        add_flag(out, "safe", repair->safe);
        add_member(out, "note", repair->note);
        if (repair->uncover_count)
                buf_add_format(out, ".uncover_count = %zu, .uncovers = (const struct str[]){", repair->uncover_count);
        for (size_t k = 0; k < repair->uncover_count; k++) {
                add_string(out, repair->uncovers[k]);
                buf_add_literal(out, ", ");
        }
        buf_add(out, repair->uncover_count ? STR("}, ") : STR(""));
        buf_add_literal(out, "}, ");
}

static void add_example(struct buf *out, const struct rule_text *rule, size_t i)
{
        buf_add_literal(out, "{");
        add_member(out, "manifest", rule->examples[i].manifest);
        add_flag(out, "bad", rule->examples[i].bad);
        buf_add_literal(out, "}, ");
}

/* An array of a rule becomes a constant of its own. */
struct array {
        const char *name, *count_name, *type;
        size_t (*count)(const struct rule_text *rule);
        void (*add)(struct buf *out, const struct rule_text *rule, size_t i);
};

#define COUNT(member)                                                                                                  \
        static size_t count_##member(const struct rule_text *rule)                                                     \
        {                                                                                                              \
                return rule->member;                                                                                   \
        }

COUNT(kind_count)
COUNT(place_count)
COUNT(reference_count)
COUNT(repair_count)
COUNT(example_count)

static const struct array arrays[] = {
        {"kinds", "kind_count", "struct str", count_kind_count, add_kind},
        {"places", "place_count", "struct rule_place", count_place_count, add_rule_place},
        {"references", "reference_count", "struct rule_reference", count_reference_count, add_reference},
        {"repairs", "repair_count", "struct rule_repair", count_repair_count, add_repair},
        {"examples", "example_count", "struct rule_example", count_example_count, add_example},
};

static void add_arrays(struct buf *out, const struct rule_text *rule, size_t number)
{
        for (size_t i = 0; i < COUNT_OF(arrays); i++) {
                size_t count = arrays[i].count(rule);

                if (!count)
                        continue;
                buf_add_format(out, "static const %s %s_%zu[] = {", arrays[i].type, arrays[i].name, number);
                for (size_t k = 0; k < count; k++)
                        arrays[i].add(out, rule, k);
                buf_add_literal(out, "};\n");
        }
}

static void add_rule(struct buf *out, const struct rule_text *rule, size_t number)
{
        buf_add_literal(out, "\t{");
        add_member(out, "id", rule->id);
        add_member(out, "title", rule->title);
        add_member(out, "description", rule->description);
        buf_add_format(out, ".severity = %d, .area = %d, .scope = %d, ", (int)rule->severity, (int)rule->area,
                       (int)rule->scope);
        add_member(out, "join", rule->join);
        add_member(out, "with", rule->with);
        add_member(out, "each", rule->each);
        add_member(out, "require", rule->require);
        add_member(out, "message", rule->message);
        add_member(out, "params", rule->params);
        for (size_t i = 0; i < COUNT_OF(arrays); i++) {
                size_t count = arrays[i].count(rule);

                if (count)
                        buf_add_format(out, ".%s = %s_%zu, .%s = %zu, ", arrays[i].name, arrays[i].name, number,
                                       arrays[i].count_name, count);
        }
        buf_add_literal(out, "},\n");
}

static void add_all(struct buf *out, const struct rule_text *rules, size_t count)
{
        buf_add_literal(out, "/* Made from rules/ by rulebook-generate. */\n\n#include \"rulebook/rulebook.h\"\n\n");
        for (size_t i = 0; i < count; i++)
                add_arrays(out, &rules[i], i);
        buf_add_literal(out, "\nconst struct rule_text rulebook_builtin[] = {\n");
        for (size_t i = 0; i < count; i++)
                add_rule(out, &rules[i], i);
        buf_add_format(out, "};\n\nconst size_t rulebook_builtin_count = %zu;\n", count);
}

static bool read_rule(struct arena *arena, struct rule_checker *checker, const char *name, struct rule_text *rule)
{
        struct origin origin = {0};
        struct file_text file;
        struct err err = {0};

        if (file_read(arena, name, LARGEST_RULE, &file) != FILE_OK) {
                fprintf(stderr, "%s: cannot be read: %s\n", name, file.why);
                return false;
        }
        if (!rule_read_origin(arena, file.text, str_of(name), rule, &origin, &err)
            || !rule_check(checker, rule, &origin, &err)) {
                fprintf(stderr, "%s:%u:%u: error: %.*s\n", name, err.line, err.column, STR_ARG(err_text(&err)));
                return false;
        }
        if (!rule->example_count || !rule->reference_count)
                fprintf(stderr, "%s:1:1: error: a rule of Strake has examples and references\n", name);
        return rule->example_count && rule->reference_count;
}

static int by_id(const void *a, const void *b)
{
        return str_compare(((const struct rule_text *)a)->id, ((const struct rule_text *)b)->id);
}

static bool have_two_ids(const struct rule_text *rules, size_t count)
{
        for (size_t i = 1; i < count; i++) {
                if (str_equal(rules[i - 1].id, rules[i].id)) {
                        fprintf(stderr, "%.*s:1:1: error: %.*s has the same id\n", STR_ARG(rules[i].file),
                                STR_ARG(rules[i - 1].file));
                        return true;
                }
        }
        return false;
}

/* Rules that a repair is said to uncover must be there. */
static bool have_uncovered(const struct rule_text *rules, size_t count, const struct rule_text *rule)
{
        for (size_t i = 0; i < rule->repair_count; i++) {
                for (size_t k = 0; k < rule->repairs[i].uncover_count; k++) {
                        const struct rule_text wanted = {.id = rule->repairs[i].uncovers[k]};

                        if (bsearch(&wanted, rules, count, sizeof(*rules), by_id))
                                continue;
                        fprintf(stderr, "%.*s:1:1: error: its fix uncovers \"%.*s\", and there is no such rule\n",
                                STR_ARG(rule->file), STR_ARG(wanted.id));
                        return false;
                }
        }
        return true;
}

static bool write_file(const char *name, struct str text)
{
        FILE *file = fopen(name, "w");
        bool well = file && fwrite(text.data, 1, text.len, file) == text.len;

        well &= file && fclose(file) == 0;
        if (!well)
                perror(name);
        return well;
}

int main(int argc, char **argv)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct rule_checker checker = {.arena = &arena};
        CLEANUP(buf_free) struct buf out = {0};
        size_t count = argc > 2 ? (size_t)argc - 2 : 0;
        struct rule_text *rules = arena_array(&arena, struct rule_text, count);
        bool well = count > 0;

        for (size_t i = 0; i < count; i++)
                well &= read_rule(&arena, &checker, argv[i + 2], &rules[i]);
        qsort(rules, count, sizeof(*rules), by_id);
        if (!well || have_two_ids(rules, count))
                return 1;
        for (size_t i = 0; i < count; i++)
                if (!have_uncovered(rules, count, &rules[i]))
                        return 1;
        add_all(&out, rules, count);
        return write_file(argv[1], buf_text(&out)) ? 0 : 1;
}
