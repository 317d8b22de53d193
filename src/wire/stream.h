/* stream.h - answers that do not end by themselves, many at once, in one thread.
 *
 * What http.h promises about redirects that are followed nowhere, TLS, headers and errors holds here too. There are no tries: whoever
 * asked decides what to do when a stream ends. Streams to one server share its connection where that speaks HTTP/2.
 *
 * All of it belongs to one thread, but for http_streams_wake(). */
#pragma once

#include "wire/http.h"

struct http_streams;
struct http_stream;

/* Belongs to the arena, which also closes it. NULL with `err` if libcurl cannot be loaded. */
struct http_streams *http_streams_new(struct arena *arena, struct err *err);

/* Begins to ask. The body of an answer with status 2xx goes to the request's sink as it comes, within http_streams_run(); the sink must
 * not close a stream. Nothing of the settings and the request but the sink's context need outlive the call; `total_seconds` and
 * `silence_seconds` do not count. NULL with `err` if it cannot be asked. */
struct http_stream *http_streams_open(struct http_streams *streams, const struct http_settings *settings,
                                      const struct http_request *request, struct err *err);

/* Waits until something comes or ends, somebody wakes it, or the time is over, and hands over what came. */
bool http_streams_run(struct http_streams *streams, unsigned milliseconds, struct err *err);

/* One that has ended and was not given yet; NULL: none. It is to be closed. */
struct http_stream *http_streams_ended(struct http_streams *streams);

/* How a stream ended. True if there was an answer to its end, of whatever status; the texts last until the stream is closed. Else
 * false with `err`, and `failure`. `*pause` is how many milliseconds the server asks to wait, 0 if it does not. */
bool http_stream_answer(struct http_stream *stream, const struct http_response **response, enum http_failure *failure,
                        uint64_t *pause, struct err *err);

/* What was given as the request's sink_context. */
void *http_stream_context(const struct http_stream *stream);

/* Whether its answer has begun: a status of 2xx. */
bool http_stream_is_open(const struct http_stream *stream);

/* Milliseconds since something came, or since it was begun. */
uint64_t http_stream_quiet(const struct http_stream *stream);

/* Ends it, whether or not it has ended. */
void http_stream_close(struct http_stream *stream);

/* Makes the http_streams_run() that goes on, or comes next, return; any thread may call it. */
void http_streams_wake(struct http_streams *streams);
