/* live.h - a scan that stays: what has changed is read and judged again, and nothing else.
 *
 * At any time after live_settle() its findings are those that a fresh scan of the same texts would find. That holds because a
 * judgement depends on the text of its source, and on what its joins asked of the rest of the estate; what they asked for is noted
 * (rulebook.h, kube/index.h), and a source is judged again when something that it asked for was touched. What they have not is evidence
 * in other objects (`related`): those may be read again and move while the finding stays.
 *
 * An object of a source that was read again and is the same as before stays in the index as it was, with the text in which it
 * lies: so a source may have several versions in memory. Not for use by several threads at once. */
#pragma once

#include "base/key_set.h"
#include "kube/find.h"
#include "report/baseline.h"
#include "scan/scan.h"

enum { LIVE_NONE = UINT32_MAX };

/* One reading of a source's text. */
struct live_version {
        struct live_version *older;
        struct estate_source *source;
        bool is_own;  /* allocated for itself */
        size_t known; /* how many objects of it are in the index */
};

/* An object in the index. */
struct live_object {
        const struct object *object;
        struct live_version *version;
};

struct live_counts {
        uint64_t documents, objects, workloads;
        uint64_t open[SEVERITY_COUNT], excepted, known;
        uint64_t failing; /* findings that make the status 2 */
};

struct live_source {
        struct str name;
        struct live_version *version; /* the newest; NULL: the source is gone */
        struct live_object *objects;  /* as many as the newest version has */
        size_t object_count;
        struct finding_list findings; /* sorted */
        struct arena arena;           /* what the findings point to, besides the text */
        struct live_counts counts;
        uint64_t *used;            /* a bit for each exception of the settings file */
        uint32_t asks;             /* the first of what its judgement asked for, or LIVE_NONE */
        const struct found *found; /* NULL: its text was handed over */
        bool is_dirty;             /* must be judged */
        bool is_kept;              /* its text was handed over and counts, whatever the file has */
        bool is_gone;              /* leaves with the next settling */
        bool is_half;              /* for watch.h: it is being written */
        bool was_seen;             /* by the walk that goes on */
};

/* What settling did. */
struct live_changes {
        VEC(const struct finding *) gone, new; /* in the order of reports */
        VEC(struct live_source *) judged;      /* those whose findings may be others now; of one that is gone, none */
};

/* Nanoseconds that the last settling took, for benchmarks. */
enum live_phase { LIVE_READ, LIVE_INDEX, LIVE_JOINS, LIVE_JUDGE, LIVE_COMPARE, LIVE_PHASE_COUNT };

struct live_ask;

struct live {
        struct scan scan; /* its rules, settings and, after live_report(), its report */
        const struct scan_settings *settings;
        const struct baseline *baseline; /* what it has is known; NULL: none */
        unsigned threads;
        struct found_files files;
        struct arena names;                /* of what the last walk found */
        bool names_are_judged;             /* findings have them */
        struct arena old_names;            /* those that findings still have */
        VEC(struct live_source *) sources; /* sorted by name */
        VEC(struct live_source *) dirty;   /* to be judged, or gone */
        struct live_source general;        /* findings that have no source */
        struct live_counts counts;         /* of all sources */
        size_t *used;                      /* of each exception: by how many sources */
        size_t owned_count;                /* objects of the index that have a controller */
        bool has_repeated;                 /* some finding is told nowhere */
        struct arena told;                 /* of `problems` */
        VEC(struct arena) old_told;        /* of those before: findings may still have their texts */
        VEC(struct problem) problems;      /* that were handed over, about no source */
        struct live_ask *asks;             /* malloc; what was asked for, by whom */
        size_t ask_count, ask_capacity, bucket_mask;
        uint32_t free_ask, *buckets;
        struct config *configs; /* one for each thread */
        struct arena *scratch;  /* one for each thread */
        struct live_changes changes;
        struct arena changes_arena;
        VEC(struct live_version *) dead_versions; /* given back when the changes are */
        VEC(struct finding_list) dead_findings;
        VEC(struct arena) dead_arenas;
        struct arena whole[2];       /* the estate as it is, and as it was before */
        struct estate *whole_estate; /* in whole[0]; NULL: nobody asked */
        size_t whole_at;             /* `replaced` when it was made */
        size_t replaced;             /* objects of the index, since it was opened */
        uint64_t spent[LIVE_PHASE_COUNT];
};

/* Reads and judges everything. False with `err` when a rule or a setting is wrong. The settings and the baseline (or NULL) must
 * outlive it. Call live_close() in both cases. */
bool live_open(struct live *live, const struct scan_settings *settings, const struct baseline *baseline,
               struct err *err);

/* Nothing of what was spent so far counts: for benchmarks. */
void live_begin(struct live *live);

/* The source of a name, as findings have it; NULL if there is none. */
struct live_source *live_find(const struct live *live, struct str name);

/* Hands over the text of a source, new or not, that counts until live_release(): what an editor has not saved. The text is
 * copied. */
void live_keep(struct live *live, struct str name, struct str text);

/* From now on the file counts again, if there is one. */
void live_release(struct live *live, struct str name);

/* Reads the file of a source again. */
void live_reread(struct live *live, struct live_source *source);

/* Hands over what could not be read of what is handed over by live_keep(), instead of what was. Texts are copied. */
void live_set_problems(struct live *live, const struct problem *problems, size_t count);

/* Looks for the inputs again: reads what is new or has changed and drops what is gone. */
void live_walk(struct live *live);

/* Judges what has to be. The changes, and the findings in `gone`, stay until something changes again. */
const struct live_changes *live_settle(struct live *live);

/* Puts the sums of all into `scan.report`, without findings. */
void live_sum(struct live *live);

/* Puts all findings together in `scan.report`; good until the next change. */
void live_report(struct live *live);

/* The exit status of the state as it is (scan_status()). */
enum scan_status live_status(const struct live *live, enum severity fail_on);

/* Whether so much has changed since it was opened that opening anew would give memory back. */
bool live_is_worn(const struct live *live);

void live_close(struct live *live);
