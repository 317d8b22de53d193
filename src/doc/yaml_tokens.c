/* yaml_tokens.c - libfyaml's scanner.
 *
 * Its scanner only: building events of the tokens takes as long as following the grammar ourselves does, and asking a token for
 * its text takes longer than looking at the places where it begins and ends. */

#include "doc/yaml_tokens.h"

#include <libfyaml.h>

#include "doc/yaml_text.h"
#include "doc/yaml_words.h"

static bool is_one_of(const char *letters, char letter)
{
        return letter && strchr(letters, letter);
}

static void say_nothing(struct fy_diag *diag, void *user, const char *text, size_t len)
{
        (void)diag;
        (void)user;
        (void)text;
        (void)len;
}

static enum yaml_token kind_of(struct fy_token *token)
{
        static const unsigned char kinds[] = {
                [FYTT_STREAM_END] = YAML_END,
                [FYTT_VERSION_DIRECTIVE] = YAML_DIRECTIVE,
                [FYTT_TAG_DIRECTIVE] = YAML_DIRECTIVE,
                [FYTT_DOCUMENT_START] = YAML_DOCUMENT_START,
                [FYTT_DOCUMENT_END] = YAML_DOCUMENT_END,
                [FYTT_BLOCK_SEQUENCE_START] = YAML_BLOCK_LIST_START,
                [FYTT_BLOCK_MAPPING_START] = YAML_BLOCK_MAP_START,
                [FYTT_BLOCK_END] = YAML_BLOCK_END,
                [FYTT_BLOCK_ENTRY] = YAML_BLOCK_ENTRY,
                [FYTT_FLOW_SEQUENCE_START] = YAML_FLOW_LIST_START,
                [FYTT_FLOW_SEQUENCE_END] = YAML_FLOW_LIST_END,
                [FYTT_FLOW_MAPPING_START] = YAML_FLOW_MAP_START,
                [FYTT_FLOW_MAPPING_END] = YAML_FLOW_MAP_END,
                [FYTT_FLOW_ENTRY] = YAML_FLOW_ENTRY,
                [FYTT_KEY] = YAML_KEY,
                [FYTT_VALUE] = YAML_VALUE,
                [FYTT_ALIAS] = YAML_ALIAS,
                [FYTT_ANCHOR] = YAML_ANCHOR,
                [FYTT_TAG] = YAML_TAG,
                [FYTT_SCALAR] = YAML_SCALAR,
        };
        enum fy_token_type type = fy_token_get_type(token);

        return type < COUNT_OF(kinds) ? kinds[type] : YAML_FAILED;
}

static size_t begin_of(const struct yaml_tokens *tokens, struct fy_token *token)
{
        const struct fy_mark *mark = token ? fy_token_start_mark(token) : NULL;

        return mark ? min_size(tokens->from + mark->input_pos, tokens->text.len) : tokens->text.len;
}

static size_t end_of(const struct yaml_tokens *tokens, struct fy_token *token)
{
        const struct fy_mark *mark = token ? fy_token_end_mark(token) : NULL;

        return mark ? min_size(tokens->from + mark->input_pos, tokens->text.len) : tokens->from;
}

/* The next line, from `at` on, that begins with `%` and does not declare a version or a tag. */
static size_t find_percent(struct str text, size_t at)
{
        const char *found;

        for (; at < text.len && (found = memchr(text.data + at, '%', text.len - at)); at++) {
                at = (size_t)(found - text.data);
                if (yaml_begins_line(text, at)
                    && !str_starts(str_from(text, at), STR("%YAML")) && !str_starts(str_from(text, at), STR("%TAG")))
                        return at;
        }
        return SIZE_MAX;
}

/* The library passes over whole lines that begin with `%`, wherever they stand but in a scalar. Nobody should. */
static void mind_percent(struct yaml_tokens *tokens)
{
        if (tokens->kind == YAML_KEY || tokens->kind == YAML_FAILED)
                return; /* a key's token stands at its end */
        while (tokens->percent < end_of(tokens, tokens->token) && tokens->percent >= begin_of(tokens, tokens->token))
                tokens->percent = find_percent(tokens->text, tokens->percent + 1);
        if (tokens->percent < begin_of(tokens, tokens->token))
                tokens->kind = YAML_FAILED;
}

/* The next tab among the blanks between a colon and something that begins a block. */
static size_t find_tab(struct str text, size_t at)
{
        const char *found;

        for (; at < text.len && (found = memchr(text.data + at, '\t', text.len - at)); at++) {
                size_t begin = (size_t)(found - text.data), tab = begin;

                while (begin > 0 && text.data[begin - 1] == ' ')
                        begin--;
                for (at = tab; at < text.len && (text.data[at] == ' ' || text.data[at] == '\t');)
                        at++;
                if (begin > 0 && text.data[begin - 1] == ':' && at < text.len && is_one_of("?:|>-", text.data[at]))
                        return tab;
        }
        return SIZE_MAX;
}

/* What was found for an earlier place is right up to there, so that looking again and again takes linear time. */
static size_t first_of(struct yaml_found *known, size_t (*find)(struct str text, size_t at), struct str text,
                       size_t from)
{
        if (from < known->from || from > known->at || text.len != known->text_len)
                *known = (struct yaml_found){from, find(text, from), text.len};
        return known->at;
}

/* Behind a `?` the library frees a key twice when it finds such a tab. It may be in the text of a block, where it does no harm;
 * but nobody writes both in one file. */
static void mind_tab(struct yaml_tokens *tokens)
{
        size_t at = begin_of(tokens, tokens->token);

        if (at < tokens->text.len && tokens->text.data[at] == '?')
                tokens->tab = first_of(&tokens->tabs, find_tab, tokens->text, at);
        if (tokens->tab != SIZE_MAX)
                tokens->kind = YAML_FAILED;
}

static void take(struct yaml_tokens *tokens)
{
        tokens->token = fy_scan(tokens->parser);
        tokens->kind = tokens->token ? kind_of(tokens->token) : YAML_FAILED;
        /* The library takes what it cannot read for the end. */
        if (UNLIKELY(tokens->kind == YAML_END && begin_of(tokens, tokens->token) < tokens->text.len))
                tokens->kind = YAML_FAILED;
        if (UNLIKELY(tokens->percent < tokens->text.len))
                mind_percent(tokens);
        if (tokens->kind == YAML_KEY)
                mind_tab(tokens);
}

void yaml_tokens_open(struct yaml_tokens *tokens, struct str text, size_t from)
{
        static const struct fy_diag_cfg silent = {.output_fn = say_nothing, .level = FYET_ERROR, .module_mask = ~0U};
        struct fy_parse_cfg settings = {
                .flags = FYPCF_QUIET | FYPCF_DEFAULT_VERSION_1_1 | FYPCF_SLOPPY_FLOW_INDENTATION | FYPCF_JSON_NONE,
        };

        *tokens = (struct yaml_tokens){
                .text = text, .from = from, .tab = SIZE_MAX, .percents = tokens->percents, .tabs = tokens->tabs};
        tokens->percent = first_of(&tokens->percents, find_percent, text, from);
        settings.diag = fy_diag_create(&silent);
        if (!settings.diag)
                return;
        fy_diag_set_collect_errors(settings.diag, true);
        tokens->words = settings.diag;
        tokens->parser = fy_parser_create(&settings);
        if (!tokens->parser || fy_parser_set_string(tokens->parser, text.data + from, text.len - from))
                return;
        take(tokens);
        if (tokens->token && fy_token_get_type(tokens->token) == FYTT_STREAM_START)
                yaml_tokens_next(tokens);
}

void yaml_tokens_close(struct yaml_tokens *tokens)
{
        if (tokens->before)
                fy_scan_token_free(tokens->parser, tokens->before);
        if (tokens->token)
                fy_scan_token_free(tokens->parser, tokens->token);
        tokens->before = tokens->token = NULL;
        if (tokens->words)
                fy_diag_set_collect_errors(tokens->words, false); /* they hold tokens */
        if (tokens->parser)
                fy_parser_destroy(tokens->parser);
        fy_diag_destroy(tokens->words);
        tokens->parser = tokens->words = NULL;
}

void yaml_tokens_next(struct yaml_tokens *tokens)
{
        if (UNLIKELY(!tokens->token))
                return;
        if (tokens->before)
                fy_scan_token_free(tokens->parser, tokens->before);
        tokens->before = tokens->token;
        take(tokens);
}

uint32_t yaml_tokens_at(const struct yaml_tokens *tokens)
{
        return (uint32_t)begin_of(tokens, tokens->token);
}

uint32_t yaml_tokens_end_before(const struct yaml_tokens *tokens)
{
        return (uint32_t)end_of(tokens, tokens->before);
}

/* The | or > of a block, of which the library knows only the lines below it. */
static size_t block_begin(const struct yaml_tokens *tokens, size_t content)
{
        const char *text = tokens->text.data;
        size_t at = end_of(tokens, tokens->before);

        while (at < content) {
                if (text[at] == '|' || text[at] == '>')
                        return at;
                if (text[at] == '#') {
                        while (at < content && !yaml_break(tokens->text, at))
                                at++;
                } else {
                        at++;
                }
        }
        return content;
}

static bool stands_as_it_is(struct str slice, enum fy_scalar_style style)
{
        switch (style) {
        case FYSS_PLAIN:
                return true;
        case FYSS_SINGLE_QUOTED:
                return !memchr(slice.data, '\'', slice.len);
        case FYSS_DOUBLE_QUOTED:
                return !memchr(slice.data, '\\', slice.len);
        default:
                return false;
        }
}

static struct str copy_of(struct fy_token *token, struct arena *arena)
{
        size_t len = 0;
        const char *text = fy_token_get_text(token, &len);

        return text && len ? str_copy(arena, (struct str){text, len}) : STR("");
}

void yaml_tokens_scalar(struct yaml_tokens *tokens, struct arena *arena, struct yaml_scalar *out)
{
        const struct fy_mark *begin = fy_token_start_mark(tokens->token), *end = fy_token_end_mark(tokens->token);
        size_t first = min_size(tokens->from + begin->input_pos, tokens->text.len);
        size_t last = min_size(tokens->from + end->input_pos, tokens->text.len);
        enum fy_scalar_style style = fy_token_scalar_style(tokens->token);
        struct str slice = str_sub(tokens->text, first, last);
        bool has_quotes = style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED;

        *out = (struct yaml_scalar){.at = (uint32_t)first, .end = (uint32_t)last, .is_plain = style == FYSS_PLAIN};
        if (has_quotes) {
                out->at -= first > 0;
                out->end += last < tokens->text.len;
        } else if (!out->is_plain) {
                out->at = (uint32_t)block_begin(tokens, first);
                out->is_block = true;
                return;
        }
        if (LIKELY(begin->line == end->line && stands_as_it_is(slice, style)))
                out->text = slice;
        else if (out->is_plain)
                out->text = yaml_plain_text(arena, slice);
        else
                out->text = style == FYSS_SINGLE_QUOTED ? yaml_single_quoted_text(arena, slice)
                                                        : yaml_double_quoted_text(arena, slice);
}

struct str yaml_tokens_name(struct yaml_tokens *tokens, struct arena *arena)
{
        return copy_of(tokens->token, arena);
}

static size_t behind_space(struct str text, size_t at)
{
        while (at < text.len && is_one_of(" \t\r\n", text.data[at]))
                at++;
        return at;
}

struct yaml_problem yaml_tokens_problem(const struct yaml_tokens *tokens)
{
        void *iterator = NULL;
        struct fy_diag_error *error = tokens->words ? fy_diag_errors_iterate(tokens->words, &iterator) : NULL;
        struct fy_token *token = error ? error->fyt : NULL;
        size_t at;

        if (tokens->tab != SIZE_MAX)
                return yaml_words(tokens->text, tokens->tab, tokens->tab, "tab");
        if (!tokens->parser)
                return (struct yaml_problem){(uint32_t)tokens->from, "there is no memory left to read this"};
        if (token)
                return yaml_words(tokens->text, begin_of(tokens, token), end_of(tokens, token), error->msg);
        if (tokens->percent < tokens->text.len && tokens->token && tokens->percent < begin_of(tokens, tokens->token))
                return yaml_words(tokens->text, tokens->percent, tokens->percent, "");
        at = tokens->token ? begin_of(tokens, tokens->token)
                           : behind_space(tokens->text, end_of(tokens, tokens->before));
        return yaml_words(tokens->text, at, at, error ? error->msg : "");
}
