/* owner.c - owner references. */

#include "kube/owner.h"

bool object_controller(const struct object *object, struct owner *out)
{
        const struct value *metadata = value_get(&object->root.value, KEY_metadata);

        value_each (value_get(metadata, KEY_ownerReferences), reference) {
                const struct value *value = &reference->value;

                if (!value_is_true(value_get(value, KEY_controller)))
                        continue;
                *out = (struct owner){
                        .api_version = value_get_text(value, KEY_apiVersion),
                        .kind = value_get_text(value, KEY_kind),
                        .name = value_get_text(value, KEY_name),
                        .uid = value_get_text(value, KEY_uid),
                };
                return true;
        }
        return false;
}
