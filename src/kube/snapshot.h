/* snapshot.h - what a scan would read, in one file.
 *
 * A frame of zstd that readers of zstd pass over, with the text `strake.snapshot/1`, and a frame with everything: so
 * `zstd -dc FILE` shows what is in it. Inside, lines of JSON announce what follows:
 *
 *     {"schema":"strake.snapshot/1","entries":2,"problems":1}
 *     {"name":"cluster/namespaces/shop/deployments.apps/web.yaml","bytes":1234}
 *     …1234 bytes of YAML, and a line end; no values of Secrets (kube/keep.h)
 *     {"problem":"not-listed","file":"cluster/secrets","message":"…"}
 *     {"end":3}
 *
 * Entries stand in the order of their names, and nothing in the file depends on time or machine: the same objects give the same
 * bytes. */
#pragma once

#include "base/buf.h"
#include "kube/cluster.h"

/* Whether a file is a snapshot, of any version, by how it begins. */
bool snapshot_is(struct str text);

/* Writes what an estate holds: its objects, without what must not be kept, source by source, and its problems. False with `err`
 * if it holds nothing to keep. */
bool snapshot_write(const struct estate *estate, struct buf *out, struct err *err);

/* Reads the entries and problems of a snapshot whose file has a name; the names of entries get it in front ("FILE/cluster/…").
 * What cannot be read is a problem, what stands before it is given. At most 4 GiB come out. */
void snapshot_read(struct arena *arena, struct str file, struct str text, struct entries *out);
