/* The Node authorizer: Kubernetes' own table (node.table) on the cluster that it is about. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "access/node.h"
#include "base/file.h"

enum { ROWS = 109 };

/* A Pod with one of each: its own secret, config map, claim with volume and its secret, resource claims, certificates. */
static void put_pod(struct buf *out, unsigned pod, unsigned node)
{
        char name[32];

        snprintf(name, sizeof(name), "pod%u-node%u", pod, node);
        buf_add_format(
                out,
                "---\n{apiVersion: v1, kind: Pod, metadata: {name: %s, namespace: ns%u}, spec: {nodeName: node%u, "
                "serviceAccountName: svcacct%u-node%u, volumes: [{name: a, secret: {secretName: secret0-%s}}, "
                "{name: b, secret: {secretName: secret0-shared}}, {name: c, configMap: {name: configmap0-%s}}, "
                "{name: d, persistentVolumeClaim: {claimName: pvc0-%s}}], resourceClaims: [{name: claim0, "
                "resourceClaimName: claim0-%s-ns%u}, {name: t, resourceClaimTemplateName: claimtemplate0-%s-ns%u}, "
                "{name: w, resourceClaimTemplateName: claimtemplate0-%s-ns%u}]}, "
                "status: {resourceClaimStatuses: [{name: w, resourceClaimName: generated-claim-%s-ns%u-0}]}}\n",
                name, pod, node, pod, node, name, name, name, name, pod, name, pod, name, pod, name, pod);
        buf_add_format(
                out,
                "---\n{apiVersion: v1, kind: PersistentVolume, metadata: {name: pv0-%s-ns%u}, spec: {flexVolume: {driver: x, "
                "secretRef: {name: secret-pv0-%s-ns%u}}, claimRef: {name: pvc0-%s, namespace: ns%u}}}\n",
                name, pod, name, pod, name, pod);
        for (unsigned i = 0; i < 2; i++)
                buf_add_format(
                        out,
                        "---\n{apiVersion: certificates.k8s.io/v1, kind: PodCertificateRequest, metadata: {name: pcr%u-%s, "
                        "namespace: ns%u}, spec: {nodeName: node%u}}\n",
                        i, name, pod, node);
}

static void put_cluster(struct buf *out)
{
        for (unsigned node = 0; node < 2; node++) {
                for (unsigned pod = 0; pod < 2; pod++)
                        put_pod(out, pod, node);
                buf_add_format(
                        out,
                        "---\n{apiVersion: storage.k8s.io/v1, kind: VolumeAttachment, metadata: {name: attachment0-node%u}, "
                        "spec: {nodeName: node%u}}\n",
                        node, node);
                for (unsigned i = 0; i < 3; i++)
                        buf_add_format(
                                out,
                                "---\n{apiVersion: resource.k8s.io/v1, kind: ResourceSlice, metadata: {name: slice%u-node%u}, "
                                "spec: {nodeName: node%u}}\n",
                                i, node, node);
        }
}

static struct str take(struct str *line)
{
        struct str word = {0};

        while (str_split(line, ' ', &word) && !word.len)
                ;
        return str_is(word, "-") ? STR("") : word;
}

static void table(void **state)
{
        struct arena arena = {0};
        struct buf text = {0};
        struct file_text file;
        struct str rest, line;
        struct estate estate;
        unsigned rows = 0;

        (void)state;
        put_cluster(&text);
        estate_read_text(&estate, STR("cluster.yaml"), buf_text(&text));
        assert_int_equal(estate.sources->objects.count, 4 * 4 + 2 + 6);
        assert_int_equal(file_read(&arena, UNIT_TESTS "/access/node.table", 1 << 20, &file), FILE_OK);
        rest = file.text;
        while (str_split(&rest, '\n', &line)) {
                struct access_request request = {0};
                struct str whole = line, answer, node, why;

                if (!line.len || line.data[0] == '#')
                        continue;
                answer = take(&line);
                node = take(&line);
                request.verb = take(&line);
                request.group = take(&line);
                request.resource = take(&line);
                request.subresource = take(&line);
                request.ns = take(&line);
                request.name = take(&line);
                rows++;
                if (access_node_can(&arena, &estate, node, &request, &why) != str_is(answer, "yes"))
                        fail_msg("%.*s\nwrong, because: %.*s", STR_ARG(whole), STR_ARG(why));
        }
        assert_int_equal(rows, ROWS);
        estate_free(&estate);
        buf_free(&text);
        arena_free(&arena);
}

static void mirror_pods_give_nothing(void **state)
{
        struct arena arena = {0};
        struct estate estate;
        struct access_request request = {.verb = STR("get"), .resource = STR("secrets"), .ns = STR("x"),
                                                                                                   .name = STR("s")};
        struct str why;

        (void)state;
        estate_read_text(
                &estate,
                STR("a.yaml"),
                    STR("{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: x, annotations: "
                             "{kubernetes.io/config.mirror: a}}, spec: {nodeName: one, imagePullSecrets: [{name: s}]}}"));
        assert_false(access_node_can(&arena, &estate, STR("one"), &request, &why));
        estate_free(&estate);
        estate_read_text(&estate,
                         STR("a.yaml"),
                             STR("{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: x}, spec: {nodeName: one, "
                             "imagePullSecrets: [{name: s}]}}"));
        assert_true(access_node_can(&arena, &estate, STR("one"), &request, &why));
        assert_true(str_is(why, "for Pod x/p on the node"));
        estate_free(&estate);
        arena_free(&arena);
}

static void who_is_a_node(void **state)
{
        static const struct str nodes = STR_INIT("system:nodes");
        struct str node;

        (void)state;
        assert_true(access_is_node(&(struct access_user){STR("system:node:a"), &nodes, 1}, &node));
        assert_true(str_is(node, "a"));
        assert_false(access_is_node(&(struct access_user){STR("system:node:a"), NULL, 0}, &node));
        assert_false(access_is_node(&(struct access_user){STR("system:node:"), &nodes, 1}, &node));
        assert_false(access_is_node(&(struct access_user){STR("a"), &nodes, 1}, &node));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(table),
                cmocka_unit_test(mirror_pods_give_nothing),
                cmocka_unit_test(who_is_a_node),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
