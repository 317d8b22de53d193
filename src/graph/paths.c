/* paths.c - from ids to ways, cuts and choke points. */

#include "graph/paths.h"

#include <stdlib.h>

#include "graph/since.h"

enum { MOST_CHOKE_POINTS = 5 };

/* --- starts and targets --- */

static bool not_known(struct arena *arena, const struct graph *graph, const char *option, struct str id,
                      struct err *err)
{
        struct str *known = arena_array(arena, struct str, graph->nodes.count);
        struct str rest = id, kind = {0}, nearest;
        size_t count = 0;

        str_split(&rest, '/', &kind);
        for (size_t i = 0; i < graph->nodes.count; i++) {
                struct str other = graph->nodes.items[i].id, other_kind = {0}, other_rest = other;

                str_split(&other_rest, '/', &other_kind);
                if (str_equal(kind, other_kind))
                        known[count++] = other;
        }
        nearest = str_nearest(id, known, count);
        if (nearest.len)
                return err_set(err, "%s: nothing like \"%.*s\" was shown: did you mean %.*s?", option, STR_ARG(id),
                               STR_ARG(nearest));
        return err_set(
                err,
                "%s: nothing like \"%.*s\" was shown: write internet, user/U, group/G, sa/NS/NAME, pod/NS/NAME, node/N, "
                "secret/NS/NAME, ns/NS or cluster-admin",
                option, STR_ARG(id));
}

static void push_once(struct arena *arena, struct graph_numbers *list, uint32_t node)
{
        for (size_t i = 0; i < list->items.count; i++) {
                if (list->items.items[i] == node)
                        return;
        }
        *vec_push(arena, &list->items) = node;
}

static bool read_ids(struct arena *arena, const struct graph *graph, const char *option, const struct str *ids,
                     size_t count, struct graph_numbers *out, struct err *err)
{
        for (size_t i = 0; i < count; i++) {
                uint32_t node = graph_find(graph, ids[i]);

                if (str_is(ids[i], "pods")) {
                        for (size_t k = 0; k < graph->nodes.count; k++) {
                                if (graph->nodes.items[k].kind == GRAPH_POD)
                                        *vec_push(arena, &out->items) = (uint32_t)k;
                        }
                        continue;
                }
                if (node == GRAPH_NONE)
                        return not_known(arena, graph, option, ids[i], err);
                push_once(arena, out, node);
        }
        return true;
}

static bool find_ends(struct arena *arena, const struct graph *graph, const struct paths_settings *settings,
                      struct paths *out, struct err *err)
{
        static const struct str admin = STR_INIT("cluster-admin");

        TRY(read_ids(arena, graph, "--from", settings->from, settings->from_count, &out->entries, err));
        if (!settings->from_count)
                graph_entries(graph, arena, &out->entries);
        if (!settings->to_count)
                return read_ids(arena, graph, "--to", &admin, 1, &out->targets, err);
        return read_ids(arena, graph, "--to", settings->to, settings->to_count, &out->targets, err);
}

/* --- ways --- */

static int by_cost(const void *a, const void *b)
{
        const struct search_path *one = a, *other = b;

        if (one->cost != other->cost)
                return one->cost < other->cost ? -1 : 1;
        if (one->count != other->count)
                return one->count < other->count ? -1 : 1;
        for (size_t i = 0; i < one->count; i++) {
                if (one->edges[i] != other->edges[i])
                        return one->edges[i] < other->edges[i] ? -1 : 1;
        }
        return 0;
}

static void sort(struct search_paths *list)
{
        size_t kept = 0;

        if (!list->items.count)
                return;
        qsort(list->items.items, list->items.count, sizeof(*list->items.items), by_cost);
        for (size_t i = 1; i < list->items.count; i++) {
                if (by_cost(&list->items.items[kept], &list->items.items[i]))
                        list->items.items[++kept] = list->items.items[i];
        }
        list->items.count = kept + 1;
}

/* The cheapest way for each way in: for each edge that leaves an entry. */
static void add_ways(struct arena *arena, const struct graph *graph, const search_distance *distances, uint32_t entry,
                     struct search_paths *list)
{
        for (uint32_t i = graph->out[entry]; i < graph->out[entry + 1]; i++) {
                const struct graph_edge *edge = &graph->edges.items[i];
                struct search_path path;
                bool again = false;

                if (distances[edge->to] == SEARCH_NEVER || edge->verdict == GRAPH_DENIED)
                        continue;
                path = search_along(arena, graph, distances, i);
                for (size_t k = 0; k < path.count; k++)
                        again |= graph->edges.items[path.edges[k]].to == entry;
                if (!again)
                        *vec_push(arena, &list->items) = path;
        }
}

/* Lists the next best ways that are not listed yet, where there is room. */
static void fill(struct arena *arena, const struct paths_settings *settings, const struct search_paths *best,
                 struct search_paths *list)
{
        size_t known = list->items.count;

        for (size_t i = 0; i < best->items.count && list->items.count < settings->most; i++) {
                bool again = false;

                for (size_t k = 0; k < known && !again; k++)
                        again = !by_cost(&list->items.items[k], &best->items.items[i]);
                if (!again)
                        *vec_push(arena, &list->items) = best->items.items[i];
        }
}

static void find_ways(struct arena *arena, const struct paths_settings *settings, struct paths *out)
{
        const struct graph *graph = out->graph;

        for (size_t t = 0; t < out->targets.items.count; t++) {
                struct arena scratch CLEANUP(arena_free) = {0};
                const search_distance *distances = search_to(&scratch, graph, &out->targets.items.items[t], 1, NULL);
                struct search_paths best = {0};

                for (size_t i = 0; i < out->entries.items.count; i++) {
                        uint32_t entry = out->entries.items.items[i];

                        if (distances[entry] == SEARCH_NEVER || distances[entry] == 0)
                                continue;
                        out->pairs++;
                        add_ways(arena, graph, distances, entry, &out->list);
                        if (settings->fill && out->entries.items.count <= settings->most)
                                search_best(arena, graph, distances, entry, 2 * settings->most, &best);
                }
                sort(&out->list);
                out->ways = out->list.items.count;
                sort(&best);
                fill(arena, settings, &best, &out->list);
        }
}

/* --- where ways meet --- */

static int by_ways(const void *a, const void *b)
{
        const struct choke_point *one = a, *other = b;

        if (one->ways != other->ways)
                return one->ways > other->ways ? -1 : 1;
        return one->node < other->node ? -1 : one->node > other->node;
}

static void find_choke_points(struct arena *arena, struct paths *out)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        size_t *ways = arena_array(&scratch, size_t, out->graph->nodes.count);
        VEC(struct choke_point) points = {0};

        for (size_t i = 0; i < out->list.items.count; i++) {
                const struct search_path *path = &out->list.items.items[i];

                for (size_t k = 0; k + 1 < path->count; k++)
                        ways[out->graph->edges.items[path->edges[k]].to]++;
        }
        for (size_t i = 0; i < out->graph->nodes.count; i++) {
                if (ways[i] > 1)
                        *vec_push(&scratch, &points) = (struct choke_point){(uint32_t)i, ways[i]};
        }
        if (points.count)
                qsort(points.items, points.count, sizeof(*points.items), by_ways);
        for (size_t i = 0; i < points.count && i < MOST_CHOKE_POINTS; i++)
                *vec_push(arena, &out->choke_points) = points.items[i];
}

bool paths_find(struct arena *arena, const struct graph *graph, const struct paths_settings *settings,
                struct paths *out, struct err *err)
{
        *out = (struct paths){.graph = graph};
        TRY(find_ends(arena, graph, settings, out, err));
        if (settings->since) {
                since_find(arena, settings->since, out);
        } else {
                find_ways(arena, settings, out);
                if (out->pairs && !settings->no_cut)
                        cut_find(arena, graph, out->entries.items.items, out->entries.items.count,
                                 out->targets.items.items, out->targets.items.count, &out->cut);
        }
        find_choke_points(arena, out);
        sort(&out->list);
        out->list.items.count = min_size(out->list.items.count, settings->most);
        return true;
}
