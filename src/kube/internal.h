/* internal.h - what the files of the estate share. */
#pragma once

#include "kube/find.h"

/* What is known of a file before it is read. */
enum source_role {
        ROLE_PLAIN,
        ROLE_CHART,          /* Chart.yaml of a Helm chart */
        ROLE_CHART_SETTINGS, /* values.yaml and the like, beside Chart.yaml */
        ROLE_CHART_TEMPLATE, /* below templates/ of a chart */
        ROLE_LANGUAGE,       /* in the first of the other languages (language.h); the next ones follow */
};

/* Reads the documents of `source->source.text`: objects and problems. */
void source_understand(struct estate_source *source, enum source_role role);

/* The same for the part of the text that the source is. False when something is wrong that concerns the whole text, which then
 * must be read whole. Documents and lines are counted from the begin of the part. */
bool source_understand_part(struct estate_source *source);

/* Reads what was found, large streams in parts. */
void estate_read_in_parts(struct estate *estate, const struct found_files *files, unsigned threads);

/* Whether a text begins like JSON. */
bool source_is_json(struct str text);

/* Finds the objects in a document. */
void source_add_document(struct estate_source *source, const struct document *document, enum source_role role);

/* How many objects a document may have at most. */
size_t object_count(const struct value *root);

/* Reports every field of the objects that has a wrong type, and marks those objects. */
void source_check_shapes(struct estate_source *source);

/* One more problem of a source, with a place. */
struct problem *problem_add(struct estate_source *source, enum problem_kind kind, uint32_t document, uint32_t at,
                            const char *format, ...) PRINTF_LIKE(5, 6);

/* A problem of a file that could not be read. */
struct problem problem_of_file(struct arena *arena, enum problem_kind kind, struct str file, const char *format, ...)
        PRINTF_LIKE(4, 5);
