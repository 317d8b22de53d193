/* index.h - the estate by kind, namespace, name and labels, for questions about more than one object.
 *
 * A namespace that a manifest does not give is decided when it is applied. So an object without one may be in every
 * namespace: it is found by whoever looks into any, and finds what is in `default`.
 *
 * Groups that Kubernetes moved are one: a Deployment of extensions is found as one of apps.
 *
 * Building takes time in proportion to the estate, a look-up does not. What is built is only read: any number of threads may
 * ask. */
#pragma once

#include "base/key_set.h"
#include "kube/estate.h"
#include "kube/selector.h"

struct index;

struct object_list {
        VEC(const struct object *) objects;
};

/* Over all objects of an estate, which must outlive the index. */
struct index *index_new(struct arena *arena, const struct estate *estate) NONNULL_RESULT;

/* The estate that it is of. What is found in it without the index counts as not asked for. */
const struct estate *index_estate(const struct index *index) NONNULL_RESULT;

/* Objects of a kind: "Service", or "Kind.group". Of one namespace with `ns`, found as said above. */
const struct object *index_find(const struct index *index, struct str kind, struct str ns, struct str name);

/* Whether two objects have the same kind, namespace and name. */
bool index_has_twins(const struct index *index);

/* Whether anything of a kind that has this namespace was shown. */
bool index_has_kind(const struct index *index, struct str kind, struct str ns);

/* All objects of a kind, in the order in which they were shown. */
const struct object_list *index_all(const struct index *index, struct str kind) NONNULL_RESULT;

/* All objects with a pod template (a Pod, a Deployment, …), in the order in which they were shown. */
const struct object_list *index_pods(const struct index *index) NONNULL_RESULT;

/* Loops over the namespaces that have such objects. `*at` begins with 0.
 *
 *     while (index_next_space(index, &at, &ns, &pods)) …
 */
bool index_next_space(const struct index *index, size_t *at, struct str *ns, const struct object_list **pods);

/* Those of one namespace, and how many they are. */
const struct object_list *index_pods_of(const struct index *index, struct str ns) NONNULL_RESULT;
size_t index_pod_count(const struct index *index, struct str ns);

/* The labels of an object's pods: a map, or NULL. */
const struct value *object_pod_labels(const struct object *object);

/* The labels of an object: a map, or NULL. */
const struct value *object_labels(const struct object *object);

/* Whether two are the same object, of which one may be a copy as rules see it, or read again from a changed text. */
static inline bool object_is(const struct object *one, const struct object *other)
{
        return (one->source == other->source || str_equal(one->source->name, other->source->name))
               && one->document == other->document && str_equal(one->path, other->path);
}

/* An order that does not depend on files: by kind, then by name. For what is said once, of one object among many. */
static inline bool object_is_before(const struct object *one, const struct object *other)
{
        int order = str_compare(one->kind, other->kind);

        return order ? order < 0 : str_compare(one->name, other->name) < 0;
}

/* The name that messages give a namespace which is not stated. */
struct str namespace_name(struct str ns);

/* Loops over the objects whose pods are in a namespace and meet a selector.
 *
 *     struct pod_search search = {.ns = ns, .selector = &selector};
 *     while ((object = index_next_pod(index, &search))) …
 */
struct pod_search {
        struct str ns;
        const struct selector *selector;
        const struct object_list *list; /* where the search is */
        size_t at, next_list;
};

const struct object *index_next_pod(const struct index *index, struct pod_search *search);

/* --- the other way: which selectors hold for labels? --- */

struct selector_entry {
        struct str ns;
        bool everywhere; /* of every namespace */
        struct selector selector;
        const struct object *object; /* whose it is */
};

struct selector_index;

/* The entries are copied; what they point to must live as long. */
struct selector_index *selector_index_new(struct arena *arena, const struct selector_entry *entries,
                                          size_t count) NONNULL_RESULT;

/* Whether there is an entry of a namespace, not counting those of every. */
bool selector_index_has(const struct selector_index *index, struct str ns);

/* Loops over the entries of a namespace whose selector holds for labels.
 *
 *     struct selector_search search = {.ns = ns, .labels = labels};
 *     while ((entry = selector_index_next(index, &search))) …
 */
struct selector_search {
        struct str ns;
        const struct value *labels; /* a map, or NULL */
        const void *list;           /* where the search is */
        size_t at, place;
};

const struct selector_entry *selector_index_next(const struct selector_index *index, struct selector_search *search);

/* --- an index that follows an estate ---
 *
 * What is asked of an index is noted as keys; what changes in the estate touches keys. An answer that was got by asking only for
 * keys that were not touched since is still right. The objects of an answer are part of it: one that differs in anything but the
 * bytes at which it stands has changed. */

/* The order of objects in one source, as they stand there. */
int object_compare_place(const struct object *one, const struct object *other);

/* Who is asked for the estate as it is, from now on; what it gives stays as long as no object in it changes, and has only names and
 * objects. */
void index_set_estate(struct index *index, const struct estate *(*make)(void *context), void *context);

/* Makes it fit to be changed. */
void index_follow(struct arena *arena, struct index *index);

/* Takes an object out, puts one in, or both: one of the two may be NULL. What may have other answers now is added to `touched`.
 * The object taken out is not looked at afterwards. */
void index_change(struct arena *arena, struct index *index, const struct object *out, const struct object *in,
                  struct key_set *touched);

/* The same index, which notes in `asked` what it is asked; good until the index changes. */
const struct index *index_asking(struct arena *arena, const struct index *index, struct key_set *asked) NONNULL_RESULT;

/* Whether two objects are the same to whoever asks an index: everything but the bytes at which they stand. */
bool object_is_unchanged(const struct object *one, const struct object *other);
