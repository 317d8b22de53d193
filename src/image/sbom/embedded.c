/* embedded.c - bills of materials that lie beside what is installed, by those who built it: Bitnami's, those of apko and melange
 * (Chainguard, Wolfi), and those in Python packages (PEP 770), which tell of the libraries that a wheel brings. */

#include "image/package/language.h"
#include "image/sbom/parts.h"

/* Where something was built from is not installed. */
static bool is_installed(const struct package *package)
{
        return !str_is(package->type, "github") && !str_is(package->type, "generic");
}

/* The database of apk tells of the same packages, and does not say of which distribution they are: then both are one. */
static void be_as_in_database(struct package *package)
{
        if (str_is(package->type, "apk"))
                package->namespace = package->qualifiers = STR("");
}

static bool parse(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct image image = {.kind = IMAGE_BILL};
        struct catalog catalog = {0};
        struct sbom_reading reading = {.arena = &scratch,
                                       .text = str_from(file->text, utf8_mark(file->text)),
                                       .image = &image,
                                       .catalog = &catalog,
                                       .err = err};

        TRY(sbom_read_document(&reading));
        for (size_t i = 0; i < catalog.package_count; i++) {
                struct package package = catalog.packages[i];

                package.location_count = 0; /* where the builder found it */
                be_as_in_database(&package);
                TRY(!is_installed(&package) || package_add(sink, &package, err));
        }
        for (size_t i = 0; i < reading.problems.count; i++)
                TRY(package_problem(sink, "%.*s", STR_ARG(reading.problems.items[i])));
        return true;
}

/* Before its images had bills, Bitnami put names and versions into one file: {"redis": {"version": "7.0.1-2", "arch": "amd64"}}. */
static bool parse_components(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct document document;

        TRY(language_json(&scratch, file->text, &document, err));
        value_each (&document.root, component) {
                struct package package = {.type = STR("bitnami"), .name = intern_text(component->key),
                                                      .version = language_text(&component->value, "version"),
                                                      .arch = language_text(&component->value, "arch")};
                struct str distro = language_text(&component->value, "distro");

                if (distro.len)
                        package.qualifiers = package_qualifier(&scratch, "distro", distro);
                if (!package.name.len || !package.version.len)
                        TRY(package_problem(sink, "\"%.*s\" has no version", STR_ARG(package.name)));
                else
                        TRY(package_add(sink, &package, err));
        }
        return true;
}

static const char *const paths[] = {"opt/bitnami/**/.spdx-*.spdx", "var/lib/db/sbom/*.spdx.json",
                                    "**/*.dist-info/sboms/*.json", NULL},
                         *const component_paths[] = {"opt/bitnami/.bitnami_components.json", NULL};

const struct package_format format_bill = {
        .name = "bill",
        .version = 1,
        .paths = paths,
        .parse = parse,
};
const struct package_format format_bitnami = {
        .name = "bitnami",
        .version = 1,
        .paths = component_paths,
        .parse = parse_components,
};
