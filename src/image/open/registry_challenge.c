/* registry_challenge.c - how a registry wants to be logged in to. */

#include "image/open/registry_challenge.h"

#include "base/buf.h"
#include "base/reader.h"

static bool is_token_byte(int byte)
{
        return is_letter(byte) || is_digit(byte) || (byte > 0 && strchr("!#$%&'*+-.^_`|~/:", byte));
}

static bool is_between(int byte)
{
        return byte == ' ' || byte == '\t' || byte == ',';
}

static bool is_blank(int byte)
{
        return byte == ' ' || byte == '\t';
}

/* A word, or what stands in quotes. */
static struct str take_value(struct arena *arena, struct reader *reader)
{
        CLEANUP(buf_free) struct buf out = {0};

        if (!reader_take(reader, '"'))
                return reader_take_while(reader, is_token_byte);
        while (!reader_done(reader) && !reader_take(reader, '"')) {
                reader_take(reader, '\\');
                if (!reader_done(reader))
                        buf_add_char(&out, reader->text.data[reader->at++]);
        }
        return str_copy(arena, buf_text(&out));
}

static enum registry_login login_of(struct str scheme)
{
        if (str_equal_nocase(scheme, STR("bearer")))
                return REGISTRY_LOGIN_BEARER;
        return str_equal_nocase(scheme, STR("basic")) ? REGISTRY_LOGIN_BASIC : REGISTRY_LOGIN_OTHER;
}

static void offer(struct registry_challenge *best, const struct registry_challenge *offered)
{
        if (offered->login > best->login)
                *best = *offered;
}

/* SCHEME NAME=VALUE, NAME=VALUE, SCHEME ...: a word without = begins another offer. */
static void read_offers(struct arena *arena, struct str header, struct registry_challenge *best)
{
        struct reader reader = reader_over(header);
        struct registry_challenge offered = {0};

        while (reader_take_while(&reader, is_between), !reader_done(&reader)) {
                struct str word = reader_take_while(&reader, is_token_byte), value;

                reader_take_while(&reader, is_blank);
                if (!reader_take(&reader, '=')) {
                        offer(best, &offered);
                        offered = (struct registry_challenge){.login = login_of(word)};
                        reader.at += !word.len; /* nothing that may stand there */
                        continue;
                }
                reader_take_while(&reader, is_blank);
                value = take_value(arena, &reader);
                if (str_equal_nocase(word, STR("realm")))
                        offered.realm = value;
                else if (str_equal_nocase(word, STR("service")))
                        offered.service = value;
        }
        offer(best, &offered);
}

struct registry_challenge registry_read_challenge(struct arena *arena, const struct http_response *response)
{
        struct registry_challenge best = {0};

        for (size_t i = 0; i < response->headers.count; i++)
                if (str_equal_nocase(response->headers.items[i].name, STR("www-authenticate")))
                        read_offers(arena, response->headers.items[i].value, &best);
        return best;
}
