/* secret_scan.c - one pass over a text.
 *
 * Bytes are gathered in a buffer. Each time it is full, Hyperscan reads what is new and tells where matches of which rules end;
 * ends of one rule that are near each other become one span. A span is looked at exactly when as many bytes stand behind it as a
 * match may have, so that what is found does not depend on where the buffer was full. The work is linear in the text:
 * each span is read once, with a margin not longer than its distance to the next. */

#include "policy/pattern/secret_scan.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/reader.h"
#include "policy/pattern/secret_book_internal.h"
#include "policy/pattern/secret_check.h"
#include "policy/pattern/secret_shape.h"

enum {
        ROOM = 128 << 10,
        HELD = 2 * SECRET_LONGEST, /* bytes before and behind a span that is still to be looked at */
        NEAR = 256,                /* ends that are not further apart are one span */
        PLACEHOLDER_MOST = 200,    /* in what is longer, their words stand by chance */
        GROUPS = 3
};

/* Where matches of a rule end, in bytes of the text. */
struct span {
        uint32_t rule;
        uint64_t first, last;
};

/* What is known of a rule in the text at hand. */
struct progress {
        uint64_t done; /* up to here its matches have been looked at */
        uint32_t span; /* its newest span, from 1; 0: none */
        bool applies;  /* of a rule with a path: whether it is for texts of this one */
};

struct secret_scan {
        struct secret_book *book;
        hs_scratch_t *scratch;
        hs_stream_t *stream;
        struct secret_shape shape;
        struct arena arena; /* of the text at hand: path and hits */
        struct arena small; /* of one look */
        struct str path;
        bool in_documentation, dirty, full;
        uint64_t base;  /* where the buffer begins in the text */
        uint64_t read;  /* up to here Hyperscan has read */
        uint64_t lines; /* that end before `counted` */
        uint64_t counted;
        VEC(struct span) spans;
        struct arena span_arena;
        struct progress *progress;
        VEC(struct secret_hit) hits;
        size_t spared;
        size_t len;
        char room[ROOM];
};

struct secret_scan *secret_scan_new(struct secret_book *book)
{
        struct secret_scan *scan = calloc(1, sizeof(*scan));

        if (!scan)
                abort();
        scan->book = book;
        scan->progress = calloc(book->count, sizeof(*scan->progress));
        if (!scan->progress || book->hyperscan->hs_clone_scratch(book->scratch, &scan->scratch) != HS_SUCCESS
            || book->hyperscan->hs_open_stream(book->database, 0, &scan->stream) != HS_SUCCESS)
                abort();
        return scan;
}

void secret_scan_free(struct secret_scan *scan)
{
        if (!scan)
                return;
        scan->book->hyperscan->hs_close_stream(scan->stream, NULL, NULL, NULL);
        scan->book->hyperscan->hs_free_scratch(scan->scratch);
        free(scan->progress);
        arena_free(&scan->arena);
        arena_free(&scan->small);
        arena_free(&scan->span_arena);
        free(scan);
}

void secret_scan_begin(struct secret_scan *scan, struct str path)
{
        struct secret_book *book = scan->book;

        arena_reset(&scan->arena);
        if (scan->dirty)
                book->hyperscan->hs_reset_stream(scan->stream, 0, NULL, NULL, NULL);
        scan->dirty = scan->full = false;
        scan->path = str_copy(&scan->arena, path);
        scan->in_documentation = path.len && secret_regex_matches(&book->paths, path);
        scan->base = scan->read = scan->lines = scan->counted = 0;
        scan->len = scan->spared = 0;
        scan->spans.count = 0;
        scan->hits.items = NULL;
        scan->hits.count = scan->hits.capacity = 0;
        for (size_t i = 0; i < book->count; i++)
                scan->progress[i] = (struct progress){
                        .applies = i >= book->searched && secret_regex_matches(&book->rules[i].path, path),
                };
        secret_shape_begin(&scan->shape, path);
}

/* Makes the newest span of a rule longer, if a place is near its end. */
static bool extend_span(struct secret_scan *scan, unsigned rule, uint64_t first, uint64_t last)
{
        size_t width = scan->book->rules[rule].width;
        struct span *span = &scan->spans.items[scan->progress[rule].span - 1];

        TRY(first - span->last <= (width > NEAR ? width : NEAR));
        span->last = last;
        return true;
}

/* Matches of a rule end from `first` to `last`. */
static void add_span(struct secret_scan *scan, unsigned rule, uint64_t first, uint64_t last)
{
        struct progress *progress = &scan->progress[rule];

        if (progress->span && extend_span(scan, rule, first, last))
                return;
        *vec_push(&scan->span_arena, &scan->spans) = (struct span){rule, first, last};
        progress->span = (uint32_t)scan->spans.count;
}

/* Hyperscan calls this where a match of a rule ends. */
static int on_end(unsigned rule, unsigned long long from, unsigned long long to, unsigned flags, void *context)
{
        (void)from, (void)flags;
        add_span(context, rule, to, to);
        return 0;
}

/* How many lines end before a place, which is never before one that was asked for earlier. */
static uint64_t lines_before(struct secret_scan *scan, uint64_t at)
{
        const char *end = scan->room + (at - scan->base);

        if (at < scan->counted)
                return scan->lines;
        for (const char *c = scan->room + (scan->counted - scan->base); (c = memchr(c, '\n', (size_t)(end - c))); c++)
                scan->lines++;
        scan->counted = at;
        return scan->lines;
}

/* The line of a place that may be before what was counted. */
static uint64_t line_of(struct secret_scan *scan, uint64_t at)
{
        uint64_t line = scan->lines + 1;

        if (at >= scan->counted)
                return lines_before(scan, at) + 1;
        for (uint64_t i = at; i < scan->counted; i++)
                line -= scan->room[i - scan->base] == '\n';
        return line;
}

/* Whether a text holds a word, which is written in small letters, in any case. */
static bool has_word(struct str text, struct str word)
{
        for (size_t at = 0; word.len && at + word.len <= text.len; at++) {
                size_t i = 0;

                while (i < word.len
                       && (text.data[at + i] == word.data[i]
                           || (is_letter((unsigned char)word.data[i]) && (text.data[at + i] | 0x20) == word.data[i])))
                        i++;
                if (i == word.len)
                        return true;
        }
        return false;
}

static bool has_keyword(const struct secret_rule *rule, struct str text)
{
        for (size_t i = 0; i < rule->keyword_count; i++)
                if (has_word(text, rule->keywords[i]))
                        return true;
        return false;
}

/* The letter or digit that comes next, letters small; 0 for what is neither, and behind z. */
static int successor(char byte)
{
        char small = (char)(byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte);

        return small == '9' ? '0' : is_digit(small) || (small >= 'a' && small < 'z') ? small + 1 : 0;
}

/* What somebody typed by counting, "AbCd1234EfGh" or "1a2b3c4d5e6f", stands for a secret and is none. By chance one
 * byte in twenty goes on where one of the two before it was. */
static bool counts_up(struct str secret)
{
        size_t goes_on = 0;

        for (size_t i = 1; i < secret.len; i++) {
                int small = secret.data[i] >= 'A' && secret.data[i] <= 'Z' ? secret.data[i] | 0x20 : secret.data[i];

                goes_on += small == successor(secret.data[i - 1]) || (i > 1 && small == successor(secret.data[i - 2]));
        }
        return secret.len >= 8 && goes_on * 3 >= secret.len * 2;
}

/* Whether a match holds what its rule wants beyond the pattern. */
static bool holds(struct secret_scan *scan, struct secret_made *made, struct str match, struct str secret,
                  struct str text)
{
        const struct secret_rule *rule = made->rule;
        const char *end = text.data + text.len;
        struct str around = str_span(
                (size_t)(match.data - text.data) > SECRET_LONGEST ? match.data - SECRET_LONGEST : text.data,
                (size_t)(end - match.data) - match.len > SECRET_LONGEST ? match.data + match.len + SECRET_LONGEST
                                                                        : end);

        if (!has_keyword(rule, match) || secret_entropy(secret) < rule->entropy)
                return false;
        if (secret.len <= PLACEHOLDER_MOST
            && (counts_up(secret) || secret_regex_matches(&scan->book->placeholders, secret)))
                return false;
        if (secret_regex_matches(&made->allow, match))
                return false;
        return !rule->check || rule->check->holds(&scan->small, secret, around);
}

static struct str mask(struct arena *arena, struct str secret)
{
        size_t shown = min_size(SECRET_SHOWN, secret.len / 4),
               count = utf8_check(secret) == secret.len ? utf8_count(secret) : secret.len;
        struct buf out CLEANUP(buf_free) = {0};

        for (size_t i = 0; i < shown && secret.data[i] > ' ' && secret.data[i] < 0x7f; i++)
                buf_add_char(&out, secret.data[i]);
        buf_add_format(&out, "… (%zu characters)", count);
        return str_copy(arena, buf_text(&out));
}

static void add_hit(struct secret_scan *scan, const struct secret_rule *rule, struct str secret)
{
        uint64_t at = scan->base + (uint64_t)(secret.data - scan->room);

        if (scan->in_documentation && !rule->anywhere) {
                scan->spared++;
                return;
        }
        if (scan->hits.count == 2 * SECRET_HITS_MOST) {
                scan->full = true;
                return;
        }
        *vec_push(&scan->arena, &scan->hits) = (struct secret_hit){
                .rule = rule,
                .at = at,
                .len = secret.len,
                .line = line_of(scan, at),
                .masked = mask(&scan->arena, secret),
        };
}

/* What the first group that took part captured; without one, all of the match. */
static struct str secret_of(const struct str *groups, unsigned count)
{
        for (unsigned i = 1; i < count; i++)
                if (groups[i].data)
                        return groups[i];
        return groups[0];
}

/* Looks at the matches of a span that end before `limit`, all of which stand in the buffer. */
static void look(struct secret_scan *scan, const struct span *span, uint64_t limit)
{
        struct secret_made *made = &scan->book->rules[span->rule];
        const struct regex *regex = secret_regex_get(&made->regex);
        unsigned count = (unsigned)min_size(regex_group_count(regex) + 1, GROUPS);
        struct progress *progress = &scan->progress[span->rule];
        uint64_t last = span->last < limit ? span->last : limit, from = progress->done;
        struct str groups[GROUPS], text;

        if (span->first > made->width && from < span->first - made->width)
                from = span->first - made->width;
        if (from < scan->base)
                from = scan->base;
        /* One byte more shows where a word ends. */
        text = (struct str){scan->room, min_size(scan->len, (size_t)(last - scan->base) + made->width + 1)};
        while (!scan->full && regex_find(regex, text, (size_t)(from - scan->base), groups, count)) {
                struct str secret = secret_of(groups, count);
                uint64_t begin = scan->base + (uint64_t)(groups[0].data - scan->room);

                if (begin >= last)
                        break;
                if (holds(scan, made, groups[0], secret, text))
                        add_hit(scan, made->rule, secret);
                arena_reset(&scan->small);
                from = progress->done = begin + (groups[0].len ? groups[0].len : 1);
        }
}

/* Looks at all spans as far as enough stands behind them; the rest of them is kept. */
static void look_at_all(struct secret_scan *scan, bool at_end)
{
        uint64_t end = scan->base + scan->len, limit = at_end ? end : end > SECRET_LONGEST ? end - SECRET_LONGEST : 0;
        size_t kept = 0;

        for (size_t i = 0; i < scan->spans.count; i++) {
                struct span span = scan->spans.items[i];
                struct progress *progress = &scan->progress[span.rule];

                progress->span = progress->span == i + 1 ? 0 : progress->span;
                if (span.first <= limit)
                        look(scan, &span, limit);
                if (span.last <= limit)
                        continue;
                span.first = span.first > limit ? span.first : limit + 1;
                scan->spans.items[kept++] = span;
                progress->span = (uint32_t)kept;
        }
        scan->spans.count = kept;
}

static void read_on(struct secret_scan *scan, bool at_end)
{
        const struct hyperscan *hyperscan = scan->book->hyperscan;
        size_t from = (size_t)(scan->read - scan->base);

        if (scan->len > from) {
                scan->dirty = true;
                hyperscan->hs_scan_stream(scan->stream, scan->room + from, (unsigned)(scan->len - from), 0,
                                          scan->scratch, on_end, scan);
                for (size_t i = scan->book->searched; i < scan->book->count; i++)
                        if (scan->progress[i].applies)
                                add_span(scan, (unsigned)i, scan->read + 1, scan->base + scan->len);
                scan->read = scan->base + scan->len;
        }
        if (at_end && scan->dirty) {
                hyperscan->hs_reset_stream(scan->stream, 0, scan->scratch, on_end, scan);
                scan->dirty = false;
        }
        look_at_all(scan, at_end);
}

/* Room for more: what nobody needs any longer goes. */
static void move_on(struct secret_scan *scan)
{
        size_t dropped = scan->len > HELD ? scan->len - HELD : 0;

        if (scan->base + dropped > scan->counted)
                lines_before(scan, scan->base + dropped);
        memmove(scan->room, scan->room + dropped, scan->len - dropped);
        scan->base += dropped;
        scan->len -= dropped;
}

static void take(void *context, struct str text)
{
        struct secret_scan *scan = context;

        while (text.len && !scan->full) {
                size_t count = min_size(text.len, ROOM - scan->len);

                memcpy(scan->room + scan->len, text.data, count);
                scan->len += count;
                text = str_from(text, count);
                if (scan->len == ROOM) {
                        read_on(scan, false);
                        move_on(scan);
                }
        }
}

bool secret_scan_feed(struct secret_scan *scan, struct str piece)
{
        secret_shape_feed(&scan->shape, piece, take, scan);
        return !scan->full && scan->shape.kind != SECRET_BINARY;
}

static int compare_hits(const void *a, const void *b)
{
        const struct secret_hit *x = a, *y = b;

        if (x->at != y->at)
                return x->at < y->at ? -1 : 1;
        if (x->rule->generic != y->rule->generic)
                return x->rule->generic ? 1 : -1;
        if (x->len != y->len)
                return x->len > y->len ? -1 : 1;
        return str_compare(x->rule->id, y->rule->id);
}

static bool overlap(const struct secret_hit *a, const struct secret_hit *b)
{
        return a->at < b->at + b->len && b->at < a->at + a->len;
}

/* Of hits that overlap one stays: not the generic one, else the first. */
static size_t without_overlaps(struct secret_hit *hits, size_t count)
{
        size_t kept = 0;

        for (size_t i = 0; i < count; i++) {
                struct secret_hit *last = kept ? &hits[kept - 1] : NULL;

                if (!last || !overlap(last, &hits[i]))
                        hits[kept++] = hits[i];
                else if (last->rule->generic && !hits[i].rule->generic)
                        *last = hits[i];
        }
        return kept;
}

void secret_scan_end(struct secret_scan *scan, struct arena *arena, struct secret_found *out)
{
        struct secret_hit *hits;

        secret_shape_end(&scan->shape, take, scan);
        *out = (struct secret_found){.binary = scan->shape.kind == SECRET_BINARY};
        read_on(scan, true);
        out->spared = scan->spared;
        if (!scan->hits.count)
                return;
        qsort(scan->hits.items, scan->hits.count, sizeof(*scan->hits.items), compare_hits);
        out->count = without_overlaps(scan->hits.items, scan->hits.count);
        out->more = scan->full || out->count > SECRET_HITS_MOST;
        out->count = min_size(out->count, SECRET_HITS_MOST);
        hits = arena_array(arena, struct secret_hit, out->count);
        memcpy(hits, scan->hits.items, out->count * sizeof(*hits));
        for (size_t i = 0; i < out->count; i++)
                hits[i].masked = str_copy(arena, hits[i].masked);
        out->hits = hits;
}

void secret_scan_text(struct secret_scan *scan, struct arena *arena, struct str path, struct str text,
                      struct secret_found *out)
{
        secret_scan_begin(scan, path);
        secret_scan_feed(scan, text);
        secret_scan_end(scan, arena, out);
}

struct str secret_mask(struct arena *arena, struct str text, const struct secret_found *found)
{
        struct buf out CLEANUP(buf_free) = {0};
        size_t done = 0;

        if (!found->count)
                return text;
        for (size_t i = 0; i < found->count; i++) {
                buf_add(&out, str_sub(text, done, found->hits[i].at));
                buf_add(&out, found->hits[i].masked);
                done = min_size(text.len, found->hits[i].at + found->hits[i].len);
        }
        if (!found->more)
                buf_add(&out, str_from(text, done));
        return str_copy(arena, buf_text(&out));
}
