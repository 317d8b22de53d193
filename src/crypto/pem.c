/* pem.c - blocks between BEGIN and END, and what they hold. */

#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/x509.h>

#include "base/base64.h"
#include "crypto/key.h"

enum { MOST_BLOCKS = 10000, LONGEST_BLOCK = 1 << 20 };

/* --- keys --- */

static struct str name_key(struct arena *arena, EVP_PKEY *key, struct public_key *out)
{
        char group[64] = "";
        size_t length;

        switch (EVP_PKEY_get_base_id(key)) {
        case EVP_PKEY_RSA:
        case EVP_PKEY_RSA_PSS:
                out->kind = KEY_KIND_RSA;
                return str_format(arena, "RSA %u", out->bits);
        case EVP_PKEY_EC:
                out->kind = KEY_KIND_EC;
                if (!EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof(group), &length))
                        return str_format(arena, "EC %u", out->bits);
                if (strcmp(group, "prime256v1") == 0)
                        return STR("EC P-256");
                if (strcmp(group, "secp384r1") == 0)
                        return STR("EC P-384");
                if (strcmp(group, "secp521r1") == 0)
                        return STR("EC P-521");
                return str_format(arena, "EC %s", group);
        case EVP_PKEY_ED25519:
                out->kind = KEY_KIND_EDWARDS;
                return STR("Ed25519");
        case EVP_PKEY_ED448:
                out->kind = KEY_KIND_EDWARDS;
                return STR("Ed448");
        case EVP_PKEY_DSA:
                out->kind = KEY_KIND_DSA;
                return str_format(arena, "DSA %u", out->bits);
        default:
                return STR("unknown");
        }
}

void public_key_of(struct arena *arena, EVP_PKEY *key, X509_PUBKEY *info, struct public_key *out)
{
        unsigned char *der = NULL;
        int length = info ? i2d_X509_PUBKEY(info, &der) : i2d_PUBKEY(key, &der);
        unsigned digest;

        *out = (struct public_key){.name = STR("unknown")};
        if (length > 0)
                EVP_Digest(der, (size_t)length, out->fingerprint, &digest, EVP_sha256(), NULL);
        OPENSSL_free(der);
        if (!key)
                return;
        out->bits = EVP_PKEY_get_bits(key) > 0 ? (unsigned)EVP_PKEY_get_bits(key) : 0;
        out->name = name_key(arena, key, out);
}

static bool read_key(struct arena *arena, struct pem_block *block, EVP_PKEY *key)
{
        if (!key)
                return false;
        public_key_of(arena, key, NULL, &block->key);
        EVP_PKEY_free(key);
        return true;
}

/* --- blocks --- */

static bool take_certificate(struct arena *arena, struct pem_block *block, struct str der)
{
        struct err err = {0};

        block->kind = PEM_CERTIFICATE;
        block->certificate = certificate_read(arena, der, &err);
        if (!block->certificate) {
                block->message = str_copy(arena, err_text(&err));
                return false;
        }
        block->key = block->certificate->key;
        return true;
}

static bool take_private_key(struct arena *arena, struct pem_block *block, struct str der)
{
        const unsigned char *at = (const unsigned char *)der.data;

        block->kind = PEM_PRIVATE_KEY;
        return read_key(arena, block, d2i_AutoPrivateKey(NULL, &at, (long)der.len));
}

static bool take_public_key(struct arena *arena, struct pem_block *block, struct str der)
{
        const unsigned char *at = (const unsigned char *)der.data;

        block->kind = PEM_PUBLIC_KEY;
        return read_key(arena, block, d2i_PUBKEY(NULL, &at, (long)der.len));
}

static bool take_old_public_key(struct arena *arena, struct pem_block *block, struct str der)
{
        const unsigned char *at = (const unsigned char *)der.data;

        block->kind = PEM_PUBLIC_KEY;
        return read_key(arena, block, d2i_PublicKey(EVP_PKEY_RSA, NULL, &at, (long)der.len));
}

static bool take_request(struct arena *arena, struct pem_block *block, struct str der)
{
        const unsigned char *at = (const unsigned char *)der.data;
        X509_REQ *request = d2i_X509_REQ(NULL, &at, (long)der.len);

        block->kind = PEM_REQUEST;
        if (!request)
                return false;
        public_key_of(arena, X509_REQ_get0_pubkey(request), X509_REQ_get_X509_PUBKEY(request), &block->key);
        X509_REQ_free(request);
        return true;
}

static bool take_locked_key(struct arena *arena, struct pem_block *block, struct str der)
{
        (void)arena;
        (void)der;
        block->kind = PEM_LOCKED_KEY;
        return true;
}

static const struct {
        struct str label;
        bool (*take)(struct arena *arena, struct pem_block *block, struct str der);
} labels[] = {
        {STR_INIT("CERTIFICATE"), take_certificate},          {STR_INIT("X509 CERTIFICATE"), take_certificate},
        {STR_INIT("PRIVATE KEY"), take_private_key},          {STR_INIT("RSA PRIVATE KEY"), take_private_key},
        {STR_INIT("EC PRIVATE KEY"), take_private_key},       {STR_INIT("DSA PRIVATE KEY"), take_private_key},
        {STR_INIT("ENCRYPTED PRIVATE KEY"), take_locked_key}, {STR_INIT("PUBLIC KEY"), take_public_key},
        {STR_INIT("RSA PUBLIC KEY"), take_old_public_key},    {STR_INIT("CERTIFICATE REQUEST"), take_request},
        {STR_INIT("NEW CERTIFICATE REQUEST"), take_request},
};

/* A key that was encrypted in the old way has a header before its letters. */
static bool has_header(struct str body)
{
        return str_find(body, STR(":"), 0) != SIZE_MAX;
}

static void take_body(struct arena *arena, struct pem_block *block, struct str body)
{
        struct arena secret CLEANUP(arena_free) = {0};
        bool is_key = str_ends(block->label, STR("PRIVATE KEY"));
        struct str der;

        block->kind = PEM_OTHER;
        for (size_t i = 0; i < COUNT_OF(labels); i++) {
                if (!str_equal(labels[i].label, block->label))
                        continue;
                if (has_header(body)) {
                        block->kind = is_key ? PEM_LOCKED_KEY : PEM_OTHER;
                        return;
                }
                if (!base64_decode(&secret, body, &der) || !labels[i].take(arena, block, der)) {
                        block->kind = PEM_BROKEN;
                        if (!block->message.len)
                                block->message =
                                        str_format(arena,
                                                   "what stands in BEGIN %.*s cannot be read: it may have been "
                                                   "cut short or changed",
                                                   STR_ARG(block->label));
                        return;
                }
                if (is_key)
                        OPENSSL_cleanse((void *)(uintptr_t)der.data, der.len);
        }
}

/* A block's letters without what is no letter of base64 and allowed between them. */
static struct str squeeze(struct arena *arena, struct str body)
{
        char *text = arena_take_text(arena, body.len), *to = text;

        for (size_t i = 0; i < body.len; i++) {
                if (body.data[i] != ' ' && body.data[i] != '\t' && body.data[i] != '\n' && body.data[i] != '\r')
                        *to++ = body.data[i];
        }
        return str_span(text, to);
}

static bool find_begin(struct str text, size_t *at, struct str *label)
{
        struct str begin = STR("-----BEGIN "), dashes = STR("-----");
        size_t end;

        while ((*at = str_find(text, begin, *at)) != SIZE_MAX) {
                end = str_find(text, dashes, *at + begin.len);
                if (end == SIZE_MAX)
                        return false;
                *label = str_sub(text, *at + begin.len, end);
                if (label->len && label->len < 64 && !memchr(label->data, '\n', label->len))
                        return true;
                *at += begin.len;
        }
        return false;
}

bool pem_is_in(struct str text)
{
        size_t at = 0;
        struct str label;

        return find_begin(text, &at, &label);
}

static struct pem_block *add(struct arena *arena, struct pem_blocks *out, size_t at, struct str label)
{
        struct pem_block *block = vec_push(arena, &out->items);

        *block = (struct pem_block){.kind = PEM_BROKEN, .at = at, .label = str_copy(arena, label)};
        return block;
}

void pem_read(struct arena *arena, struct str text, struct pem_blocks *out)
{
        size_t at = 0, body, next, end;
        struct str label;

        while (find_begin(text, &at, &label)) {
                struct arena secret = {0};
                struct pem_block *block = add(arena, out, at, label);
                struct str letters, closing = str_format(arena, "-----END %.*s-----", STR_ARG(label));

                body = at + strlen("-----BEGIN ") + label.len + strlen("-----");
                next = str_find(text, STR("-----BEGIN "), body);
                end = str_find(str_sub(text, 0, min_size(next, body + LONGEST_BLOCK)), closing, body);
                at = body;
                if (out->items.count > MOST_BLOCKS) {
                        block->message = STR("more than 10,000 blocks of PEM stand in one text");
                        return;
                }
                if (end == SIZE_MAX) {
                        block->message = str_format(arena, "there is no %.*s within 1 MiB", STR_ARG(closing));
                        continue;
                }
                letters = squeeze(&secret, str_sub(text, body, end));
                take_body(arena, block, letters);
                OPENSSL_cleanse((void *)(uintptr_t)letters.data, letters.len);
                arena_free(&secret);
                at = end;
        }
}
