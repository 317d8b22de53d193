/* yaml.c - a stream of YAML documents: which there are, and how to go on behind one that is broken. */

#include "doc/yaml_internal.h"
#include "doc/yaml_text.h"

enum {
        BLOCK = 1024,
        BYTE_ORDER_MARK = 0xFEFF,
        MOST_OPEN =
                8192, /* lists and maps that one line may open: each takes the scanner a kilobyte before we hear of it */
};

/* Whether `---` or `...` alone, or before a blank, stands at an offset. */
static bool is_marker(struct str text, size_t at, const char *marker)
{
        return text.len - at >= 3 && memcmp(text.data + at, marker, 3) == 0
               && (text.len - at == 3 || text.data[at + 3] == ' ' || text.data[at + 3] == '\t'
                   || yaml_break(text, at + 3));
}

/* Where the next `---` line begins. Nothing that may stand in a document has three dashes at the begin of a line. */
static size_t next_marker(struct str text, size_t at)
{
        while ((at = str_find(text, STR("---"), at)) != SIZE_MAX) {
                if (yaml_begins_line(text, at) && is_marker(text, at, "---"))
                        return at;
                while (at < text.len && text.data[at] == '-')
                        at++;
        }
        return text.len;
}

/* Behind the line of a `---` if nothing stands on it but a comment. */
static size_t behind_marker(struct str text, size_t at)
{
        size_t end = at;

        while (end < text.len && (text.data[end] == ' ' || text.data[end] == '\t'))
                end++;
        if (end < text.len && text.data[end] == '#') {
                while (end < text.len && !yaml_break(text, end))
                        end++;
        }
        if (end == text.len)
                return end;
        return yaml_break(text, end) ? end + yaml_break(text, end) : at;
}

static void begin_document(struct yaml_reader *reader, size_t begin)
{
        reading_document(&reader->base, begin);
        reader->from_aliases = 0;
        reader->block_at = UINT32_MAX;
        reader->deepest = 0;
        if (reader->anchors.count) {
                arena_reset(&reader->scratch);
                memset(&reader->anchors, 0, sizeof(reader->anchors));
        }
}

static bool is_version(const struct yaml_reader *reader)
{
        struct str text = reader->base.text;

        return str_starts(str_from(text, yaml_line_begin(text, reader->directive)), STR("%YAML"));
}

/* Past directives and ends of documents, to a `---` or to the content of a document without one. */
static bool find_document(struct yaml_reader *reader, bool *is_marked)
{
        struct yaml_tokens *tokens = &reader->tokens;
        unsigned versions = 0;

        reader->directive = SIZE_MAX;
        while (tokens->kind == YAML_DOCUMENT_END || tokens->kind == YAML_DIRECTIVE) {
                if (tokens->kind == YAML_DIRECTIVE) {
                        reader->directive = yaml_tokens_at(tokens);
                        if (is_version(reader) && versions++) {
                                tokens->kind = YAML_FAILED;
                                break;
                        }
                }
                yaml_tokens_next(tokens);
        }
        *is_marked = tokens->kind == YAML_DOCUMENT_START;
        if (tokens->kind != YAML_FAILED)
                reader->directive = SIZE_MAX;
        if (!*is_marked)
                return tokens->kind != YAML_END && tokens->kind != YAML_FAILED;
        yaml_tokens_next(tokens);
        reader->base.begin = (uint32_t)behind_marker(reader->base.text, yaml_tokens_end_before(tokens));
        return true;
}

static bool ends_document(enum yaml_token kind)
{
        return kind == YAML_DOCUMENT_START || kind == YAML_DOCUMENT_END || kind == YAML_DIRECTIVE || kind == YAML_END;
}

static bool fail(struct yaml_reader *reader, const char *message)
{
        struct yaml_problem problem = {yaml_tokens_at(&reader->tokens), message};

        if (reader->tokens.kind == YAML_FAILED)
                problem = yaml_tokens_problem(&reader->tokens);
        if (reader->directive != SIZE_MAX)
                problem = (struct yaml_problem){(uint32_t)reader->directive,
                                                is_version(reader)
                                                        ? "a document has one `%YAML 1.1`, and no other version: "
                                                          "remove the line"
                                                        : "this directive is not known: remove the line"};
        return yaml_problem(reader, problem.at, "%s", problem.message);
}

/* One document. False when its text cannot be understood. */
static bool read_document(struct yaml_reader *reader)
{
        struct document document = {.index = reader->base.index};
        struct node root;

        TRY(yaml_read_root(reader, &root));
        if (!ends_document(reader->tokens.kind))
                return fail(
                        reader,
                        reader->tokens.kind == YAML_VALUE
                                ? "a map cannot begin on the line of its `---`: begin a new one"
                                : "the document is over before this: check the indentation, or write `---` in between");
        document.root = root.value;
        document.at = root.at;
        document.begin = reader->base.begin;
        document.end = yaml_tokens_at(&reader->tokens);
        if (!reader->base.problems)
                *vec_push(reader->base.arena, &reader->base.out->documents) = document;
        return true;
}

/* What stands before a document can only be a directive. */
static bool fail_before_document(struct yaml_reader *reader)
{
        const struct document_stream *out = reader->base.out;
        uint32_t at;

        fail(reader, NULL);
        at = out->problems.items[out->problems.count - 1].at;
        if (at < reader->base.text.len && reader->base.text.data[at] == '%')
                reader->directive = at;
        return false;
}

/* Documents from `from` to the end of the text, to the first that is broken, or to the next `---`, from which on others may be
 * read by the fast reader. True when there is more to read, at `from`. */
static bool read_from(struct yaml_reader *reader, size_t *from)
{
        bool is_marked, is_understood = true, is_at_marker = false;

        yaml_tokens_open(&reader->tokens, reader->base.text, *from);
        begin_document(reader, *from);
        while (is_understood && !is_at_marker && find_document(reader, &is_marked)) {
                if (is_marked && ends_document(reader->tokens.kind))
                        continue; /* empty */
                is_understood = read_document(reader);
                reader->base.index += is_understood;
                if (is_understood)
                        begin_document(reader, yaml_tokens_at(&reader->tokens));
                is_at_marker = is_understood && reader->tokens.kind == YAML_DOCUMENT_START;
        }
        if (is_at_marker)
                *from = yaml_tokens_at(&reader->tokens);
        else if (is_understood && reader->tokens.kind == YAML_FAILED)
                is_understood = fail_before_document(reader);
        yaml_tokens_close(&reader->tokens);
        if (is_understood)
                return is_at_marker;
        reader->base.index++;
        *from = next_marker(reader->base.text, reader->base.begin);
        if (reader->directive != SIZE_MAX && *from < reader->base.text.len)
                *from = next_marker(reader->base.text, *from + 3); /* the document of a bad directive is lost with it */
        return *from < reader->base.text.len;
}

/* The text that is at hand: what the fast reader does not know, the other reads. */
static void read_part(struct yaml_reader *reader, size_t *from)
{
        do {
                if (!reader->is_alone) {
                        fast_begin(&reader->fast, &reader->base, *from);
                        fast_read(&reader->fast, from);
                }
        } while (*from < reader->base.text.len && read_from(reader, from));
}

/* Whether any byte is beyond ASCII, or a control character. Compilers make a few vector instructions of this. */
static bool has_rare(const unsigned char bytes[BLOCK])
{
        unsigned char any = 0;

        for (size_t i = 0; i < BLOCK; i++)
                any |= ((bytes[i] < ' ') & (bytes[i] != '\n') & (bytes[i] != '\r') & (bytes[i] != '\t'))
                       | (bytes[i] >= 0x7F);
        return any;
}

/* What YAML calls printable (1.1, 5.1). */
static bool is_printable(uint32_t code_point)
{
        if (code_point < ' ')
                return code_point == '\n' || code_point == '\r' || code_point == '\t';
        if (code_point < 0xA0)
                return code_point < 0x7F || code_point == 0x85;
        return code_point != 0xFFFE && code_point != 0xFFFF;
}

/* The first place from `at` on where no character stands that YAML allows. */
static size_t find_unprintable(struct str text, size_t at)
{
        size_t end = at;

        while (at < text.len) {
                uint32_t code_point;
                size_t bytes;

                if (at >= end && text.len - at >= BLOCK && !has_rare((const unsigned char *)text.data + at)) {
                        at += BLOCK;
                        continue;
                }
                if (at >= end)
                        end = at + BLOCK;
                bytes = utf8_take(str_from(text, at), &code_point);
                if (!bytes || !is_printable(code_point)
                    || (code_point == BYTE_ORDER_MARK && yaml_begins_line(text, at)))
                        return at;
                at += bytes;
        }
        return text.len;
}

/* Where the first line begins, at or behind `at`, that is longer than the scanner should have to look ahead. */
static size_t find_long_line(struct str text, size_t at, size_t most)
{
        while (text.len - at > most) {
                size_t end = at + most + 1;

                while (end > at && text.data[end - 1] != '\n' && text.data[end - 1] != '\r')
                        end--;
                if (end == at)
                        return at;
                at = end;
        }
        return text.len;
}

/* How many lists and maps in braces the line at `at` leaves open at most, as far as brackets tell. */
static size_t open_on_line(struct str text, size_t at)
{
        size_t open = 0, most = 0;

        for (; at < text.len && text.data[at] != '\n' && text.data[at] != '\r'; at++) {
                if (text.data[at] == '[' || text.data[at] == '{')
                        most = ++open > most ? open : most;
                else if (text.data[at] == ']' || text.data[at] == '}')
                        open -= open > 0;
        }
        return most;
}

/* Where the first line begins, at or behind `at`, that is longer or deeper than the scanner should have to look ahead. */
static size_t find_heavy_line(struct str text, size_t at, size_t most)
{
        size_t too_long = find_long_line(text, at, most);

        while ((at = find_long_line(text, at, MOST_OPEN)) < too_long) {
                if (open_on_line(text, at) > MOST_OPEN)
                        return at;
                while (at < text.len && text.data[at] != '\n' && text.data[at] != '\r')
                        at++;
                at += at < text.len;
        }
        return too_long;
}

/* The last `---` line that begins at or before `at` and not before `from`; `from` if there is none. */
static size_t marker_before(struct str text, size_t from, size_t at)
{
        for (size_t line = yaml_line_begin(text, at); line > from; line = yaml_line_begin(text, line - 1)) {
                if (is_marker(text, line, "---"))
                        return line;
        }
        return from;
}

static void unreadable(struct yaml_reader *reader, struct str text, uint32_t at)
{
        uint32_t code_point = 0;
        size_t bytes = utf8_take(str_from(text, at), &code_point);

        reading_document(&reader->base, at);
        if (!bytes)
                yaml_problem(reader, at, "the byte 0x%02X here is not UTF-8: save the text as UTF-8",
                             (unsigned char)text.data[at]);
        else if (code_point == BYTE_ORDER_MARK)
                yaml_problem(reader, at, "a byte order mark stands here, where no file begins: remove it");
        else if (is_printable(code_point) && open_on_line(text, at) > MOST_OPEN)
                yaml_too_large(reader, at, "lists and maps are nested deeper than %u levels in this line",
                               reader->base.limits->depth);
        else if (is_printable(code_point))
                yaml_too_large(reader, at, "this line is longer than %u bytes: break it",
                               reader->base.limits->line_bytes);
        else if (code_point)
                yaml_problem(reader, at,
                             "the control character U+%04X stands here: remove it, or write it as an escape in double "
                             "quotes",
                             code_point);
        else
                yaml_problem(reader, at,
                             "there is a NUL byte here, so this is no text (or it is UTF-16): save it as UTF-8");
        reader->base.index++;
}

/* The text from one place that nothing can read to the next. */
static void read_parts(struct yaml_reader *reader, size_t from)
{
        struct str text = reader->base.text;
        uint32_t most = reader->base.limits->line_bytes;
        size_t heavy = find_heavy_line(text, from, most), bad;

        while (from < text.len) {
                if (heavy < from)
                        heavy = find_heavy_line(text, from, most);
                bad = min_size(find_unprintable(text, from), heavy);
                reader->base.text = str_sub(text, 0, bad < text.len ? marker_before(text, from, bad) : text.len);
                read_part(reader, &from);
                if (bad == text.len)
                        break;
                reader->base.text = text;
                unreadable(reader, text, (uint32_t)bad);
                from = next_marker(text, bad + 1); /* it may be a `---` line that is too long */
        }
}

static void read_all(struct arena *arena, struct str text, size_t begin, const struct document_limits *limits,
                     bool is_alone, struct document_stream *out)
{
        struct yaml_reader reader = {.is_alone = is_alone};

        if (!begin && str_starts(text, STR("\xEF\xBB\xBF")))
                begin = 3;
        if (reading_begin(&reader.base, arena, text, limits, out))
                read_parts(&reader, begin);
        fast_end(&reader.fast);
        reading_end(&reader.base);
        arena_free(&reader.scratch);
}

void yaml_read(struct arena *arena, struct str text, const struct document_limits *limits, struct document_stream *out)
{
        read_all(arena, text, 0, limits, false, out);
}

void yaml_read_slowly(struct arena *arena, struct str text, const struct document_limits *limits,
                      struct document_stream *out)
{
        read_all(arena, text, 0, limits, true, out);
}

void yaml_read_part(struct arena *arena, struct str text, size_t begin, size_t end,
                    const struct document_limits *limits, struct document_stream *out)
{
        read_all(arena, str_sub(text, 0, end), begin, limits, false, out);
}

/* Whether the line before the one at `at` is content. Directives, which belong to the `---` behind them, have nothing between
 * but other directives, comments and empty lines. */
static bool is_behind_content(struct str text, size_t at)
{
        struct str line = str_trim(str_sub(text, yaml_line_begin(text, at - 1), at));

        return line.len && line.data[0] != '%' && line.data[0] != '#';
}

size_t yaml_cut(struct str text, size_t at)
{
        for (at = next_marker(text, at); at < text.len; at = next_marker(text, at + 3)) {
                if (at && is_behind_content(text, at))
                        return at;
        }
        return text.len;
}
