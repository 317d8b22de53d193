/* admission.h - a rule as the API server would run it: the expressions of a ValidatingAdmissionPolicy.
 *
 * The rule's own CEL is kept to the letter but for names: `pod` becomes `variables.pod`, `version` the number, `params`
 * `variables.settings` with the values that a settings file has, and
 * `container`, `volume` and `item` the variable of an all() over what the scope names. So the file that a scan finds fault with
 * and the request that is refused are judged by the same words. A rule that uses what the API server has not (another
 * object, a function that Kubernetes does not know) cannot be one, and it is said why. */
#pragma once

#include "rulebook/rulebook.h"

enum { ADMISSION_OLDEST_MINOR = 30 }; /* ValidatingAdmissionPolicy is in v1 from here on */

struct admission_variable {
        struct str name, expression;
        struct str type; /* of CEL, as the API server finds it */
};

struct admission_policy {
        const struct rule_text *rule;
        struct admission_variable variables[3]; /* each may use those before it, as `variables.NAME` */
        size_t variable_count;
        struct str expression;         /* true: nothing to find; of type bool */
        struct str message;            /* when there is no expression for it, or it fails */
        struct str message_expression; /* of type string; may be empty */
        bool judges_pods;              /* it is for everything that has a pod template */
};

/* Whether a request changes anything that rules judge; for updates, so that what was there before the policy can still lose
 * its finalizers. */
extern const struct admission_variable admission_condition;

/* The policy of a rule for Kubernetes 1.minor. `params` is what the rule knows under that name, a map; NULL: nothing. False with
 * `err`, the reason, when it cannot be one. Texts live in the arena. */
bool admission_policy(struct arena *arena, const struct rule_text *rule, uint32_t minor, const struct value *params,
                      struct admission_policy *out, struct err *err);

/* The environment in which the API server compiles an expression of the policy that may use the first `visible` of its
 * variables, whose types must be known. Its variables: object, oldObject, request, namespaceObject, params, and then the
 * policy's as `variables.NAME`. */
enum { ADMISSION_NAMES = 5, ADMISSION_MOST_NAMES = ADMISSION_NAMES + 3 };

struct cel_env;
struct cel_env *admission_environment(struct arena *arena, const struct admission_policy *policy, size_t visible,
                                      struct err *err);
