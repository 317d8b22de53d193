/* UUIDs of names: the examples of RFC 9562 and of Python's uuid module, and every length around a block of SHA-1. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/uuid.h"

static const struct uuid dns = {
        {0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8}};

static void assert_name(const char *name, const char *expected)
{
        char text[UUID_TEXT];

        uuid_print(uuid_of_name(dns, str_of(name)), text);
        assert_string_equal(text, expected);
}

static void names(void **state)
{
        char text[UUID_TEXT];

        (void)state;
        uuid_print(dns, text);
        assert_string_equal(text, "6ba7b810-9dad-11d1-80b4-00c04fd430c8");
        assert_name("www.example.com", "2ed6657d-e927-568b-95e1-2665a8aea6a2");
        assert_name("python.org", "886313e1-3b8a-5372-9b90-0c9aee199e5d");
        assert_name("", "4ebd0208-8328-5d69-8c44-ec50939c0967");
        assert_name("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "fa465dc7-82d5-5c3b-a5bb-9b8f3132a2b7");
        assert_name("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "5824f981-4282-59d4-9716-acb6d741350e");
        assert_name("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "39f39c20-db47-5131-8879-62f8f67f9014");
        assert_name("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "660c273c-8a00-5941-b6f4-8d0afed88966");
        assert_name("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "7280cc42-274a-5c4a-91fc-ae23f853eeb7");
        assert_name("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "69349718-028b-5ff0-a00f-c024ded6e6ee");
        assert_name("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                    "aaaaaaaaaaaaaa",
                    "ab683ad5-4de4-5faf-bf37-0788e34176da");
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(names)};

        return cmocka_run_group_tests(tests, NULL, NULL);
}
