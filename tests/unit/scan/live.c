/* A scan that stays: after whatever edits, its findings are those of a fresh scan. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "report/formats.h"
#include "scan/live.h"

enum { FILES = 9, STEPS = 120, TEXT = 16 << 10 };

struct world {
        char path[64];
        struct str input;
        struct scan_settings settings;
        struct config config;
        struct arena arena;
        uint64_t chance;
};

static unsigned pick(struct world *world, unsigned below)
{
        world->chance = world->chance * 6364136223846793005U + 1442695040888963407U;
        return (unsigned)(world->chance >> 33) % below;
}

static void begin(struct world *world, uint64_t seed)
{
        *world = (struct world){.chance = seed};
        strcpy(world->path, "/tmp/strake-live-XXXXXX");
        assert_non_null(mkdtemp(world->path));
        world->input = str_of(world->path);
        world->settings = (struct scan_settings){
                .input = {.inputs = &world->input, .input_count = 1, .threads = 2},
                .rules = {.minor = KUBERNETES_NEWEST_MINOR},
                .min_severity = SEVERITY_INFO,
                .no_evidence = true, /* it may move; a scan that stays has none */
                .today = STR("2026-01-01"),
                };
}

static void end(struct world *world)
{
        char command[128];

        snprintf(command, sizeof(command), "rm -rf %s", world->path);
        assert_int_equal(system(command), 0);
        arena_free(&world->arena);
}

static void name_of(const struct world *world, unsigned file, char *out, size_t size)
{
        /* Some lie in a folder of their own. */
        snprintf(out, size, "%s/%sf%u.yaml", world->path, file % 3 == 2 ? "more/" : "", file);
}

static void write_text(const struct world *world, const char *name, const char *text)
{
        char path[160];
        FILE *file;

        snprintf(path, sizeof(path), "%s/more", world->path);
        if (access(path, F_OK) < 0)
                assert_int_equal(system((snprintf(path, sizeof(path), "mkdir -p %s/more", world->path), path)), 0);
        file = fopen(name, "w");
        assert_non_null(file);
        fputs(text, file);
        fclose(file);
}

/* Evidence in other objects is counted out when all is judged, which a scan that stays does not do: it is not compared. */
static void strip_related(char *text)
{
        static const char key[] = "\"related\": [", end[] = "\n      ]";

        for (char *at = strstr(text, key); at; at = strstr(at, key)) {
                char *closing;

                at += strlen(key);
                closing = strstr(at, end);
                if (*at != ']' && closing)
                        memmove(at, closing + strlen(end) - 1, strlen(closing + strlen(end) - 1) + 1);
        }
}

static char *json_of(struct report *report)
{
        const struct format_settings settings = {.threads = 1};
        struct buf out = {0};

        report_print_json(&out, report, &settings);
        buf_add_char(&out, 0);
        strip_related(out.data);
        return out.data;
}

/* --- manifests by chance --- */

static const char *const spaces[] = {
        "", "", "namespace: shop, ", "namespace: shop, ", "namespace: web, ", "namespace: default, "};
static const char *const names[] = {"api", "web", "db"};
static const char *const labels[] = {"{app: api}", "{app: web}", "{app: web, tier: front}", "{}"};

/* What stands in manifests so that joins have to do with each other: @N is a name, @S a namespace, @L labels,
 * @O another name. */
static const char *const shapes[] = {
        "{apiVersion: apps/v1, kind: Deployment, metadata: {@Sname: @N}, spec: {replicas: 2, selector: {matchLabels: @L}, "
        "template: {metadata: {labels: @L}, spec: {serviceAccountName: @O, containers: [{name: c, image: 'a:1', ports: "
        "[{name: http, containerPort: 80}], envFrom: [{configMapRef: {name: @O}}]}]}}}}",
        "{apiVersion: apps/v1, kind: Deployment, metadata: {@Sname: @N}, spec: {replicas: 3, selector: {matchLabels: {a: b}}, "
        "template: {metadata: {labels: @L}, spec: {containers: [{name: c, image: a, securityContext: {privileged: "
        "true}}]}}}}",
        "{apiVersion: apps/v1, kind: StatefulSet, metadata: {@Sname: @N}, spec: {serviceName: @O, replicas: 2, selector: "
        "{matchLabels: @L}, template: {metadata: {labels: @L}, spec: {volumes: [{name: v, secret: {secretName: @O}}], "
        "containers: [{name: c, image: 'a:1'}]}}}}",
        "{apiVersion: v1, kind: Pod, metadata: {@Sname: @N, labels: @L}, spec: {containers: [{name: c, image: 'a:1', "
        "command: [kube-apiserver, --client-ca-file=/@O]}]}}",
        "{apiVersion: v1, kind: Pod, metadata: {@Sname: @N, labels: @L}, spec: {containers: [{name: c, image: 'a:1', "
        "command: [etcd, --trusted-ca-file=/@O]}]}}",
        "{apiVersion: v1, kind: Service, metadata: {@Sname: @N}, spec: {type: NodePort, selector: @L, ports: [{port: 80, "
        "targetPort: http}]}}",
        "{apiVersion: v1, kind: ServiceAccount, metadata: {@Sname: @O}, automountServiceAccountToken: false}",
        "{apiVersion: v1, kind: ServiceAccount, metadata: {@Sname: default}}",
        "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {@Sname: @N}, spec: {podSelector: {matchLabels: "
        "@L}, ingress: [{from: [{podSelector: {matchLabels: {app: @O}}}]}]}}",
        "{apiVersion: cilium.io/v2, kind: CiliumClusterwideNetworkPolicy, metadata: {name: @N}, spec: {endpointSelector: "
        "{matchLabels: @L}}}",
        "{apiVersion: projectcalico.org/v3, kind: NetworkPolicy, metadata: {@Sname: @N}, spec: {}}",
        "{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {@Sname: @N}, spec: {minAvailable: 2, selector: "
        "{matchLabels: @L}}}",
        "{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {@Sname: @N}, spec: {minReplicas: 2, "
        "maxReplicas: 4, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: @O}}}",
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {@Sname: @N}, rules: [{apiGroups: [''], resources: "
        "[secrets], verbs: [get]}]}",
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {@Sname: @N}, roleRef: {apiGroup: "
        "rbac.authorization.k8s.io, kind: Role, name: @O}, subjects: [{kind: ServiceAccount, name: @N, namespace: shop}]}",
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: @N}, roleRef: {apiGroup: "
        "rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}, subjects: [{kind: ServiceAccount, name: @O, "
        "namespace: web}]}",
        "{apiVersion: v1, kind: ConfigMap, metadata: {@Sname: @N}}",
        "{apiVersion: v1, kind: Secret, metadata: {@Sname: @N}}",
        "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}",
        "{apiVersion: v1, kind: ResourceQuota, metadata: {@Sname: @N}}",
        "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {@Sname: @N}, spec: {defaultBackend: {service: {name: "
        "@O, port: {number: 80}}}}}",
        "{apiVersion: v1, kind: Pod, metadata: {@Sname: @N, annotations: {strake.dev/except.privileged-container: why}}, "
        "spec: {containers: []}}",
        "{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: ConfigMap, metadata: {@Sname: @N}}, {apiVersion: v1, "
        "kind: Service, metadata: {@Sname: @O}, spec: {selector: @L}}]}",
        "just: text",
        "apiVersion: [unclosed",
};

static size_t add_document(struct world *world, char *out, size_t size)
{
        const char *shape = shapes[pick(world, COUNT_OF(shapes))];
        const char *name = names[pick(world, COUNT_OF(names))], *other = names[pick(world, COUNT_OF(names))];
        const char *space = spaces[pick(world, COUNT_OF(spaces))], *set = labels[pick(world, COUNT_OF(labels))];
        size_t len = 0;

        for (; *shape && len + 64 < size; shape++) {
                const char *words = *shape != '@'     ? NULL
                                    : shape[1] == 'N' ? name
                                    : shape[1] == 'O' ? other
                                    : shape[1] == 'S' ? space
                                                      : set;

                if (words)
                        shape++;
                len += (size_t)snprintf(out + len, size - len, "%.*s", words ? 64 : 1, words ? words : shape);
        }
        return len;
}

static void make_text(struct world *world, char *out)
{
        size_t len = 0;
        unsigned documents = pick(world, 4);

        for (unsigned i = 0; i <= documents; i++) {
                len += (size_t)snprintf(out + len, TEXT - len, "%s---\n", pick(world, 4) ? "" : "# a comment\n");
                len += add_document(world, out + len, TEXT - len);
                len += (size_t)snprintf(out + len, TEXT - len, "\n");
        }
}

/* One edit: of one file, or of one document of it, or the file comes or goes. */
static void edit(struct world *world, struct live *live)
{
        char name[128], text[TEXT];
        unsigned file = pick(world, FILES);
        struct live_source *source;

        name_of(world, file, name, sizeof(name));
        source = live_find(live, str_of(name));
        if (pick(world, 6) == 0) {
                unlink(name);
                live_walk(live);
                return;
        }
        if (source && pick(world, 3) && source->version->source->is_read) {
                /* A comment, a document in front or behind: the others stay what they are. */
                struct str old = source->version->source->source.text;
                char document[2048];
                unsigned how = pick(world, 3);

                add_document(world, document, sizeof(document));
                if (old.len + sizeof(document) < TEXT) {
                        snprintf(text, sizeof(text), "%s%s%.*s---\n%s\n", how == 0 ? document : "# changed",
                                 how == 0 ? "\n" : "\n", STR_ARG(old), how == 1 ? document : "# nothing");
                } else {
                        make_text(world, text);
                }
        } else {
                make_text(world, text);
        }
        write_text(world, name, text);
        if (source)
                live_reread(live, source);
        else
                live_walk(live);
}

static void assert_as_fresh(struct world *world, struct live *live, unsigned step)
{
        struct scan fresh;
        struct err err = {0};
        char *wanted, *got;
        size_t same = 0;

        for (size_t i = 0; i < world->config.exceptions.count; i++)
                atomic_store(&world->config.exceptions.items[i].used, false);
        assert_true(scan_run(&fresh, &world->settings, &err));
        live_report(live);
        wanted = json_of(&fresh.report);
        got = json_of(&live->scan.report);
        while (wanted[same] && wanted[same] == got[same])
                same++;
        same -= same > 200 ? 200 : same;
        if (strcmp(wanted, got) != 0)
                fail_msg("step %u: the scan that stays says another thing\n--- fresh\n%.400s\n--- live\n%.400s", step,
                         wanted + same, got + same);
        assert_int_equal(live_status(live, SEVERITY_HIGH), scan_status(&fresh, SEVERITY_HIGH));
        free(wanted);
        free(got);
        scan_free(&fresh);
}

/* How often each finding is there, by what tells findings apart. */
static uint64_t sum_of(const struct finding *finding)
{
        uint64_t sum = 7;

        for (size_t i = 0; i < sizeof(finding->fingerprint); i++)
                sum = sum * 31 + (unsigned char)finding->fingerprint[i];
        for (size_t i = 0; i < finding->message.len; i++)
                sum = sum * 31 + (unsigned char)finding->message.data[i];
        return sum + (uint64_t)finding->status;
}

static uint64_t sum_of_all(struct live *live)
{
        uint64_t sum = 0;

        live_report(live);
        for (size_t i = 0; i < live->scan.report.finding_count; i++)
                sum += sum_of(&live->scan.report.findings[i]);
        return sum;
}

static void run_edits(struct world *world)
{
        struct live live;
        struct err err = {0};

        assert_true(live_open(&live, &world->settings, NULL, &err));
        for (unsigned step = 0; step < STEPS; step++) {
                uint64_t before = sum_of_all(&live);
                const struct live_changes *changes;

                for (unsigned edits = pick(world, 3) ? 1 : 3; edits; edits--)
                        edit(world, &live);
                changes = live_settle(&live);
                for (size_t i = 0; i < changes->gone.count; i++)
                        before -= sum_of(changes->gone.items[i]);
                for (size_t i = 0; i < changes->new.count; i++)
                        before += sum_of(changes->new.items[i]);
                assert_true(before == sum_of_all(&live));
                assert_as_fresh(world, &live, step);
        }
        live_close(&live);
}

static void random_edits(void **state)
{
        (void)state;
        for (uint64_t seed = 1; seed <= 3; seed++) {
                struct world world;

                begin(&world, seed);
                run_edits(&world);
                end(&world);
        }
}

/* Exceptions of a settings file are used by whatever source there is, and no more when it is gone. */
static void random_edits_with_exceptions(void **state)
{
        static const char settings[] =
                "exceptions:\n"
                "- {rule: privileged-container, namespace: shop, reason: it must}\n"
                "- {rule: image-without-digest, name: api, reason: no matter, expires: 2020-01-01}\n"
                "- {rule: service-selects-nothing, reason: later}\n";
        struct world world;
        struct err err = {0};

        (void)state;
        begin(&world, 11);
        assert_true(config_read(&world.arena, STR("strake.yaml"), str_of(settings), world.settings.today, &world.config,
                                                  &err));
        world.settings.config = &world.config;
        run_edits(&world);
        end(&world);
}

static void kept_texts(void **state)
{
        static const char pod[] =
                "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {serviceAccountName: a, containers: "
                "[{name: c, image: i, securityContext: {privileged: true}}]}}\n";
        struct world world;
        struct live live;
        struct err err = {0};
        char name[128];

        (void)state;
        begin(&world, 5);
        name_of(&world, 0, name, sizeof(name));
        write_text(&world, name, "{apiVersion: v1, kind: ConfigMap, metadata: {name: m}}\n");
        assert_true(live_open(&live, &world.settings, NULL, &err));
        assert_int_equal(live.counts.objects, 1);
        assert_int_equal(live.counts.open[SEVERITY_CRITICAL], 0);

        /* What was handed over counts, whatever the file says. */
        live_keep(&live, str_of(name), str_of(pod));
        assert_true(live_settle(&live)->new.count > 0);
        assert_int_equal(live.counts.open[SEVERITY_CRITICAL], 1);
        write_text(&world, name, "{apiVersion: v1, kind: Secret, metadata: {name: s}}\n");
        live_reread(&live, live_find(&live, str_of(name)));
        live_walk(&live);
        assert_int_equal(live_settle(&live)->judged.count, 0);
        assert_int_equal(live.counts.open[SEVERITY_CRITICAL], 1);
        live_release(&live, str_of(name));
        live_settle(&live);
        assert_as_fresh(&world, &live, 0);

        /* So does what has no file, until it is released. */
        name_of(&world, 1, name, sizeof(name));
        live_keep(&live, str_of(name), str_of(pod));
        live_settle(&live);
        assert_int_equal(live.counts.objects, 2);
        live_release(&live, str_of(name));
        live_settle(&live);
        assert_null(live_find(&live, str_of(name)));
        assert_as_fresh(&world, &live, 1);
        live_close(&live);
        end(&world);
}

/* Whoever has nothing to do with a change is not judged again. */
static void only_what_is_touched(void **state)
{
        struct world world;
        struct live live;
        struct err err = {0};
        char name[128], text[512];

        (void)state;
        begin(&world, 6);
        for (unsigned i = 0; i < FILES; i++) {
                name_of(&world, i, name, sizeof(name));
                snprintf(
                        text, sizeof(text),
                        "{apiVersion: apps/v1, kind: Deployment, metadata: {name: d%u, namespace: shop}, spec: {template: "
                        "{metadata: {labels: {app: d%u}}, spec: {serviceAccountName: a%u, containers: [{name: c, image: i}]}}}}\n",
                        i, i, i);
                write_text(&world, name, text);
        }
        assert_true(live_open(&live, &world.settings, NULL, &err));
        name_of(&world, 4, name, sizeof(name));
        write_text(
                &world, name,
                "{apiVersion: apps/v1, kind: Deployment, metadata: {name: d4, namespace: shop}, spec: {template: "
                "{metadata: {labels: {app: d4}}, spec: {serviceAccountName: a4, containers: [{name: c, image: 'i:1'}]}}}}\n");
        live_reread(&live, live_find(&live, str_of(name)));
        assert_int_equal(live_settle(&live)->judged.count, 1);
        assert_as_fresh(&world, &live, 0);

        /* The first account of the namespace changes what is said of all that name one. */
        name_of(&world, 5, name, sizeof(name));
        write_text(&world, name, "{apiVersion: v1, kind: ServiceAccount, metadata: {name: a1, namespace: shop}}\n");
        live_reread(&live, live_find(&live, str_of(name)));
        assert_true(live_settle(&live)->judged.count > 2);
        assert_as_fresh(&world, &live, 1);

        /* A twin, or a ConfigMap, that changes has nothing to say to those who do not name it. */
        name_of(&world, 6, name, sizeof(name));
        write_text(&world, name, "{apiVersion: v1, kind: ConfigMap, metadata: {name: m, namespace: shop}}\n");
        live_reread(&live, live_find(&live, str_of(name)));
        live_settle(&live);
        write_text(&world, name,
                   "{apiVersion: v1, kind: ConfigMap, metadata: {name: m, namespace: shop}, data: {a: b}}\n");
        live_reread(&live, live_find(&live, str_of(name)));
        assert_int_equal(live_settle(&live)->judged.count, 1);
        name_of(&world, 7, name, sizeof(name));
        write_text(&world, name, "{apiVersion: v1, kind: ConfigMap, metadata: {name: m, namespace: shop}}\n");
        live_reread(&live, live_find(&live, str_of(name)));
        live_settle(&live);
        write_text(&world, name,
                   "{apiVersion: v1, kind: ConfigMap, metadata: {name: m, namespace: shop}, data: {a: c}}\n");
        live_reread(&live, live_find(&live, str_of(name)));
        assert_in_range(live_settle(&live)->judged.count, 1, 2);
        assert_as_fresh(&world, &live, 2);
        live_close(&live);
        end(&world);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(random_edits),
                cmocka_unit_test(random_edits_with_exceptions),
                cmocka_unit_test(kept_texts),
                cmocka_unit_test(only_what_is_touched),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
