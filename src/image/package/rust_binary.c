/* rust_binary.c - the crates in a program that cargo-auditable built: section ".dep-v0", JSON packed by zlib
 * (github.com/rust-secure-code/cargo-auditable, PARSING.md).
 *
 * Where the section is stands in the program's tables. PE and Mach-O have them at their beginning. Those of ELF are at the end,
 * and names apart from them: the file passes by again for the names and for the section, but only where it holds the name at all. */

#include "image/archive/zip.h"
#include "image/package/language.h"
#include "image/package/program.h"

enum { HEAD = PROGRAM_HEAD, SECTION_MOST = 8 << 20, TABLE_MOST = 4 << 20, UNPACKED_MOST = 64 << 20, NAME = 7 };

static const char name[NAME + 1] = ".dep-v0";

enum step { STEP_TABLE, STEP_NAMES, STEP_SECTION };

struct state {
        char head[HEAD];
        size_t head_length;
        char tail[NAME]; /* of the piece before */
        size_t tail_length;
        struct program_part part; /* the section table, the names, or the section itself */
        struct program_part table;
        enum step step;
        bool named, large, big;
};

static bool want(struct state *state, struct package_sink *sink, uint64_t at, uint64_t size, uint64_t most,
                 uint64_t file)
{
        return program_want(sink->arena, &state->part, at, size, most, file);
}

/* --- where the section is ------------------------------------------------- */

/* PE: the section table stands behind the optional header; names have eight bytes. */
static bool locate_pe(struct state *state, struct package_sink *sink, uint64_t file)
{
        uint64_t at = program_number(state->head + 0x3c, 4, false), count, table;

        if (at > HEAD - 24 || memcmp(state->head + at, "PE\0", 4) != 0)
                return false;
        count = program_number(state->head + at + 6, 2, false);
        table = at + 24 + program_number(state->head + at + 20, 2, false);
        for (uint64_t i = 0; i < count && table + (i + 1) * 40 <= HEAD; i++) {
                const char *section = state->head + table + i * 40;
                uint64_t size = program_number(section + 8, 4, false), raw = program_number(section + 16, 4, false);

                if (memcmp(section, name, NAME + 1) == 0)
                        return want(state, sink, program_number(section + 20, 4, false),
                                    size && size < raw ? size : raw, SECTION_MOST, file);
        }
        return false;
}

/* Mach-O: load commands LC_SEGMENT and LC_SEGMENT_64 hold their sections. */
static bool locate_mach(struct state *state, struct package_sink *sink, uint64_t file)
{
        bool wide = (unsigned char)state->head[0] == 0xcf;
        uint64_t commands = program_number(state->head + 16, 4, false), at = wide ? 32 : 28;

        for (uint64_t i = 0; i < commands && at + 72 <= HEAD; i++) {
                uint64_t command = program_number(state->head + at, 4, false),
                         size = program_number(state->head + at + 4, 4, false);
                uint64_t sections = program_number(state->head + at + (wide ? 64 : 48), 4, false);
                uint64_t section = at + (wide ? 72 : 56), step = wide ? 80 : 68;

                for (uint64_t j = 0; command == (wide ? 0x19 : 1) && j < sections && section + step <= HEAD; j++) {
                        const char *data = state->head + section;

                        if (memcmp(data, name, NAME + 1) == 0)
                                return want(state, sink, program_number(data + (wide ? 48 : 40), 4, false),
                                            program_number(data + (wide ? 40 : 36), wide ? 8 : 4, false), SECTION_MOST,
                                            file);
                        section += step;
                }
                if (size < 8)
                        return false;
                at += size;
        }
        return false;
}

/* ELF: wants the section table. */
static void locate_elf(struct state *state, struct package_sink *sink, uint64_t file)
{
        uint64_t at, size, count;

        state->large = state->head[4] == 2;
        state->big = state->head[5] == 2;
        at = state->large ? program_number(state->head + 40, 8, state->big)
                          : program_number(state->head + 32, 4, state->big);
        size = program_number(state->head + (state->large ? 58 : 46), 2, state->big);
        count = program_number(state->head + (state->large ? 60 : 48), 2, state->big);
        if (size != (state->large ? 64U : 40U))
                return;
        want(state, sink, at, size * count, TABLE_MOST, file);
}

static uint64_t of_section(const struct state *state, uint64_t index, unsigned at_large, unsigned at_small)
{
        uint64_t size = state->large ? 64 : 40;
        unsigned bytes = state->large && at_large >= 24 ? 8 : 4;

        if ((index + 1) * size > state->table.size)
                return 0;
        return program_number(state->table.data + index * size + (state->large ? at_large : at_small), bytes,
                              state->big);
}

static void locate(struct state *state, struct package_sink *sink, uint64_t file)
{
        if (memcmp(state->head,
                   "\x7f"
                   "ELF",
                   4)
            == 0) {
                locate_elf(state, sink, file);
        } else if (memcmp(state->head, "MZ", 2) == 0) {
                state->named = locate_pe(state, sink, file);
                state->step = STEP_SECTION;
        } else {
                state->named = locate_mach(state, sink, file);
                state->step = STEP_SECTION;
        }
}

/* --- passing by ------------------------------------------------------------ */

static void look_for_name(struct state *state, struct str piece)
{
        char edge[2 * NAME];
        size_t head = min_size(piece.len, NAME);

        memcpy(edge, state->tail, state->tail_length);
        if (head)
                memcpy(edge + state->tail_length, piece.data, head);
        state->named = state->named
                       || str_find((struct str){edge, state->tail_length + head}, str_of(name), 0) != SIZE_MAX
                       || str_find(piece, str_of(name), 0) != SIZE_MAX;
        if (piece.len >= NAME) {
                memcpy(state->tail, piece.data + piece.len - NAME, NAME);
                state->tail_length = NAME;
        } else {
                state->tail_length = 0; /* pieces are larger but for the last */
        }
}

static enum stream_wish feed(void *object, struct package_sink *sink, const struct package_file *file, uint64_t at,
                             struct str piece, struct err *err)
{
        struct state *state = object;

        (void)err;
        if (state->head_length < HEAD && at == state->head_length) {
                size_t more = min_size(piece.len, HEAD - state->head_length);

                memcpy(state->head + state->head_length, piece.data, more);
                state->head_length += more;
                if (state->head_length == HEAD || state->head_length == file->size)
                        locate(state, sink, file->size);
        }
        if (state->step == STEP_TABLE)
                look_for_name(state, piece);
        program_gather(&state->part, at, piece);
        return state->step == STEP_SECTION && !state->named ? STREAM_ENOUGH : STREAM_MORE;
}

static bool add_all(struct package_sink *sink, struct str packed, struct err *err)
{
        struct arena scratch CLEANUP(arena_free) = {0};
        struct document document;
        struct str text;

        TRY(zip_inflate(&scratch, packed, UNPACKED_MOST, &text, err));
        TRY(language_json(&scratch, text, &document, err));
        value_each (language_get(&document.root, "packages"), one) {
                bool build = str_is(language_text(&one->value, "kind"), "build");
                unsigned flags = build ? PACKAGE_DEVELOPMENT : 0;

                if (value_is_true(language_get(&one->value, "root")))
                        flags |= PACKAGE_ROOT;
                TRY(language_add(sink, "cargo", language_text(&one->value, "name"),
                                 language_text(&one->value, "version"), flags, err));
        }
        return true;
}

/* From the section table to the names, from the names to the section. */
static bool next_step(struct state *state, struct package_sink *sink, uint64_t file)
{
        uint64_t count, size = state->large ? 64 : 40;

        if (state->step == STEP_TABLE) {
                uint64_t names = program_number(state->head + (state->large ? 62 : 50), 2, state->big);

                state->table = state->part;
                state->step = STEP_NAMES;
                return want(state, sink, of_section(state, names, 24, 16), of_section(state, names, 32, 20), TABLE_MOST,
                            file);
        }
        count = state->table.size / size;
        state->step = STEP_SECTION;
        for (uint64_t i = 0; i < count; i++) {
                uint64_t at = of_section(state, i, 0, 0);

                if (at < state->part.size && state->part.size - at > NAME
                    && memcmp(state->part.data + at, name, NAME + 1) == 0)
                        return want(state, sink, of_section(state, i, 24, 16), of_section(state, i, 32, 20),
                                    SECTION_MOST, file);
        }
        return false;
}

static enum stream_wish end(void *object, struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct state *state = object;

        if (!state->named || !program_part_is_full(&state->part))
                return STREAM_ENOUGH;
        if (state->step != STEP_SECTION)
                return next_step(state, sink, file->size) ? STREAM_AGAIN : STREAM_ENOUGH;
        if (add_all(sink, (struct str){state->part.data, (size_t)state->part.size}, err))
                return STREAM_ENOUGH;
        err_within(err, "section .dep-v0");
        return STREAM_BAD;
}

static const struct package_stream stream = {.state_size = sizeof(struct state), .feed = feed, .end = end};

const struct package_format format_rust_binary = {
        .name = "rust-binary",
        .version = 2,
        .programs = true,
        .most = UINT64_MAX, /* only parts of it are kept */
        .stream = &stream,
};
