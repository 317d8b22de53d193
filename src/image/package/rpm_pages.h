/* rpm_pages.h - a database that passes by in pages, and its large values, which lie on chains of pages.
 *
 * A chain goes on as its pages pass by; mostly they do so in its order. Those that come before it is known to which chain they belong
 * are kept packed until it is. A page belongs to one chain. */
#pragma once

#include "image/archive/packed.h"
#include "image/package/rpm.h"

/* What is known of a page. */
enum rpm_page_kind {
        PAGE_UNSEEN, /* also what nobody needs */
        PAGE_WANTED, /* still to come; `value` is the chain that goes on there */
        PAGE_LOOSE,  /* kept; `value` counts the pages kept before it */
        PAGE_USED,   /* was a part of a chain */
        PAGE_OWN,    /* from here on kinds of the form of database */
};

struct rpm_page {
        uint32_t kind, value;
};

struct rpm_chain {
        struct buf text;
        uint64_t size; /* that it has in the end; RPM_TO_END: as long as there is a next page */
        uint32_t owner;
};

#define RPM_TO_END UINT64_MAX

struct rpm_pages_form {
        /* A page passes by; may call the functions below. */
        bool (*take)(void *context, uint32_t number, struct str page, struct err *err);

        /* The part of a value on a page of a chain, and the next page; false if it is no such page. The part is not empty. */
        bool (*part)(const void *context, struct str page, struct str *part, uint32_t *next);

        /* A chain is whole. */
        bool (*whole)(void *context, uint32_t owner, struct str text, struct err *err);

        /* A chain leads to a page that is none of it. */
        void (*broken)(void *context, uint32_t owner, uint32_t page);
};

struct rpm_pages {
        const struct rpm_pages_form *form;
        void *context;
        struct arena *arena;
        uint32_t size;          /* of a page */
        uint32_t first, behind; /* number of the first page of the file, and behind its last */
        uint32_t next;          /* the page that comes next */
        struct rpm_page *notes; /* by number */
        struct buf page;        /* one that comes in parts */
        struct buf again;       /* one that was kept */
        struct packed *loose;
        uint32_t loose_count;
        VEC(struct rpm_chain) chains;
        VEC(uint32_t) free; /* chains that are done */
};

/* Everything is given back with the arena. */
void rpm_pages_begin(struct rpm_pages *pages, struct arena *arena, const struct rpm_pages_form *form, void *context,
                     uint32_t size, uint32_t first, uint32_t behind);

bool rpm_pages_feed(struct rpm_pages *pages, struct str piece, struct err *err);

/* From take(): a chain begins with what is there already, and goes on on page `next`. */
bool rpm_pages_begin_chain(struct rpm_pages *pages, uint32_t owner, struct str begin, uint64_t size, uint32_t next,
                           struct err *err);

/* From take(): the page may be a part of a chain. */
bool rpm_pages_take_part(struct rpm_pages *pages, uint32_t number, struct str page, struct err *err);

/* From take(): a chain begins on this page, and goes on to its end. Its owner is the number of the page. */
bool rpm_pages_begin_at(struct rpm_pages *pages, uint32_t number, struct str page, struct err *err);
