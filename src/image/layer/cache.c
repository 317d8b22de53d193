/* cache.c - the folder in which what was found in layers is kept. */

#include "image/layer/cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/beside.h"
#include "base/file.h"
#include "image/archive/store.h"
#include "image/layer/cache_entry.h"

enum { FORM = 3, ENTRY_MOST = 1 << 30 };

static const char magic[] = "strake layer\n";

/* Makes a folder and those above it. */
static bool make_folder(struct arena *arena, struct str folder)
{
        char *path = (char *)str_copy(arena, folder).data;

        for (char *at = path + 1; *at; at++) {
                if (*at != '/')
                        continue;
                *at = 0;
                if (mkdir(path, 0700) && errno != EEXIST)
                        return false;
                *at = '/';
        }
        return mkdir(path, 0700) == 0 || errno == EEXIST;
}

struct str layer_cache_make(struct arena *arena)
{
        const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
        struct str folder = STR("");

        if (cache && *cache == '/')
                folder = str_format(arena, "%s/strake", cache);
        else if (home && *home == '/')
                folder = str_format(arena, "%s/.cache/strake", home);
        return folder.len && make_folder(arena, folder) ? folder : STR("");
}

/* Writes a file that is there whole or not at all. A link in its place is replaced and not followed, as base/beside.h would:
 * nothing is written outside of the cache. */
static bool write_whole(struct arena *arena, struct str path, const struct str *parts, size_t count)
{
        struct str beside = str_format(arena, "%.*s.XXXXXX", STR_ARG(path));
        CLEANUP(file_close) int file = mkostemp((char *)beside.data, O_CLOEXEC);
        bool fine = file >= 0;

        for (size_t i = 0; fine && i < count; i++)
                fine = file_write_all(file, parts[i]);
        fine = fine && rename(beside.data, str_copy(arena, path).data) == 0;
        if (!fine && file >= 0)
                unlink(beside.data);
        return fine;
}

/* The secret of the paths. Two programs that begin at the same time agree on that of the first: link() does not replace. */
static bool read_key(struct arena *arena, struct layer_cache *cache)
{
        struct str path = str_format(arena, "%.*s/paths.key", STR_ARG(cache->folder)), beside;
        struct file_text text;

        if (file_read(arena, path.data, sizeof(cache->key.secret), &text) == FILE_ABSENT) {
                path_key_draw(&cache->key);
                beside = str_format(arena, "%.*s.%d", STR_ARG(path), (int)getpid());
                TRY(write_whole(arena, beside,
                                &(struct str){(const char *)cache->key.secret, sizeof(cache->key.secret)}, 1));
                if (link(beside.data, path.data) && errno != EEXIST) {
                        unlink(beside.data);
                        return false;
                }
                unlink(beside.data);
        }
        TRY(file_read(arena, path.data, sizeof(cache->key.secret), &text) == FILE_OK
            && text.text.len == sizeof(cache->key.secret));
        memcpy(cache->key.secret, text.text.data, sizeof(cache->key.secret));
        return true;
}

static struct digest formats_digest(const struct path_key *key, const struct layer_observers *observers)
{
        CLEANUP(buf_free) struct buf text = {0};

        buf_add_format(&text, "%d\n", FORM);
        for (size_t i = 0; i < package_format_count; i++)
                buf_add_format(&text, "%s %u\n", package_formats[i]->name, package_formats[i]->version);
        for (size_t i = 0; i < observers->count; i++)
                buf_add_format(&text, "observer %s %u\n", observers->items[i]->name, observers->items[i]->version);
        buf_add(&text, (struct str){(const char *)key->secret, sizeof(key->secret)});
        return digest_of(DIGEST_SHA256, buf_text(&text));
}

bool layer_cache_open(struct arena *arena, struct str folder, const struct layer_observers *observers,
                      struct layer_cache *out)
{
        *out = (struct layer_cache){.folder = folder, .observers = *observers};
        TRY(folder.len && make_folder(arena, str_format(arena, "%.*s/layers", STR_ARG(folder))));
        TRY(make_folder(arena, str_format(arena, "%.*s/seen", STR_ARG(folder))) && read_key(arena, out));
        out->formats = formats_digest(&out->key, observers);
        return true;
}

static struct str entry_path(struct arena *arena, const struct layer_cache *cache, const struct image_layer *layer)
{
        CLEANUP(buf_free) struct buf text = {0};
        char hex[DIGEST_TEXT];
        struct digest name;

        buf_add(&text, digest_print(&layer->diff_id, hex));
        buf_add_char(&text, '\n');
        buf_add(&text, digest_print(&layer->digest, hex));
        buf_add_char(&text, '\n');
        buf_add(&text, (struct str){(const char *)cache->formats.bytes, 32});
        name = digest_of(DIGEST_SHA256, buf_text(&text));
        return str_format(arena, "%.*s/layers/%s", STR_ARG(cache->folder), digest_hex(&name, hex).data);
}

/* The mark that says that the bytes of a file were those that were promised. Empty if the file cannot be told from others. */
static struct str seen_path(struct arena *arena, const struct layer_cache *cache, const struct image *image,
                            const struct image_layer *layer)
{
        const struct digest *promised = layer->digest.kind ? &layer->digest : &layer->diff_id;
        char hex[DIGEST_TEXT];
        struct str identity;
        struct digest name;

        if (!store_identity(arena, image->store, layer->file, &identity))
                return STR("");
        identity = str_format(arena, "%.*s %s", STR_ARG(identity), digest_print(promised, hex).data);
        name = digest_of(DIGEST_SHA256, identity);
        return str_format(arena, "%.*s/seen/%s", STR_ARG(cache->folder), digest_hex(&name, hex).data);
}

/* Hashes what is stored, without unpacking it. Of an archive that tells no digest of what is stored, only plain layers can be
 * checked so. */
static bool bytes_are_right(const struct image *image, const struct image_layer *layer)
{
        const struct digest *promised = layer->digest.kind ? &layer->digest : &layer->diff_id;
        struct err err = {0};
        struct byte_source *source = image_open_layer(image, layer, &err);
        struct digest_run run = {0};
        struct digest found;
        int64_t count = -1;
        uint64_t size = 0;
        char chunk[64 << 10];

        if (source && digest_begin(&run, promised->kind, &err))
                while ((count = source->read(source, chunk, sizeof(chunk), &err)) > 0) {
                        digest_add(&run, chunk, (size_t)count);
                        size += (uint64_t)count;
                }
        source_close(source);
        if (count < 0) {
                digest_drop(&run);
                return false;
        }
        found = digest_end(&run);
        return digest_equal(&found, promised) && (!layer->has_size || size == layer->size);
}

static bool was_seen(struct arena *arena, const struct layer_cache *cache, const struct image *image,
                     const struct image_layer *layer)
{
        struct str mark;

        if (store_is_remote(image->store))
                return true; /* there are no bytes here that could be others; the entry was made of the promised ones */
        mark = seen_path(arena, cache, image, layer);
        if (mark.len && access(mark.data, F_OK) == 0)
                return true;
        TRY(bytes_are_right(image, layer));
        if (mark.len)
                write_whole(arena, mark, NULL, 0);
        return true;
}

/* The entry without its head and its digest; false if something is wrong with it. */
static bool check_entry(const struct layer_cache *cache, struct str text, struct str *out)
{
        struct str head = STR(magic);
        struct digest digest;

        TRY(text.len >= head.len + 64 && str_starts(text, head));
        TRY(memcmp(text.data + head.len, cache->formats.bytes, 32) == 0);
        digest = digest_of(DIGEST_SHA256, str_sub(text, 0, text.len - 32));
        TRY(memcmp(text.data + text.len - 32, digest.bytes, 32) == 0);
        *out = str_sub(text, head.len + 32, text.len - 32);
        return true;
}

bool layer_cache_load(const struct layer_cache *cache, const struct image *image, const struct image_layer *layer,
                      struct layer_found *out)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct file_text text;
        struct str entry;

        *out = (struct layer_found){0};
        TRY(layer->diff_id.kind);
        if (file_read(&out->arena, entry_path(&scratch, cache, layer).data, ENTRY_MOST, &text) != FILE_OK
            || !check_entry(cache, text.text, &entry) || !cache_read_entry(entry, &cache->key, &cache->observers, out)
            || !was_seen(&scratch, cache, image, layer)) {
                layer_found_free(out);
                *out = (struct layer_found){0};
                return false;
        }
        out->diff_id = layer->diff_id;
        return true;
}

void layer_cache_keep(const struct layer_cache *cache, const struct image *image, const struct image_layer *layer,
                      const struct layer_found *found)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        CLEANUP(buf_free) struct buf out = {0};
        struct digest digest;
        struct str mark;

        if (!layer->diff_id.kind || found->wants_again)
                return;
        buf_add(&out, STR(magic));
        buf_add(&out, (struct str){(const char *)cache->formats.bytes, 32});
        cache_write_entry(&out, &cache->observers, found);
        digest = digest_of(DIGEST_SHA256, buf_text(&out));
        buf_add(&out, (struct str){(const char *)digest.bytes, 32});
        if (!write_whole(&scratch, entry_path(&scratch, cache, layer), &(struct str){out.data, out.len}, 1))
                return;
        mark = seen_path(&scratch, cache, image, layer);
        if (mark.len)
                write_whole(&scratch, mark, NULL, 0);
}
