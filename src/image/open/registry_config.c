/* registry_config.c - what says that a registry has mirrors. */

#include "image/open/registry_config.h"

#include "base/address.h"
#include "image/open/open.h"
#include "image/package/toml.h"

enum { ENTRIES_MOST = 10000 };

static bool read_toml(struct arena *arena, struct str file, struct str text, struct value *out, struct err *err)
{
        if (toml_read(arena, text, out, err))
                return true;
        return err->line ? err_within(err, "%.*s:%u:%u", STR_ARG(file), err->line, err->column)
                         : err_within(err, "%.*s", STR_ARG(file));
}

/* --- registries.conf --- */

static struct str without_slash(struct str text)
{
        return str_ends(text, STR("/")) ? str_sub(text, 0, text.len - 1) : text;
}

/* Without blanks and control characters, which no host and no path has. */
static bool is_clean(struct str text)
{
        for (size_t i = 0; i < text.len; i++)
                if ((unsigned char)text.data[i] <= ' ' || text.data[i] == 127)
                        return false;
        return true;
}

/* A host, perhaps with a path, and no scheme. */
static bool read_location(const struct value *table, const char *key, struct str file, struct str *out, struct err *err)
{
        *out = without_slash(image_text(table, key));
        if (str_find(*out, STR("://"), 0) != SIZE_MAX || str_starts(*out, STR("/")) || !is_clean(*out))
                return err_set(err, "%.*s: the %s \"%.*s\" has to begin with a host, without https://", STR_ARG(file),
                               key, STR_ARG(*out));
        return true;
}

static bool read_mirror(struct arena *arena, struct registry_entry *entry, const struct value *table, bool digests_only,
                        struct err *err)
{
        struct str kind = image_text(table, "pull-from-mirror");
        struct registry_mirror mirror = {.insecure = value_is_true(image_member(table, "insecure"))};

        TRY(read_location(table, "location", entry->file, &mirror.location, err));
        if (!mirror.location.len)
                return err_set(err, "%.*s: a mirror of \"%.*s\" has no location", STR_ARG(entry->file),
                               STR_ARG(entry->prefix));
        mirror.no_tags = kind.len ? str_is(kind, "digest-only") : digests_only;
        mirror.no_digests = str_is(kind, "tag-only");
        if (kind.len && !mirror.no_tags && !mirror.no_digests && !str_is(kind, "all"))
                return err_set(err, "%.*s: pull-from-mirror is \"%.*s\"; known are all, digest-only and tag-only",
                               STR_ARG(entry->file), STR_ARG(kind));
        *vec_push(arena, &entry->mirrors) = mirror;
        return true;
}

static bool read_entry(struct arena *arena, struct str file, const struct value *table, struct registry_entry *entry,
                       struct err *err)
{
        bool digests_only = value_is_true(image_member(table, "mirror-by-digest-only"));

        *entry = (struct registry_entry){
                .insecure = value_is_true(image_member(table, "insecure")),
                .blocked = value_is_true(image_member(table, "blocked")),
                .file = file,
        };
        TRY(read_location(table, "prefix", file, &entry->prefix, err));
        TRY(read_location(table, "location", file, &entry->location, err));
        if (!entry->prefix.len)
                entry->prefix = entry->location;
        if (!entry->prefix.len)
                return err_set(err, "%.*s: a registry has neither a prefix nor a location", STR_ARG(file));
        if (!entry->location.len && !str_starts(entry->prefix, STR("*.")))
                entry->location = entry->prefix;
        value_each (image_member(table, "mirror"), mirror)
                TRY(read_mirror(arena, entry, &mirror->value, digests_only, err));
        return true;
}

static void put_entry(struct arena *arena, struct registry_entries *entries, const struct registry_entry *entry)
{
        for (size_t i = 0; i < entries->list.count; i++)
                if (str_equal(entries->list.items[i].prefix, entry->prefix)) {
                        entries->list.items[i] = *entry;
                        return;
                }
        *vec_push(arena, &entries->list) = *entry;
}

bool registry_read_containers(struct arena *arena, struct str file, struct str text, struct registry_entries *out,
                              struct err *err)
{
        const struct value *list;
        struct value root;

        TRY(read_toml(arena, file, text, &root, err));
        if (image_member(&root, "registries"))
                return err_set(err, "%.*s: [registries] is of version 1, which is not read: write [[registry]] tables",
                               STR_ARG(file));
        list = image_member(&root, "registry");
        if (list && !value_is(list, VALUE_LIST))
                return err_set(err, "%.*s: registry has to be a list of tables: [[registry]]", STR_ARG(file));
        if (value_count(list) + out->list.count > ENTRIES_MOST)
                return err_set(err, "%.*s: more than %d registries", STR_ARG(file), ENTRIES_MOST);
        value_each (list, table) {
                struct registry_entry entry;

                TRY(read_entry(arena, file, &table->value, &entry, err));
                put_entry(arena, out, &entry);
        }
        return true;
}

/* How long the part of "HOST/NAME" is that a prefix stands for; 0 if it does not. A prefix may end with a tag or a digest, too. */
static size_t matches(struct str prefix, const struct registry_reference *reference, struct str full)
{
        struct str host = reference->domain;

        if (str_starts(prefix, STR("*.")))
                return str_ends(host, str_from(prefix, 1)) && host.len > prefix.len - 1 ? host.len : 0;
        if (str_starts(full, prefix) && (full.len == prefix.len || full.data[prefix.len] == '/'))
                return prefix.len;
        if (str_starts(prefix, full) && prefix.len > full.len) {
                struct str rest = str_from(prefix, full.len + 1);

                if ((prefix.data[full.len] == ':' && str_equal(rest, reference->tag))
                    || (prefix.data[full.len] == '@' && str_equal(rest, reference->digest)))
                        return full.len;
        }
        return 0;
}

static struct str full_name(struct arena *arena, const struct registry_reference *reference)
{
        return str_format(arena, "%.*s/%.*s", STR_ARG(reference->domain), STR_ARG(reference->name));
}

const struct registry_entry *registry_find_entry(const struct registry_entries *entries,
                                                 const struct registry_reference *reference)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct str full = full_name(&scratch, reference);
        const struct registry_entry *best = NULL;

        for (size_t i = 0; i < entries->list.count; i++) {
                const struct registry_entry *entry = &entries->list.items[i];

                if (matches(entry->prefix, reference, full) && (!best || entry->prefix.len > best->prefix.len))
                        best = entry;
        }
        return best;
}

bool registry_move(struct arena *arena, const struct registry_entry *entry, struct str location,
                   const struct registry_reference *reference, struct str *host, struct str *name, struct err *err)
{
        struct str full = full_name(arena, reference), moved = full;
        size_t slash;

        if (location.len)
                moved = str_format(arena, "%.*s%.*s", STR_ARG(location),
                                   STR_ARG(str_from(full, matches(entry->prefix, reference, full))));
        slash = str_find(moved, STR("/"), 0);
        if (slash == SIZE_MAX || slash + 1 == moved.len)
                return err_set(err, "%.*s: \"%.*s\" leaves nothing of the name \"%.*s\"", STR_ARG(entry->file),
                               STR_ARG(location), STR_ARG(full));
        *host = str_sub(moved, 0, slash);
        *name = str_from(moved, slash + 1);
        return true;
}

/* --- hosts.toml, daemon.json --- */

/* "https://HOST[:PORT][/PATH]", to which "/v2" belongs unless the path has it. */
static bool read_url(struct arena *arena, struct str file, struct str url, bool as_it_is, struct registry_host *out,
                     struct err *err)
{
        struct str https = STR("https://"), http = STR("http://");
        struct str rest = str_from(url, str_starts(url, https) ? https.len : http.len);

        if (str_find(url, STR("://"), 0) == SIZE_MAX) {
                rest = url;
                url = str_format(arena, "https://%.*s", STR_ARG(url));
        } else if (!str_starts(url, https) && !str_starts(url, http)) {
                return err_set(err, "%.*s: \"%.*s\" is no URL of https or http", STR_ARG(file), STR_ARG(url));
        }
        out->domain = str_sub(rest, 0, str_find(rest, STR("/"), 0));
        if (!out->domain.len || !is_clean(url) || memchr(rest.data, '@', rest.len) || memchr(rest.data, '?', rest.len))
                return err_set(err, "%.*s: \"%.*s\" has to be a host, perhaps with a port and a path", STR_ARG(file),
                               STR_ARG(url));
        url = without_slash(url);
        out->base = as_it_is
                    || str_ends(url, STR("/v2")) ? str_copy(arena, url) : str_format(arena, "%.*s/v2", STR_ARG(url));
        return true;
}

static void read_files(struct arena *arena, const struct value *files, struct registry_host *out)
{
        if (value_is(files, VALUE_STRING))
                *vec_push(arena, &out->authorities) = value_text(files);
        value_each (value_is(files, VALUE_LIST) ? files : NULL, file)
                if (value_is(&file->value, VALUE_STRING))
                        *vec_push(arena, &out->authorities) = value_text(&file->value);
}

static bool read_host(struct arena *arena, struct str file, struct str url, const struct value *table,
                      struct registry_host *out, struct err *err)
{
        const struct value *abilities = image_member(table, "capabilities");

        TRY(read_url(arena, file, url, value_is_true(image_member(table, "override_path")), out, err));
        out->insecure = value_is_true(image_member(table, "skip_verify"));
        read_files(arena, image_member(table, "ca"), out);
        if (!value_is(abilities, VALUE_LIST))
                return true;
        out->no_tags = out->no_digests = true;
        value_each (abilities, ability) {
                out->no_tags = out->no_tags && !value_is_text(&ability->value, "resolve");
                out->no_digests = out->no_digests && !value_is_text(&ability->value, "pull");
        }
        return true;
}

bool registry_read_hosts(struct arena *arena, struct str file, struct str text, struct registry_hosts *out,
                         struct err *err)
{
        struct value root;
        struct str server;

        *out = (struct registry_hosts){0};
        TRY(read_toml(arena, file, text, &root, err));
        server = image_text(&root, "server");
        if (server.len)
                TRY(read_host(arena, file, server, &root, &out->server, err));
        value_each (image_member(&root, "host"), host) {
                struct registry_host one = {0};

                if (out->mirrors.count >= ENTRIES_MOST)
                        return err_set(err, "%.*s: more than %d hosts", STR_ARG(file), ENTRIES_MOST);
                TRY(read_host(arena, file, intern_text(host->key), &host->value, &one, err));
                if (!one.no_tags || !one.no_digests)
                        *vec_push(arena, &out->mirrors) = one;
        }
        return true;
}

/* "HOST[:PORT]", or a block of addresses. */
static bool is_insecure(struct str told, struct str domain)
{
        struct address address;
        struct address_block block;
        const char *colon = domain.len ? memrchr(domain.data, ':', domain.len) : NULL;
        struct str host = colon ? str_span(domain.data, colon) : domain;

        return str_equal(told, domain)
               || (address_read_block(told, &block) && address_read(host, &address)
                   && address_in_block(&address, &block));
}

bool registry_read_docker(struct arena *arena, struct str file, struct str text, struct str domain,
                          struct registry_hosts *out, bool *insecure, struct err *err)
{
        struct value root;

        *out = (struct registry_hosts){0};
        *insecure = false;
        TRY(image_read_json(arena, file, text, &root, err));
        value_each (image_member(&root, "insecure-registries"), told)
                *insecure = *insecure
                            || (value_is(&told->value, VALUE_STRING) && is_insecure(value_text(&told->value), domain));
        if (!str_is(domain, "docker.io"))
                return true;
        value_each (image_member(&root, "registry-mirrors"), mirror) {
                struct registry_host one = {0};

                if (!value_is(&mirror->value, VALUE_STRING))
                        return err_set(err, "%.*s: registry-mirrors has something that is no text", STR_ARG(file));
                TRY(read_url(arena, file, value_text(&mirror->value), false, &one, err));
                *vec_push(arena, &out->mirrors) = one;
        }
        return true;
}
