/* texts.c - what the client has open: didOpen, didChange, didClose. */

#include <stdlib.h>
#include <unistd.h>

#include "editor/internal.h"
#include "editor/uri.h"
#include "scan/live_judge.h"

enum { MOST_TEXT = 32 << 20 };

struct open_text *text_find(const struct server *server, struct str uri)
{
        for (size_t i = 0; i < server->texts.count; i++) {
                if (str_equal(server->texts.items[i]->uri, uri))
                        return server->texts.items[i];
        }
        return NULL;
}

/* --- which texts are judged --- */

static bool is_below(const struct server *server, struct str name)
{
        for (size_t i = 0; i < server->folders.count; i++) {
                struct str folder = server->folders.items[i];

                if (str_starts(name, folder)
                    && (folder.len == 1 || (name.len > folder.len && name.data[folder.len] == '/')))
                        return true;
        }
        return false;
}

/* A file of a folder that a scan of the folder passes over (.strakeignore, a hidden folder) is not judged when it is open either. */
static bool is_wanted(const struct server *server, const struct open_text *text, struct str language)
{
        if (!str_is(language, "yaml") && !str_is(language, "json") && !str_is(language, "jsonc")
            && !str_is(language, "helm") && !str_is(language, "kubernetes") && !found_is_manifest(text->name))
                return false;
        return !is_below(server, text->name) || live_find(&server->watch.live, text->name)
               || access(text->name.data, F_OK) < 0;
}

static void keep(struct server *server, struct open_text *text)
{
        text->has_table = false;
        text->is_waiting = true;
        server->is_changed = true;
        if (text->is_judged && server->is_open)
                live_keep(&server->watch.live, text->name, buf_text(&text->text));
}

void texts_keep(struct server *server)
{
        for (size_t i = 0; i < server->texts.count; i++)
                keep(server, server->texts.items[i]);
}

/* --- opening and closing --- */

static void free_text(struct open_text *text)
{
        arena_free(&text->table_arena);
        arena_free(&text->arena);
        buf_free(&text->text);
        free(text);
}

void texts_free(struct server *server)
{
        for (size_t i = 0; i < server->texts.count; i++)
                free_text(server->texts.items[i]);
        server->texts.count = 0;
}

static void close_text(struct server *server, struct open_text *text)
{
        size_t kept = 0;

        publish(server, text, true);
        if (text->is_judged && server->is_open)
                live_release(&server->watch.live, text->name);
        server->is_changed = true;
        for (size_t i = 0; i < server->texts.count; i++) {
                if (server->texts.items[i] != text)
                        server->texts.items[kept++] = server->texts.items[i];
        }
        server->texts.count = kept;
        free_text(text);
}

static void set_version(struct open_text *text, const struct value *document)
{
        const struct value *version = value_member(document, "version");

        text->has_version = value_is(version, VALUE_INT);
        text->version = text->has_version ? version->i : 0;
}

/* What a URI must not have, so that it can be a key in JSON as it is. */
static bool is_plain(struct str uri)
{
        for (size_t i = 0; i < uri.len; i++) {
                if ((unsigned char)uri.data[i] < 0x21 || strchr("\"\\\x7f", uri.data[i]))
                        return false;
        }
        return uri.len && utf8_check(uri) == uri.len;
}

/* Whether no other open text has the name. */
static bool is_alone(const struct server *server, struct str name)
{
        for (size_t i = 0; i < server->texts.count; i++) {
                if (str_equal(server->texts.items[i]->name, name))
                        return false;
        }
        return true;
}

void text_opened(struct server *server, const struct value *params)
{
        const struct value *document = value_member(params, "textDocument"), *content = value_member(document, "text");
        struct str uri = value_member_text(document, "uri");
        struct open_text *text = text_find(server, uri);

        if (text)
                close_text(server, text);
        if (!is_plain(uri) || !value_is(content, VALUE_STRING) || content->len > MOST_TEXT)
                return;
        text = live_take(sizeof(*text));
        *text = (struct open_text){0};
        text->uri = str_copy(&text->arena, uri);
        if (!uri_to_path(&text->arena, uri, &text->name))
                text->name = text->uri; /* not saved yet */
        set_version(text, document);
        buf_add(&text->text, value_text(content));
        text->is_judged =
                is_alone(server, text->name) && is_wanted(server, text, value_member_text(document, "languageId"));
        *vec_push(&server->arena, &server->texts) = text;
        keep(server, text);
}

void text_closed(struct server *server, const struct value *params)
{
        struct open_text *text = text_find(server, value_member_text(value_member(params, "textDocument"), "uri"));

        if (text)
                close_text(server, text);
}

/* --- changing --- */

const struct line_table *text_lines(struct open_text *text)
{
        if (!text->has_table) {
                arena_reset(&text->table_arena);
                line_table_make(&text->table_arena, buf_text(&text->text), &text->table);
                text->has_table = true;
        }
        return &text->table;
}

bool read_spot(const struct server *server, struct open_text *text, const struct value *position, size_t *offset)
{
        const struct value *line = value_member(position, "line"), *character = value_member(position, "character");
        struct spot spot;

        TRY(value_is(line, VALUE_INT) && value_is(character, VALUE_INT));
        TRY(line->i >= 0 && line->i <= UINT32_MAX && character->i >= 0 && character->i <= UINT32_MAX);
        spot = (struct spot){(uint32_t)line->i, (uint32_t)character->i};
        *offset = offset_of(text_lines(text), spot, server->encoding);
        return true;
}

bool read_range(const struct server *server, struct open_text *text, const struct value *range, size_t *begin,
                size_t *end)
{
        TRY(read_spot(server, text, value_member(range, "start"), begin));
        TRY(read_spot(server, text, value_member(range, "end"), end));
        return *begin <= *end;
}

/* One change: of a range, or of the whole text if there is none. */
static bool change(struct server *server, struct open_text *text, const struct value *change)
{
        const struct value *content = value_member(change, "text"), *range = value_member(change, "range");
        struct str old = buf_text(&text->text);
        size_t begin = 0, end = old.len;
        struct buf fresh = {0};

        TRY(value_is(content, VALUE_STRING));
        if (range)
                TRY(read_range(server, text, range, &begin, &end));
        TRY(begin + content->len + (old.len - end) <= MOST_TEXT);
        buf_add(&fresh, str_sub(old, 0, begin));
        buf_add(&fresh, value_text(content));
        buf_add(&fresh, str_from(old, end));
        buf_free(&text->text);
        text->text = fresh;
        text->has_table = false;
        return true;
}

void text_changed(struct server *server, const struct value *params)
{
        const struct value *document = value_member(params, "textDocument");
        struct open_text *text = text_find(server, value_member_text(document, "uri"));
        bool well = true;

        if (!text)
                return;
        value_each (value_member(params, "contentChanges"), item)
                well &= change(server, text, &item->value);
        set_version(text, document);
        if (!well)
                send_words(server, 1,
                           STR("strake: a change could not be made: what is shown of the file may be wrong until it is "
                               "opened again"));
        keep(server, text);
}
