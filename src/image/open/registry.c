/* registry.c - images in registries. */

#include "image/open/registry.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/base64.h"
#include "base/buf.h"
#include "image/open/open.h"
#include "image/open/registry_challenge.h"
#include "wire/http.h"

enum { RING = 256 << 10, TOKEN_MOST = 1 << 20 };

static const char accepted[] =
        "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
        "application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json";

/* One conversation with a registry; belongs to one thread. */
struct talk {
        struct arena arena;
        const struct registry_place *place;
        struct http_settings settings;
        struct http *http;
        struct str authorization; /* value of the header; empty until the server asks */
};

struct remote {
        struct store_remote base; /* first */
        const struct registry_access *access;
        pthread_mutex_t lock;
        struct str *authorizations; /* by place: that worked last, for new talks */
        size_t working;             /* the place that answered last */
        struct arena arena;
};

bool registry_load(struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct http_settings settings = {.agent = STR("strake")};

        return http_new(&scratch, &settings, err);
}

/* A mirror that does not answer at once is passed over. */
static bool begin_talk(struct talk *talk, const struct registry_access *access, size_t place, struct err *err)
{
        bool last = place + 1 == access->place_count;

        *talk = (struct talk){.place = &access->places[place]};
        talk->settings = (struct http_settings){
                .tls = {.authorities = talk->place->authorities.len ? talk->place->authorities : access->authorities,
                        .insecure = talk->place->insecure},
                .agent = STR("strake"), .redirects = HTTP_REDIRECTS_ANY, .connect_seconds = last ? 0 : 5,
                             .most_tries = last ? 0 : 1,
                };
        talk->http = http_new(&talk->arena, &talk->settings, err);
        return talk->http;
}

static void add_encoded(struct buf *out, struct str text)
{
        for (size_t i = 0; i < text.len; i++) {
                unsigned char byte = (unsigned char)text.data[i];

                if ((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9')
                    || strchr("-._~/:", byte))
                        buf_add_char(out, (char)byte);
                else
                        buf_add_format(out, "%%%02X", byte);
        }
}

static struct str basic(struct arena *arena, const struct registry_credential *credential)
{
        CLEANUP(buf_free) struct buf out = {0};
        struct str pair = str_format(arena, "%.*s:%.*s", STR_ARG(credential->user), STR_ARG(credential->secret));

        buf_add_literal(&out, "Basic ");
        base64_print(&out, pair);
        return str_copy(arena, buf_text(&out));
}

/* Asks where the server says for a token. A credential goes there in the server's stead: it is what the person trusts with it. */
static bool fetch_token(struct talk *talk, const struct registry_challenge *challenge, struct err *err)
{
        const struct registry_place *place = talk->place;
        struct str realm = challenge->realm, scope, token;
        CLEANUP(buf_free) struct buf url = {0};
        CLEANUP(buf_free) struct buf body = {0};
        struct http_header headers[2] = {{STR("Content-Type"), STR("application/x-www-form-urlencoded"), false}};
        struct http_request request = {.headers = headers, .most = TOKEN_MOST};
        struct http_response response = {0};
        struct value answer;

        if (!str_starts(realm, STR("https://"))
                        && !(str_starts(place->base, STR("http://")) && str_starts(realm, STR("http://"))))
                return realm.len ? err_set(err, "the registry names \"%.*s\" for tokens; only https is asked",
                                           STR_ARG(str_sub(realm, 0, 200)))
                                 : err_set(err, "the registry wants a token, but does not say who gives it (realm)");
        scope = str_format(&talk->arena, "repository:%.*s:pull", STR_ARG(place->name));
        buf_add_literal(&body, "service=");
        add_encoded(&body, challenge->service);
        buf_add_literal(&body, "&scope=");
        add_encoded(&body, scope);
        buf_add(&url, realm);
        if (place->credential.identity.len) {
                buf_add_literal(&body, "&grant_type=refresh_token&client_id=strake&refresh_token=");
                add_encoded(&body, place->credential.identity);
                request.method = "POST";
                request.body = buf_text(&body);
                request.header_count = 1;
        } else {
                buf_add(&url, memchr(realm.data, '?', realm.len) ? STR("&") : STR("?"));
                buf_add(&url, buf_text(&body));
                headers[0] = (struct http_header){STR("Authorization"), basic(&talk->arena, &place->credential), false};
                request.header_count = place->credential.user.len > 0;
        }
        request.url = str_copy(&talk->arena, buf_text(&url));
        TRY(http_ask(talk->http, &talk->arena, &request, &response, err));
        if (response.status != 200)
                return err_set(err, "%.*s: no token is given: status %d%s", STR_ARG(realm), response.status,
                               place->credential.user.len || place->credential.identity.len
                                       ? "; is the password still right?"
                                       : "; log in with docker login or podman login");
        TRY(image_read_json(&talk->arena, realm, response.body, &answer, err));
        token = image_text(&answer, "token");
        token = token.len ? token : image_text(&answer, "access_token");
        if (!token.len)
                return err_set(err, "%.*s: the answer holds no token", STR_ARG(realm));
        talk->authorization = str_format(&talk->arena, "Bearer %.*s", STR_ARG(token));
        return true;
}

static bool log_in(struct talk *talk, const struct http_response *response, struct err *err)
{
        struct registry_challenge challenge = registry_read_challenge(&talk->arena, response);
        const struct registry_credential *credential = &talk->place->credential;

        if (challenge.login == REGISTRY_LOGIN_BEARER)
                return fetch_token(talk, &challenge, err);
        if (challenge.login == REGISTRY_LOGIN_BASIC && credential->user.len) {
                talk->authorization = basic(&talk->arena, credential);
                return true;
        }
        return err_set(err, "%.*s wants a name and a password: log in with docker login or podman login",
                       STR_ARG(talk->place->domain));
}

/* What a registry says itself (distribution-spec, Error Codes): {"errors": [{"code": ..., "message": ...}]}. */
static struct str own_words(struct arena *arena, const struct http_response *response)
{
        const struct value *errors;
        struct value answer;
        struct str words = STR("");
        struct err err = {0};

        if (!response->body.len || !image_read_json(arena, STR("answer"), response->body, &answer, &err))
                return STR("");
        errors = image_member(&answer, "errors");
        if (value_is(errors, VALUE_LIST))
                value_each (errors, error)
                        if (!words.len)
                                words = image_text(&error->value, "message").len ? image_text(&error->value, "message")
                                                                                 : image_text(&error->value, "code");
        return words.len ? str_format(arena, "; the registry says: %.*s", STR_ARG(str_sub(words, 0, 200))) : words;
}

/* What an answer means that is not what was asked for, and what to do. */
static struct str explain(struct arena *arena, const struct http_response *response)
{
        struct str pause = http_header_of(response, "Retry-After");

        switch (response->status) {
        case 404:
                return STR(": there is no such image or blob");
        case 401:
        case 403:
                return STR(": this may not be read; log in with docker login or podman login");
        case 429:
                return str_format(
                        arena,
                        ": the registry was asked too often%s%.*s; try again later, or log in, which mostly allows more",
                        pause.len ? "; it wants to be left alone (Retry-After) for or until " : "", STR_ARG(pause));
        default:
                return response->status >= 500 ? STR(": something is wrong in the registry; try again later") : STR("");
        }
}

/* One GET, with another after logging in if the server wants that. */
static bool get(struct talk *talk, struct str path, http_sink *sink, void *context, uint64_t most,
                struct http_response *response, struct err *err)
{
        const struct registry_place *place = talk->place;
        struct str url = str_format(&talk->arena, "%.*s/%.*s/%.*s%.*s", STR_ARG(place->base), STR_ARG(place->name),
                                    STR_ARG(path), STR_ARG(place->query));

        for (bool again = false;; again = true) {
                struct http_header headers[] = {{STR("Accept"), str_of(accepted), true},
                                                 {STR("Authorization"), talk->authorization, false}};
                struct http_request request = {.url = url,
                                               .headers = headers,
                                               .header_count = talk->authorization.len ? 2 : 1,
                                               .most = most,
                                               .sink = sink,
                                               .sink_context = context};

                *response = (struct http_response){0};
                TRY(http_ask(talk->http, &talk->arena, &request, response, err));
                if (response->status != 401 || again)
                        break;
                TRY(log_in(talk, response, err));
        }
        if (response->status == 200)
                return true;
        return err_set(err, "%.*s: status %d%.*s%.*s", STR_ARG(url), response->status,
                       STR_ARG(explain(&talk->arena, response)), STR_ARG(own_words(&talk->arena, response)));
}

/* "blobs/sha256/HEX" is "blobs/sha256:HEX" for a registry. */
static struct str path_of(struct arena *arena, struct str name)
{
        struct str blobs = STR("blobs/"), rest, algorithm;

        if (!str_starts(name, blobs))
                return name;
        rest = str_from(name, blobs.len);
        str_split(&rest, '/', &algorithm);
        return str_format(arena, "blobs/%.*s:%.*s", STR_ARG(algorithm), STR_ARG(rest));
}

/* Talks share the last authorization that worked, so that each layer need not ask for a token. */
static bool resume_talk(struct remote *remote, struct talk *talk, size_t place, struct err *err)
{
        TRY(begin_talk(talk, remote->access, place, err));
        pthread_mutex_lock(&remote->lock);
        talk->authorization = str_copy(&talk->arena, remote->authorizations[place]);
        pthread_mutex_unlock(&remote->lock);
        return true;
}

static void remember_talk(struct remote *remote, const struct talk *talk, size_t place)
{
        pthread_mutex_lock(&remote->lock);
        remote->working = place;
        if (!str_equal(remote->authorizations[place], talk->authorization))
                remote->authorizations[place] = str_copy(&remote->arena, talk->authorization);
        pthread_mutex_unlock(&remote->lock);
}

/* What is asked for, and where the answer goes. */
struct question {
        struct str name; /* in the store */
        uint64_t most;
        http_sink *sink;
        void *context;
        const bool *begun;   /* the sink has taken something: nobody else can be asked */
        struct arena *arena; /* of `body` */
        struct str body;
};

static bool ask_place(struct remote *remote, size_t place, struct question *question, struct err *err)
{
        struct http_response response = {0};
        struct talk talk;
        bool fine = resume_talk(remote, &talk, place, err)
                    && get(&talk, path_of(&talk.arena, question->name), question->sink, question->context,
                           question->most, &response, err);

        if (fine) {
                remember_talk(remote, &talk, place);
                if (!question->sink)
                        question->body = str_copy(question->arena, response.body);
        }
        arena_free(&talk.arena);
        return fine;
}

/* Mirrors may be for what is named by a digest only, or by a tag. */
static bool serves(const struct registry_place *place, struct str name)
{
        bool tag = str_starts(name, STR("manifests/")) && !memchr(name.data, ':', name.len);

        return tag ? !place->no_tags : !place->no_digests;
}

/* The place that answered last, then the others in order. If none answers, what the last of them said is told, and why it was
 * none of the others. */
static bool ask(struct remote *remote, struct question *question, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        size_t count = remote->access->place_count, first;
        struct str others = STR("");
        struct err why = {0};

        pthread_mutex_lock(&remote->lock);
        first = remote->working;
        pthread_mutex_unlock(&remote->lock);
        for (size_t i = 0; i <= count; i++) {
                size_t place = !i ? first : i - 1;

                if ((i && place == first) || !serves(&remote->access->places[place], question->name))
                        continue;
                if (why.length)
                        others =
                                str_format(&scratch, "%.*s; before it, %.*s", STR_ARG(others), STR_ARG(err_text(&why)));
                why = (struct err){0};
                if (ask_place(remote, place, question, &why))
                        return true;
                if (question->begun && *question->begun)
                        break;
        }
        return err_set(err, "%.*s%.*s", STR_ARG(err_text(&why)), STR_ARG(others));
}

static bool read_remote(struct store_remote *base, struct arena *arena, struct str name, uint64_t most, struct str *out,
                        struct err *err)
{
        struct question question = {.name = name, .most = most, .arena = arena};

        TRY(ask((struct remote *)base, &question, err));
        *out = question.body;
        return true;
}

/* A blob on its way: a thread asks, a ring of bytes holds what has come and was not read. */
struct pipe {
        struct byte_source source; /* first */
        struct remote *remote;
        struct str name;
        struct arena arena;
        pthread_t thread;
        pthread_mutex_t lock;
        pthread_cond_t changed;
        size_t first, count;
        bool begun, ended, closing, failed;
        struct err err;
        char ring[RING];
};

static bool take_part(void *context, struct str part, struct err *err)
{
        struct pipe *pipe = context;

        pthread_mutex_lock(&pipe->lock);
        pipe->begun = pipe->begun || part.len;
        while (part.len && !pipe->closing) {
                size_t at = (pipe->first + pipe->count) % RING, some;

                if (pipe->count == RING) {
                        pthread_cond_wait(&pipe->changed, &pipe->lock);
                        continue;
                }
                some = min_size(min_size(RING - pipe->count, RING - at), part.len);
                memcpy(pipe->ring + at, part.data, some);
                pipe->count += some;
                part = str_from(part, some);
                pthread_cond_broadcast(&pipe->changed);
        }
        pthread_mutex_unlock(&pipe->lock);
        return !pipe->closing || err_set(err, "nobody reads on");
}

static void *fetch(void *argument)
{
        struct pipe *pipe = argument;
        struct question question = {
                .name = pipe->name, .most = UINT64_MAX, .sink = take_part, .context = pipe, .begun = &pipe->begun};
        struct err err = {0};
        bool fine = ask(pipe->remote, &question, &err);

        pthread_mutex_lock(&pipe->lock);
        pipe->failed = !fine;
        pipe->err = err;
        pipe->ended = true;
        pthread_cond_broadcast(&pipe->changed);
        pthread_mutex_unlock(&pipe->lock);
        return NULL;
}

static int64_t read_pipe(struct byte_source *source, char *to, size_t room, struct err *err)
{
        struct pipe *pipe = (struct pipe *)source;
        size_t some;

        pthread_mutex_lock(&pipe->lock);
        while (!pipe->count && !pipe->ended)
                pthread_cond_wait(&pipe->changed, &pipe->lock);
        some = min_size(min_size(pipe->count, RING - pipe->first), room);
        memcpy(to, pipe->ring + pipe->first, some);
        pipe->first = (pipe->first + some) % RING;
        pipe->count -= some;
        if (!some && pipe->failed)
                err_set(err, "%.*s", STR_ARG(err_text(&pipe->err)));
        pthread_cond_broadcast(&pipe->changed);
        pthread_mutex_unlock(&pipe->lock);
        return !some && pipe->failed ? -1 : (int64_t)some;
}

static void close_pipe(struct byte_source *source)
{
        struct pipe *pipe = (struct pipe *)source;

        pthread_mutex_lock(&pipe->lock);
        pipe->closing = true;
        pthread_cond_broadcast(&pipe->changed);
        pthread_mutex_unlock(&pipe->lock);
        pthread_join(pipe->thread, NULL);
        pthread_mutex_destroy(&pipe->lock);
        pthread_cond_destroy(&pipe->changed);
        arena_free(&pipe->arena);
        free(pipe);
}

static struct byte_source *open_remote(struct store_remote *base, struct str name, struct err *err)
{
        struct pipe *pipe = calloc(1, sizeof(*pipe));

        if (!pipe)
                abort();
        pipe->source = (struct byte_source){read_pipe, close_pipe};
        pipe->remote = (struct remote *)base;
        pipe->name = str_copy(&pipe->arena, name);
        pthread_mutex_init(&pipe->lock, NULL);
        pthread_cond_init(&pipe->changed, NULL);
        if (pthread_create(&pipe->thread, NULL, fetch, pipe) == 0)
                return &pipe->source;
        err_set(err, "no thread can be started");
        arena_free(&pipe->arena);
        free(pipe);
        return NULL;
}

static void close_remote(void *object)
{
        struct remote *remote = object;

        pthread_mutex_destroy(&remote->lock);
        arena_free(&remote->arena);
}

struct store *registry_open_store(struct arena *arena, const struct registry_access *access, struct err *err)
{
        struct remote *remote = arena_new(arena, struct remote);

        (void)err;
        remote->base = (struct store_remote){read_remote, open_remote};
        remote->access = access;
        remote->authorizations = arena_array(arena, struct str, access->place_count);
        pthread_mutex_init(&remote->lock, NULL);
        arena_at_end(arena, close_remote, remote);
        return store_open_remote(arena, access->reference.name, &remote->base);
}

bool registry_open_image(struct arena *arena, struct image *image, const struct registry_access *access,
                         const struct image_settings *settings, struct err *err)
{
        const struct registry_reference *reference = &access->reference;
        struct str wanted = reference->digest.len ? reference->digest : reference->tag, text;
        struct str name = str_format(arena, "manifests/%.*s", STR_ARG(wanted));
        struct digest promised, found;

        image->store = registry_open_store(arena, access, err);
        TRY(image->store && store_read(arena, image->store, name, MANIFEST_MOST, &text, err));
        found = digest_of(DIGEST_SHA256, text);
        if (reference->digest.len) {
                TRY(digest_read(reference->digest, &promised, err));
                found = digest_of(promised.kind, text);
                if (!digest_equal(&found, &promised))
                        return err_set(err, "%.*s: its digest is another: the content is not what was promised",
                                       STR_ARG(name));
        }
        return image_open_manifest(arena, image, name, text, &found, settings, err);
}
