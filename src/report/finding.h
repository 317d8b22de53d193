/* finding.h - what a finding is: plain data that every printer reads and no engine is needed for. */
#pragma once

#include "base/vec.h"
#include "doc/patch.h"
#include "doc/source.h"
#include "report/coverage.h"

enum severity { SEVERITY_CRITICAL, SEVERITY_HIGH, SEVERITY_MEDIUM, SEVERITY_LOW, SEVERITY_INFO, SEVERITY_COUNT };
enum area {
        AREA_IMAGES,
        AREA_CONTAINERS,
        AREA_ACCESS,
        AREA_COMMUNICATION,
        AREA_APPS,
        AREA_CONTROL_PLANE,
        AREA_INPUT,
        AREA_COUNT
};
enum finding_status { FINDING_OPEN, FINDING_EXCEPTED, FINDING_KNOWN };

struct reference {
        struct str framework, id;
        struct str level; /* of pod-security: "baseline", "restricted"; else empty */
};

struct object; /* kube/object.h */

struct finding_object {
        struct str api_version, kind, ns, name;
};

/* What few repairs have. */
struct finding_fix_more {
        struct str text;            /* an object to add, as a document of YAML; empty: none */
        const struct value *object; /* the same, read */
        const struct str *uncovers; /* rules that may find something afterwards, which stood behind this */
        size_t uncover_count;
};

struct finding_fix {
        bool present, safe;
        struct patch patch;                  /* against the document; no steps where an object is added */
        struct str note;                     /* what to check first, where it is not safe; may be empty */
        const struct finding_fix_more *more; /* NULL: nothing */
};

/* Why somebody decided that a finding may stay. */
struct finding_exception {
        struct str reason;
        struct str owner, expires; /* may be empty */
};

struct finding_location {
        struct str file;
        int32_t document;      /* -1: the file has only one */
        uint32_t line, column; /* from 1; 0: no place (input findings only) */
        bool has_path;
        struct str path; /* JSON Pointer */
};

/* Another place that belongs to a finding: what makes it true. */
struct finding_related {
        struct finding_object object;
        struct finding_location location;
        struct str message;
        struct source *source;
        uint32_t at; /* byte offset of the place */
};

/* What a report says about a rule. */
struct rule_summary {
        struct str id, title;
        struct str description; /* one sentence: what harm it does */
        enum severity severity;
        enum area area;
        const struct reference *references;
        size_t reference_count;
        bool has_fix;
};

/* There may be very many: the order of members leaves no gaps. */
struct finding {
        const struct rule_summary *rule;
        const struct finding_object *object; /* NULL: none */
        struct str message;
        struct str container; /* empty: none */
        struct finding_location location;
        const struct reference *references;
        size_t reference_count;
        struct finding_fix fix;
        const struct finding_exception *exception; /* of an excepted one */
        struct finding_related *related;           /* lines and columns are set when all is judged */
        size_t related_count;
        struct source *source;        /* for excerpts; NULL if it could not be read */
        const struct object *subject; /* the object as it was read; NULL: none */
        uint32_t at;                  /* byte offset of the place */
        uint32_t document_index;      /* in the source, for edits */
        enum severity severity;
        enum finding_status status;
        char fingerprint[33]; /* 32 hexadecimal digits */
        bool fails_input;     /* an input finding that makes the status 2 */
        bool is_repeated;     /* of an object whose controller has the same one (scan/owned.h): told nowhere */
};

struct scoring;     /* score.h */
struct json_writer; /* json_writer.h */

struct report {
        struct str tool, version;
        uint64_t documents, objects, workloads, images; /* what was judged */
        uint64_t open[SEVERITY_COUNT], excepted, known;
        struct finding *findings; /* sorted: file, line, column, rule, and then everything else */
        size_t finding_count;
        const struct rule_summary *rules; /* every rule that a finding may name, sorted by id */
        size_t rule_count;
        const struct coverage *coverage; /* of the framework that was asked for; NULL: none */
        const struct scoring *scoring;   /* NULL: no format asked for it */
        const void *paths;               /* attack paths; NULL: none */
        void (*print_paths)(struct json_writer *writer, const void *paths); /* as a list of JSON */
        int current_minor, targeted_minor; /* of Kubernetes, as kubeaudit's settings name them; -1: they do not */
};

/* "critical" … and back; false if there is no such word. */
struct str severity_name(enum severity severity);
bool severity_from(struct str name, enum severity *severity);
struct str area_name(enum area area);
bool area_from(struct str name, enum area *area);
/* The talk's heading: "Images", "Containers", "Access", "Communication", "Apps", "Control plane", "Input". */
struct str area_heading(enum area area);
struct str finding_status_name(enum finding_status status);

/* "Pod shop/web": kind, namespace and name as they stand there, not escaped. */
struct str finding_object_words(struct arena *arena, const struct finding_object *object);

/* The order of objects by kind, namespace and name; 0: the same, or none both times. */
int finding_object_compare(const struct finding_object *a, const struct finding_object *b);

/* The order of findings in every report. */
int finding_compare(const struct finding *a, const struct finding *b);

/* Puts findings into that order. */
void findings_sort(struct finding *findings, size_t count);

/* Sorts the findings and counts the summary. */
void report_finish(struct report *report);
