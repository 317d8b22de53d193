/* pypi.c - versions of Python packages (packaging.python.org, Version specifiers; PEP 440).
 *
 * Registries still have texts from before PEP 440. These are older than every version, and among themselves stand in the order
 * that setuptools gave them. */

#include "image/version/part.h"
#include "image/version/version.h"

struct pypi {
        struct str epoch, release, pre_number, post_number, dev_number, local;
        int pre; /* rank of its word; 0: none */
        bool has_post, has_dev;
};

struct word {
        struct str text;
        int rank;
};

/* Longer words before those that they begin with. */
static const struct word pre_words[] = {
        {STR_INIT("alpha"), 1},   {STR_INIT("a"), 1},   {STR_INIT("beta"), 2}, {STR_INIT("b"), 2},
        {STR_INIT("preview"), 3}, {STR_INIT("pre"), 3}, {STR_INIT("rc"), 3},   {STR_INIT("c"), 3},
};
static const struct word post_words[] = {{STR_INIT("post"), 1}, {STR_INIT("rev"), 1}, {STR_INIT("r"), 1}};
static const struct word dev_words[] = {{STR_INIT("dev"), 1}};

enum { PRE_OF_DEV = 0, PRE_OF_RELEASE = 4 };

static bool separates(int byte)
{
        return byte == '.' || byte == '-' || byte == '_';
}

static void pass_separator(struct str *text)
{
        if (separates(byte_of(*text)))
                *text = str_from(*text, 1);
}

/* [-_.]? word [-_.]? number?. The rank of the word; 0 and nothing taken if there is none. */
static int take_word(struct str *text, const struct word *words, size_t count, struct str *number)
{
        struct str rest = *text;

        pass_separator(&rest);
        for (size_t i = 0; i < count; i++)
                if (starts_caseless(rest, words[i].text)) {
                        rest = str_from(rest, words[i].text.len);
                        pass_separator(&rest);
                        *number = take_digits(&rest);
                        *text = rest;
                        return words[i].rank;
                }
        return 0;
}

static bool take_release(struct str *text, struct pypi *out)
{
        struct str rest = *text, begin;

        out->epoch = take_digits(&rest);
        if (out->epoch.len && take_byte(&rest, '!'))
                *text = rest;
        else
                out->epoch = (struct str){0};
        begin = rest = *text;
        while (take_digits(&rest).len) {
                *text = rest;
                if (!take_byte(&rest, '.'))
                        break;
        }
        out->release = str_span(begin.data, text->data);
        return out->release.len > 0;
}

static void take_post(struct str *text, struct pypi *out)
{
        struct str rest = *text;

        if (take_byte(&rest, '-') && is_digit(byte_of(rest))) {
                out->has_post = true;
                out->post_number = take_digits(&rest);
                *text = rest;
                return;
        }
        out->has_post = take_word(text, post_words, COUNT_OF(post_words), &out->post_number);
}

/* True if the text is a version of PEP 440. */
static bool read(struct str text, struct pypi *out)
{
        *out = (struct pypi){.pre = 0};
        if (!take_byte(&text, 'v'))
                take_byte(&text, 'V');
        TRY(take_release(&text, out));
        out->pre = take_word(&text, pre_words, COUNT_OF(pre_words), &out->pre_number);
        take_post(&text, out);
        out->has_dev = take_word(&text, dev_words, COUNT_OF(dev_words), &out->dev_number);
        if (!out->pre)
                out->pre = out->has_dev && !out->has_post ? PRE_OF_DEV : PRE_OF_RELEASE;
        if (!take_byte(&text, '+'))
                return !text.len;
        out->local = text;
        do
                TRY(take_run(&text, is_word_byte).len);
        while (separates(byte_of(text)) && (text = str_from(text, 1), true));
        return !text.len;
}

/* Words, without regard to case, before numbers; more parts after fewer. */
static int compare_locals(struct str a, struct str b)
{
        while (a.len && b.len) {
                struct str left = take_run(&a, is_word_byte), right = take_run(&b, is_word_byte);
                bool left_is_number = all_digits(left), right_is_number = all_digits(right);
                int order;

                if (left_is_number != right_is_number)
                        return left_is_number ? 1 : -1;
                order = left_is_number ? compare_numbers(left, right) : compare_caseless(left, right);
                if (order)
                        return order;
                pass_separator(&a);
                pass_separator(&b);
        }
        return compare_bools(a.len > 0, b.len > 0);
}

static int compare_versions(const struct pypi *a, const struct pypi *b)
{
        int order = compare_numbers(a->epoch, b->epoch);

        if (!order)
                order = compare_padded_numbers(a->release, b->release);
        if (!order)
                order = a->pre - b->pre;
        if (!order)
                order = compare_numbers(a->pre_number, b->pre_number);
        if (!order)
                order = compare_bools(a->has_post, b->has_post);
        if (!order)
                order = compare_numbers(a->post_number, b->post_number);
        if (!order)
                order = compare_bools(b->has_dev, a->has_dev);
        if (!order)
                order = compare_numbers(a->dev_number, b->dev_number);
        return order ? order : compare_locals(a->local, b->local);
}

/* The old order. A part is a number or a word; words are before numbers. */
struct legacy {
        struct str rest;
        const char *kept; /* parts before this count */
};

struct part {
        bool is_number;
        struct str text;
};

static const struct str final_word = STR_INIT("final"), hyphen_word = STR_INIT("final-");

/* Words that were written in different ways. */
static const struct str same_words[][2] = {
        {STR_INIT("pre"), STR_INIT("c")}, {STR_INIT("preview"), STR_INIT("c")}, {STR_INIT("rc"), STR_INIT("c")},
        {STR_INIT("dev"), STR_INIT("@")}, {STR_INIT("-"), STR_INIT("final-")},
};

static bool is_other(int byte)
{
        return !is_word_byte(byte) && byte != '.' && byte != '-';
}

/* A part as it is written; false at the end, which is the word final. */
static bool take_written(struct str *text, struct part *part)
{
        while (take_byte(text, '.'))
                continue;
        *part = (struct part){.text = final_word};
        TRY(text->len);
        part->is_number = is_digit(byte_of(*text));
        if (part->is_number)
                part->text = take_digits(text);
        else if (is_letter(byte_of(*text)))
                part->text = take_run(text, is_letter);
        else if (take_byte(text, '-'))
                part->text = hyphen_word;
        else
                part->text = take_run(text, is_other);
        for (size_t i = 0; !part->is_number && i < COUNT_OF(same_words); i++)
                if (is_caseless(part->text, same_words[i][0]))
                        part->text = same_words[i][1];
        return true;
}

static bool is_before_final(const struct part *part)
{
        return !part->is_number && compare_caseless(part->text, final_word) < 0;
}

/* Zeros do not count before a word, hyphens before a word of prereleases: passes over a run of them that does not. */
static bool pass_idle(struct legacy *legacy, const struct part *first)
{
        struct str rest = legacy->rest, after = rest;
        struct part part;

        while (take_written(&after, &part)
               && (first->is_number ? part.is_number && is_zero(part.text) : str_equal(part.text, hyphen_word)))
                rest = after;
        if (first->is_number ? part.is_number : !is_before_final(&part)) {
                legacy->kept = rest.data + rest.len == after.data + after.len ? rest.data : after.data;
                return false;
        }
        legacy->rest = rest;
        return true;
}

static bool take_part(struct legacy *legacy, struct part *part)
{
        for (;;) {
                struct str rest = legacy->rest;
                bool more = take_written(&rest, part);
                bool idle = more && (part->is_number ? is_zero(part->text) : str_equal(part->text, hyphen_word));

                if (!idle || rest.data <= legacy->kept || !pass_idle(legacy, part)) {
                        legacy->rest = rest;
                        return more;
                }
        }
}

static int compare_legacy(struct str a, struct str b)
{
        struct legacy left = {a, a.data}, right = {b, b.data};

        for (;;) {
                struct part left_part, right_part;
                bool more_left = take_part(&left, &left_part), more_right = take_part(&right, &right_part);
                int order;

                if (left_part.is_number != right_part.is_number)
                        return left_part.is_number ? 1 : -1;
                order = left_part.is_number ? compare_numbers(left_part.text, right_part.text)
                                            : compare_caseless(left_part.text, right_part.text);
                if (order)
                        return order;
                if (!more_left || !more_right)
                        return compare_bools(more_left, more_right);
        }
}

static const char *fault(struct str text)
{
        (void)text;
        return NULL;
}

static int compare(struct str a, struct str b)
{
        struct pypi left, right;
        bool left_reads = read(a, &left), right_reads = read(b, &right);

        if (left_reads && right_reads)
                return compare_versions(&left, &right);
        return left_reads ? 1 : right_reads ? -1 : compare_legacy(a, b);
}

const struct version_scheme version_pypi = {"pypi", "PyPI", fault, compare};
