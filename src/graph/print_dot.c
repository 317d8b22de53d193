/* print_dot.c - graphs and ways for Graphviz. */

#include "graph/print.h"

/* Text in double quotes; bytes that are no UTF-8 become U+FFFD. */
static void add_quoted(struct buf *out, struct str text)
{
        buf_add_char(out, '"');
        while (text.len) {
                uint32_t code_point;
                size_t len = utf8_take(text, &code_point);

                if (!len)
                        buf_add_literal(out, "\xef\xbf\xbd");
                else if (code_point == '"' || code_point == '\\')
                        buf_add_format(out, "\\%c", (char)code_point);
                else if (code_point < ' ' || code_point == 127)
                        buf_add_char(out, ' ');
                else
                        buf_add(out, str_sub(text, 0, len));
                text = str_from(text, len ? len : 1);
        }
        buf_add_char(out, '"');
}

static const char *shape_of(const struct graph_node *node)
{
        switch ((enum graph_kind)node->kind) {
        case GRAPH_INTERNET:
        case GRAPH_CLUSTER_ADMIN:
                return "doubleoctagon";
        case GRAPH_POD:
        case GRAPH_CONTAINER:
                return "box";
        case GRAPH_NODE:
                return "box3d";
        case GRAPH_SECRET:
        case GRAPH_VOLUME:
                return "cylinder";
        default:
                return graph_kinds[node->kind].is_hub ? "point" : "ellipse";
        }
}

static void add_node(struct buf *out, const struct graph_node *node)
{
        CLEANUP(buf_free) struct buf words = {0};

        graph_print_node(&words, node);
        buf_add_literal(out, "  ");
        add_quoted(out, node->id);
        buf_add_literal(out, " [label=");
        add_quoted(out, buf_text(&words));
        buf_add_format(out, ", shape=%s];\n", shape_of(node));
}

static void add_edge(struct buf *out, const struct graph *graph, const struct graph_edge *edge)
{
        CLEANUP(buf_free) struct buf message = {0};

        graph_print_edge(&message, graph, edge);
        buf_add_literal(out, "  ");
        add_quoted(out, graph->nodes.items[edge->from].id);
        buf_add_literal(out, " -> ");
        add_quoted(out, graph->nodes.items[edge->to].id);
        buf_add_format(out, " [label=\"%s\", tooltip=", edge_infos[edge->type].name);
        add_quoted(out, buf_text(&message));
        if (edge->verdict != GRAPH_ALLOWED)
                buf_add_format(out, ", style=%s", edge->verdict == GRAPH_DENIED ? "dotted" : "dashed");
        buf_add_literal(out, "];\n");
}

static void add_some(struct buf *out, const struct graph *graph, const bool *edges)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        bool *nodes = arena_array(&scratch, bool, graph->nodes.count + 1);

        for (size_t i = 0; i < graph->edges.count; i++) {
                if (edges && edges[i])
                        nodes[graph->edges.items[i].from] = nodes[graph->edges.items[i].to] = true;
        }
        buf_add_literal(out, "digraph strake {\n  rankdir=LR;\n  node [fontname=\"sans-serif\"];\n"
                             "  edge [fontname=\"sans-serif\", fontsize=10];\n");
        for (size_t i = 0; i < graph->nodes.count; i++) {
                if (!edges || nodes[i])
                        add_node(out, &graph->nodes.items[i]);
        }
        for (size_t i = 0; i < graph->edges.count; i++) {
                if (!edges || edges[i])
                        add_edge(out, graph, &graph->edges.items[i]);
        }
        buf_add_literal(out, "}\n");
}

void graph_print_dot(struct buf *out, const struct graph *graph)
{
        add_some(out, graph, NULL);
}

void paths_print_dot(struct buf *out, const struct paths *paths)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        bool *edges = arena_array(&scratch, bool, paths->graph->edges.count + 1);

        for (size_t i = 0; i < paths->list.items.count; i++) {
                for (size_t k = 0; k < paths->list.items.items[i].count; k++)
                        edges[paths->list.items.items[i].edges[k]] = true;
        }
        add_some(out, paths->graph, edges);
}
