/* facts_history.c - how an image was made, line by line. */

#include "image/lint/facts.h"
#include "image/lint/history.h"
#include "image/open/open.h"
#include "image/script/script.h"

enum { MOST_LINES = 2000, MOST_WORDS = 100000 };

/* A history while it is read. */
struct history {
        struct facts *facts;
        size_t words; /* of commands and variables so far */
};

/* Whether more words may be read; the first time that not, a problem says so. */
static bool has_room(struct history *history)
{
        if (history->words == MOST_WORDS)
                facts_problem(history->facts,
                              "the history has more than %d words: what it says behind them is not looked at",
                              MOST_WORDS);
        if (history->words <= MOST_WORDS)
                history->words++;
        return history->words <= MOST_WORDS;
}

static void add_words(struct facts *facts, struct value_maker *list, const struct script_word *words, size_t count)
{
        for (size_t i = 0; i < count; i++)
                make_item(list, make_string(facts->arena, words[i].text));
}

/* The last of these commands. Each of those before it only runs the next, as sudo and env do, and its variables hold for it, too. */
static struct value command_of(struct facts *facts, const struct script_command *commands, size_t count)
{
        const struct script_command *command = &commands[count - 1];
        struct value_maker maker = {.arena = facts->arena}, args = maker, env = maker;
        size_t word_count = command->words.count;
        bool sudo = false;

        for (size_t i = 0; i < count; i++) {
                sudo |= str_is(commands[i].name, "sudo");
                add_words(facts, &env, commands[i].assigns.items, commands[i].assigns.count);
        }
        if (word_count)
                add_words(facts, &args, command->words.items + 1, word_count - 1);
        make_text(&maker, "program", command->name.len || !word_count ? command->name : command->words.items[0].text);
        make_member(&maker, "args", make_list(&args));
        make_member(&maker, "env", make_list(&env));
        make_bool(&maker, "sudo", sudo);
        return make_map(&maker);
}

static struct value commands_of(struct facts *facts, const struct script *script)
{
        struct value_maker maker = {.arena = facts->arena};
        size_t first = 0;

        for (size_t i = 0; i < script->commands.count; i++) {
                const struct script_command *command = &script->commands.items[i];

                if (command->runs_next)
                        continue;
                /* Of `<<EOF` alone what counts is in the here-document. */
                if (command->words.count || command->assigns.count)
                        make_item(&maker, command_of(facts, &script->commands.items[first], i - first + 1));
                first = i + 1;
        }
        return make_list(&maker);
}

static void add_commands(struct history *history, struct value_maker *maker, const struct history_line *line)
{
        struct arena *arena = history->facts->arena;
        struct piece piece;
        struct pieced text = pieced_whole(line->arguments, 0, &piece);
        struct script script = {0};

        if (str_is(line->instruction, "RUN") && has_room(history))
                script_read(arena, &text, NULL, 0, &script);
        if (history->words < MOST_WORDS)
                history->words = min_size(history->words + script.words, MOST_WORDS);
        make_member(maker, "commands", commands_of(history->facts, &script));
        if (script.fault)
                make_text(maker, "unread", str_of(script.fault));
        if (script.too_large)
                facts_problem(history->facts, "a line of the history is not looked at to its end: %s", script.fault);
}

/* "A=1 B=2" or, in an old form, "A 1": words with an "=". */
static struct value variables_of(struct history *history, struct str text)
{
        struct arena *arena = history->facts->arena;
        struct value_maker list = {.arena = arena};
        struct str name, value;

        while (history_take_variable(arena, &text, &name, &value) && has_room(history)) {
                struct value_maker maker = {.arena = arena};

                make_text(&maker, "name", name);
                make_text(&maker, "value", value);
                make_item(&list, make_map(&maker));
        }
        return make_list(&list);
}

static struct value entry_of(struct history *history, const struct value *entry, size_t index, bool empty, size_t layer)
{
        struct facts *facts = history->facts;
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
        make_member(&maker, "variables", variables_of(history, has_variables ? line.arguments : line.build_args));
        add_commands(history, &maker, &line);
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
        struct history read = {.facts = facts};
        size_t layer = 0, count = 0;

        TRY(facts->image->config.kind == VALUE_MAP);
        if (value_is(history, VALUE_LIST))
                value_each (history, entry) {
                        bool empty = value_is_true(image_member(&entry->value, "empty_layer"));

                        if (entry->value.kind == VALUE_MAP && count++ < MOST_LINES)
                                make_item(&maker, entry_of(&read, &entry->value, count - 1, empty,
                                                           fits && !empty ? layer : SIZE_MAX));
                        layer += !empty;
                }
        if (count > MOST_LINES)
                facts_problem(facts, "the history has %zu lines; the first %d are looked at", count, MOST_LINES);
        *out = make_list(&maker);
        return true;
}

const struct facts_part facts_history = {"history", make};
