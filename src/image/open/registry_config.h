/* registry_config.h - what says that a registry has mirrors: containers' registries.conf, containerd's hosts.toml, docker's daemon.json. */
#pragma once

#include "base/vec.h"
#include "image/open/registry.h"

struct registry_mirror {
        struct str location; /* "HOST[:PORT][/PATH]" */
        bool insecure;
        bool no_tags, no_digests;
};

/* A [[registry]] of containers-registries.conf(5), version 2. */
struct registry_entry {
        struct str prefix, location;
        bool insecure, blocked;
        VEC(struct registry_mirror) mirrors;
        struct str file; /* that says so */
};

struct registry_entries {
        VEC(struct registry_entry) list;
};

/* Adds the entries of a file; one with the prefix of an earlier one takes its place. False with `err`, which names the file and the
 * line. */
bool registry_read_containers(struct arena *arena, struct str file, struct str text, struct registry_entries *out,
                              struct err *err);

/* The entry for an image: that with the longest prefix; NULL if there is none. */
const struct registry_entry *registry_find_entry(const struct registry_entries *entries,
                                                 const struct registry_reference *reference);

/* Where `location` says that an image of this entry lies, as "HOST[:PORT]" and the name there. False with `err` if there is nothing
 * left of its name. */
bool registry_move(struct arena *arena, const struct registry_entry *entry, struct str location,
                   const struct registry_reference *reference, struct str *host, struct str *name, struct err *err);

/* A server that a file names by its URL. */
struct registry_host {
        struct str base; /* "https://mirror.example/v2" */
        struct str domain;
        bool insecure;
        bool no_tags, no_digests;    /* what it cannot do */
        VEC(struct str) authorities; /* files */
};

struct registry_hosts {
        VEC(struct registry_host) mirrors;
        struct registry_host server; /* in the registry's stead; `base` is empty where the file does not name one */
};

/* A hosts.toml of containerd. */
bool registry_read_hosts(struct arena *arena, struct str file, struct str text, struct registry_hosts *out,
                         struct err *err);

/* A daemon.json of docker: its mirrors are for Docker Hub only. `*insecure` tells whether `domain` is among its insecure registries. */
bool registry_read_docker(struct arena *arena, struct str file, struct str text, struct str domain,
                          struct registry_hosts *out, bool *insecure, struct err *err);
