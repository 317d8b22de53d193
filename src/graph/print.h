/* print.h - graphs and ways as JSON, text, pictures. */
#pragma once

#include "graph/paths.h"
#include "report/finding.h"
#include "report/json_writer.h"

/* Where a pointer of an object's document stands; false if the object was not shown. Memory comes from the arena. */
bool graph_locate(struct arena *arena, const struct object *object, struct str path, struct finding_location *out);

/* docs/schema/strake.graph-1.json */
void graph_print_json(struct buf *out, struct arena *arena, const struct graph *graph);

/* docs/schema/strake.paths-1.json */
void paths_print_json(struct buf *out, struct arena *arena, const struct paths *paths);

/* The list of ways alone, as reports have it. */
void paths_print_list(struct json_writer *writer, const struct paths *paths);

/* Graphviz: all of it, or what is on ways. */
void graph_print_dot(struct buf *out, const struct graph *graph);
void paths_print_dot(struct buf *out, const struct paths *paths);

/* One page for a browser, with nothing from elsewhere. */
void graph_print_html(struct buf *out, struct arena *arena, const struct graph *graph);
void paths_print_html(struct buf *out, struct arena *arena, const struct paths *paths);

/* For people: each way as a picture, then what stops them. */
void paths_print_text(struct buf *out, struct arena *arena, const struct paths *paths, bool color, bool quiet);
