/* config_secrets.c - secrets in an image's configuration (image-spec, config.md). */

#include "image/lint/config_secrets.h"

#include "base/buf.h"
#include "image/open/open.h"

enum { MOST = 500 };

struct finding_run {
        struct arena *arena;
        struct secret_scan *scan;
        struct config_secrets *out;
};

static bool is_known(const struct config_secrets *secrets, struct str secret)
{
        for (size_t i = 0; i < secrets->items.count; i++)
                if (str_equal(secrets->items.items[i].secret, secret))
                        return true;
        return false;
}

/* One word, so that a command is still read as one. */
static struct str word_for(struct arena *arena, const struct secret_hit *hit)
{
        size_t end = str_find(hit->masked, STR("…"), 0);

        return str_format(arena, "%.*s…[%" PRIu64 "]", STR_ARG(str_sub(hit->masked, 0, end)), hit->len);
}

static void look(struct finding_run *run, const char *in, struct str where, struct str text)
{
        struct secret_found found;

        secret_scan_text(run->scan, run->arena, STR(""), text, &found);
        for (size_t i = 0; i < found.count && run->out->items.count < MOST; i++) {
                const struct secret_hit *hit = &found.hits[i];
                struct str secret = str_sub(text, hit->at, hit->at + hit->len);

                if (!is_known(run->out, secret))
                        *vec_push(run->arena, &run->out->items) = (struct config_secret){
                                hit->rule, in, where, secret, hit->masked, word_for(run->arena, hit)};
        }
}

static void look_at_environment(struct finding_run *run, const struct value *list)
{
        if (value_is(list, VALUE_LIST))
                value_each (list, item) {
                        struct str text = value_text(&item->value), rest = text, name;

                        if (item->value.kind != VALUE_STRING || !str_split(&rest, '=', &name))
                                continue;
                        look(run, "environment", str_format(run->arena, "environment variable %.*s", STR_ARG(name)),
                             text);
                }
}

static void look_at_labels(struct finding_run *run, const struct value *map)
{
        if (value_is(map, VALUE_MAP))
                value_each (map, label)
                        if (label->value.kind == VALUE_STRING) {
                                struct str name = intern_text(label->key);

                                look(run, "label", str_format(run->arena, "label %.*s", STR_ARG(name)),
                                     str_format(run->arena, "%.*s=%.*s", STR_ARG(name),
                                                STR_ARG(value_text(&label->value))));
                        }
}

/* The words of a command as one line: what belongs together often stands in two of them. */
static void look_at_command(struct finding_run *run, const char *name, const struct value *list)
{
        CLEANUP(buf_free) struct buf line = {0};

        if (value_is(list, VALUE_LIST))
                value_each (list, word)
                        if (word->value.kind == VALUE_STRING) {
                                buf_add(&line, line.len ? STR(" ") : STR(""));
                                buf_add(&line, value_text(&word->value));
                        }
        if (line.len)
                look(run, "command", str_of(name), str_copy(run->arena, buf_text(&line)));
}

/* Instructions whose arguments are the names of a map. */
static void look_at_names(struct finding_run *run, const char *name, const struct value *map)
{
        if (value_is(map, VALUE_MAP))
                value_each (map, member)
                        look(run, "command", str_of(name), intern_text(member->key));
}

static void look_at_history(struct finding_run *run, const struct value *history)
{
        size_t number = 0;

        if (value_is(history, VALUE_LIST))
                value_each (history, entry) {
                        number++;
                        look(run, "history", str_format(run->arena, "line %zu of the history", number),
                             image_text(&entry->value, "created_by"));
                        look(run, "history", str_format(run->arena, "line %zu of the history", number),
                             image_text(&entry->value, "comment"));
                }
}

static struct str mask_text(struct arena *arena, const struct config_secrets *secrets, struct str text)
{
        for (size_t i = 0; i < secrets->items.count; i++) {
                const struct config_secret *item = &secrets->items.items[i];
                size_t at = str_find(text, item->secret, 0), done = 0;
                CLEANUP(buf_free) struct buf out = {0};

                if (at == SIZE_MAX)
                        continue;
                for (; at != SIZE_MAX; at = str_find(text, item->secret, done)) {
                        buf_add(&out, str_sub(text, done, at));
                        buf_add(&out, item->shown);
                        done = at + item->secret.len;
                }
                buf_add(&out, str_from(text, done));
                text = str_copy(arena, buf_text(&out));
        }
        return text;
}

void config_secrets_find(struct arena *arena, struct secret_book *book, const struct image *image,
                         struct config_secrets *out)
{
        const struct value *config = image_member(&image->config, "config");
        struct finding_run run = {arena, secret_scan_new(book), out};

        *out = (struct config_secrets){0};
        look_at_environment(&run, image_member(config, "Env"));
        look_at_labels(&run, image_member(config, "Labels"));
        look_at_command(&run, "ENTRYPOINT", image_member(config, "Entrypoint"));
        look_at_command(&run, "CMD", image_member(config, "Cmd"));
        look_at_command(&run, "HEALTHCHECK", image_member(image_member(config, "Healthcheck"), "Test"));
        look_at_command(&run, "ONBUILD", image_member(config, "OnBuild"));
        look_at_command(&run, "SHELL", image_member(config, "Shell"));
        look_at_names(&run, "VOLUME", image_member(config, "Volumes"));
        look_at_names(&run, "EXPOSE", image_member(config, "ExposedPorts"));
        look(&run, "command", STR("USER"), image_text(config, "User"));
        look(&run, "command", STR("WORKDIR"), image_text(config, "WorkingDir"));
        look_at_history(&run, image_member(&image->config, "history"));
        secret_scan_free(run.scan);
        /* A variable or a label may be called like a secret. */
        for (size_t i = 0; i < out->items.count; i++)
                out->items.items[i].where = mask_text(arena, out, out->items.items[i].where);
}

static struct value mask(struct arena *arena, const struct config_secrets *secrets, const struct value *value)
{
        struct node *nodes;

        if (value->kind == VALUE_STRING)
                return value_string(mask_text(arena, secrets, value_text(value)));
        if (!value_count(value))
                return *value;
        nodes = arena_array(arena, struct node, value->len);
        memcpy(nodes, value->nodes, value->len * sizeof(*nodes));
        for (uint32_t i = 0; i < value->len; i++) {
                nodes[i].value = mask(arena, secrets, &nodes[i].value);
                if (value->kind == VALUE_MAP)
                        nodes[i].key = intern(mask_text(arena, secrets, intern_text(nodes[i].key)));
        }
        return value->kind == VALUE_MAP ? value_map(arena, nodes, value->len) : value_list(nodes, value->len);
}

const struct image *config_secrets_hide(struct arena *arena, const struct config_secrets *secrets,
                                        const struct image *image)
{
        struct image *copy;

        if (!secrets->items.count)
                return image;
        copy = arena_new(arena, struct image);
        *copy = *image;
        copy->config = mask(arena, secrets, &image->config);
        copy->layers = arena_array(arena, struct image_layer, image->layer_count);
        for (size_t i = 0; i < image->layer_count; i++) {
                copy->layers[i] = image->layers[i];
                copy->layers[i].created_by = mask_text(arena, secrets, image->layers[i].created_by);
        }
        return copy;
}
