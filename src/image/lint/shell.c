/* shell.c - the simple commands of a shell script. */

#include "image/lint/shell.h"

#include "base/buf.h"

/* A script while it is read. */
struct shell {
        struct arena *arena;
        struct str text;
        size_t at;
        struct shell_script *out;
        unsigned depth;
        VEC(struct str) words;  /* of the command at hand */
        VEC(struct str) inside; /* scripts that stand in its words */
        struct buf word;
        bool in_word, was_quoted;
};

static void read_script(struct arena *arena, struct str text, unsigned depth, struct shell_script *out);

static bool is_blank(char byte)
{
        return byte == ' ' || byte == '\t' || byte == '\r';
}

static char peek(const struct shell *shell, size_t ahead)
{
        return shell->at + ahead < shell->text.len ? shell->text.data[shell->at + ahead] : 0;
}

/* --- commands --- */

static bool is_one_of(struct str word, const char *words)
{
        struct str rest = str_of(words), one;

        while (str_split(&rest, ' ', &one))
                if (str_equal(one, word))
                        return true;
        return false;
}

static bool is_assignment(struct str word)
{
        size_t i = 0;

        while (i < word.len
               && (word.data[i] == '_' || (word.data[i] >= 'A' && word.data[i] <= 'Z')
                   || (word.data[i] >= 'a' && word.data[i] <= 'z')
                   || (i && word.data[i] >= '0' && word.data[i] <= '9')))
                i++;
        return i && i < word.len && word.data[i] == '=';
}

static struct str last_part(struct str path)
{
        const char *slash = path.len ? memrchr(path.data, '/', path.len) : NULL;

        return slash ? str_span(slash + 1, path.data + path.len) : path;
}

/* Behind sudo, env and the like: options and assignments, then the program. */
static void find_program(struct shell_command *command)
{
        size_t at = 0;

        while (at < command->word_count) {
                struct str name = last_part(command->words[at]);

                if (!is_one_of(name, "sudo env exec command nohup xargs time nice eatmydata gosu su-exec builtin")) {
                        command->program = name;
                        command->program_at = at;
                        return;
                }
                command->sudo = command->sudo || str_is(name, "sudo");
                for (at++; at < command->word_count; at++)
                        if (!str_starts(command->words[at], STR("-")) && !is_assignment(command->words[at]))
                                break;
        }
}

/* The script of `sh -c SCRIPT`, empty if it is none. */
static struct str inner_script(const struct shell_command *command)
{
        if (!is_one_of(command->program, "sh bash ash dash ksh zsh"))
                return STR("");
        for (size_t i = command->program_at + 1; i + 1 < command->word_count; i++) {
                struct str word = command->words[i];

                if (!str_starts(word, STR("-")))
                        break;
                if (!str_starts(word, STR("--")) && str_ends(word, STR("c")))
                        return command->words[i + 1];
        }
        return STR("");
}

/* How many words at the front only control what is run. */
static size_t control_words(const struct str *words, size_t count)
{
        size_t skipped = 0;

        while (skipped < count && is_one_of(words[skipped], "if then elif else while until do ! { time"))
                skipped++;
        if (skipped < count && is_one_of(words[skipped], "for case select fi done esac } in ;; function"))
                return count;
        return skipped;
}

static void add_command(struct shell *shell)
{
        struct shell_command command = {0};
        size_t skipped = control_words(shell->words.items, shell->words.count);
        struct str *words;

        command.word_count = shell->words.count - skipped;
        words = arena_array(shell->arena, struct str, command.word_count);
        for (size_t i = 0; i < command.word_count; i++)
                words[i] = shell->words.items[skipped + i];
        while (command.assignment_count < command.word_count && is_assignment(words[command.assignment_count]))
                command.assignment_count++;
        command.assignments = words;
        command.words = words + command.assignment_count;
        command.word_count -= command.assignment_count;
        if (!command.word_count && !command.assignment_count)
                return;
        find_program(&command);
        *vec_push(shell->arena, &shell->out->commands) = command;
        shell->out->words += command.word_count;
        read_script(shell->arena, inner_script(&command), shell->depth + 1, shell->out);
}

static bool is_full(const struct shell_script *script)
{
        return script->commands.count >= SHELL_COMMANDS || script->words >= SHELL_WORDS;
}

static void end_command(struct shell *shell)
{
        if (shell->words.count && !is_full(shell->out))
                add_command(shell);
        else if (shell->words.count)
                shell->out->cut = true;
        for (size_t i = 0; i < shell->inside.count; i++)
                read_script(shell->arena, shell->inside.items[i], shell->depth + 1, shell->out);
        shell->words.count = shell->inside.count = 0;
}

/* --- words --- */

static void end_word(struct shell *shell)
{
        if (shell->in_word && shell->words.count + shell->out->words < SHELL_WORDS)
                *vec_push(shell->arena, &shell->words) = str_copy(shell->arena, buf_text(&shell->word));
        else if (shell->in_word)
                shell->out->cut = true;
        shell->word.len = 0;
        shell->in_word = shell->was_quoted = false;
}

static void add_byte(struct shell *shell)
{
        buf_add_char(&shell->word, shell->text.data[shell->at++]);
        shell->in_word = true;
}

/* A backslash: the next byte as it is, the end of a line for nothing. */
static void take_escaped(struct shell *shell, bool in_quotes)
{
        char next = peek(shell, 1);

        if (next == '\n') {
                shell->at += 2;
        } else if (next == '\r' && peek(shell, 2) == '\n') {
                shell->at += 3;
        } else if (!next || (in_quotes && !strchr("$`\"\\", next))) {
                add_byte(shell);
        } else {
                shell->at++;
                add_byte(shell);
        }
}

/* The end of what begins with $( or a backquote, behind its last byte; quotes inside are passed over. */
static size_t end_of_inside(struct str text, size_t begin, bool backquote)
{
        size_t depth = 1, i = begin;
        char quote = 0;

        for (; i < text.len; i++) {
                char byte = text.data[i];

                if (byte == '\\' && quote != '\'')
                        i++;
                else if (backquote ? byte == '`' : !quote && byte == ')' && --depth == 0)
                        return i;
                else if (!backquote && !quote && byte == '(')
                        depth++;
                else if (quote ? byte == quote : byte == '\'' || byte == '"')
                        quote = quote ? 0 : byte;
        }
        return text.len;
}

/* A command in a word: the word keeps its text, the script is read later. $((1 + 1)) is none. */
static void take_inside(struct shell *shell, bool backquote)
{
        size_t begin = shell->at + (backquote ? 1 : 2), end = end_of_inside(shell->text, begin, backquote);
        bool is_sum = !backquote && peek(shell, 2) == '(';

        if (!is_sum && shell->inside.count < SHELL_COMMANDS)
                *vec_push(shell->arena, &shell->inside) = str_sub(shell->text, begin, end);
        buf_add(&shell->word, str_sub(shell->text, shell->at, end + 1));
        shell->in_word = true;
        shell->at = min_size(end + 1, shell->text.len);
}

/* What both the open text and double quotes have. False: it is neither. */
static bool take_special(struct shell *shell, bool in_quotes)
{
        char byte = peek(shell, 0);

        if (byte == '\\')
                take_escaped(shell, in_quotes);
        else if (byte == '`')
                take_inside(shell, true);
        else if (byte == '$' && peek(shell, 1) == '(')
                take_inside(shell, false);
        else
                return false;
        return true;
}

static void take_quoted(struct shell *shell, char quote)
{
        shell->at++;
        shell->in_word = shell->was_quoted = true;
        while (shell->at < shell->text.len && shell->text.data[shell->at] != quote)
                if (quote == '\'' || !take_special(shell, true))
                        add_byte(shell);
        shell->at += shell->at < shell->text.len;
}

/* "2>&1", ">file", "<<EOF": the operator, and what it names. */
static void take_redirection(struct shell *shell)
{
        bool is_number = shell->word.len > 0;

        for (size_t i = 0; i < shell->word.len; i++)
                is_number &= shell->word.data[i] >= '0' && shell->word.data[i] <= '9';
        if (is_number) {
                shell->word.len = 0;
                shell->in_word = false;
        }
        end_word(shell);
        while (shell->at < shell->text.len && strchr("<>&|-", shell->text.data[shell->at]))
                shell->at++;
        while (is_blank(peek(shell, 0)))
                shell->at++;
        while (shell->at < shell->text.len && !is_blank(peek(shell, 0)) && !strchr("\n;&|()<>", peek(shell, 0)))
                if (peek(shell, 0) == '\'' || peek(shell, 0) == '"')
                        take_quoted(shell, peek(shell, 0));
                else if (!take_special(shell, false))
                        add_byte(shell);
        shell->word.len = 0;
        shell->in_word = false;
}

static void take_comment(struct shell *shell)
{
        while (shell->at < shell->text.len && shell->text.data[shell->at] != '\n')
                shell->at++;
}

static void take_one(struct shell *shell)
{
        char byte = shell->text.data[shell->at];

        if (byte == '\'' || byte == '"') {
                take_quoted(shell, byte);
        } else if (byte == '\n' || byte == ';' || byte == '&' || byte == '|' || byte == '(' || byte == ')') {
                end_word(shell);
                end_command(shell);
                shell->at++;
        } else if (byte == '<' || byte == '>') {
                take_redirection(shell);
        } else if (is_blank(byte)) {
                end_word(shell);
                shell->at++;
        } else if (byte == '#' && !shell->in_word) {
                take_comment(shell);
        } else if (!take_special(shell, false)) {
                add_byte(shell);
        }
}

static void read_script(struct arena *arena, struct str text, unsigned depth, struct shell_script *out)
{
        struct shell shell = {.arena = arena, .text = text, .out = out, .depth = depth};

        if (text.len && depth > SHELL_DEPTH)
                out->cut = true;
        while (depth <= SHELL_DEPTH && shell.at < text.len)
                take_one(&shell);
        end_word(&shell);
        end_command(&shell);
        buf_free(&shell.word);
}

void shell_read(struct arena *arena, struct str text, struct shell_script *out)
{
        read_script(arena, text, 0, out);
}

void shell_words(struct arena *arena, struct str text, const struct str **words, size_t *count)
{
        struct shell_script none = {0};
        struct shell shell = {.arena = arena, .text = text, .out = &none};

        while (shell.at < text.len) {
                char byte = text.data[shell.at];

                if (byte == '\'' || byte == '"')
                        take_quoted(&shell, byte);
                else if (byte == '\\')
                        take_escaped(&shell, false);
                else if (is_blank(byte) || byte == '\n')
                        end_word(&shell), shell.at++;
                else
                        add_byte(&shell);
        }
        end_word(&shell);
        buf_free(&shell.word);
        *words = shell.words.items;
        *count = shell.words.count;
}
