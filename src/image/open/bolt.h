/* bolt.h - reading the databases of bbolt (go.etcd.io/bbolt): containerd keeps there which images it has.
 *
 * A file of pages: two of them tell where the newest tree begins, branches lead to leaves, a leaf holds keys in order, each with a value or
 * with a bucket, which is a tree of its own, or, when it is small, a leaf inside of the value. Pages are read when they are needed. Whoever
 * writes the file at the same time does not change pages that are in use; but those of a tree that has become old are used again, so
 * what reads as damaged may be fine when it is read once more. */
#pragma once

#include "base/err.h"

struct bolt_bucket {
        uint64_t root;     /* number of a page; 0: in `inside` */
        struct str inside; /* a page; in the arena */
};

struct bolt {
        int file;
        uint64_t size;
        uint32_t page_size;
        uint64_t pages;
        struct bolt_bucket root;
};

/* Reads the head of an open file, which must stay open. False with `err` if it is no such database, or a damaged one. */
bool bolt_open(int file, struct bolt *out, struct err *err);

/* A value, or with `is_bucket` a bucket. Texts lie in the arena. */
struct bolt_item {
        struct str key, value;
        bool is_bucket;
        struct bolt_bucket bucket;
};

/* Looks for a key; `*found` tells whether it is there. False with `err` if the file is damaged. */
bool bolt_find(struct arena *arena, const struct bolt *bolt, const struct bolt_bucket *bucket, struct str key,
               struct bolt_item *out, bool *found, struct err *err);

/* All items of a bucket in the order of their keys. The visitor ends it by returning false. */
typedef bool bolt_visitor(void *context, const struct bolt_item *item, struct err *err);
bool bolt_each(struct arena *arena, const struct bolt *bolt, const struct bolt_bucket *bucket, bolt_visitor *visitor,
               void *context, struct err *err);

enum { BOLT_DEPTH = 32, BOLT_PAGE_MOST = 16 << 20 };
