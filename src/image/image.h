/* image.h - an image that is open: its configuration, its layers, and where their bytes come from.
 *
 * The same structure for an OCI layout (image-spec, image-layout.md), a docker-archive, and a plain folder, which has no layers.
 * Nothing is unpacked: a layer is a stream of bytes that is checked against its digests while it is read (unpack.h). Manifest and
 * configuration are checked when the image is opened. */
#pragma once

#include "crypto/digest.h"
#include "doc/value.h"
#include "image/archive/source.h"

enum image_kind {
        IMAGE_LAYERED, /* layers of tar */
        IMAGE_FOLDER,  /* one folder, the root file system */
        IMAGE_FOLDERS, /* layers that are folders: the storage of podman and CRI-O */
        IMAGE_BILL,    /* a bill of materials: packages alone, and the diff ids of layers where it tells them */
};

struct catalog;
struct store; /* store.h: where blobs and files of an image lie */

struct image_layer {
        struct str name;      /* for messages: the blob's digest, or its path in an archive, or the folder */
        struct str file;      /* in the store */
        struct digest digest; /* of the bytes as stored; DIGEST_NONE where none is told (docker-archive) */
        struct digest diff_id;
        uint64_t size; /* of the bytes as stored */
        bool has_size;
        struct str media_type;
        struct str created_by; /* from the history, where it tells */
};

struct image {
        enum image_kind kind;
        struct str name;        /* as the person gave it */
        struct str subject;     /* of a bill of materials: what it is about, as it says; else empty */
        struct digest manifest; /* DIGEST_NONE where there is none */
        struct digest index;    /* of a registry's list of images in which it was chosen */
        struct value list;      /* the index that names it, where there is one: what is attached may stand there */
        struct digest named;    /* of what the name stands for: the manifest, or the index that chose it; DIGEST_NONE */
        struct digest config_digest; /* the image id */
        struct value config;         /* the configuration (image-spec, config.md); VALUE_NULL for a folder */
        struct str os, architecture, variant;
        const struct str *tags;
        size_t tag_count;
        struct image_layer *layers; /* the lowest first */
        size_t layer_count;
        struct store *store;
        struct str folder;          /* of IMAGE_FOLDER */
        const struct catalog *bill; /* of IMAGE_BILL (sbom.h) */
};

/* What the person asks for. */
struct registry_access;

struct image_settings {
        const struct registry_access *access; /* to the registry, from image_prepare(); NULL: none is asked */
        struct str platform; /* "linux/arm64/v8"; empty: that of this machine, else linux/amd64, else the only one */
        bool any_platform;   /* one for another platform is opened where there is none for this */
};

/* Opens what `reference` names: "oci:DIR[:TAG]", "oci-archive:FILE[:TAG]", "docker-archive:FILE[:TAG]", "dir:FOLDER", "sbom:FILE", a store, or a path
 * whose form is recognised. Everything lies in the arena; files stay open until it is freed. NULL with `err`, which begins with
 * the reference. */
struct image *image_open(struct arena *arena, struct str reference, const struct image_settings *settings,
                         struct err *err);

/* The reference that a text in a file of this folder means: paths begin there. The folder is empty or ends with a slash. */
struct str image_reference_below(struct arena *arena, struct str folder, struct str reference);

/* Whether a reference names something in a registry: it has no prefix that names a file or folder, and there is no such path. */
bool image_is_remote(struct arena *arena, struct str reference);

/* Finds out what asking a registry takes: credentials, perhaps from a helper program, and libraries. Before image_confine(). `authorities`
 * are PEM, empty for those of the system; `plain`: http. */
const struct registry_access *image_prepare(struct arena *arena, struct str reference, struct str authorities,
                                            bool plain, struct err *err);

/* Gives up what reading these images does not need, before they are opened: every file but theirs, those below `folders`, which may be
 * written, and the network unless a registry is asked. For a program that has nothing else to do but to print what it found. */
bool image_confine(struct arena *arena, const struct str *references, size_t reference_count, const struct str *folders,
                   size_t count, struct err *err);

/* Takes the packages from a bill of materials that is attached to the image, in its registry (distribution-spec 1.1, referrers) or its
 * layout, in place of reading its layers. False with `err` if there is none, or none that can be read. */
bool image_use_attached(struct arena *arena, struct image *image, struct err *err);

/* Opens the stored bytes of a layer. NULL with `err`. */
struct byte_source *image_open_layer(const struct image *image, const struct image_layer *layer, struct err *err);
