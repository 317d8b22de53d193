/* yaml_scalar.h - what a scalar of YAML means: YAML 1.1 as Kubernetes resolves it (go-yaml v2), then JSON, in which 1e3 and
 * 1000.0 are the number 1000. */
#pragma once

#include "doc/value.h"

enum yaml_tag {
        YAML_TAG_NONE,
        YAML_TAG_STRING,
        YAML_TAG_INT,
        YAML_TAG_FLOAT,
        YAML_TAG_BOOL,
        YAML_TAG_NULL,
        YAML_TAG_BINARY,
        YAML_TAG_TIMESTAMP,
        YAML_TAG_MERGE,
        YAML_TAG_OTHER, /* of no meaning here: a scalar that has it is text */
};

/* The meaning of a whole tag, "tag:yaml.org,2002:int". */
enum yaml_tag yaml_tag_of(struct str tag);

/* The value of a plain scalar without tag. Infinities and NaN are doubles here. */
void yaml_resolve(struct str text, struct value *out);

/* The value of a scalar with a tag; NULL, or why it has none. */
const char *yaml_resolve_tagged(struct arena *arena, enum yaml_tag tag, struct str text, struct value *out);

/* What a value that is no key becomes in JSON: whole doubles are integers. NULL, or why JSON does not have it. */
const char *yaml_to_json(struct value *value);

/* What a value becomes as a key: JSON has no other keys than text. NULL, or why it cannot be one. The text is in the arena or
 * is the value's own. */
const char *yaml_key_text(struct arena *arena, const struct value *key, struct str *out);
