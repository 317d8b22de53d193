/* facts_os.c - the operating system of an image, and until when it is cared for. */

#include "image/lint/facts.h"

static const struct system {
        struct str id, version, end;
} systems[] = {
#define SYSTEM(id, version, end) {STR_INIT(id), STR_INIT(version), STR_INIT(end)},
#include "image/lint/end_of_life.def"
};

/* "3.18" stands for "3.18.4", but not for "3.181". */
static bool is_version(struct str version, struct str row)
{
        return str_starts(version, row) && (version.len == row.len || version.data[row.len] == '.');
}

/* CentOS Stream has the ID of CentOS, whose releases ended long before. */
static struct str id_of(const struct catalog_system *system)
{
        if (str_is(system->id, "centos") && str_find(system->name, STR("Stream"), 0) != SIZE_MAX)
                return STR("centos-stream");
        return system->id;
}

/* The row that says most about the version. */
static const struct system *find(const struct catalog_system *system)
{
        const struct system *found = NULL;
        struct str id = id_of(system);

        for (size_t i = 0; i < COUNT_OF(systems); i++)
                if (str_equal(systems[i].id, id) && is_version(system->version_id, systems[i].version)
                    && (!found || systems[i].version.len > found->version.len))
                        found = &systems[i];
        return found;
}

static bool make(struct facts *facts, struct value *out)
{
        const struct catalog_system *system = &facts->catalog->system;
        struct value_maker maker = {.arena = facts->arena};
        const struct system *known = find(system);

        TRY(system->id.len);
        make_text(&maker, "id", system->id);
        make_text(&maker, "version", system->version_id);
        make_text(&maker, "name", system->pretty_name.len ? system->pretty_name : system->name);
        if (known) {
                make_text(&maker, "endOfLife", known->end);
                make_bool(&maker, "ended", str_compare(facts->today, known->end) > 0);
        }
        *out = make_map(&maker);
        return true;
}

const struct facts_part facts_os = {"os", make};
