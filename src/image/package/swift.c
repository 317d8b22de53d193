/* swift.c - Package.resolved of the Swift package manager, versions 1 to 3, and Podfile.lock of CocoaPods. */

#include "image/package/language.h"

/* "https://github.com/apple/swift-nio.git" and "git@github.com:apple/swift-nio.git" are github.com/apple/swift-nio. */
static struct str name_of_address(struct arena *scratch, struct str address)
{
        struct str rest = str_trim(address), git = STR("git@");
        size_t scheme = str_find(rest, STR("://"), 0);
        char *copy;

        if (scheme != SIZE_MAX)
                rest = str_from(rest, scheme + 3);
        if (str_starts(rest, git))
                rest = str_from(rest, git.len);
        if (str_ends(rest, STR("/")))
                rest.len--;
        if (str_ends(rest, STR(".git")))
                rest.len -= 4;
        rest = str_copy(scratch, rest);
        copy = rest.len ? memchr(rest.data, ':', rest.len) : NULL;
        if (copy && scheme == SIZE_MAX)
                *copy = '/';
        return rest;
}

static bool add_pin(struct package_sink *sink, const struct value *pin, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        const struct value *state = language_get(pin, "state");
        struct str address = language_text(pin, "location"), version = language_text(state, "version");
        struct str name;

        if (!address.len)
                address = language_text(pin, "repositoryURL");
        name = address.len ? name_of_address(&scratch, address) : language_text(pin, "identity");
        if (!version.len)
                version = language_text(state, "branch");
        if (!version.len)
                version = language_text(state, "revision");
        return language_add(sink, "swift", name, version, 0, err);
}

static bool parse_resolved(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct document document;
        const struct value *pins;

        TRY(language_json(&scratch, file->text, &document, err));
        pins = language_get(&document.root, "pins");
        if (!pins)
                pins = language_get(language_get(&document.root, "object"), "pins");
        value_each (pins, one)
                TRY(add_pin(sink, &one->value, err));
        return true;
}

/* "Name/Part (1.0)" */
static bool add_pod(struct package_sink *sink, struct str text, struct err *err)
{
        struct str version = text, name;

        if (!str_split(&version, '(', &name) || !version.data || !str_ends(version, STR(")")))
                return package_problem(sink, "%.*s is no pod: wanted is name (version)", STR_ARG(text));
        version.len--;
        return language_add(sink, "cocoapods", str_trim(name), version, 0, err);
}

static bool parse_pods(struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct document document;

        TRY(language_yaml(&scratch, file->text, &document, err));
        value_each (language_get(&document.root, "PODS"), one) {
                if (one->value.kind == VALUE_STRING)
                        TRY(add_pod(sink, value_text(&one->value), err));
                else if (one->value.kind == VALUE_MAP) /* with what it needs below */
                        value_each (&one->value, pod)
                                TRY(add_pod(sink, intern_text(pod->key), err));
        }
        return true;
}

static const char *const resolved_paths[] = {"**/Package.resolved", NULL}, *const pods_paths[] = {"**/Podfile.lock",
                                                                                                  NULL};

const struct package_format format_swift = {
        .name = "swift",
        .version = 1,
        .paths = resolved_paths,
        .folders_only = true,
        .parse = parse_resolved,
};
const struct package_format format_cocoapods = {
        .name = "cocoapods",
        .version = 1,
        .paths = pods_paths,
        .folders_only = true,
        .parse = parse_pods,
};
