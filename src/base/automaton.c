/* automaton.c - a pattern is read to a tree, the tree becomes states that may hold at once, and each set of those that does
 * becomes a row of the table. */

#include "base/automaton.h"

#include "base/automaton_tree.h"
#include "base/vec.h"

enum {
        ASCII = AUTOMATON_ASCII,
        MOST_NODES = 3000,   /* of the states that may hold at once */
        MOST_ROWS = 400,     /* of the table */
        MOST_CELLS = 12000,  /* of it */
        MOST_STEPS = 200000, /* words of sets of those states, while the table is made */
        LEAST_RUN = 4,       /* bytes that are worth being looked at together */
        RELAXED = 3,         /* x{n} with more than this becomes x+ in a simpler pattern */
};

/* --- the tree as states that may hold at once --- */

enum node_kind { NODE_SET, NODE_SPLIT, NODE_BEGIN, NODE_END, NODE_MATCH };

struct node_state {
        enum node_kind kind;
        struct automaton_set set;
        uint32_t out, other; /* the next; of SPLIT two */
};

struct builder {
        struct arena *arena;
        VEC(struct node_state) nodes;
        bool is_relaxed; /* a simpler pattern is built */
        bool relaxes;    /* there was something to make simpler */
        bool is_too_large;
};

static uint32_t add_node(struct builder *b, enum node_kind kind, uint32_t out, uint32_t other)
{
        if (b->nodes.count == MOST_NODES) {
                b->is_too_large = true;
                return 0;
        }
        *vec_push(b->arena, &b->nodes) = (struct node_state){.kind = kind, .out = out, .other = other};
        return (uint32_t)b->nodes.count - 1;
}

static uint32_t build(struct builder *b, const struct automaton_tree *tree, uint32_t then);

/* x{least,most}, built from its end. */
static uint32_t build_repeat(struct builder *b, const struct automaton_tree *tree, uint32_t then)
{
        unsigned least = tree->least, most = tree->most;

        if (b->is_relaxed && (least > RELAXED || (most > RELAXED && most != NO_END))) {
                b->relaxes = true;
                least = least > 0;
                most = NO_END;
        }
        if (most == NO_END) {
                uint32_t again = add_node(b, NODE_SPLIT, 0, then), body = build(b, tree->left, again);

                if (b->is_too_large)
                        return 0;
                b->nodes.items[again].out = body;
                then = least ? body : again;
                most = least ? least - 1 : 0;
                least = most;
        }
        for (unsigned i = 0; i < most && !b->is_too_large; i++) {
                uint32_t body = build(b, tree->left, then);

                then = i < most - least ? add_node(b, NODE_SPLIT, body, then) : body;
        }
        return then;
}

/* The node that begins a tree which goes on at `then`. */
static uint32_t build(struct builder *b, const struct automaton_tree *tree, uint32_t then)
{
        uint32_t node;

        if (b->is_too_large)
                return 0;
        switch (tree->kind) {
        case TREE_SET:
                node = add_node(b, NODE_SET, then, 0);
                b->nodes.items[node].set = tree->set;
                return node;
        case TREE_BEGIN:
                return add_node(b, NODE_BEGIN, then, 0);
        case TREE_END:
                return add_node(b, NODE_END, then, 0);
        case TREE_BOTH:
                return build(b, tree->left, build(b, tree->right, then));
        case TREE_EITHER:
                node = build(b, tree->right, then);
                return add_node(b, NODE_SPLIT, build(b, tree->left, then), node);
        case TREE_REPEAT:
                return build_repeat(b, tree, then);
        default:
                return then;
        }
}

/* --- sets of them as rows --- */

enum { ROW_NO, ROW_YES, ROW_UNSURE, ROW_FIRST };

/* Bytes that are looked at together: all must be in their place, or nothing matches. */
struct run {
        uint16_t len, then;  /* the row behind them */
        const char *literal; /* NULL: each is in `set` */
        const bool *set;     /* by class */
};

struct automaton {
        uint8_t class_of[256];
        unsigned classes;
        uint16_t *cells; /* rows of a cell for each class, and what follows */
        unsigned width;
        uint16_t begin;
        bool is_exact, matches_empty;
        const struct run *runs;
};

/* Behind the cells of the classes. */
enum { CELL_RUN, CELL_AT_END, CELLS_MORE };

/* Sets of states are rows of bits. */
struct row {
        uint64_t *bits;
};

struct maker {
        struct builder *builder;
        struct arena *arena; /* for what is only needed now */
        struct automaton *automaton;
        struct automaton_set classes[ASCII];
        size_t words;        /* of a set of states */
        uint64_t **follow;   /* by state of kind SET: what holds behind it */
        uint64_t **of_class; /* by class: the states that take it */
        uint64_t *restart;   /* what holds where the pattern may begin, but for ^ */
        uint64_t *made;      /* the set that is made */
        uint32_t match;      /* the state that ends the pattern */
        VEC(struct row) rows;
        uint32_t *slots; /* hash table of rows, from 1 */
        VEC(uint16_t) cells;
        uint32_t start; /* the state that begins the pattern */
        size_t steps;
        bool is_too_large;
};

enum { SLOTS = 2048 };

static bool has_bit(const uint64_t *bits, size_t at)
{
        return bits[at / 64] >> at % 64 & 1;
}

static void set_bit(uint64_t *bits, size_t at)
{
        bits[at / 64] |= UINT64_C(1) << at % 64;
}

/* Adds a state and what follows it without a byte; states in between are added, too. */
static void add_state(struct maker *m, uint64_t *set, uint32_t node, bool at_begin, bool at_end)
{
        const struct node_state *state = &m->builder->nodes.items[node];

        if (has_bit(set, node))
                return;
        set_bit(set, node);
        m->steps++;
        switch (state->kind) {
        case NODE_SPLIT:
                add_state(m, set, state->out, at_begin, at_end);
                add_state(m, set, state->other, at_begin, at_end);
                return;
        case NODE_BEGIN:
                if (at_begin)
                        add_state(m, set, state->out, at_begin, at_end);
                return;
        case NODE_END:
                if (at_end)
                        add_state(m, set, state->out, at_begin, at_end);
                return;
        default:
                return;
        }
}

/* The states of a set that something depends on: those that take a byte, or ask for the end. */
static void drop_passing(struct maker *m, uint64_t *set)
{
        for (size_t i = 0; i < m->builder->nodes.count; i++) {
                enum node_kind kind = m->builder->nodes.items[i].kind;

                if (kind == NODE_SPLIT || kind == NODE_BEGIN)
                        set[i / 64] &= ~(UINT64_C(1) << i % 64);
        }
}

static uint64_t *closure(struct maker *m, uint32_t node, bool at_begin, bool at_end)
{
        uint64_t *set = arena_array(m->arena, uint64_t, m->words);

        add_state(m, set, node, at_begin, at_end);
        drop_passing(m, set);
        return set;
}

/* What follows each state, and which take each class. */
static void prepare(struct maker *m)
{
        size_t count = m->builder->nodes.count;

        m->words = (count + 63) / 64;
        m->made = arena_array(m->arena, uint64_t, m->words);
        m->follow = arena_array(m->arena, uint64_t *, count);
        m->of_class = arena_array(m->arena, uint64_t *, m->automaton->classes);
        for (unsigned c = 0; c < m->automaton->classes; c++)
                m->of_class[c] = arena_array(m->arena, uint64_t, m->words);
        for (uint32_t i = 0; i < count; i++) {
                const struct node_state *state = &m->builder->nodes.items[i];

                if (state->kind != NODE_SET)
                        continue;
                m->follow[i] = closure(m, state->out, false, false);
                for (unsigned c = 0; c + 1 < m->automaton->classes; c++) {
                        if (state->set.bits[0] & m->classes[c].bits[0] || state->set.bits[1] & m->classes[c].bits[1])
                                set_bit(m->of_class[c], i);
                }
        }
        m->restart = closure(m, m->start, false, false);
}

/* Whether the pattern matches when the text ends where a set holds. */
static bool matches_at_end(struct maker *m, const struct row *row)
{
        uint64_t *set = arena_array(m->arena, uint64_t, m->words);

        for (uint32_t i = 0; i < m->builder->nodes.count; i++) {
                const struct node_state *state = &m->builder->nodes.items[i];

                if (state->kind == NODE_END && has_bit(row->bits, i))
                        add_state(m, set, state->out, false, true);
        }
        return has_bit(set, m->match);
}

static uint32_t hash_of(const struct maker *m)
{
        uint64_t hash = 0;

        for (size_t i = 0; i < m->words; i++)
                hash = (hash ^ m->made[i]) * UINT64_C(0x9e3779b97f4a7c15) ^ hash >> 29;
        return (uint32_t)(hash >> 32);
}

static bool is_empty(const struct maker *m)
{
        uint64_t any = 0;

        for (size_t i = 0; i < m->words; i++)
                any |= m->made[i];
        return any == 0;
}

/* The row of the set that was made; a new one if there is none. */
static uint32_t row_of_set(struct maker *m)
{
        size_t size = m->words * sizeof(uint64_t);
        uint32_t slot;
        struct row *row;

        if (has_bit(m->made, m->match))
                return ROW_YES;
        if (is_empty(m))
                return ROW_NO;
        for (slot = hash_of(m) % SLOTS; m->slots[slot]; slot = (slot + 1) % SLOTS) {
                if (memcmp(m->rows.items[m->slots[slot] - 1].bits, m->made, size) == 0)
                        return m->slots[slot] - 1;
        }
        if (m->rows.count == MOST_ROWS || (m->rows.count + 1) * m->automaton->width > MOST_CELLS
            || m->steps > MOST_STEPS) {
                m->is_too_large = true;
                return ROW_NO;
        }
        row = vec_push(m->arena, &m->rows);
        row->bits = memcpy(arena_take(m->arena, size), m->made, size);
        m->slots[slot] = (uint32_t)m->rows.count;
        return (uint32_t)m->rows.count - 1;
}

/* Where a row goes on with a character of a class. The pattern may begin there, too. */
static uint32_t next_row(struct maker *m, uint32_t from, unsigned class)
{
        const uint64_t *bits = m->rows.items[from].bits;

        memcpy(m->made, m->restart, m->words * sizeof(uint64_t));
        for (size_t i = 0; i < m->words; i++) {
                for (uint64_t left = bits[i] & m->of_class[class][i]; left; left &= left - 1) {
                        const uint64_t *follow = m->follow[i * 64 + (unsigned)__builtin_ctzll(left)];

                        for (size_t k = 0; k < m->words; k++)
                                m->made[k] |= follow[k];
                        m->steps += m->words;
                }
        }
        return row_of_set(m);
}

/* Splits the characters into classes that no set of the pattern tells apart. */
static void find_classes(struct maker *m)
{
        struct automaton *automaton = m->automaton;

        automaton->classes = 1;
        set_add_range(&m->classes[0], 0, ASCII - 1);
        for (size_t i = 0; i < m->builder->nodes.count; i++) {
                const struct node_state *state = &m->builder->nodes.items[i];

                for (unsigned c = 0, end = automaton->classes; state->kind == NODE_SET && c < end; c++) {
                        struct automaton_set *class = &m->classes[c], inside = {{class->bits[0] & state->set.bits[0],
                                                                                 class->bits[1] & state->set.bits[1]}};

                        if ((!inside.bits[0] && !inside.bits[1])
                            || (inside.bits[0] == class->bits[0] && inside.bits[1] == class->bits[1]))
                                continue;
                        class->bits[0] &= ~inside.bits[0];
                        class->bits[1] &= ~inside.bits[1];
                        m->classes[automaton->classes++] = inside;
                }
        }
        for (unsigned c = 0; c < automaton->classes; c++) {
                for (unsigned i = 0; i < ASCII; i++) {
                        if (set_has(&m->classes[c], (unsigned char)i))
                                automaton->class_of[i] = (uint8_t)c;
                }
        }
        /* One more for all bytes that are not ASCII. */
        memset(automaton->class_of + ASCII, (int)automaton->classes, ASCII);
        automaton->classes++;
        automaton->width = automaton->classes + CELLS_MORE;
}

static void push_row(struct maker *m, uint32_t row)
{
        struct automaton *automaton = m->automaton;
        size_t at = m->cells.count;

        for (unsigned i = 0; i < automaton->width; i++)
                *vec_push(m->arena, &m->cells) = 0;
        for (unsigned c = 0; c + 1 < automaton->classes; c++) {
                uint32_t next = row < ROW_FIRST ? row : next_row(m, row, c);

                m->cells.items[at + c] = (uint16_t)(next * automaton->width);
        }
        m->cells.items[at + automaton->classes - 1] =
                (uint16_t)((row == ROW_YES ? ROW_YES : ROW_UNSURE) * automaton->width);
        m->cells.items[at + automaton->classes + CELL_AT_END] =
                row == ROW_YES || (row >= ROW_FIRST && matches_at_end(m, &m->rows.items[row]));
}

/* The only row besides NO that a row goes on to, by which classes; false when there are more. */
static bool only_next(const struct automaton *automaton, uint16_t row, uint16_t *next, bool *classes)
{
        const uint16_t *cells = automaton->cells + row;

        *next = ROW_NO;
        for (unsigned c = 0; c + 1 < automaton->classes; c++) {
                classes[c] = cells[c] != ROW_NO;
                if (!classes[c])
                        continue;
                if (*next != ROW_NO && *next != cells[c])
                        return false;
                *next = cells[c];
        }
        classes[automaton->classes - 1] = false;
        return *next >= ROW_FIRST * automaton->width && *next != row && !cells[automaton->classes + CELL_AT_END];
}

/* The one character of a class set; -1 if there are more. */
static int only_character(const struct maker *m, const bool *classes)
{
        int character = -1;

        for (int i = 0; i < ASCII; i++) {
                if (!classes[m->automaton->class_of[i]])
                        continue;
                if (character >= 0)
                        return -1;
                character = i;
        }
        return character;
}

/* How many bytes from a row on must be what they are, all of one kind: one literal, or of one set of classes. */
static struct run find_run(struct maker *m, struct arena *arena, uint16_t row)
{
        struct automaton *automaton = m->automaton;
        bool *set = arena_array(arena, bool, automaton->classes),
             *next_set = arena_array(m->arena, bool, automaton->classes);
        char literal[256];
        struct run run = {.then = row};
        uint16_t next;
        int character;

        if (!only_next(automaton, row, &next, set))
                return run;
        if (only_character(m, set) < 0) {
                run.set = set;
                while (run.len < UINT16_MAX && only_next(automaton, run.then, &next, next_set)
                       && memcmp(set, next_set, automaton->classes) == 0) {
                        run.then = next;
                        run.len++;
                }
                return run;
        }
        while (run.len < sizeof(literal) && only_next(automaton, run.then, &next, next_set)
               && (character = only_character(m, next_set)) >= 0) {
                literal[run.len++] = (char)character;
                run.then = next;
        }
        run.literal = str_copy(arena, (struct str){literal, run.len}).data;
        return run;
}

static void find_runs(struct maker *m, struct arena *arena)
{
        struct automaton *automaton = m->automaton;
        VEC(struct run) runs = {0};

        *vec_push(arena, &runs) = (struct run){0};
        for (size_t row = ROW_FIRST; row < m->rows.count; row++) {
                uint16_t at = (uint16_t)(row * automaton->width);
                struct run run = find_run(m, arena, at);

                if (run.len < LEAST_RUN)
                        continue;
                automaton->cells[at + automaton->classes + CELL_RUN] = (uint16_t)runs.count;
                *vec_push(arena, &runs) = run;
        }
        automaton->runs = runs.items;
}

/* The row in which a text begins: a copy of what may hold anywhere, and ^ besides. */
static void make_rows(struct maker *m)
{
        struct automaton *automaton = m->automaton;
        uint32_t begin;

        for (uint32_t row = 0; row < ROW_FIRST; row++)
                *vec_push(m->arena, &m->rows) = (struct row){0};
        m->made = closure(m, m->start, true, false);
        begin = row_of_set(m);
        for (uint32_t row = 0; row < m->rows.count && !m->is_too_large; row++)
                push_row(m, row);
        if (m->is_too_large)
                return;
        automaton->begin = (uint16_t)(begin * automaton->width);
        automaton->matches_empty = has_bit(closure(m, m->start, true, true), m->match);
}

static const struct automaton *make(struct arena *arena, struct builder *builder, uint32_t start)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct automaton *automaton = arena_new(arena, struct automaton);
        struct maker m = {.builder = builder, .arena = &scratch, .automaton = automaton, .start = start};

        m.slots = arena_array(&scratch, uint32_t, SLOTS);
        find_classes(&m);
        prepare(&m);
        make_rows(&m);
        if (m.is_too_large)
                return NULL;
        automaton->cells = memcpy(arena_take(arena, m.cells.count * sizeof(uint16_t)), m.cells.items,
                                  m.cells.count * sizeof(uint16_t));
        automaton->is_exact = !builder->relaxes;
        find_runs(&m, arena);
        return automaton;
}

static const struct automaton *try(struct arena *arena, struct arena *scratch, const struct automaton_tree *tree,
                                   bool is_relaxed)
{
        struct builder builder = {.arena = scratch, .is_relaxed = is_relaxed};
        uint32_t match = add_node(&builder, NODE_MATCH, 0, 0), start = build(&builder, tree, match);

        return builder.is_too_large ? NULL : make(arena, &builder, start);
}

const struct automaton *automaton_new(struct arena *arena, struct str pattern)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        const struct automaton_tree *tree = automaton_tree_read(&scratch, pattern);
        const struct automaton *automaton;

        TRY(tree);
        automaton = try(arena, &scratch, tree, false);
        return automaton ? automaton : try(arena, &scratch, tree, true);
}

bool automaton_is_exact(const struct automaton *automaton)
{
        return automaton->is_exact;
}

/* --- asking it --- */

static bool passes(const struct automaton *automaton, const struct run *run, const char *text)
{
        bool all = true;

        if (run->literal)
                return memcmp(text, run->literal, run->len) == 0;
        for (uint16_t i = 0; i < run->len; i++)
                all &= run->set[automaton->class_of[(unsigned char)text[i]]];
        return all;
}

/* What comes out when a run does not pass: nothing matches, unless a byte that is not ASCII stands before the one that is wrong,
 * of which RE2 has to say what it is. */
static enum automaton_answer without_run(struct str text, size_t at)
{
        for (; at < text.len; at++) {
                if ((unsigned char)text.data[at] >= ASCII)
                        return AUTOMATON_UNSURE;
        }
        return AUTOMATON_NO;
}

static enum automaton_answer answer(const struct automaton *automaton, bool matches)
{
        if (!matches)
                return AUTOMATON_NO;
        return automaton->is_exact ? AUTOMATON_YES : AUTOMATON_UNSURE;
}

enum automaton_answer automaton_matches(const struct automaton *automaton, struct str text)
{
        const uint16_t *const cells = automaton->cells;
        const unsigned classes = automaton->classes, rows_end = ROW_FIRST * automaton->width;
        unsigned row = automaton->begin;
        size_t at = 0;

        if (text.len == 0)
                return answer(automaton, automaton->matches_empty);
        while (at < text.len) {
                const struct run *run;
                unsigned next;

                if (UNLIKELY(row < rows_end))
                        break;
                run = &automaton->runs[cells[row + classes + CELL_RUN]];
                if (run->len) {
                        if (run->len > text.len - at || !passes(automaton, run, text.data + at))
                                return without_run(text, at);
                        at += run->len;
                        row = run->then;
                        continue;
                }
                /* As long as it stays in one row, the processor need not wait for what it looked up. */
                do
                        next = cells[row + automaton->class_of[(unsigned char)text.data[at++]]];
                while (next == row && at < text.len);
                row = next;
        }
        if (row == ROW_UNSURE * automaton->width)
                return AUTOMATON_UNSURE;
        if (row < rows_end)
                return answer(automaton, row == ROW_YES * automaton->width);
        return answer(automaton, cells[row + classes + CELL_AT_END]);
}
