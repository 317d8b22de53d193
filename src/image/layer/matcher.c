/* matcher.c - which formats want a path: patterns are found by their last parts. */

#include "image/layer/matcher.h"

#include "image/archive/paths.h"

static struct str ending_of(struct str name)
{
        const char *dot = name.len ? memrchr(name.data, '.', name.len) : NULL;

        return dot ? str_span(dot + 1, name.data + name.len) : (struct str){NULL, 0};
}

static void push(struct arena *arena, void **chain, struct matcher_pattern pattern)
{
        struct matcher_pattern *kept = arena_new(arena, struct matcher_pattern);

        *kept = pattern;
        kept->next = *chain;
        *chain = kept;
}

void matcher_add(struct arena *arena, struct matcher *matcher, const char *pattern, uint32_t format)
{
        struct matcher_pattern added = {.pattern = pattern, .format = format};
        struct str name = path_name(str_of(pattern)), ending = ending_of(name);
        size_t star = str_find(str_of(pattern), STR("*"), 0);

        added.prefix = str_sub(str_of(pattern), 0, star);
        if (star != SIZE_MAX && added.prefix.len)
                added.prefix = str_sub(added.prefix, 0, path_parent(added.prefix).len + 1);
        if (star != SIZE_MAX && !memchr(added.prefix.data, '/', added.prefix.len))
                added.prefix.len = 0;
        if (str_find(name, STR("*"), 0) == SIZE_MAX)
                push(arena, map_slot(arena, &matcher->names, name), added);
        else if (ending.data && str_find(ending, STR("*"), 0) == SIZE_MAX)
                push(arena, map_slot(arena, &matcher->endings, ending), added);
        else
                push(arena, (void **)&matcher->others, added);
}

void matcher_fill(struct arena *arena, struct matcher *out, bool folder)
{
        for (size_t i = 0; i < package_format_count; i++) {
                const struct package_format *format = package_formats[i];

                if (format->folders_only && !folder)
                        continue;
                out->programs = out->programs || format->programs;
                for (const char *const *pattern = format->paths; pattern && *pattern; pattern++)
                        matcher_add(arena, out, *pattern, (uint32_t)i);
        }
}

/* Inserts in order, each once. */
static size_t insert(uint32_t formats[MATCHER_MOST], size_t count, uint32_t format)
{
        size_t at = 0;

        while (at < count && formats[at] < format)
                at++;
        if ((at < count && formats[at] == format) || count == MATCHER_MOST)
                return count;
        memmove(&formats[at + 1], &formats[at], (count - at) * sizeof(formats[0]));
        formats[at] = format;
        return count + 1;
}

static size_t try_all(const struct matcher_pattern *pattern, struct str path, uint32_t formats[MATCHER_MOST],
                      size_t count)
{
        for (; pattern; pattern = pattern->next)
                if (str_starts(path, pattern->prefix) && format_path_matches(pattern->pattern, path))
                        count = insert(formats, count, pattern->format);
        return count;
}

size_t matcher_find(const struct matcher *matcher, struct str path, uint32_t formats[MATCHER_MOST])
{
        struct str name = path_name(path), ending = ending_of(name);
        size_t count = try_all(map_get(&matcher->names, name), path, formats, 0);

        if (ending.data)
                count = try_all(map_get(&matcher->endings, ending), path, formats, count);
        return try_all(matcher->others, path, formats, count);
}
