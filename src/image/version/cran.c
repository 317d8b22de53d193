/* cran.c - versions of R packages: numbers with dots or hyphens between them (Writing R Extensions, 1.1.1). */

#include "image/version/part.h"
#include "image/version/version.h"

static const char *fault(struct str text)
{
        do
                if (!take_digits(&text).len)
                        return "it consists of numbers with dots or hyphens between them";
        while (take_byte(&text, '.') || take_byte(&text, '-'));
        return text.len ? "only digits, dots and hyphens can stand in it" : NULL;
}

/* One by one; a version that has more numbers is later. */
static int compare(struct str a, struct str b)
{
        return compare_more_numbers(a, b, compare_numbers);
}

const struct version_scheme version_cran = {"cran", "CRAN, Bioconductor", fault, compare};
