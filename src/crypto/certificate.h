/* certificate.h - X.509 certificates and private keys out of PEM: who is named, by whom, until when, with which key.
 *
 * Thin over OpenSSL. Nothing is trusted or built into chains here; what an issuer is to a certificate is for the caller to ask.
 * Private keys are read only to see to which public key they belong; nothing of them is kept. */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/vec.h"

enum { FINGERPRINT_BYTES = 32 }; /* SHA-256 */

enum key_kind { KEY_KIND_OTHER, KEY_KIND_RSA, KEY_KIND_EC, KEY_KIND_EDWARDS, KEY_KIND_DSA };

/* A public key, or that of a private one. */
struct public_key {
        enum key_kind kind;
        unsigned bits;
        struct str name;                              /* "RSA 2048", "EC P-256", "Ed25519" */
        unsigned char fingerprint[FINGERPRINT_BYTES]; /* of its SubjectPublicKeyInfo: equal keys, equal bytes */
};

struct certificate {
        struct str subject,
                issuer; /* as RFC 4514 has them, but in the order of the certificate: "O=system:masters,CN=admin" */
        struct str common_name; /* empty if there is none; the last of several, as Go has it */
        struct str *organizations;
        size_t organization_count;
        struct str *names; /* alternative ones: "DNS:kubernetes", "IP:10.0.0.1", "URI:spiffe://..." */
        size_t name_count;
        struct str serial;             /* hexadecimal */
        int64_t not_before, not_after; /* seconds since 1970 */
        struct str signature;          /* the algorithm: "sha256WithRSAEncryption" */
        bool weak_signature;           /* MD2, MD4, MD5 or SHA-1 */
        bool is_authority;             /* may sign others */
        bool is_self_issued;           /* subject and issuer are the same */
        bool for_servers, for_clients; /* extended key usage; both if it says nothing */
        bool limits_usage;             /* it has an extended key usage */
        struct public_key key;
        unsigned char fingerprint[FINGERPRINT_BYTES];
        void *x509; /* lives as long as the arena */
};

enum pem_kind {
        PEM_CERTIFICATE,
        PEM_PRIVATE_KEY,
        PEM_LOCKED_KEY, /* private, but encrypted: nothing is known of it */
        PEM_PUBLIC_KEY,
        PEM_REQUEST, /* to sign a certificate */
        PEM_OTHER,   /* something between BEGIN and END that is none of these */
        PEM_BROKEN,  /* `message` says why */
};

struct pem_block {
        enum pem_kind kind;
        size_t at; /* where its BEGIN stands in the text */
        struct str label;
        struct certificate *certificate; /* of a PEM_CERTIFICATE */
        struct public_key key;           /* of all but PEM_LOCKED_KEY, PEM_OTHER and PEM_BROKEN */
        struct str message;
};

struct pem_blocks {
        VEC(struct pem_block) items;
};

/* Whether something in the text looks like PEM. */
bool pem_is_in(struct str text);

/* Everything of PEM (RFC 7468) in a text, in its order. At most 10,000 blocks of 1 MiB each; the rest is a broken one. */
void pem_read(struct arena *arena, struct str text, struct pem_blocks *out);

/* One certificate in DER; NULL with `err` if it is none. */
struct certificate *certificate_read(struct arena *arena, struct str der, struct err *err);

/* Appends it as PEM: made anew of the certificate alone, with nothing that stood around it. */
void certificate_print(struct buf *out, const struct certificate *certificate);

/* Whether the issuer's name is the one that the certificate gives, and its key made the signature (RFC 5280, 6.1.3). */
bool certificate_is_signed_by(const struct certificate *certificate, const struct certificate *issuer);
