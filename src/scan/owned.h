/* owned.h - what a controller made is not told twice.
 *
 * In a live cluster a Deployment stands beside its ReplicaSets and Pods, and what is wrong with its template is wrong with each of
 * them. A finding about an object whose controller (a chain of owner references with `controller: true`) was read too is dropped
 * if the uppermost controller has the same one: same rule, same container, and the same place in the pod template or the same
 * message. What differs, because somebody or something changed the Pod afterwards, stays; where it is the same in several Pods of
 * one controller, it is told of the first. */
#pragma once

#include "kube/estate.h"
#include "rulebook/rulebook.h"

/* Takes the repeated findings away. */
void owned_drop_repeated(const struct estate *estate, struct finding_list *findings);

/* The same step by step, for what is judged again and again. All objects, then all findings in the order of reports, then whether each of
 * them, in the same order, is repeated. */
struct owned_family;
struct owned_family *owned_begin(struct arena *arena);
void owned_add_object(struct owned_family *family, const struct object *object);
void owned_note(struct owned_family *family, const struct finding *finding);
bool owned_is_repeated(struct owned_family *family, const struct finding *finding);
