/* server.c - the life of a language server, and what each method of the client leads to. */

#include "editor/server.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "base/build_info.h"
#include "doc/document.h"
#include "editor/internal.h"
#include "editor/uri.h"

enum { CHUNK = 64 << 10 };

/* --- the scan --- */

static void close_scan(struct server *server)
{
        if (server->is_open)
                watch_close(&server->watch);
        server->is_open = false;
}

static void tell(struct server *server, unsigned kind, const struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};

        send_words(server, kind, str_format(&scratch, "strake: %.*s", STR_ARG(err_text(err))));
}

/* Begins a scan of the folders. If the settings are wrong, the one before goes on. */
static void open_scan(struct server *server)
{
        struct server_plan plan;
        struct err err = {0};

        if (!server->settings->plan(server->settings->context, server->folders.items, server->folders.count, &plan,
                                    &err)) {
                tell(server, 1, &err);
                server->watch.settings_changed = false;
                return;
        }
        close_scan(server);
        server->plan = plan;
        server->is_open = watch_open(&server->watch, plan.settings, plan.baseline, plan.files, plan.file_count, &err);
        if (!server->is_open) {
                tell(server, 1, &err);
                watch_close(&server->watch);
                return;
        }
        if (!watch_follow(&server->watch, &err))
                tell(server, 2, &err);
        texts_keep(server);
}

/* Judges what has changed, and sends the diagnostics of open texts that may be others now. */
static void settle(struct server *server)
{
        const struct live_changes *changes = NULL;
        struct err err = {0};

        if (server->is_open && watch_wait(&server->watch) == 0)
                changes = watch_settle(&server->watch, &err);
        else if (server->is_open)
                changes = live_settle(&server->watch.live);
        if (err.length)
                tell(server, 2, &err);
        server->is_changed = false;
        for (size_t i = 0; i < server->texts.count; i++) {
                struct open_text *text = server->texts.items[i];

                for (size_t k = 0; changes && k < changes->judged.count; k++)
                        text->is_waiting |= text->is_judged && str_equal(changes->judged.items[k]->name, text->name);
                if (text->is_waiting)
                        publish(server, text, false);
        }
}

/* --- life --- */

static void add_folder(struct server *server, struct str uri)
{
        struct str path;

        if (uri_to_path(&server->arena, uri, &path))
                *vec_push(&server->arena, &server->folders) = path;
}

static void remove_folder(struct server *server, struct str uri)
{
        struct str path;
        size_t kept = 0;

        if (!uri_to_path(&server->arena, uri, &path))
                return;
        for (size_t i = 0; i < server->folders.count; i++) {
                if (!str_equal(server->folders.items[i], path))
                        server->folders.items[kept++] = server->folders.items[i];
        }
        server->folders.count = kept;
}

static void read_folders(struct server *server, const struct value *params)
{
        const struct value *folders = value_member(params, "workspaceFolders");

        value_each (folders, folder)
                add_folder(server, value_member_text(&folder->value, "uri"));
        if (!value_count(folders))
                add_folder(server, value_member_text(params, "rootUri"));
}

static void read_capabilities(struct server *server, const struct value *capabilities)
{
        const struct value *encodings = value_member(value_member(capabilities, "general"), "positionEncodings");
        const struct value *edit = value_member(value_member(capabilities, "workspace"), "workspaceEdit");

        value_each (encodings, encoding) {
                if (value_is_text(&encoding->value, "utf-8"))
                        server->encoding = PLACE_UTF8;
        }
        server->document_changes = value_is_true(value_member(edit, "documentChanges"));
}

static void write_capabilities(struct json_writer *writer, const struct server *server)
{
        json_member_begin(writer, "capabilities", '{');
        json_member(writer, "positionEncoding", server->encoding == PLACE_UTF8 ? STR("utf-8") : STR("utf-16"));
        json_member_begin(writer, "textDocumentSync", '{');
        json_member_bool(writer, "openClose", true);
        json_member_number(writer, "change", 2);
        json_member_bool(writer, "save", true);
        json_end(writer, '}');
        json_member_bool(writer, "hoverProvider", true);
        json_member_begin(writer, "codeActionProvider", '{');
        json_member_begin(writer, "codeActionKinds", '[');
        json_text(writer, STR("quickfix"));
        json_text(writer, STR("source.fixAll.strake"));
        json_end(writer, ']');
        json_end(writer, '}');
        json_member_begin(writer, "workspace", '{');
        json_member_begin(writer, "workspaceFolders", '{');
        json_member_bool(writer, "supported", true);
        json_member_bool(writer, "changeNotifications", true);
        json_end(writer, '}');
        json_end(writer, '}');
        json_end(writer, '}');
}

static void initialize(struct server *server, const struct message *message)
{
        struct sending sending;

        if (server->initialized) {
                send_error(server, message->id, RPC_INVALID_REQUEST, STR("the server was initialized already"));
                return;
        }
        server->initialized = true;
        read_folders(server, message->params);
        read_capabilities(server, value_member(message->params, "capabilities"));
        open_scan(server);
        send_result_begin(&sending, server, message);
        json_begin(&sending.writer, '{');
        write_capabilities(&sending.writer, server);
        json_member_begin(&sending.writer, "serverInfo", '{');
        json_member(&sending.writer, "name", STR("strake"));
        json_member(&sending.writer, "version", build_info.version);
        json_end(&sending.writer, '}');
        json_end(&sending.writer, '}');
        send_end(&sending);
}

static void shut_down(struct server *server, const struct message *message)
{
        struct sending sending;

        server->shut_down = true;
        send_result_begin(&sending, server, message);
        buf_add_literal(json_raw(&sending.writer), "null");
        send_end(&sending);
}

static void change_folders(struct server *server, const struct value *params)
{
        const struct value *event = value_member(params, "event");

        value_each (value_member(event, "removed"), folder)
                remove_folder(server, value_member_text(&folder->value, "uri"));
        value_each (value_member(event, "added"), folder)
                add_folder(server, value_member_text(&folder->value, "uri"));
        open_scan(server);
}

/* The kernel tells of changed files, unless it cannot. */
static void files_changed(struct server *server, const struct value *params)
{
        (void)params;
        if (!server->is_open || server->watch.notify.file >= 0)
                return;
        live_walk(&server->watch.live);
        server->is_changed = true;
}

/* --- methods --- */

struct method {
        struct str name;
        void (*answer)(struct server *server, const struct message *message); /* a request */
        void (*note)(struct server *server, const struct value *params);      /* a notification */
};

static const struct method methods[] = {
        {STR_INIT("initialize"), initialize, NULL},
        {STR_INIT("shutdown"), shut_down, NULL},
        {STR_INIT("textDocument/hover"), answer_hover, NULL},
        {STR_INIT("textDocument/codeAction"), answer_actions, NULL},
        {STR_INIT("textDocument/didOpen"), NULL, text_opened},
        {STR_INIT("textDocument/didChange"), NULL, text_changed},
        {STR_INIT("textDocument/didClose"), NULL, text_closed},
        {STR_INIT("textDocument/didSave"), NULL, files_changed},
        {STR_INIT("workspace/didChangeWatchedFiles"), NULL, files_changed},
        {STR_INIT("workspace/didChangeWorkspaceFolders"), NULL, change_folders},
};

static const struct method *find_method(struct str name)
{
        for (size_t i = 0; i < COUNT_OF(methods); i++) {
                if (str_equal(methods[i].name, name))
                        return &methods[i];
        }
        return NULL;
}

static void note(struct server *server, const struct message *message)
{
        const struct method *method = find_method(message->method);

        if (str_is(message->method, "exit"))
                server->ended = true;
        else if (method && method->note && server->initialized && !server->shut_down)
                method->note(server, message->params);
}

static void answer(struct server *server, const struct message *message)
{
        const struct method *method = find_method(message->method);
        struct arena scratch CLEANUP(arena_free) = {0};

        if (!server->initialized && !str_is(message->method, "initialize")) {
                send_error(server, message->id, RPC_NOT_INITIALIZED, STR("initialize comes first"));
        } else if (server->shut_down) {
                send_error(server, message->id, RPC_INVALID_REQUEST, STR("the server has been shut down"));
        } else if (!method || !method->answer) {
                send_error(
                        server, message->id, RPC_METHOD_NOT_FOUND,
                        str_format(&scratch, "there is no method \"%.*s\"", STR_ARG(str_sub(message->method, 0, 100))));
        } else {
                if (server->is_changed)
                        settle(server);
                method->answer(server, message);
        }
}

/* --- messages --- */

/* False after saying what is wrong with it. */
static bool read_message(struct server *server, struct str content, struct message *message)
{
        struct document document;
        struct err err = {0};
        const struct value *id;

        *message = (struct message){0};
        if (!json_read_one(&message->arena, str_copy(&message->arena, content), &document, &err)) {
                send_error(server, NULL, RPC_PARSE_ERROR, err_text(&err));
                return false;
        }
        message->root = document.root;
        message->method = value_member_text(&message->root, "method");
        message->params = value_member(&message->root, "params");
        id = value_member(&message->root, "id");
        if (value_is(id, VALUE_INT) || value_is(id, VALUE_STRING))
                message->id = id;
        if (message->root.kind != VALUE_MAP
            || (!message->method.len && !value_member(&message->root, "result")
                && !value_member(&message->root, "error"))
            || (id && !message->id && message->method.len)) {
                send_error(server, message->id, RPC_INVALID_REQUEST, STR("this is no request, notification or answer"));
                return false;
        }
        return true;
}

struct message_list {
        VEC(struct message) messages;
};

static bool is_cancelled(const struct message_list *list, size_t at)
{
        const struct value *id = list->messages.items[at].id;

        for (size_t i = at + 1; i < list->messages.count; i++) {
                const struct message *other = &list->messages.items[i];
                const struct value *cancelled = value_member(other->params, "id");

                if (str_is(other->method, "$/cancelRequest") && cancelled && value_equal(cancelled, id))
                        return true;
        }
        return false;
}

/* Does what the messages say that have come by now, in order. */
static void handle_all(struct server *server, const struct message_list *list)
{
        for (size_t i = 0; i < list->messages.count && !server->ended; i++) {
                const struct message *message = &list->messages.items[i];

                if (!message->method.len)
                        continue; /* an answer: nothing was asked that needs one */
                if (!message->id)
                        note(server, message);
                else if (is_cancelled(list, i))
                        send_error(server, message->id, RPC_CANCELLED, STR("cancelled"));
                else
                        answer(server, message);
        }
}

/* False when the stream cannot be followed any more. */
static bool take_messages(struct server *server)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct message_list list = {0};
        enum rpc_result result;
        struct err err = {0};
        struct str content;

        while ((result = rpc_take(&server->reader, &content, &err)) == RPC_MESSAGE) {
                struct message message;

                if (read_message(server, content, &message))
                        *vec_push(&scratch, &list.messages) = message;
                else
                        arena_free(&message.arena);
        }
        handle_all(server, &list);
        for (size_t i = 0; i < list.messages.count; i++)
                arena_free(&list.messages.items[i].arena);
        if (result == RPC_BROKEN) {
                send_error(server, NULL, RPC_PARSE_ERROR, err_text(&err));
                fprintf(stderr, "strake: standard input does not speak the language server protocol: %.*s\n",
                        STR_ARG(err_text(&err)));
        }
        return result != RPC_BROKEN;
}

/* --- the loop --- */

static bool flush(struct server *server)
{
        struct str left = buf_text(&server->out);

        while (left.len) {
                ssize_t written = write(server->settings->out, left.data, left.len);

                if (written < 0 && errno == EINTR)
                        continue;
                TRY(written > 0);
                left = str_from(left, (size_t)written);
        }
        server->out.len = 0;
        return true;
}

static bool receive(struct server *server)
{
        char chunk[CHUNK];
        ssize_t got;

        do
                got = read(server->settings->in, chunk, sizeof(chunk));
        while (got < 0 && errno == EINTR);
        TRY(got > 0);
        rpc_feed(&server->reader, (struct str){chunk, (size_t)got});
        return take_messages(server);
}

/* Whether more of the client's messages can be read without waiting: then what is said of the texts waits for them. */
static bool has_more(const struct server *server)
{
        struct pollfd in = {.fd = server->settings->in, .events = POLLIN};

        return poll(&in, 1, 0) > 0;
}

static bool serve(struct server *server)
{
        while (!server->ended) {
                int wait = !server->is_open ? -1 : watch_wait(&server->watch);
                struct pollfd files[] = {
                        {.fd = server->settings->in, .events = POLLIN},
                        {.fd = server->is_open ? server->watch.notify.file : -1, .events = POLLIN},
                };

                if (poll(files, COUNT_OF(files), wait) < 0 && errno != EINTR)
                        return false;
                if (files[1].revents)
                        watch_notice(&server->watch);
                if (files[0].revents)
                        TRY(receive(server));
                if (server->is_open && server->watch.settings_changed && watch_wait(&server->watch) == 0)
                        open_scan(server);
                if (!server->ended && !has_more(server)
                    && (server->is_changed || (server->is_open && watch_wait(&server->watch) == 0)))
                        settle(server);
                TRY(flush(server));
        }
        return true;
}

int server_run(const struct server_settings *settings)
{
        struct server server = {.settings = settings, .watch.notify.file = -1};
        bool well = serve(&server);

        flush(&server);
        texts_free(&server);
        close_scan(&server);
        rpc_free(&server.reader);
        buf_free(&server.out);
        arena_free(&server.arena);
        return well && server.shut_down ? 0 : 1;
}
