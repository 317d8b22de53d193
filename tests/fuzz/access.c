/* access.c - roles and bindings: the index says what the plain way of asking says, and no manifest is too ugly to be asked. */

#include "../random_rbac.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition)
{
        if (!condition)
                __builtin_trap();
}

/* The bytes choose a world and questions. */
static void check_world(struct arena *arena, const uint8_t *data, size_t size)
{
        struct chance chance = {.bytes = data, .size = size, .state = 0x5eed};
        struct buf text CLEANUP(buf_free) = {0};
        struct random_question question;
        struct estate estate;
        struct access *access;

        random_world(&text, &chance);
        estate_read_text(&estate, STR("world.yaml"), buf_text(&text));
        access = access_new(arena, &estate, &(struct access_settings){.no_bootstrap = true});
        for (unsigned i = 0; i < 16; i++) {
                random_question(&question, &chance);
                check(access_can(access, &question.user, &question.request)
                      == plain_can(arena, &estate, &question.user, &question.request));
        }
        estate_free(&estate);
}

/* The bytes are manifests: what one is told of who-can is also what can-i says. */
static void check_manifests(struct arena *arena, struct str text)
{
        struct chance chance = {.state = 0x5eed};
        struct random_question question;
        struct access_grants grants;
        struct estate estate;
        struct access *access;

        estate_read_text(&estate, STR("fuzz.yaml"), text);
        access = access_new(arena, &estate, &(struct access_settings){0});
        for (unsigned i = 0; i < 4; i++) {
                random_question(&question, &chance);
                access_who_can(arena, access, &question.request, false, &grants);
                for (size_t g = 0; g < grants.items.count && g < 100; g++) {
                        struct access_user user =
                                access_user_of_subject(arena, access_subject(access, grants.items.items[g].subject));

                        check(access_can(access, &user, &question.request) == ACCESS_YES);
                }
        }
        estate_free(&estate);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct arena arena CLEANUP(arena_free) = {0};

        if (size && data[0] & 1)
                check_world(&arena, data + 1, size - 1);
        else if (size)
                check_manifests(&arena, (struct str){(const char *)data + 1, size - 1});
        return 0;
}
