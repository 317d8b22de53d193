/* cage.c - Landlock (Documentation/userspace-api/landlock.rst) and seccomp (seccomp(2)). */

#include "base/cage.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"

/* What newer kernels know beyond the header that this is built with. */
enum { FS_REFER = 1 << 13, FS_TRUNCATE = 1 << 14, FS_IOCTL_DEV = 1 << 15, NET_BIND = 1 << 0, NET_CONNECT = 1 << 1 };

struct ruleset {
        uint64_t fs, net;
};

enum { READING = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR };

#if defined(__x86_64__)
#define CAGE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define CAGE_ARCH AUDIT_ARCH_AARCH64
#else
#define CAGE_ARCH 0
#endif

/* What reading, unpacking, hashing and printing on several threads takes. */
static const uint16_t calls[] = {
        __NR_read,
        __NR_write,
        __NR_pread64,
        __NR_pwrite64,
        __NR_readv,
        __NR_writev,
        __NR_close,
        __NR_fstat,
        __NR_newfstatat,
        __NR_statx,
        __NR_lseek,
        __NR_mmap,
        __NR_munmap,
        __NR_mprotect,
        __NR_mremap,
        __NR_madvise,
        __NR_brk,
        __NR_futex,
        __NR_clone,
        __NR_clone3,
        __NR_set_robust_list,
        __NR_exit,
        __NR_exit_group,
        __NR_sched_getaffinity,
        __NR_sched_yield,
        __NR_openat,
        __NR_openat2,
        __NR_getdents64,
        __NR_readlinkat,
        __NR_fgetxattr,
        __NR_statfs,
        __NR_fstatfs,
        __NR_renameat,
        __NR_renameat2,
        __NR_unlinkat,
        __NR_linkat,
        __NR_mkdirat,
        __NR_faccessat,
        __NR_faccessat2,
        __NR_fcntl,
        __NR_dup,
        __NR_ioctl,
        __NR_getrandom,
        __NR_clock_gettime,
        __NR_clock_nanosleep,
        __NR_nanosleep,
        __NR_gettimeofday,
        __NR_rt_sigaction,
        __NR_rt_sigprocmask,
        __NR_rt_sigreturn,
        __NR_sigaltstack,
        __NR_getpid,
        __NR_gettid,
        __NR_tgkill,
        __NR_uname,
        __NR_sysinfo,
        __NR_prlimit64,
        __NR_membarrier,
        __NR_fsync,
        __NR_fdatasync,
        __NR_fchmod,
        __NR_ftruncate,
        __NR_umask,
        __NR_ppoll,
        __NR_restart_syscall,
        __NR_fadvise64,
#ifdef __NR_rseq
        __NR_rseq,
#endif
#ifdef __NR_open
        __NR_open,
        __NR_stat,
        __NR_lstat,
        __NR_access,
        __NR_rename,
        __NR_unlink,
        __NR_link,
        __NR_mkdir,
        __NR_readlink,
        __NR_poll,
#endif
};

/* What asking servers takes beyond that. */
static const uint16_t network_calls[] = {
        __NR_socket,        __NR_connect,   __NR_bind,        __NR_getsockname, __NR_getpeername, __NR_setsockopt,
        __NR_getsockopt,    __NR_sendto,    __NR_recvfrom,    __NR_sendmsg,     __NR_recvmsg,     __NR_sendmmsg,
        __NR_recvmmsg,      __NR_shutdown,  __NR_pselect6,    __NR_pipe2,       __NR_socketpair,  __NR_eventfd2,
        __NR_epoll_create1, __NR_epoll_ctl, __NR_epoll_pwait, __NR_geteuid,     __NR_getuid,      __NR_getppid,
#ifdef __NR_select
        __NR_select,        __NR_pipe,      __NR_epoll_wait,
#endif
};

static int landlock_version(void)
{
        long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

        return version > 0 ? (int)version : 0;
}

struct cage_means cage_means(void)
{
        return (struct cage_means){
                .landlock = landlock_version(),
                .seccomp = CAGE_ARCH && prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0,
        };
}

/* All that this version of Landlock can take away. */
static struct ruleset all_of(int version, bool network)
{
        struct ruleset all = {.fs = (1 << 13) - 1};

        if (version >= 2)
                all.fs |= FS_REFER;
        if (version >= 3)
                all.fs |= FS_TRUNCATE;
        if (version >= 4 && !network)
                all.net = NET_BIND | NET_CONNECT;
        if (version >= 5)
                all.fs |= FS_IOCTL_DEV;
        return all;
}

static bool allow_path(int ruleset, const struct ruleset *all, const struct cage_path *path, struct err *err)
{
        CLEANUP(file_close) int file = open(path->path, O_PATH | O_CLOEXEC);
        struct landlock_path_beneath_attr rule = {.parent_fd = file, .allowed_access = READING};
        struct stat about;

        if (file < 0 || fstat(file, &about))
                return true;
        if (path->write)
                rule.allowed_access |= LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG
                                       | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | FS_REFER
                                       | FS_TRUNCATE;
        if (!S_ISDIR(about.st_mode))
                rule.allowed_access &= LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | FS_TRUNCATE;
        rule.allowed_access &= all->fs;
        if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0))
                return err_set(err, "Landlock: %s: %s", path->path, strerror(errno));
        return true;
}

static bool enter_landlock(int version, const struct cage_path *paths, size_t count, bool network, struct err *err)
{
        struct ruleset all = all_of(version, network);
        size_t size = version >= 4 ? sizeof(all) : sizeof(all.fs);
        CLEANUP(file_close) int ruleset = (int)syscall(SYS_landlock_create_ruleset, &all, size, 0);

        if (ruleset < 0)
                return err_set(err, "Landlock: %s", strerror(errno));
        for (size_t i = 0; i < count; i++)
                TRY(allow_path(ruleset, &all, &paths[i], err));
        if (syscall(SYS_landlock_restrict_self, ruleset, 0))
                return err_set(err, "Landlock: %s", strerror(errno));
        return true;
}

static unsigned short allow(struct sock_filter *filter, unsigned short at, const uint16_t *list, size_t count)
{
        for (size_t i = 0; i < count; i++) {
                filter[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, list[i], 0, 1);
                filter[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
        }
        return at;
}

static bool enter_seccomp(bool network, struct err *err)
{
        struct sock_filter filter[2 * (COUNT_OF(calls) + COUNT_OF(network_calls)) + 8];
        struct sock_fprog program = {.filter = filter};
        unsigned short at = 0;

        filter[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
        filter[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CAGE_ARCH, 1, 0);
        filter[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
        filter[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
        at = allow(filter, at, calls, COUNT_OF(calls));
        if (network)
                at = allow(filter, at, network_calls, COUNT_OF(network_calls));
        filter[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
        program.len = at;
        if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program))
                return err_set(err, "seccomp: %s", strerror(errno));
        return true;
}

bool cage_enter(const struct cage_path *paths, size_t count, bool network, struct err *err)
{
        struct cage_means means = cage_means();

        if (!means.landlock && !means.seccomp)
                return true;
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
                return err_set(err, "PR_SET_NO_NEW_PRIVS: %s", strerror(errno));
        if (means.landlock)
                TRY(enter_landlock(means.landlock, paths, count, network, err));
        return !means.seccomp || enter_seccomp(network, err);
}
