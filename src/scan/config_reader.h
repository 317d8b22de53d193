/* config_reader.h - reading a settings file by tables: a map is a table of fields, a field a name and a function. */
#pragma once

#include "scan/config.h"

struct config_reader {
        struct arena *arena;
        struct str name, text, today;
        struct config *config;
        struct err *err;
};

struct config_field {
        struct str name;
        bool (*read)(struct config_reader *reader, const struct node *node, void *out);
};

/* Sets the error to words about a node. Returns false. */
bool config_wrong(struct config_reader *reader, const struct node *node, const char *format, ...) PRINTF_LIKE(3, 4);

/* Reads a map by its table; a field that is not in it is an error. A null is an empty map. */
bool config_map(struct config_reader *reader, const struct node *node, const struct config_field *fields, size_t count,
                void *out);

/* `out` is a struct str: text that is not empty; text or a number, as it was written. */
bool config_text(struct config_reader *reader, const struct node *node, void *out);
bool config_scalar(struct config_reader *reader, const struct node *node, struct str *out);

/* A list of texts. */
bool config_texts(struct config_reader *reader, const struct node *node, const struct str **out, size_t *count);

/* Adds one of the settings that rules call `params`. */
void config_add_param(struct config_reader *reader, struct str name, uint32_t at, struct value value);

/* Reads kubeaudit's file (config_kubeaudit.c). */
bool config_read_kubeaudit(struct config_reader *reader, const struct node *root);

/* The same for hadolint's (config_hadolint.c), and whether it is one. */
bool config_read_hadolint(struct config_reader *reader, const struct node *root);
bool config_is_hadolint(const struct value *root);
