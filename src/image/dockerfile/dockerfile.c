/* dockerfile.c - a whole Dockerfile: its instructions one after the other, and the object that they make. */

#include "image/dockerfile/dockerfile.h"

#include <stdlib.h>

#include "base/reader.h"
#include "doc/key.h"
#include "image/dockerfile/internal.h"

static const char except_key[] = "strake.dev/except.";

/* --- comments that except from rules --- */

static void skip_blanks(struct reader *reader)
{
        while (reader_peek(reader, 0) == ' ' || reader_peek(reader, 0) == '\t')
                reader->at++;
}

static bool is_id_byte(int byte)
{
        return is_letter(byte) || is_digit(byte);
}

/* hadolint [global] ignore=ID,ID */
static bool read_hadolint(struct dockerfile_reader *reader, const struct dockerfile_comment *comment, uint32_t begin,
                          uint32_t end, bool global)
{
        struct reader cursor = reader_over(comment->text);

        TRY(reader_take_str(&cursor, STR("hadolint")));
        skip_blanks(&cursor);
        if (global != reader_take_str(&cursor, STR("global")))
                return false;
        skip_blanks(&cursor);
        TRY(reader_take_str(&cursor, STR("ignore")));
        skip_blanks(&cursor);
        TRY(reader_take(&cursor, '='));
        for (;;) {
                struct str id;
                size_t at;

                skip_blanks(&cursor);
                at = cursor.at;
                id = reader_take_while(&cursor, is_id_byte);
                if (!id.len)
                        return true;
                *vec_push(reader->arena, &reader->out->pragmas) =
                        (struct dockerfile_pragma){comment->at + (uint32_t)at, begin, end, id, STR(""), true};
                skip_blanks(&cursor);
                if (!reader_take(&cursor, ','))
                        return true;
        }
}

/* strake.dev/except.RULE: reason */
static bool read_exception(struct dockerfile_reader *reader, const struct dockerfile_comment *comment, uint32_t begin,
                           uint32_t end)
{
        struct str key, reason = comment->text;

        TRY(str_starts(comment->text, STR(except_key)));
        str_split(&reason, ':', &key);
        *vec_push(reader->arena, &reader->out->pragmas) = (struct dockerfile_pragma){
                comment->at, begin, end, str_trim(key), reason.data ? str_trim(reason) : STR(""), false};
        return true;
}

static void read_pragmas(struct dockerfile_reader *reader, uint32_t begin, uint32_t end)
{
        for (size_t i = 0; i < reader->comments.count; i++) {
                const struct dockerfile_comment *comment = &reader->comments.items[i];

                if (!read_hadolint(reader, comment, begin, end, false))
                        read_exception(reader, comment, begin, end);
        }
}

/* Those for the whole file may stand anywhere, also where no instruction follows. */
static void read_global_pragmas(struct dockerfile_reader *reader)
{
        struct str rest = reader->text, line;

        while (str_split(&rest, '\n', &line)) {
                struct dockerfile_comment comment;

                line = str_trim(line);
                if (!str_starts(line, STR("#")))
                        continue;
                comment.text = str_trim(str_from(line, 1));
                comment.at = (uint32_t)(comment.text.data - reader->text.data);
                read_hadolint(reader, &comment, 0, (uint32_t)reader->text.len, true);
        }
}

/* --- the object --- */

static struct value stage_value(struct dockerfile_file *file, size_t number)
{
        struct arena *arena = file->reader->arena;
        const struct dockerfile_stage *stage = &file->stages.items[number];
        struct dockerfile_members map = {0};

        dockerfile_add(arena, &map, KEY_name, stage->name.len ? stage->name_at : stage->at, value_string(stage->name));
        dockerfile_add(arena, &map, KEY_text, stage->at, value_string(stage->text));
        dockerfile_add(arena, &map, KEY_from, stage->from_at, value_string(stage->from));
        dockerfile_add(arena, &map, KEY_base, stage->from_at, value_string(stage->base));
        dockerfile_add(arena, &map, KEY_tag, stage->from_at, value_string(stage->tag));
        dockerfile_add(arena, &map, KEY_digest, stage->from_at, value_string(stage->digest));
        dockerfile_add(arena, &map, KEY_registry, stage->from_at, value_string(stage->registry));
        dockerfile_add(arena, &map, KEY_repository, stage->from_at, value_string(stage->repository));
        if (stage->platform.len)
                dockerfile_add(arena, &map, KEY_platform, stage->platform_at, value_string(stage->platform));
        dockerfile_add(arena, &map, KEY_stage, stage->from_at, value_int(stage->stage));
        dockerfile_add(arena, &map, KEY_scratch, stage->from_at,
                       value_bool(str_is(stage->base, "scratch") && stage->stage < 0));
        dockerfile_add(arena, &map, KEY_last, stage->at, value_bool(number + 1 == file->stages.count));
        dockerfile_add(arena, &map, KEY_shipped, stage->at, value_bool(stage->is_shipped));
        dockerfile_add(arena, &map, KEY_windows, stage->from_at, value_bool(stage->is_windows));
        dockerfile_add(arena, &map, KEY_index, stage->at, value_int((int64_t)number));
        if (stage->user.value.kind == VALUE_STRING)
                dockerfile_add(arena, &map, KEY_user, stage->user.at, stage->user.value);
        dockerfile_add(arena, &map, KEY_instructions, stage->at,
                       value_list(file->instructions.nodes.items + stage->first, stage->end - stage->first));
        return dockerfile_map(arena, &map);
}

/* The stage of which an instruction copies everything, "COPY --from=build / /"; -1 if it does not. */
static int64_t copied_whole(const struct value *instruction)
{
        const struct value *stage = value_get(instruction, KEY_fromStage);

        value_each (value_get(instruction, KEY_sources), source)
                if (value_is_text(&source->value, "/") || value_is_text(&source->value, "/.")
                    || value_is_text(&source->value, "/*"))
                        return value_is(stage, VALUE_INT) ? stage->i : -1;
        return -1;
}

/* The last stage, what it begins from, and what it copies whole; and what those do. Each names stages above it. */
static void mark_shipped(struct dockerfile_file *file)
{
        struct dockerfile_stage *stages = file->stages.items;

        if (file->stages.count)
                stages[file->stages.count - 1].is_shipped = true;
        for (size_t i = file->stages.count; i-- > 0;) {
                if (stages[i].is_shipped && stages[i].stage >= 0)
                        stages[stages[i].stage].is_shipped = true;
                for (size_t j = stages[i].first; stages[i].is_shipped && j < stages[i].end; j++) {
                        int64_t from = copied_whole(&file->instructions.nodes.items[j].value);

                        if (from >= 0 && from < (int64_t)i)
                                stages[from].is_shipped = true;
                }
        }
}

static struct value stages_value(struct dockerfile_file *file)
{
        struct dockerfile_members list = {0};

        mark_shipped(file);
        for (size_t i = 0; i < file->stages.count; i++)
                dockerfile_push(file->reader->arena, &list, file->stages.items[i].at, stage_value(file, i));
        return dockerfile_list(&list);
}

static struct value directives_value(const struct dockerfile_reader *reader)
{
        struct dockerfile_members map = {0};
        char *escape = arena_take_text(reader->arena, 1);

        escape[0] = reader->escape;
        if (reader->syntax_at)
                dockerfile_add(reader->arena, &map, KEY_syntax, reader->syntax_at, value_string(reader->syntax));
        if (reader->check_at)
                dockerfile_add(reader->arena, &map, KEY_check, reader->check_at, value_string(reader->check));
        dockerfile_add(reader->arena, &map, KEY_escape, reader->escape_at, value_string((struct str){escape, 1}));
        return dockerfile_map(reader->arena, &map);
}

/* Comments that except from rules, for scan/mark.h. */
static struct value exceptions_value(const struct dockerfile_reader *reader)
{
        struct dockerfile_members list = {0};
        struct arena *arena = reader->arena;

        for (size_t i = 0; i < reader->out->pragmas.count; i++) {
                const struct dockerfile_pragma *pragma = &reader->out->pragmas.items[i];
                struct dockerfile_members map = {0};

                dockerfile_add(arena, &map, pragma->is_hadolint ? KEY_hadolint : KEY_key, pragma->at,
                               value_string(pragma->key));
                dockerfile_add(arena, &map, KEY_reason, pragma->at, value_string(pragma->reason));
                dockerfile_add(arena, &map, KEY_begin, pragma->at, value_int(pragma->begin));
                dockerfile_add(arena, &map, KEY_end, pragma->at, value_int(pragma->end));
                dockerfile_push(arena, &list, pragma->at, dockerfile_map(arena, &map));
        }
        return dockerfile_list(&list);
}

static void make_object(struct dockerfile_file *file, struct str name, struct dockerfile *out)
{
        struct arena *arena = file->reader->arena;
        struct dockerfile_members metadata = {0}, map = {0};
        uint32_t at = file->stages.count ? file->stages.items[0].at : 0;

        dockerfile_add(arena, &metadata, KEY_name, at, value_string(name));
        dockerfile_add(arena, &map, KEY_apiVersion, at, value_string(STR("image.strake.dev/v1")));
        dockerfile_add(arena, &map, KEY_kind, at, value_string(STR("Dockerfile")));
        dockerfile_add(arena, &map, KEY_metadata, at, dockerfile_map(arena, &metadata));
        dockerfile_add(arena, &map, KEY_directives, 0, directives_value(file->reader));
        dockerfile_add(arena, &map, KEY_stages, at, stages_value(file));
        dockerfile_add(arena, &map, KEY_instructions, at, dockerfile_list(&file->instructions));
        dockerfile_add(arena, &map, KEY_commands, at, dockerfile_list(&file->commands));
        dockerfile_add(arena, &map, KEY_variables, at, dockerfile_list(&file->variables));
        if (out->pragmas.count)
                dockerfile_add(arena, &map, KEY_exceptions, out->pragmas.items[0].at, exceptions_value(file->reader));
        out->root = (struct node){0, at, dockerfile_map(arena, &map)};
}

/* Whether somebody should have filled the text in first: then nothing else that is wrong counts, and nothing is judged. */
static bool is_template(struct dockerfile *file)
{
        for (size_t i = 0; i < file->problems.count; i++)
                if (file->problems.items[i].kind == DOCKERFILE_TEMPLATE) {
                        file->problems.items[0] = file->problems.items[i];
                        file->problems.count = 1;
                        return true;
                }
        return false;
}

static int by_place(const void *a, const void *b)
{
        const struct dockerfile_problem *one = a, *other = b;

        return (one->at > other->at) - (one->at < other->at);
}

void dockerfile_read(struct arena *arena, struct str name, struct str text, struct dockerfile *out)
{
        struct dockerfile_reader reader = {.arena = arena, .text = text, .out = out, .escape = '\\'};
        struct dockerfile_file file = {.reader = &reader};
        struct dockerfile_line line;

        *out = (struct dockerfile){0};
        if (text.len > DOCKERFILE_BYTES) {
                dockerfile_wrong(&reader, DOCKERFILE_TOO_LARGE, 0, "a Dockerfile of more than 16 MiB is not read");
                reader.text = text = STR("");
        }
        reader.at = (uint32_t)utf8_mark(text);
        while (dockerfile_next(&reader, &line)) {
                if (out->instruction_count >= DOCKERFILE_INSTRUCTIONS) {
                        dockerfile_wrong(&reader, DOCKERFILE_TOO_LARGE, line.begin,
                                         "the file has more than %d instructions: the rest is not read",
                                         DOCKERFILE_INSTRUCTIONS);
                        break;
                }
                read_pragmas(&reader, line.begin, line.end);
                dockerfile_add_instruction(&file, &line);
        }
        read_global_pragmas(&reader);
        if (!file.stages.count && !out->problems.count)
                dockerfile_wrong(&reader, DOCKERFILE_WRONG, 0,
                                 "there is no FROM in this file: a Dockerfile begins with FROM IMAGE");
        if (is_template(out))
                file = (struct dockerfile_file){.reader = &reader};
        make_object(&file, name, out);
        if (out->problems.count)
                qsort(out->problems.items, out->problems.count, sizeof(*out->problems.items), by_place);
}

/* --- names of files --- */

/* What begins like a Dockerfile and ends like something else: Dockerfile.md, Dockerfile.j2, dockerfile.go. */
static bool ends_like_other(struct str end)
{
        static const char *const others[] = {
                "md",           "txt",  "j2",     "template", "in",    "tmpl", "tpl",  "erb",  "jinja", "jinja2",
                "go",           "py",   "c",      "h",        "rs",    "js",   "ts",   "json", "yaml",  "yml",
                "orig",         "rej",  "bak",    "swp",      "patch", "diff", "html", "rb",   "java",  "lock",
                "dockerignore", "want", "golden", "ex",       "exs",   "eex",  "tt"};

        for (size_t i = 0; i < COUNT_OF(others); i++)
                if (str_equal_nocase(end, str_of(others[i])))
                        return true;
        return false;
}

bool dockerfile_is_name(struct str path)
{
        static const char *const names[] = {"Dockerfile", "Containerfile"};
        const char *slash = path.len ? memrchr(path.data, '/', path.len) : NULL;
        struct str name = slash ? str_span(slash + 1, path.data + path.len) : path;
        const char *dot = name.len ? memrchr(name.data, '.', name.len) : NULL;
        struct str end = dot ? str_span(dot + 1, name.data + name.len) : (struct str){0};

        for (size_t i = 0; i < COUNT_OF(names); i++) {
                size_t len = strlen(names[i]);

                if (str_equal_nocase(name, str_of(names[i])) || str_equal_nocase(end, str_of(names[i])))
                        return true;
                if (name.len > len + 1 && str_equal_nocase(str_sub(name, 0, len), str_of(names[i]))
                    && strchr(".-_", name.data[len]))
                        return !ends_like_other(end);
        }
        return false;
}
