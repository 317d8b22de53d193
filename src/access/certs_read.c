/* certs_read.c - certificates and keys in files of PEM, and in the texts of documents. */

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "access/certs.h"
#include "base/base64.h"
#include "base/file.h"
#include "base/map.h"
#include "base/walk.h"
#include "doc/document.h"
#include "doc/key.h"
#include "doc/pointer.h"
#include "kube/snapshot.h"

enum { LARGEST_FILE = 64 << 20, LARGEST_TEXT = 8 << 20 };

struct certs_index {
        struct map by_fingerprint; /* struct cert * */
};

void certs_free(struct certs *certs)
{
        arena_free(&certs->arena);
}

static void complain(struct certs *certs, struct str file, uint32_t line, struct str message)
{
        *vec_push(&certs->arena, &certs->problems) =
                (struct cert_problem){file, line, str_copy(&certs->arena, message)};
}

/* --- blocks --- */

/* The text at hand. */
struct reading_certs {
        struct certs *certs;
        struct source source;
        struct arena *lines; /* for places in it */
        uint32_t document;
        struct cert_place place;
        uint32_t mode;
        struct str kind; /* of the object at hand */
        struct buf path; /* JSON Pointer */
};

static struct cert *find_cert(struct certs *certs, const struct certificate *certificate)
{
        struct str fingerprint = {(const char *)certificate->fingerprint, sizeof(certificate->fingerprint)};
        void **slot;

        if (!certs->index)
                certs->index = arena_new(&certs->arena, struct certs_index);
        slot = map_slot(&certs->arena, &certs->index->by_fingerprint, fingerprint);
        if (!*slot) {
                struct cert *cert = arena_new(&certs->arena, struct cert);

                cert->certificate = certificate;
                *slot = cert;
                *vec_push(&certs->arena, &certs->items) = cert;
        }
        return *slot;
}

static void add_key(struct reading_certs *reading, const struct pem_block *block, const struct cert_place *place)
{
        *vec_push(&reading->certs->arena, &reading->certs->keys) = (struct cert_key){
                .kind = block->kind,
                .key = block->key,
                .place = *place,
                .mode = reading->mode,
                .in_secret = str_is(reading->kind, "Secret"),
                .in_kubeconfig = str_is(reading->kind, "Config"),
                .in_object = reading->kind.len && !str_is(reading->kind, "Secret") && !str_is(reading->kind, "Config"),
        };
}

/* `is_file`: lines are those of the blocks. */
static void take_blocks(struct reading_certs *reading, struct str text, bool is_file)
{
        struct certs *certs = reading->certs;
        struct pem_blocks blocks = {0};

        pem_read(&certs->arena, text, &blocks);
        for (size_t i = 0; i < blocks.items.count; i++) {
                const struct pem_block *block = &blocks.items.items[i];
                struct cert_place place = reading->place;

                place.index = (uint32_t)i;
                if (is_file)
                        place.line = source_place(reading->lines, &reading->source, block->at).line;
                if (block->kind == PEM_BROKEN)
                        complain(certs, place.file, place.line, block->message);
                else if (block->kind == PEM_CERTIFICATE)
                        *vec_push(&certs->arena, &find_cert(certs, block->certificate)->places) = place;
                else if (block->kind == PEM_PRIVATE_KEY || block->kind == PEM_LOCKED_KEY)
                        add_key(reading, block, &place);
        }
}

/* --- documents --- */

/* What "tls.crt" and "tls.key", "client-certificate-data" and "client-key-data", "admin.pem" and "admin-key.pem" share. */
static struct str stem_of(struct str name)
{
        static const struct str endings[] = {STR_INIT("-certificate-data"),
                                             STR_INIT("-key-data"),
                                             STR_INIT("-key.pem"),
                                             STR_INIT(".pem"),
                                             STR_INIT(".crt"),
                                             STR_INIT(".cert"),
                                             STR_INIT(".cer"),
                                             STR_INIT(".key")};

        for (size_t i = 0; i < COUNT_OF(endings); i++) {
                if (str_ends(name, endings[i]) && name.len > endings[i].len)
                        return str_sub(name, 0, name.len - endings[i].len);
        }
        return name;
}

static bool is_base64_of_pem(struct str text)
{
        return str_starts(text, STR("LS0tLS1CRUdJTi")); /* "-----BEGIN" */
}

static void take_text(struct reading_certs *reading, struct str text, struct str key, uint32_t at)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct arena *arena = &reading->certs->arena;
        struct str parent = buf_text(&reading->path), trimmed = str_trim(text);
        size_t slash = parent.len;
        bool packed = is_base64_of_pem(trimmed);

        if (!packed && !pem_is_in(trimmed))
                return;
        while (slash && parent.data[slash - 1] != '/')
                slash--;
        parent = str_sub(parent, 0, slash);
        reading->place.path = str_copy(arena, buf_text(&reading->path));
        reading->place.line = source_place(reading->lines, &reading->source, at).line;
        reading->place.holder = str_format(arena, "%.*s#%u%.*s%.*s", STR_ARG(reading->place.file), reading->document,
                                           STR_ARG(parent), STR_ARG(stem_of(key)));
        if (trimmed.len > LARGEST_TEXT)
                return complain(reading->certs, reading->place.file, reading->place.line,
                                STR("a text with certificates here is longer than 8 MiB"));
        if (packed && !base64_decode(&scratch, trimmed, &text))
                return complain(reading->certs, reading->place.file, reading->place.line,
                                STR("this begins as base64 of PEM but is no base64: it may have been cut short"));
        take_blocks(reading, text, false);
}

static void walk_value(struct reading_certs *reading, const struct node *node, struct str key);

static struct str describe(struct arena *arena, const struct value *map)
{
        const struct value *metadata = value_get(map, KEY_metadata);
        struct str kind = value_get_text(map, KEY_kind), ns = value_get_text(metadata, KEY_namespace);

        if (str_is(kind, "Config") && str_is(value_get_text(map, KEY_apiVersion), "v1"))
                return STR("kubeconfig");
        return str_format(arena, "%.*s %.*s%s%.*s", STR_ARG(kind), STR_ARG(ns), ns.len ? "/" : "",
                          STR_ARG(value_get_text(metadata, KEY_name)));
}

/* Members of a map; those of an object of Kubernetes under its name. */
static void walk_map(struct reading_certs *reading, const struct value *map)
{
        struct str kind = reading->kind, object = reading->place.object;
        bool is_object = value_is(value_get(map, KEY_kind), VALUE_STRING)
                         && value_is(value_get(map, KEY_apiVersion), VALUE_STRING);

        if (is_object) {
                reading->kind = value_get_text(map, KEY_kind);
                reading->place.object = describe(&reading->certs->arena, map);
        }
        value_each (map, member) {
                size_t length = reading->path.len;
                struct str key = intern_text(member->key);

                pointer_add(&reading->path, key);
                walk_value(reading, member, key);
                reading->path.len = length;
        }
        reading->kind = kind;
        reading->place.object = object;
}

/* Entries of a kubeconfig have names. */
static void walk_list(struct reading_certs *reading, const struct value *list, struct str key)
{
        struct str object = reading->place.object;
        const char *what = str_is(key, "users") ? "user" : str_is(key, "clusters") ? "cluster" : NULL;
        uint32_t index = 0;

        value_each (list, item) {
                size_t length = reading->path.len;
                struct str name = value_get_text(&item->value, KEY_name);

                if (str_is(reading->kind, "Config") && what)
                        reading->place.object =
                                str_format(&reading->certs->arena, "kubeconfig %s %.*s", what, STR_ARG(name));
                buf_add_format(&reading->path, "/%u", index++);
                walk_value(reading, item, key);
                reading->path.len = length;
                reading->place.object = object;
        }
}

static void walk_value(struct reading_certs *reading, const struct node *node, struct str key)
{
        if (node->value.kind == VALUE_STRING)
                take_text(reading, value_text(&node->value), key, node->at);
        else if (node->value.kind == VALUE_MAP)
                walk_map(reading, &node->value);
        else if (node->value.kind == VALUE_LIST)
                walk_list(reading, &node->value, key);
}

static void read_documents(struct reading_certs *reading)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct document_stream stream = {0};

        reading->lines = &scratch;
        document_read(&scratch, reading->source.text, &stream);
        for (size_t i = 0; i < stream.problems.count; i++)
                complain(reading->certs, reading->place.file,
                         source_place(&scratch, &reading->source, stream.problems.items[i].at).line,
                         stream.problems.items[i].message);
        for (size_t i = 0; i < stream.documents.count; i++) {
                struct node root = {.at = stream.documents.items[i].at, .value = stream.documents.items[i].root};

                reading->path.len = 0;
                reading->document = stream.documents.items[i].index;
                reading->kind = reading->place.object = STR("");
                walk_value(reading, &root, STR(""));
        }
        buf_free(&reading->path);
}

/* --- files --- */

/* PEM, or what OpenSSL writes before it. */
static bool is_pem_file(struct str text)
{
        static const struct str begins[] = {STR_INIT("-----BEGIN "), STR_INIT("Certificate:"),
                                            STR_INIT("Bag Attributes"), STR_INIT("subject=")};
        struct str trimmed = str_trim(text);

        for (size_t i = 0; i < COUNT_OF(begins); i++) {
                if (str_starts(trimmed, begins[i]))
                        return true;
        }
        return false;
}

void certs_read_text(struct certs *certs, struct str name, uint32_t mode, struct str text)
{
        struct arena lines CLEANUP(arena_free) = {0};
        struct reading_certs reading = {
                .certs = certs,
                .source = {.name = str_copy(&certs->arena, name), .text = text},
                .lines = &lines,
        };

        reading.place.file = reading.source.name;
        if (!pem_is_in(text) && str_find(text, STR("LS0tLS1CRUdJTi"), 0) == SIZE_MAX)
                return;
        if (is_pem_file(text)) {
                reading.mode = mode;
                reading.place.holder = stem_of(reading.source.name);
                take_blocks(&reading, text, true);
        } else {
                read_documents(&reading);
        }
}

/* --- clusters and snapshots --- */

static void take_entries(struct certs *certs, const struct entries *entries)
{
        for (size_t i = 0; i < entries->items.count; i++)
                certs_read_text(certs, entries->items.items[i].name, 0, entries->items.items[i].text);
        for (size_t i = 0; i < entries->problems.count; i++)
                complain(certs, str_copy(&certs->arena, entries->problems.items[i].file), 0,
                         entries->problems.items[i].message);
}

static void take_snapshot(struct certs *certs, struct str name, struct str text)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct entries entries;

        snapshot_read(&scratch, name, text, &entries);
        take_entries(certs, &entries);
}

void certs_read_cluster(struct certs *certs, const struct cluster_settings *given)
{
        static const struct cluster_only wanted[] = {
                {STR_INIT("apiservices.apiregistration.k8s.io"), STR_INIT("")},
                {STR_INIT("certificatesigningrequests.certificates.k8s.io"), STR_INIT("")},
                {STR_INIT("clustertrustbundles.certificates.k8s.io"), STR_INIT("")},
                {STR_INIT("configmaps"), STR_INIT("")},
                {STR_INIT("customresourcedefinitions.apiextensions.k8s.io"), STR_INIT("")},
                {STR_INIT("mutatingwebhookconfigurations.admissionregistration.k8s.io"), STR_INIT("")},
                {STR_INIT("secrets"), STR_INIT("")},
                {STR_INIT("validatingwebhookconfigurations.admissionregistration.k8s.io"), STR_INIT("")},
        };
        struct arena scratch CLEANUP(arena_free) = {0};
        struct cluster_settings settings = *given;
        struct entries entries;

        settings.only = wanted;
        settings.only_count = COUNT_OF(wanted);
        cluster_read(&scratch, &settings, &entries);
        take_entries(certs, &entries);
}

static void take_file(struct certs *certs, struct str name, enum file_result result, const struct file_text *file,
                      uint32_t mode)
{
        if (result == FILE_OK && snapshot_is(file->text))
                take_snapshot(certs, name, file->text);
        else if (result == FILE_OK)
                certs_read_text(certs, name, mode, file->text);
        else if (result == FILE_TOO_LARGE)
                complain(certs, str_copy(&certs->arena, name), 0, STR("is larger than 64 MiB"));
        else
                complain(certs, str_copy(&certs->arena, name), 0,
                         str_of(file->why ? file->why : "there is no such file"));
}

static bool wants(void *context, void *here, struct str below, bool is_folder)
{
        (void)context;
        (void)here;
        (void)is_folder;
        return !str_ends(below, STR(".git")) && !str_ends(below, STR("node_modules"));
}

static void read_entry(struct certs *certs, int folder, struct str base, const struct walk_entry *entry)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct str name = str_format(&scratch, "%.*s%.*s", STR_ARG(base), STR_ARG(entry->below));
        struct file_text file = {0};
        struct stat status;
        enum file_result result;
        uint32_t mode = fstatat(folder, entry->below.data, &status, 0) == 0 ? (uint32_t)status.st_mode & 07777 : 0;

        if (entry->kind == WALK_UNREADABLE)
                return complain(certs, str_copy(&certs->arena, name), 0, str_of(entry->why));
        if (entry->kind != WALK_FILE || entry->size > LARGEST_FILE)
                return;
        result = file_read_beneath(&scratch, folder, entry->below.data, LARGEST_FILE, &file);
        take_file(certs, name, result, &file, mode);
}

static void read_folder(struct certs *certs, int folder, struct str input)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct walk_guide guide = {.wants = wants};
        struct walk walk = {0};
        struct str base =
                str_is(input, ".") ? STR("")
                                   : str_ends(input, STR("/")) ? input : str_format(&scratch, "%.*s/", STR_ARG(input));

        walk_folder(&scratch, folder, &guide, &walk);
        walk_sort(&walk);
        for (size_t i = 0; i < walk.entries.count; i++)
                read_entry(certs, folder, base, &walk.entries.items[i]);
}

void certs_read(struct certs *certs, struct str input)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct str name = str_copy(&scratch, input);
        struct file_text file = {0};
        struct stat status = {0};
        enum file_result result;
        int folder CLEANUP(file_close) = -1;

        if (str_is(name, "-")) {
                result = file_read_open(&scratch, STDIN_FILENO, LARGEST_FILE, &file);
                return take_file(certs, STR("<stdin>"), result, &file, 0);
        }
        folder = file_open_folder(name.data);
        if (folder >= 0)
                return read_folder(certs, folder, name);
        result = file_read(&scratch, name.data, LARGEST_FILE, &file);
        if (result == FILE_OK && stat(name.data, &status) != 0)
                status.st_mode = 0;
        take_file(certs, name, result, &file, (uint32_t)status.st_mode & 07777);
}
