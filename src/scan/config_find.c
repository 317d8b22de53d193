/* config_find.c - where the settings file is. */

#include <sys/stat.h>

#include "base/file.h"
#include "scan/config.h"

enum { MOST_CONFIG_BYTES = 16 << 20 };

#define CONFIG_NAME "strake.yaml"

static bool is_link(const char *name)
{
        struct stat status;

        return lstat(name, &status) == 0 && S_ISLNK(status.st_mode);
}

/* Reads a file; one that is not there is no settings unless somebody asked for it. */
static bool read_file(struct arena *arena, struct str name, bool asked, struct str today, struct config *out,
                      bool *there, struct err *err)
{
        struct str path = str_copy(arena, name);
        struct file_text file = {0};
        enum file_result result = file_read(arena, path.data, MOST_CONFIG_BYTES, &file);

        *there = false;
        if (result == FILE_ABSENT && is_link(path.data))
                return err_set(err, "%.*s: the settings cannot be read: a link that leads nowhere", STR_ARG(name));
        if (result == FILE_ABSENT && !asked)
                return true;
        if (result != FILE_OK)
                return err_set(err, "%.*s: the settings cannot be read: %s", STR_ARG(name),
                               result == FILE_TOO_LARGE ? "the file is too large" : file.why);
        /* A manifest may be called strake.yaml too: one that deploys Strake, for example. */
        if (!asked && config_is_manifest(arena, file.text))
                return true;
        *there = true;
        return config_read(arena, path, file.text, today, out, err);
}

bool config_find(struct arena *arena, struct str given, const struct str *inputs, size_t input_count, struct str today,
                 struct config *out, struct err *err)
{
        bool there = false;

        *out = config_none();
        if (str_is(given, "none"))
                return true;
        if (given.len)
                return read_file(arena, given, true, today, out, &there, err);
        TRY(read_file(arena, STR(CONFIG_NAME), false, today, out, &there, err));
        for (size_t i = 0; i < input_count && !there; i++) {
                struct str folder = str_copy(arena, inputs[i]);
                int open CLEANUP(file_close) = str_is(folder, "-") ? -1 : file_open_folder(folder.data);

                if (open >= 0)
                        TRY(read_file(arena, str_format(arena, "%.*s%s" CONFIG_NAME, STR_ARG(folder),
                                                        str_ends(folder, STR("/")) ? "" : "/"),
                                                        false, today, out, &there, err));
        }
        return true;
}

/* The folder that an input is, or lies in, with a slash at its end; "" for the current one. */
static struct str folder_of(struct arena *arena, struct str input)
{
        struct str path = str_copy(arena, input);
        int open CLEANUP(file_close) = file_open_folder(path.data);
        const char *slash = path.len ? memrchr(path.data, '/', path.len) : NULL;

        if (open >= 0)
                return str_format(arena, "%.*s/", STR_ARG(path));
        return slash ? str_span(path.data, slash + 1) : STR("");
}

static bool add_hadolint_in(struct arena *arena, struct str folder, struct config *config, bool *there, struct err *err)
{
        static const char *const names[] = {".hadolint.yaml", ".hadolint.yml"};

        for (size_t i = 0; i < COUNT_OF(names) && !*there; i++) {
                struct str path = str_format(arena, "%.*s%s", STR_ARG(folder), names[i]);
                struct file_text file = {0};
                enum file_result result = file_read(arena, path.data, MOST_CONFIG_BYTES, &file);

                if (result == FILE_ABSENT)
                        continue;
                if (result != FILE_OK)
                        return err_set(err, "%.*s: the settings cannot be read: %s", STR_ARG(path),
                                       result == FILE_TOO_LARGE ? "the file is too large" : file.why);
                *there = true;
                TRY(config_add_hadolint(arena, path, file.text, config, err));
        }
        return true;
}

bool config_find_hadolint(struct arena *arena, const struct str *inputs, size_t input_count, struct config *config,
                          struct err *err)
{
        bool there = false;

        TRY(add_hadolint_in(arena, STR(""), config, &there, err));
        for (size_t i = 0; i < input_count && !there; i++)
                TRY(add_hadolint_in(arena, folder_of(arena, inputs[i]), config, &there, err));
        return true;
}
