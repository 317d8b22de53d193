/* cmd_version.c - strake version. */

#include "base/build_info.h"
#include "base/cage.h"
#include "cli/commands.h"
#include "report/json_writer.h"
#include "rulebook/rulebook.h"

/* What parsers of images are confined by on this machine. */
static void print_cage(struct buf *out)
{
        struct cage_means means = cage_means();

        if (!cage_is_used)
                buf_add_literal(out, "\nnothing is confined: built with sanitizers");
        else if (means.landlock)
                buf_add_format(out, "\nimages are read under Landlock (version %d)%s", means.landlock,
                               means.seccomp ? " and seccomp" : "");
        else
                buf_add_format(out, "\nimages are read %s: this kernel has no Landlock",
                               means.seccomp ? "under seccomp" : "unconfined");
}

static void print_text(struct buf *out)
{
        buf_add_format(out, "strake %.*s\nbuilt with %.*s", STR_ARG(build_info.version), STR_ARG(build_info.compiler));
        for (size_t i = 0; i < build_info.library_count; i++) {
                const struct build_library *library = &build_info.libraries[i];

                buf_add_format(out, ", %.*s%s%.*s", STR_ARG(library->name), library->version.len ? " " : "",
                               STR_ARG(library->version));
        }
        print_cage(out);
        buf_add_format(out, "\n%zu rules, up to Kubernetes 1.%d\n", rulebook_builtin_count, KUBERNETES_NEWEST_MINOR);
}

static void print_json(struct cli *cli, struct buf *out)
{
        struct json_writer writer = json_document(out, "strake.version/1");

        json_member(&writer, "version", build_info.version);
        json_member(&writer, "compiler", build_info.compiler);
        json_member_begin(&writer, "libraries", '[');
        for (size_t i = 0; i < build_info.library_count; i++) {
                json_begin(&writer, '{');
                json_member(&writer, "name", build_info.libraries[i].name);
                json_member_if(&writer, "version", build_info.libraries[i].version);
                json_end(&writer, '}');
        }
        json_end(&writer, ']');
        json_member_number(&writer, "rules", rulebook_builtin_count);
        json_member(&writer, "kubernetes", str_format(&cli->arena, "1.%d", KUBERNETES_NEWEST_MINOR));
        json_document_end(&writer);
}

static void print(struct cli_writer *to, void *what)
{
        (void)what;
        if (str_is(to->format, "json"))
                print_json(to->cli, &to->text);
        else
                print_text(&to->text);
}

static int run(struct cli *cli)
{
        return cli_print_all(cli, print, NULL) ? CLI_OK : CLI_WRONG;
}

static const char *const examples[][2] = {
        {"strake version", "which Strake this is, and what it was built with"},
        {"strake version -o json", "the same for programs"},
};

const struct cli_command command_version = {
        .name = "version",
        .about = "print the version, and what it was built with",
        .examples = examples,
        .example_count = COUNT_OF(examples),
        .formats = "text json",
        .run = run,
};
