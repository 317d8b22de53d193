/* graph_bench.c - how long the parts of `strake paths` take: usage: graph_bench INPUT. Prints JSON. */

#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#include "graph/paths.h"
#include "rulebook/rulebook.h"

static double now(void)
{
        struct timespec time;

        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time); /* of one thread: the machine may have others to do */
        return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
        struct arena arena = {0};
        struct estate estate = {0};
        struct str input = str_of(argc > 1 ? argv[1] : "."), pods = STR("pods"), internet = STR("internet");
        struct estate_settings settings = {.inputs = &input, .input_count = 1};
        struct graph_settings how = {.minor = KUBERNETES_NEWEST_MINOR};
        struct paths_settings asked = {.most = 1000};
        struct paths paths;
        struct graph graph;
        struct err err = {0};
        struct rusage usage;
        double begin = now(), read, built, searched, cut;
        const search_distance *distances;
        uint32_t admin;
        size_t pairs = 0;
        const struct str both[] = {internet, pods};

        estate_read(&estate, &settings);
        read = now();
        graph_build(&graph, &arena, &estate, NULL, &how);
        built = now();
        admin = graph_find(&graph, STR("cluster-admin"));
        distances = search_to(&arena, &graph, &admin, 1, NULL);
        for (size_t i = 0; i < graph.nodes.count; i++)
                pairs += distances[i] != SEARCH_NEVER;
        searched = now();
        asked.from = both;
        asked.from_count = 2;
        if (!paths_find(&arena, &graph, &asked, &paths, &err))
                return 2;
        cut = now();
        getrusage(RUSAGE_SELF, &usage);
        printf("{\"read\": %.4f, \"build\": %.4f, \"search\": %.4f, \"ways\": %.4f, \"nodes\": %zu, \"edges\": %zu, "
               "\"reaching\": %zu, \"pairs\": %zu, \"cut\": %zu, \"possible\": %d, \"cost\": %llu, \"peak\": %ld}\n",
               read - begin, built - read, searched - built, cut - searched, graph.nodes.count, graph.edges.count,
               pairs, paths.pairs, paths.cut.count, paths.cut.possible, (unsigned long long)paths.cut.cost,
               usage.ru_maxrss);
        estate_free(&estate);
        arena_free(&arena);
        return 0;
}
