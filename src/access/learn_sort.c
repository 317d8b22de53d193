/* learn_sort.c - audit2rbac's order of requests: those that lead to wider rules come first.
 *
 * "A list comes before a get" stands before everything else in that order but the kinds of requests, so it can go round in
 * circles: a list of z, a get of a and a watch of m. What comes of it then is for Go's stable sort to say: it sorts blocks of 20
 * by insertion, and so does this, so that a log of up to 20 different requests ends the same. */

#include "access/learn_internal.h"

enum { BLOCK = 20 };

static int compare_paths(const struct access_request *one, const struct access_request *other)
{
        int order = str_compare(one->verb, other->verb);

        return order ? order : str_compare(one->path, other->path);
}

/* Groups of requests: no resource, of the cluster, unnamed. */
static unsigned width_of(const struct access_request *request)
{
        return request->is_path ? 0 : 1 + (request->ns.len ? 2U : 0U) + (request->name.len ? 1U : 0U);
}

static bool comes_before(const struct learn_request *left, const struct learn_request *right)
{
        const struct access_request *one = &left->is, *other = &right->is;
        unsigned width = width_of(one), other_width = width_of(other);

        if (width != other_width)
                return width < other_width;
        if (one->is_path)
                return compare_paths(one, other) < 0;
        if (str_is(one->verb, "list") && str_is(other->verb, "get"))
                return true;
        if (str_is(one->verb, "get") && str_is(other->verb, "list"))
                return false;
        {
                const struct str mine[] = {one->group, one->resource, one->subresource, one->ns, one->name, one->verb};
                const struct str theirs[] = {other->group, other->resource, other->subresource,
                                             other->ns,    other->name,     other->verb};

                for (size_t i = 0; i < COUNT_OF(mine); i++) {
                        int order = str_compare(mine[i], theirs[i]);

                        if (order)
                                return order < 0;
                }
        }
        return false;
}

static void insert_all(struct learn_request **requests, size_t begin, size_t end)
{
        for (size_t i = begin + 1; i < end; i++) {
                struct learn_request *moved = requests[i];
                size_t at = i;

                for (; at > begin && comes_before(moved, requests[at - 1]); at--)
                        requests[at] = requests[at - 1];
                requests[at] = moved;
        }
}

static void merge(struct learn_request **from, size_t begin, size_t middle, size_t end, struct learn_request **to)
{
        size_t left = begin, right = middle;

        for (size_t at = begin; at < end; at++) {
                if (right == end || (left < middle && !comes_before(from[right], from[left])))
                        to[at] = from[left++];
                else
                        to[at] = from[right++];
        }
}

void learn_sort(struct arena *arena, struct learn_request **requests, size_t count)
{
        struct learn_request **from = requests, **to = arena_array(arena, struct learn_request *, count), **other;

        for (size_t begin = 0; begin < count; begin += BLOCK)
                insert_all(requests, begin, min_size(begin + BLOCK, count));
        for (size_t width = BLOCK; width < count; width *= 2) {
                for (size_t begin = 0; begin < count; begin += 2 * width)
                        merge(from, begin, min_size(begin + width, count), min_size(begin + 2 * width, count), to);
                other = from;
                from = to;
                to = other;
        }
        if (from != requests && count)
                memcpy(requests, from, count * sizeof(*requests));
}
