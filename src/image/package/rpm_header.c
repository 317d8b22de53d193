/* rpm_header.c - one rpm header: name, version and what else is told of a package. */

#include "image/package/rpm.h"

#include "base/buf.h"
#include "base/bytes.h"
#include "base/map.h"

enum tag {
        TAG_NAME = 1000,
        TAG_VERSION = 1001,
        TAG_RELEASE = 1002,
        TAG_EPOCH = 1003,
        TAG_VENDOR = 1011,
        TAG_LICENSE = 1014,
        TAG_ARCH = 1022,
        TAG_OLD_FILENAMES = 1027,
        TAG_SOURCERPM = 1044,
        TAG_DIRINDEXES = 1116,
        TAG_BASENAMES = 1117,
        TAG_DIRNAMES = 1118,
        TAG_MODULARITYLABEL = 5096,
};

enum {
        TYPE_INT32 = 4,
        TYPE_STRING = 6,
        TYPE_STRING_ARRAY = 8,
        TYPE_I18NSTRING = 9,
        MOST_ENTRIES = 0xffff,
        MOST_DATA = 0x0fffffff,
        ENTRY = 16
};

struct header {
        struct str index, data;
        uint32_t count; /* of entries */
};

struct entry {
        uint32_t type, offset, count;
};

static bool open_header(struct str blob, struct header *out, struct err *err)
{
        uint32_t count, size;

        if (blob.len < 8)
                return err_set(err, "an rpm header is too short");
        count = be_32(blob.data);
        size = be_32(blob.data + 4);
        if (!count || count > MOST_ENTRIES || size > MOST_DATA || blob.len - 8 < (size_t)count * ENTRY + size)
                return err_set(err, "an rpm header says a size that it has not");
        out->count = count;
        out->index = str_sub(blob, 8, 8 + (size_t)count * ENTRY);
        out->data = str_sub(blob, 8 + (size_t)count * ENTRY, 8 + (size_t)count * ENTRY + size);
        return true;
}

static bool find(const struct header *header, uint32_t tag, struct entry *out)
{
        for (uint32_t i = 0; i < header->count; i++) {
                const char *at = header->index.data + (size_t)i * ENTRY;

                if (be_32(at) != tag)
                        continue;
                *out = (struct entry){be_32(at + 4), be_32(at + 8), be_32(at + 12)};
                return out->offset < header->data.len;
        }
        return false;
}

/* Takes text with a zero behind it off the data; false where there is no zero. */
static bool take_text(struct str *data, struct str *out)
{
        const char *end = data->len ? memchr(data->data, 0, data->len) : NULL;

        TRY(end);
        *out = str_span(data->data, end);
        *data = str_from(*data, out->len + 1);
        return true;
}

static struct str text_of(const struct header *header, uint32_t tag)
{
        struct entry entry;
        struct str data, text;

        if (!find(header, tag, &entry)
            || (entry.type != TYPE_STRING && entry.type != TYPE_STRING_ARRAY && entry.type != TYPE_I18NSTRING))
                return STR("");
        data = str_from(header->data, entry.offset);
        return take_text(&data, &text) ? text : STR("");
}

static bool number_of(const struct header *header, uint32_t tag, uint32_t *out)
{
        struct entry entry;

        if (!find(header, tag, &entry) || entry.type != TYPE_INT32 || !entry.count
            || (header->data.len - entry.offset) / 4 < entry.count)
                return false;
        *out = be_32(header->data.data + entry.offset);
        return true;
}

/* All texts of an array; NULL if there are none, or fewer than it says. */
static const struct str *texts_of(struct arena *arena, const struct header *header, uint32_t tag, uint32_t *count)
{
        struct entry entry;
        struct str data, *texts;

        if (!find(header, tag, &entry) || (entry.type != TYPE_STRING_ARRAY && entry.type != TYPE_I18NSTRING))
                return NULL;
        data = str_from(header->data, entry.offset);
        if (!entry.count || entry.count > data.len)
                return NULL;
        texts = arena_array(arena, struct str, entry.count);
        for (uint32_t i = 0; i < entry.count; i++)
                TRY(take_text(&data, &texts[i]));
        *count = entry.count;
        return texts;
}

/* What rpm_add_header() asks for. */
static const struct {
        uint32_t tag,
                type; /* TYPE_STRING: the first text, whatever kind of text it is; TYPE_STRING_ARRAY: all of them */
} asked[] = {
        {TAG_NAME, TYPE_STRING},
        {TAG_VERSION, TYPE_STRING},
        {TAG_RELEASE, TYPE_STRING},
        {TAG_EPOCH, TYPE_INT32},
        {TAG_VENDOR, TYPE_STRING},
        {TAG_LICENSE, TYPE_STRING},
        {TAG_ARCH, TYPE_STRING},
        {TAG_OLD_FILENAMES, TYPE_STRING_ARRAY},
        {TAG_SOURCERPM, TYPE_STRING},
        {TAG_DIRINDEXES, TYPE_INT32},
        {TAG_BASENAMES, TYPE_STRING_ARRAY},
        {TAG_DIRNAMES, TYPE_STRING_ARRAY},
        {TAG_MODULARITYLABEL, TYPE_STRING},
};

/* The bytes of an entry as far as they are asked for; false where it would be read as if it were not there. */
static bool bytes_of(const struct header *header, const struct entry *entry, uint32_t type, struct str *out)
{
        struct str data = str_from(header->data, entry->offset), rest = data, text;
        uint32_t texts = type == TYPE_STRING ? 1 : entry->count;

        if (type == TYPE_INT32) {
                *out = str_sub(data, 0, (size_t)entry->count * 4);
                return entry->type == TYPE_INT32 && entry->count && out->len == (size_t)entry->count * 4;
        }
        if (entry->type != TYPE_STRING_ARRAY && entry->type != TYPE_I18NSTRING
            && (entry->type != TYPE_STRING || type != TYPE_STRING))
                return false;
        TRY(texts);
        for (uint32_t i = 0; i < texts; i++)
                TRY(take_text(&rest, &text));
        *out = str_span(data.data, rest.data);
        return true;
}

static void put_be32(char *to, uint32_t number)
{
        number = htobe32(number);
        memcpy(to, &number, sizeof(number));
}

bool rpm_thin_header(struct str blob, struct buf *out)
{
        CLEANUP(buf_free) struct buf data = {0};
        struct header header;
        struct err err = {0};
        char *index;
        uint32_t count = 0;

        TRY(open_header(blob, &header, &err));
        out->len = 0;
        index = buf_reserve(out, 8 + COUNT_OF(asked) * ENTRY);
        for (size_t i = 0; i < COUNT_OF(asked); i++) {
                char *at = index + 8 + (size_t)count * ENTRY;
                struct entry entry;
                struct str bytes;

                if (!find(&header, asked[i].tag, &entry) || !bytes_of(&header, &entry, asked[i].type, &bytes))
                        continue;
                put_be32(at, asked[i].tag);
                put_be32(at + 4, entry.type);
                put_be32(at + 8, (uint32_t)data.len);
                put_be32(at + 12, entry.count);
                buf_add(&data, bytes);
                count++;
        }
        put_be32(index, count);
        put_be32(index + 4, (uint32_t)data.len);
        out->len = 8 + (size_t)count * ENTRY;
        buf_add(out, buf_text(&data));
        return count > 0; /* one without any entry is none */
}

void rpm_set_source(struct package *package, struct str file)
{
        static const struct str ends[] = {STR_INIT(".rpm"), STR_INIT(".src"), STR_INIT(".nosrc")};
        const char *dash;
        struct str rest = file;
        size_t release;

        for (size_t i = 0; i < COUNT_OF(ends); i++)
                if (str_ends(rest, ends[i]))
                        rest.len -= ends[i].len;
        dash = rest.len ? memrchr(rest.data, '-', rest.len) : NULL;
        if (!dash)
                return;
        release = (size_t)(dash - rest.data);
        dash = release ? memrchr(rest.data, '-', release) : NULL;
        if (!dash)
                return;
        package->source = str_span(rest.data, dash);
        package->source_version = str_span(dash + 1, rest.data + rest.len);
}

/* The texts of an array, one behind the other; false if there are fewer than it says. */
static bool find_texts(const struct header *header, uint32_t tag, struct str *data, uint32_t *count)
{
        struct entry entry;
        struct str rest, text;

        TRY(find(header, tag, &entry) && (entry.type == TYPE_STRING_ARRAY || entry.type == TYPE_I18NSTRING));
        *data = rest = str_from(header->data, entry.offset);
        for (uint32_t i = 0; i < entry.count; i++)
                TRY(take_text(&rest, &text));
        *count = entry.count;
        return true;
}

static bool own_old_paths(struct package_sink *sink, const struct header *header, struct err *err)
{
        struct str data, text;
        uint32_t count;

        if (!find_texts(header, TAG_OLD_FILENAMES, &data, &count))
                return true;
        for (uint32_t i = 0; i < count && take_text(&data, &text); i++)
                TRY(package_owns(sink, STR(""), text, err));
        return true;
}

static bool own_paths(struct package_sink *sink, const struct header *header, struct arena *scratch, struct err *err)
{
        uint32_t name_count = 0, folder_count = 0;
        const struct str *folders = texts_of(scratch, header, TAG_DIRNAMES, &folder_count);
        CLEANUP(buf_free) struct buf path = {0};
        struct str names, name;
        struct entry indexes;

        TRY(own_old_paths(sink, header, err));
        if (!find_texts(header, TAG_BASENAMES, &names, &name_count) || !folders
            || !find(header, TAG_DIRINDEXES, &indexes) || indexes.type != TYPE_INT32 || indexes.count != name_count
            || (header->data.len - indexes.offset) / 4 < name_count)
                return true;
        for (uint32_t i = 0; i < name_count && take_text(&names, &name); i++) {
                uint32_t folder = be_32(header->data.data + indexes.offset + (size_t)i * 4);

                if (folder >= folder_count)
                        return package_problem(sink, "an rpm header names a folder that it has not");
                path.len = 0;
                buf_add(&path, folders[folder]);
                buf_add(&path, name);
                TRY(package_owns(sink, STR(""), buf_text(&path), err));
        }
        return true;
}

bool rpm_add_header(struct package_sink *sink, struct str blob, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct package package = {.type = STR("rpm")};
        struct header header;
        struct str version, release, license, label;
        uint32_t epoch;

        TRY(open_header(blob, &header, err));
        package.name = text_of(&header, TAG_NAME);
        version = text_of(&header, TAG_VERSION);
        release = text_of(&header, TAG_RELEASE);
        if (!package.name.len || !version.len)
                return package_problem(sink, "an rpm header has no name or no version");
        if (str_is(package.name, "gpg-pubkey"))
                return true; /* a key that the database keeps like a package */
        package.version =
                str_format(&scratch, "%.*s%s%.*s", STR_ARG(version), release.len ? "-" : "", STR_ARG(release));
        if (number_of(&header, TAG_EPOCH, &epoch) && epoch)
                package.version = str_format(&scratch, "%u:%.*s", epoch, STR_ARG(package.version));
        package.arch = text_of(&header, TAG_ARCH);
        package.vendor = text_of(&header, TAG_VENDOR);
        license = text_of(&header, TAG_LICENSE);
        package.licenses = &license;
        package.license_count = license.len > 0;
        rpm_set_source(&package, text_of(&header, TAG_SOURCERPM));
        label = text_of(&header, TAG_MODULARITYLABEL);
        if (label.len)
                package.qualifiers = package_qualifier(&scratch, "modularitylabel", label);
        return package_add(sink, &package, err) && own_paths(sink, &header, &scratch, err);
}
