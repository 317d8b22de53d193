/* address.c - which texts are addresses, how they print, and what lies in what. */

#include "base/address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void reads_and_prints(void **state)
{
        static const struct {
                const char *text, *printed; /* printed NULL: refused */
        } cases[] = {
                {"127.0.0.1", "127.0.0.1"},
                {"0.0.0.0", "0.0.0.0"},
                {"255.255.255.255", "255.255.255.255"},
                {"256.0.0.1", NULL},
                {"01.2.3.4", NULL},
                {"1.2.3", NULL},
                {"1.2.3.4.5", NULL},
                {"1.2.3.4 ", NULL},
                {"1..2.3", NULL},
                {"", NULL},
                {"::", "::"},
                {"::1", "::1"},
                {"1::", "1::"},
                {"2001:DB8::68", "2001:db8::68"},
                {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
                {"1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"},
                {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
                {"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
                {"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"},
                {"::ffff:192.168.0.1", "::ffff:c0a8:1"},
                {"::1.2.3.4", "::102:304"},
                {"1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"},
                {"1:2:3:4:5:6:7:1.2.3.4", NULL},
                {"1:2:3:4:5:1.2.3.4", NULL},
                {"::1.2.3", NULL},
                {"1:2:3:4:5:6:7:8:9", NULL},
                {"1:2:3:4:5:6:7:8::", NULL},
                {"1:2:3:4::5:6:7:8", NULL},
                {"1:2:3:4:5:6:7", NULL},
                {"1::2::3", NULL},
                {":::", NULL},
                {":1", NULL},
                {"1:", NULL},
                {"::1:", NULL},
                {"12345::", NULL},
                {"::g", NULL},
                {"fe80::1%en0", NULL},
        };
        struct arena arena CLEANUP(arena_free) = {0};

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct address address;
                bool read = address_read(str_of(cases[i].text), &address);

                if (read != (cases[i].printed != NULL))
                        fail_msg("%s", cases[i].text);
                if (read)
                        assert_string_equal(address_print(&arena, &address).data, cases[i].printed);
        }
}

static struct address_block block_of(const char *text)
{
        struct address_block block;

        assert_true(address_read_block(str_of(text), &block));
        return block;
}

static void reads_blocks(void **state)
{
        static const char *const refused[] = {"10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/08",    "10.0.0.0/+8",
                                              "/8",       "::/129",    "::/-1",       "fe80::1%en0/24", "10.0.0.0/8/8"};
        struct address_block block = block_of("2001:db8::1/32");

        (void)state;
        assert_int_equal(block.length, 32);
        assert_int_equal(block_of("0.0.0.0/0").length, 0);
        for (size_t i = 0; i < COUNT_OF(refused); i++) {
                if (address_read_block(str_of(refused[i]), &block))
                        fail_msg("%s", refused[i]);
        }
}

static bool lies_in(const char *inner, const char *outer)
{
        struct address_block a = block_of(inner), b = block_of(outer);

        return address_block_in_block(&a, &b);
}

static void knows_what_lies_in_what(void **state)
{
        (void)state;
        assert_true(lies_in("10.1.2.3/32", "10.0.0.0/8"));
        assert_true(lies_in("10.0.0.0/8", "10.9.9.9/8"));
        assert_false(lies_in("10.0.0.0/7", "10.0.0.0/8"));
        assert_false(lies_in("192.168.1.0/25", "192.168.0.0/24"));
        assert_true(lies_in("192.168.0.128/25", "192.168.0.0/24"));
        assert_false(lies_in("192.168.0.129/32", "192.168.0.0/25"));
        assert_true(lies_in("1.2.3.4/32", "0.0.0.0/0"));
        assert_false(lies_in("1.2.3.4/32", "::/0"));
        assert_true(lies_in("2001:db8:8000::/33", "2001:db8::/32"));
}

enum { UNSPECIFIED = 1, LOOPBACK = 2, LINK_MULTICAST = 4, LINK_UNICAST = 8, GLOBAL = 16, MAPPED = 32 };

static void sorts_addresses_out(void **state)
{
        static const struct {
                const char *text;
                int kinds;
        } cases[] = {
                {"0.0.0.0", UNSPECIFIED},
                {"::", UNSPECIFIED},
                {"127.1.2.3", LOOPBACK},
                {"::1", LOOPBACK},
                {"224.0.0.1", LINK_MULTICAST},
                {"224.0.1.1", 0},
                {"ff02::1", LINK_MULTICAST},
                {"ff12::1", LINK_MULTICAST},
                {"ff05::1", 0},
                {"169.254.169.254", LINK_UNICAST},
                {"fe80::1", LINK_UNICAST},
                {"febf::1", LINK_UNICAST},
                {"fec0::1", GLOBAL},
                {"192.168.0.1", GLOBAL},
                {"255.255.255.255", 0},
                {"2001:db8::", GLOBAL},
                {"::ffff:1.2.3.4", GLOBAL | MAPPED},
        };

        (void)state;
        for (size_t i = 0; i < COUNT_OF(cases); i++) {
                struct address address;
                int kinds;

                assert_true(address_read(str_of(cases[i].text), &address));
                kinds = address_is_unspecified(&address) * UNSPECIFIED | address_is_loopback(&address) * LOOPBACK
                        | address_is_link_local_multicast(&address) * LINK_MULTICAST
                        | address_is_link_local_unicast(&address) * LINK_UNICAST
                        | address_is_global_unicast(&address) * GLOBAL | address_is_mapped(&address) * MAPPED;
                if (kinds != cases[i].kinds)
                        fail_msg("%s: %d", cases[i].text, kinds);
        }
}

static void masks_and_unmaps(void **state)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct address address;

        (void)state;
        assert_true(address_read(STR("192.168.77.255"), &address));
        address = address_mask(&address, 19);
        assert_string_equal(address_print(&arena, &address).data, "192.168.64.0");
        assert_true(address_read(STR("::ffff:c0a8:1"), &address));
        address = address_unmap(&address);
        assert_string_equal(address_print(&arena, &address).data, "192.168.0.1");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(reads_and_prints),        cmocka_unit_test(reads_blocks),
                cmocka_unit_test(knows_what_lies_in_what), cmocka_unit_test(sorts_addresses_out),
                cmocka_unit_test(masks_and_unmaps),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
