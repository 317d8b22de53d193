/* pom_parents.c - what poms take from their parents and from the lists of versions that they import. */

#include "base/map.h"
#include "image/archive/paths.h"
#include "image/package/language.h"
#include "image/package/pom.h"

enum { PARENTS_MOST = 32, IMPORTS_DEEP = 8, IMPORTS_MOST = 1 << 20 };

struct pom {
        const struct package_result *result;
        const struct pom *parent; /* NULL: none that is there */
        struct map notes;         /* key → struct package_note, but of "import" and "open" */
        VEC(struct str) imports;
        size_t asked; /* the last question for which it was looked into as an imported list */
};

/* Lists of versions may import each other, in circles and many times. */
struct search {
        size_t question; /* for one version, from 1 */
        size_t imports;  /* that were looked up, for all of them */
};

struct poms {
        struct arena *arena, *scratch;
        struct pom *all;
        size_t count;
        struct map by_path, by_name; /* "group:artifact:version" */
        struct search *search;
};

static struct str part(struct str text, unsigned number)
{
        struct str rest = text, out = {"", 0};

        for (unsigned i = 0; i <= number; i++)
                if (!str_split(&rest, '\t', &out))
                        return (struct str){"", 0};
        return out;
}

static struct str note(const struct pom *pom, struct str key)
{
        const struct package_note *known = map_get(&pom->notes, key);

        return known ? known->value : (struct str){"", 0};
}

/* --- properties ----------------------------------------------------------- */

/* A pom that is asked, with the memory for it. */
struct asking {
        const struct poms *poms;
        const struct pom *pom;
};

static struct str in_note(const struct pom *pom, const char *key, struct str name)
{
        static const char *const names[] = {"groupId", "artifactId", "version"};

        for (unsigned i = 0; i < COUNT_OF(names); i++)
                if (str_equal(name, str_of(names[i])))
                        return part(note(pom, str_of(key)), i);
        return (struct str){"", 0};
}

/* The nearest pom that sets a property counts; "project" is the one that is asked. */
static struct str property(const void *context, struct str name)
{
        const struct asking *asking = context;
        struct str key = str_format(asking->poms->scratch, "property:%.*s", STR_ARG(name));
        struct str parent = STR("project.parent."), project = STR("project."), pom = STR("pom.");
        const struct pom *one = asking->pom;

        for (unsigned i = 0; one && i < PARENTS_MOST; i++, one = one->parent)
                if (map_get(&one->notes, key))
                        return note(one, key);
        if (str_starts(name, parent))
                return in_note(asking->pom, "parent", str_from(name, parent.len));
        if (str_starts(name, project))
                return in_note(asking->pom, "project", str_from(name, project.len));
        return str_starts(name, pom) ? in_note(asking->pom, "project", str_from(name, pom.len)) : (struct str){"", 0};
}

static struct str expand(const struct poms *poms, const struct pom *pom, struct str text)
{
        struct asking asking = {poms, pom};

        return pom_expand(poms->scratch, text, property, &asking);
}

/* --- who is whose parent --------------------------------------------------- */

static struct str full_name(const struct poms *poms, const struct pom *pom, struct str parts)
{
        struct str group = expand(poms, pom, part(parts, 0)), artifact = expand(poms, pom, part(parts, 1));
        struct str version = expand(poms, pom, part(parts, 2));

        return str_format(poms->scratch, "%.*s:%.*s:%.*s", STR_ARG(group), STR_ARG(artifact), STR_ARG(version));
}

/* The pom at a path from another, which may be that of its folder; only if it is called as it should be. */
static const struct pom *at_path(const struct poms *poms, const struct pom *from, struct str path, struct str parts)
{
        struct str folder = path_parent(from->result->path), clean;
        const struct pom *found = NULL;

        if (!path.len
            || !path_clean(poms->scratch, str_format(poms->scratch, "%.*s/%.*s", STR_ARG(folder), STR_ARG(path)),
                           &clean))
                return NULL;
        found = map_get(&poms->by_path, clean);
        if (!found)
                found = map_get(&poms->by_path,
                                str_format(poms->scratch, "%.*s%spom.xml", STR_ARG(clean), clean.len ? "/" : ""));
        return found && found != from
               && str_equal(in_note(found, "project", STR("artifactId")), part(parts, 1)) ? found : NULL;
}

static void link_all(struct poms *poms)
{
        for (size_t i = 0; i < poms->count; i++) {
                struct str parent = note(&poms->all[i], STR("parent"));

                if (parent.len)
                        poms->all[i].parent = at_path(poms, &poms->all[i], part(parent, 3), parent);
        }
        for (size_t i = 0; i < poms->count; i++) {
                void **slot = map_slot(poms->scratch, &poms->by_name,
                                       full_name(poms, &poms->all[i], note(&poms->all[i], STR("project"))));

                *slot = *slot ? *slot : &poms->all[i];
        }
        for (size_t i = 0; i < poms->count; i++) {
                struct str parent = note(&poms->all[i], STR("parent"));
                const struct pom *named = NULL;

                if (parent.len && !poms->all[i].parent)
                        named = map_get(&poms->by_name, full_name(poms, &poms->all[i], parent));
                if (named && named != &poms->all[i])
                        poms->all[i].parent = named;
        }
}

static void read_all(struct poms *poms, const struct package_result *results)
{
        for (size_t i = 0; i < poms->count; i++) {
                struct pom *pom = &poms->all[i];

                pom->result = &results[i];
                *map_slot(poms->scratch, &poms->by_path, results[i].path) = pom;
                for (size_t j = 0; j < results[i].found->notes.count; j++) {
                        struct package_note *one = &results[i].found->notes.items[j];
                        void **slot;

                        if (str_is(one->key, "open"))
                                continue;
                        if (str_is(one->key, "import")) {
                                *vec_push(poms->scratch, &pom->imports) = one->value;
                                continue;
                        }
                        slot = map_slot(poms->scratch, &pom->notes, one->key);
                        *slot = *slot ? *slot : one;
                }
        }
        link_all(poms);
}

/* --- versions -------------------------------------------------------------- */

static bool is_managed(const struct poms *poms, const struct pom *pom, struct str name, unsigned depth,
                       struct str *version, struct str *scope);

/* The list of versions that a pom imports by one of its notes, or its parent by its. */
static struct pom *imported(const struct poms *poms, const struct pom *pom, struct str note)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct poms asked = *poms;

        asked.scratch = &scratch;
        return map_get(&poms->by_name, full_name(&asked, pom, note));
}

static bool is_imported(const struct poms *poms, const struct pom *pom, const struct pom *by, struct str name,
                        unsigned depth, struct str *version, struct str *scope)
{
        for (size_t i = 0; i < by->imports.count && poms->search->imports < IMPORTS_MOST; i++) {
                struct pom *list = imported(poms, pom, by->imports.items[i]);

                poms->search->imports++;
                if (!list || list->asked == poms->search->question)
                        continue;
                list->asked = poms->search->question;
                if (is_managed(poms, list, name, depth + 1, version, scope))
                        return true;
        }
        return false;
}

/* What a pom and its parents say themselves counts before what they import. */
static bool is_managed(const struct poms *poms, const struct pom *pom, struct str name, unsigned depth,
                       struct str *version, struct str *scope)
{
        struct str key = str_format(poms->scratch, "managed:%.*s", STR_ARG(name));
        const struct pom *one = pom;

        for (unsigned i = 0; one && i < PARENTS_MOST; i++, one = one->parent)
                if (map_get(&one->notes, key)) {
                        *version = expand(poms, pom, part(note(one, key), 0));
                        *scope = expand(poms, pom, part(note(one, key), 1));
                        return true;
                }
        one = pom;
        for (unsigned i = 0; one && i < PARENTS_MOST && depth < IMPORTS_DEEP; i++, one = one->parent)
                if (is_imported(poms, pom, one, name, depth, version, scope))
                        return true;
        return false;
}

static void close_one(const struct poms *poms, const struct pom *pom, struct str open)
{
        struct package_sink *found = pom->result->found;
        size_t number = 0;
        struct str digits = part(open, 0), scope = part(open, 4), managed_scope = {"", 0};
        struct str group = expand(poms, pom, part(open, 1)), artifact = expand(poms, pom, part(open, 2));
        struct str version = expand(poms, pom, part(open, 3));
        struct str name = str_format(poms->scratch, "%.*s:%.*s", STR_ARG(group), STR_ARG(artifact));
        struct package *package;

        for (size_t i = 0; i < digits.len && number < found->packages.count; i++)
                number = number * 10 + (size_t)(digits.data[i] - '0');
        if (number >= found->packages.count)
                return;
        package = &found->packages.items[number];
        if (!pom_is_open(name))
                package->name = str_equal(package->name, name) ? package->name : str_copy(poms->arena, name);
        poms->search->question++;
        if (!version.len)
                is_managed(poms, pom, name, 0, &version, &managed_scope);
        if (!scope.len && str_is(managed_scope, "test"))
                package->flags |= PACKAGE_DEVELOPMENT;
        version = pom_fixed_version(version);
        if (version.len)
                package->version = str_copy(poms->arena, version);
}

bool pom_conclude(struct arena *arena, struct package_result *results, size_t count, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0}, one CLEANUP(arena_free) = {0};
        struct search search = {0};
        struct poms poms = {.arena = arena, .scratch = &scratch, .count = count, .search = &search};

        poms.all = arena_array(&scratch, struct pom, count);
        read_all(&poms, results);
        poms.scratch = &one;
        for (size_t i = 0; i < count; i++) {
                const struct package_sink *found = results[i].found;

                for (size_t j = 0; j < found->notes.count; j++) {
                        if (str_is(found->notes.items[j].key, "open"))
                                close_one(&poms, &poms.all[i], found->notes.items[j].value);
                        arena_reset(&one);
                }
        }
        return search.imports < IMPORTS_MOST
               || err_set(err, "poms import more than %d lists of versions: what those say is not known for all",
                          IMPORTS_MOST);
}
