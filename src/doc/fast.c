/* fast.c - documents, and lists and maps in block style. */

#include "doc/fast.h"

#include "doc/yaml_text.h"

enum { ASCII_AT_ONCE = 1024 };

const unsigned char fast_starts[256] = {
        ['a' ... 'z'] = FAST_PLAIN, ['A' ... 'Z'] = FAST_PLAIN,   ['0' ... '9'] = FAST_PLAIN,
        ['/'] = FAST_PLAIN,         ['.'] = FAST_PLAIN,           ['_'] = FAST_PLAIN,
        ['$'] = FAST_PLAIN,         ['('] = FAST_PLAIN,           [')'] = FAST_PLAIN,
        ['~'] = FAST_PLAIN,         ['+'] = FAST_PLAIN,           ['='] = FAST_PLAIN,
        ['<'] = FAST_PLAIN,         ['^'] = FAST_PLAIN,           [';'] = FAST_PLAIN,
        ['\\'] = FAST_PLAIN,        [0x80 ... 0xFF] = FAST_PLAIN, ['-'] = FAST_DASH,
        [':'] = FAST_COLON,         ['"'] = FAST_DOUBLE,          ['\''] = FAST_SINGLE,
        ['|'] = FAST_BLOCK_TEXT,    ['>'] = FAST_BLOCK_TEXT,      ['['] = FAST_LIST,
        ['{'] = FAST_MAP,
};

static bool read_node(struct fast *fast, int64_t parent, struct node *out);
static bool read_map(struct fast *fast, struct node *out);
static bool read_list(struct fast *fast, struct node *out);

/* --- lines --- */

bool fast_at_marker(const struct fast *fast, size_t at)
{
        struct str rest = str_from(fast->text, at);

        return (str_starts(rest, STR("---")) || str_starts(rest, STR("...")))
                           && (rest.len == 3 || fast_is_blank(rest.data[3]));
}

/* On to the next line with something on it that is no comment, at `line` or below. */
static bool next_line(struct fast *fast, size_t line)
{
        fast->commented = false;
        for (;;) {
                char byte;

                fast->scan.keep = line;
                fast->line = line;
                fast->indent = -1;
                fast->at = line < fast->text.len ? fast_next(&fast->scan, line, FAST_INK) : fast->text.len;
                if (fast->at >= fast->text.len)
                        return true;
                byte = fast->text.data[fast->at];
                if (byte == '\n' || byte == '\r') {
                        line = fast_next(&fast->scan, fast->at, FAST_LINE) + 1;
                } else if (byte == '#') {
                        fast->commented = true;
                        line = fast_next(&fast->scan, fast->at, FAST_LINE) + 1;
                } else {
                        break;
                }
        }
        if (UNLIKELY(fast->at == fast->line && fast_at_marker(fast, fast->at)))
                return true;
        fast->indent = (int64_t)(fast->at - fast->line);
        return fast->text.data[fast->at] != '\t';
}

/* Behind a value there may be a comment, and nothing else. */
static bool end_line(struct fast *fast, size_t at)
{
        size_t ink = fast_next(&fast->scan, at, FAST_INK);
        char byte = fast_byte(fast, ink);

        TRY(byte == '\n' || byte == '\r' || (byte == '#' && ink > at));
        return next_line(fast, fast_next(&fast->scan, ink, FAST_LINE) + 1);
}

/* --- closing --- */

/* What closing a list or map has to know of its nodes. */
struct nodes {
        const struct node *items;
        size_t count;
        uint8_t nulls;    /* VALUE_NULLS or 0 */
        bool maybe_twice; /* two keys end in the same bits */
};

static inline struct nodes look_at_nodes(const struct fast *fast, size_t base, bool in_map)
{
        struct nodes nodes = {.count = (fast->nodes.len - base) / sizeof(struct node)};
        uint64_t seen = 0;
        bool twice = false;
        uint8_t flags = 0;

        if (nodes.count)
                nodes.items = (const struct node *)(const void *)(fast->nodes.data + base);
        for (size_t i = 0; i < nodes.count; i++) {
                const struct node *node = &nodes.items[i];
                uint64_t bit = (uint64_t)1 << node->key % 64;

                twice |= (seen & bit) != 0;
                seen |= bit;
                flags |= in_map && node->value.kind == VALUE_NULL ? VALUE_NULLS : node->value.flags;
        }
        nodes.nulls = flags & VALUE_NULLS;
        nodes.maybe_twice = twice;
        return nodes;
}

static const struct node *to_arena(struct fast *fast, const struct nodes *nodes)
{
        size_t size = nodes->count * sizeof(*nodes->items);

        return size ? memcpy(arena_take(fast->reading->arena, size), nodes->items, size) : NULL;
}

/* The value is put there whole, because it is taken from there whole a moment later. */
static inline void put_closed(struct fast *fast, size_t base, struct value value, uint8_t nulls, struct value *out)
{
        value.flags |= nulls;
        *out = value;
        fast->nodes.len = base;
        fast->depth--;
}

void fast_close_list(struct fast *fast, size_t base, struct value *out)
{
        struct nodes nodes = look_at_nodes(fast, base, false);

        put_closed(fast, base, value_list(to_arena(fast, &nodes), nodes.count), nodes.nulls, out);
}

static bool are_different(const struct nodes *nodes)
{
        bool same = false;

        for (size_t i = 1; i < nodes->count; i++) {
                for (size_t j = 0; j < i; j++)
                        same |= nodes->items[i].key == nodes->items[j].key;
        }
        return !same;
}

FAST_RARE static bool are_different_by_index(const struct value *map)
{
        const uint32_t *index = (const uint32_t *)(map->nodes + map->len);

        for (uint32_t i = 1; i < map->len; i++)
                TRY(map->nodes[index[i]].key != map->nodes[index[i - 1]].key);
        return true;
}

/* The nodes of a large map go to the arena with its index. */
FAST_RARE static bool close_large_map(struct fast *fast, size_t base, const struct nodes *nodes, struct value *out)
{
        struct value map = value_map(fast->reading->arena, nodes->items, nodes->count);

        put_closed(fast, base, map, nodes->nulls, out);
        return are_different_by_index(&map);
}

bool fast_close_map(struct fast *fast, size_t base, struct value *out)
{
        struct nodes nodes = look_at_nodes(fast, base, true);
        struct value map;

        if (UNLIKELY(nodes.count > VALUE_SCAN_LIMIT))
                return close_large_map(fast, base, &nodes, out);
        TRY(!nodes.maybe_twice || are_different(&nodes));
        map = value_map(fast->reading->arena, to_arena(fast, &nodes), nodes.count);
        put_closed(fast, base, map, nodes.nulls, out);
        return true;
}

/* --- scalars --- */

static bool has_pair_at(const struct fast *fast, size_t stop)
{
        return fast->text.data[stop - 1] == ':';
}

/* The lines of a plain scalar below its first, which are right of its parent. */
FAST_RARE static bool read_plain_lines(struct fast *fast, int64_t parent, size_t *end)
{
        while (fast->indent > parent) {
                size_t stop = fast_next(&fast->scan, fast->at, FAST_STOP);
                char first = fast->text.data[fast->at], byte = fast_byte(fast, stop);

                TRY(!fast->commented && (byte == '\n' || byte == '\r') && !has_pair_at(fast, stop));
                TRY((first != '-' && first != '?') || !fast_is_blank(fast_byte(fast, fast->at + 1)));
                TRY(first != '%' || fast->indent > 0);
                *end = fast_trim(fast, fast->at, stop);
                TRY(next_line(fast, fast_next(&fast->scan, stop, FAST_LINE) + 1));
        }
        return true;
}

/* A plain scalar whose first line ends at `stop`. */
static bool read_plain(struct fast *fast, size_t at, size_t stop, int64_t parent, struct node *out)
{
        char byte = fast_byte(fast, stop);
        size_t end = fast_trim(fast, at, stop), first_end = end;
        struct str text;

        TRY(byte != '\t' && (byte == '#' || !has_pair_at(fast, stop)));
        TRY(next_line(fast, (byte == '\n' ? stop : fast_next(&fast->scan, stop, FAST_LINE)) + 1));
        if (UNLIKELY(fast->indent > parent)) {
                TRY(byte != '#');
                TRY(read_plain_lines(fast, parent, &end));
        }
        text = str_sub(fast->text, at, end);
        if (end != first_end)
                text = yaml_plain_text(fast->reading->arena, text);
        out->at = (uint32_t)at;
        return fast_count(fast) && fast_plain(fast, text, &out->value);
}

static bool put_quoted(struct fast *fast, size_t at, struct str text, struct node *out)
{
        out->at = (uint32_t)at;
        out->value = fast_quoted_value(text);
        return fast_count(fast);
}

static bool read_block_text(struct fast *fast, size_t at, int64_t parent, struct node *out)
{
        size_t end;

        TRY(fast_next(&fast->scan, fast->line, FAST_INK) < at); /* alone on its line it is something else to libfyaml */
        out->at = (uint32_t)at;
        TRY(fast_count(fast) && fast_block_text(fast, at, parent, &end, &out->value));
        return next_line(fast, end);
}

static bool read_flow(struct fast *fast, size_t at, struct node *out)
{
        TRY(fast_flow(fast, &at, out));
        return end_line(fast, at);
}

/* What stands on the line of its key, in a map at the column `parent`. */
static bool read_inline(struct fast *fast, size_t at, int64_t parent, struct node *out)
{
        struct fast_quoted quoted;

        switch (fast_start_at(fast, at)) {
        case FAST_DASH:
        case FAST_COLON:
                TRY(!fast_is_blank(fast_byte(fast, at + 1)));
                return read_plain(fast, at, fast_next(&fast->scan, at, FAST_STOP), parent, out);
        case FAST_PLAIN:
                return read_plain(fast, at, fast_next(&fast->scan, at, FAST_STOP), parent, out);
        case FAST_DOUBLE:
        case FAST_SINGLE:
                TRY(fast_quoted(fast, at, &quoted) && put_quoted(fast, at, quoted.text, out));
                return end_line(fast, quoted.end);
        case FAST_BLOCK_TEXT:
                return read_block_text(fast, at, parent, out);
        case FAST_LIST:
        case FAST_MAP:
                return read_flow(fast, at, out);
        default:
                return false;
        }
}

/* --- lists and maps --- */

static bool put_nothing(struct fast *fast, size_t at, struct node *out)
{
        out->at = (uint32_t)at;
        out->value = VALUE_OF_NULL;
        return fast_count(fast);
}

static bool is_dash(const struct fast *fast, size_t at)
{
        return fast->text.data[at] == '-' && fast_is_blank(fast_byte(fast, at + 1));
}

/* Whether nothing but a comment stands at `ink`, which is behind a blank. */
static bool is_bare(const struct fast *fast, size_t ink)
{
        char byte = fast_byte(fast, ink);

        return byte == '\n' || byte == '\r' || byte == '#';
}

/* What stands behind the blank at `at`; mostly there is one space. */
static inline size_t first_ink(struct fast *fast, size_t at)
{
        bool is_near = fast_byte(fast, at) == ' ' && fast_byte(fast, at + 1) != ' ';

        return LIKELY(is_near) ? at + 1 : fast_next(&fast->scan, at, FAST_INK);
}

static bool read_below_key(struct fast *fast, size_t colon_end, size_t ink, int64_t column, struct node *out)
{
        TRY(next_line(fast, fast_next(&fast->scan, ink, FAST_LINE) + 1));
        if (fast->indent > column)
                return read_node(fast, column, out);
        if (fast->indent == column && is_dash(fast, fast->at))
                return read_list(fast, out);
        return put_nothing(fast, colon_end, out);
}

/* A key and its colon, behind which `end` is. */
static bool read_key(struct fast *fast, uint32_t *key, size_t *end)
{
        enum fast_start start = fast_start_at(fast, fast->at);
        size_t stop;

        TRY(fast_count(fast));
        if (UNLIKELY(start == FAST_DOUBLE || start == FAST_SINGLE)) {
                TRY(fast_quoted_key(fast, fast->at, key, &stop));
                *end = stop + 1;
                return fast_is_blank(fast_byte(fast, *end));
        }
        TRY(start == FAST_PLAIN || (start == FAST_DASH && !fast_is_blank(fast_byte(fast, fast->at + 1))));
        stop = fast_next(&fast->scan, fast->at, FAST_STOP);
        TRY(has_pair_at(fast, stop) && fast_byte(fast, stop) != '\t');
        *end = stop;
        return fast_plain_key(fast, fast->at, stop - 1, key);
}

static bool read_map(struct fast *fast, struct node *out)
{
        size_t base = fast->nodes.len;
        int64_t column = fast->indent;

        out->at = (uint32_t)fast->at;
        TRY(fast_enter(fast));
        do {
                struct node node;
                size_t end, ink;

                TRY(read_key(fast, &node.key, &end));
                ink = first_ink(fast, end);
                TRY(is_bare(fast, ink) ? read_below_key(fast, end, ink, column, &node)
                                       : read_inline(fast, ink, column, &node));
                fast_push(fast, &node);
        } while (fast->indent == column);
        return fast->indent < column && fast_close_map(fast, base, &out->value);
}

static bool read_item(struct fast *fast, int64_t column, struct node *out)
{
        size_t end = fast->at + 1, ink = first_ink(fast, end);

        out->key = 0;
        if (is_bare(fast, ink)) {
                TRY(next_line(fast, fast_next(&fast->scan, ink, FAST_LINE) + 1));
                return fast->indent > column ? read_node(fast, column, out) : put_nothing(fast, end, out);
        }
        fast->at = ink;
        fast->indent = (int64_t)(ink - fast->line);
        return read_node(fast, column, out);
}

static bool read_list(struct fast *fast, struct node *out)
{
        size_t base = fast->nodes.len;
        int64_t column = fast->indent;

        out->at = (uint32_t)fast->at;
        TRY(fast_enter(fast));
        do {
                struct node node;

                TRY(read_item(fast, column, &node));
                fast_push(fast, &node);
        } while (fast->indent == column && is_dash(fast, fast->at));
        TRY(fast->indent <= column);
        fast_close_list(fast, base, &out->value);
        return true;
}

/* What begins the line at hand, or stands behind a dash on it. */
static bool read_node(struct fast *fast, int64_t parent, struct node *out)
{
        enum fast_start start = fast_start_at(fast, fast->at);
        size_t at = fast->at, stop;
        struct fast_quoted quoted;

        if (start == FAST_DASH && fast_is_blank(fast_byte(fast, at + 1)))
                return read_list(fast, out);
        if (LIKELY(start == FAST_PLAIN || start == FAST_DASH || start == FAST_COLON)) {
                TRY(start != FAST_COLON || !fast_is_blank(fast_byte(fast, at + 1)));
                stop = fast_next(&fast->scan, at, FAST_STOP);
                return has_pair_at(fast, stop) ? read_map(fast, out) : read_plain(fast, at, stop, parent, out);
        }
        if (start != FAST_DOUBLE && start != FAST_SINGLE)
                return read_inline(fast, at, parent, out);
        TRY(fast_quoted(fast, at, &quoted));
        if (fast_byte(fast, fast_next(&fast->scan, quoted.end, FAST_INK)) == ':')
                return read_map(fast, out);
        return put_quoted(fast, at, quoted.text, out) && end_line(fast, quoted.end);
}

/* --- documents --- */

/* Whether any of the bytes is beyond ASCII. Compilers make a few vector instructions of this. */
static bool has_high(const char bytes[ASCII_AT_ONCE])
{
        unsigned char any = 0;

        for (size_t i = 0; i < ASCII_AT_ONCE; i++)
                any |= (unsigned char)bytes[i];
        return any >= 0x80;
}

/* The first byte order mark, NEL, line or paragraph separator; the end of the text if there is none. */
static size_t find_uncommon(struct str text, size_t at)
{
        static const struct str uncommon[] = {STR_INIT("\xC2\x85"), STR_INIT("\xE2\x80\xA8"), STR_INIT("\xE2\x80\xA9"),
                                              STR_INIT("\xEF\xBB\xBF")};

        while (at < text.len) {
                size_t end = min_size(text.len, at + ASCII_AT_ONCE);

                if (end - at == ASCII_AT_ONCE && !has_high(text.data + at)) {
                        at = end;
                        continue;
                }
                for (; at < end; at++) {
                        for (size_t i = 0; (unsigned char)text.data[at] >= 0x80 && i < COUNT_OF(uncommon); i++) {
                                if (str_starts(str_from(text, at), uncommon[i]))
                                        return at;
                        }
                }
        }
        return text.len;
}

void fast_begin(struct fast *fast, struct reading *reading, size_t at)
{
        if (fast->common_end <= at || fast->text.len != reading->text.len)
                fast->common_end = find_uncommon(reading->text, at);
        fast->reading = reading;
        fast->text = reading->text;
        fast->limits = *reading->limits;
        fast_scan_begin(&fast->scan, reading->text, at);
}

void fast_end(struct fast *fast)
{
        buf_free(&fast->scan.blocks);
        buf_free(&fast->nodes);
}

static bool at_marker(const struct fast *fast, char sign)
{
        return fast->indent < 0 && fast->at < fast->text.len && fast->text.data[fast->at] == sign;
}

/* Past the line of a `---` or `...` on which nothing else stands. `behind` is where it ends. */
static bool skip_marker(struct fast *fast, size_t *behind)
{
        size_t ink = fast_next(&fast->scan, fast->at + 3, FAST_INK);

        TRY(is_bare(fast, ink));
        *behind = min_size(fast_next(&fast->scan, ink, FAST_LINE) + 1, fast->text.len);
        return next_line(fast, *behind);
}

/* To the first line of a document's content, which begins at `begin`; or to the end of the text. */
static bool find_document(struct fast *fast, size_t *begin)
{
        fast->depth = fast->count = 0;
        fast->nodes.len = 0;
        TRY(next_line(fast, *begin));
        while (at_marker(fast, '-'))
                TRY(skip_marker(fast, begin));
        return !at_marker(fast, '.');
}

/* The content of a document, from its first line on. Behind a `...` only a `---` is known. */
static bool read_content(struct fast *fast, struct document *out)
{
        struct node root;
        size_t behind;

        TRY(read_node(fast, -1, &root) && fast->indent < 0);
        TRY(root.value.kind == VALUE_LIST || root.value.kind == VALUE_MAP);
        out->root = root.value;
        out->at = root.at;
        out->end = (uint32_t)fast->at;
        while (at_marker(fast, '.'))
                TRY(skip_marker(fast, &behind));
        return fast->at == fast->text.len || at_marker(fast, '-');
}

/* One document, or what is left of the text when there is none. */
static bool read_document(struct fast *fast, size_t *from)
{
        struct reading *reading = fast->reading;
        struct document document = {.index = reading->index};
        size_t begin = *from;
        bool is_there;

        TRY(find_document(fast, &begin));
        is_there = fast->at < fast->text.len;
        TRY(!is_there || read_content(fast, &document));
        TRY(!fast->scan.carry.lone && fast->at <= fast->common_end);
        if (is_there) {
                document.begin = (uint32_t)begin;
                *vec_push(reading->arena, &reading->out->documents) = document;
                reading->index++;
        }
        *from = fast->at;
        return true;
}

void fast_read(struct fast *fast, size_t *from)
{
        while (*from < fast->text.len && read_document(fast, from))
                ;
}
