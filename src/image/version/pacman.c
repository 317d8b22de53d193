/* pacman.c - Arch Linux versions: [epoch:]version[-release] (vercmp(8)).
 *
 * Like rpm's, but for two things: a release counts only where both have one, and a version that goes on with a tilde is the
 * older one, because words that name what is not yet released follow it. */

#include "image/version/rpm.h"
#include "image/version/version.h"

struct pacman {
        struct str epoch, version, release;
        bool has_release;
};

static void read(struct str text, struct pacman *out)
{
        const char *hyphen;

        out->epoch = rpm_take_epoch(&text);
        hyphen = text.len ? memrchr(text.data, '-', text.len) : NULL;
        out->has_release = hyphen;
        out->version = hyphen ? str_span(text.data, hyphen) : text;
        out->release = hyphen ? str_span(hyphen + 1, text.data + text.len) : (struct str){0};
}

static const char *fault(struct str text)
{
        struct pacman pacman;

        read(text, &pacman);
        return pacman.version.len ? NULL : "there is no version in it";
}

static int compare(struct str a, struct str b)
{
        struct pacman left, right;
        int order;

        read(a, &left);
        read(b, &right);
        order = compare_numbers(left.epoch, right.epoch);
        if (!order)
                order = rpm_compare_part(left.version, right.version);
        if (order || !left.has_release || !right.has_release)
                return order;
        return rpm_compare_part(left.release, right.release);
}

const struct version_scheme version_pacman = {"pacman", "Arch Linux", fault, compare};
