/* print_json.c - graphs and ways as JSON. */

#include "doc/pointer.h"
#include "graph/print.h"
#include "kube/estate.h"
#include "report/formats.h"

bool graph_locate(struct arena *arena, const struct object *object, struct str path, struct finding_location *out)
{
        /* Every source of objects is one of an estate, at its beginning. */
        const struct estate_source *source = object ? (const struct estate_source *)object->source : NULL;
        const struct node *node, *nearest = NULL;
        struct place place;

        if (!object || !object->source)
                return false;
        node = pointer_find(&object->root, str_from(path, object->path.len), &nearest);
        if (!node)
                node = nearest ? nearest : &object->root;
        place = source_place(arena, object->source, node->at);
        *out = (struct finding_location){
                .file = object->source->name,
                .document = source->documents > 1 ? (int32_t)object->document : -1,
                .line = place.line,
                .column = place.column,
                .has_path = true,
                .path = path,
        };
        return true;
}

static void print_object(struct json_writer *writer, const struct object *object)
{
        struct finding_object named;

        if (!object)
                return;
        named = (struct finding_object){object->api_version, object->kind, object->ns, object->name};
        report_print_object(writer, &named);
}

static void print_location(struct json_writer *writer, struct arena *arena, const struct object *object,
                           struct str path)
{
        struct finding_location location;

        if (graph_locate(arena, object, path, &location))
                report_print_location(writer, &location);
}

/* --- the graph --- */

static void print_node(struct json_writer *writer, const struct graph_node *node)
{
        const struct graph_kind_info *info = &graph_kinds[node->kind];

        json_begin(writer, '{');
        json_member(writer, "id", node->id);
        json_member(writer, "kind", str_of(info->name));
        json_member_if(writer, "namespace", graph_namespace(node));
        json_member(writer, "name", graph_name(node));
        if (info->is_hub)
                json_member_bool(writer, "hub", true);
        json_end(writer, '}');
}

static void print_evidence(struct json_writer *writer, struct arena *arena, const struct graph *graph,
                           const struct graph_edge *edge)
{
        json_member_begin(writer, "evidence", '[');
        for (uint32_t i = edge->evidence; i != GRAPH_NONE; i = graph->evidence.items[i].next) {
                const struct graph_evidence *evidence = &graph->evidence.items[i];

                json_begin(writer, '{');
                print_object(writer, evidence->object);
                if (evidence->object)
                        json_member(writer, "path", evidence->path);
                json_member(writer, "message",
                            evidence->message.len ? evidence->message : str_of(edge_infos[edge->type].meaning));
                print_location(writer, arena, evidence->object, evidence->path);
                json_end(writer, '}');
        }
        json_end(writer, ']');
}

static void print_aliases(struct json_writer *writer, const struct edge_info *info)
{
        json_member_begin(writer, "aliases", '{');
        json_member_if(writer, "kubehound", str_of(info->kubehound));
        json_member_if(writer, "rbac-police", str_of(info->rbac_police));
        json_member_if(writer, "icekube", str_of(info->icekube));
        json_member_if(writer, "mitre", str_of(info->mitre));
        json_end(writer, '}');
}

static void print_verdict(struct json_writer *writer, const struct graph_edge *edge)
{
        if (edge->verdict != GRAPH_ALLOWED)
                json_member(writer, "verdict", edge->verdict == GRAPH_DENIED ? STR("deny") : STR("unknown"));
}

static void print_edge(struct json_writer *writer, struct arena *arena, const struct graph *graph,
                       const struct graph_edge *edge)
{
        const struct edge_info *info = &edge_infos[edge->type];

        json_begin(writer, '{');
        json_member(writer, "type", str_of(info->name));
        json_member(writer, "from", graph->nodes.items[edge->from].id);
        json_member(writer, "to", graph->nodes.items[edge->to].id);
        json_member_number(writer, "cost", edge->cost);
        print_verdict(writer, edge);
        print_evidence(writer, arena, graph, edge);
        print_aliases(writer, info);
        json_end(writer, '}');
}

void graph_print_json(struct buf *out, struct arena *arena, const struct graph *graph)
{
        struct json_writer writer = json_document(out, "strake.graph/1");

        json_member_begin(&writer, "nodes", '[');
        for (size_t i = 0; i < graph->nodes.count; i++)
                print_node(&writer, &graph->nodes.items[i]);
        json_end(&writer, ']');
        json_member_begin(&writer, "edges", '[');
        for (size_t i = 0; i < graph->edges.count; i++)
                print_edge(&writer, arena, graph, &graph->edges.items[i]);
        json_end(&writer, ']');
        json_document_end(&writer);
}

/* --- ways --- */

static void member_edge_message(struct json_writer *writer, const struct graph *graph, const struct graph_edge *edge)
{
        CLEANUP(buf_free) struct buf message = {0};

        graph_print_edge(&message, graph, edge);
        json_member(writer, "message", buf_text(&message));
}

static void print_path(struct json_writer *writer, const struct graph *graph, const struct search_path *path)
{
        json_begin(writer, '{');
        json_member(writer, "from", graph->nodes.items[path->from].id);
        json_member(writer, "to", graph->nodes.items[path->to].id);
        json_member_number(writer, "cost", path->cost);
        json_member_begin(writer, "steps", '[');
        for (size_t i = 0; i < path->count; i++) {
                const struct graph_edge *edge = &graph->edges.items[path->edges[i]];

                json_begin(writer, '{');
                json_member_number(writer, "edge", path->edges[i]);
                json_member(writer, "from", graph->nodes.items[edge->from].id);
                json_member(writer, "to", graph->nodes.items[edge->to].id);
                json_member(writer, "type", str_of(edge_infos[edge->type].name));
                json_member_number(writer, "cost", edge->cost);
                print_verdict(writer, edge);
                member_edge_message(writer, graph, edge);
                json_end(writer, '}');
        }
        json_end(writer, ']');
        json_end(writer, '}');
}

void paths_print_list(struct json_writer *writer, const struct paths *paths)
{
        json_begin(writer, '[');
        for (size_t i = 0; i < paths->list.items.count; i++)
                print_path(writer, paths->graph, &paths->list.items.items[i]);
        json_end(writer, ']');
}

static void print_change(struct json_writer *writer, struct arena *arena, const struct graph *graph,
                         const struct cut_change *cut)
{
        const struct graph_change *change = &graph->changes.items[cut->change];
        struct finding_fix fix = {.present = true, .patch = {&change->step, 1}};

        json_begin(writer, '{');
        json_member_number(writer, "edge", cut->edge);
        json_member(writer, "message", change->message);
        json_member_number(writer, "cost", change->cost);
        print_object(writer, change->object);
        print_location(writer, arena, change->object,
                       change->has_patch ? change->step.path
                       : change->object  ? change->object->path
                                         : (struct str){0});
        if (change->has_patch)
                report_print_fix(writer, &fix);
        json_member_number(writer, "breaks", change->breaks);
        json_end(writer, '}');
}

static void print_cut(struct json_writer *writer, struct arena *arena, const struct paths *paths)
{
        json_member_begin(writer, "cut", '{');
        if (paths->pairs && !paths->cut.possible)
                json_member_bool(writer, "possible", false);
        json_member_number(writer, "cost", paths->cut.cost);
        json_member_begin(writer, "changes", '[');
        for (size_t i = 0; i < paths->cut.count; i++)
                print_change(writer, arena, paths->graph, &paths->cut.changes[i]);
        json_end(writer, ']');
        json_end(writer, '}');
}

static void print_choke_points(struct json_writer *writer, const struct paths *paths)
{
        json_member_begin(writer, "chokePoints", '[');
        for (size_t i = 0; i < paths->choke_points.count; i++) {
                json_begin(writer, '{');
                json_member(writer, "node", paths->graph->nodes.items[paths->choke_points.items[i].node].id);
                json_member_number(writer, "ways", paths->choke_points.items[i].ways);
                json_end(writer, '}');
        }
        json_end(writer, ']');
}

void paths_print_json(struct buf *out, struct arena *arena, const struct paths *paths)
{
        struct json_writer writer = json_document(out, "strake.paths/1");

        json_key(&writer, "paths");
        paths_print_list(&writer, paths);
        json_member_begin(&writer, "counts", '{');
        json_member_number(&writer, "entries", paths->entries.items.count);
        json_member_number(&writer, "targets", paths->targets.items.count);
        json_member_number(&writer, "pairs", paths->pairs);
        json_member_number(&writer, "ways", paths->ways);
        json_end(&writer, '}');
        print_cut(&writer, arena, paths);
        print_choke_points(&writer, paths);
        json_document_end(&writer);
}
