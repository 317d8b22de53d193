/* nuget.c - versions of .NET packages: semantic versions with up to four numbers, without regard to upper and lower
 * case (learn.microsoft.com, NuGet, Package versioning). */

#include "image/version/semantic.h"
#include "image/version/version.h"

static int compare(struct str a, struct str b)
{
        struct semantic left, right;
        int order;

        if (semantic_read(a, &left) || semantic_read(b, &right))
                return 0;
        order = compare_padded_numbers(left.numbers, right.numbers);
        if (order)
                return order;
        if (!left.prerelease.len || !right.prerelease.len)
                return compare_bools(right.prerelease.len > 0, left.prerelease.len > 0);
        return semantic_compare_identifiers(left.prerelease, right.prerelease, compare_caseless);
}

const struct version_scheme version_nuget = {"nuget", "nuget.org", semantic_fault, compare};
