/* lib_url.c - URLs (Kubernetes' pkg/cel/library, urls). */

#include "base/map.h"
#include "base/url.h"
#include "base/vec.h"
#include "policy/cel/lib.h"

static bool equal_urls(const void *a, const void *b)
{
        const struct url *left = a, *right = b;

        return str_equal(left->text, right->text);
}

static struct str print_url(struct arena *arena, const void *object)
{
        (void)arena;
        return ((const struct url *)object)->text;
}

const struct cel_opaque cel_opaque_url = {"kubernetes.URL", equal_urls, print_url};

static bool read_url(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct url *url = arena_new(cel_arena(call), struct url);
        struct str text = argument_text(arguments);

        TRY(spend_bytes(call, text.len));
        if (!url_read(cel_arena(call), text, url))
                return cel_fail(call, "URL parse error during conversion from string: '%.*s' is no absolute URL",
                                STR_ARG(text));
        *result = cel_opaque_value(&cel_opaque_url, url);
        return true;
}

static bool is_url(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct url url;

        TRY(spend_bytes(call, arguments[0].len));
        return give_bool(result, url_read(cel_arena(call), argument_text(arguments), &url));
}

/* A part of a URL as text. An escape in a host may decode to bytes that are no UTF-8. */
#define PART(function, part)                                                                                           \
        static bool function(struct cel_call *call, const struct value *arguments, struct value *result)               \
        {                                                                                                              \
                const struct url *url = arguments[0].object;                                                           \
                                                                                                                       \
                if (utf8_check(url->part) != url->part.len)                                                            \
                        return cel_fail(call, "the " #part " of the URL is no UTF-8");                                 \
                return give_text(result, url->part);                                                                   \
        }

PART(get_scheme, scheme)
PART(get_host, host)
PART(get_hostname, hostname)
PART(get_port, port)
PART(get_escaped_path, path)

struct parameter {
        struct str name;
        VEC(struct node) values;
};

/* The values of each name, in the order in which they stand in the query. */
static bool get_query(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct arena *arena = cel_arena(call);
        const struct url *url = arguments[0].object;
        struct str query = url->query, name, value;
        struct map parameters = {0};
        struct node *members;

        TRY(spend_bytes(call, query.len));
        while (url_take_parameter(arena, &query, &name, &value)) {
                void **slot = map_slot(arena, &parameters, name);
                struct parameter *parameter = *slot = *slot ? *slot : arena_new(arena, struct parameter);

                *vec_push(arena, &parameter->values) = (struct node){.value = value_string(value)};
        }
        members = new_items(call, parameters.count);
        for (size_t i = 0; i < parameters.count; i++) {
                const struct parameter *parameter = parameters.entries[i].value;

                members[i].key = intern(parameters.entries[i].key);
                members[i].value = value_list(parameter->values.items, parameter->values.count);
        }
        *result = value_map(arena, members, parameters.count);
        return true;
}

static const struct cel_overload overloads[] = {
        {"url(string): kubernetes.URL", read_url},
        {"isURL(string): bool", is_url},
        {"kubernetes.URL.getScheme(): string", get_scheme},
        {"kubernetes.URL.getHost(): string", get_host},
        {"kubernetes.URL.getHostname(): string", get_hostname},
        {"kubernetes.URL.getPort(): string", get_port},
        {"kubernetes.URL.getEscapedPath(): string", get_escaped_path},
        {"kubernetes.URL.getQuery(): map(string, list(string))", get_query},
};

const struct cel_library cel_lib_url = {"kubernetes.url", overloads, COUNT_OF(overloads)};
