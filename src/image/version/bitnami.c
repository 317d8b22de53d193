/* bitnami.c - versions of Bitnami's packages: semantic versions with the number of the packaging behind a hyphen, which
 * says nothing about the software (docs.bitnami.com, vulnerability database). */

#include "image/version/semantic.h"
#include "image/version/version.h"

/* Without the packaging's number: 2.3.1-1 is 2.3.1. */
static struct str without_revision(struct str text)
{
        const char *hyphen = text.len ? memrchr(text.data, '-', text.len) : NULL;

        return hyphen && all_digits(str_span(hyphen + 1, text.data + text.len)) ? str_span(text.data, hyphen) : text;
}

static const char *fault(struct str text)
{
        return semantic_fault(without_revision(text));
}

static int compare(struct str a, struct str b)
{
        return semantic_compare_texts(without_revision(a), without_revision(b));
}

const struct version_scheme version_bitnami = {"bitnami", "Bitnami", fault, compare};
