/* config_secrets.h - secrets in what an image says about itself: its environment, labels, commands, and how it was built. */
#pragma once

#include "image/image.h"
#include "policy/pattern/secret_scan.h"

struct config_secret {
        const struct secret_rule *rule;
        const char *in;    /* "environment", "label", "history", "command" */
        struct str where;  /* "environment variable TOKEN" */
        struct str secret; /* as it stands there: never to be printed */
        struct str masked;
        struct str shown; /* what stands in its place, a word: "ghp_…[40]" */
};

struct config_secrets {
        VEC(struct config_secret) items; /* each secret once, where it was found first */
};

/* Everything lies in the arena. */
void config_secrets_find(struct arena *arena, struct secret_book *book, const struct image *image,
                         struct config_secrets *out);

/* The same image with these secrets masked in its configuration and in what it says of its layers; itself if there are none. */
const struct image *config_secrets_hide(struct arena *arena, const struct config_secrets *secrets,
                                        const struct image *image);
