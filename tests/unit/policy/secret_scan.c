/* What is found in texts and streams: every rule's examples, borders of pieces, long lines, masks. */

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/file.h"
#include "policy/pattern/secret_scan.h"

#define TOKEN                                                                                                          \
        "ghp_"                                                                                                         \
        "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17"

static struct arena arena;
static struct secret_book *book;
static struct secret_scan *scan;
static struct secret_rule rules[1000];
static size_t rule_count;

/* The rules as they are written, with their examples. */
static bool read_rules(void)
{
        const char *folder = UNIT_TESTS "/../../rules/secrets";
        DIR *dir = opendir(folder);
        bool well = dir;
        struct dirent *entry;

        while (well && (entry = readdir(dir))) {
                struct file_text file;
                struct err err = {0};
                struct str name = str_format(&arena, "%s/%s", folder, entry->d_name);

                if (!str_ends(name, STR(".yaml")))
                        continue;
                well = rule_count < COUNT_OF(rules) && file_read(&arena, name.data, 1 << 20, &file) == FILE_OK
                       && secret_rule_read(&arena, file.text, name, &rules[rule_count++], &err);
                if (!well)
                        print_error("%s:%u:%u: %.*s\n", name.data, err.line, err.column, STR_ARG(err_text(&err)));
        }
        if (dir)
                closedir(dir);
        return well;
}

static int set_up(void **state)
{
        struct err err = {0};

        (void)state;
        if (!read_rules())
                return -1;
        book = secret_book_new(&arena, rules, rule_count, secret_allowance_builtin(&arena), STR(""), &err);
        if (!book)
                print_error("%.*s\n", STR_ARG(err_text(&err)));
        scan = book ? secret_scan_new(book) : NULL;
        return book ? 0 : -1;
}

static int tear_down(void **state)
{
        (void)state;
        secret_scan_free(scan);
        arena_free(&arena);
        return 0;
}

static struct secret_found look(struct str path, struct str text)
{
        struct secret_found found;

        secret_scan_text(scan, &arena, path, text, &found);
        return found;
}

static bool finds(const struct secret_found *found, struct str id)
{
        for (size_t i = 0; i < found->count; i++)
                if (str_equal(found->hits[i].rule->id, id))
                        return true;
        return false;
}

/* A path that a rule which is for certain files minds. */
static struct str path_for(const struct secret_rule *rule)
{
        static const struct {
                struct str id, path;
        } paths[] = {
                {STR_INIT("config-secret"), STR_INIT("app/config.yaml")},
                {STR_INIT("kubernetes-secret"), STR_INIT("app/secret.yaml")},
                {STR_INIT("maven-password"), STR_INIT("root/.m2/settings.xml")},
                {STR_INIT("password-hash"), STR_INIT("etc/shadow")},
                {STR_INIT("pgpass-password"), STR_INIT("root/.pgpass")},
                {STR_INIT("pypirc-password"), STR_INIT("root/.pypirc")},
                {STR_INIT("rails-master-key"), STR_INIT("app/config/master.key")},
        };

        for (size_t i = 0; i < COUNT_OF(paths); i++)
                if (str_equal(paths[i].id, rule->id))
                        return paths[i].path;
        assert_int_equal(rule->path.len, 0);
        return STR("app/settings");
}

static void test_examples(void **state)
{
        size_t wrong = 0;

        (void)state;
        assert_true(rule_count >= 60);
        for (size_t i = 0; i < rule_count; i++) {
                const struct secret_rule *rule = &rules[i];
                struct secret_found found;

                for (size_t k = 0; k < rule->bad_count; k++) {
                        found = look(path_for(rule), rule->bad[k]);
                        if (finds(&found, rule->id))
                                continue;
                        wrong++;
                        print_error("%.*s does not find its bad example %zu, but %zu others (%.*s)\n",
                                    STR_ARG(rule->id), k + 1, found.count,
                                    STR_ARG(found.count ? found.hits[0].rule->id : STR("none")));
                }
                for (size_t k = 0; k < rule->good_count; k++) {
                        found = look(path_for(rule), rule->good[k]);
                        if (!finds(&found, rule->id))
                                continue;
                        wrong++;
                        print_error("%.*s finds something in its good example %zu\n", STR_ARG(rule->id), k + 1);
                }
        }
        assert_int_equal(wrong, 0);
}

/* The same whatever the pieces. */
static void test_pieces(void **state)
{
        static const size_t sizes[] = {1, 7, 4096, 65536, 131072, 1 << 20};
        struct buf text CLEANUP(buf_free) = {0};

        (void)state;
        for (size_t i = 0; i < rule_count; i++) {
                buf_add_repeat(&text, ' ', 20000 + i * 7);
                buf_add_char(&text, '\n');
                buf_add(&text, rules[i].bad[0]);
                buf_add_char(&text, '\n');
        }
        for (size_t s = 0; s < COUNT_OF(sizes); s++) {
                struct secret_found whole = look(STR("a"), buf_text(&text)), found;

                secret_scan_begin(scan, STR("a"));
                for (size_t at = 0; at < text.len; at += sizes[s])
                        secret_scan_feed(scan, str_sub(buf_text(&text), at, at + sizes[s]));
                secret_scan_end(scan, &arena, &found);
                assert_true(whole.count > 100);
                assert_int_equal(found.count, whole.count);
                for (size_t i = 0; i < whole.count; i++) {
                        assert_int_equal(found.hits[i].at, whole.hits[i].at);
                        assert_int_equal(found.hits[i].line, whole.hits[i].line);
                        assert_ptr_equal(found.hits[i].rule, whole.hits[i].rule);
                }
        }
}

/* A token at each place around the borders of the buffer. */
static void test_borders(void **state)
{
        (void)state;
        for (size_t border = 1; border <= 3; border++)
                for (size_t before = 0; before < 60; before += 3) {
                        struct buf text CLEANUP(buf_free) = {0};
                        struct secret_found found;

                        buf_add_repeat(&text, '\n', border * 98304 + (border == 1 ? 32768 : 0) - before);
                        buf_add_literal(&text, TOKEN);
                        found = look(STR("a"), buf_text(&text));
                        assert_int_equal(found.count, 1);
                        assert_int_equal(found.hits[0].line, text.len - strlen(TOKEN) + 1);
                        assert_int_equal(found.hits[0].len, strlen(TOKEN));
                }
}

static void test_long_line(void **state)
{
        struct buf text CLEANUP(buf_free) = {0};
        struct secret_found found;

        (void)state;
        buf_add_repeat(&text, 'x', 700000);
        buf_add_literal(&text, " " TOKEN " ");
        for (size_t i = 0; i < 100000; i++)
                buf_add_literal(&text, "password=");
        found = look(STR("bundle.js"), buf_text(&text));
        assert_int_equal(found.count, 1);
        assert_string_equal(found.hits[0].masked.data, "ghp_… (40 characters)");
        assert_int_equal(found.hits[0].at, 700001);
}

static void test_many(void **state)
{
        struct buf text CLEANUP(buf_free) = {0};
        struct secret_found found;

        (void)state;
        for (size_t i = 0; i < 5000; i++)
                buf_add_literal(&text, TOKEN "\n");
        found = look(STR("a"), buf_text(&text));
        assert_int_equal(found.count, SECRET_HITS_MOST);
        assert_true(found.more);
}

static void test_binary(void **state)
{
        struct str zero = {"\0", 1};
        struct buf text CLEANUP(buf_free) = {0};
        struct secret_found found;

        (void)state;
        buf_add(&text, zero);
        buf_add_literal(&text, TOKEN);
        found = look(STR("a"), buf_text(&text));
        assert_true(found.binary);
        assert_int_equal(found.count, 0);
        found = look(STR("a.pyc"), buf_text(&text));
        assert_int_equal(found.count, 1);
        found = look(STR("a"), STR(""));
        assert_false(found.binary);
}

static void test_utf16(void **state)
{
        struct buf text CLEANUP(buf_free) = {0};
        struct str token = STR("key=" TOKEN "\n");
        struct secret_found found;

        (void)state;
        for (int big = 0; big < 2; big++) {
                text.len = 0;
                buf_add(&text, big ? STR("\xfe\xff") : STR("\xff\xfe"));
                for (size_t i = 0; i < token.len; i++) {
                        char unit[2] = {big ? 0 : token.data[i], big ? token.data[i] : 0};

                        buf_add(&text, (struct str){unit, 2});
                }
                found = look(STR("a.reg"), buf_text(&text));
                assert_int_equal(found.count, 1);
        }
}

static void test_documentation(void **state)
{
        struct str text = STR("password = \"k3Jx9QpLw2Vz!m\"");
        struct secret_found found = look(STR("app/settings.py"), text);

        (void)state;
        assert_int_equal(found.count, 1);
        found = look(STR("usr/share/doc/x/settings.py"), text);
        assert_int_equal(found.count, 0);
        assert_int_equal(found.spared, 1);
        found = look(STR("usr/share/doc/x/settings.py"), STR(TOKEN));
        assert_int_equal(found.count, 1);
}

static void test_documentation_by_its_path(void **state)
{
        static const struct {
                struct str path;
                bool is_documentation;
        } cases[] = {
                {STR_INIT("app/docs/api/v1.yaml"), true},
                {STR_INIT("app/api/swagger.yaml"), true},
                {STR_INIT("app/openapi/generated_openapi/zz_generated.openapi.go"), true},
                {STR_INIT("app/node_modules/aws-sdk/apis/waf.examples.json"), true},
                {STR_INIT("app/node_modules/aws-sdk/clients/datasync.d.ts"), true},
                {STR_INIT("app/node_modules/url/test.js"), true},
                {STR_INIT("usr/lib/python3/x-1.0.dist-info/METADATA"), true},
                {STR_INIT("src/okhttp/src/jvmTest/kotlin/Url.kt"), true},
                {STR_INIT("src/Shop.Tests/Login.cs"), true},
                {STR_INIT("src/test-ca/rsa/end.key"), true},
                {STR_INIT("src/latest/end.key"), false},
                {STR_INIT("app/METADATA"), false},
                {STR_INIT("app/src/main/Contest/a.kt"), false},
                {STR_INIT("app/config/docs.ini"), false},
        };
        struct str text = STR("password = \"k3Jx9QpLw2Vz!m\"");

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++)
                if (look(cases[i].path, text).spared != cases[i].is_documentation)
                        fail_msg("%s: %zu found", cases[i].path.data, look(cases[i].path, text).count);
}

/* What somebody typed by counting. */
static void test_counted(void **state)
{
        (void)state;
        assert_int_equal(look(STR("a"), STR("password = \"AbCd1234EfGh\"")).count, 0);
        assert_int_equal(look(STR("a"), STR("password = \"1a2b3c4d5e6f7g8h9i0j\"")).count, 0);
        assert_int_equal(look(STR("a"), STR("password = \"Ab9d1x34EzGh\"")).count, 1);
}

static void test_mask(void **state)
{
        struct str text = STR("|1 TOKEN=" TOKEN " /bin/sh -c make && curl -u ci:k3Jx9QpLw2Vz https://files.shop.test");
        struct secret_found found = look(STR(""), text);

        (void)state;
        assert_int_equal(found.count, 2);
        assert_string_equal(secret_mask(&arena, text, &found).data,
                            "|1 TOKEN=ghp_… (40 characters) /bin/sh -c make && curl -u ci:k3J… (12 characters) "
                            "https://files.shop.test");
}

/* What is built into the program is the same. */
static void test_builtin(void **state)
{
        size_t count;
        const struct secret_rule *builtin = secret_rules_builtin(&arena, &count);

        (void)state;
        assert_int_equal(count, rule_count);
        for (size_t i = 1; i < count; i++)
                assert_true(str_compare(builtin[i - 1].id, builtin[i].id) < 0);
}

static void test_specific_wins(void **state)
{
        struct secret_found found = look(STR("a"), STR("API_TOKEN=\"" TOKEN "\""));

        (void)state;
        assert_int_equal(found.count, 1);
        assert_string_equal(str_copy(&arena, found.hits[0].rule->id).data, "github-token");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_examples),
                cmocka_unit_test(test_pieces),
                cmocka_unit_test(test_borders),
                cmocka_unit_test(test_long_line),
                cmocka_unit_test(test_many),
                cmocka_unit_test(test_binary),
                cmocka_unit_test(test_utf16),
                cmocka_unit_test(test_documentation),
                cmocka_unit_test(test_documentation_by_its_path),
                cmocka_unit_test(test_counted),
                cmocka_unit_test(test_mask),
                cmocka_unit_test(test_specific_wins),
                cmocka_unit_test(test_builtin),
        };

        return cmocka_run_group_tests(tests, set_up, tear_down);
}
