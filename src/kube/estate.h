/* estate.h - everything that was shown to Strake: sources, the objects in them, and what could not be read.
 *
 * The estate is read once and then only looked at. All of it stays in memory: values point into the texts of the sources. */
#pragma once

#include "doc/document.h"
#include "kube/object.h"

/* Something about the input itself that a person must know: a finding of area "input". */
enum problem_kind {
        PROBLEM_UNREADABLE,    /* the file could not be opened or read: status 2 */
        PROBLEM_NOT_TEXT,      /* NUL bytes, UTF-16, invalid UTF-8, compressed: status 2 */
        PROBLEM_SYNTAX,        /* not YAML, not JSON: status 2 */
        PROBLEM_TOO_LARGE,     /* beyond a limit: status 2 */
        PROBLEM_TEMPLATE,      /* a Helm or other template that nobody rendered: status 2 */
        PROBLEM_WRONG_TYPE,    /* a field that judging needs has a type that Kubernetes refuses: status 2 */
        PROBLEM_UNKNOWN_FIELD, /* a field that Kubernetes does not know, and drops: a misspelt one; no change of status */
        PROBLEM_NOT_OBJECT,    /* a document that is no Kubernetes object; a note, no change of status */
        PROBLEM_NOT_RENDERED,   /* a chart or kustomization was recognised; what to do; a note, no change of status */
        PROBLEM_NOT_FOLLOWED,   /* a link, FIFO, device or the like was passed over; a note, no change of status */
        PROBLEM_NO_CLUSTER,     /* the cluster could not be asked at all: status 2 */
        PROBLEM_NOT_LISTED,     /* some objects of the cluster could not be had: status 2 */
        PROBLEM_SNAPSHOT,       /* a snapshot is damaged, cut short or from a newer Strake: status 2 */
        PROBLEM_IMAGE,          /* an image, or a part of it, could not be read: status 2 */
        PROBLEM_IMAGE_LEFT_OUT, /* images that nobody said to read; a note, no change of status */
        PROBLEM_DUMP, /* a folder of `kubectl cluster-info dump`, which has few kinds; a note, no change of status */
        PROBLEM_COUNT
};

struct problem {
        enum problem_kind kind;
        struct str file;             /* as findings name it */
        struct source *source;       /* NULL if it could not be read */
        uint32_t at;                 /* byte offset in the source */
        uint32_t document;           /* index of the document, UINT32_MAX if it is about the whole file */
        const struct object *object; /* whose field it is, or NULL */
        struct str path;             /* JSON Pointer of the field in the document, or empty */
        struct str message;          /* what is wrong and what to do, one line */
        bool may_be_right;           /* nobody knows the object's kind: no change of status */
};

/* What one source gave. A source is worked on by one thread at a time. A large stream of YAML is several sources of the same
 * name, one behind the other, each a part of the text. */
struct estate_source {
        struct source source;
        struct arena arena; /* values, objects and problems of this source */
        VEC(struct object) objects;
        VEC(struct problem) problems;
        uint32_t documents; /* of the whole text: those that are not empty, those with problems too */
        unsigned role;      /* what the file is to its folder, as reading it again must know */
        bool is_file;       /* a regular file, which can be replaced under its name */
        bool is_read;       /* its text is there, good or bad */
        char apart[CACHE_LINE];
};

struct estate {
        struct arena arena;
        struct estate_source *sources; /* sorted by name, byte order */
        size_t source_count;
        VEC(struct problem) problems; /* about what never became a source */
};

struct cluster_settings;

struct estate_settings {
        const struct str *inputs; /* files, folders, snapshots, "-"; none, and no cluster: the current folder */
        size_t input_count;
        const struct cluster_settings *cluster; /* a live cluster is read too (kube/cluster.h); NULL: none */
        unsigned threads;                       /* 0: as many as the process may use */
        bool whole;                             /* each file is one source, as who changes files needs it */
        bool nothing;                           /* no input means none, and not the current folder */
        bool languages; /* of folders are read the files in other languages (language.h), and no manifests */
};

/* Reads all inputs. Never fails: what cannot be read is a problem. Each object of a cluster, and each file that a snapshot (see
 * kube/snapshot.h) was made of, is a source of its own. */
void estate_read(struct estate *estate, const struct estate_settings *settings);

/* Reads one text as if it were a file of that name; for tests, fuzzing and rule examples. */
void estate_read_text(struct estate *estate, struct str name, struct str text);

/* Reads another text into a source of which only name, role and `is_file` are set: what a repair made of the text of one like
 * it. Objects point to the source, so it must stay where it is. */
void estate_source_read(struct estate_source *source, struct str text);

/* Reads one file into a cleared source, or notes why not. */
struct found;
void estate_source_open(struct estate_source *source, const struct found *found);

/* The same with all that were found, into a cleared estate (kube/find.h). */
struct found_files;
void estate_read_found(struct estate *estate, const struct found_files *files, unsigned threads);

/* Makes room for more sources, cleared, behind those that there are; returns the first. The others move, and with them what points
 * to them from their own objects and problems; nobody else may point to them yet. */
struct estate_source *estate_extend(struct estate *estate, size_t count) NONNULL_RESULT;

/* Puts the sources into the order of their names again, once some were added. They move, as above. */
void estate_sort(struct estate *estate);

/* Puts one object that stands in no text into a source of which only the name is set: what is known of an image, for example.
 * `root`, a map with apiVersion and kind, lives in the source's arena. Findings about it have a path, but no line. With a text in the
 * source, lines and columns are those of the nodes' places in it. */
void estate_source_hold(struct estate_source *source, const struct value *root);

/* Notes that something of such a source could not be read: a problem without a place. */
void estate_source_fail(struct estate_source *source, enum problem_kind kind, struct str message);

/* Gives back all that reading the source took; not the source itself. */
void estate_source_free(struct estate_source *source);

void estate_free(struct estate *estate);

/* How many objects there are. */
size_t estate_object_count(const struct estate *estate);

/* The identity of a problem as a rule: "unreadable-file", "not-text", "syntax-error", "input-too-large", "template",
 * "wrong-type", "unknown-field", "not-an-object", "not-rendered", "not-followed", "cluster-unreachable", "not-listed",
 * "snapshot-damaged", "unreadable-image", "image-left-out", "dump-is-partial"; whether it means that something could not be judged. */
struct problem_class {
        struct str id, title, severity, description;
        bool fails; /* exit status 2 */
};

const struct problem_class *problem_class(enum problem_kind kind);

/* Whether something could not be judged because of it: exit status 2. */
bool problem_fails(const struct problem *problem);

/* Calls `each` for those that fail: about what never became a source, then source by source. Returns how many. */
size_t estate_each_failure(const struct estate *estate, void (*each)(void *context, const struct problem *problem),
                           void *context);
