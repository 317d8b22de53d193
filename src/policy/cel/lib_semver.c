/* lib_semver.c - semantic versions (Kubernetes' pkg/cel/library, semver). */

#include "base/semver.h"
#include "policy/cel/lib.h"

static bool equal_versions(const void *a, const void *b)
{
        return semver_compare(a, b) == 0;
}

static struct str print_version(struct arena *arena, const void *object)
{
        return semver_print(arena, object);
}

const struct cel_opaque cel_opaque_semver = {"kubernetes.Semver", equal_versions, print_version};

static bool read_version(struct cel_call *call, struct str text, bool normalize, struct semver *out)
{
        if (normalize)
                text = semver_normalize(cel_arena(call), text);
        return text.data && semver_read(text, out);
}

static bool give_version(struct cel_call *call, struct str text, bool normalize, struct value *result)
{
        struct semver *version = arena_new(cel_arena(call), struct semver);

        TRY(spend_bytes(call, text.len));
        if (!read_version(call, text, normalize, version))
                return cel_fail(call, "'%.*s' is no semantic version", STR_ARG(text));
        *result = cel_opaque_value(&cel_opaque_semver, version);
        return true;
}

static bool semver(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return give_version(call, argument_text(arguments), false, result);
}

static bool semver_normalized(struct cel_call *call, const struct value *arguments, struct value *result)
{
        return give_version(call, argument_text(arguments), arguments[1].boolean, result);
}

static bool is_semver(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct semver version;

        TRY(spend_bytes(call, arguments[0].len));
        return give_bool(result, read_version(call, argument_text(arguments), false, &version));
}

static bool is_semver_normalized(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct semver version;

        TRY(spend_bytes(call, arguments[0].len));
        return give_bool(result, read_version(call, argument_text(arguments), arguments[1].boolean, &version));
}

/* A number of a version, as the int that it wraps around to when it is larger. */
#define NUMBER(name)                                                                                                   \
        static bool name(struct cel_call *call, const struct value *arguments, struct value *result)                   \
        {                                                                                                              \
                const struct semver *version = arguments[0].object;                                                    \
                                                                                                                       \
                (void)call;                                                                                            \
                return give_int(result, (int64_t)version->name);                                                       \
        }

NUMBER(major)
NUMBER(minor)
NUMBER(patch)

static bool compare(struct cel_call *call, const struct value *arguments, struct value *result)
{
        (void)call;
        return give_int(result, semver_compare(arguments[0].object, arguments[1].object));
}

static bool is_less(struct cel_call *call, const struct value *arguments, struct value *result)
{
        (void)call;
        return give_bool(result, semver_compare(arguments[0].object, arguments[1].object) < 0);
}

static bool is_greater(struct cel_call *call, const struct value *arguments, struct value *result)
{
        (void)call;
        return give_bool(result, semver_compare(arguments[0].object, arguments[1].object) > 0);
}

static const struct cel_overload overloads[] = {
        {"semver(string): kubernetes.Semver", semver},
        {"semver(string, bool): kubernetes.Semver", semver_normalized},
        {"isSemver(string): bool", is_semver},
        {"isSemver(string, bool): bool", is_semver_normalized},
        {"kubernetes.Semver.major(): int", major},
        {"kubernetes.Semver.minor(): int", minor},
        {"kubernetes.Semver.patch(): int", patch},
        {"kubernetes.Semver.compareTo(kubernetes.Semver): int", compare},
        {"kubernetes.Semver.isLessThan(kubernetes.Semver): bool", is_less},
        {"kubernetes.Semver.isGreaterThan(kubernetes.Semver): bool", is_greater},
};

const struct cel_library cel_lib_semver = {"kubernetes.semver", overloads, COUNT_OF(overloads)};
