/* edge.c - the table of steps. */

#include "graph/edge.h"

#include "base/buf.h"

const struct edge_info edge_infos[EDGE_TYPE_COUNT] = {
#define EDGE(type, code, cost, meaning, kubehound, rbac_police, icekube, mitre)                                        \
        [EDGE_##type] = {#type, code, cost, meaning, kubehound, rbac_police, icekube, mitre},
#include "graph/edge.def"
#undef EDGE
};

static void add_alias(struct buf *out, const char *tool, const char *names, bool *any)
{
        if (!*names)
                return;
        buf_add_format(out, "%s%s %s", *any ? "; " : "", tool, names);
        *any = true;
}

void edge_print_table(struct buf *out)
{
        buf_add_literal(out, "| edge | | cost | what it means | elsewhere | ATT&CK |\n|---|---|---:|---|---|---|\n");
        for (size_t i = 0; i < EDGE_TYPE_COUNT; i++) {
                const struct edge_info *info = &edge_infos[i];
                bool any = false;

                buf_add_format(out, "| `%s` | %s | %u | %s | ", info->name, info->code, info->cost, info->meaning);
                add_alias(out, "KubeHound", info->kubehound, &any);
                add_alias(out, "rbac-police", info->rbac_police, &any);
                add_alias(out, "IceKube", info->icekube, &any);
                buf_add_format(out, " | %s |\n", info->mitre);
        }
}
