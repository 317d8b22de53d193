/* hackage.c - versions of Haskell packages: numbers with dots between them (pvp.haskell.org). */

#include "image/version/part.h"
#include "image/version/version.h"

static const char *fault(struct str text)
{
        do
                if (!take_digits(&text).len)
                        return "it consists of numbers with dots between them";
        while (take_byte(&text, '.'));
        return text.len ? "only digits and dots can stand in it" : NULL;
}

/* One by one; a version that has more numbers is later, even if they are 0. */
static int compare(struct str a, struct str b)
{
        return compare_more_numbers(a, b, compare_numbers);
}

const struct version_scheme version_hackage = {"hackage", "Hackage", fault, compare};
