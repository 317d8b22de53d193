/* image_facts.c - hostile configurations of images, and, where the input is no JSON, lines of a history: an object comes out that can be
 * printed and read again. */

#include "doc/document.h"
#include "doc/print.h"
#include "image/lint/facts.h"
#include "image/open/open.h"
#include "image/script/script.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition)
{
        if (!condition)
                __builtin_trap();
}

/* {"history": [{"created_by": TEXT}]} */
static struct value config_of(struct arena *arena, struct str text)
{
        struct value_maker maker = {.arena = arena};

        make_text(&maker, "created_by", text);
        make_item(&maker, make_map(&maker));
        make_member(&maker, "history", make_list(&maker));
        return make_map(&maker);
}

static void check_script(struct arena *arena, struct str text)
{
        struct piece piece;
        struct pieced pieced = pieced_whole(text, 0, &piece);
        struct script script = {0};

        script_read(arena, &pieced, NULL, 0, &script);
        check(script.commands.count <= SCRIPT_COMMANDS);
        for (size_t i = 0; i + 1 < script.commands.count; i++)
                check(!script.commands.items[i].runs_next || script.commands.items[i + 1].wrapped);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct arena arena CLEANUP(arena_free) = {0};
        CLEANUP(buf_free) struct buf out = {0};
        struct str text = {(const char *)data, size};
        struct image image = {.name = STR("x")};
        struct facts_settings settings = {.threads = 1, .today = STR("2026-01-01"), .no_layers = true};
        struct catalog catalog = {0};
        struct document again;
        struct err err = {0};
        struct value facts;

        check_script(&arena, text);
        if (!image_read_json(&arena, STR("config"), text, &image.config, &err))
                image.config = config_of(&arena, text);
        facts = facts_of(&arena, &image, &settings, &catalog);
        json_print(&out, &facts, 0);
        err.length = 0;
        check(json_read_one(&arena, buf_text(&out), &again, &err) && value_equal(&again.root, &facts));
        return 0;
}
