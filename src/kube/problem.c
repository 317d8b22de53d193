/* problem.c - what can be wrong with the input, as a person reads it. */

#include <stdarg.h>
#include <stdio.h>

#include "kube/internal.h"

#define CLASS(name, title_text, severity_text, fails_input, words)                                                     \
        {                                                                                                              \
                .id = STR_INIT(name), .title = STR_INIT(title_text), .severity = STR_INIT(severity_text),              \
                .fails = (fails_input), .description = STR_INIT(words)                                                 \
        }

static const struct problem_class classes[PROBLEM_COUNT] = {
        [PROBLEM_UNREADABLE] =
                CLASS("unreadable-file", "File cannot be read", "medium", true,
                      "A file or folder is missing, or the system refuses to open it. Nothing in it was judged."),
        [PROBLEM_NOT_TEXT] = CLASS(
                "not-text", "File is not UTF-8 text", "medium", true,
                "Kubernetes reads manifests as UTF-8. The file is compressed, binary, or in another encoding; nothing in it was "
                "judged."),
        [PROBLEM_SYNTAX] =
                CLASS("syntax-error", "Document is neither YAML nor JSON", "medium", true,
                      "The document cannot be read, so Kubernetes would refuse it, and nothing in it was judged."),
        [PROBLEM_TOO_LARGE] = CLASS(
                "input-too-large", "Input exceeds a limit", "medium", true,
                "The input is larger, deeper or more numerous than Strake accepts. Nothing beyond the limit was judged."),
        [PROBLEM_TEMPLATE] = CLASS(
                "template", "Template that was not rendered", "medium", true,
                "The file is to be filled in by Helm or another program before Kubernetes can read it. Render it, and scan what "
                "comes out."),
        [PROBLEM_WRONG_TYPE] = CLASS(
                "wrong-type", "Field has a wrong type", "medium", true,
                "A field has a type that Kubernetes refuses, so the object cannot be created as it stands, and it was not judged."),
        [PROBLEM_UNKNOWN_FIELD] = CLASS(
                "unknown-field", "Field is not known to Kubernetes", "medium", false,
                "Kubernetes refuses the object or drops the field, so what it was to protect is not protected. Mostly it is misspelt "
                "or stands in the wrong place."),
        [PROBLEM_NOT_OBJECT] = CLASS(
                "not-an-object", "Document is no Kubernetes object", "info", false,
                "A Kubernetes object has an apiVersion and a kind. The document has not, so no rule looks at it."),
        [PROBLEM_NOT_RENDERED] = CLASS(
                "not-rendered", "Chart or kustomization was not rendered", "info", false,
                "A Helm chart or a kustomization only says how objects are made. Render it, and scan what comes out."),
        [PROBLEM_NOT_FOLLOWED] =
                CLASS("not-followed", "Link or special file was passed over", "info", false,
                      "In folders Strake reads regular files only, and follows no link out of the folder."),
        [PROBLEM_NO_CLUSTER] = CLASS(
                "cluster-unreachable", "Cluster cannot be read", "medium", true,
                "The cluster that was to be scanned did not answer, or does not know who asks. Nothing of it was judged."),
        [PROBLEM_NOT_LISTED] = CLASS(
                "not-listed", "Objects of the cluster cannot be listed", "medium", true,
                "Some objects of the cluster could not be read, because that is not allowed or because the server failed. The rest "
                "was judged; what depends on the missing objects is not known."),
        [PROBLEM_SNAPSHOT] = CLASS(
                "snapshot-damaged", "Snapshot cannot be read", "medium", true,
                "The snapshot is cut short, damaged, or was made by a newer Strake. What is missing was not judged."),
        [PROBLEM_IMAGE] = CLASS(
                "unreadable-image", "Image cannot be read", "medium", true,
                "The image is not there, or a part of it is damaged or is not what its digest promises. What could not be read was "
                "not judged."),
        [PROBLEM_IMAGE_LEFT_OUT] = CLASS(
                "image-left-out", "Images were not read", "info", false,
                "Containers name images that no map leads to, and registries were not to be asked. Nothing in these images was "
                "judged."),
        [PROBLEM_DUMP] = CLASS(
                "dump-is-partial", "Dump has only some kinds of objects", "info", false,
                "`kubectl cluster-info dump` writes nodes, workloads and services. Roles, bindings, network policies, Secrets and all "
                "else are not in it, so nothing was judged about them."),
};

const struct problem_class *problem_class(enum problem_kind kind)
{
        return &classes[kind];
}

bool problem_fails(const struct problem *problem)
{
        return classes[problem->kind].fails && !problem->may_be_right;
}

static struct str format_message(struct arena *arena, const char *format, va_list arguments)
{
        va_list again;
        char *text;
        int len;

        va_copy(again, arguments);
        len = vsnprintf(NULL, 0, format, again);
        va_end(again);
        if (len < 0)
                return STR("");
        text = arena_take_text(arena, (size_t)len + 1);
        vsnprintf(text, (size_t)len + 1, format, arguments);
        return (struct str){text, (size_t)len};
}

struct problem *problem_add(struct estate_source *source, enum problem_kind kind, uint32_t document, uint32_t at,
                            const char *format, ...)
{
        struct problem *problem = vec_push(&source->arena, &source->problems);
        va_list arguments;

        va_start(arguments, format);
        *problem = (struct problem){
                .kind = kind,
                .file = source->source.name,
                .source = &source->source,
                .at = at,
                .document = document,
                .message = format_message(&source->arena, format, arguments),
        };
        va_end(arguments);
        return problem;
}

struct problem problem_of_file(struct arena *arena, enum problem_kind kind, struct str file, const char *format, ...)
{
        struct problem problem = {.kind = kind, .file = file, .document = UINT32_MAX};
        va_list arguments;

        va_start(arguments, format);
        problem.message = format_message(arena, format, arguments);
        va_end(arguments);
        return problem;
}
