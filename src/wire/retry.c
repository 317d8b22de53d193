/* retry.c - what may go better a moment later, and when that is. */

#include <time.h>

#include "base/reader.h"
#include "wire/internal.h"

bool attempt_is_transient(const struct attempt *attempt)
{
        if (attempt->sink_took || attempt->sink_failed || attempt->too_large)
                return false;
        switch ((int)attempt->code) {
        case CURLE_OK:
                return attempt->response->status == 429 || attempt->response->status == 500
                       || (attempt->response->status >= 502 && attempt->response->status <= 504);
        case CURLE_COULDNT_CONNECT:
        case CURLE_GOT_NOTHING:
        case CURLE_RECV_ERROR:
        case CURLE_SEND_ERROR:
        case CURLE_PARTIAL_FILE:
        case CURLE_HTTP2:
        case CURLE_HTTP2_STREAM:
                return true;
        default:
                return false;
        }
}

uint64_t response_pause(const struct http *http, const struct http_response *response)
{
        struct str text = http_header_of(response, "Retry-After");
        struct reader reader = reader_over(text);
        struct arena arena CLEANUP(arena_free) = {0};
        uint64_t seconds;
        time_t when;

        if (reader_take_number(&reader, UINT32_MAX, &seconds) && reader_done(&reader))
                return seconds * 1000;
        if (!text.len)
                return 0;
        when = http->curl->curl_getdate(str_copy(&arena, text).data, NULL);
        return when > time(NULL) ? (uint64_t)(when - time(NULL)) * 1000 : 0;
}
