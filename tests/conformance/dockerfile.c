/* dockerfile.c - Dockerfiles that other tools test themselves with.
 *
 *     conformance-dockerfile FOLDER
 *
 * In $STRAKE_CORPUS, or else FOLDER, image/dockerfile has
 * - trivy-checks/cases.json: Dockerfiles taken apart, and how often a check finds something. They are put together again and
 *   judged by Strake's rules; findings that cite the check's id are counted.
 * - trivy-checks/examples/: whole Dockerfiles, good and bad.
 * - claircore/: Dockerfiles with the labels that they give an image.
 * Beside that, every Dockerfile anywhere in the corpus must be read without a problem, but for those that have one. */

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "doc/document.h"
#include "image/dockerfile/dockerfile.h"
#include "kube/estate.h"
#include "rulebook/rulebook.h"

enum { LARGEST_FILE = 16 << 20, LEAST_CASES = 190, LEAST_FILES = 27, DEEPEST = 40 };

/* Where Strake decides otherwise, and why. */
static const struct {
        const char *check, *test, *why;
} differences[] = {
        {"latest_tag", "test_with_variables_denied",
         "an ARG within a stage does not reach FROM: the variable is unset, and what it becomes is not known"},
        {"latest_tag", "test_deny_global_arg_is_overrided_to_latest",
         "written down, both ARGs stand before the first FROM, so that both stages get latest"},
        {"copy_with_more_than_two_arguments_not_ending_with_slash", "test_three_args_with_file_colon_in_allowed",
         "this is a line of an image's history: in a Dockerfile it copies two files to a third"},
        {"copy_with_more_than_two_arguments_not_ending_with_slash", "test_three_args_with_multi_colon_in_allowed",
         "this is a line of an image's history: in a Dockerfile it copies two files to a third"},
        {"missing_apk_no_cache", "test_basic_denied",
         "the cache is in a stage that another does not begin from: it is not in the image"},
        {"yum_clean_all_missing", "test_basic_denied",
         "the cache is in a stage that another does not begin from: it is not in the image"},
};

struct suite {
        struct arena arena;
        const char *corpus;
        struct rulebook *book;
        struct str *ids; /* of the checks, by their names */
        size_t passed, failed, different, files, wrong_files;
};

static void complain(struct suite *suite, const char *format, ...) PRINTF_LIKE(2, 3);

static void complain(struct suite *suite, const char *format, ...)
{
        va_list arguments;

        suite->failed++;
        printf("# ");
        va_start(arguments, format);
        vprintf(format, arguments);
        va_end(arguments);
        printf("\n");
}

static struct str member_text(const struct value *map, const char *name)
{
        return value_get_text(map, intern(str_of(name)));
}

static const struct value *member(const struct value *map, const char *name)
{
        return value_get(map, intern(str_of(name)));
}

static bool read_text(struct suite *suite, const char *path, struct str *out)
{
        struct file_text file;

        TRY(file_read(&suite->arena, path, LARGEST_FILE, &file) == FILE_OK);
        *out = file.text;
        return true;
}

/* How many findings for a text cite a check of Trivy. */
static size_t count_findings(struct suite *suite, struct str text, struct str id)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct finding_list found = {0};
        struct estate estate;
        size_t count = 0;

        estate_read_text(&estate, STR("Dockerfile"), text);
        rulebook_judge(suite->book, estate.sources, &scratch, &found);
        for (size_t i = 0; i < found.count; i++)
                for (size_t k = 0; k < found.items[i].reference_count; k++)
                        count += str_is(found.items[i].references[k].framework, "trivy")
                                 && str_equal(found.items[i].references[k].id, id);
        finding_list_free(&found);
        estate_free(&estate);
        return count;
}

/* --- cases.json --- */

static bool is_exec(struct str name, const struct value *values)
{
        return (str_is(name, "run") || str_is(name, "cmd") || str_is(name, "entrypoint")) && value_count(values) > 1;
}

static void add_upper(struct buf *out, struct str name)
{
        for (size_t i = 0; i < name.len; i++)
                buf_add_char(out,
                             (char)(name.data[i] >= 'a' && name.data[i] <= 'z' ? name.data[i] - 32 : name.data[i]));
}

static void add_command(struct buf *out, const struct value *stage, const struct value *command)
{
        struct str name = member_text(command, "Cmd"), stage_name = member_text(stage, "Name");
        const struct value *values = member(command, "Value");
        bool exec = is_exec(name, values);
        const char *between = exec ? ", " : " ";
        size_t number = 0;

        if (str_is(name, "comment"))
                return;
        add_upper(out, name);
        value_each (member(command, "Flags"), flag)
                buf_add_format(out, " %.*s", STR_ARG(value_text(&flag->value)));
        /* The name of the stage is told in two places, which contradict each other; this is the one that the checks look at. */
        if (str_is(name, "from") && str_find(stage_name, STR(" as "), 0) != SIZE_MAX) {
                buf_add_format(out, " %.*s\n", STR_ARG(stage_name));
                return;
        }
        buf_add(out, exec ? STR(" [") : STR(""));
        value_each (values, value) {
                struct str text = value_text(&value->value);

                /* One instruction in another: what the origin has here as text was never taken apart. */
                if (str_is(name, "from") && str_starts(text, STR("FROM ")))
                        text = str_from(text, 5);
                buf_add_format(out, exec ? "%s\"%.*s\"" : "%s%.*s",
                               number++ ? between
                               : exec   ? ""
                                        : " ",
                               STR_ARG(text));
        }
        buf_add(out, exec ? STR("]\n") : STR("\n"));
}

static bool begins_with_from(const struct value *stage)
{
        const struct node *first = value_item(member(stage, "Commands"), 0);

        value_each (member(stage, "Commands"), command)
                if (str_is(member_text(&command->value, "Cmd"), "from"))
                        return true;
        return !first || !member_text(stage, "Name").len;
}

static void write_dockerfile(struct buf *out, const struct value *input)
{
        value_each (member(input, "Stages"), stage) {
                if (!begins_with_from(&stage->value))
                        buf_add_format(out, "FROM %.*s\n", STR_ARG(member_text(&stage->value, "Name")));
                value_each (member(&stage->value, "Commands"), command)
                        add_command(out, &stage->value, &command->value);
        }
}

static const char *difference(struct str check, struct str test)
{
        for (size_t i = 0; i < COUNT_OF(differences); i++)
                if (str_equal(check, str_of(differences[i].check)) && str_equal(test, str_of(differences[i].test)))
                        return differences[i].why;
        return NULL;
}

static struct str id_of(const struct value *checks, struct str name)
{
        value_each (checks, check)
                if (str_equal(member_text(&check->value, "check"), name))
                        return member_text(&check->value, "id");
        return STR("");
}

static void try_case(struct suite *suite, const struct value *checks, const struct value *entry)
{
        CLEANUP(buf_free) struct buf text = {0};
        struct str check = member_text(entry, "check"), test = member_text(entry, "test");
        const char *why = difference(check, test);
        int64_t wanted = member(entry, "count")->i, found;
        bool well;

        write_dockerfile(&text, member(entry, "input"));
        found = (int64_t)count_findings(suite, buf_text(&text), id_of(checks, check));
        well = str_is(member_text(entry, "op"), ">") ? found > wanted : found == wanted;
        if (well && why)
                complain(suite, "%.*s %.*s: is no difference any more", STR_ARG(check), STR_ARG(test));
        else if (why)
                suite->different++, printf("# %.*s %.*s: otherwise: %s\n", STR_ARG(check), STR_ARG(test), why);
        else if (well)
                suite->passed++;
        else
                complain(suite, "%.*s %.*s: %d findings, wanted %s %d, in\n%.*s", STR_ARG(check), STR_ARG(test),
                         (int)found, member_text(entry, "op").data[0] == '>' ? "more than" : "are", (int)wanted,
                         STR_ARG(buf_text(&text)));
}

/* --- examples --- */

static void try_examples(struct suite *suite, const struct value *check)
{
        struct str file = member_text(check, "examples"), text, id = member_text(check, "id");
        struct document document;
        struct err err = {0};

        if (!file.len)
                return;
        file = str_format(&suite->arena, "%s/image/dockerfile/trivy-checks/%.*s", suite->corpus, STR_ARG(file));
        if (!read_text(suite, file.data, &text) || !yaml_read_one(&suite->arena, text, &document, &err)) {
                complain(suite, "%s cannot be read", file.data);
                return;
        }
        value_each (member(&document.root, "dockerfile"), kind) {
                bool bad = str_is(intern_text(kind->key), "bad");

                value_each (&kind->value, example) {
                        if ((count_findings(suite, value_text(&example->value), id) > 0) == bad)
                                suite->passed++;
                        else
                                complain(suite, "%s: a %s example: %.*s", file.data, bad ? "bad" : "good",
                                         STR_ARG(value_text(&example->value)));
                }
        }
}

static bool try_trivy(struct suite *suite)
{
        struct str path = str_format(&suite->arena, "%s/image/dockerfile/trivy-checks/", suite->corpus), text;
        struct document checks, cases;
        struct err err = {0};

        TRY(read_text(suite, str_format(&suite->arena, "%schecks.json", path.data).data, &text)
            && json_read_one(&suite->arena, text, &checks, &err));
        TRY(read_text(suite, str_format(&suite->arena, "%scases.json", path.data).data, &text)
            && json_read_one(&suite->arena, text, &cases, &err));
        value_each (&cases.root, entry)
                try_case(suite, &checks.root, &entry->value);
        value_each (&checks.root, check)
                try_examples(suite, &check->value);
        return true;
}

/* --- claircore --- */

/* Variables that have no value here may have one in the base image: Strake leaves them where they stand, claircore takes them for
 * empty. */
static struct str without_variables(struct arena *arena, struct str text)
{
        char *copy = arena_take_text(arena, text.len);
        size_t len = 0;

        for (size_t i = 0; i < text.len; i++) {
                if (str_starts(str_from(text, i), STR("${")))
                        while (i < text.len && text.data[i] != '}')
                                i++;
                else
                        copy[len++] = text.data[i];
        }
        return (struct str){copy, len};
}

/* All labels of a Dockerfile, the last of each name. */
static size_t count_labels(struct arena *arena, const struct dockerfile *file, const struct value *wanted,
                           size_t *equal)
{
        size_t count = 0;

        *equal = 0;
        value_each (wanted, label) {
                struct str last = {0};

                value_each (member(&file->root.value, "instructions"), instruction) {
                        if (!str_is(member_text(&instruction->value, "name"), "LABEL"))
                                continue;
                        value_each (member(&instruction->value, "pairs"), pair)
                                if (str_equal(member_text(&pair->value, "name"), intern_text(label->key)))
                                        last = member_text(&pair->value, "value");
                }
                count++;
                *equal += last.data && str_equal(without_variables(arena, last), value_text(&label->value));
        }
        return count;
}

static void try_labels(struct suite *suite, const char *path, struct str text)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct str wanted_path = str_format(&arena, "%s.want", path);
        struct document document;
        struct dockerfile file;
        struct str wanted;
        struct err err = {0};
        size_t count, equal;

        if (!read_text(suite, wanted_path.data, &wanted) || !json_read_one(&arena, wanted, &document, &err))
                return;
        dockerfile_read(&arena, STR("Dockerfile"), text, &file);
        count = count_labels(&arena, &file, &document.root, &equal);
        if (file.problems.count)
                suite->passed++; /* that it is wrong is looked at below */
        else if (count == equal)
                suite->passed++;
        else
                complain(suite, "%s: %zu of %zu labels are as wanted", path, equal, count);
}

/* --- every Dockerfile --- */

/* Those that are wrong: a LABEL without a FROM, and words behind it that are no pairs. */
static bool is_wrong(const char *path)
{
        return strstr(path, "Dockerfile-InvalidLabel");
}

static void try_file(struct suite *suite, const char *path)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct dockerfile file;
        struct str text;

        if (!read_text(suite, path, &text))
                return;
        dockerfile_read(&arena, str_of(path), text, &file);
        suite->files++;
        if ((file.problems.count > 0) != is_wrong(path)) {
                suite->wrong_files++;
                complain(suite, "%s: %.*s", path,
                         STR_ARG(file.problems.count ? file.problems.items[0].message : STR("a problem is missing")));
        }
        value_each (member(&file.root.value, "instructions"), instruction)
                if (member(&instruction->value, "unread"))
                        complain(suite, "%s: %.*s", path, STR_ARG(member_text(&instruction->value, "unread")));
        try_labels(suite, path, text);
}

static void try_folder(struct suite *suite, const char *path, unsigned depth)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct dirent **entries = NULL;
        int count = depth < DEEPEST ? scandir(path, &entries, NULL, alphasort) : 0;

        for (int i = 0; i < count; i++) {
                const char *name = entries[i]->d_name;
                struct str below = str_format(&arena, "%s/%s", path, name);
                struct stat about;

                if (name[0] != '.' && lstat(below.data, &about) == 0) {
                        if (S_ISDIR(about.st_mode))
                                try_folder(suite, below.data, depth + 1);
                        else if (S_ISREG(about.st_mode) && strcasestr(name, "dockerfile") && !strstr(name, ".want")
                                 && !strstr(name, ".json"))
                                try_file(suite, below.data);
                }
                free(entries[i]);
        }
        free(entries);
}

int main(int argc, char **argv)
{
        struct suite suite = {.corpus = getenv("STRAKE_CORPUS") ? getenv("STRAKE_CORPUS") : argc > 1 ? argv[1] : ""};
        struct err err = {0};
        bool well;

        printf("1..1\n");
        suite.book = rulebook_new(&suite.arena, &(struct rulebook_settings){0}, &err);
        if (!suite.book || !try_trivy(&suite)) {
                printf("ok 1 - Dockerfiles # SKIP %d cases at least: no %s/image/dockerfile\n", LEAST_CASES,
                       suite.corpus);
                arena_free(&suite.arena);
                return 0;
        }
        try_folder(&suite, suite.corpus, 0);
        well = !suite.failed && suite.passed >= LEAST_CASES && suite.files >= LEAST_FILES;
        printf("# %zu passed, %zu failed, %zu otherwise for a reason; %zu Dockerfiles read, %zu of them wrongly\n",
               suite.passed, suite.failed, suite.different, suite.files, suite.wrong_files);
        printf("%sok 1 - Dockerfiles\n", well ? "" : "not ");
        arena_free(&suite.arena);
        return !well;
}
