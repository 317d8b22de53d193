/* selector.h - label and field selectors: which objects are meant.
 *
 * A selector is a list of requirements that must all hold; one without requirements holds for everything. That a missing
 * selector means nothing in some places and everything in others is for the caller to know. */
#pragma once

#include "base/err.h"
#include "kube/object.h"

enum selector_operator {
        SELECTOR_IN,
        SELECTOR_NOT_IN, /* also true if the label is not there */
        SELECTOR_EXISTS,
        SELECTOR_NOT_EXISTS,
        SELECTOR_GREATER, /* of whole numbers; false if the label is none */
        SELECTOR_LESS,
};

struct requirement {
        struct str key;
        enum selector_operator op;
        const struct str *values;
        size_t value_count;
        int64_t number; /* for SELECTOR_GREATER and SELECTOR_LESS */
};

struct selector {
        const struct requirement *requirements;
        size_t count;
};

/* Reads a LabelSelector: matchLabels and matchExpressions. NULL and null give the selector that holds for everything. */
bool selector_from_value(struct arena *arena, const struct value *value, struct selector *out, struct err *err);

/* Reads a map of labels that must all be there, as in the spec of a Service. */
bool selector_from_labels(struct arena *arena, const struct value *labels, struct selector *out, struct err *err);

/* Reads what `kubectl -l` takes: "app=web,tier in (a, b),!legacy,env!=dev,generation>3". Strings point into `text`. */
bool selector_from_text(struct arena *arena, struct str text, struct selector *out, struct err *err);

/* Whether labels (a map of strings, or NULL) meet all requirements. */
bool selector_has(const struct selector *selector, const struct value *labels);

/* Reads what `kubectl --field-selector` takes: "metadata.name=web,status.phase!=Running". A key is a way of member names
 * with dots between them. */
bool field_selector_from_text(struct arena *arena, struct str text, struct selector *out, struct err *err);

/* Whether the object's fields meet all requirements; a missing field is the empty text. */
bool field_selector_has(const struct selector *selector, const struct object *object);
