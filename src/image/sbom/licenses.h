/* licenses.h - identifiers and expressions of licences as SPDX defines them (SPDX 2.3, annex D). */
#pragma once

#include "base/str.h"

/* Whether a text is an identifier of the SPDX license list, in its spelling. */
bool license_is_known(struct str text);

/* Whether a text is an expression of identifiers that are known and of references ("LicenseRef-x"), with AND, OR, WITH, "+" and brackets. One
 * identifier is an expression, too. */
bool license_is_expression(struct str text);
