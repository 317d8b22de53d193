/* reading.c - problems with their places, and from the slots of a list or map to nodes in the arena. */

#include "doc/reading.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

const struct document_limits document_default_limits = {
        .depth = 512,
        .nodes = 20000000,
        .line_bytes = 4U << 20,
        .scalar_bytes = 64U << 20,
        .text_bytes = ((uint64_t)1 << 30) - 1,
};

bool reading_begin(struct reading *reading, struct arena *arena, struct str text, const struct document_limits *limits,
                   struct document_stream *out)
{
        memset(out, 0, sizeof(*out));
        memset(reading, 0, sizeof(*reading));
        reading->arena = arena;
        reading->text = text;
        reading->limits = limits;
        reading->out = out;
        reading->line = 1;
        if (text.len > limits->text_bytes || text.len >= UINT32_MAX)
                return reading_too_large(reading, 0, "the text is longer than %" PRIu64 " bytes: split it",
                                         limits->text_bytes);
        return true;
}

void reading_end(struct reading *reading)
{
        buf_free(&reading->slots);
}

void reading_document(struct reading *reading, size_t begin)
{
        reading->begin = (uint32_t)begin;
        reading->slots.len = 0;
        reading->depth = 0;
        reading->nodes = 0;
        reading->problems = 0;
}

static bool add_problem(struct reading *reading, enum document_problem_kind kind, uint32_t at, const char *format,
                        va_list arguments)
{
        char message[600];
        int len;

        if (reading->problems++ >= READING_PROBLEMS_OF_ONE)
                return false;
        len = vsnprintf(message, sizeof(message), format, arguments);
        *vec_push(reading->arena, &reading->out->problems) = (struct document_problem){
                .kind = kind,
                .at = at,
                .index = reading->index,
                .message = str_copy(reading->arena,
                                    (struct str){message, min_size(len > 0 ? (size_t)len : 0, sizeof(message) - 1)}),
        };
        return false;
}

bool reading_problem(struct reading *reading, uint32_t at, const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        add_problem(reading, DOCUMENT_WRONG, at, format, arguments);
        va_end(arguments);
        return false;
}

bool reading_too_large(struct reading *reading, uint32_t at, const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        add_problem(reading, DOCUMENT_TOO_LARGE, at, format, arguments);
        va_end(arguments);
        return false;
}

const char *reading_name(char out[READING_NAME], struct str name)
{
        size_t len = min_size(name.len, READING_NAME - 1);

        while (len < name.len && len > 0 && ((unsigned char)name.data[len] & 0xC0) == 0x80)
                len--; /* not into a code point */
        for (size_t i = 0; i < len; i++)
                out[i] = (unsigned char)name.data[i] < ' ' || name.data[i] == 0x7F ? '?' : name.data[i];
        out[len] = 0;
        return out;
}

static size_t line_begin(struct str text, size_t at)
{
        while (at > 0 && text.data[at - 1] != '\n' && text.data[at - 1] != '\r')
                at--;
        return at;
}

/* Lines are counted from document to document, so that a stream of broken ones is read in linear time. */
struct place reading_place(struct reading *reading, uint32_t at)
{
        size_t begin = line_begin(reading->text, min_size(reading->begin, at));
        struct place place;

        if (begin > reading->line_at) {
                size_t len = begin - reading->line_at;

                reading->line += place_in(str_sub(reading->text, reading->line_at, begin), len).line - 1;
                reading->line_at = (uint32_t)begin;
        }
        place = place_in(str_sub(reading->text, reading->line_at, at), at - reading->line_at);
        place.line += reading->line - 1;
        return place;
}

bool reading_enter(struct reading *reading, uint32_t at)
{
        if (++reading->depth > reading->limits->depth)
                return reading_too_large(reading, at, "lists and maps are nested deeper than %u levels here",
                                         reading->limits->depth);
        return true;
}

/* Different for different keys most of the time: their ends and their length. */
static size_t cache_place(struct str text)
{
        uint64_t head = 0, tail = 0;

        if (text.len >= sizeof(head)) {
                memcpy(&head, text.data, sizeof(head));
                memcpy(&tail, text.data + text.len - sizeof(tail), sizeof(tail));
        } else {
                for (size_t i = 0; i < text.len; i++)
                        head = head << 8 | (unsigned char)text.data[i];
        }
        return (size_t)((head ^ tail * 31 ^ text.len) * 0x9E3779B97F4A7C15ULL >> 40) % READING_CACHE;
}

uint32_t reading_key(struct reading *reading, struct str text)
{
        struct cached_key *cached = &reading->keys[cache_place(text)];

        if (UNLIKELY(!cached->key || !str_equal(cached->text, text))) {
                cached->key = intern(text);
                cached->text = intern_text(cached->key);
        }
        return cached->key;
}

static struct slot *slots_from(struct reading *reading, size_t base)
{
        return (struct slot *)(void *)reading->slots.data + base;
}

static struct node *to_nodes(struct reading *reading, size_t base, size_t count)
{
        struct node *nodes = count ? arena_take(reading->arena, checked_mul(count, sizeof(*nodes))) : NULL;
        const struct slot *slots = count ? slots_from(reading, base) : NULL;

        for (size_t i = 0; i < count; i++)
                nodes[i] = slots[i].node;
        reading->slots.len = base * sizeof(struct slot);
        return nodes;
}

static struct value mark_nulls(struct value value)
{
        value_each (&value, node) {
                if (node->value.flags & VALUE_NULLS || (node->value.kind == VALUE_NULL && value.kind == VALUE_MAP)) {
                        value.flags |= VALUE_NULLS;
                        break;
                }
        }
        return value;
}

struct value slots_to_list(struct reading *reading, size_t base)
{
        size_t count = slot_count(reading) - base;

        return mark_nulls(value_list(to_nodes(reading, base, count), count));
}

/* Both written down is a mistake. The member keeps its first place in the map, and what is read last counts. */
static void join_same_key(struct reading *reading, struct slot *first, struct slot *second)
{
        char shown[READING_NAME];

        if (!first->is_merged && !second->is_merged && !reading->limits->repeated_keys
            && reading->problems < READING_PROBLEMS_OF_ONE) {
                struct place place = reading_place(reading, first->key_at);

                reading_problem(reading, second->key_at,
                                "the key `%s` stands twice in this map, first in line %u column %u: remove one of them",
                                reading_name(shown, intern_text(second->node.key)), place.line, place.column);
        }
        first->node = second->node;
        first->is_merged &= second->is_merged;
}

static bool join_few(struct reading *reading, struct slot *slots, size_t count, bool *gone)
{
        bool any = false;

        for (size_t i = 1; i < count; i++) {
                for (size_t j = 0; j < i; j++) {
                        if (LIKELY(slots[j].node.key != slots[i].node.key) || gone[j])
                                continue;
                        join_same_key(reading, &slots[j], &slots[i]);
                        any = gone[i] = true;
                        break;
                }
        }
        return any;
}

static int by_key_then_place(const void *a, const void *b, void *context)
{
        const struct slot *slots = context;
        uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
        uint32_t left = slots[i].node.key, right = slots[j].node.key;

        return left != right ? (left > right) - (left < right) : (i > j) - (i < j);
}

static bool join_many(struct reading *reading, struct slot *slots, size_t count, bool *gone)
{
        struct buf order CLEANUP(buf_free) = {0};
        uint32_t *at = (uint32_t *)(void *)buf_reserve(&order, checked_mul(count, sizeof(*at)));
        size_t first = 0;
        bool any = false;

        for (size_t i = 0; i < count; i++)
                at[i] = (uint32_t)i;
        qsort_r(at, count, sizeof(*at), by_key_then_place, slots);
        for (size_t i = 1; i < count; i++) {
                if (slots[at[i]].node.key != slots[at[first]].node.key) {
                        first = i;
                        continue;
                }
                join_same_key(reading, &slots[at[first]], &slots[at[i]]);
                any = gone[at[i]] = true;
        }
        return any;
}

static size_t without_gone(struct slot *slots, size_t count, const bool *gone)
{
        size_t kept = 0;

        for (size_t i = 0; i < count; i++) {
                if (!gone[i])
                        slots[kept++] = slots[i];
        }
        return kept;
}

static size_t join_same_keys(struct reading *reading, size_t base, size_t count)
{
        struct slot *slots = count ? slots_from(reading, base) : NULL;
        bool few[VALUE_SCAN_LIMIT] = {0};

        if (count <= COUNT_OF(few))
                return join_few(reading, slots, count, few) ? without_gone(slots, count, few) : count;

        struct buf many CLEANUP(buf_free) = {0};
        bool *gone = memset(buf_reserve(&many, count), 0, count);

        return join_many(reading, slots, count, gone) ? without_gone(slots, count, gone) : count;
}

/* Maps with an index are copied by value_map(): their nodes go there from the slots. */
struct value slots_to_map(struct reading *reading, size_t base)
{
        size_t count = join_same_keys(reading, base, slot_count(reading) - base);

        return mark_nulls(value_map(reading->arena, to_nodes(reading, base, count), count));
}
