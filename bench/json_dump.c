/* json_dump.c - the objects of the YAML files named as one List in JSON, as `kubectl get -o json` prints it. */

#include <stdio.h>

#include "base/file.h"
#include "doc/document.h"
#include "doc/print.h"

enum { LARGEST = 1 << 30, INDENT = 4 };

/* The nodes of the objects in all files; texts and values live in the arena. */
struct objects {
        struct arena arena;
        VEC(struct node) nodes;
};

static bool read_file(struct objects *objects, const char *path)
{
        struct document_stream stream = {0};
        struct file_text file;

        if (file_read(&objects->arena, path, LARGEST, &file) != FILE_OK)
                return false;
        yaml_read(&objects->arena, file.text, &document_default_limits, &stream);
        for (size_t i = 0; i < stream.documents.count; i++)
                *vec_push(&objects->arena, &objects->nodes) = (struct node){.value = stream.documents.items[i].root};
        return !stream.problems.count;
}

int main(int argc, char **argv)
{
        struct objects objects = {0};
        struct value list;
        CLEANUP(buf_free) struct buf out = {0};

        for (int i = 1; i < argc; i++) {
                if (!read_file(&objects, argv[i])) {
                        fprintf(stderr, "json_dump: cannot read %s\n", argv[i]);
                        return 2;
                }
        }
        struct node members[] = {
                {.key = intern(STR("apiVersion")), .value = value_string(STR("v1"))},
                 {.key = intern(STR("items")), .value = value_list(objects.nodes.items, objects.nodes.count)},
                  {.key = intern(STR("kind")), .value = value_string(STR("List"))},
                  };
        list = value_map(&objects.arena, members, COUNT_OF(members));
        json_print(&out, &list, INDENT);
        fwrite(out.data, 1, out.len, stdout);
        putchar('\n');
        arena_free(&objects.arena);
        return 0;
}
