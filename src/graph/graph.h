/* graph.h - who gets from what to what: nodes, steps between them with their evidence, and the changes that would stop them.
 *
 * Nodes are things of the cluster and have ids like "pod/shop/web". Where many lead to many, a *hub* stands between them ("all
 * Secrets of a namespace"), so that the graph grows with the estate and not with its square. A step has evidence: the place in an
 * object that makes it possible. A *change* is something a person can do to an object so that all steps with evidence of it are
 * gone; one change may stop many steps.
 *
 * The graph is built once and then only read. Same estate, same graph: numbers follow the order in which things were added. */
#pragma once

#include "base/buf.h"
#include "base/map.h"
#include "base/vec.h"
#include "doc/patch.h"
#include "graph/edge.h"
#include "kube/object.h"

enum graph_kind {
        GRAPH_INTERNET,
        GRAPH_USER,
        GRAPH_GROUP,
        GRAPH_ACCOUNT,
        GRAPH_POD,
        GRAPH_CONTAINER,
        GRAPH_IMAGE,
        GRAPH_NODE,
        GRAPH_SECRET,
        GRAPH_VOLUME,
        GRAPH_ENDPOINT,
        GRAPH_PERMISSION,         /* a RoleBinding */
        GRAPH_CLUSTER_PERMISSION, /* a ClusterRoleBinding */
        GRAPH_ROLE,
        GRAPH_CLUSTER_ROLE,    /* bound in the whole cluster */
        GRAPH_CLUSTER_ROLE_IN, /* bound in a namespace */
        GRAPH_NAMESPACE,
        GRAPH_CLUSTER_ADMIN,
        GRAPH_CLOUD, /* a role outside of the cluster */
        GRAPH_REGISTRY,
        /* hubs */
        GRAPH_NETWORK,    /* whatever is reached from Pods */
        GRAPH_NEIGHBOURS, /* the Pods that a network policy lets to others */
        GRAPH_PODS_OF,    /* all Pods of a namespace, and so on */
        GRAPH_SECRETS_OF,
        GRAPH_ACCOUNTS_OF,
        GRAPH_NEW_PODS_OF, /* Pods that somebody may create there */
        GRAPH_ROLES_OF,
        GRAPH_PORTS_OF,
        GRAPH_TRAFFIC_OF,
        GRAPH_PODS, /* of all namespaces */
        GRAPH_SECRETS,
        GRAPH_ACCOUNTS,
        GRAPH_NEW_PODS,
        GRAPH_ROLES,
        GRAPH_PORTS,
        GRAPH_TRAFFIC,
        GRAPH_NAMESPACES,
        GRAPH_NODES,
        GRAPH_USERS,
        GRAPH_NODE_TOKENS, /* the tokens of the Pods of a node */
        GRAPH_NODE_PODS,   /* the Pods of a node */
        GRAPH_PROCESSES,   /* the processes of a Pod */
        GRAPH_KIND_COUNT
};

struct graph_kind_info {
        const char *name;   /* "pod" */
        const char *prefix; /* of ids: "pod/"; without a slash at its end the whole id */
        bool namespaced;    /* the next part of the id is a namespace */
        bool is_hub;
        const char *words; /* for people, with %s for the rest of the id: "all Pods of %s" */
};

extern const struct graph_kind_info graph_kinds[GRAPH_KIND_COUNT];

enum { GRAPH_NONE = UINT32_MAX };

struct graph_node {
        struct str id;
        const struct object *object; /* what was shown of it; may be NULL */
        uint8_t kind;
};

/* Whether the cluster would let it happen. */
enum graph_verdict { GRAPH_ALLOWED, GRAPH_UNKNOWN, GRAPH_DENIED };

struct graph_edge {
        uint32_t from, to;
        uint32_t evidence; /* the first, GRAPH_NONE: none */
        uint8_t type, cost;
        uint8_t verdict; /* a denied step is no way */
};

/* Each piece of evidence is needed for the step. */
struct graph_evidence {
        const struct object *object; /* NULL: what every cluster has */
        struct str path;             /* JSON Pointer in the document of the object, or empty */
        struct str message;          /* what is there, in words; empty: what the type says */
        uint32_t change;             /* that would take it away; GRAPH_NONE */
        uint32_t next;               /* of the same step; GRAPH_NONE */
};

struct graph_change {
        const struct object *object; /* what is changed; NULL: something has to be added */
        struct str message;          /* what to do: "take \"ci\" out of ClusterRoleBinding \"ci\"" */
        struct patch_step step;      /* against the document, if there is one */
        bool has_patch;
        uint8_t cost;    /* 1 from which nothing suffers, 2, 3 what needs thought */
        uint32_t breaks; /* how many things use what is taken away, as far as was shown */
};

struct graph {
        struct arena *arena;
        VEC(struct graph_node) nodes;
        VEC(struct graph_edge) edges; /* after graph_finish(): by `from`, then as they were added */
        VEC(struct graph_evidence) evidence;
        VEC(struct graph_change) changes;
        struct map ids;
        uint32_t *out;      /* the first edge of each node, and one more */
        uint32_t *in;       /* the same in `in_edges` */
        uint32_t *in_edges; /* numbers of edges, by `to` */
};

/* --- building --- */

void graph_begin(struct graph *graph, struct arena *arena);

/* The node of a kind; made if it is new. `ns` only of namespaced kinds. */
uint32_t graph_node(struct graph *graph, enum graph_kind kind, struct str ns, struct str name);

/* The node of an id; GRAPH_NONE if there is none. */
uint32_t graph_find(const struct graph *graph, struct str id);

/* A step without evidence of its own. Returns its number until graph_finish(). */
uint32_t graph_edge(struct graph *graph, enum edge_type type, uint32_t from, uint32_t to);

/* One more piece of evidence of a step. Texts are not copied. */
void graph_prove(struct graph *graph, uint32_t edge, const struct object *object, struct str path, struct str message,
                 uint32_t change);

/* A change with what it costs; no patch yet. */
uint32_t graph_change(struct graph *graph, const struct object *object, unsigned cost, struct str message);

/* Gives a change its patch. The pointer is one in the document. */
void graph_patch(struct graph *graph, uint32_t change, enum patch_op op, struct str path, struct value value);

/* Puts the edges in order. Nothing is added any more. */
void graph_finish(struct graph *graph);

/* --- reading --- */

/* Loops over the edges that leave a node: `for (i = graph->out[n]; i < graph->out[n + 1]; i++) graph->edges.items[i]`. */

/* Parts of a node's id: the namespace (empty if it has none) and the name, which is the last part. */
struct str graph_namespace(const struct graph_node *node);
struct str graph_name(const struct graph_node *node);

/* A node as people say it: "Pod shop/web", "all Secrets of shop". */
void graph_print_node(struct buf *out, const struct graph_node *node);

/* What makes a step possible, in words: what the evidence says, or the type. */
void graph_print_edge(struct buf *out, const struct graph *graph, const struct graph_edge *edge);
