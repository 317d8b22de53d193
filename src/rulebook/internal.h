/* internal.h - what the files of the rulebook share: where a rule was written, its expressions, and a rule made ready. */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "base/map.h"
#include "policy/cel/cel.h"
#include "policy/cel/many.h"
#include "rulebook/join.h"
#include "rulebook/rulebook.h"

/* --- where a rule was written (origin.c) --- */

/* Where the strings of a rule stand in its file, so that a mistake in an expression is shown where a person wrote it. */
struct origin_string {
        const char *data; /* the string as the rule has it */
        uint32_t at;      /* where it stands in the text, quoted, folded or as it is */
};

struct origin {
        struct str text;
        VEC(struct origin_string) strings;
};

/* The place in the file of a byte of one of the rule's strings. Exact but for escapes in double quotes. */
struct place origin_place(const struct origin *origin, struct str string, size_t offset);

/* rule_read() that also notes where strings stand; `origin` may be NULL. */
bool rule_read_origin(struct arena *arena, struct str text, struct str file, struct rule_text *out,
                      struct origin *origin, struct err *err);

/* --- messages (template.c) --- */

/* A piece of a message: text, or an expression in braces. */
struct template_part {
        struct str literal, expression; /* one of them is empty */
};

/* Takes the next piece off a message from `*at` on. False at the end, and with `err` (`*at` is then the place in the message)
 * when a brace is not closed or holds nothing. */
bool template_take(struct str message, size_t *at, struct template_part *part, struct err *err);

/* --- expressions (engine.c) --- */

enum variable {
        VARIABLE_OBJECT,
        VARIABLE_VERSION,
        VARIABLE_POD,
        VARIABLE_CONTAINER,
        VARIABLE_VOLUME,
        VARIABLE_FACT,
        VARIABLE_ITEM,
        VARIABLE_PARAMS,
        VARIABLE_COUNT
};

/* Their names and types. */
extern const struct cel_variable engine_variables[VARIABLE_COUNT];

/* An expression of a rule; its program is made when it is first needed. */
struct expression {
        struct str text;
        _Atomic(struct cel_program *) program;
};

/* Compiles expressions; may be used by many threads at once. */
struct engine;

/* Lives as long as the arena, which is not used otherwise. */
struct engine *engine_new(struct arena *arena);

/* The slow path of engine_program(). */
struct cel_program *engine_compile(struct engine *engine, struct expression *expression, struct err *err);

/* Many expressions as one program (many.h). */
struct cel_program *engine_compile_many(struct engine *engine, const struct str *texts, size_t count,
                                        const struct cel_known *known, struct cel_keys *keys, bool *left_out,
                                        struct err *err);

/* The program of an expression; NULL with `err` when it is wrong. */
static inline const struct cel_program *engine_program(struct engine *engine, struct expression *expression,
                                                       struct err *err)
{
        struct cel_program *program = atomic_load_explicit(&expression->program, memory_order_acquire);

        return LIKELY(program) ? program : engine_compile(engine, expression, err);
}

/* Tries all expressions of rules, each with the variables that its scope has. Zero it before first use. */
struct rule_checker {
        struct arena *arena;
        struct cel_env *environments[SCOPE_JOIN + 1][2]; /* by scope, and whether there is an `item` */
};

/* False with `err`, line and column in the rule's file, when an expression of the rule is wrong. */
bool rule_check(struct rule_checker *checker, const struct rule_text *rule, const struct origin *origin,
                struct err *err);

/* --- a rule made ready (ready.c) --- */

/* A JSON Pointer whose parts are looked up already. */
struct path_step {
        uint32_t key;   /* interned */
        uint32_t index; /* in a list; UINT32_MAX if the part is no number */
        uint32_t end;   /* of the part in the pointer */
};

struct path {
        struct str pointer;
        const struct path_step *steps;
        size_t count;
};

void path_read(struct arena *arena, struct str pointer, struct path *out);

/* The deepest node on the path that exists; `*found` gets the number of steps that lead to it. */
const struct node *path_follow(const struct node *from, const struct path *path, size_t *found);

struct ready_place {
        struct path path;
        bool in_pod, in_object, in_containers;
        struct expression *when; /* NULL: always */
};

struct ready_part {
        struct str literal;
        struct expression *expression; /* NULL: the literal */
};

/* A text with expressions in it. */
struct ready_text {
        struct ready_part *parts;
        size_t count;
};

struct ready_change {
        struct ready_place place;
        struct ready_text pointer;   /* what the place's path is made of each time; count 0: it is always the same */
        const struct value *value;   /* NULL: computed, or removed */
        struct expression *computed; /* NULL: it is not */
};

struct ready_repair {
        const struct rule_repair *text;
        struct expression *when, *containers; /* NULL: always, all */
        struct ready_change *changes;
        size_t change_count;
        struct ready_text add; /* count 0: nothing */
};

enum { MOST_CONDITIONS = 64 };

struct ready_reference {
        struct reference reference;
        uint32_t condition; /* index, or MOST_CONDITIONS: none */
};

/* The references of findings for which the same conditions hold. */
struct reference_set {
        struct reference_set *next;
        uint64_t holds; /* a bit for each condition */
        const struct reference *references;
        size_t count;
};

/* What is needed once a rule has found something. */
struct rule_details {
        const struct rule_summary *summary;
        struct ready_text message;
        struct ready_place *places;
        size_t place_count;
        struct ready_repair *repairs;
        size_t repair_count;
        struct ready_reference *references; /* those in force */
        size_t reference_count;
        struct expression **conditions;
        size_t condition_count;
        _Atomic(struct reference_set *) sets; /* those that findings had so far */
};

struct rule {
        const struct rule_text *text;
        struct expression require;
        struct path each;              /* count 0: none */
        const struct join *join;       /* NULL: none */
        struct outlook_join *prepared; /* for the join, by rulebook_look() */
        bool idle;                     /* the join has nothing to find in this estate */
        _Atomic(struct rule_details *) details;
};

struct rule_list {
        VEC(struct rule *) rules;
};

/* --- rules as one program (program.c) ---
 *
 * The rules of a list are compiled to one program for the things that they look at and one for each list whose items they look
 * at: what they share is looked up once, and rules whose keys do not occur are passed over (policy/cel/many.h). A person's own
 * rules, and those that cannot stand in such a program, are judged each by itself. Whichever way, verdicts are the same. */

/* Rules that look at the same thing or the items of the same list. */
struct program_group {
        struct path each; /* count 0: the thing itself */
        const struct cel_program *program;
        const uint32_t *rules; /* by index in the program: index in the list */
};

struct list_program {
        struct program_group *groups;
        size_t group_count;
        uint32_t *alone; /* index in the list */
        size_t alone_count;
        size_t most_verdicts; /* of one run */
};

/* The programs for whatever has a pod template, or for the objects of a kind. */
struct programs {
        struct cel_keys keys;
        struct list_program pods, containers, main_containers, volumes;
        struct list_program objects;
};

/* A rule that is not true, of a list that is judged. */
struct list_verdict {
        uint32_t rule, item; /* index in the list; of the item, from 1; 0: none */
        bool ask;            /* the rule by itself: it failed, or was not judged yet */
};

struct kind_rule {
        struct rule *rule;
        struct str group;
        bool grouped; /* the rule is for this group only */
};

/* The object rules for one kind. */
struct kind_rules {
        struct str kind;
        VEC(struct kind_rule) rules;
        _Atomic(struct programs *) *programs; /* made when the first object of the kind is judged */
};

/* --- an estate made ready for joins (outlook.c) --- */

/* What a join made of the estate or of a namespace, and what it asked for. */
struct outlook_state {
        struct arena arena;
        const void *value;
        bool is_made;         /* of a namespace: false while it has no Pods */
        struct key_set asked; /* only of an estate that changes */
};

/* Each is made ready by one thread. */
struct outlook_join {
        const struct join *join;
        struct outlook_state state;
        struct arena arena; /* of what follows */
        struct map spaces;  /* namespace: struct outlook_state; only if the join prepares them */
        char apart[CACHE_LINE];
};

struct outlook {
        struct arena arena;
        struct index *index;
        VEC(struct outlook_join *) joins;
        bool follows;
        struct key_set touched; /* since the last rulebook_catch_up() */
};

/* What a join prepared; NULL if the outlook has no such join. */
struct outlook_join *outlook_join(const struct outlook *outlook, const struct join *join);

/* Under which key it is noted that a judgement depends on what a join prepared: for the estate, or for a namespace. */
uint64_t outlook_key(const struct join *join, const struct str *ns);

struct rulebook {
        const struct rule_text **texts; /* all rules, sorted by id */
        size_t text_count;
        struct str pod_security;
        uint32_t minor;
        struct value params; /* a map */
        struct engine *engine;
        /* The active ones, by what they look at. Those of `kinds` look at objects too. */
        struct rule_list objects, pods, containers, main_containers, volumes;
        VEC(struct kind_rules) kinds;
        struct rule_list joined; /* those with a join, to be made ready; they stand in the other lists too */
        struct rule_list
                busy_pod_joins;  /* those of them that look at whatever has a pod template, and may find something */
        struct outlook *outlook; /* on the estate that is judged; NULL: rulebook_look() was not called */
        bool one_by_one;         /* each rule is judged by itself */
        struct lazy *lazy;
};

/* What of a book is made only when somebody asks for it; under the lock. */
struct lazy {
        pthread_mutex_t lock;
        struct arena arena;
        const struct rule_summary *summaries;
        _Atomic(struct programs *) programs; /* made when the first pod template is judged */
};

/* The summaries, one for each of the book's texts; the caller holds the lock of what is lazy. */
const struct rule_summary *summaries_locked(const struct rulebook *book);

/* A book of one rule, or of none (NULL), under the version and the parameters of some settings. */
struct rulebook *rulebook_of(struct arena *arena, const struct rule_text *rule,
                             const struct rulebook_settings *settings);

/* A book of one rule, judged as the newest version of Kubernetes does. */
struct rulebook *rulebook_of_rule(struct arena *arena, const struct rule_text *rule);

/* The details of a rule; made the first time. */
struct rule_details *rule_details(const struct rulebook *book, struct rule *rule);

/* The references of a finding, by the conditions that hold. */
const struct reference_set *details_references(const struct rulebook *book, struct rule_details *details,
                                               uint64_t holds);

/* Whether a rule is active under the settings that the book was made with. */
bool rulebook_judges_by(const struct rulebook *book, const struct rulebook_settings *settings,
                        const struct rule_text *rule);

/* Whether a reference holds in this book: its version, and with --pod-security its level. */
bool reference_in_force(const struct rulebook *book, const struct rule_reference *reference);

/* Reads every rule file below a folder; rules are appended in the order of their names. */
struct text_list {
        VEC(const struct rule_text *) texts;
};

bool folder_read(struct arena *arena, struct rule_checker *checker, struct str folder, struct text_list *out,
                 struct err *err);

/* --- findings (judge.c, find.c, repair.c) --- */

/* What is judged at the moment. */
struct subject {
        const struct object *object;
        const struct node *thing;          /* the object, pod, container or volume */
        const struct container *container; /* NULL: none */
        const struct node *volume;         /* NULL: none */
        uint32_t volume_index;
        const struct node *item; /* of `each`; NULL: none */
        uint32_t item_index;
        const struct join_fact *fact; /* that `item` is the place of; NULL: none */
};

struct judge {
        const struct rulebook *book;
        struct estate_source *source;
        struct arena *scratch;
        struct finding_list *out;
        struct value variables[VARIABLE_COUNT];
        struct cel_frame frame;
        const struct object *given;         /* the object as it was read, with its nulls */
        const struct finding_object *named; /* what findings call the object; NULL until there is one */
        struct subject subject;
        struct rule_list failed;     /* rules that failed on this object */
        const struct index *index;   /* NULL: rulebook_look() was not called */
        struct key_set *asked;       /* notes what the judgement depends on; NULL: nobody wants to know */
        struct arena facts;          /* of the join that is judged */
        struct arena kept;           /* for the two below */
        struct cel_verdict *answers; /* room for those of one program */
        size_t answer_room;
        VEC(struct list_verdict) verdicts; /* of the list that is judged */
        struct buf text, hashed;           /* what is being written; kept so that their memory is used again */
};

/* The object as rules see it: without members of maps that are null. */
const struct object *object_without_null(struct arena *arena, const struct object *object);

enum { FACTS_KEPT = 1 << 20 };

/* One rule on the subject as it stands (judge.c), and a rule with a join on the object (join.c). */
void judge_subject(struct judge *judge, struct rule *rule);
void judge_join(struct judge *judge, struct rule *rule);

/* The programs for pod templates, and for a kind; made the first time. */
const struct programs *programs_for_pods(const struct rulebook *book);
const struct programs *programs_for_kind(const struct rulebook *book, const struct kind_rules *kind);

/* Whether a condition holds; one that fails does not. */
bool judge_holds(struct judge *judge, struct expression *when);

/* Appends what `rule` found on the subject. */
void judge_find(struct judge *judge, struct rule *rule);

/* Appends that a rule could not judge the subject. */
void judge_fail(struct judge *judge, struct rule *rule, const struct err *err);

/* Appends the JSON Pointer of what a place starts from, in the document; with `stable`, from the object on and with names
 * instead of indexes. `place` may be NULL: the subject. */
void judge_add_pointer(struct buf *out, const struct judge *judge, const struct rule *rule,
                       const struct ready_place *place, bool stable);

/* The node that a place starts from; `place` may be NULL. */
const struct node *judge_base(const struct judge *judge, const struct ready_place *place);

/* A text with its expressions run; a question mark where one fails, and then false. */
bool judge_add_text(struct judge *judge, const struct ready_text *text, struct buf *out);

/* What an expression gives; false if it fails. */
bool judge_compute(struct judge *judge, struct expression *expression, struct value *value);

/* The repair of a finding. */
void judge_repair(struct judge *judge, struct rule *rule, const struct rule_details *details, struct finding *finding);
