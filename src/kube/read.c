/* read.c - one source: is it text, is it JSON or YAML, which documents, which objects. */

#include "kube/internal.h"
#include "kube/language.h"

static struct str without_mark(struct str text)
{
        return str_from(text, utf8_mark(text));
}

static const char *binary_kind(struct str text)
{
        static const struct {
                struct str magic;
                const char *what;
        } kinds[] = {
                {STR_INIT("\x1f\x8b"), "compressed by gzip: unpack it first"},
                {STR_INIT("\x28\xb5\x2f\xfd"), "compressed by zstd: unpack it first"},
                {STR_INIT("\xfd"
                          "7zXZ"),
                 "compressed by xz: unpack it first"},
                {STR_INIT("BZh"), "compressed by bzip2: unpack it first"},
                {STR_INIT("PK\x03\x04"), "a ZIP archive: unpack it first"},
                {STR_INIT("\x7f"
                          "ELF"),
                 "a program"},
                {STR_INIT("\xff\xfe\0\0"), "UTF-32: save it as UTF-8 (`iconv -f UTF-32 -t UTF-8`)"},
                {STR_INIT("\0\0\xfe\xff"), "UTF-32: save it as UTF-8 (`iconv -f UTF-32 -t UTF-8`)"},
                {STR_INIT("\xff\xfe"), "UTF-16: save it as UTF-8 (`iconv -f UTF-16 -t UTF-8`)"},
                {STR_INIT("\xfe\xff"), "UTF-16: save it as UTF-8 (`iconv -f UTF-16 -t UTF-8`)"},
        };

        for (size_t i = 0; i < COUNT_OF(kinds); i++) {
                if (str_starts(text, kinds[i].magic))
                        return kinds[i].what;
        }
        return NULL;
}

/* Whether the text is UTF-8 without zero bytes; a problem says why not. */
static bool is_text(struct estate_source *source)
{
        struct str text = source->source.text;
        const char *kind = binary_kind(text);
        const char *zero = text.len ? memchr(text.data, 0, text.len) : NULL;
        size_t wrong = text.len;

        if (!kind && !zero)
                wrong = utf8_check(text);
        if (kind)
                problem_add(source, PROBLEM_NOT_TEXT, UINT32_MAX, 0, "the file is %s", kind);
        else if (zero)
                problem_add(source, PROBLEM_NOT_TEXT, UINT32_MAX, (uint32_t)(zero - text.data),
                            "the file has a NUL byte here, so it is no text (or it is UTF-16): save it as UTF-8");
        else if (wrong < text.len)
                problem_add(source, PROBLEM_NOT_TEXT, UINT32_MAX, (uint32_t)wrong,
                            "the byte 0x%02X here is not UTF-8: save the file as UTF-8",
                            (unsigned char)text.data[wrong]);
        return wrong == text.len && !kind && !zero;
}

bool source_is_json(struct str text)
{
        text = without_mark(text);
        for (size_t i = 0; i < text.len; i++) {
                if (!strchr(" \t\r\n", text.data[i]))
                        return text.data[i] == '{' || text.data[i] == '[';
        }
        return false;
}

/* JSON is tried first where the text begins like it, because it is much faster to read. YAML in braces begins the same. */
static void read_documents(struct estate_source *source, struct document_stream *out)
{
        struct str text = source->source.text;
        struct document_stream yaml = {0};

        if (!source_is_json(text)) {
                yaml_read(&source->arena, text, &document_default_limits, out);
                return;
        }
        json_read(&source->arena, text, &document_default_limits, out);
        if (!out->problems.count)
                return;
        yaml_read(&source->arena, text, &document_default_limits, &yaml);
        if (!yaml.problems.count || !str_ends(source->source.name, STR(".json")))
                *out = yaml;
}

static bool has_template_marks(struct str text)
{
        return str_find(text, STR("{{"), 0) != SIZE_MAX
                        || str_find(text, STR("{%"), 0) != SIZE_MAX || str_find(text, STR("<%"), 0) != SIZE_MAX;
}

/* From the line before the one at `at` to the line after it. */
static struct str lines_around(struct str text, size_t at)
{
        size_t begin = min_size(at, text.len), end = begin;

        for (int lines = 0; begin > 0 && lines<2; begin -= begin> 0)
                lines += text.data[begin - 1] == '\n';
        for (int lines = 0; end < text.len && lines < 2; end++)
                lines += text.data[end] == '\n';
        return str_sub(text, begin, end);
}

/* Whether the text cannot be read because another program should have filled it in first. */
static bool is_template(const struct estate_source *source, const struct document_stream *stream, enum source_role role)
{
        struct str text = source->source.text;

        if (!stream->problems.count)
                return false;
        if (role == ROLE_CHART_TEMPLATE || str_starts(str_trim(text), STR("{{")))
                return has_template_marks(text);
        return has_template_marks(lines_around(text, stream->problems.items[0].at));
}

static void add_stream_problems(struct estate_source *source, const struct document_stream *stream,
                                enum source_role role)
{
        const struct document_problem *first = stream->problems.items;

        if (is_template(source, stream, role)) {
                problem_add(
                        source, PROBLEM_TEMPLATE, first->index, first->at,
                        "a template that was not rendered cannot be read (%.*s): render it and scan the result, for example "
                        "`helm template . | strake scan -`",
                        STR_ARG(first->message));
                return;
        }
        for (size_t i = 0; i < stream->problems.count; i++) {
                const struct document_problem *problem = &stream->problems.items[i];

                problem_add(source, problem->kind == DOCUMENT_TOO_LARGE ? PROBLEM_TOO_LARGE : PROBLEM_SYNTAX,
                            problem->index, problem->at, "%.*s", STR_ARG(problem->message));
        }
}

/* All objects get their memory at once: so many may be in one file that growing would double it. */
static void add_objects(struct estate_source *source, const struct document_stream *stream, enum source_role role)
{
        size_t most = 0;

        for (size_t i = 0; i < stream->documents.count; i++)
                most = checked_add(most, object_count(&stream->documents.items[i].root));
        if (!most)
                return;
        source->objects.items = arena_take(&source->arena, checked_mul(most, sizeof(*source->objects.items)));
        source->objects.capacity = most;
        for (size_t i = 0; i < stream->documents.count; i++)
                source_add_document(source, &stream->documents.items[i], role);
}

/* Strake's own settings (scan/config.h) are nothing to judge, and the scan says what is wrong in them. A manifest may be called
 * strake.yaml too. */
static bool is_settings(const struct estate_source *source)
{
        struct str name = source->source.name;

        return !source->objects.count && (str_is(name, "strake.yaml") || str_ends(name, STR("/strake.yaml")));
}

void source_understand(struct estate_source *source, enum source_role role)
{
        struct document_stream stream = {0};

        if (!is_text(source))
                return;
        if (role >= ROLE_LANGUAGE) {
                source_languages[role - ROLE_LANGUAGE]->read(source);
                return;
        }
        read_documents(source, &stream);
        for (size_t i = 0; i < stream.documents.count; i++) {
                if (stream.documents.items[i].index >= source->documents)
                        source->documents = stream.documents.items[i].index + 1;
        }
        for (size_t i = 0; i < stream.problems.count; i++) {
                if (stream.problems.items[i].index >= source->documents && stream.problems.items[i].index != UINT32_MAX)
                        source->documents = stream.problems.items[i].index + 1;
        }
        add_stream_problems(source, &stream, role);
        add_objects(source, &stream, role);
        source_check_shapes(source);
        if (is_settings(source)) {
                source->documents = 0;
                source->problems.count = 0;
        }
}

bool source_understand_part(struct estate_source *source)
{
        const struct source_part *part = &source->source.part;
        struct str text = str_sub(source->source.text, part->begin, part->end);
        struct document_stream stream = {0};

        TRY(!memchr(text.data, 0, text.len) && utf8_check(text) == text.len);
        yaml_read_part(&source->arena, source->source.text, part->begin, part->end, &document_default_limits, &stream);
        TRY(!stream.problems.count);
        source->documents = (uint32_t)stream.documents.count;
        add_objects(source, &stream, ROLE_PLAIN);
        source_check_shapes(source);
        return true;
}
