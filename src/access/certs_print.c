/* certs_print.c - the inventory for people and for programs. */

#include <inttypes.h>
#include <time.h>

#include "access/certs.h"
#include "access/columns.h"
#include "base/reader.h"
#include "report/escape.h"
#include "report/json_writer.h"

enum { SECONDS_OF_DAY = 86400 };

/* --- time --- */

struct str certs_print_time(int64_t seconds, char text[CERTS_TIME])
{
        time_t time = (time_t)seconds;
        struct tm parts;
        size_t length = gmtime_r(&time, &parts) ? strftime(text, CERTS_TIME, "%Y-%m-%dT%H:%M:%SZ", &parts) : 0;

        return length ? (struct str){text, length} : STR("never");
}

static bool take_part(struct reader *reader, size_t digits, uint64_t most, int *part)
{
        size_t begin = reader->at;
        uint64_t number;

        TRY(reader_take_number(reader, most, &number) && reader->at - begin == digits);
        *part = (int)number;
        return true;
}

bool certs_read_time(struct str text, int64_t *seconds)
{
        struct reader reader = reader_over(text);
        struct tm parts = {0};

        TRY(take_part(&reader, 4, 9999, &parts.tm_year) && reader_take(&reader, '-')
            && take_part(&reader, 2, 12, &parts.tm_mon) && reader_take(&reader, '-')
            && take_part(&reader, 2, 31, &parts.tm_mday) && parts.tm_mon && parts.tm_mday);
        if (reader_take(&reader, 'T'))
                TRY(take_part(&reader, 2, 23, &parts.tm_hour) && reader_take(&reader, ':')
                    && take_part(&reader, 2, 59, &parts.tm_min) && reader_take(&reader, ':')
                    && take_part(&reader, 2, 60, &parts.tm_sec) && reader_take(&reader, 'Z'));
        TRY(reader_done(&reader));
        parts.tm_year -= 1900;
        parts.tm_mon--;
        *seconds = timegm(&parts);
        return true;
}

/* --- words --- */

static struct str last_part(struct str path)
{
        size_t slash = path.len;

        while (slash && path.data[slash - 1] != '/')
                slash--;
        return str_from(path, slash);
}

struct str cert_place_words(struct arena *arena, const struct cert_place *place)
{
        struct str field = last_part(place->path);
        struct str number = place->index ? str_format(arena, " (%u)", place->index + 1) : STR("");

        if (!place->path.len)
                return str_format(arena, "%.*s%.*s", STR_ARG(place->file), STR_ARG(number));
        return str_format(arena, "%.*s:%u %.*s%s%.*s%.*s", STR_ARG(place->file), place->line, STR_ARG(place->object),
                          place->object.len ? " " : "", STR_ARG(field), STR_ARG(number));
}

static const char *use_of(const struct certificate *certificate)
{
        if (certificate->is_authority)
                return "authority";
        if (!certificate->limits_usage)
                return "any";
        return certificate->for_servers   ? certificate->for_clients ? "server, client" : "server"
               : certificate->for_clients ? "client"
                                          : "other";
}

static struct str left_of(struct arena *arena, int64_t seconds)
{
        if (seconds < 0)
                return str_format(arena, "ended %" PRId64 "d ago", -seconds / SECONDS_OF_DAY);
        return str_format(arena, "%" PRId64 "d", seconds / SECONDS_OF_DAY);
}

/* --- for people --- */

static void add(struct columns *columns, struct str text)
{
        struct buf shown CLEANUP(buf_free) = {0};

        escape_terminal(&shown, text);
        columns_add(columns, shown.len ? buf_text(&shown) : STR("-"));
}

static void print_certificates(struct buf *out, struct certs *certs, const struct certs_settings *settings)
{
        static const struct str heads[] = {STR_INIT("CERTIFICATE"), STR_INIT("SUBJECT"), STR_INIT("USE"),
                                           STR_INIT("KEY"),         STR_INIT("EXPIRES"), STR_INIT("LEFT"),
                                           STR_INIT("SIGNED BY")};
        struct columns columns = {.arena = &certs->arena, .count = COUNT_OF(heads), .padding = 3};

        for (size_t i = 0; i < COUNT_OF(heads); i++)
                columns_add(&columns, heads[i]);
        for (size_t i = 0; i < certs->items.count; i++) {
                const struct cert *cert = certs->items.items[i];
                char text[CERTS_TIME];

                add(&columns, cert_place_words(&certs->arena, cert->places.items));
                add(&columns, cert->certificate->subject);
                add(&columns, str_of(use_of(cert->certificate)));
                add(&columns, cert->certificate->key.name);
                add(&columns, str_sub(certs_print_time(cert->certificate->not_after, text), 0, strlen("2026-11-25")));
                add(&columns, left_of(&certs->arena, cert->certificate->not_after - settings->now));
                add(&columns, !cert->issuer ? STR("not shown")
                                            : cert->issuer == cert
                    ? STR("itself")
                    : cert_place_words(&certs->arena, cert->issuer->places.items));
        }
        columns_print(out, &columns);
}

void certs_print(struct buf *out, struct certs *certs, const struct certs_settings *settings)
{
        if (certs->items.count)
                print_certificates(out, certs, settings);
        if (certs->items.count && certs->findings.count)
                buf_add_char(out, '\n');
        for (size_t i = 0; i < certs->findings.count; i++) {
                const struct cert_finding *finding = &certs->findings.items[i];
                struct buf line CLEANUP(buf_free) = {0};

                buf_add_format(&line, "%-8.*s %.*s: %.*s [%.*s]", STR_ARG(severity_name(finding->severity)),
                               STR_ARG(cert_place_words(&certs->arena, &finding->place)), STR_ARG(finding->message),
                               STR_ARG(finding->rule));
                escape_terminal(out, buf_text(&line));
                buf_add_char(out, '\n');
        }
}

/* --- for programs --- */

static void write_hex(struct json_writer *writer, const char *key, const unsigned char *bytes, size_t count)
{
        struct buf text CLEANUP(buf_free) = {0};

        for (size_t i = 0; i < count; i++)
                buf_add_format(&text, "%02x", bytes[i]);
        json_member(writer, key, buf_text(&text));
}

static void write_place(struct json_writer *writer, const struct cert_place *place)
{
        json_begin(writer, '{');
        json_member(writer, "file", place->file);
        json_member_number(writer, "line", place->line);
        json_member_if(writer, "object", place->object);
        json_member_if(writer, "path", place->path);
        json_member_number(writer, "index", place->index);
        json_end(writer, '}');
}

static void write_time(struct json_writer *writer, const char *key, int64_t seconds)
{
        char text[CERTS_TIME];

        json_member(writer, key, certs_print_time(seconds, text));
}

static void write_key(struct json_writer *writer, const struct public_key *key)
{
        json_member_begin(writer, "key", '{');
        json_member(writer, "name", key->name);
        json_member_number(writer, "bits", key->bits);
        write_hex(writer, "fingerprint", key->fingerprint, FINGERPRINT_BYTES);
        json_end(writer, '}');
}

/* Who the holder is to the API server, if it is used by a client. */
static void write_identity(struct json_writer *writer, const struct certificate *certificate)
{
        if (certificate->is_authority || !certificate->for_clients || !certificate->common_name.len)
                return;
        json_member_begin(writer, "kubernetes", '{');
        json_member(writer, "user", certificate->common_name);
        json_member_texts(writer, "groups", certificate->organizations, certificate->organization_count);
        json_end(writer, '}');
}

static void write_certificate(struct json_writer *writer, const struct cert *cert)
{
        const struct certificate *certificate = cert->certificate;

        json_begin(writer, '{');
        write_hex(writer, "fingerprint", certificate->fingerprint, FINGERPRINT_BYTES);
        json_member(writer, "subject", certificate->subject);
        json_member(writer, "issuer", certificate->issuer);
        json_member(writer, "serial", certificate->serial);
        json_member_texts(writer, "names", certificate->names, certificate->name_count);
        write_identity(writer, certificate);
        json_member(writer, "use", str_of(use_of(certificate)));
        write_time(writer, "notBefore", certificate->not_before);
        write_time(writer, "notAfter", certificate->not_after);
        json_member(writer, "signature", certificate->signature);
        write_key(writer, &certificate->key);
        if (cert->issuer)
                write_hex(writer, "signedBy", cert->issuer->certificate->fingerprint, FINGERPRINT_BYTES);
        json_member_begin(writer, "places", '[');
        for (size_t i = 0; i < cert->places.count; i++)
                write_place(writer, &cert->places.items[i]);
        json_end(writer, ']');
        json_end(writer, '}');
}

static void write_private_key(struct json_writer *writer, const struct cert_key *key)
{
        json_begin(writer, '{');
        json_member_bool(writer, "encrypted", key->kind == PEM_LOCKED_KEY);
        if (key->kind != PEM_LOCKED_KEY)
                write_key(writer, &key->key);
        json_key(writer, "place");
        write_place(writer, &key->place);
        json_end(writer, '}');
}

static void write_finding(struct json_writer *writer, const struct cert_finding *finding)
{
        json_begin(writer, '{');
        json_member(writer, "rule", finding->rule);
        json_member(writer, "severity", severity_name(finding->severity));
        json_member(writer, "message", finding->message);
        json_key(writer, "place");
        write_place(writer, &finding->place);
        json_end(writer, '}');
}

void certs_print_json(struct buf *out, const struct certs *certs, const struct certs_settings *settings)
{
        struct json_writer writer = json_document(out, "strake.certs/1");

        write_time(&writer, "now", settings->now);
        json_member_begin(&writer, "certificates", '[');
        for (size_t i = 0; i < certs->items.count; i++)
                write_certificate(&writer, certs->items.items[i]);
        json_end(&writer, ']');
        json_member_begin(&writer, "keys", '[');
        for (size_t i = 0; i < certs->keys.count; i++)
                write_private_key(&writer, &certs->keys.items[i]);
        json_end(&writer, ']');
        json_member_begin(&writer, "findings", '[');
        for (size_t i = 0; i < certs->findings.count; i++)
                write_finding(&writer, &certs->findings.items[i]);
        json_end(&writer, ']');
        json_document_end(&writer);
}
