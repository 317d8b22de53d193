/* rpm.c - rpm versions: [epoch:]version[-release] (rpm-version(7)). */

#include "image/version/rpm.h"

#include "image/version/version.h"

struct str rpm_take_epoch(struct str *text)
{
        struct str rest = *text, epoch = take_digits(&rest);

        if (!epoch.len || !take_byte(&rest, ':'))
                return (struct str){0};
        *text = rest;
        return epoch;
}

static bool separates(int byte)
{
        return !is_word_byte(byte) && byte != '~' && byte != '^';
}

/* A mark that at least one has, where the other has another or none. It decides unless both have it. */
static bool decide_by_mark(struct str *a, struct str *b, int *order)
{
        if (byte_of(*a) == '~' || byte_of(*b) == '~') { /* before everything, even the end */
                *order = compare_bools(byte_of(*b) == '~', byte_of(*a) == '~');
                return true;
        }
        if (byte_of(*a) == '^' || byte_of(*b) == '^') { /* after the end, before everything else */
                if (!a->len || !b->len)
                        *order = a->len ? 1 : -1;
                else
                        *order = compare_bools(byte_of(*b) == '^', byte_of(*a) == '^');
                return true;
        }
        return false;
}

int rpm_compare_part(struct str a, struct str b)
{
        for (;;) {
                struct str left, right;
                int order = 0;

                take_run(&a, separates);
                take_run(&b, separates);
                if (decide_by_mark(&a, &b, &order)) {
                        if (order)
                                return order;
                        a = str_from(a, 1);
                        b = str_from(b, 1);
                        continue;
                }
                if (!a.len || !b.len)
                        return compare_bools(a.len > 0, b.len > 0);
                if (is_digit(byte_of(a)) != is_digit(byte_of(b)))
                        return is_digit(byte_of(a)) ? 1 : -1;
                if (is_digit(byte_of(a))) {
                        left = take_digits(&a);
                        right = take_digits(&b);
                        order = compare_numbers(left, right);
                } else {
                        left = take_run(&a, is_letter);
                        right = take_run(&b, is_letter);
                        order = str_compare(left, right);
                }
                if (order)
                        return order;
        }
}

static const char *fault(struct str text)
{
        rpm_take_epoch(&text);
        return text.len ? NULL : "there is nothing behind its epoch";
}

/* A version without release is older than the same with one. */
static int compare(struct str a, struct str b)
{
        struct str left = {0}, right = {0};
        int order = compare_numbers(rpm_take_epoch(&a), rpm_take_epoch(&b));

        str_split(&a, '-', &left);
        str_split(&b, '-', &right);
        if (!order)
                order = rpm_compare_part(left, right);
        if (order || !a.data || !b.data)
                return order ? order : compare_bools(a.data, b.data);
        return rpm_compare_part(a, b);
}

const struct version_scheme version_rpm = {"rpm", "Fedora, Red Hat, SUSE and their kin", fault, compare};
