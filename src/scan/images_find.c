/* images_find.c - which images the containers of an estate name, and where each is to be read. */

#include "scan/images_find.h"

#include "image/named.h"

/* The only architecture of the nodes that were shown; empty if there are several, or none. */
static struct str nodes_architecture(const struct estate *estate)
{
        struct str architectures[PLATFORM_MOST];
        size_t count = 0;

        for (size_t s = 0; s < estate->source_count; s++)
                for (size_t i = 0; i < estate->sources[s].objects.count; i++)
                        if (str_is(estate->sources[s].objects.items[i].kind, "Node"))
                                count = platform_add_node(&estate->sources[s].objects.items[i], architectures, count);
        return count == 1 ? architectures[0] : STR("");
}

static void wish(struct image_wishes *wishes, struct image_wish wish)
{
        struct str key = str_format(wishes->arena, "%.*s\n%.*s", STR_ARG(wish.text), STR_ARG(wish.platform));
        void **slot = map_slot(wishes->arena, &wishes->names, key);

        if (!*slot) {
                *vec_push(wishes->arena, &wishes->items) = wish;
                *slot = (void *)(uintptr_t)wishes->items.count;
        }
        wishes->items.items[(uintptr_t)*slot - 1].uses++;
}

static void find_in_volumes(struct image_wishes *wishes, struct image_wish begin)
{
        const struct value *spec = value_get(&begin.object->pod.value, KEY_spec);
        unsigned index = 0;

        value_each (value_get(spec, KEY_volumes), volume) {
                const struct node *reference =
                        value_node(value_get(&volume->value, KEY_image), intern(STR("reference")));

                if (reference && reference->value.kind == VALUE_STRING && reference->value.len) {
                        begin.text = value_text(&reference->value);
                        begin.at = reference->at;
                        begin.path = str_format(wishes->arena, "%.*s/spec/volumes/%u/image/reference",
                                                STR_ARG(begin.object->pod_path), index);
                        wish(wishes, begin);
                }
                index++;
        }
}

static void find_in_object(struct image_wishes *wishes, struct estate_source *source, const struct object *object,
                           struct str nodes)
{
        struct image_wish begin = {.source = source, .object = object};
        struct container container = {0};

        if (object->malformed || object->pod.value.kind != VALUE_MAP)
                return;
        begin.platform = pod_platform_wanted(wishes->arena, object, nodes);
        while (object_next_container(object, &container)) {
                const struct node *image = value_node(&container.node->value, KEY_image);

                if (!image || image->value.kind != VALUE_STRING || !image->value.len)
                        continue;
                begin.text = value_text(&image->value);
                begin.at = image->at;
                begin.path = str_format(wishes->arena, "%.*s/spec/%.*s/%u/image", STR_ARG(object->pod_path),
                                        STR_ARG(intern_text(container.list)), container.index);
                wish(wishes, begin);
        }
        find_in_volumes(wishes, begin);
}

/* Images that somebody read before are in the estate: a snapshot has them. */
static void leave_known(struct image_wishes *wishes, const struct estate *estate)
{
        struct named_images known = {0};
        size_t kept = 0;

        for (size_t s = 0; s < estate->source_count; s++)
                for (size_t i = 0; i < estate->sources[s].objects.count; i++)
                        named_images_add(wishes->arena, &known, &estate->sources[s].objects.items[i]);
        for (size_t i = 0; i < wishes->items.count; i++)
                if (!named_images_find(wishes->arena, &known, wishes->items.items[i].text,
                                       wishes->items.items[i].platform))
                        wishes->items.items[kept++] = wishes->items.items[i];
        wishes->items.count = kept;
}

void images_find(struct image_wishes *wishes, struct estate *estate)
{
        struct str nodes = nodes_architecture(estate);

        for (size_t s = 0; s < estate->source_count; s++)
                for (size_t i = 0; i < estate->sources[s].objects.count; i++)
                        find_in_object(wishes, &estate->sources[s], &estate->sources[s].objects.items[i], nodes);
        leave_known(wishes, estate);
}

/* --- where --- */

struct resolving {
        struct image_wishes *wishes;
        const struct images_settings *settings;
        struct map credentials; /* by domain */
        bool loaded;
        struct err load_err;
};

/* The library that asks servers is loaded once. */
static bool load(struct resolving *resolving)
{
        if (!resolving->loaded)
                registry_load(&resolving->load_err);
        resolving->loaded = true;
        return !resolving->load_err.length;
}

static bool prepare(struct resolving *resolving, struct image_reading *reading, struct err *err)
{
        struct arena *arena = resolving->wishes->arena;
        struct registry_access *access = arena_new(arena, struct registry_access);
        struct str name = reading->reference, prefix = STR("registry:");

        if (str_starts(name, prefix))
                name = str_from(name, prefix.len);
        access->authorities = resolving->settings->authorities;
        access->known = &resolving->credentials;
        TRY(registry_read_reference(arena, name, &access->reference, err));
        TRY(registry_find_places(arena, access, resolving->settings->plain, err));
        if (!load(resolving))
                return err_set(err, "%.*s", STR_ARG(err_text(&resolving->load_err)));
        reading->access = access;
        return true;
}

/* The reading of a reference; one for all who want it for the same platform. */
static struct image_reading *reading_of(struct resolving *resolving, struct str reference, struct str platform)
{
        struct image_wishes *wishes = resolving->wishes;
        bool given = resolving->settings->platform.len;
        struct str wanted = given ? resolving->settings->platform : platform;
        struct str key = str_format(wishes->arena, "%.*s\n%.*s", STR_ARG(reference), STR_ARG(wanted));
        void **slot = map_slot(wishes->arena, &wishes->by_reference, key);
        struct image_reading *reading = *slot;
        struct err err = {0};

        if (reading)
                return reading;
        *slot = reading = arena_new(wishes->arena, struct image_reading);
        *reading = (struct image_reading){.reference = reference, .platform = wanted, .any_platform = !given};
        *vec_push(wishes->arena, &wishes->readings) = reading;
        if (!image_is_remote(wishes->arena, reference))
                return reading;
        if (resolving->settings->offline)
                err_set(&err, "it is in a registry, and none is asked (--offline)");
        else
                prepare(resolving, reading, &err);
        reading->problem = str_copy(wishes->arena, err_text(&err));
        return reading;
}

static void resolve(struct resolving *resolving, struct image_wish *wish)
{
        const struct images_settings *settings = resolving->settings;
        struct arena *arena = resolving->wishes->arena;
        struct str reference = STR("");
        struct err err = {0};

        if (!registry_read_reference(arena, wish->text, &wish->name, &err)) {
                wish->problem = str_format(arena, "\"%.*s\" is not the name of an image ([HOST/]NAME[:TAG][@DIGEST])",
                                           STR_ARG(wish->text));
                return;
        }
        if (settings->map)
                wish->entry = image_map_find(arena, settings->map, &wish->name, &reference);
        if (!wish->entry && settings->only_map) {
                resolving->wishes->left_out++;
                return;
        }
        if (!wish->entry && settings->offline) {
                wish->problem = STR("no registry is asked (--offline), and no --image-map says where it is");
                return;
        }
        if (!wish->entry)
                reference = str_format(arena, "registry:%.*s", STR_ARG(registry_print_reference(arena, &wish->name)));
        wish->reading = reading_of(resolving, reference, wish->platform);
}

void images_resolve(struct image_wishes *wishes, const struct images_settings *settings)
{
        struct resolving resolving = {.wishes = wishes, .settings = settings};

        for (size_t i = 0; i < wishes->items.count; i++)
                resolve(&resolving, &wishes->items.items[i]);
}
