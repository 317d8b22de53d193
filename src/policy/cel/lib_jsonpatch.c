/* lib_jsonpatch.c - what JSON patches need (Kubernetes' pkg/cel/library, jsonpatch): keys within paths (RFC 6901, section 3). */

#include "policy/cel/lib.h"

static bool escape_key(struct cel_call *call, const struct value *arguments, struct value *result)
{
        struct str key = argument_text(arguments);
        char *start, *out;

        TRY(spend_bytes(call, key.len));
        start = out = arena_take_text(cel_arena(call), checked_mul(key.len, 2));
        for (size_t i = 0; i < key.len; i++) {
                bool is_special = key.data[i] == '~' || key.data[i] == '/';

                if (is_special)
                        *out++ = '~';
                *out++ = (char)(!is_special ? key.data[i] : key.data[i] == '~' ? '0' : '1');
        }
        return give_text(result, str_span(start, out));
}

static const struct cel_overload overloads[] = {
        {"jsonpatch.escapeKey(string): string", escape_key},
};

const struct cel_library cel_lib_jsonpatch = {"kubernetes.jsonpatch", overloads, COUNT_OF(overloads)};
