/* Files get other content in one step, or stay as they are. */

#include "base/replace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/file.h"

/* A test does not need the state that cmocka hands it. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

static int enter_folder(void **state)
{
        char folder[] = "/tmp/strake-replace-XXXXXX";
        FILE *file;

        if (!mkdtemp(folder) || chdir(folder) != 0)
                return -1;
        file = fopen("a", "w");
        fputs("old", file);
        fclose(file);
        chmod("a", 0640);
        return 0;
}

/* Also looks for what was left behind. */
static int leave_folder(void **state)
{
        char folder[100];
        DIR *here = opendir(".");
        bool left = false;

        for (struct dirent *entry = readdir(here); entry; entry = readdir(here)) {
                left |= strlen(entry->d_name) > 4;
                unlink(entry->d_name);
        }
        closedir(here);
        return getcwd(folder, sizeof(folder)) && rmdir(folder) == 0 && !left ? 0 : -1;
}

static void expect_content(const char *name, const char *wanted)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct file_text file;

        assert_int_equal(file_read(&arena, name, 100, &file), FILE_OK);
        assert_true(str_equal(file.text, str_of(wanted)));
}

static bool replace(const char *name, const char *before, const char *after, const char *part_of_message)
{
        struct err err = {0};
        bool well = file_replace(name, str_of(before), str_of(after), &err);

        assert_int_equal(well, err.length == 0);
        assert_true(str_find(err_text(&err), str_of(part_of_message), 0) != SIZE_MAX);
        return well;
}

static void replaces_and_keeps_the_mode(void **state)
{
        struct stat status;

        assert_true(replace("a", "old", "new content", ""));
        expect_content("a", "new content");
        assert_int_equal(stat("a", &status), 0);
        assert_int_equal(status.st_mode & 07777, 0640);
        assert_true(replace("a", "new content", "", ""));
        expect_content("a", "");
}

static void refuses_what_has_changed(void **state)
{
        assert_false(replace("a", "older", "new", "has changed"));
        assert_false(replace("a", "ol", "new", "has changed"));
        assert_false(replace("a", "", "new", "has changed"));
        expect_content("a", "old");
}

static void refuses_what_is_read_only(void **state)
{
        chmod("a", 0440);
        assert_false(replace("a", "old", "new", "read-only"));
        expect_content("a", "old");
}

static void keeps_links(void **state)
{
        struct stat status;

        assert_int_equal(symlink("a", "l"), 0);
        assert_true(replace("l", "old", "new", ""));
        assert_int_equal(lstat("l", &status), 0);
        assert_true(S_ISLNK(status.st_mode));
        expect_content("a", "new");
        assert_int_equal(symlink("none", "d"), 0);
        assert_false(replace("d", "", "new", "cannot be found"));
}

static void refuses_what_is_no_regular_file(void **state)
{
        struct stat status;

        assert_int_equal(mkfifo("f", 0600), 0);
        assert_false(replace("f", "", "new", "no regular file"));
        assert_int_equal(stat("f", &status), 0);
        assert_true(S_ISFIFO(status.st_mode));
        assert_false(replace(".", "", "new", "no regular file"));
        assert_false(replace("none", "", "new", "cannot be found"));
        assert_int_not_equal(access("none", F_OK), 0);
}

/* An access control list as the kernel takes it (acl(5)): nobody may write too. */
static void keeps_attributes(void **state)
{
        static const uint8_t list[] = {
                2,  0, 0, 0,                         /* version */
                1,  0, 6, 0, 0xff, 0xff, 0xff, 0xff, /* owner: rw */
                2,  0, 6, 0, 0xfe, 0xff, 0,    0,    /* user 65534: rw */
                4,  0, 4, 0, 0xff, 0xff, 0xff, 0xff, /* group: r */
                16, 0, 6, 0, 0xff, 0xff, 0xff, 0xff, /* mask: rw */
                32, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, /* others: nothing */
        };
        uint8_t now[100];

        if (setxattr("a", "user.note", "mine", 4, 0) < 0
            || setxattr("a", "system.posix_acl_access", list, sizeof(list), 0) < 0)
                skip(); /* a file system without them */
        assert_true(replace("a", "old", "new", NULL));
        assert_int_equal(getxattr("a", "user.note", now, sizeof(now)), 4);
        assert_memory_equal(now, "mine", 4);
        assert_int_equal(getxattr("a", "system.posix_acl_access", now, sizeof(now)), sizeof(list));
        assert_memory_equal(now, list, sizeof(list));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(replaces_and_keeps_the_mode, enter_folder, leave_folder),
                cmocka_unit_test_setup_teardown(refuses_what_has_changed, enter_folder, leave_folder),
                cmocka_unit_test_setup_teardown(refuses_what_is_read_only, enter_folder, leave_folder),
                cmocka_unit_test_setup_teardown(keeps_links, enter_folder, leave_folder),
                cmocka_unit_test_setup_teardown(keeps_attributes, enter_folder, leave_folder),
                cmocka_unit_test_setup_teardown(refuses_what_is_no_regular_file, enter_folder, leave_folder),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
