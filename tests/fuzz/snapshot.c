/* snapshot.c - hostile snapshots: whatever comes out lies inside, and what is wrong is told. The first byte says whether the rest is
 * what is compressed, so that both layers are reached. */

#include "kube/snapshot.h"

#include <zstd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char mark[] = "\x53\x2a\x4d\x18\x11\0\0\0strake.snapshot/1";

static void must(bool holds)
{
        if (!holds)
                __builtin_trap();
}

static void read_one(struct str text)
{
        struct arena arena = {0};
        struct entries entries;

        must(snapshot_is(text));
        snapshot_read(&arena, STR("f"), text, &entries);
        must(entries.items.count || entries.problems.count);
        for (size_t i = 0; i < entries.items.count; i++) {
                must(str_starts(entries.items.items[i].name, STR("f/")));
                must(!i || str_compare(entries.items.items[i - 1].name, entries.items.items[i].name) <= 0);
                must(utf8_check(entries.items.items[i].text) <= entries.items.items[i].text.len);
        }
        for (size_t i = 0; i < entries.problems.count; i++)
                must(entries.problems.items[i].message.len || entries.problems.items[i].kind != PROBLEM_SNAPSHOT);
        arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        CLEANUP(buf_free) struct buf text = {0};
        size_t room;

        if (!size)
                return 0;
        buf_add(&text, (struct str){mark, sizeof(mark) - 1});
        if (data[0] & 1) {
                buf_add(&text, (struct str){(const char *)data + 1, size - 1});
        } else {
                room = ZSTD_compressBound(size);
                text.len += ZSTD_compress(buf_reserve(&text, room), room, data + 1, size - 1, 1);
        }
        read_one(buf_text(&text));
        return 0;
}
