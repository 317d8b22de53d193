/* outlook.c - an estate made ready for joins, and kept so while it changes. */

#include <stdlib.h>

#include "base/pool.h"
#include "rulebook/internal.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

enum { SMALL_BLOCK = 256 };

uint64_t outlook_key(const struct join *join, const struct str *ns)
{
        uint64_t of_join = XXH3_64bits(join->name.data, join->name.len);

        return ns ? XXH3_64bits_withSeed(ns->data, ns->len, of_join) : of_join;
}

struct outlook_join *outlook_join(const struct outlook *outlook, const struct join *join)
{
        for (size_t i = 0; i < outlook->joins.count; i++) {
                if (outlook->joins.items[i]->join == join)
                        return outlook->joins.items[i];
        }
        return NULL;
}

/* --- states --- */

static void free_state(struct outlook_state *state)
{
        arena_free(&state->arena);
        key_set_free(&state->asked);
}

/* The index as a state asks it. */
static const struct index *asking(struct outlook *outlook, struct outlook_state *state)
{
        return outlook->follows ? index_asking(&state->arena, outlook->index, &state->asked) : outlook->index;
}

static struct outlook_state make_state(struct outlook *outlook, const struct join *join)
{
        struct outlook_state state = {.arena.next_block = SMALL_BLOCK};

        if (join->prepare)
                state.value = join->prepare(&state.arena, asking(outlook, &state));
        return state;
}

static struct outlook_state make_space(struct outlook *outlook, const struct outlook_join *prepared, struct str ns)
{
        struct outlook_state state = {.arena.next_block = SMALL_BLOCK};

        state.is_made = true;
        state.value = prepared->join->prepare_space(&state.arena, asking(outlook, &state), prepared->state.value, ns);
        return state;
}

/* A join that has nothing to find in the estate has nothing to find in a namespace. */
static bool is_idle(const struct outlook_join *prepared)
{
        return prepared->join->prepare && !prepared->state.value;
}

static bool wants_spaces(const struct outlook_join *prepared)
{
        return prepared->join->prepare_space && !is_idle(prepared);
}

/* Makes the state of each namespace that has Pods and no state yet. */
static void add_spaces(struct outlook *outlook, struct outlook_join *prepared)
{
        const struct object_list *pods;
        struct str ns;

        for (size_t at = 0; wants_spaces(prepared) && index_next_space(outlook->index, &at, &ns, &pods);) {
                struct outlook_state *state;

                if (map_get(&prepared->spaces, ns))
                        continue;
                state = arena_new(&prepared->arena, struct outlook_state);
                *state = make_space(outlook, prepared, ns);
                *map_slot_copy(&prepared->arena, &prepared->spaces, ns) = state;
        }
}

static void release(void *object)
{
        struct outlook *outlook = object;

        for (size_t i = 0; i < outlook->joins.count; i++) {
                struct outlook_join *prepared = outlook->joins.items[i];

                free_state(&prepared->state);
                for (size_t k = 0; k < prepared->spaces.count; k++)
                        free_state(prepared->spaces.entries[k].value);
                arena_free(&prepared->arena);
        }
        key_set_free(&outlook->touched);
        arena_free(&outlook->arena);
}

/* --- before judging --- */

static void prepare(void *context, size_t index, unsigned worker)
{
        struct outlook *outlook = context;
        struct outlook_join *prepared = outlook->joins.items[index];

        (void)worker;
        prepared->state = make_state(outlook, prepared->join);
        add_spaces(outlook, prepared);
}

/* What joins make of the estate, once for all rules that name them. */
static void prepare_all(struct outlook *outlook, const struct rule_list *joined, unsigned threads)
{
        for (size_t i = 0; i < joined->rules.count; i++) {
                struct rule *rule = joined->rules.items[i];

                rule->prepared = outlook_join(outlook, rule->join);
                if (rule->prepared)
                        continue;
                rule->prepared = arena_new(&outlook->arena, struct outlook_join);
                rule->prepared->join = rule->join;
                *vec_push(&outlook->arena, &outlook->joins) = rule->prepared;
        }
        pool_run(threads, outlook->joins.count, prepare, outlook);
}

static int by_join(const void *a, const void *b)
{
        const struct rule *one = *(struct rule *const *)a, *other = *(struct rule *const *)b;
        int order = str_compare(one->join->name, other->join->name);

        return order ? order : str_compare(one->text->id, other->text->id);
}

/* Notes which rules have anything to find. */
static void set_busy(struct arena *arena, struct rulebook *book)
{
        book->busy_pod_joins.rules.count = 0;
        for (size_t i = 0; i < book->joined.rules.count; i++) {
                struct rule *rule = book->joined.rules.items[i];

                rule->idle = is_idle(rule->prepared);
                if (!rule->join->kind_count && !rule->idle)
                        *vec_push(arena, &book->busy_pod_joins.rules) = rule;
        }
        if (book->busy_pod_joins.rules.count)
                qsort(book->busy_pod_joins.rules.items, book->busy_pod_joins.rules.count,
                      sizeof(*book->busy_pod_joins.rules.items), by_join);
}

static void look(struct arena *arena, struct rulebook *book, const struct estate *estate, unsigned threads,
                 bool follows)
{
        struct outlook *outlook;

        if (!book->joined.rules.count)
                return;
        outlook = arena_new(arena, struct outlook);
        outlook->follows = follows;
        arena_at_end(arena, release, outlook);
        outlook->index = index_new(&outlook->arena, estate);
        if (follows)
                index_follow(&outlook->arena, outlook->index);
        prepare_all(outlook, &book->joined, threads);
        book->busy_pod_joins = (struct rule_list){0};
        set_busy(&outlook->arena, book);
        book->outlook = outlook;
}

void rulebook_look(struct arena *arena, struct rulebook *book, const struct estate *estate, unsigned threads)
{
        look(arena, book, estate, threads, false);
}

const void *rulebook_prepared(const struct rulebook *book, const struct join *join)
{
        const struct outlook_join *prepared = book->outlook ? outlook_join(book->outlook, join) : NULL;

        return prepared ? prepared->state.value : NULL;
}

/* --- while the estate changes --- */

void rulebook_follow(struct arena *arena, struct rulebook *book, const struct estate *estate, unsigned threads)
{
        look(arena, book, estate, threads, true);
}

void rulebook_set_estate(struct rulebook *book, const struct estate *(*make)(void *context), void *context)
{
        if (book->outlook)
                index_set_estate(book->outlook->index, make, context);
}

void rulebook_change(struct rulebook *book, const struct object *out, const struct object *in)
{
        struct outlook *outlook = book->outlook;

        if (outlook)
                index_change(&outlook->arena, outlook->index, out, in, &outlook->touched);
}

static bool same(bool (*is_same)(const void *, const void *), const void *one, const void *other)
{
        return one == other || (is_same && one && other && is_same(one, other));
}

/* Asks a join again for what may have changed. Where a namespace has another answer now, that is noted. */
static void catch_up_spaces(struct outlook *outlook, struct outlook_join *prepared, bool all)
{
        const struct join *join = prepared->join;

        for (size_t i = 0; i < prepared->spaces.count; i++) {
                struct map_entry *entry = &prepared->spaces.entries[i];
                struct outlook_state *state = entry->value, old = *state;

                if (!all && state->is_made && !key_set_meets(&state->asked, &outlook->touched))
                        continue;
                *state = (struct outlook_state){0};
                if (wants_spaces(prepared) && index_pods_of(outlook->index, entry->key)->objects.count)
                        *state = make_space(outlook, prepared, entry->key);
                if (!same(join->is_same_space, old.value, state->value))
                        key_set_add(&outlook->touched, outlook_key(join, &entry->key));
                free_state(&old);
        }
        add_spaces(outlook, prepared);
}

/* False if rules came to have something to find, or ceased to, that nobody asked for. */
static bool catch_up(struct outlook *outlook, struct outlook_join *prepared)
{
        const struct join *join = prepared->join;
        struct outlook_state old = prepared->state;
        bool was_idle = is_idle(prepared), again = false;

        if (join->prepare)
                again = join->of_whole ? outlook->touched.count : key_set_meets(&old.asked, &outlook->touched);

        if (again) {
                prepared->state = make_state(outlook, join);
                if (!same(join->is_same, old.value, prepared->state.value))
                        key_set_add(&outlook->touched, outlook_key(join, NULL));
        }
        if (join->prepare_space)
                catch_up_spaces(outlook, prepared, again);
        if (again)
                free_state(&old);
        return was_idle == is_idle(prepared) || join->kind_count;
}

bool rulebook_catch_up(struct rulebook *book, struct key_set *touched)
{
        struct outlook *outlook = book->outlook;
        bool enough = true;

        *touched = (struct key_set){0};
        if (!outlook)
                return true;
        for (size_t i = 0; i < outlook->joins.count; i++)
                enough &= catch_up(outlook, outlook->joins.items[i]);
        set_busy(&outlook->arena, book);
        *touched = outlook->touched;
        outlook->touched = (struct key_set){0};
        return enough;
}
