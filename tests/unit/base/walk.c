/* Walking folders that hold everything a file system can hold, and reading files without waiting or leaving the folder. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"
#include "base/walk.h"

struct place {
        char name[64];
        int folder;
        struct arena arena;
        struct walk walk;
};

static int set_up(void **state)
{
        struct place *place = calloc(1, sizeof(*place));

        strcpy(place->name, "/tmp/strake-walk-XXXXXX");
        assert_non_null(mkdtemp(place->name));
        place->folder = file_open_folder(place->name);
        assert_true(place->folder >= 0);
        *state = place;
        return 0;
}

static int tear_down(void **state)
{
        struct place *place = *state;
        char command[100];

        snprintf(command, sizeof(command), "rm -rf %s", place->name);
        file_close(&place->folder);
        arena_free(&place->arena);
        assert_int_equal(system(command), 0);
        free(place);
        return 0;
}

static void put(const struct place *place, const char *name, const char *text)
{
        int file = openat(place->folder, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

        assert_true(file >= 0);
        assert_int_equal(write(file, text, strlen(text)), strlen(text));
        close(file);
}

static void *enter(void *context, void *above, int folder, struct str below)
{
        (void)context;
        (void)folder;
        assert_true(!below.len || str_ends(below, STR("/")));
        assert_true((above == NULL) == (below.len == 0));
        return (void *)below.data ? (void *)below.data : (void *)"";
}

static bool wants(void *context, void *here, struct str below, bool is_folder)
{
        (void)context;
        assert_non_null(here);
        return is_folder ? !str_ends(below, STR(".git")) : str_ends(below, STR(".yaml"));
}

static const struct walk_entry *find(const struct place *place, const char *below)
{
        for (size_t i = 0; i < place->walk.entries.count; i++) {
                if (str_equal(place->walk.entries.items[i].below, str_of(below)))
                        return &place->walk.entries.items[i];
        }
        return NULL;
}

static void walk(struct place *place)
{
        struct walk_guide guide = {.enter = enter, .wants = wants};

        walk_folder(&place->arena, place->folder, &guide, &place->walk);
}

static void finds_files(void **state)
{
        struct place *place = *state;

        put(place, "a.yaml", "a");
        put(place, "b.txt", "b.yaml");
        assert_int_equal(mkdirat(place->folder, "sub", 0700), 0);
        assert_int_equal(mkdirat(place->folder, "sub/x.yaml", 0700), 0);
        assert_int_equal(mkdirat(place->folder, ".git", 0700), 0);
        put(place, "sub/x.yaml/c.yaml", "ccc");
        put(place, ".git/d.yaml", "d");
        walk(place);
        assert_int_equal(place->walk.entries.count, 2);
        assert_int_equal(find(place, "a.yaml")->kind, WALK_FILE);
        assert_int_equal(find(place, "sub/x.yaml/c.yaml")->size, 3);
}

static void everything_in_order(void **state)
{
        struct place *place = *state;

        assert_int_equal(mkdirat(place->folder, "a", 0700), 0);
        put(place, "a/z.yaml", "");
        put(place, "b.yaml", "");
        put(place, "a.yaml", "");
        walk(place);
        walk_sort(&place->walk);
        assert_int_equal(place->walk.entries.count, 3);
        assert_string_equal(place->walk.entries.items[0].below.data, "a.yaml");
        assert_string_equal(place->walk.entries.items[1].below.data, "a/z.yaml");
        assert_string_equal(place->walk.entries.items[2].below.data, "b.yaml");
}

static void names_are_bytes(void **state)
{
        static const char *const names[] = {"new\nline.yaml", "bad\xff\xfe.yaml", "quote'\".yaml",
                                            "-o.yaml",        "\x1b[31m.yaml",    " .yaml"};
        struct place *place = *state;

        for (size_t i = 0; i < COUNT_OF(names); i++)
                put(place, names[i], "");
        walk(place);
        assert_int_equal(place->walk.entries.count, COUNT_OF(names));
        for (size_t i = 0; i < COUNT_OF(names); i++)
                assert_non_null(find(place, names[i]));
}

static void links_stay_inside(void **state)
{
        struct place *place = *state;

        put(place, "a.yaml", "a");
        assert_int_equal(mkdirat(place->folder, "sub", 0700), 0);
        assert_int_equal(symlinkat("../a.yaml", place->folder, "sub/inside.yaml"), 0);
        assert_int_equal(symlinkat("/etc/passwd", place->folder, "absolute.yaml"), 0);
        assert_int_equal(symlinkat("../../../../../../../etc/passwd", place->folder, "sub/outside.yaml"), 0);
        assert_int_equal(symlinkat("nowhere", place->folder, "gone.yaml"), 0);
        assert_int_equal(symlinkat("one.yaml", place->folder, "two.yaml"), 0);
        assert_int_equal(symlinkat("two.yaml", place->folder, "one.yaml"), 0);
        assert_int_equal(symlinkat("..", place->folder, "sub/up"), 0);
        assert_int_equal(symlinkat(".", place->folder, "loop"), 0);
        assert_int_equal(symlinkat("/usr", place->folder, "elsewhere"), 0);
        walk(place);
        assert_int_equal(find(place, "a.yaml")->kind, WALK_FILE);
        assert_int_equal(find(place, "sub/inside.yaml")->kind, WALK_FILE);
        assert_true(find(place, "sub/inside.yaml")->is_link);
        assert_int_equal(find(place, "sub/inside.yaml")->inode, find(place, "a.yaml")->inode);
        assert_int_equal(find(place, "absolute.yaml")->kind, WALK_NOT_FOLLOWED);
        assert_int_equal(find(place, "sub/outside.yaml")->kind, WALK_NOT_FOLLOWED);
        assert_int_equal(find(place, "gone.yaml")->kind, WALK_NOT_FOLLOWED);
        assert_int_equal(find(place, "one.yaml")->kind, WALK_NOT_FOLLOWED);
        assert_int_equal(find(place, "elsewhere")->kind, WALK_NOT_FOLLOWED);
        assert_null(find(place, "sub/up"));
        assert_null(find(place, "loop"));
}

static void special_files_are_not_opened(void **state)
{
        struct place *place = *state;
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        int end = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        struct file_text text;

        assert_int_equal(mkfifoat(place->folder, "fifo.yaml", 0600), 0);
        assert_int_equal(symlinkat("fifo.yaml", place->folder, "link.yaml"), 0);
        snprintf(address.sun_path, sizeof(address.sun_path), "%s/s.yaml", place->name);
        assert_int_equal(bind(end, (struct sockaddr *)&address, sizeof(address)), 0);
        close(end);
        walk(place);
        assert_int_equal(place->walk.entries.count, 3);
        for (size_t i = 0; i < 3; i++)
                assert_int_equal(place->walk.entries.items[i].kind, WALK_NOT_FOLLOWED);
        assert_int_equal(file_read_beneath(&place->arena, place->folder, "fifo.yaml", 100, &text), FILE_NOT_REGULAR);
        assert_int_equal(file_read_beneath(&place->arena, place->folder, "s.yaml", 100, &text), FILE_NOT_REGULAR);
}

static void deep_folders(void **state)
{
        struct place *place = *state;
        char name[512] = "";
        struct file_text text;

        for (int i = 0; i < 150; i++) {
                strcat(name, i ? "/d" : "d");
                assert_int_equal(mkdirat(place->folder, name, 0700), 0);
        }
        strcat(name, "/deep.yaml");
        put(place, name, "deep");
        walk(place);
        assert_int_equal(place->walk.entries.count, 1);
        assert_int_equal(
                file_read_beneath(&place->arena, place->folder, place->walk.entries.items[0].below.data, 100, &text),
                FILE_OK);
        assert_true(str_is(text.text, "deep"));
}

static void closed_folders_are_told(void **state)
{
        struct place *place = *state;

        if (geteuid() == 0) {
                print_message("skipped: this user may read everything\n");
                skip();
        }
        assert_int_equal(mkdirat(place->folder, "closed", 0), 0);
        walk(place);
        assert_int_equal(place->walk.entries.count, 1);
        assert_int_equal(place->walk.entries.items[0].kind, WALK_UNREADABLE);
}

static void reading(void **state)
{
        struct place *place = *state;
        struct file_text text;
        int pipe_ends[2];

        put(place, "ten", "0123456789");
        put(place, "none", "");
        assert_int_equal(file_read_beneath(&place->arena, place->folder, "ten", 10, &text), FILE_OK);
        assert_true(str_is(text.text, "0123456789"));
        assert_int_equal(file_read_beneath(&place->arena, place->folder, "ten", 9, &text), FILE_TOO_LARGE);
        assert_int_equal(file_read_beneath(&place->arena, place->folder, "none", 9, &text), FILE_OK);
        assert_int_equal(text.text.len, 0);
        assert_int_equal(file_read_beneath(&place->arena, place->folder, "absent", 9, &text), FILE_ABSENT);
        assert_int_equal(file_read_beneath(&place->arena, place->folder, "../etc", 9, &text), FILE_OUTSIDE);
        assert_int_equal(file_read_beneath(&place->arena, place->folder, ".", 9, &text), FILE_NOT_REGULAR);
        assert_int_equal(file_read(&place->arena, "/proc/self/stat", 4096, &text), FILE_OK);
        assert_true(text.text.len > 10);
        assert_int_equal(pipe(pipe_ends), 0);
        assert_int_equal(write(pipe_ends[1], "piped", 5), 5);
        close(pipe_ends[1]);
        assert_int_equal(file_read_open(&place->arena, pipe_ends[0], 100, &text), FILE_OK);
        assert_true(str_is(text.text, "piped"));
        close(pipe_ends[0]);
}

static void endless_streams_end(void **state)
{
        struct place *place = *state;
        struct file_text text;

        assert_int_equal(file_read(&place->arena, "/dev/zero", 1 << 20, &text), FILE_TOO_LARGE);
}

/* They say that they are empty, and give all they have to the first read alone. */
static void files_of_the_kernel(void **state)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct file_text file;

        (void)state;
        assert_int_equal(file_read(&arena, "/proc/sys/kernel/ostype", 64, &file), FILE_OK);
        assert_true(str_is(file.text, "Linux\n"));
        assert_int_equal(file_read(&arena, "/proc/self/maps", 16, &file), FILE_TOO_LARGE);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(finds_files, set_up, tear_down),
                cmocka_unit_test_setup_teardown(everything_in_order, set_up, tear_down),
                cmocka_unit_test_setup_teardown(names_are_bytes, set_up, tear_down),
                cmocka_unit_test_setup_teardown(links_stay_inside, set_up, tear_down),
                cmocka_unit_test_setup_teardown(special_files_are_not_opened, set_up, tear_down),
                cmocka_unit_test_setup_teardown(deep_folders, set_up, tear_down),
                cmocka_unit_test_setup_teardown(closed_folders_are_told, set_up, tear_down),
                cmocka_unit_test_setup_teardown(reading, set_up, tear_down),
                cmocka_unit_test_setup_teardown(endless_streams_end, set_up, tear_down),
                cmocka_unit_test(files_of_the_kernel),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
