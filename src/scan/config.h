/* config.h - settings and exceptions in a file: Strake's own (strake.yaml), and those that other tools have.
 *
 * Which tool a file is for is seen by what stands in it. A file is read strictly: what is not understood is an error with line
 * and column, because an exception that nobody reads is worse than none. */
#pragma once

#include <stdatomic.h>

#include "base/vec.h"
#include "kube/selector.h"
#include "report/kubeaudit.h"

/* An entry of `exceptions`. What is not given is not asked for. */
struct exception {
        struct str rule;
        struct str kind, ns, name; /* globs: * and ? */
        struct selector labels;
        struct str container; /* a glob */
        struct finding_exception why;
        uint32_t at; /* where it stands in the file */
        bool expired;
        _Atomic bool used;
};

/* What hadolint's file says about its rules (config_hadolint.c). */
struct hadolint_settings {
        const struct str *ignored; /* ids */
        size_t ignored_count;
        struct finding_exception why; /* that they are ignored */
        struct {
                const struct str *ids;
                size_t count;
        } levels[SEVERITY_COUNT]; /* what is as severe, whatever a rule says */
        bool no_pragmas;          /* comments in Dockerfiles do not count */
};

struct config {
        struct source *source; /* the file; NULL: there is none */
        VEC(struct exception) exceptions;

        /* Settings of a scan, as its options; empty: not given. */
        struct str fail_on, min_severity, framework;
        const struct str *only, *skip, *rules;
        size_t only_count, skip_count, rule_count;
        struct str only_place, skip_place, framework_place; /* FILE:LINE:COLUMN, for messages */
        struct value params;                                /* what rules call `params`: a map, or null */

        /* Settings of kubeaudit. */
        uint32_t disabled_auditors; /* a bit for each */
        const struct str *allowed_capabilities;
        size_t allowed_capability_count;
        int current_minor, targeted_minor; /* -1: not given */

        struct hadolint_settings hadolint;
};

/* No settings at all. */
struct config config_none(void);

/* Reads a file's text; `name` is how messages call it. `err` has the name, line and column. The strings point into the text or
 * live in the arena. `today` is YYYY-MM-DD: exceptions that ended before are expired. */
bool config_read(struct arena *arena, struct str name, struct str text, struct str today, struct config *out,
                 struct err *err);

/* Whether a text is a Kubernetes object rather than settings. */
bool config_is_manifest(struct arena *arena, struct str text);

/* Finds the settings file and reads it: the one that was given ("none": none at all), or else strake.yaml in the current folder, or
 * else in the first input that is a folder and has one. Without any, no settings. */
bool config_find(struct arena *arena, struct str given, const struct str *inputs, size_t input_count, struct str today,
                 struct config *out, struct err *err);

/* Finds hadolint's file and adds what it says: .hadolint.yaml in the current folder, or else in or beside the first input that has one.
 * What was read before stays. Without any, nothing is added. */
bool config_find_hadolint(struct arena *arena, const struct str *inputs, size_t input_count, struct config *config,
                          struct err *err);

/* Adds what the text of such a file says; `err` as in config_read(). */
bool config_add_hadolint(struct arena *arena, struct str name, struct str text, struct config *config, struct err *err);

/* Whether a text is a date YYYY-MM-DD that exists. */
bool is_date(struct str text);
