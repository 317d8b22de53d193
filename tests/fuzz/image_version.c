/* image_version.c - any texts as versions: comparing is an order, whatever they are.
 *
 * The first byte chooses the scheme; three texts follow, with line ends between them. */

#include "image/version/version.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition)
{
        if (!condition)
                __builtin_trap();
}

static int compare(const struct version_scheme *scheme, struct str a, struct str b)
{
        struct err err = {0};
        int order;

        check(version_compare(scheme, a, b, &order, &err));
        check(order >= -1 && order <= 1);
        return order;
}

static bool has(struct str text, struct str part)
{
        return str_find(text, part, 0) != SIZE_MAX;
}

/* Three schemes are no order by their own rules. Maven: a qualifier behind a dot goes before any behind a hyphen, and yet each is
 * compared with a release as itself. PHP: # is the same as every number. Pacman: a version without release is the same as with
 * any. */
static bool is_order(const struct version_scheme *scheme, const struct str versions[3])
{
        for (size_t i = 0; i < 3 && scheme == &version_packagist; i++)
                TRY(!has(versions[i], STR("#")));
        for (size_t i = 0; i < 3 && scheme == &version_pacman; i++)
                TRY(has(versions[i], STR("-")) == has(versions[0], STR("-")));
        return scheme != &version_maven;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        const struct version_scheme *scheme;
        struct str rest, versions[3] = {{0}};

        if (size < 1)
                return 0;
        scheme = version_schemes[data[0] % version_scheme_count];
        rest = (struct str){(const char *)data + 1, size - 1};
        for (size_t i = 0; i < 3; i++)
                if (!str_split(&rest, '\n', &versions[i]))
                        versions[i] = STR("1");
        for (size_t i = 0; i < 3; i++) {
                scheme->compare(versions[i], versions[(i + 1) % 3]);
                if (!versions[i].len || scheme->fault(versions[i]))
                        return 0;
        }
        for (size_t i = 0; i < 3; i++) {
                struct str a = versions[i], b = versions[(i + 1) % 3], c = versions[(i + 2) % 3];

                check(compare(scheme, a, a) == 0);
                check(compare(scheme, a, b) == -compare(scheme, b, a));
                if (is_order(scheme, versions) && compare(scheme, a, b) <= 0 && compare(scheme, b, c) <= 0)
                        check(compare(scheme, a, c) <= 0);
        }
        return 0;
}
