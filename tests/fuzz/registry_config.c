/* registry_config.c - hostile settings of registries: the first line is an image, the rest is registries.conf, hosts.toml or daemon.json,
 * or what a registry wants of who is not logged in. Whatever place is found begins with http and has a host and a name. */

#include "image/open/registry_challenge.h"
#include "image/open/registry_config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition)
{
        if (!condition)
                __builtin_trap();
}

static void try_containers(struct arena *arena, const struct registry_reference *reference, struct str text)
{
        struct registry_entries entries = {0};
        const struct registry_entry *entry;
        struct str host, name;
        struct err err = {0};

        if (!registry_read_containers(arena, STR("registries.conf"), text, &entries, &err)) {
                check(err.length);
                return;
        }
        entry = registry_find_entry(&entries, reference);
        for (size_t i = 0; entry && i < entry->mirrors.count; i++)
                if (registry_move(arena, entry, entry->mirrors.items[i].location, reference, &host, &name, &err))
                        check(host.len && name.len && !memchr(host.data, '/', host.len));
        if (entry && registry_move(arena, entry, entry->location, reference, &host, &name, &err))
                check(host.len && name.len);
}

static void check_hosts(const struct registry_hosts *hosts)
{
        for (size_t i = 0; i < hosts->mirrors.count; i++) {
                const struct registry_host *host = &hosts->mirrors.items[i];

                check(str_starts(host->base, STR("http")) && host->domain.len
                                 && !memchr(host->domain.data, '@', host->domain.len));
        }
}

static void try_challenge(struct arena *arena, struct str text)
{
        struct http_response response = {0};

        *vec_push(arena, &response.headers) = (struct http_header){STR("WWW-Authenticate"), text, true};
        check(registry_read_challenge(arena, &response).realm.len <= text.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct str text = {(const char *)data, size}, name;
        struct registry_reference reference;
        struct registry_hosts hosts;
        struct err err = {0};
        bool insecure;

        if (!str_split(&text, '\n', &name) || !text.data || !registry_read_reference(&arena, name, &reference, &err))
                return 0;
        try_challenge(&arena, text);
        try_containers(&arena, &reference, text);
        err = (struct err){0};
        if (registry_read_hosts(&arena, STR("hosts.toml"), text, &hosts, &err))
                check_hosts(&hosts);
        else
                check(err.length);
        err = (struct err){0};
        if (registry_read_docker(&arena, STR("daemon.json"), text, reference.domain, &hosts, &insecure, &err))
                check_hosts(&hosts);
        else
                check(err.length);
        return 0;
}
