/* internal.h - what the files of the HTTP client share. */
#pragma once

#include "base/buf.h"
#include "base/url.h"
#include "wire/curl.h"
#include "wire/http.h"

struct http {
        const struct curl_table *curl;
        const struct http_settings *settings;
        CURL *handle, *stranger; /* the second asks other hosts after redirects, with nothing of ours */
        enum http_failure failure;
        char words[CURL_ERROR_SIZE]; /* of libcurl, about the last request */
};

/* One try of a request at one URL. */
struct attempt {
        struct http *http;
        struct arena *arena;
        const struct http_request *request;
        struct http_response *response;
        struct str url;
        bool is_stranger; /* another host than the one that the request was for */
        CURL *handle;
        struct curl_slist *lines, *way; /* headers, and where to connect instead; from begin to end */
        struct buf body;
        uint64_t taken; /* bytes of the body so far */
        bool too_large, sink_took, sink_failed;
        struct err sink_err;
        CURLcode code;
};

/* Whether the headers of its request can be sent. */
bool attempt_check(const struct attempt *attempt, struct err *err);

/* Takes its URL apart. False with `err` if that is none to ask. */
bool attempt_read_url(struct attempt *attempt, struct url *url, struct err *err);

/* Makes `handle` ready for one try; false if there is no memory for it. What comes of it goes to attempt_end(). */
bool attempt_begin(struct attempt *attempt, const struct url *url);
void attempt_end(struct attempt *attempt, CURLcode code);

/* Says why a try failed, and what to do; sets `http->failure`. Always false. */
bool attempt_explain(struct attempt *attempt, struct err *err);

/* Whether a try that failed, or an answer with such a status, may go better a moment later. */
bool attempt_is_transient(const struct attempt *attempt);

/* How long the server asks to wait (Retry-After, RFC 9110 10.2.3), in milliseconds; 0 if it does not say. */
uint64_t response_pause(const struct http *http, const struct http_response *response);

/* Without user, password and query: what may be shown to a person. */
struct str url_to_show(struct arena *arena, struct str url);
