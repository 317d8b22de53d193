/* from.c - stages: what FROM says. */

#include "base/reader.h"
#include "image/dockerfile/internal.h"

/* Names of stages do not mind the case. */
static struct str lowered(struct arena *arena, struct str text)
{
        char *copy = arena_take_text(arena, text.len);

        for (size_t i = 0; i < text.len; i++)
                copy[i] = (char)(text.data[i] >= 'A' && text.data[i] <= 'Z' ? text.data[i] | 32 : text.data[i]);
        return (struct str){copy, text.len};
}

int dockerfile_find_stage(const struct dockerfile_file *file, struct str name, size_t count)
{
        struct reader reader = reader_over(name);
        uintptr_t known = (uintptr_t)map_get(&file->stage_names, lowered(file->reader->arena, name));
        uint64_t number;

        if (known && known <= count)
                return (int)known - 1;
        if (reader_take_number(&reader, DOCKERFILE_STAGES, &number) && reader_done(&reader) && number < count)
                return (int)number;
        return -1;
}

/* The first part of a name is a registry if it looks like a host (distribution/reference). */
static struct str registry_of(struct str base)
{
        struct str rest = base, host;

        str_split(&rest, '/', &host);
        if (!rest.data)
                return STR("docker.io");
        if (memchr(host.data, '.', host.len) || memchr(host.data, ':', host.len) || str_is(host, "localhost")
            || memchr(host.data, '$', host.len))
                return host;
        return STR("docker.io");
}

/* What stands behind the registry; Docker Hub keeps names without a slash in "library". */
static struct str repository_of(struct arena *arena, struct str base, struct str registry)
{
        if (base.len > registry.len && str_starts(base, registry) && base.data[registry.len] == '/')
                base = str_from(base, registry.len + 1);
        if (str_is(registry, "docker.io") && base.len && !memchr(base.data, '/', base.len))
                return str_format(arena, "library/%.*s", STR_ARG(base));
        return base;
}

void dockerfile_split_image(struct str image, struct str *base, struct str *tag, struct str *digest,
                            struct str *registry)
{
        const char *at = image.len ? memchr(image.data, '@', image.len) : NULL, *slash, *colon;

        *digest = at ? str_span(at + 1, image.data + image.len) : STR("");
        image = at ? str_span(image.data, at) : image;
        slash = image.len ? memrchr(image.data, '/', image.len) : NULL;
        colon = image.len ? memrchr(image.data, ':', image.len) : NULL;
        if (colon && slash && colon < slash)
                colon = NULL;
        *tag = colon ? str_span(colon + 1, image.data + image.len) : STR("");
        *base = colon ? str_span(image.data, colon) : image;
        if (str_is(*base, "sha256")) { /* an image by its id */
                *digest = image;
                *base = *tag = STR("");
        }
        *registry = registry_of(*base);
}

static bool has_part(struct str text, const char *part)
{
        for (size_t i = 0; i + strlen(part) <= text.len; i++)
                if (strncasecmp(text.data + i, part, strlen(part)) == 0)
                        return true;
        return false;
}

/* Microsoft's names: windows/servercore, golang:1.26-nanoserver, dotnet/framework/aspnet, server:ltsc2025. */
static bool is_for_windows(struct str image)
{
        static const char *const parts[] = {"windows", "nanoserver", "servercore", "dotnet/framework", "ltsc20"};

        for (size_t i = 0; i < COUNT_OF(parts); i++)
                if (has_part(image, parts[i]))
                        return true;
        return false;
}

static bool read_name(struct dockerfile_file *file, const struct dockerfile_words *words,
                      struct dockerfile_stage *stage)
{
        const struct dockerfile_word *name = &words->items.items[words->items.count - 1];

        if (words->items.count == 1)
                return true;
        if (words->items.count != 3 || !str_equal_nocase(words->items.items[1].raw, STR("as")))
                return dockerfile_wrong(file->reader, DOCKERFILE_WRONG, words->items.items[1].at,
                                        "behind FROM stands an image, and perhaps AS and a name: FROM IMAGE [AS NAME]");
        /* BuildKit takes some names only, Buildah any: a rule tells. */
        stage->name = dockerfile_expand(file->reader, &file->globals, name->raw, name->at);
        stage->name_at = name->at;
        return true;
}

/* A stage that begins from another has its variables and its user. */
static void inherit(struct dockerfile_file *file, struct dockerfile_stage *stage)
{
        const struct dockerfile_stage *from = &file->stages.items[stage->stage];
        struct dockerfile_scope *above = arena_new(file->reader->arena, struct dockerfile_scope);

        *above = from->scope;
        stage->scope.above = above;
        stage->shell = from->shell;
        stage->user = from->user;
        stage->is_windows = from->is_windows;
}

bool dockerfile_begin_stage(struct dockerfile_file *file, const struct dockerfile_line *line,
                            const struct dockerfile_words *words, struct str platform, uint32_t platform_at)
{
        struct dockerfile_reader *reader = file->reader;
        struct dockerfile_stage stage = {.stage = -1, .platform = platform, .platform_at = platform_at};
        struct str image, key;

        if (!words->items.count)
                return dockerfile_wrong(reader, DOCKERFILE_WRONG, line->begin,
                                        "behind FROM stands an image: FROM IMAGE [AS NAME]");
        if (file->stages.count >= DOCKERFILE_STAGES)
                return dockerfile_wrong(reader, DOCKERFILE_TOO_LARGE, line->begin,
                                        "the file has more than %d stages: split it", DOCKERFILE_STAGES);
        TRY(read_name(file, words, &stage));
        stage.from = words->items.items[0].raw;
        stage.from_at = words->items.items[0].at;
        image = dockerfile_expand(reader, &file->globals, stage.from, stage.from_at);
        /* A number would be an image here. */
        if (image.len && !is_digit(image.data[0]))
                stage.stage = dockerfile_find_stage(file, image, file->stages.count);
        dockerfile_split_image(image, &stage.base, &stage.tag, &stage.digest, &stage.registry);
        stage.repository = repository_of(reader->arena, stage.base, stage.registry);
        stage.at = line->begin;
        stage.text = str_trim(line->text.text);
        stage.first = stage.end = file->instructions.nodes.count;
        stage.is_windows = reader->escape == '`' || is_for_windows(image) || has_part(platform, "windows");
        if (stage.stage >= 0)
                inherit(file, &stage);
        *vec_push(reader->arena, &file->stages) = stage;
        key = lowered(reader->arena, stage.name);
        if (key.len)
                *map_slot(reader->arena, &file->stage_names, key) = (void *)(uintptr_t)file->stages.count;
        return true;
}
