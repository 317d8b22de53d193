/* secret_book_cache.c - the compiled patterns, kept in a folder:
 *
 *     the line "strake secrets", SHA-256 of what follows, the width of each rule, Hyperscan's own form of a database */

#include <stdlib.h>

#include "base/beside.h"
#include "base/buf.h"
#include "base/file.h"
#include "policy/pattern/secret_book_internal.h"

enum { DIGEST = 32, MOST = 64 << 20 };

static const char magic[] = "strake secrets\n";

static struct str path_of(struct arena *arena, const struct secret_book *book, struct str folder)
{
        char text[DIGEST_TEXT];
        struct str hex = digest_hex(&book->digest, text);

        return str_format(arena, "%.*s/secrets-%.*s", STR_ARG(folder), STR_ARG(str_sub(hex, 0, 32)));
}

/* What the file holds behind its head, if it is whole. */
static bool take_body(struct str *text)
{
        struct str begin = {magic, sizeof(magic) - 1};
        struct digest digest;

        TRY(str_starts(*text, begin) && text->len > begin.len + DIGEST);
        digest = digest_of(DIGEST_SHA256, str_from(*text, begin.len + DIGEST));
        TRY(memcmp(digest.bytes, text->data + begin.len, DIGEST) == 0);
        *text = str_from(*text, begin.len + DIGEST);
        return true;
}

bool secret_book_load(struct secret_book *book, struct str folder)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct file_text file;
        struct str text;
        size_t widths = book->count * sizeof(uint32_t);

        TRY(file_read(&scratch, path_of(&scratch, book, folder).data, MOST, &file) == FILE_OK);
        text = file.text;
        TRY(take_body(&text) && text.len > widths);
        for (size_t i = 0; i < book->count; i++) {
                memcpy(&book->rules[i].width, text.data + i * sizeof(uint32_t), sizeof(uint32_t));
                TRY(book->rules[i].width <= SECRET_LONGEST);
        }
        text = str_from(text, widths);
        return book->hyperscan->hs_deserialize_database(text.data, text.len, &book->database) == HS_SUCCESS;
}

void secret_book_keep(const struct secret_book *book, struct str folder)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct buf body CLEANUP(buf_free) = {0};
        struct beside CLEANUP(beside_end) beside;
        struct digest digest;
        char *bytes = NULL;
        size_t len;

        if (book->hyperscan->hs_serialize_database(book->database, &bytes, &len) != HS_SUCCESS)
                return;
        for (size_t i = 0; i < book->count; i++)
                buf_add(&body, (struct str){(const char *)&book->rules[i].width, sizeof(uint32_t)});
        buf_add(&body, (struct str){bytes, len});
        free(bytes);
        digest = digest_of(DIGEST_SHA256, buf_text(&body));
        if (beside_begin(&beside, path_of(&scratch, book, folder).data)
            && file_write_all(beside.file, (struct str){magic, sizeof(magic) - 1})
            && file_write_all(beside.file, (struct str){(const char *)digest.bytes, DIGEST})
            && file_write_all(beside.file, buf_text(&body)))
                beside_commit(&beside);
}
