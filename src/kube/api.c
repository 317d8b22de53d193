/* api.c - requests with credentials, and what a Status says. */

#include "kube/api.h"

#include <pthread.h>
#include <time.h>

#include "base/base64.h"
#include "base/build_info.h"
#include "kube/exec.h"

enum {
        PER_SECOND = 50,
        BURST = 100,
        CONNECT_SECONDS = 10,
        TOTAL_SECONDS = 300,
        MOST_HEADERS = 64,
        EARLY_SECONDS = 10, /* before it expires a credential is fetched again */
};

static const uint64_t most_answer = 256ULL << 20;

/* What opens the door, in its newest form. */
struct credential {
        unsigned number; /* counts the forms, from 1 */
        struct str token, certificate, key;
        int64_t expires;
};

struct api {
        struct arena *arena;
        struct config_access access;
        struct api_settings settings;
        struct http_budget *budget;
        pthread_mutex_t lock; /* for what follows, and the arena */
        struct credential credential;
};

struct api_line {
        struct api *api;
        struct http *http;
        struct http_settings settings;
        struct credential credential;
};

/* --- credentials --- */

static bool fetch(struct api *api, struct err *err)
{
        const struct config_access *access = &api->access;
        struct credential next = {
                .number = api->credential.number + 1, .certificate = access->tls.certificate, .key = access->tls.key};
        struct exec_credential from_program;

        TRY(config_token(api->arena, access, &next.token, err));
        if (access->exec && !next.token.len) {
                TRY(exec_run(api->arena, access, &from_program, err));
                next.token = from_program.token;
                next.expires = from_program.expires;
                if (from_program.certificate.len) {
                        next.certificate = from_program.certificate;
                        next.key = from_program.key;
                }
        }
        api->credential = next;
        return true;
}

/* The newest credential; a newer one than `refused`, if that was refused and a newer one can be had. */
static bool take_credential(struct api *api, unsigned refused, struct credential *out, struct err *err)
{
        bool good = true, changes = api->access.exec || api->access.token_file.len;
        bool late;

        pthread_mutex_lock(&api->lock);
        late = api->credential.expires && api->credential.expires - EARLY_SECONDS <= time(NULL);
        if (!api->credential.number || late || (changes && refused && refused == api->credential.number))
                good = fetch(api, err);
        *out = api->credential;
        pthread_mutex_unlock(&api->lock);
        return good;
}

static void end_api(void *api)
{
        pthread_mutex_destroy(&((struct api *)api)->lock);
}

struct api *api_new(struct arena *arena, const struct api_settings *settings, struct err *err)
{
        struct api *api = arena_new(arena, struct api);
        struct credential first;

        *api = (struct api){
                .arena = arena,
                .access = *settings->access,
                .settings = *settings,
                .budget = http_budget_new(arena, settings->per_second ? settings->per_second : PER_SECOND,
                                          settings->burst ? settings->burst : BURST),
        };
        pthread_mutex_init(&api->lock, NULL);
        arena_at_end(arena, end_api, api);
        TRY(take_credential(api, 0, &first, err));
        return api;
}

struct api_line *api_line_new(struct arena *arena, struct api *api, struct err *err)
{
        struct api_line *line = arena_new(arena, struct api_line);

        line->api = api;
        line->settings = (struct http_settings){
                .tls = api->access.tls,
                .proxy = api->access.proxy,
                .agent = str_format(arena, "strake/%.*s", STR_ARG(build_info.version)),
                .redirects = HTTP_REDIRECTS_HOST,
                .connect_seconds = api->settings.silence && api->settings.silence < CONNECT_SECONDS
                                           ? api->settings.silence
                                           : CONNECT_SECONDS,
                .silence_seconds = api->settings.silence,
                .total_seconds = TOTAL_SECONDS,
                .patience = api->settings.patience,
                .budget = api->budget,
                .cancel = api->settings.cancel,
        };
        line->http = http_new(arena, &line->settings, err);
        return line->http ? line : NULL;
}

/* Takes the credential that counts now; connections that know another certificate are closed. */
static bool renew(struct api_line *line, unsigned refused, struct err *err)
{
        struct credential next;

        TRY(take_credential(line->api, refused, &next, err));
        if (!str_equal(next.certificate, line->settings.tls.certificate)
            || !str_equal(next.key, line->settings.tls.key))
                http_forget(line->http);
        line->credential = next;
        line->settings.tls.certificate = next.certificate;
        line->settings.tls.key = next.key;
        return true;
}

/* --- headers --- */

struct headers {
        struct arena *arena;
        struct http_header items[MOST_HEADERS];
        size_t count;
};

static void add(struct headers *headers, struct str name, struct str value)
{
        if (headers->count < MOST_HEADERS)
                headers->items[headers->count++] = (struct http_header){name, value, false};
}

/* The key of an extra may have any byte: those that a header's name cannot have are percent-encoded. */
static struct str extra_name(struct arena *arena, struct str key)
{
        CLEANUP(buf_free) struct buf out = {0};

        buf_add_literal(&out, "Impersonate-Extra-");
        for (size_t i = 0; i < key.len; i++) {
                unsigned char byte = (unsigned char)key.data[i];
                bool is_plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z')
                                || (byte >= '0' && byte <= '9') || (byte && strchr("!#$&'*+-.^_`|~", byte));

                if (is_plain)
                        buf_add_char(&out, (char)byte);
                else
                        buf_add_format(&out, "%%%02X", byte);
        }
        return str_copy(arena, buf_text(&out));
}

static void add_credential(struct headers *headers, const struct api_line *line)
{
        const struct config_access *access = &line->api->access;
        CLEANUP(buf_free) struct buf pair = {0};
        CLEANUP(buf_free) struct buf letters = {0};

        if (line->credential.token.len) {
                add(headers, STR("Authorization"),
                                 str_format(headers->arena, "Bearer %.*s", STR_ARG(line->credential.token)));
        } else if (access->name.len) {
                buf_add_format(&pair, "%.*s:%.*s", STR_ARG(access->name), STR_ARG(access->password));
                base64_print(&letters, buf_text(&pair));
                add(headers, STR("Authorization"),
                                 str_format(headers->arena, "Basic %.*s", STR_ARG(buf_text(&letters))));
        }
}

static void add_impersonation(struct headers *headers, const struct config_access *access)
{
        if (access->as.len)
                add(headers, STR("Impersonate-User"), access->as);
        if (access->as_uid.len)
                add(headers, STR("Impersonate-Uid"), access->as_uid);
        for (size_t i = 0; i < access->as_groups.count; i++)
                add(headers, STR("Impersonate-Group"), access->as_groups.items[i]);
        for (size_t i = 0; i < access->as_extra.count; i++)
                add(headers, extra_name(headers->arena, access->as_extra.items[i].name),
                    access->as_extra.items[i].value);
}

/* --- answers --- */

/* `pods is forbidden: User "jane" cannot list …`: the name in quotes. */
static struct str who_is_refused(struct arena *arena, struct str message)
{
        size_t begin = str_find(message, STR("User \""), 0), end;

        if (begin == SIZE_MAX)
                return (struct str){0};
        begin += 6;
        end = str_find(message, STR("\" cannot"), begin);
        return end == SIZE_MAX ? (struct str){0} : str_copy(arena, str_sub(message, begin, end));
}

/* The message of a Status, else the beginning of whatever came, on one line. */
static struct str message_of(struct arena *arena, struct str body)
{
        struct document document = {0};
        struct err ignored = {0};
        struct str message = {0};
        char *text;

        if (str_starts(body, STR("{")) && json_read_one(arena, body, &document, &ignored))
                message = value_member_text(&document.root, "message");
        message = str_copy(arena, str_sub(str_trim(message.len ? message : body), 0, 300));
        text = (char *)message.data;
        for (size_t i = 0; i < message.len; i++) {
                if ((unsigned char)text[i] < ' ' || text[i] == 0x7F)
                        text[i] = ' ';
        }
        while (message.len && utf8_check(message) != message.len)
                message.len = utf8_check(message);
        return message;
}

static bool explain_status(const struct api_line *line, struct arena *arena, const struct http_response *response,
                           struct api_answer *answer, struct err *err)
{
        const struct config_access *access = &line->api->access;
        struct str said = message_of(arena, response->body);
        const char *what;

        answer->who = who_is_refused(arena, said);
        switch (response->status) {
        case 401:
                what = access->exec || access->token_file.len
                               ? "the server does not know the credentials (any more): log in again"
                       : line->credential.token.len || access->tls.certificate.len || access->name.len
                               ? "the server does not know the credentials: they may have expired, or be for another cluster"
                               : "the server wants credentials, and the kubeconfig has none for this user";
                break;
        case 403:
                what = "this is not allowed";
                break;
        case 404:
                what = "the server has no such thing: check that it is a Kubernetes API server";
                break;
        case 410:
                what = "the list became too old while it was read";
                break;
        case 429:
                what = "the server is overloaded and refuses requests, though we waited: try again later";
                break;
        default:
                what = response->status >= 500       ? "the server failed, though we tried again: see its log"
                       : response->status / 100 == 3 ? "the server sends us on, to nowhere"
                                                     : "the server refuses the request";
                break;
        }
        return err_set(err, "%.*s: %s (status %d%s%.*s)", STR_ARG(response->url), what, response->status,
                       said.len ? ": " : "", STR_ARG(said));
}

/* Headers and the rest; the texts are in the arena of the headers. */
static struct http_request make_request(const struct api_line *line, struct headers *headers,
                                        const struct api_request *request)
{
        struct arena *arena = headers->arena;

        add(headers, STR("Accept"), request->accept ? str_of(request->accept) : STR("application/json"));
        if (request->content)
                add(headers, STR("Content-Type"), str_of(request->content));
        add_credential(headers, line);
        add_impersonation(headers, &line->api->access);
        return (struct http_request){
                .method = request->method,
                .url = str_format(arena, "%.*s%.*s", STR_ARG(line->api->access.server), STR_ARG(request->path)),
                .headers = headers->items,
                .header_count = headers->count,
                .body = request->body,
                .repeatable = request->repeatable,
                .most = most_answer,
        };
}

static bool ask(struct api_line *line, struct arena *arena, const struct api_request *request,
                struct http_response *response, struct err *err)
{
        struct headers headers = {.arena = arena};
        struct http_request asked = make_request(line, &headers, request);

        return http_ask(line->http, arena, &asked, response, err);
}

bool api_ask(struct api_line *line, struct arena *arena, const struct api_request *request, struct api_answer *answer,
             struct err *err)
{
        struct http_response response;
        unsigned before;

        *answer = (struct api_answer){0};
        TRY(renew(line, 0, err));
        if (!ask(line, arena, request, &response, err)) {
                answer->failure = http_failure(line->http);
                return false;
        }
        before = line->credential.number;
        if (response.status == 401) {
                TRY(renew(line, before, err));
                if (line->credential.number != before)
                        TRY(ask(line, arena, request, &response, err));
        }
        answer->status = response.status;
        answer->text = response.body;
        if (response.status / 100 == 2)
                return true;
        return explain_status(line, arena, &response, answer, err);
}

bool api_get(struct api_line *line, struct arena *arena, struct str path, const char *accept, struct api_answer *answer,
             struct err *err)
{
        return api_ask(line, arena, &(struct api_request){.path = path, .accept = accept}, answer, err);
}

/* --- streams --- */

struct http_stream *api_stream(struct api_line *line, struct http_streams *streams, struct str path, http_sink *sink,
                               void *context, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct headers headers = {.arena = &scratch};
        struct http_request request;

        TRY(renew(line, 0, err));
        request = make_request(line, &headers, &(struct api_request){.path = path});
        request.sink = sink;
        request.sink_context = context;
        return http_streams_open(streams, &line->settings, &request, err);
}

bool api_stream_end(struct api_line *line, struct arena *arena, struct http_stream *stream, struct api_answer *answer,
                    uint64_t *pause, struct err *err)
{
        const struct http_response *response;
        struct err ignored = {0};

        *answer = (struct api_answer){0};
        if (!http_stream_answer(stream, &response, &answer->failure, pause, err))
                return false;
        answer->status = response->status;
        if (response->status / 100 == 2)
                return true;
        if (response->status == 401)
                renew(line, line->credential.number, &ignored);
        return explain_status(line, arena, response, answer, err);
}
