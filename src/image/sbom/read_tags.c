/* read_tags.c - SPDX 2.2 and 2.3 as tags and values ("PackageName: a") become the tree that the same document has as JSON (SPDX 2.3, annex
 * E), as far as that is read. Every line belongs to what the last PackageName, FileName, SnippetSPDXID or LicenseID began. */

#include "image/sbom/parts.h"

struct nodes {
        VEC(struct node) list;
};

enum part { PART_DOCUMENT, PART_PACKAGE, PART_LICENSE, PART_OTHER };

struct tags {
        struct sbom_reading *reading;
        size_t at;    /* the next line */
        size_t count; /* values so far */
        enum part part;
        uint32_t part_at;
        struct nodes members, references; /* of the part that is open */
        struct nodes document, packages, licenses;
};

/* Where a tag belongs, and its name as JSON has it. Tags that begin a part stand first. */
static const struct tag {
        struct str name;
        enum part part;
        bool begins;
        const char *member;
} known[] = {
        {STR_INIT("PackageName"), PART_PACKAGE, true, "name"},
        {STR_INIT("LicenseID"), PART_LICENSE, true, "licenseId"},
        {STR_INIT("FileName"), PART_OTHER, true, NULL},
        {STR_INIT("SnippetSPDXID"), PART_OTHER, true, NULL},
        {STR_INIT("SPDXVersion"), PART_DOCUMENT, false, "spdxVersion"},
        {STR_INIT("DataLicense"), PART_DOCUMENT, false, "dataLicense"},
        {STR_INIT("SPDXID"), PART_DOCUMENT, false, "SPDXID"},
        {STR_INIT("DocumentName"), PART_DOCUMENT, false, "name"},
        {STR_INIT("DocumentNamespace"), PART_DOCUMENT, false, "documentNamespace"},
        {STR_INIT("SPDXID"), PART_PACKAGE, false, "SPDXID"},
        {STR_INIT("PackageVersion"), PART_PACKAGE, false, "versionInfo"},
        {STR_INIT("PackageSupplier"), PART_PACKAGE, false, "supplier"},
        {STR_INIT("PackageSourceInfo"), PART_PACKAGE, false, "sourceInfo"},
        {STR_INIT("PackageDescription"), PART_PACKAGE, false, "description"},
        {STR_INIT("PackageLicenseDeclared"), PART_PACKAGE, false, "licenseDeclared"},
        {STR_INIT("PackageLicenseConcluded"), PART_PACKAGE, false, "licenseConcluded"},
        {STR_INIT("PrimaryPackagePurpose"), PART_PACKAGE, false, "primaryPackagePurpose"},
        {STR_INIT("LicenseName"), PART_LICENSE, false, "name"},
        {STR_INIT("ExtractedText"), PART_LICENSE, false, "extractedText"},
};

static void push(struct tags *tags, struct nodes *nodes, uint32_t key, uint32_t at, struct value value)
{
        *vec_push(tags->reading->arena, &nodes->list) = (struct node){key, at, value};
        tags->count++;
}

static bool add(struct tags *tags, struct nodes *nodes, const char *member, uint32_t at, struct str text)
{
        uint32_t key = intern(str_of(member));

        for (size_t i = 0; i < nodes->list.count; i++)
                if (nodes->list.items[i].key == key)
                        return sbom_fail(tags->reading, at, "this is said of the same thing twice");
        push(tags, nodes, key, at, value_string(text));
        return true;
}

/* "PACKAGE-MANAGER purl pkg:npm/a@1" */
static void add_reference(struct tags *tags, uint32_t at, struct str value)
{
        static const char *const members[] = {"referenceCategory", "referenceType", "referenceLocator"};
        struct nodes reference = {0};

        for (size_t i = 0; i < COUNT_OF(members); i++) {
                struct str word = value;

                if (i + 1 < COUNT_OF(members)) {
                        str_split(&value, ' ', &word);
                        value = str_trim(value);
                }
                if (word.data)
                        push(tags, &reference, intern(str_of(members[i])), at, value_string(word));
        }
        push(tags, &tags->references, 0, at,
             value_map(tags->reading->arena, reference.list.items, reference.list.count));
}

static void end_part(struct tags *tags)
{
        struct arena *arena = tags->reading->arena;
        struct nodes *into = tags->part == PART_PACKAGE ? &tags->packages : &tags->licenses;

        if (tags->references.list.count)
                push(tags, &tags->members,
                     intern(STR("externalRefs")), tags->part_at,
                            value_list(tags->references.list.items, tags->references.list.count));
        if (tags->part == PART_PACKAGE || tags->part == PART_LICENSE)
                push(tags, into, 0, tags->part_at,
                     value_map(arena, tags->members.list.items, tags->members.list.count));
        tags->members = tags->references = (struct nodes){0};
}

static bool take_tag(struct tags *tags, uint32_t at, struct str name, struct str value)
{
        for (size_t i = 0; i < COUNT_OF(known); i++) {
                const struct tag *tag = &known[i];

                if (!str_equal(tag->name, name) || (!tag->begins && tag->part != tags->part))
                        continue;
                if (tag->begins) {
                        end_part(tags);
                        tags->part = tag->part;
                        tags->part_at = at;
                }
                return !tag->member
                       || add(tags, tag->part == PART_DOCUMENT ? &tags->document : &tags->members, tag->member, at,
                              value);
        }
        if (tags->part == PART_PACKAGE && str_is(name, "ExternalRef"))
                add_reference(tags, at, value);
        return true; /* what else a document may say is not read in JSON, either */
}

/* A value between <text> and </text> may have several lines. */
static bool take_text(struct tags *tags, struct str *value)
{
        struct str begin = STR("<text>"), end = STR("</text>"), text = tags->reading->text;
        size_t from, to;

        if (!str_starts(*value, begin))
                return true;
        from = (size_t)(value->data - text.data) + begin.len;
        to = str_find(text, end, from);
        if (to == SIZE_MAX)
                return sbom_fail(tags->reading, (uint32_t)(from - begin.len), "there is no </text> behind this");
        *value = str_sub(text, from, to);
        tags->at = min_size(str_find(text, STR("\n"), to), text.len);
        return true;
}

static bool take_line(struct tags *tags)
{
        struct str text = tags->reading->text, line, name, value;
        size_t end = min_size(str_find(text, STR("\n"), tags->at), text.len);
        uint32_t at;

        line = str_trim(str_sub(text, tags->at, end));
        tags->at = end + 1;
        if (tags->count > document_default_limits.nodes)
                return sbom_fail(tags->reading, (uint32_t)end, "there are more than %u values before this",
                                 document_default_limits.nodes);
        if (!line.len || line.data[0] == '#')
                return true;
        at = (uint32_t)(line.data - text.data);
        value = line;
        if (!str_split(&value, ':', &name) || !value.data)
                return sbom_fail(tags->reading, at, "wanted is a tag, a colon and a value");
        value = str_trim(value);
        return take_text(tags, &value) && take_tag(tags, at, str_trim(name), value);
}

bool sbom_read_tags(struct sbom_reading *reading, struct node *root)
{
        struct tags tags = {.reading = reading};
        struct nodes *document = &tags.document;
        size_t bad = utf8_check(reading->text);

        if (bad < reading->text.len)
                return sbom_fail(reading, (uint32_t)bad, "this is no UTF-8");
        while (tags.at < reading->text.len)
                TRY(take_line(&tags));
        end_part(&tags);
        push(&tags, document,
             intern(STR("packages")), 0, value_list(tags.packages.list.items, tags.packages.list.count));
        push(&tags, document,
             intern(STR("hasExtractedLicensingInfos")), 0,
                    value_list(tags.licenses.list.items, tags.licenses.list.count));
        *root = (struct node){.value = value_map(reading->arena, document->list.items, document->list.count)};
        return true;
}
