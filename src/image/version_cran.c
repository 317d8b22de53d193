/* version_cran.c - versions of R packages: numbers with dots or hyphens between them (Writing R Extensions, 1.1.1). */

#include "image/version.h"
#include "image/version_part.h"

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
        for (;;) {
                struct str left, right;
                bool more_left = take_number(&a, &left), more_right = take_number(&b, &right);
                int order;

                if (!more_left || !more_right)
                        return compare_bools(more_left, more_right);
                order = compare_numbers(left, right);
                if (order)
                        return order;
        }
}

const struct version_scheme version_cran = {"cran", "CRAN, Bioconductor", fault, compare};
