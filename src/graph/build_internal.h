/* build_internal.h - what the files that build the graph share. */
#pragma once

#include "access/authorizer.h"
#include "graph/build.h"
#include "image/named.h"

/* A namespace. */
struct space {
        struct str name;
        const struct object *object;     /* NULL: it was not shown */
        struct str enforce;              /* the Pod Security level; empty: none */
        uint32_t weak_pods;              /* Pods that the level "baseline" would not let in */
        uint32_t label_change;           /* to make it enforce one; GRAPH_NONE until asked for */
        enum graph_verdict privileged;   /* whether a privileged Pod may be created */
        struct str refused_by;           /* what refuses it, or might */
        const struct object *refused_at; /* its object */
};

/* One container of a Pod. */
struct box {
        uint32_t node;
        struct container container;
};

/* A Pod, or what stands for the Pods of a workload. */
struct pod {
        const struct object *object;
        const struct value *spec;
        struct space *space;
        struct str name; /* in ids */
        uint32_t node, host;
        struct box *boxes;
        size_t box_count;
        struct str account; /* name of its service account */
        bool has_token;
        bool host_network;
};

struct builder {
        struct graph *graph;
        struct arena *arena;
        const struct estate *estate;
        const struct index *index;
        const struct access *access;
        uint32_t minor;
        struct map spaces; /* by name */
        struct pod *pods;
        size_t pod_count;
        struct map by_object; /* the address of an object: struct pod */
        uint32_t cluster_admin, internet, any_node;
        struct map uses;                   /* how many Pods use an account, by id of its node */
        const struct named_images *images; /* that were read; NULL: none */
        struct map replaced;               /* names of images that the registry may replace, with a step already */
};

struct space *build_space(struct builder *builder, struct str ns);

/* The Pod that stands for an object; NULL: another does, or nothing. */
struct pod *build_pod_of(const struct builder *builder, const struct object *object);

uint32_t build_node(struct builder *builder, enum graph_kind kind, struct str ns, struct str name);

/* A pointer into the document of an object: its own path, and then as printf. */
struct str build_path(struct builder *builder, const struct object *object, const char *format, ...) PRINTF_LIKE(3, 4);

/* The same from its Pod template on. */
struct str build_pod_path(struct builder *builder, const struct object *object, const char *format, ...)
        PRINTF_LIKE(3, 4);

struct str build_words(struct builder *builder, const char *format, ...) PRINTF_LIKE(2, 3);

/* "Kind ns/name". */
struct str build_object_words(struct builder *builder, const struct object *object);

/* A step with one piece of evidence. */
uint32_t build_step(struct builder *builder, enum edge_type type, uint32_t from, uint32_t to,
                    const struct object *object, struct str path, struct str message, uint32_t change);

/* The parts, in this order. */
void build_pods(struct builder *builder); /* Pods, containers, images, Secrets that they get */
void build_escapes(struct builder *builder, struct pod *pod, struct box *box); /* out of one container */
void build_image(struct builder *builder, const struct pod *pod, const struct box *box, uint32_t node); /* its image */
void build_accounts(struct builder *builder); /* service accounts, Secrets */
void build_network(struct builder *builder);  /* what is reached from where */
void build_guards(struct builder *builder);   /* what the cluster would refuse */
void build_access(struct builder *builder);   /* rights, and what they lead to */
void build_groups(struct builder *builder);   /* the groups of all accounts and users */
void build_hubs(struct builder *builder);     /* the members of all hubs, at last */

/* What is known of the image of a container; NULL: nobody read it. */
const struct named_image *build_image_of(struct builder *builder, const struct pod *pod, const struct box *box);

/* Whether the image is known, and runs as somebody else than root where the manifest does not say who. */
bool build_image_is_not_root(struct builder *builder, const struct pod *pod, const struct box *box);
