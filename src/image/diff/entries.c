/* entries.c - the entries of two images compared.
 *
 * Each image is read from its highest layer down, so that whether an entry is hidden is known when it passes by. That leaves, for each file
 * that is there in the end, a hash of its path and one of its facts. Where they differ, the images are read once more for the names. */

#include "image/diff/entries.h"

#include <stdlib.h>

#include "image/layer/records.h"
#include "image/layer/view.h"

struct trace {
        uint64_t path, facts;
};

struct traces {
        struct trace *items;
        size_t count, capacity;
};

/* An entry that is looked for by the hash of its path. */
struct wanted {
        uint64_t path;
        size_t layer; /* in which it was found, from 1 */
        struct record record;
};

/* Where two archives begin to differ. */
struct parting {
        bool found, later,
                earlier; /* later: the second has the first's path further on; earlier: the other way round */
        size_t index;
        bool has_first;
        uint64_t first_path;
        struct record first, second;
};

struct side {
        struct comparing *comparing;
        const struct image *image;
        size_t layer_count, entries;
        struct traces merged;    /* sorted by path */
        struct traces *archives; /* by layer, in the order of the archive, with times: of those that are compared */
        struct wanted *wanted;
        size_t wanted_count;

        /* While it is read. */
        struct layer_found *found;
        struct view view;
        struct map repeated; /* hash of a path that a layer has twice → facts of the last */
        size_t layer, index;
};

struct comparing {
        struct arena *arena;
        bool threads;
        struct image_diff *out;
        struct path_key key;
        struct side before, after;
        bool *compared; /* by layer: both have it, and they are not the same */
        struct parting *partings;
        size_t layers;
};

static void traces_free(struct traces *traces)
{
        free(traces->items);
        *traces = (struct traces){0};
}

static void traces_add(struct traces *traces, uint64_t path, uint64_t facts)
{
        if (traces->count == traces->capacity) {
                traces->capacity = traces->capacity ? checked_mul(traces->capacity, 2) : 256;
                traces->items = realloc(traces->items, checked_mul(traces->capacity, sizeof(*traces->items)));
                if (!traces->items)
                        abort();
        }
        traces->items[traces->count++] = (struct trace){path, facts};
}

static void sift(struct trace *items, size_t at, size_t count)
{
        struct trace item = items[at];

        for (size_t child; (child = 2 * at + 1) < count; at = child) {
                if (child + 1 < count && items[child + 1].path > items[child].path)
                        child++;
                if (items[child].path <= item.path)
                        break;
                items[at] = items[child];
        }
        items[at] = item;
}

/* In place: qsort() may take as much memory again. */
static void traces_sort(struct traces *traces)
{
        for (size_t i = traces->count / 2; i-- > 0;)
                sift(traces->items, i, traces->count);
        for (size_t i = traces->count; i-- > 1;) {
                struct trace last = traces->items[i];

                traces->items[i] = traces->items[0];
                traces->items[0] = last;
                sift(traces->items, 0, i);
        }
}

static void add_problem(struct comparing *comparing, struct str text)
{
        *vec_push(comparing->arena, &comparing->out->problems) = text;
}

static struct record keep(struct arena *arena, const struct record *record)
{
        struct record kept = *record;

        kept.path = str_copy(arena, record->path);
        kept.link = str_copy(arena, record->link);
        kept.capability = str_copy(arena, record->capability);
        kept.attributes = str_copy(arena, record->attributes);
        return kept;
}

/* --- the first reading: hashes --- */

static enum path_kind kind_of(const struct record *record)
{
        if (str_starts(path_name(record->path), STR(".wh.")))
                return PATH_WHITEOUT;
        return record->kind == TAR_FILE       ? PATH_FILE
               : record->kind == TAR_FOLDER   ? PATH_FOLDER
               : record->kind == TAR_SYMLINK  ? PATH_SYMLINK
               : record->kind == TAR_HARDLINK ? PATH_HARDLINK
                                              : PATH_OTHER;
}

/* The second archive against the first, which was read whole. */
static void compare_archives(struct side *side, const struct record *record, uint64_t path, uint64_t facts)
{
        const struct traces *first = &side->comparing->before.archives[side->layer];
        struct parting *parting = &side->comparing->partings[side->layer];

        if (parting->found) {
                parting->later = parting->later || (parting->has_first && path == parting->first_path);
                return;
        }
        parting->has_first = side->index < first->count;
        parting->index = side->index;
        if (parting->has_first) {
                parting->first_path = first->items[side->index].path;
                if (parting->first_path == path && first->items[side->index].facts == facts) {
                        parting->index++;
                        return;
                }
        }
        parting->found = true;
        parting->second = keep(side->comparing->arena, record);
        for (size_t i = side->index; i < first->count && !parting->earlier; i++)
                parting->earlier = first->items[i].path == path;
        parting->later = parting->has_first && parting->first_path == path;
}

static bool is_hidden(struct side *side, struct str path)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct trail trail;

        if (side->layer + 1 == side->layer_count)
                return false;
        trail = view_trail(&scratch, &side->view, path);
        return view_hides(&side->view, &trail, side->layer + 1, side->layer_count, true);
}

/* Of the entries of a path that a layer has several times, the last counts. */
static void note_again(struct side *side, uint64_t path, uint64_t facts)
{
        struct arena *arena = side->comparing->arena;
        void **slot = map_slot_copy(arena, &side->repeated, (struct str){(const char *)&path, sizeof(path)});

        if (!*slot)
                *slot = arena_new(arena, uint64_t);
        *(uint64_t *)*slot = facts;
}

static bool take_hashes(void *context, const struct record *record, struct err *err)
{
        struct side *side = context;
        struct comparing *comparing = side->comparing;
        struct layer_found *found = &side->found[side->layer];
        uint64_t path = path_hash(&comparing->key, record->path), facts;
        enum path_kind kind = kind_of(record);
        bool again;

        if (++side->entries > ENTRIES_MOST)
                return err_set(err, "more than %d entries", ENTRIES_MOST);
        if (side->layer < comparing->layers && comparing->compared[side->layer]) {
                facts = record_hash(&comparing->key, record, true);
                if (side == &comparing->before)
                        traces_add(&side->archives[side->layer], path, facts);
                else
                        compare_archives(side, record, path, facts);
        }
        side->index++;
        if (!record->path.len)
                return true;
        facts = record_hash(&comparing->key, record, false);
        again = path_table_get(&found->table, path) != PATH_ABSENT;
        path_table_set(&found->table, path, kind, NULL);
        found->has_whiteouts = found->has_whiteouts || kind == PATH_WHITEOUT;
        if (kind == PATH_WHITEOUT || is_hidden(side, record->path))
                return true;
        if (again)
                note_again(side, path, facts);
        else
                traces_add(&side->merged, path, facts);
        return true;
}

/* Sorted, and with the facts of the last entry where there were several. */
static void finish_hashes(struct side *side)
{
        struct traces *merged = &side->merged;

        traces_sort(merged);
        for (size_t i = 0; side->repeated.count && i < merged->count; i++) {
                const uint64_t *last =
                        map_get(&side->repeated, (struct str){(const char *)&merged->items[i].path, sizeof(uint64_t)});

                if (last)
                        merged->items[i].facts = *last;
        }
}

static void visit(struct side *side, size_t layer, const struct record_visitor *visitor, bool tell)
{
        struct comparing *comparing = side->comparing;
        struct layer_found found = {0};
        struct err err = {0};
        struct str name = side->image->name;

        side->layer = layer;
        side->index = 0;
        if (!records_visit(side->image, layer, comparing->threads, visitor, &found, &err) && tell)
                add_problem(comparing, str_format(comparing->arena, "%.*s: layer %zu: %.*s", STR_ARG(name), layer + 1,
                                                  STR_ARG(err_text(&err))));
        for (size_t i = 0; tell && i < found.problems.count; i++)
                add_problem(comparing, str_format(comparing->arena, "%.*s: %.*s", STR_ARG(name),
                                                  STR_ARG(found.problems.items[i])));
        layer_found_free(&found);
}

static void read_hashes(struct side *side)
{
        const struct record_visitor visitor = {.context = side, .take = take_hashes};
        struct layer_found const **layers =
                arena_array(side->comparing->arena, const struct layer_found *, side->layer_count);

        side->found = arena_array(side->comparing->arena, struct layer_found, side->layer_count);
        for (size_t i = 0; i < side->layer_count; i++)
                layers[i] = &side->found[i];
        side->view = (struct view){(struct layer_found *const *)layers, side->layer_count, &side->comparing->key};
        for (size_t i = side->layer_count; i-- > 0;)
                visit(side, i, &visitor, true);
        for (size_t i = 0; i < side->layer_count; i++)
                layer_found_free(&side->found[i]);
        finish_hashes(side);
}

/* --- the second reading: names --- */

static struct wanted *find_wanted(const struct side *side, uint64_t path)
{
        size_t low = 0, high = side->wanted_count;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (side->wanted[middle].path < path)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low < side->wanted_count && side->wanted[low].path == path ? &side->wanted[low] : NULL;
}

/* The entry at which the first archive begins to differ. */
static struct parting *parting_at(const struct side *side)
{
        struct comparing *comparing = side->comparing;
        struct parting *parting = side == &comparing->before && side->layer < comparing->layers
                                          ? &comparing->partings[side->layer]
                                          : NULL;

        return parting && parting->has_first && parting->index == side->index ? parting : NULL;
}

/* In the highest layer that has it; what is not there in the end is not looked for. */
static struct wanted *wanted_here(const struct side *side, const struct record *record)
{
        struct wanted *wanted =
                side->wanted_count ? find_wanted(side, path_hash(&side->comparing->key, record->path)) : NULL;

        return wanted && (!wanted->layer || wanted->layer == side->layer + 1) ? wanted : NULL;
}

static bool wants_content(void *context, const struct record *record)
{
        const struct side *side = context;

        return wanted_here(side, record) || parting_at(side);
}

static bool take_names(void *context, const struct record *record, struct err *err)
{
        struct side *side = context;
        struct wanted *wanted = wanted_here(side, record);
        struct parting *parting = parting_at(side);

        (void)err;
        if (wanted) {
                wanted->layer = side->layer + 1;
                wanted->record = keep(side->comparing->arena, record);
        }
        if (parting)
                parting->first = keep(side->comparing->arena, record);
        side->index++;
        return true;
}

static bool needs_names(const struct side *side)
{
        for (size_t i = 0; side == &side->comparing->before && i < side->comparing->layers; i++)
                if (side->comparing->partings[i].has_first)
                        return true;
        return side->wanted_count > 0;
}

static void read_names(struct side *side)
{
        const struct record_visitor visitor = {.context = side, .wants = wants_content, .take = take_names};

        for (size_t i = side->layer_count; needs_names(side) && i-- > 0;)
                visit(side, i, &visitor, false); /* what is wrong was told before */
}

/* --- what differs --- */

static bool both_differ(const struct trace *b, const struct trace *a)
{
        return b->path == a->path && b->facts != a->facts;
}

/* Goes through both lists; with `collect`, notes whose names are wanted, else only counts them. */
static size_t walk(struct comparing *comparing, bool collect)
{
        const struct traces *before = &comparing->before.merged, *after = &comparing->after.merged;
        size_t b = 0, a = 0, changes = 0;

        while (b < before->count || a < after->count) {
                bool in_before =
                        b < before->count && (a == after->count || before->items[b].path <= after->items[a].path);
                bool in_after =
                        a < after->count && (b == before->count || after->items[a].path <= before->items[b].path);

                if (!in_before || !in_after || both_differ(&before->items[b], &after->items[a])) {
                        changes++;
                        if (collect && in_before)
                                comparing->before.wanted[comparing->before.wanted_count++].path = before->items[b].path;
                        if (collect && in_after)
                                comparing->after.wanted[comparing->after.wanted_count++].path = after->items[a].path;
                }
                b += in_before;
                a += in_after;
        }
        return changes;
}

static void want_changes(struct comparing *comparing)
{
        size_t changes = walk(comparing, false);

        if (changes > CHANGES_MOST) {
                add_problem(comparing,
                            str_format(comparing->arena, "%zu files differ; so many are not listed, but at most %d",
                                       changes, CHANGES_MOST));
                return;
        }
        comparing->before.wanted = arena_array(comparing->arena, struct wanted, changes);
        comparing->after.wanted = arena_array(comparing->arena, struct wanted, changes);
        walk(comparing, true);
}

static void add_file(struct comparing *comparing, enum change change, struct str path, struct str what)
{
        *vec_push(comparing->arena, &comparing->out->files) = (struct file_change){change, path, what};
}

static int compare_files(const void *a, const void *b)
{
        const struct file_change *x = a, *y = b;

        return str_compare(x->path, y->path);
}

/* What was there when hashes were taken may be gone from a folder. */
static bool are_named(struct side *side)
{
        for (size_t i = 0; i < side->wanted_count; i++)
                if (!side->wanted[i].layer) {
                        add_problem(side->comparing,
                                    str_format(side->comparing->arena, "%.*s: it changed while it was read",
                                               STR_ARG(side->image->name)));
                        return false;
                }
        return true;
}

static void list_changes(struct comparing *comparing)
{
        const struct side *before = &comparing->before, *after = &comparing->after;
        size_t b = 0, a = 0;

        while (b < before->wanted_count || a < after->wanted_count) {
                const struct wanted *was = b < before->wanted_count ? &before->wanted[b] : NULL;
                const struct wanted *is = a < after->wanted_count ? &after->wanted[a] : NULL;

                if (was && is && was->path == is->path)
                        add_file(comparing, CHANGE_CHANGED, was->record.path,
                                 records_differ(comparing->arena, &was->record, &is->record, false));
                else if (was && (!is || was->path < is->path))
                        add_file(comparing, CHANGE_REMOVED, was->record.path, STR(""));
                else if (is)
                        add_file(comparing, CHANGE_ADDED, is->record.path, STR(""));
                b += was && (!is || was->path <= is->path);
                a += is && (!was || is->path <= was->path);
        }
        if (comparing->out->files.count)
                qsort(comparing->out->files.items, comparing->out->files.count, sizeof(struct file_change),
                      compare_files);
}

/* --- layers --- */

static struct layer_change difference(struct arena *arena, const struct parting *parting)
{
        const struct record *was = &parting->first, *is = &parting->second;

        if (!parting->has_first && !parting->found)
                return (struct layer_change){LAYER_DIFFERS,
                                             STR(""), STR("how the archive is written: its form, not what it holds")};
        if (!parting->found)
                return (struct layer_change){LAYER_DIFFERS, was->path, STR("only in the first")};
        if (!parting->has_first)
                return (struct layer_change){LAYER_DIFFERS, is->path, STR("only in the second")};
        if (str_equal(was->path, is->path))
                return (struct layer_change){LAYER_DIFFERS, was->path, records_differ(arena, was, is, true)};
        return (struct layer_change){
                LAYER_DIFFERS, parting->later || !parting->earlier ? was->path : is->path,
                parting->later && parting->earlier ? STR("order")
        : parting->later   ? str_format(arena, "only the second has %.*s before it", STR_ARG(is->path))
        : parting->earlier ? str_format(arena, "only the first has %.*s before it", STR_ARG(was->path))
                           : STR("only in the first")};
}

static void list_layers(struct comparing *comparing)
{
        const struct image *first = comparing->before.image, *second = comparing->after.image;

        for (size_t i = 0; i < first->layer_count || i < second->layer_count; i++) {
                struct layer_change *change = vec_push(comparing->arena, &comparing->out->layers);

                *change = (struct layer_change){
                        i >= second->layer_count ? LAYER_ONLY_BEFORE : LAYER_ONLY_AFTER, {0}, {0}};
                if (i >= first->layer_count || i >= second->layer_count)
                        continue;
                if (comparing->compared[i]) {
                        *change = difference(comparing->arena, &comparing->partings[i]);
                } else {
                        struct digest was = first->layers[i].digest, is = second->layers[i].digest;

                        change->verdict = was.kind && is.kind && !digest_equal(&was, &is) ? LAYER_REPACKED : LAYER_SAME;
                }
        }
}

/* Where the second archive is over, the first may go on. */
static void end_archives(struct comparing *comparing)
{
        for (size_t i = 0; i < comparing->layers; i++) {
                struct parting *parting = &comparing->partings[i];

                if (comparing->compared[i] && !parting->found)
                        parting->has_first = parting->index < comparing->before.archives[i].count;
        }
}

static struct side new_side(struct comparing *comparing, const struct image *image)
{
        return (struct side){
                .comparing = comparing,
                .image = image,
                .layer_count = image->kind == IMAGE_FOLDER ? 1 : image->layer_count,
                .archives = arena_array(comparing->arena, struct traces, comparing->layers),
        };
}

static void free_traces(struct comparing *comparing)
{
        traces_free(&comparing->before.merged);
        traces_free(&comparing->after.merged);
        for (size_t i = 0; i < comparing->layers; i++)
                traces_free(&comparing->before.archives[i]);
}

void diff_entries(struct arena *arena, unsigned threads, struct image_diff *out)
{
        struct comparing comparing = {.arena = arena, .threads = threads > 1, .out = out};
        bool layered = out->before->kind != IMAGE_FOLDER && out->after->kind != IMAGE_FOLDER;

        path_key_draw(&comparing.key);
        if (layered)
                comparing.layers = min_size(out->before->layer_count, out->after->layer_count);
        comparing.before = new_side(&comparing, out->before);
        comparing.after = new_side(&comparing, out->after);
        comparing.compared = arena_array(arena, bool, comparing.layers);
        comparing.partings = arena_array(arena, struct parting, comparing.layers);
        for (size_t i = 0; i < comparing.layers; i++)
                comparing.compared[i] = !digest_equal(&out->before->layers[i].diff_id, &out->after->layers[i].diff_id);
        read_hashes(&comparing.before);
        read_hashes(&comparing.after);
        end_archives(&comparing);
        want_changes(&comparing);
        free_traces(&comparing);
        read_names(&comparing.before);
        read_names(&comparing.after);
        if (are_named(&comparing.before) && are_named(&comparing.after))
                list_changes(&comparing);
        if (layered)
                list_layers(&comparing);
}
