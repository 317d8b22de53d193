/* language.c - files that are written neither in YAML nor in JSON. */

#include "kube/language.h"

#include "kube/internal.h"

unsigned source_role_named(struct str path)
{
        for (size_t i = 0; i < source_language_count; i++)
                if (source_languages[i]->is_name(path))
                        return ROLE_LANGUAGE + (unsigned)i;
        return ROLE_PLAIN;
}

unsigned source_role_of_input(struct str *input)
{
        for (size_t i = 0; i < source_language_count; i++)
                if (str_starts(*input, source_languages[i]->prefix)) {
                        *input = str_from(*input, source_languages[i]->prefix.len);
                        return ROLE_LANGUAGE + (unsigned)i;
                }
        return source_role_named(*input);
}

void source_add_object(struct estate_source *source, const struct node *root)
{
        const struct document document = {
                .root = root->value, .at = root->at, .end = (uint32_t)source->source.text.len};

        source->documents = 1;
        source_add_document(source, &document, ROLE_PLAIN);
}

void source_add_problem(struct estate_source *source, enum problem_kind kind, uint32_t at, struct str message)
{
        problem_add(source, kind, UINT32_MAX, at, "%.*s", STR_ARG(message));
}
