/* ABAC policies: Kubernetes' own tables (abac.json), and files that are none. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "access/abac.h"
#include "base/file.h"
#include "doc/document.h"

enum { ASKS = 22 + 36, SUBJECTS = 36 };

static const struct value *get(const struct value *map, const char *key)
{
        return value_get(map, intern(str_of(key)));
}

static struct str text(const struct value *map, const char *key)
{
        return value_get_text(map, intern(str_of(key)));
}

static struct value read_table(struct arena *arena)
{
        struct file_text file;
        struct document document;
        struct err err = {0};

        assert_int_equal(file_read(arena, UNIT_TESTS "/access/abac.json", 1 << 20, &file), FILE_OK);
        assert_true(json_read_one(arena, file.text, &document, &err));
        return document.root;
}

static void read_policies(struct arena *arena, const struct value *lines, struct access_policies *out)
{
        struct buf buf CLEANUP(buf_free) = {0};
        struct err err = {0};

        buf_add_literal(&buf, "# a comment\n\n");
        value_each (lines, line) {
                buf_add_literal(&buf, "  ");
                buf_add(&buf, value_text(&line->value));
                buf_add_literal(&buf, " \r\n");
        }
        assert_true(access_policies_read(arena, str_copy(arena, buf_text(&buf)), out, &err));
}

static void files(void **state)
{
        struct arena arena = {0};
        struct value table = read_table(&arena);
        static const struct str authenticated = STR_INIT("system:authenticated");
        unsigned asked = 0;

        (void)state;
        value_each (get(&table, "files"), file) {
                struct access_policies policies = {0};

                read_policies(&arena, get(&file->value, "policies"), &policies);
                value_each (get(&file->value, "asks"), ask) {
                        struct access_user user = {text(&ask->value, "user"), &authenticated, 1};
                        struct access_request request = {
                                .verb = text(&ask->value, "verb"),
                                .group = text(&ask->value, "apiGroup"),
                                .resource = text(&ask->value, "resource"),
                                .ns = text(&ask->value, "namespace"),
                                .path = text(&ask->value, "path"),
                                .is_path = get(&ask->value, "path") != NULL,
                        };

                        asked++;
                        if ((access_policies_find(&policies, &user, &request) != SIZE_MAX)
                            != value_is_true(get(&ask->value, "allowed")))
                                fail_msg("ask %u: %.*s %.*s", asked, STR_ARG(user.name), STR_ARG(request.verb));
                }
        }
        assert_int_equal(asked, ASKS);
        arena_free(&arena);
}

static void subjects(void **state)
{
        struct arena arena = {0};
        struct value table = read_table(&arena);
        unsigned asked = 0;

        (void)state;
        value_each (get(&table, "subjects"), row) {
                const struct value *groups = get(&row->value, "groups");
                struct str *names = arena_array(&arena, struct str, value_count(groups));
                struct access_user user = {text(&row->value, "user"), names, 0};
                struct access_request request = {.verb = STR("get"), .resource = STR("pods"), .ns = STR("x")};
                struct access_policies policies = {0};
                struct err err = {0};

                value_each (groups, group)
                        names[user.group_count++] = value_text(&group->value);
                assert_true(access_policies_read(&arena, text(&row->value, "policy"), &policies, &err));
                asked++;
                if ((access_policies_find(&policies, &user, &request) != SIZE_MAX)
                    != value_is_true(get(&row->value, "matches")))
                        fail_msg("%.*s", STR_ARG(text(&row->value, "name")));
        }
        assert_int_equal(asked, SUBJECTS);
        arena_free(&arena);
}

static void assert_wrong(const char *lines, uint32_t line, const char *words)
{
        struct arena arena = {0};
        struct access_policies policies = {0};
        struct err err = {0};

        assert_false(access_policies_read(&arena, str_of(lines), &policies, &err));
        assert_int_equal(err.line, line);
        if (str_find(err_text(&err), str_of(words), 0) == SIZE_MAX)
                fail_msg("\"%s\" is not in \"%s\"", words, err.text);
        arena_free(&arena);
}

static void files_that_are_none(void **state)
{
        (void)state;
        assert_wrong("{}\n\n{\"user\":", 3, "");
        assert_wrong("[]", 1, "a policy is a map");
        assert_wrong("{\"user\": 1}", 1, "user is no text");
        assert_wrong("{\"readonly\": \"true\"}", 1, "readonly");
        assert_wrong("{\"apiVersion\":\"v1\",\"kind\":\"Pod\"}", 1, "no policy");
        assert_wrong("{\"apiVersion\":\"abac.authorization.kubernetes.io/v2\",\"kind\":\"Policy\"}", 1, "v1beta1 only");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(files),
                cmocka_unit_test(subjects),
                cmocka_unit_test(files_that_are_none),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
