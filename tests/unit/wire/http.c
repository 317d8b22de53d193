/* The HTTP client against servers on this machine that answer by a script: tries, redirects, limits, and what is never sent. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "wire/internal.h"

enum { MOST_REQUESTS = 16, REQUEST_BYTES = 4096 };

/* Answers each connection with the next text, the last one again and again; keeps what was asked. */
struct server {
        int socket;
        unsigned port;
        pthread_t thread;
        const char *answers[MOST_REQUESTS];
        char asked[MOST_REQUESTS][REQUEST_BYTES];
        int count;
};

static bool is_whole(const char *text)
{
        const char *end = strstr(text, "\r\n\r\n"), *length = strcasestr(text, "content-length:");

        return end && (!length || strlen(end + 4) >= strtoul(length + 15, NULL, 10));
}

static void serve_one(struct server *server, int connection)
{
        char *text = server->asked[server->count];
        const char *answer = server->answers[0];
        size_t length = 0;
        ssize_t got;

        for (int i = 0; i <= server->count && server->answers[i]; i++)
                answer = server->answers[i];
        while (!is_whole(text) && length < REQUEST_BYTES - 1
               && (got = read(connection, text + length, REQUEST_BYTES - 1 - length)) > 0)
                length += (size_t)got;
        server->count++;
        assert_true(write(connection, answer, strlen(answer)) >= 0);
}

static void *serve(void *context)
{
        struct server *server = context;
        int connection;

        while (server->count < MOST_REQUESTS && (connection = accept(server->socket, NULL, NULL)) >= 0) {
                serve_one(server, connection);
                shutdown(connection, SHUT_WR);
                close(connection);
        }
        return NULL;
}

static void start(struct server *server)
{
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        socklen_t size = sizeof(address);

        server->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        assert_int_equal(bind(server->socket, (struct sockaddr *)&address, sizeof(address)), 0);
        assert_int_equal(listen(server->socket, 8), 0);
        assert_int_equal(getsockname(server->socket, (struct sockaddr *)&address, &size), 0);
        server->port = ntohs(address.sin_port);
        assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

static void stop(struct server *server)
{
        shutdown(server->socket, SHUT_RDWR);
        pthread_join(server->thread, NULL);
        close(server->socket);
}

#define ANSWER(status, headers, body) "HTTP/1.1 " status "\r\nConnection: close\r\n" headers "\r\n" body
#define OK ANSWER("200 OK", "X-A: 1\r\nx-a: 2\r\n", "hello")

struct scene {
        struct arena arena;
        struct server server, other;
        struct http_settings settings;
        struct http_response response;
        struct err err;
};

static int set_up(void **state)
{
        struct scene *scene = calloc(1, sizeof(*scene));

        scene->settings =
                (struct http_settings){.agent = STR("test"), .first_pause = 1, .patience = 5, .silence_seconds = 2};
        scene->server.answers[0] = scene->other.answers[0] = OK;
        *state = scene;
        return 0;
}

static int tear_down(void **state)
{
        struct scene *scene = *state;

        arena_free(&scene->arena);
        free(scene);
        return 0;
}

static bool ask(struct scene *scene, struct http_request request)
{
        struct http *http;
        bool good;

        start(&scene->server);
        start(&scene->other);
        request.url = str_format(&scene->arena, "http://user:pw@127.0.0.1:%u/path?token=x", scene->server.port);
        scene->err = (struct err){0};
        http = http_new(&scene->arena, &scene->settings, &scene->err);
        assert_non_null(http);
        good = http_ask(http, &scene->arena, &request, &scene->response, &scene->err);
        assert_true(good || scene->err.length);
        stop(&scene->server);
        stop(&scene->other);
        return good;
}

static bool was_sent(const struct server *server, int number, const char *words)
{
        return strcasestr(server->asked[number], words);
}

static void an_answer(void **state)
{
        struct scene *scene = *state;

        assert_true(ask(scene, (struct http_request){0}));
        assert_int_equal(scene->response.status, 200);
        assert_string_equal(scene->response.body.data, "hello");
        assert_true(str_is(http_header_of(&scene->response, "X-a"), "2"));
        assert_true(was_sent(&scene->server, 0, "GET /path?token=x HTTP/1.1"));
        assert_true(was_sent(&scene->server, 0, "User-Agent: test"));
}

static void head_has_no_body(void **state)
{
        struct scene *scene = *state;

        scene->server.answers[0] = ANSWER("200 OK", "Content-Length: 1000\r\nDocker-Content-Digest: sha256:0\r\n", "");
        assert_true(ask(scene, (struct http_request){.method = "HEAD"}));
        assert_true(str_is(http_header_of(&scene->response, "docker-content-digest"), "sha256:0"));
        assert_int_equal(scene->response.body.len, 0);
}

static void what_changes_something_is_sent_once(void **state)
{
        struct scene *scene = *state;

        scene->server.answers[0] = ANSWER("503 Busy", "", "busy");
        scene->server.answers[1] = OK;
        assert_true(ask(scene, (struct http_request){.method = "POST", .body = STR("{}")}));
        assert_int_equal(scene->response.status, 503);
        assert_string_equal(scene->response.body.data, "busy");
        assert_true(was_sent(&scene->server, 0, "\r\n\r\n{}"));
        assert_int_equal(scene->server.count, 1);
}

static void what_may_be_repeated_is_tried_again(void **state)
{
        struct scene *scene = *state;

        scene->server.answers[0] = ANSWER("503 Busy", "", "busy");
        scene->server.answers[1] = ""; /* closed without a word */
        scene->server.answers[2] = OK;
        assert_true(ask(scene, (struct http_request){.method = "POST", .body = STR("{}"), .repeatable = true}));
        assert_int_equal(scene->response.status, 200);
        assert_int_equal(scene->server.count, 3);
        assert_true(was_sent(&scene->server, 2, "\r\n\r\n{}"));
}

static void patience_ends(void **state)
{
        struct scene *scene = *state;

        scene->server.answers[0] = ANSWER("429 Slow down", "Retry-After: 1000\r\n", "");
        assert_true(ask(scene, (struct http_request){0}));
        assert_int_equal(scene->response.status, 429);
        assert_int_equal(scene->server.count, 1);
}

static void the_server_says_when(void **state)
{
        struct scene *scene = *state;
        time_t begin = time(NULL);

        scene->server.answers[0] = ANSWER("429 Slow down", "Retry-After: 1\r\n", "");
        scene->server.answers[1] = OK;
        assert_true(ask(scene, (struct http_request){0}));
        assert_int_equal(scene->response.status, 200);
        assert_true(time(NULL) - begin >= 1);
}

static const struct http_header secrets[] = {
        {STR_INIT("Authorization"), STR_INIT("Bearer s3cret"), false},
        {STR_INIT("Accept"), STR_INIT("application/x"), true},
};

static bool ask_and_be_sent_on(struct scene *scene, struct http_request request, bool same_host)
{
        static char answer[200];
        struct http *http;
        bool good;

        start(&scene->server);
        start(&scene->other);
        snprintf(answer, sizeof(answer), ANSWER("307 Over there", "Location: http://127.0.0.1:%u/there\r\n", ""),
                 same_host ? scene->server.port : scene->other.port);
        scene->server.answers[0] = answer;
        scene->server.answers[1] = OK;
        request.url = str_format(&scene->arena, "http://127.0.0.1:%u/path", scene->server.port);
        request.headers = secrets;
        request.header_count = COUNT_OF(secrets);
        http = http_new(&scene->arena, &scene->settings, &scene->err);
        good = http_ask(http, &scene->arena, &request, &scene->response, &scene->err);
        if (!good)
                assert_int_equal(http_failure(http), HTTP_FAILED_REDIRECT);
        stop(&scene->server);
        stop(&scene->other);
        return good;
}

static void redirects_are_answers(void **state)
{
        struct scene *scene = *state;

        assert_true(ask_and_be_sent_on(scene, (struct http_request){0}, false));
        assert_int_equal(scene->response.status, 307);
        assert_int_equal(scene->other.count, 0);
}

static void redirects_on_the_same_host(void **state)
{
        struct scene *scene = *state;

        scene->settings.redirects = HTTP_REDIRECTS_HOST;
        assert_true(ask_and_be_sent_on(scene, (struct http_request){0}, true));
        assert_int_equal(scene->response.status, 200);
        assert_true(was_sent(&scene->server, 1, "GET /there"));
        assert_true(was_sent(&scene->server, 1, "s3cret"));
}

static void redirects_to_another_host_are_refused(void **state)
{
        struct scene *scene = *state;

        scene->settings.redirects = HTTP_REDIRECTS_HOST;
        assert_false(ask_and_be_sent_on(scene, (struct http_request){0}, false));
        assert_non_null(strstr(scene->err.text, "another host"));
        assert_int_equal(scene->other.count, 0);
}

static void secrets_stay_on_their_host(void **state)
{
        struct scene *scene = *state;

        scene->settings.redirects = HTTP_REDIRECTS_ANY;
        assert_true(ask_and_be_sent_on(scene, (struct http_request){0}, false));
        assert_int_equal(scene->response.status, 200);
        assert_true(was_sent(&scene->other, 0, "GET /there"));
        assert_true(was_sent(&scene->other, 0, "Accept: application/x"));
        assert_false(was_sent(&scene->other, 0, "s3cret"));
        assert_true(str_ends(scene->response.url, STR("/there")));
}

static void what_changes_something_is_not_sent_on(void **state)
{
        struct scene *scene = *state;

        scene->settings.redirects = HTTP_REDIRECTS_ANY;
        assert_false(ask_and_be_sent_on(scene, (struct http_request){.method = "POST", .body = STR("x")}, false));
        assert_int_equal(scene->other.count, 0);
}

/* --- bodies --- */

struct sink {
        struct buf text;
        bool refuse;
};

static bool take(void *context, struct str part, struct err *err)
{
        struct sink *sink = context;

        buf_add(&sink->text, part);
        return !sink->refuse || err_set(err, "no more room");
}

static void bodies_flow(void **state)
{
        struct scene *scene = *state;
        struct sink sink = {0};

        assert_true(ask(scene, (struct http_request){.sink = take, .sink_context = &sink}));
        assert_true(str_is(buf_text(&sink.text), "hello"));
        assert_int_equal(scene->response.body.len, 0);
        buf_free(&sink.text);
}

static void errors_do_not_flow(void **state)
{
        struct scene *scene = *state;
        struct sink sink = {0};

        scene->server.answers[0] = ANSWER("404 Not Found", "", "no such blob");
        assert_true(ask(scene, (struct http_request){.sink = take, .sink_context = &sink}));
        assert_int_equal(sink.text.len, 0);
        assert_string_equal(scene->response.body.data, "no such blob");
}

static void who_takes_may_refuse(void **state)
{
        struct scene *scene = *state;
        struct sink sink = {.refuse = true};

        assert_false(ask(scene, (struct http_request){.sink = take, .sink_context = &sink}));
        assert_string_equal(scene->err.text, "no more room");
        assert_int_equal(scene->server.count, 1);
        buf_free(&sink.text);
}

static void a_body_cut_short_is_not_taken_twice(void **state)
{
        struct scene *scene = *state;
        struct sink sink = {0};

        scene->server.answers[0] = ANSWER("200 OK", "Content-Length: 1000\r\n", "hello");
        assert_false(ask(scene, (struct http_request){.sink = take, .sink_context = &sink}));
        assert_non_null(strstr(scene->err.text, "cut short"));
        assert_true(str_is(buf_text(&sink.text), "hello"));
        assert_int_equal(scene->server.count, 1);
        buf_free(&sink.text);
}

static void a_body_has_a_limit(void **state)
{
        struct scene *scene = *state;

        assert_false(ask(scene, (struct http_request){.most = 4}));
        assert_non_null(strstr(scene->err.text, "larger than 4 bytes"));
}

/* --- what is told, and what is not --- */

static void errors_tell_no_secrets(void **state)
{
        struct scene *scene = *state;

        scene->server.answers[0] = "SSH-2.0-x\r\n";
        assert_false(ask(scene, (struct http_request){.method = "POST"}));
        assert_null(strstr(scene->err.text, "pw@"));
        assert_null(strstr(scene->err.text, "token=x"));
        assert_non_null(strstr(scene->err.text, "/path"));
}

static void headers_have_one_line(void **state)
{
        struct scene *scene = *state;
        const struct http_header bad = {STR_INIT("Authorization"), STR_INIT("Bearer a\r\nX-Evil: 1"), false};

        assert_false(ask(scene, (struct http_request){.headers = &bad, .header_count = 1}));
        assert_non_null(strstr(scene->err.text, "control character"));
        assert_null(strstr(scene->err.text, "Bearer"));
        assert_int_equal(scene->server.count, 0);
}

static void what_is_no_url(void **state)
{
        static const char *const urls[] = {"", "x", "ftp://host/", "file:///etc/passwd", "http://", "https:///x"};
        struct scene *scene = *state;
        struct http *http = http_new(&scene->arena, &scene->settings, &scene->err);

        for (size_t i = 0; i < COUNT_OF(urls); i++) {
                struct http_request request = {.url = str_of(urls[i])};

                scene->err = (struct err){0};
                assert_false(http_ask(http, &scene->arena, &request, &scene->response, &scene->err));
                assert_non_null(strstr(scene->err.text, "URL"));
        }
}

static double seconds(void)
{
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void budgets(void **state)
{
        struct scene *scene = *state;
        struct http_budget *budget = http_budget_new(&scene->arena, 100, 10);
        double begin = seconds();

        for (int i = 0; i < 10; i++)
                http_budget_take(budget);
        assert_true(seconds() - begin < 0.09);
        for (int i = 0; i < 20; i++)
                http_budget_take(budget);
        assert_true(seconds() - begin > 0.18);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(an_answer),
                TEST(head_has_no_body),
                TEST(what_changes_something_is_sent_once),
                TEST(what_may_be_repeated_is_tried_again),
                TEST(patience_ends),
                TEST(the_server_says_when),
                TEST(redirects_are_answers),
                TEST(redirects_on_the_same_host),
                TEST(redirects_to_another_host_are_refused),
                TEST(secrets_stay_on_their_host),
                TEST(what_changes_something_is_not_sent_on),
                TEST(bodies_flow),
                TEST(errors_do_not_flow),
                TEST(who_takes_may_refuse),
                TEST(a_body_cut_short_is_not_taken_twice),
                TEST(a_body_has_a_limit),
                TEST(errors_tell_no_secrets),
                TEST(headers_have_one_line),
                TEST(what_is_no_url),
                TEST(budgets),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
