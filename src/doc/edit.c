/* edit.c - a patch as edits of a text: one step after the other, each read back before the next. */

#include "doc/edit.h"

#include "base/map.h"
#include "doc/edit_change.h"
#include "doc/edit_narrow.h"

/* The text that the steps so far make of the document: parts of the old text, and new ones between them. */
struct piece {
        struct str text;
        bool is_old;
};

struct pieces {
        VEC(struct piece) list;
};

/* A document being edited. What one step needs lives in one of two arenas in turn, for the next step begins with it. */
struct session {
        struct arena *arena;
        struct arena rounds[2], *round;
        bool json;
        bool beside_dashes; /* its first line stands behind `---` */
        struct str text;    /* of the document, as it is now */
        struct value value; /* what it says */
        struct pieces pieces;
};

static void close_session(struct session *session)
{
        arena_free(&session->rounds[0]);
        arena_free(&session->rounds[1]);
}

/* ---- Reading ---- */

static void read_stream(struct arena *arena, struct str text, bool json, struct document_stream *out)
{
        *out = (struct document_stream){0};
        if (json)
                json_read(arena, text, &document_default_limits, out);
        else
                yaml_read(arena, text, &document_default_limits, out);
}

static const struct document *find_document(const struct document_stream *stream, uint32_t index)
{
        for (size_t i = 0; i < stream->documents.count; i++) {
                if (stream->documents.items[i].index == index)
                        return &stream->documents.items[i];
        }
        return NULL;
}

static bool is_missing(struct str text, const struct document_stream *stream, uint32_t index, struct err *err)
{
        for (size_t i = 0; i < stream->problems.count; i++) {
                const struct document_problem *problem = &stream->problems.items[i];
                struct place place = place_in(text, problem->at);

                if (problem->index == index)
                        return err_set_at(err, place.line, place.column,
                                          "the document cannot be read, so it cannot be edited: %.*s",
                                          STR_ARG(problem->message));
        }
        return err_set(err, "there is no document %u in the text, which has %zu", index, stream->documents.count);
}

/* Reads text that has to be one whole document. */
static bool read_document(const struct session *session, struct str text, struct value *out, struct str *problem)
{
        struct document_stream stream;

        read_stream(session->round, text, session->json, &stream);
        *problem = stream.problems.count ? stream.problems.items[0].message : (struct str){0};
        if (stream.problems.count || stream.documents.count != 1)
                return false;
        *out = stream.documents.items[0].root;
        return true;
}

/* ---- Pieces ---- */

static void push_piece(struct arena *arena, struct pieces *pieces, struct str text, bool is_old)
{
        if (text.len)
                *vec_push(arena, &pieces->list) = (struct piece){text, is_old};
}

/* Copies the pieces from `at` up to `until`, offsets into the text that they make. */
static void copy_pieces(struct arena *arena, struct pieces *out, const struct pieces *pieces, size_t at, size_t until)
{
        size_t begin = 0;

        for (size_t i = 0; i < pieces->list.count && begin < until; i++) {
                const struct piece *piece = &pieces->list.items[i];
                size_t from = at > begin ? at - begin : 0;

                push_piece(arena, out, str_sub(piece->text, from, until - begin), piece->is_old);
                begin += piece->text.len;
        }
}

/* Makes edits of the text as it is now. */
static void edit_pieces(struct session *session, const struct text_edits *edits)
{
        struct pieces result = {0};
        size_t at = 0;

        for (size_t i = 0; i < edits->edits.count; i++) {
                const struct text_edit *edit = &edits->edits.items[i];

                copy_pieces(session->arena, &result, &session->pieces, at, edit->begin);
                push_piece(session->arena, &result, str_copy(session->arena, edit->text), false);
                at = edit->end;
        }
        copy_pieces(session->arena, &result, &session->pieces, at, session->text.len);
        session->pieces = result;
}

static struct str join_pieces(struct arena *arena, const struct pieces *pieces)
{
        struct buf out CLEANUP(buf_free) = {0};

        for (size_t i = 0; i < pieces->list.count; i++)
                buf_add(&out, pieces->list.items[i].text);
        return str_copy(arena, buf_text(&out));
}

/* Adds an edit, unless it puts there what is there. */
static void push_edit(struct arena *arena, struct str text, struct text_edits *out, size_t begin, size_t end,
                      struct buf *fresh)
{
        struct str now = buf_text(fresh);

        if (!str_equal(str_sub(text, begin, end), now))
                *vec_push(arena, &out->edits) =
                        (struct text_edit){(uint32_t)begin, (uint32_t)end, str_copy(arena, now)};
        fresh->len = 0;
}

/* The edits of `text`, to which the old pieces point, that give the pieces. */
static void edits_of_pieces(struct session *session, struct str text, const struct document *document,
                            struct text_edits *out)
{
        struct buf fresh CLEANUP(buf_free) = {0};
        size_t at = document->begin;

        for (size_t i = 0; i < session->pieces.list.count; i++) {
                const struct piece *piece = &session->pieces.list.items[i];
                size_t begin = piece->is_old ? (size_t)(piece->text.data - text.data) : 0;

                if (!piece->is_old) {
                        buf_add(&fresh, piece->text);
                        continue;
                }
                push_edit(session->arena, text, out, at, begin, &fresh);
                at = begin + piece->text.len;
        }
        push_edit(session->arena, text, out, at, document->end, &fresh);
}

/* ---- Steps ---- */

/* There are only a few, and those at the same place stay in their order. */
static void sort_edits(struct text_edits *edits)
{
        for (size_t i = 1; i < edits->edits.count; i++) {
                struct text_edit edit = edits->edits.items[i];
                size_t at = i;

                for (; at > 0 && edits->edits.items[at - 1].begin > edit.begin; at--)
                        edits->edits.items[at] = edits->edits.items[at - 1];
                edits->edits.items[at] = edit;
        }
}

/* Whether sorted edits are disjoint, and inside the text. */
static bool are_disjoint(const struct text_edits *edits, struct str text)
{
        uint32_t at = 0;

        for (size_t i = 0; i < edits->edits.count; i++) {
                const struct text_edit *edit = &edits->edits.items[i];

                TRY(edit->begin >= at && edit->end >= edit->begin && edit->end <= text.len);
                at = edit->end;
        }
        return true;
}

static bool says_something_else(const struct change *change, struct str problem, struct err *err)
{
        if (change->anchor.len)
                return err_set(
                        err,
                        "the value has the anchor '&%.*s', and the edit would change it where it is used again, too: "
                        "give the other places a value of their own first",
                        STR_ARG(change->anchor));
        if (problem.len)
                return err_set(err,
                               "the text is written in a way that cannot be edited here, for it could not be read then "
                               "(%.*s): "
                               "make this change by hand",
                               STR_ARG(problem));
        return err_set(err,
                       "the text is written in a way that cannot be edited here, for it would say something else then: "
                       "make this change by hand");
}

/* Makes the edits of one step, and reads back what they give. */
static bool make_edits(struct session *session, struct change *change, struct err *err)
{
        struct str problem = {0};

        sort_edits(&change->edits);
        if (!are_disjoint(&change->edits, session->text))
                return says_something_else(change, problem, err);
        edit_pieces(session, &change->edits);
        session->text = join_pieces(session->round, &session->pieces);
        if (!read_document(session, session->text, &session->value, &problem)
            || !value_equal(&session->value, &change->after))
                return says_something_else(change, problem, err);
        return true;
}

/* Makes steps at once that do not concern each other: they are planned on the same text, and what they give is read once. */
static bool make_together(struct session *session, const struct patch *patch, struct err *err)
{
        struct arena *round = &session->rounds[session->round == &session->rounds[0]];
        struct change change = {.arena = round,
                                .text = session->text,
                                .json = session->json,
                                .beside_dashes = session->beside_dashes,
                                .value = session->value};

        arena_reset(round);
        session->round = round;
        if (!edit_scan(round, session->text, &change.root))
                return err_set(err,
                               "the text is written in a way that cannot be edited here: make this change by hand");
        change.style = style_of_document(session->text, &change.root, session->json);
        TRY(patch_apply(round, &session->value, patch, &change.after, err));
        for (size_t i = 0; i < patch->count; i++)
                TRY(change_plan(&change, &patch->steps[i], err));
        return make_edits(session, &change, err);
}

static bool make_step(struct session *session, const struct patch_step *step, struct err *err)
{
        return make_together(session, &(struct patch){step, 1}, err);
}

/* What a session goes back to when steps cannot be made. */
struct bookmark {
        struct pieces pieces;
        struct str text;
};

static struct bookmark bookmark(const struct session *session)
{
        return (struct bookmark){session->pieces, str_copy(session->arena, session->text)};
}

static void go_back(struct session *session, const struct bookmark *bookmark)
{
        struct str problem;

        session->pieces = bookmark->pieces;
        session->text = bookmark->text;
        read_document(session, session->text, &session->value, &problem);
}

/* Makes a step by smaller ones. Leaves everything as it is if one of them cannot be made. */
static bool make_small_steps(struct session *session, const struct patch *patch)
{
        struct bookmark begin = bookmark(session);
        struct err ignored = {0};

        for (size_t i = 0; i < patch->count; i++) {
                if (make_step(session, &patch->steps[i], &ignored))
                        continue;
                go_back(session, &begin);
                return false;
        }
        return true;
}

/* Makes any step: by smaller ones if it can be, so that more stays as it was. */
static bool make_any_step(struct session *session, const struct patch_step *step, struct err *err)
{
        struct patch small;
        struct value same;

        if (step->op == PATCH_TEST)
                return patch_apply(session->arena, &session->value, &(struct patch){step, 1}, &same, err);
        if (step->op == PATCH_MOVE || step->op == PATCH_COPY)
                return err_set(err, "a text is edited by add, remove and replace only: write this step as those");
        return (edit_narrow(session->arena, &session->value, step, &small) && make_small_steps(session, &small))
               || make_step(session, step, err);
}

static bool make_one(struct session *session, const struct patch *patch, size_t index, struct err *err)
{
        const struct patch_step *step = &patch->steps[index];

        return make_any_step(session, step, err)
               || err_within(err, "step %zu of the patch, %.*s '%.*s'", index + 1, STR_ARG(patch_op_name(step->op)),
                             STR_ARG(step->path));
}

static struct str parent_of(struct str path)
{
        while (path.len && path.data[path.len - 1] != '/')
                path.len--;
        return path;
}

static size_t depth_of(struct str path)
{
        size_t depth = 0;

        for (size_t i = 0; i < path.len; i++)
                depth += path.data[i] == '/';
        return depth;
}

static bool can_be_made_with_others(const struct session *session, const struct patch_step *step)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct patch small;

        return step->op != PATCH_TEST && step->op != PATCH_MOVE && step->op != PATCH_COPY && step->path.len
               && !edit_narrow(&scratch, &session->value, step, &small);
}

/* How many steps from `begin` on do not concern each other: they change different lists and maps, all of them as deep. */
static size_t count_together(const struct session *session, const struct patch *patch, size_t begin)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        size_t depth = depth_of(patch->steps[begin].path), count = 0;
        struct map parents = {0};

        for (size_t i = begin; i < patch->count; i++, count++) {
                const struct patch_step *step = &patch->steps[i];
                void **seen;

                if (depth_of(step->path) != depth || !can_be_made_with_others(session, step))
                        break;
                seen = map_slot(&scratch, &parents, parent_of(step->path));
                if (*seen)
                        break;
                *seen = &parents;
        }
        return count;
}

/* Makes `count` steps together, or where that does not go, each half by itself: one that cannot be made is found soon. */
static bool make_halves(struct session *session, const struct patch *patch, size_t begin, size_t count, struct err *err)
{
        struct err ignored = {0};
        struct bookmark before;

        if (count <= 1)
                return make_one(session, patch, begin, err);
        before = bookmark(session);
        if (make_together(session, &(struct patch){patch->steps + begin, count}, &ignored))
                return true;
        go_back(session, &before);
        return make_halves(session, patch, begin, count / 2, err)
               && make_halves(session, patch, begin + count / 2, count - count / 2, err);
}

static bool make_steps(struct session *session, const struct patch *patch, struct err *err)
{
        for (size_t i = 0; i < patch->count;) {
                size_t count = count_together(session, patch, i);

                count += !count;
                TRY(make_halves(session, patch, i, count, err));
                i += count;
        }
        return true;
}

/* ---- The whole ---- */

/* Whether all other documents stand there as before, and this one says what it should. */
static bool is_as_wanted(struct session *session, struct str text, const struct document_stream *stream,
                         const struct document *document, const struct value *wanted, const struct text_edits *edits)
{
        struct buf out CLEANUP(buf_free) = {0};
        struct document_stream now;
        struct str edited;

        edit_apply(text, edits, &out);
        edited = str_copy(session->arena, buf_text(&out));
        read_stream(session->arena, edited, session->json, &now);
        TRY(now.documents.count == stream->documents.count && now.problems.count == stream->problems.count);
        for (size_t i = 0; i < now.documents.count; i++) {
                const struct document *before = &stream->documents.items[i], *after = &now.documents.items[i];

                TRY(after->index == before->index);
                TRY(before == document ? value_equal(&after->root, wanted)
                                       : str_equal(str_sub(edited, after->begin, after->end),
                                                   str_sub(text, before->begin, before->end)));
        }
        return true;
}

bool edit_plan(struct arena *arena, struct str text, uint32_t index, const struct patch *patch, struct text_edits *out,
               struct err *err)
{
        struct session session CLEANUP(close_session) = {.arena = arena};
        struct document_stream stream;
        const struct document *document;
        struct str problem;
        struct value wanted;

        *out = (struct text_edits){0};
        session.round = &session.rounds[0];
        session.json = document_read(arena, text, &stream);
        document = find_document(&stream, index);
        if (!document)
                return is_missing(text, &stream, index, err);
        TRY(patch_apply(arena, &document->root, patch, &wanted, err));
        session.text = str_sub(text, document->begin, document->end);
        session.beside_dashes = line_begin(text, document->begin) != document->begin && document->begin > 0;
        push_piece(arena, &session.pieces, session.text, true);
        if (!read_document(&session, session.text, &session.value, &problem)
            || !value_equal(&session.value, &document->root))
                return err_set(err, "the document cannot be edited by itself, because it needs what stands before it "
                                    "(a %%TAG line, text beside ---): make this change by hand");
        TRY(make_steps(&session, patch, err));
        edits_of_pieces(&session, text, document, out);
        if (!is_as_wanted(&session, text, &stream, document, &wanted, out)) {
                *out = (struct text_edits){0};
                return err_set(
                        err,
                        "the text is written in a way that cannot be edited here, for the other documents in it would "
                        "change too: make this change by hand");
        }
        return true;
}

void edit_apply(struct str text, const struct text_edits *edits, struct buf *out)
{
        size_t at = 0;

        for (size_t i = 0; i < edits->edits.count; i++) {
                const struct text_edit *edit = &edits->edits.items[i];

                buf_add(out, str_sub(text, at, edit->begin));
                buf_add(out, edit->text);
                at = edit->end;
        }
        buf_add(out, str_from(text, at));
}
