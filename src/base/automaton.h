/* automaton.h - simple regular expressions as a table: one look per byte, no more.
 *
 * RE2 (regex.h) understands every pattern and is asked in the end; but it takes hundreds of instructions before it looks at
 * the first byte, and most texts that are looked at are shorter than that. Patterns of literals, classes, groups, alternatives,
 * repetitions, ^ and $ become an automaton when they are compiled, if it stays small; what a text says to it is what RE2 says,
 * but for texts with bytes beyond ASCII, of which it says nothing.
 *
 * An automaton that would be too large is made for a simpler pattern, x{9} being x+; then it only says what does not match. */
#pragma once

#include "base/arena.h"
#include "base/str.h"

struct automaton;

enum automaton_answer { AUTOMATON_NO, AUTOMATON_YES, AUTOMATON_UNSURE };

/* Whether a pattern is one of those that automata are made for, so that RE2 understands it, too. */
bool automaton_can(struct str pattern);

/* Whether a pattern matches the empty text, without an automaton. */
enum automaton_answer automaton_matches_nothing(struct str pattern);

/* The automaton of a pattern, in the arena; NULL when there is none, which says nothing about the pattern. */
const struct automaton *automaton_new(struct arena *arena, struct str pattern);

/* Whether it says more than what does not match. */
bool automaton_is_exact(const struct automaton *automaton);

/* Whether the pattern matches somewhere in the text. Safe from many threads. */
enum automaton_answer automaton_matches(const struct automaton *automaton, struct str text);
