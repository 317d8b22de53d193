/* parts.h - what the formats of bills of materials share. */
#pragma once

#include "doc/document.h"
#include "image/sbom/sbom.h"
#include "report/json_writer.h"

enum { SBOM_TIME = 32 };

struct sbom_property {
        struct str name, value;
};

struct sbom_properties {
        VEC(struct sbom_property) list;
};

/* What is said of a package that neither its purl nor a field of both formats says. */
void sbom_properties_of(struct arena *arena, const struct package *package, struct sbom_properties *out);

/* The same of the image. */
void sbom_properties_of_image(struct arena *arena, const struct image *image, struct sbom_properties *out);

/* An identifier for each package: its purl, followed by a number where another has it already. */
struct str *sbom_identifiers(struct arena *arena, const struct catalog *catalog);

/* "2024-05-01T12:00:00Z" */
struct str sbom_time(int64_t time, char text[SBOM_TIME]);

/* What the bill is about: what the one says that it is made from, or what the person asked for. */
struct str sbom_subject(const struct image *image);

/* Prints a document whose UUID is that of its text without one; `print` leaves it out if it is empty. */
struct sbom_printing {
        struct arena *arena;
        const struct image *image;
        const struct catalog *catalog;
        const struct sbom_settings *settings;
        struct json_writer writer;
        struct str uuid;
        const struct str *identifiers; /* sbom_identifiers() */
};

void sbom_print(struct buf *out, const struct image *image, const struct catalog *catalog,
                const struct sbom_settings *settings, void (*print)(struct sbom_printing *printing));

/* A location whose parts stand in several properties. */
struct sbom_location {
        uint64_t number;
        struct package_location location;
};

/* A package that is being read. */
struct sbom_package {
        struct package package;
        VEC(struct str) licenses;
        VEC(struct sbom_location) locations;
        uint32_t at;       /* where it stands */
        bool own_licenses; /* they come from properties, which say it exactly */
};

/* A bill that is being read. */
struct sbom_reading {
        struct arena *arena;
        struct str text;
        struct image *image;
        struct catalog *catalog;
        struct err *err;
        VEC(struct package) packages;
        VEC(struct str) problems; /* what makes one package unreadable, each with its place */
        uint64_t unnamed;         /* components without a purl */
        unsigned minor;           /* of CycloneDX 1.x; 0 for SPDX */
        struct map references;    /* bom-ref of CycloneDX, text of licences of SPDX */
};

/* Says in `err` what is wrong at an offset. Returns false. */
bool sbom_fail(struct sbom_reading *reading, uint32_t at, const char *format, ...) PRINTF_LIKE(3, 4);

/* Adds a problem with its place. */
void sbom_problem(struct sbom_reading *reading, uint32_t at, const char *format, ...) PRINTF_LIKE(3, 4);

/* Takes a property, or an annotation "name=value", of Strake, and those of Syft and Trivy that tell the same; others are left alone. */
void sbom_take_property(struct sbom_reading *reading, struct sbom_package *package, struct str name, struct str value);
void sbom_take_image_property(struct sbom_reading *reading, struct str name, struct str value);

/* Begins a package with its purl. False if it is none: counted or a problem then. */
bool sbom_begin_package(struct sbom_reading *reading, struct str purl, uint32_t at, struct sbom_package *out);
void sbom_end_package(struct sbom_reading *reading, struct sbom_package *package);

/* Reads the document in reading->text, whichever format it has. Its packages are in the catalog then, in order. */
bool sbom_read_document(struct sbom_reading *reading);
bool sbom_read_cyclonedx(struct sbom_reading *reading, const struct node *root);
bool sbom_read_spdx(struct sbom_reading *reading, const struct node *root);

/* Reads tags and values into what the same document would be as JSON. */
bool sbom_read_tags(struct sbom_reading *reading, struct node *root);

/* What an object of a format may and must hold. */
enum sbom_rule {
        SBOM_ANY,
        SBOM_STRING,
        SBOM_FILLED, /* a string that is not empty */
        SBOM_INTEGER,
        SBOM_BOOLEAN,
        SBOM_WORD,    /* a string out of `words` */
        SBOM_OBJECT,  /* of `shape` */
        SBOM_LIST,    /* of objects of `shape` */
        SBOM_STRINGS, /* a list of strings */
        SBOM_TIME_STAMP,
        SBOM_CHECKED, /* `check` looks at it */
};

struct sbom_shape;

struct sbom_member {
        const char *name;
        enum sbom_rule rule;
        bool needed; /* null is as good as absent */
        const struct sbom_shape *shape;
        const char *words; /* with spaces between */
        bool (*check)(struct sbom_reading *reading, const struct node *node);
};

struct sbom_shape {
        const char *name; /* "component" */
        const struct sbom_member *members;
        size_t count;
        bool closed; /* nothing else may stand there, from CycloneDX 1.4 on */
        bool (*check)(struct sbom_reading *reading, const struct node *node);
};

/* Checks an object against a shape; false with the reading's err. */
bool sbom_check(struct sbom_reading *reading, const struct node *node, const struct sbom_shape *shape);
