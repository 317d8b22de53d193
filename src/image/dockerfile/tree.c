/* tree.c - what was read of a Dockerfile as values. */

#include "doc/key.h"
#include "image/dockerfile/internal.h"

enum { MOST_OPTIONS = 256, COMMAND_MEMBERS = 16 };

void dockerfile_add(struct arena *arena, struct dockerfile_members *members, uint32_t key, uint32_t at,
                    struct value value)
{
        *vec_push(arena, &members->nodes) = (struct node){key, at, value};
}

void dockerfile_reserve(struct arena *arena, struct dockerfile_members *members, size_t count)
{
        members->nodes.items = arena_take(arena, checked_mul(count, sizeof(*members->nodes.items)));
        members->nodes.capacity = count;
}

void dockerfile_push(struct arena *arena, struct dockerfile_members *members, uint32_t at, struct value value)
{
        *vec_push(arena, &members->nodes) = (struct node){0, at, value};
}

struct value dockerfile_map(struct arena *arena, const struct dockerfile_members *members)
{
        return value_map(arena, members->nodes.items, members->nodes.count);
}

struct value dockerfile_list(const struct dockerfile_members *members)
{
        return value_list(members->nodes.items, members->nodes.count);
}

struct value dockerfile_texts(struct arena *arena, const struct dockerfile_words *words, size_t begin, size_t end)
{
        struct dockerfile_members list = {0};

        for (size_t i = begin; i < end; i++)
                dockerfile_push(arena, &list, words->items.items[i].at, value_string(words->items.items[i].text));
        return dockerfile_list(&list);
}

/* --- commands --- */

static struct value words_value(struct arena *arena, const struct script_word *words, size_t count)
{
        struct dockerfile_members list = {0};

        dockerfile_reserve(arena, &list, count);
        for (size_t i = 0; i < count; i++)
                dockerfile_push(arena, &list, words[i].at, value_string(words[i].text));
        return dockerfile_list(&list);
}

static struct value texts_value(struct arena *arena, const struct str *texts, size_t count, uint32_t at)
{
        struct dockerfile_members list = {0};

        for (size_t i = 0; i < count; i++)
                dockerfile_push(arena, &list, at, value_string(texts[i]));
        return dockerfile_list(&list);
}

/* By name; what is said twice counts as it is said last. */
static struct value options_value(struct arena *arena, const struct script_command *command)
{
        struct dockerfile_members map = {0};

        for (size_t i = 0; i < command->options.count && map.nodes.count < MOST_OPTIONS; i++) {
                uint32_t key = intern(command->options.items[i].name);
                struct value value = value_string(command->options.items[i].value);
                size_t known = 0;

                while (known < map.nodes.count && map.nodes.items[known].key != key)
                        known++;
                if (known < map.nodes.count)
                        map.nodes.items[known].value = value;
                else
                        *vec_push(arena, &map.nodes) = (struct node){key, command->at, value};
        }
        return dockerfile_map(arena, &map);
}

static struct value assigns_value(struct arena *arena, const struct script_command *command)
{
        struct dockerfile_members list = {0};

        for (size_t i = 0; i < command->assigns.count; i++) {
                const struct script_word *word = &command->assigns.items[i];
                struct str rest = word->text, name;
                struct dockerfile_members pair = {0};

                str_split(&rest, '=', &name);
                dockerfile_add(arena, &pair, KEY_name, word->at, value_string(name));
                dockerfile_add(arena, &pair, KEY_value, word->at, value_string(rest.data ? rest : STR("")));
                dockerfile_push(arena, &list, word->at, dockerfile_map(arena, &pair));
        }
        return dockerfile_list(&list);
}

static struct value redirects_value(struct arena *arena, const struct script_command *command)
{
        struct dockerfile_members list = {0};

        for (size_t i = 0; i < command->redirects.count; i++) {
                const struct script_redirect *redirect = &command->redirects.items[i];
                struct dockerfile_members map = {0};

                dockerfile_add(arena, &map, KEY_sign, redirect->target.at, value_string(redirect->sign));
                dockerfile_add(arena, &map, KEY_target, redirect->target.at, value_string(redirect->target.text));
                dockerfile_push(arena, &list, redirect->target.at, dockerfile_map(arena, &map));
        }
        return dockerfile_list(&list);
}

_Static_assert((int)COMMAND_MEMBERS <= (int)VALUE_SCAN_LIMIT, "a map of more members has an index behind it");

void dockerfile_commands(struct arena *arena, const struct script *script, int stage, size_t instruction, bool onbuild,
                         struct dockerfile_members *out)
{
        size_t index = 0;

        for (size_t i = 0; i < script->commands.count; i++) {
                const struct script_command *command = &script->commands.items[i];
                struct dockerfile_members map = {0};
                uint32_t at = command->at;

                if (!command->words.count && !command->assigns.count)
                        continue; /* `RUN <<EOF`: what counts is in the here-document */
                dockerfile_reserve(arena, &map, COMMAND_MEMBERS);
                dockerfile_add(arena, &map, KEY_name, at, value_string(command->name));
                dockerfile_add(arena, &map, KEY_text, at, value_string(command->text));
                dockerfile_add(arena, &map, KEY_words, at,
                               words_value(arena, command->words.items, command->words.count));
                dockerfile_add(arena, &map, KEY_verb, at, value_string(command->verb.data ? command->verb : STR("")));
                dockerfile_add(arena, &map, KEY_options, at, options_value(arena, command));
                dockerfile_add(arena, &map, KEY_operands, at,
                               words_value(arena, command->operands.items, command->operands.count));
                dockerfile_add(arena, &map, KEY_after, at, value_string(command->after));
                dockerfile_add(arena, &map, KEY_fed, at,
                               texts_value(arena, command->fed.items, command->fed.count, at));
                dockerfile_add(arena, &map, KEY_env, at, assigns_value(arena, command));
                dockerfile_add(arena, &map, KEY_redirects, at, redirects_value(arena, command));
                dockerfile_add(arena, &map, KEY_wrapped, at, value_bool(command->wrapped));
                dockerfile_add(arena, &map, KEY_root, at, value_bool(command->as_root));
                dockerfile_add(arena, &map, KEY_stage, at, value_int(stage));
                dockerfile_add(arena, &map, KEY_instruction, at, value_int((int64_t)instruction));
                dockerfile_add(arena, &map, KEY_index, at, value_int((int64_t)index++));
                dockerfile_add(arena, &map, KEY_onbuild, at, value_bool(onbuild));
                dockerfile_push(arena, out, at, dockerfile_map(arena, &map));
        }
}
