/* go_mod.c - go.mod and go.sum (go.dev/ref/mod).
 *
 * Since Go 1.17 a go.mod names all modules that are built; before, what others need stands in go.sum only. */

#include "image/package/language.h"

#include "base/map.h"
#include "image/archive/paths.h"

struct replacement {
        struct str version; /* replaced only where it is this; empty: always */
        struct str by, by_version;
};

struct reading {
        struct package_sink *sink;
        struct arena *scratch;
        VEC(struct package) required;
        struct map replacements; /* name → struct replacement */
        struct str module, go, toolchain;
        unsigned line;
};

/* "v1.2.3 // comment": the next word of a line; quotes go. */
static struct str next_word(struct str *rest)
{
        struct str word;

        *rest = str_trim(*rest);
        if (str_starts(*rest, STR("//")) || !rest->len) {
                rest->len = 0;
                return (struct str){"", 0};
        }
        word = language_before(*rest, " \t\r");
        *rest = str_from(*rest, word.len);
        return word.len >= 2 && strchr("\"`", word.data[0]) ? str_sub(word, 1, word.len - 1) : word;
}

static bool take_require(struct reading *reading, struct str rest, struct err *err)
{
        struct str name = next_word(&rest), version = next_word(&rest);

        if (!name.len || !version.len)
                return err_set_at(err, reading->line, 1, "wanted is a module and its version");
        *vec_push(reading->scratch, &reading->required) =
                (struct package){.type = STR("golang"), .name = name, .version = version};
        return true;
}

static bool take_replace(struct reading *reading, struct str rest, struct err *err)
{
        struct replacement *one = arena_new(reading->scratch, struct replacement);
        struct str name = next_word(&rest), word = next_word(&rest);
        struct str key;

        if (!str_is(word, "=>")) {
                one->version = word;
                word = next_word(&rest);
        }
        one->by = next_word(&rest);
        one->by_version = next_word(&rest);
        if (!name.len || !str_is(word, "=>") || !one->by.len)
                return err_set_at(err, reading->line, 1, "wanted is: replace module [version] => module [version]");
        key = one->version.len ? str_format(reading->scratch, "%.*s@%.*s", STR_ARG(name), STR_ARG(one->version)) : name;
        *map_slot(reading->scratch, &reading->replacements, key) = one;
        return true;
}

static bool take(struct reading *reading, struct str verb, struct str rest, struct err *err)
{
        if (str_is(verb, "require"))
                return take_require(reading, rest, err);
        if (str_is(verb, "replace"))
                return take_replace(reading, rest, err);
        if (str_is(verb, "module"))
                reading->module = next_word(&rest);
        else if (str_is(verb, "go"))
                reading->go = next_word(&rest);
        else if (str_is(verb, "toolchain"))
                reading->toolchain = next_word(&rest);
        else if (!str_is(verb, "exclude") && !str_is(verb, "retract") && !str_is(verb, "tool")
                 && !str_is(verb, "godebug") && !str_is(verb, "ignore"))
                return err_set_at(err, reading->line, 1, "%.*s is no directive of go.mod", STR_ARG(verb));
        return true;
}

static bool read_lines(struct reading *reading, struct str text, struct err *err)
{
        struct str rest = text, line, block = {"", 0};

        while (str_split(&rest, '\n', &line)) {
                struct str words = line, first, after;

                reading->line++;
                after = line;
                first = next_word(&after);
                if (!first.len)
                        continue;
                if (block.len && str_is(first, ")")) {
                        block.len = 0;
                } else if (block.len) {
                        TRY(take(reading, block, words, err));
                } else {
                        struct str opens = after;

                        if (str_is(next_word(&opens), "("))
                                block = first;
                        else
                                TRY(take(reading, first, after, err));
                }
        }
        return true;
}

static const struct replacement *replacement_of(struct reading *reading, const struct package *package)
{
        struct str exact = str_format(reading->scratch, "%.*s@%.*s", STR_ARG(package->name), STR_ARG(package->version));
        const struct replacement *found = map_get(&reading->replacements, exact);

        return found ? found : map_get(&reading->replacements, package->name);
}

static bool add_required(struct reading *reading, struct err *err)
{
        for (size_t i = 0; i < reading->required.count; i++) {
                struct package *package = &reading->required.items[i];
                const struct replacement *by = replacement_of(reading, package);

                if (by && !by->by_version.len) {
                        package->version.len = 0; /* a folder: which version it holds nobody says */
                } else if (by) {
                        package->name = by->by;
                        package->version = by->by_version;
                }
                TRY(package_add(reading->sink, package, err));
        }
        return true;
}

/* "1.21.3", "go1.23.6-custom": the version of the standard library, at least. */
static bool add_library(struct reading *reading, struct err *err)
{
        struct str version = reading->toolchain.len ? reading->toolchain : reading->go;

        if (str_starts(version, STR("go")))
                version = str_from(version, 2);
        version = language_before(version, "-");
        if (!version.len || str_is(version, "default"))
                return true;
        return language_add(reading->sink, "golang", STR("stdlib"), version, 0, err);
}

static bool is_before_117(struct str go)
{
        struct str rest = go, part;
        unsigned numbers[2] = {0, 0};

        for (unsigned i = 0; i < 2 && str_split(&rest, '.', &part); i++)
                for (size_t j = 0; j < part.len && part.data[j] >= '0' && part.data[j] <= '9' && numbers[i] < 1000; j++)
                        numbers[i] = numbers[i] * 10 + (unsigned)(part.data[j] - '0');
        return numbers[0] < 1 || (numbers[0] == 1 && numbers[1] < 17);
}

static bool parse_mod(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct reading reading = {.sink = sink, .scratch = &scratch, .go = STR("")};

        TRY(read_lines(&reading, file->text, err));
        if (is_before_117(reading.go)) {
                TRY(package_note(sink, STR("needs-sum"), STR("yes"), err));
                for (size_t i = 0; i < reading.required.count; i++)
                        TRY(package_note(sink, STR("required"), reading.required.items[i].name, err));
        }
        if (reading.module.len)
                TRY(language_add(sink, "golang", reading.module, STR(""), PACKAGE_ROOT, err));
        TRY(add_required(&reading, err));
        return add_library(&reading, err);
}

/* "module version h1:hash"; a version that ends in /go.mod is of a module that was only asked what it needs. */
static bool parse_sum(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct str rest = file->text, line;
        unsigned number = 0;

        while (str_split(&rest, '\n', &line)) {
                struct str words = line, name = next_word(&words), version = next_word(&words),
                           hash = next_word(&words);

                number++;
                if (!name.len)
                        continue;
                if (!hash.len) {
                        package_problem(sink, "line %u: wanted is module, version and hash", number);
                        continue;
                }
                if (!str_ends(version, STR("/go.mod")))
                        TRY(language_add(sink, "golang", name, version, 0, err));
        }
        return true;
}

static bool parse(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        return str_is(path_name(file->path), "go.sum") ? parse_sum(sink, file, err) : parse_mod(sink, file, err);
}

static bool has_note(const struct package_sink *found, struct str key)
{
        for (size_t i = 0; i < found->notes.count; i++)
                if (str_equal(found->notes.items[i].key, key))
                        return true;
        return false;
}

static const struct package_result *beside(const struct package_result *results, size_t count, struct str path)
{
        for (size_t i = 0; i < count; i++)
                if (str_is(path_name(results[i].path), "go.mod")
                    && str_equal(path_parent(results[i].path), path_parent(path)))
                        return &results[i];
        return NULL;
}

/* Leaves of a go.sum what its old go.mod does not name. */
static void keep_unnamed(struct arena *arena, struct package_sink *sum, const struct package_sink *mod)
{
        struct map named = {0};
        size_t kept = 0;

        for (size_t i = 0; i < mod->notes.count; i++)
                *map_slot(arena, &named, mod->notes.items[i].value) = (void *)mod;
        for (size_t i = 0; i < sum->packages.count; i++)
                if (!map_get(&named, sum->packages.items[i].name))
                        sum->packages.items[kept++] = sum->packages.items[i];
        sum->packages.count = kept;
}

static bool conclude(struct arena *arena, struct package_result *results, size_t count, struct err *err)
{
        (void)err;
        for (size_t i = 0; i < count; i++) {
                const struct package_result *mod;

                if (!str_is(path_name(results[i].path), "go.sum"))
                        continue;
                mod = beside(results, count, results[i].path);
                if (mod && has_note(mod->found, STR("needs-sum")))
                        keep_unnamed(arena, results[i].found, mod->found);
                else
                        results[i].found->packages.count = 0;
        }
        return true;
}

static const char *const paths[] = {"**/go.mod", "**/go.sum", NULL};

const struct package_format format_go_mod = {
        .name = "go-mod",
        .version = 1,
        .paths = paths,
        .folders_only = true,
        .parse = parse,
        .conclude = conclude,
};
