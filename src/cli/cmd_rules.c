/* cmd_rules.c - strake rules: what does Strake believe, and why? */

#include "cli/commands.h"
#include "cli/rules.h"
#include "report/escape.h"
#include "report/formats.h"
#include "rulebook/admission.h"

struct rulebook *cli_open_book(struct cli *cli)
{
        struct rulebook_settings settings = {.minor = KUBERNETES_NEWEST_MINOR};
        struct err err = {0};
        struct rulebook *book;

        settings.folders = cli_list(cli, "rules", false, &settings.folder_count);
        book = rulebook_new(&cli->arena, &settings, &err);
        if (!book)
                cli_fail(cli, "%.*s", STR_ARG(err_text(&err)));
        return book;
}

/* Where a rule can stand. */
static void list_gates(struct json_writer *writer, const struct rule_text *rule)
{
        struct arena scratch = {0};
        struct admission_policy policy;
        struct err err = {0};

        json_member_begin(writer, "gates", '[');
        json_text(writer, rule_is_of_cluster(rule) ? STR("scan") : STR("lint"));
        if (admission_policy(&scratch, rule, KUBERNETES_NEWEST_MINOR, NULL, &policy, &err))
                json_text(writer, STR("admission"));
        json_end(writer, ']');
        arena_free(&scratch);
}

static void list_as_json(struct buf *out, const struct rulebook *book)
{
        struct json_writer writer = json_document(out, "strake.rules/1");
        size_t count;
        const struct rule_summary *rules = rulebook_summaries(book, &count);

        json_member_begin(&writer, "rules", '[');
        for (size_t i = 0; i < count; i++) {
                json_begin(&writer, '{');
                json_member(&writer, "id", rules[i].id);
                json_member(&writer, "title", rules[i].title);
                json_member(&writer, "severity", severity_name(rules[i].severity));
                json_member(&writer, "area", area_name(rules[i].area));
                json_member(&writer, "description", rules[i].description);
                report_print_references(&writer, rules[i].references, rules[i].reference_count);
                json_member_bool(&writer, "fix", rules[i].has_fix);
                list_gates(&writer, rulebook_find(book, rules[i].id));
                json_end(&writer, '}');
        }
        json_end(&writer, ']');
        json_document_end(&writer);
}

static void add_padded(struct buf *out, struct str text, size_t width)
{
        buf_add(out, text);
        buf_add_repeat(out, ' ', text.len < width ? width - text.len : 0);
        buf_add_literal(out, "  ");
}

static void list_as_text(struct buf *out, const struct rulebook *book)
{
        size_t widest = 0, count;
        const struct rule_summary *rules = rulebook_summaries(book, &count);

        for (size_t i = 0; i < count; i++)
                widest = rules[i].id.len > widest ? rules[i].id.len : widest;
        for (size_t i = 0; i < count; i++) {
                add_padded(out, severity_name(rules[i].severity), strlen("critical"));
                add_padded(out, area_name(rules[i].area), strlen("communication"));
                add_padded(out, rules[i].id, widest);
                escape_terminal(out, rules[i].title);
                buf_add_char(out, '\n');
        }
}

static void print_list(struct cli_writer *to, void *book)
{
        if (str_is(to->format, "json"))
                list_as_json(&to->text, book);
        else
                list_as_text(&to->text, book);
}

static int run_list(struct cli *cli)
{
        struct rulebook *book = cli_open_book(cli);

        return book && cli_print_all(cli, print_list, book) ? CLI_OK : CLI_WRONG;
}

/* A paragraph with its lines indented, under a heading. */
static void add_part(struct buf *out, const char *heading, struct str text)
{
        struct str rest = text, line;

        while (str_ends(rest, STR("\n")))
                rest.len--;
        if (!rest.len)
                return;
        buf_add_format(out, "\n%s\n", heading);
        while (str_split(&rest, '\n', &line)) {
                buf_add_literal(out, "  ");
                escape_terminal(out, line);
                buf_add_char(out, '\n');
        }
}

static void add_references(struct buf *out, const struct rule_text *rule)
{
        if (rule->reference_count)
                buf_add_literal(out, "\nReferences\n");
        for (size_t i = 0; i < rule->reference_count; i++) {
                const struct rule_reference *reference = &rule->references[i];

                buf_add_literal(out, "  ");
                escape_terminal(out, reference->reference.framework);
                buf_add_literal(out, " ");
                escape_terminal(out, reference->reference.id);
                if (reference->reference.level.len)
                        buf_add_format(out, " (%.*s)", STR_ARG(reference->reference.level));
                if (reference->when.len) {
                        buf_add_literal(out, ", when ");
                        escape_terminal(out, reference->when);
                }
                buf_add_char(out, '\n');
        }
}

static const char *place_prefix(const struct rule_place *place)
{
        return place->in_pod ? "pod:" : place->in_object ? "object:" : place->in_containers ? "containers:" : "";
}

static void add_change(struct buf *out, const struct rule_change *change)
{
        bool sets = change->json.len || change->cel.len;

        buf_add_format(out, "  %s %s", sets ? "set" : "remove", place_prefix(&change->place));
        escape_terminal(out, change->place.path);
        buf_add(out, sets ? STR(" to ") : STR(""));
        escape_terminal(out, change->json.len ? change->json : change->cel);
        buf_add_char(out, '\n');
}

static void add_repair(struct buf *out, const struct rule_repair *repair)
{
        buf_add_format(out, "\nFix (%s)\n", repair->safe ? "safe" : "look before you leap");
        if (repair->when.len) {
                buf_add_literal(out, "  when ");
                escape_terminal(out, repair->when);
                buf_add_char(out, '\n');
        }
        for (size_t i = 0; i < repair->change_count; i++)
                add_change(out, &repair->changes[i]);
        if (repair->containers.len) {
                buf_add_literal(out, "  in containers where ");
                escape_terminal(out, repair->containers);
                buf_add_char(out, '\n');
        }
        if (repair->note.len) {
                buf_add_literal(out, "  ");
                escape_terminal(out, repair->note);
                buf_add_char(out, '\n');
        }
        add_part(out, "Adds", repair->add);
}

static void add_repairs(struct buf *out, const struct rule_text *rule)
{
        for (size_t i = 0; i < rule->repair_count; i++)
                add_repair(out, &rule->repairs[i]);
}

static void show_join(struct buf *out, const struct rule_text *rule)
{
        CLEANUP(buf_free) struct buf words = {0};

        buf_add(&words, rule->join);
        buf_add(&words, rule->with.len ? STR(" with ") : STR(""));
        buf_add(&words, rule->with);
        add_part(out, "Looks across objects by", buf_text(&words));
}

static void show_rule(struct buf *out, const struct rule_text *rule)
{
        escape_terminal(out, rule->id);
        buf_add_literal(out, ": ");
        escape_terminal(out, rule->title);
        buf_add_format(out, "\n%s, %s", severity_name(rule->severity).data, area_name(rule->area).data);
        if (rule->file.len) {
                buf_add_literal(out, ", from ");
                escape_terminal(out, rule->file);
        }
        buf_add_char(out, '\n');
        add_part(out, "Why", rule->description);
        if (rule->join.len)
                show_join(out, rule);
        if (rule->require.len)
                add_part(out, "Must be true", rule->require);
        add_part(out, "Message", rule->message);
        add_repairs(out, rule);
        add_references(out, rule);
        for (size_t i = 0; i < rule->example_count; i++)
                add_part(out, rule->examples[i].bad ? "Bad example" : "Good example", rule->examples[i].manifest);
}

int cli_unknown_rule(struct cli *cli, const struct rulebook *book, struct str id)
{
        VEC(struct str) ids = {0};
        size_t count;
        const struct rule_summary *rules = rulebook_summaries(book, &count);
        struct str meant;

        for (size_t i = 0; i < count; i++)
                *vec_push(&cli->arena, &ids) = rules[i].id;
        meant = str_nearest(id, ids.items, ids.count);
        return cli_fail(cli, "there is no rule \"%.*s\"%s%.*s%s", STR_ARG(id), meant.len ? "; did you mean " : "",
                        STR_ARG(meant), meant.len ? "?" : "; strake rules list shows all");
}

static int run_show(struct cli *cli)
{
        CLEANUP(buf_free) struct buf out = {0};
        const struct rulebook *book = cli_open_book(cli);

        if (!book)
                return CLI_WRONG;
        for (size_t i = 0; i < cli->operands.count; i++) {
                const struct rule_text *rule = rulebook_find(book, cli->operands.items[i]);

                if (!rule)
                        return cli_unknown_rule(cli, book, cli->operands.items[i]);
                buf_add(&out, i ? STR("\n") : STR(""));
                show_rule(&out, rule);
        }
        return cli_print_text(cli, buf_text(&out), CLI_OK);
}

static int run_test(struct cli *cli)
{
        CLEANUP(buf_free) struct buf failures = {0}, out = {0};
        const struct rulebook *book = cli_open_book(cli);
        const struct rule_summary *rules;
        size_t count, tried = 0, failed = 0, tested = 0;

        if (!book)
                return CLI_WRONG;
        rules = rulebook_summaries(book, &count);
        for (size_t i = 0; i < count; i++) {
                const struct rule_text *rule = rulebook_find(book, rules[i].id);

                if (cli_has(cli, "rules") && !rule->file.len)
                        continue;
                tried += rule_test(rule, &failures, &failed);
                tested++;
        }
        escape_lines(&out, buf_text(&failures));
        buf_add_format(&out, "%zu rules, %zu examples, %zu failed\n", tested, tried, failed);
        if (!tried)
                cli_fail(cli, "no rule has an example");
        return cli_print_text(cli, buf_text(&out), !tried ? CLI_NOTHING : failed ? CLI_NO : CLI_OK);
}

static const struct cli_option options[] = {
        {"rules", 0, "DIR", NULL, "add your own rules; repeatable"},
};

static const struct cli_option test_options[] = {
        {"rules", 0, "DIR", NULL, "try your own rules, and only these; repeatable"},
};

static const char *const group_examples[][2] = {
        {"strake rules list", "all rules"},
        {"strake rules show privileged-container", "one of them, with reasons and examples"},
        {"strake rules test --rules my-rules", "do your rules do what their examples say?"},
        {"strake rules bench", "what does each cost?"},
};

static const char *const list_examples[][2] = {
        {"strake rules list", "all rules, a line each"},
        {"strake rules list -o json", "the same for programs: strake.rules/1"},
};

static const char *const show_examples[][2] = {
        {"strake rules show privileged-container", "what it looks for, why, and what repairs it"},
};

static const char *const test_examples[][2] = {
        {"strake rules test", "try every rule of Strake on its examples"},
        {"strake rules test --rules my-rules", "try your own"},
};

const struct cli_command command_rules = {
        .name = "rules",
        .about = "what does Strake believe, and why?",
        .examples = group_examples,
        .example_count = COUNT_OF(group_examples),
        .formats = "text",
};

const struct cli_command command_rules_list = {
        .name = "rules list",
        .about = "list all rules",
        .examples = list_examples,
        .example_count = COUNT_OF(list_examples),
        .options = options,
        .option_count = COUNT_OF(options),
        .formats = "text json",
        .run = run_list,
};

const struct cli_command command_rules_show = {
        .name = "rules show",
        .about = "explain a rule",
        .operands = "RULE...",
        .least_operands = 1,
        .most_operands = SIZE_MAX,
        .examples = show_examples,
        .example_count = COUNT_OF(show_examples),
        .options = options,
        .option_count = COUNT_OF(options),
        .formats = "text",
        .run = run_show,
};

const struct cli_command command_rules_test = {
        .name = "rules test",
        .about = "try rules on their own examples",
        .examples = test_examples,
        .example_count = COUNT_OF(test_examples),
        .options = test_options,
        .option_count = COUNT_OF(test_options),
        .formats = "text",
        .notes =
                "Exit status: 0 all examples hold, 1 some do not, 2 a rule cannot be read, 3 no rule has an example.\n",
        .run = run_test,
};
