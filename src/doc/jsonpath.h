/* jsonpath.h - JSONPath templates as kubectl has them (k8s.io/client-go/util/jsonpath).
 *
 *     {.metadata.name}                                    a member; \ before a dot in a name: {.labels.example\.com/x}
 *     {['name']} {[0]} {[-1]} {[1:3]} {[0:9:2]} {[*]} {.*}    in brackets; the dot in ['a.b'] needs a \, too
 *     {..image}                                           everywhere below
 *     {.items[?(@.kind == "Pod")]}                        == != < <= > >=; [?(@.kind)] if it is there
 *     {['a', 'b']}                                        several
 *     {range .items[*]}{.metadata.name}{"\n"}{end}        for each; what stands outside braces is printed as it is
 *
 * It is not RFC 9535. What is better here: quotes and parentheses in a filter are matched, an empty list takes nothing else
 * away, numbers are compared by value whatever they are written as, {.} is the object itself, members keep their order, and a
 * {range} without {end} is an error. */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/vec.h"
#include "doc/value.h"

struct jsonpath;

/* Compiles a template; its text must live as long as the result. NULL with `err`, which says the column. */
const struct jsonpath *jsonpath_compile(struct arena *arena, struct str text, struct err *err);

enum jsonpath_missing {
        JSONPATH_MISSING_FAILS, /* a member that is not there is an error */
        JSONPATH_MISSING_IS_EMPTY,
};

struct jsonpath_result {
        const struct value *value;
        const struct node
                *node;  /* where the value stands; NULL for text, numbers and booleans of the template itself */
        uint32_t group; /* the same for all results of one expression in braces, or text outside, of one round */
};

struct jsonpath_results {
        VEC(struct jsonpath_result) list;
};

/* What the template finds, in the order of the template and of the document. `root` as for pointer_find(). False with `err`
 * when a list is asked for what it does not have, kinds cannot be compared, or a million results have been looked at. */
bool jsonpath_find(struct arena *arena, const struct jsonpath *path, const struct node *root,
                   enum jsonpath_missing missing, struct jsonpath_results *out, struct err *err);

/* Prints what was found as kubectl does: a space between results of one group, lists and maps as JSON with sorted keys, text
 * without quotes. */
void jsonpath_print(struct buf *out, const struct jsonpath_results *results);
