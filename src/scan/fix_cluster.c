/* fix_cluster.c - one object after the other, each as it was and as it is to be. */

#include "scan/fix_cluster.h"

#include "doc/document.h"
#include "kube/owner.h"

bool fix_is_live(const struct fix_file *file)
{
        return !file->is_file && str_starts(file->name, STR("cluster/"));
}

void fix_cluster_plan(struct fix *fix, const struct scan *scan)
{
        for (size_t i = 0; i < fix->fixes.file_count; i++) {
                const struct estate_source *source = &scan->estate.sources[fix->sources[i]];
                struct owner owner;

                if (!fix_is_live(&fix->fixes.files[i]) || !source->objects.count
                    || !object_controller(&source->objects.items[0], &owner))
                        continue;
                fix_refuse(fix, i,
                           str_format(&fix->arena, "it is made by %.*s %.*s: what is wrong is repaired there",
                                      STR_ARG(owner.kind), STR_ARG(owner.name)));
        }
}

/* The first document is the object, those behind it are added. */
static bool send_file(const struct fix_file *file, struct applier *applier, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct document_stream before = {0}, after = {0};

        yaml_read(&scratch, file->before, &document_default_limits, &before);
        yaml_read(&scratch, file->after, &document_default_limits, &after);
        if (before.documents.count != 1 || !after.documents.count || after.problems.count)
                return err_set(err, "what was made of it cannot be read");
        if (!value_equal(&before.documents.items[0].root, &after.documents.items[0].root))
                TRY(applier_change(applier, file->name, &before.documents.items[0].root, &after.documents.items[0].root,
                                   err));
        for (size_t i = 1; i < after.documents.count; i++)
                TRY(applier_add(applier, &after.documents.items[i].root, err));
        return true;
}

bool fix_cluster_send(struct fix *fix, struct applier *applier)
{
        bool well = true;

        for (size_t i = 0; i < fix->fixes.file_count; i++) {
                const struct fix_file *file = &fix->fixes.files[i];
                struct err err = {0};

                if (!file->changed || file->trouble.len || !fix_is_live(file) || send_file(file, applier, &err))
                        continue;
                fix_give_up(fix, i, err_text(&err));
                well = false;
        }
        return well;
}
