/* joins.h - service accounts, roles and bindings: who gets which rights, and what has them in the end.
 *
 * Each join is described where it is written; docs/rules-format.md lists them with their facts. */
#pragma once

#include "rulebook/join.h"

extern const struct join join_account_missing, join_default_account_token; /* account.c */
extern const struct join join_role_missing, join_subject_missing;          /* binding.c */
extern const struct join join_log_link;                                    /* logs.c */
extern const struct join join_own_role;                                    /* own_roles.c */
extern const struct join join_workload_rights, join_binding_rights;        /* rights.c */
