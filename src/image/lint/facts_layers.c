/* facts_layers.c - the layers of an image: what each brings, and what of it later ones take away again. */

#include "image/lint/facts.h"
#include "image/lint/surface.h"

static struct value hidden_item(struct facts *facts, const struct surface_found_item *found)
{
        struct value_maker maker = {.arena = facts->arena};

        make_text(&maker, "path", str_format(facts->arena, "/%.*s", STR_ARG(found->item->path)));
        make_number(&maker, "bytes", found->item->size);
        make_number(&maker, "byLayer", found->hidden_by);
        make_text(&maker, "by", facts_origin(facts, found->hidden_by));
        return make_map(&maker);
}

/* Large files of the layer that are not there in the end. */
static struct value hidden_items(struct facts *facts, size_t layer)
{
        const struct surface_sum *sum = facts_surface(facts);
        struct value_maker maker = {.arena = facts->arena};

        for (size_t i = 0; i < sum->items.count; i++)
                if (sum->items.items[i].layer == layer && sum->items.items[i].hidden_by != SIZE_MAX)
                        make_item(&maker, hidden_item(facts, &sum->items.items[i]));
        return make_list(&maker);
}

static struct str print_digest(struct facts *facts, const struct digest *digest)
{
        char text[DIGEST_TEXT];

        return str_copy(facts->arena, digest_print(digest, text));
}

static struct value layer_of(struct facts *facts, size_t index)
{
        const struct image_layer *layer = &facts->image->layers[index];
        struct value_maker maker = {.arena = facts->arena};

        make_number(&maker, "index", index);
        make_text_if(&maker, "diffId", print_digest(facts, &layer->diff_id));
        make_text_if(&maker, "digest", print_digest(facts, &layer->digest));
        if (layer->has_size)
                make_number(&maker, "size", layer->size);
        make_text_if(&maker, "mediaType", layer->media_type);
        make_text_if(&maker, "createdBy", layer->created_by);
        make_text(&maker, "origin", facts_origin(facts, index));
        if (facts->catalog->merge && !facts->catalog->merge->failed[index]) {
                const struct surface_layer *sum = &facts_surface(facts)->layers[index];

                make_number(&maker, "files", sum->files);
                make_number(&maker, "executables", sum->executables);
                make_number(&maker, "bytes", sum->bytes);
                make_number(&maker, "hiddenFiles", sum->hidden_files);
                make_number(&maker, "hiddenBytes", sum->hidden_bytes);
                make_member(&maker, "hidden", hidden_items(facts, index));
        }
        return make_map(&maker);
}

static bool make(struct facts *facts, struct value *out)
{
        struct value_maker maker = {.arena = facts->arena};

        TRY(facts->image->kind != IMAGE_FOLDER);
        for (size_t i = 0; i < facts->image->layer_count; i++)
                make_item(&maker, layer_of(facts, i));
        *out = make_list(&maker);
        return true;
}

const struct facts_part facts_layers = {"layers", make};
