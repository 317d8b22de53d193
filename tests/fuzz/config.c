/* config.c - hostile settings files, and hostile annotations and labels of an object: the whole of exceptions. */

#include "scan/scan.h"

#include "scan/input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Judges the input as a manifest, by the settings that it may also be. */
static void judge(struct arena *arena, struct str text, struct config *config)
{
        struct rulebook_settings rules = {.minor = KUBERNETES_NEWEST_MINOR, .params = config->params};
        struct err err = {0};
        struct arena scratch CLEANUP(arena_free) = {0};
        struct estate estate CLEANUP(estate_free) = {0};
        struct finding_list found CLEANUP(finding_list_free) = {0};
        const struct except_settings except = {config, rulebook_new(arena, &rules, &err), STR("2026-06-15"), true};

        if (!except.book)
                __builtin_trap();
        estate_read_text(&estate, STR("pod.yaml"), text);
        rulebook_judge(except.book, estate.sources, &scratch, &found);
        except_source(&except, estate.sources, &scratch, &found);
        except_conclude(&except, arena, &found);
        for (size_t i = 0; i < found.count; i++) {
                if ((found.items[i].status == FINDING_EXCEPTED) != (found.items[i].exception != NULL))
                        __builtin_trap();
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct str text = {(const char *)data, size};
        struct config config, none = config_none();
        struct err err = {0};

        if (config_read(&arena, STR("strake.yaml"), text, STR("2026-06-15"), &config, &err))
                judge(&arena, text, &config);
        else if (!err.length || !err.line)
                __builtin_trap();
        else
                judge(&arena, text, &none);
        return 0;
}
