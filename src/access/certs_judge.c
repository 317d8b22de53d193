/* certs_judge.c - who signed whom, and what is wrong with it. */

#include <inttypes.h>
#include <stdlib.h>

#include "access/certs.h"
#include "base/map.h"

enum { MOST_ISSUERS_TRIED = 16, SECONDS_OF_DAY = 86400 };

struct judging {
        struct certs *certs;
        const struct certs_settings *settings;
        struct map by_subject; /* struct cert_list * */
        struct map by_holder;  /* struct cert *: the first of what belongs together */
        struct map by_key;     /* fingerprint of its key: struct cert *, an authority if there is one */
};

struct cert_list {
        VEC(struct cert *) items;
};

/* --- order --- */

static int compare_places(const struct cert_place *one, const struct cert_place *other)
{
        int order = str_compare(one->file, other->file);

        if (!order)
                order = (one->line > other->line) - (one->line < other->line);
        if (!order)
                order = str_compare(one->path, other->path);
        return order ? order : (one->index > other->index) - (one->index < other->index);
}

/* Of the places of one certificate, files that are made for it come first: messages name the first. */
static int by_place(const void *left, const void *right)
{
        const struct cert_place *one = left, *other = right;

        if ((one->path.len == 0) != (other->path.len == 0))
                return one->path.len ? 1 : -1;
        return compare_places(one, other);
}

static int by_first_place(const void *left, const void *right)
{
        return compare_places((*(struct cert *const *)left)->places.items,
                              (*(struct cert *const *)right)->places.items);
}

static int by_key_place(const void *left, const void *right)
{
        return compare_places(&((const struct cert_key *)left)->place, &((const struct cert_key *)right)->place);
}

static int by_severity(const void *left, const void *right)
{
        const struct cert_finding *one = left, *other = right;
        int order = (int)one->severity - (int)other->severity;

        if (!order)
                order = compare_places(&one->place, &other->place);
        if (!order)
                order = str_compare(one->rule, other->rule);
        return order ? order : str_compare(one->message, other->message);
}

#define SORT(vec, compare)                                                                                             \
        do {                                                                                                           \
                if ((vec).count)                                                                                       \
                        qsort((vec).items, (vec).count, sizeof(*(vec).items), (compare));                              \
        } while (0)

/* --- who signed whom --- */

static void add_cert(struct judging *judging, struct cert *cert)
{
        struct arena *arena = &judging->certs->arena;
        const struct certificate *certificate = cert->certificate;
        struct str key = {(const char *)certificate->key.fingerprint, FINGERPRINT_BYTES};
        void **slot = map_slot(arena, &judging->by_subject, certificate->subject);

        if (!*slot)
                *slot = arena_new(arena, struct cert_list);
        *vec_push(arena, &((struct cert_list *)*slot)->items) = cert;
        slot = map_slot(arena, &judging->by_key, key);
        if (!*slot || (certificate->is_authority && !((struct cert *)*slot)->certificate->is_authority))
                *slot = cert;
        for (size_t i = 0; i < cert->places.count; i++) {
                if (cert->places.items[i].index)
                        continue;
                slot = map_slot(arena, &judging->by_holder, cert->places.items[i].holder);
                if (!*slot)
                        *slot = cert;
        }
}

static const struct cert *find_issuer(struct judging *judging, struct cert *cert)
{
        const struct cert_list *list = map_get(&judging->by_subject, cert->certificate->issuer);

        if (cert->certificate->is_self_issued && certificate_is_signed_by(cert->certificate, cert->certificate))
                return cert;
        for (size_t i = 0; list && i < list->items.count && i < MOST_ISSUERS_TRIED; i++) {
                if (certificate_is_signed_by(cert->certificate, list->items.items[i]->certificate))
                        return list->items.items[i];
        }
        return NULL;
}

/* --- findings --- */

static void find(struct judging *judging, const char *rule, enum severity severity, const struct cert_place *place,
                 struct str message)
{
        *vec_push(&judging->certs->arena, &judging->certs->findings) =
                (struct cert_finding){str_of(rule), severity, *place, message};
}

static struct str words(struct judging *judging, const struct cert *cert)
{
        const struct certificate *certificate = cert->certificate;

        return str_format(&judging->certs->arena, "the certificate of %.*s",
                          STR_ARG(certificate->subject.len ? certificate->subject : STR("nobody")));
}

static void judge_time(struct judging *judging, const struct cert *cert)
{
        const struct certificate *certificate = cert->certificate;
        struct arena *arena = &judging->certs->arena;
        struct str who = words(judging, cert);
        int64_t now = judging->settings->now, left = certificate->not_after - now;
        const struct cert_place *place = cert->places.items;
        char text[CERTS_TIME];
        struct str end = certs_print_time(certificate->not_after, text);

        if (left < 0)
                find(judging, "certificate-expired", SEVERITY_HIGH, place,
                     str_format(arena, "%.*s ended on %.*s, %" PRId64 " days ago", STR_ARG(who), STR_ARG(end),
                                -left / SECONDS_OF_DAY));
        else if (left < judging->settings->soon)
                find(judging, "certificate-ends-soon", SEVERITY_MEDIUM, place,
                     str_format(arena, "%.*s ends on %.*s, in %" PRId64 " days", STR_ARG(who), STR_ARG(end),
                                left / SECONDS_OF_DAY));
        if (certificate->not_before > now)
                find(judging, "certificate-not-yet-valid", SEVERITY_HIGH, place,
                     str_format(arena, "%.*s begins to hold on %.*s only", STR_ARG(who),
                                STR_ARG(certs_print_time(certificate->not_before, text))));
        if (cert->issuer && cert->issuer != cert && certificate->not_after > cert->issuer->certificate->not_after)
                find(judging, "certificate-outlives-issuer", SEVERITY_LOW, place,
                     str_format(arena, "%.*s holds longer than its issuer, %.*s: it ends with that on %.*s",
                                STR_ARG(who), STR_ARG(cert->issuer->certificate->subject),
                                STR_ARG(certs_print_time(cert->issuer->certificate->not_after, text))));
}

static bool is_weak(const struct public_key *key)
{
        return (key->kind == KEY_KIND_RSA && key->bits < 2048) || (key->kind == KEY_KIND_EC && key->bits < 224)
               || key->kind == KEY_KIND_DSA;
}

static void judge_strength(struct judging *judging, const struct cert *cert)
{
        const struct certificate *certificate = cert->certificate;
        struct arena *arena = &judging->certs->arena;
        struct str who = words(judging, cert);

        if (is_weak(&certificate->key))
                find(judging, "weak-key", SEVERITY_HIGH, cert->places.items,
                     str_format(arena, "%.*s has a weak key, %.*s: RSA of 2048 bits or P-256 is the least",
                                STR_ARG(who), STR_ARG(certificate->key.name)));
        if (certificate->weak_signature && cert->issuer != cert)
                find(judging, "weak-signature", SEVERITY_HIGH, cert->places.items,
                     str_format(arena, "%.*s is signed with %.*s, which can be forged: sign it anew with SHA-256",
                                STR_ARG(who), STR_ARG(certificate->signature)));
}

static bool is_of_masters(const struct certificate *certificate)
{
        for (size_t i = 0; i < certificate->organization_count; i++) {
                if (str_is(certificate->organizations[i], "system:masters"))
                        return true;
        }
        return false;
}

static void judge_use(struct judging *judging, const struct cert *cert)
{
        const struct certificate *certificate = cert->certificate;
        struct arena *arena = &judging->certs->arena;
        struct str who = words(judging, cert);

        if (certificate->for_clients && !certificate->is_authority && is_of_masters(certificate))
                find(judging, "certificate-of-masters", SEVERITY_MEDIUM, cert->places.items,
                     str_format(
                             arena,
                             "%.*s is in group system:masters: whoever has its key may do everything, and no change of "
                             "RBAC takes that away before it ends",
                             STR_ARG(who)));
        if (certificate->limits_usage && certificate->for_servers && !certificate->is_authority
            && !certificate->name_count)
                find(judging, "certificate-without-names", SEVERITY_MEDIUM, cert->places.items,
                     str_format(arena, "%.*s is for a server but has no alternative names: clients of today refuse it",
                                STR_ARG(who)));
        if (!cert->issuer)
                find(judging, "issuer-not-shown", SEVERITY_INFO, cert->places.items,
                     str_format(arena, "who signed %.*s, \"%.*s\", is not among what was shown", STR_ARG(who),
                                STR_ARG(certificate->issuer)));
}

/* --- keys --- */

/* Whether a file stands where kubeadm puts the key of an authority. */
static bool is_pki_folder(struct str file)
{
        static const struct str names[] = {STR_INIT("pki/ca.key"), STR_INIT("pki/etcd/ca.key"),
                                           STR_INIT("pki/front-proxy-ca.key")};

        for (size_t i = 0; i < COUNT_OF(names); i++) {
                if (str_ends(file, names[i]))
                        return true;
        }
        return false;
}

static void judge_authority_key(struct judging *judging, const struct cert_key *key, const struct cert *cert)
{
        bool expected = is_pki_folder(key->place.file);
        enum severity severity = expected ? SEVERITY_LOW : key->in_secret ? SEVERITY_MEDIUM : SEVERITY_HIGH;
        const char *advice =
                expected         ? "nodes need it only to sign: it can be kept elsewhere (external CA)"
                : key->in_secret ? "whoever may read this Secret can be anybody that it may name"
                                 : "whoever reads it can be anybody that it may name: take it away and make a new one";

        find(judging, "authority-key", severity, &key->place,
             str_format(&judging->certs->arena, "the private key of the authority %.*s lies here: %s",
                        STR_ARG(cert->certificate->subject), advice));
}

static void judge_key(struct judging *judging, const struct cert_key *key)
{
        struct str fingerprint = {(const char *)key->key.fingerprint, FINGERPRINT_BYTES};
        const struct cert *owner = map_get(&judging->by_key, fingerprint);
        const struct cert *beside = map_get(&judging->by_holder, key->place.holder);

        if (key->mode & 04)
                find(judging, "key-readable-by-all", SEVERITY_HIGH, &key->place,
                     str_format(&judging->certs->arena,
                                "everybody on this machine may read this private key (mode %04o): "
                                "chmod 0600",
                                key->mode));
        if (key->in_object)
                find(judging, "key-in-plain-object", SEVERITY_HIGH, &key->place,
                     STR("a private key stands in an object that is no Secret: many more may read it"));
        if (key->kind == PEM_LOCKED_KEY)
                return;
        if (owner && owner->certificate->is_authority)
                judge_authority_key(judging, key, owner);
        if (is_weak(&key->key) && !owner)
                find(judging, "weak-key", SEVERITY_HIGH, &key->place,
                     str_format(&judging->certs->arena,
                                "this private key is weak, %.*s: RSA of 2048 bits or P-256 is the least",
                                STR_ARG(key->key.name)));
        if (beside && memcmp(beside->certificate->key.fingerprint, key->key.fingerprint, FINGERPRINT_BYTES) != 0)
                find(judging, "key-of-another", SEVERITY_HIGH, &key->place,
                     str_format(&judging->certs->arena,
                                "this private key does not belong to the certificate beside it, of %.*s",
                                STR_ARG(beside->certificate->subject)));
}

/* --- chains and trust --- */

/* The certificate at a place, or NULL. */
static const struct cert *cert_at(const struct certs *certs, const char *ending)
{
        for (size_t i = 0; i < certs->items.count; i++) {
                for (size_t p = 0; p < certs->items.items[i]->places.count; p++) {
                        const struct cert_place *place = &certs->items.items[i]->places.items[p];
                        struct str whole = place->path.len ? place->path : place->file;

                        if (str_ends(whole, str_of(ending)) && !place->index)
                                return certs->items.items[i];
                }
        }
        return NULL;
}

/* Authorities that must not be the same: whom one names, the other would believe. */
static void judge_shared(struct judging *judging)
{
        static const struct {
                const char *one, *other, *why;
        } pairs[] = {
                {"pki/ca.crt", "pki/front-proxy-ca.crt",
                 "whoever has any client certificate may pass as the front proxy and name any user"},
                {"/data/client-ca-file", "/data/requestheader-client-ca-file",
                 "whoever has any client certificate may pass as the front proxy and name any user"},
                {"pki/ca.crt", "pki/etcd/ca.crt", "whoever has any client certificate may read and write all of etcd"},
        };

        for (size_t i = 0; i < COUNT_OF(pairs); i++) {
                const struct cert *one = cert_at(judging->certs, pairs[i].one);

                if (one && one == cert_at(judging->certs, pairs[i].other))
                        find(judging, "authority-shared", SEVERITY_HIGH, one->places.items,
                             str_format(&judging->certs->arena, "%.*s is the same authority in %s and %s: %s",
                                        STR_ARG(one->certificate->subject), pairs[i].one, pairs[i].other,
                                        pairs[i].why));
        }
}

struct placed {
        struct cert_place place;
        const struct cert *cert;
};

static int by_text(const void *left, const void *right)
{
        return compare_places(&((const struct placed *)left)->place, &((const struct placed *)right)->place);
}

static bool same_text(const struct cert_place *one, const struct cert_place *other)
{
        return str_equal(one->file, other->file) && str_equal(one->path, other->path)
               && (one->path.len == 0 || one->line == other->line);
}

/* A chain begins with a certificate that signs nothing; each one that follows must have signed the one before. */
static void judge_chains(struct judging *judging)
{
        VEC(struct placed) all = {0};
        bool broken = false;

        for (size_t i = 0; i < judging->certs->items.count; i++) {
                const struct cert *cert = judging->certs->items.items[i];

                for (size_t p = 0; p < cert->places.count; p++)
                        *vec_push(&judging->certs->arena, &all) = (struct placed){cert->places.items[p], cert};
        }
        SORT(all, by_text);
        for (size_t i = 1; i < all.count; i++) {
                const struct placed *before = &all.items[i - 1], *here = &all.items[i];
                bool begins = before->place.index == 0 && !before->cert->certificate->is_authority;

                if (!same_text(&before->place, &here->place)) {
                        broken = false;
                        continue;
                }
                broken |= before->place.index == 0 && !begins;
                if (broken || certificate_is_signed_by(before->cert->certificate, here->cert->certificate))
                        continue;
                broken = true;
                find(judging, "chain-broken", SEVERITY_MEDIUM, &here->place,
                     str_format(&judging->certs->arena,
                                "%.*s stands in this chain behind %.*s but did not sign it: clients may "
                                "find no way to their authority",
                                STR_ARG(here->cert->certificate->subject),
                                STR_ARG(before->cert->certificate->subject)));
        }
}

void certs_judge(struct certs *certs, const struct certs_settings *settings)
{
        struct judging judging = {.certs = certs, .settings = settings};

        for (size_t i = 0; i < certs->items.count; i++)
                SORT(certs->items.items[i]->places, by_place);
        SORT(certs->items, by_first_place);
        SORT(certs->keys, by_key_place);
        for (size_t i = 0; i < certs->items.count; i++)
                add_cert(&judging, certs->items.items[i]);
        for (size_t i = 0; i < certs->items.count; i++)
                certs->items.items[i]->issuer = find_issuer(&judging, certs->items.items[i]);
        for (size_t i = 0; i < certs->items.count; i++) {
                judge_time(&judging, certs->items.items[i]);
                judge_strength(&judging, certs->items.items[i]);
                judge_use(&judging, certs->items.items[i]);
        }
        for (size_t i = 0; i < certs->keys.count; i++)
                judge_key(&judging, &certs->keys.items[i]);
        judge_shared(&judging);
        judge_chains(&judging);
        SORT(certs->findings, by_severity);
}
