/* usage: decide INPUT... <REQUESTS: answers each request, a line of JSON, by the RBAC of the inputs: yes, no or unknown, a line each.
 *
 *     {"user":"ada","groups":["dev"],"verb":"get","group":"","resource":"pods","subresource":"","namespace":"shop","name":""}
 *     {"user":"ada","groups":[],"verb":"get","path":"/healthz"}
 *
 * So that thousands of answers can be compared with those of an API server. */

#include <stdio.h>
#include <unistd.h>

#include "access/authorizer.h"
#include "base/file.h"

enum { MOST_INPUTS = 16, MOST_BYTES = 1 << 30 };

static struct str text_of(const struct value *map, const char *key)
{
        return value_get_text(map, intern(str_of(key)));
}

static struct access_user user_of(struct arena *arena, const struct value *line)
{
        const struct value *groups = value_get(line, intern(STR("groups")));
        struct str *names = arena_array(arena, struct str, value_count(groups));
        struct access_user user = {.name = text_of(line, "user"), .groups = names};

        value_each (groups, group)
                names[user.group_count++] = value_text(&group->value);
        return user;
}

static struct access_request request_of(const struct value *line)
{
        struct access_request request = {
                .verb = text_of(line, "verb"),
                .group = text_of(line, "group"),
                .resource = text_of(line, "resource"),
                .subresource = text_of(line, "subresource"),
                .ns = text_of(line, "namespace"),
                .name = text_of(line, "name"),
                .path = text_of(line, "path"),
        };

        request.is_path = request.path.len > 0;
        return request;
}

static int answer(struct arena *arena, const struct access *access, struct str text)
{
        static const char *const words[] = {[ACCESS_NO] = "no", [ACCESS_YES] = "yes", [ACCESS_UNKNOWN] = "unknown"};
        struct document_stream stream = {0};

        json_read(arena, text, &document_default_limits, &stream);
        for (size_t i = 0; i < stream.documents.count; i++) {
                const struct value *line = &stream.documents.items[i].root;
                struct access_user user = user_of(arena, line);
                struct access_request request = request_of(line);

                puts(words[access_can(access, &user, &request)]);
        }
        if (stream.problems.count)
                fprintf(stderr, "decide: %.*s\n", STR_ARG(stream.problems.items[0].message));
        return stream.problems.count ? 1 : 0;
}

int main(int argc, char **argv)
{
        struct access_settings settings = {.no_bootstrap = true};
        struct arena arena = {0};
        struct str inputs[MOST_INPUTS];
        struct file_text file = {0};
        struct estate estate;
        size_t count = 0;
        int status;

        for (int i = 1; i < argc && count < MOST_INPUTS; i++)
                inputs[count++] = str_of(argv[i]);
        estate_read(&estate, &(struct estate_settings){.inputs = inputs, .input_count = count});
        if (estate.problems.count || file_read_open(&arena, STDIN_FILENO, MOST_BYTES, &file) != FILE_OK) {
                fprintf(stderr, "decide: the input cannot be read\n");
                return 1;
        }
        status = answer(&arena, access_new(&arena, &estate, &settings), file.text);
        estate_free(&estate);
        arena_free(&arena);
        return status;
}
