/* secrets.c - any text, in pieces of any size: what is found lies in the text, does not depend on the pieces, and is never shown whole.
 * Any text as a rule, and any bytes as what the cache kept of a layer, of secrets and of malware. */

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "image/layer/layer.h"
#include "image/lint/malware.h"
#include "image/lint/secrets.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition)
{
        if (!condition)
                __builtin_trap();
}

static struct secret_book *book;
static struct yara_book *yara;
static struct secret_scan *scan;
static struct arena forever;

/* The rules of YARA, which are read from files only. */
static void prepare_yara(void)
{
        struct str rule = STR("rule everything { condition: true }");
        int file = memfd_create("rules", 0);
        struct str path = str_format(&forever, "/proc/self/fd/%d", file);
        struct yara_errors errors = {0};

        check(file >= 0 && write(file, rule.data, rule.len) == (ssize_t)rule.len);
        yara = yara_book_new(&forever, &path, 1, &errors);
        check(yara);
        close(file);
}

static void prepare(void)
{
        struct err err = {0};

        if (book)
                return;
        prepare_yara();
        book = secret_book_builtin(&forever, STR(""), &err);
        check(book);
        scan = secret_scan_new(book);
}

static void check_found(struct str text, const struct secret_found *found)
{
        uint64_t end = 0;

        check(found->count <= SECRET_HITS_MOST && (!found->binary || !found->count));
        for (size_t i = 0; i < found->count; i++) {
                const struct secret_hit *hit = &found->hits[i];

                check(hit->at >= end && hit->len >= 4 && hit->line >= 1);
                end = hit->at + hit->len;
                check(str_find(hit->masked, STR("… ("), 0) <= SECRET_SHOWN && hit->masked.len < 64);
                check(text.len < 2 || (unsigned char)text.data[0] >= 0xfe || end <= text.len);
        }
}

static void look(struct arena *arena, struct str path, struct str text, size_t piece)
{
        struct secret_found whole, found;

        secret_scan_text(scan, arena, path, text, &whole);
        check_found(text, &whole);
        secret_scan_begin(scan, path);
        for (size_t at = 0; at < text.len; at += piece)
                secret_scan_feed(scan, str_sub(text, at, at + piece));
        secret_scan_end(scan, arena, &found);
        check(found.count == whole.count && found.more == whole.more && found.spared == whole.spared);
        for (size_t i = 0; i < found.count; i++)
                check(found.hits[i].at == whole.hits[i].at && found.hits[i].rule == whole.hits[i].rule
                      && str_equal(found.hits[i].masked, whole.hits[i].masked));
        check(secret_mask(arena, text, &whole).len >= whole.count);
}

/* A rule that can be read either compiles or says why not. */
static void read_rule(struct arena *arena, struct str text)
{
        struct secret_rule rule;
        struct err err = {0};

        if (!secret_rule_read(arena, text, STR(""), &rule, &err))
                check(err.length > 0);
}

/* What an observer kept of a layer is read only if it is what it would write. */
static void read_kept(const struct layer_observer *observer, void *context, const struct digest *mark, struct str text)
{
        struct layer_found found = {0};
        CLEANUP(buf_free) struct buf again = {0};
        CLEANUP(buf_free) struct buf marked = {0};
        void *state = NULL;

        buf_add(&marked, (struct str){(const char *)mark->bytes, 32});
        buf_add(&marked, text);
        if (observer->read(&found, buf_text(&marked), context, &state)) {
                observer->write(state, &again);
                check(str_equal(buf_text(&again), buf_text(&marked)));
        }
        layer_found_free(&found);
}

static struct str other_bits(struct arena *arena, struct str text)
{
        char *bytes = arena_take(arena, text.len);

        for (size_t i = 0; i < text.len; i++)
                bytes[i] = (char)(text.data[i] ^ 1);
        return (struct str){bytes, text.len};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const struct str paths[] = {STR_INIT("app/settings"), STR_INIT("etc/shadow"), STR_INIT("root/.pypirc"),
                                           STR_INIT("usr/share/doc/x"), STR_INIT("x.pyc")};
        struct arena arena CLEANUP(arena_free) = {0};
        struct str text;

        prepare();
        if (size < 2)
                return 0;
        text = (struct str){(const char *)data + 2, size - 2};
        if (data[0] == 'r')
                read_rule(&arena, text);
        else if (data[0] == 'k')
                read_kept(&secrets_observer, book, secret_book_digest(book), text);
        else if (data[0] == 'm')
                read_kept(&malware_observer, yara, yara_book_digest(yara), text);
        else if (data[0]
                 == 'x') /* kept inputs with tokens in them are written so: other scanners shall not mind them */
                look(&arena, STR("app/settings"), other_bits(&arena, text), (size_t)data[1] + 1);
        else
                look(&arena, paths[data[0] % COUNT_OF(paths)], text, (size_t)data[1] + 1);
        return 0;
}
