/* template.c - messages: text with CEL in braces. */

#include "rulebook/internal.h"

/* The offset behind a string of CEL that begins at `at` with a quote. */
static size_t skip_string(struct str text, size_t at)
{
        char quote = text.data[at];
        bool raw = at > 0 && (text.data[at - 1] == 'r' || text.data[at - 1] == 'R');
        bool triple = at + 2 < text.len && text.data[at + 1] == quote && text.data[at + 2] == quote;

        for (at += triple ? 3 : 1; at < text.len; at++) {
                if (text.data[at] == '\\' && !raw) {
                        at++;
                        continue;
                }
                if (text.data[at] != quote)
                        continue;
                if (!triple)
                        return at + 1;
                if (at + 2 < text.len && text.data[at + 1] == quote && text.data[at + 2] == quote)
                        return at + 3;
        }
        return text.len;
}

/* The offset of the brace that closes the one before `at`; text.len if there is none. */
static size_t find_close(struct str text, size_t at)
{
        unsigned depth = 0;

        while (at < text.len) {
                char byte = text.data[at];

                if (byte == '\'' || byte == '"') {
                        at = skip_string(text, at);
                        continue;
                }
                if (byte == '}' && depth-- == 0)
                        return at;
                depth += byte == '{';
                at++;
        }
        return text.len;
}

static bool take_expression(struct str message, size_t *at, struct template_part *part, struct err *err)
{
        size_t close = find_close(message, *at + 1);

        if (close >= message.len)
                return err_set(err, "this brace is not closed: write {{ for a brace that is none of CEL");
        part->expression = str_sub(message, *at + 1, close);
        if (!str_trim(part->expression).len)
                return err_set(err, "there is no expression in these braces: write {{ for a brace that is none of CEL");
        *at = close + 1;
        return true;
}

bool template_take(struct str message, size_t *at, struct template_part *part, struct err *err)
{
        size_t begin = *at, end;

        *part = (struct template_part){0};
        if (begin >= message.len)
                return false;
        if (message.data[begin] == '{' && !(begin + 1 < message.len && message.data[begin + 1] == '{'))
                return take_expression(message, at, part, err);
        /* Of two braces the second is the text. */
        begin += message.data[begin] == '{';
        end = begin + 1;
        while (end < message.len && message.data[end] != '{')
                end++;
        part->literal = str_sub(message, begin, end);
        *at = end;
        return true;
}
