/* access_bench.c - times who may do what: on a generated cluster, one JSON line for each measure.
 *
 * usage: access_bench BINDINGS [SUBJECTS]. The same cluster every time: a tenth of the bindings are of the cluster, the others in
 * 1,000 namespaces; 2,000 roles of 1 to 20 rules; one group that a twentieth of all bindings name. */

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "access/matrix.h"
#include "base/buf.h"

enum { ROLES = 2000, SPACES = 1000, QUESTIONS = 4096, ROUNDS = 5, COLUMNS = 2000 };

static const char *const verbs[] = {"get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"};
static const char *const groups[] = {"", "apps", "batch", "networking.k8s.io", "example.com"};

static uint64_t state = 0x5eed;

static uint32_t below(uint32_t limit)
{
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        return (uint32_t)(state >> 33) % limit;
}

/* Of the processor: other programs count as little as can be. One thread does it all. */
static double now(void)
{
        struct timespec time;

        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
        return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void put_role(struct buf *out, unsigned number)
{
        uint32_t rules = 1 + below(20);

        buf_add_format(
                out,
                "---\n{\"apiVersion\":\"rbac.authorization.k8s.io/v1\",\"kind\":\"ClusterRole\",\"metadata\":{\"name\":"
                "\"role-%u\"},\"rules\":[",
                number);
        for (uint32_t r = 0; r < rules; r++) {
                uint32_t group = below(COUNT_OF(groups)), resources = 1 + below(6), many = 1 + below(8);

                buf_add_format(out, "%s{\"apiGroups\":[\"%s\"],\"resources\":[", r ? "," : "", groups[group]);
                for (uint32_t i = 0; i < resources; i++)
                        buf_add_format(out, "%s\"resource-%u%s\"", i ? "," : "", below(60), below(8) ? "" : "/status");
                buf_add_literal(out, "],\"verbs\":[");
                for (uint32_t i = 0; i < many; i++)
                        buf_add_format(out, "%s\"%s\"", i ? "," : "", verbs[(i + group) % COUNT_OF(verbs)]);
                if (!below(10))
                        buf_add_format(out, "],\"resourceNames\":[\"one\",\"two-%u\"", r);
                buf_add_literal(out, "]}");
        }
        buf_add_literal(out, "]}\n");
}

static void put_binding(struct buf *out, unsigned number, unsigned subjects)
{
        bool cluster = !below(10);

        buf_add_format(
                out,
                "---\n{\"apiVersion\":\"rbac.authorization.k8s.io/v1\",\"kind\":\"%s\",\"metadata\":{\"name\":\"b-%u\"",
                cluster ? "ClusterRoleBinding" : "RoleBinding", number);
        if (!cluster)
                buf_add_format(out, ",\"namespace\":\"space-%u\"", below(SPACES));
        buf_add_format(out, "},\"roleRef\":{\"kind\":\"ClusterRole\",\"name\":\"role-%u\"},\"subjects\":[",
                       below(ROLES));
        if (!below(20))
                buf_add_literal(out, "{\"kind\":\"Group\",\"name\":\"everybody\"},");
        buf_add_format(out, "{\"kind\":\"ServiceAccount\",\"name\":\"account-%u\",\"namespace\":\"space-%u\"}]}\n",
                       below(subjects), number % 50);
}

struct asked {
        char user[80], ns[32], resource[32], own[80];
        struct str groups[4];
        struct access_user who;
        struct access_request request;
};

static void make_question(struct asked *asked, unsigned subjects)
{
        int space = (int)below(50);

        snprintf(asked->user, sizeof(asked->user), "system:serviceaccount:space-%d:account-%u", space, below(subjects));
        snprintf(asked->own, sizeof(asked->own), "system:serviceaccounts:space-%d", space);
        snprintf(asked->ns, sizeof(asked->ns), "space-%u", below(SPACES));
        snprintf(asked->resource, sizeof(asked->resource), "resource-%u", below(60));
        asked->groups[0] = STR("system:serviceaccounts");
        asked->groups[1] = str_of(asked->own);
        asked->groups[2] = STR("system:authenticated");
        asked->groups[3] = STR("everybody");
        asked->who = (struct access_user){str_of(asked->user), asked->groups, 3 + !below(4)};
        asked->request = (struct access_request){
                .verb = str_of(verbs[below(COUNT_OF(verbs))]),
                .group = str_of(groups[below(COUNT_OF(groups))]),
                .resource = str_of(asked->resource),
                .subresource = below(8)                        ? STR("")
                                                               : STR("status"), .ns = str_of(asked->ns),
                                              .name = below(4) ? STR("")
                                                               : STR("one"),
                                              };
}

static int compare(const void *a, const void *b)
{
        double first = *(const double *)a, second = *(const double *)b;

        return (first > second) - (first < second);
}

static void tell(const char *name, const double *rounds, double scale)
{
        double sorted[ROUNDS];

        memcpy(sorted, rounds, sizeof(sorted));
        qsort(sorted, ROUNDS, sizeof(*sorted), compare);
        printf("{\"name\":\"%s\",\"value\":%.6g}\n", name, sorted[ROUNDS / 2] * scale);
}

static void bench_can(const struct access *access, unsigned subjects)
{
        struct asked *asked = calloc(QUESTIONS, sizeof(*asked));
        double rounds[ROUNDS];
        size_t yes = 0, count = 0;

        for (size_t i = 0; i < QUESTIONS; i++)
                make_question(&asked[i], subjects);
        for (size_t r = 0; r < ROUNDS; r++) {
                double begin = now();

                for (count = yes = 0; count < QUESTIONS * 20; count++)
                        yes += access_can(access, &asked[count % QUESTIONS].who, &asked[count % QUESTIONS].request)
                               == ACCESS_YES;
                rounds[r] = (now() - begin) / (double)count;
        }
        tell("can-i", rounds, 1e9);
        printf("{\"name\":\"yes\",\"value\":%.3g}\n", (double)yes / (double)count);
        for (size_t r = 0; r < ROUNDS; r++) {
                struct arena arena = {0};
                double begin = now();

                for (count = 0; count < 64; count++) {
                        struct access_grants grants;

                        access_who_can(&arena, access, &asked[count].request, false, &grants);
                        arena_reset(&arena);
                }
                rounds[r] = (now() - begin) / (double)count;
                arena_free(&arena);
        }
        tell("who-can", rounds, 1e6);
        free(asked);
}

static void bench_matrix(const struct access *access)
{
        static struct access_column columns[COLUMNS];
        double rounds[ROUNDS];
        struct access_matrix matrix;
        size_t bits = 0;

        for (size_t i = 0; i < COLUMNS; i++) {
                char name[32];

                snprintf(name, sizeof(name), "resource-%zu", i / 40);
                columns[i] =
                        (struct access_column){str_of(groups[i / 8 % COUNT_OF(groups)]),
                                               intern_text(intern(str_of(name))), str_of(verbs[i % COUNT_OF(verbs)])};
        }
        for (size_t r = 0; r < ROUNDS; r++) {
                struct arena arena = {0};
                double begin = now();

                access_matrix_fill(&arena, access, columns, COLUMNS, STR(""), &matrix);
                rounds[r] = now() - begin;
                bits = 0;
                for (size_t i = 0; i < matrix.row_count; i++)
                        for (size_t w = 0; w < matrix.words; w++)
                                bits += (size_t)__builtin_popcountll(matrix.rows[i].bits[w]);
                printf("# %zu rows, %zu cells are yes\n", matrix.row_count, bits);
                arena_free(&arena);
        }
        tell("matrix", rounds, 1);
}

int main(int argc, char **argv)
{
        unsigned bindings = argc > 1 ? (unsigned)atoi(argv[1]) : 100000,
                 subjects = argc > 2 ? (unsigned)atoi(argv[2]) : 10000;
        struct arena arena CLEANUP(arena_free) = {0};
        struct buf text CLEANUP(buf_free) = {0};
        struct access_settings settings = {.no_bootstrap = true};
        struct estate estate;
        struct access *access;
        double begin;

        for (unsigned i = 0; i < ROLES; i++)
                put_role(&text, i);
        for (unsigned i = 0; i < bindings; i++)
                put_binding(&text, i, subjects / 50 + 1);
        estate_read_text(&estate, STR("bench.yaml"), buf_text(&text));
        begin = now();
        access = access_new(&arena, &estate, &settings);
        printf("{\"name\":\"build\",\"value\":%.4g}\n", now() - begin);
        printf("{\"name\":\"memory\",\"value\":%.4g}\n", (double)arena.taken / 1e6);
        printf("{\"name\":\"subjects\",\"value\":%u}\n", access_subject_count(access));
        bench_can(access, subjects / 50 + 1);
        bench_matrix(access);
        estate_free(&estate);
        return 0;
}
