/* source.c - from a Dockerfile to an object that rules judge, and problems that a person sees. */

#include "image/dockerfile/source.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/walk.h"
#include "image/dockerfile/dockerfile.h"

static const enum problem_kind problem_kinds[] = {
        [DOCKERFILE_WRONG] = PROBLEM_SYNTAX,
        [DOCKERFILE_TOO_LARGE] = PROBLEM_TOO_LARGE,
        [DOCKERFILE_TEMPLATE] = PROBLEM_TEMPLATE,
};

static void read_source(struct estate_source *source)
{
        struct dockerfile file;

        dockerfile_read(&source->arena, source->source.name, source->source.text, &file);
        for (size_t i = 0; i < file.problems.count; i++)
                source_add_problem(source, problem_kinds[file.problems.items[i].kind], file.problems.items[i].at,
                                   file.problems.items[i].message);
        if (!file.problems.count || file.problems.items[0].kind != DOCKERFILE_TEMPLATE)
                source_add_object(source, &file.root);
}

/* What lies in a folder that is an image, or the root of a system. */
static bool is_image_folder(struct str folder)
{
        static const char *const signs[] = {"index.json",     "oci-layout",         "manifest.json",       "etc/passwd",
                                            "etc/os-release", "usr/lib/os-release", "lib/apk/db/installed"};
        struct arena arena CLEANUP(arena_free) = {0};

        for (size_t i = 0; i < COUNT_OF(signs); i++)
                if (access(str_format(&arena, "%.*s/%s", STR_ARG(folder), signs[i]).data, F_OK) == 0)
                        return true;
        return false;
}

static bool wants(void *context, void *here, struct str below, bool is_folder)
{
        const char *slash = memrchr(below.data, '/', below.len);

        (void)context;
        (void)here;
        if (is_folder)
                return (slash ? slash[1] : below.data[0]) != '.';
        return dockerfile_is_name(below);
}

static bool has_dockerfiles(struct arena *arena, const char *path)
{
        struct walk_guide guide = {.wants = wants};
        int folder CLEANUP(file_close) = file_open_folder(path);
        struct walk walk = {0};

        TRY(folder >= 0);
        walk_folder(arena, folder, &guide, &walk);
        return walk.entries.count > 0;
}

bool dockerfile_is_operand(struct str operand)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct stat status;

        if (str_starts(operand, dockerfile_language.prefix))
                return true;
        if (stat(str_copy(&arena, operand).data, &status) < 0)
                return false;
        if (!S_ISDIR(status.st_mode))
                return dockerfile_is_name(operand);
        return !is_image_folder(operand) && has_dockerfiles(&arena, str_copy(&arena, operand).data);
}

const struct source_language dockerfile_language = {
        .name = "Dockerfile",
        .prefix = STR_INIT("dockerfile:"),
        .is_name = dockerfile_is_name,
        .read = read_source,
};
