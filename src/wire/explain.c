/* explain.c - why a server could not be asked, in words that say what to do. */

#include <errno.h>
#include <string.h>

#include "wire/internal.h"

struct str url_to_show(struct arena *arena, struct str url)
{
        struct url parts;

        if (!url_read(arena, url, &parts) || !parts.host.len)
                return url;
        return str_format(arena, "%.*s://%.*s%.*s", STR_ARG(parts.scheme), STR_ARG(parts.host), STR_ARG(parts.path));
}

static struct str host_of(const struct attempt *attempt)
{
        struct url parts;

        return url_read(attempt->arena, attempt->url, &parts) && parts.host.len ? parts.host : attempt->url;
}

/* What OpenSSL's X509_verify_cert() says by number, and what that mostly means. */
static const char *why_no_trust(long result)
{
        switch (result) {
        case 9:
                return "it is not valid yet: check the clocks of this machine and of the server";
        case 10:
                return "it has expired: the server needs a new one";
        case 18:
        case 19:
        case 20:
        case 21:
                return "nobody who is trusted here has signed it: give the certificate authority of the server, or check that "
                       "this is the server that you meant";
        case 23:
                return "it was revoked";
        case 24:
        case 26:
        case 79:
                return "the certificate above it is not one of an authority";
        case 62:
        case 63:
        case 64:
                return "it is for another name: use a name that it has, or set the one to expect (tls-server-name in a "
                       "kubeconfig)";
        default:
                return NULL;
        }
}

/* `words` are the details: NULL for none, empty for those of libcurl. */
static bool say(struct attempt *attempt, struct err *err, enum http_failure failure, const char *what,
                const char *words)
{
        struct str url = url_to_show(attempt->arena, attempt->url);

        attempt->http->failure = failure;
        if (words && !*words)
                words = attempt->http->words;
        if (!words || !*words)
                return err_set(err, "%.*s: %s", STR_ARG(url), what);
        return err_set(err, "%.*s: %s (%s)", STR_ARG(url), what, words);
}

static bool explain_trust(struct attempt *attempt, struct err *err)
{
        long result = 0;
        const char *words = attempt->http->words, *why;

        attempt->http->curl->curl_easy_getinfo(attempt->handle, CURLINFO_SSL_VERIFYRESULT, &result);
        why = why_no_trust(result);
        if (strstr(words, "no alternative certificate subject name")
            || strstr(words, "does not match target host name"))
                why = attempt->http->settings->trust_way ? str_format(attempt->arena, "it is for another name: %s",
                                                                      attempt->http->settings->trust_way)
                                                                   .data
                                                         : why_no_trust(62);
        return say(attempt, err, HTTP_FAILED_TRUST,
                   str_format(attempt->arena, "the certificate of the server is not to be trusted: %s",
                              why ? why : "it could not be verified")
                           .data,
                   words);
}

static bool explain_handshake(struct attempt *attempt, struct err *err)
{
        const char *words = attempt->http->words;

        if (strstr(words, "wrong version number") || strstr(words, "packet length too long")) {
                const char *way = attempt->http->settings->no_tls_way;

                return say(attempt, err, HTTP_FAILED_TLS,
                           str_format(attempt->arena, "the server does not speak TLS there: check the port, or %s",
                                      way ? way : "write http:// if that is meant")
                                   .data,
                           NULL);
        }
        if (strstr(words, "certificate required") || strstr(words, "bad certificate") || strstr(words, "unknown ca"))
                return say(attempt, err, HTTP_FAILED_TLS,
                           "the server refuses our client certificate, or wants one: check the user's certificate",
                           words);
        if (strstr(words, "unexpected eof") || strstr(words, "SSL_ERROR_SYSCALL"))
                return say(attempt, err, HTTP_FAILED_BROKEN,
                           "the connection was closed during the TLS handshake: check the port, and proxies between",
                           words);
        return say(attempt, err, HTTP_FAILED_TLS, "no TLS connection came about", words);
}

static bool explain_connection(struct attempt *attempt, struct err *err)
{
        struct str host = host_of(attempt);
        long number = 0;

        attempt->http->curl->curl_easy_getinfo(attempt->handle, CURLINFO_OS_ERRNO, &number);
        if (number == ECONNREFUSED || !number)
                return say(
                        attempt, err, HTTP_FAILED_REFUSED,
                        str_format(
                                attempt->arena,
                                "%.*s refuses connections: check the address and the port, and whether the server runs",
                                STR_ARG(host))
                                .data,
                        NULL);
        return say(attempt, err, HTTP_FAILED_REFUSED,
                   str_format(attempt->arena, "%.*s cannot be reached: check the address, the network and firewalls",
                              STR_ARG(host))
                           .data,
                   strerror((int)number));
}

static bool explain_silence(struct attempt *attempt, struct err *err)
{
        const struct http_settings *settings = attempt->http->settings;
        curl_off_t connected = 0;
        const char *what;

        attempt->http->curl->curl_easy_getinfo(attempt->handle, CURLINFO_PRETRANSFER_TIME_T, &connected);
        if (!connected)
                what = str_format(attempt->arena,
                                  "no connection within %u s: check the address, the network and firewalls",
                                  settings->connect_seconds ? settings->connect_seconds : 10)
                               .data;
        else
                what = "the server took the request and then said nothing, or too little, for too long: it may be overloaded, "
                       "or something between is in the way";
        return say(attempt, err, HTTP_FAILED_SILENCE, what, "");
}

bool attempt_explain(struct attempt *attempt, struct err *err)
{
        struct arena *arena = attempt->arena;

        if (attempt->sink_failed) {
                attempt->http->failure = HTTP_FAILED_SINK;
                if (!err->length)
                        *err = attempt->sink_err;
                return false;
        }
        if (attempt->too_large)
                return say(attempt, err, HTTP_FAILED_SIZE,
                           str_format(arena, "the answer is larger than %" PRIu64 " bytes, and was not read to its end",
                                      attempt->request->most)
                                   .data,
                           NULL);
        switch ((int)attempt->code) {
        case CURLE_URL_MALFORMAT:
        case CURLE_UNSUPPORTED_PROTOCOL:
                return say(attempt, err, HTTP_FAILED_OTHERWISE, "this is no http:// or https:// URL", "");
        case CURLE_COULDNT_RESOLVE_PROXY:
                return say(attempt, err, HTTP_FAILED_NAME,
                           "the name of the proxy is not known: check proxy-url, https_proxy", "");
        case CURLE_COULDNT_RESOLVE_HOST:
                return say(attempt, err, HTTP_FAILED_NAME,
                           "the name of the server is not known: check how it is written, and the DNS of this machine",
                           "");
        case CURLE_COULDNT_CONNECT:
                return explain_connection(attempt, err);
        case CURLE_PROXY:
                return say(attempt, err, HTTP_FAILED_REFUSED, "the proxy refuses to connect", "");
        case CURLE_OPERATION_TIMEDOUT:
                return explain_silence(attempt, err);
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_ISSUER_ERROR:
        case CURLE_SSL_INVALIDCERTSTATUS:
                return explain_trust(attempt, err);
        case CURLE_SSL_CACERT_BADFILE:
                return say(attempt, err, HTTP_FAILED_TLS, "the certificate authority to trust is no PEM certificate",
                           "");
        case CURLE_SSL_CERTPROBLEM:
                return say(attempt, err, HTTP_FAILED_TLS,
                           "our client certificate and its key cannot be used: both must be PEM, and belong together",
                           "");
        case CURLE_SSL_CONNECT_ERROR:
                return explain_handshake(attempt, err);
        case CURLE_GOT_NOTHING:
                return say(attempt, err, HTTP_FAILED_BROKEN, "the server closed the connection without an answer",
                           NULL);
        case CURLE_RECV_ERROR:
        case CURLE_SEND_ERROR:
                if (strstr(attempt->http->words, "alert"))
                        return explain_handshake(attempt, err);
                return say(attempt, err, HTTP_FAILED_BROKEN, "the connection broke", "");
        case CURLE_PARTIAL_FILE:
        case CURLE_HTTP2:
        case CURLE_HTTP2_STREAM:
                return say(attempt, err, HTTP_FAILED_BROKEN, "the answer was cut short", "");
        case CURLE_BAD_CONTENT_ENCODING:
                return say(attempt, err, HTTP_FAILED_OTHERWISE, "the answer is compressed and damaged", "");
        case CURLE_WEIRD_SERVER_REPLY:
                return say(attempt, err, HTTP_FAILED_OTHERWISE,
                           "what answers there does not speak HTTP: check the port", "");
        default:
                return say(attempt, err, HTTP_FAILED_OTHERWISE, attempt->http->curl->curl_easy_strerror(attempt->code),
                           "");
        }
}
