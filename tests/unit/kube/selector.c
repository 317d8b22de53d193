/* Selectors: which labels and fields they mean, and what is none. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kube/selector.h"

static struct arena arena;

static struct value map_of(const char *const (*members)[2], size_t count)
{
        struct node *nodes = arena_array(&arena, struct node, count);

        for (size_t i = 0; i < count; i++)
                nodes[i] = (struct node){.key = intern(str_of(members[i][0])),
                                         .value = value_string(str_of(members[i][1]))};
        return value_map(&arena, nodes, count);
}

static const char *const labels[][2] = {{"app", "web"}, {"tier", "front"}, {"example.com/rank", "7"}, {"empty", ""}};

static void text_form(void **state)
{
        static const struct {
                const char *text;
                bool holds;
        } cases[] = {
                {"", true},
                {"app=web", true},
                {"app==web", true},
                {"app = web , tier=front", true},
                {"app=db", false},
                {"app!=db", true},
                {"app!=web", false},
                {"missing!=x", true},
                {"app", true},
                {"missing", false},
                {"!missing", true},
                {"! app", false},
                {"app in (web)", true},
                {"app in (db, web)", true},
                {"app in (db)", false},
                {"app notin (db)", true},
                {"app notin (web,db)", false},
                {"missing notin (a)", true},
                {"example.com/rank>6", true},
                {"example.com/rank>7", false},
                {"example.com/rank < 10", true},
                {"app>1", false},
                {"missing<1", false},
                {"empty=", true},
                {"empty in (,a)", true},
                {"app=web,!missing,tier in (front)", true},
        };
        struct value map = map_of(labels, COUNT_OF(labels));

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct selector selector;
                struct err err = {0};

                if (!selector_from_text(&arena, str_of(cases[i].text), &selector, &err))
                        fail_msg("%s: %s", cases[i].text, err.text);
                if (selector_has(&selector, &map) != cases[i].holds)
                        fail_msg("%s %s", cases[i].text, cases[i].holds ? "must hold" : "must not hold");
        }
}

static void no_selectors(void **state)
{
        static const char *const cases[] = {
                "=x",   "app web", "app in web", "app in (web", "app=,,x", "app=a b",      ",",         "!",    "a=b,",
                "-a=b", "a/b/c=d", "A_/x",       "app>x",       "app=_",   "app in (a=b)", "app notin", "\x01", "(",
        };

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct selector selector;
                struct err err = {0};

                if (selector_from_text(&arena, str_of(cases[i]), &selector, &err))
                        fail_msg("'%s' is no selector", cases[i]);
                assert_true(err.length > 0);
        }
}

static struct value expression(const char *key, const char *op, const char *value)
{
        struct node *item = arena_new(&arena, struct node), *nodes = arena_array(&arena, struct node, 3);

        item->value = value_string(str_of(value));
        nodes[0] = (struct node){.key = KEY_key, .value = value_string(str_of(key))};
        nodes[1] = (struct node){.key = KEY_operator, .value = value_string(str_of(op))};
        nodes[2] = (struct node){.key = KEY_values, .value = value_list(item, value ? 1 : 0)};
        return value_map(&arena, nodes, 3);
}

static void structured_form(void **state)
{
        static const char *const wanted[][2] = {{"app", "web"}};
        struct value map = map_of(labels, COUNT_OF(labels)), expressions[2];
        struct selector selector;
        struct err err = {0};
        struct node items[2] = {0}, members[2] = {{.key = KEY_matchLabels}, {.key = KEY_matchExpressions}};

        (void)state;
        expressions[0] = expression("tier", "In", "front");
        expressions[1] = expression("missing", "DoesNotExist", NULL);
        items[0].value = expressions[0];
        items[1].value = expressions[1];
        members[0].value = map_of(wanted, 1);
        members[1].value = value_list(items, 2);
        assert_true(selector_from_value(&arena, &(struct value){.kind = VALUE_MAP, .len = 2, .nodes = members},
                                        &selector, &err));
        assert_int_equal(selector.count, 3);
        assert_true(selector_has(&selector, &map));
        assert_false(selector_has(&selector, NULL));
        items[1].value = expression("tier", "NotIn", "front");
        assert_true(selector_from_value(&arena, &(struct value){.kind = VALUE_MAP, .len = 2, .nodes = members},
                                        &selector, &err));
        assert_false(selector_has(&selector, &map));
        assert_true(selector_from_value(&arena, NULL, &selector, &err));
        assert_true(selector_has(&selector, NULL));
        items[1].value = expression("tier", "Near", "front");
        assert_false(selector_from_value(&arena, &(struct value){.kind = VALUE_MAP, .len = 2, .nodes = members},
                                         &selector, &err));
        assert_non_null(strstr(err.text, "Near"));
}

static void fields(void **state)
{
        static const char *const metadata[][2] = {{"name", "web"}, {"namespace", "shop"}};
        struct node member = {.key = KEY_metadata, .value = map_of(metadata, 2)};
        struct object object = {.root.value = value_map(&arena, &member, 1)};
        struct selector selector;
        struct err err = {0};

        (void)state;
        assert_true(field_selector_from_text(&arena, STR("metadata.name=web,metadata.namespace!=kube-system"),
                                                         &selector, &err));
        assert_true(field_selector_has(&selector, &object));
        assert_true(field_selector_from_text(&arena, STR("metadata.name==db"), &selector, &err));
        assert_false(field_selector_has(&selector, &object));
        assert_true(field_selector_from_text(&arena, STR("status.phase="), &selector, &err));
        assert_true(field_selector_has(&selector, &object));
        assert_true(field_selector_from_text(&arena, STR(""), &selector, &err));
        assert_true(field_selector_has(&selector, &object));
        assert_false(field_selector_from_text(&arena, STR("metadata.name"), &selector, &err));
}

static int drop(void **state)
{
        (void)state;
        arena_free(&arena);
        return 0;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(text_form),
                cmocka_unit_test(no_selectors),
                cmocka_unit_test(structured_form),
                cmocka_unit_test(fields),
        };

        return cmocka_run_group_tests(tests, NULL, drop);
}
