/* fix_edit.c - each document is cut out and edited by itself, so that a long stream is not read for each of them. */

#include "scan/fix_edit.h"

#include <stdlib.h>

#include "scan/fix_merge.h"

#define NO_DOCUMENT "its document cannot be found in the text: make this change by hand"

/* The text that a document is edited in. */
struct part {
        struct arena *arena;
        struct str text;
        uint32_t index; /* of the document in `text` */
};

static const struct document *find_document(const struct document_stream *stream, uint32_t index)
{
        for (size_t i = 0; i < stream->documents.count; i++)
                if (stream->documents.items[i].index == index)
                        return &stream->documents.items[i];
        return NULL;
}

/* Plans what goes together of the patches. False with `err` if that cannot be written down. */
static bool plan(struct part *part, struct fix_edit *const *edits, size_t count, struct text_edits *made,
                 struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        const struct patch **patches = arena_array(&scratch, const struct patch *, count);
        bool *taken = arena_array(&scratch, bool, count);
        struct document_stream stream;
        const struct document *document;
        struct patch patch;

        document_read(&scratch, part->text, &stream);
        document = find_document(&stream, part->index);
        if (!document)
                return err_set(err, NO_DOCUMENT);
        for (size_t i = 0; i < count; i++)
                patches[i] = edits[i]->patch;
        fix_merge(&scratch, &document->root, patches, count, taken, &patch);
        TRY(edit_plan(part->arena, part->text, part->index, &patch, made, err));
        for (size_t i = 0; i < count; i++)
                edits[i]->outcome = taken[i] ? FIX_EDIT_MADE : FIX_EDIT_WAITS;
        return true;
}

/* Refuses those patches that cannot be made by themselves. They are looked for in halves, so they are soon found. */
static void find_guilty(struct part *part, struct fix_edit *const *edits, size_t count)
{
        struct text_edits ignored = {0};
        struct err err = {0};

        if (!count || plan(part, edits, count, &ignored, &err))
                return;
        if (count == 1) {
                edits[0]->outcome = FIX_EDIT_REFUSED;
                edits[0]->why = str_copy(part->arena, err_text(&err));
                return;
        }
        find_guilty(part, edits, count / 2);
        find_guilty(part, edits + count / 2, count - count / 2);
}

/* Makes the patches, or those that can be made together, or at least one. What cannot be made is not made in smaller lots one
 * after the other, for the places that patches name may have moved by then: it waits. */
static void edit_part(struct part *part, struct fix_edit **edits, size_t count, struct text_edits *out)
{
        struct err err = {0};
        size_t kept = 0;

        if (!count || plan(part, edits, count, out, &err))
                return;
        find_guilty(part, edits, count);
        for (size_t i = 0; i < count; i++)
                if (edits[i]->outcome != FIX_EDIT_REFUSED)
                        edits[kept++] = edits[i];
        if (kept == count)
                kept = count / 2;
        for (size_t i = kept; i < count; i++)
                if (edits[i]->outcome != FIX_EDIT_REFUSED)
                        edits[i]->outcome = FIX_EDIT_WAITS;
        edit_part(part, edits, kept, out);
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
                          struct fix_edit **edits, size_t count, struct text_edits *out)
{
        struct part part = {arena, text, document->index};
        struct text_edits made = {0};
        uint32_t begin = 0;

        if (stands_alone(text, document)) {
                begin = document->begin;
                part.text = str_sub(text, begin, document->end);
                part.index = 0;
        }
        edit_part(&part, edits, count, &made);
        for (size_t i = 0; i < made.edits.count; i++) {
                struct text_edit edit = made.edits.items[i];

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
                        order[k]->why = STR(NO_DOCUMENT);
                }
        }
}
