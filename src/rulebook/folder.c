/* folder.c - a person's own rules: every *.yaml of a folder and below. */

#include <errno.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/walk.h"
#include "rulebook/internal.h"

enum { LARGEST_RULE = 1 << 20 };

/* Nothing that is hidden: a mounted ConfigMap has every file twice, once in a hidden folder. */
static bool wants(void *context, void *here, struct str below, bool is_folder)
{
        const char *slash = memrchr(below.data, '/', below.len);
        struct str name = slash ? str_from(below, (size_t)(slash + 1 - below.data)) : below;

        (void)context;
        (void)here;
        return !str_starts(name, STR(".")) && (is_folder || str_ends(name, STR(".yaml")));
}

struct reader_of_rules {
        struct arena *arena;
        struct rule_checker *checker;
        int folder;
        struct text_list *out;
        struct err *err;
};

static bool read_rule(struct reader_of_rules *reader, const struct walk_entry *entry, struct str name)
{
        struct rule_text *rule = arena_new(reader->arena, struct rule_text);
        struct origin origin = {0};
        struct file_text file;
        struct err err = {0};

        if (entry->kind != WALK_FILE)
                return err_set(reader->err, "%.*s: cannot be read: %s", STR_ARG(name), entry->why);
        if (file_read_beneath(reader->arena, reader->folder, entry->below.data, LARGEST_RULE, &file) != FILE_OK)
                return err_set(reader->err, "%.*s: cannot be read: %s", STR_ARG(name), file.why);
        if (!rule_read_origin(reader->arena, file.text, name, rule, &origin, &err)
            || !rule_check(reader->checker, rule, &origin, &err))
                return err_set(reader->err, "%.*s:%u:%u: %.*s", STR_ARG(name), err.line, err.column,
                               STR_ARG(err_text(&err)));
        *vec_push(reader->arena, &reader->out->texts) = rule;
        return true;
}

bool folder_read(struct arena *arena, struct rule_checker *checker, struct str folder, struct text_list *out,
                 struct err *err)
{
        static const struct walk_guide guide = {.wants = wants};
        struct str path = str_copy(arena, folder);
        int open CLEANUP(file_close) = file_open_folder(path.data);
        struct reader_of_rules reader = {arena, checker, open, out, err};
        struct walk walk = {0};

        if (open < 0)
                return err_set(err, "%.*s: the folder of rules cannot be read: %s", STR_ARG(folder), strerror(errno));
        while (path.len > 1 && str_ends(path, STR("/")))
                path.len--;
        walk_folder(arena, open, &guide, &walk);
        if (!walk.entries.count)
                return err_set(err, "%.*s: there is no rule in this folder: rules are files called *.yaml",
                               STR_ARG(folder));
        walk_sort(&walk);
        for (size_t i = 0; i < walk.entries.count; i++) {
                const struct walk_entry *entry = &walk.entries.items[i];

                TRY(read_rule(&reader, entry, str_format(arena, "%.*s/%.*s", STR_ARG(path), STR_ARG(entry->below))));
        }
        return true;
}
