/* print.c - what differs between two images, for people and programs. */

#include "image/diff/diff.h"

#include "report/escape.h"
#include "report/json_writer.h"

enum { FILES_SHOWN = 40 };

static const char *const signs[] = {[CHANGE_ADDED] = "+", [CHANGE_REMOVED] = "-", [CHANGE_CHANGED] = "~"};
static const char *const changes[] = {
        [CHANGE_ADDED] = "added", [CHANGE_REMOVED] = "removed", [CHANGE_CHANGED] = "changed"};
static const char *const verdicts[] = {[LAYER_SAME] = "same",
                                       [LAYER_REPACKED] = "repacked",
                                       [LAYER_DIFFERS] = "differs",
                                       [LAYER_ONLY_BEFORE] = "only-before",
                                       [LAYER_ONLY_AFTER] = "only-after"};

static void print_packages(struct buf *out, const struct image_diff *diff)
{
        for (size_t i = 0; i < diff->packages.count; i++) {
                const struct package_change *change = &diff->packages.items[i];
                const struct package *one = change->after ? change->after : change->before;

                buf_add_format(out, "%s %.*s ", signs[change->change], STR_ARG(one->type));
                escape_terminal(out, one->name);
                buf_add_char(out, ' ');
                if (change->before)
                        escape_terminal(out, change->before->version);
                buf_add(out, change->change == CHANGE_CHANGED ? STR(" -> ") : STR(""));
                if (change->after)
                        escape_terminal(out, change->after->version);
                buf_add_char(out, '\n');
        }
}

static void print_files(struct buf *out, const struct image_diff *diff, size_t most)
{
        for (size_t i = 0; i < diff->files.count && i < most; i++) {
                const struct file_change *change = &diff->files.items[i];

                buf_add_format(out, "%s /", signs[change->change]);
                escape_terminal(out, change->path);
                if (change->what.len)
                        buf_add_format(out, " (%.*s)", STR_ARG(change->what));
                buf_add_char(out, '\n');
        }
        if (diff->files.count > most)
                buf_add_format(out, "  and %zu more (-o json has all)\n", diff->files.count - most);
}

static void print_config(struct buf *out, const struct image_diff *diff)
{
        for (size_t i = 0; i < diff->config.count; i++) {
                const struct config_change *change = &diff->config.items[i];

                buf_add_format(out, "%s ", !change->before ? "+" : !change->after ? "-" : "~");
                escape_terminal(out, change->path);
                buf_add_char(out, '\n');
        }
}

static void print_layers(struct buf *out, const struct image_diff *diff)
{
        for (size_t i = 0; i < diff->layers.count; i++) {
                const struct layer_change *change = &diff->layers.items[i];

                buf_add_format(out, "layer %zu: ", i + 1);
                switch (change->verdict) {
                case LAYER_SAME:
                        buf_add_literal(out, "the same\n");
                        break;
                case LAYER_REPACKED:
                        buf_add_literal(out, "the same content, packed differently\n");
                        break;
                case LAYER_ONLY_BEFORE:
                case LAYER_ONLY_AFTER:
                        buf_add_format(out, "only in the %s image\n",
                                       change->verdict == LAYER_ONLY_BEFORE ? "first" : "second");
                        break;
                case LAYER_DIFFERS:
                        buf_add_literal(out, "differs");
                        if (change->path.len) {
                                buf_add_literal(out, " first at /");
                                escape_terminal(out, change->path);
                        }
                        buf_add_literal(out, ": ");
                        escape_terminal(out, change->why);
                        buf_add_char(out, '\n');
                        break;
                }
        }
}

static void heading(struct buf *out, const char *what, size_t count)
{
        if (count)
                buf_add_format(out, "%s%s: %zu\n", out->len ? "\n" : "", what, count);
}

void image_diff_print_text(struct buf *out, const struct image_diff *diff, bool quiet)
{
        heading(out, "Packages", diff->packages.count);
        print_packages(out, diff);
        heading(out, "Files", diff->files.count);
        print_files(out, diff, quiet ? 0 : FILES_SHOWN);
        heading(out, "Configuration", diff->config.count);
        print_config(out, diff);
        heading(out, "Layers", diff->layers.count);
        print_layers(out, diff);
        if (!quiet)
                buf_add(out, !image_diff_is_empty(diff) ? STR("\nThe images differ.\n")
                                                        : diff->problems.count
                        ? STR("\nWhat could be read of the images is the same.\n")
                        : STR("\nThe images are the same.\n"));
}

static void json_packages(struct json_writer *writer, const struct image_diff *diff)
{
        json_key(writer, "packages");
        json_begin(writer, '[');
        for (size_t i = 0; i < diff->packages.count; i++) {
                const struct package_change *change = &diff->packages.items[i];
                const struct package *one = change->after ? change->after : change->before;

                json_begin(writer, '{');
                json_member(writer, "change", str_of(changes[change->change]));
                json_member(writer, "type", one->type);
                json_member(writer, "name", one->name);
                json_member(writer, "arch", one->arch);
                if (change->before)
                        json_member(writer, "before", change->before->version);
                if (change->after)
                        json_member(writer, "after", change->after->version);
                json_end(writer, '}');
        }
        json_end(writer, ']');
}

static void json_files(struct json_writer *writer, const struct image_diff *diff)
{
        json_key(writer, "files");
        json_begin(writer, '[');
        for (size_t i = 0; i < diff->files.count; i++) {
                json_begin(writer, '{');
                json_member(writer, "change", str_of(changes[diff->files.items[i].change]));
                json_member(writer, "path", diff->files.items[i].path);
                json_member_if(writer, "what", diff->files.items[i].what);
                json_end(writer, '}');
        }
        json_end(writer, ']');
}

static void json_config(struct json_writer *writer, const struct image_diff *diff)
{
        json_key(writer, "config");
        json_begin(writer, '[');
        for (size_t i = 0; i < diff->config.count; i++) {
                const struct config_change *change = &diff->config.items[i];

                json_begin(writer, '{');
                json_member(writer, "path", change->path);
                if (change->before) {
                        json_key(writer, "before");
                        json_value(writer, change->before);
                }
                if (change->after) {
                        json_key(writer, "after");
                        json_value(writer, change->after);
                }
                json_end(writer, '}');
        }
        json_end(writer, ']');
}

static void json_layers(struct json_writer *writer, const struct image_diff *diff)
{
        json_key(writer, "layers");
        json_begin(writer, '[');
        for (size_t i = 0; i < diff->layers.count; i++) {
                json_begin(writer, '{');
                json_member(writer, "verdict", str_of(verdicts[diff->layers.items[i].verdict]));
                json_member_if(writer, "path", diff->layers.items[i].path);
                json_member_if(writer, "why", diff->layers.items[i].why);
                json_end(writer, '}');
        }
        json_end(writer, ']');
}

void image_diff_print_json(struct buf *out, const struct image_diff *diff)
{
        struct json_writer writer = {.out = out};

        json_begin(&writer, '{');
        json_member(&writer, "schema", STR("strake.image-diff/1"));
        json_member(&writer, "before", diff->before->name);
        json_member(&writer, "after", diff->after->name);
        json_member_bool(&writer, "same", image_diff_is_empty(diff) && !diff->problems.count);
        json_packages(&writer, diff);
        json_files(&writer, diff);
        json_config(&writer, diff);
        json_layers(&writer, diff);
        json_end(&writer, '}');
        buf_add_char(out, '\n');
}
