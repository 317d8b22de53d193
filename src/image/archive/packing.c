/* packing.c - gzip by ISA-L, zstd by libzstd. */

#include "image/archive/packing.h"

#include <dlfcn.h>
#include <isa-l/igzip_lib.h>
#include <pthread.h>
#include <stdlib.h>
#include <zstd.h>

struct unpacker {
        enum packing packing;
        bool begun; /* in the middle of a member or frame */
        bool zeros; /* behind the last member: only zeros may follow */
        ZSTD_DStream *zstd;
        struct inflate_state gzip; /* large; not there for others */
};

/* ISA-L is loaded when the first gzip layer is met: the program starts faster without it. */
static struct {
        void (*init)(struct inflate_state *state);
        void (*reset)(struct inflate_state *state);
        int (*inflate)(struct inflate_state *state);
        char why[200];
} isal;

static void load_isal(void)
{
        void *library = dlopen("libisal.so.2", RTLD_NOW | RTLD_LOCAL);

        if (library) {
                *(void **)&isal.init = dlsym(library, "isal_inflate_init");
                *(void **)&isal.reset = dlsym(library, "isal_inflate_reset");
                *(void **)&isal.inflate = dlsym(library, "isal_inflate");
        }
        if (!isal.init || !isal.reset || !isal.inflate) {
                const char *why = dlerror();

                isal.inflate = NULL;
                strncpy(isal.why, why ? why : "it has not what is needed", sizeof(isal.why) - 1);
        }
}

enum packing packing_of(struct str begin)
{
        const unsigned char *bytes = (const unsigned char *)begin.data;

        if (begin.len >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b)
                return PACKING_GZIP;
        if (begin.len >= 4
            && ((bytes[0] == 0x28 && bytes[1] == 0xb5 && bytes[2] == 0x2f && bytes[3] == 0xfd)
                || ((bytes[0] & 0xf0) == 0x50 && bytes[1] == 0x2a && bytes[2] == 0x4d && bytes[3] == 0x18)))
                return PACKING_ZSTD;
        return PACKING_NONE;
}

const char *packing_foreign(struct str begin)
{
        static const struct {
                struct str magic;
                const char *name;
        } ways[] = {
                {STR_INIT("\xfd\x37zX"), "xz"}, {STR_INIT("BZh"), "bzip2"}, {STR_INIT("\x04\x22\x4d\x18"), "lz4"},
                {STR_INIT("PK\3\4"), "zip"},    {STR_INIT("LZIP"), "lzip"},
        };

        for (size_t i = 0; i < COUNT_OF(ways); i++)
                if (str_starts(begin, ways[i].magic))
                        return ways[i].name;
        return NULL;
}

const char *packing_name(enum packing packing)
{
        return packing == PACKING_GZIP ? "gzip" : packing == PACKING_ZSTD ? "zstd" : "plain";
}

static struct unpacker *take(enum packing packing)
{
        size_t size = packing == PACKING_GZIP ? sizeof(struct unpacker) : offsetof(struct unpacker, gzip);
        struct unpacker *unpacker = calloc(1, size);

        if (!unpacker)
                abort();
        unpacker->packing = packing;
        return unpacker;
}

void packing_load(void)
{
        static pthread_once_t once = PTHREAD_ONCE_INIT;

        pthread_once(&once, load_isal);
}

struct unpacker *unpacker_new(enum packing packing, struct err *err)
{
        struct unpacker *unpacker;

        if (packing == PACKING_GZIP) {
                packing_load();
                if (!isal.inflate) {
                        err_set(err, "gzip needs the library ISA-L (Debian: apt install libisal2): %s", isal.why);
                        return NULL;
                }
        }
        unpacker = take(packing);
        if (packing == PACKING_GZIP) {
                isal.init(&unpacker->gzip);
                unpacker->gzip.crc_flag = ISAL_GZIP;
        }
        if (packing == PACKING_ZSTD) {
                unpacker->zstd = ZSTD_createDStream();
                if (!unpacker->zstd)
                        abort();
                ZSTD_DCtx_setParameter(unpacker->zstd, ZSTD_d_windowLogMax, PACKING_WINDOW_LOG);
        }
        return unpacker;
}

void unpacker_free(struct unpacker *unpacker)
{
        if (unpacker)
                ZSTD_freeDStream(unpacker->zstd);
        free(unpacker);
}

void unpacker_limit_window(struct unpacker *unpacker, int log)
{
        if (unpacker->zstd)
                ZSTD_DCtx_setParameter(unpacker->zstd, ZSTD_d_windowLogMax, log);
}

struct unpacker *unpacker_copy(const struct unpacker *unpacker)
{
        struct unpacker *copy = take(unpacker->packing);

        if (unpacker->packing == PACKING_GZIP)
                memcpy(copy, unpacker, sizeof(*copy));
        return copy;
}

static const char *gzip_complaint(int result)
{
        switch (result) {
        case ISAL_INVALID_WRAPPER:
                return "no gzip header";
        case ISAL_UNSUPPORTED_METHOD:
                return "the gzip header names a method that does not exist";
        case ISAL_INCORRECT_CHECKSUM:
                return "the check sum of gzip is wrong";
        default:
                return "the gzip data is damaged";
        }
}

/* Behind a member comes another, or the end, or zeros that fill a block. */
static bool begin_member(struct unpacker *unpacker, struct str *in, struct err *err)
{
        if (unpacker->zeros || in->data[0] == 0) {
                unpacker->zeros = true;
                for (size_t i = 0; i < in->len; i++)
                        if (in->data[i])
                                return err_set(err, "bytes that are no gzip stand behind the gzip data");
                *in = str_from(*in, in->len);
                return true;
        }
        isal.reset(&unpacker->gzip);
        unpacker->begun = true;
        return true;
}

static bool run_gzip(struct unpacker *unpacker, struct str *in, char *out, size_t room, size_t *given, struct err *err)
{
        struct inflate_state *state = &unpacker->gzip;
        bool first = state->block_state == ISAL_BLOCK_NEW_HDR && !state->wrapper_flag && !unpacker->begun;

        while (*given < room) {
                int result;

                if (!unpacker->begun && in->len) {
                        if (first)
                                unpacker->begun = true;
                        else
                                TRY(begin_member(unpacker, in, err));
                        first = false;
                }
                if (!unpacker->begun)
                        return true;
                state->next_in = (uint8_t *)in->data;
                state->avail_in = (uint32_t)in->len;
                state->next_out = (uint8_t *)out + *given;
                state->avail_out = (uint32_t)(room - *given);
                result = isal.inflate(state);
                *in = str_from(*in, in->len - state->avail_in);
                if (result < 0 || result == ISAL_NEED_DICT) {
                        *given = room - state->avail_out;
                        return err_set(err, "%s", gzip_complaint(result));
                }
                if (room - *given == state->avail_out && !in->len && state->block_state != ISAL_BLOCK_FINISH)
                        return true;
                *given = room - state->avail_out;
                if (state->block_state == ISAL_BLOCK_FINISH)
                        unpacker->begun = false;
        }
        return true;
}

static bool run_zstd(struct unpacker *unpacker, struct str *in, char *out, size_t room, size_t *given, struct err *err)
{
        ZSTD_outBuffer to = {out, room, *given};

        for (;;) {
                ZSTD_inBuffer from = {in->data, in->len, 0};
                size_t before = to.pos, result = ZSTD_decompressStream(unpacker->zstd, &to, &from);

                if (ZSTD_isError(result))
                        return err_set(err, "the zstd data is wrong: %s", ZSTD_getErrorName(result));
                *in = str_from(*in, from.pos);
                *given = to.pos;
                if (from.pos || to.pos != before)
                        unpacker->begun = result != 0;
                if (to.pos == room || (!in->len && to.pos == before))
                        return true;
        }
}

bool unpacker_run(struct unpacker *unpacker, struct str *in, char *out, size_t room, size_t *given, struct err *err)
{
        size_t count;

        *given = 0;
        if (in->len > UINT32_MAX || room > UINT32_MAX)
                return err_set(err, "a piece of more than 4 GiB");
        switch (unpacker->packing) {
        case PACKING_GZIP:
                return run_gzip(unpacker, in, out, room, given, err);
        case PACKING_ZSTD:
                return run_zstd(unpacker, in, out, room, given, err);
        default:
                count = min_size(in->len, room);
                memcpy(out, in->data, count);
                *in = str_from(*in, count);
                *given = count;
                return true;
        }
}

bool unpacker_end(const struct unpacker *unpacker, struct err *err)
{
        return !unpacker->begun || err_set(err, "the %s data ends too early", packing_name(unpacker->packing));
}
