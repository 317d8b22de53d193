/* yaml_readers.c - hostile YAML: what the fast reader reads, the other reads the same.
 *
 * An input is a text; or, behind a byte that begins none, a row of pieces of manifests, one for each byte: what is put together
 * of those is more often something that the fast reader takes. */

#include "../two_readers.h"

enum { PIECES_FOLLOW = 0xFF };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* clang-format off */
static const char *const pieces[] = {
        "\n", "\n  ", "\n    ", "\n      ", "\n   ", "\n ", "\n\n", "\n\n  ", "\r\n", "\r\n  ", "\n---\n", "\n...\n",
        "\n--- ", "\n# c\n", "\n  # c", " # c", " ", "  ", "\t", "#", "- ", "-", "-\n", "- - ", "a: ", "b: ", "c:",
        ":", ": ", "d : ", "'e': ", "\"f\": ", "\"g\" : ", "<<: ", "? ", "long key: ", "1: ", "yes: ", "~: ", "-h: ",
        "x", "x y", "x:y", "x#y", "-1", "12", "0x1F", "017", "1_0", "1e3", "1.50", "250m", "true", "no", "null", "~",
        ".5", ".inf", "-x", "::1", "/x", "%x", "@", "*a", "&a ", "!!str ", "x, y", "\xC3\xBC", "''", "\"\"", "'x'",
        "'x''y'", "\"x\"", "\"x\\ny\"", "\"\\u00e9\"", "'x\n", "'", "\"", "\"x\\\n", "\\", "|\n", "|-\n", "|+\n",
        ">\n", ">-\n", "|2\n", "|1-\n", ">+2\n", "| # c\n", "|", "{", "}", "[", "]", ", ", ",", "{}", "[]", "{x: y}",
        "[x, y]", "{\"x\":1", ",\n ", "\n]", "\n}", "k: {", "k: [", "k: |\n", "k: >\n", "k:\n  ", "k:\n- ",
        "\xC2\x85", "\xE2\x80\xA8", "\xEF\xBB\xBF",
};
/* clang-format on */

static void put_together(const uint8_t *data, size_t size, struct buf *out)
{
        for (size_t i = 0; i < size; i++)
                buf_add(out, str_of(pieces[data[i] % COUNT_OF(pieces)]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const struct document_limits limits = {
                .depth = 16, .nodes = 2000, .line_bytes = 1024, .scalar_bytes = 512, .text_bytes = 1 << 16};
        struct arena arena CLEANUP(arena_free) = {0};
        struct buf text CLEANUP(buf_free) = {0};

        if (size && data[0] == PIECES_FOLLOW) {
                put_together(data + 1, size - 1, &text);
                data = (const uint8_t *)buf_text(&text).data;
                size = text.len;
        }
        if (readers_differ(&arena, (struct str){(const char *)data, size}, &limits))
                __builtin_trap();
        return 0;
}
