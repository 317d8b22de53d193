/* facts.c - what rules can know of an image, put together. */

#include "image/lint/facts.h"

#include "image/layer/merge.h"
#include "image/lint/history.h"
#include "image/lint/malware.h"
#include "image/lint/secrets.h"
#include "image/lint/surface.h"

/* The members of the object in their order. */
static const struct facts_part *const parts[] = {
        &facts_reference, &facts_base,     &facts_config, &facts_history, &facts_layers,  &facts_files,
        &facts_accounts,  &facts_packages, &facts_os,     &facts_secrets, &facts_malware, &facts_search,
};

void facts_problem(struct facts *facts, const char *format, ...)
{
        struct str message;
        va_list arguments;

        va_start(arguments, format);
        message = err_message(facts->arena, format, arguments);
        va_end(arguments);
        catalog_problem(facts->arena, facts->catalog, facts->image, message);
}

/* What is looked for while layers pass by. */
static void add_observer(struct facts *facts, const struct layer_observer *observer, void *context)
{
        struct layer_observers *observers = &facts->observers;

        observers->items[observers->count] = observer;
        observers->contexts[observers->count++] = context;
}

static size_t index_of(const struct facts *facts, const struct layer_observer *observer)
{
        const struct layer_observers *observers = &facts->observers;
        size_t i = 0;

        while (i < observers->count && observers->items[i] != observer)
                i++;
        return i;
}

const void *facts_observed(const struct facts *facts, const struct layer_observer *observer, size_t layer)
{
        const struct merge *merge = facts->catalog->merge;
        size_t which = index_of(facts, observer);

        return merge && which < facts->observers.count ? merge->found[layer].observed[which] : NULL;
}

const struct surface_sum *facts_surface(struct facts *facts)
{
        struct surface_sum *sum;

        if (facts->surface)
                return facts->surface;
        sum = arena_new(facts->arena, struct surface_sum);
        surface_add_up(facts->arena, facts->catalog->merge, index_of(facts, &surface_observer), sum);
        facts->surface = sum;
        return sum;
}

struct value facts_texts(struct facts *facts, const struct value *list)
{
        struct value_maker texts = {.arena = facts->arena};

        if (value_is(list, VALUE_LIST))
                value_each (list, item)
                        if (item->value.kind == VALUE_STRING)
                                make_item(&texts, item->value);
        return make_list(&texts);
}

struct str facts_origin(struct facts *facts, size_t layer)
{
        const struct image *image = facts->image;
        struct str by;

        if (image->kind == IMAGE_FOLDER)
                return STR("the folder");
        if (layer >= image->layer_count)
                return STR("the image");
        by = history_words(facts->arena, image->layers[layer].created_by);
        return str_format(facts->arena, "layer %zu of %zu%s%.*s%s", layer + 1, image->layer_count, by.len ? " (" : "",
                          STR_ARG(by), by.len ? ")" : "");
}

void facts_add_layer(struct facts *facts, struct value_maker *maker, size_t layer)
{
        if (facts->image->kind != IMAGE_FOLDER && layer < facts->image->layer_count) {
                make_number(maker, "layer", layer);
                make_text_if(maker, "createdBy", facts->image->layers[layer].created_by);
        }
        make_text(maker, "origin", facts_origin(facts, layer));
}

static struct value metadata_of(struct facts *facts)
{
        struct value_maker maker = {.arena = facts->arena};

        make_text(&maker, "name", facts->image->name);
        return make_map(&maker);
}

struct value facts_of(struct arena *arena, const struct image *image, const struct facts_settings *settings,
                      struct catalog *catalog)
{
        struct facts facts = {arena, image, catalog, settings->today, NULL, .settings = settings};
        struct catalog_settings reading = {settings->threads, settings->cache};
        struct value_maker object = {.arena = arena};

        add_observer(&facts, &surface_observer, NULL);
        if (settings->secrets) {
                add_observer(&facts, &secrets_observer, settings->secrets);
                config_secrets_find(arena, settings->secrets, image, &facts.config_secrets);
                facts.image = config_secrets_hide(arena, &facts.config_secrets, image);
        }
        if (settings->yara)
                add_observer(&facts, &malware_observer, settings->yara);
        reading.observers = facts.observers;
        if (!settings->no_layers)
                catalog_read(arena, image, &reading, catalog);
        make_text(&object, "apiVersion", STR("image.strake.dev/v1"));
        make_text(&object, "kind", STR("Image"));
        make_member(&object, "metadata", metadata_of(&facts));
        for (size_t i = 0; i < COUNT_OF(parts); i++) {
                struct value value;

                if (parts[i]->make(&facts, &value))
                        make_member(&object, parts[i]->name, value);
        }
        return make_map(&object);
}

/* The file stands before each message already. */
static void fail(struct estate_source *source, struct str message)
{
        struct str name = source->source.name, colon = STR(": ");

        if (str_starts(message, name) && str_starts(str_from(message, name.len), colon))
                message = str_from(message, name.len + colon.len);
        estate_source_fail(source, PROBLEM_IMAGE, message);
}

bool facts_read(struct estate_source *source, const struct image_settings *image, const struct facts_settings *settings)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct err err = {0};
        struct image *open = image_open(&arena, source->source.name, image, &err);
        struct catalog catalog = {0};
        struct value root;

        if (!open) {
                fail(source, err_text(&err));
                return false;
        }
        root = facts_of(&arena, open, settings, &catalog);
        root = make_copy(&source->arena, &root);
        estate_source_hold(source, &root);
        for (size_t i = 0; i < catalog.problems.count; i++)
                fail(source, catalog.problems.items[i]);
        return true;
}
