/* estate.c - hostile manifests: whatever was read, objects and problems are whole. The first byte chooses the file's name. */

#include "kube/estate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
        if (!holds)
                __builtin_trap();
}

static void must_be_whole(const struct estate_source *source, const struct object *object)
{
        struct container container = {0};
        size_t count = 0;

        must(object->source == &source->source && object->document < source->documents);
        must(object->kind.len && object->api_version.len && object->root.value.kind == VALUE_MAP);
        must(object->root.at <= source->source.text.len);
        must(object->path.len == 0 || object->path.data[0] == '/');
        must(object->pod.value.kind == VALUE_MAP || object->pod.value.kind == VALUE_NULL);
        while (object_next_container(object, &container)) {
                must(container.node->at <= source->source.text.len);
                count++;
        }
        must(count <= source->source.text.len);
}

static void must_be_problem(const struct estate_source *source, const struct problem *problem)
{
        must(problem->kind < PROBLEM_COUNT && problem->message.len);
        must(problem->at <= source->source.text.len);
        must(problem->document == UINT32_MAX || problem->document < source->documents);
        must(!memchr(problem->message.data, '\n', problem->message.len));
        must(utf8_check(problem->message) == problem->message.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const struct str names[] = {STR_INIT("a.yaml"), STR_INIT("a.json"), STR_INIT("c/Chart.yaml"),
                                           STR_INIT("c/templates/a.yaml"), STR_INIT("kustomization.yaml")};
        struct str text = {(const char *)data, size}, name = names[size ? data[0] % COUNT_OF(names) : 0];
        struct estate estate = {0};

        estate_read_text(&estate, name, text);
        for (size_t i = 0; i < estate.source_count; i++) {
                const struct estate_source *source = &estate.sources[i];

                for (size_t j = 0; j < source->objects.count; j++)
                        must_be_whole(source, &source->objects.items[j]);
                for (size_t j = 0; j < source->problems.count; j++)
                        must_be_problem(source, &source->problems.items[j]);
        }
        estate_free(&estate);
        return 0;
}
