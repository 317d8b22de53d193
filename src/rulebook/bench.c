/* bench.c - judge by one rule, by none, and take the difference. */

#include "rulebook/bench.h"

#include <stdlib.h>
#include <time.h>

#include "rulebook/internal.h"

enum { TRIES = 7, LEAST_NANOSECONDS = 400000, ENOUGH_NANOSECONDS = 40000000, SAMPLE_DEPLOYMENTS = 300 };

/* The objects of an estate that rules of one sort look at. */
struct view {
        struct str key;                /* which sort */
        struct estate_source *sources; /* like those of the estate, with some of their objects */
        size_t source_count;
        uint64_t objects;
        double idle; /* nanoseconds that judging by no rule takes */
        struct view *next;
};

struct bench {
        struct arena arena, scratch;
        const struct rulebook_settings *settings;
        const struct estate *estate;
        struct view *views;
        struct rulebook *nothing; /* a book without rules */
        double index_time;        /* nanoseconds for the index of the estate; 0: not measured */
        struct finding_list found;
};

/* ---- Which objects a rule looks at ---- */

static const struct str *kinds_of(const struct rule_text *rule, size_t *count)
{
        const struct join *join = rule->join.len ? join_named(rule->join) : NULL;

        *count = join ? join->kind_count : rule->kind_count;
        return join ? join->kinds : rule->kinds;
}

static bool is_about_pods(const struct rule_text *rule)
{
        size_t count;

        kinds_of(rule, &count);
        return rule->scope != SCOPE_OBJECT && !count;
}

static bool has_kind(const struct object *object, struct str wanted)
{
        struct str group = wanted, kind;

        str_split(&group, '.', &kind);
        return str_equal(object->kind, kind) && (kind.len == wanted.len || str_equal(object->group, group));
}

static bool looks_at(const struct rule_text *rule, const struct object *object)
{
        size_t count;
        const struct str *kinds = kinds_of(rule, &count);

        if (object->malformed)
                return false;
        if (is_about_pods(rule))
                return object->pod.value.kind == VALUE_MAP;
        for (size_t i = 0; i < count; i++)
                if (has_kind(object, kinds[i]))
                        return true;
        return !count;
}

/* What rules that look at the same objects have in common. */
static struct str view_key(struct arena *arena, const struct rule_text *rule)
{
        CLEANUP(buf_free) struct buf key = {0};
        size_t count;
        const struct str *kinds = kinds_of(rule, &count);

        buf_add(&key, is_about_pods(rule) ? STR("pods") : STR("objects"));
        for (size_t i = 0; i < count; i++) {
                buf_add_char(&key, ' ');
                buf_add(&key, kinds[i]);
        }
        return str_copy(arena, buf_text(&key));
}

/* Where lines begin is worked out before, for that is done once for a source whatever the rules are. */
static void copy_source(struct arena *arena, const struct rule_text *rule, struct estate_source *from,
                        struct estate_source *to)
{
        source_place(&from->arena, &from->source, 0);
        *to = (struct estate_source){.source = from->source, .documents = from->documents};
        for (size_t i = 0; i < from->objects.count; i++)
                if (looks_at(rule, &from->objects.items[i]))
                        *vec_push(arena, &to->objects) = from->objects.items[i];
}

/* ---- Measuring ---- */

static double now(void)
{
        struct timespec time;

        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
        return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/* What is found in a source is forgotten before the next one comes, as memory that is used again costs no rule anything. */
static uint64_t judge_once(struct bench *bench, const struct rulebook *book, struct view *view)
{
        uint64_t count = 0;

        for (size_t i = 0; i < view->source_count; i++) {
                rulebook_judge(book, &view->sources[i], &bench->scratch, &bench->found);
                count += bench->found.count;
                bench->found.count = 0;
                arena_reset(&view->sources[i].arena);
        }
        return count;
}

/* What is measured: it is done so many times. */
struct deed {
        struct bench *bench;
        struct rulebook *book;
        struct view *view;
        void (*once)(struct deed *deed);
};

static double time_of(struct deed *deed, size_t times)
{
        double begin = now();

        for (size_t i = 0; i < times; i++)
                deed->once(deed);
        return now() - begin;
}

/* Nanoseconds for doing it once; so often at a time that the clock can see it, and no longer than a person wants to wait. */
static double measure(struct deed *deed)
{
        double least, taken = time_of(deed, 1), total = 0;
        size_t times = 1;

        while ((taken = time_of(deed, times)) < LEAST_NANOSECONDS)
                times *= 2;
        least = taken;
        for (int try = 1; try < TRIES && total < ENOUGH_NANOSECONDS; try++) {
                taken = time_of(deed, times);
                total += taken;
                least = taken < least ? taken : least;
        }
        return least / (double)times;
}

static void judge_deed(struct deed *deed)
{
        judge_once(deed->bench, deed->book, deed->view);
}

static void index_deed(struct deed *deed)
{
        struct arena arena CLEANUP(arena_free) = {0};

        index_new(&arena, deed->bench->estate);
}

static void look_deed(struct deed *deed)
{
        struct arena arena CLEANUP(arena_free) = {0};

        rulebook_look(&arena, deed->book, deed->bench->estate, 1);
}

static double judge_time(struct bench *bench, struct rulebook *book, struct view *view)
{
        return measure(&(struct deed){bench, book, view, judge_deed});
}

static struct view *view_of(struct bench *bench, const struct rule_text *rule)
{
        struct str key = view_key(&bench->arena, rule);
        struct view *view;

        for (view = bench->views; view; view = view->next)
                if (str_equal(view->key, key))
                        return view;
        view = arena_new(&bench->arena, struct view);
        *view = (struct view){
                .key = key,
                .sources = arena_array(&bench->arena, struct estate_source, bench->estate->source_count),
                .next = bench->views,
        };
        bench->views = view;
        for (size_t i = 0; i < bench->estate->source_count; i++) {
                struct estate_source *source = &view->sources[view->source_count];

                copy_source(&bench->arena, rule, &bench->estate->sources[i], source);
                view->objects += source->objects.count;
                view->source_count += source->objects.count > 0;
        }
        if (view->objects)
                view->idle = judge_time(bench, bench->nothing, view);
        return view;
}

static uint64_t count_objects(const struct estate *estate)
{
        uint64_t count = 0;

        for (size_t i = 0; i < estate->source_count; i++)
                count += estate->sources[i].objects.count;
        return count;
}

/* Nanoseconds that a rule's join takes to look over the estate, for each object there; without the index, which all share. */
static double prepare_time(struct bench *bench, struct rulebook *book)
{
        double taken;

        if (!bench->index_time)
                bench->index_time = measure(&(struct deed){bench, NULL, NULL, index_deed});
        taken = measure(&(struct deed){bench, book, NULL, look_deed}) - bench->index_time;
        return taken > 0 ? taken / (double)count_objects(bench->estate) : 0;
}

static void bench_rule(struct bench *bench, const struct rule_text *rule, struct rule_cost *cost)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct view *view = view_of(bench, rule);
        struct rulebook *book;
        double taken;

        *cost = (struct rule_cost){.rule = rule, .objects = view->objects};
        if (!view->objects)
                return;
        book = rulebook_of(&arena, rule, bench->settings);
        if (rule->join.len)
                cost->preparing = prepare_time(bench, book);
        rulebook_look(&arena, book, bench->estate, 1);
        cost->findings = judge_once(bench, book, view);
        taken = judge_time(bench, book, view) - view->idle;
        cost->nanoseconds = taken > 0 ? taken / (double)view->objects : 0;
}

static int by_cost(const void *a, const void *b)
{
        const struct rule_cost *left = a, *right = b;

        if (left->nanoseconds != right->nanoseconds)
                return left->nanoseconds < right->nanoseconds ? 1 : -1;
        return str_compare(left->rule->id, right->rule->id);
}

static void free_views(struct bench *bench)
{
        for (struct view *view = bench->views; view; view = view->next)
                for (size_t i = 0; i < view->source_count; i++)
                        arena_free(&view->sources[i].arena);
        bench->views = NULL;
        bench->index_time = 0;
}

static void bench_begin(struct bench *bench, const struct rulebook_settings *settings)
{
        *bench = (struct bench){.settings = settings};
        bench->nothing = rulebook_of(&bench->arena, NULL, settings);
}

static void bench_end(struct bench *bench)
{
        free_views(bench);
        finding_list_free(&bench->found);
        arena_free(&bench->scratch);
        arena_free(&bench->arena);
}

/* ---- A sample ---- */

static void add_deployment(struct buf *out, unsigned number)
{
        static const char *const teams[] = {"shop", "search", "payments", "identity", "mail", "media", "ledger"};
        const char *team = teams[number % COUNT_OF(teams)];

        buf_add_format(out,
                       "---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: %s-%u\n  namespace: %s\n"
                       "  labels: {app.kubernetes.io/name: %s-%u, team: %s}\nspec:\n  replicas: %u\n"
                       "  selector:\n    matchLabels: {app.kubernetes.io/name: %s-%u}\n  template:\n    metadata:\n"
                       "      labels: {app.kubernetes.io/name: %s-%u, team: %s}\n    spec:\n",
                       team, number, team, team, number, team, 2 + number % 5, team, number, team, number, team);
        buf_add_format(
                out,
                "      serviceAccountName: %s-%u\n      automountServiceAccountToken: false\n"
                "      securityContext:\n        runAsNonRoot: true\n        runAsUser: 10001\n"
                "        seccompProfile: {type: RuntimeDefault}\n        appArmorProfile: {type: RuntimeDefault}\n"
                "      containers:\n",
                team, number);
        for (unsigned i = 0; i <= (number % 4 == 0); i++)
                buf_add_format(out,
                               "        - name: %s\n          image: registry.example.com/%s/api:1.%u@sha256:%064u\n"
                               "          ports: [{name: p%u, containerPort: %u}]\n"
                               "          env: [{name: LOG_LEVEL, value: info}, {name: REGION, value: eu-west-1}]\n"
                               "          readinessProbe: {httpGet: {path: /ready, port: p%u}}\n"
                               "          livenessProbe: {tcpSocket: {port: p%u}}\n"
                               "          resources:\n            requests: {cpu: 100m, memory: 128Mi}\n"
                               "            limits: {cpu: '1', memory: 256Mi}\n"
                               "          securityContext:\n            privileged: false\n"
                               "            allowPrivilegeEscalation: false\n            readOnlyRootFilesystem: true\n"
                               "            capabilities: {drop: [ALL]}\n"
                               "          volumeMounts: [{name: scratch, mountPath: /tmp}]\n",
                               i ? "logs" : "web", team, number % 30, number, i, 8080 + i, i, i);
        buf_add_literal(out, "      volumes: [{name: scratch, emptyDir: {}}]\n");
}

/* The good examples of a rule among Deployments; Dockerfiles are one, of many stages. */
static void make_sample(struct arena *arena, struct str deployments, const struct rule_text *rule,
                        struct estate *estate)
{
        CLEANUP(buf_free) struct buf text = {0};
        struct str name = rule_example_name(rule);
        bool is_manifest = str_is(name, "example");

        buf_add(&text, is_manifest ? deployments : STR(""));
        for (size_t i = 0; i < rule->example_count; i++) {
                if (rule->examples[i].bad)
                        continue;
                buf_add(&text, is_manifest ? STR("---\n") : STR(""));
                buf_add(&text, rule->examples[i].manifest);
                buf_add_char(&text, '\n');
        }
        estate_read_text(estate, name, str_copy(arena, buf_text(&text)));
}

static void bench_sample(struct bench *bench, struct str deployments, const struct rule_text *rule,
                         struct rule_cost *cost)
{
        struct arena arena CLEANUP(arena_free) = {0};
        struct estate estate;

        make_sample(&arena, deployments, rule, &estate);
        bench->estate = &estate;
        bench_rule(bench, rule, cost);
        free_views(bench);
        estate_free(&estate);
}

/* ---- All rules ---- */

size_t rulebook_bench(const struct rulebook *book, const struct rulebook_settings *settings,
                      const struct estate *estate, struct rule_cost *out)
{
        CLEANUP(buf_free) struct buf deployments = {0};
        struct bench bench;
        size_t count = 0;

        bench_begin(&bench, settings);
        bench.estate = estate;
        for (unsigned i = 0; i < SAMPLE_DEPLOYMENTS && !estate; i++)
                add_deployment(&deployments, i);
        for (size_t i = 0; i < book->text_count; i++) {
                if (!rulebook_judges_by(book, settings, book->texts[i]))
                        continue;
                if (estate)
                        bench_rule(&bench, book->texts[i], &out[count++]);
                else
                        bench_sample(&bench, buf_text(&deployments), book->texts[i], &out[count++]);
        }
        qsort(out, count, sizeof(*out), by_cost);
        bench_end(&bench);
        return count;
}
