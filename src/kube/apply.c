/* apply.c - one PATCH for each object. */

#include "kube/apply.h"

#include "base/buf.h"
#include "base/url.h"
#include "doc/key.h"
#include "doc/print.h"
#include "kube/api.h"
#include "kube/resource.h"

enum { MOST_CAUSES = 5 };

#define MANAGER "strake"

struct applier {
        struct arena *arena;
        struct applier_settings settings;
        struct config_access access;
        struct api_line *line;
};

/* Where an object is, and what to call its resource. */
struct target {
        struct str path, resource, ns;
        bool is_known; /* a kind of Kubernetes itself */
};

struct applier *applier_open(struct arena *arena, const struct applier_settings *settings, struct err *err)
{
        struct applier *applier = arena_new(arena, struct applier);
        struct api *api;

        applier->arena = arena;
        applier->settings = *settings;
        TRY(config_access_find(arena, &settings->cluster->choice, &applier->access, err));
        api = api_new(arena,
                      &(struct api_settings){.access = &applier->access,
                                             .patience = settings->cluster->seconds,
                                             .silence = settings->cluster->seconds},
                      err);
        TRY(api);
        applier->line = api_line_new(arena, api, err);
        return applier->line ? applier : NULL;
}

/* --- where --- */

static struct str path_to(struct arena *arena, struct str version, struct str ns, struct str resource, struct str name)
{
        const char *root = memchr(version.data ? version.data : "", '/', version.len) ? "/apis" : "/api";

        if (ns.len)
                return str_format(arena, "%s/%.*s/namespaces/%.*s/%.*s/%.*s", root, STR_ARG(version),
                                  STR_ARG(url_escape(arena, ns)), STR_ARG(resource), STR_ARG(url_escape(arena, name)));
        return str_format(arena, "%s/%.*s/%.*s/%.*s", root, STR_ARG(version), STR_ARG(resource),
                          STR_ARG(url_escape(arena, name)));
}

/* "cluster/namespaces/shop/deployments.apps/web.yaml"; namespaces themselves are "cluster/namespaces/shop.yaml". */
static bool find_target(struct arena *arena, struct str entry, const struct value *object, struct target *out,
                        struct err *err)
{
        struct str rest = entry, part, ns = {0}, full, resource, name, group;
        bool is_entry = str_ends(entry, STR(".yaml")) && str_split(&rest, '/', &part) && str_is(part, "cluster")
                                 && str_split(&rest, '/', &full) && rest.len;

        if (is_entry && str_is(full, "namespaces") && memchr(rest.data, '/', rest.len))
                is_entry = str_split(&rest, '/', &ns) && str_split(&rest, '/', &full);
        if (!is_entry || !rest.len)
                return err_set(err, "%.*s is no object of a cluster", STR_ARG(entry));
        name = str_sub(rest, 0, rest.len - 5);
        group = full;
        str_split(&group, '.', &resource);
        *out = (struct target){
                .path = path_to(arena, value_get_text(object, KEY_apiVersion), ns, resource, name),
                .resource = full,
                .ns = ns,
                .is_known = kube_resource_of(group, resource),
        };
        return true;
}

static bool find_new_target(struct arena *arena, const struct value *object, struct target *out, struct err *err)
{
        const struct value *metadata = value_get(object, KEY_metadata);
        struct str version = value_get_text(object, KEY_apiVersion), kind = value_get_text(object, KEY_kind);
        struct str group, number = version, ns = value_get_text(metadata, KEY_namespace);
        const struct kube_resource *resource;

        str_split(&number, '/', &group);
        if (!number.len) /* the core group */
                group = STR("");
        resource = kube_resource_find(arena, NULL,
                                      group.len ? str_format(arena, "%.*s.%.*s", STR_ARG(kind), STR_ARG(group)) : kind);
        if (!resource)
                return err_set(err, "%.*s %.*s is no kind of Kubernetes: nobody knows where to put it",
                               STR_ARG(version), STR_ARG(kind));
        if (resource->namespaced && !ns.len)
                ns = STR("default");
        *out = (struct target){
                .path = path_to(arena, version,
                                resource->namespaced ? ns
                                                     : STR(""), resource->name, value_get_text(metadata, KEY_name)),
                                .resource = resource->name, .ns = ns, .is_known = true,
                };
        return true;
}

/* --- what the server says --- */

static bool add_conflict(struct buf *out, const struct value *cause)
{
        struct str field = value_member_text(cause, "field");
        struct str message = value_member_text(cause, "message");
        size_t at = str_find(message, STR("conflict with "), 0);

        TRY(value_is_text(value_member(cause, "reason"), "FieldManagerConflict"));
        if (at != SIZE_MAX)
                message = str_from(message, at + strlen("conflict with "));
        buf_add_format(out, "%s%.*s is managed by %.*s", out->len ? ", " : "", STR_ARG(field), STR_ARG(message));
        return true;
}

/* Who else manages what is to be changed; false if that is not what is wrong. */
static bool explain_conflict(struct str text, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        CLEANUP(buf_free) struct buf out = {0};
        struct document document = {0};
        struct err ignored = {0};
        size_t count = 0, told = 0;

        TRY(json_read_one(&scratch, text, &document, &ignored));
        value_each (value_member(value_member(&document.root, "details"), "causes"), cause) {
                count++;
                if (told < MOST_CAUSES)
                        told += add_conflict(&out, &cause->value);
        }
        TRY(told);
        *err = (struct err){0};
        err_set(err, "%.*s%s: change it there, or take it over with --force-conflicts", STR_ARG(buf_text(&out)),
                count > told ? ", and more" : "");
        return true;
}

static bool explain(const struct applier *applier, const struct target *target, const struct api_answer *answer,
                    struct err *err)
{
        struct str user = applier->access.as.len ? applier->access.as : applier->access.user;
        struct str who = answer->who.len ? answer->who : user;

        if (answer->status == 409 && explain_conflict(answer->text, err))
                return false;
        if (answer->status != 403)
                return false;
        return err_within(err, "may not change %.*s%s%.*s as user %.*s", STR_ARG(target->resource),
                          target->ns.len ? " in namespace " : "", STR_ARG(target->ns),
                          STR_ARG(who.len ? who : STR("(unknown)")));
}

/* --- asking --- */

static bool get_live(const struct applier *applier, struct arena *arena, const struct target *target,
                     struct document *live, struct err *err)
{
        struct api_answer answer;
        struct err inner = {0};

        if (!api_get(applier->line, arena, target->path, NULL, &answer, err))
                return explain(applier, target, &answer, err);
        return json_read_one(arena, answer.text, live, &inner)
               || err_set(err, "the server's answer is no JSON: %.*s", STR_ARG(err_text(&inner)));
}

/* Of what was to be taken away nothing may be left: a null means that to most fields only. */
static bool is_taken_away(const struct value *sent, const struct value *now)
{
        if (!value_is(sent, VALUE_MAP))
                return true;
        value_each (sent, member) {
                const struct value *value = value_get(now, member->key);

                if (member->value.kind == VALUE_NULL && value && value->kind != VALUE_NULL)
                        return false;
                if (value && !is_taken_away(&member->value, value))
                        return false;
        }
        return true;
}

static bool send(const struct applier *applier, struct arena *arena, const struct target *target,
                 const struct value *config, struct err *err)
{
        CLEANUP(buf_free) struct buf body = {0};
        const struct applier_settings *settings = &applier->settings;
        struct api_request request = {
                .method = "PATCH",
                .path = str_format(arena, "%.*s?fieldManager=" MANAGER "&fieldValidation=Strict&force=%s%s",
                                   STR_ARG(target->path), settings->force ? "true" : "false",
                                   settings->dry_run ? "&dryRun=All" : ""),
                .content = "application/apply-patch+yaml",
                .repeatable = true, /* the same state twice is the same state */
        };
        struct document now = {0};
        struct api_answer answer;
        struct err inner = {0};

        json_print(&body, config, 0);
        request.body = buf_text(&body);
        if (!api_ask(applier->line, arena, &request, &answer, err))
                return explain(applier, target, &answer, err);
        if (!json_read_one(arena, answer.text, &now, &inner))
                return err_set(err, "the server's answer is no JSON: %.*s", STR_ARG(err_text(&inner)));
        return is_taken_away(config, &now.root)
               || err_set(err, "the server has not taken away what was to go: do it where the object is made");
}

bool applier_change(struct applier *applier, struct str entry, const struct value *before, const struct value *after,
                    struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct document live = {0};
        struct target target = {0};
        struct value changes, owned;

        TRY(find_target(&scratch, entry, before, &target, err));
        TRY(apply_difference(&scratch, before, after, target.is_known, &changes, err));
        TRY(get_live(applier, &scratch, &target, &live, err));
        owned = apply_owned(&scratch, &live.root, STR(MANAGER));
        changes = apply_overlay(&scratch, &owned, &changes);
        changes = apply_in_order(&scratch, &changes, &live.root);
        return send(applier, &scratch, &target, &changes, err);
}

bool applier_add(struct applier *applier, const struct value *object, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct target target = {0};

        return find_new_target(&scratch, object, &target, err) && send(applier, &scratch, &target, object, err);
}
