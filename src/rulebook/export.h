/* export.h - rules printed as policies for the gates of a cluster. */
#pragma once

#include "rulebook/admission.h"

struct export_settings {
        struct str format;        /* a word of export_formats */
        struct str action;        /* "deny", "warn" or "audit" */
        const struct str *exempt; /* namespaces whose objects are not judged */
        size_t exempt_count;
};

/* "vap" (ValidatingAdmissionPolicy and its binding), "gatekeeper" (ConstraintTemplate with CEL and its constraint) and
 * "kyverno" (ValidatingPolicy). */
extern const char export_formats[];

/* Appends the YAML documents of a policy, each begun with "---". */
void export_policy(struct buf *out, const struct admission_policy *policy, const struct export_settings *settings);
