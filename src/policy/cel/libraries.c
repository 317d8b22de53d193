/* libraries.c - every library and every opaque type, by name: what `cel_settings.core_only` leaves out stands behind the core. */

#include "policy/cel/ast.h"

extern const struct cel_library cel_lib_standard, cel_lib_time, cel_lib_optionals, cel_lib_strings, cel_lib_math,
        cel_lib_lists, cel_lib_sets, cel_lib_encoders, cel_lib_regex, cel_lib_network, cel_lib_quantity, cel_lib_semver,
        cel_lib_url, cel_lib_format, cel_lib_jsonpatch;

const struct cel_library *const cel_libraries[] = {
        &cel_lib_standard, &cel_lib_time,   &cel_lib_optionals, &cel_lib_strings, &cel_lib_math,
        &cel_lib_lists,    &cel_lib_sets,   &cel_lib_encoders,  &cel_lib_regex,   &cel_lib_network,
        &cel_lib_quantity, &cel_lib_semver, &cel_lib_url,       &cel_lib_format,  &cel_lib_jsonpatch,
};

const size_t cel_library_count = COUNT_OF(cel_libraries), cel_core_library_count = 2;

extern const struct cel_opaque cel_opaque_ip, cel_opaque_cidr, cel_opaque_quantity, cel_opaque_semver, cel_opaque_url,
        cel_opaque_format;

const struct cel_opaque *const cel_opaques[] = {
        &cel_opaque_ip, &cel_opaque_cidr, &cel_opaque_quantity, &cel_opaque_semver, &cel_opaque_url, &cel_opaque_format,
};

const size_t cel_opaque_count = COUNT_OF(cel_opaques);
