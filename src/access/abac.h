/* abac.h - attribute-based policies: one JSON object a line, each of which allows something.
 *
 * abac.authorization.kubernetes.io/v1beta1, and lines without a version, which mean what they meant in v0. Lines that begin with #
 * and empty ones are passed over. */
#pragma once

#include "access/authorizer.h"

struct access_policy {
        struct str user, group, ns, resource, api_group, path;
        bool readonly;
};

struct access_policies {
        VEC(struct access_policy) items;
};

/* Reads a policy file. False with `err`, which has the line, at the first line that is no policy: the API server would not start. */
bool access_policies_read(struct arena *arena, struct str text, struct access_policies *out, struct err *err);

/* One policy that stands as an object among others (`kind: Policy`). False with `err` if it is none. */
bool access_policy_read(const struct value *root, struct access_policy *out, struct err *err);

/* Whether any policy allows the request: which; SIZE_MAX if none does. */
size_t access_policies_find(const struct access_policies *policies, const struct access_user *user,
                            const struct access_request *request);
