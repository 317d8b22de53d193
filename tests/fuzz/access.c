/* access.c - roles and bindings: the index says what the plain way of asking says, and no manifest is too ugly to be asked. */

#include "../random_rbac.h"
#include "access/answer.h"

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

/* The bytes are manifests, authorizers and flags among them, or policies a line each: every question has an answer, and it can be
 * explained. */
static void check_chain(struct arena *arena, struct str text)
{
        struct chance chance = {.state = 0x5eed};
        struct buf out CLEANUP(buf_free) = {0};
        struct access_policies policies = {0};
        struct access_chain chain;
        struct estate estate;
        struct access *access;
        struct err err = {0};

        check(access_policies_read(arena, text, &policies, &err) || err.line > 0);
        estate_read_text(&estate, STR("fuzz.yaml"), text);
        access = access_new(arena, &estate, &(struct access_settings){0});
        access_chain_make(arena, &estate, &policies, &chain);
        for (unsigned i = 0; i < 4; i++) {
                static const struct str nodes = STR_INIT("system:nodes");
                struct access_user node = {STR("system:node:one"), &nodes, 1};
                struct random_question question;
                struct access_answer answer = {.access = access, .chain = &chain};

                random_question(&question, &chance);
                answer.user = i & 1 ? node : question.user;
                answer.by = i & 2 ? &question.user : NULL;
                answer.request = question.request;
                access_answer_make(arena, &answer);
                access_answer_explain(arena, &out, &answer);
                access_answer_print_json(arena, &out, &answer);
                check(utf8_check(buf_text(&out)) == out.len);
        }
        estate_free(&estate);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct arena arena CLEANUP(arena_free) = {0};

        if (size && data[0] & 1)
                check_world(&arena, data + 1, size - 1);
        else if (size && data[0] & 2)
                check_chain(&arena, (struct str){(const char *)data + 1, size - 1});
        else if (size)
                check_manifests(&arena, (struct str){(const char *)data + 1, size - 1});
        return 0;
}
