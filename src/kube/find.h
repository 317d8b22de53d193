/* find.h - which files the inputs of a scan come to.
 *
 * Inputs are looked for once for an estate, and again by what stays and follows how files come and go. */
#pragma once

#include "base/file.h"
#include "kube/estate.h"

/* A file to read. */
struct found {
        struct str name;  /* in findings */
        const char *path; /* how to open it: below `folder`, or as it was named; NULL: it was read when it was found */
        int folder;       /* open, or -1 */
        bool is_input, is_link, known, is_regular;
        uint64_t device, inode, size, changed; /* if known; the time of the last change in nanoseconds since 1970 */
        unsigned role;                         /* enum source_role */
        enum file_result result; /* of what was read already: standard input, objects of clusters and snapshots */
        struct file_text file;
};

struct found_files {
        struct arena *names;     /* of findings, problems, and what was read already */
        struct arena arena;      /* what is only needed until everything is read */
        VEC(struct found) files; /* sorted by name, no file twice */
        VEC(struct problem) problems;
        VEC(struct str) walked; /* each folder that was listed, with a slash behind it; empty for "." */
        VEC(int) folders;
};

/* Never fails: what cannot be found or listed is a problem. */
void found_files_find(struct found_files *out, struct arena *names, const struct estate_settings *settings);

static inline bool found_is_standard_input(const struct found *found)
{
        return !found->path && found->is_input;
}

/* Whether a file in a folder is read because of its name. */
bool found_is_manifest(struct str name);

/* Reads one of them. */
enum file_result found_read(struct arena *arena, const struct found *found, struct file_text *file);

/* Closes the folders; names and problems stay. */
void found_files_free(struct found_files *files);
