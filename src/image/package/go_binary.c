/* go_binary.c - the modules in a Go program: the build information that the linker puts there (go.dev, debug/buildinfo).
 *
 * It begins with a magic at a multiple of 16 in a program of any system, so the program's own tables are not needed: since Go 1.18
 * all of it follows there. Before, two addresses of texts follow, each a pointer and a length: the file passes by again for where the
 * program's segments lie and for those, and once more for the texts. */

#include "image/package/language.h"
#include "image/package/program.h"

enum { MAGIC = 14, HEADER = 32, ALIGN = 16, INFO_MOST = 8 << 20, VERSION_MOST = 256, SENTINEL = 16 };

static const char magic[MAGIC + 1] = "\xff Go buildinf:";

enum step { STEP_MAGIC, STEP_ADDRESSES, STEP_TEXTS };

/* A text of a program before Go 1.18: its pointer and length, then itself. */
struct text {
        uint64_t address;
        struct program_part part;
};

struct state {
        char tail[MAGIC]; /* of the piece before */
        size_t tail_length;
        uint64_t wanted; /* bytes from the magic on; 0: not found yet */
        char *info;
        size_t length, room;
        enum step step;
        struct program_part head;
        struct text version, modules;
};

static bool varint(struct str text, size_t *at, uint64_t *out)
{
        *out = 0;
        for (unsigned shift = 0; shift < 63 && *at < text.len; shift += 7) {
                unsigned char byte = (unsigned char)text.data[(*at)++];

                *out |= (uint64_t)(byte & 127) << shift;
                if (!(byte & 128))
                        return true;
        }
        return false;
}

/* The two texts behind the header. False: more bytes are wanted, `*wanted` in all, or it is none (*wanted is 0). */
static bool split(struct str info, struct str *version, struct str *modules, uint64_t *wanted)
{
        struct str *out[] = {version, modules};
        size_t at = HEADER;
        uint64_t length;

        *wanted = info.len + 64;
        if (info.len < HEADER + 1)
                return false;
        if (!(info.data[15] & 2)) {
                *wanted = 0;
                return false;
        }
        for (size_t i = 0; i < COUNT_OF(out); i++) {
                if (!varint(info, &at, &length))
                        return false;
                if (length > INFO_MOST || (!i && length > VERSION_MOST)) {
                        *wanted = 0;
                        return false;
                }
                *wanted = at + length;
                if (info.len < *wanted) {
                        *wanted += i ? 0 : 16;
                        return false;
                }
                *out[i] = str_sub(info, at, at + length);
                at += length;
        }
        return true;
}

/* Takes bytes until all is there. Returns whether there is no more to do with this magic. */
static bool take(struct state *state, struct package_sink *sink, struct str piece)
{
        struct str version = {0}, modules = {0};

        while (piece.len) {
                size_t more = min_size(piece.len, (size_t)(state->wanted - state->length));

                if (state->length + more > state->room) {
                        char *larger;

                        state->room = (state->length + more) * 2;
                        larger = arena_take_text(sink->arena, state->room);
                        if (state->length)
                                memcpy(larger, state->info, state->length);
                        state->info = larger;
                }
                memcpy(state->info + state->length, piece.data, more);
                state->length += more;
                piece = str_from(piece, more);
                if (state->length < state->wanted)
                        return false;
                if (split((struct str){state->info, state->length}, &version, &modules, &state->wanted)
                    || !state->wanted)
                        return true;
        }
        return false;
}

/* Where the magic begins; SIZE_MAX if nowhere. */
static size_t find_magic(struct str piece, uint64_t at)
{
        for (size_t from = 0;; from++) {
                from = str_find(piece, (struct str){magic, MAGIC}, from);
                if (from == SIZE_MAX || (at + from) % ALIGN == 0)
                        return from;
        }
}

static struct package module_of(struct str line)
{
        struct package package = {.type = STR("golang")};
        struct str version = {"", 0};

        str_split(&line, '\t', &package.name);
        str_split(&line, '\t', &version);
        package.version = str_is(version, "(devel)") ? (struct str){"", 0} : str_trim(version);
        return package;
}

/* "dep<TAB>module<TAB>version<TAB>hash"; "=>" says what the module before was replaced by. */
static bool add_modules(struct package_sink *sink, struct str modules, struct err *err)
{
        struct str rest = modules, line, kind;
        struct package waiting = {0};

        while (str_split(&rest, '\n', &line)) {
                struct str words = line;

                if (!str_split(&words, '\t', &kind) || !words.data)
                        continue;
                if (str_is(kind, "=>")) {
                        unsigned flags = waiting.flags;

                        waiting = module_of(words);
                        waiting.flags = flags;
                        if (str_starts(waiting.name, STR(".")) || str_starts(waiting.name, STR("/")))
                                waiting.name.len = 0; /* a folder */
                } else if (str_is(kind, "dep") || str_is(kind, "mod")) {
                        if (waiting.name.len)
                                TRY(package_add(sink, &waiting, err));
                        waiting = module_of(words);
                        waiting.flags = str_is(kind, "mod") ? PACKAGE_ROOT : 0;
                }
        }
        return !waiting.name.len || package_add(sink, &waiting, err);
}

static bool add_all(struct package_sink *sink, struct str version, struct str modules, struct err *err)
{
        struct str number = language_before(version, " ");
        size_t experiments = str_find(number, STR("-X:"), 0);

        number = str_sub(number, 0, experiments);
        if (str_starts(number, STR("go")))
                TRY(language_add(sink, "golang", STR("stdlib"), str_from(number, 2), 0, err));
        /* The linker puts 16 bytes before and behind, by which it finds the text again. */
        if (modules.len > (size_t)2 * SENTINEL && modules.data[modules.len - SENTINEL - 1] == '\n')
                modules = str_sub(modules, SENTINEL, modules.len - SENTINEL);
        return add_modules(sink, modules, err);
}

/* --- before Go 1.18 --- */

static bool is_big(const struct state *state)
{
        return state->info[15] & 1;
}

static unsigned pointer_size(const struct state *state)
{
        return (unsigned char)state->info[14];
}

/* Whether what stands behind the magic are two addresses. */
static bool has_addresses(const struct state *state)
{
        return state->length >= HEADER && (state->info[14] == 4 || state->info[14] == 8)
               && (unsigned char)state->info[15] < 2;
}

static enum stream_wish lose(struct package_sink *sink)
{
        package_problem(sink, "it was built by Go before 1.18, and what it was built of is not where it says");
        return STREAM_ENOUGH;
}

/* The next pass: for the segments, and for what the addresses lead to. */
static enum stream_wish begin_addresses(struct state *state, struct package_sink *sink, const struct package_file *file)
{
        unsigned size = pointer_size(state);

        state->step = STEP_ADDRESSES;
        state->version.address = program_number(state->info + 16, size, is_big(state));
        state->modules.address = program_number(state->info + 16 + size, size, is_big(state));
        if (!state->version.address)
                return STREAM_ENOUGH; /* only the magic was linked in */
        return program_want(sink->arena, &state->head, 0, file->size < PROGRAM_HEAD ? file->size : PROGRAM_HEAD,
                            PROGRAM_HEAD, file->size)
                       ? STREAM_AGAIN
                       : lose(sink);
}

/* As soon as the head is there, where the pointers and lengths are. */
static void want_address(const struct state *state, struct package_sink *sink, struct text *text, uint64_t file)
{
        struct str head = {state->head.data, (size_t)state->head.size};
        uint64_t at;

        if (text->address && program_find(head, text->address, &at))
                program_want(sink->arena, &text->part, at, 2 * pointer_size(state), 16, file);
}

/* What a pointer and a length lead to; a text without bytes has no part. */
static bool want_text(const struct state *state, struct package_sink *sink, struct text *text, uint64_t most,
                      uint64_t file)
{
        struct str head = {state->head.data, (size_t)state->head.size};
        unsigned size = pointer_size(state);
        uint64_t address, length, at;

        TRY(program_part_is_full(&text->part));
        address = program_number(text->part.data, size, is_big(state));
        length = program_number(text->part.data + size, size, is_big(state));
        text->part = (struct program_part){0};
        return !length
               || (program_find(head, address, &at) && program_want(sink->arena, &text->part, at, length, most, file));
}

static void feed_again(struct state *state, struct package_sink *sink, const struct package_file *file, uint64_t at,
                       struct str piece)
{
        if (state->step == STEP_ADDRESSES && !program_part_is_full(&state->head)) {
                program_gather(&state->head, at, piece);
                if (program_part_is_full(&state->head)) {
                        want_address(state, sink, &state->version, file->size);
                        want_address(state, sink, &state->modules, file->size);
                }
        }
        program_gather(&state->version.part, at, piece);
        program_gather(&state->modules.part, at, piece);
}

static enum stream_wish end_again(struct state *state, struct package_sink *sink, const struct package_file *file,
                                  struct err *err)
{
        struct str version = {state->version.part.data, (size_t)state->version.part.filled};
        struct str modules = {state->modules.part.data, (size_t)state->modules.part.filled};

        if (state->step == STEP_ADDRESSES) {
                state->step = STEP_TEXTS;
                return want_text(state, sink, &state->version, VERSION_MOST, file->size)
                                       && (!state->modules.address
                                           || want_text(state, sink, &state->modules, INFO_MOST, file->size))
                               ? STREAM_AGAIN
                               : lose(sink);
        }
        if (!program_part_is_full(&state->version.part) || modules.len != state->modules.part.size)
                return lose(sink);
        return add_all(sink, version, modules, err) ? STREAM_ENOUGH : STREAM_BAD;
}

/* --- passing by --- */

/* All of the information is there, or the file has ended. STREAM_MORE: it is none, and may still come. */
static enum stream_wish finish(struct state *state, struct package_sink *sink, const struct package_file *file,
                               struct err *err)
{
        struct str info = {state->info, state->length}, version = {0}, modules = {0};
        uint64_t wanted = 0;

        if (split(info, &version, &modules, &wanted))
                return add_all(sink, version, modules, err) ? STREAM_ENOUGH : STREAM_BAD;
        if (wanted) {
                err_set(err, "its Go build information ends early");
                return STREAM_BAD;
        }
        if (has_addresses(state))
                return begin_addresses(state, sink, file);
        state->wanted = state->length = 0; /* a text that only looks like it */
        return STREAM_MORE;
}

static void keep_tail(struct state *state, struct str piece)
{
        size_t keep = piece.len < MAGIC ? min_size(state->tail_length, MAGIC - piece.len) : 0;
        struct str last = str_from(piece, piece.len - min_size(piece.len, MAGIC));

        memmove(state->tail, state->tail + state->tail_length - keep, keep);
        if (last.len)
                memcpy(state->tail + keep, last.data, last.len);
        state->tail_length = keep + last.len;
}

/* Looks for the magic; `*piece` then begins with it, or with what follows the part of it that the piece before had. */
static bool find(struct state *state, struct package_sink *sink, uint64_t at, struct str *piece)
{
        char joined[2 * MAGIC];
        size_t head = min_size(piece->len, MAGIC), found;
        struct str edge = {joined, state->tail_length + head};

        memcpy(joined, state->tail, state->tail_length);
        if (head)
                memcpy(joined + state->tail_length, piece->data, head);
        found = find_magic(edge, at - state->tail_length);
        if (found < state->tail_length) { /* it began in the piece before */
                state->wanted = HEADER + 16;
                take(state, sink, str_sub(edge, found, state->tail_length));
                return true;
        }
        found = find_magic(*piece, at);
        if (found == SIZE_MAX)
                return false;
        state->wanted = HEADER + 16;
        *piece = str_from(*piece, found);
        return true;
}

static enum stream_wish feed(void *object, struct package_sink *sink, const struct package_file *file, uint64_t at,
                             struct str piece, struct err *err)
{
        struct state *state = object;
        const char *begin = piece.data;

        if (state->step != STEP_MAGIC) {
                feed_again(state, sink, file, at, piece);
                return STREAM_MORE;
        }
        for (;;) {
                enum stream_wish wish;
                struct str rest = piece;
                bool is_new = !state->wanted;

                if (is_new && !find(state, sink, at + (uint64_t)(piece.data - begin), &rest)) {
                        keep_tail(state, piece);
                        return STREAM_MORE;
                }
                if (!take(state, sink, rest))
                        return STREAM_MORE;
                wish = finish(state, sink, file, err);
                if (wish != STREAM_MORE)
                        return wish;
                /* It goes on behind that magic. */
                state->tail_length = 0;
                piece = is_new && rest.data != piece.data ? str_from(rest, 1) : is_new ? str_from(piece, 1) : piece;
        }
}

static enum stream_wish end(void *object, struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct state *state = object;
        enum stream_wish wish;

        if (state->step != STEP_MAGIC)
                return end_again(state, sink, file, err);
        if (!state->length)
                return STREAM_ENOUGH;
        wish = finish(state, sink, file, err);
        return wish == STREAM_MORE ? STREAM_ENOUGH : wish;
}

static const struct package_stream stream = {.state_size = sizeof(struct state), .feed = feed, .end = end};

const struct package_format format_go_binary = {
        .name = "go-binary",
        .version = 3,
        .programs = true,
        .most = UINT64_MAX, /* only parts of it are kept */
        .stream = &stream,
};
