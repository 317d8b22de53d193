/* notify.c - over inotify(7). */

#include "base/notify.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/file.h"

enum { ROOM = 64 << 10, LIMIT_TEXT = 64 };

static const uint32_t wanted = IN_CLOSE_WRITE | IN_MODIFY | IN_ATTRIB | IN_CREATE | IN_DELETE | IN_MOVED_FROM
                               | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

/* A limit of the kernel as a person can read it; 0: not known. */
static unsigned long limit_of(const char *name)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct file_text file;

        if (file_read(&scratch, str_format(&scratch, "/proc/sys/fs/inotify/%s", name).data, LIMIT_TEXT, &file)
            != FILE_OK)
                return 0;
        return strtoul(str_copy(&scratch, file.text).data, NULL, 10);
}

bool notify_open(struct notify *notify, struct err *err)
{
        *notify = (struct notify){.file = inotify_init1(IN_NONBLOCK | IN_CLOEXEC)};
        if (notify->file >= 0)
                return true;
        if (errno == EMFILE)
                return err_set(
                        err,
                        "cannot watch: too many programs of yours do (fs.inotify.max_user_instances is %lu); raise it, "
                        "for example with `sudo sysctl fs.inotify.max_user_instances=512`",
                        limit_of("max_user_instances"));
        return err_set(err, "cannot watch: %s", strerror(errno));
}

static bool fail_add(struct str prefix, int error, struct err *err)
{
        unsigned long limit = limit_of("max_user_watches");

        if (error == ENOSPC)
                return err_set(
                        err,
                        "cannot watch the folder \"%.*s\": no more folders can be watched (fs.inotify.max_user_watches "
                        "is %lu); raise it, for example with `sudo sysctl fs.inotify.max_user_watches=%lu`",
                        STR_ARG(prefix), limit, limit ? limit * 4 : 524288);
        return err_set(err, "cannot watch the folder \"%.*s\": %s", STR_ARG(prefix), strerror(error));
}

bool notify_add(struct notify *notify, struct str prefix, bool *added, struct err *err)
{
        struct str path = str_format(&notify->arena, "%s%.*s", prefix.len ? "" : ".", STR_ARG(prefix));
        int watch = inotify_add_watch(notify->file, path.data, wanted);

        if (watch < 0)
                return errno == ENOENT || errno == ENOTDIR || errno == EACCES || errno == ELOOP
                       || fail_add(prefix, errno, err);
        for (size_t i = 0; i < notify->folders.count; i++) {
                const struct notify_folder *folder = &notify->folders.items[i];

                if (folder->watch == watch && str_equal(folder->prefix, prefix))
                        return true;
        }
        *vec_push(&notify->arena, &notify->folders) = (struct notify_folder){watch, str_copy(&notify->arena, prefix)};
        *added = true;
        return true;
}

/* --- events --- */

static void forget(struct notify *notify, int watch)
{
        size_t kept = 0;

        for (size_t i = 0; i < notify->folders.count; i++) {
                if (notify->folders.items[i].watch != watch)
                        notify->folders.items[kept++] = notify->folders.items[i];
        }
        notify->folders.count = kept;
}

static enum notify_kind kind_of(uint32_t mask)
{
        if (mask & (IN_Q_OVERFLOW | IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT))
                return NOTIFY_LOST;
        if (mask & (IN_DELETE | IN_MOVED_FROM))
                return NOTIFY_VANISHED;
        if (mask & IN_CREATE)
                return NOTIFY_APPEARED;
        return mask & (IN_CLOSE_WRITE | IN_MOVED_TO) ? NOTIFY_WRITTEN : NOTIFY_TOUCHED;
}

static void hand_over(struct notify *notify, const struct inotify_event *from,
                      void (*handle)(void *context, const struct notify_event *event), void *context)
{
        struct notify_event event = {
                .kind = kind_of(from->mask),
                .name = from->len ? str_of(from->name) : (struct str){0},
                .is_folder = from->mask & IN_ISDIR,
        };
        bool known = false;

        for (size_t i = 0; i < notify->folders.count; i++) {
                if (notify->folders.items[i].watch != from->wd)
                        continue;
                known = true;
                event.prefix = notify->folders.items[i].prefix;
                handle(context, &event);
        }
        if (!known && from->mask & IN_Q_OVERFLOW)
                handle(context, &event);
        if (from->mask & IN_IGNORED)
                forget(notify, from->wd);
}

void notify_take(struct notify *notify, void (*handle)(void *context, const struct notify_event *event), void *context)
{
        _Alignas(struct inotify_event) char room[ROOM];
        ssize_t got;

        while ((got = read(notify->file, room, sizeof(room))) > 0) {
                for (ssize_t at = 0; at < got;) {
                        const struct inotify_event *event = (const struct inotify_event *)(room + at);

                        hand_over(notify, event, handle, context);
                        at += (ssize_t)(sizeof(*event) + event->len);
                }
        }
}

void notify_close(struct notify *notify)
{
        file_close(&notify->file);
        arena_free(&notify->arena);
        *notify = (struct notify){.file = -1};
}
