/* types.c - types and signatures as text, and which type goes where another is asked for. */

#include "policy/cel/types.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct cel_type *read(struct arena *arena, const char *text)
{
        struct err err = {0};
        const struct cel_type *type = cel_type_read(arena, str_of(text), &err);

        if (!type)
                fail_msg("%s: %s", text, err.text);
        return type;
}

static void prints_what_it_reads(void **state)
{
        static const char *const texts[] = {
                "dyn",
                "null_type",
                "bool",
                "int",
                "uint",
                "double",
                "string",
                "bytes",
                "duration",
                "timestamp",
                "type",
                "type(int)",
                "list(int)",
                "map(string, list(dyn))",
                "optional_type(T)",
                "net.IP",
                "tuple(T, U, list(V))",
        };
        struct arena arena CLEANUP(arena_free) = {0};

        (void)state;
        for (size_t i = 0; i < COUNT_OF(texts); i++)
                assert_string_equal(cel_type_text(&arena, read(&arena, texts[i])).data, texts[i]);
        assert_string_equal(cel_type_text(&arena, read(&arena, " map( int ,google.protobuf.Timestamp )")).data,
                            "map(int, timestamp)");
        assert_string_equal(cel_type_text(&arena, read(&arena, "list")).data, "list(dyn)");
        assert_string_equal(cel_type_text(&arena, read(&arena, "null")).data, "null_type");
}

static void refuses_what_is_no_type(void **state)
{
        static const char *const texts[] = {"",     "list(",       "list(int", "list(int, int)",          "map(int)",
                                            "int)", "list(int) x", "int(int)", "optional_type(int, int)", "list(,)",
                                            "a-b"};
        struct arena arena CLEANUP(arena_free) = {0};
        struct str deep = STR("");

        (void)state;
        for (size_t i = 0; i < 100; i++)
                deep = str_format(&arena, "list(%.*s", STR_ARG(deep));
        for (size_t i = 0; i < COUNT_OF(texts) + 1; i++) {
                struct err err = {0};

                assert_null(cel_type_read(&arena, i < COUNT_OF(texts) ? str_of(texts[i]) : deep, &err));
                assert_true(err.length > 0);
        }
}

static void reads_signatures(void **state)
{
        static const struct {
                const char *text, *name, *first;
                bool is_method;
                size_t parameters;
                const char *result;
        } examples[] = {
                {"size(string): int", "size", "string", false, 1, "int"},
                {"string.charAt(int): string", "charAt", "string", true, 2, "string"},
                {"list(T).slice(int, int): list(T)", "slice", "list(T)", true, 3, "list(T)"},
                {"list(T).@sortByAssociatedKeys(list(K)): list(T)", "@sortByAssociatedKeys", "list(T)", true, 2,
                 "list(T)"},
                {"map(K, V).size(): int", "size", "map(K, V)", true, 1, "int"},
                {"ip.isCanonical(string): bool", "ip.isCanonical", "string", false, 1, "bool"},
                {"net.IP.family(): int", "family", "net.IP", true, 1, "int"},
                {"a.b.c.d(): int", "a.b.c.d", NULL, false, 0, "int"},
                {"optional.none(): optional_type(T)", "optional.none", NULL, false, 0, "optional_type(T)"},
                {"T.self(): T", "self", "T", true, 1, "T"},
                {"_+_(int, int): int", "_+_", "int", false, 2, "int"},
                {"_[_](list(T), int): T", "_[_]", "list(T)", false, 2, "T"},
                {"_[?_](list(T), int): optional_type(T)", "_[?_]", "list(T)", false, 2, "optional_type(T)"},
                {"@in(T, list(T)): bool", "@in", "T", false, 2, "bool"},
                {"_?_:_(bool, T, T): T", "_?_:_", "bool", false, 3, "T"},
                {"_&&_(bool, bool): bool", "_&&_", "bool", false, 2, "bool"},
                {"!_(bool): bool", "!_", "bool", false, 1, "bool"},
                {"tuple(T, U).first(): T", "first", "tuple(T, U)", true, 1, "T"},
                {"tuple(T, U, V): tuple(T, U, V)", "tuple", "T", false, 3, "tuple(T, U, V)"},
                {"type(T): type(T)", "type", "T", false, 1, "type(T)"},
        };
        struct arena arena CLEANUP(arena_free) = {0};

        (void)state;
        for (size_t i = 0; i < COUNT_OF(examples); i++) {
                struct cel_signature signature = {0};
                struct err err = {0};

                assert_true(cel_signature_read(&arena, str_of(examples[i].text), &signature, &err));
                assert_string_equal(str_copy(&arena, signature.name).data, examples[i].name);
                assert_int_equal(signature.is_method, examples[i].is_method);
                assert_int_equal(signature.parameter_count, examples[i].parameters);
                assert_string_equal(cel_type_text(&arena, signature.result).data, examples[i].result);
                if (examples[i].first)
                        assert_string_equal(cel_type_text(&arena, signature.parameters[0]).data, examples[i].first);
        }
}

static void refuses_what_is_no_signature(void **state)
{
        static const char *const texts[] = {"",
                                            "size",
                                            "size(",
                                            "size()",
                                            "size(): ",
                                            "(int): int",
                                            "size(int) int",
                                            "string.(int): int",
                                            "size(int): int x",
                                            "list(T).(): int",
                                            "list(T).x: int"};
        struct arena arena CLEANUP(arena_free) = {0};

        (void)state;
        for (size_t i = 0; i < COUNT_OF(texts); i++) {
                struct cel_signature signature = {0};
                struct err err = {0};

                assert_false(cel_signature_read(&arena, str_of(texts[i]), &signature, &err));
                assert_true(err.length > 0);
        }
}

static void knows_what_goes_where(void **state)
{
        static const struct {
                const char *from, *to;
                bool goes;
        } examples[] = {
                {"int", "int", true},
                {"int", "uint", false},
                {"int", "dyn", true},
                {"dyn", "list(int)", true},
                {"list(int)", "list(int)", true},
                {"list(int)", "list(string)", false},
                {"list(int)", "list(dyn)", true},
                {"list(int)", "map(int, int)", false},
                {"null", "int", false},
                {"null", "timestamp", true},
                {"null", "net.IP", true},
                {"null", "optional_type(int)", true},
                {"null", "list(int)", false},
                {"net.IP", "net.CIDR", false},
                {"type(int)", "type(string)", true},
                {"tuple(int, int)", "tuple(int, dyn)", true},
                {"tuple(int)", "tuple(int, int)", false},
        };
        struct arena arena CLEANUP(arena_free) = {0};
        struct cel_bindings bindings = {.arena = &arena};

        (void)state;
        for (size_t i = 0; i < COUNT_OF(examples); i++) {
                if (cel_type_assign(&bindings, read(&arena, examples[i].from), read(&arena, examples[i].to))
                    != examples[i].goes)
                        fail_msg("%s to %s", examples[i].from, examples[i].to);
        }
}

static void learns_parameters_and_takes_back(void **state)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct cel_bindings bindings = {.arena = &arena};
        const struct cel_type *a = cel_type_fresh(&bindings), *b = cel_type_fresh(&bindings);
        const struct cel_type *from[] = {read(&arena, "int"), read(&arena, "string")};

        (void)state;
        assert_false(cel_type_assign_all(&bindings, from, (const struct cel_type *[]){a, read(&arena, "int")}, 2));
        assert_ptr_equal(cel_type_known(&bindings, a), a);
        assert_true(cel_type_assign(&bindings, read(&arena, "list(int)"), cel_type_list(&arena, a)));
        assert_string_equal(cel_type_text(&arena, cel_type_known(&bindings, a)).data, "int");
        assert_false(cel_type_assign(&bindings, from[1], a));
        /* dyn is more general than int, and stays. */
        assert_true(cel_type_assign(&bindings, read(&arena, "dyn"), a));
        assert_string_equal(cel_type_text(&arena, cel_type_final(&bindings, a)).data, "dyn");
        /* Nothing is a list of itself. */
        assert_false(cel_type_assign(&bindings, cel_type_list(&arena, b), b));
        assert_string_equal(cel_type_text(&arena, cel_type_final(&bindings, cel_type_list(&arena, b))).data,
                            "list(dyn)");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(prints_what_it_reads),  cmocka_unit_test(refuses_what_is_no_type),
                cmocka_unit_test(reads_signatures),      cmocka_unit_test(refuses_what_is_no_signature),
                cmocka_unit_test(knows_what_goes_where), cmocka_unit_test(learns_parameters_and_takes_back),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
