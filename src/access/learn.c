/* learn.c - requests from events, each kept once. */

#include "access/learn_internal.h"

struct group_list {
        struct str *groups;
        uint32_t count, number;
};

static void release_key(void *key)
{
        buf_free(key);
}

struct learn *learn_new(struct arena *arena, const struct learn_settings *settings)
{
        struct learn *learn = arena_new(arena, struct learn);

        learn->arena = arena;
        learn->settings = settings;
        arena_at_end(arena, release_key, &learn->key);
        return learn;
}

uint64_t learn_count(const struct learn *learn)
{
        return learn->count;
}

void learn_key_add(struct buf *key, struct str part)
{
        uint32_t length = (uint32_t)part.len;

        buf_add(key, (struct str){(const char *)&length, sizeof(length)});
        buf_add(key, part);
}

/* --- which groups --- */

static const struct group_list *groups_of(struct learn *learn, const struct audit_event *event)
{
        struct group_list *list;
        void **slot;

        learn->key.len = 0;
        for (size_t i = 0; i < event->group_count; i++)
                learn_key_add(&learn->key, event->groups[i]);
        list = map_get(&learn->group_lists, buf_text(&learn->key));
        if (list)
                return list;
        list = arena_new(learn->arena, struct group_list);
        list->groups = arena_array(learn->arena, struct str, event->group_count);
        list->count = (uint32_t)event->group_count;
        list->number = (uint32_t)learn->group_lists.count + 1;
        for (size_t i = 0; i < event->group_count; i++)
                list->groups[i] = str_copy(learn->arena, event->groups[i]);
        slot = map_slot(learn->arena, &learn->group_lists, str_copy(learn->arena, buf_text(&learn->key)));
        *slot = list;
        return list;
}

/* --- which request --- */

/* What the authorizer is asked. A create has no name there, whatever the log says of what came of it. */
static struct access_request request_of(const struct learn *learn, const struct audit_event *event)
{
        struct access_request request = {.verb = event->verb, .is_path = !event->is_resource};
        struct str rest = event->uri;

        if (request.is_path) {
                if (learn->settings->like_audit2rbac)
                        request.path = event->uri;
                else
                        str_split(&rest, '?', &request.path);
                return request;
        }
        request.group = event->group;
        request.resource = event->resource;
        request.subresource = event->subresource;
        request.ns = event->ns;
        request.name = str_is(event->verb, "create") ? STR("") : event->name;
        return request;
}

/* Between the parts of a key, where there may be several of the same verb: in which order they are given is fixed. */
static void add_request_key(struct buf *key, const struct access_request *request)
{
        const struct str parts[] = {request->verb, request->group, request->resource, request->subresource,
                                    request->ns,   request->name,  request->path};

        for (size_t i = 0; i < COUNT_OF(parts); i++)
                learn_key_add(key, parts[i]);
        buf_add_char(key, request->is_path ? 'p' : 'r');
}

static struct access_request copy_request(struct arena *arena, const struct access_request *request)
{
        return (struct access_request){
                .verb = str_copy(arena, request->verb),
                .group = str_copy(arena, request->group),
                .resource = str_copy(arena, request->resource),
                .subresource = str_copy(arena, request->subresource),
                .ns = str_copy(arena, request->ns),
                .name = str_copy(arena, request->name),
                .path = str_copy(arena, request->path),
                .is_path = request->is_path,
        };
}

static struct learn_request *find_request(struct learn *learn, const struct audit_event *event)
{
        const struct group_list *groups = groups_of(learn, event);
        struct access_request request = request_of(learn, event);
        struct learn_request *found;
        struct str version = event->is_resource ? event->version : STR("");

        learn->key.len = 0;
        add_request_key(&learn->key, &request);
        learn_key_add(&learn->key, version);
        learn_key_add(&learn->key, (struct str){(const char *)&groups->number, sizeof(groups->number)});
        found = map_get(&learn->by_key, buf_text(&learn->key));
        if (found)
                return found;
        found = arena_new(learn->arena, struct learn_request);
        found->is = copy_request(learn->arena, &request);
        found->version = str_copy(learn->arena, version);
        found->groups = groups->groups;
        found->group_count = groups->count;
        found->groups_number = groups->number;
        *map_slot(learn->arena, &learn->by_key, str_copy(learn->arena, buf_text(&learn->key))) = found;
        *vec_push(learn->arena, &learn->requests) = found;
        return found;
}

/* The end of a request tells how it went; a watch may never end and tells it when it begins. */
static void count_outcome(struct learn_outcome *outcome, const struct audit_event *event)
{
        bool denied = event->decision == AUDIT_FORBIDDEN;

        if ((!event->status && !denied) || event->stage == AUDIT_REQUEST_RECEIVED)
                return;
        outcome->calls++;
        if (event->status < 400 && !denied)
                return;
        outcome->failed++;
        outcome->status = event->status ? event->status : 403;
}

void learn_event(struct learn *learn, const struct audit_event *event)
{
        const struct learn_settings *settings = learn->settings;

        if (!str_equal(event->user, settings->user))
                return;
        if (settings->ns.len && !(event->is_resource && str_equal(event->ns, settings->ns)))
                return;
        learn->count++;
        count_outcome(&find_request(learn, event)->outcome, event);
}
