/* internal.h - what the files of the shell reader share. */
#pragma once

#include "image/script/script.h"

#define SCRIPT_MANY_WORDS "a script has more than 20000 words"

/* A here-document whose body begins behind the next line end. */
struct script_pending {
        struct str end; /* the line that ends it */
        bool tabs;      /* tabs in front of it do not count */
        size_t command; /* that reads it; SIZE_MAX: none in particular */
};

struct script_reader {
        struct arena *arena;
        const struct pieced *script;
        struct str text;
        size_t at;
        unsigned depth;
        struct script *out;
        const struct script_body *bodies; /* that follow the script */
        size_t body_count, body_next;
        VEC(struct script_pending) pending;
        VEC(struct str) spans; /* of the word that is read */
        size_t known_from;     /* commands from here on may be read a second time: SIZE_MAX if none */
        bool as_root;
};

/* Notes why no more can be read; `at` is an offset in the text. Returns false. */
bool script_fail(struct script_reader *reader, size_t at, const char *what);

/* The same of what is not wrong but beyond a limit. */
bool script_too_large(struct script_reader *reader, size_t at, const char *what);

static inline int script_peek(const struct script_reader *reader, size_t ahead)
{
        size_t at = reader->at + ahead;

        return at < reader->text.len ? (unsigned char)reader->text.data[at] : -1;
}

/* Commands up to a closing bracket, which is taken, or up to the end of the text. The first reads what the commands from
 * `fed_begin` to `fed_end` write. (script.c) */
enum { SCRIPT_TO_END = -1 };
bool script_read_list(struct script_reader *reader, int stop, size_t fed_begin, size_t fed_end);

/* Reads a text within the one that is read: another script. */
bool script_read_within(struct script_reader *reader, const struct pieced *script, size_t known_from);

/* One word; the reader stands at its first byte. (word.c) */
bool script_read_word(struct script_reader *reader, struct script_word *out);

/* Brackets of arithmetic, which hold no commands that matter; the reader stands behind the first. */
bool script_skip_brackets(struct script_reader *reader);

/* Adds a command whose words are all there, and those that it runs itself. Those within its words are there already, from `inner` to
 * `inner_end`. (command.c) */
bool script_add_command(struct script_reader *reader, struct script_command *command, size_t inner, size_t inner_end);

/* How many words it takes up. */
static inline size_t script_words_of(const struct script_command *command)
{
        return command->words.count + command->assigns.count + command->redirects.count;
}

/* Whether a command reads a script from its input. */
bool script_reads_script(const struct script_command *command);
