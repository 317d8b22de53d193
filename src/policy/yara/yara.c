/* yara.c - rules compiled, texts looked through. */

#include "policy/yara/yara.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/walk.h"
#include "policy/yara/libyara.h"

enum { TAGS_MOST = 32, METAS_MOST = 64, TEXT_MOST = 500 };

struct yara_book {
        const struct libyara *library;
        YR_RULES *rules;
        struct digest digest;
};

/* --- compiling --- */

struct rule_file {
        struct str path, space;
};

struct reading {
        struct arena *arena;
        const struct libyara *library;
        struct yara_errors *errors;
        VEC(struct rule_file) files;
};

static bool fail(struct reading *reading, const char *format, ...) PRINTF_LIKE(2, 3);

static bool fail(struct reading *reading, const char *format, ...)
{
        char text[ERR_TEXT];
        va_list arguments;

        va_start(arguments, format);
        vsnprintf(text, sizeof(text), format, arguments);
        va_end(arguments);
        if (reading->errors->count++ < YARA_ERRORS_MOST)
                *vec_push(reading->arena, &reading->errors->messages) = str_copy(reading->arena, str_of(text));
        return false;
}

/* libyara calls this for each mistake, and for each rule that may be slow. */
static void on_message(int level, const char *file, int line, const YR_RULE *rule, const char *message, void *context)
{
        char place[16];

        if (level != YARA_ERROR_LEVEL_ERROR)
                return;
        snprintf(place, sizeof(place), "%d", line);
        /* What a rule still lacks where the file ends stands in no line. */
        fail(context, "%s:%s: %s%s%s%s", file ? file : "?", line > 0 ? place : " at its end", rule ? "rule " : "",
             rule ? rule->identifier : "", rule ? ": " : "", message);
}

static bool is_rule_file(void *context, void *here, struct str below, bool is_folder)
{
        (void)context, (void)here;
        return is_folder || str_ends(below, STR(".yar")) || str_ends(below, STR(".yara"));
}

static bool add_file(struct reading *reading, struct str path, struct str space)
{
        if (reading->files.count == YARA_FILES_MOST)
                return fail(reading, "more than %d files of rules", YARA_FILES_MOST);
        *vec_push(reading->arena, &reading->files) = (struct rule_file){path, space};
        return true;
}

static int compare_files(const void *a, const void *b)
{
        return str_compare(((const struct rule_file *)a)->path, ((const struct rule_file *)b)->path);
}

static bool list_folder(struct reading *reading, struct str path)
{
        const struct walk_guide guide = {.wants = is_rule_file};
        CLEANUP(file_close) int folder = file_open_folder(path.data);
        struct walk walk = {0};
        size_t before = reading->files.count;

        if (folder < 0)
                return fail(reading, "%s: %s", path.data, strerror(errno));
        walk_folder(reading->arena, folder, &guide, &walk);
        for (size_t i = 0; i < walk.entries.count; i++) {
                const struct walk_entry *entry = &walk.entries.items[i];

                if (entry->kind == WALK_UNREADABLE)
                        fail(reading, "%s/%s: %s", path.data, entry->below.data, entry->why);
                else if (entry->kind == WALK_FILE)
                        TRY(add_file(reading,
                                     str_format(reading->arena, "%.*s/%.*s", STR_ARG(path), STR_ARG(entry->below)),
                                     entry->below));
        }
        if (reading->files.count == before)
                return fail(reading, "%s: no file *.yar or *.yara is in it", path.data);
        qsort(reading->files.items + before, reading->files.count - before, sizeof(*reading->files.items),
              compare_files);
        return true;
}

static bool list(struct reading *reading, struct str given)
{
        struct str path = str_copy(reading->arena, given);
        const char *slash = strrchr(path.data, '/');
        struct stat about;

        if (stat(path.data, &about))
                return fail(reading, "%s: %s", path.data, strerror(errno));
        if (S_ISDIR(about.st_mode))
                return list_folder(reading, path);
        return add_file(reading, path, str_of(slash ? slash + 1 : path.data));
}

/* With the variables that collections of rules ask for. */
static YR_COMPILER *new_compiler(struct reading *reading)
{
        static const char *const variables[] = {"filename", "filepath", "extension", "filetype", "owner"};
        YR_COMPILER *compiler = NULL;

        if (reading->library->yr_compiler_create(&compiler) != ERROR_SUCCESS)
                abort();
        reading->library->yr_compiler_set_callback(compiler, on_message, reading);
        for (size_t i = 0; i < COUNT_OF(variables); i++)
                reading->library->yr_compiler_define_string_variable(compiler, variables[i], "");
        return compiler;
}

static bool compile_file(struct reading *reading, YR_COMPILER *compiler, const struct rule_file *file)
{
        size_t before = reading->errors->count;
        FILE *stream = fopen(file->path.data, "re");
        struct stat about;
        char magic[4] = "";
        bool fine;

        if (!stream || fstat(fileno(stream), &about)) {
                fail(reading, "%s: %s", file->path.data, strerror(errno));
                return stream && fclose(stream) != 0;
        }
        fine = S_ISREG(about.st_mode) && about.st_size <= YARA_FILE_BYTES;
        if (!fine)
                fail(reading, "%s: it is no file, or larger than %d MiB", file->path.data, YARA_FILE_BYTES >> 20);
        if (fine && fread(magic, 1, sizeof(magic), stream) == sizeof(magic) && memcmp(magic, "YARA", 4) == 0)
                fine = fail(reading, "%s: these are compiled rules; give the rules as they are written",
                            file->path.data);
        rewind(stream);
        if (fine && reading->library->yr_compiler_add_file(compiler, stream, file->space.data, file->path.data) > 0
            && reading->errors->count == before)
                fail(reading, "%s: libyara does not take it", file->path.data);
        fclose(stream);
        return reading->errors->count == before;
}

/* A compiler that met a mistake takes no more: the rest is tried with another, so that every mistake is told. */
static YR_COMPILER *compile_all(struct reading *reading)
{
        YR_COMPILER *compiler = new_compiler(reading);

        for (size_t i = 0; i < reading->files.count; i++) {
                if (compile_file(reading, compiler, &reading->files.items[i]))
                        continue;
                reading->library->yr_compiler_destroy(compiler);
                compiler = new_compiler(reading);
        }
        return compiler;
}

static size_t add_to_digest(const void *bytes, size_t size, size_t count, void *context)
{
        digest_add(context, bytes, size * count);
        return count;
}

static bool name_book(struct yara_book *book, struct reading *reading)
{
        struct digest_run run;
        YR_STREAM stream = {.user_data = &run, .write = add_to_digest};
        struct err err = {0};

        if (!digest_begin(&run, DIGEST_SHA256, &err))
                return fail(reading, "%.*s", STR_ARG(err_text(&err)));
        book->library->yr_rules_save_stream(book->rules, &stream);
        for (size_t i = 0; i < reading->files.count; i++)
                digest_add(&run, reading->files.items[i].space.data, reading->files.items[i].space.len);
        book->digest = digest_end(&run);
        return true;
}

static void release(void *object)
{
        struct yara_book *book = object;

        book->library->yr_rules_destroy(book->rules);
}

struct yara_book *yara_book_new(struct arena *arena, const struct str *paths, size_t count, struct yara_errors *errors)
{
        struct reading reading = {.arena = arena, .errors = errors};
        struct yara_book *book = arena_new(arena, struct yara_book);
        struct err err = {0};
        YR_COMPILER *compiler;

        book->library = reading.library = libyara_load(&err);
        if (!book->library) {
                fail(&reading, "%.*s", STR_ARG(err_text(&err)));
                return NULL;
        }
        for (size_t i = 0; i < count; i++)
                list(&reading, paths[i]);
        compiler = compile_all(&reading);
        if (!errors->count && book->library->yr_compiler_get_rules(compiler, &book->rules) != ERROR_SUCCESS)
                fail(&reading, "libyara has no memory for the rules");
        book->library->yr_compiler_destroy(compiler);
        if (errors->count)
                return NULL;
        arena_at_end(arena, release, book);
        return name_book(book, &reading) ? book : NULL;
}

const struct digest *yara_book_digest(const struct yara_book *book)
{
        return &book->digest;
}

/* --- looking through a text --- */

struct yara_scan {
        const struct libyara *library;
        YR_SCANNER *scanner;
        struct arena *arena; /* of the text at hand */
        struct yara_matches *out;
};

static struct str text_of(struct yara_scan *scan, const char *text)
{
        struct str all = str_of(text);

        return all.len > TEXT_MOST ? str_format(scan->arena, "%.*s…", STR_ARG(str_sub(all, 0, TEXT_MOST)))
                                   : str_copy(scan->arena, all);
}

static void add_tags(struct yara_scan *scan, const YR_RULE *rule, struct yara_match *match)
{
        struct str *tags = arena_array(scan->arena, struct str, TAGS_MOST);
        const char *tag;

        yr_rule_tags_foreach(rule, tag)
        {
                if (match->tag_count < TAGS_MOST)
                        tags[match->tag_count++] = text_of(scan, tag);
        }
        match->tags = tags;
}

static struct str value_of(struct yara_scan *scan, const YR_META *meta)
{
        if (meta->type == META_TYPE_INTEGER)
                return str_format(scan->arena, "%" PRId64, meta->integer);
        if (meta->type == META_TYPE_BOOLEAN)
                return meta->integer ? STR("true") : STR("false");
        return text_of(scan, meta->string);
}

/* Of several with the same name the first counts. */
static void add_meta(struct yara_scan *scan, const YR_META *meta, struct yara_meta *metas, struct yara_match *match)
{
        struct str name = text_of(scan, meta->identifier);

        for (size_t i = 0; i < match->meta_count; i++)
                if (str_equal(metas[i].name, name))
                        return;
        if (match->meta_count < METAS_MOST)
                metas[match->meta_count++] = (struct yara_meta){name, value_of(scan, meta)};
}

static int on_event(YR_SCAN_CONTEXT *context, int message, void *data, void *user)
{
        struct yara_scan *scan = user;
        const YR_RULE *rule = data;
        struct yara_match match = {0};
        struct yara_meta *metas;
        YR_META *meta;

        (void)context;
        if (message != CALLBACK_MSG_RULE_MATCHING)
                return CALLBACK_CONTINUE;
        metas = arena_array(scan->arena, struct yara_meta, METAS_MOST);
        match.rule = text_of(scan, rule->identifier);
        match.space = text_of(scan, rule->ns->name);
        match.metas = metas;
        add_tags(scan, rule, &match);
        yr_rule_metas_foreach(rule, meta)
        {
                add_meta(scan, meta, metas, &match);
        }
        *vec_push(scan->arena, &scan->out->items) = match;
        return CALLBACK_CONTINUE;
}

struct yara_scan *yara_scan_new(const struct yara_book *book)
{
        struct yara_scan *scan = calloc(1, sizeof(*scan));

        if (!scan)
                abort();
        scan->library = book->library;
        if (book->library->yr_scanner_create(book->rules, &scan->scanner) != ERROR_SUCCESS) {
                free(scan);
                return NULL;
        }
        /* Texts are in memory: no signals need to be caught, which other threads would notice. */
        book->library->yr_scanner_set_flags(scan->scanner, SCAN_FLAGS_REPORT_RULES_MATCHING | SCAN_FLAGS_NO_TRYCATCH);
        book->library->yr_scanner_set_timeout(scan->scanner, YARA_SECONDS);
        book->library->yr_scanner_set_callback(scan->scanner, on_event, scan);
        return scan;
}

void yara_scan_free(struct yara_scan *scan)
{
        if (!scan)
                return;
        scan->library->yr_scanner_destroy(scan->scanner);
        free(scan);
}

/* What rules may ask about the file. */
static void define(struct yara_scan *scan, struct str path)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct str whole = str_format(&scratch, "/%.*s", STR_ARG(path));
        const char *name = strrchr(whole.data, '/') + 1, *dot = strrchr(name, '.');

        scan->library->yr_scanner_define_string_variable(scan->scanner, "filename", name);
        scan->library->yr_scanner_define_string_variable(scan->scanner, "filepath", whole.data);
        scan->library->yr_scanner_define_string_variable(scan->scanner, "extension", dot ? dot : "");
}

bool yara_scan_text(struct yara_scan *scan, struct arena *arena, struct str path, struct str text,
                    struct yara_matches *out, struct err *err)
{
        int result;

        scan->arena = arena;
        scan->out = out;
        define(scan, path);
        result = scan->library->yr_scanner_scan_mem(scan->scanner, (const uint8_t *)text.data, text.len);
        if (result == ERROR_SCAN_TIMEOUT)
                return err_set(err, "the YARA rules took longer than %d seconds", YARA_SECONDS);
        return result == ERROR_SUCCESS || err_set(err, "libyara failed with error %d", result);
}
