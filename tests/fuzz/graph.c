/* Any documents as an estate, the graph of it, ways through it and what stops them, and every printer. */

#include "graph/print.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct estate estate = {0};
        struct graph_settings how = {.minor = size % 2 ? 37 : 23};
        struct str pods = STR("pods");
        struct paths_settings asked = {.most = 20, .fill = true, .from = &pods, .from_count = size % 3 ? 0 : 1};
        struct graph graph;
        struct paths paths;
        CLEANUP(buf_free) struct buf out = {0};
        struct err err = {0};

        if (size > 1 << 16)
                return 0;
        estate_read_text(&estate, STR("a.yaml"), (struct str){(const char *)data, size});
        graph_build(&graph, &arena, &estate, NULL, &how);
        if (paths_find(&arena, &graph, &asked, &paths, &err)) {
                paths_print_json(&out, &arena, &paths);
                paths_print_text(&out, &arena, &paths, true, false);
                paths_print_html(&out, &arena, &paths);
                paths_print_dot(&out, &paths);
        }
        graph_print_json(&out, &arena, &graph);
        graph_print_dot(&out, &graph);
        estate_free(&estate);
        return 0;
}
