/* pub.c - versions of Dart packages: semantic versions whose builds count (dart.dev, Package versioning). */

#include "image/version/semantic.h"
#include "image/version/version.h"

/* A version without build is before the same with one. */
static int compare(struct str a, struct str b)
{
        struct semantic left, right;
        int order;

        if (semantic_read(a, &left) || semantic_read(b, &right))
                return 0;
        order = semantic_compare(&left, &right);
        return order ? order : semantic_compare_identifiers(left.build, right.build, str_compare);
}

const struct version_scheme version_pub = {"pub", "pub.dev", semantic_fault, compare};
