/* command.c - one command: its options, and the commands that it runs itself. */

#include "base/reader.h"
#include "image/script/internal.h"

struct str program_base_name(struct str path)
{
        const char *slash = path.len ? memrchr(path.data, '/', path.len) : NULL;

        return slash ? str_span(slash + 1, path.data + path.len) : path;
}

bool script_is_posix_shell(struct str program)
{
        static const struct str shells[] = {STR_INIT("sh"),  STR_INIT("bash"), STR_INIT("dash"), STR_INIT("ash"),
                                            STR_INIT("ksh"), STR_INIT("mksh"), STR_INIT("zsh")};

        for (size_t i = 0; i < COUNT_OF(shells); i++)
                if (str_equal(program, shells[i]))
                        return true;
        return false;
}

/* --- options --- */

static bool has_word(struct str words, struct str wanted)
{
        struct str word;

        while (str_split(&words, ' ', &word))
                if (str_equal(word, wanted))
                        return true;
        return false;
}

struct options {
        struct script_reader *reader;
        struct script_command *command;
        const struct script_program *program;
        size_t next; /* the word that is read next */
        size_t skip; /* operands to pass over before one stands for a program that is run; SIZE_MAX: none does */
};

static bool takes_value(const struct options *options, struct str name)
{
        return options->program && has_word(options->program->valued, name);
}

static struct str next_word(struct options *options)
{
        return options->next < options->command->words.count ? options->command->words.items[options->next++].text
                                                             : STR("");
}

static void add_option(struct options *options, struct str name, struct str value)
{
        if (name.len <= SCRIPT_OPTION_BYTES)
                *vec_push(options->reader->arena, &options->command->options) = (struct script_option){name, value};
}

static void add_long(struct options *options, struct str word)
{
        const char *equals = memchr(word.data, '=', word.len);
        struct str name = equals ? str_span(word.data, equals) : word;

        if (equals)
                add_option(options, name, str_span(equals + 1, word.data + word.len));
        else
                add_option(options, name, takes_value(options, name) ? next_word(options) : STR(""));
}

/* "-yq" is two options; "-ofile" is one with its value. */
static void add_letters(struct options *options, struct str word)
{
        for (size_t i = 1; i < word.len; i++) {
                char *name = arena_take_text(options->reader->arena, 2);
                struct str letter = {name, 2};

                name[0] = '-';
                name[1] = word.data[i];
                if ((unsigned char)name[1] >= 0x80)
                        return;
                if (takes_value(options, letter)) {
                        add_option(options, letter, i + 1 < word.len ? str_from(word, i + 1) : next_word(options));
                        return;
                }
                add_option(options, letter, STR(""));
        }
}

enum { MOST_LETTERS = 9 };

static void add_short(struct options *options, struct str word)
{
        if (takes_value(options, word))
                add_option(options, word, next_word(options));
        else if (memchr(word.data, '=', word.len) || word.len > MOST_LETTERS)
                add_long(options, word);
        else
                add_letters(options, word);
}

/* Tells options from operands. Returns the word that is a program that this one runs, or 0. */
static size_t read_options(struct options *options)
{
        struct script_command *command = options->command;
        bool operands_only = false;

        while (options->next < command->words.count) {
                const struct script_word *word = &command->words.items[options->next++];

                if (!operands_only && str_is(word->text, "--")) {
                        operands_only = true;
                } else if (!operands_only && word->text.len > 1 && word->text.data[0] == '-') {
                        if (str_starts(word->text, STR("--")))
                                add_long(options, word->text);
                        else
                                add_short(options, word->text);
                } else if (options->skip != SIZE_MAX && memchr(word->text.data, '=', word->text.len)
                           && !command->operands.count) {
                        *vec_push(options->reader->arena, &command->assigns) = *word;
                } else if (options->skip != SIZE_MAX && command->operands.count == options->skip) {
                        return options->next - 1;
                } else if (options->program && options->program->has_verb && !command->verb.len) {
                        command->verb = word->text;
                } else {
                        *vec_push(options->reader->arena, &command->operands) = *word;
                }
        }
        return 0;
}

static const struct script_option *option_of(const struct script_command *command, struct str name)
{
        for (size_t i = 0; i < command->options.count; i++)
                if (str_equal(command->options.items[i].name, name))
                        return &command->options.items[i];
        return NULL;
}

/* --- commands within --- */

static bool runs_scripts(const struct script_command *command)
{
        return script_is_posix_shell(command->name) || str_is(command->name, "eval") || str_is(command->name, "source")
               || str_is(command->name, ".");
}

bool script_reads_script(const struct script_command *command)
{
        if (!command->words.count)
                return !command->assigns.count;
        return script_is_posix_shell(command->name) && !command->operands.count && !option_of(command, STR("-c"));
}

/* The word that holds a script: that of `sh -c`, `su -c`, and of eval if it is only one. */
static const struct script_word *word_with_script(const struct script_command *command)
{
        const struct script_option *option = option_of(command, STR("-c"));

        if (script_is_posix_shell(command->name))
                return option && command->operands.count ? &command->operands.items[0] : NULL;
        if (str_is(command->name, "eval"))
                return command->words.count == 2 ? &command->words.items[1] : NULL;
        if (!str_is(command->name, "su") && !str_is(command->name, "runuser"))
                return NULL;
        option = option ? option : option_of(command, STR("--command"));
        for (size_t i = 1; option && i < command->words.count; i++)
                if (command->words.items[i].text.data == option->value.data)
                        return &command->words.items[i];
        return NULL;
}

static bool read_script_in(struct script_reader *reader, const struct script_command *command, size_t inner)
{
        const struct script_word *word = word_with_script(command);
        bool outer = reader->as_root;
        struct pieced script;
        bool well;

        if (!word)
                return true;
        script = (struct pieced){word->text, word->pieces, word->piece_count};
        reader->as_root |= command->as_root || str_is(command->name, "su") || str_is(command->name, "runuser");
        well = script_read_within(reader, &script, inner);
        reader->as_root = outer;
        return well;
}

/* `python3 -m pip install …` is pip. */
static size_t module_word(const struct script_command *command)
{
        if (!str_starts(command->name, STR("python")) && !str_starts(command->name, STR("pypy")))
                return 0;
        for (size_t i = 1; i + 1 < command->words.count; i++) {
                if (str_is(command->words.items[i].text, "-m"))
                        return i + 1;
                if (!str_starts(command->words.items[i].text, STR("-")))
                        return 0;
        }
        return 0;
}

/* Whether the same command at the same place is there already, because its substitution was read before. */
static bool is_known(const struct script_reader *reader, const struct script_command *command)
{
        for (size_t i = reader->known_from; i < reader->out->commands.count; i++)
                if (reader->out->commands.items[i].at == command->at
                    && str_equal(reader->out->commands.items[i].name, command->name))
                        return true;
        return false;
}

static bool add_from(struct script_reader *reader, const struct script_command *outer, size_t first, size_t inner,
                     size_t inner_end)
{
        struct script_command command = {
                .at = outer->words.items[first].at,
                .after = outer->after,
                .wrapped = true,
                .as_root = outer->as_root || str_is(outer->name, "sudo") || str_is(outer->name, "doas"),
                .fed.items = outer->fed.items,
                .fed.count = outer->fed.count,
                .fed.capacity = outer->fed.count,
        };
        const char *begin = outer->words.items[first].raw.data;
        const struct script_word *last = &outer->words.items[outer->words.count - 1];
        bool well;

        command.text = begin >= outer->text.data && begin < outer->text.data + outer->text.len
                               ? str_span(begin, outer->text.data + outer->text.len)
                               : str_span(begin, begin > last->raw.data ? begin : last->raw.data + last->raw.len);
        for (size_t i = first; i < outer->words.count; i++)
                *vec_push(reader->arena, &command.words) = outer->words.items[i];
        if (++reader->depth > SCRIPT_DEPTH)
                return script_too_large(reader, reader->at, "commands run commands too deeply");
        well = script_add_command(reader, &command, inner, inner_end);
        reader->depth--;
        return well;
}

static void add_inner_feeders(struct script_reader *reader, struct script_command *command, size_t inner,
                              size_t inner_end)
{
        for (size_t i = inner; i < inner_end && command->fed.count < SCRIPT_FED; i++)
                *vec_push(reader->arena, &command->fed) = reader->out->commands.items[i].name;
}

/* `$HOME/bin/pip` is pip, whatever the folder is; what `$PIP` and `$(which pip)` are, nobody can say. */
static struct str name_of(const struct script_word *program)
{
        struct str name = program_base_name(program->text);

        for (size_t i = 0; program->dynamic && i < name.len; i++)
                if (!is_letter(name.data[i]) && !is_digit(name.data[i]) && !memchr("_.+-", name.data[i], 4))
                        return STR("");
        return name;
}

/* `command -v sudo` runs nothing. */
static bool only_looks(const struct script_command *command)
{
        return str_is(command->name, "command") && (option_of(command, STR("-v")) || option_of(command, STR("-V")));
}

bool script_add_command(struct script_reader *reader, struct script_command *command, size_t inner, size_t inner_end)
{
        struct options options = {reader, command, NULL, 1, SIZE_MAX};
        struct script_command added;
        size_t first = 0;

        command->as_root |= reader->as_root;
        if (command->words.count) {
                const struct script_word *program = &command->words.items[0];
                int skip;

                command->name = name_of(program);
                skip = script_wrapper(command->name);
                options.skip = skip < 0 ? SIZE_MAX : (size_t)skip;
                options.program = script_program(command->name);
                first = read_options(&options);
                if (only_looks(command))
                        first = 0;
        }
        if (runs_scripts(command))
                add_inner_feeders(reader, command, inner, inner_end);
        if (reader->known_from != SIZE_MAX && is_known(reader, command))
                return true;
        reader->out->words += script_words_of(command);
        if (reader->out->commands.count >= SCRIPT_COMMANDS)
                return script_too_large(reader, reader->at, "a script has more than 4000 commands");
        if (reader->out->words > SCRIPT_WORDS)
                return script_too_large(reader, reader->at, SCRIPT_MANY_WORDS);
        command->runs_next = first > 0;
        *vec_push(reader->arena, &reader->out->commands) = added = *command;
        first = first ? first : module_word(&added);
        if (first)
                return add_from(reader, &added, first, inner, inner_end);
        return read_script_in(reader, &added, inner);
}

void script_read_words(struct arena *arena, const struct script_word *words, size_t count, struct str text,
                       struct script *out)
{
        struct piece piece;
        struct pieced script = pieced_whole(text, count ? words[0].at : 0, &piece);
        struct script_reader reader = {
                .arena = arena, .script = &script, .text = text, .out = out, .known_from = SIZE_MAX};
        struct script_command command = {.text = text, .at = count ? words[0].at : 0, .after = STR("")};

        for (size_t i = 0; i < count; i++)
                *vec_push(arena, &command.words) = words[i];
        if (count)
                script_add_command(&reader, &command, 0, 0);
}
