/* network.c - addresses, blocks, URLs and versions: what is read prints as text that reads the same again. */

#include "base/address.h"
#include "base/semver.h"
#include "base/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition)
{
        if (!condition)
                __builtin_trap();
}

static void check_address(struct arena *arena, struct str text)
{
        struct address_block block, again;
        struct address address, same;

        if (address_read(text, &address))
                check(address_read(address_print(arena, &address), &same) && address_equal(&address, &same));
        if (address_read_block(text, &block)) {
                check(address_read_block(address_print_block(arena, &block), &again) && again.length == block.length);
                check(address_equal(&block.address, &again.address) && address_block_in_block(&again, &block));
        }
}

static void check_url(struct arena *arena, struct str text)
{
        struct str query, name, value;
        struct url url, again;

        if (!url_read(arena, text, &url))
                return;
        query = url.query;
        while (url_take_parameter(arena, &query, &name, &value))
                check(utf8_check(name) == name.len && utf8_check(value) == value.len);
        /* A decoded host is not encoded again, so only a text with a plain one reads back. */
        if (str_find(text, STR("%"), 0) == SIZE_MAX)
                check(url_read(arena, url.text, &again) && str_equal(url.text, again.text));
}

static void check_version(struct arena *arena, struct str text)
{
        struct str normal = semver_normalize(arena, text);
        struct semver version, again;

        if (normal.data && semver_read(normal, &version))
                check(semver_compare(&version, &version) == 0);
        if (semver_read(text, &version))
                check(semver_read(semver_print(arena, &version), &again) && semver_compare(&version, &again) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct str text = {(const char *)data, size};

        check_address(&arena, text);
        check_url(&arena, text);
        check_version(&arena, text);
        return 0;
}
