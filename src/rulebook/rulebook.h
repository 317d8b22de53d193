/* rulebook.h - what Strake believes: rules as data, judged over the objects of an estate.
 *
 * A rule is one YAML file (docs/rules-format.md): what it looks at, one CEL expression that must be true, where a finding
 * points, its message, its fix, its references, and examples. The rules of Strake are compiled into the program; a person's
 * own are read from folders. The same expression can be printed as a ValidatingAdmissionPolicy. */
#pragma once

#include "base/buf.h"
#include "base/key_set.h"
#include "kube/estate.h"
#include "report/finding.h"

/* What one judgement looks at. */
enum rule_scope {
        SCOPE_OBJECT,         /* the whole object; `object` */
        SCOPE_POD,            /* each pod template; `pod` */
        SCOPE_CONTAINER,      /* every container of it: init, main, sidecar, ephemeral; `container` */
        SCOPE_MAIN_CONTAINER, /* containers and sidecars only */
        SCOPE_VOLUME,         /* every volume; `volume` */
        SCOPE_JOIN,           /* what a join finds (join.h); `item` and `fact` */
};

/* A reference that may depend on the case and on the version of a Pod Security check. */
struct rule_reference {
        struct reference reference;
        uint32_t since, until; /* Pod Security: minor versions for which the check exists; until is the last one */
        struct str when;       /* CEL: the finding cites it only if true; empty: always */
};

/* A place relative to what is judged. */
struct rule_place {
        struct str path; /* JSON Pointer, below the scope's thing or its item, unless it is `in_pod` or `in_object` */
        bool in_pod, in_object;
        bool in_containers; /* of a change: at each container of the pod */
        struct str when;    /* CEL; the first place whose condition holds is taken; empty: always */
};

/* The path of its place may have {CEL} in it, whose texts are escaped. */
struct rule_change {
        struct rule_place place;
        struct str json; /* what to set there, as JSON */
        struct str cel;  /* or what gives that; both empty: remove it */
};

/* One way to repair what a rule finds. */
struct rule_repair {
        struct str when;       /* CEL; the first repair whose condition holds is made; empty: always */
        struct str containers; /* CEL: at which containers changes `in_containers` are made; empty: all */
        const struct rule_change *changes;
        size_t change_count;
        struct str add; /* or an object to add, YAML with {CEL} in it */
        bool safe;
        struct str note;
        const struct str *uncovers; /* rules that may find something afterwards, which stood behind this */
        size_t uncover_count;
};

struct rule_example {
        struct str manifest;
        bool bad;
};

/* A rule as text: what a rule file says, before compilation. The built-in rules are constants of this type. */
struct rule_text {
        struct str id, title, description;
        enum severity severity;
        enum area area;
        enum rule_scope scope;
        const struct str *kinds; /* SCOPE_OBJECT: "Kind" or "Kind.group"; none: every kind */
        size_t kind_count;
        struct str join;    /* SCOPE_JOIN: its name */
        struct str with;    /* what is asked of the join; may be empty */
        struct str each;    /* JSON Pointer of a list or map below the scope's thing, judged item by item as `item` */
        struct str require; /* CEL; true: nothing to find; empty: whatever a join says is found */
        struct str message; /* text with {CEL} in it */
        const struct rule_place *places;
        size_t place_count;
        const struct rule_reference *references;
        size_t reference_count;
        const struct rule_repair *repairs;
        size_t repair_count;
        const struct rule_example *examples;
        size_t example_count;
        struct str params; /* JSON, a map: what the examples are judged with as `params`; empty: nothing */
        struct str file;   /* where it was read, for messages; empty for built-in rules */
};

/* The rules of Strake itself, sorted by id; generated from rules/ when the program is built. */
extern const struct rule_text rulebook_builtin[];
extern const size_t rulebook_builtin_count;

/* Reads one rule file. `err` has line and column of what is wrong. Strings point into `text` or live in the arena. */
bool rule_read(struct arena *arena, struct str text, struct str file, struct rule_text *out, struct err *err);

struct rulebook; /* the active rules, compiled */

enum { KUBERNETES_NEWEST_MINOR = 37 };

struct rulebook_settings {
        const struct str *folders; /* of a person's own rules */
        size_t folder_count;
        const struct str *only; /* rule ids; none: all */
        size_t only_count;
        const struct str *skip;
        size_t skip_count;
        struct str only_place, skip_place, framework_place; /* where a file says so; empty: options say it */
        struct str pod_security; /* "baseline" or "restricted": that standard and nothing else; empty: everything */
        struct str framework;    /* only rules that cite it ("cis"); empty: all */
        struct value params;     /* what rules know as `params`: a map, or nothing */
        uint32_t minor;          /* judged as Kubernetes 1.minor */
        bool one_by_one; /* judges each rule by itself, not many as one program: slower, and the same verdicts; for tests */
};

/* Compiles the active rules. NULL with `err` when a folder, a file or an expression is wrong, or a rule is not known. */
struct rulebook *rulebook_new(struct arena *arena, const struct rulebook_settings *settings, struct err *err);

/* Every rule of the book, the inactive too, sorted by id; as reports need it. */
const struct rule_summary *rulebook_summaries(const struct rulebook *book, size_t *count);

/* What an expression that fails is called: a finding of this rule, of area "input". */
extern const struct rule_summary rule_failed_summary;

/* The text of a rule by id, NULL if there is none. */
const struct rule_text *rulebook_find(const struct rulebook *book, struct str id);

/* Findings are large and many, so they are kept in memory of their own (malloc) that can be given back. */
struct finding_list {
        struct finding *items;
        size_t count, capacity;
};

/* Makes room for so many findings in all: what grows step by step is copied each time. */
void finding_list_reserve(struct finding_list *list, size_t count);

/* One more finding at the end, not cleared. Pointers to others do not survive. */
struct finding *finding_list_push(struct finding_list *list) NONNULL_RESULT;

/* The same findings in memory of just that size. */
void finding_list_copy(const struct finding_list *list, struct finding_list *out);

/* Gives the memory back; the list is empty and usable again. Fits CLEANUP(finding_list_free). */
void finding_list_free(struct finding_list *list);

/* Makes the estate ready for the rules that look at more than one object; without it they find nothing. To be called before
 * judging, and again when the estate is another one. What it makes lives in the arena; the estate must live as long. Uses up to
 * `threads` threads. */
void rulebook_look(struct arena *arena, struct rulebook *book, const struct estate *estate, unsigned threads);

/* What a join made of the estate that the book has looked at; NULL: nothing, or no rule asks for the join. */
struct join;
const void *rulebook_prepared(const struct rulebook *book, const struct join *join);

/* Judges all objects of one source; findings are appended to `out` in the order of reports, what they point to lives in the
 * source's arena. `scratch` is reset at will. */
void rulebook_judge(const struct rulebook *book, struct estate_source *source, struct arena *scratch,
                    struct finding_list *out);

/* --- an estate that changes ---
 *
 * A judgement of a source depends on the source, and on what its joins asked the index for (kube/index.h) or got prepared. That is
 * noted as keys; changes touch keys. A source that asked for nothing that was touched would be judged as before. */

/* rulebook_look() on an estate that will change. */
void rulebook_follow(struct arena *arena, struct rulebook *book, const struct estate *estate, unsigned threads);

/* rulebook_judge() that adds to `asked` on what the judgement depends. */
void rulebook_judge_asking(const struct rulebook *book, struct estate_source *source, struct arena *scratch,
                           struct finding_list *out, struct key_set *asked);

/* Who gives the estate as it is (index_set_estate()). */
void rulebook_set_estate(struct rulebook *book, const struct estate *(*make)(void *context), void *context);

/* One object went, came, or became another: `out` or `in` may be NULL. `out` must stay until rulebook_catch_up(). */
void rulebook_change(struct rulebook *book, const struct object *out, const struct object *in);

/* After changes and before judging. `touched` is what whoever asked for it must be judged for again; the caller frees it. False:
 * every source must. */
bool rulebook_catch_up(struct rulebook *book, struct key_set *touched);

/* Whether a rule is about objects of a cluster. Others are about what Strake itself makes objects of, as images: kinds of groups
 * that end with ".strake.dev". */
bool rule_is_of_cluster(const struct rule_text *rule);

/* What the file of an example would be called: examples of rules for Dockerfiles are Dockerfiles. */
struct str rule_example_name(const struct rule_text *rule);

/* What is wrong with a rule's own examples: a bad one that it does not find, a good one that it does, a safe fix that does not
 * repair. Returns the number of examples tried; each failure is appended as a line. */
size_t rule_test(const struct rule_text *rule, struct buf *failures, size_t *failed);
