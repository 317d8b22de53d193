/* view.c - layers put one upon the other. */

#include "image/layer/view.h"

#include "base/buf.h"

struct trail view_trail(struct arena *arena, const struct view *view, struct str path)
{
        CLEANUP(buf_free) struct buf marker = {0};
        struct trail trail = {0};
        struct str rest = path, part;
        size_t depth = 1, at = 0;

        for (size_t i = 0; i < path.len; i++)
                depth += path.data[i] == '/';
        trail.self = arena_array(arena, uint64_t, depth);
        trail.whiteout = arena_array(arena, uint64_t, depth);
        trail.opaque = arena_array(arena, uint64_t, depth);
        while (str_split(&rest, '/', &part)) {
                struct str above = str_sub(path, 0, at), self = str_span(path.data, part.data + part.len);

                marker.len = 0;
                buf_add(&marker, above);
                buf_add_literal(&marker, ".wh.");
                buf_add(&marker, part);
                trail.whiteout[trail.depth] = path_hash(view->key, buf_text(&marker));
                marker.len = above.len;
                buf_add_literal(&marker, ".wh..wh..opq");
                trail.opaque[trail.depth] = path_hash(view->key, buf_text(&marker));
                trail.self[trail.depth++] = path_hash(view->key, self);
                at = self.len + 1;
        }
        return trail;
}

/* Whether a layer hides what lower ones have at the path, other than by an entry of that path. */
static bool layer_hides(const struct layer_found *layer, const struct trail *trail)
{
        for (size_t i = 0; i < trail->depth; i++) {
                if (i + 1 < trail->depth) {
                        enum path_kind kind = path_table_get(&layer->table, trail->self[i]);

                        if (kind != PATH_ABSENT && kind != PATH_FOLDER)
                                return true;
                }
                if (layer->has_whiteouts
                    && (path_table_get(&layer->table, trail->whiteout[i]) == PATH_WHITEOUT
                        || path_table_get(&layer->table, trail->opaque[i]) == PATH_WHITEOUT))
                        return true;
        }
        return false;
}

enum path_kind view_find(const struct view *view, const struct trail *trail, size_t top, size_t *layer)
{
        if (!trail->depth)
                return PATH_FOLDER;
        for (size_t i = top; i-- > 0;) {
                enum path_kind kind = path_table_get(&view->layers[i]->table, trail->self[trail->depth - 1]);

                if (kind != PATH_ABSENT) {
                        *layer = i;
                        return kind;
                }
                if (layer_hides(view->layers[i], trail))
                        return PATH_ABSENT;
        }
        return PATH_ABSENT;
}

bool view_hides(const struct view *view, const struct trail *trail, size_t from, size_t to, bool with_entry)
{
        for (size_t i = from; i < to; i++) {
                bool entry = i + 1 < to || with_entry;

                if (entry && path_table_get(&view->layers[i]->table, trail->self[trail->depth - 1]) != PATH_ABSENT)
                        return true;
                if (layer_hides(view->layers[i], trail))
                        return true;
        }
        return false;
}

size_t view_hidden_by(struct arena *scratch, const struct view *view, struct str path, size_t layer)
{
        struct trail trail = view_trail(scratch, view, path);
        size_t at = layer + 1;

        while (at < view->count && !view_hides(view, &trail, at, at + 1, true))
                at++;
        return at < view->count ? at : SIZE_MAX;
}

/* The target of the link that the path `so_far` is; data is NULL if it is none. */
static struct str target_of(struct arena *arena, const struct view *view, struct str so_far, size_t top)
{
        struct trail trail = view_trail(arena, view, so_far);
        size_t layer = 0;

        if (view_find(view, &trail, top, &layer) != PATH_SYMLINK)
                return (struct str){NULL, 0};
        return layer_link_target(view->layers[layer], trail.self[trail.depth - 1]);
}

/* Puts the target of a link in the place of the link and of what was walked before it: what is still to walk. */
static struct str continue_at(struct arena *arena, struct str target, struct str rest)
{
        return rest.data ? str_format(arena, "%.*s/%.*s", STR_ARG(target), STR_ARG(rest)) : target;
}

bool view_resolve(struct arena *arena, const struct view *view, struct str path, size_t top, bool last, struct str *out,
                  bool *followed)
{
        CLEANUP(buf_free) struct buf walked = {0};
        struct str rest = path, part;
        unsigned links = 0;

        *followed = false;
        while (str_split(&rest, '/', &part)) {
                struct str target;
                size_t before = walked.len;

                if (!part.len || str_is(part, "."))
                        continue;
                if (str_is(part, "..")) {
                        walked.len = path_parent(buf_text(&walked)).len;
                        continue;
                }
                TRY(walked.len + part.len < PATH_MOST);
                if (before)
                        buf_add_char(&walked, '/');
                buf_add(&walked, part);
                if (!last && !rest.data)
                        break;
                target = target_of(arena, view, buf_text(&walked), top);
                if (!target.data)
                        continue;
                TRY(++links <= VIEW_LINKS && target.len + rest.len < PATH_MOST);
                *followed = true;
                walked.len = str_starts(target, STR("/")) ? 0 : before;
                rest = continue_at(arena, target, rest);
        }
        *out = str_copy(arena, buf_text(&walked));
        return true;
}
