/* facts_files.c - what stands out among the files of an image. */

#include "image/lint/facts.h"
#include "image/lint/surface.h"

/* Lists of paths, each with the trait that it is made of. */
static const struct list {
        const char *name;
        enum surface_trait trait;
        const char *kind; /* what the path must be by its name; NULL: anything */
} lists[] = {
        {"setuid", SURFACE_SETUID, NULL},
        {"setgid", SURFACE_SETGID, NULL},
        {"capable", SURFACE_CAPABLE, NULL},
        {"worldWritable", SURFACE_WRITABLE, NULL},
        {"openFolders", SURFACE_OPEN_FOLDER, NULL},
        {"devices", SURFACE_DEVICE, NULL},
        {"packageManagers", SURFACE_TOOL, "package-manager"},
        {"shells", SURFACE_TOOL, "shell"},
        {"compilers", SURFACE_TOOL, "compiler"},
        {"debuggers", SURFACE_TOOL, "debugger"},
        {"networkTools", SURFACE_TOOL, "network"},
        {"privilegeTools", SURFACE_TOOL, "privilege"},
        {"secretNames", SURFACE_SECRET, NULL},
        {"large", SURFACE_LARGE, NULL},
};

static const char *const capability_names[] = {
        "CAP_CHOWN",
        "CAP_DAC_OVERRIDE",
        "CAP_DAC_READ_SEARCH",
        "CAP_FOWNER",
        "CAP_FSETID",
        "CAP_KILL",
        "CAP_SETGID",
        "CAP_SETUID",
        "CAP_SETPCAP",
        "CAP_LINUX_IMMUTABLE",
        "CAP_NET_BIND_SERVICE",
        "CAP_NET_BROADCAST",
        "CAP_NET_ADMIN",
        "CAP_NET_RAW",
        "CAP_IPC_LOCK",
        "CAP_IPC_OWNER",
        "CAP_SYS_MODULE",
        "CAP_SYS_RAWIO",
        "CAP_SYS_CHROOT",
        "CAP_SYS_PTRACE",
        "CAP_SYS_PACCT",
        "CAP_SYS_ADMIN",
        "CAP_SYS_BOOT",
        "CAP_SYS_NICE",
        "CAP_SYS_RESOURCE",
        "CAP_SYS_TIME",
        "CAP_SYS_TTY_CONFIG",
        "CAP_MKNOD",
        "CAP_LEASE",
        "CAP_AUDIT_WRITE",
        "CAP_AUDIT_CONTROL",
        "CAP_SETFCAP",
        "CAP_MAC_OVERRIDE",
        "CAP_MAC_ADMIN",
        "CAP_SYSLOG",
        "CAP_WAKE_ALARM",
        "CAP_BLOCK_SUSPEND",
        "CAP_AUDIT_READ",
        "CAP_PERFMON",
        "CAP_BPF",
        "CAP_CHECKPOINT_RESTORE",
};

static struct value capabilities_of(struct facts *facts, uint64_t set)
{
        struct value_maker maker = {.arena = facts->arena};

        for (size_t i = 0; i < 64; i++)
                if (set >> i & 1)
                        make_item(&maker, value_string(i < COUNT_OF(capability_names)
                                                               ? str_of(capability_names[i])
                                                               : str_format(facts->arena, "CAP_%zu", i)));
        return make_list(&maker);
}

static struct value item_of(struct facts *facts, const struct surface_found_item *found)
{
        const struct surface_item *item = found->item;
        struct value_maker maker = {.arena = facts->arena};

        make_text(&maker, "path", str_format(facts->arena, "/%.*s", STR_ARG(item->path)));
        make_text(&maker, "mode", str_format(facts->arena, "%04o", item->mode & 07777));
        make_number(&maker, "uid", item->uid);
        make_number(&maker, "gid", item->gid);
        if (item->kind == PATH_FILE)
                make_number(&maker, "bytes", item->size);
        make_text_if(&maker, "kind", item->what);
        if (item->capabilities)
                make_member(&maker, "capabilities", capabilities_of(facts, item->capabilities));
        facts_add_layer(facts, &maker, found->layer);
        return make_map(&maker);
}

static struct value list_of(struct facts *facts, const struct list *list)
{
        const struct surface_sum *sum = facts_surface(facts);
        struct value_maker maker = {.arena = facts->arena};

        for (size_t i = 0; i < sum->items.count; i++) {
                const struct surface_found_item *found = &sum->items.items[i];

                if (found->hidden_by != SIZE_MAX || !(found->item->traits & 1u << list->trait))
                        continue;
                if (!list->kind || str_equal(found->item->what, str_of(list->kind)))
                        make_item(&maker, item_of(facts, found));
        }
        return make_list(&maker);
}

static struct value heap_of(struct facts *facts, const struct surface_found_heap *heap)
{
        struct value_maker maker = {.arena = facts->arena};

        make_text(&maker, "kind", heap->kind);
        make_text(&maker, "path", str_format(facts->arena, "/%.*s", STR_ARG(heap->path)));
        make_number(&maker, "files", heap->files);
        make_number(&maker, "bytes", heap->bytes);
        facts_add_layer(facts, &maker, heap->layer);
        return make_map(&maker);
}

/* What version control keeps is no cache. */
static bool is_repository(struct str kind)
{
        return str_is(kind, "git") || str_is(kind, "mercurial") || str_is(kind, "subversion");
}

static struct value heaps_of(struct facts *facts, bool repositories)
{
        const struct surface_sum *sum = facts_surface(facts);
        struct value_maker maker = {.arena = facts->arena};

        for (size_t i = 0; i < sum->heaps.count; i++)
                if (is_repository(sum->heaps.items[i].kind) == repositories)
                        make_item(&maker, heap_of(facts, &sum->heaps.items[i]));
        return make_list(&maker);
}

/* How many of each list were too many to be kept; mostly an empty map. */
static struct value left_out(struct facts *facts)
{
        const struct surface_sum *sum = facts_surface(facts);
        struct value_maker maker = {.arena = facts->arena};

        for (size_t i = 0; i < COUNT_OF(lists); i++)
                if (sum->left_out[lists[i].trait])
                        make_number(&maker, lists[i].name, sum->left_out[lists[i].trait]);
        return make_map(&maker);
}

static bool make(struct facts *facts, struct value *out)
{
        struct value_maker maker = {.arena = facts->arena};
        const struct surface_sum *sum;

        TRY(facts->catalog->merge);
        sum = facts_surface(facts);
        make_number(&maker, "count", sum->files);
        make_number(&maker, "executables", sum->executables);
        make_number(&maker, "bytes", sum->bytes);
        for (size_t i = 0; i < COUNT_OF(lists); i++)
                make_member(&maker, lists[i].name, list_of(facts, &lists[i]));
        make_member(&maker, "caches", heaps_of(facts, false));
        make_member(&maker, "repositories", heaps_of(facts, true));
        make_member(&maker, "notListed", left_out(facts));
        *out = make_map(&maker);
        return true;
}

const struct facts_part facts_files = {"files", make};
