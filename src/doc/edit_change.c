/* edit_change.c - one step of a patch as edits of the text. */

#include "doc/edit_change.h"

#include "doc/pointer.h"

/* A value's place in the text. */
struct spot {
        const struct layout *layout;
        const struct layout *parent;      /* the list or map it is in; NULL for the document's root */
        const struct layout_entry *entry; /* its entry there */
        const struct spot *outer;         /* the parent's own place */
};

/* ---- Edits ---- */

static void add_edit(struct change *change, uint32_t begin, uint32_t end, struct str text)
{
        if (begin == end && !text.len)
                return;
        *vec_push(change->arena, &change->edits.edits) = (struct text_edit){begin, end, str_copy(change->arena, text)};
}

static void remove_text(struct change *change, uint32_t begin, uint32_t end)
{
        add_edit(change, begin, end, (struct str){0});
}

/* Text whose first line stands at `begin` instead of what is there, and whose other lines follow behind the line of `end`, so
 * that a comment stays with the first. */
static void put_lines(struct change *change, uint32_t begin, uint32_t end, struct str text)
{
        size_t first = str_find(text, change->style.end, 0);

        first = min_size(first, text.len);
        add_edit(change, begin, end, str_sub(text, 0, first));
        add_edit(change, line_end(change->text, end), line_end(change->text, end), str_from(text, first));
}

/* ---- Places ---- */

static bool is_first_on_line(struct str text, uint32_t at)
{
        return skip_spaces(text, line_begin(text, at)) == at;
}

static bool on_one_line(struct str text, uint32_t from, uint32_t to)
{
        return line_begin(text, from) == line_begin(text, to);
}

/* The end of an entry, its value empty or not. */
static uint32_t entry_end(const struct layout_entry *entry)
{
        return entry->value.end;
}

/* Whether only spaces and a comment follow on the line. */
static bool is_last_on_line(struct str text, uint32_t at)
{
        uint32_t next = skip_spaces(text, at);

        return next >= line_end(text, at) || (text.data[next] == '#' && next > at);
}

static bool key_is(const struct layout *key, struct str text, struct str name)
{
        struct str raw = str_sub(text, key->content, key->end);
        size_t at = 0, i;

        if (key->style != '"' && key->style != '\'')
                return str_equal(raw, name);
        raw = str_sub(raw, 1, raw.len - 1);
        if (key->style == '"')
                return str_equal(raw, name) && (!raw.len || !memchr(raw.data, '\\', raw.len));
        for (i = 0; i < raw.len && at < name.len; i++, at++) {
                if (raw.data[i] != name.data[at])
                        return false;
                i += raw.data[i] == '\'';
        }
        return i >= raw.len && at == name.len;
}

static bool is_merge(const struct layout_entry *entry, struct str text)
{
        return !entry->key.style && str_is(str_sub(text, entry->key.content, entry->key.end), "<<");
}

static bool has_merge(const struct layout *map, struct str text)
{
        for (uint32_t i = 0; i < map->count; i++) {
                if (is_merge(&map->entries[i], text))
                        return true;
        }
        return false;
}

/* The member with a name. The reader may have made another text of what the key says (yes, 0x10, "\x61"): then it is the one
 * whose value stands where `node` does. */
static const struct layout_entry *find_member(const struct layout *map, struct str text, struct str name,
                                              const struct node *node)
{
        for (uint32_t i = 0; i < map->count; i++) {
                const struct layout_entry *entry = &map->entries[i];

                if (!is_merge(entry, text) && key_is(&entry->key, text, name))
                        return entry;
        }
        for (uint32_t i = 0; i < map->count && node; i++) {
                const struct layout_entry *entry = &map->entries[i];

                if (!is_merge(entry, text) && (entry->value.content == node->at || entry->value.begin == node->at))
                        return entry;
        }
        return NULL;
}

static const struct node *child_of(const struct value *parent, struct str part)
{
        uint32_t index;

        if (value_is(parent, VALUE_MAP))
                return value_node(parent, intern_find(part));
        return pointer_index(part, &index) ? value_item(parent, index) : NULL;
}

static const struct layout_entry *find_entry(const struct layout *parent, struct str text, struct str part,
                                             const struct node *node)
{
        uint32_t index;

        if (parent->kind == LAYOUT_MAP)
                return find_member(parent, text, part, node);
        return pointer_index(part, &index) && index < parent->count ? &parent->entries[index] : NULL;
}

/* ---- Putting a value where another stands ---- */

/* The style for a new value in place of another: strings keep their quotes. */
static struct edit_style style_for(const struct change *change, const struct spot *spot)
{
        struct edit_style style = change->style;

        if (spot->parent)
                style = style_near(&style, change->text, spot->parent);
        if (spot->layout->kind == LAYOUT_SCALAR && (spot->layout->style == '"' || spot->layout->style == '\''))
                style.quote = spot->layout->style;
        return style;
}

static struct str margin_of(struct str text, uint32_t at)
{
        uint32_t begin = line_begin(text, at);

        return str_sub(text, begin, skip_spaces(text, begin));
}

/* What is replaced: an anchor may stay with a scalar, a tag says too much. */
static uint32_t replaced_from(const struct layout *layout, const struct value *value)
{
        return layout->tagged || is_filled(value) ? layout->begin : layout->content;
}

static void replace_in_flow(struct change *change, const struct spot *spot, const struct value *value)
{
        const struct layout *layout = spot->layout;
        struct edit_style style = style_for(change, spot);
        struct buf out CLEANUP(buf_free) = {0};
        uint32_t begin = replaced_from(layout, value), end = layout->end;

        if (layout_is_flow(layout) && layout->count)
                style = style_near(&style, change->text, layout);
        if (layout->kind == LAYOUT_EMPTY) {
                begin = layout->begin;
                end = min_size(layout->end + 1,
                               skip_spaces(change->text, layout->end)); /* a space that is there already */
                if (spot->entry && spot->parent->kind == LAYOUT_MAP)
                        buf_add(&out, spot->entry->mark_end ? STR(" ") : STR(": "));
        }
        write_flow(&out, &style, value, margin_of(change->text, layout->begin));
        add_edit(change, begin, end, buf_text(&out));
}

/* A filled list or map on lines below its key, where something else stands on the key's line. */
static void put_below(struct change *change, const struct spot *spot, const struct value *value)
{
        struct edit_style style = style_for(change, spot);
        struct buf out CLEANUP(buf_free) = {0};
        uint32_t line = line_end(change->text, spot->layout->end);

        style.quote = 0;
        write_below(&out, &style, value, column_of(change->text, spot->entry->begin));
        remove_text(change, spot->entry->mark_end, spot->layout->end);
        add_edit(change, line, line, buf_text(&out));
}

/* A scalar behind its key, where a list or map stands on the lines below. */
static void put_behind_key(struct change *change, const struct spot *spot, const struct value *value)
{
        const struct layout *layout = spot->layout;
        struct edit_style style = style_for(change, spot);
        struct buf out CLEANUP(buf_free) = {0};
        uint32_t mark = spot->entry->mark_end, line = line_end(change->text, mark), column;
        size_t first;

        column = column_of(change->text, spot->entry->begin);
        buf_add_char(&out, ' ');
        write_block(&out, &style, value, column, column);
        first = min_size(str_find(buf_text(&out), style.end, 0), out.len);
        add_edit(change, mark,
                 layout->props_end > layout->begin && on_one_line(change->text, mark, layout->begin) ? layout->props_end
                                                                                                     : mark,
                 str_sub(buf_text(&out), 0, first));
        add_edit(change, line, line_end(change->text, layout->end), str_from(buf_text(&out), first));
}

/* A list or map on the lines where another one stands. */
static void replace_lines(struct change *change, const struct spot *spot, const struct value *value)
{
        const struct layout *layout = spot->layout;
        struct edit_style style = style_for(change, spot);
        struct buf out CLEANUP(buf_free) = {0};
        unsigned outer = column_of(change->text, spot->entry->begin), column = column_of(change->text, layout->content);

        if (value->kind == VALUE_MAP && column <= outer)
                column = outer + style.step;
        buf_add_repeat(&out, ' ', column);
        write_block(&out, &style, value, column, column);
        add_edit(change, line_begin(change->text, layout->content), line_end(change->text, layout->end),
                 buf_text(&out));
}

/* Anything that begins where the old value began. */
static void replace_in_place(struct change *change, const struct spot *spot, const struct value *value)
{
        const struct layout *layout = spot->layout;
        struct edit_style style = style_for(change, spot);
        struct buf out CLEANUP(buf_free) = {0};
        uint32_t from = replaced_from(layout, value), end = layout->end;
        unsigned indent = spot->entry ? column_of(change->text, spot->entry->begin) : 0,
                 column = column_of(change->text, from);

        if (layout->kind == LAYOUT_EMPTY) {
                from = layout->tagged ? layout->begin : layout->end;
                column = indent + 1 + style.dash_gap;
                if (!layout->tagged)
                        buf_add_repeat(&out, ' ', spot->parent->kind == LAYOUT_LIST ? style.dash_gap : 1);
        }
        if (is_filled(value) && !spot->parent && change->beside_dashes && on_one_line(change->text, 0, from)) {
                from = column = 0; /* no list or map in block style may stand there */
                buf_add(&out, style.end);
        }
        write_block(&out, &style, value, column, indent);
        if (layout_is_block(layout))
                end = line_end(change->text, end);
        put_lines(change, from, end, buf_text(&out));
}

/* Whether a member's value begins on the line of its key; a list or map in block style without its anchor. */
static bool is_beside_key(const struct change *change, const struct spot *spot)
{
        const struct layout *layout = spot->layout;

        if (!spot->parent || spot->parent->kind != LAYOUT_MAP)
                return false;
        return layout->kind == LAYOUT_EMPTY
               || on_one_line(change->text, spot->entry->mark_end,
                              layout_is_block(layout) ? layout->content : layout->begin);
}

static bool replace_value(struct change *change, const struct spot *spot, const struct value *value, struct err *err)
{
        const struct layout *layout = spot->layout;
        bool in_flow = change->json || (spot->parent && layout_is_flow(spot->parent)), filled = is_filled(value);

        if (in_flow || (layout_is_flow(layout) && layout->count && filled)) {
                replace_in_flow(change, spot, value);
                return true;
        }
        if (spot->parent && !spot->entry->mark_end)
                return err_set(err, "the key has no ':' behind it, so there is no place for a value: write one");
        if (!spot->parent && layout->kind == LAYOUT_EMPTY)
                return err_set(err, "the document has no value that could be replaced: write one");
        if (spot->parent && spot->parent->kind == LAYOUT_MAP && layout_is_block(layout)
            && !is_beside_key(change, spot)) {
                filled ? replace_lines(change, spot, value) : put_behind_key(change, spot, value);
                return true;
        }
        if (filled && is_beside_key(change, spot))
                put_below(change, spot, value);
        else
                replace_in_place(change, spot, value);
        return true;
}

/* ---- Putting an entry in ---- */

/* Behind the comma that follows an entry in brackets; 0 if there is none. */
static uint32_t behind_comma(const struct change *change, const struct layout_entry *entry)
{
        uint32_t at = skip_blank(change->text, entry_end(entry));

        return at < change->text.len && change->text.data[at] == ',' ? at + 1 : 0;
}

/* Behind the last entry in brackets, each on a line of its own. */
static void append_flow_line(struct change *change, const struct layout *parent, struct str text, struct str margin)
{
        const struct layout_entry *last = &parent->entries[parent->count - 1];
        uint32_t end = entry_end(last), comma = behind_comma(change, last),
                 line = line_end(change->text, comma ? comma : end);
        struct buf out CLEANUP(buf_free) = {0};

        if (!is_last_on_line(change->text, comma ? comma : end))
                line = comma ? comma : end;
        if (!comma && line > end)
                add_edit(change, end, end, STR(","));
        else if (!comma)
                buf_add_char(&out, ',');
        buf_add(&out, change->style.end);
        buf_add(&out, margin);
        buf_add(&out, text);
        if (comma)
                buf_add_char(&out, ',');
        add_edit(change, line, line, buf_text(&out));
}

static void insert_in_flow(struct change *change, const struct layout *parent, uint32_t index, struct str text,
                           const struct edit_style *style)
{
        struct buf out CLEANUP(buf_free) = {0};
        uint32_t at;

        if (index == parent->count && style->lines)
                return append_flow_line(change, parent, text, margin_of(change->text, parent->entries[0].begin));
        if (index == parent->count) {
                at = entry_end(&parent->entries[index - 1]);
                buf_add(&out, style->comma);
                buf_add(&out, text);
        } else {
                at = parent->entries[index].begin;
                buf_add(&out, text);
                buf_add(&out, style->lines ? STR(",") : style->comma);
                if (style->lines) {
                        buf_add(&out, change->style.end);
                        buf_add(&out, margin_of(change->text, at));
                }
        }
        add_edit(change, at, at, buf_text(&out));
}

static const struct layout *last_leaf(const struct layout *layout)
{
        while (layout_is_block(layout) && layout->count)
                layout = &layout->entries[layout->count - 1].value;
        return layout;
}

/* A block of text at the end of a file whose last line has no end does not end with one either. It has to say so, now that
 * lines follow: | becomes |-. */
static void strip_block(struct change *change, const struct layout *layout)
{
        uint32_t at = last_leaf(layout)->content + 1;

        if (last_leaf(layout)->style != '|' && last_leaf(layout)->style != '>')
                return;
        for (uint32_t i = at; i < change->text.len && change->text.data[i] > ' '; i++) {
                if (change->text.data[i] == '-' || change->text.data[i] == '+')
                        return;
        }
        add_edit(change, at, at, STR("-"));
}

/* Lines behind the last line of an entry in block style. */
static void add_lines_behind(struct change *change, const struct layout_entry *entry, unsigned column, struct str text)
{
        uint32_t line = line_end(change->text, entry_end(entry));
        struct buf out CLEANUP(buf_free) = {0};

        buf_add(&out, change->style.end);
        buf_add_repeat(&out, ' ', column);
        buf_add(&out, text);
        if (line == change->text.len)
                strip_block(change, &entry->value);
        add_edit(change, line, line, buf_text(&out));
}

static void insert_member(struct change *change, const struct layout *map, struct str key, const struct value *value)
{
        struct edit_style style = style_near(&change->style, change->text, map);
        struct buf out CLEANUP(buf_free) = {0};
        unsigned column = column_of(change->text, map->entries[0].begin);

        if (layout_is_flow(map)) {
                write_flow_member(&out, &style, key, value, margin_of(change->text, map->entries[0].begin));
                return insert_in_flow(change, map, map->count, buf_text(&out), &style);
        }
        write_member(&out, &style, key, value, column);
        add_lines_behind(change, &map->entries[map->count - 1], column, buf_text(&out));
}

static void insert_item(struct change *change, const struct layout *list, uint32_t index, const struct value *value)
{
        struct edit_style style = style_near(&change->style, change->text, list);
        struct buf out CLEANUP(buf_free) = {0};
        unsigned column = column_of(change->text, list->entries[0].begin);
        uint32_t first = list->entries[0].begin;

        if (layout_is_flow(list)) {
                write_flow(&out, &style, value, margin_of(change->text, list->entries[0].begin));
                return insert_in_flow(change, list, index, buf_text(&out), &style);
        }
        buf_add_char(&out, '-');
        buf_add_repeat(&out, ' ', style.dash_gap);
        write_block(&out, &style, value, column + 1 + style.dash_gap, column);
        if (index)
                return add_lines_behind(change, &list->entries[index - 1], column, buf_text(&out));
        buf_add(&out, style.end);
        buf_add_repeat(&out, ' ', column);
        add_edit(change, first, first, buf_text(&out));
}

/* ---- Taking an entry out ---- */

/* The lines from one offset to another, with their ends. */
static void remove_lines(struct change *change, uint32_t from, uint32_t to)
{
        remove_text(change, line_begin(change->text, from), line_next(change->text, to));
}

static bool has_comment(struct str text, uint32_t from, uint32_t to)
{
        for (; from < to; from++) {
                if (text.data[from] == '#')
                        return true;
        }
        return false;
}

static void remove_from_block(struct change *change, const struct layout *parent, uint32_t index)
{
        const struct layout_entry *entry = &parent->entries[index];
        uint32_t begin = entry->begin, end = entry_end(entry), line = line_end(change->text, end), next;

        if (is_first_on_line(change->text, begin) || index + 1 == parent->count) {
                remove_lines(change, begin, end);
                return;
        }
        next = parent->entries[index + 1].begin; /* on a line with its list's dash: the first of several */
        if (!has_comment(change->text, line, next)) {
                remove_text(change, begin, next);
                return;
        }
        while (begin > 0 && change->text.data[begin - 1] == ' ')
                begin--;
        remove_text(change, begin, line);
}

static void remove_from_flow(struct change *change, const struct layout *parent, uint32_t index)
{
        const struct layout_entry *entry = &parent->entries[index];
        bool is_last = index + 1 == parent->count;
        uint32_t comma = behind_comma(change, entry), end = comma ? comma : entry_end(entry);

        if (is_first_on_line(change->text, entry->begin) && is_last_on_line(change->text, end)) {
                if (is_last && !comma)
                        remove_text(change, behind_comma(change, entry - 1) - 1, behind_comma(change, entry - 1));
                remove_lines(change, entry->begin, end);
        } else if (is_last) {
                remove_text(change, entry_end(entry - 1), entry_end(entry));
        } else {
                remove_text(change, entry->begin, parent->entries[index + 1].begin);
        }
}

/* ---- Steps ---- */

static bool make_empty(struct change *change, const struct spot *spot, struct err *err)
{
        struct value empty = {.kind = spot->layout->kind == LAYOUT_LIST ? VALUE_LIST : VALUE_MAP};

        return replace_value(change, spot, &empty, err);
}

static bool remove_entry(struct change *change, const struct spot *spot, struct err *err)
{
        const struct layout *parent = spot->parent;
        uint32_t index;

        if (!parent)
                return err_set(err, "a document cannot be removed from its text");
        index = (uint32_t)(spot->entry - parent->entries);
        if (parent->count == 1)
                return make_empty(change, spot->outer, err);
        if (layout_is_flow(parent))
                remove_from_flow(change, parent, index);
        else
                remove_from_block(change, parent, index);
        return true;
}

/* Adds what is not there yet to the list or map at `parent`; an empty one, or one without brackets of its own, is written
 * anew. */
static bool insert(struct change *change, const struct spot *parent, struct str part, const struct value *value,
                   const struct value *parent_after, struct err *err)
{
        const struct layout *layout = parent->layout;
        uint32_t index = layout->count;

        if (!layout->count || layout->is_pair)
                return replace_value(change, parent, parent_after, err);
        if (layout->kind == LAYOUT_MAP) {
                insert_member(change, layout, part, value);
                return true;
        }
        pointer_index(part, &index);
        insert_item(change, layout, index, value);
        return true;
}

/* A member that is there by a merge key only: one of its own takes its place. */
static bool override_merged(struct change *change, const struct spot *parent, struct str part, const struct node *after,
                            struct err *err)
{
        if (!has_merge(parent->layout, change->text))
                return err_set(err, "the key '%.*s' is not found in the text: it is written in another way",
                               STR_ARG(part));
        if (!after)
                return err_set(err,
                               "'%.*s' comes from what the merge key (<<) names, so it cannot be removed here: remove "
                               "it there",
                               STR_ARG(part));
        return insert(change, parent, part, &after->value, NULL, err);
}

/* Whether an alias in the document refers to an anchor. */
static bool is_used(const struct layout *layout, struct str anchor)
{
        if (!anchor.len)
                return false;
        if (layout->kind == LAYOUT_ALIAS)
                return str_equal(layout->anchor, anchor);
        for (uint32_t i = 0; i < layout->count; i++) {
                if (is_used(&layout->entries[i].value, anchor) || is_used(&layout->entries[i].key, anchor))
                        return true;
        }
        return false;
}

/* Follows the path, one part each time; ends by making the edits. */
static bool walk(struct change *change, const struct spot *spot, struct str rest, const struct value *value,
                 const struct value *after, const struct patch_step *step, struct err *err)
{
        struct spot next = {.parent = spot->layout, .outer = spot};
        const struct node *node, *node_after;
        struct str part;

        if (spot->layout->kind != LAYOUT_ALIAS && is_used(&change->root, spot->layout->anchor))
                change->anchor = spot->layout->anchor;
        if (!pointer_take(change->arena, &rest, &part))
                return step->op == PATCH_REMOVE ? remove_entry(change, spot, err)
                                                : replace_value(change, spot, &step->value, err);
        if (spot->layout->kind == LAYOUT_ALIAS)
                return err_set(
                        err,
                        "'*%.*s' stands for a value that is written elsewhere, so the edit would change it there "
                        "too: write the value out first, or change it where it has its anchor",
                        STR_ARG(spot->layout->anchor));
        node = child_of(value, part);
        node_after = child_of(after, part);
        if (!rest.len && step->op == PATCH_ADD && (spot->layout->kind == LAYOUT_LIST || !node))
                return insert(change, spot, part, &step->value, after, err);
        next.entry = find_entry(spot->layout, change->text, part, node);
        if (!next.entry)
                return override_merged(change, spot, part, node_after, err);
        next.layout = &next.entry->value;
        return walk(change, &next, rest, node ? &node->value : NULL, node_after ? &node_after->value : NULL, step, err);
}

bool change_plan(struct change *change, const struct patch_step *step, struct err *err)
{
        struct spot root = {.layout = &change->root};

        return walk(change, &root, step->path, &change->value, &change->after, step, err);
}
