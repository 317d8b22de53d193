/* Layers put one upon the other: what is there, and where links lead. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "image/layer/view.h"

enum { LAYERS = 3 };

static const struct path_key key = {{7}};
static const struct matcher nothing;

/* A layer of lines "path", "path/", "path -> target". */
static void fill(struct layer_found *layer, const char *const *lines)
{
        struct layer_wish wish = {.matcher = &nothing, .key = &key};
        struct layer_reading *reading = layer_reading_new(&wish, layer);
        struct tar_visitor visitor = layer_visitor(reading);

        for (; *lines; lines++) {
                const char *arrow = strstr(*lines, " -> ");
                struct tar_entry entry = {
                        .path = arrow ? str_span(*lines, arrow) : str_of(*lines),
                        .link = arrow ? str_of(arrow + 4)
                                      : STR(""),
                        };
                struct err err = {0};
                bool wants = false;

                entry.kind = arrow ? TAR_SYMLINK : str_ends(entry.path, STR("/")) ? TAR_FOLDER : TAR_FILE;
                assert_true(visitor.entry(visitor.context, &entry, &wants, &err));
        }
        layer_reading_end(reading);
        layer_reading_free(reading);
}

static struct layer_found layers[LAYERS];
static struct layer_found *const pointers[LAYERS] = {&layers[0], &layers[1], &layers[2]};
static const struct view view = {(struct layer_found *const *)pointers, LAYERS, &key};

static int fill_all(void **state)
{
        (void)state;
        fill(&layers[0],
             (const char *const[]){"etc/", "etc/a", "etc/b", "opt/x/y", "var/z", "lib -> usr/lib", "usr/lib/so",
                                   "loop1 -> loop2", "loop2 -> loop1", "up -> ../../../etc/a", NULL});
        fill(&layers[1], (const char *const[]){"etc/.wh.a", "opt/x", "var/.wh..wh..opq", "var/new", "lib/more", NULL});
        fill(&layers[2], (const char *const[]){"etc/a", "etc/.wh.b", "etc/b", NULL});
        return 0;
}

static int drop_all(void **state)
{
        (void)state;
        for (size_t i = 0; i < LAYERS; i++)
                layer_found_free(&layers[i]);
        return 0;
}

static void test_find(void **state)
{
        static const struct {
                const char *path;
                size_t top;
                enum path_kind kind;
                size_t layer;
        } cases[] = {
                {"etc/a", 1, PATH_FILE, 0},     {"etc/a", 2, PATH_ABSENT, 0}, {"etc/a", 3, PATH_FILE, 2},
                {"etc/b", 3, PATH_FILE, 2},     {"etc/b", 2, PATH_FILE, 0},   {"opt/x/y", 1, PATH_FILE, 0},
                {"opt/x/y", 3, PATH_ABSENT, 0}, {"opt/x", 3, PATH_FILE, 1},   {"var/z", 3, PATH_ABSENT, 0},
                {"var/new", 3, PATH_FILE, 1},   {"lib", 3, PATH_SYMLINK, 0},  {"nothing", 3, PATH_ABSENT, 0},
        };
        struct arena arena = {0};

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct trail trail = view_trail(&arena, &view, str_of(cases[i].path));
                size_t layer = 0;

                if (view_find(&view, &trail, cases[i].top, &layer) != cases[i].kind || layer != cases[i].layer)
                        fail_msg("%s below %zu", cases[i].path, cases[i].top);
        }
        arena_free(&arena);
}

static void test_resolve(void **state)
{
        static const struct {
                const char *path, *leads; /* NULL: nowhere */
        } cases[] = {
                {"lib/so", "usr/lib/so"}, {"lib", "usr/lib"}, {"loop1", NULL},
                {"up", "etc/a"},          {"etc/a", "etc/a"}, {"lib/../etc", "usr/etc"},
        };
        struct arena arena = {0};

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct str out;
                bool followed, fine = view_resolve(&arena, &view, str_of(cases[i].path), LAYERS, true, &out, &followed);

                assert_int_equal(fine, cases[i].leads != NULL);
                if (fine)
                        assert_string_equal(out.data, cases[i].leads);
        }
        arena_free(&arena);
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(test_find), cmocka_unit_test(test_resolve)};

        return cmocka_run_group_tests(tests, fill_all, drop_all);
}
