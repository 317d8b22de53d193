/* What is gained and lost: against can-i before and after, on worlds at random, and the reasons on small ones. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../random_rbac.h"
#include "access/diff.h"

enum { WORLDS = 150, QUESTIONS = 60 };

struct world {
        struct buf text;
        struct estate estate;
        struct access *access;
};

static void world_make(struct arena *arena, struct world *world)
{
        estate_read_text(&world->estate, STR("world.yaml"), buf_text(&world->text));
        world->access = access_new(arena, &world->estate, &(struct access_settings){.no_bootstrap = true});
}

static void world_end(struct world *world)
{
        estate_free(&world->estate);
        buf_free(&world->text);
}

static bool may(const struct access *access, const struct access_subject *subject, const struct access_request *request)
{
        struct str group = subject->user;
        struct access_user user = {subject->kind == ACCESS_GROUP ? STR("") : subject->user, &group,
                                                                       subject->kind == ACCESS_GROUP};

        return access_can(access, &user, request) == ACCESS_YES;
}

/* Whether a change of this kind, of this subject, in the namespace or the cluster, has the request. */
static bool tells(const struct access_diff *diff, bool gained, const struct access_subject *subject,
                  const struct access_request *request)
{
        struct access_question question = access_question_of(request);

        for (size_t i = 0; i < diff->changes.count; i++) {
                const struct access_change *change = &diff->changes.items[i];
                const struct access_subject *of = access_subject(change->side, change->subject);

                if (change->gained == gained && of->kind == subject->kind && str_equal(of->user, subject->user)
                    && (!change->ns.len || (!request->is_path && str_equal(change->ns, request->ns)))
                    && access_rules_find(&change->rules, &question) != SIZE_MAX)
                        return true;
        }
        return false;
}

static void gains_and_losses_are_told(void **state)
{
        struct chance chance = {.state = 0xd1ff};
        unsigned told = 0;

        (void)state;
        for (unsigned w = 0; w < WORLDS; w++) {
                struct arena arena = {0};
                struct world before = {0}, after = {0};
                struct access_diff diff;

                random_world(&before.text, &chance);
                random_world(&after.text, &chance);
                world_make(&arena, &before);
                world_make(&arena, &after);
                access_diff_make(&arena, before.access, after.access, &diff);
                for (unsigned q = 0; q < QUESTIONS; q++) {
                        const struct access *side = q & 1 ? after.access : before.access;
                        const struct access_subject *subject;
                        struct random_question question;
                        bool was, is;

                        random_question(&question, &chance);
                        if (!access_subject_count(side))
                                continue;
                        subject = access_subject(side, chance_below(&chance, access_subject_count(side)));
                        if (str_is(subject->user, "system:masters"))
                                continue;
                        was = may(before.access, subject, &question.request);
                        is = may(after.access, subject, &question.request);
                        assert_true(tells(&diff, true, subject, &question.request) || !is || was);
                        assert_true(tells(&diff, false, subject, &question.request) || is || !was);
                        told += is != was;
                }
                world_end(&before);
                world_end(&after);
                arena_free(&arena);
        }
        assert_in_range(told, 300, UINT32_MAX);
}

/* Nothing is told that is not so: each part of a change is allowed on its side and not on the other. */
static void check_change(struct arena *arena, const struct access_diff *diff, const struct access_change *change)
{
        const struct access *other = change->gained ? diff->before : diff->after;
        const struct access_subject *subject = access_subject(change->side, change->subject);

        assert_true(change->because.count > 0);
        if (str_is(subject->user, "system:masters"))
                return; /* may everything anyhow */
        for (size_t r = 0; r < change->rules.count; r++) {
                struct access_rules parts = access_rule_break_down(arena, &change->rules.items[r]);

                for (size_t p = 0; p < parts.count; p++) {
                        const struct access_rule *part = &parts.items[p];
                        struct access_request request = {.verb = intern_text(part->verbs.items[0]), .ns = change->ns};
                        struct str rest;

                        if (part->urls.count) {
                                request.is_path = true;
                                request.path = intern_text(part->urls.items[0]);
                        } else {
                                rest = intern_text(part->resources.items[0]);
                                str_split(&rest, '/', &request.resource);
                                request.subresource = rest;
                                request.group = intern_text(part->groups.items[0]);
                                request.name = part->names.count ? intern_text(part->names.items[0]) : STR("any-name");
                        }
                        if (request.is_path || (rest.data && !rest.len))
                                continue; /* a path with stars is no path, "pods/" no resource */
                        assert_true(may(change->side, subject, &request));
                        assert_false(may(other, subject, &request));
                }
        }
}

static void nothing_else_is_told(void **state)
{
        struct chance chance = {.state = 0xd1fe};
        unsigned changes = 0;

        (void)state;
        for (unsigned w = 0; w < WORLDS; w++) {
                struct arena arena = {0};
                struct world before = {0}, after = {0};
                struct access_diff diff;

                random_world(&before.text, &chance);
                random_world(&after.text, &chance);
                world_make(&arena, &before);
                world_make(&arena, &after);
                access_diff_make(&arena, before.access, after.access, &diff);
                for (size_t i = 0; i < diff.changes.count; i++)
                        check_change(&arena, &diff, &diff.changes.items[i]);
                changes += (unsigned)diff.changes.count;
                access_diff_make(&arena, after.access, after.access, &diff);
                assert_int_equal(diff.changes.count, 0);
                world_end(&before);
                world_end(&after);
                arena_free(&arena);
        }
        assert_in_range(changes, 300, UINT32_MAX);
}

#define RBAC "rbac.authorization.k8s.io/v1"
#define ROLE(name, rules)                                                                                              \
        "---\n{apiVersion: " RBAC ", kind: ClusterRole, metadata: {name: " name "}, rules: [" rules "]}\n"
#define BINDING(name, role, subjects)                                                                                  \
        "---\n{apiVersion: " RBAC ", kind: RoleBinding, metadata: {name: " name ", namespace: shop}, roleRef: {kind: " \
        "ClusterRole, name: " role "}, subjects: [" subjects "]}\n"
#define GET "{apiGroups: [''], resources: [pods], verbs: [get]}"
#define LIST "{apiGroups: [''], resources: [pods], verbs: [list, get]}"
#define ADA "{kind: User, name: ada}"
#define BOB "{kind: User, name: bob}"

static void assert_diff(const char *old, const char *new, const char *wanted)
{
        struct arena arena = {0};
        struct world before = {0}, after = {0};
        struct access_diff diff;
        struct buf out = {0};

        buf_add(&before.text, str_of(old));
        buf_add(&after.text, str_of(new));
        world_make(&arena, &before);
        world_make(&arena, &after);
        access_diff_make(&arena, before.access, after.access, &diff);
        access_diff_print(&arena, &out, &diff, false);
        buf_add_char(&out, 0);
        assert_string_equal(out.data, wanted);
        buf_free(&out);
        world_end(&before);
        world_end(&after);
        arena_free(&arena);
}

static void reasons(void **state)
{
        (void)state;
        assert_diff(ROLE("r", GET) BINDING("b", "r", ADA), ROLE("r", GET) BINDING("b", "r", ADA ", " BOB),
                    "+ User bob in namespace shop\n    may now      get pods\n"
                    "    because      RoleBinding shop/b names it now, gives ClusterRole r  (world.yaml:4)\n");
        assert_diff(
                ROLE("r", GET) BINDING("b", "r", ADA), ROLE("r", LIST) BINDING("b", "r", ADA),
                "+ User ada in namespace shop\n    may now      list pods\n"
                "    because      RoleBinding shop/b gives more now by ClusterRole r  (world.yaml:4, world.yaml:2)\n");
        assert_diff(ROLE("r", GET) ROLE("s", LIST) BINDING("b", "s", ADA),
                    ROLE("r", GET) ROLE("s", LIST) BINDING("b", "r", ADA),
                    "- User ada in namespace shop\n    may no more  list pods\n"
                    "    because      RoleBinding shop/b gave another role before: ClusterRole s  (world.yaml:6)\n");
        assert_diff(ROLE("r", GET) BINDING("b", "r", ADA), ROLE("r", GET),
                    "- User ada in namespace shop\n    may no more  get pods\n"
                    "    because      RoleBinding shop/b is gone, gave ClusterRole r  (world.yaml:4)\n");
        assert_diff(ROLE("r", GET) BINDING("b", "r", ADA), ROLE("q", GET) BINDING("c", "q", ADA),
                    "Nobody may do more or less.\n");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(gains_and_losses_are_told),
                cmocka_unit_test(nothing_else_is_told),
                cmocka_unit_test(reasons),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
