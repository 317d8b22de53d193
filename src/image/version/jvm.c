/* jvm.c - versions of Java itself, before Java 9 (1.8.0_131-b11, 8u131) and since (11.0.4+11, JEP 223 and 322).
 *
 * The number of the build does not count. */

#include "image/version/part.h"
#include "image/version/version.h"

struct jvm {
        struct str numbers; /* with dots or underscores between them, without the 1 in front of old ones */
        struct str update;  /* that was written otherwise: the third number at least */
        struct str prerelease;
};

enum { PLACE_OF_UPDATE = 2 };

static bool is_word_or_dot(int byte)
{
        return is_word_byte(byte) || byte == '.' || byte == '_';
}

static bool is_build(struct str word)
{
        return take_byte(&word, 'b') && all_digits(word);
}

/* "-update131", "-update_131", "u131". */
static bool take_update(struct str *text, struct str *update)
{
        struct str rest = *text;

        if (take_text(&rest, STR("-update")))
                take_byte(&rest, '_');
        else if (!take_byte(&rest, 'u'))
                return false;
        *update = take_digits(&rest);
        TRY(update->len);
        *text = rest;
        return true;
}

static const char *read_words(struct str text, struct jvm *out)
{
        while (take_byte(&text, '-')) {
                struct str word = take_run(&text, is_word_or_dot);

                if (!word.len)
                        return "there is nothing behind its hyphen";
                if (!is_build(word) && !out->prerelease.len)
                        out->prerelease = word;
        }
        return text.len && byte_of(text) != '+' ? "behind its numbers, only - and + can follow" : NULL;
}

static const char *read(struct str text, struct jvm *out)
{
        struct str begin = text, rest;

        *out = (struct jvm){0};
        do
                if (!take_digits(&text).len)
                        return "it does not begin with numbers that have dots between them";
        while (take_byte(&text, '.') || take_byte(&text, '_'));
        out->numbers = str_span(begin.data, text.data);
        rest = out->numbers;
        if (take_text(&rest, STR("1.")))
                out->numbers = rest;
        take_update(&text, &out->update);
        return read_words(text, out);
}

static const char *fault(struct str text)
{
        struct jvm jvm;

        return read(text, &jvm);
}

static struct str number_at(struct jvm *jvm, size_t place)
{
        struct str number;

        if (!take_number(&jvm->numbers, &number) && place >= PLACE_OF_UPDATE) {
                number = jvm->update;
                jvm->update = (struct str){0};
        }
        return number;
}

static int compare(struct str a, struct str b)
{
        struct jvm left, right;

        if (read(a, &left) || read(b, &right))
                return 0;
        for (size_t place = 0; left.numbers.len || left.update.len || right.numbers.len || right.update.len; place++) {
                struct str left_number = number_at(&left, place), right_number = number_at(&right, place);
                int order = compare_numbers(left_number, right_number);

                if (order)
                        return order;
        }
        if (!left.prerelease.len || !right.prerelease.len)
                return compare_bools(right.prerelease.len > 0, left.prerelease.len > 0);
        return str_compare(left.prerelease, right.prerelease);
}

const struct version_scheme version_jvm = {"jvm", "Java itself", fault, compare};
