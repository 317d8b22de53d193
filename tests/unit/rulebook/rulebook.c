/* Which rules are active, and folders of rules. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rulebook/internal.h"

static const char own[] =
        "id: my-rule\ntitle: T\nseverity: low\narea: apps\ndescription: D\nscope: object\nrequire: 'false'\n"
        "message: m\n";

/* A folder that is removed after the test. */
struct place_for_rules {
        char path[64];
};

static void make_folder(struct place_for_rules *folder)
{
        strcpy(folder->path, "/tmp/strake-rules-XXXXXX");
        assert_non_null(mkdtemp(folder->path));
}

static void write_rule(const struct place_for_rules *folder, const char *name, const char *text)
{
        char path[128];
        FILE *file;

        snprintf(path, sizeof(path), "%s/%s", folder->path, name);
        file = fopen(path, "w");
        assert_non_null(file);
        fputs(text, file);
        fclose(file);
}

static void drop_folder(const struct place_for_rules *folder)
{
        char command[128];

        snprintf(command, sizeof(command), "rm -rf %s", folder->path);
        assert_int_equal(system(command), 0);
}

static size_t count_active(const struct rulebook *book)
{
        size_t count = book->objects.rules.count + book->pods.rules.count + book->containers.rules.count
                       + book->main_containers.rules.count + book->volumes.rules.count;

        for (size_t i = 0; i < book->joined.rules.count; i++)
                count += !book->joined.rules.items[i]->join->kind_count;
        for (size_t i = 0; i < rulebook_builtin_count; i++) {
                for (size_t k = 0; k < book->kinds.count; k++) {
                        bool found = false;

                        for (size_t r = 0; r < book->kinds.items[k].rules.count; r++)
                                found |= book->kinds.items[k].rules.items[r].rule->text == &rulebook_builtin[i];
                        if (found) {
                                count++;
                                break;
                        }
                }
        }
        return count;
}

static void all_rules(void **state)
{
        struct arena arena = {0};
        struct rulebook_settings settings = {.minor = KUBERNETES_NEWEST_MINOR};
        struct err err = {0};
        struct rulebook *book = rulebook_new(&arena, &settings, &err);
        const struct rule_summary *summaries;
        size_t count;

        (void)state;
        assert_non_null(book);
        assert_int_equal(count_active(book), rulebook_builtin_count);
        summaries = rulebook_summaries(book, &count);
        assert_int_equal(count, rulebook_builtin_count);
        for (size_t i = 0; i < count; i++) {
                assert_ptr_equal(rulebook_find(book, summaries[i].id), &rulebook_builtin[i]);
                assert_true(summaries[i].reference_count > 0);
        }
        assert_null(rulebook_find(book, STR("no-such-rule")));
        assert_null(rulebook_find(book, STR("")));
        arena_free(&arena);
}

static void only_and_skip(void **state)
{
        static const struct str only[] = {STR_INIT("privileged-container"), STR_INIT("host-pid")};
        static const struct str unknown[] = {STR_INIT("privileged-contaner")};
        static const struct str nonsense[] = {STR_INIT("xyz")};
        struct arena arena = {0};
        struct rulebook_settings settings = {.minor = KUBERNETES_NEWEST_MINOR, .only = only, .only_count = 2};
        struct err err = {0};
        size_t count;

        (void)state;
        assert_int_equal(count_active(rulebook_new(&arena, &settings, &err)), 2);
        settings.skip = only + 1;
        settings.skip_count = 1;
        assert_int_equal(count_active(rulebook_new(&arena, &settings, &err)), 1);
        rulebook_summaries(rulebook_new(&arena, &settings, &err), &count);
        assert_int_equal(count, rulebook_builtin_count);
        settings.only_count = 0;
        assert_int_equal(count_active(rulebook_new(&arena, &settings, &err)), rulebook_builtin_count - 1);
        settings.skip = unknown;
        assert_null(rulebook_new(&arena, &settings, &err));
        assert_string_equal(err.text,
                            "--skip: there is no rule \"privileged-contaner\": did you mean privileged-container?");
        settings.skip_count = 0;
        settings.only = nonsense;
        settings.only_count = 1;
        err = (struct err){0};
        assert_null(rulebook_new(&arena, &settings, &err));
        assert_non_null(strstr(err.text, "strake rules list"));
        arena_free(&arena);
}

static void pod_security(void **state)
{
        struct arena arena = {0};
        struct rulebook_settings settings = {.pod_security = STR("baseline"), .minor = KUBERNETES_NEWEST_MINOR};
        struct err err = {0};
        size_t baseline, restricted, old;

        (void)state;
        baseline = count_active(rulebook_new(&arena, &settings, &err));
        settings.pod_security = STR("restricted");
        restricted = count_active(rulebook_new(&arena, &settings, &err));
        settings.minor = 0;
        old = count_active(rulebook_new(&arena, &settings, &err));
        assert_in_range(baseline, 15, 40);
        assert_true(restricted > baseline);
        assert_true(old < restricted);
        arena_free(&arena);
}

static void own_rules(void **state)
{
        struct place_for_rules folder;
        struct arena arena = {0};
        struct rulebook_settings settings = {.minor = KUBERNETES_NEWEST_MINOR, .folder_count = 1};
        struct err err = {0};
        struct str path;
        struct rulebook *book;
        size_t count;

        (void)state;
        make_folder(&folder);
        path = str_of(folder.path);
        settings.folders = &path;
        write_rule(&folder, "my-rule.yaml", own);
        write_rule(&folder, "notes.txt", "no rule");
        write_rule(&folder, ".my-rule.yaml", "hidden");
        book = rulebook_new(&arena, &settings, &err);
        assert_non_null(book);
        assert_int_equal(count_active(book), rulebook_builtin_count + 1);
        assert_non_null(rulebook_find(book, STR("my-rule")));
        rulebook_summaries(book, &count);
        assert_int_equal(count, rulebook_builtin_count + 1);
        drop_folder(&folder);
        arena_free(&arena);
}

/* What the error says about a folder with one file. */
static void assert_refused(const char *name, const char *text, const char *words)
{
        struct place_for_rules folder;
        struct arena arena = {0};
        struct rulebook_settings settings = {.minor = KUBERNETES_NEWEST_MINOR, .folder_count = 1};
        struct err err = {0};
        struct str path;

        make_folder(&folder);
        path = str_of(folder.path);
        settings.folders = &path;
        write_rule(&folder, name, text);
        assert_null(rulebook_new(&arena, &settings, &err));
        if (!strstr(err.text, words))
                fail_msg("%s, not: %s", err.text, words);
        drop_folder(&folder);
        arena_free(&arena);
}

static void refused_folders(void **state)
{
        struct arena arena = {0};
        struct str absent = STR("/nowhere/at/all");
        struct rulebook_settings settings = {.folders = &absent, .folder_count = 1};
        struct err err = {0};

        (void)state;
        assert_null(rulebook_new(&arena, &settings, &err));
        assert_non_null(strstr(err.text, "/nowhere/at/all: "));
        assert_refused("notes.txt", own, "there is no rule in this folder");
        assert_refused("other.yaml", own, "/other.yaml:1:5: ");
        assert_refused("my-rule.yaml", "id: my-rule\ntitel: a\n", "/my-rule.yaml:2:1: ");
        assert_refused("my-rule.yaml",
                       "id: my-rule\ntitle: T\nseverity: low\narea: apps\ndescription: D\nscope: object\n"
                       "require: >-\n  object.a == 1 ||\n  object.b = 2\nmessage: m\n",
                       "/my-rule.yaml:9:12: ");
        assert_refused("host-pid.yaml",
                       "id: host-pid\ntitle: T\nseverity: low\narea: apps\ndescription: D\nscope: object\nrequire: "
                       "'true'\nmessage: m\n",
                       "a rule of Strake itself has the same id");
        arena_free(&arena);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(all_rules), cmocka_unit_test(only_and_skip),   cmocka_unit_test(pod_security),
                cmocka_unit_test(own_rules), cmocka_unit_test(refused_folders),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
