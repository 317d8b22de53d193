/* fast.h - the fast reader of YAML: manifests as people write them, in one pass over their lines.
 *
 * Two readers read YAML. This one knows lists and maps in block style and in brackets, plain and quoted text, literal and folded
 * blocks, comments, and documents between `---` lines. The other, of yaml_node.c, knows all of YAML and says what is wrong with
 * what is none.
 *
 * The rule: a document is read here when every byte of it is what this reader knows; at the first that is not, the whole
 * document goes to the other one. Nothing is guessed, and no problem is reported from here: a mistake is one of the things that
 * this reader does not know, like a tag, an anchor, a tab before text, a key that stands twice, or a limit that is passed. What
 * both can read, they read as the same values with the same flags at the same places. */
#pragma once

#include "doc/fast_scan.h"
#include "doc/reading.h"

enum {
        FAST_KEY_BITS = 9,
        FAST_LONGEST_KEY = 1000, /* bytes; YAML 1.1 wants the colon within 1024 letters */
};

/* A plain key and what it is interned as. */
struct fast_key {
        uint64_t head, tail; /* its first and last eight bytes; `tail` 0 if it is no longer than eight */
        const char *text;
        uint32_t len, key;
};

/* Kept out of line, so that what is common stays short. */
#define FAST_RARE __attribute__((cold, noinline))

struct fast {
        struct reading *reading;
        struct str text;
        struct document_limits limits;
        struct fast_scan scan;
        struct buf nodes;  /* of the lists and maps that are open; what is closed is in the arena */
        uint32_t depth;    /* lists and maps that are open */
        uint32_t count;    /* values of the document so far, keys too */
        size_t line, at;   /* where the line at hand begins, and what stands on it first */
        int64_t indent;    /* how far that is from the left; -1 when the document is over */
        bool commented;    /* lines with comments stand before it */
        size_t common_end; /* up to here the text has no byte order mark and no line end of Unicode */
        struct fast_key keys[1 << FAST_KEY_BITS];
};

/* Begins at an offset of the reading's text, at the begin of a line. */
void fast_begin(struct fast *fast, struct reading *reading, size_t at);

/* Reads document after document to the stream. `from`, where the first one begins, becomes where one begins that is for the
 * other reader, or the end of the text. */
void fast_read(struct fast *fast, size_t *from);

/* Gives back what is not in the arena. */
void fast_end(struct fast *fast);

/* --- what the files of the fast reader share; all of these are false when the document is for the other reader --- */

/* What a byte may begin. */
enum fast_start {
        FAST_NOTHING,
        FAST_PLAIN,
        FAST_DASH,
        FAST_COLON,
        FAST_DOUBLE,
        FAST_SINGLE,
        FAST_BLOCK_TEXT,
        FAST_LIST,
        FAST_MAP
};

extern const unsigned char fast_starts[256];

/* The byte at an offset; the end of the text is the end of a line. */
static inline char fast_byte(const struct fast *fast, size_t at)
{
        return LIKELY(at < fast->text.len) ? fast->text.data[at] : '\n';
}

static inline enum fast_start fast_start_at(const struct fast *fast, size_t at)
{
        return (enum fast_start)fast_starts[(unsigned char)fast_byte(fast, at)];
}

static inline bool fast_is_blank(char byte)
{
        return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

/* The end of [begin, end) without spaces. */
static inline size_t fast_trim(const struct fast *fast, size_t begin, size_t end)
{
        while (end > begin && fast->text.data[end - 1] == ' ')
                end--;
        return end;
}

static inline bool fast_count(struct fast *fast)
{
        return ++fast->count <= fast->limits.nodes;
}

static inline bool fast_enter(struct fast *fast)
{
        return fast_count(fast) && ++fast->depth <= fast->limits.depth;
}

/* Field by field, as it was written a moment ago: a load wider than the stores before it would wait for them. */
static inline void fast_push(struct fast *fast, const struct node *node)
{
        struct buf *nodes = &fast->nodes;
        struct node *slot;

        if (UNLIKELY(nodes->capacity - nodes->len < sizeof(*slot)))
                buf_reserve(nodes, sizeof(*slot));
        slot = (struct node *)(void *)(nodes->data + nodes->len);
        slot->key = node->key;
        slot->at = node->at;
        memcpy(&slot->value, &node->value, offsetof(struct value, u));
        slot->value.u = node->value.u;
        nodes->len += sizeof(*slot);
}

/* The nodes from the place `base` of `nodes` on become a list or map in the arena. */
void fast_close_list(struct fast *fast, size_t base, struct value *out);
bool fast_close_map(struct fast *fast, size_t base, struct value *out);

/* Whether `---` or `...` stands at the begin of a line. */
bool fast_at_marker(const struct fast *fast, size_t at);

/* fast_text.c: the value of a plain scalar, and its number as a key. */
bool fast_plain(struct fast *fast, struct str text, struct value *out);
bool fast_plain_key(struct fast *fast, size_t begin, size_t end, uint32_t *key);

/* The value of a text that stands in quotes, or in a block. */
static inline struct value fast_quoted_value(struct str text)
{
        return (struct value){
                .kind = VALUE_STRING, .flags = VALUE_QUOTED, .len = (uint32_t)text.len, .text = text.data};
}

struct fast_quoted {
        size_t end; /* behind the closing quote */
        struct str text;
        bool has_lines;
};

/* fast_text.c: the text between quotes. */
bool fast_quoted(struct fast *fast, size_t at, struct fast_quoted *out);

/* fast_text.c: a key in quotes, and where its colon stands, on the same line. */
bool fast_quoted_key(struct fast *fast, size_t at, uint32_t *key, size_t *colon);

/* fast_text.c: a literal or folded block whose sign stands at `at`, in a list or map at the column `parent`. `end` becomes the
 * begin of the line behind it. */
bool fast_block_text(struct fast *fast, size_t at, int64_t parent, size_t *end, struct value *out);

/* fast_flow.c: a list or map in brackets. `at` becomes what is behind it. */
bool fast_flow(struct fast *fast, size_t *at, struct node *out);
