/* escape.c - one walk over UTF-8 text for every format; formats differ in what stays and what else is put. */

#include "report/escape.h"

enum { REPLACEMENT = 0xFFFD };

static void add_code_point(struct buf *out, uint32_t code_point)
{
        char bytes[4];

        buf_add(out, (struct str){bytes, utf8_put(bytes, code_point)});
}

/* Copies what stays, in runs, and puts the rest one by one. Inlined with its two functions into every format. */
static inline __attribute__((always_inline)) void escape_each(struct buf *out, struct str text, bool (*stays)(uint32_t),
                                                              void (*put)(struct buf *, uint32_t))
{
        size_t run = 0, bytes;

        for (size_t at = 0; at < text.len; at += bytes) {
                uint32_t code_point = (unsigned char)text.data[at];

                bytes = code_point < 0x80 ? 1 : utf8_take(str_from(text, at), &code_point);
                if (bytes && stays(code_point))
                        continue;
                buf_add(out, str_sub(text, run, at));
                put(out, bytes ? code_point : REPLACEMENT);
                bytes = bytes ? bytes : 1;
                run = at + bytes;
        }
        buf_add(out, str_from(text, run));
}

static bool stays_in_xml(uint32_t code_point)
{
        if (code_point < 0x20)
                return false;
        return code_point != '&' && code_point != '<' && code_point != '>' && code_point != '"' && code_point != '\''
               && !(code_point >= 0x7F && code_point < 0xA0) && code_point != 0xFFFE && code_point != 0xFFFF;
}

static void put_xml(struct buf *out, uint32_t code_point)
{
        static const struct {
                uint32_t code_point;
                struct str reference;
        } references[] = {
                {'&', STR_INIT("&amp;")},  {'<', STR_INIT("&lt;")},   {'>', STR_INIT("&gt;")},
                {'"', STR_INIT("&quot;")}, {'\'', STR_INIT("&#39;")}, {'\n', STR_INIT("&#10;")},
                {'\r', STR_INIT("&#13;")}, {'\t', STR_INIT("&#9;")},
        };

        for (size_t i = 0; i < COUNT_OF(references); i++)
                if (references[i].code_point == code_point) {
                        buf_add(out, references[i].reference);
                        return;
                }
        add_code_point(out, REPLACEMENT);
}

void escape_xml(struct buf *out, struct str text)
{
        escape_each(out, text, stays_in_xml, put_xml);
}

/* Controls of both sets, marks and overrides of direction, separators of lines and paragraphs, the byte order mark. */
static bool stays_on_terminal(uint32_t code_point)
{
        if (code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0))
                return false;
        return code_point < 0x200E
               || !(code_point == 0x200E || code_point == 0x200F || (code_point >= 0x2028 && code_point <= 0x202E)
                    || (code_point >= 0x2066 && code_point <= 0x2069) || code_point == 0xFEFF);
}

static void put_terminal(struct buf *out, uint32_t code_point)
{
        if (code_point == '\n')
                buf_add_literal(out, "\\n");
        else if (code_point == '\t')
                buf_add_literal(out, "\\t");
        else if (code_point < 0x100)
                buf_add_format(out, "\\x%02x", code_point);
        else if (code_point == REPLACEMENT)
                add_code_point(out, code_point);
        else
                buf_add_format(out, "\\u%04x", code_point);
}

void escape_terminal(struct buf *out, struct str text)
{
        escape_each(out, text, stays_on_terminal, put_terminal);
}

void escape_lines(struct buf *out, struct str text)
{
        struct str line;

        for (bool first = true; str_split(&text, '\n', &line); first = false) {
                buf_add(out, first ? STR("") : STR("\n"));
                escape_terminal(out, line);
        }
}

static bool stays_in_github_message(uint32_t code_point)
{
        return code_point != '%' && (code_point == '\t' || stays_on_terminal(code_point));
}

static bool stays_in_github_property(uint32_t code_point)
{
        return stays_in_github_message(code_point) && code_point != ':' && code_point != ',';
}

/* GitHub reads %XX of these only. */
static void put_github(struct buf *out, uint32_t code_point)
{
        if (code_point && code_point < 0x80 && strchr("%\n\r:,", (int)code_point))
                buf_add_format(out, "%%%02X", code_point);
        else
                put_terminal(out, code_point);
}

void escape_github_message(struct buf *out, struct str text)
{
        escape_each(out, text, stays_in_github_message, put_github);
}

void escape_github_property(struct buf *out, struct str text)
{
        escape_each(out, text, stays_in_github_property, put_github);
}

static bool stays_in_uri(unsigned char byte)
{
        return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9')
               || (byte && strchr("-._~/!$'()*,;=@+", byte));
}

static bool stays_in_markdown(uint32_t code_point)
{
        return code_point >= 0x80
                       ? stays_on_terminal(code_point)
                       : code_point == ' ' || (code_point >= '0' && code_point <= '9')
                                 || (code_point >= 'A' && code_point <= 'Z') || (code_point >= 'a' && code_point <= 'z')
                                 || code_point == ',' || code_point == '/' || code_point == '.' || code_point == '-'
                                 || code_point == ':' || code_point == ';' || code_point == '\'';
}

static void put_markdown(struct buf *out, uint32_t code_point)
{
        if (code_point == '\n' || code_point == '\t' || code_point == '\r') {
                buf_add_char(out, ' ');
        } else if (code_point == '<' || code_point == '>' || code_point == '&') {
                put_xml(out, code_point);
        } else if (code_point > ' ' && code_point < 0x7F) {
                buf_add_char(out, '\\');
                buf_add_char(out, (char)code_point);
        } else {
                put_terminal(out, code_point);
        }
}

void escape_markdown(struct buf *out, struct str text)
{
        escape_each(out, text, stays_in_markdown, put_markdown);
}

void escape_uri(struct buf *out, struct str path)
{
        if (str_starts(path, STR("/")))
                buf_add_literal(out, "file://");
        while (str_starts(path, STR("./")) && path.len > 2)
                path = str_from(path, 2);
        for (size_t i = 0; i < path.len; i++) {
                unsigned char byte = (unsigned char)path.data[i];

                if (stays_in_uri(byte))
                        buf_add_char(out, (char)byte);
                else
                        buf_add_format(out, "%%%02X", byte);
        }
}

void escape_csv(struct buf *out, struct str text)
{
        CLEANUP(buf_free) struct buf clean = {0};
        struct str rest, part;

        if (!text.len)
                return;
        escape_terminal(&clean, text);
        rest = buf_text(&clean);
        buf_add_char(out, '"');
        if (rest.len && memchr("=+-@", rest.data[0], 4))
                buf_add_char(out, '\'');
        for (bool first = true; str_split(&rest, '"', &part); first = false) {
                buf_add(out, first ? STR("") : STR("\"\""));
                buf_add(out, part);
        }
        buf_add_char(out, '"');
}
