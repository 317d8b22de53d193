/* replay.c - runs a fuzz target once over each file of a folder, without libFuzzer, and says so in TAP.
 *
 * Comes before its target's own file: an input that breaks the target ends this program, which the test runner sees. */

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int is_input(const struct dirent *entry)
{
        return entry->d_name[0] != '.';
}

/* The bytes stand at the end of their block, so that reading past them is seen. */
static uint8_t *read_file(const char *folder, const char *name, size_t *size)
{
        char path[4096];
        FILE *file;
        uint8_t *data;
        long length;

        snprintf(path, sizeof(path), "%s/%s", folder, name);
        file = fopen(path, "rb");
        if (!file || fseek(file, 0, SEEK_END) || (length = ftell(file)) < 0 || fseek(file, 0, SEEK_SET)) {
                perror(path);
                exit(1);
        }
        *size = (size_t)length;
        data = malloc(*size ? *size : 1);
        if (!data || fread(data, 1, *size, file) != *size) {
                perror(path);
                exit(1);
        }
        fclose(file);
        return data;
}

int main(int argc, char **argv)
{
        struct dirent **entries;
        int count = argc == 2 ? scandir(argv[1], &entries, is_input, alphasort) : -1;

        if (count < 0) {
                printf("1..1\nok 1 - nothing at all\n");
                return LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
        }
        printf("1..%d\n", count + 1);
        LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
        printf("ok 1 - nothing at all\n");
        for (int i = 0; i < count; i++) {
                size_t size;
                uint8_t *data = read_file(argv[1], entries[i]->d_name, &size);

                fflush(stdout);
                LLVMFuzzerTestOneInput(data, size);
                printf("ok %d - %s\n", i + 2, entries[i]->d_name);
                free(data);
                free(entries[i]);
        }
        free(entries);
        return 0;
}
