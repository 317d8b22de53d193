/* origin.c - from a byte of a rule's string back to where it was written.
 *
 * YAML quotes, folds and indents; what it never does is to reorder. So walking over string and file at once, passing over what
 * only the file has, leads from the one to the other without knowing the style. */

#include "rulebook/internal.h"

static bool is_space(char byte)
{
        return byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r';
}

/* Where the content of a block scalar begins: behind its header line. */
static size_t skip_header(struct str text, size_t at)
{
        if (at < text.len && (text.data[at] == '|' || text.data[at] == '>')) {
                while (at < text.len && text.data[at] != '\n')
                        at++;
        }
        return at;
}

/* Where the byte `offset` of the string stands in the text, when the string begins at `at`. */
static size_t align(struct str text, size_t at, struct str string, size_t offset)
{
        at = skip_header(text, at);
        for (size_t i = 0; i <= offset && i < string.len; i++) {
                if (is_space(string.data[i]))
                        continue;
                while (at < text.len && text.data[at] != string.data[i])
                        at++;
                if (i < offset)
                        at++;
        }
        return at;
}

struct place origin_place(const struct origin *origin, struct str string, size_t offset)
{
        for (size_t i = 0; i < origin->strings.count; i++) {
                const struct origin_string *known = &origin->strings.items[i];

                if (known->data != string.data)
                        continue;
                while (offset < string.len && is_space(string.data[offset]))
                        offset++;
                return place_in(origin->text, align(origin->text, known->at, string, offset));
        }
        return (struct place){1, 1};
}
