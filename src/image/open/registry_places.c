/* registry_places.c - which servers are asked for an image: what is set up on this machine.
 *
 * The first of these that says something about the registry counts: registries.conf of podman, CRI-O and the like with its folder of
 * parts, hosts.toml of containerd, daemon.json of docker. */

#include <stdlib.h>

#include "base/file.h"
#include "base/walk.h"
#include "image/open/registry_config.h"

enum { FILE_MOST_BYTES = 4 << 20 };

struct finding_places {
        struct arena *arena;
        struct registry_access *access;
        bool plain;
        VEC(struct registry_place) places;
};

/* Fills `text`; its data is NULL if there is no such file. */
static bool read_file(struct arena *arena, struct str path, struct str *text, struct err *err)
{
        struct file_text file;

        *text = (struct str){NULL, 0};
        switch (file_read(arena, path.data, FILE_MOST_BYTES, &file)) {
        case FILE_OK:
                *text = file.text.data ? file.text : STR("");
                return true;
        case FILE_ABSENT:
                return true;
        default:
                return err_set(err, "%.*s: %s", STR_ARG(path), file.why);
        }
}

/* The person's own folder of settings; empty if there is none. */
static struct str config_folder(struct arena *arena)
{
        const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

        if (config && *config == '/')
                return str_format(arena, "%s", config);
        return home && *home ? str_format(arena, "%s/.config", home) : STR("");
}

/* What servers of the API are called: Docker Hub's is not that of its images. */
static struct str api_of(struct str domain)
{
        return str_is(domain, "docker.io") || str_is(domain, "index.docker.io") ? STR("registry-1.docker.io") : domain;
}

static void add_place(struct finding_places *finding, struct registry_place place, bool insecure)
{
        struct arena *arena = finding->arena;
        struct str host = api_of(place.domain), name = place.name;

        if (str_is(host, "registry-1.docker.io") && !memchr(name.data, '/', name.len))
                place.name = str_format(arena, "library/%.*s", STR_ARG(name));
        place.insecure = insecure;
        place.base = str_format(arena, "https://%.*s/v2", STR_ARG(host));
        *vec_push(arena, &finding->places) = place;
        if (!insecure)
                return;
        place.base = str_format(arena, "http://%.*s/v2", STR_ARG(host));
        *vec_push(arena, &finding->places) = place;
}

/* The registry itself, as its name says. */
static void add_origin(struct finding_places *finding, bool insecure)
{
        const struct registry_reference *reference = &finding->access->reference;
        struct registry_place place = {.name = reference->name, .domain = reference->domain};

        if (finding->plain) {
                place.base = str_format(finding->arena, "http://%.*s/v2", STR_ARG(reference->host));
                *vec_push(finding->arena, &finding->places) = place;
        } else {
                add_place(finding, place, insecure);
        }
}

/* --- registries.conf --- */

static bool is_part(void *context, void *here, struct str below, bool is_folder)
{
        (void)context;
        (void)here;
        return !is_folder && str_ends(below, STR(".conf"));
}

/* The parts in a folder, in the order of their names. */
static bool read_parts(struct finding_places *finding, struct str folder, struct registry_entries *entries,
                       struct err *err)
{
        const struct walk_guide guide = {.wants = is_part};
        CLEANUP(file_close) int file = file_open_folder(folder.data);
        struct walk walk = {0};

        if (file < 0)
                return true;
        walk_folder(finding->arena, file, &guide, &walk);
        walk_sort(&walk);
        for (size_t i = 0; i < walk.entries.count; i++) {
                struct str path =
                        str_format(finding->arena, "%.*s/%.*s", STR_ARG(folder), STR_ARG(walk.entries.items[i].below));
                struct str text;

                TRY(read_file(finding->arena, path, &text, err));
                if (text.data)
                        TRY(registry_read_containers(finding->arena, path, text, entries, err));
        }
        return true;
}

static bool read_containers(struct finding_places *finding, struct registry_entries *entries, struct err *err)
{
        const char *given = getenv("CONTAINERS_REGISTRIES_CONF");
        struct arena *arena = finding->arena;
        struct str own = config_folder(arena), path, text = {NULL, 0};

        if (given && *given) {
                path = str_format(arena, "%s", given);
                TRY(read_file(arena, path, &text, err));
                return text.data ? registry_read_containers(arena, path, text, entries, err)
                                 : err_set(err, "%s: no such file; CONTAINERS_REGISTRIES_CONF names it", given);
        }
        path = str_format(arena, "%.*s/containers/registries.conf", STR_ARG(own));
        if (own.len)
                TRY(read_file(arena, path, &text, err));
        if (!text.data) {
                path = STR("/etc/containers/registries.conf");
                TRY(read_file(arena, path, &text, err));
        }
        if (text.data)
                TRY(registry_read_containers(arena, path, text, entries, err));
        TRY(read_parts(finding, STR("/etc/containers/registries.conf.d"), entries, err));
        return !own.len
               || read_parts(finding, str_format(arena, "%.*s/containers/registries.conf.d", STR_ARG(own)), entries,
                             err);
}

static bool use_entry(struct finding_places *finding, const struct registry_entry *entry, struct err *err)
{
        const struct registry_reference *reference = &finding->access->reference;
        struct registry_place place;

        if (entry->blocked)
                return err_set(err, "%.*s: the registry \"%.*s\" is blocked there", STR_ARG(entry->file),
                               STR_ARG(entry->prefix));
        for (size_t i = 0; i < entry->mirrors.count; i++) {
                const struct registry_mirror *mirror = &entry->mirrors.items[i];

                if (reference->digest.len ? mirror->no_digests : mirror->no_tags)
                        continue;
                place = (struct registry_place){0};
                TRY(registry_move(finding->arena, entry, mirror->location, reference, &place.domain, &place.name, err));
                add_place(finding, place, mirror->insecure);
        }
        place = (struct registry_place){0};
        TRY(registry_move(finding->arena, entry, entry->location, reference, &place.domain, &place.name, err));
        if (str_equal(place.domain, reference->domain) && str_equal(place.name, reference->name))
                add_origin(finding, entry->insecure);
        else
                add_place(finding, place, entry->insecure);
        return true;
}

/* --- hosts.toml, daemon.json --- */

static bool read_authorities(struct finding_places *finding, struct str folder, const struct registry_host *host,
                             struct str *out, struct err *err)
{
        struct arena *arena = finding->arena;

        *out = STR("");
        for (size_t i = 0; i < host->authorities.count; i++) {
                struct str name = host->authorities.items[i], text;
                struct str path = str_starts(name, STR("/"))
                                             ? str_copy(arena, name)
                                             : str_format(arena, "%.*s/%.*s", STR_ARG(folder), STR_ARG(name));

                TRY(read_file(arena, path, &text, err));
                if (!text.data)
                        return err_set(err, "%.*s: no such file; %.*s/hosts.toml names it", STR_ARG(path),
                                       STR_ARG(folder));
                *out = str_format(arena, "%.*s%s%.*s", STR_ARG(*out), out->len ? "\n" : "", STR_ARG(text));
        }
        return true;
}

static bool use_host(struct finding_places *finding, struct str folder, const struct registry_host *host, bool mirror,
                     struct err *err)
{
        const struct registry_reference *reference = &finding->access->reference;
        struct registry_place place = {
                .base = host->base,
                .name = reference->name,
                .domain = host->domain,
                .insecure = host->insecure,
                .no_tags = host->no_tags,
                .no_digests = host->no_digests,
        };

        if (mirror)
                place.query = str_format(finding->arena, "?ns=%.*s", STR_ARG(reference->domain));
        else if (str_equal(api_of(reference->domain), host->domain))
                place.domain = reference->domain;
        TRY(read_authorities(finding, folder, host, &place.authorities, err));
        *vec_push(finding->arena, &finding->places) = place;
        return true;
}

/* The folder of containerd for a registry; `*text` has its file, data is NULL if there is none. */
static bool find_hosts(struct finding_places *finding, struct str *folder, struct str *text, struct err *err)
{
        struct arena *arena = finding->arena;
        struct str domain = finding->access->reference.domain, own = config_folder(arena);
        const char *colon = memchr(domain.data, ':', domain.len);
        struct str roots[] = {own.len ? str_format(arena, "%.*s/containerd/certs.d", STR_ARG(own))
                                      : STR(""), STR("/etc/containerd/certs.d")};
        struct str names[] = {
                domain,
                colon ? str_format(arena, "%.*s_%.*s_", STR_ARG(str_span(domain.data, colon)),
                                   STR_ARG(str_span(colon + 1, domain.data + domain.len)))
                      : domain,
                STR("_default"),
                };

        for (size_t i = 0; i < COUNT_OF(roots); i++)
                for (size_t j = 0; roots[i].len && j < COUNT_OF(names); j++) {
                        *folder = str_format(arena, "%.*s/%.*s", STR_ARG(roots[i]), STR_ARG(names[j]));
                        TRY(read_file(arena, str_format(arena, "%.*s/hosts.toml", STR_ARG(*folder)), text, err));
                        if (text->data)
                                return true;
                }
        return true;
}

static bool use_hosts(struct finding_places *finding, struct str folder, const struct registry_hosts *hosts,
                      bool insecure, struct err *err)
{
        for (size_t i = 0; i < hosts->mirrors.count; i++)
                TRY(use_host(finding, folder, &hosts->mirrors.items[i], true, err));
        if (hosts->server.base.len && !finding->plain)
                return use_host(finding, folder, &hosts->server, false, err);
        add_origin(finding, insecure);
        return true;
}

/* Docker's mirrors keep its namespaces and want no hint. */
static bool use_docker(struct finding_places *finding, struct err *err)
{
        struct arena *arena = finding->arena;
        struct str own = config_folder(arena);
        struct str files[] = {own.len ? str_format(arena, "%.*s/docker/daemon.json", STR_ARG(own))
                                      : STR(""), STR("/etc/docker/daemon.json")};
        struct registry_hosts hosts = {0};
        bool insecure = false;

        for (size_t i = 0; i < COUNT_OF(files); i++) {
                struct str text = {NULL, 0};

                if (files[i].len)
                        TRY(read_file(arena, files[i], &text, err));
                if (!text.data)
                        continue;
                TRY(registry_read_docker(arena, files[i], text, finding->access->reference.domain, &hosts, &insecure,
                                         err));
                break;
        }
        TRY(use_hosts(finding, STR(""), &hosts, insecure, err));
        for (size_t i = 0; i < finding->places.count; i++)
                finding->places.items[i].query = STR("");
        return true;
}

static bool find_places(struct finding_places *finding, struct err *err)
{
        struct registry_entries entries = {0};
        const struct registry_entry *entry;
        struct registry_hosts hosts;
        struct str folder, text;

        TRY(read_containers(finding, &entries, err));
        entry = registry_find_entry(&entries, &finding->access->reference);
        if (entry)
                return use_entry(finding, entry, err);
        TRY(find_hosts(finding, &folder, &text, err));
        if (!text.data)
                return use_docker(finding, err);
        TRY(registry_read_hosts(finding->arena, str_format(finding->arena, "%.*s/hosts.toml", STR_ARG(folder)), text,
                                &hosts, err));
        return use_hosts(finding, folder, &hosts, false, err);
}

static bool find_credential(struct finding_places *finding, struct registry_place *place, struct err *err)
{
        struct map *known = finding->access->known;
        struct registry_credential *kept = known ? map_get(known, place->domain) : NULL;

        if (!kept) {
                kept = arena_new(finding->arena, struct registry_credential);
                TRY(registry_find_credential(finding->arena, place->domain, kept, err));
                if (known)
                        *map_slot_copy(finding->arena, known, place->domain) = kept;
        }
        place->credential = *kept;
        return true;
}

bool registry_find_places(struct arena *arena, struct registry_access *access, bool plain, struct err *err)
{
        struct finding_places finding = {.arena = arena, .access = access, .plain = plain};

        TRY(find_places(&finding, err));
        for (size_t i = 0; i < finding.places.count; i++) {
                struct registry_place *place = &finding.places.items[i];

                /* Of one host there may be two places, with and without TLS. */
                if (i && str_equal(place->domain, finding.places.items[i - 1].domain))
                        place->credential = finding.places.items[i - 1].credential;
                else
                        TRY(find_credential(&finding, place, err));
        }
        access->places = finding.places.items;
        access->place_count = finding.places.count;
        return true;
}
