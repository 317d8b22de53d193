/* dockerfile.h - reading a Dockerfile (Containerfile) as BuildKit reads it (Dockerfile reference, docs.docker.com/reference/dockerfile).
 *
 * What is read becomes one value, an object that rules judge as they judge any other:
 *
 *     apiVersion: image.strake.dev/v1
 *     kind: Dockerfile
 *     metadata: {name}
 *     directives: {syntax, escape, check}
 *     stages: [{name, from, base, tag, digest, registry, platform, stage, scratch, last, line, text, user, instructions}]
 *     instructions: [{name, text, line, stage, index, onbuild, flags, json, args, …}]
 *     commands: [{name, words, verb, options, operands, …}]
 *     variables: [{name, value, by, stage, onbuild}]       of ENV and ARG
 *     exceptions: [{key, reason, begin, end}]              what comments except
 *
 * docs/dockerfiles.md explains every member. Each node stands where it stands in the text, so that findings do. Instructions are
 * all of the file's; those of a stage are also there. Commands are those of every RUN.
 *
 * An instruction that is wrong becomes a problem and is left out; what stands around it is there. Of lines one after the other
 * that are none, the first is told. In a template that nobody rendered there is nothing but that problem. */
#pragma once

#include "base/vec.h"
#include "doc/value.h"

enum dockerfile_problem_kind { DOCKERFILE_WRONG, DOCKERFILE_TOO_LARGE, DOCKERFILE_TEMPLATE };

struct dockerfile_problem {
        enum dockerfile_problem_kind kind;
        uint32_t at;        /* in the text */
        struct str message; /* what is wrong and what to do */
};

/* A comment that says that a finding may stay: `# hadolint ignore=DL3006,DL3008` or `# strake.dev/except.RULE: reason`. */
struct dockerfile_pragma {
        uint32_t at;         /* of the comment's text */
        uint32_t begin, end; /* the bytes of the instruction that it is about; the whole file for a global one */
        struct str key;      /* "strake.dev/except.RULE", or an id of hadolint */
        struct str reason;   /* empty for hadolint's */
        bool is_hadolint;
};

struct dockerfile {
        struct node root;
        VEC(struct dockerfile_problem) problems; /* in the order of their places */
        VEC(struct dockerfile_pragma) pragmas;
        size_t instruction_count;
};

enum {
        DOCKERFILE_BYTES = 16 << 20,
        DOCKERFILE_LINE = 1 << 20, /* of an instruction whose lines are joined */
        DOCKERFILE_INSTRUCTIONS = 20000,
        DOCKERFILE_STAGES = 1000,
        DOCKERFILE_HEREDOCS = 100, /* of one instruction */
        DOCKERFILE_WORDS = 10000,  /* of one instruction */
        DOCKERFILE_COMMANDS = 50000,
        DOCKERFILE_EXPANDED = 16 << 20, /* bytes that variables expand to, in all */
        DOCKERFILE_PROBLEMS = 100,
};

/* Reads a text, which is UTF-8 without zero bytes. Texts of the value may point into it. */
void dockerfile_read(struct arena *arena, struct str name, struct str text, struct dockerfile *out);

/* Whether a file of this name is one: "Dockerfile", "Containerfile", "Dockerfile.prod", "prod.Dockerfile" and the like, whatever the case. */
bool dockerfile_is_name(struct str path);
