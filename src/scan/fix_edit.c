/* fix_edit.c - each document is cut out and edited by itself, so that a long stream is not read for each of them. */

#include "scan/fix_edit.h"

#include <stdlib.h>

#include "scan/fix_merge.h"

/* The text of one document while it is edited. */
struct part {
        struct arena *arena;
        struct str text;
        uint32_t index;          /* of the document in `text` */
        size_t length;           /* of the text as it was at first */
        struct text_edits edits; /* of that */
};

static const struct document *find_document(const struct document_stream *stream, uint32_t index)
{
        for (size_t i = 0; i < stream->documents.count; i++)
                if (stream->documents.items[i].index == index)
                        return &stream->documents.items[i];
        return NULL;
}

static void refuse(struct part *part, struct fix_edit *edit, struct str why)
{
        edit->outcome = FIX_EDIT_REFUSED;
        edit->why = str_copy(part->arena, why);
}

static void make(struct part *part, const struct text_edits *edits)
{
        struct text_edits before = part->edits;
        CLEANUP(buf_free) struct buf out = {0};

        edit_apply(part->text, edits, &out);
        edit_compose(part->arena, part->length, &before, edits, &part->edits);
        part->text = str_copy(part->arena, buf_text(&out));
}

/* Makes what goes together of the patches. False with `err` if that cannot be written down. */
static bool try_all(struct part *part, struct fix_edit *const *edits, size_t count, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        const struct patch **patches = arena_array(&scratch, const struct patch *, count);
        bool *taken = arena_array(&scratch, bool, count);
        struct document_stream stream;
        const struct document *document;
        struct text_edits made = {0};
        struct patch patch;

        document_read(&scratch, part->text, &stream);
        document = find_document(&stream, part->index);
        if (!document)
                return err_set(err, "its document cannot be found in the text: make this change by hand");
        for (size_t i = 0; i < count; i++)
                patches[i] = edits[i]->patch;
        fix_merge(&scratch, &document->root, patches, count, taken, &patch);
        TRY(edit_plan(part->arena, part->text, part->index, &patch, &made, err));
        for (size_t i = 0; i < count; i++)
                edits[i]->outcome = taken[i] ? FIX_EDIT_MADE : FIX_EDIT_WAITS;
        make(part, &made);
        return true;
}

/* Patches that cannot be made together are made in halves, so that the guilty ones are soon found. */
static void edit_part(struct part *part, struct fix_edit *const *edits, size_t count)
{
        struct err err = {0};

        if (!count || try_all(part, edits, count, &err))
                return;
        if (count == 1) {
                refuse(part, edits[0], err_text(&err));
                return;
        }
        edit_part(part, edits, count / 2);
        edit_part(part, edits + count / 2, count - count / 2);
}

/* Whether the document can be read by itself, without what stands before and after it in the text. */
static bool stands_alone(struct str text, const struct document *document)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct document_stream stream;

        if (document->begin > 0 && text.data[document->begin - 1] != '\n')
                return false;
        document_read(&scratch, str_sub(text, document->begin, document->end), &stream);
        return stream.documents.count == 1 && !stream.problems.count && stream.documents.items[0].index == 0
               && value_equal(&stream.documents.items[0].root, &document->root);
}

static void edit_document(struct arena *arena, struct str text, const struct document *document,
                          struct fix_edit *const *edits, size_t count, struct text_edits *out)
{
        uint32_t begin = 0, end = (uint32_t)text.len;
        struct part part = {.arena = arena, .index = document->index};

        if (stands_alone(text, document)) {
                begin = document->begin;
                end = document->end;
                part.index = 0;
        }
        part.text = str_sub(text, begin, end);
        part.length = part.text.len;
        edit_part(&part, edits, count);
        for (size_t i = 0; i < part.edits.edits.count; i++) {
                struct text_edit edit = part.edits.edits.items[i];

                edit.begin += begin;
                edit.end += begin;
                *vec_push(arena, &out->edits) = edit;
        }
}

/* By document, and of each in the order given. */
static int by_document(const void *a, const void *b)
{
        const struct fix_edit *left = *(struct fix_edit *const *)a, *right = *(struct fix_edit *const *)b;

        if (left->document != right->document)
                return left->document > right->document ? 1 : -1;
        return (left > right) - (left < right);
}

void fix_edit_text(struct arena *arena, struct str text, struct fix_edit *edits, size_t count, struct text_edits *out)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct fix_edit **order = arena_array(&scratch, struct fix_edit *, count);
        struct document_stream stream;
        size_t end, at = 0;

        for (size_t i = 0; i < count; i++)
                order[i] = &edits[i];
        qsort(order, count, sizeof(*order), by_document);
        document_read(&scratch, text, &stream);
        for (size_t i = 0; i < count; i = end) {
                for (end = i; end < count && order[end]->document == order[i]->document;)
                        end++;
                while (at < stream.documents.count && stream.documents.items[at].index < order[i]->document)
                        at++;
                if (at < stream.documents.count && stream.documents.items[at].index == order[i]->document) {
                        edit_document(arena, text, &stream.documents.items[at], order + i, end - i, out);
                        continue;
                }
                for (size_t k = i; k < end; k++) {
                        order[k]->outcome = FIX_EDIT_REFUSED;
                        order[k]->why = STR("its document cannot be found in the text: make this change by hand");
                }
        }
}
