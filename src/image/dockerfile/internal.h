/* internal.h - what the files of the reader of Dockerfiles share. */
#pragma once

#include "base/map.h"
#include "image/dockerfile/dockerfile.h"
#include "image/script/pieced.h"
#include "image/script/script.h"

struct dockerfile_heredoc {
        struct str name;
        uint32_t at;
        bool tabs, expand;
        struct pieced body; /* lines that were read, tabs in front taken off where `tabs` says so */
};

/* An instruction as its lines say it. */
struct dockerfile_line {
        struct pieced text;  /* lines joined, comments between them left out */
        uint32_t begin, end; /* bytes of the source, here-documents among them */
        uint32_t number;     /* of its first line, from 1 */
        bool has_empty;      /* an empty line stands where it is continued */
        VEC(struct dockerfile_heredoc) heredocs;
};

struct dockerfile_comment {
        struct str text; /* behind the sign */
        uint32_t at;
};

struct dockerfile_reader {
        struct arena *arena;
        struct str text;
        size_t at;           /* the next line that is not read */
        size_t counted;      /* lines were counted up to here, */
        uint32_t line_count; /* and were so many */
        struct dockerfile *out;
        char escape;
        bool directives_done;
        struct str syntax, check;
        uint32_t syntax_at, check_at, escape_at;
        VEC(struct dockerfile_comment) comments; /* right above the instruction that is read */
        size_t expanded;                         /* bytes so far */
        bool is_full;                            /* a limit of the whole file was reached */
        bool is_lost;                            /* the instruction before is none: what follows may belong to it */
};

/* Notes what is wrong. Returns false. (lines.c) */
bool dockerfile_wrong(struct dockerfile_reader *reader, enum dockerfile_problem_kind kind, uint32_t at,
                      const char *format, ...) PRINTF_LIKE(4, 5);

/* The next instruction; false at the end. What cannot be one is a problem. */
bool dockerfile_next(struct dockerfile_reader *reader, struct dockerfile_line *out);

/* --- words (words.c) --- */

struct dockerfile_word {
        struct str raw;  /* as it is written */
        struct str text; /* what it means */
        uint32_t at;
        const struct piece *pieces; /* of the text; NULL: it is `raw` */
        size_t piece_count;
};

struct dockerfile_words {
        VEC(struct dockerfile_word) items;
};

static inline bool dockerfile_is_blank(int byte)
{
        return byte == ' ' || byte == '\t' || byte == '\v' || byte == '\f' || byte == '\r';
}

/* Takes the first word off a text, up to a blank. */
struct str dockerfile_take_word(struct str *rest);

/* The words between blanks. */
bool dockerfile_split(struct dockerfile_reader *reader, const struct pieced *line, struct str rest,
                      struct dockerfile_words *out);

/* The same, but quotes keep blanks in a word; they stay in it. */
bool dockerfile_split_quoted(struct dockerfile_reader *reader, const struct pieced *line, struct str rest,
                             struct dockerfile_words *out);

/* Takes words that begin with "--" off the text. */
bool dockerfile_take_flags(struct dockerfile_reader *reader, const struct pieced *line, struct str *rest,
                           struct dockerfile_words *out);

/* Tells of a flag that the instruction does not have, or in which something else must stand (flags.c). */
bool dockerfile_check_flags(struct dockerfile_reader *reader, struct str instruction,
                            const struct dockerfile_words *flags);

enum dockerfile_json { JSON_NONE, JSON_LIST, JSON_NOT_STRINGS };

/* A JSON list of strings, if the text is one. */
enum dockerfile_json dockerfile_read_json(struct dockerfile_reader *reader, const struct pieced *line, struct str rest,
                                          struct dockerfile_words *out);

/* --- variables (expand.c) --- */

/* The variables of a stage, or those before the first. */
struct dockerfile_scope {
        struct map values; /* name: struct str *, NULL: declared without a value */
        const struct dockerfile_scope *above;
};

void dockerfile_set(struct dockerfile_reader *reader, struct dockerfile_scope *scope, struct str name,
                    const struct str *value);

/* What a word means: quotes and escapes taken off, variables expanded that have a value; the others stand as ${NAME}. */
struct str dockerfile_expand(struct dockerfile_reader *reader, const struct dockerfile_scope *scope, struct str raw,
                             uint32_t at);

/* --- values (tree.c) --- */

struct dockerfile_members {
        VEC(struct node) nodes;
};

void dockerfile_add(struct arena *arena, struct dockerfile_members *members, uint32_t key, uint32_t at,
                    struct value value);
/* Makes room, so that the list need not grow. */
void dockerfile_reserve(struct arena *arena, struct dockerfile_members *members, size_t count);

void dockerfile_push(struct arena *arena, struct dockerfile_members *members, uint32_t at, struct value value);
struct value dockerfile_map(struct arena *arena, const struct dockerfile_members *members);
struct value dockerfile_list(const struct dockerfile_members *members);

/* Words as a list of their texts. */
struct value dockerfile_texts(struct arena *arena, const struct dockerfile_words *words, size_t begin, size_t end);

/* The commands of a script as values; `stage`, `instruction` and `onbuild` are told with each. */
void dockerfile_commands(struct arena *arena, const struct script *script, int stage, size_t instruction, bool onbuild,
                         struct dockerfile_members *out);

/* --- instructions (instruction.c) --- */

struct dockerfile_stage {
        struct str name;     /* empty if it has none */
        struct str from;     /* as it is written */
        struct str platform; /* empty if none is asked for */
        struct str base, tag, digest, registry, repository;
        int stage; /* that it begins from; -1: an image */
        uint32_t at, name_at, from_at, platform_at;
        struct str text;
        struct dockerfile_scope scope;
        struct node shell; /* a list; VALUE_NULL: that of the system */
        struct node user;  /* what the last USER says; VALUE_NULL: none */
        bool is_windows;
        bool is_shipped;   /* the image that comes out has what is in it */
        size_t first, end; /* its instructions in those of the file */
};

/* A whole file while it is read. */
struct dockerfile_file {
        struct dockerfile_reader *reader;
        struct dockerfile_scope globals;
        VEC(struct dockerfile_stage) stages;
        struct map stage_names; /* struct dockerfile_stage * is not kept: the index + 1 */
        struct dockerfile_members instructions, commands, variables;
};

/* Reads one instruction and adds it to the file. False if it is wrong; a problem says so. */
bool dockerfile_add_instruction(struct dockerfile_file *file, const struct dockerfile_line *line);

static inline struct dockerfile_stage *dockerfile_stage_of(struct dockerfile_file *file)
{
        return file->stages.count ? &file->stages.items[file->stages.count - 1] : NULL;
}

/* The stage that a name or number means, among the first `count`; -1 if none. */
int dockerfile_find_stage(const struct dockerfile_file *file, struct str name, size_t count);

/* Begins the stage of a FROM. (from.c) */
bool dockerfile_begin_stage(struct dockerfile_file *file, const struct dockerfile_line *line,
                            const struct dockerfile_words *words, struct str platform, uint32_t platform_at);

/* The parts of a name of an image: what stands before the tag, the tag, the digest, the registry. */
void dockerfile_split_image(struct str image, struct str *base, struct str *tag, struct str *digest,
                            struct str *registry);
