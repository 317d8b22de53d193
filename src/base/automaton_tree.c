/* automaton_tree.c - patterns as trees: literals, classes, groups, alternatives, repetitions, ^ and $. */

#include "base/automaton_tree.h"

#include "base/automaton.h"

enum {
        MOST_DEPTH = 50,  /* of parentheses */
        MOST_TIMES = 300, /* in x{n}, or (x{n}){m} together */
};

static void set_fold(struct automaton_set *set)
{
        for (unsigned letter = 0; letter < 26; letter++) {
                unsigned char lower = (unsigned char)('a' + letter), upper = (unsigned char)('A' + letter);

                if (set_has(set, lower) || set_has(set, upper)) {
                        set_add(set, lower);
                        set_add(set, upper);
                }
        }
}

struct reader {
        struct arena *arena;
        struct str text;
        size_t at;
        unsigned depth;
        bool folds;
};

static struct automaton_tree *tree_new(struct reader *r, enum tree_kind kind)
{
        struct automaton_tree *tree = arena_new(r->arena, struct automaton_tree);

        tree->kind = kind;
        tree->times = 1;
        return tree;
}

static unsigned more_times(const struct automaton_tree *a, const struct automaton_tree *b)
{
        return a->times > b->times ? a->times : b->times;
}

static bool is_next(const struct reader *r, char c)
{
        return r->at < r->text.len && r->text.data[r->at] == c;
}

static bool take(struct reader *r, char c)
{
        if (!is_next(r, c))
                return false;
        r->at++;
        return true;
}

/* What a backslash and a letter stand for, as a set; false for what is not known here. */
static bool read_escape(struct reader *r, struct automaton_set *set)
{
        char c = r->at < r->text.len ? r->text.data[r->at++] : '\0';
        struct automaton_set inner = {0};

        switch (c) {
        case 'd':
        case 'D':
                set_add_range(&inner, '0', '9');
                break;
        case 'w':
        case 'W':
                set_add_range(&inner, '0', '9');
                set_add_range(&inner, 'a', 'z');
                set_add_range(&inner, 'A', 'Z');
                set_add(&inner, '_');
                break;
        case 'n':
                set_add(&inner, '\n');
                break;
        case 't':
                set_add(&inner, '\t');
                break;
        default:
                if (!strchr("\\.+*?()|[]{}^$/-:@,=_ \"'", c) || c == '\0' || c == '_' || c == ' ')
                        return false;
                set_add(&inner, (unsigned char)c);
        }
        if (c == 'D' || c == 'W')
                set_invert(&inner);
        set->bits[0] |= inner.bits[0];
        set->bits[1] |= inner.bits[1];
        return true;
}

static bool is_plain(char c)
{
        return (unsigned char)c < AUTOMATON_ASCII && c != '\0';
}

/* One character or range of a class. */
static bool read_class_item(struct reader *r, struct automaton_set *set)
{
        char first = r->text.data[r->at++], last;

        if (first == '\\')
                return read_escape(r, set)
                       && !(is_next(r, '-') && r->at + 1 < r->text.len && r->text.data[r->at + 1] != ']');
        if (!is_plain(first) || first == '[')
                return false;
        last = first;
        if (is_next(r, '-') && r->at + 1 < r->text.len && r->text.data[r->at + 1] != ']') {
                last = r->text.data[r->at + 1];
                r->at += 2;
                if (!is_plain(last) || last == '\\' || last == '[' || last < first)
                        return false;
        }
        set_add_range(set, (unsigned char)first, (unsigned char)last);
        return true;
}

/* The rest of a class, its bracket taken. */
static struct automaton_tree *read_class(struct reader *r)
{
        struct automaton_tree *tree = tree_new(r, TREE_SET);
        bool inverts = take(r, '^');

        if (is_next(r, ']'))
                return NULL; /* []…] is possible, and nobody writes it */
        while (r->at < r->text.len && !is_next(r, ']'))
                TRY(read_class_item(r, &tree->set));
        TRY(take(r, ']'));
        if (r->folds)
                set_fold(&tree->set);
        if (inverts)
                set_invert(&tree->set);
        return tree;
}

static struct automaton_tree *read_either(struct reader *r);

static struct automaton_tree *read_group(struct reader *r)
{
        struct automaton_tree *tree;

        if (is_next(r, '?')) {
                r->at++;
                TRY(take(r, ':'));
        }
        TRY(r->depth++ < MOST_DEPTH);
        TRY(tree = read_either(r));
        r->depth--;
        TRY(take(r, ')'));
        return tree;
}

static struct automaton_tree *read_atom(struct reader *r)
{
        char c = r->text.data[r->at++];
        struct automaton_tree *tree;

        switch (c) {
        case '(':
                return read_group(r);
        case '[':
                return read_class(r);
        case '^':
                return tree_new(r, TREE_BEGIN);
        case '$':
                return tree_new(r, TREE_END);
        case '*':
        case '+':
        case '?':
        case '{': /* it may stand for itself, or not */
                return NULL;
        default:
                break;
        }
        tree = tree_new(r, TREE_SET);
        if (c == '\\') {
                TRY(read_escape(r, &tree->set));
        } else if (c == '.') {
                set_add(&tree->set, '\n');
                set_invert(&tree->set);
        } else {
                TRY(is_plain(c));
                set_add(&tree->set, (unsigned char)c);
        }
        if (r->folds && c != '.')
                set_fold(&tree->set);
        return tree;
}

static bool read_number(struct reader *r, unsigned *number)
{
        size_t begin = r->at;

        for (*number = 0; r->at < r->text.len && r->text.data[r->at] >= '0' && r->text.data[r->at] <= '9'; r->at++) {
                *number = *number * 10 + (unsigned)(r->text.data[r->at] - '0');
                TRY(*number <= MOST_TIMES);
        }
        return r->at > begin;
}

/* {n}, {n,} and {n,m}, the brace taken. */
static bool read_times(struct reader *r, struct automaton_tree *repeat)
{
        TRY(read_number(r, &repeat->least));
        repeat->most = repeat->least;
        if (take(r, ',')) {
                repeat->most = NO_END;
                if (!is_next(r, '}'))
                        TRY(read_number(r, &repeat->most));
        }
        repeat->times *= repeat->most == NO_END ? repeat->least + 1 : repeat->most;
        return take(r, '}') && repeat->most >= repeat->least && repeat->most > 0 && repeat->times <= MOST_TIMES;
}

static struct automaton_tree *read_repeat(struct reader *r)
{
        struct automaton_tree *atom = read_atom(r), *repeat;

        TRY(atom);
        repeat = tree_new(r, TREE_REPEAT);
        repeat->left = atom;
        repeat->most = NO_END;
        repeat->times = atom->times;
        if (take(r, '+'))
                repeat->least = 1;
        else if (take(r, '?'))
                repeat->most = 1;
        else if (take(r, '{'))
                TRY(read_times(r, repeat));
        else if (!take(r, '*'))
                return atom;
        TRY(atom->kind == TREE_SET || atom->kind == TREE_BOTH || atom->kind == TREE_EITHER
            || atom->kind == TREE_REPEAT);
        take(r, '?'); /* as little as possible: whether it matches does not depend on that */
        TRY(!is_next(r, '*') && !is_next(r, '+') && !is_next(r, '?') && !is_next(r, '{'));
        return repeat;
}

static struct automaton_tree *read_sequence(struct reader *r)
{
        struct automaton_tree *tree = tree_new(r, TREE_EMPTY);

        while (r->at < r->text.len && !is_next(r, '|') && !is_next(r, ')')) {
                struct automaton_tree *both = tree_new(r, TREE_BOTH);

                both->left = tree;
                TRY(both->right = read_repeat(r));
                both->times = more_times(tree, both->right);
                tree = both;
        }
        return tree;
}

static struct automaton_tree *read_either(struct reader *r)
{
        struct automaton_tree *tree = read_sequence(r);

        TRY(tree);
        while (take(r, '|')) {
                struct automaton_tree *either = tree_new(r, TREE_EITHER);

                either->left = tree;
                TRY(either->right = read_sequence(r));
                either->times = more_times(tree, either->right);
                tree = either;
        }
        return tree;
}

static const struct automaton_tree *read_pattern(struct reader *r)
{
        struct automaton_tree *tree;

        if (str_starts(r->text, STR("(?i)"))) {
                r->folds = true;
                r->at = 4;
        }
        TRY(tree = read_either(r));
        return r->at == r->text.len ? tree : NULL;
}

const struct automaton_tree *automaton_tree_read(struct arena *arena, struct str pattern)
{
        struct reader reader = {.arena = arena, .text = pattern};

        return read_pattern(&reader);
}

bool automaton_can(struct str pattern)
{
        struct arena scratch CLEANUP(arena_free) = {0};

        return automaton_tree_read(&scratch, pattern);
}

/* Whether a tree matches nothing at all, where a text begins and ends at once. */
static bool is_nothing(const struct automaton_tree *tree)
{
        switch (tree->kind) {
        case TREE_SET:
                return false;
        case TREE_BOTH:
                return is_nothing(tree->left) && is_nothing(tree->right);
        case TREE_EITHER:
                return is_nothing(tree->left) || is_nothing(tree->right);
        case TREE_REPEAT:
                return tree->least == 0 || is_nothing(tree->left);
        default:
                return true;
        }
}

enum automaton_answer automaton_matches_nothing(struct str pattern)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        const struct automaton_tree *tree = automaton_tree_read(&scratch, pattern);

        if (!tree)
                return AUTOMATON_UNSURE;
        return is_nothing(tree) ? AUTOMATON_YES : AUTOMATON_NO;
}
