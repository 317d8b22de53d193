/* mark.c - reading exceptions off an object. */

#include "scan/mark.h"

#include "doc/key.h"
#include "doc/pointer.h"
#include "scan/config.h"

struct marker {
        struct arena *arena;
        struct str today;
        struct mark_list *out;
};

/* "key: value" of a part; false if it is for another key. */
static bool take_part(struct str part, struct str key, struct str *value)
{
        if (!str_starts(part, key))
                return false;
        *value = str_trim(str_from(part, key.len));
        return true;
}

/* "reason; owner: who; expires: 2027-01-31" */
static void read_why(struct marker *marker, struct mark *mark, struct str text)
{
        struct str part;

        str_split(&text, ';', &part);
        mark->why.reason = str_trim(part);
        while (text.data && str_split(&text, ';', &part)) {
                part = str_trim(part);
                if (!take_part(part, STR("owner:"), &mark->why.owner)
                               && !take_part(part, STR("expires:"), &mark->why.expires))
                        mark->problem =
                                "after the reason may stand \"; owner: WHO\" and \"; expires: YYYY-MM-DD\" only";
        }
        if (!mark->why.reason.len)
                mark->problem = "it says no reason";
        if (mark->why.expires.len && !is_date(mark->why.expires))
                mark->problem = "its date is none: write YYYY-MM-DD";
        mark->expired = mark->why.expires.len && !mark->problem && str_compare(mark->why.expires, marker->today) < 0;
}

static struct mark *add_mark(struct marker *marker, const struct node *node, struct str key, struct str map_path)
{
        struct mark *mark = vec_push(marker->arena, &marker->out->marks);
        CLEANUP(buf_free) struct buf path = {0};

        buf_add(&path, map_path);
        pointer_add(&path, key);
        *mark = (struct mark){.key = key, .node = node, .path = str_copy(marker->arena, buf_text(&path))};
        return mark;
}

static void read_annotations(struct marker *marker, const struct value *metadata, struct str path)
{
        value_each (value_get(metadata, KEY_annotations), member) {
                struct str key = intern_text(member->key), rest;
                struct mark *mark;

                if (!str_starts(key, STR(MARK_PREFIX)) || member->value.kind != VALUE_STRING)
                        continue;
                mark = add_mark(marker, member, key, path);
                rest = str_from(key, STR(MARK_PREFIX).len);
                str_split(&rest, '.', &mark->rule);
                mark->container = rest;
                read_why(marker, mark, value_text(&member->value));
        }
}

static void read_labels(struct marker *marker, const struct value *metadata, struct str path)
{
        value_each (value_get(metadata, KEY_labels), member) {
                struct str key = intern_text(member->key), container, name;
                const struct kubeaudit_override *override;
                struct mark *mark;
                bool known_prefix;

                override = kubeaudit_override_find(key, &container, &name, &known_prefix);
                if (!known_prefix || member->value.kind != VALUE_STRING)
                        continue;
                mark = add_mark(marker, member, key, path);
                mark->override = override;
                mark->container = container;
                mark->name = name;
                mark->why.reason = value_text(&member->value);
                if (!mark->why.reason.len)
                        mark->why.reason = str_format(marker->arena, "label %.*s", STR_ARG(key));
                if (!override)
                        mark->problem = "kubeaudit has no such label";
        }
}

/* Comments above the instructions of a Dockerfile (image/dockerfile/dockerfile.h). */
static void read_comments(struct marker *marker, const struct object *object)
{
        const struct value *comments = value_member(&object->root.value, "exceptions");
        uint32_t number = 0;

        value_each (comments, comment) {
                struct str key = value_member_text(&comment->value, "key"), rest;
                struct str hadolint = value_member_text(&comment->value, "hadolint");
                const struct value *begin = value_member(&comment->value, "begin");
                const struct value *end = value_member(&comment->value, "end");
                struct mark *mark = vec_push(marker->arena, &marker->out->marks);

                *mark = (struct mark){
                        .key = hadolint.len ? hadolint : key,
                        .node = comment,
                        .path = str_format(marker->arena, "%.*s/exceptions/%u", STR_ARG(object->path), number++),
                        .hadolint = hadolint,
                        .begin = value_is(begin, VALUE_INT) ? (uint32_t)begin->i : 0,
                        .end = value_is(end, VALUE_INT) ? (uint32_t)end->i : 0,
                };
                if (hadolint.len) {
                        mark->why.reason = str_format(marker->arena, "hadolint ignore=%.*s", STR_ARG(hadolint));
                        continue;
                }
                rest = str_from(key, STR(MARK_PREFIX).len);
                str_split(&rest, '.', &mark->rule);
                read_why(marker, mark, value_member_text(&comment->value, "reason"));
        }
}

void marks_read(struct arena *arena, const struct object *object, struct str today, struct mark_list *out)
{
        struct marker marker = {arena, today, out};
        const struct value *own = value_get(&object->root.value, KEY_metadata), *of_pod = NULL;
        struct str own_path = object->path, pod_path = object->pod_path;
        bool has_pod = object->pod.value.kind == VALUE_MAP;

        if (str_is(object->kind, "Dockerfile") && str_is(object->group, "image.strake.dev"))
                read_comments(&marker, object);
        if (has_pod)
                of_pod = value_get(&object->pod.value, KEY_metadata);
        if (own && value_get(own, KEY_annotations))
                read_annotations(&marker, own, str_format(arena, "%.*s/metadata/annotations", STR_ARG(own_path)));
        if (of_pod && of_pod != own && value_get(of_pod, KEY_annotations))
                read_annotations(&marker, of_pod, str_format(arena, "%.*s/metadata/annotations", STR_ARG(pod_path)));
        if (has_pod ? of_pod && value_get(of_pod, KEY_labels) : own && value_get(own, KEY_labels))
                read_labels(&marker, has_pod ? of_pod : own,
                            str_format(arena, "%.*s/metadata/labels", STR_ARG(has_pod ? pod_path : own_path)));
}
