/* http.c - one request: tries, redirects, and what is told when there is no answer. */

#include <stdatomic.h>
#include <time.h>

#include "wire/internal.h"

enum {
        CONNECT_SECONDS = 10,
        SILENCE_SECONDS = 30,
        PATIENCE_SECONDS = 60,
        FIRST_PAUSE = 500,
        LONGEST_PAUSE = 8000,
        PAUSE_STEP = 100, /* milliseconds */
        MOST_TRIES = 6,
        MOST_REDIRECTS = 5,
        MOST_ERROR_BYTES = 64 << 10,
        MOST_HEADERS = 1000,
};

static const uint64_t most_bytes = 64ULL << 20;

static unsigned or_else(unsigned number, unsigned otherwise)
{
        return number ? number : otherwise;
}

static uint64_t milliseconds(void)
{
        struct timespec time;

        clock_gettime(CLOCK_MONOTONIC, &time);
        return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

static bool is_cancelled(const struct http_settings *settings)
{
        return settings->cancel && atomic_load_explicit(settings->cancel, memory_order_relaxed);
}

/* In steps, so that it can be broken off. */
static void pause_for(const struct http_settings *settings, uint64_t pause)
{
        while (pause && !is_cancelled(settings)) {
                uint64_t step = pause < PAUSE_STEP ? pause : PAUSE_STEP;

                nanosleep(&(struct timespec){0, (long)step * 1000000}, NULL);
                pause -= step;
        }
}

void http_forget(struct http *http)
{
        if (http->handle)
                http->curl->curl_easy_cleanup(http->handle);
        if (http->stranger)
                http->curl->curl_easy_cleanup(http->stranger);
        http->handle = http->stranger = NULL;
}

static void close_http(void *http)
{
        http_forget(http);
}

struct http *http_new(struct arena *arena, const struct http_settings *settings, struct err *err)
{
        const struct curl_table *curl = curl_load(err);
        struct http *http;

        TRY(curl);
        http = arena_new(arena, struct http);
        *http = (struct http){.curl = curl, .settings = settings};
        arena_at_end(arena, close_http, http);
        return http;
}

enum http_failure http_failure(const struct http *http)
{
        return http->failure;
}

struct str http_header_of(const struct http_response *response, const char *name)
{
        for (size_t i = response->headers.count; i-- > 0;) {
                const struct http_header *header = &response->headers.items[i];

                if (str_equal_nocase(header->name, str_of(name)))
                        return header->value;
        }
        return (struct str){0};
}

/* --- what comes --- */

/* A status line begins the headers of another answer: that of a proxy, or one before the last. */
static size_t take_header(char *data, size_t size, size_t count, void *context)
{
        struct attempt *attempt = context;
        struct str line = {data, checked_mul(size, count)}, name, rest;

        rest = line;
        if (str_starts(line, STR("HTTP/"))) {
                attempt->response->headers.count = 0;
        } else if (attempt->response->headers.count == MOST_HEADERS) {
                return 0;
        } else if (memchr(line.data, ':', line.len)) {
                str_split(&rest, ':', &name);
                *vec_push(attempt->arena, &attempt->response->headers) = (struct http_header){
                        .name = str_copy(attempt->arena, name), .value = str_copy(attempt->arena, str_trim(rest))};
        }
        return line.len;
}

static int status_of(const struct attempt *attempt)
{
        long status = 0;

        attempt->http->curl->curl_easy_getinfo(attempt->handle, CURLINFO_RESPONSE_CODE, &status);
        return (int)status;
}

static size_t take_body(char *data, size_t size, size_t count, void *context)
{
        struct attempt *attempt = context;
        const struct http_request *request = attempt->request;
        struct str part = {data, checked_mul(size, count)};
        int status = status_of(attempt);
        bool is_good = status >= 200 && status < 300;

        if (!is_good) { /* what is wrong is told in the first lines */
                buf_add(&attempt->body,
                        str_sub(part, 0, MOST_ERROR_BYTES - min_size(attempt->body.len, MOST_ERROR_BYTES)));
                return attempt->body.len < MOST_ERROR_BYTES ? part.len : CURL_WRITEFUNC_ERROR;
        }
        attempt->taken += part.len;
        attempt->too_large = attempt->taken > (request->most ? request->most : most_bytes);
        if (attempt->too_large)
                return CURL_WRITEFUNC_ERROR;
        if (!request->sink) {
                buf_add(&attempt->body, part);
                return part.len;
        }
        attempt->sink_took = true;
        attempt->sink_failed = !request->sink(request->sink_context, part, &attempt->sink_err);
        return attempt->sink_failed ? CURL_WRITEFUNC_ERROR : part.len;
}

/* --- what goes --- */

#define SET(option, value) curl->curl_easy_setopt(handle, (option), (value))

static void set_blob(const struct curl_table *curl, CURL *handle, CURLoption option, struct str text)
{
        struct curl_blob blob = {.data = (void *)text.data, .len = text.len, .flags = CURL_BLOB_COPY};

        if (text.len)
                curl->curl_easy_setopt(handle, option, &blob);
}

/* With authorities of our own, those of the system do not count. */
static void set_tls(const struct attempt *attempt)
{
        const struct curl_table *curl = attempt->http->curl;
        const struct http_tls *tls = &attempt->http->settings->tls;
        CURL *handle = attempt->handle;

        if (attempt->is_stranger)
                return;
        if (tls->authorities.len) {
                SET(CURLOPT_CAINFO, NULL);
                SET(CURLOPT_CAPATH, NULL);
                set_blob(curl, handle, CURLOPT_CAINFO_BLOB, tls->authorities);
        }
        set_blob(curl, handle, CURLOPT_SSLCERT_BLOB, tls->certificate);
        set_blob(curl, handle, CURLOPT_SSLKEY_BLOB, tls->key);
        SET(CURLOPT_SSL_VERIFYPEER, tls->insecure ? 0L : 1L);
        SET(CURLOPT_SSL_VERIFYHOST, tls->insecure ? 0L : 2L);
}

static bool is_loopback(struct str name)
{
        return str_is(name, "localhost") || str_starts(name, STR("127.")) || str_is(name, "::1");
}

/* libcurl asks about once a second. */
static int check_cancel(void *settings, curl_off_t all, curl_off_t now, curl_off_t all_sent, curl_off_t sent)
{
        (void)all, (void)now, (void)all_sent, (void)sent;
        return is_cancelled(settings);
}

static void set_way(const struct attempt *attempt, const struct url *url)
{
        const struct curl_table *curl = attempt->http->curl;
        const struct http_settings *settings = attempt->http->settings;
        CURL *handle = attempt->handle;

        if (settings->proxy.len)
                SET(CURLOPT_PROXY, str_copy(attempt->arena, settings->proxy).data);
        else if (is_loopback(url->hostname)) /* what the environment says about proxies never means this machine */
                SET(CURLOPT_PROXY, "");
        SET(CURLOPT_CONNECTTIMEOUT, (long)or_else(settings->connect_seconds, CONNECT_SECONDS));
        SET(CURLOPT_LOW_SPEED_LIMIT, 1L);
        SET(CURLOPT_LOW_SPEED_TIME, (long)or_else(settings->silence_seconds, SILENCE_SECONDS));
        SET(CURLOPT_TIMEOUT, (long)settings->total_seconds);
        SET(CURLOPT_NOSIGNAL, 1L);
        if (settings->cancel) {
                SET(CURLOPT_NOPROGRESS, 0L);
                SET(CURLOPT_XFERINFOFUNCTION, check_cancel);
                SET(CURLOPT_XFERINFODATA, settings);
        }
        SET(CURLOPT_PROTOCOLS_STR, "http,https");
        SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
        SET(CURLOPT_ACCEPT_ENCODING, "gzip");
}

static struct curl_slist *add_header(const struct attempt *attempt, struct curl_slist *list, struct str name,
                                     struct str value)
{
        struct str line = value.len ? str_format(attempt->arena, "%.*s: %.*s", STR_ARG(name), STR_ARG(value))
                                    : str_format(attempt->arena, "%.*s;", STR_ARG(name));
        struct curl_slist *more = attempt->http->curl->curl_slist_append(list, line.data);

        return more ? more : list;
}

static struct curl_slist *headers_of(const struct attempt *attempt, const struct url *url)
{
        const struct http_request *request = attempt->request;
        struct curl_slist *list = NULL;

        for (size_t i = 0; i < request->header_count; i++) {
                if (!attempt->is_stranger || request->headers[i].public)
                        list = add_header(attempt, list, request->headers[i].name, request->headers[i].value);
        }
        list = add_header(attempt, list, STR("User-Agent"), attempt->http->settings->agent);
        if (!attempt->is_stranger && attempt->http->settings->tls.server_name.len)
                list = add_header(attempt, list, STR("Host"), url->host);
        return list;
}

static void set_method(const struct attempt *attempt)
{
        const struct curl_table *curl = attempt->http->curl;
        const struct http_request *request = attempt->request;
        const char *method = request->method ? request->method : "GET";
        CURL *handle = attempt->handle;

        if (strcmp(method, "HEAD") == 0) {
                SET(CURLOPT_NOBODY, 1L);
        } else if (strcmp(method, "GET") != 0) {
                SET(CURLOPT_POST, 1L);
                SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)(attempt->is_stranger ? 0 : request->body.len));
                SET(CURLOPT_POSTFIELDS, request->body.len ? request->body.data : "");
                SET(CURLOPT_CUSTOMREQUEST, method);
        }
}

/* To be told another name by the certificate, the URL has that name, and the connection goes where it should. */
static struct curl_slist *set_url(const struct attempt *attempt, const struct url *url)
{
        const struct curl_table *curl = attempt->http->curl;
        struct str name = attempt->http->settings->tls.server_name, target = attempt->url;
        struct curl_slist *way = NULL;
        CURL *handle = attempt->handle;

        if (name.len && !attempt->is_stranger && str_is(url->scheme, "https")) {
                target = str_format(attempt->arena, "https://%.*s%.*s%s%.*s", STR_ARG(name), STR_ARG(url->path),
                                    url->query.len ? "?" : "", STR_ARG(url->query));
                way = curl->curl_slist_append(NULL,
                                              str_format(attempt->arena, "::%s%.*s%s:%.*s",
                                                         memchr(url->hostname.data, ':', url->hostname.len) ? "[" : "",
                                                         STR_ARG(url->hostname),
                                                         memchr(url->hostname.data, ':', url->hostname.len) ? "]" : "",
                                                         STR_ARG(url->port.len ? url->port : STR("443"))).data);
                SET(CURLOPT_CONNECT_TO, way);
        }
        SET(CURLOPT_URL, str_copy(attempt->arena, target).data);
        return way;
}

static CURL *handle_for(struct attempt *attempt)
{
        struct http *http = attempt->http;
        CURL **handle = attempt->is_stranger ? &http->stranger : &http->handle;

        if (*handle)
                http->curl->curl_easy_reset(*handle);
        else
                *handle = http->curl->curl_easy_init();
        return *handle;
}

bool attempt_begin(struct attempt *attempt, const struct url *url)
{
        const struct curl_table *curl = attempt->http->curl;
        CURL *handle = attempt->handle = handle_for(attempt);

        attempt->code = CURLE_OUT_OF_MEMORY;
        TRY(handle);
        attempt->http->words[0] = 0;
        SET(CURLOPT_ERRORBUFFER, attempt->http->words);
        set_tls(attempt);
        set_way(attempt, url);
        set_method(attempt);
        attempt->way = set_url(attempt, url);
        attempt->lines = headers_of(attempt, url);
        SET(CURLOPT_HTTPHEADER, attempt->lines);
        SET(CURLOPT_HEADERFUNCTION, take_header);
        SET(CURLOPT_HEADERDATA, attempt);
        SET(CURLOPT_WRITEFUNCTION, take_body);
        SET(CURLOPT_WRITEDATA, attempt);
        return true;
}

void attempt_end(struct attempt *attempt, CURLcode code)
{
        const struct curl_table *curl = attempt->http->curl;
        CURL *handle = attempt->handle;

        attempt->code = code;
        attempt->response->status = status_of(attempt);
        /* An error page that was read only so far is an answer. */
        if (attempt->code == CURLE_WRITE_ERROR && attempt->response->status / 100 != 2)
                attempt->code = CURLE_OK;
        SET(CURLOPT_HTTPHEADER, NULL);
        SET(CURLOPT_CONNECT_TO, NULL);
        curl->curl_slist_free_all(attempt->lines);
        curl->curl_slist_free_all(attempt->way);
        attempt->lines = attempt->way = NULL;
}

/* One request, one answer. */
static void perform(struct attempt *attempt, const struct url *url)
{
        if (attempt_begin(attempt, url))
                attempt_end(attempt, attempt->http->curl->curl_easy_perform(attempt->handle));
}

bool attempt_read_url(struct attempt *attempt, struct url *url, struct err *err)
{
        if (url_read(attempt->arena, attempt->url, url) && url->hostname.len
            && (str_is(url->scheme, "https") || str_is(url->scheme, "http")))
                return true;
        attempt->http->failure = HTTP_FAILED_OTHERWISE;
        return err_set(err, "\"%.*s\" is no http:// or https:// URL", STR_ARG(attempt->url));
}

static bool try_once(struct attempt *attempt, struct err *err)
{
        struct url url;

        attempt->response->headers.count = 0;
        attempt->response->status = 0;
        attempt->body.len = 0;
        attempt->taken = 0;
        TRY(attempt_read_url(attempt, &url, err));
        if (attempt->http->settings->budget)
                http_budget_take(attempt->http->settings->budget);
        perform(attempt, &url);
        return true;
}

static bool may_repeat(const struct http_request *request)
{
        return request->repeatable || !request->method || strcmp(request->method, "GET") == 0
               || strcmp(request->method, "HEAD") == 0;
}

/* Milliseconds before the next try: what the server asks for, or twice as long each time, a little more or less so that not
 * all come back at once. */
static uint64_t next_pause(const struct attempt *attempt, unsigned tries)
{
        uint64_t asked = attempt->code == CURLE_OK ? response_pause(attempt->http, attempt->response) : 0;
        uint64_t pause = or_else(attempt->http->settings->first_pause, FIRST_PAUSE);
        struct timespec time;

        if (asked)
                return asked;
        for (unsigned i = 1; i < tries && pause < LONGEST_PAUSE; i++)
                pause *= 2;
        clock_gettime(CLOCK_MONOTONIC, &time);
        return pause + (uint64_t)time.tv_nsec / 1000 % (pause / 4 + 1);
}

/* Tries until there is an answer that counts, or no more patience. */
static bool try_again_and_again(struct attempt *attempt, struct err *err)
{
        const struct http_settings *settings = attempt->http->settings;
        uint64_t end = milliseconds() + 1000ULL * or_else(settings->patience, PATIENCE_SECONDS), pause;

        for (unsigned tries = 1;; tries++) {
                TRY(try_once(attempt, err));
                if (!may_repeat(attempt->request) || !attempt_is_transient(attempt) || is_cancelled(settings)
                    || tries >= or_else(settings->most_tries, MOST_TRIES))
                        break;
                pause = next_pause(attempt, tries);
                if (milliseconds() + pause > end)
                        break;
                pause_for(settings, pause);
        }
        return attempt->code == CURLE_OK || attempt_explain(attempt, err);
}

/* --- redirects --- */

static bool same_host(struct arena *arena, struct str a, struct str b)
{
        struct url one, other;

        return url_read(arena, a, &one) && url_read(arena, b, &other) && str_equal(one.scheme, other.scheme)
               && str_equal_nocase(one.hostname, other.hostname) && str_equal(one.port, other.port);
}

static bool refuse_redirect(struct attempt *attempt, struct str target, const char *why, struct err *err)
{
        attempt->http->failure = HTTP_FAILED_REDIRECT;
        return err_set(err, "%.*s: the server sends us on to %.*s, %s",
                       STR_ARG(url_to_show(attempt->arena, attempt->url)), STR_ARG(url_to_show(attempt->arena, target)),
                       why);
}

/* Where an answer sends us, with the name that we call the host; empty if nowhere. */
static struct str target_of(const struct attempt *attempt)
{
        const struct http_settings *settings = attempt->http->settings;
        char *location = NULL;
        struct str target, expected = settings->tls.server_name;
        struct url url, own;

        if (attempt->response->status / 100 != 3 || settings->redirects == HTTP_REDIRECTS_NONE)
                return (struct str){0};
        attempt->http->curl->curl_easy_getinfo(attempt->handle, CURLINFO_REDIRECT_URL, &location);
        target = location ? str_copy(attempt->arena, str_of(location)) : (struct str){0};
        if (expected.len && !attempt->is_stranger && url_read(attempt->arena, target, &url)
            && str_equal(url.host, expected) && url_read(attempt->arena, attempt->url, &own))
                target = str_format(attempt->arena, "%.*s://%.*s%.*s%s%.*s", STR_ARG(own.scheme), STR_ARG(own.host),
                                    STR_ARG(url.path), url.query.len ? "?" : "", STR_ARG(url.query));
        return target;
}

static bool follow(struct attempt *attempt, struct str target, struct err *err)
{
        struct arena *arena = attempt->arena;
        bool same = same_host(arena, attempt->request->url, target);

        if (!may_repeat(attempt->request))
                return refuse_redirect(attempt, target, "which is not followed for what changes something", err);
        if (str_starts(attempt->url, STR("https://")) && !str_starts(target, STR("https://")))
                return refuse_redirect(attempt, target, "which is not encrypted: not followed", err);
        if (!same && attempt->http->settings->redirects == HTTP_REDIRECTS_HOST)
                return refuse_redirect(attempt, target,
                                       "another host, which is not followed: name that one if it is the right one",
                                       err);
        attempt->url = target;
        attempt->is_stranger |= !same; /* who was sent away once gets nothing of ours again */
        return true;
}

static bool ask(struct attempt *attempt, struct err *err)
{
        struct str target;

        for (unsigned hops = 0;; hops++) {
                TRY(try_again_and_again(attempt, err));
                target = target_of(attempt);
                if (!target.len)
                        return true;
                if (hops == MOST_REDIRECTS)
                        return refuse_redirect(attempt, target, "and so on: too many redirects", err);
                TRY(follow(attempt, target, err));
        }
}

/* A line end in a header would begin another one. */
static bool is_whole(const struct http_request *request)
{
        for (size_t i = 0; i < request->header_count; i++) {
                struct str value = request->headers[i].value;

                for (size_t j = 0; j < value.len; j++) {
                        unsigned char byte = (unsigned char)value.data[j];

                        if ((byte < ' ' && byte != '\t') || byte == 0x7F)
                                return false;
                }
        }
        return true;
}

bool attempt_check(const struct attempt *attempt, struct err *err)
{
        return is_whole(attempt->request)
               || err_set(
                       err,
                       "%.*s: not asked: a header, perhaps the token, has a line end or another control character in it",
                       STR_ARG(url_to_show(attempt->arena, attempt->url)));
}

bool http_ask(struct http *http, struct arena *arena, const struct http_request *request,
              struct http_response *response, struct err *err)
{
        struct attempt attempt = {
                .http = http,
                .arena = arena,
                .request = request,
                .response = response,
                .url = request->url,
        };
        bool answered;

        *response = (struct http_response){0};
        http->failure = HTTP_FAILED_OTHERWISE;
        TRY(attempt_check(&attempt, err));
        answered = ask(&attempt, err);
        response->url = attempt.url;
        response->body = answered ? str_copy(arena, buf_text(&attempt.body)) : (struct str){0};
        buf_free(&attempt.body);
        return answered;
}
