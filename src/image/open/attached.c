/* attached.c - bills of materials that are attached to an image: manifests of their own that name it as their subject (image-spec, manifest.md).
 *
 * A registry lists them by its referrers API; one that has none keeps the list under a tag made of the digest (distribution-spec,
 * "referrers tag schema"). cosign keeps a bill under such a tag with ".sbom" behind it. BuildKit puts it beside the image into its index,
 * as an attestation that names the image by an annotation. */

#include <stdlib.h>

#include "base/vec.h"
#include "image/open/open.h"
#include "image/sbom/sbom.h"

enum { ATTACHED_MOST = 256, BILL_MOST = 64 << 20 };

struct attached {
        struct descriptor descriptor;
        struct str created; /* org.opencontainers.image.created, where it is told */
};

struct looking {
        struct arena *arena;
        struct image *image;
        struct digest subject;
        VEC(struct attached) found;
};

static bool is_bill(struct str type)
{
        return str_is(type, "application/vnd.cyclonedx+json") || str_is(type, "application/spdx+json")
               || str_is(type, "text/spdx+json") || str_is(type, "application/vnd.in-toto+json");
}

/* An attestation may be about something else: of one that says so, nothing is wanted. */
static bool holds_bill(const struct value *layer)
{
        struct str predicate = image_text(image_member(layer, "annotations"), "in-toto.io/predicate-type");

        return is_bill(image_text(layer, "mediaType"))
               && (!predicate.len
                   || str_starts(predicate, STR("https://cyclonedx.org/"))
                                 || str_starts(predicate, STR("https://spdx.dev/")));
}

/* Takes from a list of manifests what may be a bill: those that say so, and those that do not say what they are. */
static bool take_list(struct looking *looking, struct str name, const struct value *list, struct err *err)
{
        value_each (image_member(list, "manifests"), entry) {
                struct str type = image_text(&entry->value, "artifactType");
                struct attached attached = {.created = image_text(image_member(&entry->value, "annotations"),
                                                                  "org.opencontainers.image.created")};

                if (type.len && !is_bill(type))
                        continue;
                if (looking->found.count == ATTACHED_MOST)
                        return err_set(err, "%.*s: more than %d things are attached", STR_ARG(name), ATTACHED_MOST);
                TRY(image_read_descriptor(&entry->value, name, &attached.descriptor, err));
                if (!digest_equal(&attached.descriptor.digest, &looking->subject)
                    && image_is_manifest(attached.descriptor.media_type))
                        *vec_push(looking->arena, &looking->found) = attached;
        }
        return true;
}

static bool read_list(struct looking *looking, struct str name, struct err *err)
{
        struct value list;
        struct str text;

        TRY(store_read(looking->arena, looking->image->store, name, MANIFEST_MOST, &text, err));
        return image_read_json(looking->arena, name, text, &list, err) && take_list(looking, name, &list, err);
}

/* Another name of the same list, if the first was not to be had. */
static bool list_attached(struct looking *looking, struct err *err)
{
        struct arena *arena = looking->arena;
        struct digest *subject = &looking->subject;
        const char *algorithm = subject->kind == DIGEST_SHA256 ? "sha256" : "sha512";
        char hex[DIGEST_TEXT];
        struct str digits = str_copy(arena, digest_hex(subject, hex));
        struct err why = {0};

        if (!store_is_remote(looking->image->store))
                return read_list(looking, STR("index.json"), err);
        if (read_list(looking, str_format(arena, "referrers/%s:%.*s", algorithm, STR_ARG(digits)), &why))
                return true;
        if (read_list(looking, str_format(arena, "manifests/%s-%.*s", algorithm, STR_ARG(digits)), err))
                return true;
        return err_set(err, "%.*s; %.*s", STR_ARG(err_text(&why)), STR_ARG(err_text(err)));
}

/* The newest first; then in the order of their digests. */
static int compare_attached(const void *a, const void *b)
{
        const struct attached *x = a, *y = b;
        int order = str_compare(y->created, x->created);

        return order ? order : str_compare(x->descriptor.digest_text, y->descriptor.digest_text);
}

/* Reads the bill that a manifest holds; `*is` tells whether it holds one. */
static bool use_manifest(struct looking *looking, struct str name, const struct value *manifest, bool *is,
                         struct err *err)
{
        struct image bill = {.name = looking->image->name};

        *is = false;
        value_each (image_member(manifest, "layers"), layer) {
                struct descriptor descriptor;
                struct str blob, text;

                if (!holds_bill(&layer->value))
                        continue;
                *is = true;
                TRY(image_read_descriptor(&layer->value, name, &descriptor, err)
                    && image_read_blob(looking->arena, looking->image->store, &descriptor, BILL_MOST, &blob, &text,
                                       err));
                if (!sbom_read(looking->arena, text, &bill, err))
                        return err->line ? err_within(err, "%.*s:%u:%u", STR_ARG(blob), err->line, err->column)
                                         : err_within(err, "%.*s", STR_ARG(blob));
                looking->image->kind = IMAGE_BILL;
                looking->image->bill = bill.bill;
                return true;
        }
        return true;
}

static bool use_attached(struct looking *looking, const struct attached *attached, bool *is, struct err *err)
{
        struct descriptor subject;
        struct value manifest;
        struct str name, text;

        *is = false;
        TRY(image_read_blob(looking->arena, looking->image->store, &attached->descriptor, MANIFEST_MOST, &name, &text,
                            err)
            && image_read_json(looking->arena, name, text, &manifest, err));
        if (!image_member(&manifest, "subject"))
                return true;
        TRY(image_read_descriptor(image_member(&manifest, "subject"), name, &subject, err));
        return !digest_equal(&subject.digest, &looking->subject) || use_manifest(looking, name, &manifest, is, err);
}

/* What cosign keeps beside an image. */
static bool use_tag(struct looking *looking, bool *is, struct err *err)
{
        char hex[DIGEST_TEXT];
        struct str name =
                str_format(looking->arena, "manifests/sha256-%s.sbom", digest_hex(&looking->subject, hex).data);
        struct value manifest;
        struct err none = {0};
        struct str text;

        *is = false;
        if (!store_is_remote(looking->image->store) || looking->subject.kind != DIGEST_SHA256
            || !store_read(looking->arena, looking->image->store, name, MANIFEST_MOST, &text, &none))
                return true;
        return image_read_json(looking->arena, name, text, &manifest, err)
               && use_manifest(looking, name, &manifest, is, err);
}

/* What BuildKit puts beside an image. */
static bool use_attestations(struct looking *looking, bool *is, struct err *err)
{
        char text[DIGEST_TEXT];
        struct str subject = digest_print(&looking->subject, text);

        *is = false;
        value_each (image_member(&looking->image->list, "manifests"), entry) {
                const struct value *notes = image_member(&entry->value, "annotations");
                struct descriptor descriptor;
                struct value manifest;
                struct str name, blob;

                if (!str_is(image_text(notes, "vnd.docker.reference.type"), "attestation-manifest")
                    || !str_equal(image_text(notes, "vnd.docker.reference.digest"), subject))
                        continue;
                TRY(image_read_descriptor(&entry->value, STR("index"), &descriptor, err)
                                          && image_read_blob(looking->arena, looking->image->store, &descriptor,
                                                             MANIFEST_MOST, &name, &blob, err)
                                          && image_read_json(looking->arena, name, blob, &manifest, err)
                                          && use_manifest(looking, name, &manifest, is, err));
                if (*is)
                        return true;
        }
        return true;
}

/* What is attached to one digest. */
static bool look_at(struct looking *looking, struct digest subject, bool *is, struct err *err)
{
        bool listed;

        *is = false;
        looking->subject = subject;
        looking->found.count = 0;
        if (!subject.kind)
                return true;
        TRY(use_attestations(looking, is, err));
        if (*is)
                return true;
        listed = list_attached(looking, err);
        if (looking->found.count)
                qsort(looking->found.items, looking->found.count, sizeof(struct attached), compare_attached);
        for (size_t i = 0; listed && i < looking->found.count && !*is; i++)
                TRY(use_attached(looking, &looking->found.items[i], is, err));
        if (!*is) {
                struct err why = {0};

                if (!use_tag(looking, is, &why)) {
                        *err = why;
                        return false;
                }
        }
        return *is || listed;
}

bool image_use_attached(struct arena *arena, struct image *image, struct err *err)
{
        struct looking looking = {.arena = arena, .image = image};
        const struct digest subjects[] = {image->manifest, image->index};
        struct err why = {0};
        bool is = false;

        if (image->kind != IMAGE_LAYERED || !image->manifest.kind)
                return err_set(err,
                               "%.*s: bills of materials are attached to images in registries and OCI layouts only",
                               STR_ARG(image->name));
        for (size_t i = 0; i < COUNT_OF(subjects) && !is; i++)
                if (!look_at(&looking, subjects[i], &is, &why) && is)
                        return err_set(err, "%.*s: %.*s", STR_ARG(image->name), STR_ARG(err_text(&why)));
        return is
               || err_set(err,
                          "%.*s: no bill of materials is attached to it%s%.*s; without --attached its layers are read",
                          STR_ARG(image->name), why.length ? ": " : "", STR_ARG(err_text(&why)));
}
