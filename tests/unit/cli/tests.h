/* tests.h - running a command line inside of a test, with what it prints caught. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/cli.h"

/* A test does not need the state that cmocka hands it. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

enum { MOST_WORDS = 32, MOST_CAUGHT = 1 << 16 };

struct ran {
        int status;
        char out[MOST_CAUGHT], err[MOST_CAUGHT];
};

/* Puts a file of memory in the place of an open one. */
static int catch (int file, int *before)
{
        int caught = memfd_create("caught", 0);

        assert_true(caught >= 0);
        fflush(NULL);
        *before = dup(file);
        assert_true(dup2(caught, file) == file);
        return caught;
}

static void release(int file, int caught, int before, char *text)
{
        ssize_t length;

        fflush(NULL);
        assert_true(dup2(before, file) == file);
        close(before);
        length = pread(caught, text, MOST_CAUGHT - 1, 0);
        assert_true(length >= 0);
        text[length] = 0;
        close(caught);
}

/* Runs a line of words with spaces between them. */
__attribute__((unused)) static struct ran *run_line(const struct cli_command *const *commands, size_t count,
                                                    const char *line)
{
        static struct ran ran;
        static char copy[4096];
        char *words[MOST_WORDS] = {(char *)"strake"}, *at = NULL;
        int number = 1, before[2], caught[2];

        assert_true(strlen(line) < sizeof(copy));
        memcpy(copy, line, strlen(line) + 1);
        for (char *word = strtok_r(copy, " ", &at); word; word = strtok_r(NULL, " ", &at)) {
                assert_true(number < MOST_WORDS);
                words[number++] = word;
        }
        caught[0] = catch (STDOUT_FILENO, &before[0]);
        caught[1] = catch (STDERR_FILENO, &before[1]);
        ran.status = cli_main(number, words, commands, count);
        release(STDERR_FILENO, caught[1], before[1], ran.err);
        release(STDOUT_FILENO, caught[0], before[0], ran.out);
        return &ran;
}
