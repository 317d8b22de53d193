/* The estate: which files are read under which names, and what could not be. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kube/estate.h"

#define POD                                                                                                            \
        "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\"},\"spec\":{\"containers\":[{\"name\":\"c\"}]}}"

struct scene {
        char name[64];
        struct estate estate;
};

/* Each test stands in a folder of its own. */
static int set_up(void **state)
{
        struct scene *scene = calloc(1, sizeof(*scene));

        strcpy(scene->name, "/tmp/strake-estate-XXXXXX");
        assert_non_null(mkdtemp(scene->name));
        assert_int_equal(chdir(scene->name), 0);
        *state = scene;
        return 0;
}

static int tear_down(void **state)
{
        struct scene *scene = *state;
        char command[100];

        assert_int_equal(chdir("/"), 0);
        snprintf(command, sizeof(command), "rm -rf %s", scene->name);
        assert_int_equal(system(command), 0);
        estate_free(&scene->estate);
        free(scene);
        return 0;
}

static void put(const char *name, const char *text)
{
        char folder[256];
        int file;

        for (const char *slash = strchr(name, '/'); slash; slash = strchr(slash + 1, '/')) {
                snprintf(folder, sizeof(folder), "%.*s", (int)(slash - name), name);
                assert_true(mkdir(folder, 0700) == 0 || errno == EEXIST);
        }
        file = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        assert_true(file >= 0);
        assert_int_equal(write(file, text, strlen(text)), strlen(text));
        close(file);
}

static void read_all(struct estate *estate, const char *const *inputs, unsigned threads)
{
        struct str texts[16];
        size_t count = 0;

        for (; inputs[count]; count++)
                texts[count] = str_of(inputs[count]);
        estate_read(estate, &(struct estate_settings){.inputs = texts, .input_count = count, .threads = threads});
}

#define READ(estate, ...) read_all((estate), (const char *const[]){__VA_ARGS__, NULL}, 2)

/* The names of all sources, in order, with spaces between them. */
static void names_are(const struct estate *estate, const char *wanted)
{
        char names[1000] = "";

        for (size_t i = 0; i < estate->source_count; i++)
                snprintf(names + strlen(names), sizeof(names) - strlen(names), "%s%.*s", i ? " " : "",
                         STR_ARG(estate->sources[i].source.name));
        assert_string_equal(names, wanted);
}

/* The first problem of a kind that is about a file. */
static const struct problem *problem_of(const struct estate *estate, const char *file, enum problem_kind kind)
{
        for (size_t i = 0; i < estate->problems.count; i++) {
                const struct problem *problem = &estate->problems.items[i];

                if (problem->kind == kind && str_equal(problem->file, str_of(file)))
                        return problem;
        }
        for (size_t s = 0; s < estate->source_count; s++) {
                for (size_t i = 0; i < estate->sources[s].problems.count; i++) {
                        const struct problem *problem = &estate->sources[s].problems.items[i];

                        if (problem->kind == kind && str_equal(problem->file, str_of(file)))
                                return problem;
                }
        }
        return NULL;
}

static size_t problem_count(const struct estate *estate)
{
        size_t count = estate->problems.count;

        for (size_t i = 0; i < estate->source_count; i++)
                count += estate->sources[i].problems.count;
        return count;
}

static void names_of_files(void **state)
{
        struct scene *scene = *state;

        put("b.yaml", POD);
        put("a.JSON", POD);
        put("sub/c.yml", POD);
        put("sub/README.md", "text");
        put(".git/x.yaml", POD);
        READ(&scene->estate, ".");
        names_are(&scene->estate, "a.JSON b.yaml sub/c.yml");
        assert_int_equal(estate_object_count(&scene->estate), 3);
        assert_int_equal(problem_count(&scene->estate), 0);
        estate_free(&scene->estate);
        READ(&scene->estate, "./sub//", "b.yaml");
        names_are(&scene->estate, "./sub/c.yml b.yaml");
        estate_free(&scene->estate);
        READ(&scene->estate, "sub/README.md");
        names_are(&scene->estate, "sub/README.md");
        estate_free(&scene->estate);
        estate_read(&scene->estate, &(struct estate_settings){0});
        names_are(&scene->estate, "a.JSON b.yaml sub/c.yml");
}

static void nothing_is_read_twice(void **state)
{
        struct scene *scene = *state;

        put("a.yaml", POD);
        assert_int_equal(symlink("a.yaml", "0.yaml"), 0);
        READ(&scene->estate, ".", "a.yaml", "./a.yaml", ".", "0.yaml");
        names_are(&scene->estate, "./a.yaml");
        assert_int_equal(problem_count(&scene->estate), 0);
}

/* As a ConfigMap is mounted: the files are links into a folder whose name begins with a point. */
static void links_to_hidden_folders(void **state)
{
        struct scene *scene = *state;

        put("..2024/a.yaml", POD);
        assert_int_equal(symlink("..2024", "..data"), 0);
        assert_int_equal(symlink("..data/a.yaml", "a.yaml"), 0);
        READ(&scene->estate, ".");
        names_are(&scene->estate, "a.yaml");
        assert_int_equal(estate_object_count(&scene->estate), 1);
}

static void note_failure(void *context, const struct problem *problem)
{
        const struct problem **last = context;

        *last = problem;
}

static void what_cannot_be_read(void **state)
{
        struct scene *scene = *state;
        const struct problem *failure = NULL;

        put("a.yaml", POD);
        assert_int_equal(mkfifo("pipe.yaml", 0600), 0);
        assert_int_equal(symlink("nowhere", "gone.yaml"), 0);
        assert_int_equal(symlink("/dev/zero", "zero.yaml"), 0);
        READ(&scene->estate, ".", "absent.yaml");
        names_are(&scene->estate, "a.yaml");
        assert_non_null(problem_of(&scene->estate, "pipe.yaml", PROBLEM_NOT_FOLLOWED));
        assert_non_null(problem_of(&scene->estate, "gone.yaml", PROBLEM_NOT_FOLLOWED));
        assert_non_null(problem_of(&scene->estate, "zero.yaml", PROBLEM_NOT_FOLLOWED));
        assert_non_null(problem_of(&scene->estate, "absent.yaml", PROBLEM_UNREADABLE));
        assert_int_equal(problem_count(&scene->estate), 4);
        assert_int_equal(estate_each_failure(&scene->estate, note_failure, &failure), 1);
        assert_ptr_equal(failure, problem_of(&scene->estate, "absent.yaml", PROBLEM_UNREADABLE));
}

static void files_without_permission(void **state)
{
        struct scene *scene = *state;

        if (geteuid() == 0) {
                print_message("skipped: this user may read everything\n");
                skip();
        }
        put("a.yaml", POD);
        assert_int_equal(chmod("a.yaml", 0), 0);
        READ(&scene->estate, ".");
        assert_non_null(problem_of(&scene->estate, "a.yaml", PROBLEM_UNREADABLE));
}

static void huge_files_are_refused_at_once(void **state)
{
        struct scene *scene = *state;

        put("huge.yaml", "");
        assert_int_equal(truncate("huge.yaml", (off_t)3 << 30), 0);
        READ(&scene->estate, ".");
        assert_non_null(problem_of(&scene->estate, "huge.yaml", PROBLEM_TOO_LARGE));
}

static void bytes_that_are_no_text(void **state)
{
        struct scene *scene = *state;
        const struct problem *problem;

        put("gzip.yaml", "\x1f\x8b\x08");
        put("latin.yaml", "a: caf\xe9\n");
        put("utf16.yaml", "\xff\xfe"
                          "a");
        READ(&scene->estate, ".");
        assert_non_null(problem_of(&scene->estate, "gzip.yaml", PROBLEM_NOT_TEXT));
        assert_non_null(problem_of(&scene->estate, "utf16.yaml", PROBLEM_NOT_TEXT));
        problem = problem_of(&scene->estate, "latin.yaml", PROBLEM_NOT_TEXT);
        assert_non_null(problem);
        assert_int_equal(problem->at, 6);
}

static void ignored_files(void **state)
{
        struct scene *scene = *state;

        put(".strakeignore", "*.json\nvendor/\n");
        put("a.json", POD);
        put("b.yaml", POD);
        put("vendor/c.yaml", POD);
        put("sub/.strakeignore", "!keep.json\nx.yaml\n");
        put("sub/keep.json", POD);
        put("sub/x.yaml", POD);
        READ(&scene->estate, ".");
        names_are(&scene->estate, "b.yaml sub/keep.json");
        estate_free(&scene->estate);
        READ(&scene->estate, ".", "a.json", "vendor");
        names_are(&scene->estate, "a.json b.yaml sub/keep.json vendor/c.yaml");
}

static void charts(void **state)
{
        struct scene *scene = *state;

        put("chart/Chart.yaml", "{\"apiVersion\": \"v2\", \"name\": \"x\"}");
        put("chart/values.yaml", "{\"a\": 1}");
        put("chart/templates/a.yaml", POD);
        put("chart/templates/b.yaml", "{{- if .Values.x }}\n[\n{{- end }}\n");
        put("alone.yaml", "{{ .Values.x }}\n[");
        READ(&scene->estate, ".");
        assert_int_equal(estate_object_count(&scene->estate), 1);
        assert_non_null(problem_of(&scene->estate, "chart/Chart.yaml", PROBLEM_NOT_RENDERED));
        assert_non_null(problem_of(&scene->estate, "chart/templates/b.yaml", PROBLEM_TEMPLATE));
        assert_non_null(problem_of(&scene->estate, "alone.yaml", PROBLEM_TEMPLATE));
        assert_int_equal(problem_count(&scene->estate), 3);
}

static void threads_make_no_difference(void **state)
{
        struct scene *scene = *state;
        char name[32];

        for (int i = 0; i < 300; i++) {
                snprintf(name, sizeof(name), "d%d/f%d.json", i % 7, i);
                put(name, i % 3 ? POD : "[");
        }
        for (unsigned threads = 1; threads <= 4; threads += 3) {
                read_all(&scene->estate, (const char *const[]){".", NULL}, threads);
                assert_int_equal(scene->estate.source_count, 300);
                assert_int_equal(estate_object_count(&scene->estate), 200);
                assert_int_equal(problem_count(&scene->estate), 100);
                for (size_t i = 1; i < 300; i++)
                        assert_true(str_compare(scene->estate.sources[i - 1].source.name,
                                                scene->estate.sources[i].source.name)
                                    < 0);
                if (threads == 1)
                        estate_free(&scene->estate);
        }
}

static void every_kind_of_problem_has_a_class(void **state)
{
        (void)state;
        for (int kind = 0; kind < PROBLEM_COUNT; kind++) {
                const struct problem_class *class = problem_class((enum problem_kind)kind);

                assert_true(class->id.len && class->title.len && class->severity.len && class->description.len);
                /* What is a weakness does not fail the input, but is more than a note. */
                if (kind != PROBLEM_UNKNOWN_FIELD)
                        assert_int_equal(class->fails, !str_is(class->severity, "info"));
        }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(names_of_files),
                TEST(nothing_is_read_twice),
                TEST(links_to_hidden_folders),
                TEST(what_cannot_be_read),
                TEST(files_without_permission),
                TEST(huge_files_are_refused_at_once),
                TEST(bytes_that_are_no_text),
                TEST(ignored_files),
                TEST(charts),
                TEST(threads_make_no_difference),
                TEST(every_kind_of_problem_has_a_class),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
