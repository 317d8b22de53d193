/* cage.h - giving up what a program that parses untrusted bytes does not need.
 *
 * Landlock (Linux 5.13 and later) takes away every file but those that are named, and the network; seccomp takes away every system
 * call but a short list: no new programs, no sockets, no other processes. What is open already stays usable. There is no way
 * back. Threads that are started later are in the cage, too. */
#pragma once

#include "base/err.h"

struct cage_path {
        const char *path; /* a file or folder; one that is not there is passed over */
        bool write;       /* files may be made, written, renamed and removed below it */
};

/* What the kernel has of it. */
struct cage_means {
        int landlock; /* version of its interface; 0: none */
        bool seccomp;
};

struct cage_means cage_means(void);

/* Enters the cage; with `network`, connections to servers may still be made. Does without what the kernel has not; false with `err` when something that it has fails. */
bool cage_enter(const struct cage_path *paths, size_t count, bool network, struct err *err);

/* Whether this build uses cages: sanitizers need what they take away. cage_used.c or cage_spared.c. */
extern const bool cage_is_used;
