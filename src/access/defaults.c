/* defaults.c - the roles and bindings that Kubernetes writes into every new cluster, as objects. */

#include "access/internal.h"

extern const struct str embedded_defaults_yaml;

static void free_estate(void *estate)
{
        estate_free(estate);
}

const struct estate *access_defaults(struct arena *arena)
{
        struct estate *estate = arena_new(arena, struct estate);

        estate_read_text(estate, STR("<Kubernetes 1.37>"), embedded_defaults_yaml);
        arena_at_end(arena, free_estate, estate);
        return estate;
}
