/* certs.h - the certificates and keys that are lying about: who they are to Kubernetes, who signed them, until when they hold.
 *
 * Looked for in folders as kubeadm lays them out (/etc/kubernetes), in any file of PEM, and in every text of every YAML or JSON
 * document that is PEM, or base64 of it: Secrets, ConfigMaps, kubeconfigs, CA bundles of webhooks, APIServices and CRDs, whatever
 * their fields are called. The same certificate in several places is one, and its places are listed. */
#pragma once

#include "base/buf.h"
#include "crypto/certificate.h"
#include "kube/cluster.h"
#include "report/finding.h"

/* Where something stands. */
struct cert_place {
        struct str file;
        uint32_t line;     /* of the text or document's field; of a file of PEM, of its BEGIN */
        struct str object; /* "Secret shop/web", "kubeconfig user admin"; empty in a file of PEM */
        struct str path;   /* JSON Pointer in the document; empty in a file of PEM */
        uint32_t index;    /* how many blocks stand before it in the same text */
        struct str holder; /* equal for what belongs together: a folder and a stem, a map and a stem */
};

/* One certificate, once for all its places. */
struct cert {
        const struct certificate *certificate;
        VEC(struct cert_place) places;
        const struct cert *issuer; /* itself if it signed itself; NULL: not shown */
};

struct cert_key {
        enum pem_kind kind; /* PEM_PRIVATE_KEY or PEM_LOCKED_KEY */
        struct public_key key;
        struct cert_place place;
        uint32_t mode;  /* access rights of a file of PEM; 0: not known */
        bool in_secret; /* of Kubernetes */
        bool in_object; /* in another object of Kubernetes */
        bool in_kubeconfig;
};

struct cert_finding {
        struct str rule;
        enum severity severity;
        struct cert_place place;
        struct str message;
};

struct cert_problem {
        struct str file;
        uint32_t line; /* 0: about the whole file */
        struct str message;
};

struct certs {
        struct arena arena;
        VEC(struct cert *) items; /* in the order of their first places */
        VEC(struct cert_key) keys;
        VEC(struct cert_finding) findings; /* worst first, then by place */
        VEC(struct cert_problem) problems; /* what could not be read */
        struct certs_index *index;         /* while reading */
};

struct certs_settings {
        int64_t now;  /* seconds since 1970 */
        int64_t soon; /* how many seconds before its end a certificate ends soon */
};

/* Reads a file, a snapshot, or all files of a folder and below that hold PEM; "-" is standard input. What cannot be read is a problem. */
void certs_read(struct certs *certs, struct str input);

/* Reads what of a live cluster may hold certificates: Secrets, ConfigMaps, and what has CA bundles. */
void certs_read_cluster(struct certs *certs, const struct cluster_settings *settings);

/* Reads one text as if it were a file of that name and access rights (0: not known). */
void certs_read_text(struct certs *certs, struct str name, uint32_t mode, struct str text);

/* Finds who signed what, and what is wrong. Once, after everything was read. */
void certs_judge(struct certs *certs, const struct certs_settings *settings);

void certs_free(struct certs *certs);

/* Tables for people. */
void certs_print(struct buf *out, struct certs *certs, const struct certs_settings *settings);

/* docs/schema/strake.certs-1.json */
void certs_print_json(struct buf *out, const struct certs *certs, const struct certs_settings *settings);

/* "pki/ca.crt", "a.yaml: Secret shop/web tls.crt": for messages. */
struct str cert_place_words(struct arena *arena, const struct cert_place *place);

/* Reads "2026-11-25" or "2026-11-25T12:00:00Z"; false if it is neither. */
bool certs_read_time(struct str text, int64_t *seconds);

/* "2026-11-25T12:00:00Z", in 24 bytes at least. */
enum { CERTS_TIME = 32 };
struct str certs_print_time(int64_t seconds, char text[CERTS_TIME]);
