/* open.h - what the ways to open an image share. */
#pragma once

#include "doc/value.h"
#include "image/archive/store.h"
#include "image/image.h"

enum { MANIFEST_MOST = 4 << 20, CONFIG_MOST = 16 << 20, LAYERS_MOST = 4096, JSON_DEPTH = 64 };

/* Opens the image of an OCI layout in a store; `tag` may be empty. */
bool image_open_oci(struct arena *arena, struct image *image, struct str tag, const struct image_settings *settings,
                    struct err *err);

/* Opens the image of a manifest, or of one that an index names; what they name is in the image's store. */
bool image_open_manifest(struct arena *arena, struct image *image, struct str name, struct str text,
                         const struct digest *digest, const struct image_settings *settings, struct err *err);

/* Opens the image of a docker-archive in a store. */
bool image_open_docker(struct arena *arena, struct image *image, struct str tag, const struct image_settings *settings,
                       struct err *err);

/* Opens the image of this name, or of an id, in the storage of podman and CRI-O. */
bool image_open_storage(struct arena *arena, struct image *image, struct str name, struct err *err);

/* Where that storage is: where `*name` says so in brackets, which are taken off it, else that of this user. */
struct str image_storage_folder(struct arena *arena, struct str *name);

/* Opens the image of this name in the store of containerd. */
bool image_open_containerd(struct arena *arena, struct image *image, struct str name,
                           const struct image_settings *settings, struct err *err);

/* Where that store is: "[NAMESPACE@ROOT]", "[NAMESPACE]" or "[ROOT]" before the name is taken off it. `namespace` is empty for any. */
struct str image_containerd_folder(struct arena *arena, struct str *name, struct str *namespace);

/* Reads one JSON document; `name` begins the message. */
bool image_read_json(struct arena *arena, struct str name, struct str text, struct value *out, struct err *err);

/* The member of a map by its name; NULL if there is none. */
const struct value *image_member(const struct value *map, const char *name);
struct str image_text(const struct value *map, const char *name);

/* Takes over what a configuration says: platform, diff ids and history for the layers, which must be there already. */
bool image_use_config(struct arena *arena, struct image *image, struct str name, struct str text, struct err *err);

/* Checks what a manifest (image-spec, manifest.md; Docker's schema 2) says and fills the layers. `config` is the descriptor. */
struct descriptor {
        struct digest digest;
        struct str digest_text, media_type, artifact_type;
        uint64_t size;
};

/* Reads what a descriptor names, and checks it; a manifest if `most` is MANIFEST_MOST. `name` is for messages. */
bool image_read_blob(struct arena *arena, const struct store *store, const struct descriptor *descriptor, uint64_t most,
                     struct str *name, struct str *text, struct err *err);

bool image_read_descriptor(const struct value *value, struct str name, struct descriptor *out, struct err *err);
bool image_use_manifest(struct arena *arena, struct image *image, struct str name, const struct value *manifest,
                        struct descriptor *config, struct err *err);

/* Whether a media type is that of an index, or of an image's manifest. */
bool image_is_index(struct str media_type);
bool image_is_manifest(struct str media_type);

/* A platform as "os/architecture/variant". */
struct platform {
        struct str os, architecture, variant;
};

bool image_read_platform(struct str text, struct platform *out);

/* That of this machine; images are for Linux, whatever runs here. */
struct platform image_own_platform(void);

/* Whether what an image is for is what is wanted; a variant counts only if it is wanted. */
bool image_is_for(const struct platform *image, const struct platform *wanted);
