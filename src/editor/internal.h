/* internal.h - what the files of the language server share. */
#pragma once

#include "editor/place.h"
#include "editor/rpc.h"
#include "editor/server.h"
#include "report/json_writer.h"

/* A text that the client has open. */
struct open_text {
        struct arena arena; /* of what follows; made anew when it grows */
        struct str uri, name;
        struct buf text;
        int64_t version;
        bool has_version;
        bool is_judged;  /* it belongs to what is judged */
        bool is_waiting; /* its diagnostics must be sent */
        bool has_table;
        struct arena table_arena;
        struct line_table table;
};

struct server {
        const struct server_settings *settings;
        struct server_plan plan;
        struct arena arena;
        VEC(struct str) folders;
        struct watch watch;
        bool is_open;    /* there is a scan */
        bool is_changed; /* texts have changed that were not judged yet */
        bool initialized, shut_down, ended;
        bool document_changes; /* the client takes edits with versions */
        enum place_encoding encoding;
        VEC(struct open_text *) texts;
        struct rpc_reader reader;
        struct buf out;
};

enum rpc_error {
        RPC_PARSE_ERROR = -32700,
        RPC_INVALID_REQUEST = -32600,
        RPC_METHOD_NOT_FOUND = -32601,
        RPC_INVALID_PARAMS = -32602,
        RPC_INTERNAL_ERROR = -32603,
        RPC_NOT_INITIALIZED = -32002,
        RPC_CANCELLED = -32800,
};

/* One message of the client. */
struct message {
        struct arena arena;
        struct value root;
        const struct value *id; /* NULL: a notification */
        struct str method;      /* empty: an answer, or no message at all */
        const struct value *params;
};

/* --- sending (send.c) --- */

/* A message is begun, gets its members from the caller, and is sent. */
struct sending {
        struct server *server;
        struct buf content;
        struct json_writer writer;
};

void send_begin(struct sending *sending, struct server *server);
void send_end(struct sending *sending);

/* An answer: the caller writes the value of `result`. */
void send_result_begin(struct sending *sending, struct server *server, const struct message *message);
void send_error(struct server *server, const struct value *id, enum rpc_error code, struct str words);

/* A notification: the caller writes the members of `params`; send_params_end() closes them. */
void send_params_begin(struct sending *sending, struct server *server, const char *method);
void send_params_end(struct sending *sending);

/* Shows a person words: 1 error, 2 warning, 3 information. */
void send_words(struct server *server, unsigned kind, struct str words);

/* --- open texts (texts.c) --- */

struct open_text *text_find(const struct server *server, struct str uri);
void text_opened(struct server *server, const struct value *params);
void text_changed(struct server *server, const struct value *params);
void text_closed(struct server *server, const struct value *params);
void texts_free(struct server *server);

/* Hands all texts over to a new scan. */
void texts_keep(struct server *server);

/* The lines of a text as it is. */
const struct line_table *text_lines(struct open_text *text);

/* --- answers (answer.c, action.c) --- */

/* The findings of a text that count, one after the other: *at begins with 0. */
const struct finding *text_next_finding(const struct server *server, const struct open_text *text, size_t *at);

/* Which bytes of its text a finding is about. */
void finding_range(const struct finding *finding, struct str text, size_t *begin, size_t *end);

void write_range(struct json_writer *writer, const struct server *server, struct open_text *text, size_t begin,
                 size_t end);
void write_diagnostic(struct json_writer *writer, const struct server *server, struct open_text *text,
                      const struct finding *finding);

/* Sends the diagnostics of a text; `none`: that there are none. */
void publish(struct server *server, struct open_text *text, bool none);

void answer_hover(struct server *server, const struct message *message);
void answer_actions(struct server *server, const struct message *message);

/* A position of the client as a byte of the text; false if it is none. */
bool read_spot(const struct server *server, struct open_text *text, const struct value *position, size_t *offset);
bool read_range(const struct server *server, struct open_text *text, const struct value *range, size_t *begin,
                size_t *end);
