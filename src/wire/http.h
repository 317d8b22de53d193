/* http.h - asking servers over HTTP(S): cluster, registries, whatever comes.
 *
 * A `struct http` keeps connections open between requests and belongs to one thread at a time. Settings are shared.
 *
 * What it promises:
 *   - Nothing hangs: connecting, silence and, where set, the whole have a time limit. Nothing swells: every body has a limit,
 *     counted after decompression.
 *   - 429, 500, 502, 503 and 504, refused and broken connections are tried again with growing pauses, or the pause that the
 *     server asks for, as long as `patience` lasts; but only what may be sent twice (GET, HEAD, or `repeatable`).
 *   - A redirect is followed only as far as `redirects` says. Headers of the request, a body and the client certificate never
 *     go to another host (scheme, name or port differ) but for those marked `public`; nor does anything go from https to http.
 *   - An error says what was asked, what went wrong and what to do. It never holds a header or a body that was sent. */
#pragma once

#include "base/err.h"
#include "base/vec.h"

/* PEM texts; all may be empty. */
struct http_tls {
        struct str authorities; /* whom to trust; empty: whom the system trusts */
        struct str certificate, key;
        struct str server_name; /* the name that the certificate has to have, instead of that in the URL */
        bool insecure;          /* trust anybody */
};

enum http_redirects {
        HTTP_REDIRECTS_NONE, /* a redirect is an answer like any other */
        HTTP_REDIRECTS_HOST, /* follow on the same host; elsewhere it is an error */
        HTTP_REDIRECTS_ANY,  /* follow anywhere, without credentials */
};

/* How often servers may be asked, by all who share it. Safe to use from many threads; make it with http_budget_new(). */
struct http_budget;

struct http_settings {
        struct http_tls tls;
        struct str proxy; /* URL; empty: as https_proxy, http_proxy and no_proxy say */
        struct str agent; /* User-Agent */
        /* What to do, for messages, where a server does not speak TLS, and where its certificate is for another name. NULL: as for URLs
         * and kubeconfigs. */
        const char *no_tls_way, *trust_way;
        enum http_redirects redirects;
        unsigned connect_seconds;   /* 0: 10 */
        unsigned silence_seconds;   /* no byte for so long; 0: 30 */
        unsigned total_seconds;     /* for one try; 0: no limit */
        unsigned patience;          /* seconds from the first try after which none begins; 0: 60 */
        unsigned first_pause;       /* milliseconds before the second try; 0: 500 */
        unsigned most_tries;        /* 0: 6 */
        struct http_budget *budget; /* NULL: as fast as it goes */
        const _Atomic bool *cancel; /* once true, requests fail within a second; may be NULL */
};

struct http_header {
        struct str name, value;
        bool public; /* no secret: goes along to other hosts */
};

/* Takes a part of a body; false with `err` ends the request. */
typedef bool http_sink(void *context, struct str part, struct err *err);

struct http_request {
        const char *method; /* NULL: GET */
        struct str url;
        const struct http_header *headers;
        size_t header_count;
        struct str body;
        bool repeatable;    /* may be sent twice though it is no GET or HEAD */
        uint64_t most;      /* bytes of the body; 0: 64 MiB */
        http_sink *sink;    /* for the body of an answer with status 2xx; NULL: `body` of the response */
        void *sink_context; /* once it has taken something, the request is not tried again */
};

struct http_response {
        int status;
        struct str url;                  /* what answered, after redirects */
        struct str body;                 /* followed by a zero that does not count; of an error at most 64 KiB */
        VEC(struct http_header) headers; /* of the last answer, in order */
};

/* Why there was no answer, for who wants to go another way. */
enum http_failure {
        HTTP_FAILED_OTHERWISE,
        HTTP_FAILED_LIBRARY, /* libcurl is not there */
        HTTP_FAILED_NAME,    /* DNS */
        HTTP_FAILED_REFUSED,
        HTTP_FAILED_SILENCE, /* a time limit */
        HTTP_FAILED_BROKEN,  /* reset, closed, cut short */
        HTTP_FAILED_TRUST,   /* the server's certificate */
        HTTP_FAILED_TLS,     /* the rest of TLS: handshake, our own certificate */
        HTTP_FAILED_SIZE,
        HTTP_FAILED_REDIRECT,
        HTTP_FAILED_SINK,
};

struct http;

/* Belongs to the arena, which also closes it. NULL with `err` if libcurl cannot be loaded. The settings stay the caller's and
 * must live as long. */
struct http *http_new(struct arena *arena, const struct http_settings *settings, struct err *err);

/* Asks, and waits for the answer; any status is an answer. Memory of the response comes from the arena. False with `err` when
 * there is none; http_failure() then tells why. */
bool http_ask(struct http *http, struct arena *arena, const struct http_request *request,
              struct http_response *response, struct err *err) MUST_USE;

enum http_failure http_failure(const struct http *http);

/* Gives up what is secret in connections: the next request connects anew, with the TLS settings as they are then. */
void http_forget(struct http *http);

/* The value of a response's header, by its name in any case; empty if it is not there. The last one counts. */
struct str http_header_of(const struct http_response *response, const char *name);

/* At most `per_second` requests a second on the long run, and `burst` at once. */
struct http_budget *http_budget_new(struct arena *arena, unsigned per_second, unsigned burst) NONNULL_RESULT;

/* Waits until one more request is within the budget. */
void http_budget_take(struct http_budget *budget);
