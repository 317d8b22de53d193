/* print_html.c - graphs and ways as one page: every way as text, and the data from which its script draws the picture. */

#include "graph/print.h"

#include "doc/print.h"
#include "report/escape.h"

enum { MOST_NODES = 20000 }; /* of a whole graph: more no browser likes */

extern const struct str embedded_graph_css, embedded_graph_js; /* made by tools/embed */

struct page {
        struct buf *out;
        struct arena *arena;
        const struct graph *graph;
        const struct paths *paths; /* NULL: all of the graph */
        uint32_t *numbers;         /* of nodes on the page; GRAPH_NONE: not on it */
        uint32_t *edge_numbers;
};

static void add_head(struct buf *out, const char *title)
{
        buf_add_format(out,
                       "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                       "<meta name=\"viewport\" content=\"width=device-width\">\n"
                       "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                       "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n<title>%s</title>\n<style>\n",
                       title);
        buf_add(out, embedded_graph_css);
        buf_add_format(out, "</style>\n</head>\n<body>\n<h1>%s</h1>\n", title);
}

/* JSON inside of a script element: nothing in it may end the element. */
static void add_json(struct buf *out, struct str text)
{
        CLEANUP(buf_free) struct buf json = {0};

        json_print_string(&json, text);
        for (size_t i = 0; i < json.len; i++) {
                if (json.data[i] == '<')
                        buf_add_literal(out, "\\u003c");
                else
                        buf_add_char(out, json.data[i]);
        }
}

static void add_place(struct page *page, struct buf *words, const struct graph_edge *edge)
{
        for (uint32_t i = edge->evidence; i != GRAPH_NONE; i = page->graph->evidence.items[i].next) {
                const struct graph_evidence *evidence = &page->graph->evidence.items[i];
                struct finding_location location;

                if (!graph_locate(page->arena, evidence->object, evidence->path, &location))
                        continue;
                if (words->len)
                        buf_add_literal(words, ", ");
                buf_add(words, location.file);
                buf_add_format(words, ":%u", location.line);
        }
}

/* --- the data --- */

static void add_nodes(struct page *page)
{
        bool any = false;

        buf_add_literal(page->out, "{\"nodes\":[");
        for (size_t i = 0; i < page->graph->nodes.count; i++) {
                const struct graph_node *node = &page->graph->nodes.items[i];
                CLEANUP(buf_free) struct buf words = {0};

                if (page->numbers[i] == GRAPH_NONE)
                        continue;
                graph_print_node(&words, node);
                buf_add(page->out, any ? STR(",\n[") : STR("\n["));
                add_json(page->out, node->id);
                buf_add_char(page->out, ',');
                add_json(page->out, buf_text(&words));
                buf_add_format(page->out, ",\"%s\",%d]", graph_kinds[node->kind].name, graph_kinds[node->kind].is_hub);
                any = true;
        }
        buf_add_literal(page->out, "],\n");
}

static void add_edges(struct page *page)
{
        bool any = false;

        buf_add_literal(page->out, "\"edges\":[");
        for (size_t i = 0; i < page->graph->edges.count; i++) {
                const struct graph_edge *edge = &page->graph->edges.items[i];
                CLEANUP(buf_free) struct buf message = {0}, place = {0};

                if (page->edge_numbers[i] == GRAPH_NONE)
                        continue;
                graph_print_edge(&message, page->graph, edge);
                add_place(page, &place, edge);
                buf_add_format(page->out, "%s\n[%u,%u,\"%s\",%u,%u,", any ? "," : "", page->numbers[edge->from],
                               page->numbers[edge->to], edge_infos[edge->type].name, edge->cost, edge->verdict);
                add_json(page->out, buf_text(&message));
                buf_add_char(page->out, ',');
                add_json(page->out, buf_text(&place));
                buf_add_char(page->out, ']');
                any = true;
        }
        buf_add_literal(page->out, "],\n");
}

static void add_data(struct page *page)
{
        buf_add_literal(page->out, "<script type=\"application/json\" id=\"data\">\n");
        add_nodes(page);
        add_edges(page);
        buf_add_literal(page->out, "\"ways\":[");
        for (size_t i = 0; page->paths && i < page->paths->list.items.count; i++) {
                const struct search_path *path = &page->paths->list.items.items[i];

                buf_add(page->out, i ? STR(",[") : STR("["));
                for (size_t k = 0; k < path->count; k++)
                        buf_add_format(page->out, "%s%u", k ? "," : "", page->edge_numbers[path->edges[k]]);
                buf_add_char(page->out, ']');
        }
        buf_add_literal(page->out, "]}\n</script>\n<script>\n");
        buf_add(page->out, embedded_graph_js);
        buf_add_literal(page->out, "</script>\n</body>\n</html>\n");
}

static void number(struct page *page, const bool *nodes, const bool *edges)
{
        uint32_t count = 0;

        page->numbers = arena_array(page->arena, uint32_t, page->graph->nodes.count + 1);
        page->edge_numbers = arena_array(page->arena, uint32_t, page->graph->edges.count + 1);
        for (size_t i = 0; i < page->graph->nodes.count; i++)
                page->numbers[i] = nodes[i] ? count++ : GRAPH_NONE;
        count = 0;
        for (size_t i = 0; i < page->graph->edges.count; i++)
                page->edge_numbers[i] = edges[i] ? count++ : GRAPH_NONE;
}

/* --- ways as text --- */

static void add_words(struct buf *out, const struct graph_node *node)
{
        CLEANUP(buf_free) struct buf words = {0};

        graph_print_node(&words, node);
        escape_xml(out, buf_text(&words));
}

static void add_step(struct page *page, const struct graph_edge *edge)
{
        CLEANUP(buf_free) struct buf message = {0}, place = {0};

        graph_print_edge(&message, page->graph, edge);
        add_place(page, &place, edge);
        buf_add_literal(page->out, "<li>");
        escape_xml(page->out, buf_text(&message));
        if (edge->verdict == GRAPH_UNKNOWN)
                buf_add_literal(page->out, " (perhaps)");
        buf_add_format(page->out, " <code>%s</code>", edge_infos[edge->type].name);
        if (place.len) {
                buf_add_literal(page->out, " <span class=\"faint\">");
                escape_xml(page->out, buf_text(&place));
                buf_add_literal(page->out, "</span>");
        }
        buf_add_literal(page->out, "<br>→ <b>");
        add_words(page->out, &page->graph->nodes.items[edge->to]);
        buf_add_literal(page->out, "</b></li>\n");
}

static void add_ways(struct page *page)
{
        const struct paths *paths = page->paths;

        buf_add_format(page->out,
                       "<p>%zu ways. Arrow keys go from way to way.</p>\n<div id=\"picture\"></div>\n<h2>Ways</h2>\n",
                       paths->ways);
        for (size_t i = 0; i < paths->list.items.count; i++) {
                const struct search_path *path = &paths->list.items.items[i];

                buf_add_format(page->out, "<details class=\"way\"%s><summary>", i ? "" : " open");
                add_words(page->out, &page->graph->nodes.items[path->from]);
                buf_add_literal(page->out, " → ");
                add_words(page->out, &page->graph->nodes.items[path->to]);
                buf_add_format(page->out, ", cost %" PRIu64 "</summary>\n<ol>\n", path->cost);
                for (size_t k = 0; k < path->count; k++)
                        add_step(page, &page->graph->edges.items[path->edges[k]]);
                buf_add_literal(page->out, "</ol></details>\n");
        }
}

static void add_cut(struct page *page)
{
        const struct cut *cut = &page->paths->cut;

        if (!page->paths->pairs)
                return;
        if (!cut->possible) {
                buf_add_literal(page->out, "<h2>No change to what was shown stops every way</h2>\n");
                return;
        }
        buf_add_format(page->out, "<h2>The cheapest way to stop them: %zu changes, cost %" PRIu64 "</h2>\n<ul>\n",
                       cut->count, cut->cost);
        for (size_t i = 0; i < cut->count; i++) {
                const struct graph_change *change = &page->graph->changes.items[cut->changes[i].change];

                buf_add_literal(page->out, "<li>");
                escape_xml(page->out, change->message);
                buf_add_format(page->out, " <span class=\"faint\">cost %u, concerns %u</span></li>\n", change->cost,
                               change->breaks);
        }
        buf_add_literal(page->out, "</ul>\n");
}

void paths_print_html(struct buf *out, struct arena *arena, const struct paths *paths)
{
        struct page page = {out, arena, paths->graph, paths, NULL, NULL};
        bool *nodes = arena_array(arena, bool, paths->graph->nodes.count + 1);
        bool *edges = arena_array(arena, bool, paths->graph->edges.count + 1);

        for (size_t i = 0; i < paths->list.items.count; i++) {
                for (size_t k = 0; k < paths->list.items.items[i].count; k++) {
                        const struct graph_edge *edge = &paths->graph->edges.items[paths->list.items.items[i].edges[k]];

                        nodes[edge->from] = nodes[edge->to] = true;
                        edges[paths->list.items.items[i].edges[k]] = true;
                }
        }
        number(&page, nodes, edges);
        add_head(out, "Attack paths");
        add_ways(&page);
        add_cut(&page);
        add_data(&page);
}

void graph_print_html(struct buf *out, struct arena *arena, const struct graph *graph)
{
        struct page page = {out, arena, graph, NULL, NULL, NULL};
        bool *nodes = arena_array(arena, bool, graph->nodes.count + 1);
        bool *edges = arena_array(arena, bool, graph->edges.count + 1);

        for (size_t i = 0; i < graph->nodes.count && i < MOST_NODES; i++)
                nodes[i] = true;
        for (size_t i = 0; i < graph->edges.count; i++)
                edges[i] = nodes[graph->edges.items[i].from] && nodes[graph->edges.items[i].to];
        number(&page, nodes, edges);
        add_head(out, "Attack graph");
        buf_add_format(out, "<p>%zu nodes, %zu edges.", graph->nodes.count, graph->edges.count);
        if (graph->nodes.count > MOST_NODES)
                buf_add_format(out, " Only the first %d nodes are on this page.", MOST_NODES);
        buf_add_literal(out, "</p>\n<noscript><p>The picture needs a script, which is in this page.</p></noscript>\n"
                             "<p><label>Find <input type=\"search\" id=\"find\" autocomplete=\"off\"></label></p>\n"
                             "<ul id=\"found\"></ul>\n<div id=\"picture\"></div>\n");
        add_data(&page);
}
