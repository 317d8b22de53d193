/* keep.h - the text under which an object of a cluster is kept: what a scan reads, and nothing that it must not.
 *
 * YAML, as `kubectl get -o yaml` would print it, without what only the server needs (managedFields, resourceVersion, generation,
 * selfLink, the annotation kubectl.kubernetes.io/last-applied-configuration).
 *
 * Of a Secret the values are never kept: each member of `data` and `stringData` stays with an empty text, and the annotation
 * strake.dev/sizes says how many bytes each had ("password=12 username=5", sorted by name). Of a Secret of type kubernetes.io/tls the
 * certificates in `tls.crt` and `ca.crt` stay, which every client is shown: each made anew of what it says, and nothing else that
 * stands in the text, a private key least of all. */
#pragma once

#include "base/buf.h"
#include "doc/value.h"

/* Appends the text of an object. Of an item of a list, which need not say them, `api_version` and `kind` are given; empty
 * otherwise. Scratch memory comes from the arena. */
void keep_object(struct arena *arena, const struct value *object, struct str api_version, struct str kind,
                 struct buf *out);
