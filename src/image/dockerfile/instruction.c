/* instruction.c - one instruction: which it is, its flags, its arguments, and what they say. */

#include "base/reader.h"
#include "doc/key.h"
#include "image/dockerfile/internal.h"

/* How the arguments of an instruction are written. */
enum form {
        FORM_WORDS,   /* words between blanks */
        FORM_LIST,    /* the same, or JSON */
        FORM_COMMAND, /* a script, or JSON */
        FORM_JSON,    /* JSON only */
        FORM_TEXT,    /* all of the line is one */
        FORM_PAIRS,   /* NAME=VALUE …, or NAME VALUE */
        FORM_NAMES,   /* NAME, or NAME=VALUE */
        FORM_HEALTH,  /* NONE, or CMD and a command */
        FORM_ONBUILD, /* another instruction */
};

struct kind {
        struct str name;
        enum form form;
        size_t least;
        bool expands;      /* variables in its arguments */
        const char *usage; /* what to write */
};

static const struct kind kinds[] = {
        {STR_INIT("ADD"), FORM_LIST, 2, true, "ADD SOURCE… DESTINATION"},
        {STR_INIT("ARG"), FORM_NAMES, 1, true, "ARG NAME[=DEFAULT]"},
        {STR_INIT("CMD"), FORM_COMMAND, 0, false, "CMD [\"PROGRAM\", \"ARGUMENT\"]"},
        {STR_INIT("COPY"), FORM_LIST, 2, true, "COPY SOURCE… DESTINATION"},
        {STR_INIT("ENTRYPOINT"), FORM_COMMAND, 0, false, "ENTRYPOINT [\"PROGRAM\", \"ARGUMENT\"]"},
        {STR_INIT("ENV"), FORM_PAIRS, 1, true, "ENV NAME=VALUE"},
        {STR_INIT("EXPOSE"), FORM_WORDS, 1, true, "EXPOSE PORT[/PROTOCOL]"},
        {STR_INIT("FROM"), FORM_WORDS, 1, false, "FROM IMAGE [AS NAME]"},
        {STR_INIT("HEALTHCHECK"), FORM_HEALTH, 1, false, "HEALTHCHECK CMD COMMAND, or HEALTHCHECK NONE"},
        {STR_INIT("LABEL"), FORM_PAIRS, 1, true, "LABEL NAME=VALUE"},
        {STR_INIT("MAINTAINER"), FORM_TEXT, 1, false, "LABEL org.opencontainers.image.authors=NAME"},
        {STR_INIT("ONBUILD"), FORM_ONBUILD, 1, false, "ONBUILD INSTRUCTION"},
        {STR_INIT("RUN"), FORM_COMMAND, 1, false, "RUN COMMAND"},
        {STR_INIT("SHELL"), FORM_JSON, 1, false, "SHELL [\"PROGRAM\", \"ARGUMENT\"]"},
        {STR_INIT("STOPSIGNAL"), FORM_TEXT, 1, true, "STOPSIGNAL SIGNAL"},
        {STR_INIT("USER"), FORM_TEXT, 1, true, "USER NAME[:GROUP]"},
        {STR_INIT("VOLUME"), FORM_LIST, 1, true, "VOLUME PATH"},
        {STR_INIT("WORKDIR"), FORM_TEXT, 1, true, "WORKDIR PATH"},
};

enum { USUAL_MEMBERS = 14 };

/* What is read of one instruction. */
struct instruction {
        struct dockerfile_file *file;
        const struct dockerfile_line *line;
        const struct kind *kind;
        uint32_t at;
        bool onbuild, json;
        struct dockerfile_words flags, words;
        struct str rest; /* behind the flags */
        struct dockerfile_members members;
        const struct dockerfile_scope *scope; /* of its variables */
};

static struct arena *arena_of(const struct instruction *instruction)
{
        return instruction->file->reader->arena;
}

static bool wrong(const struct instruction *instruction, uint32_t at, const char *what)
{
        return dockerfile_wrong(instruction->file->reader, DOCKERFILE_WRONG, at, "%.*s: %s: write %s",
                                STR_ARG(instruction->kind->name), what, instruction->kind->usage);
}

static void add(struct instruction *instruction, uint32_t key, uint32_t at, struct value value)
{
        dockerfile_add(arena_of(instruction), &instruction->members, key, at, value);
}

/* --- which one --- */

static const struct kind *find_kind(struct str name)
{
        for (size_t i = 0; i < COUNT_OF(kinds); i++)
                if (str_equal_nocase(kinds[i].name, name))
                        return &kinds[i];
        return NULL;
}

static bool tell_unknown(struct instruction *instruction, struct str name)
{
        struct dockerfile_reader *reader = instruction->file->reader;
        struct arena *arena = arena_of(instruction);
        char *upper = arena_take_text(arena, name.len);
        struct str names[COUNT_OF(kinds)], nearest;

        if (str_starts(name, STR("{{")) || str_starts(name, STR("{%")) || str_starts(name, STR("<%")))
                return dockerfile_wrong(reader, DOCKERFILE_TEMPLATE, instruction->at,
                                        "a template that was not rendered cannot be read: render it first");
        /* Lines one after the other are one mistake. */
        if (reader->is_lost)
                return false;
        reader->is_lost = true;
        for (size_t i = 0; i < name.len; i++)
                upper[i] = (char)(name.data[i] >= 'a' && name.data[i] <= 'z' ? name.data[i] - 32 : name.data[i]);
        for (size_t i = 0; i < COUNT_OF(kinds); i++)
                names[i] = kinds[i].name;
        nearest = name.len <= 40 ? str_nearest((struct str){upper, name.len}, names, COUNT_OF(names)) : (struct str){0};
        return dockerfile_wrong(reader, DOCKERFILE_WRONG, instruction->at, "there is no instruction %.*s%s%.*s%s",
                                (int)min_size(name.len, 60), name.data, nearest.len ? ": did you mean " : "",
                                STR_ARG(nearest),
                                nearest.len ? "?" : ": does a line before it lack its \\ at the end?");
}

/* --- flags --- */

static const struct node *member_named(const struct dockerfile_members *members, struct str name)
{
        uint32_t key = intern(name);

        for (size_t i = 0; i < members->nodes.count; i++)
                if (members->nodes.items[i].key == key)
                        return &members->nodes.items[i];
        return NULL;
}

/* "type=secret,id=token" as a map. */
static struct value mount_value(struct instruction *instruction, struct str text, uint32_t at)
{
        struct dockerfile_members map = {0};
        struct str part, name;

        while (str_split(&text, ',', &part) && map.nodes.count < 64) {
                str_split(&part, '=', &name);
                if (!member_named(&map, name))
                        dockerfile_add(arena_of(instruction), &map, intern(name), at,
                                       value_string(part.data ? part : STR("")));
        }
        if (!member_named(&map, STR("type")))
                dockerfile_add(arena_of(instruction), &map, KEY_type, at, value_string(STR("bind")));
        return dockerfile_map(arena_of(instruction), &map);
}

/* Flags by name. Those that may be given several times become lists: --mount as `mounts`, --exclude as `excludes`. */
static void add_flags(struct instruction *instruction)
{
        struct arena *arena = arena_of(instruction);
        struct dockerfile_members flags = {0}, mounts = {0}, excludes = {0};

        for (size_t i = 0; i < instruction->flags.items.count; i++) {
                const struct dockerfile_word *word = &instruction->flags.items.items[i];
                struct str text = dockerfile_expand(instruction->file->reader, instruction->scope, word->raw, word->at);
                struct str name, value = str_from(text, 2);

                str_split(&value, '=', &name);
                value = value.data ? value : STR("true");
                if (str_is(name, "mount"))
                        dockerfile_push(arena, &mounts, word->at, mount_value(instruction, value, word->at));
                else if (str_is(name, "exclude"))
                        dockerfile_push(arena, &excludes, word->at, value_string(value));
                else if (!member_named(&flags, name))
                        dockerfile_add(arena, &flags, intern(name), word->at, value_string(value));
        }
        add(instruction, KEY_flags, instruction->at, dockerfile_map(arena, &flags));
        if (mounts.nodes.count)
                add(instruction, KEY_mounts, mounts.nodes.items[0].at, dockerfile_list(&mounts));
        if (excludes.nodes.count)
                add(instruction, KEY_excludes, excludes.nodes.items[0].at, dockerfile_list(&excludes));
}

static struct str flag_of(const struct instruction *instruction, const char *wanted, uint32_t *at)
{
        for (size_t i = 0; i < instruction->flags.items.count; i++) {
                const struct dockerfile_word *word = &instruction->flags.items.items[i];
                struct str value = str_from(word->raw, 2), name;

                str_split(&value, '=', &name);
                if (!str_equal(name, str_of(wanted)))
                        continue;
                *at = word->at;
                return value.data ? dockerfile_expand(instruction->file->reader, instruction->scope, value, word->at)
                                  : STR("");
        }
        return STR("");
}

/* --- arguments --- */

static void expand_words(struct instruction *instruction)
{
        for (size_t i = 0; i < instruction->words.items.count; i++) {
                struct dockerfile_word *word = &instruction->words.items.items[i];

                word->text = dockerfile_expand(instruction->file->reader, instruction->scope,
                                               instruction->json ? word->text : word->raw, word->at);
        }
}

static bool read_json(struct instruction *instruction)
{
        switch (dockerfile_read_json(instruction->file->reader, &instruction->line->text, instruction->rest,
                                     &instruction->words)) {
        case JSON_LIST:
                instruction->json = true;
                return true;
        case JSON_NOT_STRINGS:
                return wrong(instruction, pieced_at(&instruction->line->text, instruction->rest.data),
                             "a list in JSON may hold strings only");
        case JSON_NONE:
                return true;
        }
        return true;
}

static bool add_whole(struct instruction *instruction)
{
        struct str text = instruction->rest;

        if (text.len)
                *vec_push(arena_of(instruction), &instruction->words.items) = (struct dockerfile_word){
                        .raw = text, .text = text, .at = pieced_at(&instruction->line->text, text.data)};
        return true;
}

/* The legacy form: NAME and all that follows. */
static bool read_name_and_text(struct instruction *instruction)
{
        struct dockerfile_word *first = &instruction->words.items.items[0];
        struct str text = instruction->rest;

        dockerfile_take_word(&text);
        text = str_trim(text);
        if (!text.len)
                return wrong(instruction, first->at, "there is no value");
        instruction->words.items.count = 1;
        *vec_push(arena_of(instruction), &instruction->words.items) = (struct dockerfile_word){
                .raw = text, .text = text, .at = pieced_at(&instruction->line->text, text.data)};
        return true;
}

static bool read_words(struct instruction *instruction)
{
        struct dockerfile_reader *reader = instruction->file->reader;
        const struct pieced *text = &instruction->line->text;

        switch (instruction->kind->form) {
        case FORM_LIST:
                TRY(read_json(instruction));
                return instruction->json || dockerfile_split(reader, text, instruction->rest, &instruction->words);
        case FORM_WORDS:
                return dockerfile_split(reader, text, instruction->rest, &instruction->words);
        case FORM_COMMAND:
                TRY(read_json(instruction));
                return instruction->json || add_whole(instruction);
        case FORM_JSON:
                TRY(read_json(instruction));
                return instruction->json || wrong(instruction, instruction->at, "its arguments must be a list in JSON");
        case FORM_TEXT:
                return add_whole(instruction);
        case FORM_PAIRS:
        case FORM_NAMES:
                return dockerfile_split_quoted(reader, text, instruction->rest, &instruction->words);
        case FORM_HEALTH:
        case FORM_ONBUILD:
                return true;
        }
        return true;
}

static void add_args(struct instruction *instruction)
{
        const struct dockerfile_words *words = &instruction->words;
        uint32_t at = words->items.count ? words->items.items[0].at : instruction->at;

        add(instruction, KEY_args, at, dockerfile_texts(arena_of(instruction), words, 0, words->items.count));
}

static void add_heredocs(struct instruction *instruction)
{
        struct dockerfile_members list = {0};

        for (size_t i = 0; i < instruction->line->heredocs.count; i++) {
                const struct dockerfile_heredoc *heredoc = &instruction->line->heredocs.items[i];
                struct dockerfile_members map = {0};
                uint32_t at = pieced_at(&heredoc->body, heredoc->body.text.data);

                dockerfile_add(arena_of(instruction), &map, KEY_name, heredoc->at, value_string(heredoc->name));
                dockerfile_add(arena_of(instruction), &map, KEY_body, at, value_string(heredoc->body.text));
                dockerfile_add(arena_of(instruction), &map, KEY_expand, heredoc->at, value_bool(heredoc->expand));
                dockerfile_push(arena_of(instruction), &list, heredoc->at, dockerfile_map(arena_of(instruction), &map));
        }
        if (list.nodes.count)
                add(instruction, KEY_heredocs, list.nodes.items[0].at, dockerfile_list(&list));
}

/* --- commands --- */

/* A part of a text with the pieces that it has. */
static struct pieced part_of(struct arena *arena, const struct pieced *whole, struct str part)
{
        uint32_t begin = (uint32_t)(part.data - whole->text.data);
        struct piece *pieces = arena_array(arena, struct piece, whole->count + 1);
        size_t count = 1;

        pieces[0] = (struct piece){0, pieced_at(whole, part.data)};
        for (size_t i = 0; i < whole->count; i++)
                if (whole->pieces[i].begin > begin && whole->pieces[i].begin <= begin + part.len)
                        pieces[count++] = (struct piece){whole->pieces[i].begin - begin, whole->pieces[i].at};
        return (struct pieced){part, pieces, count};
}

/* The shell that runs scripts of the stage, as a list. */
static struct node script_of(struct instruction *instruction)
{
        static const struct str posix[] = {STR_INIT("/bin/sh"), STR_INIT("-c")};
        static const struct str windows[] = {STR_INIT("cmd"), STR_INIT("/S"), STR_INIT("/C")};
        const struct dockerfile_stage *stage = dockerfile_stage_of(instruction->file);
        struct dockerfile_members list = {0};

        if (stage->shell.value.kind == VALUE_LIST)
                return stage->shell;
        for (size_t i = 0; i < (stage->is_windows ? COUNT_OF(windows) : COUNT_OF(posix)); i++)
                dockerfile_push(arena_of(instruction), &list, instruction->at,
                                value_string(stage->is_windows ? windows[i] : posix[i]));
        return (struct node){0, instruction->at, dockerfile_list(&list)};
}

static bool is_posix(const struct node *shell)
{
        const struct node *program = value_item(&shell->value, 0);

        return program && program->value.kind == VALUE_STRING
               && script_is_posix_shell(program_base_name(value_text(&program->value)));
}

static void read_exec(struct instruction *instruction, struct script *script)
{
        struct arena *arena = arena_of(instruction);
        size_t count = instruction->words.items.count;
        struct script_word *words = arena_array(arena, struct script_word, count ? count : 1);

        for (size_t i = 0; i < count; i++) {
                const struct dockerfile_word *word = &instruction->words.items.items[i];
                struct piece *piece = arena_new(arena, struct piece);

                *piece = (struct piece){0, word->at};
                words[i] = (struct script_word){
                        .text = word->text,
                        .raw = word->raw,
                        .at = word->at,
                        .pieces = word->pieces ? word->pieces : piece,
                        .piece_count = word->pieces ? word->piece_count : 1,
                };
        }
        script_read_words(arena, words, count, instruction->rest, script);
}

static void read_script(struct instruction *instruction, struct str text, struct script *script)
{
        struct arena *arena = arena_of(instruction);
        size_t count = instruction->line->heredocs.count;
        struct script_body *bodies = arena_array(arena, struct script_body, count ? count : 1);
        struct pieced *part = arena_new(arena, struct pieced);

        for (size_t i = 0; i < count; i++)
                bodies[i].text = instruction->line->heredocs.items[i].body;
        *part = part_of(arena, &instruction->line->text, text);
        script_read(arena, part, bodies, count, script);
}

/* What an instruction runs. Scripts of shells that are not POSIX are not read, and `unread` says so. */
static void add_commands(struct instruction *instruction, struct str text)
{
        struct dockerfile_file *file = instruction->file;
        struct dockerfile_members list = {0};
        struct script script = {0};
        struct node shell = script_of(instruction);
        size_t number = file->instructions.nodes.count;

        add(instruction, KEY_shell, shell.at, shell.value);
        if (instruction->json)
                read_exec(instruction, &script);
        else if (is_posix(&shell))
                read_script(instruction, text, &script);
        else
                add(instruction, KEY_unread, instruction->at, value_string(STR("its shell is none that Strake reads")));
        if (script.fault)
                add(instruction, KEY_unread, script.fault_at, value_string(str_of(script.fault)));
        dockerfile_commands(arena_of(instruction), &script, (int)file->stages.count - 1, number, instruction->onbuild,
                            &list);
        add(instruction, KEY_commands, instruction->at, dockerfile_list(&list));
        for (size_t i = 0; i < list.nodes.count && str_is(instruction->kind->name, "RUN"); i++) {
                if (file->commands.nodes.count >= DOCKERFILE_COMMANDS) {
                        if (!file->reader->is_full)
                                dockerfile_wrong(
                                        file->reader, DOCKERFILE_TOO_LARGE, instruction->at,
                                        "the file runs more than %d commands: those from here on are not judged",
                                        DOCKERFILE_COMMANDS);
                        file->reader->is_full = true;
                        return;
                }
                *vec_push(arena_of(instruction), &file->commands.nodes) = list.nodes.items[i];
        }
}

/* --- what single instructions say --- */

static struct dockerfile_scope *open_scope(struct instruction *instruction)
{
        struct dockerfile_stage *stage = dockerfile_stage_of(instruction->file);

        return stage ? &stage->scope : &instruction->file->globals;
}

/* A default in the stage, or one from before the first FROM. */
static void declare(struct instruction *instruction, struct str name, const struct str *value)
{
        struct dockerfile_file *file = instruction->file;

        if (instruction->onbuild)
                return;
        if (!value && file->stages.count)
                value = map_get(&file->globals.values, name);
        if (value || str_is(instruction->kind->name, "ARG"))
                dockerfile_set(file->reader, open_scope(instruction), name, value);
}

/* Variables of the whole file also stand in a list of their own. */
static void add_variable(struct instruction *instruction, uint32_t at, struct dockerfile_members *pair)
{
        struct arena *arena = arena_of(instruction);
        struct dockerfile_file *file = instruction->file;
        struct dockerfile_members map = {0};

        if (str_is(instruction->kind->name, "LABEL"))
                return;
        for (size_t i = 0; i < pair->nodes.count; i++)
                *vec_push(arena, &map.nodes) = pair->nodes.items[i];
        dockerfile_add(arena, &map, KEY_by, at, value_string(instruction->kind->name));
        dockerfile_add(arena, &map, KEY_stage, at, value_int((int64_t)file->stages.count - 1));
        dockerfile_add(arena, &map, KEY_onbuild, at, value_bool(instruction->onbuild));
        dockerfile_push(arena, &file->variables, at, dockerfile_map(arena, &map));
}

/* `pairs`: [{name, value}]; an ARG without a default has no value. */
static bool add_pairs(struct instruction *instruction)
{
        struct arena *arena = arena_of(instruction);
        struct dockerfile_words *words = &instruction->words;
        struct dockerfile_members list = {0};
        bool legacy = instruction->kind->form == FORM_PAIRS
                      && !memchr(words->items.items[0].raw.data, '=', words->items.items[0].raw.len);
        struct dockerfile_scope set = {0};

        if (legacy)
                TRY(read_name_and_text(instruction));
        for (size_t i = 0; i < words->items.count; i += legacy ? 2 : 1) {
                struct dockerfile_word *word = &words->items.items[i];
                struct dockerfile_members pair = {0};
                struct str value = word->raw, name;
                uint32_t value_at = word->at;

                str_split(&value, '=', &name);
                if (legacy) {
                        value = words->items.items[i + 1].raw;
                        value_at = words->items.items[i + 1].at;
                } else if (value.data) {
                        value_at = pieced_at(&instruction->line->text, value.data);
                } else if (instruction->kind->form == FORM_PAIRS) {
                        return wrong(instruction, word->at, "a word has no =");
                }
                name = dockerfile_expand(instruction->file->reader, instruction->scope, name, word->at);
                if (!name.len)
                        return wrong(instruction, word->at, "a name is missing in front of =");
                dockerfile_add(arena, &pair, KEY_name, word->at, value_string(name));
                if (value.data) {
                        struct str *known = arena_new(arena, struct str);

                        *known = dockerfile_expand(instruction->file->reader, instruction->scope, value, value_at);
                        dockerfile_add(arena, &pair, KEY_value, value_at, value_string(*known));
                        dockerfile_set(instruction->file->reader, &set, name, known);
                } else {
                        dockerfile_set(instruction->file->reader, &set, name, NULL);
                }
                add_variable(instruction, word->at, &pair);
                dockerfile_push(arena, &list, word->at, dockerfile_map(arena, &pair));
        }
        /* Variables of one instruction do not see each other. */
        for (size_t i = 0; i < set.values.count && !str_is(instruction->kind->name, "LABEL"); i++)
                declare(instruction, set.values.entries[i].key, set.values.entries[i].value);
        add(instruction, KEY_pairs, words->items.items[0].at, dockerfile_list(&list));
        add(instruction, KEY_legacy, instruction->at, value_bool(legacy));
        return true;
}

static bool take_port(struct reader *reader, int64_t *port)
{
        uint64_t number;

        TRY(reader_take_number(reader, 1000000000, &number));
        *port = (int64_t)number;
        return true;
}

/* [ADDRESS:][PORT:]PORT[-PORT][/PROTOCOL] */
static bool add_port(struct instruction *instruction, const struct dockerfile_word *word,
                     struct dockerfile_members *list)
{
        struct arena *arena = arena_of(instruction);
        const char *colon = word->text.len ? memrchr(word->text.data, ':', word->text.len) : NULL;
        struct reader reader = reader_over(colon ? str_span(colon + 1, word->text.data + word->text.len) : word->text);
        struct dockerfile_members port = {0};
        struct str protocol = STR("tcp");
        int64_t first, last;

        if (str_find(word->text, STR("${"), 0) != SIZE_MAX)
                return true;
        if (!take_port(&reader, &first))
                return wrong(instruction, word->at, "this is no port");
        last = first;
        if (reader_take(&reader, '-') && !take_port(&reader, &last))
                return wrong(instruction, word->at, "this is no range of ports");
        if (reader_take(&reader, '/')) {
                protocol = str_from(reader.text, reader.at);
                reader.at = reader.text.len;
        }
        if (!reader_done(&reader))
                return wrong(instruction, word->at, "this is no port");
        dockerfile_add(arena, &port, KEY_first, word->at, value_int(first));
        dockerfile_add(arena, &port, KEY_last, word->at, value_int(last));
        dockerfile_add(arena, &port, KEY_protocol, word->at, value_string(protocol));
        dockerfile_push(arena, list, word->at, dockerfile_map(arena, &port));
        return true;
}

static bool add_ports(struct instruction *instruction)
{
        struct dockerfile_members list = {0};

        for (size_t i = 0; i < instruction->words.items.count; i++)
                TRY(add_port(instruction, &instruction->words.items.items[i], &list));
        add(instruction, KEY_ports, instruction->at, dockerfile_list(&list));
        return true;
}

static void add_paths(struct instruction *instruction)
{
        const struct dockerfile_words *words = &instruction->words;
        size_t count = words->items.count;
        const struct dockerfile_word *last = &words->items.items[count - 1];
        uint32_t at = instruction->at;
        struct str from = flag_of(instruction, "from", &at);

        add(instruction, KEY_sources, words->items.items[0].at,
            dockerfile_texts(arena_of(instruction), words, 0, count - 1));
        add(instruction, KEY_destination, last->at, value_string(last->text));
        if (!from.len)
                return;
        add(instruction, KEY_from, at, value_string(from));
        add(instruction, KEY_fromStage, at,
            value_int(dockerfile_find_stage(instruction->file, from, instruction->file->stages.count)));
}

static void use_user(struct instruction *instruction)
{
        struct dockerfile_stage *stage = dockerfile_stage_of(instruction->file);
        const struct dockerfile_word *word = &instruction->words.items.items[0];

        if (!instruction->onbuild)
                stage->user = (struct node){0, word->at, value_string(word->text)};
}

static void use_shell(struct instruction *instruction)
{
        struct dockerfile_stage *stage = dockerfile_stage_of(instruction->file);
        const struct dockerfile_words *words = &instruction->words;

        if (!instruction->onbuild)
                stage->shell = (struct node){0, instruction->at,
                                             dockerfile_texts(arena_of(instruction), words, 0, words->items.count)};
}

/* HEALTHCHECK [NONE | CMD command] */
static bool read_health(struct instruction *instruction)
{
        struct str rest = instruction->rest, type = dockerfile_take_word(&rest);
        uint32_t at = pieced_at(&instruction->line->text, type.data);

        rest = str_trim(rest);
        add(instruction, KEY_check, at, value_string(type));
        if (str_equal_nocase(type, STR("NONE")))
                return !rest.len || wrong(instruction, at, "behind NONE stands nothing");
        if (!str_equal_nocase(type, STR("CMD")))
                return wrong(instruction, at, "a check is CMD or NONE");
        if (!rest.len)
                return wrong(instruction, at, "behind CMD a command is missing");
        instruction->rest = rest;
        TRY(read_json(instruction));
        if (!instruction->json)
                add_whole(instruction);
        add_args(instruction);
        add_commands(instruction, rest);
        return true;
}

/* What an instruction says beside its arguments. */
static bool add_meaning(struct instruction *instruction)
{
        struct str name = instruction->kind->name;

        switch (instruction->kind->form) {
        case FORM_PAIRS:
        case FORM_NAMES:
                TRY(add_pairs(instruction));
                break;
        case FORM_COMMAND:
                add_args(instruction);
                add_commands(instruction, instruction->rest);
                return true;
        case FORM_HEALTH:
                return read_health(instruction);
        default:
                break;
        }
        if (instruction->kind->expands && instruction->kind->form != FORM_PAIRS
            && instruction->kind->form != FORM_NAMES)
                expand_words(instruction);
        add_args(instruction);
        if (str_is(name, "EXPOSE"))
                return add_ports(instruction);
        if (str_is(name, "COPY") || str_is(name, "ADD"))
                add_paths(instruction);
        else if (str_is(name, "USER"))
                use_user(instruction);
        else if (str_is(name, "SHELL"))
                use_shell(instruction);
        return true;
}

static bool check_place(struct instruction *instruction)
{
        struct str name = instruction->kind->name;

        if (instruction->file->stages.count || str_is(name, "FROM") || str_is(name, "ARG"))
                return true;
        return dockerfile_wrong(instruction->file->reader, DOCKERFILE_WRONG, instruction->at,
                                "%.*s stands before the first FROM, where only ARG may: move it behind FROM",
                                STR_ARG(name));
}

static bool begin_stage(struct instruction *instruction)
{
        uint32_t at = instruction->at;
        struct str platform;

        instruction->scope = &instruction->file->globals;
        platform = flag_of(instruction, "platform", &at);
        return dockerfile_begin_stage(instruction->file, instruction->line, &instruction->words, platform, at);
}

/* Finishes the map and adds it to the file. */
static void finish(struct instruction *instruction)
{
        struct dockerfile_file *file = instruction->file;
        struct arena *arena = arena_of(instruction);
        struct dockerfile_stage *stage = dockerfile_stage_of(file);

        dockerfile_push(arena, &file->instructions, instruction->at, dockerfile_map(arena, &instruction->members));
        if (stage)
                stage->end = file->instructions.nodes.count;
        file->reader->out->instruction_count++;
}

static void add_header(struct instruction *instruction, size_t stage_count)
{
        const struct dockerfile_file *file = instruction->file;
        size_t first = stage_count ? file->stages.items[stage_count - 1].first : 0;

        dockerfile_reserve(arena_of(instruction), &instruction->members, USUAL_MEMBERS);
        add(instruction, KEY_name, instruction->at, value_string(instruction->kind->name));
        add(instruction, KEY_text, instruction->at, value_string(str_trim(instruction->line->text.text)));
        add(instruction, KEY_line, instruction->at, value_int(instruction->line->number));
        add(instruction, KEY_stage, instruction->at, value_int((int64_t)stage_count - 1));
        add(instruction, KEY_index, instruction->at,
            value_int((int64_t)(file->instructions.nodes.count - min_size(first, file->instructions.nodes.count))));
        add(instruction, KEY_onbuild, instruction->at, value_bool(instruction->onbuild));
        add(instruction, KEY_emptyLine, instruction->at, value_bool(instruction->line->has_empty));
}

static bool read_instruction(struct instruction *instruction, struct str rest)
{
        struct dockerfile_file *file = instruction->file;
        struct str keyword = dockerfile_take_word(&rest);

        instruction->at = pieced_at(&instruction->line->text, keyword.data);
        instruction->kind = find_kind(keyword);
        if (!instruction->kind)
                return tell_unknown(instruction, keyword);
        file->reader->is_lost = false;
        TRY(check_place(instruction));
        instruction->scope = open_scope(instruction);
        TRY(dockerfile_take_flags(file->reader, &instruction->line->text, &rest, &instruction->flags));
        TRY(dockerfile_check_flags(file->reader, instruction->kind->name, &instruction->flags));
        instruction->rest = str_trim(rest);
        if (instruction->kind->form == FORM_ONBUILD) {
                if (instruction->onbuild)
                        return wrong(instruction, instruction->at, "ONBUILD may not stand behind ONBUILD");
                if (!instruction->rest.len)
                        return wrong(instruction, instruction->at, "an instruction is missing");
                instruction->onbuild = true;
                return read_instruction(instruction, instruction->rest);
        }
        if (instruction->onbuild
            && (str_is(instruction->kind->name, "FROM") || str_is(instruction->kind->name, "MAINTAINER")))
                return wrong(instruction, instruction->at, "it may not stand behind ONBUILD");
        TRY(read_words(instruction));
        if (instruction->words.items.count < instruction->kind->least && instruction->kind->form != FORM_HEALTH)
                return wrong(instruction, instruction->at, "an argument is missing");
        if (str_is(instruction->kind->name, "FROM"))
                TRY(begin_stage(instruction));
        add_header(instruction, file->stages.count);
        add_flags(instruction);
        add_heredocs(instruction);
        TRY(add_meaning(instruction));
        add(instruction, KEY_json, instruction->at, value_bool(instruction->json));
        finish(instruction);
        return true;
}

bool dockerfile_add_instruction(struct dockerfile_file *file, const struct dockerfile_line *line)
{
        struct instruction instruction = {.file = file, .line = line};

        return read_instruction(&instruction, line->text.text);
}
