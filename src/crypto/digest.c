/* digest.c - digests, by OpenSSL. */

#include "crypto/digest.h"

#include <openssl/evp.h>
#include <pthread.h>

static const struct {
        struct str name;
        const char *algorithm;
        size_t size;
} kinds[] = {
        [DIGEST_NONE] = {STR_INIT(""), NULL, 0},
        [DIGEST_SHA256] = {STR_INIT("sha256:"), "SHA256", 32},
        [DIGEST_SHA512] = {STR_INIT("sha512:"), "SHA512", 64},
};

size_t digest_size(enum digest_kind kind)
{
        return kinds[kind].size;
}

static int hex_value(char digit)
{
        return digit >= '0' && digit <= '9' ? digit - '0' : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

bool digest_read(struct str text, struct digest *out, struct err *err)
{
        struct str hex;

        *out = (struct digest){0};
        for (enum digest_kind kind = DIGEST_SHA256; kind <= DIGEST_SHA512; kind++)
                if (str_starts(text, kinds[kind].name))
                        out->kind = kind;
        if (!out->kind)
                return err_set(err, "\"%.*s\" is no digest that is known: wanted is sha256: or sha512: and its digits",
                               STR_ARG(str_sub(text, 0, 200)));
        hex = str_from(text, kinds[out->kind].name.len);
        if (hex.len != 2 * kinds[out->kind].size)
                return err_set(err, "\"%.*s\" is no digest: %zu digits, wanted are %zu", STR_ARG(str_sub(text, 0, 200)),
                               hex.len, 2 * kinds[out->kind].size);
        for (size_t i = 0; i < hex.len; i++) {
                int value = hex_value(hex.data[i]);

                if (value < 0)
                        return err_set(err, "\"%.*s\" is no digest: its digits are 0 to 9 and a to f",
                                       STR_ARG(str_sub(text, 0, 200)));
                out->bytes[i / 2] = (unsigned char)(out->bytes[i / 2] << 4 | value);
        }
        return true;
}

struct str digest_hex(const struct digest *digest, char text[DIGEST_TEXT])
{
        static const char digits[] = "0123456789abcdef";
        size_t size = kinds[digest->kind].size;

        for (size_t i = 0; i < size; i++) {
                text[2 * i] = digits[digest->bytes[i] >> 4];
                text[2 * i + 1] = digits[digest->bytes[i] & 15];
        }
        text[2 * size] = 0;
        return (struct str){text, 2 * size};
}

struct str digest_print(const struct digest *digest, char text[DIGEST_TEXT])
{
        struct str name = kinds[digest->kind].name;

        if (name.len)
                memcpy(text, name.data, name.len);
        return (struct str){text, name.len + digest_hex(digest, text + name.len).len};
}

bool digest_equal(const struct digest *a, const struct digest *b)
{
        return a->kind == b->kind && memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

/* Fetching an algorithm takes longer than hashing a small file, so it is done once. */
static EVP_MD *fetched[COUNT_OF(kinds)];

static void fetch(void)
{
        /* Not the machine's openssl.cnf: what counts here is the algorithm, and reading it takes time. */
        OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
        for (size_t i = DIGEST_SHA256; i < COUNT_OF(kinds); i++)
                fetched[i] = EVP_MD_fetch(NULL, kinds[i].algorithm, NULL);
}

bool digest_begin(struct digest_run *run, enum digest_kind kind, struct err *err)
{
        static pthread_once_t once = PTHREAD_ONCE_INIT;

        pthread_once(&once, fetch);
        *run = (struct digest_run){.kind = kind, .context = EVP_MD_CTX_new()};
        if (run->context && fetched[kind] && EVP_DigestInit_ex2(run->context, fetched[kind], NULL))
                return true;
        digest_drop(run);
        return err_set(err, "OpenSSL has no %s", kinds[kind].algorithm ? kinds[kind].algorithm : "such hash");
}

void digest_add(struct digest_run *run, const void *bytes, size_t count)
{
        EVP_DigestUpdate(run->context, bytes, count);
}

struct digest digest_end(struct digest_run *run)
{
        struct digest digest = {.kind = run->kind};

        EVP_DigestFinal_ex(run->context, digest.bytes, NULL);
        digest_drop(run);
        return digest;
}

void digest_drop(struct digest_run *run)
{
        EVP_MD_CTX_free(run->context);
        run->context = NULL;
}

struct digest digest_of(enum digest_kind kind, struct str bytes)
{
        struct digest_run run;
        struct err err = {0};

        if (!digest_begin(&run, kind, &err))
                return (struct digest){0};
        digest_add(&run, bytes.data, bytes.len);
        return digest_end(&run);
}
