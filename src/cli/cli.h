/* cli.h - the command line: tables in, options out.
 *
 * A command is a constant: what it is called, its examples, its options, and the function that runs it. Parsing, --help,
 * suggestions and shell completion all read the same table. A command can be run from a test without a process:
 * cli_main() takes the words and gives the exit status. */
#pragma once

#include "base/beside.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/vec.h"
#include "report/finding.h"

enum cli_status { CLI_OK = 0, CLI_NO = 1, CLI_WRONG = 2, CLI_NOTHING = 3 };

struct cli_option {
        const char *name;     /* without "--" */
        char letter;          /* short form, 0 if it has none */
        const char *argument; /* what --help calls its value; NULL: a switch */
        const char *
                words; /* the values that there are, with spaces between; NULL: any. Of a switch: what may stand behind "=" */
        const char *about;
};

struct cli;

struct cli_command {
        const char *name;     /* "scan", "policy eval" */
        const char *about;    /* one line */
        const char *operands; /* "[INPUT...]"; NULL: takes none */
        size_t least_operands, most_operands;
        const char *operand_words;        /* the operands that there are, with spaces between; NULL: any */
        const char *const (*examples)[2]; /* a command line, what it does */
        size_t example_count;
        const struct cli_option *options;
        size_t option_count;
        const char *formats;         /* what -o takes, the default first; NULL: -o is its own option, or none */
        const char *notes;           /* how its help ends; may be NULL */
        int (*run)(struct cli *cli); /* the exit status; NULL: a group of commands */
};

struct cli_given {
        const struct cli_option *option;
        struct str value;
};

/* One -o: a format, and the file that it is written to; no file: standard output. */
struct cli_output {
        struct str format, file;
};

/* The command line after parsing. Texts belong to the words that main() was given, or to the arena. */
struct cli {
        struct arena arena;
        const struct cli_command *const *commands;
        size_t command_count;
        const struct cli_command *command;
        VEC(struct cli_given) given;
        VEC(struct str) operands;
        VEC(struct cli_output) outputs; /* at least one */
        bool output_given;              /* with -o; else it is the command's first format */
        bool quiet, color;
};

/* Options that every command takes: -o, --quiet, --color, --help. */
extern const struct cli_option cli_common_options[];
extern const size_t cli_common_option_count;

/* Parses the words and runs the command. Returns the exit status. */
int cli_main(int count, char **words, const struct cli_command *const *commands, size_t command_count);

/* Whether an option was given. */
bool cli_has(const struct cli *cli, const char *name);

/* The value of an option, the last one if it was given several times; empty if it was not given. */
struct str cli_text(const struct cli *cli, const char *name);

/* All values of an option in order, or with `comma` all parts between commas of all of them. */
struct str *cli_list(struct cli *cli, const char *name, bool comma, size_t *count);

/* The operands from index `first` on, and behind them all values of an option. */
struct str *cli_inputs(struct cli *cli, size_t first, const char *option, size_t *count);

/* The severity that an option has, SEVERITY_COUNT for "never"; unchanged if it was not given. */
void cli_severity(const struct cli *cli, const char *option, enum severity *severity);

/* Today in UTC, YYYY-MM-DD. */
struct str cli_today(struct cli *cli);

/* The number that an option has, at least `least` and at most `most`; unchanged if it was not given. False after saying
 * what is wrong. */
bool cli_number(struct cli *cli, const char *name, uint64_t least, uint64_t most, uint64_t *number) MUST_USE;

/* The minor version that "v1.31" or "latest" names, which an option gave; and that of --kubernetes-version, the newest if it was
 * not given. False after saying what is wrong. */
bool cli_kubernetes(struct cli *cli, const char *option, struct str text, uint32_t *minor) MUST_USE;
bool cli_kubernetes_version(struct cli *cli, uint32_t *minor) MUST_USE;

/* Whether `word` is one of `words`, which have spaces between them; says what is wrong if not, with `what` as its subject
 * and what was probably meant. */
bool cli_check_word(struct cli *cli, const char *what, struct str word, const char *words) MUST_USE;

/* Says on standard error what is wrong. Returns CLI_WRONG. cli_usage() adds where help is. */
int cli_fail(const struct cli *cli, const char *format, ...) PRINTF_LIKE(2, 3);
int cli_usage(const struct cli *cli, const char *format, ...) PRINTF_LIKE(2, 3);

/* The same for functions that give back whether all is well: false. cli_refuse() adds where help is. */
bool cli_give_up(const struct cli *cli, const char *format, ...) PRINTF_LIKE(2, 3);
bool cli_refuse(const struct cli *cli, const char *format, ...) PRINTF_LIKE(2, 3);

/* What is wrong with a file, "FILE:LINE:COLUMN: MESSAGE"; a line or column of 0 is left out. */
void cli_fail_in(const struct cli *cli, struct str file, uint32_t line, uint32_t column, struct str message);

/* Says that there was no object to judge. Returns CLI_NOTHING. */
int cli_nothing(void);

/* An output while it is printed: what is in `text` in the end goes to standard output, or to the file, which has the old or the
 * new content and nothing between. */
struct cli_writer {
        struct cli *cli;
        struct str format, file;
        bool color; /* whether it is to be coloured */
        struct buf text;
        struct beside beside; /* of a file; where it is none that can be replaced, open as it is */
        int why;              /* the error of the first failure, 0 if all went well */
};

/* Writes out what was printed so far, and empties it, so that a long text is never in memory as a whole. */
void cli_flush(struct cli_writer *writer, struct buf *text);

/* How a command prints `what` it has, in the format of the writer. */
typedef void cli_printer(struct cli_writer *writer, void *what);

/* Prints every output, or one. False after saying what could not be written. */
bool cli_print_all(struct cli *cli, cli_printer *print, void *what) MUST_USE;
bool cli_print(struct cli *cli, const struct cli_output *output, cli_printer *print, void *what) MUST_USE;

/* The same for a text that is there already. */
bool cli_write(struct cli *cli, const struct cli_output *output, struct str text) MUST_USE;

/* For commands with one text to print, where -o names the format: writes it to every output. Returns `status`, or CLI_WRONG
 * if it could not be written. */
int cli_print_text(struct cli *cli, struct str text, int status);
