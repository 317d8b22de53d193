/* automaton_tree.h - the part of RE2's syntax that automata are made for, as a tree. */
#pragma once

#include "base/arena.h"
#include "base/str.h"

enum { AUTOMATON_ASCII = 128 };

/* A set of ASCII characters. */
struct automaton_set {
        uint64_t bits[2];
};

static inline void set_add(struct automaton_set *set, unsigned char c)
{
        set->bits[c / 64] |= UINT64_C(1) << c % 64;
}

static inline bool set_has(const struct automaton_set *set, unsigned char c)
{
        return set->bits[c / 64] >> c % 64 & 1;
}

static inline void set_add_range(struct automaton_set *set, unsigned char first, unsigned char last)
{
        for (unsigned c = first; c <= last; c++)
                set_add(set, (unsigned char)c);
}

static inline void set_invert(struct automaton_set *set)
{
        set->bits[0] = ~set->bits[0];
        set->bits[1] = ~set->bits[1];
}

enum tree_kind { TREE_EMPTY, TREE_SET, TREE_BEGIN, TREE_END, TREE_BOTH, TREE_EITHER, TREE_REPEAT };

struct automaton_tree {
        enum tree_kind kind;
        struct automaton_set set;
        struct automaton_tree *left, *right; /* of BOTH and EITHER; REPEAT: left */
        unsigned least, most;                /* of REPEAT; NO_END: no end */
        unsigned times; /* how often what is in it is repeated, at most, where that is bounded; from 1 */
};

enum { NO_END = 1 << 30 };

/* Reads a pattern; NULL when there is something in it that is not known here. */
const struct automaton_tree *automaton_tree_read(struct arena *arena, struct str pattern);
