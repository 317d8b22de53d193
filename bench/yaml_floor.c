/* yaml_floor.c - libfyaml's event loop and nothing else over the files named: what reading YAML costs at the very least. */

#include <libfyaml.h>

#include <stdio.h>
#include <stdlib.h>

static size_t count_events(const char *path)
{
        static const struct fy_parse_cfg settings = {.flags = FYPCF_QUIET};
        struct fy_parser *parser = fy_parser_create(&settings);
        struct fy_event *event;
        size_t count = 0;

        if (!parser || fy_parser_set_input_file(parser, path)) {
                fprintf(stderr, "yaml_floor: cannot read %s\n", path);
                exit(1);
        }
        while ((event = fy_parser_parse(parser))) {
                count++;
                fy_parser_event_free(parser, event);
        }
        if (fy_parser_get_stream_error(parser)) {
                fprintf(stderr, "yaml_floor: %s is no YAML\n", path);
                exit(1);
        }
        fy_parser_destroy(parser);
        return count;
}

int main(int argc, char **argv)
{
        size_t count = 0;

        for (int i = 1; i < argc; i++)
                count += count_events(argv[i]);
        printf("%zu events\n", count);
        return 0;
}
