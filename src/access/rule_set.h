/* rule_set.h - the rules of RBAC and their algebra: what a rule allows, what it covers, how it is taken apart and put together.
 *
 * Everything here does as the API server does (plugin/pkg/auth/authorizer/rbac, component-helpers/auth/rbac/validation): verbs
 * and names are compared byte by byte, "*" stands for everything, a resource "*" followed by a slash and a subresource for
 * that subresource of everything, and "pods" does not cover "pods/status".
 *
 * The words of a rule are interned, so that comparing them compares integers. Rules are immutable once built and may be shared
 * by any number of threads. */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/vec.h"
#include "doc/value.h"

/* A list of interned texts, in the order in which they were written. `items` of a list that was not given is NULL, of one that
 * is empty it is not. */
struct access_words {
        const uint32_t *items;
        uint32_t count;
};

/* A PolicyRule. */
struct access_rule {
        struct access_words verbs, groups, resources, names, urls;
};

struct access_rules {
        const struct access_rule *items;
        size_t count;
};

/* What is asked: a verb on a resource, or on a path that is no resource. */
struct access_request {
        struct str verb;
        struct str group, resource, subresource; /* the core group and no subresource are empty */
        struct str ns;                           /* empty: of the cluster, or in all namespaces at once */
        struct str name;                         /* empty: none; create, list, watch and deletecollection have none */
        struct str path;                         /* "/healthz"; then only the verb counts beside it */
        bool is_path;
};

/* "*", interned. */
uint32_t access_star(void);

/* The verbs that are met most have a bit each, "*" bit 0; all others share ACCESS_OTHER_VERBS. */
#define ACCESS_OTHER_VERBS (UINT64_C(1) << 63)

uint64_t access_verb_bit(uint32_t verb);
uint64_t access_verb_bits(const struct access_words *verbs);

/* --- reading and writing --- */

/* One list of words from texts. */
struct access_words access_words_of(struct arena *arena, const struct str *texts, size_t count);

/* Reads the `rules` of a Role or ClusterRole; NULL and null give none. False with `err`, which says where below `rules`, when
 * something is no list of texts: the API server would refuse it. */
bool access_rules_read(struct arena *arena, const struct value *list, struct access_rules *out, struct err *err);

/* Writes a rule as denials of escalation name it: {APIGroups:["apps"], Resources:["deployments"], Verbs:["get"]}. Parts that
 * are empty are left out. */
void access_rule_print(struct buf *buf, const struct access_rule *rule);

/* --- what a rule allows --- */

/* A request whose words were looked up once, to be asked of many rules. Words that were never interned stand in no rule. */
struct access_question {
        uint64_t verb_bits;             /* that of the verb and that of "*" */
        uint32_t verb, group, resource; /* resource with its subresource: "pods/status"; 0: in no rule */
        uint32_t any_of_sub;            /* "*" "/status"; 0: in no rule, or there is no subresource */
        uint32_t name;                  /* 0: in no rule; no name is the empty one, which a rule may have */
        struct str path;
        bool is_path;
};

struct access_question access_question_of(const struct access_request *request);

/* Whether a rule allows the request. Where it is allowed (the namespace) is the binding's matter. */
bool access_rule_allows(const struct access_rule *rule, const struct access_question *question);

/* The index of the first rule that allows the request; SIZE_MAX if none does. */
size_t access_rules_find(const struct access_rules *rules, const struct access_question *question);

/* Whether a URL of a rule stands for a path: the same, or a prefix before trailing stars. */
bool access_url_covers(struct str url, struct str path);

/* --- algebra --- */

/* Whether one rule covers another one whole: everything that `servant` allows, `owner` allows. */
bool access_rule_covers(const struct access_rule *owner, const struct access_rule *servant);

/* A rule as rules with one verb and one resource of one group (and one name, if it has names), or one URL. A rule of more than
 * ACCESS_PARTS_MOST such parts stays whole: a short text can name more of them than there is memory. */
enum { ACCESS_PARTS_MOST = 1 << 16 };

struct access_rules access_rule_break_down(struct arena *arena, const struct access_rule *rule);

/* Whether every part of every servant's rule is covered by one rule of the owner's. `uncovered` (may be NULL) gets the parts that
 * are not. What the API server asks before somebody may give rights to somebody. */
bool access_rules_cover(struct arena *arena, const struct access_rules *owner, const struct access_rules *servant,
                        struct access_rules *uncovered);

/* Whether a rule is about one resource of one group, with one name at most: only those are put together. */
bool access_rule_is_simple(const struct access_rule *rule);

/* Puts together simple rules about the same: their verbs one after the other, twice what is there twice. The other rules come
 * first, then the simple ones in the order of their first. */
struct access_rules access_rules_compact(struct arena *arena, const struct access_rules *rules);

/* Whether two rules say the same with the same words in the same order. */
bool access_rule_equal(const struct access_rule *one, const struct access_rule *other);

/* The order of what access_rule_print() writes, byte by byte. */
int access_rule_compare(const struct access_rule *one, const struct access_rule *other);

/* Sorts by that order; what is equal stays in order. */
void access_rules_sort(struct arena *arena, struct access_rule *rules, size_t count);

/* For people: compact, verbs in the usual order and once, rules that differ in their resources alone as one; sorted. It allows what
 * `rules` allow, no more and no less. */
struct access_rules access_rules_tidy(struct arena *arena, const struct access_rules *rules);

/* A rule in words: "get, list secrets, pods/log named web". Not escaped for a terminal. */
void access_rule_put_words(struct buf *out, const struct access_rule *rule);
