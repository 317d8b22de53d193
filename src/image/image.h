/* image.h - an image that is open: its configuration, its layers, and where their bytes come from.
 *
 * The same structure for an OCI layout (image-spec, image-layout.md), a docker-archive, the storage of containerd and of podman,
 * a registry (distribution-spec), and a plain folder, which has no layers. Nothing is unpacked: a layer is a stream of bytes
 * that is checked against its digests while it is read (layer.h). Manifest and configuration are checked when the image is opened. */
#pragma once

#include "base/err.h"
#include "base/vec.h"
#include "crypto/digest.h"
#include "doc/value.h"

enum image_kind { IMAGE_LAYERED, IMAGE_FOLDER };

enum layer_packing { LAYER_PLAIN, LAYER_GZIP, LAYER_ZSTD };

/* Where bytes come from, in pieces; several may be open at once, on several threads. */
struct byte_source {
        /* Fills at most `room` bytes; 0 at the end, -1 with `err`. */
        int64_t (*read)(struct byte_source *source, char *to, size_t room, struct err *err);
        void (*close)(struct byte_source *source);
};

struct image;

struct image_layer {
        struct str name;      /* for messages: the blob's digest, or its path in an archive */
        struct digest digest; /* of the bytes as stored; kind DIGEST_NONE where none is told (docker-archive) */
        struct digest diff_id;
        uint64_t size; /* of the bytes as stored */
        bool has_size;
        struct str media_type;
        struct str created_by; /* from the history, where it tells */

        /* Opens the stored bytes. The source lies in the arena until it is closed. */
        struct byte_source *(*open)(struct arena *arena, const struct image *image, const struct image_layer *layer,
                                    struct err *err);
        struct str file; /* what open() reads: a path, … */
        uint64_t offset; /* … from here … */
        uint64_t length; /* … so many bytes */
        const struct byte_packed *packed;
};

struct image {
        enum image_kind kind;
        struct str name;             /* as the person gave it */
        struct digest manifest;      /* of the manifest; DIGEST_NONE where there is none */
        struct digest config_digest; /* the image id */
        struct value config;         /* the configuration (image-spec, config.md); VALUE_NULL for a folder */
        struct str os, architecture, variant;
        const struct str *tags;
        size_t tag_count;
        struct image_layer *layers; /* the lowest first */
        size_t layer_count;
        int folder; /* of IMAGE_FOLDER, or of a layout; -1 */
        const char *folder_name;
};

/* What the person asks for. */
struct image_settings {
        struct str
                platform; /* "linux/arm64/v8"; empty: that of this machine, and if there is none, linux/amd64 or the only one */
};

/* Opens what `reference` names: "oci:DIR[:TAG]", "oci-archive:FILE[:TAG]", "docker-archive:FILE[:TAG]", "dir:FOLDER", or a path whose form
 * is recognised. Everything lies in the arena; files stay open until it is freed. NULL with `err`, which names the image. */
struct image *image_open(struct arena *arena, struct str reference, const struct image_settings *settings,
                         struct err *err);
