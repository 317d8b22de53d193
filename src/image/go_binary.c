/* go_binary.c - the modules in a Go program: the build information that the linker puts there (go.dev, debug/buildinfo).
 *
 * It begins with a magic at a multiple of 16 in a program of any system, so the program's own tables are not needed: since Go 1.18
 * all of it follows there. Before, pointers lead to it, which are not followed. */

#include "image/language.h"

enum { MAGIC = 14, HEADER = 32, ALIGN = 16, INFO_MOST = 8 << 20, SENTINEL = 16 };

static const char magic[MAGIC + 1] = "\xff Go buildinf:";

struct state {
        char tail[MAGIC]; /* of the piece before */
        size_t tail_length;
        uint64_t wanted; /* bytes from the magic on; 0: not found yet */
        char *info;
        size_t length, room;
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
                if (length > INFO_MOST || (!i && length > 256)) {
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
        struct str version, modules;

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

/* All of the information is there, or the file has ended. */
static enum stream_wish finish(struct state *state, struct package_sink *sink, struct err *err)
{
        struct str info = {state->info, state->length}, version, modules;
        uint64_t wanted = 0;

        if (split(info, &version, &modules, &wanted))
                return add_all(sink, version, modules, err) ? STREAM_ENOUGH : STREAM_BAD;
        if (wanted) {
                err_set(err, "its Go build information ends early");
                return STREAM_BAD;
        }
        if (info.len > HEADER && (info.data[14] == 4 || info.data[14] == 8) && (unsigned char)info.data[15] < 2)
                package_problem(sink, "it was built by Go before 1.18: its modules are not read");
        return STREAM_ENOUGH; /* else a text that only looks like it */
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

static enum stream_wish feed(void *object, struct package_sink *sink, const struct package_file *file, uint64_t at,
                             struct str piece, struct err *err)
{
        struct state *state = object;
        char joined[2 * MAGIC];
        size_t head = min_size(piece.len, MAGIC), found;
        struct str edge = {joined, state->tail_length + head};

        (void)file;
        if (!state->wanted) {
                memcpy(joined, state->tail, state->tail_length);
                if (head)
                        memcpy(joined + state->tail_length, piece.data, head);
                found = find_magic(edge, at - state->tail_length);
                if (found < state->tail_length) { /* it began in the piece before */
                        state->wanted = HEADER + 16;
                        take(state, sink, str_sub(edge, found, state->tail_length));
                } else if ((found = find_magic(piece, at)) != SIZE_MAX) {
                        state->wanted = HEADER + 16;
                        piece = str_from(piece, found);
                } else {
                        keep_tail(state, piece);
                        return STREAM_MORE;
                }
        }
        return take(state, sink, piece) ? finish(state, sink, err) : STREAM_MORE;
}

static enum stream_wish end(void *object, struct package_sink *sink, const struct package_file *file, struct err *err)
{
        struct state *state = object;

        (void)file;
        return state->length ? finish(state, sink, err) : STREAM_ENOUGH;
}

static const struct package_stream stream = {.state_size = sizeof(struct state), .feed = feed, .end = end};

const struct package_format format_go_binary = {
        .name = "go-binary",
        .version = 1,
        .programs = true,
        .stream = &stream,
};
