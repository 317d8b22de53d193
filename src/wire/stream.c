/* stream.c - libcurl's multi interface: as many answers at once as there are streams. */

#include "wire/stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "wire/internal.h"

enum { KEEP_ALIVE_SECONDS = 20, KEEP_ALIVE_INTERVAL = 10 };

struct http_streams {
        const struct curl_table *curl;
        CURLM *multi;
        struct http_stream *first;
        bool came; /* something, since it was looked */
};

struct http_stream {
        struct http_streams *all;
        struct http_stream *next, **link;
        struct arena arena;
        struct http_settings settings;
        struct http_request request;
        http_sink *sink;
        void *context;
        struct http http;
        struct http_response response;
        struct attempt attempt;
        uint64_t touched; /* milliseconds */
        bool ended, given;
};

static uint64_t milliseconds(void)
{
        struct timespec time;

        clock_gettime(CLOCK_MONOTONIC, &time);
        return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

static void close_all(void *context)
{
        struct http_streams *streams = context;

        for (struct http_stream *stream = streams->first, *next; stream; stream = next) {
                next = stream->next;
                http_stream_close(stream);
        }
        streams->curl->curl_multi_cleanup(streams->multi);
}

struct http_streams *http_streams_new(struct arena *arena, struct err *err)
{
        const struct curl_table *curl = curl_load(err);
        struct http_streams *streams;

        TRY(curl);
        streams = arena_new(arena, struct http_streams);
        streams->curl = curl;
        streams->multi = curl->curl_multi_init();
        if (!streams->multi) {
                err_set(err, "libcurl cannot begin: there is no memory");
                return NULL;
        }
        curl->curl_multi_setopt(streams->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX);
        arena_at_end(arena, close_all, streams);
        return streams;
}

/* --- one stream --- */

static bool sink(void *context, struct str part, struct err *err)
{
        struct http_stream *stream = context;

        stream->touched = milliseconds();
        stream->all->came = true;
        return stream->sink(stream->context, part, err);
}

/* Silence means nothing, a connection that is dead is found out below. */
static void set_endless(const struct http_stream *stream)
{
        const struct curl_table *curl = stream->all->curl;
        CURL *handle = stream->attempt.handle;

        curl->curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 0L);
        curl->curl_easy_setopt(handle, CURLOPT_TIMEOUT, 0L);
        curl->curl_easy_setopt(handle, CURLOPT_TCP_KEEPALIVE, 1L);
        curl->curl_easy_setopt(handle, CURLOPT_TCP_KEEPIDLE, (long)KEEP_ALIVE_SECONDS);
        curl->curl_easy_setopt(handle, CURLOPT_TCP_KEEPINTVL, (long)KEEP_ALIVE_INTERVAL);
        curl->curl_easy_setopt(handle, CURLOPT_PIPEWAIT, 1L);
        curl->curl_easy_setopt(handle, CURLOPT_PRIVATE, stream);
}

static void enter(struct http_streams *streams, struct http_stream *stream)
{
        stream->next = streams->first;
        stream->link = &streams->first;
        if (streams->first)
                streams->first->link = &stream->next;
        streams->first = stream;
}

static struct http_stream *new_stream(struct http_streams *streams, const struct http_settings *settings,
                                      const struct http_request *request)
{
        struct http_stream *stream = malloc(sizeof(*stream));

        if (!stream) {
                fputs("strake: out of memory\n", stderr);
                abort();
        }
        *stream = (struct http_stream){
                .all = streams,
                .settings = *settings,
                .request = *request,
                .sink = request->sink,
                .context = request->sink_context,
                .http = {.curl = streams->curl},
                .touched = milliseconds(),
        };
        stream->request.most = UINT64_MAX;
        stream->request.sink = sink;
        stream->request.sink_context = stream;
        stream->http.settings = &stream->settings;
        stream->attempt = (struct attempt){
                .http = &stream->http,
                .arena = &stream->arena,
                .request = &stream->request,
                .response = &stream->response,
                .url = str_copy(&stream->arena, request->url),
        };
        enter(streams, stream);
        return stream;
}

static bool begin(struct http_stream *stream, struct err *err)
{
        struct http_streams *streams = stream->all;
        struct attempt *attempt = &stream->attempt;
        struct url url;
        CURLMcode code;

        TRY(attempt_check(attempt, err) && attempt_read_url(attempt, &url, err));
        if (stream->settings.budget)
                http_budget_take(stream->settings.budget);
        if (!attempt_begin(attempt, &url))
                return err_set(err, "libcurl has no memory for one more connection");
        set_endless(stream);
        code = streams->curl->curl_multi_add_handle(streams->multi, attempt->handle);
        return code == CURLM_OK
               || err_set(err, "libcurl cannot begin a request: %s", streams->curl->curl_multi_strerror(code));
}

struct http_stream *http_streams_open(struct http_streams *streams, const struct http_settings *settings,
                                      const struct http_request *request, struct err *err)
{
        struct http_stream *stream = new_stream(streams, settings, request);

        if (begin(stream, err))
                return stream;
        http_stream_close(stream);
        return NULL;
}

void http_stream_close(struct http_stream *stream)
{
        const struct http_streams *streams = stream->all;

        if (stream->attempt.handle) {
                streams->curl->curl_multi_remove_handle(streams->multi, stream->attempt.handle);
                if (!stream->ended)
                        attempt_end(&stream->attempt, CURLE_OK);
        }
        http_forget(&stream->http);
        *stream->link = stream->next;
        if (stream->next)
                stream->next->link = stream->link;
        buf_free(&stream->attempt.body);
        arena_free(&stream->arena);
        free(stream);
}

void *http_stream_context(const struct http_stream *stream)
{
        return stream->context;
}

bool http_stream_is_open(const struct http_stream *stream)
{
        long status = 0;

        stream->all->curl->curl_easy_getinfo(stream->attempt.handle, CURLINFO_RESPONSE_CODE, &status);
        return status / 100 == 2;
}

uint64_t http_stream_quiet(const struct http_stream *stream)
{
        return milliseconds() - stream->touched;
}

bool http_stream_answer(struct http_stream *stream, const struct http_response **response, enum http_failure *failure,
                        uint64_t *pause, struct err *err)
{
        struct attempt *attempt = &stream->attempt;

        stream->response.url = attempt->url;
        stream->response.body = buf_text(&attempt->body);
        *response = &stream->response;
        *failure = HTTP_FAILED_OTHERWISE;
        *pause = response_pause(&stream->http, &stream->response);
        if (attempt->code == CURLE_OK)
                return true;
        attempt_explain(attempt, err);
        *failure = stream->http.failure;
        return false;
}

/* --- all --- */

static bool take_ended(struct http_streams *streams)
{
        CURLMsg *message;
        bool any = false;
        int left;

        while ((message = streams->curl->curl_multi_info_read(streams->multi, &left))) {
                char *private = NULL;
                struct http_stream *stream;

                if (message->msg != CURLMSG_DONE)
                        continue;
                streams->curl->curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private);
                stream = (struct http_stream *)(void *)private;
                attempt_end(&stream->attempt, message->data.result);
                stream->ended = any = true;
        }
        return any;
}

bool http_streams_run(struct http_streams *streams, unsigned milliseconds_at_most, struct err *err)
{
        const struct curl_table *curl = streams->curl;
        int running = 0;
        CURLMcode code;

        streams->came = false;
        code = curl->curl_multi_perform(streams->multi, &running);
        if (code == CURLM_OK && !streams->came && !take_ended(streams))
                code = curl->curl_multi_poll(streams->multi, NULL, 0, (int)milliseconds_at_most, NULL);
        if (code == CURLM_OK)
                code = curl->curl_multi_perform(streams->multi, &running);
        take_ended(streams);
        return code == CURLM_OK
               || err_set(err, "libcurl cannot go on with its connections: %s", curl->curl_multi_strerror(code));
}

struct http_stream *http_streams_ended(struct http_streams *streams)
{
        for (struct http_stream *stream = streams->first; stream; stream = stream->next) {
                if (stream->ended && !stream->given) {
                        stream->given = true;
                        return stream;
                }
        }
        return NULL;
}

void http_streams_wake(struct http_streams *streams)
{
        streams->curl->curl_multi_wakeup(streams->multi);
}
