/* language.h - what files may be written in besides YAML and JSON.
 *
 * A file in another language becomes objects as well, made by whoever knows it; from there on it is judged and reported like any
 * other. Files are known by their names. The table of languages stands in src/scan/languages.c. */
#pragma once

#include "kube/estate.h"

struct source_language {
        const char *name;
        struct str prefix;                /* in front of an input of any name that is written in it: "dockerfile:" */
        bool (*is_name)(struct str path); /* whether a file of that name is written in it */
        /* Adds objects and problems to a source whose text is there, and is UTF-8 without zero bytes. */
        void (*read)(struct estate_source *source);
};

extern const struct source_language *const source_languages[];
extern const size_t source_language_count;

/* The role (estate_source.role) of a file in the language that its name says; 0 if it is in none of them. */
unsigned source_role_named(struct str path);

/* The same of an input, whose prefix is taken off. */
unsigned source_role_of_input(struct str *input);

/* Puts one object into a source: `root` is a map with apiVersion and kind, its nodes have places in the source's text. */
void source_add_object(struct estate_source *source, const struct node *root);

/* Notes what is wrong in a source, with a place. */
void source_add_problem(struct estate_source *source, enum problem_kind kind, uint32_t at, struct str message);
