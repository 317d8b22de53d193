/* edit_scan.c - finding the shape of a YAML or JSON text. */

#include "doc/edit_scan.h"

enum { DEEPEST = 512 };

struct scanner {
        struct arena *arena;
        struct str text;
        uint32_t at;
        unsigned depth;
};

struct entries {
        VEC(struct layout_entry) list;
};

/* The byte at an offset; 0 past the end. */
static char byte_at(struct str text, uint32_t at)
{
        return at < text.len ? text.data[at] : 0;
}

static bool is_space(char byte)
{
        return byte == ' ' || byte == '\t';
}

/* A space, a line end, or the end of the text: what has to follow an indicator. */
static bool is_gap(struct str text, uint32_t at)
{
        return at >= text.len || is_space(text.data[at]) || text.data[at] == '\n' || text.data[at] == '\r';
}

static bool is_bracket(char byte)
{
        return byte == ',' || byte == '[' || byte == ']' || byte == '{' || byte == '}';
}

static uint32_t first_byte(struct str text)
{
        return (uint32_t)utf8_mark(text);
}

uint32_t line_begin(struct str text, uint32_t at)
{
        uint32_t first = first_byte(text);

        while (at > first && text.data[at - 1] != '\n')
                at--;
        return at;
}

uint32_t line_end(struct str text, uint32_t at)
{
        while (at < text.len && text.data[at] != '\n')
                at++;
        return at < text.len && at > 0 && text.data[at - 1] == '\r' ? at - 1 : at;
}

uint32_t line_next(struct str text, uint32_t at)
{
        while (at < text.len && text.data[at] != '\n')
                at++;
        return at < text.len ? at + 1 : at;
}

uint32_t skip_spaces(struct str text, uint32_t at)
{
        while (is_space(byte_at(text, at)))
                at++;
        return at;
}

static bool is_comment(struct str text, uint32_t at)
{
        return byte_at(text, at) == '#' && (at == first_byte(text) || is_gap(text, at - 1));
}

uint32_t skip_blank(struct str text, uint32_t at)
{
        while (at < text.len) {
                if (is_comment(text, at))
                        at = line_end(text, at);
                else if (is_gap(text, at))
                        at++;
                else
                        break;
        }
        return at;
}

/* Whether the document ends here: with the text, or with `---` or `...` at a line's begin. */
static bool is_over(const struct scanner *scanner, uint32_t at)
{
        struct str rest = str_from(scanner->text, at);

        if (!rest.len)
                return true;
        return (str_starts(rest, STR("---")) || str_starts(rest, STR("..."))) && is_gap(scanner->text, at + 3)
                           && column_of(scanner->text, at) == 0;
}

static bool same_line(const struct scanner *scanner, uint32_t from, uint32_t to)
{
        return !memchr(scanner->text.data + from, '\n', to - from);
}

static void take_entries(struct layout *layout, const struct entries *entries)
{
        layout->entries = entries->list.items;
        layout->count = (uint32_t)entries->list.count;
}

/* ---- Scalars ---- */

/* Behind the closing quote. */
static uint32_t quoted_end(struct str text, uint32_t at)
{
        char quote = text.data[at++];

        for (; at < text.len; at++) {
                if (quote == '"' && text.data[at] == '\\')
                        at++;
                else if (text.data[at] == quote && (quote == '"' || byte_at(text, at + 1) != '\''))
                        return at + 1;
                else if (text.data[at] == quote)
                        at++;
        }
        return (uint32_t)text.len;
}

/* Behind the last byte of a text without quotes on this line; a colon that makes it a key ends it too. */
static uint32_t plain_line_end(struct str text, uint32_t at, bool in_brackets)
{
        uint32_t end = at, begin = at;

        for (; at < text.len && text.data[at] != '\n'; at++) {
                char byte = text.data[at];

                if (byte == '#' && at > begin && is_gap(text, at - 1))
                        break;
                if (byte == ':' && (is_gap(text, at + 1) || (in_brackets && is_bracket(text.data[at + 1]))))
                        break;
                if (in_brackets && is_bracket(byte))
                        break;
                if (!is_gap(text, at))
                        end = at + 1;
        }
        return end;
}

/* The end of a text without quotes, which goes on over lines further right than `indent`. */
static uint32_t plain_end(const struct scanner *scanner, uint32_t at, int64_t indent, bool in_brackets)
{
        struct str text = scanner->text;
        uint32_t end = plain_line_end(text, at, in_brackets), next;

        for (;;) {
                if (skip_spaces(text, end) != line_end(text, end)) /* a comment, a bracket, a colon */
                        return end;
                for (next = end; next < text.len && is_gap(text, next);)
                        next++;
                if (is_over(scanner, next) || text.data[next] == '#' || (in_brackets && is_bracket(text.data[next])))
                        return end;
                if (!in_brackets && (int64_t)column_of(text, next) <= indent)
                        return end;
                at = plain_line_end(text, next, in_brackets);
                if (at <= next)
                        return end;
                end = at;
        }
}

/* What stands between | or > and the lines. */
struct block_header {
        unsigned indent; /* 0: as far as the first line that is not blank */
        bool keeps;      /* the line ends at its end */
};

static struct block_header block_header(struct str text, uint32_t at)
{
        struct block_header header = {0};

        for (at++; !is_gap(text, at); at++) {
                if (text.data[at] >= '1' && text.data[at] <= '9')
                        header.indent = (unsigned)(text.data[at] - '0');
                header.keeps |= text.data[at] == '+';
        }
        return header;
}

/* The first byte of a line that is no space; the line's end if it is blank. */
static uint32_t line_text(struct str text, uint32_t line)
{
        while (byte_at(text, line) == ' ')
                line++;
        return line;
}

/* The end of a block scalar's last line that counts: with `keeps` that may be a blank one. */
static uint32_t block_scalar_end(const struct scanner *scanner, uint32_t at, int64_t indent)
{
        struct str text = scanner->text;
        struct block_header header = block_header(text, at);
        int64_t column = header.indent ? (indent > 0 ? indent : 0) + header.indent : -1;
        uint32_t end = line_end(text, at), line = line_next(text, at);

        while (line < text.len && !is_over(scanner, line)) {
                uint32_t first = line_text(text, line), stop = line_end(text, line);
                bool blank = first >= stop;

                if (!blank && column < 0)
                        column = first - line > indent ? (int64_t)(first - line) : indent + 1;
                if (!blank && (int64_t)(first - line) < column)
                        break;
                if (!blank || header.keeps || (column >= 0 && (int64_t)(stop - line) > column))
                        end = stop;
                line = line_next(text, line);
        }
        if (end == line_end(text, at)) { /* no lines: the header without its comment */
                end = at;
                while (!is_gap(text, end))
                        end++;
        }
        return end;
}

/* ---- Nodes ---- */

/* Anchors and tags. The cursor stays where the last one ends. */
static void scan_props(struct scanner *scanner, struct layout *out)
{
        struct str text = scanner->text;
        uint32_t at = scanner->at;

        out->begin = out->props_end = at;
        while (byte_at(text, at) == '&' || byte_at(text, at) == '!') {
                uint32_t begin = at;

                while (!is_gap(text, at) && (at == begin || !is_bracket(text.data[at]) || text.data[begin + 1] == '<'))
                        at++;
                if (text.data[begin] == '&')
                        out->anchor = str_sub(text, begin + 1, at);
                else
                        out->tagged = true;
                out->props_end = scanner->at = at;
                at = skip_blank(text, at);
        }
}

static void be_empty(struct scanner *scanner, struct layout *out)
{
        out->kind = LAYOUT_EMPTY;
        out->content = out->end = out->props_end;
        scanner->at = out->end;
}

static bool scan_flow(struct scanner *scanner, struct layout *out);

/* What stands between commas: an item, or a member. */
static bool scan_flow_entry(struct scanner *scanner, bool in_map, struct layout_entry *entry)
{
        struct str text = scanner->text;
        uint32_t after;

        *entry = (struct layout_entry){.begin = scanner->at};
        if (byte_at(text, scanner->at) == '?' && is_gap(text, scanner->at + 1)) {
                scanner->at = skip_blank(text, scanner->at + 1);
                in_map = true;
        }
        TRY(scan_flow(scanner, &entry->value));
        after = skip_blank(text, scanner->at);
        if (!in_map && byte_at(text, after) != ':')
                return true;
        entry->key = entry->value;
        entry->value = (struct layout){.begin = scanner->at, .props_end = scanner->at};
        if (byte_at(text, after) != ':') {
                be_empty(scanner, &entry->value);
                return true;
        }
        entry->mark_end = after + 1;
        scanner->at = after + 1;
        return scan_flow(scanner, &entry->value);
}

/* [a: b] holds a map. */
static void wrap_pair(struct scanner *scanner, struct layout_entry *entry)
{
        struct layout_entry *inner = arena_new(scanner->arena, struct layout_entry);

        *inner = *entry;
        *entry = (struct layout_entry){.begin = inner->begin};
        entry->value = (struct layout){.kind = LAYOUT_MAP,
                                       .style = '{',
                                       .is_pair = true,
                                       .begin = inner->begin,
                                       .props_end = inner->begin,
                                       .content = inner->begin,
                                       .end = scanner->at,
                                       .count = 1,
                                       .entries = inner};
}

static bool scan_brackets(struct scanner *scanner, struct layout *out)
{
        char open = scanner->text.data[scanner->at], close = open == '[' ? ']' : '}';
        struct entries entries = {0};

        out->kind = open == '[' ? LAYOUT_LIST : LAYOUT_MAP;
        out->style = open;
        scanner->at = skip_blank(scanner->text, scanner->at + 1);
        while (byte_at(scanner->text, scanner->at) != close) {
                struct layout_entry *entry = vec_push(scanner->arena, &entries.list);

                TRY(scanner->at < scanner->text.len && scan_flow_entry(scanner, open == '{', entry));
                if (open == '[' && entry->mark_end)
                        wrap_pair(scanner, entry);
                scanner->at = skip_blank(scanner->text, scanner->at);
                if (byte_at(scanner->text, scanner->at) == ',')
                        scanner->at = skip_blank(scanner->text, scanner->at + 1);
                else
                        TRY(byte_at(scanner->text, scanner->at) == close);
        }
        out->end = ++scanner->at;
        take_entries(out, &entries);
        return true;
}

static void scan_quoted(struct scanner *scanner, struct layout *out)
{
        out->kind = LAYOUT_SCALAR;
        out->style = scanner->text.data[scanner->at];
        scanner->at = out->end = quoted_end(scanner->text, scanner->at);
}

static void scan_alias(struct scanner *scanner, struct layout *out)
{
        uint32_t begin = ++scanner->at;

        while (!is_gap(scanner->text, scanner->at) && !is_bracket(scanner->text.data[scanner->at]))
                scanner->at++;
        out->kind = LAYOUT_ALIAS;
        out->anchor = str_sub(scanner->text, begin, scanner->at);
        out->end = scanner->at;
}

/* A value in brackets. Empty when what follows ends it. */
static bool scan_flow_content(struct scanner *scanner, struct layout *out)
{
        struct str text = scanner->text;
        uint32_t at = skip_blank(text, scanner->at);
        char byte = byte_at(text, at);

        if (!out->anchor.data && !out->tagged)
                out->begin = out->props_end = scanner->at;
        if (at >= text.len || byte == ',' || byte == ']' || byte == '}'
            || (byte == ':' && (is_gap(text, at + 1) || is_bracket(text.data[at + 1])))) {
                be_empty(scanner, out);
                return true;
        }
        if (!out->anchor.data && !out->tagged)
                out->begin = out->props_end = at;
        scanner->at = out->content = at;
        if (byte == '[' || byte == '{')
                return scan_brackets(scanner, out);
        if (byte == '"' || byte == '\'') {
                scan_quoted(scanner, out);
        } else if (byte == '*') {
                scan_alias(scanner, out);
        } else {
                out->kind = LAYOUT_SCALAR;
                scanner->at = out->end = plain_end(scanner, at, -1, true);
        }
        return out->end > at;
}

static bool scan_flow(struct scanner *scanner, struct layout *out)
{
        uint32_t begin = scanner->at, at = skip_blank(scanner->text, begin);
        bool done;

        TRY(scanner->depth < DEEPEST);
        *out = (struct layout){0};
        scanner->at = at;
        scan_props(scanner, out);
        if (scanner->at == at)
                scanner->at = begin;
        scanner->depth++;
        done = scan_flow_content(scanner, out);
        scanner->depth--;
        return done;
}

static bool scan_block(struct scanner *scanner, int64_t indent, bool in_map, struct layout *out);

static bool is_dash(const struct scanner *scanner, uint32_t at)
{
        return byte_at(scanner->text, at) == '-' && is_gap(scanner->text, at + 1);
}

/* The content of a key on one line. */
static bool scan_key_content(struct scanner *scanner, struct layout *key)
{
        char byte = byte_at(scanner->text, scanner->at);

        key->content = scanner->at;
        if (byte == '[' || byte == '{')
                return scan_brackets(scanner, key);
        if (byte == '"' || byte == '\'') {
                scan_quoted(scanner, key);
        } else if (byte == '*') {
                scan_alias(scanner, key);
        } else {
                key->kind = byte == ':' ? LAYOUT_EMPTY : LAYOUT_SCALAR;
                scanner->at = key->end = plain_line_end(scanner->text, scanner->at, false);
        }
        return true;
}

/* A key on one line, with the colon behind it. False, and no movement, if there is none. */
static bool scan_key(struct scanner *scanner, struct layout_entry *entry)
{
        uint32_t begin = scanner->at, colon;

        *entry = (struct layout_entry){.begin = begin};
        scan_props(scanner, &entry->key);
        scanner->at = skip_spaces(scanner->text, scanner->at);
        if (scan_key_content(scanner, &entry->key) && same_line(scanner, begin, scanner->at)) {
                colon = skip_spaces(scanner->text, scanner->at);
                if (byte_at(scanner->text, colon) == ':' && is_gap(scanner->text, colon + 1)) {
                        scanner->at = entry->mark_end = colon + 1;
                        return true;
                }
        }
        scanner->at = begin;
        return false;
}

/* ? key, and on its line or below : value. */
static bool scan_asked_key(struct scanner *scanner, uint32_t column, struct layout_entry *entry)
{
        uint32_t at;

        *entry = (struct layout_entry){.begin = scanner->at};
        scanner->at++;
        TRY(scan_block(scanner, column, false, &entry->key));
        at = skip_blank(scanner->text, scanner->at);
        if (byte_at(scanner->text, at) == ':' && is_gap(scanner->text, at + 1)
            && column_of(scanner->text, at) == column)
                scanner->at = entry->mark_end = at + 1;
        return true;
}

static bool scan_member(struct scanner *scanner, uint32_t column, struct layout_entry *entry)
{
        if (byte_at(scanner->text, scanner->at) == '?' && is_gap(scanner->text, scanner->at + 1)) {
                TRY(scan_asked_key(scanner, column, entry));
                if (!entry->mark_end) {
                        entry->value = (struct layout){.begin = scanner->at, .props_end = scanner->at};
                        be_empty(scanner, &entry->value);
                        return true;
                }
        } else {
                TRY(scan_key(scanner, entry));
        }
        return scan_block(scanner, column, true, &entry->value);
}

static bool scan_item(struct scanner *scanner, uint32_t column, struct layout_entry *entry)
{
        *entry = (struct layout_entry){.begin = scanner->at, .mark_end = scanner->at + 1};
        scanner->at++;
        return scan_block(scanner, column, false, &entry->value);
}

/* A list or map, entry by entry, as long as the next one stands in the same column. */
static bool scan_entries(struct scanner *scanner, struct layout *out)
{
        uint32_t column = column_of(scanner->text, scanner->at), next;
        struct entries entries = {0};

        for (;;) {
                struct layout_entry entry;

                TRY(out->kind == LAYOUT_LIST ? scan_item(scanner, column, &entry)
                                             : scan_member(scanner, column, &entry));
                *vec_push(scanner->arena, &entries.list) = entry;
                out->end = scanner->at;
                next = skip_blank(scanner->text, scanner->at);
                if (is_over(scanner, next) || same_line(scanner, scanner->at, next)
                    || column_of(scanner->text, next) != column || is_dash(scanner, next) != (out->kind == LAYOUT_LIST))
                        break;
                scanner->at = next;
        }
        take_entries(out, &entries);
        return true;
}

static bool is_map_here(struct scanner *scanner)
{
        struct scanner ahead = *scanner;
        struct layout_entry entry;

        if (byte_at(scanner->text, scanner->at) == '?' && is_gap(scanner->text, scanner->at + 1))
                return true;
        return scan_key(&ahead, &entry);
}

static bool scan_block_content(struct scanner *scanner, int64_t indent, struct layout *out)
{
        struct str text = scanner->text;
        char byte = byte_at(text, scanner->at);

        out->content = scanner->at;
        if (is_dash(scanner, scanner->at) || is_map_here(scanner)) {
                out->kind = is_dash(scanner, scanner->at) ? LAYOUT_LIST : LAYOUT_MAP;
                return scan_entries(scanner, out);
        }
        if (byte == '[' || byte == '{')
                return scan_brackets(scanner, out);
        if (byte == '*') {
                scan_alias(scanner, out);
        } else if (byte == '"' || byte == '\'') {
                scan_quoted(scanner, out);
        } else {
                out->kind = LAYOUT_SCALAR;
                out->style = byte == '|' || byte == '>' ? byte : 0;
                out->end = out->style ? block_scalar_end(scanner, scanner->at, indent)
                                      : plain_end(scanner, scanner->at, indent, false);
                scanner->at = out->end;
        }
        return out->end > out->content;
}

/* Whether a value that is looked for behind `from` stands at `at`: on the same line, or further right than its parent. The
 * items of a member's list may stand in the member's own column. */
static bool belongs(const struct scanner *scanner, uint32_t from, uint32_t at, int64_t indent, bool in_map)
{
        int64_t column = column_of(scanner->text, at);

        if (is_over(scanner, at))
                return false;
        return (indent >= 0 && same_line(scanner, from, at)) || column > indent
               || (in_map && column == indent && is_dash(scanner, at));
}

/* A value behind a dash, a colon or the document's begin. */
static bool scan_node(struct scanner *scanner, int64_t indent, bool in_map, struct layout *out)
{
        uint32_t from = scanner->at, at = skip_blank(scanner->text, from), content;
        struct layout_entry entry;

        *out = (struct layout){.begin = from, .props_end = from};
        if (!belongs(scanner, from, at, indent, in_map)) {
                be_empty(scanner, out);
                return true;
        }
        scanner->at = at;
        scan_props(scanner, out);
        content = skip_blank(scanner->text, scanner->at);
        if (scanner->at > at && same_line(scanner, at, content)) { /* an anchor may be that of a map's first key */
                scanner->at = at;
                if (scan_key(scanner, &entry)) {
                        *out = (struct layout){.begin = at, .props_end = at};
                        content = at;
                }
        }
        scanner->at = out->props_end;
        if (out->props_end > at && !belongs(scanner, at, content, indent, in_map)) {
                be_empty(scanner, out);
                return true;
        }
        scanner->at = content;
        return scan_block_content(scanner, indent, out);
}

static bool scan_block(struct scanner *scanner, int64_t indent, bool in_map, struct layout *out)
{
        bool done;

        TRY(scanner->depth < DEEPEST);
        scanner->depth++;
        done = scan_node(scanner, indent, in_map, out);
        scanner->depth--;
        return done;
}

bool edit_scan(struct arena *arena, struct str text, struct layout *out)
{
        struct scanner scanner = {arena, text, first_byte(text), 0};

        return scan_block(&scanner, -1, false, out);
}
