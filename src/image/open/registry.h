/* registry.h - images in registries (OCI distribution-spec 1.1): manifests and blobs over HTTP.
 *
 * A server that answers 401 says how to log in: by a token from where it names (Bearer), or by name and password (Basic). Both
 * come from where docker and podman keep them. They are sent to that server only: what redirects elsewhere is followed without.
 * Mirrors are asked first (registry_config.h). */
#pragma once

#include "image/archive/store.h"
#include "image/image.h"

struct registry_reference {
        struct str host;   /* of the API, with a port: "registry-1.docker.io" */
        struct str domain; /* as credentials name it: "docker.io" */
        struct str name;   /* "library/alpine" */
        struct str tag;    /* "latest" where neither tag nor digest is given; empty with a digest alone */
        struct str digest; /* "sha256:...", or empty */
};

/* Reads "[HOST[:PORT]/]NAME[:TAG][@DIGEST]"; without a host, Docker Hub is meant. False with `err` if it is none. */
bool registry_read_reference(struct arena *arena, struct str text, struct registry_reference *out, struct err *err);

struct registry_credential {
        struct str user, secret;
        struct str identity; /* a token for which others are given (docker's identitytoken) */
};

/* Looks for a credential in $REGISTRY_AUTH_FILE, podman's auth.json and docker's config.json, and asks the helper that they name,
 * which is a program. Empty if there is none; false with `err` if a file or helper is wrong. */
bool registry_find_credential(struct arena *arena, struct str domain, struct registry_credential *out, struct err *err);

/* A server that may be asked for an image: a mirror, or the registry itself. */
struct registry_place {
        struct str base;   /* what URLs begin with: "https://registry-1.docker.io/v2" */
        struct str name;   /* of the repository there */
        struct str query;  /* "?ns=docker.io" where a mirror wants to know whose it is; else empty */
        struct str domain; /* whose credential goes there: no other's */
        struct registry_credential credential;
        struct str authorities; /* PEM; empty: as for the registry */
        bool insecure;          /* trust anybody */
        bool no_tags, no_digests;
};

/* What is needed to ask a registry. */
struct registry_access {
        struct registry_reference reference;
        struct registry_place *places; /* in the order in which they are asked; the last is the registry */
        size_t place_count;
        struct str authorities; /* PEM; empty: those of the system */
        struct map *known; /* credentials that were asked for already, by domain, for many images; NULL: none is kept */
};

/* Finds out which servers to ask, from the files that podman, containerd and docker are set up by, and with which credentials. `plain`:
 * http for the registry itself. False with `err` if a file is wrong, or says that the registry must not be asked. */
bool registry_find_places(struct arena *arena, struct registry_access *access, bool plain, struct err *err);

/* A store whose files are "manifests/REFERENCE" and "blobs/ALGORITHM/DIGITS" of the registry. NULL with `err`. */
struct store *registry_open_store(struct arena *arena, const struct registry_access *access, struct err *err);

/* Opens the image. `access` must live as long as the arena. */
bool registry_open_image(struct arena *arena, struct image *image, const struct registry_access *access,
                         const struct image_settings *settings, struct err *err);

/* Loads the library that asks servers. */
bool registry_load(struct err *err);
