/* merge.c - from layers to what their files say in the merged image. */

#include "image/layer/merge.h"

#include <stdlib.h>

/* A file that is read for another name of it: a hard link, which stays when the file's own name goes. */
struct other_name {
        size_t layer;
        uint32_t format;
        struct str file, name;
        size_t named_in; /* the layer that has the link */
};

/* What has to be read in a further pass. */
struct wants {
        VEC(struct other_name) names;
        struct matcher *matchers; /* by layer */
        struct map *aliases;      /* by layer: path of a file → struct str, the name for which it is read */
        VEC(struct layer_move) moves;
        bool *wanted;
        bool any;
};

void merge_problem(struct merge *merge, size_t layer, struct str text)
{
        const struct image *image = merge->image;

        if (image->kind != IMAGE_FOLDER)
                text = str_format(merge->arena, "layer %zu, %.*s: %.*s", layer + 1, STR_ARG(image->layers[layer].name),
                                  STR_ARG(text));
        catalog_problem(merge->arena, merge->catalog, image, text);
}

/* The path with the links in its folders followed, as it was when the layer was made. */
static bool canonical(struct merge *merge, struct arena *scratch, struct map *known, struct str path, size_t layer,
                      struct str *out)
{
        struct str parent = path_parent(path), resolved;
        void **slot;
        bool followed;

        if (!parent.len) {
                *out = path;
                return true;
        }
        slot = map_slot(scratch, known, str_format(scratch, "%zu:%.*s", layer, STR_ARG(parent)));
        if (!*slot) {
                struct str *kept = arena_new(scratch, struct str);

                if (!view_resolve(scratch, &merge->view, parent, layer + 1, true, &resolved, &followed))
                        followed = false;
                *kept = followed ? resolved : parent;
                *slot = kept;
        }
        resolved = *(struct str *)*slot;
        *out = str_equal(resolved, parent) ? path
                                           : str_format(merge->arena, "%.*s%s%.*s", STR_ARG(resolved),
                                                        resolved.len ? "/" : "", STR_ARG(path_name(path)));
        return true;
}

static bool is_there(const struct merge *merge, const struct layer_found *found, const struct layer_file *file)
{
        return path_table_get(&found->table, path_hash(merge->key, file->path)) == file->kind;
}

static void add_candidate(struct merge *merge, struct str path, size_t layer, const struct layer_part *part)
{
        if (part->found)
                *vec_push(merge->arena, &merge->candidates) =
                        (struct candidate){path, layer, part->format, part->found};
}

static const struct layer_file *file_at(const struct layer_found *found, struct str path)
{
        void *known = map_get(&found->by_path, path);

        return known ? &found->files.items[(uintptr_t)known - 1] : NULL;
}

static const struct layer_part *part_of(const struct layer_file *file, uint32_t format)
{
        for (size_t i = 0; file && i < file->parts.count; i++)
                if (file->parts.items[i].format == format && file->parts.items[i].found)
                        return &file->parts.items[i];
        return NULL;
}

static void want(struct merge *merge, struct wants *wants, size_t layer, struct str pattern, uint32_t format)
{
        matcher_add(merge->arena, &wants->matchers[layer], str_copy(merge->arena, pattern).data, format);
        wants->wanted[layer] = wants->any = true;
}

/* A file that is read for a name that leads to it. */
static void want_file(struct merge *merge, struct wants *wants, size_t layer, struct str path, struct str name,
                      uint32_t format)
{
        struct str *kept = arena_new(merge->arena, struct str);
        void **slot = map_slot(merge->arena, &wants->aliases[layer], str_copy(merge->arena, path));

        *kept = str_copy(merge->arena, name);
        *slot = *slot ? *slot : kept;
        want(merge, wants, layer, path, format);
}

/* Where a hard link leads: the file that had the name when the link was made. */
static bool follow_hard_link(struct merge *merge, struct arena *scratch, struct str target, size_t layer,
                             struct str *path, size_t *at)
{
        struct str next = target;
        size_t top = layer + 1;

        for (unsigned links = 0; links < VIEW_LINKS; links++) {
                enum path_kind kind;
                struct trail trail;
                bool followed;

                TRY(path_clean(scratch, next, &next)
                    && view_resolve(scratch, &merge->view, next, top, false, path, &followed));
                trail = view_trail(scratch, &merge->view, *path);
                kind = view_find(&merge->view, &trail, top, at);
                if (kind == PATH_FILE)
                        return true;
                TRY(kind == PATH_HARDLINK);
                {
                        const struct layer_file *file = file_at(&merge->found[*at], *path);

                        TRY(file && file->kind == PATH_HARDLINK && file->target.len);
                        next = file->target;
                        top = *at + 1;
                }
        }
        return false;
}

static void use_hard_link(struct merge *merge, struct arena *scratch, struct wants *wants,
                          const struct layer_file *link, struct str path, size_t layer)
{
        struct str target;
        size_t at;

        if (!follow_hard_link(merge, scratch, link->target, layer, &target, &at))
                return;
        for (size_t i = 0; i < link->parts.count; i++) {
                uint32_t format = link->parts.items[i].format;
                const struct layer_part *part = part_of(file_at(&merge->found[at], target), format);

                /* The target may go while this name stays, so it is a file of its own. */
                if (part) {
                        add_candidate(merge, path, layer, part);
                        continue;
                }
                want_file(merge, wants, at, target, link->path, format);
                *vec_push(merge->arena, &wants->names) = (struct other_name){at, format, target, path, layer};
        }
}

/* A symbolic link by a name that a format wants; where it leads in the end may be a file that no format wanted. */
static void use_path(struct merge *merge, struct arena *scratch, struct wants *wants, struct str path, uint32_t format)
{
        struct trail trail;
        struct str target;
        bool followed;
        size_t at;

        if (!view_resolve(scratch, &merge->view, path, merge->layer_count, true, &target, &followed) || !followed)
                return;
        trail = view_trail(scratch, &merge->view, target);
        if (view_find(&merge->view, &trail, merge->layer_count, &at) != PATH_FILE)
                return;
        if (!part_of(file_at(&merge->found[at], target), format))
                want_file(merge, wants, at, target, path, format);
}

static void use_file(struct merge *merge, struct arena *scratch, struct map *known, struct wants *wants, size_t layer,
                     const struct layer_file *file)
{
        struct str path;

        if (!is_there(merge, &merge->found[layer], file) || !canonical(merge, scratch, known, file->path, layer, &path))
                return;
        if (file->kind == PATH_HARDLINK)
                use_hard_link(merge, scratch, wants, file, path, layer);
        for (size_t i = 0; i < file->parts.count; i++)
                if (file->kind == PATH_FILE)
                        add_candidate(merge, path, layer, &file->parts.items[i]);
                else if (file->kind == PATH_SYMLINK)
                        use_path(merge, scratch, wants, path, file->parts.items[i].format);
}

static bool has_pattern(const struct package_format *format, struct str pattern)
{
        for (const char *const *one = format->paths; *one; one++)
                if (str_equal(str_of(*one), pattern))
                        return true;
        return false;
}

/* Patterns that begin at the root: their folders may be links to others. */
static void use_pattern(struct merge *merge, struct arena *scratch, struct wants *wants, uint32_t number,
                        struct str pattern)
{
        size_t star = str_find(pattern, STR("*"), 0);
        struct str folder, moved, elsewhere;
        bool followed;

        if (star == 0)
                return;
        if (star == SIZE_MAX) {
                use_path(merge, scratch, wants, pattern, number);
                return;
        }
        folder = path_parent(str_sub(pattern, 0, star));
        if (!view_resolve(scratch, &merge->view, folder, merge->layer_count, true, &moved, &followed) || !followed)
                return;
        elsewhere = str_format(scratch, "%.*s%.*s", STR_ARG(moved), STR_ARG(str_from(pattern, folder.len)));
        if (str_equal(elsewhere, pattern) || has_pattern(package_formats[number], elsewhere))
                return;
        *vec_push(merge->arena, &wants->moves) =
                (struct layer_move){str_copy(merge->arena, moved), str_copy(merge->arena, folder)};
        for (size_t i = 0; i < merge->layer_count; i++)
                if (merge->found[i].entries)
                        want(merge, wants, i, str_from(elsewhere, str_starts(elsewhere, STR("/"))), number);
}

static void use_patterns(struct merge *merge, struct arena *scratch, struct wants *wants)
{
        for (size_t i = 0; i < package_format_count; i++) {
                const struct package_format *format = package_formats[i];

                if (format->folders_only && merge->image->kind != IMAGE_FOLDER)
                        continue;
                for (const char *const *one = format->paths; one && *one; one++)
                        use_pattern(merge, scratch, wants, (uint32_t)i, str_of(*one));
        }
}

/* Files that streams wanted to see again, by their names. */
static void want_again(struct merge *merge, struct wants *wants, size_t layer)
{
        const struct layer_found *found = &merge->found[layer];

        for (size_t i = 0; found->wants_again && i < found->files.count; i++)
                for (size_t j = 0; j < found->files.items[i].parts.count; j++)
                        if (found->files.items[i].parts.items[j].state)
                                want(merge, wants, layer, found->files.items[i].path,
                                     found->files.items[i].parts.items[j].format);
}

/* Reads once more what is wanted. The results of `again` live in layers of their own. */
static void pass_again(struct merge *merge, const struct wants *wants, bool go_on, struct layer_found *again)
{
        struct layer_wish *wishes = arena_array(merge->arena, struct layer_wish, merge->layer_count);
        struct scan_layers scan = {
                .image = merge->image,
                .wishes = wishes,
                .wanted = wants->wanted,
                .threads = merge->threads,
                .found = again,
                .failed = merge->failed,
        };

        for (size_t i = 0; i < merge->layer_count; i++)
                wishes[i] = (struct layer_wish){
                        .matcher = &wants->matchers[i],
                        .key = merge->key,
                        .only_files = true,
                        .names = &wants->aliases[i],
                        .moves = wants->moves.items,
                        .move_count = wants->moves.count,
                        .continue_with = go_on ? &merge->found[i] : NULL,
                };
        scan_layers(&scan);
}

static void free_layers(void *object)
{
        struct layer_found *const *layer = object;

        layer_found_free(*layer);
}

/* Layers that live as long as the arena. */
static struct layer_found *new_layers(struct arena *arena, size_t count)
{
        struct layer_found *layers = arena_array(arena, struct layer_found, count);

        for (size_t i = 0; i < count; i++) {
                struct layer_found **at = arena_new(arena, struct layer_found *);

                *at = &layers[i];
                arena_at_end(arena, free_layers, at);
        }
        return layers;
}

static struct wants new_wants(struct merge *merge)
{
        return (struct wants){
                .matchers = arena_array(merge->arena, struct matcher, merge->layer_count),
                .aliases = arena_array(merge->arena, struct map, merge->layer_count),
                .wanted = arena_array(merge->arena, bool, merge->layer_count),
        };
}

static void take_problems(struct merge *merge, struct layer_found *layers)
{
        for (size_t i = 0; i < merge->layer_count; i++)
                for (size_t j = 0; j < layers[i].problems.count; j++)
                        merge_problem(merge, i, layers[i].problems.items[j]);
}

/* Streams that want a file again get it, as often as they may ask; their sinks are those of the first pass. */
void merge_finish_streams(struct merge *merge)
{
        for (unsigned pass = 1; pass < STREAM_PASSES; pass++) {
                struct wants wants = new_wants(merge);
                struct layer_found *again;

                for (size_t i = 0; i < merge->layer_count; i++)
                        want_again(merge, &wants, i);
                if (!wants.any)
                        break;
                again = new_layers(merge->arena, merge->layer_count);
                pass_again(merge, &wants, true, again);
                take_problems(merge, again);
                for (size_t i = 0; i < merge->layer_count; i++)
                        for (size_t j = 0; wants.wanted[i] && j < merge->found[i].files.count; j++) {
                                struct layer_file *file = &merge->found[i].files.items[j];

                                for (size_t k = 0; k < file->parts.count; k++) {
                                        const struct layer_file *now = file_at(&again[i], file->path);
                                        const struct layer_part *part = part_of(now, file->parts.items[k].format);

                                        if (file->parts.items[k].state)
                                                file->parts.items[k].state = part ? part->state : NULL;
                                }
                        }
        }
        for (size_t i = 0; i < merge->layer_count; i++)
                merge->found[i].wants_again = false;
}

static void use_linked(struct merge *merge, struct arena *scratch, struct map *known, const struct wants *wants,
                       size_t layer, const struct layer_file *file)
{
        for (size_t i = 0; i < file->parts.count; i++) {
                const struct layer_part *part = &file->parts.items[i];
                bool named = false;
                struct str path;

                for (size_t j = 0; j < wants->names.count; j++) {
                        const struct other_name *name = &wants->names.items[j];

                        if (name->layer != layer || name->format != part->format || !str_equal(name->file, file->path))
                                continue;
                        add_candidate(merge, name->name, name->named_in, part);
                        named = true;
                }
                if (!named && canonical(merge, scratch, known, file->path, layer, &path))
                        add_candidate(merge, path, layer, part);
        }
}

/* What was reached by links only: files that the first pass had no reason to read. */
static void read_linked(struct merge *merge, struct arena *scratch, struct map *known, const struct wants *wants)
{
        struct layer_found *again;

        if (!wants->any)
                return;
        again = new_layers(merge->arena, merge->layer_count);
        pass_again(merge, wants, false, again);
        take_problems(merge, again);
        for (size_t i = 0; i < merge->layer_count; i++)
                for (size_t j = 0; j < again[i].files.count; j++)
                        use_linked(merge, scratch, known, wants, i, &again[i].files.items[j]);
}

static int compare_candidates(const void *a, const void *b)
{
        const struct candidate *x = a, *y = b;
        int order = x->format < y->format ? -1 : x->format > y->format;

        if (!order)
                order = str_compare(x->path, y->path);
        if (!order)
                order = x->layer > y->layer ? -1 : x->layer < y->layer;
        return order;
}

static bool same_file(const struct candidate *a, const struct candidate *b)
{
        return a->format == b->format && str_equal(a->path, b->path);
}

/* How many of the versions of a file, newest first, follow each other without a deletion between. */
static size_t unbroken(struct merge *merge, const struct trail *trail, const struct candidate *versions, size_t count)
{
        size_t kept = 1;

        while (kept < count
               && !view_hides(&merge->view, trail, versions[kept].layer + 1, versions[kept - 1].layer + 1, false))
                kept++;
        return kept;
}

static void decide(struct merge *merge)
{
        struct candidate *all = merge->candidates.items;
        size_t count = merge->candidates.count;

        if (!count)
                return;
        qsort(all, count, sizeof(*all), compare_candidates);
        for (size_t i = 0, next; i < count; i = next) {
                struct arena scratch CLEANUP(arena_free) = {0};
                struct trail trail = view_trail(&scratch, &merge->view, all[i].path);

                for (next = i + 1; next < count && same_file(&all[i], &all[next]); next++)
                        ;
                if (view_hides(&merge->view, &trail, all[i].layer + 1, merge->layer_count, true))
                        continue;
                *vec_push(merge->arena, &merge->files) = (struct merged_file){
                        .path = all[i].path,
                        .format = all[i].format,
                        .found = all[i].found,
                        .versions = &all[i],
                        .version_count = unbroken(merge, &trail, &all[i], next - i),
                };
        }
}

void merge_run(struct merge *merge)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct layer_found const **layers = arena_array(merge->arena, const struct layer_found *, merge->layer_count);
        struct wants wants = new_wants(merge);
        struct map known = {0};

        for (size_t i = 0; i < merge->layer_count; i++)
                layers[i] = &merge->found[i];
        merge->view = (struct view){(struct layer_found *const *)layers, merge->layer_count, merge->key};
        take_problems(merge, merge->found);
        for (size_t i = 0; i < merge->layer_count; i++)
                for (size_t j = 0; j < merge->found[i].files.count; j++)
                        use_file(merge, &scratch, &known, &wants, i, &merge->found[i].files.items[j]);
        use_patterns(merge, &scratch, &wants);
        read_linked(merge, &scratch, &known, &wants);
        decide(merge);
}
