/* cases.h - tests that are written as data, beside the programs that run them. */
#pragma once

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "doc/document.h"

#include "tests.h"

/* The text of a file in this folder. */
static inline struct str read_cases(struct arena *arena, const char *name)
{
        struct str path = str_format(arena, "%s/doc/%s", UNIT_TESTS, name);
        struct file_text file;

        if (file_read(arena, path.data, 1 << 24, &file) != FILE_OK) {
                fprintf(stderr, "%s: %s\n", path.data, file.why);
                exit(1);
        }
        return file.text;
}

/* Runs a test for each item of a YAML list, which it gets as its state. It is called after the item's `name`, or its number. */
static inline int run_yaml_cases(struct arena *arena, const char *name, CMUnitTestFunction test)
{
        struct str text = read_cases(arena, name);
        struct CMUnitTest *tests;
        struct document list;
        struct err err = {0};

        if (!yaml_read_one(arena, text, &list, &err)) {
                fprintf(stderr, "%s: %s\n", name, err.text);
                exit(1);
        }
        tests = arena_array(arena, struct CMUnitTest, value_count(&list.root));
        for (uint32_t i = 0; i < value_count(&list.root); i++) {
                const struct value *item = &list.root.nodes[i].value;
                struct str title = value_get_text(item, intern(STR("name")));

                title = title.len ? str_copy(arena, title) : str_format(arena, "%s %u", name, i + 1);
                tests[i] = (struct CMUnitTest){.name = title.data, .test_func = test, .initial_state = (void *)item};
        }
        return _cmocka_run_group_tests(name, tests, value_count(&list.root), NULL, NULL);
}
