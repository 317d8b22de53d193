/* history.h - a line of an image's history (image-spec, config.md), as the builder wrote it down.
 *
 * What is written there depends on the builder: docker's old one writes `/bin/sh -c #(nop) CMD ["sh"]` and `/bin/sh -c apk add curl`,
 * with `|1 NAME=value` before it when there are build arguments; BuildKit writes the instruction, and ` # buildkit` behind it. */
#pragma once

#include "base/str.h"

struct history_line {
        struct str instruction; /* in capitals: "RUN"; empty: none that is known */
        struct str arguments;   /* of RUN: the script; without an instruction: the whole line */
        struct str build_args;  /* "A=1 B=2" */
};

/* Texts point into `created_by`, or are constants. */
struct history_line history_read(struct str created_by);

/* Takes the next "NAME=value" off the text of ENV, ARG or LABEL, or off build arguments: up to a blank that stands in no quotes.
 * Quotes and backslashes fall away, but for a quote that does not end: builders write values without those that they had. False
 * at the end. */
bool history_take_variable(struct arena *arena, struct str *text, struct str *name, struct str *value);

/* The line in a few words, for messages: "COPY app /app", "apt-get update && apt-get …". */
struct str history_words(struct arena *arena, struct str created_by);
