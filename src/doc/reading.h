/* reading.h - what the readers of YAML and JSON share: problems, and the lists and maps that are still open.
 *
 * The items of an open list or map wait in slots, all of them in one row; when it is closed, they go into the arena at once and
 * take no more room there than they need. */
#pragma once

#include "base/buf.h"
#include "doc/document.h"

enum { READING_CACHE = 512, READING_PROBLEMS_OF_ONE = 10 };

/* A node of a list or map that is open. */
struct slot {
        struct node node;
        uint32_t key_at;
        bool is_merged; /* comes from a `<<`: may stand again */
};

struct cached_key {
        struct str text;
        uint32_t key;
};

struct reading {
        struct arena *arena;
        struct str text;
        const struct document_limits *limits;
        struct document_stream *out;
        struct buf slots;
        uint32_t index, begin;    /* of the document at hand */
        uint32_t depth, problems; /* of the document at hand */
        size_t nodes;             /* of the document at hand */
        uint32_t line_at, line;   /* a line that begins before the document at hand, and its number */
        struct cached_key keys[READING_CACHE];
};

/* Nothing read yet. False with a problem if the text is too long. */
bool reading_begin(struct reading *reading, struct arena *arena, struct str text, const struct document_limits *limits,
                   struct document_stream *out);

/* Gives back what is not in the arena. */
void reading_end(struct reading *reading);

/* The next document begins at an offset. */
void reading_document(struct reading *reading, size_t begin);

/* One more problem of the document at hand, which then will not be given out. Always false. */
bool reading_problem(struct reading *reading, uint32_t at, const char *format, ...) PRINTF_LIKE(3, 4);

/* The same of what is beyond a limit. */
bool reading_too_large(struct reading *reading, uint32_t at, const char *format, ...) PRINTF_LIKE(3, 4);

/* As much of a name as fits a message of one line. */
enum { READING_NAME = 64 };
const char *reading_name(char out[READING_NAME], struct str name);

/* Line and column of an offset in the document at hand. */
struct place reading_place(struct reading *reading, uint32_t at);

/* Counts a value that begins at an offset. False with a problem if there are too many. */
static inline bool reading_count(struct reading *reading, uint32_t at)
{
        if (UNLIKELY(++reading->nodes > reading->limits->nodes))
                return reading_too_large(reading, at, "the document has more than %u values: split it",
                                         reading->limits->nodes);
        return true;
}

/* One level deeper; the caller takes `depth` down again. False with a problem if that is too deep. */
bool reading_enter(struct reading *reading, uint32_t at);

/* The interned number of a key. */
uint32_t reading_key(struct reading *reading, struct str text);

/* How many slots are in use. */
static inline size_t slot_count(const struct reading *reading)
{
        return reading->slots.len / sizeof(struct slot);
}

static inline void slot_add(struct reading *reading, struct slot slot)
{
        struct buf *slots = &reading->slots;

        if (UNLIKELY(slots->capacity - slots->len < sizeof(slot)))
                buf_reserve(slots, sizeof(slot));
        memcpy(slots->data + slots->len, &slot, sizeof(slot));
        slots->len += sizeof(slot);
}

/* Where the key of a slot stands; `otherwise` if there is no such slot. */
static inline uint32_t slot_key_at(const struct reading *reading, size_t index, uint32_t otherwise)
{
        struct slot slot = {.key_at = otherwise};

        if (index < slot_count(reading))
                memcpy(&slot, reading->slots.data + index * sizeof(slot), sizeof(slot));
        return slot.key_at;
}

/* Makes the slots from `base` on a list or map in the arena. In a map the last of members with the same key stays, which is a
 * problem if both were written down. */
struct value slots_to_list(struct reading *reading, size_t base);
struct value slots_to_map(struct reading *reading, size_t base);
