/* impersonate.h - acting as somebody else: whether one user's request may carry Impersonate-User and Impersonate-Group of another.
 *
 * As k8s.io/apiserver/pkg/endpoints/filters/impersonation of Kubernetes 1.37. Constrained impersonation (KEP-5284) wants two rights in
 * a mode: to do this very thing while acting as somebody (the verb impersonate-on:MODE:VERB on the resource), and to act as this
 * one (the verb impersonate:MODE on users, groups, serviceaccounts or nodes of authentication.k8s.io). The modes are tried in turn;
 * the verb `impersonate` on users, groups and serviceaccounts of the core group, which allows everything that the other one may
 * do, comes last. */
#pragma once

#include "access/chain.h"

struct access_impersonation {
        enum access_verdict verdict;
        struct str
                mode; /* "user-info", "serviceaccount", "arbitrary-node", "associated-node"; "" : by the verb impersonate */
        struct access_request missing; /* what was asked last and not allowed */
        struct access_decision why;    /* what was said to that */
};

/* Whether `by` may make a request as `name` with `groups` (those that the request carries). */
void access_impersonate(struct arena *arena, const struct access_chain *chain, const struct access *access,
                        const struct access_user *by, struct str name, const struct str *groups, size_t group_count,
                        const struct access_request *request, struct access_impersonation *out);
