/* cage.c - what can still be done in a cage, and what not. Each question is asked in a process of its own. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cage.h"
#include "base/file.h"

static char folder[] = "/tmp/strake-cage-XXXXXX";

/* What a question gives: 0, or an error number; 255 if the cage could not be entered. */
static int in_cage(int (*question)(void))
{
        struct cage_path paths[] = {{folder, true}, {"/nowhere/at/all", false}};
        pid_t child = fork();
        int status = 0;

        if (child == 0) {
                struct err err = {0};

                _exit(cage_enter(paths, COUNT_OF(paths), false, &err) ? question() : 255);
        }
        assert_true(child > 0);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status));
        return WEXITSTATUS(status);
}

static int write_inside(void)
{
        char path[100], other[100];
        int file;

        snprintf(path, sizeof(path), "%s/new", folder);
        snprintf(other, sizeof(other), "%s/renamed", folder);
        file = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0600);
        return file >= 0 && write(file, "x", 1) == 1 && rename(path, other) == 0 ? 0 : errno;
}

static int read_outside(void)
{
        return open("/etc/passwd", O_RDONLY) >= 0 ? 0 : errno;
}

static int write_outside(void)
{
        return open("/tmp/strake-cage-outside", O_CREAT | O_WRONLY, 0600) >= 0 ? 0 : errno;
}

static int open_socket(void)
{
        return socket(AF_INET, SOCK_STREAM, 0) >= 0 ? 0 : errno;
}

static int start_program(void)
{
        execl("/bin/true", "true", NULL);
        return errno;
}

static void *nothing(void *argument)
{
        return argument;
}

static int start_thread(void)
{
        pthread_t thread;

        return pthread_create(&thread, NULL, nothing, NULL) == 0 && pthread_join(thread, NULL) == 0 ? 0 : 1;
}

static void test_inside(void **state)
{
        (void)state;
        assert_int_equal(in_cage(write_inside), 0);
        assert_int_equal(in_cage(start_thread), 0);
}

static void test_files(void **state)
{
        (void)state;
        if (!cage_means().landlock) {
                print_message("this kernel has no Landlock\n");
                skip();
        }
        assert_int_equal(in_cage(read_outside), EACCES);
        assert_int_equal(in_cage(write_outside), EACCES);
}

static void test_calls(void **state)
{
        (void)state;
        if (!cage_means().seccomp) {
                print_message("this kernel has no seccomp\n");
                skip();
        }
        assert_int_equal(in_cage(open_socket), EPERM);
        assert_int_equal(in_cage(start_program), EPERM);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_inside),
                cmocka_unit_test(test_files),
                cmocka_unit_test(test_calls),
        };

        if (!mkdtemp(folder))
                return 1;
        return cmocka_run_group_tests(tests, NULL, NULL);
}
