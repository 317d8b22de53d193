/* versions.c - comparisons of versions that other tools test themselves with.
 *
 *     conformance-versions FOLDER
 *
 * In $STRAKE_CORPUS, or else FOLDER, image/versions has files with lines "A OP B". Each is tried both ways round. A line counts
 * as wrong unless it is among the exceptions: lines that contradict another suite, which are none today. */

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "image/version/version.h"

enum { LARGEST_FILE = 8 << 20, LEAST_LINES = 72000 };

static const struct {
        const char *file, *schemes;
} files[] = {
        {"osv-scalibr/alpine-versions.txt", "apk"},
        {"osv-scalibr/alpine-versions-generated.txt", "apk"},
        {"osv-scalibr/cran-versions.txt", "cran"},
        {"osv-scalibr/cran-versions-generated.txt", "cran"},
        {"osv-scalibr/debian-versions.txt", "deb"},
        {"osv-scalibr/debian-versions-generated.txt", "deb"},
        {"osv-scalibr/hackage-versions.txt", "hackage"},
        {"osv-scalibr/maven-versions.txt", "maven"},
        {"osv-scalibr/maven-versions-generated.txt", "maven"},
        {"osv-scalibr/nuget-versions.txt", "nuget"},
        {"osv-scalibr/packagist-versions.txt", "packagist"},
        {"osv-scalibr/packagist-versions-generated.txt", "packagist"},
        {"osv-scalibr/pub-versions.txt", "pub"},
        {"osv-scalibr/pypi-versions.txt", "pypi"},
        {"osv-scalibr/pypi-versions-generated.txt", "pypi"},
        {"osv-scalibr/redhat-versions.txt", "rpm"},
        {"osv-scalibr/rubygems-versions.txt", "rubygems"},
        {"osv-scalibr/rubygems-versions-generated.txt", "rubygems"},
        {"osv-scalibr/semver-versions.txt", "semver npm cargo golang hex"},
        {"claircore/maven-compare.txt", "maven"},
        {"claircore/rpm-rpmvercmp.txt", "rpm"},
};

struct count {
        size_t lines, wrong;
};

static bool holds(const struct version_scheme *scheme, struct str a, struct str sign, struct str b, struct err *err)
{
        int wanted = sign.data[0] == '<' ? -1 : sign.data[0] == '=' ? 0 : 1, order, turned;

        TRY(version_compare(scheme, a, b, &order, err) && version_compare(scheme, b, a, &turned, err));
        return order == wanted && turned == -wanted;
}

static bool take_word(struct str *line, struct str *word)
{
        *line = str_trim(*line);
        return str_split(line, ' ', word) && word->len;
}

static void try_file(const char *name, const struct version_scheme *scheme, struct str text, struct count *count)
{
        struct str line, a, sign, b;

        while (str_split(&text, '\n', &line)) {
                struct str rest = line;
                struct err err = {0};

                if (str_starts(line, STR("#"))
                               || str_starts(line, STR("//")) || !take_word(&rest, &a) || !take_word(&rest, &sign)
                                             || !take_word(&rest, &b) || str_trim(rest).len
                                             || !strchr("<=>", sign.data[0]))
                        continue;
                count->lines++;
                if (holds(scheme, a, sign, b, &err))
                        continue;
                count->wrong++;
                printf("# %s, as %s: %.*s %.*s\n", name, scheme->name, STR_ARG(line), STR_ARG(err_text(&err)));
        }
}

int main(int argc, char **argv)
{
        const char *corpus = getenv("STRAKE_CORPUS") ? getenv("STRAKE_CORPUS") : argc > 1 ? argv[1] : "";
        struct arena arena = {0};
        struct count count = {0};

        printf("1..1\n");
        for (size_t i = 0; i < COUNT_OF(files); i++) {
                struct str path = str_format(&arena, "%s/image/versions/%s", corpus, files[i].file);
                struct str schemes = str_of(files[i].schemes), scheme;
                struct file_text text = {0};

                if (file_read(&arena, path.data, LARGEST_FILE, &text) != FILE_OK) {
                        printf("ok 1 - comparisons of versions # SKIP %d lines at least: no %s\n", LEAST_LINES,
                               path.data);
                        arena_free(&arena);
                        return 0;
                }
                while (str_split(&schemes, ' ', &scheme))
                        try_file(files[i].file, version_scheme_find(scheme), text.text, &count);
        }
        printf("# %zu comparisons, %zu wrong\n", count.lines, count.wrong);
        printf("%sok 1 - comparisons of versions\n", !count.wrong && count.lines >= LEAST_LINES ? "" : "not ");
        arena_free(&arena);
        return count.wrong || count.lines < LEAST_LINES;
}
