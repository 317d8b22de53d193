/* send.c - messages to the client. */

#include "editor/internal.h"

void send_begin(struct sending *sending, struct server *server)
{
        *sending = (struct sending){.server = server};
        sending->writer = (struct json_writer){.out = &sending->content, .in_line = true};
        json_begin(&sending->writer, '{');
        json_member(&sending->writer, "jsonrpc", STR("2.0"));
}

void send_end(struct sending *sending)
{
        json_end(&sending->writer, '}');
        rpc_write(&sending->server->out, buf_text(&sending->content));
        buf_free(&sending->content);
}

static void write_id(struct json_writer *writer, const struct value *id)
{
        json_key(writer, "id");
        if (id)
                json_value(writer, id);
        else
                buf_add_literal(json_raw(writer), "null");
}

void send_result_begin(struct sending *sending, struct server *server, const struct message *message)
{
        send_begin(sending, server);
        write_id(&sending->writer, message->id);
        json_key(&sending->writer, "result");
}

void send_error(struct server *server, const struct value *id, enum rpc_error code, struct str words)
{
        struct sending sending;

        send_begin(&sending, server);
        write_id(&sending.writer, id);
        json_member_begin(&sending.writer, "error", '{');
        json_key(&sending.writer, "code");
        buf_add_format(json_raw(&sending.writer), "%d", code);
        json_member(&sending.writer, "message", words);
        json_end(&sending.writer, '}');
        send_end(&sending);
}

void send_params_begin(struct sending *sending, struct server *server, const char *method)
{
        send_begin(sending, server);
        json_member(&sending->writer, "method", str_of(method));
        json_member_begin(&sending->writer, "params", '{');
}

void send_params_end(struct sending *sending)
{
        json_end(&sending->writer, '}');
        send_end(sending);
}

void send_words(struct server *server, unsigned kind, struct str words)
{
        struct sending sending;

        send_params_begin(&sending, server, "window/showMessage");
        json_member_number(&sending.writer, "type", kind);
        json_member(&sending.writer, "message", words);
        send_params_end(&sending);
}
