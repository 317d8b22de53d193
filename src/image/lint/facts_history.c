/* facts_history.c - how an image was made, line by line. */

#include "image/lint/facts.h"
#include "image/lint/history.h"
#include "image/lint/shell.h"
#include "image/open/open.h"

enum { MOST_LINES = 2000 };

static struct value words_of(struct facts *facts, const struct str *words, size_t count)
{
        struct value_maker maker = {.arena = facts->arena};

        for (size_t i = 0; i < count; i++)
                make_item(&maker, make_string(facts->arena, words[i]));
        return make_list(&maker);
}

static struct value command_of(struct facts *facts, const struct shell_command *command)
{
        struct value_maker maker = {.arena = facts->arena};
        size_t first = min_size(command->program_at + 1, command->word_count);

        make_text(&maker, "program", command->program);
        make_member(&maker, "args", words_of(facts, command->words + first, command->word_count - first));
        make_member(&maker, "env", words_of(facts, command->assignments, command->assignment_count));
        make_bool(&maker, "sudo", command->sudo);
        return make_map(&maker);
}

static struct value commands_of(struct facts *facts, const struct history_line *line)
{
        struct value_maker maker = {.arena = facts->arena};
        struct shell_script script = {0};

        if (str_is(line->instruction, "RUN"))
                shell_read(facts->arena, line->arguments, &script);
        for (size_t i = 0; i < script.commands.count; i++)
                make_item(&maker, command_of(facts, &script.commands.items[i]));
        if (script.cut)
                facts_problem(facts,
                              "a line of the history has more than %d commands or %d words; no more are looked at",
                              SHELL_COMMANDS, SHELL_WORDS);
        return make_list(&maker);
}

/* "A=1 B=2" or, in an old form, "A 1": words with an "=". */
static struct value variables_of(struct facts *facts, struct str text)
{
        struct value_maker list = {.arena = facts->arena};
        const struct str *words;
        size_t count;

        shell_words(facts->arena, text, &words, &count);
        for (size_t i = 0; i < count; i++) {
                struct value_maker maker = {.arena = facts->arena};
                struct str value = words[i], name;

                str_split(&value, '=', &name);
                make_text(&maker, "name", name);
                make_text(&maker, "value", value.data ? value : STR(""));
                make_item(&list, make_map(&maker));
        }
        return make_list(&list);
}

static struct value entry_of(struct facts *facts, const struct value *entry, size_t index, bool empty, size_t layer)
{
        struct value_maker maker = {.arena = facts->arena};
        struct history_line line = history_read(image_text(entry, "created_by"));
        bool has_variables =
                str_is(line.instruction, "ENV") || str_is(line.instruction, "ARG") || str_is(line.instruction, "LABEL");

        make_number(&maker, "index", index);
        make_text(&maker, "createdBy", image_text(entry, "created_by"));
        make_text_if(&maker, "created", image_text(entry, "created"));
        make_text_if(&maker, "comment", image_text(entry, "comment"));
        make_bool(&maker, "empty", empty);
        if (layer < facts->image->layer_count)
                make_number(&maker, "layer", layer);
        make_text(&maker, "words", history_words(facts->arena, image_text(entry, "created_by")));
        make_text(&maker, "instruction", line.instruction);
        make_text(&maker, "arguments", line.arguments);
        make_member(&maker, "variables", variables_of(facts, has_variables ? line.arguments : line.build_args));
        make_member(&maker, "commands", commands_of(facts, &line));
        return make_map(&maker);
}

/* Whether each line that is not empty made a layer; else nobody knows which made which. */
static bool fits_layers(const struct facts *facts, const struct value *history)
{
        size_t made = 0;

        value_each (history, entry)
                made += !value_is_true(image_member(&entry->value, "empty_layer"));
        return made == facts->image->layer_count;
}

static bool make(struct facts *facts, struct value *out)
{
        const struct value *history = image_member(&facts->image->config, "history");
        struct value_maker maker = {.arena = facts->arena};
        bool fits = value_is(history, VALUE_LIST) && fits_layers(facts, history);
        size_t layer = 0, count = 0;

        TRY(facts->image->config.kind == VALUE_MAP);
        if (value_is(history, VALUE_LIST))
                value_each (history, entry) {
                        bool empty = value_is_true(image_member(&entry->value, "empty_layer"));

                        if (entry->value.kind == VALUE_MAP && count++ < MOST_LINES)
                                make_item(&maker, entry_of(facts, &entry->value, count - 1, empty,
                                                           fits && !empty ? layer : SIZE_MAX));
                        layer += !empty;
                }
        if (count > MOST_LINES)
                facts_problem(facts, "the history has %zu lines; the first %d are looked at", count, MOST_LINES);
        *out = make_list(&maker);
        return true;
}

const struct facts_part facts_history = {"history", make};
