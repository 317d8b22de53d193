/* image_map.c - where images are that containers name. */

#include "image/open/image_map.h"

#include "doc/document.h"

enum { ENTRIES_MOST = 100000 };

struct str registry_print_reference(struct arena *arena, const struct registry_reference *reference)
{
        struct str domain = str_is(reference->host, "registry-1.docker.io") ? STR("docker.io") : reference->domain;

        return str_format(arena, "%.*s/%.*s%s%.*s%s%.*s", STR_ARG(domain), STR_ARG(reference->name),
                          reference->tag.len ? ":" : "", STR_ARG(reference->tag), reference->digest.len ? "@" : "",
                          STR_ARG(reference->digest));
}

/* Entries of the command line and of files do not meet. */
static struct str key_of(struct arena *arena, const struct registry_reference *reference, bool is_given)
{
        return str_format(arena, "%s%.*s", is_given ? "=" : "", STR_ARG(registry_print_reference(arena, reference)));
}

/* "web" means every tag here, and not "web:latest". */
static bool says_no_tag(struct str name)
{
        size_t slash = SIZE_MAX, colon;

        for (size_t at = str_find(name, STR("/"), 0); at != SIZE_MAX; at = str_find(name, STR("/"), at + 1))
                slash = at;
        colon = str_find(name, STR(":"), slash == SIZE_MAX ? 0 : slash);
        return colon == SIZE_MAX && str_find(name, STR("@"), 0) == SIZE_MAX;
}

static bool add(struct arena *arena, struct image_map *map, struct str name, struct image_map_entry entry,
                struct err *err)
{
        void **slot;

        if (!name.len)
                return err_set(err, "the name of an image is missing");
        TRY(registry_read_reference(arena, name, &entry.name, err));
        entry.every = says_no_tag(name);
        if (entry.every)
                entry.name.tag = STR("");
        if (!entry.reference.len)
                return err_set(
                        err,
                        "what is to be read for %.*s is missing: write oci:FOLDER, docker-archive:FILE or the like",
                        STR_ARG(name));
        if (map->entries.count == ENTRIES_MOST)
                return err_set(err, "more than %d images are mapped", ENTRIES_MOST);
        slot = map_slot(arena, &map->names, key_of(arena, &entry.name, entry.is_given));
        if (*slot)
                return err_set(err, "%.*s is mapped already, by %.*s", STR_ARG(name),
                               STR_ARG(map->entries.items[(uintptr_t)*slot - 1].place));
        *vec_push(arena, &map->entries) = entry;
        *slot = (void *)(uintptr_t)map->entries.count;
        return true;
}

bool image_map_add(struct arena *arena, struct image_map *map, struct str assignment, struct err *err)
{
        size_t at = str_find(assignment, STR("="), 0);
        struct image_map_entry entry = {.place = assignment, .is_given = true};

        if (at == SIZE_MAX)
                return err_set(err, "\"%.*s\" is neither a file nor NAME=REFERENCE", STR_ARG(assignment));
        entry.reference = str_from(assignment, at + 1);
        return add(arena, map, str_sub(assignment, 0, at), entry, err);
}

/* --- files --- */

static struct str place_of(struct arena *arena, struct source *file, uint32_t at)
{
        struct place place = source_place(arena, file, at);

        return str_format(arena, "%.*s:%u:%u", STR_ARG(file->name), place.line, place.column);
}

/* The folder of a file, with its slash; empty for the current one. */
static struct str folder_of(struct str file)
{
        const char *slash = file.len ? memrchr(file.data, '/', file.len) : NULL;

        return slash ? str_span(file.data, slash + 1) : STR("");
}

static bool add_member(struct arena *arena, struct image_map *map, struct source *file, const struct node *member,
                       struct err *err)
{
        struct image_map_entry entry = {.place = place_of(arena, file, member->at)};
        struct str name = intern_text(member->key);

        if (member->value.kind == VALUE_STRING)
                entry.reference =
                        image_reference_below(arena, folder_of(file->name), str_trim(value_text(&member->value)));
        else if (member->value.kind != VALUE_NULL)
                err_set(err,
                        "%.*s is mapped to a %s, where text is wanted: oci:FOLDER, docker-archive:FILE or the like",
                        STR_ARG(name), value_kind_name(&member->value));
        if (!err->length && add(arena, map, name, entry, err))
                return true;
        return err_within(err, "%.*s", STR_ARG(entry.place));
}

bool image_map_add_file(struct arena *arena, struct image_map *map, struct str name, struct str text, struct err *err)
{
        struct source file = {.name = name, .text = text};
        struct document document;

        if (!yaml_read_one(arena, text, &document, err))
                return err_within(err, "%.*s:%u:%u", STR_ARG(name), err->line, err->column);
        if (document.root.kind != VALUE_MAP) {
                err_set(err, "this is a %s, where a map from names of images to what is read for them is wanted",
                        value_kind_name(&document.root));
                return err_within(err, "%.*s", STR_ARG(place_of(arena, &file, document.at)));
        }
        value_each (&document.root, member)
                TRY(add_member(arena, map, &file, member, err));
        return true;
}

/* --- asking --- */

static const struct image_map_entry *find(struct arena *arena, const struct image_map *map,
                                          const struct registry_reference *name)
{
        for (int is_given = 1; is_given >= 0; is_given--) {
                uintptr_t number = (uintptr_t)map_get(&map->names, key_of(arena, name, is_given));

                if (number)
                        return &map->entries.items[number - 1];
        }
        return NULL;
}

const struct image_map_entry *image_map_find(struct arena *arena, const struct image_map *map,
                                             const struct registry_reference *name, struct str *reference)
{
        const struct registry_reference tries[] = {
                *name,
                {.host = name->host, .domain = name->domain, .name = name->name, .digest = name->digest},
                {.host = name->host, .domain = name->domain, .name = name->name, .tag = name->tag},
                {.host = name->host, .domain = name->domain, .name = name->name},
        };
        const struct image_map_entry *entry = NULL;

        if (!map->entries.count)
                return NULL;
        for (size_t i = 0; i < COUNT_OF(tries) && !entry; i++)
                entry = find(arena, map, &tries[i]);
        if (!entry)
                return NULL;
        *reference = entry->reference;
        if (entry->every && image_is_remote(arena, entry->reference) && says_no_tag(entry->reference))
                *reference = str_format(arena, "%.*s%s%.*s%s%.*s", STR_ARG(entry->reference), name->tag.len ? ":" : "",
                                        STR_ARG(name->tag), name->digest.len ? "@" : "", STR_ARG(name->digest));
        return entry;
}
