/* object.h - one Kubernetes object and the views on it that rules need: pod templates, containers, volumes. */
#pragma once

#include "doc/key.h"
#include "doc/source.h"
#include "doc/value.h"

struct object {
        struct str group, version;              /* of apiVersion; the core group is empty */
        struct str api_version, kind, ns, name; /* ns and name may be empty; a generateName stands for a missing name */
        struct node root;                       /* the object's value and place; of a List, the item's */
        struct source *source;
        uint32_t document;   /* index in the source */
        struct str path;     /* JSON Pointer of the object in its document: "" or "/items/3" */
        struct node pod;     /* the pod template (for a Pod the object itself): a map with metadata and spec;
                                      value.kind is VALUE_NULL if the object has none */
        struct str pod_path; /* JSON Pointer of `pod` in the document */
        bool is_workload;    /* a kind of Kubernetes itself that runs Pods, PodTemplate not among them */
        bool malformed;      /* a field has a type that Kubernetes refuses: a problem says so, rules skip it */
};

enum container_role { CONTAINER_MAIN, CONTAINER_INIT, CONTAINER_SIDECAR, CONTAINER_EPHEMERAL };

struct container {
        const struct node *node;
        enum container_role role; /* a sidecar is an init container with restartPolicy Always */
        uint32_t list;            /* KEY_containers, KEY_initContainers or KEY_ephemeralContainers */
        uint32_t index;           /* in that list */
        struct str name;
};

/* Loops over all containers of an object's pod: init containers, containers, ephemeral containers.
 *
 *     struct container container = {0};
 *     while (object_next_container(object, &container)) …
 */
bool object_next_container(const struct object *object, struct container *container);
