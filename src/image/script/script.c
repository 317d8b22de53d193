/* script.c - lists, pipelines and compound commands of a shell script, down to its simple commands. */

#include "image/script/script.h"

#include "base/reader.h"
#include "image/script/internal.h"

/* What is known while a list is read. */
struct list {
        int stop;
        unsigned cases;              /* open ones */
        struct str sign;             /* in front of the next command */
        size_t begin;                /* first command of the pipeline's element that is read */
        size_t fed_begin, fed_end;   /* the commands whose output the element reads */
        size_t groups[SCRIPT_DEPTH]; /* where open groups begin: { … }, if … fi, while … done, case … esac */
        size_t group_count;
};

bool script_fail(struct script_reader *reader, size_t at, const char *what)
{
        if (!reader->out->fault) {
                reader->out->fault = what;
                reader->out->fault_at = pieced_at(reader->script, reader->text.data + at);
        }
        return false;
}

bool script_too_large(struct script_reader *reader, size_t at, const char *what)
{
        reader->out->too_large |= !reader->out->fault;
        return script_fail(reader, at, what);
}

static bool begins(const struct script_reader *reader, struct str what)
{
        return str_starts(str_from(reader->text, reader->at), what);
}

/* --- blanks, line ends, here-documents --- */

/* A first line "#!/usr/bin/python3" names who reads the rest. */
static bool is_for_shell(struct str body)
{
        struct str line, word, program = {0};

        if (!str_starts(body, STR("#!")))
                return true;
        body = str_from(body, 2);
        str_split(&body, '\n', &line);
        while (str_split(&line, ' ', &word))
                if (word.len && word.data[0] != '-' && !str_is(program_base_name(word), "env")) {
                        program = program_base_name(str_trim(word));
                        break;
                }
        return script_is_posix_shell(program);
}

static bool use_body(struct script_reader *reader, const struct script_pending *pending, const struct pieced *body)
{
        const struct script_command *command =
                pending->command < reader->out->commands.count ? &reader->out->commands.items[pending->command] : NULL;

        if (!command || !script_reads_script(command) || !is_for_shell(body->text))
                return true;
        return script_read_within(reader, body, SIZE_MAX);
}

/* The body of a here-document that stands in the text, behind a line end; the reader goes behind its end. */
static bool take_body(struct script_reader *reader, const struct script_pending *pending)
{
        size_t begin = reader->at, end = reader->text.len, next = reader->text.len;
        VEC(struct piece) pieces = {0};
        struct pieced body;
        bool found = false;

        for (size_t at = begin; at < reader->text.len && !found; at = next) {
                struct str rest = str_from(reader->text, at), line;

                str_split(&rest, '\n', &line);
                next = at + line.len + (at + line.len < reader->text.len);
                while (pending->tabs && line.len && line.data[0] == '\t')
                        line = str_from(line, 1);
                end = at;
                found = str_equal(line, pending->end);
        }
        if (!found)
                return script_fail(reader, begin, "a here-document has no end");
        for (const char *at = reader->text.data + begin; at;) {
                *vec_push(reader->arena, &pieces) =
                        (struct piece){(uint32_t)(at - reader->text.data - begin), pieced_at(reader->script, at)};
                at = memchr(at, '\n', (size_t)(reader->text.data + end - at));
                at = at && at + 1 < reader->text.data + end ? at + 1 : NULL;
        }
        body = (struct pieced){str_sub(reader->text, begin, end), pieces.items, pieces.count};
        reader->at = next;
        return use_body(reader, pending, &body);
}

/* The bodies that a line end lets begin. */
static bool take_bodies(struct script_reader *reader)
{
        for (size_t i = 0; i < reader->pending.count; i++) {
                struct script_pending pending = reader->pending.items[i];

                TRY(take_body(reader, &pending));
        }
        reader->pending.count = 0;
        return true;
}

/* The same at the end of the text, where they follow it. */
static bool take_following_bodies(struct script_reader *reader)
{
        for (size_t i = 0; i < reader->pending.count; i++) {
                struct script_pending pending = reader->pending.items[i];

                if (reader->body_next == reader->body_count)
                        return script_fail(reader, reader->text.len, "a here-document has no body");
                TRY(use_body(reader, &pending, &reader->bodies[reader->body_next++].text));
        }
        reader->pending.count = 0;
        return true;
}

/* Blanks, comments, and lines that are continued. */
static void skip_blanks(struct script_reader *reader)
{
        for (;;) {
                int byte = script_peek(reader, 0);

                if (byte == '\\' && script_peek(reader, 1) == '\n')
                        reader->at += 2;
                else if (byte == ' ' || byte == '\t' || byte == '\r' || byte == '\v' || byte == '\f')
                        reader->at++;
                else if (byte == '#')
                        while (script_peek(reader, 0) >= 0 && script_peek(reader, 0) != '\n')
                                reader->at++;
                else
                        return;
        }
}

/* The same with line ends. */
static bool skip_lines(struct script_reader *reader)
{
        for (skip_blanks(reader); script_peek(reader, 0) == '\n'; skip_blanks(reader)) {
                reader->at++;
                TRY(take_bodies(reader));
        }
        return true;
}

/* --- redirections --- */

/* What is read of a command. */
struct simple {
        struct script_command command;
        size_t inner; /* commands in its words begin here */
        VEC(struct script_pending) documents;
};

static struct str take_sign(struct script_reader *reader)
{
        static const struct str signs[] = {STR_INIT("&>>"), STR_INIT("<<<"), STR_INIT("<<-"), STR_INIT("&>"),
                                           STR_INIT("<<"),  STR_INIT("<&"),  STR_INIT("<>"),  STR_INIT(">>"),
                                           STR_INIT(">&"),  STR_INIT(">|"),  STR_INIT("<"),   STR_INIT(">")};
        size_t begin = reader->at, digits = begin;

        while (digits < reader->text.len && reader->text.data[digits] >= '0' && reader->text.data[digits] <= '9')
                digits++;
        if (digits == reader->text.len || !strchr("<>&", reader->text.data[digits]))
                return (struct str){0};
        reader->at = digits;
        for (size_t i = 0; i < COUNT_OF(signs); i++) {
                if (!begins(reader, signs[i]) || (digits > begin && signs[i].data[0] == '&'))
                        continue;
                if (signs[i].len == 1 && script_peek(reader, 1) == '(')
                        break;
                reader->at += signs[i].len;
                return str_sub(reader->text, begin, reader->at);
        }
        reader->at = begin;
        return (struct str){0};
}

static bool read_redirect(struct script_reader *reader, struct simple *simple, bool *is_one)
{
        size_t begin = reader->at;
        struct script_redirect redirect = {.sign = take_sign(reader)};
        struct str bare = redirect.sign;

        *is_one = redirect.sign.len > 0;
        if (!*is_one)
                return true;
        skip_blanks(reader);
        TRY(script_read_word(reader, &redirect.target));
        if (!redirect.target.raw.len)
                return script_fail(reader, begin, "behind a redirection there is no word");
        *vec_push(reader->arena, &simple->command.redirects) = redirect;
        while (bare.len && bare.data[0] >= '0' && bare.data[0] <= '9')
                bare = str_from(bare, 1);
        if (str_is(bare, "<<") || str_is(bare, "<<-"))
                *vec_push(reader->arena, &simple->documents) =
                        (struct script_pending){redirect.target.text, bare.len == 3, SIZE_MAX};
        return true;
}

/* Here-documents begin behind the next line end, whoever reads them. */
static void add_pending(struct script_reader *reader, struct simple *simple, size_t command)
{
        for (size_t i = 0; i < simple->documents.count; i++) {
                simple->documents.items[i].command = command;
                *vec_push(reader->arena, &reader->pending) = simple->documents.items[i];
        }
        simple->documents.count = 0;
}

/* --- simple commands --- */

static bool is_assignment(struct str raw)
{
        size_t i = 0;

        while (i < raw.len && (is_letter(raw.data[i]) || raw.data[i] == '_' || (i && is_digit(raw.data[i]))))
                i++;
        if (i && i + 1 < raw.len && raw.data[i] == '+')
                i++;
        return i && i < raw.len && raw.data[i] == '=';
}

/* Programs whose output a command reads, or runs as a script. */
static void add_feeders(struct script_reader *reader, struct script_command *command, size_t begin, size_t end)
{
        for (size_t i = begin; i < end; i++) {
                const struct script_command *feeder = &reader->out->commands.items[i];

                for (size_t k = 0; k < feeder->fed.count && i == begin; k++)
                        *vec_push(reader->arena, &command->fed) = feeder->fed.items[k];
                *vec_push(reader->arena, &command->fed) = feeder->name;
                if (command->fed.count > SCRIPT_FED) {
                        size_t over = command->fed.count - SCRIPT_FED;

                        memmove(command->fed.items, command->fed.items + over,
                                SCRIPT_FED * sizeof(*command->fed.items));
                        command->fed.count = SCRIPT_FED;
                }
        }
}

static bool finish_simple(struct script_reader *reader, struct list *list, struct simple *simple, size_t begin)
{
        struct script_command *command = &simple->command;
        size_t index;

        if (!command->words.count && !command->assigns.count && !simple->documents.count)
                return true;
        command->at = pieced_at(reader->script, reader->text.data + begin);
        command->text = str_trim(str_sub(reader->text, begin, reader->at));
        command->after = list->sign;
        add_feeders(reader, command, list->fed_begin, list->fed_end);
        TRY(script_add_command(reader, command, simple->inner, reader->out->commands.count));
        /* Commands that this one runs stand behind it. */
        for (index = reader->out->commands.count; index-- > simple->inner;)
                if (reader->out->commands.items[index].at == command->at)
                        break;
        add_pending(reader, simple, index);
        list->fed_begin = list->fed_end = 0;
        return true;
}

/* --- compound commands --- */

static bool ends_word(int byte)
{
        return byte < 0 || !byte || strchr(" \t\r\n;&|<>()", byte);
}

/* Takes a reserved word that stands here as a word of its own. */
static bool take_reserved(struct script_reader *reader, struct str word)
{
        if (!begins(reader, word) || !ends_word(script_peek(reader, word.len)))
                return false;
        reader->at += word.len;
        return true;
}

static bool open_group(struct script_reader *reader, struct list *list)
{
        if (list->group_count == SCRIPT_DEPTH)
                return script_too_large(reader, reader->at, "commands are nested too deeply");
        list->groups[list->group_count++] = reader->out->commands.count;
        return true;
}

/* What the group wrote is what the commands in it wrote. */
static void close_group(struct list *list)
{
        if (list->group_count)
                list->begin = list->groups[--list->group_count];
}

/* for NAME in WORD…, and for ((…; …; …)). */
static bool read_loop(struct script_reader *reader)
{
        struct script_word word;

        skip_blanks(reader);
        if (begins(reader, STR("(("))) {
                reader->at += 2;
                TRY(script_skip_brackets(reader));
                reader->at += script_peek(reader, 0) == ')';
                return true;
        }
        for (; !ends_word(script_peek(reader, 0)); skip_blanks(reader))
                TRY(script_read_word(reader, &word));
        return true;
}

/* A pattern of `case` with its bracket; false in `*more` if `esac` stands there. */
static bool read_pattern(struct script_reader *reader, struct list *list)
{
        struct script_word word;
        size_t begin;

        TRY(skip_lines(reader));
        begin = reader->at;
        if (take_reserved(reader, STR("esac"))) {
                list->cases--;
                close_group(list);
                return true;
        }
        if (script_peek(reader, 0) == '(')
                reader->at++;
        for (;;) {
                int byte;

                skip_blanks(reader);
                byte = script_peek(reader, 0);
                if (byte == ')')
                        break;
                if (byte == '|')
                        reader->at++;
                else if (ends_word(byte))
                        return script_fail(reader, begin, "a pattern of `case` has no closing bracket )");
                else
                        TRY(script_read_word(reader, &word));
        }
        reader->at++;
        return true;
}

static bool read_case(struct script_reader *reader, struct list *list)
{
        size_t begin = reader->at;
        struct script_word word;

        skip_blanks(reader);
        TRY(script_read_word(reader, &word));
        TRY(skip_lines(reader));
        if (!take_reserved(reader, STR("in")))
                return script_fail(reader, begin, "a `case` has no `in`");
        list->cases++;
        return read_pattern(reader, list);
}

/* [[ … ]], in which operators are words. */
static bool read_condition(struct script_reader *reader)
{
        size_t begin = reader->at;
        struct script_word word;

        for (;;) {
                int byte;

                TRY(skip_lines(reader));
                byte = script_peek(reader, 0);
                if (byte < 0)
                        return script_fail(reader, begin, "the bracket [[ is not closed");
                if (take_reserved(reader, STR("]]")))
                        return true;
                if (ends_word(byte))
                        reader->at++;
                else
                        TRY(script_read_word(reader, &word));
        }
}

/* Reserved words in front of a command; `*is_one` if one was taken and what follows is to be read anew. */
static bool read_reserved(struct script_reader *reader, struct list *list, bool *is_one)
{
        static const struct str openers[] = {STR_INIT("if"), STR_INIT("while"), STR_INIT("until"), STR_INIT("{")};
        static const struct str closers[] = {STR_INIT("fi"), STR_INIT("done"), STR_INIT("}")};
        static const struct str others[] = {STR_INIT("then"), STR_INIT("else"), STR_INIT("elif"),
                                            STR_INIT("do"),   STR_INIT("!"),    STR_INIT("coproc")};

        *is_one = script_peek(reader, 0) > 0 && strchr("itewudf!{}cs[", script_peek(reader, 0));
        if (!*is_one)
                return true;
        for (size_t i = 0; i < COUNT_OF(others); i++)
                if (take_reserved(reader, others[i]))
                        return true;
        for (size_t i = 0; i < COUNT_OF(openers); i++)
                if (take_reserved(reader, openers[i]))
                        return open_group(reader, list);
        for (size_t i = 0; i < COUNT_OF(closers); i++)
                if (take_reserved(reader, closers[i])) {
                        close_group(list);
                        return true;
                }
        if (take_reserved(reader, STR("for")) || take_reserved(reader, STR("select")))
                return open_group(reader, list) && read_loop(reader);
        if (take_reserved(reader, STR("case")))
                return open_group(reader, list) && read_case(reader, list);
        if (list->cases && take_reserved(reader, STR("esac"))) {
                list->cases--;
                close_group(list);
                return true;
        }
        if (take_reserved(reader, STR("[[")))
                return read_condition(reader);
        if (take_reserved(reader, STR("function"))) {
                struct script_word name;

                skip_blanks(reader);
                return script_read_word(reader, &name);
        }
        *is_one = false;
        return true;
}

/* NAME() in front of the body of a function. */
static bool take_function(struct script_reader *reader, const struct simple *simple)
{
        size_t at = reader->at;

        if (simple->command.words.count != 1 || script_peek(reader, 0) != '(')
                return false;
        for (at++; at < reader->text.len && (reader->text.data[at] == ' ' || reader->text.data[at] == '\t');)
                at++;
        if (at >= reader->text.len || reader->text.data[at] != ')')
                return false;
        reader->at = at + 1;
        return true;
}

static bool read_simple(struct script_reader *reader, struct list *list)
{
        struct simple simple = {.inner = reader->out->commands.count};
        size_t begin = reader->at, end = begin;
        bool is_one;

        for (;;) {
                struct script_word word;

                skip_blanks(reader);
                if (script_words_of(&simple.command) >= SCRIPT_WORDS)
                        return script_too_large(reader, begin, SCRIPT_MANY_WORDS);
                TRY(read_redirect(reader, &simple, &is_one));
                if (is_one) {
                        end = reader->at;
                        continue;
                }
                if (ends_word(script_peek(reader, 0))
                    && !(script_peek(reader, 1) == '(' && strchr("<>", script_peek(reader, 0))
                         && script_peek(reader, 0)))
                        break;
                TRY(script_read_word(reader, &word));
                end = reader->at;
                if (!simple.command.words.count && is_assignment(word.raw))
                        *vec_push(reader->arena, &simple.command.assigns) = word;
                else
                        *vec_push(reader->arena, &simple.command.words) = word;
                if (take_function(reader, &simple))
                        return true;
        }
        if (end == begin && script_peek(reader, 0) == 0) {
                reader->at++;
                return true;
        }
        if (script_peek(reader, 0) == '(' && end > begin)
                return script_fail(reader, reader->at, "a bracket ( stands where none may");
        reader->at = end > begin ? end : reader->at;
        return finish_simple(reader, list, &simple, begin);
}

/* ( … ) and (( … )). */
static bool read_brackets(struct script_reader *reader, struct list *list)
{
        size_t begin = reader->out->commands.count;

        if (begins(reader, STR("(("))) {
                size_t at = reader->at;

                /* It may also be a subshell in a subshell: then a bracket follows that is not doubled. */
                reader->at += 2;
                TRY(script_skip_brackets(reader));
                if (script_peek(reader, 0) == ')') {
                        reader->at++;
                        return true;
                }
                reader->at = at;
        }
        reader->at++;
        TRY(script_read_list(reader, ')', list->fed_begin, list->fed_end));
        list->begin = min_size(begin, list->begin);
        list->fed_begin = list->fed_end = 0;
        return true;
}

/* --- lists --- */

static struct str take_operator(struct script_reader *reader)
{
        static const struct str operators[] = {STR_INIT("&&"), STR_INIT("||"), STR_INIT(";;&"), STR_INIT(";;"),
                                               STR_INIT(";&"), STR_INIT("|&"), STR_INIT(";"),   STR_INIT("&"),
                                               STR_INIT("|"),  STR_INIT("\n")};

        if (script_peek(reader, 0) <= 0 || !strchr("&|;\n", script_peek(reader, 0)) || begins(reader, STR("&>")))
                return (struct str){0};
        for (size_t i = 0; i < COUNT_OF(operators); i++)
                if (begins(reader, operators[i])) {
                        reader->at += operators[i].len;
                        return operators[i];
                }
        return (struct str){0};
}

static bool use_operator(struct script_reader *reader, struct list *list, struct str sign)
{
        bool is_pipe = str_is(sign, "|") || str_is(sign, "|&");

        list->fed_begin = is_pipe ? list->begin : 0;
        list->fed_end = is_pipe ? reader->out->commands.count : 0;
        list->begin = reader->out->commands.count;
        list->sign = is_pipe ? STR("|") : str_is(sign, "\n") ? STR(";") : sign;
        if (str_is(sign, "\n"))
                return take_bodies(reader);
        if (list->cases && (str_starts(sign, STR(";;")) || str_is(sign, ";&")))
                return read_pattern(reader, list);
        return true;
}

static bool read_next(struct script_reader *reader, struct list *list)
{
        struct str sign = take_operator(reader);
        size_t begin = reader->at;
        bool is_one;

        if (sign.data)
                return use_operator(reader, list, sign);
        if (script_peek(reader, 0) == '(')
                return read_brackets(reader, list);
        if (script_peek(reader, 0) == ')')
                return script_fail(reader, reader->at, "a bracket ) closes nothing");
        TRY(read_reserved(reader, list, &is_one));
        if (is_one)
                return true;
        TRY(read_simple(reader, list));
        return reader->at > begin || script_fail(reader, begin, "this cannot be read as a command");
}

bool script_read_list(struct script_reader *reader, int stop, size_t fed_begin, size_t fed_end)
{
        struct list list = {.stop = stop,
                            .sign = STR(""), .begin = reader->out->commands.count, .fed_begin = fed_begin,
                                        .fed_end = fed_end};
        size_t begin = reader->at;

        if (++reader->depth > SCRIPT_DEPTH)
                return script_too_large(reader, begin, "commands are nested too deeply");
        for (skip_blanks(reader); script_peek(reader, 0) != stop; skip_blanks(reader)) {
                if (script_peek(reader, 0) < 0)
                        return script_fail(reader, begin ? begin - 1 : 0, "the bracket ( is not closed");
                TRY(read_next(reader, &list));
        }
        reader->at += stop != SCRIPT_TO_END;
        reader->depth--;
        return stop != SCRIPT_TO_END || take_following_bodies(reader);
}

bool script_read_within(struct script_reader *reader, const struct pieced *script, size_t known_from)
{
        struct script_reader within = {
                .arena = reader->arena,
                .script = script,
                .text = script->text,
                .depth = reader->depth,
                .out = reader->out,
                .known_from = known_from == SIZE_MAX ? reader->known_from : known_from,
                .as_root = reader->as_root,
        };

        return script_read_list(&within, SCRIPT_TO_END, 0, 0);
}

void script_read(struct arena *arena, const struct pieced *script, const struct script_body *bodies, size_t body_count,
                 struct script *out)
{
        struct script_reader reader = {
                .arena = arena,
                .script = script,
                .text = script->text,
                .out = out,
                .bodies = bodies,
                .body_count = body_count,
                .known_from = SIZE_MAX,
        };

        script_read_list(&reader, SCRIPT_TO_END, 0, 0);
}
