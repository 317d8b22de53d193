/* version_nuget.c - versions of .NET packages: semantic versions with up to four numbers, without regard to upper and lower
 * case (learn.microsoft.com, NuGet, Package versioning). */

#include "image/version.h"
#include "image/version_semantic.h"

static int compare_identifiers(struct str a, struct str b)
{
        while (a.len && b.len) {
                struct str left, right;
                bool left_is_number, right_is_number;
                int order;

                str_split(&a, '.', &left);
                str_split(&b, '.', &right);
                left_is_number = all_digits(left);
                right_is_number = all_digits(right);
                if (left_is_number != right_is_number)
                        return left_is_number ? -1 : 1;
                order = left_is_number ? compare_numbers(left, right) : compare_caseless(left, right);
                if (order)
                        return order;
        }
        return compare_bools(a.len > 0, b.len > 0);
}

static int compare(struct str a, struct str b)
{
        struct semantic left, right;
        int order;

        if (semantic_read(a, &left) || semantic_read(b, &right))
                return 0;
        order = semantic_compare_numbers(left.numbers, right.numbers);
        if (order)
                return order;
        if (!left.prerelease.len || !right.prerelease.len)
                return compare_bools(right.prerelease.len > 0, left.prerelease.len > 0);
        return compare_identifiers(left.prerelease, right.prerelease);
}

const struct version_scheme version_nuget = {"nuget", "nuget.org", semantic_fault, compare};
