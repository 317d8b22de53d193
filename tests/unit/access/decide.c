/* The index against the plain way of asking binding by binding, on worlds at random. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../random_rbac.h"
#include "access/matrix.h"

enum { WORLDS = 800, QUESTIONS = 60 };

struct tally {
        unsigned verdicts[3];
        unsigned explained, listed;
};

/* Everything that explain and who-can say, too, must agree with the verdict. */
static void agree(struct arena *arena, const struct access *access, const struct random_question *question,
                  enum access_verdict verdict, struct tally *tally)
{
        struct access_grants why, who;
        bool found = false;

        access_explain(arena, access, &question->user, &question->request, &why);
        assert_int_equal(why.items.count > 0, verdict == ACCESS_YES);
        access_who_can(arena, access, &question->request, false, &who);
        for (size_t i = 0; i < why.items.count; i++) {
                const struct access_grant *grant = &why.items.items[i];
                bool listed = grant->binding == ACCESS_NONE;

                for (size_t k = 0; k < who.items.count; k++)
                        listed |= who.items.items[k].subject == grant->subject
                                  && who.items.items[k].binding == grant->binding
                                  && who.items.items[k].rule == grant->rule;
                assert_true(listed);
        }
        for (size_t i = 0; i < who.items.count; i++) {
                const struct access_subject *subject = access_subject(access, who.items.items[i].subject);

                if (subject->kind != ACCESS_GROUP)
                        found |= str_equal(subject->user, question->user.name);
                for (size_t g = 0; subject->kind == ACCESS_GROUP && g < question->user.group_count; g++)
                        found |= str_equal(subject->user, question->groups[g]);
        }
        assert_true(!found || verdict == ACCESS_YES);
        tally->explained += why.items.count > 0;
        tally->listed += found;
}

static void the_index_says_what_the_plain_way_says(void **state)
{
        struct chance chance = {.state = 0x5eed};
        struct tally tally = {0};

        (void)state;
        for (unsigned w = 0; w < WORLDS; w++) {
                struct arena arena = {0};
                struct estate estate;
                struct buf text = {0};
                struct access *access;

                random_world(&text, &chance);
                estate_read_text(&estate, STR("world.yaml"), buf_text(&text));
                access = access_new(&arena, &estate, &(struct access_settings){.no_bootstrap = true});
                for (unsigned q = 0; q < QUESTIONS; q++) {
                        struct random_question question;
                        enum access_verdict verdict, wanted;

                        random_question(&question, &chance);
                        verdict = access_can(access, &question.user, &question.request);
                        wanted = plain_can(&arena, &estate, &question.user, &question.request);
                        if (verdict != wanted)
                                fail_msg("world %u, question %u: %d, wanted %d\n%.*s", w, q, verdict, wanted,
                                         STR_ARG(buf_text(&text)));
                        agree(&arena, access, &question, verdict, &tally);
                        tally.verdicts[verdict]++;
                }
                estate_free(&estate);
                arena_free(&arena);
                buf_free(&text);
        }
        /* Each kind of answer was tried often. */
        assert_in_range(tally.verdicts[ACCESS_YES], 2000, UINT32_MAX);
        assert_in_range(tally.verdicts[ACCESS_NO], 3000, UINT32_MAX);
        assert_in_range(tally.verdicts[ACCESS_UNKNOWN], 1000, UINT32_MAX);
        assert_in_range(tally.listed, 1500, UINT32_MAX);
        print_message("%u yes, %u no, %u unknown\n", tally.verdicts[ACCESS_YES], tally.verdicts[ACCESS_NO],
                      tally.verdicts[ACCESS_UNKNOWN]);
}

/* Every cell of the matrix is what can-i says to that subject alone. */
static void check_row(const struct access *access, const struct access_matrix *matrix,
                      const struct access_matrix_row *row, unsigned *cells)
{
        const struct access_subject *subject = access_subject(access, row->subject);
        struct str group = subject->user;
        struct access_user user = {subject->kind == ACCESS_GROUP ? STR("") : subject->user, &group,
                                                                       subject->kind == ACCESS_GROUP};

        for (size_t i = 0; i < matrix->column_count; i++) {
                struct str rest = matrix->columns[i].resource, name;
                struct access_request request = {.verb = matrix->columns[i].verb,
                                                 .group = matrix->columns[i].group,
                                                 .ns = row->ns,
                                                 .name = STR("none")};
                bool wide;

                str_split(&rest, '/', &name);
                request.resource = name;
                request.subresource = rest;
                if (str_is(group, "system:masters"))
                        continue;
                request.ns = (struct str){0};
                wide = access_can(access, &user, &request) == ACCESS_YES;
                request.ns = row->ns;
                assert_int_equal(access_matrix_has(row->bits, i) || wide,
                                 access_can(access, &user, &request) == ACCESS_YES);
                *cells += access_matrix_has(row->bits, i);
                request.name = STR("a");
                if (access_can(access, &user, &request) == ACCESS_YES && !wide && !access_matrix_has(row->bits, i)) {
                        request.ns = (struct str){0};
                        assert_true(access_matrix_has(row->some, i)
                                    || access_can(access, &user, &request) == ACCESS_YES);
                }
        }
}

static void the_matrix_says_what_can_i_says(void **state)
{
        struct chance chance = {.state = 0xbeef};
        struct access_column columns[COUNT_OF(random_verbs) * 8];
        static const char *const resources[] = {"deployments", "deployments/scale", "nodes",       "pods",
                                                "pods/log",    "secrets",           "secrets/log", "unheard-of"};
        unsigned cells = 0;

        (void)state;
        for (size_t i = 0; i < COUNT_OF(columns); i++)
                columns[i] = (struct access_column){STR("apps"), str_of(resources[i / COUNT_OF(random_verbs)]),
                                                        str_of(random_verbs[i % COUNT_OF(random_verbs)])};
        for (unsigned w = 0; w < 100; w++) {
                struct arena arena = {0};
                struct estate estate;
                struct buf text = {0};
                struct access *access;
                struct access_matrix matrix;

                random_world(&text, &chance);
                estate_read_text(&estate, STR("world.yaml"), buf_text(&text));
                access = access_new(&arena, &estate, &(struct access_settings){.no_bootstrap = true});
                access_matrix_fill(&arena, access, columns, COUNT_OF(columns), STR(""), &matrix);
                for (size_t r = 0; r < matrix.row_count; r++)
                        check_row(access, &matrix, &matrix.rows[r], &cells);
                estate_free(&estate);
                arena_free(&arena);
                buf_free(&text);
        }
        assert_in_range(cells, 1000, UINT32_MAX);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_index_says_what_the_plain_way_says),
                cmocka_unit_test(the_matrix_says_what_can_i_says),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
