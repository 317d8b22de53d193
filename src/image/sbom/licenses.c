/* licenses.c - identifiers and expressions of licences. */

#include "image/sbom/licenses.h"

#include <stdlib.h>

#include "base/reader.h"

enum { DEEPEST = 32 };

static const struct str known[] = {
#define LICENSE(text) STR_INIT(text),
#include "image/sbom/licenses.def"
#undef LICENSE
};

static int compare_known(const void *text, const void *item)
{
        const struct str *left = text, *right = item;

        return str_compare(*left, *right);
}

bool license_is_known(struct str text)
{
        return bsearch(&text, known, COUNT_OF(known), sizeof(known[0]), compare_known);
}

static bool is_idstring(int byte)
{
        return is_letter(byte) || is_digit(byte) || byte == '.' || byte == '-' || byte == ':';
}

static bool is_space(int byte)
{
        return byte == ' ';
}

static struct str take_word(struct reader *reader)
{
        reader_take_while(reader, is_space);
        return reader_take_while(reader, is_idstring);
}

static bool is_reference(struct str word)
{
        return (str_starts(word, STR("LicenseRef-")) && word.len > 11)
                || (str_starts(word, STR("DocumentRef-")) && str_find(word, STR(":LicenseRef-"), 0) != SIZE_MAX);
}

static bool take_expression(struct reader *reader, unsigned depth);

/* A licence, perhaps with an exception, or an expression in brackets. */
static bool take_term(struct reader *reader, unsigned depth)
{
        struct reader before;
        struct str word;

        reader_take_while(reader, is_space);
        if (reader_take(reader, '(')) {
                TRY(take_expression(reader, depth + 1));
                reader_take_while(reader, is_space);
                return reader_take(reader, ')');
        }
        word = take_word(reader);
        TRY(license_is_known(word) || is_reference(word));
        reader_take(reader, '+');
        before = *reader;
        word = take_word(reader);
        if (str_is(word, "WITH"))
                return license_is_known(take_word(reader));
        *reader = before;
        return true;
}

static bool take_expression(struct reader *reader, unsigned depth)
{
        TRY(depth < DEEPEST && take_term(reader, depth));
        for (;;) {
                struct reader before = *reader;
                struct str word = take_word(reader);

                if (!str_is(word, "AND") && !str_is(word, "OR")) {
                        *reader = before;
                        return true;
                }
                TRY(take_term(reader, depth));
        }
}

bool license_is_expression(struct str text)
{
        struct reader reader = reader_over(text);

        return take_expression(&reader, 0) && reader_done(&reader);
}
