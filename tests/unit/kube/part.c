/* Large streams in parts: what is read is what reading them whole gives. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "kube/estate.h"

enum { DOCUMENTS = 30000 };

static const char *const separators[] = {
        "---\n", "--- # another\n", "---\n---\n", "...\n%YAML 1.1\n# about it\n\n---\n", "# before\n---\n", "---\r\n",
};

static void add_document(struct buf *out, unsigned number)
{
        buf_add(out, str_of(separators[number % COUNT_OF(separators)]));
        buf_add_format(
                out, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m%u}\ndata:\n  text: |\n    --- no\n    %% é\n",
                number);
        if (number % 7 == 0)
                buf_add_literal(out, "immutabel: true\n");
        if (number % 1000 == 3)
                buf_add_literal(out, "---\n- no object\n");
}

static struct str write_stream(struct arena *arena, const char *name, const char *middle)
{
        CLEANUP(buf_free) struct buf text = {0};
        FILE *file = fopen(name, "w");

        assert_non_null(file);
        for (unsigned i = 0; i < DOCUMENTS; i++) {
                if (i == DOCUMENTS / 2)
                        buf_add(&text, str_of(middle));
                add_document(&text, i);
        }
        assert_int_equal(fwrite(text.data, 1, text.len, file), text.len);
        fclose(file);
        return str_copy(arena, buf_text(&text));
}

/* Everything that the sources of an estate say, line by line. */
static struct str told(struct arena *arena, struct estate *estate)
{
        CLEANUP(buf_free) struct buf out = {0};

        for (size_t s = 0; s < estate->source_count; s++) {
                struct estate_source *source = &estate->sources[s];

                for (size_t i = 0; i < source->objects.count; i++) {
                        const struct object *object = &source->objects.items[i];
                        struct place place = source_place(&source->arena, &source->source, object->root.at);

                        buf_add_format(&out, "%u %.*s %u:%u of %u\n", object->document, STR_ARG(object->name),
                                       place.line, place.column, source->documents);
                }
        }
        for (size_t s = 0; s < estate->source_count; s++) {
                struct estate_source *source = &estate->sources[s];

                for (size_t i = 0; i < source->problems.count; i++) {
                        const struct problem *problem = &source->problems.items[i];
                        struct place place = source_place(&source->arena, &source->source, problem->at);
                        struct str line = source_line(&source->arena, &source->source, place.line);

                        buf_add_format(&out, "%u %u:%u %.*s: %.*s\n", problem->document, place.line, place.column,
                                       STR_ARG(problem->message), STR_ARG(line));
                }
        }
        return str_copy(arena, buf_text(&out));
}

/* The same whole, in parts, and by one thread or several; returns the number of sources in parts. */
static size_t compare(const char *middle)
{
        struct arena arena CLEANUP(arena_free) = {0};
        char name[] = "/tmp/strake-part-XXXXXX";
        struct str input = STR(name), texts[3];
        size_t sources = 0;
        struct estate estate;
        int file = mkstemp(name);

        assert_true(file >= 0);
        close(file);
        write_stream(&arena, name, middle);
        for (unsigned i = 0; i < 3; i++) {
                estate_read(&estate,
                            &(struct estate_settings){
                                    .inputs = &input, .input_count = 1, .threads = i ? i * 2 - 1 : 1, .whole = !i});
                texts[i] = told(&arena, &estate);
                sources = estate.source_count;
                estate_free(&estate);
        }
        unlink(name);
        assert_true(texts[0].len > 0);
        assert_true(str_equal(texts[0], texts[1]));
        assert_true(str_equal(texts[0], texts[2]));
        return sources;
}

static void parts_are_the_whole(void **state)
{
        (void)state;
        assert_true(compare("") > 1);
}

static void a_broken_document_is_read_in_the_whole(void **state)
{
        (void)state;
        compare("---\na: \"not closed\n");
        compare("---\nbroken: [1, 2\n");
        compare("---\n\tx: 1\n");
        compare("---\na: 1\na: 2\n");
        compare("---\nbyte: \xff\n");
}

static void cuts(void **state)
{
        struct str text = STR("a: 1\n---\n%YAML 1.1\n---\nb: 1\n# x\n---\nc: 1\n---\nd: 1\n");

        (void)state;
        assert_int_equal(yaml_cut(text, 0), 5);
        assert_int_equal(yaml_cut(text, 6), str_find(text, STR("---\nd"), 0));
        assert_int_equal(yaml_cut(text, text.len - 3), text.len);
        assert_int_equal(yaml_cut(STR("---\na: 1\n"), 0), 9);
}

static void lines(void **state)
{
        CLEANUP(buf_free) struct buf text = {0};

        (void)state;
        assert_int_equal(source_count_lines(STR("")), 0);
        assert_int_equal(source_count_lines(STR("a")), 0);
        assert_int_equal(source_count_lines(STR("a\nb\r\nc\rd\r\r\n")), 5);
        for (unsigned i = 0; i < 1000; i++)
                buf_add_format(&text, "%*s\n", (int)(i % 300), "");
        assert_int_equal(source_count_lines(buf_text(&text)), 1000);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(parts_are_the_whole),
                cmocka_unit_test(a_broken_document_is_read_in_the_whole),
                cmocka_unit_test(cuts),
                cmocka_unit_test(lines),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
