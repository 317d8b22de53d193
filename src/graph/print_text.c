/* print_text.c - ways for people: a picture of each, what stops them all, where they meet. */

#include "graph/print.h"

#include "doc/print.h"
#include "report/color.h"
#include "report/escape.h"

struct text {
        struct buf *out;
        struct arena *arena;
        const struct paths *paths;
        bool color;
};

static const char *plural(uint64_t count)
{
        return count == 1 ? "" : "s";
}

static void add_node(struct text *text, uint32_t node)
{
        CLEANUP(buf_free) struct buf words = {0};

        graph_print_node(&words, &text->paths->graph->nodes.items[node]);
        color_begin(text->out, text->color, COLOR_STRONG);
        escape_terminal(text->out, buf_text(&words));
        color_end(text->out, text->color);
}

static void add_place(struct text *text, const struct object *object, struct str path)
{
        struct finding_location location;

        if (!graph_locate(text->arena, object, path, &location))
                return;
        color_begin(text->out, text->color, COLOR_FAINT);
        escape_terminal(text->out, location.file);
        buf_add_format(text->out, ":%u:%u", location.line, location.column);
        color_end(text->out, text->color);
}

static void add_step(struct text *text, const struct graph_edge *edge)
{
        const struct graph *graph = text->paths->graph;
        CLEANUP(buf_free) struct buf message = {0};

        graph_print_edge(&message, graph, edge);
        buf_add_literal(text->out, "      │ ");
        escape_terminal(text->out, buf_text(&message));
        if (edge->verdict == GRAPH_UNKNOWN)
                buf_add_literal(text->out, " (perhaps)");
        color_begin(text->out, text->color, COLOR_FAINT);
        buf_add_format(text->out, " [%s", edge_infos[edge->type].name);
        if (edge->cost)
                buf_add_format(text->out, " %u", edge->cost);
        buf_add_char(text->out, ']');
        color_end(text->out, text->color);
        buf_add_char(text->out, '\n');
        for (uint32_t i = edge->evidence; i != GRAPH_NONE; i = graph->evidence.items[i].next) {
                const struct graph_evidence *evidence = &graph->evidence.items[i];

                if (!evidence->object)
                        continue;
                buf_add_literal(text->out, "      │   ");
                add_place(text, evidence->object, evidence->path);
                buf_add_char(text->out, '\n');
        }
        buf_add_literal(text->out, "      ▼\n    ");
        add_node(text, edge->to);
        buf_add_char(text->out, '\n');
}

static void add_path(struct text *text, size_t number, const struct search_path *path)
{
        buf_add_format(text->out, "%zu. ", number);
        add_node(text, path->from);
        buf_add_literal(text->out, " → ");
        add_node(text, path->to);
        buf_add_format(text->out, ", cost %" PRIu64 "\n\n    ", path->cost);
        add_node(text, path->from);
        buf_add_char(text->out, '\n');
        for (size_t i = 0; i < path->count; i++)
                add_step(text, &text->paths->graph->edges.items[path->edges[i]]);
        buf_add_char(text->out, '\n');
}

static void add_patch(struct text *text, const struct graph_change *change)
{
        CLEANUP(buf_free) struct buf value = {0};

        if (!change->has_patch)
                return;
        buf_add_format(text->out, "     %.*s ", STR_ARG(patch_op_name(change->step.op)));
        escape_terminal(text->out, change->step.path);
        if (change->step.op != PATCH_REMOVE) {
                json_print(&value, &change->step.value, 0);
                buf_add_char(text->out, ' ');
                escape_terminal(text->out, buf_text(&value));
        }
        buf_add_char(text->out, '\n');
}

static void add_change(struct text *text, const struct cut_change *cut)
{
        const struct graph_change *change = &text->paths->graph->changes.items[cut->change];

        buf_add_literal(text->out, "  - ");
        escape_terminal(text->out, change->message);
        buf_add_format(text->out, " (cost %u, concerns %u)\n", change->cost, change->breaks);
        if (change->object) {
                buf_add_literal(text->out, "     ");
                add_place(text, change->object, change->has_patch ? change->step.path : change->object->path);
                buf_add_char(text->out, '\n');
        }
        add_patch(text, change);
}

static void add_cut(struct text *text)
{
        const struct cut *cut = &text->paths->cut;

        if (!text->paths->pairs)
                return;
        color_begin(text->out, text->color, COLOR_HEADING);
        if (!cut->possible) {
                buf_add_literal(text->out, "No change to what was shown stops every way");
        } else {
                buf_add_format(text->out, "The cheapest way to stop %s: %zu change%s, cost %" PRIu64,
                               text->paths->ways == 1 ? "it" : "them all", cut->count, plural(cut->count), cut->cost);
        }
        color_end(text->out, text->color);
        buf_add_literal(text->out, "\n\n");
        for (size_t i = 0; i < cut->count; i++)
                add_change(text, &cut->changes[i]);
        if (cut->count)
                buf_add_char(text->out, '\n');
}

static void add_choke_points(struct text *text)
{
        const struct paths *paths = text->paths;

        if (!paths->choke_points.count)
                return;
        color_begin(text->out, text->color, COLOR_HEADING);
        buf_add_literal(text->out, "Where ways meet");
        color_end(text->out, text->color);
        buf_add_literal(text->out, "\n\n");
        for (size_t i = 0; i < paths->choke_points.count; i++) {
                buf_add_literal(text->out, "  - ");
                add_node(text, paths->choke_points.items[i].node);
                buf_add_format(text->out, ": %zu ways\n", paths->choke_points.items[i].ways);
        }
        buf_add_char(text->out, '\n');
}

/* One line: the nodes of a way. */
static void add_line(struct text *text, const struct search_path *path)
{
        const struct graph *graph = text->paths->graph;

        buf_add_format(text->out, "%" PRIu64 " ", path->cost);
        escape_terminal(text->out, graph->nodes.items[path->from].id);
        for (size_t i = 0; i < path->count; i++) {
                buf_add_literal(text->out, " → ");
                escape_terminal(text->out, graph->nodes.items[graph->edges.items[path->edges[i]].to].id);
        }
        buf_add_char(text->out, '\n');
}

static void add_summary(struct text *text)
{
        const struct paths *paths = text->paths;

        if (!paths->pairs) {
                buf_add_format(text->out, "No way was found from %zu start%s to %zu target%s.\n",
                               paths->entries.items.count, plural(paths->entries.items.count),
                               paths->targets.items.count, plural(paths->targets.items.count));
                return;
        }
        buf_add_format(text->out, "%zu way%s, %zu of them shown; %zu of %zu start%s and %zu target%s.\n", paths->ways,
                       plural(paths->ways), min_size(paths->list.items.count, paths->ways), paths->pairs,
                       paths->entries.items.count, plural(paths->entries.items.count), paths->targets.items.count,
                       plural(paths->targets.items.count));
}

void paths_print_text(struct buf *out, struct arena *arena, const struct paths *paths, bool color, bool quiet)
{
        struct text text = {out, arena, paths, color};

        for (size_t i = 0; i < paths->list.items.count; i++) {
                if (quiet)
                        add_line(&text, &paths->list.items.items[i]);
                else
                        add_path(&text, i + 1, &paths->list.items.items[i]);
        }
        if (quiet)
                return;
        add_cut(&text);
        add_choke_points(&text);
        add_summary(&text);
}
