/* edge.h - the kinds of steps from one thing to the next: one table, edge.def, for the search, the printers and docs/paths.md. */
#pragma once

#include "base/str.h"

enum edge_type {
#define EDGE(type, code, cost, meaning, kubehound, rbac_police, icekube, mitre) EDGE_##type,
#include "graph/edge.def"
#undef EDGE
        EDGE_TYPE_COUNT
};

struct edge_info {
        const char *name;
        const char *code; /* R… rights, C… containers, E… ways in, S… structure, N… what no other tool looks at */
        uint8_t cost;
        const char *meaning;
        const char *kubehound, *rbac_police, *icekube; /* what others call it; may be empty */
        const char *mitre;                             /* technique of ATT&CK; may be empty */
};

extern const struct edge_info edge_infos[EDGE_TYPE_COUNT];

/* What a step costs at most. */
enum { EDGE_MOST_COST = 4 };

/* The table as Markdown, as it stands in docs/paths.md. */
struct buf;
void edge_print_table(struct buf *out);
