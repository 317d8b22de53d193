/* program.c - the rules of a list as one program. */

#include "rulebook/internal.h"

/* A list while its programs are made. */
struct making {
        const struct rulebook *book;
        struct arena *arena;
        struct rule *const *rules;
        size_t count;
        struct programs *programs;
        bool *is_done; /* by rule: it is in a program, or alone */
};

static struct cel_known known_of(const struct rulebook *book, bool in_pod, struct arena *arena)
{
        const struct value **constants = arena_array(arena, const struct value *, VARIABLE_COUNT);
        struct value *version = arena_new(arena, struct value);
        bool *maps = arena_array(arena, bool, VARIABLE_COUNT);

        *version = value_int(book->minor);
        constants[VARIABLE_VERSION] = version;
        constants[VARIABLE_PARAMS] = &book->params;
        maps[VARIABLE_OBJECT] = true;
        maps[VARIABLE_POD] = maps[VARIABLE_CONTAINER] = maps[VARIABLE_VOLUME] = in_pod;
        return (struct cel_known){constants, maps, VARIABLE_POD, in_pod ? KEY_spec : 0};
}

static bool is_own(const struct rule *rule)
{
        return rule->text->file.len == 0;
}

static void add_alone(struct list_program *list, uint32_t rule)
{
        list->alone[list->alone_count++] = rule;
}

/* The rules of the list that look at what the first of them does. */
static void add_group(struct making *m, uint32_t first, const struct cel_known *known, struct list_program *list)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct program_group *group = &list->groups[list->group_count];
        uint32_t *rules = arena_array(m->arena, uint32_t, m->count);
        struct str *texts = arena_array(&scratch, struct str, m->count);
        bool *left_out = arena_array(&scratch, bool, m->count);
        struct err err = {0};
        size_t count = 0;

        for (uint32_t i = first; i < m->count; i++) {
                if (m->is_done[i] || !str_equal(m->rules[i]->each.pointer, m->rules[first]->each.pointer))
                        continue;
                m->is_done[i] = true;
                rules[count] = i;
                texts[count++] = m->rules[i]->text->require;
        }
        *group = (struct program_group){.each = m->rules[first]->each, .rules = rules};
        group->program = engine_compile_many(m->book->engine, texts, count, known, &m->programs->keys, left_out, &err);
        for (size_t i = 0; i < count; i++) {
                if (!group->program || left_out[i])
                        add_alone(list, rules[i]);
        }
        list->group_count += group->program != NULL;
        if (count > list->most_verdicts)
                list->most_verdicts = count;
}

static void make(struct making *m, const struct cel_known *known, struct list_program *list)
{
        list->groups = arena_array(m->arena, struct program_group, m->count);
        list->alone = arena_array(m->arena, uint32_t, m->count);
        m->is_done = arena_array(m->arena, bool, m->count);
        for (uint32_t i = 0; i < m->count; i++) {
                if (m->rules[i]->join || !is_own(m->rules[i])) {
                        m->is_done[i] = true;
                        add_alone(list, i);
                }
        }
        for (uint32_t i = 0; i < m->count; i++) {
                if (!m->is_done[i])
                        add_group(m, i, known, list);
        }
}

static void make_list(const struct rulebook *book, struct programs *programs, const struct rule_list *rules,
                      const struct cel_known *known, struct list_program *list)
{
        struct making m = {.book = book,
                           .arena = &book->lazy->arena,
                           .rules = rules->rules.items,
                           .count = rules->rules.count,
                           .programs = programs};

        make(&m, known, list);
}

/* Keys under which a list's items stand, and where programs find what they look at. */
static void mention(struct programs *programs, const struct rule_list *rules)
{
        for (size_t i = 0; i < rules->rules.count; i++) {
                const struct path *each = &rules->rules.items[i]->each;

                for (size_t k = 0; k < each->count; k++)
                        cel_keys_mention(&programs->keys, each->steps[k].key);
        }
}

static struct programs *make_for_pods(const struct rulebook *book)
{
        struct programs *programs = arena_new(&book->lazy->arena, struct programs);
        struct cel_known known = known_of(book, true, &book->lazy->arena);

        static const uint32_t places[] = {KEY_spec, KEY_containers, KEY_initContainers, KEY_ephemeralContainers,
                                          KEY_volumes};

        for (size_t i = 0; i < COUNT_OF(places); i++)
                cel_keys_mention(&programs->keys, places[i]);
        mention(programs, &book->pods);
        mention(programs, &book->containers);
        mention(programs, &book->main_containers);
        mention(programs, &book->volumes);
        make_list(book, programs, &book->pods, &known, &programs->pods);
        make_list(book, programs, &book->containers, &known, &programs->containers);
        make_list(book, programs, &book->main_containers, &known, &programs->main_containers);
        make_list(book, programs, &book->volumes, &known, &programs->volumes);
        return programs;
}

static struct programs *make_for_kind(const struct rulebook *book, const struct kind_rules *kind)
{
        struct arena *arena = &book->lazy->arena;
        struct programs *programs = arena_new(arena, struct programs);
        struct cel_known known = known_of(book, false, arena);
        struct rule_list list = {0};

        for (size_t i = 0; i < kind->rules.count; i++)
                *vec_push(arena, &list.rules) = kind->rules.items[i].rule;
        mention(programs, &list);
        make_list(book, programs, &list, &known, &programs->objects);
        return programs;
}

const struct programs *programs_for_pods(const struct rulebook *book)
{
        struct programs *programs = atomic_load_explicit(&book->lazy->programs, memory_order_acquire);

        if (LIKELY(programs))
                return programs;
        pthread_mutex_lock(&book->lazy->lock);
        programs = atomic_load_explicit(&book->lazy->programs, memory_order_relaxed);
        if (!programs) {
                programs = make_for_pods(book);
                atomic_store_explicit(&book->lazy->programs, programs, memory_order_release);
        }
        pthread_mutex_unlock(&book->lazy->lock);
        return programs;
}

const struct programs *programs_for_kind(const struct rulebook *book, const struct kind_rules *kind)
{
        struct programs *programs = atomic_load_explicit(kind->programs, memory_order_acquire);

        if (LIKELY(programs))
                return programs;
        pthread_mutex_lock(&book->lazy->lock);
        programs = atomic_load_explicit(kind->programs, memory_order_relaxed);
        if (!programs) {
                programs = make_for_kind(book, kind);
                atomic_store_explicit(kind->programs, programs, memory_order_release);
        }
        pthread_mutex_unlock(&book->lazy->lock);
        return programs;
}
