/* certificate.c - what a certificate says, from OpenSSL's structures. */

#include "crypto/certificate.h"

#include <limits.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>

#include "base/base64.h"
#include "crypto/key.h"

static void free_bio(BIO **bio)
{
        BIO_free(*bio);
}

static void free_names(GENERAL_NAMES **names)
{
        GENERAL_NAMES_free(*names);
}

static struct str take_bio(struct arena *arena, BIO *bio)
{
        char *data;
        long length = BIO_get_mem_data(bio, &data);

        return length > 0 ? str_copy(arena, (struct str){data, (size_t)length}) : STR("");
}

static struct str print_name(struct arena *arena, const X509_NAME *name)
{
        BIO *bio CLEANUP(free_bio) = BIO_new(BIO_s_mem());

        if (!bio
            || X509_NAME_print_ex(bio, name, 0,
                                  (XN_FLAG_RFC2253 & ~XN_FLAG_DN_REV & ~(unsigned long)ASN1_STRFLGS_ESC_MSB))
                       < 0)
                return STR("");
        return take_bio(arena, bio);
}

static struct str text_of(struct arena *arena, const ASN1_STRING *string)
{
        unsigned char *utf8 = NULL;
        int length = ASN1_STRING_to_UTF8(&utf8, string);
        struct str text = length >= 0 ? str_copy(arena, (struct str){(const char *)utf8, (size_t)length}) : STR("");

        OPENSSL_free(utf8);
        return text;
}

static void read_subject(struct arena *arena, struct certificate *out, const X509_NAME *subject)
{
        int count = X509_NAME_entry_count(subject);

        out->organizations = arena_array(arena, struct str, (size_t)count);
        for (int i = 0; i < count; i++) {
                X509_NAME_ENTRY *entry = X509_NAME_get_entry(subject, i);
                int kind = OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry));

                if (kind == NID_commonName)
                        out->common_name = text_of(arena, X509_NAME_ENTRY_get_data(entry));
                if (kind == NID_organizationName)
                        out->organizations[out->organization_count++] = text_of(arena, X509_NAME_ENTRY_get_data(entry));
        }
}

/* --- alternative names --- */

static struct str print_address(struct arena *arena, const ASN1_OCTET_STRING *address)
{
        const unsigned char *bytes = ASN1_STRING_get0_data(address);
        struct buf text CLEANUP(buf_free) = {0};

        if (ASN1_STRING_length(address) == 4)
                return str_format(arena, "IP:%u.%u.%u.%u", bytes[0], bytes[1], bytes[2], bytes[3]);
        if (ASN1_STRING_length(address) != 16)
                return STR("IP:?");
        buf_add_literal(&text, "IP:");
        for (unsigned i = 0; i < 16; i += 2)
                buf_add_format(&text, "%s%x", i ? ":" : "", bytes[i] << 8 | bytes[i + 1]);
        return str_copy(arena, buf_text(&text));
}

static struct str print_alternative(struct arena *arena, const GENERAL_NAME *name)
{
        const char *prefix = name->type == GEN_DNS ? "DNS:" : name->type == GEN_URI ? "URI:" : "email:";
        struct str text;

        if (name->type == GEN_IPADD)
                return print_address(arena, name->d.iPAddress);
        if (name->type != GEN_DNS && name->type != GEN_URI && name->type != GEN_EMAIL)
                return STR("other");
        text = (struct str){(const char *)ASN1_STRING_get0_data(name->d.ia5), (size_t)ASN1_STRING_length(name->d.ia5)};
        return str_format(arena, "%s%.*s", prefix, STR_ARG(text));
}

static void read_alternatives(struct arena *arena, struct certificate *out, X509 *x509)
{
        GENERAL_NAMES *names CLEANUP(free_names) = X509_get_ext_d2i(x509, NID_subject_alt_name, NULL, NULL);
        int count = names ? sk_GENERAL_NAME_num(names) : 0;

        out->names = arena_array(arena, struct str, (size_t)count);
        for (int i = 0; i < count; i++)
                out->names[out->name_count++] = print_alternative(arena, sk_GENERAL_NAME_value(names, i));
}

/* --- the rest --- */

static bool read_time(const ASN1_TIME *time, int64_t *seconds)
{
        ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
        int days, rest;
        bool good = epoch && ASN1_TIME_diff(&days, &rest, epoch, time);

        ASN1_TIME_free(epoch);
        if (good)
                *seconds = (int64_t)days * 86400 + rest;
        return good;
}

static struct str print_serial(struct arena *arena, X509 *x509)
{
        const ASN1_INTEGER *serial = X509_get0_serialNumber(x509);
        struct buf text CLEANUP(buf_free) = {0};

        for (int i = 0; i < ASN1_STRING_length(serial) && i < 64; i++)
                buf_add_format(&text, "%02x", ASN1_STRING_get0_data(serial)[i]);
        return str_copy(arena, buf_text(&text));
}

static void read_signature(struct arena *arena, struct certificate *out, X509 *x509)
{
        int kind = X509_get_signature_nid(x509), hash = NID_undef, key;
        const char *name = OBJ_nid2sn(kind);

        out->signature = str_copy(arena, str_of(kind == NID_undef || !name ? "unknown" : name));
        if (str_starts(out->signature, STR("RSA-")))
                out->signature = str_format(arena, "%s with RSA", name + strlen("RSA-"));
        OBJ_find_sigid_algs(kind, &hash, &key);
        out->weak_signature = hash == NID_md2 || hash == NID_md4 || hash == NID_md5 || hash == NID_sha1;
}

static void read_usage(struct certificate *out, X509 *x509)
{
        uint32_t flags = X509_get_extension_flags(x509), usage = X509_get_extended_key_usage(x509);

        out->is_authority = (flags & EXFLAG_CA) != 0;
        out->is_self_issued = (flags & EXFLAG_SI) != 0;
        out->limits_usage = (flags & EXFLAG_XKUSAGE) != 0;
        out->for_servers = !out->limits_usage || (usage & (XKU_SSL_SERVER | XKU_ANYEKU));
        out->for_clients = !out->limits_usage || (usage & (XKU_SSL_CLIENT | XKU_ANYEKU));
}

static void release(void *x509)
{
        X509_free(x509);
}

struct certificate *certificate_read(struct arena *arena, struct str der, struct err *err)
{
        const unsigned char *at = (const unsigned char *)der.data;
        X509 *x509 = der.len <= LONG_MAX ? d2i_X509(NULL, &at, (long)der.len) : NULL;
        struct certificate *out;
        unsigned length;

        if (!x509 || at != (const unsigned char *)der.data + der.len) {
                X509_free(x509);
                err_set(err, "this is no X.509 certificate: it may have been cut short or changed");
                return NULL;
        }
        arena_at_end(arena, release, x509);
        out = arena_new(arena, struct certificate);
        out->x509 = x509;
        if (!read_time(X509_get0_notBefore(x509), &out->not_before)
            || !read_time(X509_get0_notAfter(x509), &out->not_after)) {
                err_set(err, "this certificate has a time that is none");
                return NULL;
        }
        out->subject = print_name(arena, X509_get_subject_name(x509));
        out->issuer = print_name(arena, X509_get_issuer_name(x509));
        read_subject(arena, out, X509_get_subject_name(x509));
        read_alternatives(arena, out, x509);
        out->serial = print_serial(arena, x509);
        read_signature(arena, out, x509);
        read_usage(out, x509);
        public_key_of(arena, X509_get0_pubkey(x509), X509_get_X509_PUBKEY(x509), &out->key);
        X509_digest(x509, EVP_sha256(), out->fingerprint, &length);
        return out;
}

bool certificate_is_signed_by(const struct certificate *certificate, const struct certificate *issuer)
{
        X509 *x509 = certificate->x509, *signer = issuer->x509;
        EVP_PKEY *key = X509_get0_pubkey(signer);

        return key && X509_NAME_cmp(X509_get_issuer_name(x509), X509_get_subject_name(signer)) == 0
               && X509_verify(x509, key) == 1;
}

enum { PEM_LINE = 64 };

void certificate_print(struct buf *out, const struct certificate *certificate)
{
        CLEANUP(buf_free) struct buf letters = {0};
        unsigned char *der = NULL;
        int length = i2d_X509(certificate->x509, &der);

        if (length > 0)
                base64_print(&letters, (struct str){(const char *)der, (size_t)length});
        OPENSSL_free(der);
        buf_add_literal(out, "-----BEGIN CERTIFICATE-----\n");
        for (size_t at = 0; at < letters.len; at += PEM_LINE) {
                buf_add(out, str_sub(buf_text(&letters), at, at + PEM_LINE));
                buf_add_char(out, '\n');
        }
        buf_add_literal(out, "-----END CERTIFICATE-----\n");
}
